//! Demands that cannot hold together: the smallest set found, and how far each of them would have to give alone
//! (methodology/optimization.md).

use crate::study::progress::Progress;
use std::ops::Range;

use super::bounds::End;
use super::requirements::{Demand, Demands, Feasibility, Goal, Relaxation, Requirement, load};
use crate::limits::test_limits;
use crate::model::limit::Measure;
use crate::model::limit::Unit;
use crate::model::plan::Plan;
use crate::planning::request::Request;
use crate::planning::sample::CompiledSample;
use crate::planning::sample::evaluate::{Evaluation, Objective, evaluate};
use crate::planning::search::search;
use crate::study::plan::changes::turnover;
use crate::study::plan::outcome::{Conflict, ConflictProof, DemandKind};
use crate::study::session::{OptimizeSettings, Session};

/// To what a bound that has to give is rounded: shares, concentration, service and turnover.
const SHARE_GRID: f64 = 0.001;

/// What a conflict is looked for among.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::study::plan) enum ConflictScope {
    /// Everything that is demanded.
    All,
    /// Eligibility holds whatever comes.
    AllButEligibility,
}

/// A conflict with how sure it is.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::study::plan) struct FoundConflict {
    /// Empty when there is a plan after all.
    pub members: Vec<Conflict>,
    pub proof: ConflictProof,
    /// A plan that keeps everything although no search for the best one met it.
    pub plan: Option<Plan>,
}

impl Session<'_> {
    /// Demands of a request that has no plan, of which none can be left out of the conflict.
    pub(in crate::study::plan) fn conflict(
        &self,
        settings: OptimizeSettings,
        request: &Request,
        program: &CompiledSample,
        among: ConflictScope,
        progress: &dyn Fn(Progress),
    ) -> FoundConflict {
        progress(Progress::Conflict);
        let demands = Demands::new(self, settings, request, program, among == ConflictScope::All);
        let search = ConflictSearch { session: self, demands, progress };
        search.found()
    }
}

/// What a dollar of risk counts where the search with a whole one came back without a plan: the less, the less it asks of
/// standbys and replicas, whose rounding is what fails.
const RISK_TIMES_OF_RESCUE: [f64; 3] = [0.3, 0.1, 0.03];

impl Session<'_> {
    /// The best plan known where the search missed one that keeps everything: that one, or what searches find that weigh risk
    /// less; `None` when none keeps the limits on all trials.
    pub(in crate::study::plan) fn rescued(
        &self,
        program: &CompiledSample,
        request: &Request,
        missed: Plan,
    ) -> Option<(Plan, Evaluation)> {
        let lighter = RISK_TIMES_OF_RESCUE.into_iter().filter_map(|risk_times| {
            let objective = Objective { risk_times, ..request.objective };
            let request = Request { objective, ..request.clone() };
            Some(search(&self.setting, program, &request, &|_, _, _| ()).ok()?.best?.0)
        });
        let measured = lighter.chain([missed]).map(|plan| {
            let evaluation = evaluate(&self.setting, program, &request.objective, &plan);
            (plan, evaluation)
        });
        let objective = |found: &(Plan, Evaluation)| found.1.figures.objective_usd;
        measured
            .filter(|found| found.1.broken.is_empty())
            .min_by(|a, b| objective(a).total_cmp(&objective(b)))
    }
}

struct ConflictSearch<'a> {
    session: &'a Session<'a>,
    demands: Demands<'a>,
    progress: &'a dyn Fn(Progress),
}

