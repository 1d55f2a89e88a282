//! Scope of each kind of rule, market event and accident, and of law in force.
//!
//! `w` uses 1.2 mtok a day at 1 USD, so a price factor of 1.5 costs 1.2 × 0.5 × 100 = 60 USD over the 100 days.

use crate::world::{World, assert_close};
use multipolar::study::session::Session;

const STOP_ALPHA: &str = "shock: {effects: {stop: {supplier: alpha}}}";

/// Asserts a loss of 1,000 USD for each of `days` days on which the workload is unserved.
#[track_caller]
fn assert_days_down(world: &World, days: f64) {
    assert_close(world.play().loss.outage_usd, 1_000.0 * days);
}

/// Asserts an extra cost of `usd` and no outage.
#[track_caller]
fn assert_dearer(world: &World, usd: f64) {
    let loss = world.play().loss;
    assert_close(loss.outage_usd, 0.0);
    assert_close(loss.extra_cost_usd, usd);
}

fn on(model: &str, host: &str, region: &str) -> World {
    World::new()
        .offer(model, host, region, 1.0, "onboarding: 1000d")
        .allocation(&format!("{{'{model}@{host}:{region}': 1.0}}"))
}

fn hit(world: World, keys: &str) -> World {
    world.event(&format!("shock: {{{keys}}}"))
}

/// alpha's own offer stops with it; `child`, which it controls, does not. An unrelated host of its closed model goes on for
/// 90 days. The host `cloud` has no primary.
#[test]
fn a_supplier_exit_stops_the_supplier_but_not_its_children() {
    let exit = |supplier: &str| format!("kind: supplier_exit, supplier: {supplier}");
    assert_days_down(&hit(World::new(), &exit("alpha")), 100.0);
    assert_days_down(&hit(World::new(), &exit("cloud")), 0.0);
    assert_days_down(&hit(on("e", "child", "DE"), &exit("alpha")), 0.0);
    assert_days_down(&hit(on("a", "north", "NO"), &exit("alpha")), 10.0);
}

/// An outage stops the sites of a host, its sites in a region, or every site in a region; a site in the bloc EU only if all
/// members are included. It does not stop developers: alpha's closed model goes on at `north`.
#[test]
fn an_outage_stops_sites() {
    for (what, days) in [
        ("host: north", 100.0),
        ("host: north, region: ['NO']", 100.0),
        ("host: north, region: [DE]", 0.0),
        ("region: ['NO']", 100.0),
        ("region: [EU]", 0.0),
        ("host: alpha", 0.0),
    ] {
        assert_days_down(&hit(on("a", "north", "NO"), &format!("kind: outage, {what}")), days);
    }
    for (region, days) in [("[DE]", 0.0), ("[DE, FR, SE]", 100.0), ("[EU]", 100.0)] {
        assert_days_down(&hit(on("b", "beta", "EU"), &format!("kind: outage, region: {region}")), days);
    }
}

/// Users in DE with internal data need an allowed region, by default DE; a site in the bloc EU is in none of its members.
/// Other data and other users are not affected.
#[test]
fn data_localization_asks_for_an_allowed_region() {
    let order = |keys: &str| format!("kind: data_localization, {keys}");
    let at_home = order("by: DE, data: [internal, personal]");
    assert_days_down(&hit(World::new(), &at_home), 0.0);
    assert_days_down(&hit(on("c", "north", "NO"), &at_home), 100.0);
    assert_days_down(&hit(on("b", "beta", "EU"), &at_home), 100.0);
    for (keys, days) in [
        ("by: DE, data: internal, hosting_allowed: [DE, 'NO']", 0.0),
        ("by: DE, data: internal, hosting_allowed: [EU]", 100.0),
        ("by: EU, data: internal, hosting_allowed: [EU]", 100.0),
        ("by: DE, data: personal", 0.0),
        ("by: FR, data: internal", 0.0),
    ] {
        assert_days_down(&hit(on("c", "north", "NO"), &order(keys)), days);
    }
    assert_days_down(
        &hit(on("b", "beta", "EU"), &order("by: DE, data: internal, hosting_allowed: [EU]")),
        0.0,
    );
}

