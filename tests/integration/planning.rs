//! Tests of the planner: against the simulator, against brute force, and on properties that every plan has.

mod agreement;
mod answers;
mod brute_force;
mod contracts;
mod degenerate;
mod ladder;
mod limits;
mod methods;
pub mod random;
mod shortlist;
mod what_if;

use multipolar::study::plan::outcome::Optimized;
use multipolar::study::session::{OptimizeSettings, Session};

const SETTINGS: OptimizeSettings = OptimizeSettings {
    cvar_weight: 0.5,
    confidence_level: 0.95,
    max_turnover: None,
    prove_to: None,
    n_trials: 60,
    seed: 3,
};

fn optimized(session: &Session<'_>) -> Optimized {
    session.optimize(SETTINGS, &|_| ()).unwrap_or_else(|error| panic!("{error}"))
}
