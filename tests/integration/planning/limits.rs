//! Every plan keeps its limits and respects its bound; simple cases with known optima.

use multipolar::model::plan::Plan;
use multipolar::planning::outcome::Status;
use multipolar::study::session::Session;

use super::optimized;
use crate::world::{World, assert_close};

/// `a` costs 1, `b` 2, `c` 3 USD per mtok, and there are no shocks.
pub(super) fn calm(allocation: &str) -> World {
    World::new()
        .with(
            "host: beta, regions: [FR], access: api, price: {input_usd_per_mtok: 1,",
            "host: beta, regions: [FR], access: api, price: {input_usd_per_mtok: 2,",
        )
        .with(
            "host: gamma, regions: [SE], access: api, price: {input_usd_per_mtok: 1,",
            "host: gamma, regions: [SE], access: api, price: {input_usd_per_mtok: 3,",
        )
        .allocation(allocation)
}

/// Without shocks all demand goes to the cheapest offer, `a`, without a standby: 1.2 mtok × 1 USD × 100 days = 120 USD.
/// If `a` is forbidden, all goes to `b`: 240 USD.
#[test]
fn without_shocks_the_cheapest_eligible_offer_takes_all() {
    for (keys, cheapest, usd) in [("", "a@alpha:DE", 120.0), ("forbid: {model: a}", "b@beta:FR", 240.0)] {
        let instance = calm("{c@gamma:SE: 1.0}").workload_keys(keys).load();
        let session = Session::new(&instance);
        let found = optimized(&session);
        assert_eq!(found.status, Status::Optimal);
        let plan = &found.plan.as_ref().unwrap().plan;
        assert_close(plan.share(0, instance.offer_idx(cheapest).unwrap()), 1.0);
        assert!(plan.standby[0].is_empty());
        assert!((found.objective_usd - usd).abs() < 1e-6 && found.bound_usd <= found.objective_usd);
        assert!((found.current.objective_usd - 360.0).abs() < 1e-6);
    }
}

/// If all demand is on the cheapest offer already, there is nothing to recommend.
#[test]
fn a_current_allocation_that_cannot_be_beaten_is_kept() {
    let instance = calm("{a@alpha:DE: 1.0}").load();
    let session = Session::new(&instance);
    let found = optimized(&session);
    assert_eq!(found.status, Status::CurrentIsBest);
    assert!((found.objective_usd - 120.0).abs() < 1e-6);
    assert_eq!(found.plan.unwrap().plan, session.current);
}

/// 36.5 mtok cost at least 36.5 USD a month, so a budget of 36 cannot be kept. There are three developers, so four
/// cannot be used, and the largest share is at least a third.
#[test]
fn limits_that_cannot_hold_are_infeasible() {
    for limit in [
        "{measure: monthly_cost, at_most_usd: 36}",
        "{measure: distinct, of: developer, at_least: 4, counting_from: 0.05}",
        "{measure: max_share, of: developer, at_most: 0.3}",
    ] {
        let instance = calm("{c@gamma:SE: 1.0}").portfolio(&format!("limits:\n  - {limit}\n")).load();
        let session = Session::new(&instance);
        let found = optimized(&session);
        assert_eq!(found.status, Status::Infeasible, "{limit}");
        assert!(found.plan.is_none());
    }
}

/// A budget of 37 USD a month allows only `a`; today's allocation costs 109.5.
#[test]
fn a_current_allocation_that_breaks_a_limit_never_wins() {
    let instance =
        calm("{c@gamma:SE: 1.0}").portfolio("limits:\n  - {measure: monthly_cost, at_most_usd: 37}\n").load();
    let session = Session::new(&instance);
    let found = optimized(&session);
    assert!(!found.current_breaks.is_empty() && found.current.objective_usd.is_infinite());
    assert!((found.objective_usd - 120.0).abs() < 1e-6);
}

/// Positive shares by developer, for one workload in one country, where shares by value and by demand are equal.
fn shares(session: &Session<'_>, plan: &Plan) -> Vec<f64> {
    let shares = (0..session.instance.offers.len()).map(|offer| plan.share(0, offer));
    shares.filter(|share| *share > 0.0).collect()
}

/// `a` is cheapest and carries all demand today, so the planner has to act on a limit that `a` alone breaks. `is_kept`
/// tests the plan's shares.
#[track_caller]
fn assert_kept(limit: &str, is_kept: impl Fn(&[f64]) -> bool) {
    let world = calm("{a@alpha:DE: 1.0}")
        .shock("id: alpha_out, effects: {stop: {supplier: alpha}}, frequency: {per_year: 0.5}, duration: {fixed: 1d}")
        .portfolio(&format!("limits:\n  - {limit}\n"));
    let instance = world.load();
    let session = Session::new(&instance);
    let found = optimized(&session);
    assert!(!found.current_breaks.is_empty(), "the limit is kept today, so it says nothing");
    let plan = found.plan.as_ref().unwrap_or_else(|| panic!("{:?}", found.status));
    let shares = shares(&session, &plan.plan);
    assert!(is_kept(&shares), "{shares:?}");
    assert_close(shares.iter().sum(), 1.0);
    assert!(found.bound_usd <= found.objective_usd);
    assert!(session.check(&plan.plan, None, None).limits.iter().all(|l| l.kept == Some(true)));
}

