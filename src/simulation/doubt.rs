//! Doubt about rates: how far the average annual loss may be off because rates and reversals are estimates
//! (methodology/simulation.md#doubt).
//!
//! To first order: each part of the loss, by the first shock of its family, grows with the shock's rate, and with the
//! probability of the branch of its mixture in which the family began. Exact where no occurrences overlap.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand_distr::{Beta, Distribution, Gamma};

use super::draws::{Purpose, purpose_seed, shock_key};
use super::memory::TrialMemory;
use super::philox::Stream;
use super::sums::{LossTotals, amount};
use crate::model::shock::{DurationLaw, Frequency, Shock};

/// Joint draws of all rates and probabilities.
const N_DRAWS: usize = 2_000;
/// Place of the lower end of the interval among the sorted draws, from 1; the upper end lies as far from the other side.
const LOW_PLACE: usize = 100;
/// Shocks named as worth knowing, at most.
const MAX_NAMED: usize = 10;
/// Part of the whole width below which nobody would ask for a better rate.
const LEAST_PART: f64 = 0.005;

/// The average annual loss under the doubt about rates and reversals, USD: the middle 90 % of joint draws.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Doubt {
    pub low_usd: f64,
    pub high_usd: f64,
    /// Rates whose knowledge would narrow the interval, the most first.
    pub worth_knowing: Vec<WorthKnowing>,
}

/// The interval that would be left if one shock's rate and reversal, or those of one template, were known.
#[derive(Debug, Clone, PartialEq)]
pub struct WorthKnowing {
    /// Id of the shock, or of the template.
    pub shock: String,
    pub low_usd: f64,
    pub high_usd: f64,
}

/// Loss of the families that one shock, or the members of one template, began, USD a year.
struct RateSource<'a> {
    id: &'a str,
    law: &'a Shock,
    /// The first occurrence ends by itself.
    reversed_usd: f64,
    /// The first occurrence lasts.
    lasting_usd: f64,
}

impl Doubt {
    /// The doubt about a loss whose totals, each multiplied by `factor`, are parts of the average annual loss.
    ///
    /// `shocks`: `[n_shocks]`, in the order of the totals. `memory`: keeps the draws for others.
    #[must_use]
    pub fn of(
        shocks: &[Shock],
        sums: &LossTotals,
        factor: f64,
        seed: u64,
        memory: Option<&TrialMemory>,
    ) -> Self {
        let sources = sources(shocks, sums, factor);
        let known: f64 = sources.iter().map(|source| source.reversed_usd + source.lasting_usd).sum();
        let seed = purpose_seed(seed, Purpose::Doubt);
        // `[n_sources × N_DRAWS]`: how far each source moves the loss from its mean.
        let moved: Vec<Vec<f64>> = sources.iter().map(|source| source.moved(seed, memory)).collect();
        let mut all = vec![known; N_DRAWS];
        for own in &moved {
            all.iter_mut().zip(own).for_each(|(sum, usd)| *sum += usd);
        }
        let (low_usd, high_usd) = middle(all.clone());
        let mut worth_knowing: Vec<WorthKnowing> = sources
            .iter()
            .zip(&moved)
            .filter(|(_, own)| own.iter().any(|usd| *usd != 0.0))
            .map(|(source, own)| {
                let (low_usd, high_usd) = middle(all.iter().zip(own).map(|(sum, usd)| sum - usd).collect());
                WorthKnowing { shock: source.id.to_owned(), low_usd, high_usd }
            })
            .collect();
        let whole = high_usd - low_usd;
        worth_knowing.retain(|known| whole - known.width_usd() > LEAST_PART * whole);
        worth_knowing
            .sort_by(|a, b| a.width_usd().total_cmp(&b.width_usd()).then_with(|| a.shock.cmp(&b.shock)));
        worth_knowing.truncate(MAX_NAMED);
        Self { low_usd, high_usd, worth_knowing }
    }
}

impl WorthKnowing {
    fn width_usd(&self) -> f64 {
        self.high_usd - self.low_usd
    }
}

