//! Why an offer is not in the plan: what excludes it, or what it would cost to use it.

use super::conflict::iis::{ConflictScope, FoundConflict};
use super::outcome::{Conflict, ConflictProof};
use super::recommend::MAX_PLANNING_TRIALS;
use super::recommend::searched;
use super::samples::CandidateSet;
use super::shadow_prices::PricedPlan;
use crate::ids::nearest;
use crate::model::eligibility::Ineligible;
use crate::model::instance::{CellIdx, OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::planning::outcome::Figures;
use crate::planning::request::{Floor, Request};
use crate::planning::sample::CompiledSample;
use crate::planning::sample::evaluate::{Evaluation, Objective};
use crate::planning::search::{GAP_TOLERANCE, SearchOutcome, search};
use crate::study::progress::{Progress, Target};
use crate::study::session::{OptimizeError, OptimizeSettings, Session};

/// Share of the demand that is given to the offer to see what it would cost.
pub const FORCED_SHARE: f64 = 0.10;

/// Room kept to the largest share that can be given, for the rounding of sums.
const SHARE_SLACK: f64 = 1e-9;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WhyQuestion {
    pub offer: OfferIdx,
    /// `None`: all of them.
    pub workload: Option<WorkloadIdx>,
}

/// A name that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no {what} '{id}'\n  = help: {help}")]
pub struct UnknownName {
    pub what: &'static str,
    pub id: String,
    pub help: String,
}

/// Why an offer is not in the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    pub question: WhyQuestion,
    /// By cell.
    pub cells: Vec<CellWhy>,
    /// `None` where no cell may use it.
    pub forced: Option<Forced>,
    pub n_trials: u64,
}

/// Whether a cell may use the offer.
#[derive(Debug, Clone, PartialEq)]
pub struct CellWhy {
    pub cell: CellIdx,
    /// All of them; empty when it may.
    pub reasons: Vec<Ineligible>,
    /// Its share of the cell's demand today.
    pub share_today: f64,
    /// The same in the best plan; `None` when there is none, or it was not asked for.
    pub share_planned: Option<f64>,
}

/// A share given to the offer whether it pays or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Forced {
    /// Of the demand asked about: [`FORCED_SHARE`], or as much as may be given to it.
    pub share: f64,
    /// Its share in the best plan.
    pub share_planned: f64,
    pub best: Figures,
    pub outcome: ForcedOutcome,
}

/// What comes of it.
#[derive(Debug, Clone, PartialEq)]
pub enum ForcedOutcome {
    /// The best plan gives it as much already.
    Planned,
    Plan {
        figures: Figures,
        /// The objectives of both plans are known to this much, USD: a smaller difference says nothing.
        tolerance_usd: f64,
        /// Limits that hold this plan back and not the best one.
        in_the_way: Vec<String>,
    },
    /// No plan gives it so much.
    Conflict { members: Vec<Conflict>, proof: ConflictProof },
}

