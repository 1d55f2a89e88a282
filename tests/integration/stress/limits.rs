//! Limits that break during a scenario.

use multipolar::limits::crisis::BrokenLimit;

use crate::world::{World, assert_close};

const STOP_ALPHA: &str = "shock: {effects: {stop: {supplier: alpha}}}, at: 3d, duration: 7d";
const STOP_BETA: &str = "shock: {effects: {stop: {supplier: beta}}}, at: 3d, duration: 7d";

fn halves(limit: &str) -> World {
    World::new()
        .allocation("{a@alpha:DE: 0.5, b@beta:FR: 0.5}")
        .portfolio(&format!("limits:\n  - {{id: limit, {limit}}}\n"))
}

fn broken(world: &World) -> Vec<BrokenLimit> {
    world.play().broken_limits
}

/// `expected`: (first day, days, worst value, bound, broken before).
#[track_caller]
fn assert_broken(world: &World, expected: (f64, f64, f64, f64, bool)) {
    let found = broken(world);
    assert_eq!(found.len(), 1, "{found:?}");
    let limit = &found[0];
    assert_eq!((limit.name.as_str(), limit.broken_before), ("limit", expected.4));
    for (found, expected) in [
        (limit.first_day, expected.0),
        (limit.days, expected.1),
        (limit.worst_value, expected.2),
        (limit.bound, expected.3),
    ] {
        assert_close(found, expected);
    }
}

/// Alpha's half is unserved on days 3 to 10, so beta serves everything that is served: share and HHI are 1 with at
/// most 0.6 allowed, there is one developer instead of at least two, and the US share is 0 instead of at least 0.2.
#[test]
fn a_limit_on_shares_is_tested_on_the_served_shares() {
    let limits = [
        ("measure: max_share, of: developer, at_most: 0.6", 1.0, 0.6),
        ("measure: hhi, of: developer, at_most: 0.6", 1.0, 0.6),
        ("measure: distinct, of: developer, at_least: 2", 1.0, 2.0),
        ("measure: share, of: origin, is: US, at_least: 0.2, at_most: 0.8", 0.0, 0.2),
    ];
    for (limit, worst, bound) in limits {
        assert_broken(&halves(limit).event(STOP_ALPHA), (3.0, 7.0, worst, bound, false));
    }
}

/// When nothing is served there are no shares, so no limit on shares breaks.
#[test]
fn without_served_demand_no_limit_on_shares_breaks() {
    let world = halves("measure: max_share, of: developer, at_most: 0.6").event(STOP_ALPHA).event(STOP_BETA);
    assert_eq!(broken(&world), []);
}

/// The hot standby gamma takes over alpha's half. Beta still has its half, so the limit on developers holds; the
/// standby's country, SE, rises from 0 to 0.5 with at most 0.4 allowed.
#[test]
fn shares_include_what_standbys_took_over() {
    let standby = "standby: [{offer: c@gamma:SE, readiness: hot, cover: 0.5}]";
    let halves = |limit: &str| {
        World::new()
            .allocation("{a@alpha:DE: 0.5, b@beta:FR: 0.5}")
            .workload_keys(standby)
            .portfolio(&format!("limits:\n  - {{id: limit, {limit}}}\n"))
            .event(STOP_ALPHA)
    };
    assert_eq!(broken(&halves("measure: max_share, of: developer, at_most: 0.6")), []);
    let share = halves("measure: share, of: origin, is: SE, at_most: 0.4");
    assert_broken(&share, (3.0, 7.0, 0.5, 0.4, false));
}

/// All demand on alpha breaks the limit of 0.6 today, and on the 3 days before and the 90 days after the stop.
#[test]
fn a_limit_that_is_broken_today_is_marked() {
    let world = World::new()
        .portfolio("limits:\n  - {id: limit, measure: max_share, of: developer, at_most: 0.6}\n")
        .event(STOP_ALPHA);
    assert_broken(&world, (0.0, 93.0, 1.0, 0.6, true));
}

/// Both halves are down on days 3 to 10 with a recovery objective of one day, so service is below 0.4 from day 4 on.
/// With 4 days granted, the limit is broken on days 8 to 10; with 6 or more, never. The failure of one supplier
/// leaves half, so the limit is kept today. A limit on one named node does not apply to other events.
#[test]
fn service_must_be_back_within_the_time_that_the_limit_grants() {
    let limit = |loss_of: &str, within: &str| {
        halves(&format!("measure: survives, loss_of: {loss_of}, service_at_least: 0.4, within: {within}"))
            .with("recovery_objective: 0d", "recovery_objective: 1d")
            .event(STOP_ALPHA)
            .event(STOP_BETA)
    };
    assert_broken(&limit("supplier", "4d"), (8.0, 2.0, 0.0, 0.4, false));
    assert_eq!(broken(&limit("supplier", "6d")), []);
    assert_eq!(broken(&limit("{supplier: alpha}", "4d")), []);
}

/// 36.5 mtok a month at 1 USD cost 36.5 USD, and 73 USD while the price is doubled on days 10 to 30.
#[test]
fn the_monthly_cost_uses_the_prices_of_the_crisis() {
    let world = World::new()
        .portfolio("limits:\n  - {id: limit, measure: monthly_cost, at_most_usd: 50}\n")
        .event("shock: {effects: {price_times: 2, where: {developer: alpha}}}, at: 10d, duration: 20d");
    assert_broken(&world, (10.0, 20.0, 73.0, 50.0, false));
}

/// A replica and a hot standby cost 100 USD each. Self-hosted replicas that are unavailable are still paid, and the
/// standby's tokens come on top: 100 + 100 + 36.5. With a self-hosted standby, its replica is already paid: 36.5 +
/// 100 + 100 today, and 36.5 less while it serves.
#[test]
fn idle_replicas_are_still_paid_and_hot_standbys_are_already_paid() {
    let own = "{model: b, host: self, regions: [DE], access: self_hosted, fixed_usd_per_month: 100, \
               capacity_mtok_per_month: 100, onboarding: 1000d, source: report}";
    let world = |primary: &str, standby: &str, at_most: f64, event: &str| {
        World::new()
            .with(
                "{model: c, host: gamma, regions: [SE], access: api, price: {input_usd_per_mtok: 1, \
                 output_usd_per_mtok: 1}, onboarding: 1000d, source: report}",
                own,
            )
            .allocation(&format!("{{{primary}: 1.0}}"))
            .workload_keys(&format!("standby: [{{offer: {standby}, readiness: hot, cover: 1.0}}]"))
            .portfolio(&format!(
                "limits:\n  - {{id: limit, measure: monthly_cost, at_most_usd: {at_most}}}\n"
            ))
            .event(event)
    };
    let idle = "shock: {effects: {unavailable: {model: b}}}, at: 3d, duration: 7d";
    assert_broken(&world("b@self:DE", "a@alpha:DE", 210.0, idle), (3.0, 7.0, 236.5, 210.0, false));
    let before = world("a@alpha:DE", "b@self:DE", 210.0, STOP_ALPHA);
    assert_broken(&before, (0.0, 93.0, 236.5, 210.0, true));
}
