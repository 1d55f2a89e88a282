//! Single points of failure, and the smallest sets of failures that stop a workload.

use super::{and, listed};
use crate::graph::cuts::MAX_CUT;
use crate::report::answer::exposure::{ChokepointAnswer, ExposureAnswer, MinimumCutAnswer};
use crate::report::figures::{ABSENT, counted, days, percent};
use crate::report::grid::Grid;
use crate::report::tables::SHOWN;

/// Smallest cuts named per workload and kind.
const CUTS_SHOWN: usize = 2;

/// Nodes far upstream that are named.
const UPSTREAM_NAMED: usize = 5;

/// A node with all the workloads that have no prepared way without it.
#[derive(Debug, Clone, PartialEq)]
struct SinglePoint<'a> {
    kind: &'a str,
    id: &'a str,
    /// Until the first of them has no way left.
    buffer_days: f64,
    workloads: Vec<&'a str>,
    /// Of the value of all workloads.
    value_share: f64,
}

/// Nodes without which a workload has no prepared way to go on.
pub(super) fn chokepoints(answer: &ExposureAnswer) -> Grid {
    let mut grid = Grid::new(
        "Single points of failure",
        &["kind", "id", "stops after", ">workloads", ">of the value", "which"],
    );
    let n_workloads = answer.substitutes.len();
    // Behind everything, or later than the horizon: nothing to decide on, so a sentence is enough.
    let is_upstream = |p: &SinglePoint<'_>| {
        let is_behind_all = n_workloads > 1 && p.workloads.len() == n_workloads;
        p.buffer_days > answer.horizon_days || is_behind_all && p.buffer_days > 0.0
    };
    let (upstream, decidable): (Vec<_>, Vec<_>) = single_points(answer).into_iter().partition(is_upstream);
    for point in decidable.iter().take(SHOWN) {
        grid.row([
            point.kind.replace('_', " "),
            point.id.to_owned(),
            days(point.buffer_days),
            point.workloads.len().to_string(),
            percent(point.value_share),
            listed(&point.workloads),
        ]);
    }
    let all = counted(n_workloads, "workload");
    grid.note(match decidable.len() {
        0 => "No supplier, site or kind of hardware can stop a workload alone.".to_owned(),
        n if n > SHOWN => format!("The {SHOWN} of {n} that stop most of the value; {all} in all."),
        _ => format!("{all} in all."),
    });
    if !upstream.is_empty() {
        grid.note(format!("Further upstream, workloads also depend on {}.", with_stocks(&upstream)));
    }
    grid.note(
        "The workload has no prepared way without it: no other offer in use, and no hot or warm standby. Stops after: \
         how long stocks and buffers last.",
    );
    grid
}

/// Nodes with how long stocks of them last; hardware only where it is not that of a supplier with the same stocks.
fn with_stocks(points: &[SinglePoint<'_>]) -> String {
    let mut named: Vec<(&str, f64)> = Vec::new();
    let (suppliers, others): (Vec<_>, Vec<_>) = points.iter().partition(|p| p.kind == "supplier");
    for point in suppliers.into_iter().chain(others) {
        if point.kind == "supplier" || !named.iter().any(|(_, buffer)| *buffer == point.buffer_days) {
            named.push((point.id, point.buffer_days));
        }
    }
    let text = |(id, buffer): &(&str, f64)| format!("{id} (stocks last {})", days(*buffer));
    let mut text: Vec<String> = named.iter().take(UPSTREAM_NAMED).map(text).collect();
    if named.len() > UPSTREAM_NAMED {
        text.push(format!("{} more", named.len() - UPSTREAM_NAMED));
    }
    and(&text)
}

/// Chokepoints by node, those that stop most of the value first, of these the soonest first. A site that stops no other
/// workloads than its host is left out.
fn single_points(answer: &ExposureAnswer) -> Vec<SinglePoint<'_>> {
    let mut points: Vec<SinglePoint<'_>> = Vec::new();
    for choke in &answer.chokepoints {
        let value = answer.value_by_workload.get(&choke.workload).copied().unwrap_or(0.0);
        match points.iter_mut().find(|p| (p.kind, p.id) == (&choke.kind, &choke.id)) {
            Some(point) => {
                point.buffer_days = point.buffer_days.min(choke.buffer_days);
                point.workloads.push(&choke.workload);
                point.value_share += value;
            }
            None => points.push(single_point(choke, value)),
        }
    }
    let sites: Vec<bool> = points.iter().map(|point| is_said_of_its_host(point, &points)).collect();
    let mut points: Vec<SinglePoint<'_>> =
        points.into_iter().zip(sites).filter(|(_, is_said)| !is_said).map(|(point, _)| point).collect();
    points.sort_by(|a, b| {
        let by_value = b.value_share.total_cmp(&a.value_share);
        by_value.then(a.buffer_days.total_cmp(&b.buffer_days)).then(a.id.cmp(b.id))
    });
    points
}

