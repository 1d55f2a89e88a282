//! Other plans that are nearly as good, as different as possible, and what they share (methodology/optimization.md#alternatives).

use crate::study::progress::Target;
use std::collections::{BTreeMap, BTreeSet};

use super::analyses::AlternativesRequest;
use super::context::{MeasuredPlan, PlanContext};
use crate::model::instance::{CellIdx, Instance, OfferIdx, Standby, WorkloadIdx};
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;
use crate::planning::request::{Discouraged, Request};

/// Searches for one alternative.
const MAX_SEARCHES: usize = 6;
/// What full likeness costs first, in bands.
const FIRST_CHARGE: f64 = 2.0;
/// A charge that leaves the plan inside the band, or drives it out, is changed by this factor.
const CHARGE_STEP: f64 = 4.0;
/// Plans nearer than this by value, with the same standbys, are one.
pub const LEAST_DISTANCE: f64 = 0.005;
/// Share of all value from which on an offer is said to carry something.
pub const CARRIES: f64 = 0.05;
/// A charge on a standby beside that on all shares of its workload.
const STANDBY_WEIGHT: f64 = 0.5;
/// Halvings of the way to a plan beyond the band.
const HALVINGS: usize = 12;

/// Plans that are nearly as good as the recommended one.
#[derive(Debug, Clone, PartialEq)]
pub struct AlternativePlans {
    pub asked: AlternativesRequest,
    /// The first as different as possible from the plan, each further one from all before it.
    pub list: Vec<AlternativePlan>,
    /// What the plan and its alternatives have in common, the most common first.
    pub shared: Vec<Shared>,
    /// Objective that an alternative may have at most, USD.
    pub limit_usd: f64,
}

/// One plan that is nearly as good.
#[derive(Debug, Clone, PartialEq)]
pub struct AlternativePlan {
    pub measured: MeasuredPlan,
    /// Its objective over the plan's, as a part; negative when it is better by what the search left open.
    pub over_plan: f64,
    /// ½ Σ (share of value)·|a − a′| to the recommended plan.
    pub distance_to_plan: f64,
    /// To the nearest of the plan and the alternatives before it.
    pub least_distance: f64,
    /// Standbys that it has and the plan has not, and the other way round.
    pub n_standbys_changed: usize,
}

/// A trait that several of the plans share.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    pub what: Trait,
    /// Plans that have it, of all, the recommended one among them.
    pub n_plans: usize,
    pub n_of: usize,
}

/// Something that a plan may have in common with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trait {
    /// The offer carries at least [`CARRIES`] of all value.
    Carries { offer: OfferIdx },
    /// The offer stands by for the workload.
    Standby { workload: WorkloadIdx, offer: OfferIdx },
}

/// ½ Σ (share of value)·|a − a′|, in [0, 1]; of demand where nothing has a value.
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

/// AlternativePlans to a plan; `known`: plans found before, which may be some.
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
        pool.extend(searched(context, &chosen, asked.within * best_usd, limit_usd));
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

/// Distance, where a standby that one has and the other has not counts like a hundredth of the value.
fn difference(instance: &Instance, a: &Plan, b: &Plan) -> f64 {
    distance(instance, a, b) + 0.01 * n_standbys_changed(a, b) as f64
}

fn is_within(context: &PlanContext<'_>, plan: &Plan, limit_usd: f64) -> bool {
    context.evaluate(plan).figures.objective_usd <= limit_usd
}

/// Plans within the band that do without what earlier ones use; the charge for using it is raised as far as the band lets
/// it. Of a plan beyond the band, as much as fits in is taken.
fn searched(context: &PlanContext<'_>, earlier: &[Plan], band_usd: f64, limit_usd: f64) -> Vec<Plan> {
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
                found.extend(as_far_as(context, &earlier[0], &plan, limit_usd));
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

/// The plan's shares moved toward another's as far as the band allows, with the standbys of the one or of the other.
fn as_far_as(context: &PlanContext<'_>, plan: &Plan, other: &Plan, limit_usd: f64) -> Vec<Plan> {
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

/// Shares that lie this part of the way from one plan to another.
fn between(plan: &Plan, other: &Plan, part: f64) -> Vec<Vec<(OfferIdx, f64)>> {
    let cell = |cell: CellIdx| {
        let offers = plan.allocation[cell].iter().chain(&other.allocation[cell]).map(|s| s.0);
        let offers: BTreeSet<OfferIdx> = offers.collect();
        let share = |offer| (1.0 - part) * plan.share(cell, offer) + part * other.share(cell, offer);
        offers.into_iter().map(|offer| (offer, share(offer))).filter(|s| s.1 > 0.0).collect()
    };
    (0..plan.allocation.len()).map(cell).collect()
}

/// What a plan is charged for the shares and standbys that earlier ones use, on average over them.
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
