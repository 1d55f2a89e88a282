//! Extra cost and one-offs. `w` uses 1.2 mtok a day, `a` costs 1 USD per mtok.

use crate::world::{World, assert_close};

const STOP_ALPHA: &str = "shock: {effects: {stop: {supplier: alpha}}}";

#[track_caller]
fn assert_extra(world: &World, usd: f64) {
    assert_close(world.play().loss.extra_cost_usd, usd);
}

#[track_caller]
fn assert_one_off(world: &World, usd: f64) {
    assert_close(world.play().loss.one_off_usd, usd);
}

/// `b`, as good as `a`, costs 3; `weak`, of lower quality, costs 2.
fn replacements() -> World {
    World::new()
        .with(
            "{model: b, host: beta, regions: [FR], access: api, price: {input_usd_per_mtok: 1, output_usd_per_mtok: 1}",
            "{model: b, host: beta, regions: [FR], access: api, price: {input_usd_per_mtok: 3, output_usd_per_mtok: 3}",
        )
        .with(
            "{model: c, host: gamma, regions: [SE], access: api, price: {input_usd_per_mtok: 1, output_usd_per_mtok: 1}",
            "{model: weak, host: gamma, regions: [SE], access: api, price: {input_usd_per_mtok: 2, output_usd_per_mtok: 2}",
        )
        .event(STOP_ALPHA)
}

/// Displaced demand, served or not, pays the price of the cheapest offer of the same quality: 1.2 × (3 − 1) × 100 = 240 USD.
/// The cheaper `weak` counts only when `b` is not usable: 1.2 × (2 − 1) × 100 = 120. With no usable offer the price is
/// the own one: 0.
#[test]
fn displaced_demand_pays_for_a_model_that_is_as_good() {
    assert_extra(&replacements(), 240.0);
    assert_close(replacements().play().loss.outage_usd, 100_000.0);
    let no_b = replacements().event("shock: {effects: {unavailable: {model: b}}}");
    assert_extra(&no_b, 120.0);
    assert_extra(&no_b.event("shock: {effects: {unavailable: {model: weak}}}"), 0.0);
}

/// p* is the lowest p × F: with `b` at half its price, 1.2 × (1.5 − 1) × 100 = 60. An offer with k = 0 is still usable and
/// counts. An offer that the workload forbids does not: only `weak` is left.
#[test]
fn the_replacement_is_the_cheapest_usable_eligible_offer_at_its_price_of_the_day() {
    let half = "shock: {effects: {price_times: 0.5, where: {model: b}}}";
    assert_extra(&replacements().event(half), 60.0);
    let full = "shock: {effects: {capacity_times: 0, where: {model: b}}}";
    assert_extra(&replacements().event(full), 240.0);
    assert_extra(&replacements().workload_keys("forbid: {model: b}"), 120.0);
}

/// Among offers of lower quality the best counts, not the cheapest: `weak` at 1,300 points for 2, not `poor` at 1,200 for 1.
#[test]
fn with_none_as_good_the_best_of_the_rest_counts() {
    let world = replacements()
        .model("id: poor, name: Poor, developer: gamma, openness: closed, license: own, quality: {general: 1200}")
        .offer("poor", "north", "NO", 1.0, "onboarding: 1000d")
        .event("shock: {effects: {unavailable: {model: b}}}");
    assert_extra(&world, 120.0);
}

fn dearer(factor: &str, when: &str) -> String {
    format!("shock: {{effects: {{price_times: {factor}, where: {{developer: alpha}}}}}}, {when}")
}

/// 1.2 × 1 × (1.5 − 1) × 50 days = 30 USD. A lower price is no gain. Two shocks multiply: 1.2 × (3 − 1) × 50 = 120.
#[test]
fn a_rise_in_price_costs_its_difference() {
    assert_extra(&World::new().event(&dearer("1.5", "duration: 50d")), 30.0);
    assert_extra(&World::new().event(&dearer("0.5", "duration: 50d")), 0.0);
    let two = World::new().event(&dearer("1.5", "duration: 50d")).event(&dearer("2", "duration: 50d"));
    assert_extra(&two, 120.0);
    // Half the price times 1.5 is 0.75 of the price.
    let fall_and_rise =
        World::new().event(&dearer("1.5", "duration: 50d")).event(&dearer("0.5", "duration: 50d"));
    assert_extra(&fall_and_rise, 0.0);
}

