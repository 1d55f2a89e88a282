//! What contracts, change and capability cost, term by term, by hand (methodology/change.md).
//!
//! The world's workload uses 36.5 mtok a month at 1 USD on `a` at `alpha`, all of it today. 100 days are 1,200/365 months.

use multipolar::costs::planned::{PlannedCost, entry_usd};
use multipolar::limits::sizes::{Size, broken_sizes};
use multipolar::model::contract::ContractStatus;
use multipolar::model::instance::{Instance, Standby};
use multipolar::model::plan::Plan;
use multipolar::model::portfolio::Readiness;
use multipolar::service::setting::Setting;
use multipolar::study::if_signed::{signed, with_share};
use multipolar::study::session::Session;

use crate::world::{World, assert_close};

const MONTHS: f64 = 1_200.0 / 365.0;

fn shares(instance: &Instance, shares: &[(&str, f64)]) -> Plan {
    let mut own: Vec<(usize, f64)> =
        shares.iter().map(|(id, share)| (instance.offer_idx(id).unwrap(), *share)).collect();
    own.sort_by_key(|share| share.0);
    Plan { allocation: vec![own], standby: vec![Vec::new()] }
}

fn standing_by(mut plan: Plan, instance: &Instance, id: &str) -> Plan {
    let offer = instance.offer_idx(id).unwrap();
    plan.standby[0].push(Standby { offer, readiness: Readiness::Warm, cover: 1.0, lead_days: 7.0 });
    plan
}

fn cost(world: &World, plan: impl Fn(&Instance) -> Plan) -> PlannedCost {
    let instance = world.load();
    Setting::new(&instance).planned_cost(&plan(&instance))
}

/// Adds keys to the workload.
fn keys(world: World, lines: &str) -> World {
    world.with("    data: internal\n", &format!("    data: internal\n    {lines}\n"))
}

const A: &str = "a@alpha:DE";
const B: &str = "b@beta:FR";

fn all_on_a(instance: &Instance) -> Plan {
    shares(instance, &[(A, 1.0)])
}

fn all_on_b(instance: &Instance) -> Plan {
    shares(instance, &[(B, 1.0)])
}

/// 36.5 × 0.75; a quotation counts as well.
#[test]
fn a_discount_lowers_the_price_of_every_api_offer_of_the_host() {
    let world = World::new().portfolio("contracts: [{host: alpha, discount: 0.25}]\n");
    assert_close(cost(&world, all_on_a).monthly.total_usd(), 27.375);
    let world = World::new().portfolio("contracts: [{host: beta, status: offered, discount: 0.5}]\n");
    assert_close(cost(&world, all_on_b).monthly.tokens_usd, 18.25);
}

/// 1,200 a year are 100 a month, also for a host that only stands by; 600 a year for one without a contract.
#[test]
fn a_used_host_costs_its_fixed_fee() {
    let world = World::new()
        .portfolio("contracts: [{host: beta, status: offered, fixed_usd_per_year: 1200}]\n")
        .with("qualify_host_usd: 0", "qualify_host_usd: 0, host_fixed_usd_per_year: 600");
    assert_close(cost(&world, all_on_a).monthly.fixed_usd, 50.0);
    assert_close(cost(&world, all_on_b).monthly.fixed_usd, 100.0);
    let both = cost(&world, |instance| standing_by(all_on_a(instance), instance, B));
    assert_close(both.monthly.fixed_usd, 150.0);
    assert_close(both.monthly.total_usd(), 36.5 + 150.0 + 10.0);
}

/// 50 less 36.5 of tokens; nothing where the host is not used.
#[test]
fn a_minimum_is_topped_up_while_the_host_is_used() {
    let world = World::new().portfolio("contracts: [{host: alpha, minimum_usd_per_month: 50}]\n");
    assert_close(cost(&world, all_on_a).monthly.minimum_usd, 13.5);
    assert_close(cost(&world, all_on_b).monthly.minimum_usd, 0.0);
}

