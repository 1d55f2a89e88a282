//! Number of arrivals of a shock within the horizon, from one uniform draw by inversion.
//!
//! A Poisson process with a gamma-distributed rate has negative binomial counts, and given the count, its arrivals are
//! uniform on the horizon. The rate itself need not be drawn (methodology/simulation.md).

use rand::Rng;
use rand_distr::{Distribution, Gamma, Poisson};

use crate::model::shock::Frequency;

/// How uncertain rates and probabilities are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rates {
    /// Drawn once per trial from their distributions.
    #[default]
    Drawn,
    /// Posterior means.
    Mean,
}

/// Largest mean for inversion. Above it the first probabilities are too small to sum, and [`CountLaw::drawn`] is used.
const MAX_INVERTED_MEAN: f64 = 50.0;

/// Maximum number of arrivals of one shock in one trial.
pub const MAX_ARRIVALS: u64 = 100_000;

/// Distribution of the number of arrivals of one shock, before tensions multiply its rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CountLaw {
    /// A known rate: Poisson.
    Poisson { mean: f64 },
    /// A rate drawn from Gamma(`shape`, scale): negative binomial of mean `shape × scale`.
    NegativeBinomial { shape: f64, scale: f64 },
}

impl CountLaw {
    /// The distribution over a horizon of `horizon_years`. A counted rate is Gamma(events + ½, years), from Jeffreys' prior.
    #[must_use]
    pub fn new(frequency: Frequency, rates: Rates, horizon_years: f64) -> Self {
        match frequency {
            Frequency::PerYear(rate) => Self::Poisson { mean: rate * horizon_years },
            Frequency::Counted { events, years } => {
                let (shape, scale) = (events + 0.5, horizon_years / years);
                match rates {
                    Rates::Mean => Self::Poisson { mean: shape * scale },
                    Rates::Drawn => Self::NegativeBinomial { shape, scale },
                }
            }
        }
    }

    /// Mean number of arrivals.
    #[must_use]
    pub fn mean(self) -> f64 {
        match self {
            Self::Poisson { mean } => mean,
            Self::NegativeBinomial { shape, scale } => shape * scale,
        }
    }

    /// The count at which the upper tail falls to `uniform` ∈ (0, 1), the rate multiplied by `multiplier` > 0.
    ///
    /// `None` when the mean is too large to invert; use [`Self::drawn`] then.
    #[must_use]
    pub fn inverted(self, multiplier: f64, uniform: f64) -> Option<u64> {
        let mean = self.mean() * multiplier;
        // P(N > 0) ≤ E[N], and most shocks do not arrive in most trials.
        if uniform >= mean {
            return Some(0);
        }
        if mean.is_nan() || mean > MAX_INVERTED_MEAN {
            return None;
        }
        // Ratio of neighbors: P(k + 1)/P(k) = (a + b·k)/(k + 1).
        let (mut probability, a, b) = match self {
            Self::Poisson { .. } => ((-mean).exp(), mean, 0.0),
            Self::NegativeBinomial { shape, scale } => {
                let odds = scale * multiplier;
                let b = odds / (1.0 + odds);
                ((-shape * odds.ln_1p()).exp(), shape * b, b)
            }
        };
        let mut beyond = 1.0 - probability;
        let mut count = 0.0;
        while uniform < beyond && count < MAX_ARRIVALS as f64 {
            probability *= (a + b * count) / (count + 1.0);
            count += 1.0;
            beyond -= probability;
        }
        Some(count as u64)
    }

    /// A count drawn from a generator: the rate first, then the arrivals.
    #[must_use]
    pub fn drawn(self, multiplier: f64, random: &mut impl Rng) -> u64 {
        let mean = match self {
            Self::Poisson { mean } => mean * multiplier,
            Self::NegativeBinomial { shape, scale } => {
                Gamma::new(shape, scale * multiplier).map_or(f64::INFINITY, |gamma| gamma.sample(random))
            }
        };
        Poisson::new(mean).map_or(MAX_ARRIVALS, |poisson| {
            let count: f64 = poisson.sample(random);
            (count as u64).min(MAX_ARRIVALS)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::philox::Stream;

    /// Tail probabilities P(N > k), k = 0 to 11, over an even grid of uniforms.
    fn tails(law: CountLaw, multiplier: f64) -> Vec<f64> {
        let n = 200_000;
        let uniform = |i: u32| (f64::from(i) + 0.5) / f64::from(n);
        let mut tails = vec![0.0; 12];
        for i in 0..n {
            let count = law.inverted(multiplier, uniform(i)).expect("small means");
            (0..12).filter(|k| count > *k).for_each(|k| tails[k as usize] += 1.0 / f64::from(n));
        }
        tails
    }

    /// Poisson of mean 1.5: P(N > 0) = 1 − e^(−1.5) = 0.776870, P(N > 1) = 0.442175, P(N > 2) = 0.191153.
    #[test]
    fn a_known_rate_gives_poisson_counts() {
        let tails = tails(CountLaw::new(Frequency::PerYear(0.5), Rates::Drawn, 3.0), 1.0);
        for (found, expected) in tails.iter().zip([0.776_870, 0.442_175, 0.191_153]) {
            assert!((found - expected).abs() < 1e-5, "{found} instead of {expected}");
        }
    }

    /// Gamma(2.5, 4) over a year under a multiplier of 2: odds 0.5, P(0) = (2/3)^2.5 = 0.362887, P(1) = P(0)·2.5/3 = 0.302406,
    /// P(2) = P(1)·3.5/6 = 0.176403.
    #[test]
    fn a_counted_rate_gives_negative_binomial_counts() {
        let counted = Frequency::Counted { events: 2.0, years: 4.0 };
        let tails = tails(CountLaw::new(counted, Rates::Drawn, 1.0), 2.0);
        for (found, expected) in tails.iter().zip([0.637_113, 0.334_707, 0.158_304]) {
            assert!((found - expected).abs() < 1e-5, "{found} instead of {expected}");
        }
        assert_eq!(CountLaw::new(counted, Rates::Mean, 1.0), CountLaw::Poisson { mean: 0.625 });
    }

    /// Both ways of drawing a count agree in mean, within five standard errors.
    #[test]
    fn large_means_are_drawn_from_the_same_law() {
        let law = CountLaw::NegativeBinomial { shape: 4.0, scale: 20.0 };
        assert_eq!(law.inverted(1.0, 0.5), None);
        assert_eq!(law.inverted(1.0, 0.5).or(law.inverted(0.5, 0.4999)), law.inverted(0.5, 0.4999));
        let n = 4_000;
        let counts: Vec<f64> =
            (0..n).map(|trial| law.drawn(1.0, &mut Stream::new(7, trial, 0)) as f64).collect();
        let mean = counts.iter().sum::<f64>() / f64::from(n as u32);
        // Variance of the count: mean + mean²/shape = 80 + 1600.
        assert!((mean - 80.0).abs() < 5.0 * (1680.0 / f64::from(n as u32)).sqrt(), "{mean}");
        assert_eq!(CountLaw::Poisson { mean: 1e300 }.drawn(1.0, &mut Stream::new(7, 0, 0)), MAX_ARRIVALS);
    }
}
