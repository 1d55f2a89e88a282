//! Effects of a stop along the supply graph: buffers, hardware, lost updates.

use crate::world::{World, assert_close};

/// Asserts a loss of 1,000 USD for each of `days` days on which the only primary is down, and no other loss.
#[track_caller]
fn assert_days_down(world: &World, days: f64) {
    let loss = world.play().loss;
    assert_close(loss.outage_usd, 1_000.0 * days);
    assert_close(loss.total_usd(), 1_000.0 * days);
}

fn primary(model: &str, host: &str, keys: &str) -> World {
    World::new()
        .offer(model, host, "DE", 1.0, &format!("onboarding: 1000d{keys}"))
        .allocation(&format!("{{{model}@{host}:DE: 1.0}}"))
}

const STOP_ALPHA: &str = "shock: {effects: {stop: {supplier: alpha}}}";

/// A closed model of `alpha` on the unrelated host `cloud` runs for 90 days after its developer stops: 10 of 100 days are
/// lost. With its own buffer of 30 days 70 are lost. There is no buffer on `child`, which alpha controls, nor where `child`
/// develops and alpha hosts, nor on alpha itself.
#[test]
fn unrelated_hosts_run_closed_models_for_ninety_days() {
    assert_days_down(&primary("a", "cloud", "").event(STOP_ALPHA), 10.0);
    assert_days_down(&primary("a", "cloud", ", developer_buffer: 30d").event(STOP_ALPHA), 70.0);
    assert_days_down(&primary("a", "child", "").event(STOP_ALPHA), 100.0);
    assert_days_down(&World::new().event(STOP_ALPHA), 100.0);
    let stop_child = "shock: {effects: {stop: {supplier: child}}}";
    assert_days_down(&primary("e", "alpha", "").event(stop_child), 100.0);
}

/// A supplier stops in all its roles, but its children do not: `e` of `child` on `cloud` is up while alpha is stopped.
#[test]
fn a_stop_spares_the_children() {
    assert_days_down(&primary("e", "cloud", "").event(STOP_ALPHA), 0.0);
}

/// A legal order is not a stop: the weights may not be used from the first day.
#[test]
fn a_legal_order_has_no_buffer() {
    let order = "shock: {effects: {unavailable: {developer: alpha}}}";
    assert_days_down(&primary("a", "cloud", "").event(order), 100.0);
}

/// `host: alpha` stops only alpha's sites: its model on `cloud` runs on, its model on alpha does not.
#[test]
fn a_stopped_host_is_not_a_stopped_developer() {
    let stop = "shock: {effects: {stop: {host: alpha}}}";
    assert_days_down(&primary("a", "cloud", "").event(stop), 0.0);
    assert_days_down(&World::new().event(stop), 100.0);
}

/// The buffer counts as warning: on day 90, when the offer goes down, 90 days have elapsed, and the warm standby of 7 days
/// is open. With a buffer of 3 days it opens on day 7, after 4 days down.
#[test]
fn a_buffer_counts_into_elapsed() {
    let standby = "standby: [{offer: c@gamma:SE, readiness: warm, cover: 1.0}]";
    assert_days_down(&primary("a", "cloud", "").workload_keys(standby).event(STOP_ALPHA), 0.0);
    assert_days_down(
        &primary("a", "cloud", ", developer_buffer: 3d").workload_keys(standby).event(STOP_ALPHA),
        4.0,
    );
}

/// Two stops of 50 days that touch are one stop of the developer: down on day 90. With a day between them the buffer of
/// 40 days starts again: down on days 40 to 50 and 91 to 100.
#[test]
fn touching_stops_run_one_buffer() {
    let twice = |second: &str, buffer: &str| {
        let first = "shock: {effects: {stop: {supplier: alpha}}}, at: 0d, duration: 50d";
        let second = format!("shock: {{effects: {{stop: {{supplier: alpha}}}}}}, at: {second}");
        primary("a", "cloud", buffer).event(first).event(&second)
    };
    assert_days_down(&twice("50d", ""), 10.0);
    assert_days_down(&twice("51d", ""), 0.0);
    assert_days_down(&twice("51d", ", developer_buffer: 40d"), 10.0 + 9.0);
}

const STOP_GPU: &str = "shock: {effects: {stop: {hardware: gpu}}}";

/// The machines run on for the offer's own 20 days, for 540 days by default, and for good if the hardware is unknown.
#[test]
fn machines_run_on_for_the_hardware_buffer() {
    assert_days_down(&primary("a", "cloud", ", hardware: [gpu], hardware_buffer: 20d").event(STOP_GPU), 80.0);
    let long =
        |keys: &str| primary("a", "cloud", keys).with("horizon: 100d", "horizon: 600d").event(STOP_GPU);
    assert_days_down(&long(", hardware: [gpu]"), 60.0);
    assert_days_down(&long(""), 0.0);
}

