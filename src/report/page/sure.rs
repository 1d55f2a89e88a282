//! How sure: luck of the draw, proof, estimates in the data, sources, and what is left out.

use crate::model::plan::Plan;
use crate::report::figures::{count, counted, percent, usd_estimate, usd_mean};
use crate::report::grid::escaped;
use crate::report::names::{offer, shock};
use crate::report::tables::simulate::ranked;
use crate::report::verdict::proof;
use crate::study::evidence::{OfferEvidence, UsedSource, used_sources};
use crate::study::results::StudyResults;

/// Shocks whose sources are named.
const SHOCKS_SHOWN: usize = 6;
/// Offers named in a list.
const OFFERS_SHOWN: usize = 5;

pub(super) fn how_sure(results: &StudyResults<'_>) -> String {
    let mut out = "## How sure\n\n".to_owned();
    for line in draws(results) {
        out.push_str(&format!("- {}\n", escaped(&line)));
    }
    for line in data(results) {
        out.push_str(&format!("- {line}\n"));
    }
    out.push_str("\n### Where the largest risks come from\n\n");
    out.push_str(&sources_of_shocks(results));
    out.push_str(LEFT_OUT);
    out
}

const LEFT_OUT: &str = "### What is left out\n\n\
    - Rates and durations of shocks are counted from past events, or judged. No history is long \
    enough to be sure of the worst years.\n\
    - Prices, models and regions are those of the catalog's dates. What will be offered next year is not known.\n\
    - Capacity is settled when planned. Other customers who want the same alternative at the same time count only \
    where a shock says so.\n\
    - The loss is the company's own: its outages, dearer tokens and one-off costs. Fines, reputation and staff are \
    in it only as far as the outage cost of a workload contains them.\n\n";

fn draws(results: &StudyResults<'_>) -> Vec<String> {
    let summary = &results.simulated.summary;
    let mut lines = vec![format!(
        "{} trials (simulated horizons), seed {}. AAL today: USD {}, 95 % interval in brackets.",
        count(summary.n_trials),
        results.simulated.settings.seed,
        usd_mean(&summary.aal)
    )];
    let level = results.optimize_settings.confidence_level;
    if let Some(before) = summary.cvar_at(level) {
        let after = results.outlook.as_ref().and_then(|o| o.simulated.summary.cvar_at(level));
        let then = after.map_or_else(String::new, |a| format!("; with the plan {}", usd_estimate(&a)));
        lines.push(format!("CVaR {level} today: USD {}{then}.", usd_estimate(&before)));
    }
    if let Ok(optimized) = &results.optimized {
        lines.push(proof(optimized));
    }
    if results.recommended().is_some() {
        lines.push(
            "Figures on fresh trials are the honest ones: a plan is always a little too good on the trials it was \
             made for."
                .to_owned(),
        );
    }
    lines
}

fn data(results: &StudyResults<'_>) -> Vec<String> {
    let mut lines = evidence(results, &results.session.current, "in use today");
    if let Some(plan) = results.recommended() {
        lines.extend(evidence(results, &plan.plan, "of the plan"));
    }
    lines
}

fn evidence(results: &StudyResults<'_>, plan: &Plan, which: &str) -> Vec<String> {
    let instance = results.session.instance;
    let evidence = OfferEvidence::new(instance, plan);
    let mut lines = Vec::new();
    let mut tell = |offers: &[usize], what: &str| {
        if !offers.is_empty() {
            let named: Vec<String> =
                offers.iter().take(OFFERS_SHOWN).map(|&o| format!("`{}`", offer(instance, o))).collect();
            let more = offers.len().saturating_sub(OFFERS_SHOWN);
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            lines.push(format!(
                "Of {} {which}, {} {what}: {}{rest}.",
                counted(evidence.n_offers, "offer"),
                offers.len(),
                named.join(", ")
            ));
        }
    };
    tell(&evidence.estimated, "rest on an estimate of price or region");
    tell(
        &evidence.region_assumed,
        "count as being in their host's country although the endpoint is world-wide",
    );
    tell(&evidence.hardware_unknown, "run on hardware that is not known");
    if lines.is_empty() {
        lines.push(format!(
            "{} {which}: prices and regions are published ones.",
            counted(evidence.n_offers, "offer")
        ));
    }
    lines
}

/// The shocks that matter most, each with its part of the loss and its sources.
fn sources_of_shocks(results: &StudyResults<'_>) -> String {
    let instance = results.session.instance;
    let parts = &results.simulated.summary.aal_by.shock;
    let all: f64 = parts.values().sum();
    let mut out = String::new();
    for (id, usd) in ranked(parts).into_iter().take(SHOCKS_SHOWN) {
        let known = instance.shocks.iter().find(|s| s.id == id);
        let sources =
            used_sources(&results.loaded.jurisdictions.sources, known.iter().map(|s| &s.provenance));
        let named: Vec<String> = sources.iter().map(source).collect();
        let confidence = known.map_or("", |s| match s.provenance.confidence {
            crate::model::Confidence::Estimate => " An estimate.",
            _ => "",
        });
        out.push_str(&format!(
            "- {} ({} of the AAL): {}.{confidence}\n",
            escaped(&shock(instance, id)),
            percent(usd / all),
            if named.is_empty() { "no source is named".to_owned() } else { named.join("; ") }
        ));
    }
    if out.is_empty() {
        out.push_str("No trial lost anything.\n");
    }
    out.push('\n');
    out
}

fn source(source: &UsedSource) -> String {
    let publisher =
        if source.publisher.is_empty() { String::new() } else { format!(", {}", source.publisher) };
    let date = source.as_of.as_ref().map_or_else(String::new, |date| format!(", as of {date}"));
    escaped(&format!("{}{publisher}{date}", source.title))
}
