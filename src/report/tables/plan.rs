//! The story of `plan`: what to do, and what it buys.

use super::SHOWN;
use super::bounds::conflicts;
use super::check::{bounds, in_unit, verdict};
use super::ladder::ladder;
use super::optimize::{buys, changes, summary};
use crate::model::limit::Dimension;
use crate::report::answer::check::LimitAnswer;
use crate::report::answer::concentration::ConcentrationAnswer;
use crate::report::answer::results::ResultsAnswer;
use crate::report::figures::{ABSENT, counted, number, percent};
use crate::report::grid::{Grid, Screen};
use crate::report::money::{CODE, amount, amount_change};

/// A loss below this reads as nothing, USD.
const LEAST_USD: f64 = 0.5;

/// What is told on the terminal.
#[must_use]
pub fn story(results: &ResultsAnswer, screen: Screen) -> Vec<Grid> {
    let Some(optimized) = &results.optimize else {
        let mut grid = Grid::new("There is no plan: the planner stopped before it found one.", &[]);
        grid.notes.extend(results.optimize_error.clone());
        return vec![grid, limits(results)];
    };
    let mut grids = vec![summary(optimized)];
    if !optimized.ladder.is_empty() {
        grids.extend(ladder(&optimized.ladder, optimized.confidence_level, screen));
    }
    if let Some(chosen) = results.chosen() {
        grids.extend(before_and_after(results));
        grids.push(changes(chosen, SHOWN));
    } else if optimized.plan.is_none() {
        grids.push(conflicts(optimized));
    }
    grids
}

/// Cost, risk, concentration and limits before and after; `None` where no change is recommended.
#[must_use]
pub fn before_and_after(results: &ResultsAnswer) -> Option<Grid> {
    let mut grid = buys(results.chosen()?);
    add_scenarios(&mut grid, results);
    add_concentration(&mut grid, results);
    let breached = |limits: &[LimitAnswer]| limits.iter().filter(|limit| limit.breached).count().to_string();
    grid.row([
        "limits broken".to_owned(),
        breached(&results.check.limits),
        results.plan.as_ref().map_or_else(|| ABSENT.to_owned(), |plan| breached(&plan.limits)),
        String::new(),
    ]);
    Some(grid)
}

/// Scenarios that cost something today or with the plan; the others are counted.
fn add_scenarios(grid: &mut Grid, results: &ResultsAnswer) {
    let mut n_harmless = 0;
    for before in &results.stress.scenarios {
        let plan = results.plan.iter().flat_map(|plan| &plan.stress.scenarios);
        let after =
            plan.into_iter().find(|after| after.scenario == before.scenario).map(|after| after.loss_usd);
        if before.loss_usd < LEAST_USD && after.unwrap_or_default() < LEAST_USD {
            n_harmless += 1;
            continue;
        }
        grid.row([
            format!("loss in '{}', {CODE}", before.name),
            amount(before.loss_usd),
            after.map_or_else(|| ABSENT.to_owned(), amount),
            after.map_or_else(|| ABSENT.to_owned(), |after| amount_change(after - before.loss_usd)),
        ]);
    }
    if n_harmless > 0 {
        let other = counted(n_harmless, "other scenario");
        let verb = if n_harmless == 1 { "costs" } else { "cost" };
        grid.note(format!("{other} {verb} nothing, today or with the plan."));
    }
}

fn add_concentration(grid: &mut Grid, results: &ResultsAnswer) {
    let before = &results.exposure.concentration;
    let after = results.plan.as_ref().map(|plan| &plan.concentration);
    let mut row = |name: String, text: &dyn Fn(&ConcentrationAnswer) -> Option<String>| {
        let cell = |of: Option<&ConcentrationAnswer>| of.and_then(text).unwrap_or_else(|| ABSENT.to_owned());
        grid.row([name, cell(Some(before)), cell(after), String::new()]);
    };
    if let Some((key, _)) = before.largest(Dimension::Origin) {
        row(format!("value on models from {}", country(results, key)), &|of| {
            let shares = of.value_shares(Dimension::Origin)?;
            Some(percent(shares.get(key).copied().unwrap_or(0.0)))
        });
    }
    let effective = |of: &ConcentrationAnswer, dimension: Dimension| {
        of.effective_number.get(dimension.as_str())?.value.map(number)
    };
    row("effective number of developers".to_owned(), &|of| effective(of, Dimension::Developer));
    row("effective number of hosts".to_owned(), &|of| effective(of, Dimension::Host));
}

/// A country's name with its id; the id alone when unknown.
fn country(results: &ResultsAnswer, id: &str) -> String {
    let node = results.exposure.node_losses.iter().find(|node| node.kind == "jurisdiction" && node.id == id);
    node.map_or_else(|| id.to_owned(), |node| format!("{} ({id})", node.name))
}

/// Every limit today and under the plan.
#[must_use]
pub fn limits(results: &ResultsAnswer) -> Grid {
    let mut grid = Grid::new(
        "Limits, today and with the plan",
        &["limit", "allowed", ">today", "kept today", ">plan", "kept by the plan"],
    );
    let value = |limit: &LimitAnswer| {
        limit.value.map_or_else(|| ABSENT.to_owned(), |value| in_unit(&limit.unit, value))
    };
    for (at, limit) in results.check.limits.iter().enumerate() {
        let after = results.plan.as_ref().and_then(|plan| plan.limits.get(at));
        grid.row([
            limit.limit.clone(),
            bounds(&limit.unit, limit.at_least, limit.at_most),
            value(limit),
            verdict(limit),
            after.map_or_else(|| ABSENT.to_owned(), value),
            after.map_or_else(|| ABSENT.to_owned(), verdict),
        ]);
    }
    if grid.is_empty() {
        grid.note("The portfolio states no limits.");
    }
    grid
}
