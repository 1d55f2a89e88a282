//! Nearly optimal alternatives: plans as different as possible, and their common traits
//! (methodology/optimization.md#alternatives).

use crate::study::progress::Target;
use std::collections::{BTreeMap, BTreeSet};

use super::context::{MeasuredPlan, PlanContext};
use super::questions::AlternativesRequest;
use crate::model::instance::{CellIdx, Instance, OfferIdx, Standby, WorkloadIdx};
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;
use crate::planning::request::{Discouraged, Request};

/// Largest number of searches for one alternative.
const MAX_SEARCHES: usize = 6;
/// First charge for a plan like the earlier ones, in multiples of the band.
const FIRST_CHARGE: f64 = 2.0;
/// Factor by which the charge is raised while the plan stays within the band, or lowered while it does not.
const CHARGE_STEP: f64 = 4.0;
/// Distance below which two plans with the same standbys count as one.
pub const LEAST_DISTANCE: f64 = 0.005;
/// Least share of all value at which an offer is reported as carrying demand.
pub const CARRIES: f64 = 0.05;
/// Charge on a standby, relative to the charge on all shares of its workload.
const STANDBY_WEIGHT: f64 = 0.5;
/// Bisection steps on the way to a plan outside the band.
const HALVINGS: usize = 12;

/// Nearly optimal alternatives to the recommended plan.
#[derive(Debug, Clone, PartialEq)]
pub struct AlternativePlans {
    pub asked: AlternativesRequest,
    /// Each as different as possible from the plan and all alternatives before it.
    pub list: Vec<AlternativePlan>,
    /// Traits that most of the plans share, the most common first.
    pub shared: Vec<Shared>,
    /// Largest objective of an alternative, USD.
    pub limit_usd: f64,
}

/// A nearly optimal alternative.
#[derive(Debug, Clone, PartialEq)]
pub struct AlternativePlan {
    pub measured: MeasuredPlan,
    /// Relative excess of its objective over the plan's; negative when it is better, within the optimality gap.
    pub over_plan: f64,
    /// Distance to the recommended plan, ½ Σ (share of value)·|a − a′|.
    pub distance_to_plan: f64,
    /// Distance to the nearest of the plan and the alternatives before it.
    pub least_distance: f64,
    /// Number of standbys that only one of it and the plan has.
    pub n_standbys_changed: usize,
}

/// A trait that several of the plans share.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    pub what: Trait,
    /// Plans that have the trait, including the recommended one.
    pub n_plans: usize,
    /// All plans.
    pub n_of: usize,
}

/// A trait that plans may share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trait {
    /// The offer carries at least [`CARRIES`] of all value.
    Carries { offer: OfferIdx },
    /// The offer stands by for the workload.
    Standby { workload: WorkloadIdx, offer: OfferIdx },
}

/// Distance of two plans, ½ Σ (share of value)·|a − a′|, in [0, 1]; by demand when no workload has a value.
#[must_use]
pub fn distance(instance: &Instance, a: &Plan, b: &Plan) -> f64 {
    let apart = |cell: CellIdx| {
        let offers = a.allocation[cell].iter().chain(&b.allocation[cell]).map(|s| s.0);
        let offers: BTreeSet<OfferIdx> = offers.collect();
        offers.into_iter().map(|offer| (a.share(cell, offer) - b.share(cell, offer)).abs()).sum::<f64>()
    };
    (0..instance.cells.len()).map(|cell| instance.value_share(cell) * apart(cell) / 2.0).sum()
}

fn n_standbys_changed(a: &Plan, b: &Plan) -> usize {
    let lists = a.standby.iter().zip(&b.standby);
    let missing = |from: &[Standby], of: &[Standby]| {
        let is_in = |s: &Standby| of.iter().any(|o| o.offer == s.offer && o.readiness == s.readiness);
        from.iter().filter(|s| !is_in(s)).count()
    };
    lists.map(|(a, b)| missing(a, b) + missing(b, a)).sum()
}

