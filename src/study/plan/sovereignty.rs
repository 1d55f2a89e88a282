//! Cost of a plan under sovereignty rules on models and hosts (methodology/optimization.md).

use super::changes::turnover;
use super::conflict::iis::{ConflictScope, FoundConflict};
use super::conflict::requirements::load;
use super::outcome::{Conflict, ConflictProof};
use super::samples::{MAX_PLANNING_TRIALS, PlanningSample};
use super::sovereignty_rule::{Restriction, SovereigntyRule};
use crate::limits::BOUND_SLACK;
use crate::model::selector::Selector;
use crate::study::progress::{Progress, Target};

use crate::model::instance::{CellIdx, Instance, OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::planning::outcome::Figures;
use crate::planning::request::Request;
use crate::planning::sample::evaluate::Objective;
use crate::study::session::{OptimizeError, OptimizeSettings, Session};

/// The best plan under each rule, compared with the one without a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Sovereignty {
    pub today: Figures,
    /// In the order of [`SovereigntyRule::ALL`].
    pub cases: Vec<SovereigntyCase>,
    pub n_trials: u64,
}

/// The best plan under a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct SovereigntyCase {
    pub rule: SovereigntyRule,
    /// Share of all demand, by tokens, that uses excluded offers today.
    pub excluded_today: f64,
    pub outcome: CaseOutcome,
}

/// The best plans without some offers, compared with the one that may use all.
#[derive(Debug, Clone, PartialEq)]
pub struct WithoutPlans {
    pub free: CaseOutcome,
    /// In the order of the selectors.
    pub cases: Vec<WithoutCase>,
    pub n_trials: u64,
}

/// The best plan without some offers.
#[derive(Debug, Clone, PartialEq)]
pub struct WithoutCase {
    /// Share of all demand, by tokens, that uses excluded offers today.
    pub excluded_today: f64,
    pub outcome: CaseOutcome,
}

/// Result of a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum CaseOutcome {
    Plan {
        figures: Figures,
        /// Lower bound on the objective of every plan under the rule, USD.
        bound_usd: f64,
        /// Turnover ½ Σ (share of demand) · |a − a₀|.
        turnover: f64,
    },
    /// No offer is left for these cells, by workload.
    NothingLeft(Vec<(WorkloadIdx, Vec<CellIdx>)>),
    /// Requirements that cannot hold together under the rule.
    Conflict { members: Vec<Conflict>, proof: ConflictProof },
}

impl CaseOutcome {
    /// Figures of the plan; `None` without a plan.
    #[must_use]
    pub fn figures(&self) -> Option<Figures> {
        match self {
            Self::Plan { figures, .. } => Some(*figures),
            Self::NothingLeft(_) | Self::Conflict { .. } => None,
        }
    }
}

