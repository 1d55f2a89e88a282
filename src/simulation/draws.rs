//! The draws of a trial: tensions, counts, arrivals, durations, collateral, withdrawals, triggers.
//!
//! Every draw is addressed by (seed, purpose, trial, shock id, occurrence), never by a position in a list: adding a
//! shock, reordering a file or running on more threads changes no other draw (methodology/simulation.md).

use std::collections::BTreeMap;

use rand::RngExt;
use rand_distr::{Beta, Distribution, StandardNormal};

pub use super::counts::Rates;
use super::counts::{CountLaw, MAX_ARRIVALS};
use super::philox::{Stream, philox4x32};
use crate::model::instance::{Instance, SupplierIdx};
use crate::model::shock::{DurationLaw, Trigger};
use crate::service::disruption::Occurrence;
use crate::shocks::resolve::{DeveloperChoice, ResolvedShock};
use crate::units::DAYS_PER_YEAR;

/// 90th percentile of the standard normal distribution.
pub const NORMAL_P90: f64 = 1.281_551_565_5;

/// Maximum number of occurrences in a trial. Shocks that are expected to come near it are refused when they are read
/// (`MAX_EXPECTED_OCCURRENCES`), so that only a rare multiple of the expected number reaches it.
const MAX_OCCURRENCES: usize = 100_000;

/// Number of trials whose uniform draws for counts share one block of the generator, one word each.
const TRIALS_PER_BLOCK: u64 = 4;

/// Purpose for which trials are drawn; each purpose has its own draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The trials on which a plan is optimized or measured.
    InSample,
    /// New trials on which a finished plan is measured again.
    OutOfSample,
    /// Independent trials on which plans are optimized again, to see how much a plan depends on its trials.
    Replication,
    /// Rates and reversal probabilities themselves, for the doubt about them.
    Doubt,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::InSample => "in_sample",
            Self::OutOfSample => "out_of_sample",
            Self::Replication => "replication",
            Self::Doubt => "doubt",
        }
    }
}

/// Draws trials of one instance.
#[derive(Debug, Clone)]
pub struct Sampler {
    /// `[n_shocks]`
    shocks: Vec<ShockDraws>,
    /// Shocks that may begin without a trigger, ascending.
    spontaneous: Vec<usize>,
    /// `[n_tensions]`: keys.
    tensions: Vec<u64>,
    /// Distinct lists of (index into `tensions`, sigma × sensitivity). The first is empty, for shocks without a tension.
    loadings: Vec<Vec<(usize, f64)>>,
    horizon_days: f64,
    rates: Rates,
}

/// The draws of one shock, and their keys.
#[derive(Debug, Clone)]
struct ShockDraws {
    /// `None` if the shock is in force or only ever triggered.
    count: Option<CountLaw>,
    /// Index into [`Sampler::loadings`].
    loading: usize,
    duration: Lasting,
    triggers: Vec<TriggerDraw>,
    collateral: Vec<ChoiceDraw>,
    withdrawal: Vec<ChoiceDraw>,
    counts_key: u64,
    arrivals_key: u64,
    duration_key: u64,
    reversal_key: u64,
    probability_key: u64,
    /// Hash of the id; part of the address of a triggered occurrence.
    id_hash: u64,
}

#[derive(Debug, Clone, Copy)]
enum Lasting {
    Always,
    Fixed(f64),
    Lognormal {
        median_days: f64,
        sigma: f64,
    },
    /// Reversed with a probability that is Beta(a, b).
    Mixture {
        a: f64,
        b: f64,
        median_days: f64,
        sigma: f64,
    },
}

#[derive(Debug, Clone)]
struct TriggerDraw {
    child: usize,
    probability: f64,
    after_days: f64,
    key: u64,
    /// Tells several triggers of one child apart; 0 for the first.
    number_key: u64,
}

/// The triggers of a shock, each with its number among those of the same child: the earliest first, then the least
/// probable, so that their order in the file does not matter.
fn numbered(triggers: &[Trigger]) -> Vec<(&Trigger, usize)> {
    let mut sorted: Vec<&Trigger> = triggers.iter().collect();
    sorted.sort_by(|a, b| {
        let by_time = a.after_days.total_cmp(&b.after_days);
        a.shock.cmp(&b.shock).then(by_time).then(a.probability.total_cmp(&b.probability))
    });
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    sorted
        .into_iter()
        .map(|trigger| {
            let count = counts.entry(trigger.shock.as_str()).or_default();
            *count += 1;
            (trigger, *count - 1)
        })
        .collect()
}

/// A developer that is drawn with a probability.
#[derive(Debug, Clone)]
struct ChoiceDraw {
    developer: SupplierIdx,
    probability: f64,
    key: u64,
}

