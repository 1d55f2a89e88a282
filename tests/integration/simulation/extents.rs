//! The trials of a run: until an interval is narrow, until the user stops it, and continued from an earlier run.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use multipolar::measures::MeasureError;
use multipolar::simulation::draws::Rates;
use multipolar::simulation::run::RunControl;
use multipolar::study::session::Session;
use multipolar::study::simulate::SimulateSettings;
use multipolar::study::simulate::{Extent, Shard};

use crate::world::World;

const SETTINGS: SimulateSettings = SimulateSettings { n_trials: 100, seed: 1, rates: Rates::Drawn };

fn failing() -> World {
    World::new().shock(
        "id: alpha_out, effects: {stop: {supplier: alpha}}, frequency: {per_year: 2}, duration: {fixed: 5d}",
    )
}

/// Without a shock the loss is 0 and its interval is narrow at once.
#[test]
fn a_plan_that_loses_nothing_converges_at_once() {
    let instance = World::new().load();
    let session = Session::new(&instance);
    let extent = Extent::Converge(0.01);
    let simulated = session
        .simulate_extent(&session.current, SETTINGS, extent, RunControl::SILENT, None, &|_| ())
        .unwrap();
    assert_eq!(simulated.summary.n_trials, 100);
    assert!(simulated.remarks.convergence.unwrap().is_reached());
}

/// Each round reports its new number of trials, at most four times the last; the last report is the final number.
#[test]
fn the_number_of_trials_grows_until_the_interval_is_narrow() {
    let instance = failing().load();
    let session = Session::new(&instance);
    let last = AtomicU64::new(SETTINGS.n_trials);
    let lengthen = |n: u64| {
        let before = last.swap(n, Ordering::Relaxed);
        assert!(before < n && n <= 4 * before, "{before} to {n}");
    };
    let extent = Extent::Converge(0.02);
    let simulated = session
        .simulate_extent(&session.current, SETTINGS, extent, RunControl::SILENT, None, &lengthen)
        .unwrap();
    let n = simulated.run.losses.len() as u64;
    assert_eq!(n, last.load(Ordering::Relaxed));
    assert!(n > 400 && simulated.remarks.convergence.unwrap().is_reached());
    let at_once = SimulateSettings { n_trials: n, ..SETTINGS };
    let at_once = session.simulate(&session.current, at_once, &|_| ()).unwrap();
    assert_eq!((simulated.run, simulated.summary), (at_once.run, at_once.summary));
}

#[test]
fn a_run_that_is_stopped_before_it_begins_has_no_answer() {
    let instance = failing().load();
    let session = Session::new(&instance);
    let stop = AtomicBool::new(true);
    let watch = RunControl { stop: &stop, ..RunControl::SILENT };
    for extent in [Extent::All, Extent::Converge(0.1), Extent::Shard(Shard { index: 1, of: 2 })] {
        let simulated = session.simulate_extent(&session.current, SETTINGS, extent, watch, None, &|_| ());
        assert_eq!(simulated.unwrap_err(), MeasureError::NoTrials);
    }
}

/// A stop takes effect after the current trials: the result has fewer trials than requested, and its remark says how many.
#[test]
fn a_run_that_is_stopped_says_how_many_were_requested() {
    let instance = failing().load();
    let session = Session::new(&instance);
    let stop = AtomicBool::new(false);
    let done = |_| stop.store(true, Ordering::Relaxed);
    let settings = SimulateSettings { n_trials: 9000, ..SETTINGS };
    for extent in [Extent::All, Extent::Converge(1e-9)] {
        stop.store(false, Ordering::Relaxed);
        let watch = RunControl { done: &done, stop: &stop };
        let simulated =
            session.simulate_extent(&session.current, settings, extent, watch, None, &|_| ()).unwrap();
        assert!(simulated.summary.n_trials < 9000);
        assert_eq!(simulated.remarks.asked_trials, Some(9000));
    }
}
