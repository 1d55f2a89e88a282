//! Where to diversify, on the small world (`world.rs`): v = 1,000 USD a day, 100 days, all demand on a@alpha:DE.

use multipolar::input::Loaded;
use multipolar::measures::tail::conditional_value_at_risk;
use multipolar::model::instance::Standby;
use multipolar::model::plan::Plan;
use multipolar::model::portfolio::Readiness;
use multipolar::report::answer::diversify::DiversifyAnswer;
use multipolar::report::answer::to_text;
use multipolar::simulation::draws::Rates;
use multipolar::study::diversify::additions::{AddedSupply, AdditionKind, with_addition};
use multipolar::study::diversify::powers::Powers;
use multipolar::study::diversify::{Diversification, RankedSource, diversify};
use multipolar::study::session::Session;
use multipolar::study::simulate::SimulateSettings;

use crate::world::{World, assert_close};

const SETTINGS: SimulateSettings = SimulateSettings { n_trials: 2_000, seed: 1, rates: Rates::Mean };
const MONTHS: f64 = 100.0 / (365.0 / 12.0);

/// Alpha and gamma stop for ten days at a time, independently. `child`, which belongs to alpha, sells its model on alpha's
/// machines, so that it stops whenever today's supplier does.
fn world() -> World {
    let stop = |id: &str| {
        format!(
            "id: stop_{id}, effects: {{stop: {{supplier: {id}}}}}, frequency: {{per_year: 4}}, duration: 10d"
        )
    };
    World::new()
        .offer("e", "alpha", "DE", 1.0, "onboarding: 1000d")
        .shock(&stop("alpha"))
        .shock(&stop("gamma"))
}

fn found(loaded: &Loaded) -> (Session<'_>, Diversification) {
    let session = Session::new(&loaded.instance);
    let found = diversify(&session, &loaded.jurisdictions, SETTINGS, &|_| ()).unwrap();
    (session, found)
}

fn source<'d>(found: &'d Diversification, kind: &str, id: &str) -> &'d RankedSource {
    let mut all = found.sources.iter();
    all.find(|r| r.source.kind.as_str() == kind && r.source.id == id)
        .unwrap_or_else(|| panic!("no {kind} {id}"))
}

fn change(ranked: &RankedSource, kind: AdditionKind) -> &AddedSupply {
    &ranked.additions.iter().find(|addition| addition.kind == kind).unwrap().change
}

/// Before and after, each simulated by itself.
fn assert_as_simulated(session: &Session<'_>, plan: &Plan, change: &AddedSupply) {
    let simulated = |plan: &Plan| session.simulate(plan, SETTINGS, &|_| ()).unwrap();
    let (before, after) = (simulated(&session.current), simulated(plan));
    assert_close(change.aal_change.value, after.summary.aal.value - before.summary.aal.value);
    let cvar = |losses: &[f64]| conditional_value_at_risk(losses, 0.95).unwrap();
    assert_close(change.cvar_change.value, cvar(&after.run.losses) - cvar(&before.run.losses));
    let cost = |plan: &Plan| session.setting.planned_cost(plan).over_horizon_usd();
    assert_close(change.cost.over_horizon_usd(), cost(plan) - cost(&session.current));
}

/// What is in use is no source: alpha, its country and its machines.
#[test]
fn sources_are_all_that_is_not_in_use() {
    let (loaded, _) = world().read();
    let (_, found) = found(&loaded);
    let mut names: Vec<String> =
        found.sources.iter().map(|r| format!("{} {}", r.source.kind.as_str(), r.source.id)).collect();
    names.sort();
    let expected = [
        "developer beta",
        "developer child",
        "developer gamma",
        "host beta",
        "host gamma",
        "origin DE",
        "origin FR",
        "origin SE",
    ];
    assert_eq!(names, expected);
}

