//! When an outage starts to cost, and when service has recovered.

use crate::world::{World, assert_close};

/// An outage from day 2 to day 3 with a recovery objective of 8 hours: unserved from day 2, costly from 2 + 8/24,
/// recovered on day 3. The loss is 1,000 × (1 − 8/24).
#[test]
fn outage_cost_starts_where_the_recovery_objective_ends() {
    let world = World::new()
        .with("recovery_objective: 0d", "recovery_objective: 8h")
        .event("shock: {effects: {stop: {supplier: alpha}}}, at: 2d, duration: 1d");
    let outcome = world.play();
    let first_costly_day = outcome.first_outage_cost_day().unwrap();
    assert_close(first_costly_day, 2.0 + 8.0 / 24.0);
    assert_eq!((outcome.first_unserved_day(), outcome.recovered_day()), (Some(2.0), Some(3.0)));
    assert_eq!(outcome.least_service(), (0.0, 2.0));
    assert_close(outcome.loss.total_usd(), 1000.0 * (1.0 - 8.0 / 24.0));
}

/// An outage shorter than the recovery objective costs nothing; one that lasts beyond the horizon never recovers.
#[test]
fn a_short_outage_costs_nothing_and_a_lasting_one_never_recovers() {
    let world = World::new().with("recovery_objective: 0d", "recovery_objective: 2d");
    let short =
        world.clone().event("shock: {effects: {stop: {supplier: alpha}}}, at: 2d, duration: 1d").play();
    assert_eq!((short.first_unserved_day(), short.first_outage_cost_day()), (Some(2.0), None));
    let long = world.event("shock: {effects: {stop: {supplier: alpha}}}, at: 2d, duration: 500d").play();
    assert_eq!((long.first_outage_cost_day(), long.recovered_day()), (Some(4.0), None));
    assert_eq!(long.timeline.iter().map(|i| i.day).collect::<Vec<_>>(), [0.0, 2.0]);
}

/// The first workload recovers on day 20, and the second, on beta, on day 30: all service has recovered on day 30.
#[test]
fn recovery_is_complete_when_the_last_workload_recovers() {
    let second = "  - {id: x, demand: {input_mtok: 1, output_mtok: 0}, users: {FR: 1}, data: internal, \
                  outage_cost_usd_per_day: 3000, recovery_objective: 0d, allocation: {b@beta:FR: 1}}\n";
    let outcome = World::new()
        .portfolio(second)
        .event("shock: {effects: {stop: {supplier: alpha}}}, duration: 20d")
        .event("shock: {effects: {stop: {supplier: beta}}}, at: 10d, duration: 20d")
        .play();
    assert_eq!((outcome.first_unserved_day(), outcome.recovered_day()), (Some(0.0), Some(30.0)));
    // The values are 1 : 3, so service is 3/4 until day 10, 0 until day 20 and 1/4 until day 30.
    let steps: Vec<(f64, f64)> = outcome.timeline.iter().map(|i| (i.day, i.service)).collect();
    assert_eq!(steps, [(0.0, 0.75), (10.0, 0.0), (20.0, 0.25), (30.0, 1.0)]);
}