impl Session<'_> {
    /// Resolves the names of a question.
    ///
    /// # Errors
    /// [`UnknownName`] for an offer or a workload that does not exist.
    pub fn why_question(&self, offer: &str, workload: Option<&str>) -> Result<WhyQuestion, UnknownName> {
        let unknown = |what, id: &str, near: Option<String>, else_say: &str| UnknownName {
            what,
            id: id.to_owned(),
            help: near.map_or_else(|| else_say.to_owned(), |near| format!("did you mean '{near}'?")),
        };
        let instance = self.instance;
        let found = instance.offer_idx(offer).ok_or_else(|| {
            let ids: Vec<String> = instance.offers.iter().map(|o| o.id.to_string()).collect();
            let near = nearest(offer, ids.iter().map(String::as_str)).map(str::to_owned);
            let form = "an offer is written model@host:REGION; `multipolar exposure` lists those that could \
                        replace what is in use";
            unknown("offer", offer, near, form)
        })?;
        let place = |id: &str| {
            let ids = || instance.workloads.iter().map(|w| w.workload.id.as_str());
            ids().position(|known| known == id).ok_or_else(|| {
                let all = ids().collect::<Vec<_>>().join(", ");
                unknown("workload", id, nearest(id, ids()).map(str::to_owned), &format!("there are {all}"))
            })
        };
        Ok(WhyQuestion { offer: found, workload: workload.map(place).transpose()? })
    }

    /// Why the offer is not in the plan; `progress` hears what is being done.
    ///
    /// # Errors
    /// [`OptimizeError::NoAnswer`] when the solver stops early, or there is no plan at all to compare with.
    pub fn why(
        &self,
        question: WhyQuestion,
        settings: OptimizeSettings,
        progress: &dyn Fn(Progress),
    ) -> Result<Why, OptimizeError> {
        let settings = OptimizeSettings { n_trials: settings.n_trials.min(MAX_PLANNING_TRIALS), ..settings };
        let floor = Floor { workload: question.workload, offer: question.offer, share: FORCED_SHARE };
        let cell_why = |cell: CellIdx| CellWhy {
            cell,
            reasons: self.setting.law.reasons(self.instance, cell, question.offer),
            share_today: self.current.share(cell, question.offer),
            share_planned: None,
        };
        let mut cells: Vec<CellWhy> = floor.cells(self.instance).map(cell_why).collect();
        let may_be_given = self.may_be_given(&floor, &cells);
        let mut forced = None;
        if may_be_given > 0.0 {
            let share = if may_be_given < FORCED_SHARE { may_be_given - SHARE_SLACK } else { FORCED_SHARE };
            let (found, best) = self.forced(Floor { share, ..floor }, settings, progress)?;
            cells.iter_mut().for_each(|c| c.share_planned = Some(best.share(c.cell, question.offer)));
            forced = Some(found);
        }
        Ok(Why { question, cells, forced, n_trials: settings.n_trials })
    }

    /// Share of the demand asked about that may be on the offer: where it is eligible, or in use today.
    fn may_be_given(&self, floor: &Floor, cells: &[CellWhy]) -> f64 {
        let is_open = |c: &&CellWhy| c.reasons.is_empty() || c.share_today > 0.0;
        let demand = |cell: CellIdx| self.instance.cells[cell].mtok_per_month();
        let total: f64 = floor.cells(self.instance).map(demand).sum();
        let open: f64 = cells.iter().filter(is_open).map(|c| demand(c.cell)).sum();
        open / total.max(f64::MIN_POSITIVE)
    }

    fn forced(
        &self,
        floor: Floor,
        settings: OptimizeSettings,
        progress: &dyn Fn(Progress),
    ) -> Result<(Forced, Plan), OptimizeError> {
        let objective = Objective::new(settings.cvar_weight, settings.confidence_level);
        let free = Request { max_turnover: settings.max_turnover, ..Request::new(objective) };
        progress(Progress::Compiling { n_trials: settings.n_trials });
        let program = self.compiled(&self.setting, settings, CandidateSet::Shortlist(&[floor.offer]));
        progress(Progress::Searching(Target::Plan));
        let best = self.best_or_conflict(settings, &free, &program, ConflictScope::All, progress)?;
        let Ok((plan, evaluation, bound_usd)) = best else {
            return Err(OptimizeError::NoAnswer(NO_PLAN.to_owned()));
        };
        let share_planned = floor.given(self.instance, &plan);
        let outcome = if share_planned >= floor.share {
            ForcedOutcome::Planned
        } else {
            progress(Progress::Searching(Target::WithOffer));
            let request = Request { floors: vec![floor], ..free.clone() };
            match self.best_or_conflict(settings, &request, &program, ConflictScope::All, progress)? {
                Ok((forced_plan, forced, _)) => {
                    let before = self.used_up_names(PricedPlan { plan: &plan, evaluation: &evaluation });
                    let mut in_the_way =
                        self.used_up_names(PricedPlan { plan: &forced_plan, evaluation: &forced });
                    in_the_way.retain(|limit| !before.contains(limit));
                    let known_to = (evaluation.figures.objective_usd - bound_usd).max(0.0);
                    let tolerance_usd = known_to.max(GAP_TOLERANCE * forced.figures.objective_usd.abs());
                    ForcedOutcome::Plan { figures: forced.figures, tolerance_usd, in_the_way }
                }
                Err(found) => ForcedOutcome::Conflict { members: found.members, proof: found.proof },
            }
        };
        Ok((Forced { share: floor.share, share_planned, best: evaluation.figures, outcome }, plan))
    }

    /// The best plan with what no plan costs less than, USD, or else why there is none.
    pub(super) fn best_or_conflict(
        &self,
        settings: OptimizeSettings,
        request: &Request,
        program: &CompiledSample,
        among: ConflictScope,
        progress: &dyn Fn(Progress),
    ) -> Result<Result<(Plan, Evaluation, f64), FoundConflict>, OptimizeError> {
        let found = searched(search(&self.setting, program, request, &|_, _, _| ()))?;
        if let Some(SearchOutcome { best: Some((plan, evaluation)), bound_usd, .. }) = found {
            return Ok(Ok((plan, evaluation, bound_usd)));
        }
        // The shortlist may be too short; what is impossible with every offer is.
        let program = &self.broad_program(settings);
        let bound_usd = match searched(search(&self.setting, program, request, &|_, _, _| ()))? {
            Some(SearchOutcome { best: Some((plan, evaluation)), bound_usd, .. }) => {
                return Ok(Ok((plan, evaluation, bound_usd)));
            }
            found => found.map_or(0.0, |found| found.bound_usd),
        };
        let conflict = self.conflict(settings, request, program, among, progress);
        let Some(missed) = conflict.plan.clone() else { return Ok(Err(conflict)) };
        let rescued = self.rescued(program, request, missed);
        Ok(rescued.map(|(plan, evaluation)| (plan, evaluation, bound_usd)).ok_or(conflict))
    }
}

/// Why nothing can be compared.
const NO_PLAN: &str = "no plan keeps the limits even without the offer, so nothing can be compared: `multipolar \
                       optimize` without `--why` says which demands cannot hold together";