/// The same stops: a correlation of 1, with the time and, where each day costs the same, with the loss. Independent stops: 0
/// within four standard errors, 4/√2000 = 0.09. What never stops has none.
#[test]
fn correlation_tells_the_same_failures_from_others() {
    let (loaded, _) = world().read();
    let (_, found) = found(&loaded);
    let same = source(&found, "developer", "child");
    assert_close(same.correlation.unwrap(), 1.0);
    assert_close(same.correlation_with_loss.unwrap(), 1.0);
    assert_close(same.down_share.unwrap(), found.today.down_share);
    let apart = source(&found, "host", "gamma");
    assert!(apart.correlation.unwrap().abs() < 0.09, "{:?}", apart.correlation);
    assert!(apart.correlation_with_loss.unwrap().abs() < 0.09, "{:?}", apart.correlation_with_loss);
    assert!(apart.down_share.unwrap() > 0.05);
    let never = source(&found, "developer", "beta");
    assert_eq!((never.correlation, never.down_share), (None, Some(0.0)));
}

/// A standby on the failing machines takes nothing away, one on others does: it waits 7 of the 10 days. Ten USD a month for 100
/// days are its cost; a tenth of the demand costs as much anywhere, so there is no figure per USD.
#[test]
fn changes_equal_those_of_two_simulations() {
    let (loaded, _) = world().read();
    let (session, found) = found(&loaded);
    let gamma = source(&found, "developer", "gamma");
    let offer = |id: &str| session.instance.offer_idx(id).unwrap();
    let mut share = session.current.clone();
    share.allocation[0] = vec![(offer("a@alpha:DE"), 0.9), (offer("c@gamma:SE"), 0.1)];
    assert_as_simulated(&session, &share, change(gamma, AdditionKind::Share));
    assert_eq!(change(gamma, AdditionKind::Share).cvar_per_usd(), None);
    let mut standby = session.current.clone();
    let warm = Standby { offer: offer("c@gamma:SE"), readiness: Readiness::Warm, cover: 1.0, lead_days: 7.0 };
    standby.standby[0] = vec![warm];
    let own = change(gamma, AdditionKind::Standby);
    assert_as_simulated(&session, &standby, own);
    assert_close(own.cost.over_horizon_usd(), 10.0 * MONTHS);
    assert!(own.takes_risk_away() && own.is_told_from_none());
    assert_close(own.cvar_per_usd().unwrap(), -own.cvar_change.value / (10.0 * MONTHS));
    let child = source(&found, "developer", "child");
    assert_close(change(child, AdditionKind::Standby).cvar_change.value, 0.0);
    assert!(!change(child, AdditionKind::Standby).takes_risk_away());
}

/// Qualifying a model costs 15,000 and a host 25,000, once; a horizon of 100 days bears 100/1095 of it. A contract costs its
/// fixed fee.
#[test]
fn contracts_and_qualifying_are_part_of_the_cost() {
    let change_keys =
        "change: {qualify_model_usd: 15000, qualify_host_usd: 25000, host_fixed_usd_per_year: 3650}";
    let world = world().with("change: {qualify_model_usd: 0, qualify_host_usd: 0}", change_keys);
    let (loaded, _) = world.read();
    let (_, found) = found(&loaded);
    let cost = change(source(&found, "host", "gamma"), AdditionKind::Standby).cost;
    assert_close(cost.qualify_usd, 40_000.0);
    assert_close(cost.qualify_in_horizon_usd, 40_000.0 * 100.0 / 1095.0);
    assert_close(cost.contract_usd, 1_000.0);
    assert_close(cost.over_horizon_usd(), 10.0 * MONTHS + 1_000.0 + 40_000.0 * 100.0 / 1095.0);
    // On machines of a host in use only the model is new.
    assert_close(
        change(source(&found, "developer", "child"), AdditionKind::Standby).cost.qualify_usd,
        15_000.0,
    );
}

/// Most risk taken away per USD first; beta never fails, so that it takes more away than gamma for the same fee.
#[test]
fn sources_are_ranked_by_risk_per_usd_and_all_that_take_risk_away_come_first() {
    let (loaded, _) = world().read();
    let (_, found) = found(&loaded);
    let place = |kind: &str, id: &str| {
        found.sources.iter().position(|r| r.source.kind.as_str() == kind && r.source.id == id).unwrap()
    };
    assert!(place("developer", "beta") < place("developer", "gamma"));
    assert!(place("developer", "gamma") < place("developer", "child"));
    let takes: Vec<bool> =
        found.sources.iter().map(|r| r.best().is_some_and(|b| b.change.takes_risk_away())).collect();
    assert!(takes.is_sorted_by(|a, b| a >= b), "{takes:?}");
}

