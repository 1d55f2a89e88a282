//! The cheapest single change of a plan that keeps a set of shocks from reaching its goal: a standby, a further offer, or a share
//! that moves.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::limits::sizes::{broken_sizes, smallest_share};
use crate::limits::test_limits;
use crate::model::instance::{CellIdx, OfferIdx, Standby, WorkloadIdx};
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;
use crate::planning::horizon_months;
use crate::planning::sample::{CellSample, CompiledSample};
use crate::service::cell_model::Roles;
use crate::service::cell_plan::CellPlan;
use crate::service::trajectory::SLACK_DAYS;
use crate::shocks::resolve::ResolvedShock;
use crate::stress::outcome::SHARE_TOLERANCE;
use crate::stress::reverse::{DeadlySet, ReverseGoal};
use crate::study::if_signed::give;
use crate::study::progress::Progress;
use crate::study::session::Session;

/// Shares that an offer in use may get, besides the smallest that the routing allows.
const MOVED_SHARES: [f64; 4] = [0.25, 0.5, 0.75, 1.0];
/// Shares that an offer not in use may get, besides the smallest.
const EXTRA_SHARES: [f64; 2] = [0.25, 0.5];
/// Measures that are tested at once.
const AT_ONCE: usize = 64;
/// Slack of a quota, for the rounding of sums.
const QUOTA_SLACK: f64 = 1e-9;

/// A kind of measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SingleMeasureKind {
    /// A standby for the whole demand of the workload.
    Standby(Readiness),
    /// An offer that the workload does not use gets this share of each cell that may use it; `None`: the smallest.
    ExtraOffer(Option<f64>),
    /// An offer that serves the workload already gets this share of each such cell; `None`: the smallest.
    MovedShare(Option<f64>),
}

/// A measure against a set of shocks.
#[derive(Debug, Clone, PartialEq)]
pub struct SingleMeasure {
    pub workload: WorkloadIdx,
    pub offer: OfferIdx,
    pub kind: SingleMeasureKind,
    /// What it adds to the planned cost over the horizon, USD a month; below 0 where it saves.
    pub usd_per_month: f64,
    /// Loss that the set still causes, USD.
    pub loss_after_usd: f64,
}

/// `[n_sets]`: the cheapest measure after which a set does not reach the goal, ties by workload, offer and kind.
///
/// A measure keeps quotas, sizes and limits as well as today's plan does.
pub(super) fn cheapest_measures(
    session: &Session<'_>,
    shocks: &[ResolvedShock],
    sets: &[DeadlySet],
    goal: ReverseGoal,
    progress: &(dyn Fn(Progress) + Sync),
) -> Vec<Option<SingleMeasure>> {
    let mut found: Vec<Option<SingleMeasure>> = vec![None; sets.len()];
    if sets.is_empty() {
        return found;
    }
    let against = Against::new(session, shocks, sets, goal);
    let workloads: BTreeSet<WorkloadIdx> =
        (0..sets.len()).flat_map(|set| against.may_help[set].iter().copied()).collect();
    let options = options(session, &workloads);
    let mut open: BTreeSet<usize> =
        (0..sets.len()).filter(|&set| !against.may_help[set].is_empty()).collect();
    for (chunk, some) in options.chunks(AT_ONCE).enumerate() {
        if open.is_empty() {
            break;
        }
        progress(Progress::TestingMeasure { measure: chunk * AT_ONCE + 1, of: options.len() });
        let after: Vec<Vec<(usize, f64)>> =
            some.par_iter().map(|own| against.solved_by(own, &open)).collect();
        for (option, solved) in some.iter().zip(after) {
            let still: Vec<(usize, f64)> = solved.into_iter().filter(|own| open.contains(&own.0)).collect();
            if still.is_empty() || !keeps_limits(session, &option.plan) {
                continue;
            }
            for (set, loss_after_usd) in still {
                open.remove(&set);
                found[set] = Some(SingleMeasure { loss_after_usd, ..option.measure.clone() });
            }
        }
    }
    found
}

/// A measure with the plan that it leads to.
struct PlanOption {
    measure: SingleMeasure,
    plan: Plan,
}

