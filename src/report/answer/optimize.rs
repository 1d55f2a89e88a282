//! The answer of `optimize`.

pub mod rows;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::alternatives::AlternativesAnswer;
use super::changes::{ChangedWorkload, SharedCostChange};
use super::contracts::{
    CapabilityAnswer, HostAnswer, QualifyAnswer, QualityPoints, hosts, qualify, quality_points,
};
use super::frontier::FrontierPlans;
use super::hedges::{HedgeAnswer, OnlySource};
use super::ladder::RungAnswer;
use super::limits::{ActiveLimit, ConflictCertainty, ConflictMember};
use super::moves::{
    BrokenOnTheWay, DemandMove, PlanQuarter, PlanStep, StandbyMove, broken_on_the_way, demand_moves,
    quarters, standby_moves, steps,
};
use super::plans::{
    Allocation, CostAndRisk, OfferValue, PlanFigures, PlannedStandby, allocation, by_value, standby,
};
use super::stability::PlanStability;
use super::{FORMAT_VERSION, finite};
use crate::planning::outcome::{ProgramSize, Status};
use crate::report::answer::currency::CurrencyAnswer;
use crate::study::plan::analyses::Answers;
use crate::study::plan::outcome::{DemandKind, Optimized, Recommended};
use crate::study::session::Session;

/// What to change: the recommended plan, what it costs and saves, and the order in which to carry it out.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OptimizeAnswer {
    /// Version of the format of this answer.
    pub format_version: u64,
    /// Name of the portfolio.
    pub portfolio: String,
    #[serde(flatten)]
    pub currency: CurrencyAnswer,
    /// Trials (simulated horizons) that the plan was made on.
    pub trials: u64,
    /// Trials in the planner's program: fewer than `trials` where a stratified sample stands for them.
    pub planned_trials: u64,
    /// New trials that it was measured on afterwards.
    pub fresh_trials: u64,
    /// Random seed of the trials.
    pub seed: u64,
    /// Length of a trial, days.
    pub horizon_days: f64,
    /// Weight of the CVaR in the risk-weighted loss, in [0, 1]; the rest is the weight of the average loss.
    pub cvar_weight: f64,
    /// Confidence level of the CVaR: at 0.95 it is the mean loss of the worst 5 % of trials.
    pub confidence_level: f64,
    /// How the search ended.
    pub status: Status,
    /// Whether today's allocation breaks a limit.
    pub current_infeasible: bool,
    /// Limits that today's allocation breaks.
    pub current_breaks: Vec<String>,
    /// Planned cost over the horizon plus risk-weighted loss of the plan, USD; null if infeasible.
    pub objective_usd: Option<f64>,
    /// Proven: no plan has a lower objective, USD; null where nothing is proven.
    pub bound_usd: Option<f64>,
    /// Optimality gap: (objective − bound) / objective; null where nothing is proven.
    pub gap: Option<f64>,
    /// Cost and risk of today's allocation.
    pub current: CostAndRisk,
    /// Cost and risk of today's allocation on the new trials; null if infeasible.
    pub current_out_of_sample: Option<CostAndRisk>,
    /// Cost and risk of the plan; null if infeasible.
    pub plan: Option<PlanFigures>,
    /// Share of all demand that moves to another offer, in [0, 1]; null if infeasible.
    pub turnover: Option<f64>,
    /// Planned demand: workload → country of the users → offer → share of the demand of these users; null if infeasible.
    pub allocation: Option<Allocation>,
    /// Standbys of the plan.
    pub standby: Vec<PlannedStandby>,
    /// Whole replicas (serving units) of each self-hosted offer.
    pub replicas: BTreeMap<String, u64>,
    /// Share of the business value that each offer serves in the plan, the largest first.
    pub value_by_offer: Vec<OfferValue>,
    /// Hosts used today or by the plan, or under a contract, by id.
    pub contracts: BTreeMap<String, HostAnswer>,
    /// Models that the plan uses and that their workloads do not know today.
    pub qualify: Vec<QualifyAnswer>,
    /// Mean capability by workload, points.
    pub quality_points: BTreeMap<String, QualityPoints>,
    /// Mean capability of all demand today; null if infeasible.
    pub current_capability: Option<CapabilityAnswer>,
    /// Mean capability of all demand with the plan; null if infeasible.
    pub plan_capability: Option<CapabilityAnswer>,
    /// Hosts that the company does not know today and that the plan uses.
    pub opened_hosts: Vec<String>,
    /// Hosts of today that the plan leaves.
    pub closed_hosts: Vec<String>,
    /// Workloads in which the plan changes a share or a standby.
    pub workloads_touched: Vec<String>,
    /// The least that can be done, and what each further step brings; empty unless `--ladder`.
    pub ladder: Vec<RungAnswer>,
    /// Limits that hold the plan back, with what relaxing them saves.
    pub binding_limits: Vec<ActiveLimit>,
    /// Demands that cannot hold together; empty unless infeasible.
    pub conflict: Vec<ConflictMember>,
    /// How sure the conflict is; null unless infeasible.
    pub conflict_proof: Option<ConflictCertainty>,
    /// Pairs of users and offers that a plan could be made of.
    pub shortlist: Shortlist,
    /// What each standby, and each of several sources, is worth, the most valuable first.
    pub hedges: Vec<HedgeAnswer>,
    /// New trials that the hedges are measured on; null if infeasible.
    pub hedge_trials: Option<u64>,
    /// Offers without which some users have none; they are not among the hedges.
    pub only_sources: Vec<OnlySource>,
    /// What changes in each workload, the largest value moved first; empty when no change is recommended.
    pub changes: Vec<ChangedWorkload>,
    /// Machines and contracts whose cost changes; with the changes by workload they add up to the change of planned cost.
    pub shared_changes: Vec<SharedCostChange>,
    /// Demand that moves, in order.
    pub moves: Vec<DemandMove>,
    /// Standbys that are set up, changed or dropped, in order.
    pub standby_moves: Vec<StandbyMove>,
    /// The same moves by step, with cost and risk after each.
    pub steps: Vec<PlanStep>,
    /// Cost and risk at the end of each quarter in which something changes.
    pub quarters: Vec<PlanQuarter>,
    /// Limits that no order of the steps keeps; empty as a rule.
    pub broken_on_the_way: Vec<BrokenOnTheWay>,
    /// Share of all demand that may move in a quarter, in [0, 1]; null: any.
    pub max_turnover_per_quarter: Option<f64>,
    /// Plans from the cheapest to the safest; null unless `--frontier`.
    pub frontier: Option<FrontierPlans>,
    /// Other plans that are nearly as good; null unless `--alternatives`.
    pub alternatives: Option<AlternativesAnswer>,
    /// How sure the choice of the plan is; null unless the frontier, alternatives or replications are requested.
    pub stability: Option<PlanStability>,
}

