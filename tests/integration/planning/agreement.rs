//! Planner and simulator agree on cost and loss of the same plan on the same trials.

use std::path::PathBuf;

use multipolar::input::{Sources, load};
use multipolar::model::instance::{Instance, Standby};
use multipolar::model::plan::Plan;
use multipolar::model::portfolio::Readiness;
use multipolar::planning::sample::CompiledSample;
use multipolar::planning::sample::evaluate::{Objective, evaluate};
use multipolar::service::cell_model::Roles;
use multipolar::simulation::draws::{Purpose, Rates, Sampler};
use multipolar::study::session::Session;
use multipolar::study::simulate::SimulateSettings;

const N_TRIALS: u64 = 200;
const SEED: u64 = 7;

fn instance(portfolio: &str) -> Instance {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("portfolios").join(portfolio);
    load(Sources { portfolio: &path, catalog: None, jurisdictions: None }).unwrap().instance
}

/// Asserts that the loss of each trial is the same by the planner's sample, compiled for `roles`, and by the simulator.
#[track_caller]
fn assert_agreement(session: &Session<'_>, roles: &Roles, plan: &Plan) {
    let sampler = Sampler::new(session.instance, &session.shocks, SEED, Purpose::InSample, Rates::Drawn);
    let trials: Vec<_> = (0..N_TRIALS).map(|trial| sampler.trial(trial)).collect();
    let sample = CompiledSample::new(&session.setting, &session.shocks, roles, &trials);
    let objective = Objective::new(0.5, 0.95);
    let planned = evaluate(&session.setting, &sample, &objective, plan);
    let settings = SimulateSettings { n_trials: N_TRIALS, seed: SEED, rates: Rates::Drawn };
    let simulated = session.simulate(plan, settings, &|_| ()).unwrap();
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs().max(1.0);
    for (trial, (&a, &b)) in planned.losses.iter().zip(&simulated.run.losses).enumerate() {
        assert!(close(a, b), "trial {trial}: planner {a}, simulator {b}");
    }
    assert!(close(planned.figures.aal_usd, simulated.summary.aal.value));
    assert!(close(planned.figures.cvar_usd, simulated.summary.cvar_at(0.95).unwrap().value));
    assert!(close(planned.figures.monthly_cost_usd, simulated.monthly_cost.total_usd()));
    assert!(simulated.run.losses.iter().filter(|loss| **loss > 0.0).count() > 20, "too calm to tell");
}

/// Today's allocation, on a sample compiled for all possible plans.
#[test]
fn planner_and_simulator_agree_on_todays_allocation() {
    for portfolio in ["quickstart.yaml", "european_bank.yaml"] {
        let instance = instance(portfolio);
        let session = Session::new(&instance);
        assert_agreement(&session, &Roles::all(&session.setting), &session.current);
    }
}

/// A plan far from today's: each cell is on its last three eligible offers, with a hot and a warm standby per workload.
#[test]
fn planner_and_simulator_agree_on_another_plan() {
    let instance = instance("european_bank.yaml");
    let session = Session::new(&instance);
    let eligible = |cell: usize| session.setting.law.eligible.offers(cell).collect::<Vec<_>>();
    let mut plan = session.current.clone();
    for (cell, shares) in plan.allocation.iter_mut().enumerate() {
        let offers = eligible(cell);
        let last: Vec<usize> = offers[offers.len().saturating_sub(3)..].to_vec();
        let share = 1.0 / last.len() as f64;
        *shares = last.into_iter().map(|offer| (offer, share)).collect();
    }
    for (workload, standby) in plan.standby.iter_mut().enumerate() {
        let offers = eligible(instance.workloads[workload].cells.start);
        let warm_lead = instance.portfolio.readiness.warm_lead_days;
        *standby = vec![
            Standby { offer: offers[0], readiness: Readiness::Hot, cover: 0.4, lead_days: 0.0 },
            Standby { offer: offers[1], readiness: Readiness::Warm, cover: 0.7, lead_days: warm_lead },
        ];
    }
    assert_agreement(&session, &Roles::of_plan(&plan), &plan);
}
