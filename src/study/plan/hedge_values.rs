//! Value of each standby and of each of several primaries: the plan measured again without it.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::context::PlanContext;
use super::outcome::{HedgeRole, HedgeValue, HedgeValues};
use super::schedule::contributions;
use crate::costs::readiness_fee;
use crate::measures::Estimate;
use crate::measures::paired::paired_difference;
use crate::measures::probabilities::TrialProbabilities;
use crate::model::instance::{OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::planning::horizon_months;
use crate::planning::sample::CompiledSample;
use crate::planning::sample::evaluate::{Evaluation, Objective, measure};
use crate::service::cell_plan::CellPlan;
use crate::service::setting::Setting;
use crate::simulation::draws::Purpose;

/// Fresh trials on which parts of a plan are measured, at most.
const MAX_TRIALS: u64 = 10_000;
/// Shares below this are rounding.
const LEAST_SHARE: f64 = 1e-6;

/// A part of a plan that could be left out.
struct PlanPart {
    workload: WorkloadIdx,
    offer: OfferIdx,
    role: HedgeRole,
    /// The plan without the part.
    without: Plan,
}

/// Values of the standbys and primaries of a plan, measured on fresh trials.
pub(super) fn hedge_values(context: &PlanContext<'_>, plan: &Plan) -> HedgeValues {
    let setting = &context.session.setting;
    let measured = MeasuredByWorkload::on_fresh_trials(context, MAX_TRIALS, plan);
    let mut parts = standbys(plan);
    let mut only_sources = Vec::new();
    for workload in 0..plan.standby.len() {
        for offer in primaries(setting, plan, workload) {
            let (part, is_only_source) = without_primary(setting, plan, workload, offer);
            parts.extend(part);
            if is_only_source {
                let instance = setting.instance;
                let id = instance.workloads[workload].workload.id.clone();
                only_sources.push((id, instance.offers[offer].id.clone()));
            }
        }
    }
    let mut list: Vec<HedgeValue> = parts.par_iter().map(|part| measured.hedge_value(part)).collect();
    list.sort_by(|a, b| {
        let by_loss = b.loss_avoided_usd.value.total_cmp(&a.loss_avoided_usd.value);
        by_loss.then_with(|| (&a.workload, &a.offer).cmp(&(&b.workload, &b.offer)))
    });
    HedgeValues { list, only_sources, n_trials: measured.losses.len() as u64 }
}

fn standbys(plan: &Plan) -> Vec<PlanPart> {
    let mut parts = Vec::new();
    for (workload, standbys) in plan.standby.iter().enumerate() {
        for (at, standby) in standbys.iter().enumerate() {
            let mut without = plan.clone();
            without.standby[workload].remove(at);
            let role = HedgeRole::Standby(standby.readiness);
            parts.push(PlanPart { workload, offer: standby.offer, role, without });
        }
    }
    parts
}

fn primaries(setting: &Setting<'_>, plan: &Plan, workload: WorkloadIdx) -> BTreeSet<OfferIdx> {
    let shares = setting.instance.workloads[workload].cells.clone().flat_map(|cell| &plan.allocation[cell]);
    shares.filter(|share| share.1 > LEAST_SHARE).map(|share| share.0).collect()
}

/// The plan without a primary, and whether the primary is the only one of some cell.
///
/// The other primaries of each cell take over its share in proportion. It stays in cells where it is the only primary;
/// `None` when that is every cell.
fn without_primary(
    setting: &Setting<'_>,
    plan: &Plan,
    workload: WorkloadIdx,
    offer: OfferIdx,
) -> (Option<PlanPart>, bool) {
    let instance = setting.instance;
    let mut without = plan.clone();
    let (mut given_up, mut is_only_source) = (0.0, false);
    for cell in instance.workloads[workload].cells.clone() {
        let share = plan.share(cell, offer);
        let rest: f64 = plan.allocation[cell].iter().filter(|s| s.0 != offer).map(|s| s.1).sum();
        is_only_source |= share > 0.0 && rest <= LEAST_SHARE;
        if share > 0.0 && rest > LEAST_SHARE {
            let total = share + rest;
            let others = plan.allocation[cell].iter().filter(|s| s.0 != offer);
            without.allocation[cell] = others.map(|&(o, s)| (o, s * total / rest)).collect();
            given_up += share * instance.cells[cell].users_share;
        }
    }
    let role = HedgeRole::Primary { share: given_up };
    ((given_up > 0.0).then_some(PlanPart { workload, offer, role, without }), is_only_source)
}

/// Losses of a workload under a plan by trial, USD.
type LossesOf<'a> = Box<dyn Fn(WorkloadIdx, &Plan) -> Vec<f64> + Sync + 'a>;

/// A plan measured on trials, so that a change of one workload only needs the losses of this workload again.
pub(super) struct MeasuredByWorkload<'a> {
    setting: &'a Setting<'a>,
    objective: &'a Objective,
    probabilities: TrialProbabilities,
    losses_of: LossesOf<'a>,
    /// `[n_workloads][n_trials]`: of the plan, USD.
    own_losses: Vec<Vec<f64>>,
    /// `[n_trials]`: of all workloads, USD.
    losses: Vec<f64>,
    /// `[n_trials]`: contribution of each trial to the weighted risk, USD.
    contributions: Vec<f64>,
    planned_usd: f64,
    pub(super) broken: BTreeSet<String>,
}

