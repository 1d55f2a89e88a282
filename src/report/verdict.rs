//! The planner's answer in sentences.

use super::figures::{count, level, percent, usd};
use crate::planning::outcome::Status;
use crate::study::plan::outcome::Optimized;
use crate::study::results::recommended;

/// What to do, in one sentence.
#[must_use]
pub fn verdict(optimized: &Optimized) -> String {
    match (optimized.status, recommended(optimized)) {
        (Status::Infeasible, _) if !is_proven(optimized) => {
            "No plan that keeps all limits was found, so none is recommended.".to_owned()
        }
        (Status::Infeasible, _) => {
            "No plan keeps all limits: they cannot hold together, so none is recommended.".to_owned()
        }
        (_, Some(plan)) => format!(
            "Change the portfolio: move {} of the demand. Cost a month: {}. Average loss a year: from USD {} to {}.",
            percent(plan.turnover),
            cost_change(plan.figures.monthly_cost_usd - optimized.current.monthly_cost_usd),
            usd(optimized.current.aal_usd),
            usd(plan.figures.aal_usd),
        ),
        _ => "Keep today's allocation: no plan that keeps the limits was found to be better.".to_owned(),
    }
}

fn is_proven(optimized: &Optimized) -> bool {
    optimized.conflict_proof.is_none_or(|proof| proof.is_proven)
}

fn cost_change(change_usd: f64) -> String {
    match change_usd {
        _ if change_usd.abs() < 0.5 => "unchanged".to_owned(),
        _ if change_usd > 0.0 => format!("USD {} more", usd(change_usd)),
        _ => format!("USD {} less", usd(-change_usd)),
    }
}

/// What today's allocation breaks; `None` when nothing.
#[must_use]
pub fn current_breaks(optimized: &Optimized) -> Option<String> {
    let broken = &optimized.current_breaks;
    (!broken.is_empty()).then(|| {
        let limits = if broken.len() == 1 { "limit" } else { "limits" };
        format!("Today's allocation breaks {} {limits}: {}.", broken.len(), broken.join(", "))
    })
}

/// How far the plan can be from the best one.
#[must_use]
pub fn proof(optimized: &Optimized) -> String {
    match optimized.status {
        Status::Infeasible if !is_proven(optimized) => {
            "Not proven: some limits are tested on plans and do not steer the search, so a plan may have been missed."
                .to_owned()
        }
        Status::Infeasible => "Proven: the limits cannot hold together.".to_owned(),
        Status::Optimal => format!("Proven: on these trials no plan {}within the limits is better.", of_what(optimized)),
        Status::WithinGap | Status::CurrentIsBest
            if optimized.gap.is_finite() && optimized.bound_usd.is_finite() =>
        {
            format!(
                "Proven: on these trials no plan {}within the limits is better by more than {} of its cost and \
                 weighted loss.",
                of_what(optimized),
                percent(optimized.gap)
            )
        }
        Status::WithinGap | Status::CurrentIsBest => {
            "Not proven: how much better another plan could be is not known.".to_owned()
        }
    }
}

/// Of which offers plans were made, when not of all.
fn of_what(optimized: &Optimized) -> String {
    let (n, all) = (optimized.size.n_pairs, optimized.size.n_pairs_in_all);
    if n >= all {
        return String::new();
    }
    format!("made of the shortlist ({} of {} pairs of users and offers) ", count(n as u64), count(all as u64))
}

/// What was minimized, in words.
#[must_use]
pub fn aim(optimized: &Optimized) -> String {
    format!(
        "The plan minimizes planned cost plus loss over the horizon; of the loss, {} is the average and {} the CVaR \
         {}, the mean loss of the worst {} of {} trials.",
        percent(1.0 - optimized.cvar_weight),
        percent(optimized.cvar_weight),
        level(optimized.confidence_level),
        percent(1.0 - optimized.confidence_level),
        count(optimized.n_trials),
    )
}
