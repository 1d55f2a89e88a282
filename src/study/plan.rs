//! From settings to a recommended plan: draws the trials, lets the planner search, measures on fresh trials.

use rayon::prelude::*;

use super::session::{OptimizeError, OptimizeSettings, Session};
use crate::model::plan::Plan;
use crate::planning::evaluate::{Evaluation, Objective, evaluate, measure};
use crate::planning::hedges::hedges;
use crate::planning::optimize::{GAP_TOLERANCE, Search, search};
use crate::planning::outcome::{BindingLimit, Figures, Optimized, Recommended, Size, Status};
use crate::planning::program::Program;
use crate::planning::request::Request;
use crate::planning::shortlist::shortlist;
use crate::planning::solver::SolverError;
use crate::service::disruption::Occurrence;
use crate::service::limits::{LimitOutcome, RiskFigures, test_limits};
use crate::simulation::draws::{Purpose, Rates, Sampler};
use crate::simulation::run::{Simulation, Watch};
use crate::study::changes::turnover;

/// Trials on which a plan is made at most; it is measured on as many fresh ones as were asked for.
pub const MAX_PLANNING_TRIALS: u64 = 4000;

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
        let asked = settings;
        let settings = OptimizeSettings { n_trials: asked.n_trials.min(MAX_PLANNING_TRIALS), ..asked };
        let objective = Objective::new(settings.cvar_weight, settings.confidence_level);
        let request = Request { max_turnover: settings.max_turnover, ..Request::new(objective) };
        stage("planning: drawing trials");
        let program = self.program(settings);
        let told = |round: usize, bound: f64, best: f64| {
            stage(&format!("planning: round {round}, bound USD {bound:.0}, best plan USD {best:.0}"));
        };
        let found = match search(&self.setting, &program, &request, &told) {
            Ok(found) => found,
            Err(SolverError::Infeasible) => return Ok(self.infeasible(settings, &program, &objective)),
            Err(error @ SolverError::NoAnswer(_)) => return Err(OptimizeError::NoAnswer(error.to_string())),
        };
        if found.best.is_none() {
            return Err(OptimizeError::NoAnswer(no_plan(&found.unkept)));
        }
        stage("planning: measuring on fresh trials");
        Ok(self.measured(settings, asked.n_trials, &program, &objective, found))
    }

    fn program(&self, settings: OptimizeSettings) -> Program {
        let sampler =
            Sampler::new(self.instance, &self.shocks, settings.seed, Purpose::InSample, Rates::Drawn);
        let trials: Vec<Vec<Occurrence>> =
            (0..settings.n_trials).into_par_iter().map(|trial| sampler.trial(trial)).collect();
        let roles = shortlist(&self.setting, &self.shocks, &trials, &[]);
        Program::new(&self.setting, &self.shocks, &roles, &trials)
    }

    /// A plan's figures by the simulator, on trials that no plan was made on.
    fn on_fresh_trials(&self, settings: OptimizeSettings, objective: &Objective, plan: &Plan) -> Figures {
        let sampler =
            Sampler::new(self.instance, &self.shocks, settings.seed, Purpose::OutOfSample, Rates::Drawn);
        let simulation = Simulation::new(&self.setting, &self.shocks, sampler, plan);
        measure(
            &self.setting,
            objective,
            plan,
            simulation.crew().run(0..settings.n_trials, Watch::SILENT, None).losses,
        )
        .figures
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

    fn measured(
        &self,
        settings: OptimizeSettings,
        n_fresh: u64,
        program: &Program,
        objective: &Objective,
        found: Search,
    ) -> Optimized {
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
            plan: Some(self.recommended(
                OptimizeSettings { n_trials: n_fresh, ..settings },
                program,
                objective,
                plan,
                &evaluation,
            )),
            n_fresh_trials: n_fresh,
            conflicts: Vec::new(),
            n_trials: settings.n_trials,
            cvar_weight: settings.cvar_weight,
            confidence_level: settings.confidence_level,
            size: found.size,
        }
    }

    fn recommended(
        &self,
        settings: OptimizeSettings,
        program: &Program,
        objective: &Objective,
        plan: Plan,
        evaluation: &Evaluation,
    ) -> Recommended {
        let on_fresh = |plan: &Plan| self.on_fresh_trials(settings, objective, plan);
        let risk =
            RiskFigures { average_annual_loss_usd: evaluation.figures.aal_usd, losses: &evaluation.losses };
        let limits = test_limits(&self.setting, &plan, Some(risk), "");
        Recommended {
            figures: evaluation.figures,
            out_of_sample: on_fresh(&plan),
            current_out_of_sample: on_fresh(&self.current),
            replicas: self.setting.monthly_cost(&plan).replicas,
            binding_limits: limits.iter().filter(|l| is_binding(l)).map(binding).collect(),
            hedges: hedges(&self.setting, program, objective, &plan, evaluation),
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
