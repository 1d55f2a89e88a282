//! What could replace the offers in use, as a table.

use crate::report::answer::exposure::ExposureAnswer;
use crate::report::answer::substitutes::{SubstituteGroupAnswer, SubstitutesAnswer};
use crate::report::figures::{ABSENT, counted, days, decimal, number};
use crate::report::grid::Grid;

/// Workloads shown; JSON has all.
const WORKLOADS_SHOWN: usize = 50;

/// One row per workload, the most valuable first.
#[must_use]
pub fn substitutes(answer: &ExposureAnswer) -> Grid {
    let mut grid = Grid::new(
        "What could replace the offers in use?",
        &[
            "=workload",
            ">eligible",
            ">ready",
            ">other vendors",
            ">also other chips",
            ">unknown chips",
            "fastest",
            ">price × today's",
            ">quality points",
            ">independent routes today",
        ],
    );
    let value = |s: &SubstitutesAnswer| answer.value_by_workload.get(&s.workload).copied().unwrap_or(0.0);
    let mut by_value: Vec<&SubstitutesAnswer> = answer.substitutes.iter().collect();
    // Stable: of two alike, the first in the portfolio.
    by_value.sort_by(|a, b| value(b).total_cmp(&value(a)));
    for found in by_value.iter().take(WORKLOADS_SHOWN) {
        grid.row(row(found));
    }
    if by_value.len() > WORKLOADS_SHOWN {
        let all = counted(by_value.len(), "workload");
        grid.note(format!("The {WORKLOADS_SHOWN} of {all} whose outage costs most."));
    }
    grid.note(
        "Offers that all users of the workload may newly use, beyond those in use. Ready: hot and warm standbys. Other \
         vendors: no developer, host, parent or host site in common with any offer in use. Also other chips: no \
         hardware in common either, through any tier. Unknown chips: nothing known in common, but the hardware is not \
         known, so they do not count as independent.",
    );
    grid.note(
        "Fastest, price and quality: the best offer of other vendors in each respect, against today's mix. Independent \
         routes: offers in use and standbys of which no two share a service.",
    );
    grid
}

fn row(found: &SubstitutesAnswer) -> [String; 10] {
    let groups = &found.groups;
    let SubstituteGroupAnswer { n_offers, fastest, cheapest, best } = &groups.independent_of_services;
    let at_least = if found.independent_paths_exact { "" } else { "≥ " };
    let or_absent = |text: Option<String>| text.unwrap_or_else(|| ABSENT.to_owned());
    [
        found.workload.clone(),
        groups.eligible.n_offers.to_string(),
        groups.ready.n_offers.to_string(),
        n_offers.to_string(),
        groups.independent.n_offers.to_string(),
        found.unknown_hardware.to_string(),
        or_absent(fastest.as_ref().map(|f| days(f.days))),
        or_absent(cheapest.as_ref().and_then(|c| c.price_factor).map(|factor| decimal(factor, 2))),
        or_absent(best.as_ref().and_then(|b| b.points).map(signed)),
        format!("{at_least}{}", found.n_independent_paths),
    ]
}

/// Whole points with their sign.
fn signed(points: f64) -> String {
    let points = points.round() + 0.0;
    if points > 0.0 { format!("+{}", number(points)) } else { number(points) }
}