/// Memory that a sampler reuses from trial to trial; no result depends on it.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    block: Option<u64>,
    /// `[n_spontaneous]`: words of the current block.
    words: Vec<[u32; 4]>,
    /// `[n_loadings]`
    multipliers: Vec<f64>,
    /// `[n_shocks]`
    counts: Vec<u64>,
    days: Vec<f64>,
    open: Vec<DrawnOnset>,
}

#[derive(Debug, Clone)]
struct DrawnOnset {
    shock: usize,
    /// Number of the occurrence for an arrival; a hash of its cause if it was triggered.
    key: u64,
    day: f64,
    family: usize,
    is_first: bool,
}

impl Sampler {
    /// `shocks`: resolved from `instance.shocks`, in its order.
    #[must_use]
    pub fn new(
        instance: &Instance,
        shocks: &[ResolvedShock],
        seed: u64,
        purpose: Purpose,
        rates: Rates,
    ) -> Self {
        let seed = purpose_seed(seed, purpose);
        let tensions: Vec<(&str, f64)> = instance.tensions.iter().map(|t| (t.id.as_str(), t.sigma)).collect();
        let mut loadings: Vec<Vec<(usize, f64)>> = vec![Vec::new()];
        let mut loading = |shock: &ResolvedShock| -> usize {
            let place = |id: &str| tensions.iter().position(|t| t.0 == id);
            let own: Vec<(usize, f64)> = shock
                .shock
                .tensions
                .iter()
                .filter_map(|(id, beta)| place(id).map(|t| (t, tensions[t].1 * beta)))
                .filter(|(_, loading)| *loading != 0.0)
                .collect();
            loadings.iter().position(|l| *l == own).unwrap_or_else(|| {
                loadings.push(own);
                loadings.len() - 1
            })
        };
        let index: BTreeMap<&str, usize> =
            shocks.iter().enumerate().map(|(s, shock)| (shock.shock.id.as_str(), s)).collect();
        let supplier_id = |s: SupplierIdx| instance.suppliers[s].supplier.id.as_str();
        let horizon_days = instance.portfolio.horizon_days;
        let mut drawn: Vec<ShockDraws> = Vec::with_capacity(shocks.len());
        for shock in shocks {
            let key = |what: &str| shock_key(seed, what, &shock.shock.id);
            let choices = |choice: Option<&DeveloperChoice>, what: &str| -> Vec<ChoiceDraw> {
                let developers = choice.iter().flat_map(|c| c.pairs_by_developer.iter().map(|(d, _)| *d));
                let draw = |developer| ChoiceDraw {
                    developer,
                    probability: choice.map_or(0.0, |c| c.probability),
                    key: key(&format!("{what} {}", supplier_id(developer))),
                };
                developers.map(draw).collect()
            };
            // A shock in force cannot begin, neither by itself nor by a trigger.
            let child = |id: &str| index.get(id).copied().filter(|&c| !shocks[c].shock.in_force);
            let trigger = |(trigger, number): (&Trigger, usize)| {
                // The first trigger of a child has no number in its address.
                let number_key = if number == 0 { 0 } else { key(&format!("trigger number {number}")) };
                Some(TriggerDraw {
                    child: child(&trigger.shock)?,
                    probability: trigger.probability,
                    after_days: trigger.after_days,
                    key: key(&format!("trigger {}", trigger.shock)) ^ number_key,
                    number_key,
                })
            };
            let frequency = shock.shock.frequency.filter(|_| !shock.shock.in_force);
            drawn.push(ShockDraws {
                count: frequency.map(|f| CountLaw::new(f, rates, horizon_days / DAYS_PER_YEAR)),
                loading: loading(shock),
                duration: Lasting::new(shock.shock.duration),
                triggers: numbered(&shock.shock.triggers).into_iter().filter_map(trigger).collect(),
                collateral: choices(shock.collateral.as_ref(), "collateral"),
                withdrawal: choices(shock.withdrawal.as_ref().map(|w| &w.choice), "withdrawal"),
                counts_key: key("count"),
                arrivals_key: key("arrival"),
                duration_key: key("duration"),
                reversal_key: key("reversal"),
                probability_key: key("reversal probability"),
                id_hash: hash(&shock.shock.id),
            });
        }
        Self {
            spontaneous: (0..drawn.len()).filter(|&s| drawn[s].count.is_some()).collect(),
            tensions: tensions.iter().map(|(id, _)| shock_key(seed, "tension", id)).collect(),
            shocks: drawn,
            loadings,
            horizon_days,
            rates,
        }
    }

