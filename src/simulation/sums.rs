//! Reproducible totals: each amount is rounded once to a fixed step, and the steps are added as integers.
//!
//! A total therefore does not depend on how trials are split over threads, chunks or machines (methodology/simulation.md).

/// Steps per USD, and per day of unserved share; the rounding error of the mean is far below a cent.
const STEPS_PER_UNIT: f64 = 1_048_576.0;

/// Totals over trials, by shock and workload.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LossTotals {
    /// `[n_shocks]`: loss by the first shock of the event family, in steps.
    pub loss_by_shock: Vec<i128>,
    /// `[n_shocks]`: the part of it whose family began with an occurrence that does not end by itself, in steps.
    pub lasting_by_shock: Vec<i128>,
    /// `[n_workloads]`: loss, in steps.
    pub loss_by_workload: Vec<i128>,
    /// `[n_workloads]`: unserved share × days, in steps.
    pub unserved_days: Vec<i128>,
    /// Number of trials with more occurrences than one can hold; their losses are too small.
    pub n_truncated: u64,
}

/// Numbers of steps below this are rounded in 64 bits, which is faster.
const SMALL: f64 = 9.0e18;

/// An amount ≥ 0 in steps, rounded to the nearest.
///
/// # Panics
/// When the amount is not finite: losses are sums of finite costs over finite horizons.
#[inline]
fn steps(amount: f64) -> i128 {
    let steps = amount * STEPS_PER_UNIT + 0.5;
    if steps < SMALL {
        return i128::from(steps as i64);
    }
    assert!(steps.is_finite(), "a loss is not finite");
    steps as i128
}

/// The amount of a number of steps.
#[must_use]
pub fn amount(steps: i128) -> f64 {
    steps as f64 / STEPS_PER_UNIT
}

impl LossTotals {
    /// Totals of no trial.
    #[must_use]
    pub fn new(n_shocks: usize, n_workloads: usize) -> Self {
        Self {
            loss_by_shock: vec![0; n_shocks],
            lasting_by_shock: vec![0; n_shocks],
            loss_by_workload: vec![0; n_workloads],
            unserved_days: vec![0; n_workloads],
            n_truncated: 0,
        }
    }

    /// Adds a loss of an event family, USD; `lasts`: whether its first occurrence does not end by itself.
    pub fn add_family(&mut self, shock: usize, usd: f64, lasts: bool) {
        self.loss_by_shock[shock] += steps(usd);
        if lasts {
            self.lasting_by_shock[shock] += steps(usd);
        }
    }

    /// Adds a workload's loss, USD, and its unserved share × days.
    pub fn add_workload(&mut self, workload: usize, usd: f64, unserved_days: f64) {
        self.loss_by_workload[workload] += steps(usd);
        self.unserved_days[workload] += steps(unserved_days);
    }

    /// Adds other totals of the same portfolio.
    pub fn merge(&mut self, other: &Self) {
        self.n_truncated += other.n_truncated;
        let pairs = [
            (&mut self.loss_by_shock, &other.loss_by_shock),
            (&mut self.lasting_by_shock, &other.lasting_by_shock),
            (&mut self.loss_by_workload, &other.loss_by_workload),
            (&mut self.unserved_days, &other.unserved_days),
        ];
        for (own, others) in pairs {
            own.iter_mut().zip(others).for_each(|(own, other)| *own += other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The merged total does not depend on how amounts are divided between two sums, and is exact to a millionth.
        #[test]
        fn order_does_not_matter(amounts in prop::collection::vec((0.0..1e9f64, any::<bool>()), 1..50)) {
            let mut all = LossTotals::new(1, 1);
            let (mut left, mut right) = (LossTotals::new(1, 1), LossTotals::new(1, 1));
            for &(usd, goes_left) in &amounts {
                all.add_workload(0, usd, 0.5);
                (if goes_left { &mut left } else { &mut right }).add_workload(0, usd, 0.5);
            }
            right.merge(&left);
            prop_assert_eq!(&right, &all);
            let exact: f64 = amounts.iter().map(|(usd, _)| usd).sum();
            prop_assert!((amount(all.loss_by_workload[0]) - exact).abs() <= 1e-6 * amounts.len() as f64 + 1e-12 * exact);
        }
    }
}
