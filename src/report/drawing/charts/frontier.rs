//! The frontier: cost against the worst years of plans from the cheapest to the safest.

use super::plane::{CostDot, CostPlane};
use crate::report::answer::frontier::MarkedPlan;
use crate::report::money::DisplayCurrency;

/// Each plan of a frontier as a dot on a line, with today hollow and what is recommended in its color. `plans`: those on the frontier
/// first, the cheapest first.
#[must_use]
pub fn frontier(plans: &[MarkedPlan<'_>], currency: DisplayCurrency, id: &str, title: &str) -> String {
    let names: Vec<String> = plans.iter().map(name).collect();
    let dots: Vec<CostDot<'_>> = plans.iter().zip(&names).map(|(plan, name)| dot(plan, name)).collect();
    let n_on_it = plans.iter().take_while(|plan| plan.is_on_frontier).count();
    // What is told first has the most room: what is recommended, then what is beside the frontier, its ends, and its knee.
    let rank = |at: usize| match &plans[at] {
        plan if plan.is_recommended() => 0,
        plan if !plan.is_on_frontier => 1,
        _ if at == 0 || at + 1 == n_on_it => 2,
        plan if !plan.marks.is_empty() => 3,
        _ => 4,
    };
    let mut order: Vec<usize> = (0..plans.len()).collect();
    order.sort_by_key(|&at| rank(at));
    let named: Vec<usize> = order.iter().copied().filter(|&at| rank(at) < 4).collect();
    let mut plane = CostPlane::new(&dots, currency);
    plane.curve(0..n_on_it);
    plane.named_dots(&named, &order);
    let description = "One dot for each plan of the frontier, joined from the cheapest to the safest; today is hollow, and what is \
                       recommended has a color of its own. The table of these plans has the same figures.";
    plane.finish(id, title, description)
}

/// `plan 3, knee`.
fn name(plan: &MarkedPlan<'_>) -> String {
    std::iter::once(plan.name.as_str()).chain(plan.marks.iter().copied()).collect::<Vec<_>>().join(", ")
}

fn dot<'a>(plan: &MarkedPlan<'_>, name: &'a str) -> CostDot<'a> {
    CostDot {
        monthly_cost_usd: plan.figures.monthly_cost_usd,
        worst_years_usd: plan.figures.cvar_usd,
        name,
        color: if plan.is_recommended() { "s1" } else { "accent" },
        is_filled: plan.is_on_frontier || plan.is_recommended(),
    }
}
