//! Plans as points of cost and risk, drawn with characters.

use crate::report::figures::level;
use crate::report::grid::{Grid, Screen};
use crate::report::money::amount;
use crate::report::scatter::{MAX_COLUMNS, PlotMark, axis_below, scatter};

/// Characters of a line beside the chart and the name of its axis: margins and axis.
const BESIDE_CHART: usize = 6;
/// Fewer columns of a chart say nothing.
const LEAST_COLUMNS: usize = 30;

/// Planned cost a month against CVaR; of marks at one place the last is seen.
pub(super) fn chart(heading: &str, marks: &[PlotMark], confidence_level: f64, screen: Screen) -> Grid {
    let currency = screen.currency;
    let cvar = format!(">CVaR {}, {}", level(confidence_level), currency.code());
    let mut grid = Grid::new(heading, &[&cvar, "=planned cost a month, ¤"]);
    let beside = cvar.chars().count() + BESIDE_CHART;
    let n_columns = screen.width.saturating_sub(beside).clamp(LEAST_COLUMNS, MAX_COLUMNS);
    let drawn = scatter(marks, n_columns);
    for (value, line) in drawn.lines {
        grid.row([value.map_or_else(String::new, amount), line]);
    }
    let labels = [drawn.x.low, drawn.x.middle(), drawn.x.high].map(|cost| currency.shown(&amount(cost)));
    for line in axis_below(labels, n_columns) {
        grid.row([String::new(), line]);
    }
    let axes = [(drawn.x.is_logarithmic, "cost"), (drawn.y.is_logarithmic, "CVaR")];
    let axes: Vec<&str> = axes.into_iter().filter(|axis| axis.0).map(|axis| axis.1).collect();
    if !axes.is_empty() {
        grid.note(format!("Logarithmic scale: {}.", axes.join(", ")));
    }
    grid
}
