//! Value at risk and related measures on a few losses.

use super::*;
use proptest::prelude::*;

fn one_to(n: u32) -> Vec<f64> {
    // Not sorted, because the measures accept any order.
    (1..=n).rev().map(f64::from).collect()
}

#[test]
fn value_at_risk_is_the_loss_of_that_rank() {
    let losses = one_to(100);
    assert_eq!(value_at_risk(&losses, 0.95), Ok(95.0));
    assert_eq!(value_at_risk(&losses, 0.951), Ok(96.0));
    assert_eq!(value_at_risk(&losses, 0.0), Ok(1.0));
    assert_eq!(value_at_risk(&losses, 0.9999), Ok(100.0));
}

/// 0.29 × 100 rounds to 28.999999999999996 and 0.57 × 100 to 56.99999999999999; 0.07 × 100 to 7.000000000000001.
#[test]
fn the_rank_does_not_depend_on_rounding() {
    for (level, expected) in [(0.07, 7), (0.29, 29), (0.57, 57), (0.9, 90), (0.99, 99)] {
        assert_eq!(rank(100, level), expected);
    }
    assert_eq!(rank(1, 0.0), 1);
    assert_eq!(rank(10_000_000, 0.995), 9_950_000);
}

/// Of 1..100 at 0.95: VaR 95, excesses 1..5 sum to 15, 95 + 15/100/0.05 = 98, the mean of the worst five.
#[test]
fn conditional_value_at_risk_is_the_mean_of_the_tail() {
    assert!((conditional_value_at_risk(&one_to(100), 0.95).unwrap() - 98.0).abs() < 1e-9);
}

/// Of 0, 0, 0, 8 at 0.5: VaR 0, mean excess 2, 0 + 2/0.5 = 4, the mean of the worst two.
/// At 0.9 the tail is a part of the last trial: VaR 8. At 0 the mean: 2.
#[test]
fn the_boundary_trial_is_split() {
    let losses = [0.0, 8.0, 0.0, 0.0];
    assert_eq!(conditional_value_at_risk(&losses, 0.5), Ok(4.0));
    assert_eq!(conditional_value_at_risk(&losses, 0.9), Ok(8.0));
    assert_eq!(conditional_value_at_risk(&losses, 0.0), Ok(2.0));
    // Of 1, 2, 3, 4 at 0.6: the worst 1.6 trials are 4 and 0.6 of 3: 5.8 / 1.6.
    assert!((conditional_value_at_risk(&[1.0, 2.0, 3.0, 4.0], 0.6).unwrap() - 5.8 / 1.6).abs() < 1e-12);
}

#[test]
fn one_trial_has_values_but_no_interval() {
    assert_eq!(value_at_risk_estimate(&[5.0], 0.95), Ok(Estimate { value: 5.0, low: None, high: None }));
    assert_eq!(
        conditional_value_at_risk_estimate(&[5.0], 0.95),
        Ok(Estimate { value: 5.0, low: None, high: None })
    );
    assert_eq!(tail_weights(&[5.0], 0.95), Ok(vec![1.0]));
}

#[test]
fn what_cannot_be_measured_is_refused() {
    assert_eq!(value_at_risk(&[], 0.5), Err(MeasureError::NoTrials));
    assert_eq!(value_at_risk(&[f64::NAN], 0.5), Err(MeasureError::NotFinite));
    assert_eq!(conditional_value_at_risk(&[1.0], 1.0), Err(MeasureError::LevelOutOfRange(1.0)));
    assert_eq!(value_at_risk(&[1.0], -0.1), Err(MeasureError::LevelOutOfRange(-0.1)));
    assert!(matches!(value_at_risk(&[1.0], f64::NAN), Err(MeasureError::LevelOutOfRange(_))));
    assert_eq!(probability_above(&[], 0.0), Err(MeasureError::NoTrials));
}

/// 100 draws at 1/2: P(B ≤ 39) = 0.0176, P(B ≤ 40) = 0.0284, P(B ≤ 59) = 0.9716, P(B ≤ 60) = 0.9824. So the ends of
/// the median are the 40th and the 61st loss, the textbook interval.
#[test]
fn the_interval_of_the_median_of_a_hundred() {
    let estimate = value_at_risk_estimate(&one_to(100), 0.5).unwrap();
    assert_eq!(estimate, Estimate { value: 50.0, low: Some(40.0), high: Some(61.0) });
}

/// A hundred trials do not bound the upper end of the 99.5 % quantile: P(B ≤ 99) = 1 − 0.995^100 = 0.394.
#[test]
fn an_end_beyond_the_trials_is_open() {
    assert_eq!(value_at_risk_estimate(&one_to(100), 0.995).unwrap().high, None);
    assert_eq!(value_at_risk_estimate(&one_to(100), 0.001).unwrap().low, None);
}

