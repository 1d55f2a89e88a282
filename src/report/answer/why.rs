//! The answer of `optimize --why`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::FORMAT_VERSION;
use super::limits::{ConflictCertainty, ConflictMember};
use super::moves::some_users;
use super::plans::CostAndRisk;
use crate::model::eligibility::Ineligible;
use crate::model::instance::{CellIdx, Instance, OfferIdx, WorkloadIdx};
use crate::model::selector::Selector;
use crate::report::answer::currency::CurrencyAnswer;
use crate::report::names::shock;
use crate::report::selectors::selector_words;
use crate::study::plan::why_not::{CellWhy, Forced, ForcedOutcome, Why};
use crate::study::session::OptimizeSettings;

/// Why an offer is not in the plan: what excludes it, or what it would cost to use it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WhyAnswer {
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
    /// Id of the offer asked about.
    pub offer: String,
    /// Id of the workload asked about; null: all.
    pub workload: Option<String>,
    /// Whether each group of users may use it, one entry per workload and country.
    pub cells: Vec<UsersWhy>,
    /// The same by workload and reasons.
    pub groups: Vec<GroupWhy>,
    /// The plan that has to use the offer; null when nobody may use it.
    pub forced: Option<ForcedPlan>,
}

/// Whether the users of a workload in one country may use the offer.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct UsersWhy {
    /// Id of the workload.
    pub workload: String,
    /// Country of the users.
    pub users: String,
    /// Whether the offer may be newly used for them.
    pub eligible: bool,
    /// Why not, in sentences; empty when it may.
    pub reasons: Vec<String>,
    /// Share of their demand that it serves today, in [0, 1].
    pub share_today: f64,
    /// Share of their demand that it serves in the best plan, in [0, 1]; null when no plan was made.
    pub share_planned: Option<f64>,
}

/// Users of a workload for whom the answer is the same.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct GroupWhy {
    /// Id of the workload.
    pub workload: String,
    /// Countries of the users; null when these are all users of the workload.
    pub users: Option<Vec<String>>,
    /// Whether the offer may be newly used for them.
    pub eligible: bool,
    /// Why not, in sentences; empty when it may.
    pub reasons: Vec<String>,
    /// Share of their demand that it serves today, in [0, 1].
    pub share_today: f64,
    /// Share of their demand that it serves in the best plan, in [0, 1]; null when no plan was made.
    pub share_planned: Option<f64>,
}

/// The best plan in which the offer has to serve a share of the demand.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ForcedPlan {
    /// Share of the demand asked about that it has to serve, in [0, 1].
    pub share: f64,
    /// Share that the best plan gives it of its own accord, in [0, 1].
    pub share_planned: f64,
    /// Trials that both plans are made on: fewer than `trials` where a stratified sample stands for them.
    pub planned_trials: u64,
    /// Cost and risk of the best plan.
    pub best: CostAndRisk,
    /// Cost and risk of the plan with the offer; null when the best plan gives it as much already, or no plan does.
    pub plan: Option<CostAndRisk>,
    /// Figures of the plan with the offer less those of the best plan; null without such a plan.
    pub change: Option<CostAndRisk>,
    /// A change of the objective smaller than this may be due to the solver's tolerance, USD; null without such a plan.
    pub tolerance_usd: Option<f64>,
    /// Limits that hold this plan back, and not the best one.
    pub in_the_way: Vec<String>,
    /// Demands that stand against it; empty unless no plan gives it so much.
    pub conflict: Vec<ConflictMember>,
    /// How sure the conflict is; null without one.
    pub conflict_proof: Option<ConflictCertainty>,
}

impl WhyAnswer {
    /// The documented answer.
    #[must_use]
    pub fn of(instance: &Instance, answer: &Why, settings: OptimizeSettings) -> Self {
        let question = answer.question;
        Self {
            format_version: FORMAT_VERSION,
            portfolio: instance.portfolio.name.clone(),
            currency: CurrencyAnswer::of(&instance.portfolio.currency),
            trials: answer.n_trials,
            seed: settings.seed,
            horizon_days: instance.portfolio.horizon_days,
            cvar_weight: settings.cvar_weight,
            confidence_level: settings.confidence_level,
            offer: instance.offers[question.offer].id.to_string(),
            workload: question.workload.map(|w| instance.workloads[w].workload.id.clone()),
            cells: answer.cells.iter().map(|cell| UsersWhy::of(instance, question.offer, cell)).collect(),
            groups: groups(instance, answer),
            forced: answer.forced.as_ref().map(ForcedPlan::of),
        }
    }
}

