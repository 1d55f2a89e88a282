//! How sure the choice of the plan is, as a table.

use crate::measures::Estimate;
use crate::report::answer::stability::{CandidatePlan, CandidateWord, PlanStability, SampledGap};
use crate::report::figures::{ABSENT, count, counted, percent};
use crate::report::grid::Grid;
use crate::report::money::{CODE, amount, amount_change, amount_interval};
use crate::report::verdict::simulated;

/// Candidates compared with each other, and the gap over independent samples.
#[must_use]
pub fn stability(found: &PlanStability, horizon_days: f64) -> Grid {
    let mut grid = Grid::new(
        "How sure is the choice of the plan?",
        &[
            "plan",
            ">cost plus weighted loss, ¤",
            ">more than the plan, ¤",
            &format!(">within {} of the best", percent(found.close)),
            ">best",
        ],
    );
    for c in found.candidates.iter().filter(|c| is_shown(c)) {
        grid.row([
            c.plan.clone(),
            amount(c.objective_usd),
            difference(c),
            percent(c.probability_close),
            percent(c.probability_best),
        ]);
    }
    notes(&mut grid, found, horizon_days);
    grid
}

/// Plans of the frontier that are never close to the best are not shown.
fn is_shown(candidate: &CandidatePlan) -> bool {
    candidate.probability_close > 0.0 || candidate.origin != CandidateWord::Frontier
}

fn notes(grid: &mut Grid, found: &PlanStability, horizon_days: f64) {
    if let Some(plan) = found.candidates.first() {
        grid.note(format!(
            "In {} of {} resamples of {}, the plan is within {} of the best of {}.",
            percent(plan.probability_close),
            count(found.resamples),
            simulated(found.trials, horizon_days),
            percent(found.close),
            counted(found.candidates.len(), "plan"),
        ));
    }
    let n_hidden = found.candidates.iter().filter(|c| !is_shown(c)).count();
    if n_hidden > 0 {
        grid.note(format!(
            "Not shown: {} of the frontier that never came close to the best.",
            counted(n_hidden, "plan")
        ));
    }
    let close = found.candidates.iter().filter(|c| c.is_too_close_to_tell);
    let close: Vec<&str> = close.map(|c| c.plan.as_str()).collect();
    if !close.is_empty() {
        grid.note(format!(
            "With this many trials the plan cannot be distinguished from: {}. The 95 % interval of the difference contains \
             0; more --trials narrow it.",
            close.join(", ")
        ));
    }
    if found.candidates.iter().all(|c| matches!(c.origin, CandidateWord::Plan | CandidateWord::Today)) {
        grid.note("Only today and the plan are compared; --frontier and --alternatives add further plans.");
    }
    if let Some(gap) = &found.replicated_gap {
        grid.note(replicated(gap, found.candidates.first().map_or(0.0, |c| c.objective_usd), horizon_days));
    }
}

fn replicated(gap: &SampledGap, objective_usd: f64, horizon_days: f64) -> String {
    let failed = if gap.failed > 0 {
        format!(" On {} more no plan was found.", counted(gap.failed, "sample"))
    } else {
        String::new()
    };
    let Some(saved_usd) = gap.gap_usd else {
        return format!("The optimality gap over independent samples needs at least two of them.{failed}");
    };
    let share = gap.gap_high_usd.map_or(f64::NAN, |high| high / objective_usd);
    format!(
        "Optimality gap over {} of {}: a plan made for each sample saves {CODE} {} {} against this plan on average, with 95 % \
         confidence at most {} of its cost plus weighted loss. This includes what the solver leaves unproven (Mak, Morton \
         and Wood 1999).{failed}",
        counted(gap.replications, "independent sample"),
        simulated(gap.trials, horizon_days),
        amount(saved_usd),
        amount_interval(&Estimate { value: saved_usd, low: gap.gap_low_usd, high: gap.gap_high_usd }),
        percent(share),
    )
}

/// `value (low to high)` of a difference: signs are kept.
fn difference(candidate: &CandidatePlan) -> String {
    let Some(value) = candidate.difference_usd else { return ABSENT.to_owned() };
    match (candidate.difference_low_usd, candidate.difference_high_usd) {
        (Some(low), Some(high)) => {
            format!("{} ({} to {})", amount_change(value), amount_change(low), amount_change(high))
        }
        _ => amount_change(value),
    }
}
