//! `exposure` as tables.

use std::collections::BTreeMap;

use super::SHOWN;
use super::diversity::diversity;
use super::substitutes::substitutes;
use crate::exposure::minimum_cuts::WorkloadCut;
use crate::exposure::node_losses::{NodeFailure, NodeLoss};
use crate::exposure::profile::{ExposureProfile, NODE_KINDS};
use crate::exposure::shares::{Concentration, DimensionExposure};
use crate::graph::cuts::MAX_CUT;
use crate::graph::dimension::ALTERNATIVE_SEPARATOR;
use crate::model::instance::Instance;
use crate::model::limit::Dimension;
use crate::report::figures::{ABSENT, counted, days, number, percent, usd};
use crate::report::grid::Grid;
use crate::report::names::{dimension_meaning, node_meaning};

/// Keys shown per dimension, and where shares overlap.
const KEYS_SHOWN: usize = 3;
const OVERLAPPING_SHOWN: usize = 8;

/// All tables of `exposure`.
#[must_use]
pub fn exposure(instance: &Instance, exposure: &ExposureProfile) -> Vec<Grid> {
    vec![
        shares(exposure),
        diversity(exposure),
        node_losses(instance, exposure),
        pair_losses(instance, exposure),
        chokepoints(instance, exposure),
        minimum_cuts(instance, exposure),
        substitutes(instance, exposure),
    ]
}

/// Shares by dimension.
#[must_use]
pub fn shares(exposure: &ExposureProfile) -> Grid {
    let mut grid = Grid::new(
        "On whom do we depend today?",
        &["dimension", "which is the", "largest shares by value", ">by spend", ">effective number"],
    );
    for (dimension, e) in &exposure.dimensions {
        grid.row([
            dimension.as_str().to_owned(),
            dimension_meaning(*dimension).to_owned(),
            e.value.as_ref().map_or_else(|| ABSENT.to_owned(), |c| largest(*dimension, c)),
            spend_on_largest(e),
            e.value
                .as_ref()
                .and_then(Concentration::effective_number)
                .map_or_else(|| ABSENT.to_owned(), number),
        ]);
    }
    grid.note(format!(
        "Value: what an outage would cost, USD {} a day in all. Monthly cost: USD {}.",
        usd(exposure.value_usd_per_day),
        usd(exposure.monthly_cost.total_usd())
    ));
    grid.note("Effective number: as concentrated as that many suppliers of equal size; 1 is all on one.");
    grid.note(coverage(exposure));
    grid
}

fn largest(dimension: Dimension, concentration: &Concentration) -> String {
    let mut shares: Vec<(&String, &f64)> = concentration.shares.iter().collect();
    shares.sort_by(|a, b| b.1.total_cmp(a.1).then(a.0.cmp(b.0)));
    // Where shares overlap, many keys have all of it.
    let n_shown = if dimension == Dimension::Reach { OVERLAPPING_SHOWN } else { KEYS_SHOWN };
    let text = |(key, share): &(&String, &f64)| {
        format!("{} {}", key.replace(ALTERNATIVE_SEPARATOR, " or "), percent(**share))
    };
    let shown: Vec<String> = shares.iter().take(n_shown).map(text).collect();
    let more = shares.len().saturating_sub(n_shown);
    let rest = if more > 0 { format!(", {more} more") } else { String::new() };
    shown.join(", ") + &rest
}

/// Share by spend of the key that is largest by value.
fn spend_on_largest(e: &DimensionExposure) -> String {
    let key = e.value.as_ref().and_then(Concentration::largest).map(|(key, _)| key);
    match (key, &e.spend) {
        (Some(key), Some(spend)) => percent(spend.shares.get(key).copied().unwrap_or(0.0)),
        _ => ABSENT.to_owned(),
    }
}

fn coverage(exposure: &ExposureProfile) -> String {
    let gaps: Vec<String> = exposure
        .dimensions
        .iter()
        .filter_map(|(dimension, e)| e.coverage.filter(|c| *c < 1.0).map(|c| (dimension, c)))
        .map(|(dimension, c)| format!("{} {}", dimension.as_str(), percent(c)))
        .collect();
    if gaps.is_empty() {
        "Known for all of the value.".to_owned()
    } else {
        format!("Known for all of the value, except: {}.", gaps.join(", "))
    }
}

