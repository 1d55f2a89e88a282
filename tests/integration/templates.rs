//! Templates of shocks: their members are the same as shocks written out.

use multipolar::model::shock::Shock;
use multipolar::simulation::draws::Rates;
use multipolar::study::session::Session;
use multipolar::study::simulate::SimulateSettings;

use super::world::{World, assert_close};

const OUTAGE: &str = "frequency: {events: 3, years: 2}, duration: {median: 5d, p90: 11d}";

/// The world with a class for each of its three hosts, and half of the demand on `b`.
fn world() -> World {
    let mut world = World::new().allocation("{a@alpha:DE: 0.5, b@beta:FR: 0.5}");
    for (name, class) in [("Alpha", "lab"), ("Beta", "lab"), ("Gamma", "regional")] {
        world = world.with(&format!("name: {name}, "), &format!("name: {name}, class: {class}, "));
    }
    world
}

fn losses(world: &World) -> Vec<f64> {
    let instance = world.load();
    let session = Session::new(&instance);
    let settings = SimulateSettings { n_trials: 200, seed: 1, rates: Rates::Drawn };
    session.simulate(&session.current, settings, &|_| ()).unwrap().run.losses
}

fn ids(world: &World) -> Vec<String> {
    world.load().shocks.into_iter().map(|shock| shock.id).collect()
}

fn shock(world: &World, id: &str) -> Shock {
    world.load().shocks.into_iter().find(|shock| shock.id == id).unwrap()
}

/// Draws are addressed by id, so every trial is the same to the last bit.
#[test]
fn a_template_draws_as_its_members_written_out() {
    let template = world()
        .shock(&format!("id: dark, kind: outage, host: $each, each: {{hosts: {{class: lab}}}}, {OUTAGE}"));
    let written = ["alpha", "beta"].into_iter().fold(world(), |world, host| {
        world.shock(&format!("id: dark/{host}, kind: outage, host: {host}, {OUTAGE}"))
    });
    let losses_of_template = losses(&template);
    assert!(losses_of_template.iter().any(|loss| *loss > 0.0));
    assert_eq!(losses_of_template, losses(&written));
    assert_eq!(ids(&template), ids(&written));
}

/// Hosts with an offer are alpha, beta and gamma; `cloud` and `north` have none, and gamma is excepted.
#[test]
fn a_template_stands_for_hosts_with_an_offer() {
    let all = world().shock(&format!("id: dark, kind: outage, host: $each, each: {{hosts: {{}}}}, {OUTAGE}"));
    assert_eq!(ids(&all), ["dark/alpha", "dark/beta", "dark/gamma"]);
    let some = world()
        .shock(&format!("id: dark, kind: outage, host: $each, each: {{hosts: {{except: gamma}}}}, {OUTAGE}"));
    assert_eq!(ids(&some), ["dark/alpha", "dark/beta"]);
}

/// Of the developers of `a`, `b`, `c`, `d`, `e` and `weak` only those of `a`, `b` and `c` have an offer.
#[test]
fn a_template_stands_for_developers_whose_models_have_an_offer() {
    let world = world().shock("id: gone, kind: supplier_exit, supplier: $each, name: Exit of $each, each: {developers: {}}, duration: permanent");
    assert_eq!(ids(&world), ["gone/alpha", "gone/beta", "gone/gamma"]);
    let beta = shock(&world, "gone/beta");
    assert_eq!((beta.name.as_deref(), beta.template.as_deref()), (Some("Exit of Beta"), Some("gone")));
}