/// 1,000 within 200 days: 500 are due within the horizon, 120 are spent. Within 50 days: all is due, 60 are spent.
#[test]
fn a_commitment_that_is_not_spent_is_paid() {
    let contract = |keys: &str| World::new().portfolio(&format!("contracts: [{{host: alpha, {keys}}}]\n"));
    let slow = contract("commitment: {usd: 1000, within: 200d}");
    assert_close(cost(&slow, all_on_a).shortfall_usd(), 380.0);
    // Signed: due whether or not the host is used.
    assert_close(cost(&slow, all_on_b).shortfall_usd(), 500.0);
    let fast = contract("commitment: {usd: 1000, within: 50d}");
    assert_close(cost(&fast, all_on_a).shortfall_usd(), 940.0);
    let offered = World::new()
        .portfolio("contracts: [{host: beta, status: offered, commitment: {usd: 1000, within: 200d}}]\n");
    assert_close(cost(&offered, all_on_a).shortfall_usd(), 0.0);
    assert_close(cost(&offered, all_on_b).shortfall_usd(), 380.0);
}

/// A model and a host that are new: 300 + 500, of which 100 of 200 days bear a half. A standby needs both too.
#[test]
fn new_models_and_hosts_are_qualified_once() {
    let world = World::new().with(
        "qualify_model_usd: 0, qualify_host_usd: 0",
        "qualify_model_usd: 300, qualify_host_usd: 500, spread_over: 200d",
    );
    assert_close(cost(&world, all_on_a).change_usd(), 0.0);
    let moved = cost(&world, all_on_b);
    assert_close(moved.change_usd(), 800.0);
    assert_close(moved.over_horizon_usd(), 36.5 * MONTHS + 400.0);
    assert_eq!(moved.qualify.len(), 1);
    assert_close(cost(&world, |i| standing_by(all_on_a(i), i, B)).change_usd(), 800.0);
    // A host under contract is known, a workload may have its own price, and a horizon longer than the spread bears all.
    let known = keys(world.portfolio("contracts: [{host: beta}]\n"), "change: {qualify_model_usd: 40}");
    assert_close(cost(&known, all_on_b).change_usd(), 40.0);
    let long = known.with("spread_over: 200d", "spread_over: 10d");
    assert_close(cost(&long, all_on_b).change_in_horizon_usd(), 40.0);
}

/// What the shortlist expects of a first use is what a plan is charged: 300 and 500 once, of which the horizon bears half,
/// and 1,200 a year of fees.
#[test]
fn a_first_use_is_expected_at_what_it_costs() {
    let world = World::new().with(
        "qualify_model_usd: 0, qualify_host_usd: 0",
        "qualify_model_usd: 300, qualify_host_usd: 500, host_fixed_usd_per_year: 1200, spread_over: 200d",
    );
    let instance = world.load();
    let setting = Setting::new(&instance);
    let entry = |id: &str| entry_usd(&instance, &setting.known, 0, instance.offer_idx(id).unwrap());
    assert_close(entry(A), 0.0);
    assert_close(entry(B), 400.0 + 100.0 * MONTHS);
}

/// 70 for leaving `alpha`; nothing for a contract with a host that is not used today.
#[test]
fn leaving_a_signed_host_costs_its_exit_fee() {
    let world =
        World::new().portfolio("contracts: [{host: alpha, exit_usd: 70}, {host: gamma, exit_usd: 900}]\n");
    assert_close(cost(&world, all_on_a).change_usd(), 0.0);
    assert_close(cost(&world, all_on_b).change_usd(), 70.0);
    assert_close(cost(&world, |i| standing_by(all_on_b(i), i, A)).change_usd(), 0.0);
}

/// 2 USD a point and month: 100 points lost on `weak` cost 200 a month. An unrated model counts as the floor of 1,350.
#[test]
fn capability_has_a_price() {
    let world = World::new().offer("weak", "gamma", "SE", 1.0, "onboarding: 1000d");
    let world = keys(world, "quality_usd_per_point_per_month: 2");
    let weak = cost(&world, |i| shares(i, &[("weak@gamma:SE", 1.0)]));
    assert_close(weak.quality_usd, 200.0 * MONTHS);
    assert_close(
        cost(&world, |i| shares(i, &[(A, 0.5), ("weak@gamma:SE", 0.5)])).quality_usd,
        100.0 * MONTHS,
    );
    let unrated = World::new().with(
        "quality: {general: 1400}, source: report}\n  - {id: d,",
        "quality: {}, source: report}\n  - {id: d,",
    );
    let unrated =
        keys(unrated, "quality_usd_per_point_per_month: 2\n    min_quality: 1350\n    accept_unrated: true");
    assert_close(cost(&unrated, |i| shares(i, &[("c@gamma:SE", 1.0)])).quality_usd, 100.0 * MONTHS);
}