/// The losses of one node that cost most.
#[must_use]
pub fn node_losses(instance: &Instance, exposure: &ExposureProfile) -> Grid {
    let mut grid = Grid::new(
        "What if one of them stopped today, for good?",
        &[
            "what stops",
            ">loss, USD",
            ">served at once",
            ">7 days",
            ">30 days",
            ">at the end",
            "holds for",
            "whole again",
        ],
    );
    let groups = costliest(exposure);
    for group in groups.iter().take(SHOWN) {
        let loss = group[0];
        let [now, week, month, _] = loss.service();
        let share = |s: Option<f64>| s.map_or_else(|| ABSENT.to_owned(), percent);
        let survive = loss.timeline.time_to_survive_days();
        grid.row([
            listed(&named(instance, group)),
            usd(loss.loss.total_usd()),
            share(now),
            share(week),
            share(month),
            percent(loss.timeline.service_at_end()),
            match survive {
                Some(day) if day > 0.0 => days(day),
                Some(_) => "not at all".to_owned(),
                None => "all along".to_owned(),
            },
            match (survive, loss.timeline.time_to_recover_days()) {
                (None, _) => ABSENT.to_owned(),
                (Some(_), recover) => days(recover.unwrap_or(f64::INFINITY)),
            },
        ]);
    }
    grid.note(format!(
        "Loss over {}, without notice; the {} costliest of {}. Served: share of the value, at once and after 7 and 30 days. Nodes whose loss does the \
         same stand in one row.",
        days(instance.portfolio.horizon_days),
        SHOWN.min(groups.len()),
        groups.len()
    ));
    let kinds: Vec<String> =
        NODE_KINDS.iter().map(|kind| format!("{}: {}", kind.as_str(), node_meaning(*kind))).collect();
    grid.note(format!("{}.", kinds.join("; ")));
    grid
}

/// Node losses that cost something, the costliest first; those that do the same thing are one group.
#[must_use]
pub fn costliest(exposure: &ExposureProfile) -> Vec<Vec<&NodeLoss>> {
    let mut losses: Vec<&NodeLoss> =
        exposure.node_losses.iter().filter(|l| l.loss.total_usd() > 0.0).collect();
    losses.sort_by(|a, b| b.loss.total_usd().total_cmp(&a.loss.total_usd()).then(a.node.cmp(&b.node)));
    let mut groups: Vec<Vec<&NodeLoss>> = Vec::new();
    for loss in losses {
        let same = |group: &&mut Vec<&NodeLoss>| {
            (group[0].loss.total_usd() - loss.loss.total_usd()).abs() < SAME_USD
                && group[0].timeline == loss.timeline
        };
        match groups
            .iter_mut()
            .rev()
            .take_while(|g| g[0].loss.total_usd() - loss.loss.total_usd() < SAME_USD)
            .find(same)
        {
            Some(group) => group.push(loss),
            None => groups.push(vec![loss]),
        }
    }
    groups
}

/// Losses closer than this are the same, USD.
const SAME_USD: f64 = 0.005;

/// The nodes of a group, each id once with its kinds: `EU (jurisdiction, territory)`.
#[must_use]
pub fn named(instance: &Instance, group: &[&NodeLoss]) -> Vec<String> {
    let mut kinds_by_id: Vec<(String, Vec<&str>)> = Vec::new();
    for loss in group {
        let (id, kind) = (loss.node.id(instance), loss.node.kind().as_str());
        match kinds_by_id.iter_mut().find(|(known, _)| *known == id) {
            Some((_, kinds)) => kinds.push(kind),
            None => kinds_by_id.push((id, vec![kind])),
        }
    }
    kinds_by_id.into_iter().map(|(id, kinds)| format!("{id} ({})", kinds.join(", "))).collect()
}

/// The pairs that are worse together than apart.
#[must_use]
pub fn pair_losses(instance: &Instance, exposure: &ExposureProfile) -> Grid {
    let mut grid = Grid::new(
        "Which two are worse together than the worse of them alone?",
        &["one", "and the other", ">loss, USD", ">more than one alone, USD"],
    );
    let node = |node: NodeFailure| format!("{} {}", node.kind().as_str(), node.id(instance));
    for pair in exposure.pair_losses.iter().take(SHOWN) {
        let [one, other] = pair.nodes;
        grid.row([node(one), node(other), usd(pair.loss_usd), usd(pair.excess_usd)]);
    }
    grid.note(match exposure.pair_losses.len() {
        0 => "No pair is worse than the worse of its two.".to_owned(),
        n => format!("The {} pairs that add most, none of which contains the other.", n.min(SHOWN)),
    });
    grid
}

/// Nodes without which a workload has no prepared way to go on.
#[must_use]
pub fn chokepoints(instance: &Instance, exposure: &ExposureProfile) -> Grid {
    let mut grid = Grid::new(
        "Without whom does a workload have no prepared way left?",
        &["kind", "id", "after", ">workloads", ">of the value", "which"],
    );
    let groups = choke_groups(instance, exposure);
    for group in groups.iter().take(SHOWN) {
        grid.row([
            group.node.kind().as_str().to_owned(),
            group.node.id(instance),
            days(group.buffer_days),
            group.workloads.len().to_string(),
            percent(group.value_share),
            listed(&group.workloads),
        ]);
    }
    let all = instance.workloads.len();
    grid.note(match groups.len() {
        0 => "No such chokepoint: every workload has a second prepared way.".to_owned(),
        n => format!(
            "The {} of {n} chokepoints that carry most value; {} in all.",
            n.min(SHOWN),
            counted(all, "workload")
        ),
    });
    grid.note(
        "A prepared way: an offer in use, or a hot or warm standby. After: how long stocks and buffers hold.",
    );
    grid
}