/// A shock of one supplier leaves it out; one in force, of a region or of another kind does not.
#[test]
fn unless_leaves_out_who_has_a_shock_of_its_own() {
    let template =
        "id: dark, kind: outage, host: $each, each: {hosts: {}}, unless: {kind: outage}, duration: 5h";
    let world = world()
        .shock(template)
        .shock("id: own, kind: outage, host: alpha, duration: 5h")
        .shock("id: exit, kind: supplier_exit, supplier: beta, duration: 5h")
        .shock("id: law, kind: outage, host: beta, in_force: true")
        .shock("id: site, kind: outage, host: gamma, region: SE, duration: 5h");
    assert_eq!(ids(&world), ["dark/beta", "dark/gamma", "exit", "law", "own", "site"]);
    let squeeze = self::world()
        .shock("id: tight, kind: capacity_squeeze, where: {host: $each}, capacity_times: 0.5, each: {hosts: {}}, unless: {kind: capacity_squeeze}, duration: 5h")
        .shock("id: own, kind: capacity_squeeze, where: {host: alpha}, capacity_times: 0.5, duration: 5h");
    assert_eq!(ids(&squeeze), ["own", "tight/beta", "tight/gamma"]);
}

/// The library's member or a portfolio's own one; a portfolio's template replaces the whole.
#[test]
fn a_written_member_and_a_template_of_the_portfolio_replace() {
    let base = world().shock("id: dark, kind: outage, host: $each, each: {hosts: {}}, duration: 5h");
    let own =
        "catalog:\n  shocks:\n    - {id: dark/beta, kind: outage, host: beta, duration: 9d, notice: 1d}\n";
    let replaced = base.clone().portfolio(own);
    assert_eq!(ids(&replaced), ["dark/alpha", "dark/beta", "dark/gamma"]);
    let beta = shock(&replaced, "dark/beta");
    assert_close(beta.notice_days, 1.0);
    assert_eq!(beta.template, None);
    let narrower = "catalog:\n  shocks:\n    - {id: dark, kind: outage, host: $each, each: {hosts: {class: regional}}, duration: 9d}\n";
    assert_eq!(ids(&base.portfolio(narrower)), ["dark/gamma"]);
}

/// `$each` of a trigger is the same supplier; gamma has no exit, so that its outage triggers nothing.
#[test]
fn members_trigger_members_for_the_same_supplier() {
    let world = world()
        .shock("id: dark, kind: outage, host: $each, each: {hosts: {}}, duration: 5h, triggers: [{shock: gone/$each, probability: 0.5}]")
        .shock("id: gone, kind: supplier_exit, supplier: $each, each: {hosts: {class: lab}}, duration: permanent");
    let triggered = |id| shock(&world, id).triggers.into_iter().map(|t| t.shock).collect::<Vec<_>>();
    assert_eq!(triggered("dark/alpha"), ["gone/alpha"]);
    assert_eq!(triggered("dark/gamma"), Vec::<String>::new());
}

/// 0.5 of the demand for 9 days instead of 2, 1,000 USD a day.
#[test]
fn a_scenario_names_a_member_and_may_change_it() {
    let world =
        world().shock("id: dark, kind: outage, host: $each, each: {hosts: {}}, duration: 2d, notice: 1d");
    assert_close(world.clone().event("shock: dark/beta").play().loss.total_usd(), 1000.0);
    assert_close(world.clone().event("shock: dark/beta, duration: 9d").play().loss.total_usd(), 4500.0);
    assert_close(world.event("shock: dark/beta, host: alpha, notice: 0d").play().loss.total_usd(), 1000.0);
}

/// The company's machines in DE are down for 3 days; a region's outage does not reach them. 1,000 USD a day.
#[test]
fn own_machines_stop_only_by_name() {
    let own = "{model: b, host: self, regions: [DE], access: self_hosted, fixed_usd_per_month: 100, capacity_mtok_per_month: 100, source: report}";
    let world = World::new()
        .with("offers:\n", &format!("offers:\n  - {own}\n"))
        .allocation("{b@self:DE: 1.0}")
        .shock("id: dark, kind: outage, host: $each, each: {hosts: {class: [lab, self]}}, duration: 3d")
        .shock("id: fire, duration: 3d, effects: [{stop: {host_site: 'self:DE'}}]")
        .shock("id: region, kind: outage, region: DE, duration: 3d");
    assert_eq!(ids(&world), ["dark/self", "fire", "region"]);
    for (id, loss_usd) in [("dark/self", 3000.0), ("fire", 3000.0), ("region", 0.0)] {
        assert_close(world.clone().event(&format!("shock: {id}")).play().loss.total_usd(), loss_usd);
    }
}
