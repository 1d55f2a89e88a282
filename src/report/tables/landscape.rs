//! `landscape` as tables.

mod lags;
mod standings;

use crate::report::answer::landscape::LandscapeAnswer;
use crate::report::grid::Grid;
pub use standings::{firm, words};

/// Everything that the answer holds, the most general first.
#[must_use]
pub fn landscape(answer: &LandscapeAnswer) -> Vec<Grid> {
    let mut grids = vec![standings::ranks(answer), standings::enablers(answer), standings::readings(answer)];
    grids.extend(standings::blocs(answer));
    grids.push(lags::groups(answer));
    grids.extend(lags::regions(answer));
    grids.extend(lags::without(answer));
    grids.extend(lags::without_cost(answer));
    grids.extend(lags::workloads(answer));
    grids
}

/// `low to high`, or the one of both; each end as `text` writes it.
fn between<T: PartialEq>(low: T, high: T, text: impl Fn(&T) -> String) -> String {
    let (low_text, high_text) = (text(&low), text(&high));
    if low_text == high_text { low_text } else { format!("{low_text} to {high_text}") }
}