/// Nearly optimal alternatives to a plan; `known`: plans found before, which also qualify.
pub(super) fn alternatives(
    context: &PlanContext<'_>,
    plan: &MeasuredPlan,
    asked: AlternativesRequest,
    known: &[&Plan],
) -> AlternativePlans {
    let instance = context.session.instance;
    let best_usd = plan.in_sample.figures.objective_usd;
    let limit_usd = best_usd * (1.0 + asked.within);
    let mut pool: Vec<Plan> =
        known.iter().filter(|p| is_within(context, p, limit_usd)).map(|&p| p.clone()).collect();
    let mut chosen: Vec<Plan> = vec![plan.plan.clone()];
    while chosen.len() <= asked.n {
        pool.extend(search_alternatives(context, &chosen, asked.within * best_usd, limit_usd));
        let least = |candidate: &Plan| {
            let to_each = chosen.iter().map(|other| difference(instance, candidate, other));
            to_each.fold(f64::INFINITY, f64::min)
        };
        let farthest =
            (0..pool.len()).max_by(|&a, &b| least(&pool[a]).total_cmp(&least(&pool[b])).then(b.cmp(&a)));
        match farthest {
            Some(at) if least(&pool[at]) >= LEAST_DISTANCE => chosen.push(pool.swap_remove(at)),
            _ => break,
        }
    }
    let list: Vec<AlternativePlan> = (1..chosen.len())
        .map(|at| {
            let measured = context.measured(chosen[at].clone());
            let earlier = chosen[..at].iter().map(|other| distance(instance, &chosen[at], other));
            AlternativePlan {
                over_plan: measured.in_sample.figures.objective_usd / best_usd.max(f64::MIN_POSITIVE) - 1.0,
                distance_to_plan: distance(instance, &chosen[at], &plan.plan),
                least_distance: earlier.fold(f64::INFINITY, f64::min),
                n_standbys_changed: n_standbys_changed(&chosen[at], &plan.plan),
                measured,
            }
        })
        .collect();
    AlternativePlans { asked, shared: shared(instance, &chosen), list, limit_usd }
}

/// Distance of two plans, plus 0.01 for each standby that only one of them has.
fn difference(instance: &Instance, a: &Plan, b: &Plan) -> f64 {
    distance(instance, a, b) + 0.01 * n_standbys_changed(a, b) as f64
}

fn is_within(context: &PlanContext<'_>, plan: &Plan, limit_usd: f64) -> bool {
    context.evaluate(plan).figures.objective_usd <= limit_usd
}

/// Plans within the band that avoid what earlier plans use.
///
/// The charge for using it is raised as far as the band allows. A plan outside the band is mixed with the recommended
/// plan until it fits.
fn search_alternatives(
    context: &PlanContext<'_>,
    earlier: &[Plan],
    band_usd: f64,
    limit_usd: f64,
) -> Vec<Plan> {
    let mut found = Vec::new();
    let (mut low, mut high): (Option<f64>, Option<f64>) = (None, None);
    let mut charge_usd = FIRST_CHARGE * band_usd;
    for round in 0..MAX_SEARCHES {
        if charge_usd <= 0.0 {
            break;
        }
        let discouraged = charges(context.session.instance, earlier, charge_usd);
        let request = Request { discouraged, ..context.request.clone() };
        let target = Target::Alternative { plan: earlier.len(), attempt: round + 1 };
        let plan = context.search(context.warm_start.as_ref(), &request, target).and_then(|found| found.best);
        match plan {
            Some((plan, _)) if is_within(context, &plan, limit_usd) => {
                low = Some(charge_usd);
                found.push(plan);
            }
            Some((plan, _)) => {
                high = Some(charge_usd);
                found.extend(moved_within_band(context, &earlier[0], &plan, limit_usd));
            }
            None => high = Some(charge_usd),
        }
        charge_usd = match (low, high) {
            (Some(low), Some(high)) => (low * high).sqrt(),
            (Some(low), None) => low * CHARGE_STEP,
            (None, _) => charge_usd / CHARGE_STEP,
        };
    }
    found
}

