//! Irreducible infeasible subset of the requirements, and how far each member alone would have to be relaxed
//! (methodology/optimization.md).

use crate::study::progress::Progress;
use std::collections::BTreeMap;

use super::bounds::End;
use super::demand::{Demand, Requirement};
use super::requirements::{Demands, Feasibility, Goal, Relaxation, load};
use crate::costs::today::mean_quality;
use crate::limits::sizes::{Size, pairs_in_use};
use crate::limits::test_limits;
use crate::model::instance::WorkloadIdx;
use crate::model::limit::Measure;
use crate::model::limit::Unit;
use crate::model::plan::Plan;
use crate::planning::outcome::Figures;
use crate::planning::request::Request;
use crate::planning::sample::CompiledSample;
use crate::planning::sample::evaluate::{Evaluation, Objective, evaluate};
use crate::planning::search::search;
use crate::study::plan::changes::turnover;
use crate::study::plan::outcome::{Conflict, ConflictProof, DemandKind};
use crate::study::session::{OptimizeSettings, Session};

/// Grid to which relaxed bounds of shares, concentration, service and turnover are rounded.
const SHARE_GRID: f64 = 0.001;
/// The same where losses count and every offer takes long.
const COARSE_SHARE_GRID: f64 = 0.01;
/// Workloads up to which a conflict names what they ask of their offers.
const MAX_WORKLOADS_NAMED: usize = 2;

/// The requirements among which a conflict is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictScope {
    /// All requirements.
    All,
    /// All but eligibility, which always holds.
    AllButEligibility,
}

/// A conflict with its proof.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundConflict {
    /// Empty when a plan exists.
    pub members: Vec<Conflict>,
    pub proof: ConflictProof,
    /// A plan that keeps all requirements, which the search for the best plan missed.
    pub plan: Option<Plan>,
}

impl Session<'_> {
    /// An irreducible conflict among the requirements of a request without a plan. `shortlist`: the trials of the
    /// settings, compiled for the shortlist.
    pub fn conflict(
        &self,
        settings: OptimizeSettings,
        request: &Request,
        shortlist: &CompiledSample,
        scope: ConflictScope,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> FoundConflict {
        progress(Progress::Conflict);
        let demands = Demands::new(self, settings, request, Some(shortlist), scope == ConflictScope::All);
        let search = ConflictSearch { session: self, demands, scope, progress };
        search.run()
    }
}

impl Session<'_> {
    /// Whether it is proven that no plan keeps the requirements of a request, whatever is lost.
    pub(in crate::study::plan) fn conflicts_without_losses(
        &self,
        settings: OptimizeSettings,
        request: &Request,
    ) -> bool {
        let demands = Demands::new(self, settings, request, None, false);
        let everything = Relaxation { holds: vec![true; demands.list.len()], relaxed: None };
        matches!(demands.without_losses(&everything), Feasibility::Infeasible)
    }
}

/// Lower weights of a dollar of risk for searches after one at full weight found no plan. A lower weight needs fewer
/// standbys and replicas, whose rounding is what fails.
const RISK_TIMES_OF_RESCUE: [f64; 3] = [0.3, 0.1, 0.03];

impl Session<'_> {
    /// The best plan after a search missed a feasible one: the missed plan, or one from a search that weights risk
    /// less.
    ///
    /// `None` when none of them keeps the limits on all trials.
    pub fn rescued(
        &self,
        sample: &CompiledSample,
        request: &Request,
        missed: Plan,
    ) -> Option<(Plan, Evaluation)> {
        let lighter = RISK_TIMES_OF_RESCUE.into_iter().filter_map(|risk_times| {
            let objective = Objective { risk_times, ..request.objective };
            let request = Request { objective, ..request.clone() };
            Some(search(&self.setting, sample, &request, &|_, _, _| ()).ok()?.best?.0)
        });
        let measured = lighter.chain([missed]).map(|plan| {
            let evaluation = evaluate(&self.setting, sample, &request.objective, &plan);
            (plan, evaluation)
        });
        let objective = |found: &(Plan, Evaluation)| found.1.figures.objective_usd;
        measured
            .filter(|found| found.1.broken.is_empty())
            .min_by(|a, b| objective(a).total_cmp(&objective(b)))
    }
}