impl Session<'_> {
    /// The best plan under each rule; `progress` is called at each step.
    ///
    /// Excluded offers that are in use today are dropped. Turnover is unbounded, because a rule can force any move.
    ///
    /// # Errors
    /// [`OptimizeError::NoAnswer`] when the solver stops early.
    pub fn sovereignty(
        &self,
        settings: OptimizeSettings,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Sovereignty, OptimizeError> {
        let n_trials = settings.n_trials.min(MAX_PLANNING_TRIALS);
        let settings = OptimizeSettings { n_trials, max_turnover: None, ..settings };
        let mut cases = Vec::new();
        for rule in SovereigntyRule::ALL {
            progress(Progress::Searching(Target::Rule(rule)));
            let restriction = Restriction::Rule(rule);
            let excluded_today = self.excluded_today(restriction);
            let outcome = self.case(restriction, settings, progress)?;
            cases.push(SovereigntyCase { rule, excluded_today, outcome });
        }
        Ok(Sovereignty { today: self.figures_today(settings), cases, n_trials })
    }

    /// The best plan, and the best ones without offers that match each selector; `progress` is called at each step.
    ///
    /// Excluded offers that are in use today are dropped. Turnover is unbounded, because the loss of an offer can force any move.
    ///
    /// # Errors
    /// [`OptimizeError::NoAnswer`] when the solver stops early.
    pub fn without(
        &self,
        selectors: &[&Selector],
        settings: OptimizeSettings,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<WithoutPlans, OptimizeError> {
        let n_trials = settings.n_trials.min(MAX_PLANNING_TRIALS);
        let settings = OptimizeSettings { n_trials, max_turnover: None, ..settings };
        progress(Progress::Searching(Target::Rule(SovereigntyRule::Free)));
        let free = self.case(Restriction::Rule(SovereigntyRule::Free), settings, progress)?;
        let case = |(n, selector): (usize, &&Selector)| {
            progress(Progress::Searching(Target::Without { case: n + 1, of: selectors.len() }));
            let restriction = Restriction::Without(selector);
            let outcome = self.case(restriction, settings, progress)?;
            Ok(WithoutCase { excluded_today: self.excluded_today(restriction), outcome })
        };
        Ok(WithoutPlans {
            free,
            cases: selectors.iter().enumerate().map(case).collect::<Result<_, _>>()?,
            n_trials,
        })
    }

    fn figures_today(&self, settings: OptimizeSettings) -> Figures {
        let objective = Objective::new(settings.cvar_weight, settings.confidence_level);
        let sample = self.shortlist_sample(settings);
        crate::planning::sample::evaluate::evaluate(&self.setting, &sample, &objective, &self.current).figures
    }

    fn excluded_today(&self, restriction: Restriction<'_>) -> f64 {
        let instance = self.instance;
        let demand = |cell: CellIdx| instance.cells[cell].mtok_per_month();
        let total: f64 = (0..instance.cells.len()).map(demand).sum();
        let excluded = |cell: CellIdx| -> f64 {
            let shares = self.current.allocation[cell].iter();
            shares.filter(|s| !restriction.allows(instance, cell, s.0)).map(|s| s.1).sum()
        };
        let sum: f64 = (0..instance.cells.len()).map(|cell| demand(cell) * excluded(cell)).sum();
        sum / total.max(f64::MIN_POSITIVE)
    }

    fn case(
        &self,
        restriction: Restriction<'_>,
        settings: OptimizeSettings,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<CaseOutcome, OptimizeError> {
        let instance = match self.under(restriction) {
            Ok(instance) => instance,
            Err(cells) => return Ok(CaseOutcome::NothingLeft(self.by_workload(&cells))),
        };
        let mut session = Session::new(&instance);
        // What the company knows is what it uses today, not the start plan.
        session.setting.known = self.setting.known.clone();
        let objective = Objective::new(settings.cvar_weight, settings.confidence_level);
        let request = Request::new(objective);
        let sample = PlanningSample { sample: session.shortlist_sample(settings), warm_start: None };
        let scope = ConflictScope::AllButEligibility;
        Ok(match session.best_or_conflict(settings, &request, &sample, scope, progress)? {
            // The start plan may exceed a quota; plans of the search do not.
            Ok((plan, evaluation, bound_usd)) if session.keeps_quotas(&plan) => CaseOutcome::Plan {
                figures: evaluation.figures,
                bound_usd: bound_usd.min(evaluation.figures.objective_usd),
                turnover: turnover(self.instance, &self.current, &plan),
            },
            Ok(_) => CaseOutcome::Conflict { members: Vec::new(), proof: ConflictProof::NONE },
            Err(FoundConflict { members, proof, .. }) => CaseOutcome::Conflict { members, proof },
        })
    }

    fn keeps_quotas(&self, plan: &Plan) -> bool {
        let quotas = self.instance.offers.iter().enumerate();
        let mut quotas = quotas.filter_map(|(offer, o)| Some((offer, o.capacity_mtok_per_month?)));
        quotas.all(|(offer, quota)| load(&self.setting, plan, offer) <= quota * (1.0 + BOUND_SLACK))
    }

    /// The portfolio under a rule; `Err`: the cells for which no offer is left.
    ///
    /// Excluded offers in use today are replaced by the cheapest allowed offer, as a start plan.
    fn under(&self, restriction: Restriction<'_>) -> Result<Instance, Vec<CellIdx>> {
        let mut instance = self.instance.clone();
        if restriction == Restriction::Rule(SovereigntyRule::Free) {
            return Ok(instance);
        }
        for workload in &mut instance.workloads {
            workload.workload.forbid.extend(restriction.forbid());
            workload.workload.require.extend(restriction.require());
        }
        let mut cells_without_offer = Vec::new();
        for cell in 0..instance.cells.len() {
            let is_allowed = |offer: OfferIdx| restriction.allows(self.instance, cell, offer);
            let mut shares: Vec<(OfferIdx, f64)> = instance.cells[cell].allocation.clone();
            let excluded: f64 = shares.iter().filter(|s| !is_allowed(s.0)).map(|s| s.1).sum();
            if excluded <= 0.0 {
                continue;
            }
            shares.retain(|s| is_allowed(s.0));
            let Some(offer) = self.cheapest(cell, is_allowed).or(shares.first().map(|s| s.0)) else {
                cells_without_offer.push(cell);
                continue;
            };
            match shares.iter_mut().find(|s| s.0 == offer) {
                Some(share) => share.1 += excluded,
                None => shares.push((offer, excluded)),
            }
            shares.sort_by_key(|s| s.0);
            instance.cells[cell].allocation = shares;
        }
        if cells_without_offer.is_empty() { Ok(instance) } else { Err(cells_without_offer) }
    }

    /// The cheapest eligible and allowed offer, preferably without declared capacity (quota or replicas).
    fn cheapest(&self, cell: CellIdx, is_allowed: impl Fn(OfferIdx) -> bool) -> Option<OfferIdx> {
        let allowed = self.setting.law.eligible.offers(cell).filter(|&offer| is_allowed(offer));
        let key = |offer: &OfferIdx| {
            let has_declared = self.instance.offers[*offer].has_declared_capacity();
            (has_declared, self.setting.prices.usd_per_mtok(cell, *offer))
        };
        allowed.min_by(|a, b| {
            let (a, b) = (key(a), key(b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        })
    }

    fn by_workload(&self, cells: &[CellIdx]) -> Vec<(WorkloadIdx, Vec<CellIdx>)> {
        let workload = |cell: &CellIdx| self.instance.cells[*cell].workload;
        cells.chunk_by(|a, b| workload(a) == workload(b)).map(|c| (workload(&c[0]), c.to_vec())).collect()
    }
}
