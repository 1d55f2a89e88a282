//! What the company knows or has been offered: shorter leads at known hosts, quotations, approved hosts, machines held.

use multipolar::model::instance::Instance;
use multipolar::study::session::Session;

use super::world::{World, assert_close};

/// The workload is on `a` of alpha; `gone` takes that offer away. Cold offers take 1000 days unless they are known.
fn world() -> World {
    World::new()
        .shock("id: gone, effects: [{unavailable: {model: a, region: DE}}], duration: permanent")
        .event("shock: gone")
}

fn known(world: World, host: &str, model: &str) -> World {
    world.with(
        "onboarding: {known_host: none, known_model: none}",
        &format!("onboarding: {{known_host: {host}, known_model: {model}}}"),
    )
}

fn offer_of(world: World, model: &str, host: &str, region: &str) -> World {
    world.offer(model, host, region, 1.0, "onboarding: 1000d")
}

fn lead(instance: &Instance, offer: &str) -> f64 {
    instance.cold_lead_days(0, instance.offer_idx(offer).expect("an offer of the world"))
}

/// Another model at alpha takes 14 days instead of 1000, so 14 days of 1,000 USD are lost; the same model in another region of
/// alpha takes 3. Without the terms all 100 days are lost.
#[test]
fn a_known_host_and_a_known_model_shorten_cold_leads() {
    let other_model = offer_of(world(), "b", "alpha", "FR");
    assert_close(other_model.play().loss.total_usd(), 100_000.0);
    assert_close(known(other_model, "14d", "3d").play().loss.total_usd(), 14_000.0);
    let same_model = offer_of(world(), "a", "alpha", "FR");
    assert_close(known(same_model.clone(), "14d", "3d").play().loss.total_usd(), 3000.0);
    assert_close(known(same_model.clone(), "14d", "none").play().loss.total_usd(), 14_000.0);
    assert_close(known(same_model, "none", "3d").play().loss.total_usd(), 3000.0);
}

/// A model in use at a stranger's is a stranger's; a standby makes nothing known; an offer's own shorter onboarding counts; own
/// machines must be bought.
#[test]
fn only_todays_hosts_are_known() {
    let own = "{model: a, host: self, regions: [DE], access: self_hosted, fixed_usd_per_month: 100, capacity_mtok_per_month: 100, onboarding: 120d, source: report}";
    let world = known(offer_of(World::new(), "a", "cloud", "SE"), "14d", "3d")
        .with("offers:\n", &format!("offers:\n  - {own}\n"))
        .offer("b", "alpha", "SE", 1.0, "onboarding: 9d")
        .workload_keys("standby: [{offer: c@gamma:SE, readiness: hot}]");
    let instance = world.load();
    assert_close(lead(&instance, "a@cloud:SE"), 1000.0);
    assert_close(lead(&instance, "c@gamma:SE"), 1000.0);
    assert_close(lead(&instance, "b@alpha:SE"), 9.0);
    assert_close(lead(&instance, "a@self:DE"), 120.0);
    assert_close(lead(&instance, "a@alpha:DE"), 3.0);
}

/// The model is known only to the workload that uses it.
#[test]
fn a_model_is_known_per_workload() {
    let other = "  - {id: v, demand: {input_mtok: 1, output_mtok: 0}, users: {DE: 1}, data: internal, outage_cost_usd_per_day: 1, allocation: {b@beta:FR: 1}}\n";
    let instance = known(offer_of(World::new(), "a", "beta", "FR").portfolio(other), "14d", "3d").load();
    // Workloads are sorted by id: `v`, which uses `b` at beta, then `w`, which uses `a` at alpha.
    let offer = instance.offer_idx("a@beta:FR").unwrap();
    assert_close(instance.cold_lead_days(0, offer), 14.0);
    assert_close(instance.cold_lead_days(1, offer), 3.0);
}

fn monthly_cost(world: &World) -> f64 {
    let instance = world.load();
    let session = Session::new(&instance);
    session.setting.monthly_cost(&session.current).total_usd()
}

/// 36.5 mtok at 1 USD, and a fee of 100 (hot) or 10 (warm), unless a quotation says otherwise.
#[test]
fn a_quotation_takes_the_place_of_a_fee() {
    let standby =
        |terms: &str| World::new().workload_keys(&format!("standby: [{{offer: b@beta:FR, {terms}}}]"));
    assert_close(monthly_cost(&standby("readiness: hot")), 136.5);
    assert_close(monthly_cost(&standby("readiness: hot, usd_per_month: 25")), 61.5);
    assert_close(monthly_cost(&standby("readiness: warm, cover: 0.2, usd_per_month: 0")), 36.5);
}