    /// Restricts the draws to shocks that matter, and to those that may trigger them; the remaining draws do not change.
    #[must_use]
    pub fn only(mut self, matters: &[bool]) -> Self {
        let mut is_drawn = matters.to_vec();
        loop {
            let triggers_one = |s: &usize| {
                !is_drawn[*s] && self.shocks[*s].triggers.iter().any(|trigger| is_drawn[trigger.child])
            };
            let more: Vec<usize> = (0..self.shocks.len()).filter(triggers_one).collect();
            if more.is_empty() {
                break;
            }
            more.into_iter().for_each(|s| is_drawn[s] = true);
        }
        self.spontaneous.retain(|s| is_drawn[*s]);
        for shock in &mut self.shocks {
            shock.triggers.retain(|trigger| is_drawn[trigger.child]);
        }
        self
    }

    /// The occurrences of a trial; the first of each family precedes those that it triggered.
    #[must_use]
    pub fn trial(&self, trial: u64) -> Vec<Occurrence> {
        let mut occurrences = Vec::new();
        self.draw(trial, &mut Scratch::default(), &mut occurrences);
        occurrences
    }

    /// Like [`Self::trial`], into a list that is cleared first. Consecutive trials are faster with the same `scratch`.
    ///
    /// Returns whether the list is complete: false when the trial has more than it can hold, 100,000.
    pub fn draw(&self, trial: u64, scratch: &mut Scratch, occurrences: &mut Vec<Occurrence>) -> bool {
        occurrences.clear();
        let mut is_complete = true;
        self.count_arrivals(trial, scratch);
        for &shock in &self.spontaneous {
            let n = scratch.counts[shock];
            if n == 0 {
                continue;
            }
            is_complete &= n < MAX_ARRIVALS;
            let mut arrivals = Stream::new(self.shocks[shock].arrivals_key, trial, 0);
            scratch.days.clear();
            scratch.days.extend((0..n).map(|_| self.horizon_days * arrivals.random::<f64>()));
            scratch.days.sort_unstable_by(f64::total_cmp);
            for at in 0..scratch.days.len() {
                let family = occurrences.len();
                let onset =
                    DrawnOnset { shock, key: at as u64, day: scratch.days[at], family, is_first: at == 0 };
                is_complete &= self.occur(onset, trial, scratch, occurrences);
            }
        }
        is_complete
    }

    /// Fills `scratch.counts` with the number of arrivals of each spontaneous shock.
    fn count_arrivals(&self, trial: u64, scratch: &mut Scratch) {
        let block = trial / TRIALS_PER_BLOCK;
        if scratch.block != Some(block) {
            scratch.block = Some(block);
            scratch.counts.resize(self.shocks.len(), 0);
            scratch.words.clear();
            scratch.words.extend(self.spontaneous.iter().map(|&s| words(self.shocks[s].counts_key, block)));
        }
        self.multiply_rates(trial, &mut scratch.multipliers);
        let word = (trial % TRIALS_PER_BLOCK) as usize;
        for (&shock, words) in self.spontaneous.iter().zip(&scratch.words) {
            let own = &self.shocks[shock];
            let Some(law) = own.count else { continue };
            let multiplier = scratch.multipliers[own.loading];
            let count = law.inverted(multiplier, unit(words[word]));
            scratch.counts[shock] = count.unwrap_or_else(|| {
                law.drawn(multiplier, &mut Stream::new(own.arrivals_key, trial, u64::MAX)).min(MAX_ARRIVALS)
            });
        }
    }

    /// exp(Σ σβZ − ½Σ(σβ)²) of each distinct list of sensitivities.
    fn multiply_rates(&self, trial: u64, multipliers: &mut Vec<f64>) {
        let normal =
            |t: usize| -> f64 { StandardNormal.sample(&mut Stream::new(self.tensions[t], trial, 0)) };
        let z: Vec<f64> = (0..self.tensions.len()).map(normal).collect();
        multipliers.clear();
        multipliers.extend(self.loadings.iter().map(|loadings| {
            let exponent: f64 =
                loadings.iter().map(|(t, loading)| loading * z[*t] - loading * loading / 2.0).sum();
            if loadings.is_empty() { 1.0 } else { exponent.exp() }
        }));
    }