/// Pairs of users and offers that a plan could be made of; the bound holds for these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Shortlist {
    /// Number of pairs.
    pub pairs: usize,
    /// Number of all pairs that are eligible or in use.
    pub of: usize,
}

impl OptimizeAnswer {
    /// The documented answer; `seed` is the one that the trials were drawn with.
    #[must_use]
    pub fn of(session: &Session<'_>, answers: &Answers, seed: u64) -> Self {
        let instance = session.instance;
        Self {
            frontier: answers.frontier.as_ref().map(|found| FrontierPlans::of(instance, found)),
            alternatives: answers.alternatives.as_ref().map(|found| AlternativesAnswer::of(instance, found)),
            stability: answers.stability.as_ref().map(PlanStability::of),
            ..Self::of_plan(session, &answers.optimized, seed)
        }
    }

    /// The answer without further analyses.
    #[must_use]
    pub fn of_plan(session: &Session<'_>, optimized: &Optimized, seed: u64) -> Self {
        let answer = Self::without_plan(session, optimized, seed);
        match &optimized.plan {
            None => answer,
            Some(plan) => answer.with_plan(session, plan),
        }
    }

    /// The recommended rung of the ladder like a plan of its own, without a proof; `None` where it is the whole plan, or was not
    /// worked out.
    #[must_use]
    pub fn of_option(session: &Session<'_>, optimized: &Optimized, seed: u64) -> Option<Self> {
        let option = optimized.option.as_ref()?;
        let without_proof = Self {
            status: Status::WithinGap,
            objective_usd: finite(option.figures.objective_usd),
            bound_usd: None,
            gap: None,
            ladder: Vec::new(),
            ..Self::without_plan(session, optimized, seed)
        };
        Some(without_proof.with_plan(session, option))
    }

