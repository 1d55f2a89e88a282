//! Shadow prices: the saving from relaxing each active limit by one step (methodology/optimization.md).

use super::conflict::bounds::{End, loosened, nearer_end, step, with_bound};
use super::context::PlanContext;
use super::outcome::BindingLimit;
use crate::limits::{LimitOutcome, test_limits};
use crate::model::limit::Measure;
use crate::planning::sample::evaluate::Evaluation;
use crate::planning::search::{SearchOptions, search_with};
use crate::study::progress::Progress;
use crate::study::session::Session;

/// Distance from the bound, relative to it, within which a limit counts as active.
const BINDING_SLACK: f64 = 1e-4;
/// Distance for HHI limits: the planner keeps them by chords, so a plan may stay slightly below the bound.
const BINDING_SLACK_HHI: f64 = 5e-3;

/// A plan with its evaluation.
#[derive(Clone, Copy)]
pub(super) struct PricedPlan<'a> {
    pub plan: &'a crate::model::plan::Plan,
    pub evaluation: &'a Evaluation,
}

impl Session<'_> {
    /// Active limits of a plan, each with the saving when it is relaxed by one step.
    pub(super) fn binding_limits(
        &self,
        context: &PlanContext<'_>,
        priced: PricedPlan<'_>,
    ) -> Vec<BindingLimit> {
        let binding = self.active_limits(priced);
        let n = binding.len();
        let price = |(i, (at, outcome)): (usize, (usize, LimitOutcome))| {
            (context.progress)(Progress::PricingLimit { limit: i + 1, of: n });
            self.priced(context, priced, at, &outcome)
        };
        binding.into_iter().enumerate().map(price).collect()
    }

    /// Names of the active limits of a plan.
    pub(super) fn active_limit_names(&self, priced: PricedPlan<'_>) -> Vec<String> {
        self.active_limits(priced).into_iter().map(|(_, outcome)| outcome.name).collect()
    }

    fn active_limits(&self, priced: PricedPlan<'_>) -> Vec<(usize, LimitOutcome)> {
        let risk = priced.evaluation.risk_figures();
        let outcomes = test_limits(&self.setting, priced.plan, Some(risk), None);
        let limits = &self.instance.portfolio.limits;
        let is_active = |(at, outcome): &(usize, LimitOutcome)| is_at_bound(&limits[*at].measure, outcome);
        outcomes.into_iter().enumerate().filter(is_active).collect()
    }

    fn priced(
        &self,
        context: &PlanContext<'_>,
        priced: PricedPlan<'_>,
        at: usize,
        outcome: &LimitOutcome,
    ) -> BindingLimit {
        let measure = &self.instance.portfolio.limits[at].measure;
        let nearer = outcome.value.and_then(|value| nearer_end(measure, value));
        let (end, bound) = nearer.unwrap_or((End::AtMost, outcome.bound()));
        let step = step(measure, bound);
        let relaxed = with_bound(self.instance, at, end, loosened(measure, end, bound, step));
        let setting = self.setting.on(&relaxed);
        let options = SearchOptions { warm_start: context.warm_start.as_ref(), ..SearchOptions::default() };
        let found = search_with(options, &setting, context.sample, &context.request, &|_, _, _| ());
        let objective = priced.evaluation.figures.objective_usd;
        let saved = |usd: f64| (objective - usd).max(0.0);
        let (price_usd, price_at_most_usd) = match found {
            // The plan itself keeps the relaxed limits too, so without a new plan the saving is 0.
            Ok(found) => (
                Some(found.best.map_or(0.0, |(_, e)| saved(e.figures.objective_usd))),
                Some(saved(found.bound_usd)).filter(|usd| usd.is_finite()),
            ),
            Err(_) => (None, None),
        };
        BindingLimit { limit: outcome.name.clone(), price_usd, price_at_most_usd, step, unit: measure.unit() }
    }
}

fn is_at_bound(measure: &Measure, outcome: &LimitOutcome) -> bool {
    let slack = if matches!(measure, Measure::Hhi { .. }) { BINDING_SLACK_HHI } else { BINDING_SLACK };
    let near = |value: f64| (value - outcome.bound()).abs() <= slack * outcome.bound().abs().max(1.0);
    outcome.value.is_some_and(near)
}
