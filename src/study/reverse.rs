//! Reverse stress of a portfolio: the most probable sets of shocks that must not happen, and what would help against each
//! (methodology/reverse-stress.md).

mod measures;

pub use self::measures::{SingleMeasure, SingleMeasureKind};

use self::measures::cheapest_measures;
use super::progress::Progress;
use super::session::Session;
use crate::shocks::actor::actor;
use crate::stress::reverse::{DeadlySet, ReverseProgress, ReverseRequest, deadly_sets, unannounced};
use crate::stress::scenario::ScenarioError;

/// The sets of shocks that a portfolio does not stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Reversed {
    pub request: ReverseRequest,
    pub horizon_days: f64,
    /// The most probable first; ties by ids.
    pub sets: Vec<ReversedSet>,
    /// Whether there are more than the request asks for.
    pub more: bool,
    /// Whether the search stopped at the most sets that may be evaluated.
    pub is_stopped: bool,
    /// Shocks that sets are made of.
    pub n_candidates: usize,
    /// Sets visited.
    pub n_visited: u64,
}

/// One set of shocks, and what would help.
#[derive(Debug, Clone, PartialEq)]
pub struct ReversedSet {
    pub set: DeadlySet,
    /// Who acts in each shock of the set.
    pub actors: Vec<String>,
    /// The cheapest single measure after which the set no longer reaches the goal; `None` when there is none.
    pub measure: Option<SingleMeasure>,
}

/// Looks for the most probable sets of shocks that reach a goal, and for the cheapest measure against each.
///
/// # Errors
/// [`ScenarioError::UnknownShock`] when a shock triggers one that does not exist.
pub fn reverse(
    session: &Session<'_>,
    request: ReverseRequest,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Reversed, ScenarioError> {
    let instance = session.instance;
    let shocks = unannounced(&session.shocks);
    let searched = |at: ReverseProgress| {
        progress(Progress::ShockSets { n_visited: at.n_visited, n_found: at.n_found });
    };
    let found = deadly_sets(&session.setting, &shocks, &session.current, request, &searched)?;
    let measures = cheapest_measures(session, &shocks, &found.sets, request.goal, progress);
    let told = |(set, measure): (DeadlySet, Option<SingleMeasure>)| ReversedSet {
        actors: set.shocks.iter().map(|&shock| actor(instance, &instance.shocks[shock])).collect(),
        set,
        measure,
    };
    Ok(Reversed {
        request,
        horizon_days: session.setting.horizon_days(),
        sets: found.sets.into_iter().zip(measures).map(told).collect(),
        more: found.more,
        is_stopped: found.is_stopped,
        n_candidates: found.n_candidates,
        n_visited: found.n_visited,
    })
}