/// Of 60 times 0 and 20 times 8 at 0.5 the mean excess is 2 and CVaR 4; the squared deviations sum to 60 × 4 + 20 × 36 =
/// 960, so the error of the mean is √(960 / 79 / 80), times 1.96 / 0.5.
#[test]
fn the_interval_of_the_tail_mean_is_normal() {
    let losses = [vec![0.0; 60], vec![8.0; 20]].concat();
    let estimate = conditional_value_at_risk_estimate(&losses, 0.5).unwrap();
    let half = NORMAL_97_5 * (960.0 / 79.0 / 80.0_f64).sqrt() / 0.5;
    assert!((estimate.high.unwrap() - 4.0 - half).abs() < 1e-12);
    assert!((4.0 - estimate.low.unwrap() - half).abs() < 1e-12);
}

/// One loss of 1,000 in 100 at 0.9: CVaR 100, deviation 100, error 10, half width 196. A loss is not negative, so the low
/// end is 0, not −96.
#[test]
fn the_low_end_of_the_tail_mean_is_not_negative() {
    let losses = [vec![0.0; 99], vec![1000.0]].concat();
    let estimate = conditional_value_at_risk_estimate(&losses, 0.9).unwrap();
    assert_eq!((estimate.value.round(), estimate.low), (100.0, Some(0.0)));
    assert!((estimate.high.unwrap() - 100.0 - 100.0 * NORMAL_97_5).abs() < 1e-9);
}

/// At 0.95, 200 trials leave ten beyond VaR, 199 leave fewer.
#[test]
fn fewer_than_ten_trials_beyond_have_no_interval() {
    let ends = |n: u32| {
        let estimate = conditional_value_at_risk_estimate(&one_to(n), 0.95).unwrap();
        (estimate.low.is_some(), estimate.high.is_some())
    };
    assert_eq!(ends(200), (true, true));
    assert_eq!(ends(199), (false, false));
}

/// Of 1, 2, 2, 2, 3 at 0.6, VaR is 2 and the tail two trials: 3 weighs 1/2, each 2 a third of the rest.
#[test]
fn trials_equal_to_value_at_risk_share_the_rest_of_the_tail() {
    let weights = tail_weights(&[2.0, 1.0, 3.0, 2.0, 2.0], 0.6).unwrap();
    let expected = [1.0 / 6.0, 0.0, 0.5, 1.0 / 6.0, 1.0 / 6.0];
    assert!(weights.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{weights:?}");
}

#[test]
fn a_loss_at_the_threshold_is_not_above_it() {
    assert_eq!(probability_above(&[0.0, 0.005, 1.0, 2.0], 0.005), Ok(0.5));
}

proptest! {
    /// CVaR is at least VaR and the mean, both grow with the level, and the tail weights give CVaR.
    #[test]
    fn the_tail_is_ordered(
        losses in prop::collection::vec(0.0..1e6f64, 1..80), a in 0.0..0.999f64, b in 0.0..0.999f64,
    ) {
        let (low, high) = (a.min(b), a.max(b));
        let var = |p| value_at_risk(&losses, p).unwrap();
        let cvar = |p| conditional_value_at_risk(&losses, p).unwrap();
        let slack = 1e-6;
        prop_assert!(cvar(low) >= var(low) - slack);
        prop_assert!(cvar(low) >= crate::measures::moments::mean(&losses).unwrap() - slack);
        prop_assert!(var(high) >= var(low));
        prop_assert!(cvar(high) >= cvar(low) - slack);
        let weights = tail_weights(&losses, low).unwrap();
        let weighted: f64 = weights.iter().zip(&losses).map(|(w, l)| w * l).sum();
        prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        prop_assert!((weighted - cvar(low)).abs() < slack);
        let estimate = value_at_risk_estimate(&losses, low).unwrap();
        prop_assert!(estimate.low.is_none_or(|x| x <= estimate.value));
        prop_assert!(estimate.high.is_none_or(|x| x >= estimate.value));
    }

    /// Both follow a shift and a change of units.
    #[test]
    fn the_tail_follows_shift_and_scale(
        losses in prop::collection::vec(0.0..1e3f64, 1..40), level in 0.0..0.99f64, by in 0.0..1e3f64, k in 0.1..10.0f64,
    ) {
        let moved: Vec<f64> = losses.iter().map(|l| k * l + by).collect();
        for measure in [value_at_risk, conditional_value_at_risk] {
            let expected = k * measure(&losses, level).unwrap() + by;
            prop_assert!((measure(&moved, level).unwrap() - expected).abs() < 1e-7 * (1.0 + expected));
        }
    }
}
