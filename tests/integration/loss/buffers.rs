//! What a stop does along the supply graph: buffers, hardware, lost updates.

use crate::world::{World, assert_close};

/// 1,000 USD for each day of the 100 that the only primary is down, and nothing else.
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

/// A closed model of `alpha` on the strange host `cloud` outlives its developer by 90 days: 10 of 100 are lost. A buffer of
/// the offer's own of 30 days leaves 70. On `child`, which alpha controls, there is none, and none where `child` develops
/// and alpha hosts; on alpha itself none either.
#[test]
fn strangers_hold_the_weights_for_ninety_days() {
    assert_days_down(&primary("a", "cloud", "").event(STOP_ALPHA), 10.0);
    assert_days_down(&primary("a", "cloud", ", developer_buffer: 30d").event(STOP_ALPHA), 70.0);
    assert_days_down(&primary("a", "child", "").event(STOP_ALPHA), 100.0);
    assert_days_down(&World::new().event(STOP_ALPHA), 100.0);
    let stop_child = "shock: {effects: {stop: {supplier: child}}}";
    assert_days_down(&primary("e", "alpha", "").event(stop_child), 100.0);
}

/// A supplier stops in all its roles, never its children: `e` of `child` on `cloud` does not notice that alpha stops.
#[test]
fn a_stop_spares_the_children() {
    assert_days_down(&primary("e", "cloud", "").event(STOP_ALPHA), 0.0);
}

/// A legal order is no stop: the weights may not be used from the first day on.
#[test]
fn an_order_knows_no_buffer() {
    let order = "shock: {effects: {unavailable: {developer: alpha}}}";
    assert_days_down(&primary("a", "cloud", "").event(order), 100.0);
}

/// `host: alpha` stops alpha's sites only: its model on `cloud` runs on, that on alpha itself does not.
#[test]
fn a_stopped_host_is_not_a_stopped_developer() {
    let stop = "shock: {effects: {stop: {host: alpha}}}";
    assert_days_down(&primary("a", "cloud", "").event(stop), 0.0);
    assert_days_down(&World::new().event(stop), 100.0);
}

/// The buffer warns: down on day 90, the displaced share has elapsed 90 days at once, and the warm standby of 7 days is open.
/// With a buffer of 3 days it opens on day 7, after 4 days down.
#[test]
fn a_buffer_counts_into_elapsed() {
    let standby = "standby: [{offer: c@gamma:SE, readiness: warm, cover: 1.0}]";
    assert_days_down(&primary("a", "cloud", "").workload_keys(standby).event(STOP_ALPHA), 0.0);
    assert_days_down(
        &primary("a", "cloud", ", developer_buffer: 3d").workload_keys(standby).event(STOP_ALPHA),
        4.0,
    );
}

/// Two stops of 50 days that touch leave the developer unmet without a break: down on day 90. With a day between them the
/// buffer of 40 days runs anew: down on days 40 to 50 and 91 to 100.
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

/// The machines run on for the offer's own 20 days, 540 where it says nothing; where the hardware is unknown, for ever.
#[test]
fn machines_run_on_for_the_hardware_buffer() {
    assert_days_down(&primary("a", "cloud", ", hardware: [gpu], hardware_buffer: 20d").event(STOP_GPU), 80.0);
    let long =
        |keys: &str| primary("a", "cloud", keys).with("horizon: 100d", "horizon: 600d").event(STOP_GPU);
    assert_days_down(&long(", hardware: [gpu]"), 60.0);
    assert_days_down(&long(""), 0.0);
}

/// `gpu` stops on day 0 and `tpu` on day 30: the need is unmet from day 30, the offer down 20 days later. With the notice of
/// 6 days of the one that stopped last and the buffer of 20, elapsed is 26 on day 50: a warm standby of 30 days opens on
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

/// `gpu` needs one of two fabs, with 10 days of stock. They stop on day 0 and day 15: `gpu` is down on day 25, the offer on
/// day 45. A vendor has no stock: it takes `gpu` down on its first day, the offer on day 20.
#[test]
fn stocks_of_the_chain_add_up() {
    let running = || primary("a", "cloud", ", hardware: [gpu], hardware_buffer: 20d");
    let fabs = running()
        .event("shock: {effects: {stop: {supplier: fab}}}")
        .event("shock: {effects: {stop: {supplier: second_fab}}}, at: 15d");
    assert_days_down(&fabs, 55.0);
    assert_days_down(&running().event("shock: {effects: {stop: {supplier: fab}}}"), 0.0);
    assert_days_down(&running().event("shock: {effects: {stop: {supplier: chips}}}"), 80.0);
}

/// While all of an offer's hardware is down it is closed to newcomers, although its machines run on: the warm standby on
/// `gpu` never opens. While only the fabs are down and `gpu` lives on its stock of 10 days, it is open: ready on day 7.
#[test]
fn hardware_that_is_down_closes_its_offers_to_newcomers() {
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

/// A cut takes hardware from offers in a region only.
#[test]
fn a_cut_strikes_one_region() {
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

/// The open model `b` serves on without its developer, but goes stale: 10 points over the floor at 100 a year last 36.5
/// days. In German it has only 5 points to spare: 18.25 days. Without drift it never ends. `d` stands on `b`, so it loses an
/// ancestor's updates; `c`, a closed model of `gamma`, loses none.
#[test]
fn a_stale_model_lasts_as_long_as_its_margin() {
    assert_days_down(&drifting("b").event(STOP_BETA), 100.0 - 36.5);
    assert_days_down(&drifting("b").workload_keys("languages: [de]").event(STOP_BETA), 100.0 - 18.25);
    assert_days_down(&primary("b", "north", "").workload_keys("min_quality: 1390").event(STOP_BETA), 0.0);
    assert_days_down(&drifting("d").event(STOP_BETA), 100.0 - 36.5);
    assert_days_down(&drifting("c").event(STOP_BETA), 0.0);
}

/// `stale` as an effect does the same, and updates that come back within the margin save the pair.
#[test]
fn staleness_ends_with_the_shock() {
    let stale = "shock: {effects: {stale: {model: b}}}";
    assert_days_down(&drifting("b").event(stale), 63.5);
    assert_days_down(&drifting("b").event(&format!("{stale}, duration: 36d")), 0.0);
    assert_days_down(&drifting("b").event(&format!("{stale}, duration: 40d")), 3.5);
}
