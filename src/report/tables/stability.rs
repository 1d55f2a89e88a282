//! How sure the decision is, as a table.

use super::frontier::difference;
use crate::report::figures::{ABSENT, count, counted, percent, usd, usd_interval};
use crate::report::grid::Grid;
use crate::report::names::candidate;
use crate::study::plan::stability::{CLOSE, Candidate, CandidateName, ReplicatedGap, Stability};

/// Candidates against each other, and the gap over independent samples.
#[must_use]
pub fn stability(found: &Stability) -> Grid {
    let mut grid = Grid::new(
        "Would other trials have led to another plan?",
        &[
            "plan",
            ">cost and weighted loss, USD",
            ">more than the plan, USD",
            &format!(">within {} of the best", percent(CLOSE)),
            ">best",
        ],
    );
    let is_shown =
        |c: &&Candidate| c.probability_close > 0.0 || !matches!(c.name, CandidateName::Frontier(_));
    for c in found.candidates.iter().filter(is_shown) {
        grid.row([
            candidate(c.name),
            usd(c.objective_usd),
            c.difference_usd.as_ref().map_or_else(|| ABSENT.to_owned(), difference),
            percent(c.probability_close),
            percent(c.probability_best),
        ]);
    }
    let n_hidden = found.candidates.iter().filter(|c| !is_shown(c)).count();
    if n_hidden > 0 {
        grid.note(format!(
            "{} of the frontier never close to the best are left out.",
            counted(n_hidden, "plan")
        ));
    }
    if let Some(plan) = found.candidates.first() {
        grid.note(format!(
            "In {} of {} resamples of {} fresh trials the plan is within {} of the best of {}.",
            percent(plan.probability_close),
            count(found.n_resamples),
            count(found.n_trials),
            percent(CLOSE),
            counted(found.candidates.len(), "plan"),
        ));
    }
    let close: Vec<String> =
        found.candidates.iter().filter(|c| c.is_too_close_to_tell()).map(|c| candidate(c.name)).collect();
    if !close.is_empty() {
        grid.note(format!(
            "Too few trials to tell the plan from: {}. The 95 % interval of the difference, trial by trial, contains 0; \
             more --trials narrow it.",
            close.join(", ")
        ));
    }
    if found.candidates.iter().all(|c| matches!(c.name, CandidateName::Plan | CandidateName::Today)) {
        grid.note(
            "Only today and the plan stand here; --frontier and --alternatives add others to choose from.",
        );
    }
    if let Some(gap) = &found.replicated {
        grid.note(replicated(gap, found.candidates.first().map_or(0.0, |c| c.objective_usd)));
    }
    grid
}

fn replicated(gap: &ReplicatedGap, objective_usd: f64) -> String {
    let failed = if gap.n_failed > 0 {
        format!(" On {} more no plan was found.", counted(gap.n_failed, "sample"))
    } else {
        String::new()
    };
    let Some(estimate) = &gap.gap_usd else {
        return format!("The gap over independent samples needs two or more of them.{failed}");
    };
    let part = estimate.high.map_or(f64::NAN, |high| high / objective_usd);
    format!(
        "Made anew on {} of {} trials, the best plan would save USD {} {} against this one on average: at most {} of its \
         cost and weighted loss, with 95 % confidence, what the solver leaves unproven included (Mak, Morton and Wood \
         1999).{failed}",
        counted(gap.n_replications, "independent sample"),
        count(gap.n_trials),
        usd(estimate.value),
        usd_interval(estimate),
        percent(part),
    )
}