/// Every term at once. `b` at 0.8: 29.2 of tokens; fixed 100; minimum 50 − 29.2; commitment 500 − 96; half of 300 + 500
/// + 70; no point lost.
#[test]
fn the_terms_add_up() {
    let world = World::new()
        .with("qualify_model_usd: 0, qualify_host_usd: 0", "qualify_model_usd: 300, qualify_host_usd: 500, spread_over: 200d")
        .portfolio(
            "contracts:\n  - {host: alpha, exit_usd: 70, fixed_usd_per_year: 77}\n  - {host: beta, status: offered, discount: 0.2, \
             fixed_usd_per_year: 1200, minimum_usd_per_month: 50, commitment: {usd: 1000, within: 200d}}\n",
        );
    let world = keys(world, "quality_usd_per_point_per_month: 2");
    let found = cost(&world, all_on_b);
    assert_close(found.monthly.total_usd(), 29.2 + 100.0 + 20.8);
    assert_close(found.shortfall_usd(), 404.0);
    assert_close(found.over_horizon_usd(), 150.0 * MONTHS + 404.0 + 435.0);
}

/// Today's share of 0.05 on `b` may stay or grow, but a new one has to reach 0.1; two pairs of model and host at most.
#[test]
fn sizes_bind_plans_and_not_today() {
    let world = World::new()
        .allocation("{a@alpha:DE: 0.95, b@beta:FR: 0.05}")
        .with("smallest_share: 0, most_offers: none", "smallest_share: 0.1, most_offers: 2")
        .with("keep_quality: none", "keep_quality: 30")
        .offer("weak", "gamma", "SE", 1.0, "onboarding: 1000d");
    let instance = world.load();
    let setting = Setting::new(&instance);
    let broken = |list: &[(&str, f64)]| -> Vec<Size> {
        broken_sizes(&setting, &shares(&instance, list)).into_iter().map(|broken| broken.1).collect()
    };
    assert_eq!(broken_sizes(&setting, &Plan::current(&instance)), []);
    assert_eq!(broken(&[(A, 0.93), (B, 0.07)]), []);
    assert_eq!(broken(&[(A, 0.96), (B, 0.04)]), [Size::SmallestShare]);
    assert_eq!(broken(&[(A, 0.95), ("c@gamma:SE", 0.05)]), [Size::SmallestShare]);
    assert_eq!(broken(&[(A, 0.5), (B, 0.3), ("c@gamma:SE", 0.2)]), [Size::MostOffers]);
    assert_eq!(broken(&[(A, 0.7), ("weak@gamma:SE", 0.3)]), []);
    assert_eq!(broken(&[(A, 0.69), ("weak@gamma:SE", 0.31)]), [Size::KeepQuality]);
}

/// Beta has made an offer. The smallest share is 0.1, and `a` keeps the rest; with 0.25 it keeps 0.75. The
/// contract then counts as signed, and leads stay as they are.
#[test]
fn an_offer_that_is_signed_takes_its_share() {
    let world = World::new()
        .with("routing: {smallest_share: 0, most_offers: none}", "routing: {smallest_share: 0.1}")
        .portfolio("contracts: [{host: beta, status: offered, fixed_usd_per_year: 1200}]\n");
    let instance = world.load();
    let offer = instance.offer_idx(B).unwrap();
    let after = signed(&instance, offer);
    assert_eq!(after.portfolio.contracts[0].status, ContractStatus::Signed);
    assert_eq!(after.cold_lead_days(0, offer), instance.cold_lead_days(0, offer));
    let session = Session::new(&after);
    for (given, expected) in [(None, 0.1), (Some(0.25), 0.25)] {
        let (plan, cells) = with_share(&session, offer, given);
        assert_eq!(cells, [0]);
        assert_close(plan.share(0, offer), expected);
        assert_close(plan.share(0, instance.offer_idx(A).unwrap()), 1.0 - expected);
        // 36.5 mtok at 1 USD from either, and the fee of 1,200 USD a year.
        assert_close(session.setting.planned_cost(&plan).monthly.total_usd(), 36.5 + 100.0);
    }
}
