//! Which limits break while a scenario lasts.

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

/// (first day, days, worst value, bound, before)
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

/// Alpha's half is unserved on days 3 to 10: all that is served is beta's, share and HHI 1 of at most 0.6, one developer of at
/// least two, and nothing of at least 0.2 is American.
#[test]
fn a_limit_on_shares_is_tested_on_what_serves() {
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

/// When nothing is served there is no share, so no limit on shares breaks.
#[test]
fn what_serves_nobody_breaks_no_share() {
    let world = halves("measure: max_share, of: developer, at_most: 0.6").event(STOP_ALPHA).event(STOP_BETA);
    assert_eq!(broken(&world), []);
}

/// A hot standby takes alpha's half over to gamma: beta still has its half and nothing breaks; on the standby's country, SE, which
/// had nothing, 0.5 of at most 0.4 stands.
#[test]
fn who_took_over_counts() {
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

/// All on alpha breaks 0.6 today, and goes on to while nothing happens to it: 3 days before and 90 after the stop.
#[test]
fn a_limit_that_is_broken_today_is_said_to_be() {
    let world = World::new()
        .portfolio("limits:\n  - {id: limit, measure: max_share, of: developer, at_most: 0.6}\n")
        .event(STOP_ALPHA);
    assert_broken(&world, (0.0, 93.0, 1.0, 0.6, true));
}

/// Both halves are down on days 3 to 10, objective a day: less than 0.4 is served or forgiven from day 4 on. With 4 days granted,
/// that breaks the limit on days 8 to 10; with 6 or more, never. One supplier alone leaves half, so it is kept today.
/// A limit on one named node says nothing about other events.
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

/// 36.5 mtok a month at 1 USD; twice that, 73, while the price is doubled on days 10 to 30.
#[test]
fn the_bill_is_that_of_a_month_at_the_prices_of_the_crisis() {
    let world = World::new()
        .portfolio("limits:\n  - {id: limit, measure: monthly_cost, at_most_usd: 50}\n")
        .event("shock: {effects: {price_times: 2, where: {developer: alpha}}}, at: 10d, duration: 20d");
    assert_broken(&world, (10.0, 20.0, 73.0, 50.0, false));
}

/// One replica costs 100 USD, a hot standby 100. Own machines that may not be used are paid on while the standby's tokens come on
/// top: 100 + 100 + 36.5. The other way round, the standby's machines are paid already: 36.5 + 100 + 100 today, and 36.5 less
/// while they serve.
#[test]
fn own_machines_are_paid_on_and_a_hot_standby_is_paid_already() {
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