/// Shocks that lost something; the members of a template, which share one law, are one source. By id.
fn sources<'a>(shocks: &'a [Shock], sums: &LossTotals, factor: f64) -> Vec<RateSource<'a>> {
    let mut by_id: BTreeMap<&str, RateSource<'a>> = BTreeMap::new();
    for (at, shock) in shocks.iter().enumerate().filter(|(at, _)| sums.loss_by_shock[*at] != 0) {
        let id = shock.template.as_deref().unwrap_or(&shock.id);
        let nothing = RateSource { id, law: shock, reversed_usd: 0.0, lasting_usd: 0.0 };
        let source = by_id.entry(id).or_insert(nothing);
        let lasting = sums.lasting_by_shock[at];
        source.lasting_usd += amount(lasting) * factor;
        source.reversed_usd += amount(sums.loss_by_shock[at] - lasting) * factor;
    }
    by_id.into_values().collect()
}

impl RateSource<'_> {
    /// `[N_DRAWS]`: loss at drawn rates and reversals, less that at their means, USD a year.
    fn moved(&self, seed: u64, memory: Option<&TrialMemory>) -> Vec<f64> {
        let law = DoubtLaw {
            rate_key: shock_key(seed, "doubt of rate", self.id),
            reversal_key: shock_key(seed, "doubt of reversal", self.id),
            rate: match self.law.frequency {
                Some(Frequency::Counted { events, .. }) => Some((events + 0.5).to_bits()),
                _ => None,
            },
            reversal: match self.law.duration {
                DurationLaw::Mixture { events, of, .. } => {
                    Some([1.0 + events, 1.0 + of - events].map(f64::to_bits))
                }
                _ => None,
            },
        };
        let draws = memory.map_or_else(|| Arc::new(law.draws()), |memory| memory.draws(law));
        let usd = self.reversed_usd + self.lasting_usd;
        (0..N_DRAWS)
            .map(|draw| {
                let times = draws.rates.get(draw).copied().unwrap_or(1.0);
                let branches = draws.reversals.get(draw).map_or(usd, |q| {
                    let mean = draws.mean_reversal;
                    q / mean * self.reversed_usd + (1.0 - q) / (1.0 - mean) * self.lasting_usd
                });
                times * branches - usd
            })
            .collect()
    }
}

/// What the draws of one source depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct DoubtLaw {
    rate_key: u64,
    reversal_key: u64,
    /// Bits of the shape of the rate's Gamma distribution, whose mean is 1; `None` for a rate that is known.
    rate: Option<u64>,
    /// Bits of the parameters of the Beta distribution of a reversal's probability; `None` where nothing is reversed.
    reversal: Option<[u64; 2]>,
}

/// Drawn rates and reversals of one source.
#[derive(Debug)]
pub(super) struct DoubtDraws {
    /// `[N_DRAWS]`, multiples of the mean; empty for a rate that is known.
    rates: Vec<f64>,
    /// `[N_DRAWS]`, probabilities; empty where nothing is reversed.
    reversals: Vec<f64>,
    mean_reversal: f64,
}

impl DoubtLaw {
    pub(super) fn draws(&self) -> DoubtDraws {
        let shape = self.rate.map(f64::from_bits);
        let gamma = shape.and_then(|shape| Gamma::new(shape, 1.0 / shape).ok());
        let reversal = self.reversal.map(|bits| bits.map(f64::from_bits));
        let beta = reversal.and_then(|[a, b]| Beta::new(a, b).ok());
        let draws = |key: u64| (0..N_DRAWS as u64).map(move |draw| Stream::new(key, draw, 0));
        DoubtDraws {
            rates: gamma.map_or_else(Vec::new, |gamma| {
                draws(self.rate_key).map(|mut stream| gamma.sample(&mut stream)).collect()
            }),
            reversals: beta.map_or_else(Vec::new, |beta| {
                draws(self.reversal_key).map(|mut stream| beta.sample(&mut stream)).collect()
            }),
            mean_reversal: reversal.map_or(1.0, |[a, b]| a / (a + b)),
        }
    }
}

/// The draws between which 90 % of all lie.
fn middle(mut draws: Vec<f64>) -> (f64, f64) {
    let mut at = |place: usize| *draws.select_nth_unstable_by(place - 1, f64::total_cmp).1;
    (at(LOW_PLACE), at(N_DRAWS - LOW_PLACE))
}

#[cfg(test)]
mod tests;
