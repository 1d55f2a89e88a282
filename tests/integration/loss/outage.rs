//! Unserved demand and its duration.

use multipolar::model::plan::Plan;
use multipolar::service::cell_model::{CellModel, Roles};
use multipolar::service::disruption::Disruption;
use multipolar::service::routing::Alternative;
use multipolar::service::setting::Setting;
use multipolar::service::trajectory::simulate_cell;
use multipolar::stress::scenario::Script;

use crate::world::{World, assert_close, scenario};

const STOP_ALPHA: &str = "effects: {stop: {supplier: alpha}}";

#[track_caller]
fn assert_outage(world: &World, usd: f64) {
    let loss = world.play().loss;
    assert_close(loss.outage_usd, usd);
    assert_close(loss.total_usd(), usd);
}

/// An event on offers that are not used costs nothing.
#[test]
fn unused_offers_cost_nothing() {
    assert_outage(&World::new().event("shock: {effects: {stop: {supplier: gamma}}}"), 0.0);
}

/// Down from day 10 to day 30 with an objective of 2 days: days 12 to 30 cost 18 × 1,000. Unserved for 20 of 100 days.
#[test]
fn the_first_days_of_a_displacement_up_to_the_objective_are_free() {
    let world = World::new()
        .with("recovery_objective: 0d", "recovery_objective: 2d")
        .event(&format!("shock: {{{STOP_ALPHA}}}, at: 10d, duration: 20d"));
    assert_outage(&world, 18_000.0);
    let w = &world.play().workloads[0];
    assert_close(w.unserved_share, 0.2);
    assert_eq!((w.first_unserved_day, w.recovered_day), (Some(10.0), Some(30.0)));
}

/// 0.6 on `a` is displaced for 50 days; the primary `b` with 0.4 takes over 0.5 × 0.4 = 0.2 at once:
/// 0.4 × 1,000 × 50 = 20,000.
/// With a declared capacity `b` has no surge: 0.6 × 1,000 × 50 = 30,000. With capacity factor 0.9 (κ < 1) it has none
/// either, and its own 0.1 × 0.4 is displaced too, without any surge: 0.64 × 1,000 × 50 = 32,000.
#[test]
fn surge_needs_an_unaffected_primary_without_declared_capacity() {
    let world = World::new()
        .with("surge: 0", "surge: 0.5")
        .allocation("{a@alpha:DE: 0.6, b@beta:FR: 0.4}")
        .event(&format!("shock: {{{STOP_ALPHA}}}, duration: 50d"));
    assert_outage(&world, 20_000.0);
    assert_outage(&world.clone().portfolio("capacity: {b@beta:FR: 100}\n"), 30_000.0);
    let squeezed =
        world.event("shock: {effects: {capacity_times: 0.9, where: {developer: beta}}}, duration: 50d");
    assert_outage(&squeezed, 32_000.0);
}

/// Hot takes 0.3 at once, warm 0.5 from day 7, cold the rest from day 30. Unserved: 0.7 for 7 days and 0.2 for 23 more,
/// 4,900 + 4,600 = 9,500 USD.
#[test]
fn hot_takes_over_first_then_warm_then_cold() {
    let world = World::new()
        .offer("c", "north", "NO", 1.0, "onboarding: 30d")
        .workload_keys("standby: [{offer: b@beta:FR, readiness: hot, cover: 0.3}, {offer: c@gamma:SE, readiness: warm, cover: 0.5}]")
        .event(&format!("shock: {{{STOP_ALPHA}}}"));
    assert_outage(&world, 9_500.0);
    let mut takeovers: Vec<_> = world.play().takeovers.iter().map(|t| (t.by, t.first_day, t.share)).collect();
    takeovers.sort_by_key(|t| t.0);
    let expected =
        [(Alternative::Hot, 0.0, 0.3), (Alternative::Warm, 7.0, 0.5), (Alternative::Cold, 30.0, 0.2)];
    assert_eq!(takeovers.len(), 3);
    for (actual, expected) in takeovers.iter().zip(expected) {
        assert_eq!((actual.0, actual.1), (expected.0, expected.1));
        assert_close(actual.2, expected.2);
    }
}

/// A squeezed standby keeps k × cover, both hot and warm: hot 0.5 × 0.4 = 0.2 and, from day 7, warm 0.5 × 0.6 = 0.3.
/// Unserved 0.8 for 7 days and 0.5 for 93: 5,600 + 46,500 = 52,100 USD.
#[test]
fn a_squeezed_standby_keeps_its_part_of_the_cover() {
    let world = World::new()
        .workload_keys("standby: [{offer: b@beta:FR, readiness: hot, cover: 0.4}, {offer: c@gamma:SE, readiness: warm, cover: 0.6}]")
        .event(&format!("shock: {{{STOP_ALPHA}}}"))
        .event("shock: {effects: {capacity_times: 0.5, where: {developer: [beta, gamma]}}}");
    assert_outage(&world, 52_100.0);
}

