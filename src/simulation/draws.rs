//! The draws of a trial: tensions, rates, arrivals, durations, collateral, withdrawals, triggers.
//!
//! Every draw is addressed by (seed, purpose, trial, shock id, occurrence), never by a position in a list: adding a
//! shock, reordering a file or running on more threads moves no other draw (methodology/simulation.md).

use std::collections::BTreeMap;

use rand::RngExt;
use rand_distr::{Beta, Distribution, Exp1, Gamma, StandardNormal};

use super::philox::Stream;
use crate::model::instance::Instance;
use crate::model::shock::{DurationLaw, Frequency};
use crate::service::disruption::Occurrence;
use crate::shocks::resolve::{DeveloperChoice, ResolvedShock};
use crate::units::DAYS_PER_YEAR;

/// 90th percentile of the standard normal distribution.
pub const NORMAL_P90: f64 = 1.281_551_565_5;

/// Most occurrences a trial may hold: beyond it a chain of triggers feeds itself.
const MAX_OCCURRENCES: usize = 100_000;

/// Why trials are drawn: each purpose has draws of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The trials a plan is measured, or made, on.
    InSample,
    /// Fresh trials on which a finished plan is measured again.
    OutOfSample,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::InSample => "in_sample",
            Self::OutOfSample => "out_of_sample",
        }
    }
}

/// How uncertain rates and probabilities are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rates {
    /// Drawn once per trial from their distributions.
    #[default]
    Drawn,
    /// Posterior means.
    Mean,
}

/// Draws trials of one instance.
#[derive(Debug, Clone)]
pub struct Sampler<'a> {
    shocks: &'a [ResolvedShock],
    index: BTreeMap<&'a str, usize>,
    tensions: Vec<(&'a str, f64)>,
    /// `[n_shocks]`: by place in `tensions`, sigma × sensitivity.
    loadings: Vec<Vec<(usize, f64)>>,
    supplier_ids: Vec<&'a str>,
    horizon_days: f64,
    seed: u64,
    purpose: Purpose,
    rates: Rates,
}

impl<'a> Sampler<'a> {
    /// `shocks`: resolved from `instance.shocks`, in its order.
    #[must_use]
    pub fn new(
        instance: &'a Instance,
        shocks: &'a [ResolvedShock],
        seed: u64,
        purpose: Purpose,
        rates: Rates,
    ) -> Self {
        let tensions: Vec<(&str, f64)> = instance.tensions.iter().map(|t| (t.id.as_str(), t.sigma)).collect();
        let loading = |shock: &ResolvedShock| -> Vec<(usize, f64)> {
            let place = |id: &str| tensions.iter().position(|t| t.0 == id);
            let loadings = shock.shock.tensions.iter();
            loadings.filter_map(|(id, beta)| place(id).map(|t| (t, tensions[t].1 * beta))).collect()
        };
        Self {
            shocks,
            index: shocks.iter().enumerate().map(|(s, shock)| (shock.shock.id.as_str(), s)).collect(),
            loadings: shocks.iter().map(loading).collect(),
            tensions,
            supplier_ids: instance.suppliers.iter().map(|s| s.supplier.id.as_str()).collect(),
            horizon_days: instance.portfolio.horizon_days,
            seed,
            purpose,
            rates,
        }
    }

    /// The occurrences of a trial, each family's first before those it triggered.
    #[must_use]
    pub fn trial(&self, trial: u64) -> Vec<Occurrence> {
        let tensions: Vec<f64> = self
            .tensions
            .iter()
            .map(|(id, _)| StandardNormal.sample(&mut self.stream("tension", id, 0, trial)))
            .collect();
        let mut occurrences = Vec::new();
        for shock in 0..self.shocks.len() {
            if self.shocks[shock].shock.in_force {
                continue;
            }
            let Some(per_day) = self.rate_per_day(shock, &tensions, trial) else { continue };
            let mut arrivals = self.stream("arrival", self.id(shock), 0, trial);
            let mut day = 0.0;
            for n in 0.. {
                let gap: f64 = Exp1.sample(&mut arrivals);
                day += gap / per_day;
                if day.is_nan() || day >= self.horizon_days || occurrences.len() >= MAX_OCCURRENCES {
                    break;
                }
                let family = occurrences.len();
                self.occur(&mut occurrences, Onset { shock, key: n, day, family }, trial);
            }
        }
        occurrences
    }

