//! Progress of a study. The command line puts it into words.

use super::plan::ladder::RungKind;
use super::plan::sovereignty_rule::SovereigntyRule;

/// A step of a study.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress {
    /// Exposure and scenarios of a plan are computed.
    Exposure,
    /// A scenario is played; `scenario` counts from 1.
    Scenario { scenario: usize, of: usize },
    /// Worlds between two portfolios are measured; `world` counts from 1.
    Comparing { world: usize, of: usize },
    /// Sets of shocks are visited, and some of them are found to reach the goal.
    ShockSets { n_visited: u64, n_found: usize },
    /// Measures against sets of shocks are tested; `measure` counts from 1.
    TestingMeasure { measure: usize, of: usize },
    /// A plan is simulated; `n_more` of `n_trials` trials have ended since the last call.
    Simulation { n_more: u64, n_trials: u64 },
    /// Trials are drawn and compiled into a sample.
    Compiling { n_trials: u64 },
    /// The search for a plan begins.
    Searching(Target),
    /// A round of a search has ended; best bound and best plan so far, USD over the horizon.
    Round { target: Target, round: usize, bound_usd: f64, best_usd: f64 },
    /// The shortlist gave no plan, so the search goes on with every offer.
    BeyondShortlist,
    /// Plans are measured on fresh trials.
    NewTrials,
    /// The search for requirements that cannot hold together begins.
    Conflict,
    /// The nearest feasible bound of one requirement is computed; `requirement` counts from 1.
    Relaxing { requirement: usize, of: usize },
    /// An active limit is priced; `limit` counts from 1.
    PricingLimit { limit: usize, of: usize },
    /// A plan with a new supplier is simulated; `plan` counts from 1, which is today's.
    Addition { plan: usize, of: usize },
    /// Fresh trials are resampled to see how stable the choice of the plan is.
    Resampling,
}

/// The plan that a search looks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// The recommended plan.
    Plan,
    /// The best plan that uses a given offer.
    WithOffer,
    /// The best plan under a rule on suppliers.
    Rule(SovereigntyRule),
    /// The best plan without the offers of a selector; `case` counts from 1.
    Without { case: usize, of: usize },
    /// A plan of the frontier, counted from 1, with risk weighted `risk_times` as much.
    Frontier { plan: usize, risk_times: f64 },
    /// A nearly optimal alternative, and the attempt at it; both count from 1.
    Alternative { plan: usize, attempt: usize },
    /// The best plan of a rung of the ladder.
    Rung(RungKind),
    /// The plan of an independent sample; `replication` counts from 1.
    Replication { replication: u64, of: u64 },
}