fn squeeze_then_stop() -> World {
    World::new()
        .event("shock: {effects: {capacity_times: 0.5, where: {developer: alpha}}}")
        .event(&format!("shock: {{{STOP_ALPHA}}}, at: 50d"))
}

/// The documented example: squeezed to 0.5 on day 0 and stopped on day 50, on day 60 there are two slices of half the
/// share, with 60 and 10 days.
#[test]
fn a_squeeze_and_a_later_stop_make_two_slices() {
    let instance = squeeze_then_stop().load();
    let setting = Setting::new(&instance);
    let script = Script::new(&instance, &scenario(&instance)).unwrap();
    let cell_models = CellModel::all(&setting, &Roles::of_plan(&Plan::current(&instance)), &script.shocks);
    let disruption =
        Disruption::new(&setting.graph, &script.shocks, &script.occurrences, script.horizon_days);
    let trajectory = simulate_cell(&cell_models[0], &disruption);
    let on_day_60 = trajectory.intervals.iter().find(|s| s.start <= 60.0 && 60.0 < s.end).unwrap();
    let slices: Vec<_> = on_day_60.slices.iter().map(|s| (s.amount(), s.time(60.0))).collect();
    assert_eq!(slices, [(0.5, 60.0), (0.5, 10.0)]);
}

/// A cold offer takes 55 days, counted for each slice from its own date. Unserved: 0.5 until day 50, all until day 55; then
/// the first slice is served, and the second waits beyond the horizon: 25,000 + 5,000 + 22,500 = 52,500 USD.
#[test]
fn each_slice_waits_from_its_own_date() {
    let world = squeeze_then_stop().offer("c", "north", "NO", 1.0, "onboarding: 55d");
    assert_outage(&world, 52_500.0);
}

fn noticed(notice: &str) -> World {
    World::new()
        .with("recovery_objective: 0d", "recovery_objective: 3d")
        .workload_keys("standby: [{offer: c@gamma:SE, readiness: warm, cover: 1.0}]")
        .event(&format!("shock: {{{STOP_ALPHA}, notice: {notice}}}, at: 20d"))
}

/// A warm standby takes 7 days from the announcement. With 2 days of notice it is open from day 25, but the objective of
/// 3 days still ends on day 23: 2 × 1,000. Without notice days 23 to 27 are lost, with 5 days of notice nothing is.
#[test]
fn notice_counts_into_elapsed_but_not_into_time() {
    assert_outage(&noticed("2d"), 2_000.0);
    assert_outage(&noticed("0d"), 4_000.0);
    assert_outage(&noticed("5d"), 0.0);
}

/// Two shocks bring the pair down on day 20, with 5 and 2 days of notice: the smallest counts, 2,000 USD as above. A cause
/// counts even if another one hides it (`unavailable` and a stop); one that starts a day later does not.
#[test]
fn of_several_causes_at_one_instant_the_smallest_notice_counts() {
    let order = "shock: {effects: {unavailable: {developer: alpha}}, notice: 2d}";
    assert_outage(&noticed("5d").event(&format!("{order}, at: 20d")), 2_000.0);
    assert_outage(&noticed("5d").event(&format!("{order}, at: 21d")), 0.0);
    let squeeze = "shock: {effects: {capacity_times: 0.9, where: {developer: alpha}}, notice: 2d}, at: 20d";
    assert_outage(&noticed("5d").event(squeeze), 2_000.0);
    let no_squeeze =
        "shock: {effects: {capacity_times: 1.0, where: {developer: alpha}}, notice: 2d}, at: 20d";
    assert_outage(&noticed("5d").event(no_squeeze), 0.0);
}

fn two_stops(second_at: &str) -> World {
    World::new()
        .workload_keys("standby: [{offer: c@gamma:SE, readiness: warm, cover: 1.0, lead: 15d}]")
        .event(&format!("shock: {{{STOP_ALPHA}}}, at: 10d, duration: 10d"))
        .event(&format!("shock: {{effects: {{unavailable: {{developer: alpha}}}}}}, at: {second_at}"))
}

/// Stops on days 10 to 20 and from day 20 are one displacement of day 10: the warm standby of 15 days opens on day 25,
/// 15,000 USD. With a day between them the second displacement waits again: 10 days + days 21 to 36 = 25,000 USD.
#[test]
fn a_stop_that_begins_when_another_ends_keeps_its_date() {
    assert_outage(&two_stops("20d"), 15_000.0);
    assert_outage(&two_stops("21d"), 25_000.0);
}