/// `gpu` stops on day 0 and `tpu` on day 30: the need is unmet from day 30, and the offer is down 20 days later. The last
/// stop has a notice of 6 days and the buffer is 20 days, so elapsed is 26 on day 50: a warm standby of 30 days opens on
/// day 54.
#[test]
fn an_any_of_need_is_unmet_when_all_are_down_and_warned_by_the_last() {
    let world = primary("a", "cloud", ", hardware: [gpu, tpu], hardware_buffer: 20d")
        .event("shock: {effects: {stop: {hardware: gpu}}, notice: 9d}")
        .event("shock: {effects: {stop: {hardware: tpu}}, notice: 6d}, at: 30d");
    assert_days_down(&world, 50.0);
    let standby = "standby: [{offer: c@gamma:SE, readiness: warm, cover: 1.0, lead: 30d}]";
    assert_days_down(&world.workload_keys(standby), 4.0);
}

/// `gpu` needs one of two fabs, with a buffer of 10 days. They stop on day 0 and day 15: `gpu` is down on day 25, the offer on
/// day 45. There is no buffer for the vendor: when it stops, `gpu` is down on the same day, and the offer on day 20.
#[test]
fn buffers_of_the_chain_add_up() {
    let running = || primary("a", "cloud", ", hardware: [gpu], hardware_buffer: 20d");
    let fabs = running()
        .event("shock: {effects: {stop: {supplier: fab}}}")
        .event("shock: {effects: {stop: {supplier: second_fab}}}, at: 15d");
    assert_days_down(&fabs, 55.0);
    assert_days_down(&running().event("shock: {effects: {stop: {supplier: fab}}}"), 0.0);
    assert_days_down(&running().event("shock: {effects: {stop: {supplier: chips}}}"), 80.0);
}

/// While all of an offer's hardware is down, it is closed to new use although its machines run on: the warm standby on
/// `gpu` never opens. While only the fabs are down and the buffer of `gpu` lasts 10 days, it is open: ready on day 7.
#[test]
fn hardware_that_is_down_closes_its_offers_to_new_use() {
    let world = World::new()
        .offer("c", "north", "NO", 1.0, "onboarding: 1000d, hardware: [gpu]")
        .workload_keys("standby: [{offer: 'c@north:NO', readiness: warm, cover: 1.0}]")
        .event(STOP_ALPHA);
    assert_days_down(&world.clone().event(STOP_GPU), 100.0);
    let fabs = world
        .event("shock: {effects: {stop: {supplier: fab}}}")
        .event("shock: {effects: {stop: {supplier: second_fab}}}");
    assert_days_down(&fabs, 7.0);
}

/// A cut takes hardware only from offers in one region.
#[test]
fn a_cut_affects_one_region() {
    let cut = |region: &str| format!("shock: {{effects: {{cut: {{hardware: [gpu], region: [{region}]}}}}}}");
    let running = || primary("a", "cloud", ", hardware: [gpu], hardware_buffer: 20d");
    assert_days_down(&running().event(&cut("DE")), 80.0);
    assert_days_down(&running().event(&cut("FR")), 0.0);
}

const STOP_BETA: &str = "shock: {effects: {stop: {supplier: beta}}}";

fn drifting(model: &str) -> World {
    primary(model, "north", "")
        .with("quality_drift_per_year: 0", "quality_drift_per_year: 100")
        .workload_keys("min_quality: 1390")
}

/// The open model `b` runs on without its developer, but goes stale: 10 points above the floor at 100 a year last 36.5
/// days. In German its margin is only 5 points: 18.25 days. Without drift it never goes stale. `d` is based on `b`, so it
/// loses the updates of an ancestor; `c`, a closed model of `gamma`, loses none.
#[test]
fn a_stale_model_lasts_as_long_as_its_margin() {
    assert_days_down(&drifting("b").event(STOP_BETA), 100.0 - 36.5);
    assert_days_down(&drifting("b").workload_keys("languages: [de]").event(STOP_BETA), 100.0 - 18.25);
    assert_days_down(&primary("b", "north", "").workload_keys("min_quality: 1390").event(STOP_BETA), 0.0);
    assert_days_down(&drifting("d").event(STOP_BETA), 100.0 - 36.5);
    assert_days_down(&drifting("c").event(STOP_BETA), 0.0);
}

/// The effect `stale` has the same consequence; updates that return within the margin keep the pair usable.
#[test]
fn staleness_ends_with_the_shock() {
    let stale = "shock: {effects: {stale: {model: b}}}";
    assert_days_down(&drifting("b").event(stale), 63.5);
    assert_days_down(&drifting("b").event(&format!("{stale}, duration: 36d")), 0.0);
    assert_days_down(&drifting("b").event(&format!("{stale}, duration: 40d")), 3.5);
}
