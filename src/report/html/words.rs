//! Words and figures that several sections share.

use std::collections::{BTreeMap, BTreeSet};

use super::markup::{Markup, classed, note};
use super::table::TableField;
use crate::report::answer::check::LimitAnswer;
use crate::report::answer::exposure::NodeLossAnswer;
use crate::report::answer::ladder::{RungAnswer, RungWord};
use crate::report::answer::results::ResultsAnswer;
use crate::report::answer::simulate::SimulateAnswer;
use crate::report::answer::stress::ScenarioAnswer;
use crate::report::answer::supply_chain::{PartyAnswer, ServiceChainAnswer};
use crate::report::figures::{ABSENT, counted, days, level, number, percent};
use crate::report::money::{amount, amount_interval};
use crate::report::tables::check::in_unit;

/// A loss below this reads as nothing, USD.
pub(in crate::report) const LEAST_USD: f64 = 0.5;

/// An option by what may change.
pub(in crate::report) fn rung_words(rung: &RungAnswer) -> String {
    match (rung.rung, rung.touched) {
        (RungWord::Today, _) => "Do nothing".to_owned(),
        (RungWord::Standbys, _) => "Standbys only".to_owned(),
        (RungWord::Hosts, _) => "Hosts in use only".to_owned(),
        (RungWord::Touched, most) => counted(most.unwrap_or_default(), "workload"),
        (RungWord::All, _) => "The whole plan".to_owned(),
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
pub(super) fn limit_field(limit: &LimitAnswer) -> TableField {
    let value = limit.value.map_or_else(|| ABSENT.to_owned(), |value| in_unit(&limit.unit, value));
    TableField::from(Markup::text(&value).and(light(limit)))
}

/// The traffic light of a limit: never a color alone.
pub(super) fn light(limit: &LimitAnswer) -> Markup {
    let (class, word) = match (limit.kept, limit.breached) {
        (None, _) => ("warn", "? not measured"),
        (Some(true), _) => ("good", "● kept"),
        (Some(false), true) => ("bad", "▲ breached"),
        (Some(false), false) => ("warn", "◆ accepted"),
    };
    classed("span", &format!("light {class}"), word)
}

/// The limit in words, and its id where it has a short one.
pub(super) fn limit_name(limit: &LimitAnswer) -> TableField {
    let is_id = !limit.limit.starts_with('{');
    TableField::with(brief(&capital(&limit.says)), if is_id { brief(&limit.limit) } else { String::new() })
}

/// Characters of a name where room is short.
const BRIEF: usize = 80;

/// A name where room is short: a very long one ends in an ellipsis.
pub(super) fn brief(text: &str) -> String {
    if text.chars().count() <= BRIEF {
        return text.to_owned();
    }
    text.chars().take(BRIEF - 1).chain(['…']).collect()
}

/// With a capital at its beginning.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The CVaR at the level of the study, with its sampling interval.
pub(super) fn cvar_field(simulate: &SimulateAnswer, confidence_level: f64) -> TableField {
    match simulate.cvar_usd.get(&level(confidence_level)) {
        None => TableField::from(ABSENT),
        Some(cvar) => TableField::with(amount(cvar.value), interval(&amount_interval(&cvar.estimate()))),
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
pub(in crate::report) fn planned_loss(results: &ResultsAnswer, node: &NodeLossAnswer) -> Option<f64> {
    let losses = &results.plan.as_ref()?.node_losses;
    let found = losses.iter().find(|loss| loss.kind == node.kind && loss.id == node.id);
    Some(found.map_or(0.0, |loss| loss.loss_usd))
}

/// Names of the workloads by id.
pub(super) fn workload_names(results: &ResultsAnswer) -> BTreeMap<&str, &str> {
    results
        .workloads
        .iter()
        .map(|w| (w.id.as_str(), if w.name.is_empty() { &w.id } else { &w.name }.as_str()))
        .collect()
}

/// The name of a workload; its id when unknown.
pub(in crate::report) fn workload_name(results: &ResultsAnswer, id: &str) -> String {
    workload_names(results).get(id).map_or_else(|| id.to_owned(), |name| (*name).to_owned())
}

/// Nodes by the loss that they cause today or under the plan, the largest first: each company and country once, by the largest
/// of its losses. What costs nothing is left out, and so is what stands behind the chips ([`is_behind_chips`]).
pub(super) fn dependencies(results: &ResultsAnswer) -> Vec<&NodeLossAnswer> {
    let worst = |node: &NodeLossAnswer| {
        planned_loss(results, node).map_or(node.loss_usd, |then| then.max(node.loss_usd))
    };
    let place = |node: &NodeLossAnswer| KINDS.iter().position(|kind| *kind == node.kind);
    let nodes = results.exposure.node_losses.iter().filter(|node| !is_behind_chips(results, node));
    let mut nodes: Vec<(f64, &NodeLossAnswer)> =
        nodes.map(|node| (worst(node), node)).filter(|(loss, _)| *loss >= LEAST_USD).collect();
    nodes.sort_by(|(a, left), (b, right)| {
        b.total_cmp(a).then(place(left).cmp(&place(right))).then(left.id.cmp(&right.id))
    });
    let mut told: BTreeSet<(bool, &str)> = BTreeSet::new();
    nodes.retain(|(_, node)| told.insert((is_country(node), node.id.split(':').next().unwrap_or_default())));
    nodes.into_iter().map(|(_, node)| node).collect()
}

/// Whether a node is a country or bloc.
pub(super) fn is_country(node: &NodeLossAnswer) -> bool {
    matches!(node.kind.as_str(), "jurisdiction" | "territory")
}

/// Kinds of nodes; of two that cost the same, the first is told.
const KINDS: [&str; 6] = ["supplier", "host", "host_site", "jurisdiction", "territory", "hardware"];

/// Whether a node is needed only to make chips, so that no choice of model or host avoids it: hardware, and suppliers that
/// neither develop a model nor host one that is used, nor control one who does.
pub(super) fn is_behind_chips(results: &ResultsAnswer, node: &NodeLossAnswer) -> bool {
    let is_party = |party: &PartyAnswer| party.id == node.id || party.parent == node.name;
    let chooses =
        |chain: &ServiceChainAnswer| is_party(&chain.developer) || chain.host.as_ref().is_some_and(is_party);
    match node.kind.as_str() {
        "hardware" => true,
        "supplier" => !results.chains.iter().any(chooses),
        _ => false,
    }
}

/// Why a loss that a limit is about is not to the dollar that of the options; nothing where no limit is about losses.
pub(super) fn loss_limit_note(limits: &[LimitAnswer]) -> Markup {
    let is_loss = |limit: &LimitAnswer| ["cvar", "average_annual_loss"].contains(&limit.measure.as_str());
    match limits.iter().any(is_loss) {
        true => note(
            "Losses in limits come from the simulated years of section 6 of the report, those of the options from new ones: they differ by \
             sampling error.",
        ),
        false => Markup::default(),
    }
}

/// The name of a country or bloc; its id when unknown.
pub(super) fn country(results: &ResultsAnswer, id: &str) -> String {
    let node = results.exposure.node_losses.iter().find(|node| node.kind == "jurisdiction" && node.id == id);
    node.map_or_else(|| id.to_owned(), |node| with_article(&node.name))
}

/// `the United States`, `France`.
fn with_article(name: &str) -> String {
    let has_one = ["United ", "Netherlands", "European Union", "Philippines"]
        .iter()
        .any(|start| name.starts_with(start));
    if has_one { format!("the {name}") } else { name.to_owned() }
}

/// The name of a shock, from whatever names it; its id in words when nothing does.
pub(in crate::report) fn shock_name(results: &ResultsAnswer, id: &str) -> String {
    let simulated =
        std::iter::once(&results.simulate).chain(results.plan.as_ref().map(|plan| &plan.simulate));
    let mut names = simulated.filter_map(|simulate| simulate.shock_names.get(id));
    let causes = || results.stress.scenarios.iter().flat_map(|scenario| &scenario.causes);
    let cause = || causes().find(|cause| cause.shock == id).map(|cause| &cause.name);
    names.next().or_else(cause).cloned().unwrap_or_else(|| id.replace('_', " "))
}

/// A factor with two digits that count: `0.04`, `0.5`, `12`.
pub(super) fn factor(x: f64) -> String {
    if x > 0.0 && x < 0.1 { format!("{x:.2}") } else { number(x) }
}

/// Days from which parts of a day are not told.
const WHOLE_DAYS_FROM: f64 = 10.0;

/// When something happens: `at once`, `after 2 hours`.
pub(super) fn when(day: f64) -> String {
    let day = if day >= WHOLE_DAYS_FROM { day.round() } else { day };
    if day <= 0.0 { "at once".to_owned() } else { format!("after {}", days(day)) }
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