impl<'a> MeasuredByWorkload<'a> {
    /// On trials that no plan was made on, at most `n_trials`, by the simulator.
    pub(super) fn on_fresh_trials(context: &'a PlanContext<'a>, n_trials: u64, plan: &Plan) -> Self {
        let session = context.session;
        let n_trials = context.n_fresh.min(n_trials);
        let draws = (context.settings.seed, Purpose::OutOfSample);
        let losses_of = move |workload: WorkloadIdx, plan: &Plan| {
            session.losses_of(workload..workload + 1, draws, 0..n_trials, plan)
        };
        let probabilities = TrialProbabilities::equal(n_trials as usize);
        Self::new(context, Box::new(losses_of), probabilities, plan)
    }

    /// On compiled trials.
    pub(super) fn on_sample(context: &'a PlanContext<'a>, sample: &'a CompiledSample, plan: &Plan) -> Self {
        let instance = context.session.instance;
        let losses_of = move |workload: WorkloadIdx, plan: &Plan| {
            let mut losses = vec![0.0; sample.n_trials];
            for compiled in &sample.cells[instance.workloads[workload].cells.clone()] {
                let cell_plan = CellPlan::new(&compiled.cell_model, workload, plan);
                add(&mut losses, &compiled.losses(&cell_plan, sample.n_trials));
            }
            losses
        };
        Self::new(context, Box::new(losses_of), sample.probabilities.clone(), plan)
    }

    fn new(
        context: &'a PlanContext<'a>,
        losses_of: LossesOf<'a>,
        probabilities: TrialProbabilities,
        plan: &Plan,
    ) -> Self {
        let (setting, objective) = (&context.session.setting, &context.request.objective);
        let workloads = 0..setting.instance.workloads.len();
        let own_losses: Vec<Vec<f64>> =
            workloads.into_par_iter().map(|workload| losses_of(workload, plan)).collect();
        let mut losses = vec![0.0; own_losses.first().map_or(0, Vec::len)];
        own_losses.iter().for_each(|own| add(&mut losses, own));
        let evaluation = measure(setting, objective, plan, (losses, &probabilities));
        Self {
            setting,
            objective,
            losses_of,
            own_losses,
            contributions: contributions(objective, &evaluation.losses),
            losses: evaluation.losses,
            probabilities,
            planned_usd: evaluation.figures.planned_usd,
            broken: evaluation.broken.into_iter().collect(),
        }
    }

    /// A plan that differs in one workload only: contribution of each trial to its weighted risk, USD, and its figures.
    pub(super) fn with(&self, workload: WorkloadIdx, other: &Plan) -> (Vec<f64>, Evaluation) {
        let others = (self.losses_of)(workload, other);
        let own = &self.own_losses[workload];
        let changed = self.losses.iter().zip(own).zip(others);
        let losses = changed.map(|((loss, own), other)| (loss + (other - own)).max(0.0)).collect();
        let evaluation = measure(self.setting, self.objective, other, (losses, &self.probabilities));
        (contributions(self.objective, &evaluation.losses), evaluation)
    }

    fn hedge_value(&self, part: &PlanPart) -> HedgeValue {
        let instance = self.setting.instance;
        let months = horizon_months(self.setting);
        let (without, evaluation) = self.with(part.workload, &part.without);
        let avoided = paired_difference(&without, &self.contributions).unwrap_or(NOTHING);
        let cost_usd = self.planned_usd - evaluation.figures.planned_usd;
        let monthly = cost_usd / months;
        let fee = match part.role {
            HedgeRole::Standby(readiness) => readiness_fee(instance, part.workload, part.offer, readiness),
            HedgeRole::Primary { .. } => 0.0,
        };
        let break_even = |loss: f64| loss / months - (monthly - fee);
        HedgeValue {
            workload: instance.workloads[part.workload].workload.id.clone(),
            offer: instance.offers[part.offer].id.clone(),
            role: part.role,
            loss_avoided_usd: avoided,
            cost_usd,
            break_even_usd_per_month: Estimate {
                value: break_even(avoided.value),
                low: avoided.low.map(break_even),
                high: avoided.high.map(break_even),
            },
            needed_for: evaluation.broken.into_iter().filter(|b| !self.broken.contains(b)).collect(),
            runners_up: Vec::new(),
        }
    }
}

fn add(sums: &mut [f64], more: &[f64]) {
    sums.iter_mut().zip(more).for_each(|(sum, own)| *sum += own);
}

const NOTHING: Estimate = Estimate { value: 0.0, low: None, high: None };
