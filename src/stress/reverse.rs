//! Reverse stress: from a loss that must not happen back to the shocks that cause it (methodology/reverse-stress.md).
//!
//! Sets of shocks are visited by falling probability (`order`), and each is evaluated by the same code as a scenario
//! (`evaluate`). `candidates` says which shocks there are and bounds what they can cost, `joint` how likely they are
//! together.

mod candidates;
mod channel;
mod evaluate;
mod joint;
mod order;

pub use self::candidates::CandidateShock;
pub use self::channel::Channel;
pub use self::joint::JointProbability;

use rayon::prelude::*;

use self::candidates::Candidates;
use self::channel::channel;
use self::evaluate::Evaluator;
use self::order::{Order, ShockSet};
use super::outcome::{StressOutcome, play};
use super::scenario::{ScenarioError, Script};
use crate::model::Provenance;
use crate::model::instance::Instance;
use crate::model::plan::Plan;
use crate::model::shock::{Scenario, ScenarioEvent, Shock, ShockRef};
use crate::service::disruption::Occurrence;
use crate::service::setting::Setting;
use crate::shocks::resolve::ResolvedShock;

/// Largest number of shocks in a set.
pub const MOST_SHOCKS: usize = 5;

/// Sets that are evaluated at once.
const AT_ONCE: usize = 256;

/// What a set of shocks must do to be listed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ReverseGoal {
    /// A loss over the horizon of at least so much, USD; above 0.
    Loss(f64),
    /// Some workload is unserved beyond its recovery objective.
    BreaksRecovery,
}

/// The sets that are looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReverseRequest {
    pub goal: ReverseGoal,
    /// Most shocks in a set, 1 to [`MOST_SHOCKS`].
    pub max_shocks: usize,
    /// Most sets that are listed.
    pub n_sets: usize,
    /// Most sets that are evaluated; the search stops once so many were, a few hundred more at most.
    pub most_visited: u64,
}

/// How far a search is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReverseProgress {
    pub n_visited: u64,
    pub n_found: usize,
}

/// A set of shocks that reaches the goal.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadlySet {
    /// Indices into the instance's shocks, ascending, which is by id.
    pub shocks: Vec<usize>,
    /// Probability that all occur within a year.
    pub annual_probability: f64,
    /// What happens, as a scenario.
    pub outcome: StressOutcome,
    pub channel: Channel,
    /// Occurrences of the set and of what it triggers; shocks are indices into the instance's shocks.
    pub occurrences: Vec<Occurrence>,
}

/// The sets found.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadlySets {
    /// The most probable first; ties by ids.
    pub sets: Vec<DeadlySet>,
    /// Whether there are more than the request asks for.
    pub more: bool,
    /// Whether the search stopped at the most sets that may be evaluated: less probable ones may reach the goal, too.
    pub is_stopped: bool,
    /// Shocks that sets are made of.
    pub n_candidates: usize,
    /// Sets visited: all others are less probable, contain a listed set, or cannot cost enough by the bound.
    pub n_visited: u64,
}

/// The shocks of an instance, of which none is announced.
#[must_use]
pub fn unannounced(shocks: &[ResolvedShock]) -> Vec<ResolvedShock> {
    let without_notice = |own: &ResolvedShock| ResolvedShock {
        shock: Shock { notice_days: 0.0, ..own.shock.clone() },
        ..own.clone()
    };
    shocks.iter().map(without_notice).collect()
}

/// The scenario in which some shocks occur on day 0.
#[must_use]
pub fn scenario(instance: &Instance, shocks: &[usize]) -> Scenario {
    let event = |&shock: &usize| ScenarioEvent {
        shock: ShockRef::Id(instance.shocks[shock].id.clone()),
        at_days: 0.0,
        duration: None,
        collateral: None,
        withdraw: None,
        triggers: None,
    };
    let ids: Vec<&str> = shocks.iter().map(|&shock| instance.shocks[shock].id.as_str()).collect();
    Scenario {
        id: ids.join("+"),
        name: ids.join(" + "),
        horizon_days: None,
        events: shocks.iter().map(event).collect(),
        provenance: Provenance::default(),
    }
}

/// Plays some shocks, all on day 0 and without notice, against a plan.
///
/// # Errors
/// [`ScenarioError::UnknownShock`] when one triggers a shock that does not exist.
pub fn played(setting: &Setting<'_>, shocks: &[usize], plan: &Plan) -> Result<StressOutcome, ScenarioError> {
    let mut script = Script::new(setting.instance, &scenario(setting.instance, shocks))?;
    script.shocks.iter_mut().for_each(|own| own.shock.notice_days = 0.0);
    Ok(play(setting, &script, plan))
}

/// Looks for the most probable sets of shocks that reach a goal.
///
/// `shocks`: [`unannounced`], `[n_shocks]` in the instance's order.
///
/// # Errors
/// [`ScenarioError::UnknownShock`] when a shock triggers one that does not exist.
pub fn deadly_sets(
    setting: &Setting<'_>,
    shocks: &[ResolvedShock],
    plan: &Plan,
    request: ReverseRequest,
    progress: &(dyn Fn(ReverseProgress) + Sync),
) -> Result<DeadlySets, ScenarioError> {
    let candidates = Candidates::new(setting, shocks, plan, request)?;
    let evaluator = Evaluator::new(setting, shocks, &candidates, request);
    let mut order = Order::new(setting.instance, &candidates, request);
    let mut listed: Vec<ShockSet> = Vec::new();
    let mut n_visited = 0;
    let mut is_stopped = false;
    'search: while let Some(band) = order.next_band(&listed) {
        for some in band.chunks(AT_ONCE) {
            let open: Vec<&ShockSet> =
                some.iter().filter(|set| !listed.iter().any(|own| own.is_within(set))).collect();
            let reaches: Vec<bool> = open.par_iter().map(|set| evaluator.reaches_goal(set)).collect();
            for (set, reaches) in open.into_iter().zip(reaches) {
                if listed.iter().any(|own| own.is_within(set)) {
                    continue;
                }
                n_visited += 1;
                if reaches {
                    listed.push(*set);
                    if listed.len() > request.n_sets {
                        break 'search;
                    }
                }
            }
            progress(ReverseProgress { n_visited, n_found: listed.len().min(request.n_sets) });
            if n_visited >= request.most_visited {
                is_stopped = true;
                break 'search;
            }
        }
    }
    let more = listed.len() > request.n_sets;
    listed.truncate(request.n_sets);
    let told = |set: &ShockSet| {
        let members: Vec<usize> = set.members().iter().map(|&c| candidates.all[c as usize].shock).collect();
        let occurrences = evaluator.occurrences(set);
        Ok(DeadlySet {
            outcome: played(setting, &members, plan)?,
            channel: channel(&evaluator, &occurrences),
            shocks: members,
            annual_probability: set.probability,
            occurrences,
        })
    };
    Ok(DeadlySets {
        sets: listed.par_iter().map(told).collect::<Result<_, ScenarioError>>()?,
        more,
        is_stopped,
        n_candidates: candidates.all.len(),
        n_visited,
    })
}
