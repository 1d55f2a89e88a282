//! The recommended plan: draws trials, lets the planner search, and measures the plan on fresh trials.

use super::analyses::{Answers, answers};
use super::changes::{shared_changes, touched, turnover, workload_changes};
use super::conflict::iis::{ConflictScope, FoundConflict};
use super::conflict::no_offers::without_offers;
use super::context::{PlanContext, searched};
use super::outcome::{HedgeValues, Optimized, Recommended};
use super::questions::Questions;
use super::samples::{CandidateSet, MAX_BROAD_TRIALS, MAX_PLANNING_TRIALS, PlanningSample, few_trials};
use super::schedule::schedule;
use super::shadow_prices::PricedPlan;
use crate::costs::today::capability;
use crate::model::plan::Plan;
use crate::planning::outcome::{Figures, ProgramSize, Status};
use crate::planning::request::Request;
use crate::planning::sample::CompiledSample;
use crate::planning::sample::evaluate::{Evaluation, Objective, evaluate};
use crate::planning::search::{GAP_TOLERANCE, SearchOptions, SearchOutcome, search, search_with};
use crate::simulation::draws::Purpose;
use crate::study::progress::{Progress, Target};
use crate::study::session::{OptimizeError, OptimizeSettings, Session};

/// Reason for no answer when the relaxation is feasible but no integer plan was found.
const NO_WHOLE_PLAN: &str = "no plan with whole replicas and standbys was found within the allowed rounds";

/// Result of the analysis after a search without a plan.
enum NoPlan {
    Infeasible(Box<Optimized>),
    /// A plan exists that the search missed.
    Missed(Box<SearchOutcome>),
}

