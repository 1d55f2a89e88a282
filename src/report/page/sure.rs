//! How sure the figures are: sampling error, proof, estimates in the data, sources, and what is left out.

use crate::report::answer::evidence::{EvidenceAnswer, UsedSourceAnswer};
use crate::report::answer::results::ResultsAnswer;
use crate::report::answer::simulate::SimulateAnswer;
use crate::report::figures::{counted, level, percent};
use crate::report::grid::{code_span, escaped};
use crate::report::money::{CODE, amount, amount_estimate};
use crate::report::tables::simulate::doubt;
use crate::report::verdict;

/// Shocks whose sources are named.
const SHOCKS_SHOWN: usize = 6;
/// Offers named in a list.
const OFFERS_SHOWN: usize = 5;

pub(super) fn how_sure(results: &ResultsAnswer) -> String {
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
    - Rates and durations of shocks come from past events or from judgment. No history is long enough \
    to be sure of the worst years.\n\
    - Prices, models and regions are those of the catalog's dates. Next year's offers are unknown.\n\
    - Planned capacity counts as secured. Competition by other customers for the same alternative counts only where \
    a shock says so.\n\
    - The loss is the company's own: outages, more expensive tokens and one-off costs. It contains fines, reputation \
    and staff only as far as the outage cost of a workload does.\n\n";

fn draws(results: &ResultsAnswer) -> Vec<String> {
    let simulated = &results.simulate;
    let mut lines = vec![format!(
        "{}, seed {}. Average annual loss (AAL) today: {CODE} {}, with its 95 % interval.",
        verdict::simulated(simulated.trials, simulated.horizon_days),
        simulated.seed,
        amount_estimate(&simulated.aal_usd.interval())
    )];
    lines.push(doubt(simulated));
    if let Some(known) = simulated.worth_knowing.first() {
        lines.push(format!(
            "The rate most worth knowing better: {}. With it the AAL would lie between {CODE} {} and {}.",
            known.name,
            amount(known.low),
            amount(known.high)
        ));
    }
    let level = level(results.manifest.confidence_level);
    let cvar = |of: &SimulateAnswer| of.cvar_usd.get(&level).map(|cvar| amount_estimate(&cvar.estimate()));
    if let Some(before) = cvar(simulated) {
        let after = results.plan.as_ref().and_then(|plan| cvar(&plan.simulate));
        let then = after.map_or_else(String::new, |after| format!("; with the plan {after}"));
        lines.push(format!("CVaR {level} today: {CODE} {before}{then}."));
    }
    lines.extend(verdict::proven(results));
    lines
}

fn data(results: &ResultsAnswer) -> Vec<String> {
    let mut lines = evidence(&results.evidence, "in use today");
    lines.extend(results.plan.iter().flat_map(|plan| evidence(&plan.evidence, "of the plan")));
    lines
}

fn evidence(known: &EvidenceAnswer, which: &str) -> Vec<String> {
    let offers = counted(known.n_offers, "offer");
    let mut lines = Vec::new();
    let mut tell = |ids: &[String], what: &str| {
        if !ids.is_empty() {
            let named: Vec<String> = ids.iter().take(OFFERS_SHOWN).map(|id| code_span(id)).collect();
            let more = ids.len().saturating_sub(OFFERS_SHOWN);
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            lines.push(format!("Of {offers} {which}, {} {what}: {}{rest}.", ids.len(), named.join(", ")));
        }
    };
    tell(&known.estimated, "have an estimated price or region");
    tell(&known.region_assumed, "have a world-wide endpoint and count as located in their host's country");
    tell(&known.hardware_unknown, "run on unknown hardware");
    if lines.is_empty() {
        lines.push(format!("{offers} {which}: all prices and regions are published."));
    }
    lines
}

/// The shocks that matter most, each with its part of the loss and its sources.
fn sources_of_shocks(results: &ResultsAnswer) -> String {
    let mut out = String::new();
    for shock in results.shock_evidence.iter().take(SHOCKS_SHOWN) {
        let named: Vec<String> = shock.sources.iter().map(source).collect();
        out.push_str(&format!(
            "- {} ({} of the AAL): {}.{}\n",
            escaped(&shock.name),
            percent(shock.share_of_aal),
            if named.is_empty() { "no source is named".to_owned() } else { named.join("; ") },
            if shock.is_estimate { " An estimate." } else { "" }
        ));
    }
    if out.is_empty() {
        out.push_str("No trial lost anything.\n");
    }
    out.push('\n');
    out
}

fn source(source: &UsedSourceAnswer) -> String {
    let publisher =
        if source.publisher.is_empty() { String::new() } else { format!(", {}", source.publisher) };
    let date = source.as_of.as_ref().map_or_else(String::new, |date| format!(", as of {date}"));
    escaped(&format!("{}{publisher}{date}", source.title))
}