/// Every measure that today's plan could take, the cheapest first.
fn options(session: &Session<'_>, workloads: &BTreeSet<WorkloadIdx>) -> Vec<PlanOption> {
    let instance = session.instance;
    let months = horizon_months(&session.setting);
    let today_usd = session.setting.planned_cost(&session.current).over_horizon_usd();
    let today_broken: BTreeSet<_> = broken_sizes(&session.setting, &session.current).into_iter().collect();
    let pairs = workloads.iter().flat_map(|&workload| {
        let cells = instance.workloads[workload].cells.clone();
        let eligible: BTreeSet<OfferIdx> =
            cells.flat_map(|cell| session.setting.law.eligible.offers(cell)).collect();
        eligible.into_iter().map(move |offer| (workload, offer))
    });
    let pairs: Vec<(WorkloadIdx, OfferIdx)> = pairs.collect();
    let of_pair = |&(workload, offer): &(WorkloadIdx, OfferIdx)| -> Vec<PlanOption> {
        let option = |kind: SingleMeasureKind| {
            let plan = changed(session, workload, offer, kind)?;
            let is_new = |size| !today_broken.contains(size);
            if !keeps_quota(session, &plan, offer) || broken_sizes(&session.setting, &plan).iter().any(is_new)
            {
                return None;
            }
            let usd = session.setting.planned_cost(&plan).over_horizon_usd() - today_usd;
            let measure =
                SingleMeasure { workload, offer, kind, usd_per_month: usd / months, loss_after_usd: 0.0 };
            Some(PlanOption { measure, plan })
        };
        kinds(session, workload, offer).into_iter().filter_map(option).collect()
    };
    let mut options: Vec<PlanOption> = pairs.par_iter().flat_map_iter(of_pair).collect();
    // In hundredths of a cent, so that rounding does not decide; the sort is stable.
    let cost = |own: &PlanOption| (own.measure.usd_per_month * 1e4).round();
    options.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
    options
}

/// The kinds of measures with an offer, in the order of ties.
fn kinds(session: &Session<'_>, workload: WorkloadIdx, offer: OfferIdx) -> Vec<SingleMeasureKind> {
    let cells = session.instance.workloads[workload].cells.clone();
    let is_used = cells.into_iter().any(|cell| session.current.share(cell, offer) > 0.0);
    let standbys = [Readiness::Warm, Readiness::Hot].map(SingleMeasureKind::Standby).to_vec();
    let shares: Vec<SingleMeasureKind> = if is_used {
        [None].into_iter().chain(MOVED_SHARES.map(Some)).map(SingleMeasureKind::MovedShare).collect()
    } else {
        [None].into_iter().chain(EXTRA_SHARES.map(Some)).map(SingleMeasureKind::ExtraOffer).collect()
    };
    [standbys, shares].concat()
}

/// Today's plan with one change; `None` when that is no change.
fn changed(
    session: &Session<'_>,
    workload: WorkloadIdx,
    offer: OfferIdx,
    kind: SingleMeasureKind,
) -> Option<Plan> {
    let instance = session.instance;
    let mut plan = session.current.clone();
    match kind {
        SingleMeasureKind::Standby(readiness) => {
            let standbys = &mut plan.standby[workload];
            let old = standbys.iter().find(|standby| standby.offer == offer).copied();
            let known = old.map(|standby| standby.lead_days).filter(|lead| *lead > 0.0);
            let lead_days = match readiness {
                Readiness::Hot => 0.0,
                Readiness::Warm => known.unwrap_or(instance.portfolio.readiness.warm_lead_days),
            };
            let new = Standby { offer, readiness, cover: 1.0, lead_days };
            standbys.retain(|standby| standby.offer != offer);
            standbys.push(new);
            standbys.sort_by_key(|standby| standby.offer);
        }
        SingleMeasureKind::ExtraOffer(share) | SingleMeasureKind::MovedShare(share) => {
            for cell in instance.workloads[workload].cells.clone() {
                let given = share.unwrap_or_else(|| smallest_share(instance, cell, offer));
                if session.setting.law.eligible.contains(cell, offer) {
                    give(&mut plan.allocation[cell], offer, given);
                }
            }
        }
    }
    (plan != session.current).then_some(plan)
}

/// Whether an offer has the capacity for what a plan puts on it, or no more is put on it than today.
fn keeps_quota(session: &Session<'_>, plan: &Plan, offer: OfferIdx) -> bool {
    let instance = session.instance;
    let Some(quota) = instance.offers[offer].capacity_mtok_per_month else { return true };
    let load = |plan: &Plan| -> f64 {
        let of_cell = |(cell, own): (CellIdx, &crate::model::instance::Cell)| {
            let covers = plan.standby[own.workload].iter().filter(|standby| standby.offer == offer);
            let cover: f64 = covers.map(|standby| standby.cover).sum();
            let cover = if session.setting.law.eligible.contains(cell, offer) { cover } else { 0.0 };
            own.mtok_per_month() * (plan.share(cell, offer) + cover)
        };
        instance.cells.iter().enumerate().map(of_cell).sum()
    };
    load(plan) <= quota.max(load(&session.current)) * (1.0 + QUOTA_SLACK)
}

/// Whether a plan breaks no limit that today's plan keeps; limits on losses are not tested.
fn keeps_limits(session: &Session<'_>, plan: &Plan) -> bool {
    let broken = |plan: &Plan| -> BTreeSet<String> {
        let outcomes = test_limits(&session.setting, plan, None, None).into_iter();
        outcomes.filter(|outcome| outcome.kept == Some(false)).map(|outcome| outcome.name).collect()
    };
    broken(plan).is_subset(&broken(&session.current))
}

