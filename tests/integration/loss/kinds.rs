//! Scope of shocks: blocs, lineage, parents, collateral, withdrawal, crowding, triggers.

use crate::world::{World, assert_close};

/// Asserts a loss of 1,000 USD for each of `days` days on which the workload is unserved.
#[track_caller]
fn assert_days_down(world: &World, days: f64) {
    assert_close(world.play().loss.outage_usd, 1_000.0 * days);
}

fn on(model: &str, host: &str, region: &str) -> World {
    World::new()
        .offer(model, host, region, 1.0, "onboarding: 1000d")
        .allocation(&format!("{{'{model}@{host}:{region}': 1.0}}"))
}

fn banned(world: World, selector: &str) -> World {
    world.event(&format!("shock: {{effects: {{unavailable: {{{selector}}}}}}}"))
}

/// A site in the bloc EU (here DE, FR, SE) is in a set of regions only if the set has all members, or the bloc itself; a site
/// in one member is in a set with the bloc.
#[test]
fn a_bloc_as_region_is_hit_only_if_all_its_members_are() {
    let eu = || on("b", "beta", "EU");
    for (region, days) in [
        ("[DE, FR]", 0.0),
        ("[DE, FR, SE]", 100.0),
        ("[EU]", 100.0),
        ("{except: [DE]}", 0.0),
        ("{except: [US]}", 100.0),
        ("all", 100.0),
    ] {
        assert_days_down(&banned(eu(), &format!("region: {region}")), days);
    }
    assert_days_down(&banned(on("b", "north", "DE"), "region: [EU]"), 100.0);
    assert_days_down(&banned(on("b", "north", "NO"), "region: [EU]"), 0.0);
}

/// `beta:DE` is not the site `beta:EU`.
#[test]
fn a_site_in_a_member_is_not_the_site_of_the_bloc() {
    let world = on("b", "beta", "EU").offer("d", "beta", "DE", 1.0, "onboarding: 1000d");
    let stop = |site: &str| format!("shock: {{effects: {{stop: {{host_site: 'beta:{site}'}}}}}}");
    assert_days_down(&world.clone().event(&stop("DE")), 0.0);
    assert_days_down(&world.event(&stop("EU")), 100.0);
}

/// `origin` is the country of the developer or of a parent, or a bloc that contains either: child in DE is under alpha in US.
#[test]
fn an_origin_follows_blocs_and_parents() {
    for (origin, days) in [("DE", 100.0), ("US", 100.0), ("EU", 100.0), ("FR", 0.0)] {
        assert_days_down(&banned(on("e", "north", "NO"), &format!("origin: [{origin}]")), days);
    }
}

/// `d` of gamma (SE) is based on `b` of beta (FR): a ban with lineage affects it, a ban without does not. Host keys refer to
/// the offer: a ban on hosts under US does not affect it on `north`.
#[test]
fn a_ban_by_lineage_reaches_the_ancestors() {
    let ban = |what: &str, lineage: bool| {
        on("d", "north", "DE")
            .event(&format!("shock: {{kind: market_ban, by: DE, what: {{{what}}}, lineage: {lineage}}}"))
    };
    assert_days_down(&ban("origin: [FR]", true), 100.0);
    assert_days_down(&ban("origin: [FR]", false), 0.0);
    assert_days_down(&ban("origin: [FR], host_origin: [US]", true), 0.0);
    assert_days_down(&ban("origin: [FR], host_origin: ['NO']", true), 100.0);
    assert_days_down(&banned(on("d", "north", "DE"), "lineage_origin: [FR]"), 100.0);
    assert_days_down(&banned(on("d", "north", "DE"), "origin: [FR]"), 0.0);
}

/// A market ban reaches users, not sites, by default: users are in DE, the offer in NO.
#[test]
fn a_market_ban_reaches_users() {
    let ban = |by: &str| {
        on("c", "north", "NO").event(&format!("shock: {{kind: market_ban, by: '{by}', what: {{model: c}}}}"))
    };
    assert_days_down(&ban("DE"), 100.0);
    assert_days_down(&ban("NO"), 0.0);
}

/// Half of the users are in SE, to which US bans the export of its closed models; `a2` is the developer's other model.
fn half_abroad(model: &str, collateral: &str, answer: &str) -> World {
    World::new()
        .with("users: {DE: 1.0}", "users: {DE: 0.5, SE: 0.5}")
        .model("id: a2, name: A2, developer: alpha, openness: closed, license: own, quality: {general: 1400}")
        .offer("a2", "cloud", "US", 1.0, "onboarding: 1000d")
        .allocation(&format!("{{{model}: 1.0}}"))
        .event(&format!(
            "shock: {{kind: export_ban, by: US, on: [SE], what: {{openness: [closed], model: [a]}}{collateral}}}{answer}"
        ))
}

