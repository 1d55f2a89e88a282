//! What limits do to a plan, as tables: savings of those that hold it back, and demands that cannot hold together.

use crate::model::limit::Unit;
use crate::report::answer::limits::{ActiveLimit, ConflictCertainty, ConflictMember};
use crate::report::answer::optimize::OptimizeAnswer;
use crate::report::answer::plans::CostAndRisk;
use crate::report::figures::{ABSENT, count};
use crate::report::grid::Grid;
use crate::report::money::{self, money};

/// Of a demand whose relaxation alone gives no plan.
const NOT_ENOUGH: &str = "not enough alone";

/// Limits that hold the plan back, with what relaxing them saves.
#[must_use]
pub fn binding_limits(answer: &OptimizeAnswer) -> Grid {
    let mut grid =
        Grid::new("Limits that hold the plan back", &["limit", ">relaxed by", ">saves, ¤", ">at most, ¤"]);
    let price = |x: Option<f64>| x.map_or_else(|| ABSENT.to_owned(), money::amount);
    for limit in &answer.binding_limits {
        grid.row([limit.limit.clone(), step(limit), price(limit.price_usd), price(limit.price_at_most_usd)]);
    }
    if !grid.is_empty() {
        grid.note(
            "Savings are of planned cost plus weighted loss over the horizon, found by planning again with only this limit \
             relaxed. At most: proven; the true saving lies between the two.",
        );
    }
    grid
}

fn step(limit: &ActiveLimit) -> String {
    match limit.unit {
        Unit::Share => format!("{} point", amount(Unit::Share, limit.step)),
        unit => amount(unit, limit.step),
    }
}

/// A bound as people write it.
#[must_use]
pub fn amount(unit: Unit, x: f64) -> String {
    match unit {
        // Shares are bounded in thousandths.
        Unit::Share => format!("{} %", (x * 1e6).round() / 1e4),
        Unit::Hhi => format!("{x}"),
        Unit::Count => count(x.round() as u64),
        Unit::Usd => money(x),
        Unit::Mtok => format!("{} mtok a month", count(x.round() as u64)),
        Unit::Points => format!("{x} points"),
        Unit::Tokens => format!("{} tokens", count(x.round() as u64)),
    }
}

/// Demands that cannot hold together.
#[must_use]
pub fn conflicts(answer: &OptimizeAnswer) -> Grid {
    let mut grid = conflict_table("Demands that cannot hold together", &answer.conflict);
    if grid.is_empty() {
        grid.note("It was not found which demands are in conflict.");
        return grid;
    }
    note_certainty(&mut grid, answer.conflict_proof.as_ref());
    grid
}

/// The conflict that leaves no plan, under the sentence `ruled_out` where that is proven, else under `not_found`.
#[must_use]
pub fn without_plan(
    [ruled_out, not_found]: [&str; 2],
    conflict: &[ConflictMember],
    certainty: Option<&ConflictCertainty>,
) -> Grid {
    let (sentence, verb) = match certainty {
        Some(ConflictCertainty { is_proven: true, .. }) => (ruled_out, "rule it out"),
        _ => (not_found, "stand against it"),
    };
    if conflict.is_empty() {
        let mut grid = Grid::new(sentence, &[]);
        grid.note(format!("It was not found which demands {verb}."));
        return grid;
    }
    let mut grid = conflict_table(&format!("{sentence}: these demands {verb}"), conflict);
    note_certainty(&mut grid, certainty);
    grid
}

/// Notes what a conflict leaves open.
fn note_certainty(grid: &mut Grid, certainty: Option<&ConflictCertainty>) {
    let Some(certainty) = certainty else { return };
    if certainty.has_others {
        grid.note(
            "Other demands are in conflict too; settle this conflict first. The table is computed as if it were the only \
             one.",
        );
    }
    if certainty.requirements_given {
        grid.note(
            "The table takes as given what the workloads require of their offers, such as quality, certificates and regions. With \
             fewer of these requirements there may be a plan.",
        );
    }
}

/// The demand, and where it fails: `hosts_survive (fails at: host azure)`.
fn named(member: &ConflictMember) -> String {
    let at = member.breaks_at.as_ref().map_or_else(String::new, |at| format!(" (fails at: {at})"));
    format!("{}{at}", member.what)
}

/// Members of a conflict, how far each must be relaxed alone, and the best plan then.
#[must_use]
fn conflict_table(heading: &str, conflict: &[ConflictMember]) -> Grid {
    let mut grid = Grid::new(heading, &["demand", ">relax to", ">then: ¤ a month", ">AAL, ¤", ">CVaR, ¤"]);
    for member in conflict {
        let then = |of: fn(&CostAndRisk) -> f64| {
            member.then.as_ref().map_or_else(|| ABSENT.to_owned(), |figures| money::amount(of(figures)))
        };
        grid.row([
            named(member),
            relaxed(member),
            then(|f| f.monthly_cost_usd),
            then(|f| f.aal_usd),
            then(|f| f.cvar_usd),
        ]);
    }
    if !grid.is_empty() {
        let is_searched = conflict.iter().all(|member| member.then.is_some() || !member.is_enough);
        grid.note(if is_searched {
            "Each line relaxes one demand as little as possible, keeps all others, and shows the best plan then."
        } else {
            "Each line relaxes one demand as little as possible and keeps all others. Plans were not looked for."
        });
        if conflict.len() > 1 {
            grid.note("If any one of these demands is dropped, the others in this table can hold together.");
        }
        if conflict.iter().any(|member| !member.is_enough) {
            grid.note(format!(
                "Where it says \"{NOT_ENOUGH}\", there is no plan even without that demand: demands outside this table conflict too."
            ));
        }
    }
    grid
}

fn relaxed(member: &ConflictMember) -> String {
    match (member.relax_to.zip(member.unit), member.is_enough) {
        (Some((to, unit)), _) => amount(unit, to),
        (None, true) => "drop it".to_owned(),
        (None, false) => NOT_ENOUGH.to_owned(),
    }
}
