//! Draws depend only on their address (seed, purpose, trial, shock, occurrence).

use multipolar::model::instance::Instance;
use multipolar::simulation::draws::{Purpose, Rates, Sampler, Scratch};
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

/// Two triggers of one child are two coins: after a parent, no child comes with probability 0.5 × 0.5, one with 0.5, two
/// with 0.25. Were they one coin, none would come with 0.5 and one never. Bounds: four standard errors of about 2,000
/// parents. The order of the triggers in the file does not matter.
#[test]
fn two_triggers_of_one_child_are_two_coins() {
    let world = |triggers: &str| {
        World::new()
            .with("horizon: 100d", "horizon: 365d")
            .shock(&format!(
                "id: parent, effects: {{stop: {{supplier: gamma}}}}, frequency: {{per_year: 1}}, duration: {{fixed: 1d}}, \
                 triggers: {triggers}"
            ))
            .shock("id: child, effects: {stop: {supplier: gamma}}, duration: {median: 5d, p90: 9d}")
            .load()
    };
    let early = "{shock: child, probability: 0.5, after: 1d}";
    let late = "{shock: child, probability: 0.5, after: 2d}";
    let instance = world(&format!("[{early}, {late}]"));
    let turned = world(&format!("[{late}, {early}]"));
    let (mut counts, mut n) = ([0.0; 3], 0.0);
    for trial in 0..5000 {
        let all = drawn(&instance, 1, trial, &[]);
        assert_eq!(drawn(&turned, 1, trial, &[]), all, "trial {trial}");
        let children: Vec<&Drawn> = all.iter().filter(|o| o.0 == "child").collect();
        let parents: Vec<&Drawn> = all.iter().filter(|o| o.0 == "parent").collect();
        // One parent, early enough for both children.
        if parents.len() != 1 || parents[0].1 > 360.0 {
            continue;
        }
        if let [a, b] = children[..] {
            assert!((a.2 - a.1 - (b.2 - b.1)).abs() > 1e-9, "both children last equally long");
        }
        counts[children.len()] += 1.0;
        n += 1.0;
    }
    for (found, expected) in counts.iter().zip([0.25, 0.5, 0.25_f64]) {
        let error = (expected * (1.0 - expected) / n).sqrt();
        assert!((found / n - expected).abs() < 4.0 * error, "{counts:?} of {n}");
    }
}

/// 40,000 occurrences a year are expected, and a tension multiplies the rate: in some years there are more than the 100,000
/// that a trial can hold, and those are counted.
#[test]
fn trials_that_cannot_hold_their_occurrences_are_counted() {
    let mut world = World::new().tension("id: stress, sigma: 2");
    for n in 0..5 {
        world = world.shock(&format!(
            "id: flicker_{n}, effects: {{stop: {{supplier: alpha}}}}, frequency: {{per_year: 8000}}, duration: {{fixed: 1h}}, tensions: {{stress: 1}}"
        ));
    }
    let instance = world.with("horizon: 100d", "horizon: 365d").load();
    let session = Session::new(&instance);
    let sampler = Sampler::new(&instance, &session.shocks, 1, Purpose::InSample, Rates::Drawn);
    let (mut scratch, mut occurrences) = (Scratch::default(), Vec::new());
    let n_trials = 60;
    let mut n_truncated = 0;
    for trial in 0..n_trials {
        let is_complete = sampler.draw(trial, &mut scratch, &mut occurrences);
        assert_eq!(is_complete, occurrences.len() < 100_000, "trial {trial}");
        n_truncated += u64::from(!is_complete);
    }
    assert!(n_truncated > 0 && n_truncated < n_trials, "{n_truncated}");
}
