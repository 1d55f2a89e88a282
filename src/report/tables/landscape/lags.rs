//! Lags of groups of models, and what they mean for workloads.

use std::collections::BTreeSet;

use super::between;
use crate::report::answer::landscape::LandscapeAnswer;
use crate::report::answer::landscape::lags::{LagAnswer, OriginServiceAnswer};
use crate::report::figures::{ABSENT, count, number, percent, usd};
use crate::report::grid::Grid;

/// Groups of models.
pub(super) fn groups(answer: &LandscapeAnswer) -> Grid {
    let mut grid = lags(leaders(answer), &answer.lag);
    grid.note(
        "Behind the best of all rated models; intervals of 95 % from the errors of the ratings. Change: points behind in a \
         year by the records of the last 24 months; it is clear when its interval leaves out 0.",
    );
    if !answer.undated_models.is_empty() {
        grid.note(format!(
            "Left out, since no date of release is known: {}.",
            answer.undated_models.join(", ")
        ));
    }
    grid
}

/// The answer in a sentence.
fn leaders(answer: &LandscapeAnswer) -> String {
    let day = answer.as_of.as_deref().unwrap_or("no date");
    let leads = |lag: &&LagAnswer| lag.points == Some(0.0);
    let leading: Vec<&str> = answer.lag.iter().filter(leads).map(|l| l.group.as_str()).collect();
    match leading.as_slice() {
        [] => format!("How far groups of models lie behind ({day})"),
        leading => format!("How far groups of models lie behind ({day}); in front: {}", leading.join(", ")),
    }
}

/// Models by the jurisdiction in which they can be used; nothing without any.
pub(super) fn regions(answer: &LandscapeAnswer) -> Option<Grid> {
    let heading = "The best model that is offered in each jurisdiction";
    (!answer.lag_by_region.is_empty()).then(|| lags(heading.to_owned(), &answer.lag_by_region))
}

/// What is left without some models; nothing unless asked.
pub(super) fn without(answer: &LandscapeAnswer) -> Option<Grid> {
    let mut grid = lags("What doing without these models costs".to_owned(), &answer.without);
    if answer.without_cost.is_none() {
        grid.note("In capability only; with --portfolio the planner also prices it in USD.");
    }
    (!answer.without.is_empty()).then_some(grid)
}

/// What doing without them costs the portfolio in money.
pub(super) fn without_cost(answer: &LandscapeAnswer) -> Option<Grid> {
    let cost = answer.without_cost.as_ref()?;
    let heading = "What doing without them costs the portfolio over its horizon";
    let columns = [
        "=without",
        ">used today",
        ">extra, USD",
        ">at least",
        ">a month, USD",
        ">average loss",
        ">worst 5 %",
        ">moved",
    ];
    let mut grid = Grid::new(heading, &columns);
    for case in &cost.cases {
        let money = |amount: Option<f64>| amount.map_or_else(|| ABSENT.to_owned(), usd);
        let extra = match case.outcome.as_str() {
            "plan" => money(case.extra_usd),
            "nothing_left" => "no offer left".to_owned(),
            _ => "no plan".to_owned(),
        };
        grid.row([
            case.without.clone(),
            percent(case.share_today),
            extra,
            money(case.extra_at_least_usd.map(|least| least.max(0.0))),
            money(case.monthly_cost_usd),
            money(case.aal_usd),
            money(case.cvar_usd),
            case.turnover.map_or_else(|| ABSENT.to_owned(), percent),
        ]);
    }
    grid.note(format!(
        "Best plan without them against the best plan of all, planned cost and risk together, on {} simulated years. At least: proven, \
         no plan without them is cheaper.",
        count(cost.trials)
    ));
    Some(grid)
}

