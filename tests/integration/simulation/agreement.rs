//! The simulator takes short cuts; these tests compare every trial with the rules, applied to each cell over time.

use std::path::PathBuf;

use multipolar::input::{Sources, load};
use multipolar::model::instance::Instance;
use multipolar::service::cell_model::{CellModel, Roles};
use multipolar::service::cell_plan::CellPlan;
use multipolar::service::disruption::{Disruption, Occurrence};
use multipolar::service::loss::cell_outcome;
use multipolar::service::trajectory::simulate_cell;
use multipolar::simulation::draws::{Purpose, Rates, Sampler};
use multipolar::simulation::run::{EventLoss, RunControl, Simulation};
use multipolar::study::session::Session;

use crate::world::World;

/// Losses of a plan computed without short cuts.
struct Reference<'a> {
    session: &'a Session<'a>,
    cell_models: Vec<CellModel>,
    plans: Vec<CellPlan>,
}

/// Loss, USD, and unserved share × days, by workload.
type ByWorkload = Vec<(f64, f64)>;

impl<'a> Reference<'a> {
    fn new(session: &'a Session<'a>) -> Self {
        let cell_models =
            CellModel::all(&session.setting, &Roles::of_plan(&session.current), &session.shocks);
        let workload = |cell_model: &CellModel| session.instance.cells[cell_model.cell].workload;
        let plans = cell_models.iter().map(|f| CellPlan::new(f, workload(f), &session.current)).collect();
        Self { session, cell_models, plans }
    }

    fn outcome(&self, occurrences: &[Occurrence]) -> ByWorkload {
        let Session { setting, shocks, instance, .. } = self.session;
        let disruption = Disruption::new(&setting.graph, shocks, occurrences, setting.horizon_days());
        let mut by_workload = vec![(0.0, 0.0); instance.workloads.len()];
        for (cell_model, plan) in self.cell_models.iter().zip(&self.plans) {
            let outcome = cell_outcome(cell_model, plan, &simulate_cell(cell_model, &disruption));
            let own = &mut by_workload[instance.cells[cell_model.cell].workload];
            own.0 += outcome.loss.total_usd();
            own.1 += outcome.unserved_days() * cell_model.users_share;
        }
        by_workload
    }

    /// Shock, onset and share of the loss of each family, in order of its first occurrence; and the loss of workloads to which
    /// no family does anything alone, such as two offers out at once, which the families active share.
    fn families(
        &self,
        occurrences: &[Occurrence],
        by_workload: &ByWorkload,
    ) -> (Vec<(usize, f64, f64)>, f64) {
        let first: Vec<usize> = (0..occurrences.len()).filter(|&o| occurrences[o].family == o).collect();
        let alone: Vec<ByWorkload> = first
            .iter()
            .map(|f| {
                let own: Vec<Occurrence> = occurrences.iter().filter(|o| o.family == *f).cloned().collect();
                self.outcome(&own)
            })
            .collect();
        let part = |family: usize| -> f64 {
            let of_workload = |(w, (usd, _)): (usize, &(f64, f64))| {
                let sum: f64 = alone.iter().map(|own| own[w].0).sum();
                if sum > 0.0 { usd * alone[family][w].0 / sum } else { 0.0 }
            };
            by_workload.iter().enumerate().map(of_workload).sum()
        };
        let family = |(at, &f): (usize, &usize)| (occurrences[f].shock, occurrences[f].start, part(at));
        let families: Vec<(usize, f64, f64)> = first.iter().enumerate().map(family).collect();
        let shared: f64 =
            by_workload.iter().map(|own| own.0).sum::<f64>() - families.iter().map(|f| f.2).sum::<f64>();
        (families, shared)
    }
}

fn is_close(found: f64, expected: f64, total: f64) -> bool {
    (found - expected).abs() <= 1e-9 * total.max(1.0)
}