fn on_chips() -> World {
    World::new()
        .offer("c", "north", "DE", 1.0, "onboarding: 1000d, hardware: [gpu], hardware_buffer: 30d")
        .allocation("{c@north:DE: 1.0}")
}

/// The chips' vendor is under US: an offer in DE loses them and stops after its 30 days, so 70 days are lost. Until then the
/// price factor of 1.5 costs 1.2 × 0.5 × 30 = 18 USD, and nothing afterwards, because `b` in FR still costs 1. No chips are
/// under FR, so its control only raises the price: 60 USD.
#[test]
fn a_chip_control_cuts_hardware_and_raises_prices_there() {
    let control = |by: &str, on: &str| format!("kind: chip_control, by: {by}, on: [{on}], price_times: 1.5");
    let loss = hit(on_chips(), &control("US", "DE")).play().loss;
    assert_close(loss.outage_usd, 70_000.0);
    assert_close(loss.extra_cost_usd, 18.0);
    assert_dearer(&hit(on_chips(), &control("US", "FR")), 0.0);
    assert_dearer(&hit(on_chips(), &control("FR", "DE")), 60.0);
    // A country that controls the export of the chips has the same effect as the vendor's country.
    let controlled = on_chips().with("vendor: chips, needs:", "vendor: chips, controlled_by: [FR], needs:");
    assert_days_down(&hit(controlled, &control("FR", "DE")), 70.0);
}

/// `d`, self-hosted in DE, is a warm standby of 7 days for alpha.
fn with_own_machines() -> World {
    World::new()
        .with(
            "{model: c, host: gamma, regions: [SE], access: api, price: {input_usd_per_mtok: 1, output_usd_per_mtok: 1}, \
             onboarding: 1000d",
            "{model: d, host: self, regions: [DE], access: self_hosted, fixed_usd_per_month: 100, capacity_mtok_per_month: \
             1000, onboarding: 1000d",
        )
        .workload_keys("standby: [{offer: d@self:DE, readiness: warm, cover: 1.0}]")
        .event(STOP_ALPHA)
}

/// Under chip control no new self-hosting starts: the standby, which else opens after 7 days, never opens, or only when the
/// control ends on day 20. Control of another country does not affect it.
#[test]
fn a_chip_control_lets_nothing_be_newly_self_hosted() {
    assert_days_down(&with_own_machines(), 7.0);
    assert_days_down(&hit(with_own_machines(), "kind: chip_control, by: US, on: [DE]"), 100.0);
    let ends = with_own_machines().event("shock: {kind: chip_control, by: US, on: [DE]}, duration: 20d");
    assert_days_down(&ends, 20.0);
    assert_days_down(&hit(with_own_machines(), "kind: chip_control, by: US, on: [FR]"), 7.0);
}

/// A sanction closes the chips of the listed suppliers to new use: a warm standby of 7 days on them never opens.
#[test]
fn a_sanction_closes_the_hardware_of_the_listed() {
    let world = || {
        World::new()
            .offer("c", "north", "DE", 1.0, "onboarding: 1000d, hardware: [gpu]")
            .workload_keys("standby: [{offer: c@north:DE, readiness: warm, cover: 1.0}]")
            .event(STOP_ALPHA)
    };
    assert_days_down(&hit(world(), "kind: sanction, by: DE, suppliers: [fab]"), 7.0);
    assert_days_down(&hit(world(), "kind: sanction, by: DE, suppliers: [chips]"), 100.0);
}