impl ConflictSearch<'_> {
    fn found(&self) -> FoundConflict {
        let n = self.demands.list.len();
        if let Feasibility::Feasible(found) = self.verdict(&vec![true; n]) {
            let proof = ConflictProof { is_proven: false, has_others: false };
            return FoundConflict { members: Vec::new(), proof, plan: Some(found.0) };
        }
        let members = self.irreducible();
        let only: Vec<bool> = (0..n).map(|at| members.contains(&at)).collect();
        let is_proven = matches!(self.verdict(&only), Feasibility::Infeasible);
        let rest: Vec<bool> = only.iter().map(|is_member| !is_member).collect();
        let has_others = !members.is_empty() && !self.is_feasible(&rest);
        // With a second conflict beside it, no member could help alone: each is judged within its own.
        let held = if has_others { only } else { vec![true; n] };
        let told = |(i, &member): (usize, &usize)| {
            (self.progress)(Progress::Relaxing { requirement: i + 1, of: members.len() });
            self.member(&held, member)
        };
        let conflicts = members.iter().enumerate().map(told).collect();
        FoundConflict { members: conflicts, proof: ConflictProof { is_proven, has_others }, plan: None }
    }

    fn verdict(&self, holds: &[bool]) -> Feasibility {
        self.demands.check(&Relaxation { holds: holds.to_vec(), relaxed: None }, Goal::Any)
    }

    fn is_feasible(&self, holds: &[bool]) -> bool {
        self.verdict(holds).is_feasible()
    }

    /// A conflict of which no member can be left out (deletion filter; Chinneck and Dravnieks 1991).
    ///
    /// A limit that is in conflict by itself is looked for first, so that what is found is small. Groups are waived
    /// whole where that changes nothing.
    fn irreducible(&self) -> Vec<usize> {
        let mut holds = self.alone().unwrap_or_else(|| vec![true; self.demands.list.len()]);
        for group in self.groups() {
            self.filter(&mut holds, &group);
        }
        (0..holds.len()).filter(|&at| holds[at]).collect()
    }

    /// Everything but limits, floors and turnover, and one of those that cannot be kept with it alone.
    fn alone(&self) -> Option<Vec<bool>> {
        let n = self.demands.list.len();
        let is_given =
            |at: usize| matches!(self.demands.kind(at), DemandKind::Eligibility | DemandKind::Capacity);
        let with = |one: usize| (0..n).map(|at| at == one || is_given(at)).collect::<Vec<bool>>();
        (0..n).filter(|&at| !is_given(at)).map(with).find(|holds| !self.is_feasible(holds))
    }

    /// What is waived together if it can be: eligibility by workload, quotas, the others one by one.
    fn groups(&self) -> Vec<Vec<Range<usize>>> {
        let n = self.demands.list.len();
        let end_of =
            |is: &dyn Fn(&Demand) -> bool| self.demands.list.iter().position(|d| !is(d)).unwrap_or(n);
        let n_eligibility = end_of(&|d| matches!(d, Demand::Eligibility(..)));
        let n_given = end_of(&|d| matches!(d, Demand::Eligibility(..) | Demand::Capacity(..)));
        let mut by_workload: Vec<Range<usize>> = Vec::new();
        for at in 0..n_eligibility {
            let workload = |at: usize| match self.demands.list[at] {
                Demand::Eligibility(workload, _) => Some(workload),
                _ => None,
            };
            match by_workload.last_mut() {
                Some(last) if workload(last.start) == workload(at) => last.end = at + 1,
                _ => by_workload.push(at..at + 1),
            }
        }
        let single = |range: Range<usize>| range.map(|at| at..at + 1).collect::<Vec<_>>();
        let mut groups = vec![by_workload, single(n_eligibility..n_given)];
        groups.extend((n_given..n).map(|at| single(at..at + 1)));
        groups.retain(|group| !group.is_empty());
        groups
    }

    /// Waives a group whole, else part by part, else member by member, wherever the rest stays in conflict.
    fn filter(&self, holds: &mut Vec<bool>, group: &[Range<usize>]) {
        let whole: Vec<usize> = group.iter().cloned().flatten().collect();
        if self.waive(holds, &whole) {
            return;
        }
        for part in group {
            let part: Vec<usize> = part.clone().collect();
            if whole.len() == 1 || (part.len() < whole.len() && self.waive(holds, &part)) {
                continue;
            }
            if part.len() > 1 {
                for &at in &part {
                    self.waive(holds, &[at]);
                }
            }
        }
    }

    /// Waives demands if the rest stays in conflict; returns whether it does.
    fn waive(&self, holds: &mut Vec<bool>, demands: &[usize]) -> bool {
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

    /// How far one member must give while all else holds, and the best plan then.
    fn member(&self, held: &[bool], member: usize) -> Conflict {
        let mut holds = held.to_vec();
        holds[member] = false;
        let without = self.demands.check(&Relaxation { holds: holds.clone(), relaxed: None }, Goal::Any);
        let is_enough = without.is_feasible();
        let relax_to = match without {
            Feasibility::Feasible(found) => self.relaxed(held, member, &found),
            _ => None,
        };
        let waiver = match relax_to {
            Some(bound) => Relaxation { holds: held.to_vec(), relaxed: Some((member, bound)) },
            None => Relaxation { holds, relaxed: None },
        };
        let then = match is_enough.then(|| self.demands.check(&waiver, Goal::Best)) {
            Some(Feasibility::Feasible(best)) => Some(best.1.figures),
            _ => None,
        };
        Conflict {
            what: self.demands.words(member),
            kind: self.demands.kind(member),
            unit: self.demands.unit(member),
            bound: self.demands.bound(member),
            relax_to,
            is_enough,
            then,
        }
    }

    /// The nearest bound at which a plan exists; `without` keeps everything but this member.
    fn relaxed(&self, held: &[bool], member: usize, without: &(Plan, Evaluation)) -> Option<f64> {
        let bound = self.demands.bound(member)?;
        let is_kept = |at: f64| {
            let waiver = Relaxation { holds: held.to_vec(), relaxed: Some((member, at)) };
            self.demands.check(&waiver, Goal::Any).is_feasible()
        };
        let near = |grid: f64, far: f64| nearest(bound, far, grid, is_kept);
        match self.demands.list[member] {
            Demand::Eligibility(_, Requirement::Quality | Requirement::Context) => {
                let floors = self.demands.lower_floors(member);
                let first = partition(floors.len(), |at| is_kept(floors[at]));
                floors.get(first).copied()
            }
            Demand::Eligibility(..) => None,
            Demand::Turnover(_) => {
                near(SHARE_GRID, turnover(self.session.instance, &self.session.current, &without.0))
            }
            Demand::Floor(..) => near(SHARE_GRID, 0.0),
            Demand::Capacity(offer, _) => near(1.0, load(&self.session.setting, &without.0, offer)),
            Demand::Limit(at, end, _) => {
                let measure = self.demands.measure(member)?;
                if measure.unit() == Unit::Usd {
                    return self.least_usd(held, member, measure, bound);
                }
                let grid = if matches!(measure, Measure::Distinct { .. }) { 1.0 } else { SHARE_GRID };
                let value = test_limits(&self.session.setting, &without.0, None, None)[at].value;
                near(grid, value.unwrap_or(if end == End::AtLeast { 0.0 } else { 1.0 }))
            }
        }
    }

    /// The least money with which all else can be kept, in whole dollars.
    fn least_usd(&self, held: &[bool], member: usize, measure: &Measure, bound: f64) -> Option<f64> {
        let mut holds = held.to_vec();
        holds[member] = false;
        let seek = match measure {
            Measure::Cvar { confidence_level, .. } => Goal::LeastLoss(Some(*confidence_level)),
            Measure::AverageAnnualLoss { .. } => Goal::LeastLoss(None),
            _ => Goal::LeastCost,
        };
        let Feasibility::Feasible(found) = self.demands.check(&Relaxation { holds, relaxed: None }, seek)
        else {
            return None;
        };
        let figures = found.1.figures;
        let usd = match measure {
            Measure::Cvar { .. } => figures.cvar_usd,
            Measure::AverageAnnualLoss { .. } => figures.aal_usd,
            _ => figures.monthly_cost_usd,
        };
        // A dollar's margin for the rounding of sums.
        Some((usd + 1e-6).ceil().max(bound.ceil()))
    }
}