/// Requirements in conflict, `[n_demands]`.
struct Irreducible {
    /// Those that conflict, with what is given.
    holds: Vec<bool>,
    /// Whether eligibility is given and no member.
    is_eligibility_given: bool,
}

/// How far a requirement must give.
#[derive(Default)]
struct NearestBound {
    /// The nearest bound at which a plan exists, if it has bounds.
    to: Option<f64>,
    /// Figures of the plan of least loss, if this is what decides the bound.
    least_loss: Option<Figures>,
}

struct ConflictSearch<'a> {
    session: &'a Session<'a>,
    demands: Demands<'a>,
    scope: ConflictScope,
    progress: &'a (dyn Fn(Progress) + Sync),
}

impl ConflictSearch<'_> {
    fn run(&self) -> FoundConflict {
        let n = self.demands.list.len();
        if let Feasibility::Feasible(found) = self.feasibility(&vec![true; n]) {
            return FoundConflict { members: Vec::new(), proof: ConflictProof::NONE, plan: Some(found.0) };
        }
        let Irreducible { holds: only, is_eligibility_given } = self.irreducible();
        let is_given =
            |at: usize| is_eligibility_given && self.demands.list[at].kind() == DemandKind::Eligibility;
        let members: Vec<usize> = (0..n).filter(|&at| only[at] && !is_given(at)).collect();
        let is_proven = matches!(self.feasibility(&only), Feasibility::Infeasible);
        let everything = vec![true; n];
        let relaxing = |at: usize| {
            (self.progress)(Progress::Relaxing { requirement: at + 1, of: members.len() });
        };
        let mut without = Vec::new();
        for (at, &member) in members.iter().enumerate() {
            relaxing(at);
            without.push(self.without(&everything, member));
        }
        let rest: Vec<bool> = (0..n).map(|at| !members.contains(&at)).collect();
        // A plan that breaks one member only keeps all the rest.
        let has_others = without.iter().all(|found| !found.is_feasible())
            && (members.len() == 1 || !self.is_feasible(&rest));
        let has_others = has_others && !members.is_empty();
        let conflicts = members.iter().zip(without).enumerate().map(|(at, (&member, without))| {
            relaxing(at);
            if has_others {
                // Relaxing one member never helps then, so each is judged within this conflict only.
                self.member(&only, member, self.without(&only, member))
            } else {
                self.member(&everything, member, without)
            }
        });
        let members = conflicts.collect();
        let proof = ConflictProof { is_proven, has_others, is_eligibility_given };
        FoundConflict { members, proof, plan: None }
    }

    fn feasibility(&self, holds: &[bool]) -> Feasibility {
        self.demands.check(&Relaxation { holds: holds.to_vec(), relaxed: None }, Goal::Any)
    }

    fn is_feasible(&self, holds: &[bool]) -> bool {
        self.feasibility(holds).is_feasible()
    }

    /// A conflict of which no member can be left out (deletion filter; Chinneck and Dravnieks 1991).
    ///
    /// Limits on losses are dropped first if possible, because without them no trials are needed. Then a limit that is in
    /// conflict by itself is tried, so that the conflict found is small. Eligibility comes last, because without it every offer
    /// of the catalog is a candidate. It is given where it is needed of more than [`MAX_WORKLOADS_NAMED`] workloads, and where
    /// only limits on losses conflict and there are many offers and trials.
    fn irreducible(&self) -> Irreducible {
        let without_risk = self.without_risk();
        let takes_long = without_risk.is_none() && self.demands.is_large();
        let mut holds = without_risk.unwrap_or_else(|| vec![true; self.demands.list.len()]);
        holds = self.alone(&holds).unwrap_or(holds);
        for group in self.groups() {
            if !self.drop_if_in_conflict(&mut holds, &group) && group.len() > 1 {
                self.drop_each(&mut holds, &group);
            }
        }
        let is_given = self.scope == ConflictScope::AllButEligibility || takes_long;
        let is_eligibility_given = is_given || !self.filter_eligibility(&mut holds);
        Irreducible { holds, is_eligibility_given }
    }

    /// All requirements but limits on losses; `None` if these can be kept.
    fn without_risk(&self) -> Option<Vec<bool>> {
        let holds: Vec<bool> = (0..self.demands.list.len()).map(|at| !self.demands.is_risk(at)).collect();
        (!self.is_feasible(&holds)).then_some(holds)
    }

    /// Eligibility and quotas, plus one limit, floor or turnover in `holds` that cannot be kept with them; `None` if each
    /// can.
    fn alone(&self, holds: &[bool]) -> Option<Vec<bool>> {
        let n = self.demands.list.len();
        let is_given = |at: usize| {
            matches!(self.demands.list[at].kind(), DemandKind::Eligibility | DemandKind::Capacity)
        };
        let with = |one: usize| (0..n).map(|at| at == one || is_given(at)).collect::<Vec<bool>>();
        (0..n).filter(|&at| holds[at] && !is_given(at)).map(with).find(|holds| !self.is_feasible(holds))
    }

    /// What is dropped at once if possible: quotas and sizes together, each limit, floor and bound on turnover by itself.
    fn groups(&self) -> Vec<Vec<usize>> {
        let of = |is: &dyn Fn(DemandKind) -> bool| -> Vec<usize> {
            (0..self.demands.list.len()).filter(|&at| is(self.demands.list[at].kind())).collect()
        };
        let is_of_offers = |kind| matches!(kind, DemandKind::Capacity | DemandKind::Size);
        let alone = of(&|kind| kind != DemandKind::Eligibility && !is_of_offers(kind));
        let mut groups = vec![of(&is_of_offers)];
        groups.extend(alone.into_iter().map(|at| vec![at]));
        groups
    }

    /// Drops eligibility at once if the rest stays in conflict, else by workload, else one by one. Returns `false`, and drops
    /// nothing, where it is needed of more than [`MAX_WORKLOADS_NAMED`] workloads.
    fn filter_eligibility(&self, holds: &mut Vec<bool>) -> bool {
        let mut by_workload: BTreeMap<WorkloadIdx, Vec<usize>> = BTreeMap::new();
        for (at, demand) in self.demands.list.iter().enumerate() {
            if let Demand::Eligibility(workload, _) = demand {
                by_workload.entry(*workload).or_default().push(at);
            }
        }
        let all: Vec<usize> = by_workload.values().flatten().copied().collect();
        if self.drop_if_in_conflict(holds, &all) {
            return true;
        }
        let mut rest = holds.clone();
        let mut needed = Vec::new();
        for own in by_workload.values() {
            if own.len() == all.len() || !self.drop_if_in_conflict(&mut rest, own) {
                needed.push(own);
            }
            if needed.len() > MAX_WORKLOADS_NAMED {
                return false;
            }
        }
        for own in needed.into_iter().filter(|own| own.len() > 1) {
            self.drop_each(&mut rest, own);
        }
        *holds = rest;
        true
    }

    /// Drops each of some requirements by itself if the rest stays in conflict.
    fn drop_each(&self, holds: &mut Vec<bool>, demands: &[usize]) {
        for at in demands {
            self.drop_if_in_conflict(holds, std::slice::from_ref(at));
        }
    }

    /// Drops requirements if the rest stays in conflict; returns whether it does.
    fn drop_if_in_conflict(&self, holds: &mut Vec<bool>, demands: &[usize]) -> bool {
        if demands.iter().all(|&at| !holds[at]) {
            return true;
        }
        let mut rest = holds.clone();
        demands.iter().for_each(|&at| rest[at] = false);
        let stays = !self.is_feasible(&rest);
        if stays {
            *holds = rest;
        }
        stays
    }

    /// A plan that keeps all of `held` but one.
    fn without(&self, held: &[bool], member: usize) -> Feasibility {
        let mut holds = held.to_vec();
        holds[member] = false;
        self.feasibility(&holds)
    }

    /// How far one member must be relaxed while all others hold, and the best plan after that. `without`: a plan that
    /// keeps all others.
    fn member(&self, held: &[bool], member: usize, without: Feasibility) -> Conflict {
        let is_enough = without.is_feasible();
        let (relaxed, breaks_at) = match without {
            Feasibility::Feasible(found) => {
                (self.relaxed(held, member, &found), self.breaks_at(member, &found.0))
            }
            _ => (NearestBound::default(), None),
        };
        let NearestBound { to: relax_to, least_loss } = relaxed;
        let then = match least_loss {
            Some(figures) => Some(figures),
            None if is_enough => self.best_figures(held, member, relax_to),
            None => None,
        };
        let demand = self.demands.list[member];
        Conflict {
            what: demand.words(self.session.instance, self.demands.request),
            kind: demand.kind(),
            unit: demand.unit(self.session.instance),
            bound: demand.bound(self.session.instance),
            relax_to,
            is_enough,
            breaks_at,
            then,
        }
    }

    /// Figures of the best plan where one member is relaxed to a bound, or dropped without one.
    fn best_figures(&self, held: &[bool], member: usize, relax_to: Option<f64>) -> Option<Figures> {
        let mut holds = held.to_vec();
        holds[member] = relax_to.is_some();
        let relaxation = Relaxation { holds, relaxed: relax_to.map(|bound| (member, bound)) };
        match self.demands.check(&relaxation, Goal::Best) {
            Feasibility::Feasible(best) => Some(best.1.figures),
            _ => None,
        }
    }

    /// The key or node at which a plan that keeps all other requirements breaks this limit.
    fn breaks_at(&self, member: usize, without: &Plan) -> Option<String> {
        let at = self.demands.limit(member)?;
        test_limits(&self.session.setting, without, None, None)[at].worst.clone()
    }

    /// The nearest bound at which a plan exists; `without`: a plan that keeps everything but this member.
    fn relaxed(&self, held: &[bool], member: usize, without: &(Plan, Evaluation)) -> NearestBound {
        let bound = self.demands.list[member].bound(self.session.instance);
        match (self.demands.measure(member), bound) {
            (Some(measure), Some(bound)) if measure.unit() == Unit::Usd => {
                self.least_usd(held, member, measure, bound)
            }
            (_, Some(bound)) => {
                NearestBound { to: self.nearest(held, member, bound, without), least_loss: None }
            }
            _ => NearestBound::default(),
        }
    }

    /// The bound nearest to `bound`, which is not one of money, at which a plan exists.
    fn nearest(&self, held: &[bool], member: usize, bound: f64, without: &(Plan, Evaluation)) -> Option<f64> {
        let relaxation = |at: f64| Relaxation { holds: held.to_vec(), relaxed: Some((member, at)) };
        let has_risk = (0..held.len()).any(|at| held[at] && self.demands.is_risk(at));
        // Then the shortlist answers as quickly as a year without losses.
        let is_coarse = has_risk && self.demands.is_large();
        let is_possible = |at: f64| is_coarse || self.demands.without_losses(&relaxation(at)).is_feasible();
        let keeps_losses =
            |at: f64| !has_risk || self.demands.with_losses(&relaxation(at), Goal::Any, None).is_feasible();
        let share_grid = if is_coarse { COARSE_SHARE_GRID } else { SHARE_GRID };
        let near = |grid: f64, far: f64| nearest(bound, far, grid, is_possible, keeps_losses);
        match self.demands.list[member] {
            Demand::Eligibility(_, Requirement::Quality | Requirement::Context) => {
                let floors = self.demands.lower_floors(member);
                let first = partition(floors.len(), |at| is_possible(floors[at]) && keeps_losses(floors[at]));
                floors.get(first).copied()
            }
            Demand::Eligibility(..) => None,
            Demand::Turnover(_) => {
                near(share_grid, turnover(self.session.instance, &self.session.current, &without.0))
            }
            Demand::Floor(..) => near(share_grid, 0.0),
            Demand::Capacity(offer, _) => near(1.0, load(&self.session.setting, &without.0, offer)),
            Demand::Size(_, Size::SmallestShare, _) => near(share_grid, 0.0),
            Demand::Size(workload, Size::MostOffers, _) => {
                let used = pairs_in_use(self.session.instance, workload, &without.0);
                near(1.0, used.len() as f64)
            }
            Demand::Size(workload, Size::KeepQuality, _) => {
                let lost = |plan: &Plan| mean_quality(self.session.instance, workload, plan);
                near(1.0, lost(&self.session.current) - lost(&without.0))
            }
            Demand::Limit(at, end, _) => {
                let measure = self.demands.measure(member)?;
                let grid = if matches!(measure, Measure::Distinct { .. }) { 1.0 } else { share_grid };
                let value = test_limits(&self.session.setting, &without.0, None, None)[at].value;
                near(grid, value.unwrap_or(if end == End::AtLeast { 0.0 } else { 1.0 }))
            }
        }
    }

    /// The smallest amount in whole dollars with which all other requirements can be kept, and for a limit on losses the
    /// figures of the plan that needs it: hardly another plan keeps that amount, so none is looked for.
    fn least_usd(&self, held: &[bool], member: usize, measure: &Measure, bound: f64) -> NearestBound {
        let mut holds = held.to_vec();
        holds[member] = false;
        let goal = match measure {
            Measure::Cvar { confidence_level, .. } => Goal::LeastLoss(Some(*confidence_level)),
            Measure::AverageAnnualLoss { .. } => Goal::LeastLoss(None),
            _ => Goal::LeastCost,
        };
        let Feasibility::Feasible(found) = self.demands.check(&Relaxation { holds, relaxed: None }, goal)
        else {
            return NearestBound::default();
        };
        let (_, evaluation) = *found;
        let usd = match measure {
            Measure::Cvar { confidence_level, .. } => evaluation.cvar_usd(*confidence_level),
            Measure::AverageAnnualLoss { .. } => evaluation.figures.aal_usd,
            _ => evaluation.figures.monthly_cost_usd,
        };
        // The small margin before rounding up covers the rounding of sums.
        let to = (usd + 1e-6).ceil().max(bound.ceil());
        let least_loss =
            (goal != Goal::LeastCost).then(|| evaluation.figures_for(&self.demands.request.objective));
        NearestBound { to: Some(to), least_loss }
    }
}

