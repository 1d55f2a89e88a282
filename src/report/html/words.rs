//! Words and figures that several sections share.

use std::collections::BTreeMap;

use super::markup::{Markup, classed};
use super::table::Field;
use crate::report::answer::check::LimitAnswer;
use crate::report::answer::exposure::NodeLossAnswer;
use crate::report::answer::ladder::{RungAnswer, RungWord};
use crate::report::answer::results::ResultsAnswer;
use crate::report::answer::simulate::SimulateAnswer;
use crate::report::answer::stress::ScenarioAnswer;
use crate::report::figures::{ABSENT, counted, level, percent, usd, usd_interval};
use crate::report::tables::check::in_unit;

/// A loss below this reads as nothing, USD.
pub(super) const LEAST_USD: f64 = 0.5;

/// The newest day of the evidence that is used.
pub(super) fn data_as_of(results: &ResultsAnswer) -> Option<String> {
    results.manifest.sources.iter().filter_map(|source| source.as_of.clone()).max()
}

/// An option by what may change.
pub(super) fn rung_words(rung: &RungAnswer) -> String {
    match (rung.rung, rung.touched) {
        (RungWord::Today, _) => "Do nothing".to_owned(),
        (RungWord::Standbys, _) => "Standbys only".to_owned(),
        (RungWord::Hosts, _) => "Hosts in use only".to_owned(),
        (RungWord::Touched, most) => counted(most.unwrap_or_default(), "workload"),
        (RungWord::All, _) => "Everything".to_owned(),
    }
}

/// `worst 5 % of years (CVaR 0.95)`.
pub(super) fn worst_years(results: &ResultsAnswer) -> String {
    let confidence_level = results.manifest.confidence_level;
    format!("worst {} of years (CVaR {})", percent(1.0 - confidence_level), level(confidence_level))
}

/// A value today and under the plan; `–` without a plan.
pub(super) fn then(value: Option<String>) -> String {
    value.unwrap_or_else(|| ABSENT.to_owned())
}

/// A limit's value with its verdict, as a mark and a word.
pub(super) fn limit_field(limit: &LimitAnswer) -> Field {
    let value = limit.value.map_or_else(|| ABSENT.to_owned(), |value| in_unit(&limit.unit, value));
    Field::from(Markup::text(&format!("{value} ")).and(light(limit)))
}

/// The traffic light of a limit: never a color alone.
pub(super) fn light(limit: &LimitAnswer) -> Markup {
    let (class, word) = match (limit.kept, limit.breached) {
        (None, _) => ("warn", "? not measured"),
        (Some(true), _) => ("good", "● kept"),
        (Some(false), true) => ("bad", "▲ breached"),
        (Some(false), false) => ("warn", "◆ accepted"),
    };
    classed("span", class, word)
}

/// The limit in words, and its id where it has a short one.
pub(super) fn limit_name(limit: &LimitAnswer) -> Field {
    let is_id = !limit.limit.starts_with('{');
    Field::with(capital(&limit.says), if is_id { limit.limit.as_str() } else { "" })
}

/// With a capital at its beginning.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The CVaR at the level of the study, with its sampling interval.
pub(super) fn cvar_field(simulate: &SimulateAnswer, confidence_level: f64) -> Field {
    match simulate.cvar_usd.get(&level(confidence_level)) {
        None => Field::from(ABSENT),
        Some(cvar) => Field::with(usd(cvar.value), interval(&usd_interval(&cvar.estimate()))),
    }
}

/// An interval without its parentheses.
pub(super) fn interval(text: &str) -> String {
    text.trim_start_matches('(').trim_end_matches(')').to_owned()
}

/// The scenario under the plan.
pub(super) fn planned_scenario<'a>(results: &'a ResultsAnswer, id: &str) -> Option<&'a ScenarioAnswer> {
    results.plan.as_ref()?.stress.scenarios.iter().find(|scenario| scenario.scenario == id)
}

/// The loss of a node under the plan; a node that is not listed costs nothing.
pub(super) fn planned_loss(results: &ResultsAnswer, node: &NodeLossAnswer) -> Option<f64> {
    let losses = &results.plan.as_ref()?.node_losses;
    let found = losses.iter().find(|loss| loss.kind == node.kind && loss.id == node.id);
    Some(found.map_or(0.0, |loss| loss.loss_usd))
}

/// Names of the workloads by id.
pub(super) fn workload_names(results: &ResultsAnswer) -> BTreeMap<&str, &str> {
    results.workloads.iter().map(|w| (w.id.as_str(), if w.name.is_empty() { &w.id } else { &w.name }.as_str())).collect()
}

/// The name of a workload; its id when unknown.
pub(super) fn workload_name(results: &ResultsAnswer, id: &str) -> String {
    workload_names(results).get(id).map_or_else(|| id.to_owned(), |name| (*name).to_owned())
}

/// Nodes by the loss that they cause today, the largest first, each company once: a supplier stands for its host and its
/// sites, and what costs nothing is left out.
pub(super) fn dependencies(results: &ResultsAnswer) -> Vec<&NodeLossAnswer> {
    let mut nodes: Vec<&NodeLossAnswer> =
        results.exposure.node_losses.iter().filter(|node| node.loss_usd >= LEAST_USD).collect();
    let rank = |node: &NodeLossAnswer| ["supplier", "jurisdiction", "hardware", "host", "territory"].iter().position(|k| *k == node.kind).unwrap_or(9);
    nodes.sort_by(|a, b| b.loss_usd.total_cmp(&a.loss_usd).then(rank(a).cmp(&rank(b))).then(a.id.cmp(&b.id)));
    let mut kept: Vec<&NodeLossAnswer> = Vec::new();
    for node in nodes {
        let owner = |node: &NodeLossAnswer| node.id.split(':').next().unwrap_or_default().to_owned();
        let is_told = kept.iter().any(|other| {
            owner(other) == owner(node) && (other.loss_usd - node.loss_usd).abs() < other.loss_usd * 1e-6
        });
        if !is_told {
            kept.push(node);
        }
    }
    kept
}

/// What kind of thing is lost.
pub(super) fn kind_words(kind: &str) -> &'static str {
    match kind {
        "jurisdiction" => "everything under this country or bloc",
        "territory" => "sites in it",
        "supplier" => "company, in all its roles",
        "host" => "host, all its sites",
        "host_site" => "one site",
        _ => "kind of chip or input",
    }
}
