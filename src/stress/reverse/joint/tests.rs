use std::collections::BTreeMap;

use super::*;
use crate::model::Provenance;
use crate::model::shock::{Action, DurationLaw};

fn tension(id: &str, sigma: f64) -> Tension {
    Tension { id: id.to_owned(), sigma, provenance: Provenance::default() }
}

fn shock(per_year: f64, tensions: &[(&str, f64)]) -> Shock {
    Shock {
        frequency: Some(Frequency::PerYear(per_year)),
        tensions: tensions.iter().map(|(id, beta)| ((*id).to_owned(), *beta)).collect::<BTreeMap<_, _>>(),
        id: "s".to_owned(),
        name: None,
        action: Action::Effects(Vec::new()),
        by: None,
        duration: DurationLaw::Permanent,
        notice_days: 0.0,
        collateral: None,
        triggers: Vec::new(),
        crowding: None,
        watch: Vec::new(),
        in_force: false,
        each: None,
        template: None,
        provenance: Provenance::default(),
    }
}

fn joint(shocks: &[Shock], tensions: &[Tension]) -> f64 {
    let shocks: Vec<&Shock> = shocks.iter().collect();
    let all: Vec<usize> = (0..shocks.len()).collect();
    JointProbability::new(&shocks, tensions).of(&all)
}

/// The mean of f(Z) by the midpoint rule from −9 to 9, 20,000 steps.
fn fine(f: impl Fn(f64) -> f64) -> f64 {
    let step = 18.0 / 20_000.0;
    let density = |z: f64| (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    (0..20_000).map(|n| -9.0 + (f64::from(n) + 0.5) * step).map(|z| step * density(z) * f(z)).sum()
}

/// A year's probability at a rate that a tension moves by e^(sz − s²/2).
fn at(rate: f64, s: f64, z: f64) -> f64 {
    1.0 - (-rate * (s * z - 0.5 * s * s).exp()).exp()
}

#[track_caller]
fn assert_near(actual: f64, expected: f64) {
    assert!((actual / expected - 1.0).abs() < 1e-7, "{actual} instead of {expected}");
}

/// Without tensions: (1 − e^−0.1)(1 − e^−0.5) = 0.0951626 × 0.3934693.
#[test]
fn independent_shocks_multiply() {
    let both = joint(&[shock(0.1, &[]), shock(0.5, &[])], &[]);
    assert_near(both, 0.095_162_581_964 * 0.393_469_340_287);
}

/// One tension under both, in the same and in opposite directions.
#[test]
fn a_shared_tension_makes_shocks_come_together() {
    let tensions = [tension("t", 0.8)];
    let together = joint(&[shock(0.1, &[("t", 1.0)]), shock(0.05, &[("t", 0.5)])], &tensions);
    assert_near(together, fine(|z| at(0.1, 0.8, z) * at(0.05, 0.4, z)));
    let apart = joint(&[shock(0.1, &[("t", 1.0)]), shock(0.05, &[("t", -0.5)])], &tensions);
    assert_near(apart, fine(|z| at(0.1, 0.8, z) * at(0.05, -0.4, z)));
    let alone = fine(|z| at(0.1, 0.8, z)) * fine(|z| at(0.05, 0.4, z));
    assert!(together > alone && alone > apart, "{together} {alone} {apart}");
}

/// What is not shared is integrated for each shock alone.
#[test]
fn own_tensions_stay_with_their_shock() {
    let tensions = [tension("t", 0.7), tension("u", 0.5), tension("v", 0.9)];
    let shocks = [shock(0.2, &[("t", 1.0), ("u", 1.0)]), shock(0.3, &[("t", 0.5), ("v", -1.0)])];
    let first = |z: f64| fine(|u| 1.0 - (-0.2 * (0.7 * z + 0.5 * u - 0.5 * (0.49 + 0.25)).exp()).exp());
    let second = |z: f64| fine(|v| 1.0 - (-0.3 * (0.35 * z - 0.9 * v - 0.5 * (0.1225 + 0.81)).exp()).exp());
    // 16 nodes outside, a fine rule inside: the product is smooth.
    let rule = HermiteRule::new(16);
    let outer = rule.nodes.iter().zip(&rule.weights);
    assert_near(joint(&shocks, &tensions), outer.map(|(z, w)| w * first(*z) * second(*z)).sum());
}

/// Four tensions with equal loadings are one tension of twice the loading.
#[test]
fn many_shared_tensions_are_as_one() {
    let many: Vec<Tension> = ["a", "b", "c", "d"].iter().map(|id| tension(id, 0.4)).collect();
    let on = |beta: f64| [("a", beta), ("b", beta), ("c", beta), ("d", beta)];
    let spread = joint(&[shock(0.1, &on(1.0)), shock(0.2, &on(0.5))], &many);
    let one = [tension("t", 0.8)];
    assert_near(spread, joint(&[shock(0.1, &[("t", 1.0)]), shock(0.2, &[("t", 0.5)])], &one));
}

/// The same numbers under other names are the same probability, to the last bit.
#[test]
fn names_do_not_change_a_probability() {
    let tensions = [tension("t", 0.8)];
    let (a, b, c) = (shock(0.1, &[("t", 1.0)]), shock(0.07, &[("t", 0.3)]), shock(0.013, &[]));
    let one = joint(&[a.clone(), b.clone(), c.clone()], &tensions);
    for other in [[&c, &a, &b], [&b, &c, &a], [&c, &b, &a]] {
        assert_eq!(joint(&other.map(Clone::clone), &tensions).to_bits(), one.to_bits());
    }
}