#[test]
fn a_plan_keeps_a_limit_on_the_largest_share() {
    assert_kept("{measure: max_share, of: developer, at_most: 0.5}", |s| s.iter().all(|x| *x <= 0.5 + 1e-9));
    let each = "{measure: max_share, of: developer, at_most: 0.5, scope: each_workload}";
    assert_kept(each, |s| s.iter().all(|x| *x <= 0.5 + 1e-9));
}

/// `a` is from the US, so at most 0.75 may stay on it.
#[test]
fn a_plan_keeps_a_limit_on_a_share() {
    let limit = "{measure: share, of: origin, is: EU, at_least: 0.25}";
    assert_kept(limit, |s| s.len() == 1 || s[0] <= 0.75 + 1e-9);
}

#[test]
fn a_plan_keeps_a_limit_on_the_number_of_developers() {
    let three = |s: &[f64]| s.iter().filter(|x| **x >= 0.1 - 1e-9).count() >= 3;
    assert_kept("{measure: distinct, of: developer, at_least: 3, counting_from: 0.1}", three);
}

/// Halves on `a` and `b` have an HHI of 0.5, so the limit can be kept.
#[test]
fn a_plan_keeps_a_limit_on_hhi() {
    let hhi = |s: &[f64]| s.iter().map(|x| x * x).sum::<f64>() <= 0.5 + 1e-9;
    assert_kept("{measure: hhi, of: developer, at_most: 0.5}", hhi);
}

/// Half of the service has to survive the loss of the US (alpha) at once: by half on another offer, or a hot standby
/// that covers half. Half on `b` costs 1.5 × 1.2 × 100 = 180 USD, a hot standby 100 × 3.29 = 329 USD on top of 120. So
/// the plan moves shares.
#[test]
fn a_plan_keeps_a_survival_limit() {
    let limit = "{measure: survives, loss_of: {jurisdiction: US}, service_at_least: 0.5, within: 0d}";
    assert_kept(limit, |s| s.len() == 1 || s[0] <= 0.5 + 1e-9);
}

/// Without shocks: half on `a` and half on `b` cost 120 × 0.5 + 240 × 0.5 = 180 USD. If 0.6 has to survive the loss of
/// every supplier, at most 0.4 may be on each: 0.4 × 120 + 0.4 × 240 + 0.2 × 360 = 216 USD.
#[test]
fn the_cost_of_a_survival_limit_is_proven() {
    for (of, least, usd) in [("{jurisdiction: US}", 0.5, 180.0), ("supplier", 0.6, 216.0)] {
        let limit = format!("{{measure: survives, loss_of: {of}, service_at_least: {least}, within: 0d}}");
        let instance = calm("{a@alpha:DE: 1.0}").portfolio(&format!("limits:\n  - {limit}\n")).load();
        let session = Session::new(&instance);
        let found = optimized(&session);
        assert!((found.objective_usd - usd).abs() < 1e-3, "{limit}: {}", found.objective_usd);
        assert!(found.bound_usd > usd * (1.0 - 1e-4), "{limit}: bound {}", found.bound_usd);
    }
}

/// A CVaR limit is kept on the plan's trials; with `a` alone some trials would lose 60 days × 1,000 USD.
#[test]
fn a_plan_keeps_a_limit_on_cvar() {
    let world = calm("{a@alpha:DE: 1.0}")
        .shock("id: alpha_out, effects: {stop: {supplier: alpha}}, frequency: {per_year: 1}, duration: {fixed: 60d}")
        .portfolio("limits:\n  - {measure: cvar, confidence_level: 0.95, at_most_usd: 5000}\n");
    let instance = world.load();
    let session = Session::new(&instance);
    let found = optimized(&session);
    assert!(!found.current_breaks.is_empty());
    let plan = found.plan.unwrap();
    assert!(plan.figures.cvar_usd <= 5_000.0 * (1.0 + 1e-9), "{}", plan.figures.cvar_usd);
    assert!(found.bound_usd <= found.objective_usd);
}

/// At most a tenth of demand may move: from `c` to `a` this saves 0.1 × 2 × 1.2 × 100 = 24 of 360 USD.
#[test]
fn a_plan_keeps_the_turnover_limit() {
    let instance = calm("{c@gamma:SE: 1.0}").load();
    let session = Session::new(&instance);
    let settings =
        multipolar::study::session::OptimizeSettings { max_turnover: Some(0.1), ..super::SETTINGS };
    let found = session.optimize(settings, &|_| ()).unwrap();
    assert!((found.objective_usd - 336.0).abs() < 1e-6, "{}", found.objective_usd);
    assert_close(found.plan.unwrap().turnover, 0.1);
}
