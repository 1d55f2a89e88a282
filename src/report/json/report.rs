//! All answers in one file, with the manifest that says what they were made from.

use serde_json::{Value, json};

use super::{FORMAT_VERSION, check, exposure, number, optimize, optional, simulate, stress};
use crate::report::check::CheckedPortfolio;
use crate::study::evidence::{UsedSource, used_sources};
use crate::study::results::{Dossier, Outlook};

/// What stands for files inside the program.
const EMBEDDED: &str = "embedded";

/// `report.json`: the five answers, the recommended plan measured like today's allocation, and the manifest.
///
/// Without a clock: the same files and settings give the same bytes.
#[must_use]
pub fn report(dossier: &Dossier<'_>) -> Value {
    let instance = dossier.session.instance;
    let checked =
        CheckedPortfolio::new(dossier.loaded, &dossier.origin.portfolio_file, dossier.checked.clone());
    let optimized = dossier.optimized.as_ref();
    json!({
        "format_version": FORMAT_VERSION,
        "manifest": manifest(dossier),
        "check": check::check(&[checked]),
        "exposure": exposure::exposure(instance, &dossier.exposure),
        "stress": stress::stress(instance, &dossier.stress),
        "simulate": simulate::simulate(instance, &dossier.simulated),
        "optimize": optimized
            .map_or(Value::Null, |o| optimize::optimize(instance, o, dossier.optimize_settings.seed)),
        "optimize_error": optimized.err(),
        "plan": dossier.outlook.as_ref().map_or(Value::Null, |outlook| plan(dossier, outlook)),
    })
}

fn plan(dossier: &Dossier<'_>, outlook: &Outlook) -> Value {
    let instance = dossier.session.instance;
    json!({
        "limits": check::limits(&instance.portfolio.name, &outlook.checked.limits),
        "stress": stress::stress(instance, &outlook.stress),
        "simulate": simulate::simulate(instance, &outlook.simulated),
    })
}

fn manifest(dossier: &Dossier<'_>) -> Value {
    let settings = &dossier.optimize_settings;
    let origin = &dossier.origin;
    let mut manifest = json!({
        "multipolar": env!("CARGO_PKG_VERSION"),
        "portfolio": dossier.session.instance.portfolio.name,
        "portfolio_file": origin.portfolio_file,
        "catalog": origin.catalog.as_deref().unwrap_or(EMBEDDED),
        "jurisdictions": origin.jurisdictions.as_deref().unwrap_or(EMBEDDED),
        "seed": settings.seed,
        "trials": settings.n_trials,
        "cvar_weight": number(settings.cvar_weight),
        "confidence_level": number(settings.confidence_level),
        "max_turnover": optional(settings.max_turnover),
        "sources": sources(dossier).iter().map(source).collect::<Vec<Value>>(),
    });
    // Only then does the day change the answer.
    if dossier.checked.limits.iter().any(|limit| limit.accepted.is_some()) {
        manifest["exceptions_judged_on"] = Value::from(origin.today.as_str());
    }
    manifest
}

/// Sources of every shock, and of every offer in use or planned with its model and hardware.
fn sources(dossier: &Dossier<'_>) -> Vec<UsedSource> {
    let instance = dossier.session.instance;
    let mut offers = crate::study::evidence::offers_of(&dossier.session.current);
    if let Some(plan) = dossier.recommended() {
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
    used_sources(&dossier.loaded.jurisdictions.sources, of_offers.chain(of_shocks))
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
