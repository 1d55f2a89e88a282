//! Degenerate portfolios, in which something is missing or zero: the plan is the obvious one, and proven optimal.

use multipolar::model::plan::Plan;
use multipolar::planning::outcome::Status;
use multipolar::study::session::Session;

use super::optimized;
use crate::world::World;

/// The world's `a` at 1 USD per mtok, `b` at 2 and `c` at 3: 100 days of 1.2 mtok a day cost 120, 240 and 360 USD.
fn priced() -> World {
    let price = |host: &str, region: &str, usd: &str| {
        format!("host: {host}, regions: [{region}], access: api, price: {{input_usd_per_mtok: {usd},")
    };
    World::new()
        .with(&price("beta", "FR", "1"), &price("beta", "FR", "2"))
        .with(&price("gamma", "SE", "1"), &price("gamma", "SE", "3"))
}

/// `alpha` fails six times a year for twenty days each, a third of the time.
fn risky() -> World {
    priced().shock(
        "id: alpha_out, effects: {stop: {supplier: alpha}}, frequency: {per_year: 6}, duration: {fixed: 20d}",
    )
}

/// The proven plan and its objective, USD.
#[track_caller]
fn planned(world: &World) -> (Plan, f64) {
    let instance = world.load();
    let session = Session::new(&instance);
    let found = optimized(&session);
    assert!(matches!(found.status, Status::Optimal | Status::CurrentIsBest), "{:?}", found.status);
    assert!(found.gap <= 1e-3 && found.bound_usd <= found.objective_usd * (1.0 + 1e-9), "gap {}", found.gap);
    (found.plan.unwrap().plan, found.objective_usd)
}

#[track_caller]
fn assert_all_on(plan: &Plan, offer: usize) {
    for shares in &plan.allocation {
        assert_eq!(shares.len(), 1, "{shares:?}");
        assert!(shares[0].0 == offer && (shares[0].1 - 1.0).abs() < 1e-9, "{shares:?}");
    }
}

/// Without shocks the plan is the cheapest offer without standbys, and the objective is its cost.
#[test]
fn without_shocks_the_cheapest_offer_is_the_plan() {
    let (plan, usd) = planned(&priced().allocation("{c@gamma:SE: 1.0}"));
    assert_all_on(&plan, 0);
    assert!(plan.standby[0].is_empty());
    assert!((usd - 120.0).abs() < 1e-6, "{usd}");
}

/// If an outage costs nothing, the plan does not pay for safety.
#[test]
fn without_outage_costs_the_cheapest_offer_is_the_plan() {
    let (plan, usd) = planned(&risky().with("outage_cost_usd_per_day: 1000", "outage_cost_usd_per_day: 0"));
    assert_all_on(&plan, 0);
    assert!(plan.standby[0].is_empty() && usd >= 120.0);
}

/// An outage costs 1,000 USD a day, and `b` only 120 USD more over the hundred days, so the plan moves to `b`, which
/// never fails.
#[test]
fn outage_costs_move_the_plan_to_an_offer_that_never_fails() {
    let (plan, usd) = planned(&risky());
    assert_all_on(&plan, 1);
    assert!((usd - 240.0).abs() < 1e-6, "{usd}");
}

/// With no demand prices do not matter, but an outage still costs.
#[test]
fn without_demand_only_the_risk_counts() {
    let (plan, usd) = planned(&risky().with("input_mtok: 36.5", "input_mtok: 0"));
    assert!(plan.share(0, 0) < 1e-9, "{plan:?}");
    assert!(usd.abs() < 1e-6, "{usd}");
}

/// With one eligible offer there is no choice, however large its losses.
#[test]
fn with_one_offer_the_plan_is_todays_allocation() {
    let world = risky().workload_keys("require: {developer: alpha}");
    let (plan, usd) = planned(&world);
    assert_all_on(&plan, 0);
    assert!(plan.standby[0].is_empty() && usd > 120.0, "{plan:?} {usd}");
}

/// A free offer that never fails takes all demand; a free one that fails a third of the time takes none.
#[test]
fn a_free_offer_takes_all_demand_unless_it_fails() {
    let free = |world: World, host: &str, region: &str, was: &str| {
        world.with(
            &format!("host: {host}, regions: [{region}], access: api, price: {{input_usd_per_mtok: {was},"),
            &format!("host: {host}, regions: [{region}], access: api, price: {{input_usd_per_mtok: 0,"),
        )
    };
    let (plan, usd) = planned(&free(risky(), "gamma", "SE", "3"));
    assert_all_on(&plan, 2);
    assert!(usd.abs() < 1e-6, "{usd}");
    // `a` is free and fails a third of the time: 240 USD for `b` are less than the outages cost.
    let (plan, usd) = planned(&free(risky(), "alpha", "DE", "1"));
    assert!(plan.share(0, 0) < 1e-9, "{plan:?}");
    assert!((usd - 240.0).abs() < 1e-6, "{usd}");
}

/// Limits that do not bind leave the plan unchanged.
#[test]
fn slack_limits_do_not_change_the_plan() {
    let limits = "limits:\n  - {measure: monthly_cost, at_most_usd: 1000000}\n  \
                  - {measure: max_share, of: developer, at_most: 1}\n  \
                  - {measure: hhi, of: developer, at_most: 1}\n  \
                  - {measure: average_annual_loss, at_most_usd: 100000000}\n  \
                  - {measure: survives, loss_of: supplier, service_at_least: 0, within: 30d}\n";
    let (free, usd) = planned(&risky());
    let (limited, same) = planned(&risky().portfolio(limits));
    assert_eq!(free, limited);
    assert!((usd - same).abs() < 1e-6, "{usd} {same}");
}
