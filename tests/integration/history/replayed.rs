//! Past events over the small world (`world.rs`): v = 1,000 USD a day, 100 days, all demand on alpha.

use multipolar::input::{Loaded, Sources, history, load};
use multipolar::model::history::EventHistory;
use multipolar::report::answer::replay::ReplayAnswer;
use multipolar::report::answer::to_text;
use multipolar::study::replay::{ReplayRequest, replay, scenario};
use multipolar::study::session::Session;
use multipolar::units::date::parse_day;

use crate::world::{World, assert_close};

const STOP_ALPHA: &str = "{effects: {stop: {supplier: alpha}}}";

/// Half a day, twenty days, for good, and without effect.
fn three_stops() -> World {
    let past = |world: World, id: &str, date: &str, rest: &str| {
        world.past(&format!(
            "id: {id}, date: {date}, name: Event {id}, actor: US, side: infrastructure, kind: outage, {rest}"
        ))
    };
    let stop = format!("played_as: {{shock: {STOP_ALPHA}}}");
    let world = past(World::new(), "long", "2025-06-01", &format!("until: 2025-06-21, {stop}"));
    let world = past(world, "lasting", "2025-07-01", &stop);
    let world = past(world, "short", "2024-03-01", &format!("lasted: 12h, {stop}"));
    past(world, "nothing", "2024-05-01", "no_effect: nothing in use was withdrawn")
}

fn whole(history: &EventHistory, together: bool) -> ReplayRequest {
    ReplayRequest { from: history.from, to: history.to, together }
}

fn read(world: &World) -> (Loaded, EventHistory) {
    let (files, history) = world.read();
    (files, history.unwrap_or_else(|error| panic!("{error}")))
}

/// Losses by id, in the order of the answer.
fn losses(world: &World) -> Vec<(String, f64)> {
    let (files, history) = read(world);
    let session = Session::new(&files.instance);
    let played = replay(&session, None, &history, whole(&history, false), &|_| ()).unwrap();
    let loss = |outcome: &Option<_>| {
        outcome.as_ref().map_or(0.0, |o: &multipolar::stress::outcome::StressOutcome| o.loss.total_usd())
    };
    played.events.iter().map(|e| (e.event.id.clone(), loss(&e.today))).collect()
}

/// 12 h x 1,000 = 500; 20 d x 1,000; what lasts is clipped at the horizon of 100 d. Events come by date, and a year adds up its
/// own.
#[test]
fn each_event_costs_what_it_lasted_up_to_the_horizon() {
    let (files, history) = read(&three_stops());
    let session = Session::new(&files.instance);
    let played = replay(&session, None, &history, whole(&history, false), &|_| ()).unwrap();
    let found = losses(&three_stops());
    let ids: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["short", "nothing", "long", "lasting"]);
    for ((_, loss), expected) in found.iter().zip([500.0, 0.0, 20_000.0, 100_000.0]) {
        assert_close(*loss, expected);
    }
    let years = played.loss_usd_by_year();
    assert_eq!(years.keys().copied().collect::<Vec<_>>(), [2024, 2025]);
    assert_close(years[&2024], 500.0);
    assert_close(years[&2025], 120_000.0);
}

/// The plan has all demand on beta, which never stops.
#[test]
fn a_plan_is_played_beside_today() {
    let (files, history) = read(&three_stops());
    let (other, _) = read(&three_stops().allocation("{b@beta:FR: 1.0}"));
    let (session, plan) = (Session::new(&files.instance), Session::new(&other.instance));
    let played = replay(&session, Some(&plan), &history, whole(&history, true), &|_| ()).unwrap();
    let answer = ReplayAnswer::of(&files.instance, Some("plan"), &played, true);
    assert!(answer.events.iter().all(|event| event.plan_loss_usd == Some(0.0)));
    assert_eq!(answer.plan_by_year.unwrap()["2025"], 0.0);
    assert!(answer.together.unwrap().iter().all(|horizon| horizon.plan_loss_usd == Some(0.0)));
    let long = answer.events.iter().find(|event| event.id == "long").unwrap();
    assert_eq!((long.played_days, long.recovered_day, long.workloads_hit), (Some(20.0), Some(20.0), 1));
    assert_eq!(long.worst_workload.as_deref(), Some("w"));
}