/// How many suppliers, and how many countries, stop each workload.
#[must_use]
pub fn minimum_cuts(instance: &Instance, exposure: &ExposureProfile) -> Grid {
    let mut grid = Grid::new(
        "How many must fail before a workload stops?",
        &["workload", ">suppliers", "which", "after", ">countries", "which", "after"],
    );
    for cuts in exposure.minimum_cuts.chunk_by(|a, b| a.workload == b.workload).take(SHOWN) {
        let [suppliers, countries] = cuts else { continue };
        let workload = instance.workloads[suppliers.workload].workload.id.clone();
        let [n, which, after] = cut_cells(instance, suppliers);
        let [n_countries, countries, after_countries] = cut_cells(instance, countries);
        grid.row([workload, n, which, after, n_countries, countries, after_countries]);
    }
    let n_workloads = instance.workloads.len();
    if n_workloads > SHOWN {
        grid.note(format!("The first {SHOWN} of {n_workloads} workloads; --format json has all."));
    }
    grid.note(format!(
        "The fewest suppliers, or countries with all that is under them, whose stop brings down every prepared way within {}; any of the sets between \
         'or' will do. None to {MAX_CUT}: no set of up to {MAX_CUT} does.",
        days(instance.portfolio.horizon_days)
    ));
    grid
}

/// Its size, the sets, and how long buffers hold.
fn cut_cells(instance: &Instance, cut: &WorkloadCut) -> [String; 3] {
    let ids = |nodes: &Vec<NodeFailure>| {
        nodes.iter().map(|node| node.id(instance)).collect::<Vec<String>>().join(" + ")
    };
    let sets: Vec<String> = cut.cuts.iter().map(ids).collect();
    [
        cut.size().map_or_else(|| format!("none to {MAX_CUT}"), |n| n.to_string()),
        if sets.is_empty() { ABSENT.to_owned() } else { listed_or(&sets) },
        cut.days.map_or_else(|| ABSENT.to_owned(), days),
    ]
}

/// Sets of a cut, of which any one will do.
fn listed_or(sets: &[String]) -> String {
    let shown = sets.iter().take(CUTS_SHOWN).map(String::as_str).collect::<Vec<&str>>().join(" or ");
    if sets.len() > CUTS_SHOWN { format!("{shown} or {} more", sets.len() - CUTS_SHOWN) } else { shown }
}

/// Smallest cuts named per workload and kind.
const CUTS_SHOWN: usize = 2;

/// A chokepoint with all the workloads it chokes.
#[derive(Debug, Clone, PartialEq)]
pub struct ChokeGroup<'a> {
    pub node: NodeFailure,
    /// Until the first of them has no way left.
    pub buffer_days: f64,
    pub workloads: Vec<&'a str>,
    /// Of the value of all workloads.
    pub value_share: f64,
}

/// Chokepoints by node, those that carry most value first, of these the soonest first.
#[must_use]
pub fn choke_groups<'a>(instance: &'a Instance, exposure: &ExposureProfile) -> Vec<ChokeGroup<'a>> {
    let mut groups: BTreeMap<NodeFailure, ChokeGroup<'a>> = BTreeMap::new();
    for choke in &exposure.chokepoints {
        let workload = &instance.workloads[choke.workload].workload;
        let group = groups.entry(choke.node).or_insert_with(|| ChokeGroup {
            node: choke.node,
            buffer_days: f64::INFINITY,
            workloads: Vec::new(),
            value_share: 0.0,
        });
        group.buffer_days = group.buffer_days.min(choke.buffer_days);
        group.workloads.push(&workload.id);
        if exposure.value_usd_per_day > 0.0 {
            group.value_share += workload.outage_cost_usd_per_day / exposure.value_usd_per_day;
        }
    }
    let mut groups: Vec<ChokeGroup<'a>> = groups.into_values().collect();
    groups.sort_by(|a, b| {
        let by_value = b.value_share.total_cmp(&a.value_share);
        by_value.then(a.buffer_days.total_cmp(&b.buffer_days)).then(a.node.cmp(&b.node))
    });
    groups
}

/// Names shown in a list before the rest is counted.
const NAMES_SHOWN: usize = 3;

fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let shown = names.iter().take(NAMES_SHOWN).map(AsRef::as_ref).collect::<Vec<&str>>().join(", ");
    if names.len() > NAMES_SHOWN { format!("{shown}, {} more", names.len() - NAMES_SHOWN) } else { shown }
}

/// Share by value of a key in a dimension; 0 when it has none.
#[must_use]
pub fn value_share(exposure: &DimensionExposure, key: &str) -> f64 {
    exposure.value.as_ref().and_then(|c| c.shares.get(key).copied()).unwrap_or(0.0)
}

/// The country on whose developers most of the value stands today.
#[must_use]
pub fn main_origin(exposure: &ExposureProfile) -> Option<String> {
    let origin = exposure.dimensions.get(&Dimension::Origin)?.value.as_ref()?;
    origin.largest().map(|(key, _)| key.to_owned())
}
