//! `optimize --frontier` as tables: a chart, and the plans on it.

use super::cost_and_risk::chart;
use crate::report::answer::frontier::{FrontierPlan, FrontierPlans};
use crate::report::figures::{ABSENT, level, number, usd};
use crate::report::grid::{Grid, Screen};
use crate::report::money::amount;
use crate::report::scatter::PlotMark;
use crate::study::plan::frontier::{LEAST_POINTS, MAX_SEARCHES};

/// Chart and table of a frontier.
#[must_use]
pub fn frontier(frontier: &FrontierPlans, confidence_level: f64, screen: Screen) -> Vec<Grid> {
    vec![points(frontier, confidence_level), drawn(frontier, confidence_level, screen)]
}

fn drawn(frontier: &FrontierPlans, confidence_level: f64, screen: Screen) -> Grid {
    let mut grid = chart("Cost against risk of these plans", &marks(frontier), confidence_level, screen);
    grid.notes.insert(
        0,
        "o: a plan on the frontier; R: the recommended plan; K: the knee; T: today. Where points overlap, K is drawn over \
         R over o."
            .to_owned(),
    );
    grid
}

/// Points of the chart; a later one is drawn over an earlier one.
fn marks(frontier: &FrontierPlans) -> Vec<PlotMark> {
    let of = |point: &FrontierPlan, sign| PlotMark { x: point.monthly_cost_usd, y: point.cvar_usd, sign };
    let today = &frontier.today;
    let mut marks = vec![PlotMark { x: today.monthly_cost_usd, y: today.cvar_usd, sign: 'T' }];
    marks.extend(frontier.points.iter().map(|point| of(point, 'o')));
    marks.extend(frontier.points.iter().filter(|p| p.is_recommended).map(|point| of(point, 'R')));
    let recommended = frontier.recommended.iter();
    marks.extend(recommended.map(|plan| PlotMark { x: plan.monthly_cost_usd, y: plan.cvar_usd, sign: 'R' }));
    marks.extend(frontier.points.iter().filter(|p| p.is_knee).map(|point| of(point, 'K')));
    marks
}

fn points(frontier: &FrontierPlans, confidence_level: f64) -> Grid {
    let cvar = format!(">CVaR {}, ¤", level(confidence_level));
    let mut grid = Grid::new(
        "Plans from the cheapest to the safest",
        &[
            "plan",
            ">¤ a month",
            ">AAL, ¤",
            &cvar,
            ">CVaR out of sample",
            ">cost plus weighted loss, ¤",
            ">CVaR saved per extra ¤ a month",
        ],
    );
    let mut previous: Option<&FrontierPlan> = None;
    for point in &frontier.points {
        let rate =
            previous.map(|p| (p.cvar_usd - point.cvar_usd) / (point.monthly_cost_usd - p.monthly_cost_usd));
        grid.row([
            name(point),
            amount(point.monthly_cost_usd),
            amount(point.aal_usd),
            amount(point.cvar_usd),
            amount(point.out_of_sample.cvar_usd),
            objective(point.objective_usd),
            rate.filter(|r| r.is_finite()).map_or_else(|| ABSENT.to_owned(), rate_text),
        ]);
        previous = Some(point);
    }
    let others = frontier.recommended.iter().map(|plan| ("recommended", plan));
    for (name, plan) in others.chain([("today", &frontier.today)]) {
        grid.row([
            name.to_owned(),
            amount(plan.monthly_cost_usd),
            amount(plan.aal_usd),
            amount(plan.cvar_usd),
            amount(plan.out_of_sample.cvar_usd),
            objective(plan.objective_usd),
            String::new(),
        ]);
    }
    notes(&mut grid, frontier);
    grid
}

fn notes(grid: &mut Grid, frontier: &FrontierPlans) {
    let is_knee_recommended = frontier.points.iter().any(|p| p.is_knee && p.is_recommended);
    grid.note(format!(
        "Every plan on the frontier keeps all limits, and no plan costs less at the same risk. The knee is the plan farthest \
         below the straight line from the cheapest to the safest plan{}. Cost plus weighted loss is what the recommended \
         plan minimizes. The last column compares with the plan above.",
        if is_knee_recommended { "; here it is the recommended plan" } else { "" }
    ));
    if frontier.recommended.is_some() {
        grid.note(
            "The recommended plan is not on the frontier: another plan is at least as good, within the optimality gap.",
        );
    }
    if frontier.today.objective_usd.is_none() {
        grid.note("Today's allocation breaks a limit, so it has no cost plus weighted loss to compare.");
    }
    if frontier.points.len() < LEAST_POINTS {
        let (searches, plans) = (frontier.searches + 1, frontier.points.len());
        grid.note(match frontier.searches < MAX_SEARCHES {
            true => format!("{searches} searches found {plans} distinct plans; no weight between theirs leads to a better one."),
            false => format!("{searches} searches found {plans} distinct plans."),
        });
    }
}

/// `3 recommended knee`.
fn name(point: &FrontierPlan) -> String {
    let recommended = if point.is_recommended { " recommended" } else { "" };
    let knee = if point.is_knee { " knee" } else { "" };
    format!("{}{recommended}{knee}", point.plan)
}

/// Cost plus weighted loss, where it counts.
fn objective(objective_usd: Option<f64>) -> String {
    objective_usd.map_or_else(|| ABSENT.to_owned(), amount)
}

fn rate_text(rate: f64) -> String {
    if rate.abs() < 100.0 { number(rate) } else { usd(rate) }
}
