//! Value of each standby and of each of several primaries: the plan measured again without it.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::outcome::{HedgeRole, HedgeValue, HedgeValues};
use super::schedule::contributions;
use crate::costs::readiness_fee;
use crate::measures::Estimate;
use crate::measures::paired::paired_difference;
use crate::model::instance::{CellIdx, OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::planning::horizon_months;
use crate::planning::sample::CompiledSample;
use crate::planning::sample::evaluate::{Evaluation, Objective, measure};
use crate::service::cell_plan::CellPlan;
use crate::service::setting::Setting;

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

/// Values of the standbys and primaries of a plan, measured on the trials of `sample`.
#[must_use]
pub fn hedge_values(
    setting: &Setting<'_>,
    sample: &CompiledSample,
    objective: &Objective,
    plan: &Plan,
) -> HedgeValues {
    let measured = MeasuredByCell::new(setting, sample, objective, plan);
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
    HedgeValues { list, only_sources, n_trials: sample.n_trials as u64 }
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

/// A plan measured on a sample, so that a change of one workload only needs the losses of its cells again.
pub(super) struct MeasuredByCell<'a> {
    setting: &'a Setting<'a>,
    sample: &'a CompiledSample,
    objective: &'a Objective,
    plan: &'a Plan,
    /// `[n_trials]`
    losses: Vec<f64>,
    /// `[n_trials]`: contribution of each trial to the weighted risk, USD.
    contributions: Vec<f64>,
    planned_usd: f64,
    pub(super) broken: BTreeSet<String>,
}

impl<'a> MeasuredByCell<'a> {
    pub(super) fn new(
        setting: &'a Setting<'a>,
        sample: &'a CompiledSample,
        objective: &'a Objective,
        plan: &'a Plan,
    ) -> Self {
        let evaluation = crate::planning::sample::evaluate::evaluate(setting, sample, objective, plan);
        Self {
            setting,
            sample,
            objective,
            plan,
            contributions: contributions(objective, &evaluation.losses),
            losses: evaluation.losses,
            planned_usd: evaluation.figures.planned_usd,
            broken: evaluation.broken.into_iter().collect(),
        }
    }

    fn cell_losses(&self, cell: CellIdx, plan: &Plan) -> Vec<f64> {
        let compiled = &self.sample.cells[cell];
        let cell_plan = CellPlan::new(&compiled.cell_model, self.setting.instance.cells[cell].workload, plan);
        compiled.losses(&cell_plan, self.sample.n_trials)
    }

    /// A plan that differs in one workload only: contribution of each trial to its weighted risk, USD, and its figures.
    pub(super) fn with(&self, workload: WorkloadIdx, other: &Plan) -> (Vec<f64>, Evaluation) {
        let mut losses = self.losses.clone();
        for cell in self.setting.instance.workloads[workload].cells.clone() {
            let (own, others) = (self.cell_losses(cell, self.plan), self.cell_losses(cell, other));
            for ((loss, own), other) in losses.iter_mut().zip(own).zip(others) {
                *loss = (*loss + (other - own)).max(0.0);
            }
        }
        (
            contributions(self.objective, &losses),
            measure(self.setting, self.objective, other, (losses, &self.sample.probabilities)),
        )
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

const NOTHING: Estimate = Estimate { value: 0.0, low: None, high: None };