    /// Adds an occurrence and all it triggers.
    fn occur(&self, occurrences: &mut Vec<Occurrence>, first: Onset, trial: u64) {
        let mut open = vec![first];
        while let Some(onset) = open.pop() {
            if occurrences.len() >= MAX_OCCURRENCES {
                return;
            }
            let shock = &self.shocks[onset.shock];
            let end = onset.day + self.duration_days(onset.shock, onset.key, trial);
            occurrences.push(Occurrence {
                shock: onset.shock,
                start: onset.day,
                end,
                collateral: self.developers(shock.collateral.as_ref(), "collateral", &onset, trial),
                withdrawn: self.developers(
                    shock.withdrawal.as_ref().map(|w| &w.choice),
                    "withdrawal",
                    &onset,
                    trial,
                ),
                family: onset.family,
            });
            for trigger in shock.shock.triggers.iter().rev() {
                let Some(&child) = self.index.get(trigger.shock.as_str()) else { continue };
                let purpose = format!("trigger {}", trigger.shock);
                let fires = self.stream(&purpose, self.id(onset.shock), onset.key, trial).random::<f64>();
                let day = onset.day + trigger.after_days;
                if fires < trigger.probability && day < self.horizon_days {
                    // A child's own address: which occurrence of which parent set it off.
                    let key = mix(onset.key ^ hash(self.id(onset.shock)).rotate_left(17));
                    open.push(Onset { shock: child, key, day, family: onset.family });
                }
            }
        }
    }

    fn id(&self, shock: usize) -> &'a str {
        self.shocks[shock].shock.id.as_str()
    }

    fn stream(&self, purpose: &str, name: &str, occurrence: u64, trial: u64) -> Stream {
        let words = [hash(self.purpose.word()), hash(purpose), hash(name), occurrence];
        Stream::new(words.into_iter().fold(mix(self.seed), |key, word| mix(key ^ word)), trial)
    }

    /// Base rate × tension multiplier, per day; `None` when it never begins by itself.
    fn rate_per_day(&self, shock: usize, tensions: &[f64], trial: u64) -> Option<f64> {
        let base = match self.shocks[shock].shock.frequency? {
            Frequency::PerYear(rate) => rate,
            Frequency::Counted { events, years } => {
                let shape = events + 0.5;
                match self.rates {
                    Rates::Mean => shape / years,
                    Rates::Drawn => {
                        let gamma = Gamma::new(shape, 1.0 / years).expect("checked: years > 0, events ≥ 0");
                        gamma.sample(&mut self.stream("rate", self.id(shock), 0, trial))
                    }
                }
            }
        };
        let loadings = &self.loadings[shock];
        let driven: f64 = loadings.iter().map(|(t, loading)| loading * tensions[*t]).sum();
        let variance: f64 = loadings.iter().map(|(_, loading)| loading * loading).sum();
        let rate = base * (driven - variance / 2.0).exp() / DAYS_PER_YEAR;
        (rate > 0.0).then_some(rate)
    }

    fn duration_days(&self, shock: usize, occurrence: u64, trial: u64) -> f64 {
        match self.shocks[shock].shock.duration {
            DurationLaw::Permanent => f64::INFINITY,
            DurationLaw::Fixed { days } => days,
            DurationLaw::Lognormal { median_days, p90_days } => {
                self.lognormal(shock, occurrence, trial, median_days, p90_days)
            }
            DurationLaw::Mixture { events, of, median_days, p90_days } => {
                let (a, b) = (1.0 + events, 1.0 + of - events);
                let probability = match self.rates {
                    Rates::Mean => a / (a + b),
                    Rates::Drawn => {
                        let beta = Beta::new(a, b).expect("checked: 0 ≤ events ≤ of");
                        beta.sample(&mut self.stream("reversal probability", self.id(shock), 0, trial))
                    }
                };
                let reversed = self.stream("reversal", self.id(shock), occurrence, trial).random::<f64>();
                if reversed < probability {
                    self.lognormal(shock, occurrence, trial, median_days, p90_days)
                } else {
                    f64::INFINITY
                }
            }
        }
    }

    fn lognormal(&self, shock: usize, occurrence: u64, trial: u64, median: f64, p90: f64) -> f64 {
        let sigma = (p90 / median).ln() / NORMAL_P90;
        let z: f64 = StandardNormal.sample(&mut self.stream("duration", self.id(shock), occurrence, trial));
        median * (sigma * z).exp()
    }

    /// Developers for whom the choice falls, drawn once per occurrence and supplier.
    fn developers(
        &self,
        choice: Option<&DeveloperChoice>,
        purpose: &str,
        onset: &Onset,
        trial: u64,
    ) -> Vec<usize> {
        let Some(choice) = choice else { return Vec::new() };
        let falls = |developer: usize| {
            let purpose = format!("{purpose} {}", self.supplier_ids[developer]);
            self.stream(&purpose, self.id(onset.shock), onset.key, trial).random::<f64>() < choice.probability
        };
        choice.pairs_by_developer.iter().map(|(developer, _)| *developer).filter(|d| falls(*d)).collect()
    }
}

struct Onset {
    shock: usize,
    /// Occurrence number of an arrival; a hash of its cause for a triggered one.
    key: u64,
    day: f64,
    family: usize,
}

/// FNV-1a, 64 bit: names to numbers, the same on every machine.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, byte| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The finalizer of `SplitMix64` (Steele, Lea and Flood 2014): near numbers to far ones.
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
