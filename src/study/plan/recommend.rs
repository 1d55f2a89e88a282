//! From settings to a recommended plan: draws the trials, lets the planner search, measures on fresh trials.

use super::analyses::{Answers, Questions, answers};
use super::changes::{turnover, workload_changes};
use super::conflict::iis::ConflictScope;
use super::context::PlanContext;
use super::hedge_values::hedges;
use super::outcome::{Optimized, Recommended};
use super::schedule::schedule;
use super::shadow_prices::PricedPlan;
use crate::model::plan::Plan;
use crate::planning::outcome::{ProgramSize, Status};
use crate::planning::request::Request;
use crate::planning::sample::CompiledSample;
use crate::planning::sample::evaluate::{Evaluation, Objective, evaluate};
use crate::planning::search::{GAP_TOLERANCE, SearchOutcome, search};
use crate::planning::solver::SolverError;
use crate::study::progress::{Progress, Target};
use crate::study::session::{OptimizeError, OptimizeSettings, Session};

/// Trials on which a plan is made at most; it is measured on as many fresh ones as were asked for.
pub const MAX_PLANNING_TRIALS: u64 = 4000;

/// Why no plan came out although the program has one.
const NO_WHOLE_PLAN: &str = "no plan with whole replicas and standbys was found in the rounds allowed";

/// What there is when the search came back without a plan.
enum NoPlan {
    Infeasible(Box<Optimized>),
    Missed(Box<SearchOutcome>),
}

