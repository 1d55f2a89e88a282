//! Which pairs a shock would hit, derived by hand in the small world (`world.rs`), and that nobody who is not listed loses.

use multipolar::model::instance::Instance;
use multipolar::study::shocks::{PairEffect, ShockView};

use crate::world::World;

/// Effects with their probabilities on a pair of the first cell.
fn on(instance: &Instance, offer: &str) -> Vec<(PairEffect, f64)> {
    let shock = instance.shocks.iter().find(|s| s.id == "x").unwrap();
    let offer = instance.offer_idx(offer).unwrap();
    let view = ShockView::new(instance, shock);
    view.hits.iter().filter(|h| h.cell == 0 && h.offer == offer).map(|h| (h.effect, h.probability)).collect()
}

fn with(keys: &str) -> Instance {
    World::new()
        .offer("a", "north", "NO", 1.0, "onboarding: 1000d")
        .offer("c", "north", "DE", 1.0, "onboarding: 1000d, hardware: [gpu], hardware_buffer: 30d")
        .shock(&format!("id: x, {keys}, duration: permanent"))
        .load()
}

/// alpha stops: its own offer at once, its closed model at a stranger's after 90 days, the stranger's other offers never.
#[test]
fn a_stop_is_told_with_its_buffers() {
    let instance = with("kind: supplier_exit, supplier: alpha");
    assert_eq!(on(&instance, "a@alpha:DE"), [(PairEffect::Stop { after_days: 0.0 }, 1.0)]);
    assert_eq!(on(&instance, "a@north:NO"), [(PairEffect::Stop { after_days: 90.0 }, 1.0)]);
    assert_eq!(on(&instance, "c@north:DE"), []);
    // beta's model is open: without beta it goes on elsewhere and is stale, at beta itself it stops.
    let instance = with("kind: supplier_exit, supplier: beta");
    assert_eq!(
        on(&instance, "b@beta:FR"),
        [(PairEffect::Stop { after_days: 0.0 }, 1.0), (PairEffect::Stale, 1.0)]
    );
}

/// Chips are cut in DE: an offer that needs them stops after its 30 days and is closed to newcomers, and every offer there
/// costs half more.
#[test]
fn a_cut_is_told_with_what_follows_from_it() {
    let instance = with("kind: chip_control, by: US, on: [DE], price_times: 1.5");
    let price = (PairEffect::PriceTimes(1.5), 1.0);
    let cut = (PairEffect::Cut { after_days: 30.0 }, 1.0);
    assert_eq!(on(&instance, "c@north:DE"), [cut, (PairEffect::NoNew, 1.0), price]);
    assert_eq!(on(&instance, "a@alpha:DE"), [price]);
    assert_eq!(on(&instance, "a@north:NO"), []);
}

/// A ban of `a` for users in SE, whom `w` does not have: its users lose `a` only by collateral. For users in DE they lose it for
/// certain, and collateral adds nothing.
#[test]
fn collateral_is_told_with_its_probability() {
    let ban = |on: &str| {
        with(&format!(
            "kind: export_ban, by: US, on: [{on}], reach: [users], collateral: {{probability: 0.4, of: model}}"
        ))
    };
    assert_eq!(on(&ban("SE"), "a@alpha:DE"), [(PairEffect::Unavailable, 0.4)]);
    assert_eq!(on(&ban("DE"), "a@alpha:DE"), [(PairEffect::Unavailable, 1.0)]);
    assert_eq!(on(&ban("DE"), "c@gamma:SE"), []);
}

/// A developer leaves with 0.3, else it stays and its pairs pay.
#[test]
fn a_withdrawal_is_told_with_both_ends() {
    let instance = with(
        "kind: regulation_shift, by: DE, what: {developer: alpha}, withdrawal_probability: 0.3, price_times: 1.1, \
         one_off_usd_per_workload: 700",
    );
    assert_eq!(
        on(&instance, "a@alpha:DE"),
        [
            (PairEffect::Unavailable, 0.3),
            (PairEffect::PriceTimes(1.1), 0.7),
            (PairEffect::OneOffUsdPerWorkload(700.0), 0.7)
        ]
    );
}

/// Factors of one shock multiply once each: 1.5 written out and 1.2 of crowding are 1.8.
#[test]
fn factors_of_one_shock_are_told_as_one() {
    let instance = with(
        "effects: {price_times: 1.5, where: {developer: alpha}}, crowding: {price_times: 1.2, where: {host: alpha}}",
    );
    let [(PairEffect::PriceTimes(factor), _)] = on(&instance, "a@alpha:DE")[..] else { panic!("one price") };
    assert!((factor - 1.8).abs() < 1e-12);
}

/// How the pair is used: `a` carries all of the cell, `c` stands by.
#[test]
fn the_use_of_a_pair_is_told() {
    let instance = World::new()
        .workload_keys("standby: [{offer: c@gamma:SE, readiness: warm, cover: 1.0}]")
        .shock("id: x, effects: {stale: {}}, duration: permanent")
        .load();
    let view = ShockView::new(&instance, &instance.shocks[0]);
    let of = |offer: &str| {
        let idx = instance.offer_idx(offer).unwrap();
        view.hits.iter().find(|h| h.offer == idx).unwrap().usage
    };
    assert!((of("a@alpha:DE").share - 1.0).abs() < 1e-12 && of("a@alpha:DE").is_used());
    assert!(of("c@gamma:SE").standby.is_some() && of("c@gamma:SE").is_used());
    assert!(!of("b@beta:FR").is_used() && of("b@beta:FR").is_eligible);
}
