//! What could replace what is in use, as a table.

use crate::exposure::profile::ExposureProfile;
use crate::exposure::substitutes::{Group, Substitutes};
use crate::model::instance::Instance;
use crate::report::figures::{ABSENT, counted, days, number};
use crate::report::grid::Grid;
use crate::report::names::workload;

/// Workloads shown; JSON has all.
const WORKLOADS_SHOWN: usize = 50;

/// One row per workload, the most valuable first.
#[must_use]
pub fn substitutes(instance: &Instance, exposure: &ExposureProfile) -> Grid {
    let mut grid = Grid::new(
        "What could replace what we use, per workload?",
        &[
            "=workload",
            ">eligible",
            ">ready",
            ">other services",
            ">chips too",
            ">unknown",
            "fastest",
            ">price, times",
            ">points",
            ">paths now",
        ],
    );
    let value = |s: &Substitutes| instance.workloads[s.workload].workload.outage_cost_usd_per_day;
    let mut by_value: Vec<&Substitutes> = exposure.substitutes.iter().collect();
    by_value.sort_by(|a, b| value(b).total_cmp(&value(a)).then(a.workload.cmp(&b.workload)));
    for found in by_value.iter().take(WORKLOADS_SHOWN) {
        grid.row(row(instance, found));
    }
    if by_value.len() > WORKLOADS_SHOWN {
        let all = counted(by_value.len(), "workload");
        grid.note(format!("The {WORKLOADS_SHOWN} of {all} whose outage costs most."));
    }
    grid.note(
        "Offers that all users of the workload may newly use, beyond those in use. Ready: hot and warm standbys. Other services: no developer, host or \
         parent of either, nor host site, in common with any offer in use. Chips too: nothing in common through any tier of hardware either. Unknown: \
         nothing known in common, but the hardware is not known, so this does not count as independent.",
    );
    grid.note(
        "Fastest, price and points: the best in each respect of those with other services, against today's mix. Paths now: offers in use and standbys \
         that pairwise share no service.",
    );
    grid
}

fn row(instance: &Instance, found: &Substitutes) -> [String; 10] {
    let Group { fastest, cheapest, best, n_offers } = found.independent_of_services;
    let points = best.and_then(|best| best.points);
    let at_least = if found.independent_paths.is_exact { "" } else { "≥ " };
    let or_absent = |text: Option<String>| text.unwrap_or_else(|| ABSENT.to_owned());
    [
        workload(instance, found.workload).to_owned(),
        found.eligible.n_offers.to_string(),
        found.ready.n_offers.to_string(),
        n_offers.to_string(),
        found.independent.n_offers.to_string(),
        found.n_unknown_hardware.to_string(),
        or_absent(fastest.map(|f| days(f.days))),
        or_absent(cheapest.and_then(|c| c.price_factor).map(|factor| format!("{factor:.2}"))),
        or_absent(points.map(signed)),
        format!("{at_least}{}", found.independent_paths.size),
    ]
}

/// Whole points with their sign.
fn signed(points: f64) -> String {
    let points = points.round() + 0.0;
    if points > 0.0 { format!("+{}", number(points)) } else { number(points) }
}
