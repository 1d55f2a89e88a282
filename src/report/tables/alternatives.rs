//! `optimize --alternatives` as tables: plans nearly as good, what they rest on, what they share.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::report::answer::alternatives::{AlternativesAnswer, TraitWord};
use crate::report::answer::optimize::OptimizeAnswer;
use crate::report::answer::plans::{OfferValue, PlannedStandby};
use crate::report::figures::{counted, percent};
use crate::report::grid::Grid;
use crate::report::money::{CODE, amount};

/// Offers named for each plan.
const OFFERS_SHOWN: usize = 4;
/// A difference in cost plus weighted loss below this share is a tie.
const TIE: f64 = 5e-4;

/// The alternatives, what each rests on, and what they share.
#[must_use]
pub fn alternatives(answer: &OptimizeAnswer, found: &AlternativesAnswer) -> Vec<Grid> {
    let mut grids = vec![list(found)];
    if !found.list.is_empty() {
        grids.push(looks(answer, found));
        grids.push(shared(found));
    }
    grids
}

fn list(found: &AlternativesAnswer) -> Grid {
    let within = percent(found.within);
    let mut grid = Grid::new(
        format!("Other plans within {within} of the recommended one"),
        &[
            "=plan",
            ">more expensive by",
            ">¤ a month",
            ">AAL, ¤",
            ">CVaR, ¤",
            ">CVaR out of sample",
            ">differs by",
            ">from the nearest",
            ">standbys changed",
        ],
    );
    for plan in &found.list {
        let over = match plan.over_plan {
            over if over.abs() < TIE => "a tie".to_owned(),
            over if over < 0.0 => format!("-{}", percent(-over)),
            over => percent(over),
        };
        grid.row([
            format!("alternative {}", plan.plan),
            over,
            amount(plan.monthly_cost_usd),
            amount(plan.aal_usd),
            amount(plan.cvar_usd),
            amount(plan.out_of_sample.cvar_usd),
            percent(plan.distance_to_plan),
            percent(plan.least_distance),
            plan.n_standbys_changed.to_string(),
        ]);
    }
    match found.list.len() {
        0 => grid.note(format!(
            "The search found no other plan within {within}: every plan without this plan's offers has a cost plus weighted \
             loss above {CODE} {}.",
            amount(found.objective_at_most_usd)
        )),
        n if n < found.asked => grid.note(format!(
            "{} of {} asked for: every further plan found within {within} is nearly the same as one of these.",
            counted(n, "plan"),
            found.asked
        )),
        _ => {}
    }
    if !found.list.is_empty() {
        grid.note(
            "All keep every limit. More expensive: cost plus weighted loss, compared with the plan. Differs: share of \
             business value that another offer serves than in the plan; from the nearest: than in the most similar of the \
             plan and the alternatives above.",
        );
    }
    if found.list.iter().any(|a| a.over_plan <= -TIE) {
        grid.note("A plan with a minus is better than the recommended one, within the optimality gap.");
    }
    grid
}

fn looks(answer: &OptimizeAnswer, found: &AlternativesAnswer) -> Grid {
    let mut grid =
        Grid::new("What each plan rests on", &["=plan", "largest offers, by value", "standbys (workloads)"]);
    grid.row(["the plan".to_owned(), largest(&answer.value_by_offer), standbys(&answer.standby)]);
    for plan in &found.list {
        let name = format!("alternative {}", plan.plan);
        grid.row([name, largest(&plan.value_by_offer), standbys(&plan.standby)]);
    }
    grid
}

fn largest(offers: &[OfferValue]) -> String {
    let shown = offers.iter().take(OFFERS_SHOWN);
    let shown = shown.map(|o| format!("{} {}", o.offer, percent(o.share).replace(' ', "\u{a0}")));
    and_more(&shown.collect::<Vec<String>>(), offers.len())
}

/// Offers that wait, with the number of workloads for which they do if it is not one.
fn standbys(standbys: &[PlannedStandby]) -> String {
    let mut by_offer: BTreeMap<&str, usize> = BTreeMap::new();
    standbys.iter().for_each(|s| *by_offer.entry(s.offer.as_str()).or_default() += 1);
    if by_offer.is_empty() {
        return "none".to_owned();
    }
    let mut list: Vec<(&str, usize)> = by_offer.into_iter().collect();
    list.sort_by_key(|&(offer, n)| (Reverse(n), offer));
    let name = |&(offer, n): &(&str, usize)| match n {
        1 => offer.to_owned(),
        n => format!("{offer}\u{a0}({n})"),
    };
    let shown: Vec<String> = list.iter().take(OFFERS_SHOWN).map(name).collect();
    and_more(&shown, list.len())
}

/// `a, b, 3 more`.
fn and_more(shown: &[String], n: usize) -> String {
    let more = match n.saturating_sub(shown.len()) {
        0 => String::new(),
        left => format!(", {left} more"),
    };
    format!("{}{more}", shown.join(", "))
}

fn shared(found: &AlternativesAnswer) -> Grid {
    let mut grid = Grid::new("What these plans have in common", &["what", "plans"]);
    for shared in found.shared.iter().take(crate::report::tables::SHOWN) {
        let what = match shared.what {
            TraitWord::Carries => {
                let share = percent(shared.share_at_least.unwrap_or_default());
                format!("{} carries at least {share} of the value", shared.offer)
            }
            TraitWord::Standby => {
                format!("{} is a standby of {}", shared.offer, shared.workload.as_deref().unwrap_or_default())
            }
        };
        grid.row([what, format!("{} of {}", shared.plans, shared.of)]);
    }
    if grid.is_empty() {
        grid.note("More than half of the plans have nothing in common: the offers are interchangeable.");
    } else {
        grid.note(
            "The decision depends on what all plans have in common; the other choices are interchangeable.",
        );
    }
    grid
}
