//! From settings to a recommended plan: draws the trials, lets the planner search, measures on fresh trials.

use std::ops::Range;

use rayon::prelude::*;

use super::answers::{Answers, Desk, Questions, answers};
use super::moves::schedule;
use super::session::{OptimizeError, OptimizeSettings, Session};
use crate::model::plan::Plan;
use crate::planning::evaluate::{Evaluation, Objective, evaluate, measure};
use crate::planning::hedges::hedges;
use crate::planning::optimize::{GAP_TOLERANCE, Search, search};
use crate::planning::outcome::{BindingLimit, Optimized, Recommended, Size, Status};
use crate::planning::program::Program;
use crate::planning::request::Request;
use crate::planning::shortlist::shortlist;
use crate::planning::solver::SolverError;
use crate::service::disruption::Occurrence;
use crate::service::frame::Roles;
use crate::service::limits::{LimitOutcome, RiskFigures, test_limits};
use crate::simulation::draws::{Purpose, Rates, Sampler};
use crate::simulation::run::{Simulation, Watch};
use crate::study::changes::turnover;

/// Trials on which a plan is made at most; it is measured on as many fresh ones as were asked for.
pub const MAX_PLANNING_TRIALS: u64 = 1000;

/// Share of the bound within which a limit counts as used up.
const BINDING_SLACK: f64 = 1e-4;

