//! `optimize --alternatives` as tables: plans nearly as good, what they look like, what they share.

use std::collections::BTreeMap;

use crate::model::instance::{Instance, OfferIdx};
use crate::model::plan::Plan;
use crate::report::figures::{counted, percent, usd};
use crate::report::grid::Grid;
use crate::report::names::{offer, workload};
use crate::study::plan::alternatives::{AlternativePlans, CARRIES, Trait};

/// Offers named for each plan.
const CARRIERS_SHOWN: usize = 4;
/// A difference in cost and weighted loss below this part is a tie.
const TIE: f64 = 5e-4;

/// The alternatives, what each rests on, and what they share.
#[must_use]
pub fn alternatives(instance: &Instance, plan: &Plan, found: &AlternativePlans) -> Vec<Grid> {
    let mut grids = vec![list(found)];
    if !found.list.is_empty() {
        grids.push(looks(instance, plan, found));
        grids.push(shared(instance, found));
    }
    grids
}

fn list(found: &AlternativePlans) -> Grid {
    let within = percent(found.asked.within);
    let mut grid = Grid::new(
        format!("Which other plans are within {within} of the best?"),
        &[
            "=plan",
            ">dearer by",
            ">USD a month",
            ">AAL, USD",
            ">CVaR, USD",
            ">on fresh trials",
            ">differs",
            ">from the nearest",
            ">standbys changed",
        ],
    );
    for (at, alternative) in found.list.iter().enumerate() {
        let (own, fresh) = (&alternative.measured.in_sample.figures, &alternative.measured.fresh.figures);
        let over = match alternative.over_plan {
            over if over.abs() < TIE => "a tie".to_owned(),
            over if over < 0.0 => format!("-{}", percent(-over)),
            over => percent(over),
        };
        grid.row([
            format!("alternative {}", at + 1),
            over,
            usd(own.monthly_cost_usd),
            usd(own.aal_usd),
            usd(own.cvar_usd),
            usd(fresh.cvar_usd),
            percent(alternative.distance_to_plan),
            percent(alternative.least_distance),
            alternative.n_standbys_changed.to_string(),
        ]);
    }
    match found.list.len() {
        0 => grid.note(format!(
            "No other plan exists within {within}, as far as the search could see: whatever does without the plan's offers \
             costs more than USD {} in cost and weighted loss.",
            usd(found.limit_usd)
        )),
        n if n < found.asked.n => grid.note(format!(
            "{} of {} asked for: every further plan found within {within} is nearly one of these.",
            counted(n, "plan"),
            found.asked.n
        )),
        _ => {}
    }
    if !found.list.is_empty() {
        grid.note(
            "All keep every limit. Dearer by: cost and weighted loss over the horizon, against the plan's. Differs: the \
             share of business value that another offer serves than in the plan; from the nearest: of the plan and the \
             alternatives above.",
        );
    }
    if found.list.iter().any(|a| a.over_plan <= -TIE) {
        grid.note("A plan with a minus is better than the recommended one, within the gap that its search left open.");
    }
    grid
}

fn looks(instance: &Instance, plan: &Plan, found: &AlternativePlans) -> Grid {
    let mut grid =
        Grid::new("What do they rest on?", &["=plan", "carries most, by value", "stand by (workloads)"]);
    let plans = std::iter::once(("the plan".to_owned(), plan));
    let others = found.list.iter().enumerate();
    let others = others.map(|(at, a)| (format!("alternative {}", at + 1), &a.measured.plan));
    for (name, plan) in plans.chain(others) {
        grid.row([name, carriers(instance, plan), standbys(instance, plan)]);
    }
    grid
}

fn carriers(instance: &Instance, plan: &Plan) -> String {
    let mut by_offer: BTreeMap<OfferIdx, f64> = BTreeMap::new();
    let total = instance.value_usd_per_day().max(f64::MIN_POSITIVE);
    for (cell, list) in plan.allocation.iter().enumerate() {
        for &(of, share) in list {
            *by_offer.entry(of).or_default() += share * instance.cells[cell].value_usd_per_day / total;
        }
    }
    let mut list: Vec<(OfferIdx, f64)> = by_offer.into_iter().collect();
    list.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let shown: Vec<String> = list
        .iter()
        .take(CARRIERS_SHOWN)
        .map(|&(of, share)| format!("{} {}", offer(instance, of), percent(share).replace(' ', "\u{a0}")))
        .collect();
    let left = list.len().saturating_sub(CARRIERS_SHOWN);
    let more = if left > 0 { format!(", {left} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// Offers that stand by, with the number of workloads for which they do if it is not one.
fn standbys(instance: &Instance, plan: &Plan) -> String {
    let mut by_offer: BTreeMap<OfferIdx, usize> = BTreeMap::new();
    plan.standby.iter().flatten().for_each(|s| *by_offer.entry(s.offer).or_default() += 1);
    let mut list: Vec<(OfferIdx, usize)> = by_offer.into_iter().collect();
    list.sort_by_key(|&(of, n)| (std::cmp::Reverse(n), of));
    let name = |&(of, n): &(OfferIdx, usize)| match n {
        1 => offer(instance, of),
        n => format!("{}\u{a0}({n})", offer(instance, of)),
    };
    let shown: Vec<String> = list.iter().take(CARRIERS_SHOWN).map(name).collect();
    match list.len().saturating_sub(CARRIERS_SHOWN) {
        _ if list.is_empty() => "none".to_owned(),
        0 => shown.join(", "),
        left => format!("{}, {left} more", shown.join(", ")),
    }
}

fn shared(instance: &Instance, found: &AlternativePlans) -> Grid {
    let mut grid = Grid::new("What do they share?", &["what", "in"]);
    for shared in found.shared.iter().take(crate::report::tables::SHOWN) {
        let what = match shared.what {
            Trait::Carries { offer: of } => {
                format!("{} carries at least {} of the value", offer(instance, of), percent(CARRIES))
            }
            Trait::Standby { workload: w, offer: of } => {
                format!("{} stands by for {}", offer(instance, of), workload(instance, w))
            }
        };
        grid.row([what, format!("{} of {}", shared.n_plans, shared.n_of)]);
    }
    if grid.is_empty() {
        grid.note("Nothing that more than half of them have: which offers are chosen matters little.");
    } else {
        grid.note("What all of them have is what the decision hangs on; the rest is a matter of taste.");
    }
    grid
}
