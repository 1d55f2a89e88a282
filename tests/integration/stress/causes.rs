//! Attribution of a loss to events.

use multipolar::stress::outcome::Cause;

use crate::world::{World, assert_close};

fn losses(causes: &[Cause]) -> Vec<(&str, f64, f64)> {
    causes.iter().map(|c| (c.jurisdiction.as_str(), c.loss_usd, c.alone_usd)).collect()
}

#[track_caller]
fn assert_causes(world: &World, expected: &[(&str, f64, f64)]) {
    let outcome = world.play();
    let found = losses(&outcome.causes);
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.0, expected.0);
        assert_close(found.1, expected.1);
        assert_close(found.2, expected.2);
    }
    let sum: f64 = outcome.causes.iter().map(|c| c.loss_usd).sum();
    assert_close(sum, outcome.loss.total_usd());
}

/// Alpha stops on days 0 to 20, and Germany bans it on days 10 to 40. Alone they cost 20,000 and 30,000 USD; together
/// they cost 40 days, 40,000 USD. In proportion: 40,000 × 2/5 = 16,000 and 40,000 × 3/5 = 24,000.
#[test]
fn a_loss_that_two_events_share_is_split_by_what_each_alone_would_cost() {
    let world = World::new()
        .event("shock: {effects: {stop: {supplier: alpha}}}, duration: 20d")
        .event("shock: {kind: market_ban, by: DE, what: {developer: alpha}}, at: 10d, duration: 30d");
    assert_causes(&world, &[("US", 16_000.0, 20_000.0), ("DE", 24_000.0, 30_000.0)]);
    let causes = world.play().causes;
    assert_eq!((causes[0].at_day, causes[0].duration_days), (0.0, Some(20.0)));
    assert_eq!((causes[1].at_day, causes[1].duration_days), (10.0, Some(30.0)));
}

/// With a hot standby of cover 1, each event alone costs nothing; both at once for 10 days cost 10,000 USD, 5,000 each.
#[test]
fn a_loss_that_no_event_alone_would_cause_is_split_equally() {
    let world = World::new()
        .workload_keys("standby: [{offer: b@beta:FR, readiness: hot, cover: 1.0}]")
        .event("shock: {effects: {stop: {supplier: alpha}}}, duration: 10d")
        .event("shock: {effects: {stop: {supplier: beta}}}, duration: 10d");
    assert_causes(&world, &[("US", 5_000.0, 0.0), ("FR", 5_000.0, 0.0)]);
}

/// Alpha has half of the demand and is down on days 0 to 20. This triggers, with probability 0.6, that beta with the
/// other half goes down for good on day 5: 500 × 20 + 500 × 95 = 57,500 USD, all attributed to the first event. A
/// third event with probability 0.4 does not happen.
#[test]
fn the_loss_of_triggered_events_is_attributed_to_the_first() {
    let world = World::new()
        .allocation("{a@alpha:DE: 0.5, b@beta:FR: 0.5}")
        .shock("id: second, effects: {stop: {supplier: beta}}, frequency: {per_year: 1}, duration: permanent")
        .shock("id: third, effects: {stop: {supplier: gamma}}, frequency: {per_year: 1}, duration: permanent")
        .event(
            "shock: {effects: {stop: {supplier: alpha}}, triggers: [{shock: second, probability: 0.6, after: 5d}, \
             {shock: third, probability: 0.4, after: 5d}]}, duration: 20d",
        );
    assert_causes(&world, &[("US", 57_500.0, 57_500.0)]);
    assert_eq!(world.play().causes[0].triggered, ["second"]);
}

/// A shock in force today is already law: in a scenario it has no new effect and is not a cause.
#[test]
fn a_shock_in_force_has_no_new_effect() {
    let world = World::new()
        .shock("id: law, in_force: true, effects: {price_times: 2, where: {developer: alpha}}")
        .event("shock: law");
    assert_causes(&world, &[]);
    assert_close(world.play().loss.total_usd(), 0.0);
}