/// Users in DE pay more on hosts under US, also through parents, but not on other hosts.
#[test]
fn a_tariff_raises_prices_on_hosts_of_an_origin() {
    let tariff = |by: &str, on: &str| format!("kind: tariff, by: {by}, on: [{on}], price_times: 1.5");
    assert_dearer(&hit(World::new(), &tariff("DE", "US")), 60.0);
    assert_dearer(&hit(World::new(), &tariff("EU", "US")), 60.0);
    assert_dearer(&hit(World::new(), &tariff("DE", "FR")), 0.0);
    assert_dearer(&hit(World::new(), &tariff("FR", "US")), 0.0);
    assert_dearer(&hit(on("e", "child", "DE"), &tariff("DE", "US")), 60.0);
}

/// A revoked license removes open weights from every host, but not models based on them, and never open source. A change
/// without revocation does not stop running offers, but closes them to new use: the standby of 7 days does not open.
#[test]
fn a_license_change_never_hits_open_source() {
    let change = |keys: &str| format!("kind: license_change, {keys}");
    let free = || {
        on("free", "north", "NO").model(
            "id: free, name: Free, developer: beta, openness: open_source, license: own, quality: {general: 1400}",
        )
    };
    assert_days_down(&hit(on("b", "north", "NO"), &change("supplier: beta, revoke: true")), 100.0);
    assert_days_down(&hit(on("b", "north", "NO"), &change("models: [b], revoke: true")), 100.0);
    assert_days_down(&hit(on("b", "north", "NO"), &change("supplier: beta")), 0.0);
    assert_days_down(&hit(on("d", "north", "NO"), &change("supplier: beta, revoke: true")), 0.0);
    assert_days_down(&hit(free(), &change("supplier: beta, revoke: true")), 0.0);
    let standby = || {
        World::new()
            .workload_keys("standby: [{offer: b@beta:FR, readiness: warm, cover: 1.0}]")
            .event(STOP_ALPHA)
    };
    assert_days_down(&standby(), 7.0);
    assert_days_down(&hit(standby(), &change("supplier: beta")), 100.0);
}

/// An energy shock raises the price of every offer in a region, self-hosted ones included; of an offer in the bloc EU only if
/// the whole bloc is included.
#[test]
fn an_energy_shock_raises_prices_in_a_region() {
    let energy = |region: &str| format!("kind: energy_shock, region: {region}, price_times: 1.5");
    assert_dearer(&hit(World::new(), &energy("[DE]")), 60.0);
    assert_dearer(&hit(World::new(), &energy("[EU]")), 60.0);
    assert_dearer(&hit(World::new(), &energy("[FR]")), 0.0);
    assert_dearer(&hit(on("b", "beta", "EU"), &energy("[DE]")), 0.0);
    // A replica of 36.5 mtok for 73 USD is 2 USD per mtok: twice the 60.
    let own = World::new()
        .with(
            "{model: c, host: gamma, regions: [SE], access: api, price: {input_usd_per_mtok: 1, output_usd_per_mtok: 1}, \
             onboarding: 1000d",
            "{model: d, host: self, regions: [DE], access: self_hosted, fixed_usd_per_month: 73, capacity_mtok_per_month: \
             36.5, onboarding: 1000d",
        )
        .allocation("{d@self:DE: 1.0}");
    assert_dearer(&hit(own, &energy("[DE]")), 120.0);
}

/// A price shock of a supplier affects the offers that it hosts and its closed models everywhere, but not its open models on
/// other hosts.
#[test]
fn a_price_shock_affects_the_offers_that_the_supplier_sells() {
    let rise = |supplier: &str| format!("kind: price_shock, supplier: {supplier}, price_times: 1.5");
    assert_dearer(&hit(World::new(), &rise("alpha")), 60.0);
    assert_dearer(&hit(on("a", "north", "NO"), &rise("alpha")), 60.0);
    assert_dearer(&hit(on("b", "alpha", "US"), &rise("alpha")), 60.0);
    assert_dearer(&hit(on("b", "north", "NO"), &rise("beta")), 0.0);
}

