//! Why an offer is not in the plan: what excludes it, or what it would cost to use it.

use super::conflict::iis::{ConflictScope, FoundConflict};
use super::context::searched;
use super::outcome::{Conflict, ConflictProof};
use super::samples::{CandidateSet, MAX_PLANNING_TRIALS, PlanningSample};
use super::shadow_prices::PricedPlan;
use crate::ids::nearest;
use crate::model::eligibility::Ineligible;
use crate::model::instance::{CellIdx, OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::planning::outcome::Figures;
use crate::planning::request::{Floor, Request};
use crate::planning::sample::evaluate::{Evaluation, Objective};
use crate::planning::search::{GAP_TOLERANCE, SearchOptions, SearchOutcome, search, search_with};
use crate::study::progress::{Progress, Target};
use crate::study::session::{OptimizeError, OptimizeSettings, Session};

/// Share of the demand that is forced onto the offer to see what it would cost.
pub const FORCED_SHARE: f64 = 0.10;

/// Slack below the largest share that can be forced, for the rounding of sums.
const SHARE_SLACK: f64 = 1e-9;

/// Question why an offer is not in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WhyQuestion {
    pub offer: OfferIdx,
    /// `None`: all workloads.
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

/// Answer to a [`WhyQuestion`].
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    pub question: WhyQuestion,
    /// In the order of cells.
    pub cells: Vec<CellWhy>,
    /// The forced share and its result; `None` when no cell may use the offer.
    pub forced: Option<Forced>,
    pub n_trials: u64,
}

/// Whether a cell may use the offer.
#[derive(Debug, Clone, PartialEq)]
pub struct CellWhy {
    pub cell: CellIdx,
    /// All reasons against it; empty when the cell may use it.
    pub reasons: Vec<Ineligible>,
    /// The offer's share of the cell's demand today.
    pub share_today: f64,
    /// The offer's share of the cell's demand in the best plan; `None` when no plan was made.
    pub share_planned: Option<f64>,
}

/// A share forced onto the offer, whether it pays or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Forced {
    /// Share of the demand in question: [`FORCED_SHARE`], or the largest that is eligible.
    pub share: f64,
    /// The offer's share in the best plan.
    pub share_planned: f64,
    /// Trials that both plans are made on: fewer than the planning trials where a stratified sample stands for them.
    pub n_planned_trials: u64,
    pub best: Figures,
    pub outcome: ForcedOutcome,
}

/// Result of forcing a share onto the offer.
#[derive(Debug, Clone, PartialEq)]
pub enum ForcedOutcome {
    /// The best plan already gives the offer at least this share.
    Planned,
    Plan {
        figures: Figures,
        /// Uncertainty of the difference between the two objectives, USD; a smaller difference means nothing.
        tolerance_usd: f64,
        /// Limits that are active in this plan but not in the best one.
        in_the_way: Vec<String>,
    },
    /// No plan gives the offer this share.
    Conflict { members: Vec<Conflict>, proof: ConflictProof },
}