/// The multiple of `grid` nearest to `bound`, between `bound` and `far`, that is kept; `far` is taken to be kept.
///
/// `is_possible` holds wherever `is_kept` does, and is quicker to test; `is_kept` is tested only where it holds.
fn nearest(
    bound: f64,
    far: f64,
    grid: f64,
    is_possible: impl Fn(f64) -> bool,
    is_kept: impl Fn(f64) -> bool,
) -> Option<f64> {
    let is_up = far > bound;
    // Sums round, so a value slightly beyond a multiple counts as that multiple.
    let units = |x: f64| if is_up { (x / grid - 1e-6).ceil() } else { (x / grid + 1e-6).floor() };
    let last = (units(far) - units(bound)).abs() as usize;
    // Divided by an integer where possible, so that 0.3 does not become 0.30000000000000004.
    let at = |step: usize| {
        let unit = units(bound) + if is_up { step as f64 } else { -(step as f64) };
        if grid < 1.0 { unit / (1.0 / grid).round() } else { unit * grid }
    };
    let first = partition(last, |step| at(step) != bound && is_possible(at(step)));
    // Where losses do not count, or little, the first possible step is kept.
    if first == last || is_kept(at(first)) {
        return Some(at(first));
    }
    let next = first + 1;
    Some(at(next + partition(last - next, |step| is_kept(at(next + step)))))
}

