//! The progress of a study in words, on one line of stderr.

use std::mem::{Discriminant, discriminant};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar};

use super::console::Console;
use super::interrupt;
use crate::report::figures::percent;
use crate::report::money::DisplayCurrency;
use crate::report::progress::{share_done, words};
use crate::study::progress::Progress;

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
        interrupt::keep(Some(format!("{step}{done}")));
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
        interrupt::keep(None);
        self.line.finish_and_clear();
    }
}

/// Time left at the pace so far; `None` as long as that would be a guess.
fn time_left(elapsed: Duration, done: f64) -> Option<Duration> {
    let is_known = elapsed >= LEAST_ELAPSED && done > 0.0 && done < 1.0;
    is_known.then(|| elapsed.mul_f64((1.0 - done) / done))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{ColorArgument, CurrencyArgument, LocaleArgument, Manners};

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
        assert_eq!(interrupt::known().as_deref(), Some("simulating: 500 of 1,000 years (50 %)"));
        line.show(Progress::NewTrials);
        line.show(Progress::Simulation { n_more: 100, n_trials: 1000 });
        assert_eq!(line.line.message(), "simulating: 100 of 1,000 years (10 %)");
        drop(line);
        assert_eq!(interrupt::known(), None, "nothing is told of a run that is over");
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
