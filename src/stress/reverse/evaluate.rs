//! What a set of shocks costs: the loss of each group of cells, by the code that plays scenarios.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};

use super::candidates::{Candidates, ReachedGroup, graph_of};
use super::order::ShockSet;
use super::{ReverseGoal, ReverseRequest};
use crate::graph::supply::SupplyGraph;
use crate::service::disruption::{Disruption, Occurrence};
use crate::service::loss::cell_loss_told;
use crate::service::setting::Setting;
use crate::service::trajectory::{CellTrajectory, SLACK_DAYS, simulate_cell};
use crate::shocks::resolve::ResolvedShock;
use crate::stress::outcome::SHARE_TOLERANCE;

/// Most results that are kept.
const MOST_KEPT: usize = 1 << 20;
/// Bounds are sums in another order than losses.
const SLACK: f64 = 1e-9;

/// What the cells of a group go through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct GroupResult {
    loss_usd: f64,
    /// Whether demand is unserved beyond the recovery objective.
    pub(super) breaks: bool,
}

/// Evaluates sets of candidates.
pub(super) struct Evaluator<'a> {
    pub(super) shocks: &'a [ResolvedShock],
    pub(super) candidates: &'a Candidates,
    request: ReverseRequest,
    graph: SupplyGraph,
    pub(super) horizon_days: f64,
    /// `[n_groups]`: results by the candidates of a set that reach the group.
    known: Vec<RwLock<HashMap<Vec<u32>, GroupResult>>>,
    n_known: AtomicUsize,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(
        setting: &Setting<'_>,
        shocks: &'a [ResolvedShock],
        candidates: &'a Candidates,
        request: ReverseRequest,
    ) -> Self {
        Self {
            shocks,
            candidates,
            request,
            graph: graph_of(setting.instance, &candidates.groups),
            horizon_days: setting.horizon_days(),
            known: candidates.groups.iter().map(|_| RwLock::default()).collect(),
            n_known: AtomicUsize::new(0),
        }
    }

    /// Occurrences of a set and of what it triggers.
    pub(super) fn occurrences(&self, set: &ShockSet) -> Vec<Occurrence> {
        let own = set.members().iter().flat_map(|&c| &self.candidates.all[c as usize].occurrences);
        own.cloned().collect()
    }

    pub(super) fn disruption<'b>(&'b self, occurrences: &'b [Occurrence]) -> Disruption<'b> {
        Disruption::new(&self.graph, self.shocks, occurrences, self.horizon_days)
    }

    /// Whether the set reaches the goal. Groups are evaluated as long as what is known and the bounds of the others leave it
    /// open.
    pub(super) fn reaches_goal(&self, set: &ShockSet) -> bool {
        let threshold = self.candidates.threshold;
        let groups = self.candidates.groups.iter().enumerate();
        let mut open: Vec<(usize, f64)> = groups
            .map(|(place, own)| (place, set.members().iter().map(|&c| own.bounds[c as usize]).sum()))
            .filter(|(_, bound)| *bound > 0.0)
            .collect();
        open.sort_by(|a: &(usize, f64), b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let occurrences = self.occurrences(set);
        let disruption = OnceCell::new();
        let mut reached = 0.0;
        for (at, &(place, _)) in open.iter().enumerate() {
            let rest: f64 = open[at..].iter().map(|own| own.1).sum();
            if reached + rest < threshold * (1.0 - SLACK) {
                return false;
            }
            let result = self.result(place, set, || disruption.get_or_init(|| self.disruption(&occurrences)));
            reached += match self.request.goal {
                ReverseGoal::Loss(_) => result.loss_usd,
                ReverseGoal::BreaksRecovery => f64::from(u8::from(result.breaks)),
            };
            if reached >= threshold {
                return true;
            }
        }
        false
    }

    /// What a group goes through; it depends only on the candidates that reach it.
    fn result<'b>(
        &self,
        place: usize,
        set: &ShockSet,
        disruption: impl FnOnce() -> &'b Disruption<'b>,
    ) -> GroupResult {
        let own = &self.candidates.groups[place];
        let is_in = |c: &u32, of: &[bool]| of[*c as usize];
        if !set.members().iter().any(|c| is_in(c, &own.reaches_primary)) {
            return GroupResult { loss_usd: 0.0, breaks: false };
        }
        let reaching: Vec<u32> = set.members().iter().copied().filter(|c| is_in(c, &own.reaches)).collect();
        if let Some(known) = self.known[place].read().unwrap_or_else(PoisonError::into_inner).get(&reaching) {
            return *known;
        }
        let trajectory = simulate_cell(&own.group.cell_model, disruption());
        let result = group_result(own, &trajectory);
        // A set of the largest size is visited once, so only smaller ones come again.
        let comes_again = reaching.len() < self.request.max_shocks;
        if comes_again && self.n_known.fetch_add(1, Ordering::Relaxed) < MOST_KEPT {
            self.known[place].write().unwrap_or_else(PoisonError::into_inner).insert(reaching, result);
        }
        result
    }
}

/// What a group goes through on a trajectory.
pub(super) fn group_result(own: &ReachedGroup, trajectory: &CellTrajectory) -> GroupResult {
    let cell_model = &own.group.cell_model;
    let mut breaks = false;
    let loss = cell_loss_told(cell_model, &own.group.plan, trajectory, |days, unserved| {
        breaks |= days > SLACK_DAYS && unserved >= SHARE_TOLERANCE;
    });
    GroupResult {
        loss_usd: loss.total_usd() * own.group.scale,
        breaks: breaks && cell_model.users_share > 0.0,
    }
}