fn closed_to_new_use(readiness_or_cold: &str, events: &[&str], notice: &str) -> World {
    let world = match readiness_or_cold {
        "warm" => World::new().workload_keys("standby: [{offer: c@gamma:SE, readiness: warm, cover: 1.0}]"),
        _ => World::new().offer("c", "north", "NO", 1.0, "onboarding: 7d"),
    };
    let world = world.event(&format!("shock: {{{STOP_ALPHA}, notice: {notice}}}"));
    events.iter().fold(world, |world, when| {
        world.event(&format!("shock: {{effects: {{no_new: {{developer: gamma}}}}}}, {when}"))
    })
}

/// An alternative of 7 days is ready on day 7. Closed from day 5 it never opens (100,000); closed from day 8 it was open
/// before (7,000); closed from day 5 to 30 it opens on day 30 (30,000), and a second closing on day 40 does not undo that.
/// With a notice of 10 days it was ready before day 0, when nothing was closed: no loss.
#[test]
fn no_new_closes_warm_and_cold_unless_they_were_ready_before() {
    for kind in ["warm", "cold"] {
        for (events, notice, usd) in [
            (&["at: 5d"][..], "0d", 100_000.0),
            (&["at: 8d"], "0d", 7_000.0),
            (&["at: 5d, duration: 25d"], "0d", 30_000.0),
            (&["at: 5d, duration: 25d", "at: 40d"], "0d", 30_000.0),
            (&["at: 0d"], "10d", 0.0),
        ] {
            let world = closed_to_new_use(kind, events, notice);
            let loss = world.play().loss.outage_usd;
            assert!(
                (loss - usd).abs() < 1e-6,
                "{kind}, {events:?}, notice {notice}: {loss} instead of {usd}"
            );
        }
    }
}

/// `no_new` does not affect a hot standby or a running primary: the hot standby serves 0.5 of `a`, and `b` runs on.
#[test]
fn no_new_does_not_affect_hot_standbys_and_primaries() {
    let world = World::new()
        .allocation("{a@alpha:DE: 0.5, b@beta:FR: 0.5}")
        .workload_keys("standby: [{offer: c@gamma:SE, readiness: hot, cover: 0.5}]")
        .event(&format!("shock: {{{STOP_ALPHA}}}, at: 10d"))
        .event("shock: {effects: {no_new: {developer: [beta, gamma]}}}");
    assert_outage(&world, 0.0);
}

fn with_fallback(notice: &str) -> World {
    World::new()
        .with("recovery_objective: 0d", "recovery_objective: 1d")
        .workload_keys("fallback: {after: 10d, usd_per_day: 200}")
        .event(&format!("shock: {{{STOP_ALPHA}, notice: {notice}}}, at: 20d, duration: 40d"))
}

/// Day 20 is free, days 21 to 30 cost 1,000, days 30 to 60 cost 200: 9,000 + 6,000 = 15,000. Four days of notice bring the
/// fallback forward to day 26 (it counts elapsed): 5 × 1,000 + 34 × 200 = 11,800 USD.
#[test]
fn the_fallback_costs_less_from_its_time() {
    assert_outage(&with_fallback("0d"), 15_000.0);
    assert_outage(&with_fallback("4d"), 11_800.0);
}

/// Half is displaced on day 20 and half on day 25; from day 30 the older half is in fallback, from day 35 both. Hot 0.3 serves
/// the younger half first, so U(10) = 0.5 − 0.3 = 0.2 and U = 0.7. Day 21–25: 0.5 − 0.3 = 0.2 × 1,000 × 4 = 800; day
/// 25–26 the new half is within its objective: 0.2 × 1,000 = 200; day 26–30: 0.7 × 1,000 × 4 = 2,800; day 30–35:
/// (0.2 × 1,000 + 0.5 × 200) × 5 = 1,500; day 35–60: 0.7 × 200 × 25 = 3,500. Sum 8,800 USD.
#[test]
fn the_fallback_is_for_those_unserved_the_longest() {
    let world = World::new()
        .with("recovery_objective: 0d", "recovery_objective: 1d")
        .allocation("{a@alpha:DE: 0.5, b@beta:FR: 0.5}")
        .workload_keys("fallback: {after: 10d, usd_per_day: 200}\nstandby: [{offer: c@gamma:SE, readiness: hot, cover: 0.3}]")
        .event(&format!("shock: {{{STOP_ALPHA}}}, at: 20d, duration: 40d"))
        .event("shock: {effects: {stop: {supplier: beta}}}, at: 25d, duration: 35d");
    assert_outage(&world, 8_800.0);
}
