//! The story of `plan`: what to do, and what it buys.

use super::SHOWN;
use super::bounds::conflicts;
use super::check::{allowed, measured, verdict};
use super::exposure::{main_origin, value_share};
use super::optimize::{buys, changes, summary};
use crate::exposure::shares::{Concentration, DimensionExposure};
use crate::model::limit::Dimension;
use crate::report::figures::{ABSENT, number, percent, usd, usd_change};
use crate::report::grid::Grid;
use crate::report::names::jurisdiction;
use crate::study::plan::changes::workload_changes;
use crate::study::results::StudyResults;

/// What is told on the terminal.
#[must_use]
pub fn story(results: &StudyResults<'_>) -> Vec<Grid> {
    let optimized = match &results.optimized {
        Ok(optimized) => optimized,
        Err(why) => {
            let mut grid = Grid::new("There is no plan: the planner stopped before a usable answer.", &[]);
            grid.note(why.clone());
            return vec![grid, limits(results)];
        }
    };
    let mut grids = vec![summary(optimized)];
    if let Some(plan) = results.recommended() {
        let session = results.session;
        let all = workload_changes(&session.setting, &session.current, &plan.plan);
        grids.push(changes(session.instance, &all, SHOWN));
    } else if optimized.plan.is_none() {
        grids.push(conflicts(optimized));
    }
    grids.extend(before_and_after(results));
    grids
}

/// Cost, risk, concentration and limits before and after; `None` where no plan is recommended.
#[must_use]
pub fn before_and_after(results: &StudyResults<'_>) -> Option<Grid> {
    let optimized = results.optimized.as_ref().ok()?;
    results.recommended()?;
    let mut grid = buys(optimized);
    add_scenarios(&mut grid, results);
    add_concentration(&mut grid, results);
    let breached = |checked: &crate::study::session::Checked| checked.breached().count().to_string();
    grid.row([
        "limits broken".to_owned(),
        breached(&results.checked),
        results.outlook.as_ref().map_or_else(|| ABSENT.to_owned(), |o| breached(&o.checked)),
        String::new(),
    ]);
    Some(grid)
}

fn add_scenarios(grid: &mut Grid, results: &StudyResults<'_>) {
    for (at, before) in results.stress.iter().enumerate() {
        let after = results.outlook.as_ref().map(|o| o.stress[at].loss.total_usd());
        let loss = before.loss.total_usd();
        grid.row([
            format!("loss in '{}', USD", before.name),
            usd(loss),
            after.map_or_else(|| ABSENT.to_owned(), usd),
            after.map_or_else(|| ABSENT.to_owned(), |after| usd_change(after - loss)),
        ]);
    }
}

fn add_concentration(grid: &mut Grid, results: &StudyResults<'_>) {
    let before = &results.exposure.dimensions;
    let after = results.outlook.as_ref().map(|o| &o.dimensions);
    let mut row = |name: String, dimension: Dimension, text: &dyn Fn(&DimensionExposure) -> String| {
        let cell = |e: Option<&DimensionExposure>| e.map_or_else(|| ABSENT.to_owned(), text);
        grid.row([
            name,
            cell(before.get(&dimension)),
            cell(after.and_then(|a| a.get(&dimension))),
            String::new(),
        ]);
    };
    if let Some(key) = main_origin(&results.exposure) {
        let country = jurisdiction(results.session.instance, &key);
        row(format!("value on models from {country}"), Dimension::Origin, &|e| percent(value_share(e, &key)));
    }
    let effective = |e: &DimensionExposure| {
        e.value.as_ref().and_then(Concentration::effective_number).map_or_else(|| ABSENT.to_owned(), number)
    };
    row("developers in effect (effective number)".to_owned(), Dimension::Developer, &effective);
    row("hosts in effect (effective number)".to_owned(), Dimension::Host, &effective);
}

/// Every limit today and under the plan.
#[must_use]
pub fn limits(results: &StudyResults<'_>) -> Grid {
    let mut grid = Grid::new(
        "Which limits are kept?",
        &["limit", "allowed", ">today", "kept today", ">plan", "kept by the plan"],
    );
    let stated = &results.session.instance.portfolio.limits;
    for (at, (limit, outcome)) in stated.iter().zip(&results.checked.limits).enumerate() {
        let after = results.outlook.as_ref().map(|o| &o.checked.limits[at]);
        let value = |v: Option<f64>| v.map_or_else(|| ABSENT.to_owned(), |v| measured(&limit.measure, v));
        grid.row([
            outcome.name.clone(),
            allowed(&limit.measure),
            value(outcome.value),
            verdict(outcome),
            after.map_or_else(|| ABSENT.to_owned(), |o| value(o.value)),
            after.map_or_else(|| ABSENT.to_owned(), verdict),
        ]);
    }
    if stated.is_empty() {
        grid.note("The portfolio states no limits.");
    }
    grid
}
