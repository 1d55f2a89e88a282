//! The order in which a plan is carried out, as tables.

use std::collections::BTreeSet;

use crate::report::answer::moves::{ActionWord, BrokenOnTheWay, PlanAction, PlanStep};
use crate::report::answer::optimize::OptimizeAnswer;
use crate::report::figures::{level, percent};
use crate::report::grid::Grid;
use crate::report::money::amount;
use crate::report::names::some_users;

/// Steps that are shown.
const STEPS_SHOWN: usize = 30;

/// Cost and risk after each quarter.
#[must_use]
pub fn quarters(answer: &OptimizeAnswer) -> Grid {
    let cvar = format!(">CVaR {}, ¤", level(answer.confidence_level));
    let mut grid = Grid::new(
        "Cost and risk quarter by quarter",
        &["after", ">demand moved", ">¤ a month", ">AAL, ¤", &cvar],
    );
    let today = &answer.current;
    grid.row([
        "today".to_owned(),
        percent(0.0),
        amount(today.monthly_cost_usd),
        amount(today.aal_usd),
        amount(today.cvar_usd),
    ]);
    for quarter in &answer.quarters {
        grid.row([
            format!("quarter {}", quarter.quarter),
            percent(quarter.turnover),
            amount(quarter.monthly_cost_usd),
            amount(quarter.aal_usd),
            amount(quarter.cvar_usd),
        ]);
    }
    grid.note(match answer.max_turnover_per_quarter {
        Some(most) => format!(
            "At most {} of all demand may move in a quarter (max_turnover_per_quarter). Demand moved is that of the quarter.",
            percent(most)
        ),
        None => "Everything happens in one quarter, as the portfolio sets no max_turnover_per_quarter.".to_owned(),
    });
    grid
}

/// One line per change, in order.
#[must_use]
pub fn steps(answer: &OptimizeAnswer) -> Grid {
    let cvar = format!(">CVaR {}, ¤", level(answer.confidence_level));
    let mut grid = Grid::new("Steps in order", &["quarter", "workload", "step", ">¤ a month", &cvar]);
    let mut quarter = 0;
    for step in answer.steps.iter().take(STEPS_SHOWN) {
        let is_first_of_quarter = step.quarter != quarter;
        quarter = step.quarter;
        add_step(&mut grid, step, is_first_of_quarter);
    }
    if answer.steps.is_empty() {
        if answer.max_turnover_per_quarter == Some(0.0) && answer.turnover.is_some_and(|share| share > 0.0) {
            grid.note("No demand may move, because max_turnover_per_quarter is 0.");
        }
        return grid;
    }
    if answer.steps.len() > STEPS_SHOWN {
        grid.note(format!(
            "The first {STEPS_SHOWN} of {} steps; --format json or csv lists all.",
            answer.steps.len()
        ));
    }
    grid.note(
        "The steps that save most per share of demand moved come first. A standby is set up in the first quarter in which \
         it helps and the limits allow it. Shares are of the workload's demand. Figures are those after the step; a line \
         without figures belongs to the same step as the next line.",
    );
    grid.note(kept(&answer.broken_on_the_way));
    grid
}

/// The actions of a step; its figures are on the last line.
fn add_step(grid: &mut Grid, step: &PlanStep, is_first_of_quarter: bool) {
    for (at, action) in step.actions.iter().enumerate() {
        let is_last = at + 1 == step.actions.len();
        let after = |x: f64| if is_last { amount(x) } else { String::new() };
        let is_named = is_first_of_quarter && at == 0;
        grid.row([
            if is_named { step.quarter.to_string() } else { String::new() },
            action.workload.clone(),
            words(action),
            after(step.monthly_cost_usd),
            after(step.cvar_usd),
        ]);
    }
}

/// Whether limits hold on the way, and which do not.
fn kept(broken: &[BrokenOnTheWay]) -> String {
    if broken.is_empty() {
        return "No step breaks a limit that holds today, or worsens one that is already broken.".to_owned();
    }
    let limits: BTreeSet<&str> = broken.iter().map(|b| b.limit.as_str()).collect();
    let quarters: BTreeSet<u64> = broken.iter().map(|b| b.quarter).collect();
    let quarters: Vec<String> = quarters.into_iter().map(|q| q.to_string()).collect();
    format!(
        "No order was found that keeps every limit at every step. Broken for a time, from quarter {}: {}.",
        quarters.join(", "),
        limits.into_iter().collect::<Vec<_>>().join(", ")
    )
}

/// What is done.
fn words(action: &PlanAction) -> String {
    let share = percent(action.share);
    let readiness = action.readiness.map_or("", |readiness| readiness.as_str());
    let standby = |verb: &str| format!("{verb} {readiness} standby {}, cover {share}", action.offer);
    match action.action {
        ActionWord::Move => {
            let of =
                action.users.as_ref().map_or_else(String::new, |ids| format!(", {}", some_users(Some(ids))));
            format!(
                "move {share} from {} to {}{of}",
                action.from.as_deref().unwrap_or_default(),
                action.offer
            )
        }
        ActionWord::SetUp => standby("set up"),
        ActionWord::Change => standby("change to"),
        ActionWord::Drop => standby("drop"),
    }
}
