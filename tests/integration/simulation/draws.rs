//! Draws depend only on their address (seed, purpose, trial, shock, occurrence).

use multipolar::model::instance::Instance;
use multipolar::simulation::draws::{Purpose, Rates, Sampler};
use multipolar::study::session::Session;
use multipolar::study::simulate::SimulateSettings;

use crate::world::World;

/// Shocks with every kind of draw: a counted rate, a tension, a mixture, collateral, a trigger, a withdrawal.
fn stormy() -> World {
    World::new()
        .with("horizon: 100d", "horizon: 365d")
        .with("users: {DE: 1.0}", "users: {DE: 0.7, SE: 0.3}")
        .allocation("{a@alpha:DE: 0.6, b@beta:FR: 0.4}")
        .tension("id: heat, sigma: 0.8")
        .shock(
            "id: m_ban, kind: export_ban, by: US, on: [SE], what: {openness: [closed]}, frequency: {events: 3, years: 2}, \
             duration: {reversed: {events: 7, of: 10}, median: 30d, p90: 90d}, collateral: {probability: 0.5, of: model}, \
             tensions: {heat: 1.0}, triggers: [{shock: n_answer, probability: 0.5, after: 10d}]",
        )
        .shock(
            "id: n_answer, kind: regulation_shift, by: DE, what: {developer: [beta]}, withdrawal_probability: 0.5, \
             price_times: 1.2, one_off_usd_per_workload: 100, frequency: {per_year: 1}, duration: {median: 20d, p90: 60d}, \
             tensions: {heat: 0.5}",
        )
}

/// Id, start, end, collateral and withdrawn developers of each occurrence of a shock that is not in `others`.
type Drawn = (String, f64, f64, Vec<String>, Vec<String>);

fn drawn(instance: &Instance, seed: u64, trial: u64, others: &[&str]) -> Vec<Drawn> {
    let session = Session::new(instance);
    let sampler = Sampler::new(instance, &session.shocks, seed, Purpose::InSample, Rates::Drawn);
    let names =
        |suppliers: &[usize]| suppliers.iter().map(|&s| instance.suppliers[s].supplier.id.clone()).collect();
    let occurrences = sampler.trial(trial);
    let all = occurrences.iter().map(|o| {
        let id = session.shocks[o.shock].shock.id.clone();
        (id, o.start, o.end, names(&o.collateral), names(&o.withdrawn))
    });
    all.filter(|o| !others.contains(&o.0.as_str())).collect()
}

/// Two more shocks, before and after the others by name and on the same tension, do not change the draws of the others.
#[test]
fn another_shock_changes_no_draw() {
    let before = stormy().load();
    let added = ["a_first", "z_last"];
    let keys = "effects: {stop: {supplier: gamma}}, frequency: {per_year: 3}, duration: {median: 5d, p90: 9d}, tensions: {heat: 2.0}";
    let after = added.iter().fold(stormy(), |world, id| world.shock(&format!("id: {id}, {keys}"))).load();
    let (mut n, mut n_added) = (0, 0);
    for trial in 0..200 {
        let expected = drawn(&before, 1, trial, &[]);
        assert_eq!(drawn(&after, 1, trial, &added), expected, "trial {trial}");
        n += expected.len();
        n_added += drawn(&after, 1, trial, &[]).len() - expected.len();
    }
    assert!(n > 300 && n_added > 300, "only {n} and {n_added} occurrences");
}

/// Another seed changes the draws, and so does another trial.
#[test]
fn seed_and_trial_change_the_draws() {
    let instance = stormy().load();
    let all = |seed: u64, first: u64| -> Vec<_> {
        (first..first + 20).map(|t| drawn(&instance, seed, t, &[])).collect()
    };
    assert_ne!(all(1, 0), all(2, 0));
    assert_ne!(all(1, 0), all(1, 20));
    assert_eq!(all(1, 0), all(1, 0));
}

fn losses(world: &World, n_trials: u64) -> Vec<f64> {
    let instance = world.load();
    let session = Session::new(&instance);
    let settings = SimulateSettings { n_trials, seed: 1, rates: Rates::Drawn };
    session.simulate(&session.current, settings, &|_| ()).unwrap().run.losses
}

/// The first 100 of 300 trials equal those of a run with 100 trials.
#[test]
fn more_trials_do_not_change_the_first_ones() {
    let long = losses(&stormy(), 300);
    assert_eq!(losses(&stormy(), 100), long[..100]);
    assert!(long.iter().any(|loss| *loss > 0.0));
}

/// Suppliers, models, hardware, offers, shocks and jurisdictions in reverse order give the same losses, bit by bit.
#[test]
fn the_order_of_entries_in_the_files_changes_nothing() {
    let straight = losses(&stormy(), 300);
    assert_eq!(losses(&stormy().reversed(), 300), straight);
    assert!(straight.iter().any(|loss| *loss > 0.0));
}
