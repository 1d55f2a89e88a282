//! Breakdowns add up to their totals.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use multipolar::input::{Sources, load};
use multipolar::simulation::draws::{Purpose, Rates, Sampler};
use multipolar::simulation::parts::Parts;
use multipolar::simulation::run::{RunControl, Simulation};
use multipolar::study::session::Session;
use multipolar::study::simulate::{SimulateSettings, Simulated};

fn simulated(portfolio: &str) -> Simulated {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("portfolios").join(portfolio);
    let loaded = load(Sources { portfolio: &path, catalog: None, jurisdictions: None }).unwrap();
    let session = Session::new(&loaded.instance);
    let settings = SimulateSettings { n_trials: 300, seed: 1, rates: Rates::Drawn };
    session.simulate(&session.current, settings, &|_| ()).unwrap()
}

#[track_caller]
fn assert_adds_up(parts: &Parts, total: f64) {
    for map in [&parts.shock, &parts.jurisdiction, &parts.actor, &parts.workload] {
        let sum: f64 = map.values().sum();
        assert!((sum - total).abs() <= 1e-9 * total, "{map:?} adds up to {sum}, not {total}");
        assert!(map.values().all(|usd| *usd >= 0.0));
    }
}

/// AAL and CVaR at 0.95 by shock, acting jurisdiction and workload, each with more than one part.
#[test]
fn the_parts_of_aal_and_cvar_add_up() {
    for portfolio in ["quickstart.yaml", "european_bank.yaml"] {
        let summary = simulated(portfolio).summary;
        assert!(summary.aal.value > 0.0);
        assert_adds_up(&summary.aal_by, summary.aal.value);
        assert_adds_up(&summary.cvar_by, summary.cvar_at(0.95).unwrap().value);
        let is_split = |map: &BTreeMap<String, f64>| map.len() > 1;
        assert!(is_split(&summary.aal_by.shock) && is_split(&summary.aal_by.workload));
    }
}

/// With 365 days AAL is the plain mean of the losses, and CVaR at 0.95 the mean of the worst 15 of 300.
#[test]
fn aal_and_cvar_are_means_of_losses() {
    let simulated = simulated("european_bank.yaml");
    let mut losses = simulated.run.losses.clone();
    let mean = losses.iter().sum::<f64>() / 300.0;
    assert!((simulated.summary.aal.value - mean).abs() <= 1e-9 * mean);
    losses.sort_by(|a, b| b.total_cmp(a));
    let worst = losses[..15].iter().sum::<f64>() / 15.0;
    let cvar = simulated.summary.cvar_at(0.95).unwrap().value;
    assert!((cvar - worst).abs() <= 1e-9 * worst, "{cvar} instead of {worst}");
}

/// A workload that is simulated by itself loses in each trial what it loses among all.
#[test]
fn each_workload_alone_loses_what_it_loses_among_all() {
    for portfolio in ["quickstart.yaml", "european_bank.yaml"] {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("portfolios").join(portfolio);
        let loaded = load(Sources { portfolio: &path, catalog: None, jurisdictions: None }).unwrap();
        let session = Session::new(&loaded.instance);
        let losses = |workloads: Range<usize>| {
            let sampler =
                Sampler::new(&loaded.instance, &session.shocks, 1, Purpose::OutOfSample, Rates::Drawn);
            let (setting, plan) = (&session.setting, &session.current);
            let simulation = Simulation::of_workloads(setting, &session.shocks, sampler, plan, workloads);
            simulation.runner().run(0..300, RunControl::SILENT, None).losses
        };
        let n = loaded.instance.workloads.len();
        let all = losses(0..n);
        let alone: Vec<Vec<f64>> = (0..n).map(|workload| losses(workload..workload + 1)).collect();
        assert!(alone.iter().filter(|own| own.iter().any(|usd| *usd > 0.0)).count() > 1);
        for (trial, usd) in all.iter().enumerate() {
            let sum: f64 = alone.iter().map(|own| own[trial]).sum();
            assert!((sum - usd).abs() <= 1e-9 * usd, "{portfolio}, trial {trial}: {sum}, not {usd}");
        }
    }
}

/// The largest event family of a trial costs no more than all of them.
#[test]
fn no_family_costs_more_than_its_trial() {
    let run = simulated("european_bank.yaml").run;
    let mut several = 0;
    for (family, all) in run.occurrence_losses.iter().zip(&run.losses) {
        assert!(*family <= all * (1.0 + 1e-9), "{family} of {all}");
        several += usize::from(*family < all * 0.999);
    }
    assert!(several > 0, "no trial has two families");
}