/// The ban affects the users in SE: 0.5 × 100 days. A developer that cannot comply selectively withdraws the model from all
/// users (of: model), or everything that it sells (of: developer). Without a draw, a probability of 0.5 happens and 0.4 does
/// not, unless the event decides it.
#[test]
fn collateral_is_unavailable_to_every_user() {
    let of = |probability: f64, of: &str| format!(", collateral: {{probability: {probability}, of: {of}}}");
    let a = "a@alpha:DE";
    assert_days_down(&half_abroad(a, "", ""), 50.0);
    assert_days_down(&half_abroad(a, &of(0.5, "model"), ""), 100.0);
    assert_days_down(&half_abroad(a, &of(0.4, "model"), ""), 50.0);
    assert_days_down(&half_abroad(a, &of(0.4, "model"), ", collateral: true"), 100.0);
    assert_days_down(&half_abroad(a, &of(0.5, "model"), ", collateral: false"), 50.0);
    let a2 = "a2@cloud:US";
    assert_days_down(&half_abroad(a2, &of(0.5, "model"), ""), 0.0);
    assert_days_down(&half_abroad(a2, &of(0.5, "developer"), ""), 100.0);
}

/// An export ban without `openness`: closed models of the origin are unavailable, and so are open ones on a host under it;
/// open ones on other hosts only go stale, which costs nothing without drift.
#[test]
fn an_export_ban_tells_closed_from_open() {
    let ban = "shock: {kind: export_ban, by: FR, on: [DE]}";
    let closed = on("x", "north", "NO")
        .model("id: x, name: X, developer: beta, openness: closed, license: own, quality: {general: 1400}");
    assert_days_down(&closed.event(ban), 100.0);
    assert_days_down(&on("b", "beta", "DE").event(ban), 100.0);
    assert_days_down(&on("b", "north", "NO").event(ban), 0.0);
}

fn regulated(probability: f64, answer: &str) -> World {
    World::new().allocation("{a@alpha:DE: 0.6, b@beta:FR: 0.4}").event(&format!(
        "shock: {{kind: regulation_shift, by: DE, what: {{developer: alpha}}, withdrawal_probability: {probability}, \
         price_times: 1.5, one_off_usd_per_workload: 700}}{answer}"
    ))
}

/// A developer that withdraws makes 0.6 unavailable for 100 days; one that complies costs 0.6 × 1.2 × 0.5 × 100 = 36 USD more
/// and 0.6 × 700 = 420 USD at onset.
#[test]
fn a_developer_withdraws_or_complies() {
    for (probability, answer, withdraws) in [
        (0.5, "", true),
        (0.4, "", false),
        (0.5, ", withdraw: false", false),
        (0.4, ", withdraw: true", true),
    ] {
        let loss = regulated(probability, answer).play().loss;
        let (outage, extra, one_off) = if withdraws { (60_000.0, 0.0, 0.0) } else { (0.0, 36.0, 420.0) };
        assert_close(loss.outage_usd, outage);
        assert_close(loss.extra_cost_usd, extra);
        assert_close(loss.one_off_usd, one_off);
    }
}

/// While beta is stopped, crowding halves alpha's capacity and doubles its price: 0.5 × 1,000 × 100 = 50,000 USD of outage;
/// the kept half costs 0.5 × 1 × (2 − 1) × 1.2 × 100 = 60 more, the displaced half nothing, because `c` still costs 1.
#[test]
fn crowding_lasts_as_long_as_the_shock() {
    let loss = World::new()
        .event("shock: {effects: {stop: {supplier: beta}}, crowding: {capacity_times: 0.5, price_times: 2, where: {developer: alpha}}}")
        .play()
        .loss;
    assert_close(loss.outage_usd, 50_000.0);
    assert_close(loss.extra_cost_usd, 60.0);
}

/// A shock on day 10 triggers a stop of 30 days on day 24 if the probability is 0.5, but not if it is 0.4, unless the event
/// decides it.
#[test]
fn a_probable_trigger_fires_after_its_time() {
    let world = |probability: f64, answer: &str| {
        World::new()
            .shock("id: strike_back, effects: {stop: {supplier: alpha}}, duration: {fixed: 30d}")
            .shock(&format!(
                "id: first, effects: {{stop: {{supplier: beta}}}}, duration: permanent, \
                 triggers: [{{shock: strike_back, probability: {probability}, after: 14d}}]"
            ))
            .event(&format!("shock: first, at: 10d{answer}"))
    };
    assert_eq!(world(0.5, "").play().workloads[0].first_unserved_day, Some(24.0));
    assert_days_down(&world(0.5, ""), 30.0);
    assert_days_down(&world(0.4, ""), 0.0);
    assert_days_down(&world(0.4, ", triggers: true"), 30.0);
    assert_days_down(&world(0.5, ", triggers: false"), 0.0);
}

/// A sanction on alpha reaches the suppliers that it controls: `child`'s closed model is unavailable under the sanctioning DE.
#[test]
fn a_sanction_reaches_those_the_listed_control() {
    let sanction = |by: &str, allies: &str| {
        on("e", "north", "NO").event(&format!(
            "shock: {{kind: sanction, by: '{by}', suppliers: [alpha], allies: [{allies}], reach: [users]}}"
        ))
    };
    assert_days_down(&sanction("DE", "FR"), 100.0);
    assert_days_down(&sanction("US", "DE"), 100.0);
    assert_days_down(&sanction("US", "FR"), 0.0);
}
