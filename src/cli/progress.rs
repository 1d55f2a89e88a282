//! The progress of a study in words, on one line of stderr.

use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::ProgressBar;

use super::console::Console;
use crate::report::figures::{count, usd};
use crate::study::plan::sovereignty_rule::SovereigntyRule;
use crate::study::progress::{Progress, Target};

/// A progress line, removed when it is dropped.
pub(super) struct ProgressLine {
    line: ProgressBar,
    /// Trials of the current simulation that are done.
    n_simulated: AtomicU64,
}

impl ProgressLine {
    pub(super) fn new(console: &Console) -> Self {
        Self { line: console.stage(), n_simulated: AtomicU64::new(0) }
    }

    /// Shows a step.
    pub(super) fn show(&self, step: Progress) {
        let n_simulated = match step {
            Progress::Simulation { n_more, .. } => {
                self.n_simulated.fetch_add(n_more, Ordering::Relaxed) + n_more
            }
            _ => self.n_simulated.swap(0, Ordering::Relaxed),
        };
        self.line.set_message(words(step, n_simulated));
        self.line.tick();
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.line.finish_and_clear();
    }
}

/// The text for a step. `n_simulated`: trials of the current simulation that are done.
fn words(step: Progress, n_simulated: u64) -> String {
    match step {
        Progress::Exposure => "exposure and scenarios".to_owned(),
        Progress::Simulation { n_trials, .. } => {
            format!("simulating: {} of {} years", count(n_simulated), count(n_trials))
        }
        Progress::Compiling { n_trials } => {
            format!("planning: simulating {} years for every offer", count(n_trials))
        }
        Progress::Searching(target) => format!("planning: {}", target_words(target)),
        Progress::Round { target, round, bound_usd, best_usd } => {
            let best =
                if best_usd.is_finite() { format!("USD {}", usd(best_usd)) } else { "none yet".to_owned() };
            format!(
                "planning: {}, round {round}; best found: {best}; lower bound: USD {}",
                target_words(target),
                usd(bound_usd.max(0.0))
            )
        }
        Progress::BeyondShortlist => "planning: no plan on the shortlist; trying every offer".to_owned(),
        Progress::NewTrials => "planning: measuring the plan on new simulated years".to_owned(),
        Progress::Conflict => "planning: looking for conflicting requirements".to_owned(),
        Progress::Relaxing { requirement, of } => {
            format!("planning: relaxing requirement {requirement} of {of}")
        }
        Progress::PricingLimit { limit, of } => {
            format!("planning: pricing limit {limit} of {of}")
        }
        Progress::Resampling => "planning: testing how certain the choice is".to_owned(),
    }
}

fn target_words(target: Target) -> String {
    match target {
        Target::Plan => "the best plan".to_owned(),
        Target::WithOffer => "the best plan with this offer".to_owned(),
        Target::Rule(SovereigntyRule::Free) => "the best plan without a rule".to_owned(),
        Target::Rule(rule) => format!("the best plan under the rule {}", rule.as_str().replace('_', " ")),
        Target::Frontier { plan, risk_times } => {
            format!("plan {plan} of the frontier (risk weighted {risk_times} times)")
        }
        Target::Alternative { plan, attempt } => format!("alternative {plan}, attempt {attempt}"),
        Target::Replication { replication, of } => format!("replication {replication} of {of}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_tells_the_best_plan_and_the_bound() {
        let step = Progress::Round {
            target: Target::Plan,
            round: 3,
            bound_usd: 1_200_000.0,
            best_usd: f64::INFINITY,
        };
        let text = words(step, 0);
        assert!(text.contains("round 3") && text.contains("none yet") && text.contains("1.2"), "{text}");
    }

    /// Trials add up over the calls of one simulation, and start at 0 again with the next step.
    #[test]
    fn trials_of_a_simulation_add_up() {
        let line = ProgressLine::new(&Console::new(true));
        line.show(Progress::Simulation { n_more: 300, n_trials: 1000 });
        line.show(Progress::Simulation { n_more: 200, n_trials: 1000 });
        assert_eq!(line.line.message(), "simulating: 500 of 1,000 years");
        line.show(Progress::NewTrials);
        line.show(Progress::Simulation { n_more: 100, n_trials: 1000 });
        assert_eq!(line.line.message(), "simulating: 100 of 1,000 years");
    }
}