impl Session<'_> {
    /// The offer with an id.
    ///
    /// # Errors
    /// [`UnknownName`] when there is none.
    pub fn named_offer(&self, offer: &str) -> Result<OfferIdx, UnknownName> {
        let instance = self.instance;
        instance.offer_idx(offer).ok_or_else(|| {
            let ids: Vec<String> = instance.offers.iter().map(|o| o.id.to_string()).collect();
            let near = nearest(offer, ids.iter().map(String::as_str)).map(str::to_owned);
            let form = "an offer is written model@host:REGION; `multipolar list offers` lists them";
            unknown("offer", offer, near, form)
        })
    }

    /// Resolves the names of a question.
    ///
    /// # Errors
    /// [`UnknownName`] for an offer or a workload that does not exist.
    pub fn why_question(&self, offer: &str, workload: Option<&str>) -> Result<WhyQuestion, UnknownName> {
        let instance = self.instance;
        let found = self.named_offer(offer)?;
        let workload_idx = |id: &str| {
            let ids = || instance.workloads.iter().map(|w| w.workload.id.as_str());
            ids().position(|known| known == id).ok_or_else(|| {
                let all = ids().collect::<Vec<_>>().join(", ");
                unknown("workload", id, nearest(id, ids()).map(str::to_owned), &format!("there are {all}"))
            })
        };
        Ok(WhyQuestion { offer: found, workload: workload.map(workload_idx).transpose()? })
    }

    /// Why the offer is not in the plan; `progress` is called at each step.
    ///
    /// # Errors
    /// [`OptimizeError::NoAnswer`] when the solver stops early, or when there is no plan to compare with.
    pub fn why(
        &self,
        question: WhyQuestion,
        settings: OptimizeSettings,
        progress: &(dyn Fn(Progress) + Sync),
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
        let eligible_share = self.eligible_share(&floor, &cells);
        let mut forced = None;
        if eligible_share > 0.0 {
            let share =
                if eligible_share < FORCED_SHARE { eligible_share - SHARE_SLACK } else { FORCED_SHARE };
            let (outcome, best) = self.forced(Floor { share, ..floor }, settings, progress)?;
            cells.iter_mut().for_each(|c| c.share_planned = Some(best.share(c.cell, question.offer)));
            forced = Some(outcome);
        }
        Ok(Why { question, cells, forced, n_trials: settings.n_trials })
    }

    /// Share of the demand in question for which the offer is eligible or in use today.
    fn eligible_share(&self, floor: &Floor, cells: &[CellWhy]) -> f64 {
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
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(Forced, Plan), OptimizeError> {
        let objective = Objective::new(settings.cvar_weight, settings.confidence_level);
        let free = Request { max_turnover: settings.max_turnover, ..Request::new(objective) };
        progress(Progress::Compiling { n_trials: settings.n_trials });
        let sample = self.planning_sample(settings, &free, CandidateSet::Shortlist(&[floor.offer]));
        progress(Progress::Searching(Target::Plan));
        let best = self.best_or_conflict(settings, &free, &sample, ConflictScope::All, progress)?;
        let Ok((plan, evaluation, bound_usd)) = best else {
            return Err(OptimizeError::NoAnswer(NO_PLAN.to_owned()));
        };
        let share_planned = floor.given(self.instance, &plan);
        let outcome = if share_planned >= floor.share {
            ForcedOutcome::Planned
        } else {
            progress(Progress::Searching(Target::WithOffer));
            let request = Request { floors: vec![floor], ..free.clone() };
            match self.best_or_conflict(settings, &request, &sample, ConflictScope::All, progress)? {
                Ok((forced_plan, forced, _)) => {
                    let before = self.active_limit_names(PricedPlan { plan: &plan, evaluation: &evaluation });
                    let mut in_the_way =
                        self.active_limit_names(PricedPlan { plan: &forced_plan, evaluation: &forced });
                    in_the_way.retain(|limit| !before.contains(limit));
                    let gap_usd = (evaluation.figures.objective_usd - bound_usd).max(0.0);
                    let tolerance_usd = gap_usd.max(GAP_TOLERANCE * forced.figures.objective_usd.abs());
                    ForcedOutcome::Plan { figures: forced.figures, tolerance_usd, in_the_way }
                }
                Err(found) => ForcedOutcome::Conflict { members: found.members, proof: found.proof },
            }
        };
        let n_planned_trials = sample.sample.n_trials as u64;
        let (share, best) = (floor.share, evaluation.figures);
        Ok((Forced { share, share_planned, n_planned_trials, best, outcome }, plan))
    }

    /// The best plan and the lower bound on the objective, USD; otherwise the conflict that leaves no plan.
    pub(super) fn best_or_conflict(
        &self,
        settings: OptimizeSettings,
        request: &Request,
        PlanningSample { sample, warm_start }: &PlanningSample,
        scope: ConflictScope,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Result<(Plan, Evaluation, f64), FoundConflict>, OptimizeError> {
        let options = SearchOptions { warm_start: warm_start.as_ref(), ..SearchOptions::default() };
        let found = searched(search_with(options, &self.setting, sample, request, &|_, _, _| ()))?;
        if let Some(SearchOutcome { best: Some((plan, evaluation)), bound_usd, .. }) = found {
            return Ok(Ok((plan, evaluation, bound_usd)));
        }
        // The shortlist may lack an offer; only infeasibility with every offer is a proof.
        let is_proven = self.conflicts_without_losses(settings, request);
        let broad = (!is_proven).then(|| self.broad_sample(settings));
        let found = match &broad {
            Some(broad) => searched(search(&self.setting, broad, request, &|_, _, _| ()))?,
            None => None,
        };
        let bound_usd = match found {
            Some(SearchOutcome { best: Some((plan, evaluation)), bound_usd, .. }) => {
                return Ok(Ok((plan, evaluation, bound_usd)));
            }
            found => found.map_or(0.0, |found| found.bound_usd),
        };
        let conflict = self.conflict(settings, request, sample, scope, progress);
        let Some(missed) = conflict.plan.clone() else { return Ok(Err(conflict)) };
        let rescued = self.rescued(broad.as_ref().unwrap_or(sample), request, missed);
        Ok(rescued.map(|(plan, evaluation)| (plan, evaluation, bound_usd)).ok_or(conflict))
    }
}

/// Reason for no answer when there is no best plan to compare with.
const NO_PLAN: &str = "no plan keeps the limits even without the offer, so nothing can be compared: `multipolar \
                       optimize` without `--why` shows the requirements that cannot hold together";

fn unknown(what: &'static str, id: &str, near: Option<String>, fallback: &str) -> UnknownName {
    let help = near.map_or_else(|| fallback.to_owned(), |near| format!("did you mean '{near}'?"));
    UnknownName { what, id: id.to_owned(), help }
}