/// What sets of shocks do to today's plan, by workload.
struct Against {
    sample: CompiledSample,
    goal: ReverseGoal,
    /// `[n_sets]`
    total_usd: Vec<f64>,
    /// By workload, `[n_sets]`: loss, and whether a recovery objective breaks.
    by_workload: BTreeMap<WorkloadIdx, Vec<(f64, bool)>>,
    /// `[n_sets]`: workloads without whose loss the set would not reach the goal.
    may_help: Vec<BTreeSet<WorkloadIdx>>,
    /// `[n_workloads]`
    cells: Vec<std::ops::Range<CellIdx>>,
}

impl Against {
    fn new(session: &Session<'_>, shocks: &[ResolvedShock], sets: &[DeadlySet], goal: ReverseGoal) -> Self {
        let trials: Vec<_> = sets.iter().map(|set| set.occurrences.clone()).collect();
        let sample = CompiledSample::new(&session.setting, shocks, &Roles::all(&session.setting), &trials);
        let cells: Vec<_> = session.instance.workloads.iter().map(|own| own.cells.clone()).collect();
        let mut own = Self {
            sample,
            goal,
            total_usd: vec![0.0; sets.len()],
            by_workload: BTreeMap::new(),
            may_help: vec![BTreeSet::new(); sets.len()],
            cells,
        };
        for workload in 0..own.cells.len() {
            let losses = own.losses(workload, &session.current);
            own.total_usd.iter_mut().zip(&losses).for_each(|(total, loss)| *total += loss.0);
            own.by_workload.insert(workload, losses);
        }
        for set in 0..sets.len() {
            let helps = |workload: &WorkloadIdx| !own.reaches_goal(set, *workload, (0.0, false));
            own.may_help[set] = (0..own.cells.len()).filter(helps).collect();
        }
        own
    }

    /// `[n_sets]`: loss of a workload under a plan, USD, and whether its recovery objective breaks.
    fn losses(&self, workload: WorkloadIdx, plan: &Plan) -> Vec<(f64, bool)> {
        let mut losses = vec![(0.0, false); self.sample.n_trials];
        for sample in &self.sample.cells[self.cells[workload].clone()] {
            let plan = CellPlan::new(&sample.cell_model, workload, plan);
            let own = sample.losses(&plan, self.sample.n_trials);
            losses.iter_mut().zip(own).for_each(|(loss, own)| loss.0 += own);
            if self.goal == ReverseGoal::BreaksRecovery && sample.cell_model.users_share > 0.0 {
                let breaks = broken(sample, &plan, self.sample.n_trials);
                losses.iter_mut().zip(breaks).for_each(|(loss, breaks)| loss.1 |= breaks);
            }
        }
        losses
    }

    /// Loss of a set when a workload loses so much instead.
    fn loss_with(&self, set: usize, workload: WorkloadIdx, instead_usd: f64) -> f64 {
        let own = self.by_workload[&workload][set].0;
        (self.total_usd[set] - own + instead_usd).max(0.0)
    }

    /// Whether a set reaches the goal when a workload fares so instead.
    fn reaches_goal(&self, set: usize, workload: WorkloadIdx, instead: (f64, bool)) -> bool {
        match self.goal {
            ReverseGoal::Loss(usd) => self.loss_with(set, workload, instead.0) >= usd,
            ReverseGoal::BreaksRecovery => {
                let others = self.by_workload.iter().filter(|(other, _)| **other != workload);
                instead.1 || others.into_iter().any(|(_, losses)| losses[set].1)
            }
        }
    }

    /// The open sets that an option keeps from the goal, each with the loss that remains.
    fn solved_by(&self, option: &PlanOption, open: &BTreeSet<usize>) -> Vec<(usize, f64)> {
        let workload = option.measure.workload;
        let open: Vec<usize> =
            open.iter().copied().filter(|&set| self.may_help[set].contains(&workload)).collect();
        if open.is_empty() {
            return Vec::new();
        }
        let losses = self.losses(workload, &option.plan);
        let solved = open.into_iter().filter(|&set| !self.reaches_goal(set, workload, losses[set]));
        solved.map(|set| (set, self.loss_with(set, workload, losses[set].0))).collect()
    }
}

/// `[n_sets]`: whether demand of a cell is unserved past its recovery objective.
fn broken(sample: &CellSample, plan: &CellPlan, n_sets: usize) -> Vec<bool> {
    let unserved = |set: &crate::planning::sample::RowSet| {
        plan.unserved(&sample.cell_model, &set.rows, set.n_rows_before_fallback).1
    };
    let is_short: Vec<bool> = sample.row_sets.iter().map(|set| unserved(set) >= SHARE_TOLERANCE).collect();
    let in_set = |set: usize| {
        let days = sample.row_set_days.trial(set).iter();
        days.into_iter().any(|(rows, days)| is_short[*rows as usize] && *days > SLACK_DAYS)
    };
    (0..n_sets).map(in_set).collect()
}