/// The multiple of `grid` nearest to `bound`, on the way to `far`, that is kept; `far` itself is taken to be.
fn nearest(bound: f64, far: f64, grid: f64, is_kept: impl Fn(f64) -> bool) -> Option<f64> {
    let is_up = far > bound;
    // Sums round, so a hair beyond a multiple is that multiple.
    let units = |x: f64| if is_up { (x / grid - 1e-6).ceil() } else { (x / grid + 1e-6).floor() };
    let n = (units(far) - units(bound)).abs() as usize + 1;
    // Divided by a whole number where it is one, so that 0.3 is not written as 0.30000000000000004.
    let at = |step: usize| {
        let unit = units(bound) + if is_up { step as f64 } else { -(step as f64) };
        if grid < 1.0 { unit / (1.0 / grid).round() } else { unit * grid }
    };
    Some(at(partition(n - 1, |step| at(step) != bound && is_kept(at(step)))))
}

/// The first of `n` for which it holds, if it holds for all after one for which it does; `n` when for none.
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
            assert_eq!(nearest(bound, far, 0.001, |x| x >= needed), Some(found));
        }
        assert_eq!(nearest(4.0, 2.0, 1.0, |x| x <= 3.0), Some(3.0));
        assert_eq!(nearest(0.9, 0.0, 0.001, |x| x <= 0.4321), Some(0.432));
    }
}