/// Compares loss, unserved demand by workload, and the loss of each event family, trial by trial.
fn assert_agrees(instance: &Instance, n_trials: u64) {
    let session = Session::new(instance);
    let sampler = Sampler::new(instance, &session.shocks, 7, Purpose::InSample, Rates::Drawn);
    let simulation = Simulation::new(&session.setting, &session.shocks, sampler.clone(), &session.current);
    let mut events: Vec<EventLoss> = Vec::new();
    let mut hear = |losses: &[EventLoss]| events.extend(losses);
    let run = simulation.runner().run(0..n_trials, RunControl::SILENT, Some(&mut hear));
    let reference = Reference::new(&session);
    let mut unserved = vec![0.0; instance.workloads.len()];
    let mut n_lossy = 0;
    for (trial, (&loss, &largest)) in (0..).zip(run.losses.iter().zip(&run.occurrence_losses)) {
        let occurrences = sampler.trial(trial);
        let by_workload = reference.outcome(&occurrences);
        let all: f64 = by_workload.iter().map(|own| own.0).sum();
        assert!(is_close(loss, all, all), "trial {trial}: {loss} instead of {all}");
        unserved.iter_mut().zip(&by_workload).for_each(|(sum, own)| *sum += own.1);
        let (families, shared) = reference.families(&occurrences, &by_workload);
        for event in events.iter().filter(|e| e.trial == trial) {
            let own = families.iter().find(|f| f.0 == event.shock && f.1 == event.day).expect("a family");
            let more = event.loss - own.2;
            let is_right = is_close(more, 0.0, all) || (more > 0.0 && more <= shared);
            assert!(is_right, "trial {trial}, {event:?}: {} expected, of {shared} more in all", own.2);
        }
        let told: f64 = events.iter().filter(|e| e.trial == trial).map(|e| e.loss).sum();
        assert!(is_close(told, all, all), "trial {trial}: events add up to {told}, not {all}");
        let expected = families.iter().map(|f| f.2).fold(0.0, f64::max);
        let is_right =
            is_close(largest, expected, all) || (largest > expected && largest <= expected + shared);
        assert!(is_right, "trial {trial}: largest {largest} instead of {expected}");
        n_lossy += usize::from(all > 1.0);
    }
    let days = session.setting.horizon_days() * n_trials as f64;
    for (found, sum) in run.mean_unserved().iter().zip(unserved) {
        assert!((found - sum / days).abs() < 1e-9, "unserved {found} instead of {}", sum / days);
    }
    assert!(n_lossy as u64 > n_trials / 4, "only {n_lossy} trials lose anything");
}

fn shipped(name: &str) -> Instance {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("portfolios").join(name);
    load(Sources { portfolio: &path, catalog: None, jurisdictions: None }).unwrap().instance
}

#[test]
fn the_bank_loses_what_the_rules_say() {
    assert_agrees(&shipped("european_bank.yaml"), 150);
}

#[test]
fn every_other_portfolio_loses_what_the_rules_say() {
    for name in ["quickstart.yaml", "gulf_retailer.yaml", "us_saas.yaml", "japanese_manufacturer.yaml"] {
        assert_agrees(&shipped(name), 100);
    }
}