    /// Adds an occurrence and everything that it triggers; false if there was no room for all of it.
    fn occur(
        &self,
        first: DrawnOnset,
        trial: u64,
        scratch: &mut Scratch,
        occurrences: &mut Vec<Occurrence>,
    ) -> bool {
        scratch.open.push(first);
        while let Some(onset) = scratch.open.pop() {
            if occurrences.len() >= MAX_OCCURRENCES {
                scratch.open.clear();
                return false;
            }
            let shock = &self.shocks[onset.shock];
            let chosen = |choices: &[ChoiceDraw]| -> Vec<SupplierIdx> {
                let is_drawn = |choice: &&ChoiceDraw| {
                    Stream::new(choice.key, trial, onset.key).random::<f64>() < choice.probability
                };
                choices.iter().filter(is_drawn).map(|choice| choice.developer).collect()
            };
            occurrences.push(Occurrence {
                shock: onset.shock,
                start: onset.day,
                end: onset.day + self.duration_days(&onset, trial, scratch.counts[onset.shock] > 0),
                collateral: chosen(&shock.collateral),
                withdrawn: chosen(&shock.withdrawal),
                family: onset.family,
            });
            for trigger in shock.triggers.iter().rev() {
                let fires = Stream::new(trigger.key, trial, onset.key).random::<f64>();
                let day = onset.day + trigger.after_days;
                if fires < trigger.probability && day < self.horizon_days {
                    // The address of the child: the parent's shock and occurrence, and which of its triggers it is.
                    let key = mix(onset.key ^ shock.id_hash.rotate_left(17) ^ trigger.number_key);
                    let family = onset.family;
                    scratch.open.push(DrawnOnset { shock: trigger.child, key, day, family, is_first: false });
                }
            }
        }
        true
    }

    /// Duration of an occurrence, days. `has_arrivals`: whether the shock also begins without a trigger in this trial.
    fn duration_days(&self, onset: &DrawnOnset, trial: u64, has_arrivals: bool) -> f64 {
        let shock = &self.shocks[onset.shock];
        let lognormal = |median_days: f64, sigma: f64| -> f64 {
            let z: f64 = StandardNormal.sample(&mut Stream::new(shock.duration_key, trial, onset.key));
            median_days * (sigma * z).exp()
        };
        match shock.duration {
            Lasting::Always => f64::INFINITY,
            Lasting::Fixed(days) => days,
            Lasting::Lognormal { median_days, sigma } => lognormal(median_days, sigma),
            Lasting::Mixture { a, b, median_days, sigma } => {
                let first = || unit_of(shock.reversal_key, trial, 0) < a / (a + b);
                let is_reversed = if onset.is_first {
                    first()
                } else {
                    let reversed = unit_of(shock.reversal_key, trial, onset.key);
                    reversed < self.reversal_probability(shock, (a, b), trial, has_arrivals.then(first))
                };
                if is_reversed { lognormal(median_days, sigma) } else { f64::INFINITY }
            }
        }
    }

    /// The trial's probability of reversal, for all but the first arrival.
    ///
    /// The first arrival is reversed with the mean probability. Given its outcome, the probability follows the posterior, so
    /// that all arrivals together are distributed as if the probability had been drawn first.
    fn reversal_probability(
        &self,
        shock: &ShockDraws,
        (a, b): (f64, f64),
        trial: u64,
        first: Option<bool>,
    ) -> f64 {
        if self.rates == Rates::Mean {
            return a / (a + b);
        }
        let (a, b) = match first {
            None => (a, b),
            Some(true) => (a + 1.0, b),
            Some(false) => (a, b + 1.0),
        };
        let beta = Beta::new(a, b).expect("checked: 0 ≤ events ≤ of");
        beta.sample(&mut Stream::new(shock.probability_key, trial, 0))
    }
}

impl Lasting {
    fn new(law: DurationLaw) -> Self {
        let sigma = |median: f64, p90: f64| (p90 / median).ln() / NORMAL_P90;
        match law {
            DurationLaw::Permanent => Self::Always,
            DurationLaw::Fixed { days } => Self::Fixed(days),
            DurationLaw::Lognormal { median_days, p90_days } => {
                Self::Lognormal { median_days, sigma: sigma(median_days, p90_days) }
            }
            DurationLaw::Mixture { events, of, median_days, p90_days } => Self::Mixture {
                a: 1.0 + events,
                b: 1.0 + of - events,
                median_days,
                sigma: sigma(median_days, p90_days),
            },
        }
    }
}

/// The block of four words at (key, block).
fn words(key: u64, block: u64) -> [u32; 4] {
    philox4x32([block as u32, (block >> 32) as u32, 0, 0], [key as u32, (key >> 32) as u32])
}

/// A word as a number in (0, 1).
fn unit(word: u32) -> f64 {
    (f64::from(word) + 0.5) / (f64::from(u32::MAX) + 1.0)
}

fn unit_of(key: u64, trial: u64, occurrence: u64) -> f64 {
    Stream::new(key, trial, occurrence).random()
}

/// The seed of all draws for one purpose.
pub(super) fn purpose_seed(seed: u64, purpose: Purpose) -> u64 {
    mix(mix(seed) ^ hash(purpose.word()))
}

/// Key of the draws of one kind for a named shock or tension.
pub(super) fn shock_key(seed: u64, what: &str, name: &str) -> u64 {
    [hash(what), hash(name)].into_iter().fold(seed, |key, word| mix(key ^ word))
}

/// FNV-1a hash of a name, 64 bit; the same on every machine.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, byte| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The finalizer of `SplitMix64` (Steele, Lea and Flood 2014), which spreads similar numbers.
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