impl Session<'_> {
    /// The recommended plan; `progress` is called at each step.
    ///
    /// # Errors
    /// [`OptimizeError::NoAnswer`] when the solver stops early.
    pub fn optimize(
        &self,
        settings: OptimizeSettings,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Optimized, OptimizeError> {
        Ok(self.answers(settings, &Questions::default(), progress)?.optimized)
    }

    /// The recommended plan with the requested analyses; `progress` is called at each step.
    ///
    /// # Errors
    /// [`OptimizeError::NoAnswer`] when the solver stops early.
    pub fn answers(
        &self,
        asked: OptimizeSettings,
        questions: &Questions,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Answers, OptimizeError> {
        let settings = OptimizeSettings { n_trials: asked.n_trials.min(MAX_PLANNING_TRIALS), ..asked };
        let objective = Objective::new(settings.cvar_weight, settings.confidence_level);
        let request = Request {
            max_turnover: settings.max_turnover,
            prove_to: settings.prove_to,
            ..Request::new(objective)
        };
        progress(Progress::Compiling { n_trials: settings.n_trials });
        if let Some(conflict) = without_offers(&self.setting) {
            let draws = (settings.seed, Purpose::InSample);
            let current = self.measured_on(draws, 0..settings.n_trials, &objective, &self.current);
            return Ok(Answers::of(infeasible(settings, current, conflict, f64::INFINITY)));
        }
        // A bound on turnover may be too tight whatever is lost. This is proven without trials, and needs fewer of them then.
        let mut is_proven =
            request.max_turnover.is_some() && self.conflicts_without_losses(settings, &request);
        let PlanningSample { sample: mut shortlist, warm_start: start } = if is_proven {
            PlanningSample { sample: self.shortlist_sample(few_trials(settings)), warm_start: None }
        } else {
            self.planning_sample(settings, &request, CandidateSet::Shortlist(&[]))
        };
        progress(Progress::Searching(Target::Plan));
        let on_round = |round: usize, bound_usd: f64, best_usd: f64| {
            progress(Progress::Round { target: Target::Plan, round, bound_usd, best_usd });
        };
        let mut found = None;
        if !is_proven {
            let options = SearchOptions { warm_start: start.as_ref(), ..SearchOptions::default() };
            found = searched(search_with(options, &self.setting, &shortlist, &request, &on_round))?;
        }
        let mut broad = None;
        if found.as_ref().is_none_or(|found| found.best.is_none()) {
            progress(Progress::BeyondShortlist);
            found = None;
            is_proven = is_proven || self.conflicts_without_losses(settings, &request);
            // What follows runs on fewer trials: many searches, or one among every offer, which takes much memory. The states
            // of the others go.
            if shortlist.n_trials as u64 > MAX_BROAD_TRIALS {
                drop(shortlist);
                shortlist = self.shortlist_sample(few_trials(settings));
            }
            if !is_proven {
                let sample = self.broad_sample(settings);
                found = searched(search(&self.setting, &sample, &request, &on_round))?;
                broad = Some(sample);
            }
        }
        let sample = broad.as_ref().unwrap_or(&shortlist);
        let settings = OptimizeSettings { n_trials: sample.n_drawn as u64, ..settings };
        let bound_usd = found.as_ref().map_or(f64::INFINITY, |found| found.bound_usd);
        let found = match found.filter(|found| found.best.is_some()) {
            Some(found) => found,
            None => match self.without_plan(settings, [&shortlist, sample], &request, bound_usd, progress)? {
                NoPlan::Infeasible(answer) => return Ok(Answers::of(*answer)),
                NoPlan::Missed(found) => *found,
            },
        };
        let warm_start = found.warm_start.clone();
        progress(Progress::NewTrials);
        // The other analyses compare plans, which needs no proof of optimality.
        let request = Request { prove_to: None, ..request };
        let context = PlanContext {
            session: self,
            settings,
            n_fresh: asked.n_trials,
            request,
            sample,
            warm_start,
            progress,
        };
        let (plan, evaluation) = found.best.unwrap_or_else(|| (self.current.clone(), found.current.clone()));
        let priced = PricedPlan { plan: &plan, evaluation: &evaluation };
        // Prices of limits take searches of their own, and nothing else follows from them.
        let (binding_limits, mut answers) = rayon::join(
            || self.binding_limits(&context, priced),
            || {
                answers(
                    &context,
                    questions,
                    self.measured(&context, priced, (found.current, found.bound_usd, found.size)),
                )
            },
        );
        if let Some(plan) = &mut answers.optimized.plan {
            plan.binding_limits = binding_limits;
        }
        Ok(answers)
    }

    /// Explains a search without a plan: a conflict, or a plan that the search missed. `shortlist`, and the sample on which
    /// plans are measured.
    fn without_plan(
        &self,
        settings: OptimizeSettings,
        [shortlist, sample]: [&CompiledSample; 2],
        request: &Request,
        bound_usd: f64,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<NoPlan, OptimizeError> {
        let current = evaluate(&self.setting, sample, &request.objective, &self.current);
        let conflict = self.conflict(settings, request, shortlist, ConflictScope::All, progress);
        if let Some(plan) = conflict.plan {
            let Some(best) = self.rescued(sample, request, plan) else {
                return Err(OptimizeError::NoAnswer(NO_WHOLE_PLAN.to_owned()));
            };
            let (unkept, size) = (Vec::new(), ProgramSize::default());
            // An infinite bound said infeasible, which is refuted, so no bound is known.
            let bound_usd = if bound_usd.is_finite() { bound_usd } else { 0.0 };
            let found =
                SearchOutcome { current, best: Some(best), bound_usd, unkept, size, warm_start: None };
            return Ok(NoPlan::Missed(Box::new(found)));
        }
        Ok(NoPlan::Infeasible(Box::new(infeasible(settings, current, conflict, bound_usd))))
    }

    /// The best plan of a search, without prices of limits. `today`: today's allocation on the planning trials.
    fn measured(
        &self,
        context: &PlanContext<'_>,
        PricedPlan { plan, evaluation }: PricedPlan<'_>,
        (today, bound_usd, size): (Evaluation, f64, ProgramSize),
    ) -> Optimized {
        let settings = context.settings;
        let objective_usd = evaluation.figures.objective_usd;
        let gap = if objective_usd.is_finite() && objective_usd > 0.0 {
            ((objective_usd - bound_usd) / objective_usd).max(0.0)
        } else {
            0.0
        };
        let status = match () {
            () if *plan == self.current => Status::CurrentIsBest,
            () if gap <= GAP_TOLERANCE => Status::Optimal,
            () => Status::WithinGap,
        };
        Optimized {
            status,
            current_breaks: today.broken,
            objective_usd,
            // The solver's rounding may lift the bound slightly above the objective.
            bound_usd: bound_usd.min(objective_usd),
            gap,
            current: today.figures,
            plan: Some(recommended(context, plan.clone(), evaluation.figures)),
            ladder: None,
            option: None,
            n_fresh_trials: context.n_fresh,
            conflicts: Vec::new(),
            conflict_proof: None,
            n_trials: settings.n_trials,
            n_planned_trials: context.sample.n_trials as u64,
            cvar_weight: settings.cvar_weight,
            confidence_level: settings.confidence_level,
            size,
        }
    }
}

/// A plan with what is told of it; without the prices of limits and the values of hedges, which take longest. `figures`: on the
/// planning trials.
pub(super) fn recommended(context: &PlanContext<'_>, plan: Plan, figures: Figures) -> Recommended {
    let (setting, current) = (&context.session.setting, &context.session.current);
    let cost = setting.planned_cost(&plan);
    Recommended {
        figures,
        out_of_sample: context.fresh(&plan).figures,
        current_out_of_sample: context.fresh(current).figures,
        replicas: setting.monthly_cost(&plan).replicas,
        binding_limits: Vec::new(),
        hedges: HedgeValues::default(),
        schedule: schedule(setting, context.sample, &context.request.objective, current, &plan),
        changes: workload_changes(setting, current, &plan),
        shared_changes: shared_changes(setting, current, &plan),
        turnover: turnover(setting.instance, current, &plan),
        touched: touched(setting.instance, current, &plan),
        capability: [current, &plan].map(|plan| capability(setting.instance, plan)),
        opened: cost.opened(&setting.known),
        closed: cost.closed(&setting.known),
        cost,
        plan,
    }
}

/// The answer without a plan.
fn infeasible(
    settings: OptimizeSettings,
    current: Evaluation,
    conflict: FoundConflict,
    bound_usd: f64,
) -> Optimized {
    Optimized {
        status: Status::Infeasible,
        current_breaks: current.broken,
        objective_usd: f64::INFINITY,
        bound_usd,
        gap: 0.0,
        current: current.figures,
        plan: None,
        ladder: None,
        option: None,
        conflicts: conflict.members,
        conflict_proof: Some(conflict.proof),
        n_fresh_trials: 0,
        n_trials: settings.n_trials,
        n_planned_trials: settings.n_trials,
        cvar_weight: settings.cvar_weight,
        confidence_level: settings.confidence_level,
        size: ProgramSize::default(),
    }
}