/// A quarter of alpha's capacity is left: 0.75 × 100 days.
#[test]
fn a_capacity_squeeze_displaces_the_excess_demand() {
    let squeeze =
        |whose: &str| format!("kind: capacity_squeeze, where: {{developer: {whose}}}, capacity_times: 0.25");
    assert_days_down(&hit(World::new(), &squeeze("alpha")), 75.0);
    assert_days_down(&hit(World::new(), &squeeze("beta")), 0.0);
}

/// `b` of beta (FR) is 10 points above a floor that rises 100 points a year for models without updates: 36.5 days, so 63.5
/// days down. The stall affects the developer's country; a stall of closed models does not affect open ones.
#[test]
fn a_research_stall_makes_models_of_its_country_stale() {
    let drifting = || {
        on("b", "north", "NO")
            .with("quality_drift_per_year: 0", "quality_drift_per_year: 100")
            .workload_keys("min_quality: 1390")
    };
    assert_days_down(&hit(drifting(), "kind: research_stall, by: FR"), 63.5);
    assert_days_down(&hit(drifting(), "kind: research_stall, by: EU"), 63.5);
    assert_days_down(&hit(drifting(), "kind: research_stall, by: US"), 0.0);
    assert_days_down(&hit(drifting(), "kind: research_stall, by: FR, what: {openness: closed}"), 0.0);
}

/// Users are in SE, the offer in DE, headquarters in DE: an act affects only the places in `reach`, by default users and
/// region.
#[test]
fn an_act_reaches_users_regions_or_the_company() {
    let ban = |on: &str, reach: &str| {
        let world = World::new().with("users: {DE: 1.0}", "users: {SE: 1.0}");
        hit(world, &format!("kind: export_ban, by: US, on: [{on}]{reach}"))
    };
    for (on, reach, days) in [
        ("SE", "", 100.0),
        ("DE", "", 100.0),
        ("FR", "", 0.0),
        ("SE", ", reach: [users]", 100.0),
        ("DE", ", reach: [users]", 0.0),
        ("SE", ", reach: [region]", 0.0),
        ("SE", ", reach: [company]", 0.0),
        ("DE", ", reach: company", 100.0),
        ("FR", ", reach: [users, region, company]", 0.0),
    ] {
        assert_days_down(&ban(on, reach), days);
    }
}

/// An offer that is exempt by certificate or openness does not pay; other pairs of the developer pay 60 USD.
#[test]
fn exempt_offers_do_not_pay() {
    let shift = |exempt: &str| {
        hit(
            World::new(),
            &format!("kind: regulation_shift, by: DE, what: {{developer: alpha}}, price_times: 1.5{exempt}"),
        )
    };
    assert_dearer(&shift(""), 60.0);
    assert_dearer(&shift(", exempt: {openness: open_weights}"), 60.0);
    assert_dearer(&shift(", exempt: {openness: closed}"), 0.0);
}

/// Law in force is a rule and a planned price: the month costs 36.5 × 2 = 73 USD, and no price exceeds the plan. A banned
/// primary runs on, a banned standby of 7 days is not used. Its rate of a hundred a year causes no loss.
#[test]
fn law_in_force_is_a_rule_and_a_planned_price() {
    let in_force = |keys: &str| {
        World::new()
            .workload_keys("standby: [{offer: c@gamma:SE, readiness: warm, cover: 1.0}]")
            .shock(&format!("id: law, {keys}, in_force: true, frequency: {{per_year: 100}}"))
    };
    let levy = in_force("kind: tariff, by: DE, on: [US], price_times: 2");
    let instance = levy.load();
    let session = Session::new(&instance);
    assert_close(session.setting.monthly_cost(&session.current).tokens_usd, 73.0);
    assert_dearer(&hit(levy, "kind: supplier_exit, supplier: beta"), 0.0);
    let ban = |model: &str| in_force(&format!("kind: market_ban, by: DE, what: {{model: {model}}}"));
    assert_days_down(&hit(ban("a"), "kind: supplier_exit, supplier: beta"), 0.0);
    assert_days_down(&ban("a").event(STOP_ALPHA), 7.0);
    assert_days_down(&ban("c").event(STOP_ALPHA), 100.0);
}