impl Session<'_> {
    /// The recommended plan; `stage` hears in a few words what is being done.
    ///
    /// # Errors
    /// [`OptimizeError::NoAnswer`] when the solver stops early.
    pub fn optimize(
        &self,
        settings: OptimizeSettings,
        stage: &dyn Fn(&str),
    ) -> Result<Optimized, OptimizeError> {
        Ok(self.answers(settings, &Questions::default(), stage)?.optimized)
    }

    /// The recommended plan, and what is asked besides; `stage` hears in a few words what is being done.
    ///
    /// # Errors
    /// [`OptimizeError::NoAnswer`] when the solver stops early.
    pub fn answers(
        &self,
        asked: OptimizeSettings,
        questions: &Questions,
        stage: &dyn Fn(&str),
    ) -> Result<Answers, OptimizeError> {
        let settings = OptimizeSettings { n_trials: asked.n_trials.min(MAX_PLANNING_TRIALS), ..asked };
        let objective = Objective::new(settings.cvar_weight, settings.confidence_level);
        let request = Request { max_turnover: settings.max_turnover, ..Request::new(objective) };
        stage("planning: drawing trials");
        let program = self.program(settings.seed, Purpose::InSample, 0..settings.n_trials);
        let told = |round: usize, bound: f64, best: f64| {
            stage(&format!("planning: round {round}, bound USD {bound:.0}, best plan USD {best:.0}"));
        };
        let found = match search(&self.setting, &program, &request, &told) {
            Ok(found) => found,
            Err(SolverError::Infeasible) => {
                return Ok(Answers::of(self.infeasible(settings, &program, &objective)));
            }
            Err(error @ SolverError::NoAnswer(_)) => return Err(OptimizeError::NoAnswer(error.to_string())),
        };
        if found.best.is_none() {
            return Err(OptimizeError::NoAnswer(no_plan(&found.unkept)));
        }
        stage("planning: measuring on fresh trials");
        let desk =
            Desk { session: self, settings, n_fresh: asked.n_trials, request, program: &program, stage };
        Ok(answers(&desk, questions, self.measured(&desk, found)))
    }

    /// Trials compiled for what plans are made of.
    pub(super) fn program(&self, seed: u64, purpose: Purpose, trials: Range<u64>) -> Program {
        let trials = self.drawn(seed, purpose, trials);
        let roles = shortlist(&self.setting, &self.shocks, &trials, &[]);
        Program::new(&self.setting, &self.shocks, &roles, &trials)
    }

    /// Trials compiled for some plans and their parts.
    pub(super) fn compiled(
        &self,
        seed: u64,
        purpose: Purpose,
        trials: Range<u64>,
        plans: &[&Plan],
    ) -> Program {
        let trials = self.drawn(seed, purpose, trials);
        Program::new(&self.setting, &self.shocks, &Roles::of_plans(plans), &trials)
    }

    fn drawn(&self, seed: u64, purpose: Purpose, trials: Range<u64>) -> Vec<Vec<Occurrence>> {
        let sampler = Sampler::new(self.instance, &self.shocks, seed, purpose, Rates::Drawn);
        trials.into_par_iter().map(|trial| sampler.trial(trial)).collect()
    }

    /// A plan measured by the simulator, on trials that no plan was made on.
    pub(super) fn on_fresh_trials(
        &self,
        settings: OptimizeSettings,
        objective: &Objective,
        plan: &Plan,
    ) -> Evaluation {
        let sampler =
            Sampler::new(self.instance, &self.shocks, settings.seed, Purpose::OutOfSample, Rates::Drawn);
        let simulation = Simulation::new(&self.setting, &self.shocks, sampler, plan);
        measure(
            &self.setting,
            objective,
            plan,
            simulation.crew().run(0..settings.n_trials, Watch::SILENT, None).losses,
        )
    }

    fn infeasible(&self, settings: OptimizeSettings, program: &Program, objective: &Objective) -> Optimized {
        let current = evaluate(&self.setting, program, objective, &self.current);
        Optimized {
            status: Status::Infeasible,
            current_breaks: current.broken,
            objective_usd: f64::INFINITY,
            bound_usd: f64::INFINITY,
            gap: 0.0,
            current: current.figures,
            plan: None,
            conflicts: Vec::new(),
            n_fresh_trials: 0,
            n_trials: settings.n_trials,
            cvar_weight: settings.cvar_weight,
            confidence_level: settings.confidence_level,
            size: Size::default(),
        }
    }

    fn measured(&self, desk: &Desk<'_>, found: Search) -> Optimized {
        let settings = desk.settings;
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
            plan: Some(self.recommended(desk, plan, &evaluation)),
            n_fresh_trials: desk.n_fresh,
            conflicts: Vec::new(),
            n_trials: settings.n_trials,
            cvar_weight: settings.cvar_weight,
            confidence_level: settings.confidence_level,
            size: found.size,
        }
    }

    fn recommended(&self, desk: &Desk<'_>, plan: Plan, evaluation: &Evaluation) -> Recommended {
        let objective = &desk.request.objective;
        let risk =
            RiskFigures { average_annual_loss_usd: evaluation.figures.aal_usd, losses: &evaluation.losses };
        let limits = test_limits(&self.setting, &plan, Some(risk), "");
        Recommended {
            figures: evaluation.figures,
            out_of_sample: desk.fresh(&plan).figures,
            current_out_of_sample: desk.fresh(&self.current).figures,
            replicas: self.setting.monthly_cost(&plan).replicas,
            binding_limits: limits.iter().filter(|l| is_binding(l)).map(binding).collect(),
            hedges: hedges(&self.setting, &desk.fresh_program(&[&plan]), objective, &plan),
            schedule: schedule(&self.setting, desk.program, objective, &self.current, &plan),
            turnover: turnover(self.instance, &self.current, &plan),
            plan,
        }
    }
}

/// Why no plan came out although the program has one.
fn no_plan(unkept: &[String]) -> String {
    if unkept.is_empty() {
        return "no plan with whole replicas and standbys was found in the rounds allowed".to_owned();
    }
    let limits = unkept.join("', '");
    format!("every plan found breaks '{limits}', which the planner tests but does not yet steer by")
}

fn is_binding(limit: &LimitOutcome) -> bool {
    let near = |value: f64| (value - limit.bound()).abs() <= BINDING_SLACK * limit.bound().abs().max(1.0);
    limit.value.is_some_and(near)
}

fn binding(limit: &LimitOutcome) -> BindingLimit {
    BindingLimit { limit: limit.name.clone(), price_usd: None }
}