impl UsersWhy {
    fn of(instance: &Instance, offer: OfferIdx, why: &CellWhy) -> Self {
        let cell = &instance.cells[why.cell];
        Self {
            workload: instance.workloads[cell.workload].workload.id.clone(),
            users: instance.jurisdictions[cell.users].id.clone(),
            eligible: why.reasons.is_empty(),
            reasons: reasons(instance, offer, why),
            share_today: why.share_today,
            share_planned: why.share_planned,
        }
    }
}

/// Cells of the same workload with the same reasons, put together.
fn groups(instance: &Instance, answer: &Why) -> Vec<GroupWhy> {
    let mut groups: BTreeMap<(WorkloadIdx, Vec<String>), Vec<&CellWhy>> = BTreeMap::new();
    for why in &answer.cells {
        let reasons = reasons(instance, answer.question.offer, why);
        groups.entry((instance.cells[why.cell].workload, reasons)).or_default().push(why);
    }
    let entry = |((workload, reasons), cells): ((WorkloadIdx, Vec<String>), Vec<&CellWhy>)| GroupWhy {
        workload: instance.workloads[workload].workload.id.clone(),
        users: some_users(instance, workload, cells.iter().map(|why| instance.cells[why.cell].users)),
        eligible: reasons.is_empty(),
        reasons,
        share_today: mean_share(instance, &cells, |why| why.share_today),
        share_planned: cells
            .iter()
            .all(|why| why.share_planned.is_some())
            .then(|| mean_share(instance, &cells, |why| why.share_planned.unwrap_or_default())),
    };
    groups.into_iter().map(entry).collect()
}

/// Mean of a share over cells, by demand; 0 without demand.
fn mean_share(instance: &Instance, cells: &[&CellWhy], share: impl Fn(&CellWhy) -> f64) -> f64 {
    let demand = |why: &CellWhy| instance.cells[why.cell].mtok_per_month();
    let total: f64 = cells.iter().map(|why| demand(why)).sum();
    cells.iter().map(|why| demand(why) * share(why)).sum::<f64>() / total.max(f64::MIN_POSITIVE)
}

impl ForcedPlan {
    fn of(forced: &Forced) -> Self {
        let planned = Self {
            share: forced.share,
            share_planned: forced.share_planned,
            planned_trials: forced.n_planned_trials,
            best: CostAndRisk::of(&forced.best),
            plan: None,
            change: None,
            tolerance_usd: None,
            in_the_way: Vec::new(),
            conflict: Vec::new(),
            conflict_proof: None,
        };
        match &forced.outcome {
            ForcedOutcome::Planned => planned,
            ForcedOutcome::Plan { figures, tolerance_usd, in_the_way } => Self {
                plan: Some(CostAndRisk::of(figures)),
                change: Some(CostAndRisk::change(&forced.best, figures)),
                tolerance_usd: Some(*tolerance_usd),
                in_the_way: in_the_way.clone(),
                ..planned
            },
            ForcedOutcome::Conflict { members, proof } => Self {
                conflict: ConflictMember::list(members),
                conflict_proof: Some(ConflictCertainty::of(proof)),
                ..planned
            },
        }
    }
}

fn reasons(instance: &Instance, offer: OfferIdx, why: &CellWhy) -> Vec<String> {
    why.reasons.iter().map(|r| reason(instance, why.cell, offer, r)).collect()
}

/// One reason in full: which selector, which rule.
pub(super) fn reason(instance: &Instance, cell: CellIdx, offer: OfferIdx, reason: &Ineligible) -> String {
    let workload = instance.workload_of(cell);
    let matches = |s: &&Selector| instance.pair_matches(s, cell, offer);
    let words = |s: &Selector| selector_words(s);
    match reason {
        Ineligible::Required => {
            let failing =
                instance.portfolio.require.iter().chain(&workload.require).filter(|s| !matches(s)).map(words);
            format!("require: it does not match {}", failing.collect::<Vec<_>>().join("; "))
        }
        Ineligible::Forbidden => {
            let hits = instance.portfolio.forbid.iter().chain(&workload.forbid).filter(matches).map(words);
            format!("forbid: it matches {}", hits.collect::<Vec<_>>().join("; "))
        }
        Ineligible::InForce { shock: id } => format!("in force: {}", shock(instance, id)),
        other => other.to_string(),
    }
}
