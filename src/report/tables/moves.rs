//! The order in which a plan is carried out, as tables.

use std::collections::BTreeSet;

use crate::model::instance::{Instance, Standby, WorkloadIdx};
use crate::planning::outcome::Figures;
use crate::report::figures::{counted, level, percent, usd};
use crate::report::grid::Grid;
use crate::report::names::{offer, users, workload};
use crate::study::plan::outcome::{MigrationAction, MigrationStep, Recommended, Schedule};

/// Steps that are shown.
const STEPS_SHOWN: usize = 30;

/// Cost and risk after each quarter.
#[must_use]
pub fn quarters(schedule: &Schedule, today: &Figures, confidence_level: f64) -> Grid {
    let cvar = format!(">CVaR {}, USD", level(confidence_level));
    let mut grid = Grid::new(
        "How do cost and risk come down, quarter by quarter?",
        &["after", ">demand moved", ">USD a month", ">AAL, USD", &cvar],
    );
    let mut row = |name: String, moved: f64, f: &Figures| {
        grid.row([name, percent(moved), usd(f.monthly_cost_usd), usd(f.aal_usd), usd(f.cvar_usd)]);
    };
    row("today".to_owned(), 0.0, today);
    for quarter in schedule.steps.chunk_by(|a, b| a.quarter == b.quarter) {
        let moved = quarter.iter().map(|step| step.turnover).sum();
        let last = quarter.last().expect("no chunk is empty");
        row(format!("quarter {}", last.quarter), moved, &last.figures);
    }
    grid.note(match schedule.max_turnover_per_quarter {
        Some(most) => format!(
            "At most {} of all demand moves in a quarter (max_turnover_per_quarter). Demand moved: in that quarter.",
            percent(most)
        ),
        None => "All in one quarter: the portfolio sets no max_turnover_per_quarter.".to_owned(),
    });
    grid
}

/// One line per change, in order.
#[must_use]
pub fn steps(instance: &Instance, plan: &Recommended, confidence_level: f64) -> Grid {
    let schedule = &plan.schedule;
    let cvar = format!(">CVaR {}, USD", level(confidence_level));
    let mut grid = Grid::new("In which order?", &["quarter", "workload", "step", ">USD a month", &cvar]);
    let mut quarter = 0;
    for step in schedule.steps.iter().take(STEPS_SHOWN) {
        for (at, action) in step.actions.iter().enumerate() {
            let is_last = at + 1 == step.actions.len();
            let after = |x: f64| if is_last { usd(x) } else { String::new() };
            let quarter_name = if step.quarter == quarter { String::new() } else { step.quarter.to_string() };
            quarter = step.quarter;
            let (of, what) = words(instance, action);
            grid.row([
                quarter_name,
                workload(instance, of).to_owned(),
                what,
                after(step.figures.monthly_cost_usd),
                after(step.figures.cvar_usd),
            ]);
        }
    }
    if schedule.steps.is_empty() {
        if schedule.max_turnover_per_quarter == Some(0.0) && plan.turnover > 0.0 {
            grid.note("max_turnover_per_quarter is 0: nothing may move.");
        }
        return grid;
    }
    if schedule.steps.len() > STEPS_SHOWN {
        grid.note(format!(
            "The first {STEPS_SHOWN} of {}; --format json or csv lists all.",
            counted(schedule.steps.len(), "step")
        ));
    }
    grid.note(
        "First what saves most of cost and weighted loss per share of demand moved. A standby is set up in the quarter \
         in which it first helps, the first unless a limit or the order forbids. Shares: of the workload's demand. \
         Figures: after the step; lines without go \
         together with the next.",
    );
    grid.note(kept(&schedule.steps));
    grid
}

/// Whether limits hold on the way, and which do not.
fn kept(steps: &[MigrationStep]) -> String {
    let broken: BTreeSet<&str> =
        steps.iter().flat_map(|step| step.breaks.iter().map(String::as_str)).collect();
    if broken.is_empty() {
        return "After every step each limit that holds today holds, and none that is broken is broken further."
            .to_owned();
    }
    let quarters: BTreeSet<u64> = steps.iter().filter(|s| !s.breaks.is_empty()).map(|s| s.quarter).collect();
    let quarters: Vec<String> = quarters.into_iter().map(|q| q.to_string()).collect();
    format!(
        "No order was found that keeps every limit on the way. Broken for a time, from quarter {}: {}.",
        quarters.join(", "),
        broken.into_iter().collect::<Vec<_>>().join(", ")
    )
}

/// The workload, and what is done in it.
fn words(instance: &Instance, action: &MigrationAction) -> (WorkloadIdx, String) {
    let standby = |word: &str, s: &Standby| {
        let cover = percent(s.cover);
        format!("{word} {} standby {}, cover {cover}", s.readiness.as_str(), offer(instance, s.offer))
    };
    match action {
        MigrationAction::Shift { workload: w, from, to, parts } => {
            let share: f64 = parts.iter().map(|&(cell, s)| s * instance.cells[cell].users_share).sum();
            let countries: Vec<usize> = parts.iter().map(|&(cell, _)| instance.cells[cell].users).collect();
            let of = match users(instance, *w, &countries).as_str() {
                "all users" => String::new(),
                some => format!(", {some}"),
            };
            let (from, to) = (offer(instance, *from), offer(instance, *to));
            (*w, format!("move {} from {from} to {to}{of}", percent(share)))
        }
        MigrationAction::SetUp { workload, standby: s } => (*workload, standby("set up", s)),
        MigrationAction::Change { workload, standby: s } => (*workload, standby("change to", s)),
        MigrationAction::Drop { workload, standby: s } => (*workload, standby("drop", s)),
    }
}