impl Session<'_> {
    /// The recommended plan; `progress` hears what is being done.
    ///
    /// # Errors
    /// [`OptimizeError::NoAnswer`] when the solver stops early.
    pub fn optimize(
        &self,
        settings: OptimizeSettings,
        progress: &dyn Fn(Progress),
    ) -> Result<Optimized, OptimizeError> {
        Ok(self.answers(settings, &Questions::default(), progress)?.optimized)
    }

    /// The recommended plan, and what is asked besides; `progress` hears what is being done.
    ///
    /// # Errors
    /// [`OptimizeError::NoAnswer`] when the solver stops early.
    pub fn answers(
        &self,
        asked: OptimizeSettings,
        questions: &Questions,
        progress: &dyn Fn(Progress),
    ) -> Result<Answers, OptimizeError> {
        let settings = OptimizeSettings { n_trials: asked.n_trials.min(MAX_PLANNING_TRIALS), ..asked };
        let objective = Objective::new(settings.cvar_weight, settings.confidence_level);
        let request = Request {
            max_turnover: settings.max_turnover,
            prove_to: settings.prove_to,
            ..Request::new(objective)
        };
        progress(Progress::Compiling { n_trials: settings.n_trials });
        let mut program = self.program(settings);
        progress(Progress::Searching(Target::Plan));
        let told = |round: usize, bound_usd: f64, best_usd: f64| {
            progress(Progress::Round { target: Target::Plan, round, bound_usd, best_usd });
        };
        let mut found = searched(search(&self.setting, &program, &request, &told))?;
        if found.as_ref().is_none_or(|found| found.best.is_none()) {
            progress(Progress::BeyondShortlist);
            program = self.broad_program(settings);
            found = searched(search(&self.setting, &program, &request, &told))?;
        }
        let settings = OptimizeSettings { n_trials: program.n_trials as u64, ..settings };
        let bound_usd = found.as_ref().map_or(f64::INFINITY, |found| found.bound_usd);
        let found = match found.filter(|found| found.best.is_some()) {
            Some(found) => found,
            None => match self.without_plan(settings, &program, &request, bound_usd, progress)? {
                NoPlan::Infeasible(answer) => return Ok(Answers::of(*answer)),
                NoPlan::Missed(found) => *found,
            },
        };
        let warm_start = found.warm_start.clone();
        progress(Progress::NewTrials);
        // What else is asked compares plans; a proof of each is not asked for.
        let request = Request { prove_to: None, ..request };
        let context = PlanContext {
            session: self,
            settings,
            n_fresh: asked.n_trials,
            request,
            program: &program,
            warm_start,
            progress,
        };
        Ok(answers(&context, questions, self.measured(&context, found)))
    }

    /// What there is when the search came back without a plan: a conflict, or a plan that it missed.
    fn without_plan(
        &self,
        settings: OptimizeSettings,
        program: &CompiledSample,
        request: &Request,
        bound_usd: f64,
        progress: &dyn Fn(Progress),
    ) -> Result<NoPlan, OptimizeError> {
        let current = evaluate(&self.setting, program, &request.objective, &self.current);
        let conflict = self.conflict(settings, request, program, ConflictScope::All, progress);
        if let Some(plan) = conflict.plan {
            let Some(best) = self.rescued(program, request, plan) else {
                return Err(OptimizeError::NoAnswer(NO_WHOLE_PLAN.to_owned()));
            };
            let (unkept, size) = (Vec::new(), ProgramSize::default());
            // What seemed proven to be impossible is not, so nothing is known of its cost.
            let bound_usd = if bound_usd.is_finite() { bound_usd } else { 0.0 };
            let found =
                SearchOutcome { current, best: Some(best), bound_usd, unkept, size, warm_start: None };
            return Ok(NoPlan::Missed(Box::new(found)));
        }
        Ok(NoPlan::Infeasible(Box::new(Optimized {
            status: Status::Infeasible,
            current_breaks: current.broken,
            objective_usd: f64::INFINITY,
            bound_usd,
            gap: 0.0,
            current: current.figures,
            plan: None,
            conflicts: conflict.members,
            conflict_proof: Some(conflict.proof),
            n_fresh_trials: 0,
            n_trials: settings.n_trials,
            cvar_weight: settings.cvar_weight,
            confidence_level: settings.confidence_level,
            size: ProgramSize::default(),
        })))
    }

    fn measured(&self, context: &PlanContext<'_>, found: SearchOutcome) -> Optimized {
        let settings = context.settings;
        let (plan, evaluation) = found.best.unwrap_or_else(|| (self.current.clone(), found.current.clone()));
        let objective_usd = evaluation.figures.objective_usd;
        let gap = if objective_usd.is_finite() && objective_usd > 0.0 {
            ((objective_usd - found.bound_usd) / objective_usd).max(0.0)
        } else {
            0.0
        };
        let status = match () {
            () if plan == self.current => Status::CurrentIsBest,
            () if gap <= GAP_TOLERANCE => Status::Optimal,
            () => Status::WithinGap,
        };
        Optimized {
            status,
            current_breaks: found.current.broken,
            objective_usd,
            // A solver's rounding may lift the bound above a plan that meets it.
            bound_usd: found.bound_usd.min(objective_usd),
            gap,
            current: found.current.figures,
            plan: Some(self.recommended(context, plan, &evaluation)),
            n_fresh_trials: context.n_fresh,
            conflicts: Vec::new(),
            conflict_proof: None,
            n_trials: settings.n_trials,
            cvar_weight: settings.cvar_weight,
            confidence_level: settings.confidence_level,
            size: found.size,
        }
    }

    fn recommended(&self, context: &PlanContext<'_>, plan: Plan, evaluation: &Evaluation) -> Recommended {
        let objective = &context.request.objective;
        let priced = PricedPlan { plan: &plan, evaluation };
        Recommended {
            figures: evaluation.figures,
            out_of_sample: context.fresh(&plan).figures,
            current_out_of_sample: context.fresh(&self.current).figures,
            replicas: self.setting.monthly_cost(&plan).replicas,
            binding_limits: self.binding_limits(context, priced),
            hedges: hedges(&self.setting, &context.fresh_program(&[&plan]), objective, &plan),
            schedule: schedule(&self.setting, context.program, objective, &self.current, &plan),
            changes: workload_changes(&self.setting, &self.current, &plan),
            turnover: turnover(self.instance, &self.current, &plan),
            plan,
        }
    }
}

/// What a search found; `None`: it is proven that the limits cannot hold together.
pub(super) fn searched(
    found: Result<SearchOutcome, SolverError>,
) -> Result<Option<SearchOutcome>, OptimizeError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(SolverError::Infeasible) => Ok(None),
        Err(error @ SolverError::NoAnswer(_)) => Err(OptimizeError::NoAnswer(error.to_string())),
    }
}
