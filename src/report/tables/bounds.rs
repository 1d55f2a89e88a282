//! What limits do to a plan, as tables: prices of those that bind, and demands that cannot hold together.

use crate::report::figures::{ABSENT, count, usd};
use crate::report::grid::Grid;
use crate::study::plan::outcome::{BindingLimit, Conflict, Optimized, Recommended, Unit};

/// Limits that the plan uses up, with what one more point would save.
#[must_use]
pub fn binding_limits(plan: &Recommended) -> Grid {
    let mut grid = Grid::new(
        "Which limits hold the plan back?",
        &["limit", ">if it gave", ">would save, USD", ">at most, USD"],
    );
    let price = |x: Option<f64>| x.map_or_else(|| ABSENT.to_owned(), usd);
    for binding in &plan.binding_limits {
        grid.row([
            binding.limit.clone(),
            step(binding),
            price(binding.price_usd),
            price(binding.price_at_most_usd),
        ]);
    }
    if !grid.is_empty() {
        grid.note(
            "Savings: planned cost plus weighted loss over the horizon, found by planning again with only this limit \
             looser. At most: proven; the truth lies between the two.",
        );
    }
    grid
}

fn step(binding: &BindingLimit) -> String {
    match binding.unit {
        Unit::Share => format!("{} point", amount(Unit::Share, binding.step)),
        unit => amount(unit, binding.step),
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
        Unit::Usd => format!("USD {}", usd(x)),
        Unit::Mtok => format!("{} mtok a month", count(x.round() as u64)),
        Unit::Points => format!("{x} points"),
        Unit::Tokens => format!("{} tokens", count(x.round() as u64)),
    }
}

/// Demands that cannot hold together.
#[must_use]
pub fn conflicts(optimized: &Optimized) -> Grid {
    let heading = "Which demands cannot hold together?";
    let mut grid = conflict_table(heading, &optimized.conflicts);
    if grid.is_empty() {
        grid.note("Which of them stand in each other's way was not found.");
        return grid;
    }
    if optimized.conflict_proof.is_some_and(|proof| proof.has_others) {
        grid.note(
            "Other demands are in conflict too: this one has to be settled first. How far each must give is told as if \
             these were all.",
        );
    }
    grid
}

/// Members of a conflict, how far each must give alone, and the best plan then.
#[must_use]
pub fn conflict_table(heading: &str, conflicts: &[Conflict]) -> Grid {
    let mut grid = Grid::new(
        heading,
        &["demand", ">would have to give to", ">then: USD a month", ">AAL, USD", ">CVaR, USD"],
    );
    for conflict in conflicts {
        let then = |of: fn(&crate::planning::outcome::Figures) -> f64| {
            conflict.then.as_ref().map_or_else(|| ABSENT.to_owned(), |figures| usd(of(figures)))
        };
        grid.row([
            conflict.what.clone(),
            gives(conflict),
            then(|f| f.monthly_cost_usd),
            then(|f| f.aal_usd),
            then(|f| f.cvar_usd),
        ]);
    }
    if !grid.is_empty() {
        grid.note(
            "How far each would have to give if it alone gave and everything else that is demanded held, and the best plan \
             then.",
        );
        if conflicts.len() > 1 {
            grid.note("Without any one of them the others of this list can hold together.");
        }
    }
    grid
}

fn gives(conflict: &Conflict) -> String {
    match (conflict.relax_to.zip(conflict.unit), conflict.is_enough) {
        (Some((to, unit)), _) => amount(unit, to),
        (None, true) => "be waived".to_owned(),
        (None, false) => "giving alone does not help".to_owned(),
    }
}