    fn without_plan(session: &Session<'_>, optimized: &Optimized, seed: u64) -> Self {
        let portfolio = &session.instance.portfolio;
        Self {
            format_version: FORMAT_VERSION,
            portfolio: portfolio.name.clone(),
            currency: CurrencyAnswer::of(&portfolio.currency),
            trials: optimized.n_trials,
            planned_trials: optimized.n_planned_trials,
            fresh_trials: optimized.n_fresh_trials,
            seed,
            horizon_days: portfolio.horizon_days,
            cvar_weight: optimized.cvar_weight,
            confidence_level: optimized.confidence_level,
            status: optimized.status,
            current_infeasible: !optimized.current_breaks.is_empty(),
            current_breaks: optimized.current_breaks.clone(),
            objective_usd: finite(optimized.objective_usd),
            bound_usd: finite(optimized.bound_usd),
            gap: finite(optimized.gap),
            current: CostAndRisk::of(&optimized.current),
            conflict: ConflictMember::list(&optimized.conflicts),
            conflict_proof: optimized.conflict_proof.as_ref().map(ConflictCertainty::of),
            shortlist: Shortlist::of(&optimized.size),
            max_turnover_per_quarter: portfolio.max_turnover_per_quarter,
            current_out_of_sample: None,
            plan: None,
            turnover: None,
            allocation: None,
            standby: Vec::new(),
            replicas: BTreeMap::new(),
            value_by_offer: Vec::new(),
            contracts: BTreeMap::new(),
            qualify: Vec::new(),
            quality_points: BTreeMap::new(),
            current_capability: None,
            plan_capability: None,
            opened_hosts: Vec::new(),
            closed_hosts: Vec::new(),
            workloads_touched: Vec::new(),
            ladder: optimized
                .ladder
                .iter()
                .flat_map(|found| {
                    RungAnswer::list(session.instance, found, is_change_recommended(optimized.status))
                })
                .collect(),
            binding_limits: Vec::new(),
            hedges: Vec::new(),
            hedge_trials: None,
            only_sources: Vec::new(),
            changes: Vec::new(),
            shared_changes: Vec::new(),
            moves: Vec::new(),
            standby_moves: Vec::new(),
            steps: Vec::new(),
            quarters: Vec::new(),
            broken_on_the_way: Vec::new(),
            frontier: None,
            alternatives: None,
            stability: None,
        }
    }

    fn with_plan(self, session: &Session<'_>, plan: &Recommended) -> Self {
        let (instance, schedule) = (session.instance, &plan.schedule);
        let is_change = is_change_recommended(self.status);
        let changes = plan.changes.iter().filter(|_| is_change);
        let shared = plan.shared_changes.iter().filter(|_| is_change);
        let supplier = |&host: &usize| instance.suppliers[host].supplier.id.clone();
        Self {
            current_out_of_sample: Some(CostAndRisk::of(&plan.current_out_of_sample)),
            plan: Some(PlanFigures::of(&plan.figures, &plan.out_of_sample)),
            turnover: Some(plan.turnover),
            allocation: Some(allocation(instance, &plan.plan)),
            standby: standby(instance, &plan.plan),
            replicas: plan.replicas.iter().map(|(offer, n)| (offer.to_string(), *n)).collect(),
            value_by_offer: by_value(instance, &plan.plan),
            contracts: hosts(instance, &session.setting.known, &plan.cost),
            qualify: qualify(instance, &plan.cost),
            quality_points: quality_points(instance, &session.setting.known, &plan.cost),
            current_capability: Some(CapabilityAnswer::of(&plan.capability[0])),
            plan_capability: Some(CapabilityAnswer::of(&plan.capability[1])),
            opened_hosts: plan.opened.iter().map(supplier).collect(),
            closed_hosts: plan.closed.iter().map(supplier).collect(),
            workloads_touched: plan
                .touched
                .iter()
                .map(|&w| instance.workloads[w].workload.id.clone())
                .collect(),
            binding_limits: plan.binding_limits.iter().map(ActiveLimit::of).collect(),
            hedges: plan.hedges.list.iter().map(HedgeAnswer::of).collect(),
            hedge_trials: Some(plan.hedges.n_trials),
            only_sources: plan.hedges.only_sources.iter().map(OnlySource::of).collect(),
            changes: changes.map(|change| ChangedWorkload::of(instance, change)).collect(),
            shared_changes: shared.map(|change| SharedCostChange::of(instance, change)).collect(),
            moves: demand_moves(instance, schedule),
            standby_moves: standby_moves(instance, schedule),
            steps: steps(instance, schedule),
            quarters: quarters(schedule),
            broken_on_the_way: broken_on_the_way(schedule),
            ..self
        }
    }

    /// The plan to change to; `None` when there is none, or today's allocation is best.
    #[must_use]
    pub fn recommended(&self) -> Option<&PlanFigures> {
        self.plan.as_ref().filter(|_| is_change_recommended(self.status))
    }

    /// Whether there is no plan because no offer meets what a workload demands of its offers.
    #[must_use]
    pub fn is_without_offers(&self) -> bool {
        let mut kinds = self.conflict.iter().map(|member| member.kind);
        self.is_conflict_proven()
            && !self.conflict.is_empty()
            && kinds.all(|kind| kind == DemandKind::Eligibility)
    }

    /// Whether it is proven that no plan exists, as far as none does.
    #[must_use]
    pub fn is_conflict_proven(&self) -> bool {
        self.conflict_proof.is_none_or(|proof| proof.is_proven)
    }
}

impl Shortlist {
    fn of(size: &ProgramSize) -> Self {
        Self { pairs: size.n_pairs, of: size.n_pairs_in_all }
    }
}

/// Whether a search that ended so recommends a change.
#[must_use]
pub fn is_change_recommended(status: Status) -> bool {
    matches!(status, Status::Optimal | Status::WithinGap)
}