/// A replica holds 30 mtok at 100 USD. A cover of 1 is 36.5 mtok: two replicas, or one for half of it, or none.
#[test]
fn a_warm_standby_on_own_machines_needs_its_part_of_replicas() {
    let own = "{model: b, host: self, regions: [DE], access: self_hosted, fixed_usd_per_month: 100, capacity_mtok_per_month: 30, source: report}";
    let world = |part: &str| {
        World::new()
            .with("self_capacity: 0", &format!("self_capacity: {part}"))
            .with("offers:\n", &format!("offers:\n  - {own}\n"))
            .workload_keys("standby: [{offer: b@self:DE, readiness: warm}]")
    };
    assert_close(monthly_cost(&world("0")), 46.5);
    assert_close(monthly_cost(&world("0.5")), 146.5);
    assert_close(monthly_cost(&world("1")), 246.5);
    let with_default = world("1").with(", self_capacity: 1", "");
    assert_close(monthly_cost(&with_default), 246.5);
}

/// `b` on beta takes 20 days; gamma is not approved, and its 5 days do not count. Today's alpha is not approved either and goes on.
#[test]
fn a_host_that_is_not_approved_is_no_way_out() {
    let world = offer_of(world(), "a", "alpha", "FR")
        .with(
            "onboarding: 1000d, source: report}\n  - {model: c",
            "onboarding: 20d, source: report}\n  - {model: c",
        )
        .offer("d", "gamma", "FR", 1.0, "onboarding: 5d");
    assert_close(world.play().loss.total_usd(), 5000.0);
    assert_close(world.portfolio("hosts: {approved: [beta, self]}\n").play().loss.total_usd(), 20_000.0);
}

/// As above, by selectors for all workloads, which add to the workload's own.
#[test]
fn selectors_of_the_portfolio_hold_for_every_workload() {
    let world = world()
        .with(
            "onboarding: 1000d, source: report}\n  - {model: c",
            "onboarding: 20d, source: report}\n  - {model: c",
        )
        .offer("d", "gamma", "FR", 1.0, "onboarding: 5d");
    for keys in ["forbid: {host: gamma}\n", "require: {developer: [alpha, beta]}\n"] {
        assert_close(world.clone().portfolio(keys).play().loss.total_usd(), 20_000.0);
    }
    let both = world.workload_keys("forbid: {host: beta}").portfolio("forbid: {host: gamma}\n");
    assert_close(both.play().loss.total_usd(), 100_000.0);
}

/// Day 0 is 2027-01-01 and the horizon 100 days, so its end is 2027-04-11. `b` on beta would serve after 20 days: if it ends on the
/// day before that, nobody serves; if it ends on the day itself, it does.
#[test]
fn an_offer_that_its_host_ends_is_no_way_out() {
    let retiring = |day: &str| {
        let terms = format!("onboarding: 20d, retires: {day}, source: report}}\n  - {{model: c");
        world()
            .with("onboarding: 1000d, source: report}\n  - {model: c", &terms)
            .portfolio("starts: 2027-01\n")
            .play()
            .loss
            .total_usd()
    };
    assert_close(retiring("2027-04-10"), 100_000.0);
    assert_close(retiring("2027-04-11"), 20_000.0);
}

/// Without `starts`, day 0 is the newest date of the offers, 2027-02-01 here.
#[test]
fn day_0_is_the_newest_date_of_the_offers() {
    let dated = "onboarding: 1000d, as_of: 2027-02, source: report}\n  - {model: c";
    let world = World::new().with("onboarding: 1000d, source: report}\n  - {model: c", dated);
    assert_eq!(world.load().starts.unwrap().to_string(), "2027-02-01");
    assert_eq!(world.portfolio("starts: 2026-05\n").load().starts.unwrap().to_string(), "2026-05-01");
}

/// `b` on beta after 20 days, if its license does not forbid it; on own machines after 5, if it is known to allow it.
#[test]
fn a_license_decides_who_may_use_a_model() {
    let own = "{model: b, host: self, regions: [DE], access: self_hosted, fixed_usd_per_month: 100, capacity_mtok_per_month: 100, onboarding: 5d, source: report}";
    let licensed = |word: &str| {
        world()
            .with("onboarding: 1000d, source: report}\n  - {model: c", "onboarding: 20d, source: report}\n  - {model: c")
            .with("offers:\n", &format!("offers:\n  - {own}\n"))
            .with(
                "id: b, name: B, developer: beta, openness: open_weights, license: own, commercial_use: 'yes'",
                &format!("id: b, name: B, developer: beta, openness: open_weights, license: own, commercial_use: '{word}'"),
            )
            .play()
            .loss
            .total_usd()
    };
    for (word, loss_usd) in
        [("yes", 5000.0), ("conditional", 5000.0), ("unknown", 20_000.0), ("no", 100_000.0)]
    {
        assert_close(licensed(word), loss_usd);
    }
}