#[test]
fn a_source_that_qualifies_for_nothing_is_listed_last_with_the_reason() {
    let world =
        world().workload_keys("min_quality: 1350").offer("weak", "north", "NO", 1.0, "onboarding: 1000d");
    let (loaded, _) = world.read();
    let (session, found) = found(&loaded);
    let last = found.sources.last().unwrap();
    assert_eq!((last.source.kind.as_str(), last.source.id.as_str()), ("host", "north"));
    assert!(last.additions.is_empty() && last.correlation.is_none());
    let answer = DiversifyAnswer::of(session.instance, &found);
    let said = answer.sources.last().unwrap();
    assert_eq!(said.reason, "qualifies for none of 1 workload: quality below the floor (1)");
    let service = answer.services.iter().find(|s| s.kind == "host" && s.id == "north").unwrap();
    assert_eq!(service.reason.as_deref(), Some("general quality 1300 is below 1350"));
    // Its developer has another model, which qualifies.
    assert_eq!(source(&found, "developer", "gamma").source.n_eligible(), 1);
}

/// The US is a superpower with a host that is not in use, the EU a middle power by which its members count.
#[test]
fn powers_are_compared_and_put_together() {
    let world = world()
        .with(
            "name: United States, kind: country, standing: other",
            "name: United States, kind: country, standing: superpower",
        )
        .with("members: [DE, FR, SE], standing: other", "members: [DE, FR, SE], standing: middle_power")
        .offer("b", "cloud", "US", 1.0, "onboarding: 1000d");
    let (loaded, _) = world.read();
    let (session, found) = found(&loaded);
    let row = |powers: Powers| found.powers.iter().find(|row| row.powers == powers).unwrap();
    let (us, eu, both) = (row(Powers::Superpowers), row(Powers::MiddlePowers), row(Powers::Both));
    assert_eq!((us.n_workloads, eu.n_workloads, both.n_workloads), (1, 1, 1));
    assert_eq!((us.value_share, us.hosted_value_share, eu.hosted_value_share), (1.0, 1.0, 1.0));
    let names = |at: usize| found.sources[at].source.id.as_str();
    assert_eq!(us.chosen.iter().map(|c| names(c.0)).collect::<Vec<_>>(), ["cloud"]);
    assert_eq!(both.chosen.len(), 2);
    let mut plan = session.current.clone();
    for (place, addition) in &both.chosen {
        plan = with_addition(&session, &plan, &found.sources[*place].source, addition.kind);
    }
    assert_as_simulated(&session, &plan, both.together.as_ref().unwrap());
    // Before and after, each simulated by itself, and put against each other.
    let objective = |row: &multipolar::study::diversify::powers::PowerChoice| {
        row.together.as_ref().unwrap().objective_change_usd()
    };
    let least = [us, eu, both].map(objective).into_iter().fold(f64::INFINITY, f64::min);
    for row in [us, eu, both] {
        assert_close(row.behind.unwrap().value, objective(row) - least);
    }
    // The best of a row is no worse than any of its sources.
    let best = eu.together.as_ref().unwrap().objective_change_usd();
    for ranked in found
        .sources
        .iter()
        .filter(|r| r.source.standing == multipolar::model::jurisdictions::Standing::MiddlePower)
    {
        assert!(ranked.additions.iter().all(|a| a.change.objective_change_usd() >= best));
    }
}

#[test]
fn the_answer_does_not_depend_on_the_order_of_the_files() {
    let text = |world: World| {
        let (loaded, _) = world.read();
        let (session, found) = found(&loaded);
        to_text(&DiversifyAnswer::of(session.instance, &found))
    };
    assert_eq!(text(world()), text(world().reversed()));
}
