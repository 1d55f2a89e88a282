//! Intervals from laws whose quantiles are known.

use super::*;
use crate::measures::quantiles::{beta, gamma};
use crate::model::Provenance;
use crate::model::shock::Action;

fn shock(id: &str, frequency: Frequency, duration: DurationLaw) -> Shock {
    Shock {
        id: id.to_owned(),
        name: None,
        action: Action::Effects(Vec::new()),
        by: None,
        frequency: Some(frequency),
        duration,
        notice_days: 0.0,
        collateral: None,
        tensions: BTreeMap::new(),
        triggers: Vec::new(),
        crowding: None,
        watch: Vec::new(),
        in_force: false,
        each: None,
        template: None,
        provenance: Provenance::default(),
    }
}

fn counted(id: &str, events: f64) -> Shock {
    shock(id, Frequency::Counted { events, years: 2.0 }, DurationLaw::Fixed { days: 1.0 })
}

/// Losses of whole USD by shock: of families that end, and of those that last.
fn totals(losses: &[(f64, f64)]) -> LossTotals {
    let mut sums = LossTotals::new(losses.len(), 0);
    for (at, &(reversed, lasting)) in losses.iter().enumerate() {
        sums.add_family(at, reversed, false);
        sums.add_family(at, lasting, true);
    }
    sums
}

#[track_caller]
fn assert_near(actual: f64, expected: f64, tolerance: f64) {
    assert!((actual - expected).abs() <= tolerance * expected.abs(), "{actual} instead of {expected}");
}

/// A rate that is given leaves no doubt: both ends are the loss.
#[test]
fn a_known_rate_leaves_no_doubt() {
    let known = shock("known", Frequency::PerYear(0.3), DurationLaw::Permanent);
    let doubt = Doubt::of(&[known], &totals(&[(0.0, 500.0)]), 1.0, 1, None);
    assert_near(doubt.low_usd, 500.0, 1e-9);
    assert_near(doubt.high_usd, 500.0, 1e-9);
    assert!(doubt.worth_knowing.is_empty());
}

/// 3.5 events: the loss goes with a Gamma(4) variable over its mean, 4. Its 5 % and 95 % quantiles are 1.366 and 7.754; the
/// 100th of 2,000 draws strays from them by a few percent.
#[test]
fn one_counted_rate_has_the_interval_of_its_posterior() {
    let doubt = Doubt::of(&[counted("one", 3.5)], &totals(&[(1000.0, 0.0)]), 2.0, 7, None);
    assert_near(doubt.low_usd, 2000.0 * gamma(4.0, 4.0, 0.05), 0.06);
    assert_near(doubt.high_usd, 2000.0 * gamma(4.0, 4.0, 0.95), 0.06);
    let [known] = doubt.worth_knowing.as_slice() else { panic!("{:?}", doubt.worth_knowing) };
    assert_near(known.low_usd, 2000.0, 1e-9);
    assert_near(known.high_usd, 2000.0, 1e-9);
}

/// Reversed with probability Beta(8, 8), mean 1/2, and all of the loss from those that last: (1 − q)/(1/2) times it.
#[test]
fn the_doubt_about_reversals_moves_the_branch_that_lasts() {
    let law = DurationLaw::Mixture { events: 7.0, of: 14.0, median_days: 20.0, p90_days: 60.0 };
    let ban = shock("ban", Frequency::PerYear(0.1), law);
    let doubt = Doubt::of(&[ban], &totals(&[(0.0, 1000.0)]), 1.0, 3, None);
    assert_near(doubt.low_usd, 2000.0 * (1.0 - beta(8.0, 8.0, 0.95)), 0.04);
    assert_near(doubt.high_usd, 2000.0 * (1.0 - beta(8.0, 8.0, 0.05)), 0.04);
}

/// Where both branches cost the same, it does not matter which is taken: (q + 1 − q)/½ × ½ of the loss.
#[test]
fn a_reversal_that_makes_no_difference_leaves_no_doubt() {
    let law = DurationLaw::Mixture { events: 7.0, of: 14.0, median_days: 20.0, p90_days: 60.0 };
    let ban = shock("ban", Frequency::PerYear(0.1), law);
    let doubt = Doubt::of(&[ban], &totals(&[(250.0, 250.0)]), 1.0, 3, None);
    assert_near(doubt.low_usd, 500.0, 1e-9);
    assert_near(doubt.high_usd, 500.0, 1e-9);
}

/// Members of a template rise and fall together, so that two of them are one of twice the loss; two shocks of their own
/// partly cancel.
#[test]
fn members_of_a_template_share_their_doubt() {
    let member = |supplier: &str| Shock {
        template: Some("outage".to_owned()),
        ..counted(&format!("outage/{supplier}"), 2.5)
    };
    let both = Doubt::of(&[member("a"), member("b")], &totals(&[(300.0, 0.0), (300.0, 0.0)]), 1.0, 1, None);
    let one = Doubt::of(&[counted("outage", 2.5)], &totals(&[(600.0, 0.0)]), 1.0, 1, None);
    assert_near(both.high_usd, one.high_usd, 1e-9);
    assert_near(both.low_usd, one.low_usd, 1e-9);
    let apart = [counted("a", 2.5), counted("b", 2.5)];
    let apart = Doubt::of(&apart, &totals(&[(300.0, 0.0), (300.0, 0.0)]), 1.0, 1, None);
    assert!(apart.high_usd - apart.low_usd < 0.8 * (both.high_usd - both.low_usd), "{apart:?}");
}

/// The rate that matters most is named first; without it the interval is that of the others.
#[test]
fn the_rate_most_worth_knowing_comes_first() {
    let shocks = [counted("large", 0.0), counted("small", 0.0), counted("tiny", 0.0)];
    let losses = [(1000.0, 0.0), (200.0, 0.0), (0.001, 0.0)];
    let doubt = Doubt::of(&shocks, &totals(&losses), 1.0, 1, None);
    let named: Vec<&str> = doubt.worth_knowing.iter().map(|known| known.shock.as_str()).collect();
    assert_eq!(named, ["large", "small"]);
    let alone = Doubt::of(&shocks[1..], &totals(&losses[1..]), 1.0, 1, None);
    assert_near(doubt.worth_knowing[0].high_usd, 1000.0 + alone.high_usd, 1e-9);
}

/// Neither the order of the shocks nor other shocks move a draw.
#[test]
fn the_order_of_shocks_does_not_matter() {
    let (a, b) = (counted("a", 1.0), counted("b", 5.0));
    let forward = Doubt::of(&[a.clone(), b.clone()], &totals(&[(10.0, 5.0), (20.0, 0.0)]), 1.0, 1, None);
    let backward = Doubt::of(&[b, a], &totals(&[(20.0, 0.0), (10.0, 5.0)]), 1.0, 1, None);
    assert_eq!(forward, backward);
}
