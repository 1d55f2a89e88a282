//! The answer of `optimize --sovereignty`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::FORMAT_VERSION;
use super::limits::{ConflictCertainty, ConflictMember};
use super::moves::some_users;
use super::plans::CostAndRisk;
use crate::model::instance::{CellIdx, Instance, WorkloadIdx};
use crate::planning::outcome::Figures;
use crate::report::answer::currency::CurrencyAnswer;
use crate::study::plan::sovereignty::{CaseOutcome, Sovereignty, SovereigntyCase};
use crate::study::plan::sovereignty_rule::SovereigntyRule;
use crate::study::session::OptimizeSettings;

/// What rules on suppliers cost: the best plan under each of them, compared with the plan free of rules.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SovereigntyAnswer {
    /// Version of the format of this answer.
    pub format_version: u64,
    /// Name of the portfolio.
    pub portfolio: String,
    #[serde(flatten)]
    pub currency: CurrencyAnswer,
    /// Trials (simulated horizons) that the plans were made on.
    pub trials: u64,
    /// Random seed of the trials.
    pub seed: u64,
    /// Length of a trial, days.
    pub horizon_days: f64,
    /// Weight of the CVaR in the risk-weighted loss, in [0, 1].
    pub cvar_weight: f64,
    /// Confidence level of the CVaR.
    pub confidence_level: f64,
    /// Cost and risk of today's allocation.
    pub current: CostAndRisk,
    /// The rules, the plan free of rules first.
    pub sovereignty: Vec<RulePlan>,
}

/// The best plan under a rule.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RulePlan {
    /// The rule.
    pub rule: SovereigntyRule,
    /// Share of today's demand, by tokens, that is on what the rule excludes, in [0, 1].
    pub excluded_today: f64,
    /// Cost and risk of the best plan; null without a plan.
    pub plan: Option<CostAndRisk>,
    /// Its figures less those of the plan free of rules; null without both.
    pub change_from_free: Option<CostAndRisk>,
    /// Proven: no plan under the rule has a lower objective, USD; null without a plan.
    pub bound_usd: Option<f64>,
    /// Optimality gap: (objective − bound) / objective; null without a plan.
    pub gap: Option<f64>,
    /// Share of all demand that moves to another offer, in [0, 1]; null without a plan.
    pub turnover: Option<f64>,
    /// Users for whom no offer is left: workload → their countries.
    pub nothing_left: BTreeMap<String, Vec<String>>,
    /// Workloads of `nothing_left` for which it concerns all users.
    pub nothing_left_for_all: Vec<String>,
    /// Demands that cannot hold together under the rule; empty otherwise.
    pub conflict: Vec<ConflictMember>,
    /// How sure the conflict is; null without one.
    pub conflict_proof: Option<ConflictCertainty>,
}

impl SovereigntyAnswer {
    /// The documented answer.
    #[must_use]
    pub fn of(instance: &Instance, answer: &Sovereignty, settings: OptimizeSettings) -> Self {
        let free = answer.cases.first().and_then(|case| case.outcome.figures());
        Self {
            format_version: FORMAT_VERSION,
            portfolio: instance.portfolio.name.clone(),
            currency: CurrencyAnswer::of(&instance.portfolio.currency),
            trials: answer.n_trials,
            seed: settings.seed,
            horizon_days: instance.portfolio.horizon_days,
            cvar_weight: settings.cvar_weight,
            confidence_level: settings.confidence_level,
            current: CostAndRisk::of(&answer.today),
            sovereignty: answer.cases.iter().map(|c| RulePlan::of(instance, c, free.as_ref())).collect(),
        }
    }
}

impl RulePlan {
    fn of(instance: &Instance, case: &SovereigntyCase, free: Option<&Figures>) -> Self {
        let empty = Self {
            rule: case.rule,
            excluded_today: case.excluded_today,
            plan: None,
            change_from_free: None,
            bound_usd: None,
            gap: None,
            turnover: None,
            nothing_left: BTreeMap::new(),
            nothing_left_for_all: Vec::new(),
            conflict: Vec::new(),
            conflict_proof: None,
        };
        match &case.outcome {
            CaseOutcome::Plan { figures, bound_usd, turnover } => Self {
                plan: Some(CostAndRisk::of(figures)),
                change_from_free: free.map(|free| CostAndRisk::change(free, figures)),
                bound_usd: Some(*bound_usd),
                gap: Some(gap(figures, *bound_usd)),
                turnover: Some(*turnover),
                ..empty
            },
            CaseOutcome::NothingLeft(workloads) => empty.without_offers(instance, workloads),
            CaseOutcome::Conflict { members, proof } => Self {
                conflict: ConflictMember::list(members),
                conflict_proof: Some(ConflictCertainty::of(proof)),
                ..empty
            },
        }
    }

    fn without_offers(mut self, instance: &Instance, workloads: &[(WorkloadIdx, Vec<CellIdx>)]) -> Self {
        for (workload, cells) in workloads {
            let id = &instance.workloads[*workload].workload.id;
            let users = || cells.iter().map(|&cell| instance.cells[cell].users);
            if some_users(instance, *workload, users()).is_none() {
                self.nothing_left_for_all.push(id.clone());
            }
            let countries = users().map(|j| instance.jurisdictions[j].id.clone()).collect();
            self.nothing_left.insert(id.clone(), countries);
        }
        self
    }
}

/// By how much the best plan could be better, relative to the objective.
fn gap(figures: &Figures, bound_usd: f64) -> f64 {
    ((figures.objective_usd - bound_usd) / figures.objective_usd.max(f64::MIN_POSITIVE)).max(0.0)
}
