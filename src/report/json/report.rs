//! All answers in one file, with the manifest that says what they were made from.

use serde_json::{Value, json};

use super::{FORMAT_VERSION, check, exposure, number, optimize, optional, simulate, stress};
use crate::report::check::CheckedPortfolio;
use crate::study::evidence::{UsedSource, used_sources};
use crate::study::results::{PlanResults, StudyResults};

/// What stands for files inside the program.
const EMBEDDED: &str = "embedded";

/// `report.json`: the five answers, the recommended plan measured like today's allocation, and the manifest.
///
/// Without a clock: the same files and settings give the same bytes.
#[must_use]
pub fn report(results: &StudyResults<'_>) -> Value {
    let instance = results.session.instance;
    let checked =
        CheckedPortfolio::new(results.loaded, &results.origin.portfolio_file, results.checked.clone());
    let optimized = results.optimized.as_ref();
    json!({
        "format_version": FORMAT_VERSION,
        "manifest": manifest(results),
        "check": check::check(&[checked]),
        "exposure": exposure::exposure(instance, &results.exposure),
        "stress": stress::stress(instance, &results.stress),
        "simulate": simulate::simulate(instance, &results.simulated),
        "optimize": optimized
            .map_or(Value::Null, |o| optimize::optimize(instance, o, results.optimize_settings.seed)),
        "optimize_error": optimized.err(),
        "plan": results.outlook.as_ref().map_or(Value::Null, |outlook| plan(results, outlook)),
    })
}

fn plan(results: &StudyResults<'_>, outlook: &PlanResults) -> Value {
    let instance = results.session.instance;
    json!({
        "limits": check::limits(&instance.portfolio.name, &outlook.checked.limits),
        "stress": stress::stress(instance, &outlook.stress),
        "simulate": simulate::simulate(instance, &outlook.simulated),
    })
}

fn manifest(results: &StudyResults<'_>) -> Value {
    let settings = &results.optimize_settings;
    let origin = &results.origin;
    let mut manifest = json!({
        "multipolar": env!("CARGO_PKG_VERSION"),
        "portfolio": results.session.instance.portfolio.name,
        "portfolio_file": origin.portfolio_file,
        "catalog": origin.catalog.as_deref().unwrap_or(EMBEDDED),
        "jurisdictions": origin.jurisdictions.as_deref().unwrap_or(EMBEDDED),
        "seed": settings.seed,
        "trials": settings.n_trials,
        "cvar_weight": number(settings.cvar_weight),
        "confidence_level": number(settings.confidence_level),
        "max_turnover": optional(settings.max_turnover),
        "sources": sources(results).iter().map(source).collect::<Vec<Value>>(),
    });
    // Only then does the day change the answer.
    if results.checked.limits.iter().any(|limit| limit.accepted.is_some()) {
        manifest["exceptions_judged_on"] = Value::from(origin.today.to_string());
    }
    manifest
}

/// Sources of every shock, and of every offer in use or planned with its model and hardware.
fn sources(results: &StudyResults<'_>) -> Vec<UsedSource> {
    let instance = results.session.instance;
    let mut offers = crate::study::evidence::offers_of(&results.session.current);
    if let Some(plan) = results.recommended() {
        offers.extend(crate::study::evidence::offers_of(&plan.plan));
    }
    let of_offers = offers.iter().flat_map(|&offer| {
        let hardware = instance.offers[offer].hardware.iter();
        let hardware = hardware.map(|&h| &instance.hardware[h].hardware.provenance);
        [&instance.offers[offer].entry.provenance, &instance.model_of(offer).model.provenance]
            .into_iter()
            .chain(hardware)
    });
    let of_shocks = instance.shocks.iter().map(|shock| &shock.provenance);
    used_sources(&results.loaded.jurisdictions.sources, of_offers.chain(of_shocks))
}

fn source(source: &UsedSource) -> Value {
    json!({
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "year": source.year,
        "locator": source.locator,
        "as_of": source.as_of,
    })
}
