//! `optimize --frontier` as tables: a chart, and the plans on it.

use crate::measures::Estimate;
use crate::planning::outcome::Figures;
use crate::report::figures::{ABSENT, counted, level, number, usd, usd_change};
use crate::report::grid::Grid;
use crate::report::scatter::{PlotMark, axis_below, scatter};
use crate::study::plan::frontier::{Frontier, LEAST_POINTS, Point};

/// Chart and table of a frontier.
#[must_use]
pub fn frontier(frontier: &Frontier, confidence_level: f64) -> Vec<Grid> {
    vec![chart(frontier, confidence_level), points(frontier, confidence_level)]
}

fn chart(frontier: &Frontier, confidence_level: f64) -> Grid {
    let cvar = format!(">CVaR {}, USD", level(confidence_level));
    let mut grid = Grid::new("What does more safety cost?", &[&cvar, "=planned cost a month, USD"]);
    let mark = |f: &Figures, sign| PlotMark { x: f.monthly_cost_usd, y: f.cvar_usd, sign };
    let of = |point: &Point, sign| mark(&point.measured.in_sample.figures, sign);
    let mut marks: Vec<PlotMark> = vec![mark(&frontier.today.in_sample.figures, 'T')];
    marks.extend(frontier.points.iter().map(|point| of(point, 'o')));
    marks.extend(frontier.points.iter().filter(|p| p.is_recommended).map(|point| of(point, 'R')));
    marks.extend(frontier.recommended.iter().map(|plan| mark(&plan.in_sample.figures, 'R')));
    marks.extend(frontier.knee.map(|at| of(&frontier.points[at], 'K')));
    let drawn = scatter(&marks);
    for (value, line) in drawn.lines {
        grid.row([value.map_or_else(String::new, usd), line]);
    }
    let labels = [drawn.x.low, drawn.x.middle(), drawn.x.high].map(usd);
    for line in axis_below(labels) {
        grid.row([String::new(), line]);
    }
    grid.note(
        "o: a plan; none costs less at the same risk. R: the recommended plan. K: the knee, the plan farthest below the \
         straight line from the cheapest to the safest, each axis as a part of its range. T: today. K hides R, and R hides o.",
    );
    let is_logarithmic = |is: bool, axis: &str| is.then(|| axis.to_owned());
    let axes: Vec<String> =
        [is_logarithmic(drawn.x.is_logarithmic, "cost"), is_logarithmic(drawn.y.is_logarithmic, "CVaR")]
            .into_iter()
            .flatten()
            .collect();
    if !axes.is_empty() {
        grid.note(format!("Logarithmic scale: {}.", axes.join(", ")));
    }
    if frontier.knee.and_then(|at| frontier.points.get(at)).is_some_and(|p| p.is_recommended) {
        grid.note("The recommended plan is the knee.");
    }
    grid
}

fn points(frontier: &Frontier, confidence_level: f64) -> Grid {
    let cvar = format!(">CVaR {}, USD", level(confidence_level));
    let mut grid = Grid::new(
        "Which plans lie between the cheapest and the safest?",
        &[
            "plan",
            ">USD a month",
            ">AAL, USD",
            &cvar,
            ">on fresh trials",
            ">cost and weighted loss, USD",
            ">CVaR less per USD more",
        ],
    );
    let mut previous: Option<&Point> = None;
    for (at, point) in frontier.points.iter().enumerate() {
        let mut name = (at + 1).to_string();
        if point.is_recommended {
            name.push_str(" recommended");
        }
        if frontier.knee == Some(at) {
            name.push_str(" knee");
        }
        let (own, fresh) = (&point.measured.in_sample.figures, &point.measured.fresh.figures);
        let rate = previous.map(|p| {
            let before = &p.measured.in_sample.figures;
            (before.cvar_usd - own.cvar_usd) / (own.monthly_cost_usd - before.monthly_cost_usd)
        });
        grid.row([
            name,
            usd(own.monthly_cost_usd),
            usd(own.aal_usd),
            usd(own.cvar_usd),
            usd(fresh.cvar_usd),
            usd(own.objective_usd),
            rate.filter(|r| r.is_finite()).map_or_else(|| ABSENT.to_owned(), rate_text),
        ]);
        previous = Some(point);
    }
    let beside = frontier.recommended.iter().map(|plan| ("recommended", plan));
    for (name, plan) in beside.chain([("today", &frontier.today)]) {
        let (own, fresh) = (&plan.in_sample.figures, &plan.fresh.figures);
        grid.row([
            name.to_owned(),
            usd(own.monthly_cost_usd),
            usd(own.aal_usd),
            usd(own.cvar_usd),
            usd(fresh.cvar_usd),
            usd(own.objective_usd),
            String::new(),
        ]);
    }
    grid.note(
        "From the cheapest to the safest; all keep every limit. Cost and weighted loss: over the horizon, what the \
         recommended plan minimizes. CVaR less per USD more: what each dollar a month more than in the plan above takes \
         off the mean loss of the worst years.",
    );
    if frontier.recommended.is_some() {
        grid.note(
            "The recommended plan is not among them: one of them is as cheap and as safe, by what its search left open.",
        );
    }
    if !frontier.today.in_sample.figures.objective_usd.is_finite() {
        grid.note("Today's allocation breaks a limit, so its cost and weighted loss do not count.");
    }
    if frontier.points.len() < LEAST_POINTS {
        grid.note(format!(
            "{} with another cost and risk came out of {} searches: between them the same plans come back.",
            counted(frontier.points.len(), "plan"),
            frontier.n_searches + 1,
        ));
    }
    grid
}

fn rate_text(rate: f64) -> String {
    if rate.abs() < 100.0 { number(rate) } else { usd(rate) }
}

/// `value (low to high)` of a difference: signs are kept.
#[must_use]
pub fn difference(estimate: &Estimate) -> String {
    match (estimate.low, estimate.high) {
        (Some(low), Some(high)) => {
            format!("{} ({} to {})", usd_change(estimate.value), usd_change(low), usd_change(high))
        }
        _ => usd_change(estimate.value),
    }
}