/// 731 days are eight horizons of 100. The first event begins on day 60 of the first; the others on days 17 and 47 of the sixth:
/// 20 d, and 53 d until its end.
#[test]
fn together_events_begin_at_their_dates() {
    let (files, history) = read(&three_stops());
    let session = Session::new(&files.instance);
    let played = replay(&session, None, &history, whole(&history, true), &|_| ()).unwrap();
    let found: Vec<f64> = played.together.iter().map(|horizon| horizon.loss_usd).collect();
    assert_eq!(found.len(), 8);
    for (n, loss) in found.iter().enumerate() {
        assert_close(*loss, [500.0, 0.0, 0.0, 0.0, 0.0, 73_000.0, 0.0, 0.0][n]);
    }
    assert_eq!(played.together[5].n_events, 2);
}

/// The window holds its first day and not its last.
#[test]
fn a_window_holds_its_first_day_and_not_its_last() {
    let (files, history) = read(&three_stops());
    let session = Session::new(&files.instance);
    let day = |text| parse_day(text).unwrap();
    let request = ReplayRequest { from: day("2024-03-01"), to: day("2025-06-01"), together: false };
    let played = replay(&session, None, &history, request, &|_| ()).unwrap();
    let ids: Vec<&str> = played.events.iter().map(|e| e.event.id.as_str()).collect();
    assert_eq!(ids, ["short", "nothing"]);
}

/// A warm standby that takes 7 days: without notice 7,000 USD are lost, whatever notice the library gives; with 10 days none.
#[test]
fn the_notice_is_the_event_s_and_triggers_are_events_of_their_own() {
    let world = |rest: &str| {
        World::new()
            .workload_keys("standby: [{offer: b@beta:FR, readiness: warm, lead: 7d}]")
            .shock("id: beta_stops, effects: {stop: {supplier: beta}}, duration: permanent")
            .shock("id: alpha_stops, by: US, effects: {stop: {supplier: alpha}}, duration: 5d, notice: 30d, triggers: [{shock: beta_stops, probability: 0.9}]")
            .past(&format!("id: x, date: 2024-03-01, until: 2024-04-20, name: X, actor: US, side: supplier, kind: supplier_exit, {rest}"))
    };
    assert_close(losses(&world("played_as: {shock: alpha_stops}"))[0].1, 7000.0);
    assert_close(losses(&world("notice: 10d, played_as: {shock: alpha_stops}"))[0].1, 0.0);
    // Where triggers are asked for, the standby stops too: 50 days.
    assert_close(losses(&world("played_as: {shock: alpha_stops, triggers: true}"))[0].1, 50_000.0);
    // A shock's own duration goes before the event's.
    assert_close(losses(&world("played_as: {shock: alpha_stops, duration: 3d}"))[0].1, 3000.0);
}

#[test]
fn the_order_of_the_files_does_not_matter() {
    let shocks = |world: World| {
        world
            .shock("id: one, effects: {stop: {supplier: beta}}, duration: 1d")
            .shock("id: two, effects: {stop: {supplier: gamma}}, duration: 1d")
    };
    let answer = |world: &World| {
        let (files, history) = read(world);
        let session = Session::new(&files.instance);
        let played = replay(&session, None, &history, whole(&history, true), &|_| ()).unwrap();
        to_text(&ReplayAnswer::of(&files.instance, None, &played, true))
    };
    let world = shocks(three_stops());
    assert_eq!(answer(&world), answer(&world.clone().reversed()));
}

/// The order of June 2026 is a scenario of the catalog too, with the same shock, length and collateral.
#[test]
fn replay_is_the_stress_of_the_same_shock() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("portfolios/european_bank.yaml");
    let files = load(Sources { portfolio: &path, catalog: None, jurisdictions: None }).unwrap();
    let (history, warnings) = history(None, &files.jurisdictions, &files.catalog).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    let session = Session::new(&files.instance);
    let written = files.instance.scenarios.iter().find(|s| s.id == "june_2026_order").unwrap();
    let stressed = session.stress(written, &session.current).unwrap();
    let event = history.events.iter().find(|e| e.id == "E192").unwrap();
    let played = scenario(&files.instance, event, stressed.horizon_days).unwrap();
    let replayed = session.stress(&played, &session.current).unwrap();
    assert!(stressed.loss.total_usd() > 0.0);
    assert_eq!((replayed.loss, replayed.timeline), (stressed.loss, stressed.timeline));
    // What has no effect has a reason, and no event is left without one or the other.
    assert!(
        scenario(&files.instance, history.events.iter().find(|e| e.id == "E194").unwrap(), 365.0).is_none()
    );
}
