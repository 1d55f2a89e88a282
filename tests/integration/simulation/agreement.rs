//! The simulator takes short cuts; here every trial is held against the rules themselves, cell by cell through time.

use std::path::PathBuf;

use multipolar::input::{Sources, load};
use multipolar::model::instance::Instance;
use multipolar::service::course::follow;
use multipolar::service::disruption::{Disruption, Occurrence};
use multipolar::service::frame::{CellFrame, Roles};
use multipolar::service::loss::{CellPlan, cell_outcome};
use multipolar::simulation::draws::{Purpose, Rates, Sampler};
use multipolar::simulation::run::{EventLoss, Simulation, Watch};
use multipolar::study::session::Session;

/// A plan followed without any short cut.
struct Reference<'a> {
    session: &'a Session<'a>,
    frames: Vec<CellFrame>,
    plans: Vec<CellPlan>,
}

/// By workload: loss, USD, and unserved share × days.
type ByWorkload = Vec<(f64, f64)>;

impl<'a> Reference<'a> {
    fn new(session: &'a Session<'a>) -> Self {
        let frames = CellFrame::all(&session.setting, &Roles::of_plan(&session.current), &session.shocks);
        let workload = |frame: &CellFrame| session.instance.cells[frame.cell].workload;
        let plans = frames.iter().map(|f| CellPlan::new(f, workload(f), &session.current)).collect();
        Self { session, frames, plans }
    }

    fn outcome(&self, occurrences: &[Occurrence]) -> ByWorkload {
        let Session { setting, shocks, instance, .. } = self.session;
        let disruption = Disruption::new(&setting.graph, shocks, occurrences, setting.horizon_days());
        let mut by_workload = vec![(0.0, 0.0); instance.workloads.len()];
        for (frame, plan) in self.frames.iter().zip(&self.plans) {
            let outcome = cell_outcome(frame, plan, &follow(frame, &disruption));
            let own = &mut by_workload[instance.cells[frame.cell].workload];
            own.0 += outcome.loss.total_usd();
            own.1 += outcome.unserved_days() * frame.users_share;
        }
        by_workload
    }

    /// By family, in order of its first occurrence: shock, onset, and its part of the loss.
    fn families(&self, occurrences: &[Occurrence], whole: &ByWorkload) -> Vec<(usize, f64, f64)> {
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
            whole.iter().enumerate().map(of_workload).sum()
        };
        let family = |(at, &f): (usize, &usize)| (occurrences[f].shock, occurrences[f].start, part(at));
        first.iter().enumerate().map(family).collect()
    }
}

fn is_close(found: f64, expected: f64, whole: f64) -> bool {
    (found - expected).abs() <= 1e-9 * whole.max(1.0)
}

/// Loss, unserved demand by workload and the parts of each event family, trial by trial.
fn assert_agrees(instance: &Instance, n_trials: u64) {
    let session = Session::new(instance);
    let sampler = Sampler::new(instance, &session.shocks, 7, Purpose::InSample, Rates::Drawn);
    let simulation = Simulation::new(&session.setting, &session.shocks, sampler.clone(), &session.current);
    let mut events: Vec<EventLoss> = Vec::new();
    let mut hear = |losses: &[EventLoss]| events.extend(losses);
    let run = simulation.crew().run(0..n_trials, Watch::SILENT, Some(&mut hear));
    let reference = Reference::new(&session);
    let mut unserved = vec![0.0; instance.workloads.len()];
    let mut n_lossy = 0;
    for (trial, (&loss, &largest)) in (0..).zip(run.losses.iter().zip(&run.occurrence_losses)) {
        let occurrences = sampler.trial(trial);
        let whole = reference.outcome(&occurrences);
        let all: f64 = whole.iter().map(|own| own.0).sum();
        assert!(is_close(loss, all, all), "trial {trial}: {loss} instead of {all}");
        unserved.iter_mut().zip(&whole).for_each(|(sum, own)| *sum += own.1);
        let families = reference.families(&occurrences, &whole);
        for event in events.iter().filter(|e| e.trial == trial) {
            let own = families.iter().find(|f| f.0 == event.shock && f.1 == event.day).expect("a family");
            assert!(is_close(event.loss, own.2, all), "trial {trial}, {event:?}: {} expected", own.2);
        }
        let told: f64 = events.iter().filter(|e| e.trial == trial).map(|e| e.loss).sum();
        assert!(is_close(told, all, all), "trial {trial}: events add up to {told}, not {all}");
        let expected = families.iter().map(|f| f.2).fold(0.0, f64::max);
        assert!(is_close(largest, expected, all), "trial {trial}: largest {largest} instead of {expected}");
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
