//! The progress of a study in words, on one line of stderr.

use std::mem::{Discriminant, discriminant};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar};

use super::console::Console;
use crate::report::figures::{count, percent};
use crate::report::money::{DisplayCurrency, money};
use crate::study::plan::ladder::RungKind;
use crate::study::plan::sovereignty_rule::SovereigntyRule;
use crate::study::progress::{Progress, Target};

/// Time that a step must have taken before the time left is told: at first it is a guess.
const LEAST_ELAPSED: Duration = Duration::from_secs(2);

/// A progress line, removed when it is dropped.
pub(super) struct ProgressLine {
    line: ProgressBar,
    /// What amounts are shown in.
    currency: DisplayCurrency,
    /// Trials of the current simulation that are done.
    n_simulated: AtomicU64,
    /// The kind of the current step, and when it began.
    begun: Mutex<Option<(Discriminant<Progress>, Instant)>>,
}

impl ProgressLine {
    pub(super) fn new(console: &Console) -> Self {
        let (line, currency) = (console.stage(), console.currency());
        Self { line, currency, n_simulated: AtomicU64::new(0), begun: Mutex::new(None) }
    }

    /// Shows a step: what it is and, where it can be told, the share that is done and the time left.
    pub(super) fn show(&self, step: Progress) {
        let n_simulated = match step {
            Progress::Simulation { n_more, .. } => {
                self.n_simulated.fetch_add(n_more, Ordering::Relaxed) + n_more
            }
            _ => self.n_simulated.swap(0, Ordering::Relaxed),
        };
        let done = share_done(step, n_simulated);
        let left = done.and_then(|done| time_left(self.elapsed(step), done));
        let done = done.map(|done| format!(" ({})", percent(done))).unwrap_or_default();
        let left = left.map(|left| format!(", {} left", HumanDuration(left))).unwrap_or_default();
        let step = self.currency.shown(&words(step, n_simulated));
        self.line.set_message(format!("{step}{done}{left}"));
        self.line.tick();
    }

    /// How long steps of this kind have been going on.
    fn elapsed(&self, step: Progress) -> Duration {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = discriminant(&step);
        match *begun {
            Some((known, since)) if known == kind => since.elapsed(),
            _ => {
                *begun = Some((kind, Instant::now()));
                Duration::ZERO
            }
        }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.line.finish_and_clear();
    }
}

/// Share of a step that is done; `None` where its end is not known. Of what is counted, the one under way is not done.
fn share_done(step: Progress, n_simulated: u64) -> Option<f64> {
    let of = |done: f64, all: f64| (all > 0.0).then(|| (done / all).clamp(0.0, 1.0));
    match step {
        Progress::Simulation { n_trials, .. } => of(n_simulated as f64, n_trials as f64),
        Progress::Scenario { scenario, of: all } => of(scenario as f64 - 1.0, all as f64),
        Progress::TestingMeasure { measure, of: all } => of(measure as f64 - 1.0, all as f64),
        Progress::Relaxing { requirement, of: all } => of(requirement as f64 - 1.0, all as f64),
        Progress::PricingLimit { limit, of: all } => of(limit as f64 - 1.0, all as f64),
        Progress::Addition { plan, of: all } => of(plan as f64 - 1.0, all as f64),
        Progress::Searching(Target::Replication { replication, of: all }) => {
            of(replication as f64 - 1.0, all as f64)
        }
        _ => None,
    }
}

/// Time left at the pace so far; `None` as long as that would be a guess.
fn time_left(elapsed: Duration, done: f64) -> Option<Duration> {
    let is_known = elapsed >= LEAST_ELAPSED && done > 0.0 && done < 1.0;
    is_known.then(|| elapsed.mul_f64((1.0 - done) / done))
}

/// A rung of the ladder in words.
fn rung(kind: RungKind) -> String {
    match kind {
        RungKind::Today | RungKind::All => "the best plan".to_owned(),
        RungKind::Standbys => "the best plan with the shares of today".to_owned(),
        RungKind::Hosts => "the best plan on hosts in use".to_owned(),
        RungKind::Touched(n) => format!("the best plan that touches {n} workloads"),
    }
}

/// The text for a step. `n_simulated`: trials of the current simulation that are done.
fn words(step: Progress, n_simulated: u64) -> String {
    match step {
        Progress::Exposure => "exposure and scenarios".to_owned(),
        Progress::Scenario { scenario, of } => format!("scenario {scenario} of {of}"),
        Progress::ShockSets { n_visited, n_found } => {
            format!("sets of shocks: {} tested, {n_found} found", count(n_visited))
        }
        Progress::TestingMeasure { measure, of } => format!("testing measure {measure} of {of}"),
        Progress::Simulation { n_trials, .. } => {
            format!("simulating: {} of {} years", count(n_simulated), count(n_trials))
        }
        Progress::Compiling { n_trials } => {
            format!("planning: simulating {} years for every offer", count(n_trials))
        }
        Progress::Searching(target) => format!("planning: {}", target_words(target)),
        Progress::Round { target, round, bound_usd, best_usd } => {
            let best = if best_usd.is_finite() { money(best_usd) } else { "none yet".to_owned() };
            format!(
                "planning: {}, round {round}; best found: {best}; lower bound: {}",
                target_words(target),
                money(bound_usd.max(0.0))
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
        Progress::Addition { plan, of } => format!("simulating with new suppliers: {plan} of at most {of}"),
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
        Target::Rung(kind) => rung(kind),
        Target::Alternative { plan, attempt } => format!("alternative {plan}, attempt {attempt}"),
        Target::Replication { replication, of } => format!("replication {replication} of {of}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{ColorArgument, CurrencyArgument, LocaleArgument, Manners};

    #[test]
    fn a_round_tells_the_best_plan_and_the_bound() {
        let step = Progress::Round {
            target: Target::Plan,
            round: 3,
            bound_usd: 1_200_000.0,
            best_usd: f64::INFINITY,
        };
        let text = DisplayCurrency::of("EUR", 1.25).shown(&words(step, 0));
        assert!(
            text.contains("round 3")
                && text.contains("none yet")
                && text.contains("lower bound: EUR 960,000"),
            "{text}"
        );
    }

    /// Trials add up over the calls of one simulation, and start at 0 again with the next step.
    #[test]
    fn trials_of_a_simulation_add_up() {
        let line = ProgressLine::new(&Console::new(Manners {
            quiet: true,
            color: ColorArgument::Never,
            currency: CurrencyArgument::Own,
            locale: LocaleArgument::En,
        }));
        line.show(Progress::Simulation { n_more: 300, n_trials: 1000 });
        line.show(Progress::Simulation { n_more: 200, n_trials: 1000 });
        assert_eq!(line.line.message(), "simulating: 500 of 1,000 years (50 %)");
        line.show(Progress::NewTrials);
        line.show(Progress::Simulation { n_more: 100, n_trials: 1000 });
        assert_eq!(line.line.message(), "simulating: 100 of 1,000 years (10 %)");
    }

    /// A quarter took 10 s, so the other three take 30 s. The third of four scenarios begins when two are done.
    #[test]
    fn share_and_time_left_follow_from_the_pace() {
        assert_eq!(time_left(Duration::from_secs(10), 0.25), Some(Duration::from_secs(30)));
        assert_eq!(time_left(Duration::from_secs(1), 0.25), None);
        assert_eq!(time_left(Duration::from_secs(10), 0.0), None);
        assert_eq!(share_done(Progress::Scenario { scenario: 3, of: 4 }, 0), Some(0.5));
        assert_eq!(share_done(Progress::Resampling, 0), None);
    }
}