/// The first index below `n` at which a monotone predicate holds; `n` if it never holds.
fn partition(n: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = usize::midpoint(low, high);
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_bound_lies_on_the_grid() {
        for (bound, far, needed, found) in
            [(0.3, 1.0, 0.5, 0.5), (0.3, 0.5, 0.4996, 0.5), (0.3, 0.3101, 0.3101, 0.311)]
        {
            for possible in [bound, needed - 0.0503, needed] {
                let is_possible = |x: f64| x >= possible;
                assert_eq!(nearest(bound, far, 0.001, is_possible, |x| x >= needed), Some(found));
            }
        }
        assert_eq!(nearest(4.0, 2.0, 1.0, |_| true, |x| x <= 3.0), Some(3.0));
        assert_eq!(nearest(0.9, 0.0, 0.001, |x| x <= 0.5, |x| x <= 0.4321), Some(0.432));
    }

    /// One step of a thousand is tested with losses where the first possible one is kept.
    #[test]
    fn losses_are_tested_where_the_rest_is_possible() {
        let n_tested = std::cell::Cell::new(0);
        let is_kept = |_: f64| {
            n_tested.set(n_tested.get() + 1);
            true
        };
        assert_eq!(nearest(0.0, 1.0, 0.001, |x| x >= 0.3456, is_kept), Some(0.346));
        assert_eq!(n_tested.get(), 1);
    }
}
