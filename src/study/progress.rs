//! What a study is doing, for whoever waits for its answer. The words are the command line's.

use super::plan::sovereignty::SovereigntyRule;

/// A step of a study.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress {
    /// Exposure and scenarios of a plan.
    Exposure,
    /// Simulation of a plan; `n_more` trials have ended since the last call, of `n_trials` in all.
    Simulation { n_more: u64, n_trials: u64 },
    /// What trials do to every offer is worked out once.
    Compiling { n_trials: u64 },
    /// The search for a plan begins.
    Searching(Target),
    /// A round of a search has ended; bound and best plan found so far in USD over the horizon.
    Round { target: Target, round: usize, bound_usd: f64, best_usd: f64 },
    /// No plan was found on the shortlist: every offer is tried.
    BeyondShortlist,
    /// Plans are measured on new trials.
    NewTrials,
    /// Requirements that cannot hold together are looked for.
    Conflict,
    /// How far one requirement would have to give, from 1.
    Relaxing { requirement: usize, of: usize },
    /// What one more point of an active limit is worth, from 1.
    PricingLimit { limit: usize, of: usize },
    /// How sure the choice of the plan is.
    Resampling,
}

/// The plan that a search is for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// The recommended plan.
    Plan,
    /// The best plan with an offer that is asked for.
    WithOffer,
    /// The best plan under a rule on suppliers.
    Rule(SovereigntyRule),
    /// A plan of the frontier, from 1: risk counts `risk_times` as much.
    Frontier { plan: usize, risk_times: f64 },
    /// A plan that is nearly as good, from 1, and the attempt at it.
    Alternative { plan: usize, attempt: usize },
    /// A plan made anew on other trials, from 1.
    Replication { replication: u64, of: u64 },
}
