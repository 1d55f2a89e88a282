//! What other standbys would be worth in the place of each standby of a plan (methodology/optimization.md#runners-up).

use std::collections::{BTreeMap, BTreeSet};

use super::context::PlanContext;
use super::hedge_values::MeasuredByWorkload;
use crate::costs::readiness_fee;
use crate::ids::OfferId;
use crate::measures::Estimate;
use crate::measures::paired::paired_difference;
use crate::model::instance::{OfferIdx, Standby, WorkloadIdx};
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;
use crate::planning::horizon_months;
use crate::planning::sample::evaluate::Evaluation;

/// Runners-up of each standby.
const KEPT: usize = 3;
/// Planning trials on which they are chosen, at most.
const MAX_CHOSEN_ON: usize = 400;
/// Fresh trials on which they are measured, at most.
const MAX_MEASURED_ON: u64 = 2_000;

/// An offer that would stand by next best in the place of a standby, with the same readiness and cover.
#[derive(Debug, Clone, PartialEq)]
pub struct RunnerUp {
    pub offer: OfferId,
    pub readiness: Readiness,
    /// Days; 0 when hot.
    pub lead_days: f64,
    /// Its planned fee, USD a month.
    pub fee_usd_per_month: f64,
    /// Risk-weighted loss that it avoids over the horizon against no standby in this place, USD.
    pub loss_avoided_usd: Estimate,
    /// Fee at which it is worth no more than no standby in this place, USD a month.
    pub break_even_usd_per_month: Estimate,
    /// Fee at which it is as good as the standby of the plan, USD a month; below 0 where even for nothing it is worse.
    pub as_good_at_usd_per_month: f64,
}

/// Runners-up by workload and place among its standbys, the best first.
pub(super) type RunnersUp = BTreeMap<(WorkloadIdx, usize), Vec<RunnerUp>>;

/// The runners-up of every standby of a plan: chosen on the first planning trials, measured on fresh ones.
pub(super) fn runners_up(context: &PlanContext<'_>, plan: &Plan) -> RunnersUp {
    let places = plan.standby.iter().enumerate();
    let places: Vec<(WorkloadIdx, usize)> =
        places.flat_map(|(workload, list)| (0..list.len()).map(move |at| (workload, at))).collect();
    let sample = context.sample.first(context.sample.n_trials.min(MAX_CHOSEN_ON));
    let measured = MeasuredByWorkload::on_sample(context, &sample, plan);
    let chosen: Vec<Vec<Plan>> =
        places.iter().map(|&place| next_best(context, &measured, plan, place)).collect();
    if chosen.iter().all(Vec::is_empty) {
        return RunnersUp::new();
    }
    let measured = MeasuredByWorkload::on_fresh_trials(context, MAX_MEASURED_ON, plan);
    let of_place = |(&(workload, at), plans): (&(WorkloadIdx, usize), &Vec<Plan>)| {
        let one = |other: &Plan| runner_up(context, &measured, (plan, other), (workload, at));
        ((workload, at), plans.iter().map(one).collect())
    };
    places.iter().zip(&chosen).map(of_place).collect()
}

/// Plans with another standby in a place that break no further limit, the best first.
fn next_best(
    context: &PlanContext<'_>,
    measured: &MeasuredByWorkload<'_>,
    plan: &Plan,
    (workload, at): (WorkloadIdx, usize),
) -> Vec<Plan> {
    let instance = context.session.instance;
    let cells = instance.workloads[workload].cells.clone();
    let mut used: BTreeSet<OfferIdx> =
        cells.flat_map(|cell| &plan.allocation[cell]).map(|share| share.0).collect();
    used.extend(plan.standby[workload].iter().map(|standby| standby.offer));
    let others = context.sample.roles.standbys[workload].iter().filter(|(offer, _)| !used.contains(offer));
    let mut tried: Vec<(f64, Plan)> = Vec::new();
    for &(offer, warm_lead_days) in others {
        let mut other = plan.clone();
        let place = &mut other.standby[workload][at];
        let lead_days = if place.readiness == Readiness::Hot { 0.0 } else { warm_lead_days };
        *place = Standby { offer, lead_days, ..*place };
        let (_, evaluation) = measured.with(workload, &other);
        if evaluation.broken.iter().all(|broken| measured.broken.contains(broken)) {
            tried.push((evaluation.score_usd(&context.request.objective), other));
        }
    }
    // Stable: equals stay in the order of their ids.
    tried.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Of several regions of a model at a host, the best.
    let mut told = BTreeSet::new();
    let is_new = |(_, other): &(f64, Plan)| {
        let offer = &instance.offers[other.standby[workload][at].offer];
        told.insert((offer.model, offer.host))
    };
    tried.into_iter().filter(is_new).take(KEPT).map(|(_, other)| other).collect()
}

/// `plans`: the plan, and the one with the runner-up in the place.
fn runner_up(
    context: &PlanContext<'_>,
    measured: &MeasuredByWorkload<'_>,
    (plan, other): (&Plan, &Plan),
    (workload, at): (WorkloadIdx, usize),
) -> RunnerUp {
    let instance = context.session.instance;
    let Standby { offer, readiness, lead_days, .. } = other.standby[workload][at];
    let mut empty = plan.clone();
    empty.standby[workload].remove(at);
    let [none, with, own] = [&empty, other, plan].map(|plan| measured.with(workload, plan));
    let loss_avoided_usd =
        paired_difference(&none.0, &with.0).unwrap_or(Estimate { value: 0.0, low: None, high: None });
    let months = horizon_months(&context.session.setting);
    let planned = |of: &(Vec<f64>, Evaluation)| of.1.figures.planned_usd;
    let fee_usd_per_month = readiness_fee(instance, workload, offer, readiness);
    // What it costs beside its fee.
    let other_cost = (planned(&with) - planned(&none)) / months - fee_usd_per_month;
    let break_even = |avoided: f64| avoided / months - other_cost;
    let objective = |of: &(Vec<f64>, Evaluation)| of.1.score_usd(&context.request.objective);
    RunnerUp {
        offer: instance.offers[offer].id.clone(),
        readiness,
        lead_days,
        fee_usd_per_month,
        break_even_usd_per_month: Estimate {
            value: break_even(loss_avoided_usd.value),
            low: loss_avoided_usd.low.map(break_even),
            high: loss_avoided_usd.high.map(break_even),
        },
        loss_avoided_usd,
        as_good_at_usd_per_month: fee_usd_per_month + (objective(&own) - objective(&with)) / months,
    }
}