/// The plan with its shares moved toward another plan as far as the band allows, once with the standbys of each.
fn moved_within_band(context: &PlanContext<'_>, plan: &Plan, other: &Plan, limit_usd: f64) -> Vec<Plan> {
    let mut standbys = vec![&plan.standby];
    if other.standby != plan.standby {
        standbys.push(&other.standby);
    }
    let farthest = |standby: &Vec<Vec<Standby>>| {
        let at = |part: f64| Plan { allocation: between(plan, other, part), standby: standby.clone() };
        let (mut inside, mut outside) = (0.0, 1.0);
        if !is_within(context, &at(inside), limit_usd) {
            return None;
        }
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(inside, outside);
            if is_within(context, &at(middle), limit_usd) { inside = middle } else { outside = middle }
        }
        Some(at(inside))
    };
    standbys.into_iter().filter_map(farthest).collect()
}

/// Linear interpolation of the shares of two plans: `part` 0 is `plan`, 1 is `other`.
fn between(plan: &Plan, other: &Plan, part: f64) -> Vec<Vec<(OfferIdx, f64)>> {
    let cell = |cell: CellIdx| {
        let offers = plan.allocation[cell].iter().chain(&other.allocation[cell]).map(|s| s.0);
        let offers: BTreeSet<OfferIdx> = offers.collect();
        let share = |offer| (1.0 - part) * plan.share(cell, offer) + part * other.share(cell, offer);
        offers.into_iter().map(|offer| (offer, share(offer))).filter(|s| s.1 > 0.0).collect()
    };
    (0..plan.allocation.len()).map(cell).collect()
}

/// Charges for the shares and standbys that earlier plans use, averaged over these plans.
fn charges(instance: &Instance, earlier: &[Plan], usd: f64) -> Vec<Discouraged> {
    let mut shares: BTreeMap<(CellIdx, OfferIdx), f64> = BTreeMap::new();
    let mut standbys: BTreeMap<(WorkloadIdx, OfferIdx, Readiness), f64> = BTreeMap::new();
    let each = usd / earlier.len() as f64;
    for plan in earlier {
        for (cell, list) in plan.allocation.iter().enumerate() {
            for &(offer, share) in list {
                *shares.entry((cell, offer)).or_default() += each * share * instance.value_share(cell);
            }
        }
        for (workload, list) in plan.standby.iter().enumerate() {
            let cells = instance.workloads[workload].cells.clone();
            let part: f64 = cells.map(|cell| instance.value_share(cell)).sum();
            for s in list {
                let charge = each * part * STANDBY_WEIGHT * s.cover;
                *standbys.entry((workload, s.offer, s.readiness)).or_default() += charge;
            }
        }
    }
    let shares = shares.into_iter().map(|((cell, offer), usd)| Discouraged::Share { cell, offer, usd });
    let standbys = standbys.into_iter().map(|((workload, offer, readiness), usd)| Discouraged::Standby {
        workload,
        offer,
        readiness,
        usd,
    });
    shares.chain(standbys).collect()
}

/// Traits that more than half of the plans have.
fn shared(instance: &Instance, plans: &[Plan]) -> Vec<Shared> {
    let mut counts: BTreeMap<Trait, usize> = BTreeMap::new();
    for plan in plans {
        for (offer, _) in plan.value_by_offer(instance).into_iter().filter(|c| c.1 >= CARRIES) {
            *counts.entry(Trait::Carries { offer }).or_default() += 1;
        }
        for (workload, list) in plan.standby.iter().enumerate() {
            for s in list {
                *counts.entry(Trait::Standby { workload, offer: s.offer }).or_default() += 1;
            }
        }
    }
    let n_of = plans.len();
    let mut shared: Vec<Shared> = counts
        .into_iter()
        .filter(|(_, n)| n_of > 1 && 2 * n > n_of)
        .map(|(what, n_plans)| Shared { what, n_plans, n_of })
        .collect();
    shared.sort_by(|a, b| b.n_plans.cmp(&a.n_plans).then(a.what.cmp(&b.what)));
    shared
}