/// A world with frequent interactions of every kind: standbys of three leads, buffers, two chips for one need, stale models
/// that expire only together, `no_new`, several squeezes, notice, families of several events, withdrawal.
fn crowded(surge: &str) -> World {
    World::new()
        .with("horizon: 100d", "horizon: 365d")
        .with("surge: 0", surge)
        .with("quality_drift_per_year: 0", "quality_drift_per_year: 100")
        .with("switch_usd: 0", "switch_usd: 500")
        .with("users: {DE: 1.0}", "users: {DE: 0.5, FR: 0.3, SE: 0.2}")
        .with("recovery_objective: 0d", "recovery_objective: 2d")
        .allocation("{a@alpha:DE: 0.5, b@beta:FR: 0.3, d@gamma:SE: 0.2}")
        .workload_keys(
            "min_quality: 1380
            fallback: {after: 20d, usd_per_day: 300}
            standby: [{offer: c@gamma:SE, readiness: warm, cover: 0.3, lead: 5d}, {offer: e@child:DE, readiness: warm, cover: 0.2, lead: 12d}, {offer: \"d@north:NO\", readiness: hot, cover: 0.1}]",
        )
        .offer("d", "gamma", "SE", 2.0, "onboarding: 30d, hardware: [gpu, tpu], hardware_buffer: 15d")
        .offer("d", "north", "NO", 1.5, "onboarding: 60d, hardware: [gpu]")
        .offer("e", "child", "DE", 1.2, "onboarding: 45d, hardware: [tpu], hardware_buffer: 5d")
        .shock("id: fab_stops, effects: {stop: {supplier: fab}}, frequency: {per_year: 3}, duration: {fixed: 40d}")
        .shock("id: second_stops, effects: {stop: {supplier: second_fab}}, frequency: {per_year: 3}, duration: {fixed: 50d}")
        .shock("id: tpu_stops, effects: {stop: {hardware: tpu}}, frequency: {per_year: 2}, duration: {median: 20d, p90: 60d}")
        .shock("id: a_dark, effects: {unavailable: {model: [a]}}, frequency: {per_year: 3}, duration: {median: 10d, p90: 60d}, notice: 3d")
        .shock("id: b_short, effects: [{capacity_times: 0.6, where: {developer: [beta]}}], frequency: {per_year: 2}, duration: {fixed: 30d}")
        .shock("id: all_short, effects: [{capacity_times: 0.7, where: {}}], frequency: {per_year: 1}, duration: {fixed: 25d}")
        .shock("id: closed, effects: {no_new: {developer: [gamma, child]}}, frequency: {per_year: 3}, duration: {median: 20d, p90: 90d}")
        .shock("id: stale_one, effects: {stale: {developer: [beta]}}, frequency: {per_year: 4}, duration: {fixed: 60d}")
        .shock("id: stale_two, effects: {stale: {origin: [FR]}}, frequency: {per_year: 3}, duration: {fixed: 50d}, notice: 9d")
        .shock("id: dear, effects: [{price_times: 1.4, where: {host_origin: [US]}}], frequency: {events: 2, years: 1}, duration: {median: 90d, p90: 200d}, triggers: [{shock: dear_too, probability: 0.5, after: 6d}, {shock: a_dark, probability: 0.3, after: 0d}]")
        .shock("id: dear_too, effects: [{price_times: 0.9, where: {developer: [beta]}}, {price_times: 1.5, where: {developer: [gamma]}}], duration: {reversed: {events: 4, of: 9}, median: 30d, p90: 60d}")
        .shock("id: law, kind: regulation_shift, by: DE, what: {access: [api]}, withdrawal_probability: 0.3, price_times: 1.1, one_off_usd_per_workload: 900, frequency: {per_year: 3}, duration: {median: 60d, p90: 150d}")
        .shock("id: ban, kind: export_ban, by: US, on: [SE], what: {openness: [closed]}, frequency: {per_year: 1}, duration: {fixed: 30d}, collateral: {probability: 0.5, of: model}, crowding: {capacity_times: 0.8, price_times: 1.2, where: {origin: [FR, SE]}}")
}

#[test]
fn a_crowded_world_loses_what_the_rules_say() {
    for surge in ["surge: 0.2", "surge: 0"] {
        assert_agrees(&crowded(surge).load(), 300);
    }
}

/// With room for nothing, for some impacts, and for all: the same losses and events, on any number of threads.
#[test]
fn what_is_remembered_changes_nothing() {
    let instance = crowded("surge: 0.2").load();
    let session = Session::new(&instance);
    let run = |max_bytes: Option<usize>, n_threads: usize| {
        let sampler = Sampler::new(&instance, &session.shocks, 1, Purpose::InSample, Rates::Drawn);
        let simulation = Simulation::new(&session.setting, &session.shocks, sampler, &session.current);
        let simulation = match max_bytes {
            Some(max_bytes) => simulation.remembering_at_most(max_bytes),
            None => simulation,
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        let mut events: Vec<EventLoss> = Vec::new();
        let mut sink = |found: &[EventLoss]| events.extend_from_slice(found);
        let run = pool.install(|| simulation.runner().run(0..400, RunControl::SILENT, Some(&mut sink)));
        (run, events, simulation.n_remembered_bytes())
    };
    let (expected, expected_events, all_bytes) = run(None, 1);
    assert!(!expected_events.is_empty());
    for (max_bytes, n_threads) in [(0, 1), (0, 3), (all_bytes / 2, 1), (all_bytes / 2, 3), (usize::MAX, 3)] {
        let (found, events, _) = run(Some(max_bytes), n_threads);
        assert_eq!(found, expected, "{max_bytes} bytes, {n_threads} threads");
        assert!(events == expected_events, "{max_bytes} bytes, {n_threads} threads: other events");
    }
}

/// Between two trials no more is remembered than the bound and what the last trial needed.
#[test]
fn what_is_remembered_is_bounded() {
    let instance = crowded("surge: 0.2").load();
    let session = Session::new(&instance);
    let simulation = |max_bytes: usize| {
        let sampler = Sampler::new(&instance, &session.shocks, 1, Purpose::InSample, Rates::Drawn);
        Simulation::new(&session.setting, &session.shocks, sampler, &session.current)
            .remembering_at_most(max_bytes)
    };
    let unbounded = simulation(usize::MAX);
    let runner = unbounded.runner();
    let _ = runner.run(0..60, RunControl::SILENT, None);
    let max_bytes = unbounded.n_remembered_bytes() / 4;
    let bounded = simulation(max_bytes);
    let runner = bounded.runner();
    let mut most = 0;
    for trial in 0..60 {
        let _ = runner.run(trial..trial + 1, RunControl::SILENT, None);
        let alone = simulation(usize::MAX);
        let _ = alone.runner().run(trial..trial + 1, RunControl::SILENT, None);
        let found = bounded.n_remembered_bytes();
        assert!(
            found <= max_bytes + alone.n_remembered_bytes(),
            "trial {trial}: {found} bytes, more than {max_bytes} and those of the trial"
        );
        most = most.max(found);
    }
    // The bound was reached, and the memory is used.
    assert!(most > max_bytes && bounded.n_remembered_bytes() > 0);
}