/// Days 0 to 20 and 10 to 30 of one shock: 30 days at 1.5 and none at 2.25: 1.2 × 0.5 × 30 = 18 USD.
#[test]
fn one_shock_counts_once_however_many_of_its_occurrences_overlap() {
    let world = World::new()
        .shock("id: rise, effects: {price_times: 1.5, where: {developer: alpha}}, duration: {fixed: 20d}")
        .event("shock: rise, at: 0d")
        .event("shock: rise, at: 10d");
    assert_extra(&world, 18.0);
}

/// Capacity 0.5 and price factor 1.5: κ·p·(F − 1) = 0.25, and the displaced half pays 0.5 × (3 − 1) = 1 more. 1.25 × 1.2 ×
/// 50 days = 75 USD.
#[test]
fn a_squeezed_offer_pays_for_what_it_keeps_and_for_what_it_loses() {
    let world = World::new()
        .with(
            "{model: b, host: beta, regions: [FR], access: api, price: {input_usd_per_mtok: 1, output_usd_per_mtok: 1}",
            "{model: b, host: beta, regions: [FR], access: api, price: {input_usd_per_mtok: 3, output_usd_per_mtok: 3}",
        )
        .workload_keys("forbid: {model: c}")
        .event("shock: {effects: [{capacity_times: 0.5, where: {developer: alpha}}, {price_times: 1.5, where: {developer: alpha}}]}, duration: 50d");
    assert_extra(&world, 75.0);
}

fn switching(at: &str, duration: &str) -> World {
    World::new()
        .with("switch_usd: 0", "switch_usd: 1000")
        .with("recovery_objective: 0d", "recovery_objective: 2d")
        .allocation("{a@alpha:DE: 0.6, b@beta:FR: 0.4}")
        .event(&format!("{STOP_ALPHA}, at: {at}, duration: {duration}"))
}

/// 0.6 × 1,000 USD for moving the share, once its time passes the objective of 2 days: not if the stop ends at that instant,
/// but if it ends an hour later; not if that instant is the horizon, but if it is a day before.
#[test]
fn a_switch_is_paid_if_still_displaced_after_the_objective() {
    assert_one_off(&switching("10d", "48h"), 0.0);
    assert_one_off(&switching("10d", "49h"), 600.0);
    assert_one_off(&switching("98d", "50d"), 0.0);
    assert_one_off(&switching("97d", "50d"), 600.0);
}

/// Each displacement pays: two stops with a day between them cost 1,200 USD, two that touch cost 600.
#[test]
fn each_displacement_pays_its_switch() {
    assert_one_off(&switching("10d", "5d").event(&format!("{STOP_ALPHA}, at: 16d, duration: 5d")), 1_200.0);
    assert_one_off(&switching("10d", "5d").event(&format!("{STOP_ALPHA}, at: 15d, duration: 5d")), 600.0);
}

fn charged(starts: &[&str]) -> World {
    let world = World::new()
        .allocation("{a@alpha:DE: 0.6, b@beta:FR: 0.4}")
        .shock("id: fee, effects: {one_off_usd_per_workload: 5000, where: {developer: alpha}}, duration: {fixed: 20d}");
    starts.iter().fold(world, |world, at| world.event(&format!("shock: fee, at: {at}")))
}

/// 5,000 USD × the share of 0.6 at each onset, unless already active: days 0–20 and 10–30 have one onset, and so have 0–20
/// and 20–40, which touch; day 41 is a second onset.
#[test]
fn a_one_off_is_charged_at_onsets_only() {
    assert_one_off(&charged(&["0d"]), 3_000.0);
    assert_one_off(&charged(&["0d", "10d"]), 3_000.0);
    assert_one_off(&charged(&["0d", "20d"]), 3_000.0);
    assert_one_off(&charged(&["0d", "10d", "41d"]), 6_000.0);
}