/// Whether a site stops the same workloads as its host, which is listed already.
fn is_said_of_its_host(point: &SinglePoint<'_>, points: &[SinglePoint<'_>]) -> bool {
    let Some((host, _)) = point.id.rsplit_once(':').filter(|_| point.kind == "host_site") else {
        return false;
    };
    points.iter().any(|p| (p.kind, p.id) == ("supplier", host) && p.workloads == point.workloads)
}

fn single_point(choke: &ChokepointAnswer, value_share: f64) -> SinglePoint<'_> {
    SinglePoint {
        kind: &choke.kind,
        id: &choke.id,
        buffer_days: choke.buffer_days,
        workloads: vec![&choke.workload],
        value_share,
    }
}

/// How many suppliers, and how many countries, stop each workload; the most fragile first.
pub(super) fn minimum_cuts(answer: &ExposureAnswer) -> Grid {
    let mut grid = Grid::new(
        "How many failures stop each workload?",
        &["workload", ">suppliers", "which", "after", ">countries", "which", "after"],
    );
    let mut by_workload: Vec<&[MinimumCutAnswer]> =
        answer.minimum_cuts.chunk_by(|a, b| a.workload == b.workload).collect();
    // Stable: of two alike, the first in the portfolio.
    by_workload.sort_by_key(|cuts| cuts.iter().map(|cut| cut.size.unwrap_or(usize::MAX)).collect::<Vec<_>>());
    for cuts in by_workload.iter().take(SHOWN) {
        let [suppliers, countries] = cuts else { continue };
        let [n, which, after] = cut_cells(suppliers);
        let [n_countries, which_countries, after_countries] = cut_cells(countries);
        let workload = suppliers.workload.clone();
        grid.row([workload, n, which, after, n_countries, which_countries, after_countries]);
    }
    if by_workload.len() > SHOWN {
        grid.note(format!(
            "The {SHOWN} most fragile of {} workloads; --format json has all.",
            by_workload.len()
        ));
    }
    grid.note(format!(
        "Smallest number of suppliers, or of countries, whose failure leaves the workload without a prepared way \
         within {}. Sets joined by \"or\" are equally small. \"more than {MAX_CUT}\": no set of {MAX_CUT} or fewer is \
         enough.",
        days(answer.horizon_days)
    ));
    grid
}

/// Its size, the sets, and how long buffers last.
fn cut_cells(cut: &MinimumCutAnswer) -> [String; 3] {
    let sets: Vec<String> = cut.cuts.iter().map(|ids| ids.join(" + ")).collect();
    [
        cut.size.map_or_else(|| format!("more than {MAX_CUT}"), |n| n.to_string()),
        if sets.is_empty() { ABSENT.to_owned() } else { listed_or(&sets) },
        cut.days.map_or_else(|| ABSENT.to_owned(), days),
    ]
}

/// Sets of a cut, of which any one is enough.
fn listed_or(sets: &[String]) -> String {
    let shown = sets.iter().take(CUTS_SHOWN).map(String::as_str).collect::<Vec<&str>>().join(" or ");
    if sets.len() > CUTS_SHOWN { format!("{shown} or {} more", sets.len() - CUTS_SHOWN) } else { shown }
}
