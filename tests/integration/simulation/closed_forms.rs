//! One shock on the only offer, no tension, recovery objective 0, no notice, no switch: the mean loss is known.
//!
//! The simulation at seed 1 agrees with each closed form within four standard errors, but not with that of a rate 5 % too
//! high: with 60,000 trials the difference is nine standard errors or more.

use multipolar::simulation::draws::Rates;
use multipolar::study::session::Session;
use multipolar::study::simulate::SimulateSettings;

use crate::world::World;

const HORIZON_DAYS: f64 = 365.0;
const USD_PER_DAY: f64 = 1_000.0;
const N_TRIALS: u64 = 60_000;
const PLANTED_ERROR: f64 = 1.05;

/// Mean loss over the horizon, USD, its standard error, and the mean unserved share.
fn simulated(per_year: f64, duration: &str) -> (f64, f64, f64) {
    let instance = World::new()
        .with("horizon: 100d", "horizon: 365d")
        .workload_keys("require: {developer: [alpha]}")
        .shock(&format!(
            "id: exit, effects: {{stop: {{supplier: alpha}}}}, frequency: {{per_year: {per_year}}}, duration: {duration}"
        ))
        .load();
    let session = Session::new(&instance);
    assert_eq!(session.setting.law.eligible.len(), 1, "the cell's only offer");
    let settings = SimulateSettings { n_trials: N_TRIALS, seed: 1, rates: Rates::Drawn };
    let run = session.simulate(&session.current, settings, &|_| ()).unwrap().run;
    let n = run.losses.len() as f64;
    let mean = run.losses.iter().sum::<f64>() / n;
    let variance = run.losses.iter().map(|loss| (loss - mean) * (loss - mean)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt(), run.mean_unserved()[0])
}

/// `expected`: mean loss in USD for a rate per day.
#[track_caller]
fn assert_form(per_year: f64, duration: &str, expected: impl Fn(f64) -> f64) {
    let expected = expected(per_year / HORIZON_DAYS);
    let (mean, error, unserved) = simulated(per_year, duration);
    assert!((mean - expected).abs() < 4.0 * error, "{mean} ± {error} instead of {expected}");
    // With an objective of 0 every unserved day is paid.
    assert!((unserved * HORIZON_DAYS * USD_PER_DAY - mean).abs() < 1e-6 * mean);
    let (mean, error, _) = simulated(PLANTED_ERROR * per_year, duration);
    assert!((mean - expected).abs() > 4.0 * error, "a rate 5 % too high goes unnoticed: {mean} ± {error}");
}

/// v·(H − (1 − e^(−λH))/λ): the rest of the horizon after the first arrival. For λH = 1 that is 365,000/e = 134,275 USD,
/// with a standard deviation of 365,000·√(1 − 2/e − 1/e²) = 131,000, so a standard error of 535; a rate 5 % higher gives
/// 4,750 more.
#[test]
fn a_permanent_shock_costs_what_is_left_of_the_horizon() {
    let closed = |rate: f64| USD_PER_DAY * (HORIZON_DAYS - (1.0 - (-rate * HORIZON_DAYS).exp()) / rate);
    assert!((closed(1.0 / 365.0) - 365_000.0 / std::f64::consts::E).abs() < 1e-6);
    assert_form(1.0, "permanent", closed);
}

/// On day t the offer is up if no shock arrived in the D days before: v·∫ (1 − e^(−λ min(t, D))) dt = v·(D − (1 − e^(−λD))/λ + (H − D)(1 −
/// e^(−λD))). Overlaps count once.
#[test]
fn shocks_of_fixed_duration_cost_the_time_under_at_least_one() {
    let days = 30.0;
    let closed = |rate: f64| {
        let hit = 1.0 - (-rate * days).exp();
        USD_PER_DAY * (days - hit / rate + (HORIZON_DAYS - days) * hit)
    };
    assert_form(4.0, "{fixed: 30d}", closed);
}

/// As above with ∫₀ᵗ P(D > s) ds = E[min(D, t)] in place of min(t, D), for a lognormal with median 20 and p90 60 days, by the
/// midpoint rule.
#[test]
fn shocks_of_lognormal_duration_cost_the_time_under_at_least_one() {
    let sigma = 3.0_f64.ln() / 1.281_551_565_5;
    let step = 0.01;
    let nodes: Vec<(f64, f64)> = (-900..900)
        .map(|at| (f64::from(at) + 0.5) * step)
        .map(|z| (20.0 * (sigma * z).exp(), step * (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt()))
        .collect();
    let mean_until = |t: f64| nodes.iter().map(|(days, weight)| days.min(t) * weight).sum::<f64>();
    let closed = |rate: f64| {
        let days = (0..730).map(|half| (f64::from(half) + 0.5) / 2.0);
        USD_PER_DAY * days.map(|t| 0.5 * (1.0 - (-rate * mean_until(t)).exp())).sum::<f64>()
    };
    assert_form(4.0, "{median: 20d, p90: 60d}", closed);
}

/// A rate from 2 events in 4 years is Gamma(2.5, 4): P(no arrival in a year) = (4/5)^2.5 = 0.5724, so a loss has probability
/// 0.4276, within four standard errors √(p(1 − p)/n) = 0.0020. At the posterior mean 0.625 it is 1 − e^(−0.625) = 0.4647.
#[test]
fn a_counted_rate_is_drawn_from_its_gamma() {
    for (rates, probability) in
        [(Rates::Drawn, 1.0 - 0.8_f64.powf(2.5)), (Rates::Mean, 1.0 - (-0.625_f64).exp())]
    {
        let instance = World::new()
            .with("horizon: 100d", "horizon: 365d")
            .shock("id: exit, effects: {stop: {supplier: alpha}}, frequency: {events: 2, years: 4}, duration: permanent")
            .load();
        let session = Session::new(&instance);
        let settings = SimulateSettings { n_trials: N_TRIALS, seed: 1, rates };
        let summary = session.simulate(&session.current, settings, &|_| ()).unwrap().summary;
        let error = (probability * (1.0 - probability) / N_TRIALS as f64).sqrt();
        let found = summary.probability_of_loss;
        assert!((found - probability).abs() < 4.0 * error, "{rates:?}: {found} instead of {probability}");
    }
}
