//! The options: cost against the worst years.

use super::plane::{CostDot, CostPlane};
use crate::report::answer::ladder::{RungAnswer, RungWord};
use crate::report::money::DisplayCurrency;

/// Each option as a dot, today hollow; labels step aside where dots are near each other. `words`: the name of an option.
#[must_use]
pub fn options(
    rungs: &[RungAnswer],
    currency: DisplayCurrency,
    id: &str,
    title: &str,
    words: &dyn Fn(&RungAnswer) -> String,
) -> String {
    let names: Vec<String> = rungs.iter().map(words).collect();
    let dots: Vec<CostDot<'_>> = rungs.iter().zip(&names).map(|(rung, name)| dot(rung, name)).collect();
    // What is told first has the most room: what is recommended, then everything, then nothing, then the rest.
    let mut order: Vec<usize> = (0..rungs.len()).collect();
    order.sort_by_key(|&at| match rungs[at].rung {
        _ if rungs[at].is_recommended => 0,
        RungWord::All => 1,
        RungWord::Today => 2,
        _ => 3,
    });
    let mut plane = CostPlane::new(&dots, currency);
    plane.named_dots(&order, &order);
    let description = "One dot for each option: the farther left, the cheaper; the lower, the less it loses in the worst years. \
                       The table of options has the same figures.";
    plane.finish(id, title, description)
}

/// An option on new trials.
fn dot<'a>(rung: &RungAnswer, name: &'a str) -> CostDot<'a> {
    let fresh = &rung.figures.out_of_sample;
    CostDot {
        monthly_cost_usd: fresh.monthly_cost_usd,
        worst_years_usd: fresh.cvar_usd,
        name,
        color: if rung.is_recommended { "s1" } else { "accent" },
        is_filled: rung.rung != RungWord::Today,
    }
}