fn lags(heading: String, lags: &[LagAnswer]) -> Grid {
    let columns = ["=group", ">points behind", ">months behind", "=best model", ">change a year", "trend"];
    let mut grid = Grid::new(heading, &columns);
    for lag in lags {
        let absent = || ABSENT.to_owned();
        let months = months(lag);
        let change = lag.change_low.zip(lag.change_high);
        grid.row([
            lag.group.clone(),
            interval(lag.points, lag.points_low.zip(lag.points_high), whole),
            months,
            lag.best_model.clone().unwrap_or_else(absent),
            interval(lag.change_points_per_year, change, whole),
            lag.heading.clone().unwrap_or_else(absent),
        ]);
    }
    grid
}

/// `2.6 (0 to 6.4)`; an end that the catalog does not reach is open.
fn months(lag: &LagAnswer) -> String {
    let mark = if lag.months_at_least { "≥ " } else { "" };
    let Some(value) = lag.months else { return ABSENT.to_owned() };
    let ends = match (lag.months_low, lag.months_high) {
        (Some(low), Some(high)) => format!(" ({})", between(low, high, |end| number(*end))),
        (Some(low), None) => format!(" ({} or more)", number(low)),
        (None, _) => String::new(),
    };
    format!("{mark}{}{ends}", number(value))
}

fn whole(x: f64) -> String {
    format!("{:.0}", x.round() + 0.0)
}

/// `48 (0 to 126)`.
fn interval(value: Option<f64>, ends: Option<(f64, f64)>, text: impl Fn(f64) -> String) -> String {
    match (value, ends) {
        (None, _) => ABSENT.to_owned(),
        (Some(value), None) => text(value),
        (Some(value), Some((low, high))) => {
            format!("{} ({})", text(value), between(low, high, |end| text(*end)))
        }
    }
}

/// One row per workload, one cell per origin; nothing without a portfolio.
pub(super) fn workloads(answer: &LandscapeAnswer) -> Option<Grid> {
    let ids: Vec<&str> = answer
        .workloads
        .iter()
        .map(|w| w.workload.as_str())
        .collect::<BTreeSet<&str>>()
        .into_iter()
        .collect();
    let mut grid = Grid::new(
        "Which origins can serve each workload at its quality floor",
        &["=workload", ">floor", "today", "partly", "not offered", "below: when on trend"],
    );
    for id in &ids {
        let rows: Vec<&OriginServiceAnswer> = answer.workloads.iter().filter(|w| w.workload == *id).collect();
        let named = |service: &str, text: fn(&OriginServiceAnswer) -> String| {
            let named: Vec<String> = rows.iter().filter(|w| w.service == service).map(|w| text(w)).collect();
            if named.is_empty() { ABSENT.to_owned() } else { named.join(", ") }
        };
        let floor = rows.first().and_then(|w| w.min_quality);
        grid.row([
            (*id).to_owned(),
            floor.map_or_else(|| ABSENT.to_owned(), number),
            named("today", |w| origin(&w.group).to_owned()),
            named("partly", |w| format!("{} {}", origin(&w.group), percent(w.users_share))),
            named("not_offered", |w| origin(&w.group).to_owned()),
            named("below", |w| format!("{} {}", origin(&w.group), expected(w))),
        ]);
    }
    grid.note(
        "Today: every user may newly use an offer of such a model. Partly: the share of users who may. Not offered: a model \
         reaches the floor, but no offer of it is eligible. Dates: month on the origin's own trend, with its 95 % interval.",
    );
    (!ids.is_empty()).then_some(grid)
}

/// `FR` of `{origin: FR}`.
fn origin(group: &str) -> &str {
    group.strip_prefix("{origin: ").and_then(|rest| rest.strip_suffix('}')).unwrap_or(group)
}

fn expected(service: &OriginServiceAnswer) -> String {
    let month = |day: &Option<String>| day.as_ref().map(|day| day.chars().take(7).collect::<String>());
    let ends = match (month(&service.expected_earliest), month(&service.expected_latest)) {
        (Some(earliest), Some(latest)) => format!(" ({earliest} to {latest})"),
        (Some(earliest), None) => format!(" (from {earliest}, open)"),
        _ => String::new(),
    };
    match month(&service.expected) {
        Some(day) => format!("{day}{ends}"),
        None => "no trend".to_owned(),
    }
}
