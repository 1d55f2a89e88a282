//! One portfolio under study: exposure, scenarios, simulation and plan, each one question.

use std::collections::BTreeMap;

use super::trials::{Extent, Remarks};
use crate::costs::MonthlyCost;
use crate::costs::exposure::{DimensionExposure, Diversity, ExposureSetting};
use crate::graph::dimension::Dimensions;
use crate::measures::MeasureError;
use crate::model::eligibility::Ineligible;
use crate::model::instance::{CellIdx, Instance, OfferIdx, ResolvedWorkload, WorkloadIdx};
use crate::model::limit::{Dimension, Measure, NodeKind, Weight};
use crate::model::plan::Plan;
use crate::model::shock::Scenario;
use crate::service::chokepoints::{Chokepoint, chokepoints};
use crate::service::limits::{LimitOutcome, RiskFigures, test_limits};
use crate::service::minimum_cuts::{WorkloadCut, minimum_cuts};
use crate::service::node_losses::{NodeLoss, NodeStudy};
use crate::service::pair_losses::PairLoss;
use crate::service::setting::Setting;
use crate::service::substitutes::{Substitutes, substitutes};
use crate::shocks::resolve::ResolvedShock;
use crate::simulation::draws::Rates;
use crate::simulation::run::{Run, Watch};
use crate::simulation::summary::Summary;
use crate::stress::outcome::{StressOutcome, play};
use crate::stress::scenario::{ScenarioError, Script};

/// Every kind of node whose loss is asked for, in the documented order.
pub const NODE_KINDS: [NodeKind; 6] = [
    NodeKind::Jurisdiction,
    NodeKind::Territory,
    NodeKind::Supplier,
    NodeKind::Host,
    NodeKind::HostSite,
    NodeKind::Hardware,
];

/// Kinds of node of which two are lost at once: those that can fail on their own.
pub const PAIR_KINDS: [NodeKind; 4] =
    [NodeKind::Jurisdiction, NodeKind::Supplier, NodeKind::HostSite, NodeKind::Hardware];

/// Pairs of nodes that are reported.
pub const N_PAIRS: usize = 20;

/// A portfolio prepared for questions.
pub struct Session<'a> {
    pub instance: &'a Instance,
    pub setting: Setting<'a>,
    /// From `instance.shocks`, in its order.
    pub shocks: Vec<ResolvedShock>,
    /// What is in use today.
    pub current: Plan,
}

/// On whom a plan depends, and what their loss would do (methodology/exposure.md).
#[derive(Debug, Clone, PartialEq)]
pub struct Exposure {
    pub monthly_cost: MonthlyCost,
    /// USD per day of a complete outage.
    pub value_usd_per_day: f64,
    pub dimensions: BTreeMap<Dimension, DimensionExposure>,
    /// By value.
    pub diversity: Diversity,
    /// By kind and id.
    pub node_losses: Vec<NodeLoss>,
    /// The worst by excess.
    pub pair_losses: Vec<PairLoss>,
    /// By workload, kind and id.
    pub chokepoints: Vec<Chokepoint>,
    /// By workload and kind.
    pub minimum_cuts: Vec<WorkloadCut>,
    /// By workload.
    pub substitutes: Vec<Substitutes>,
}

/// On whom one workload depends.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkloadExposure {
    pub workload: WorkloadIdx,
    pub dimensions: BTreeMap<Dimension, DimensionExposure>,
    /// By value.
    pub diversity: Diversity,
}

/// Whether a plan keeps what the company demands of it (reference/portfolio-file.md).
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// In the portfolio's order.
    pub limits: Vec<LimitOutcome>,
    /// By cell and offer.
    pub ineligible: Vec<IneligiblePrimary>,
}

/// A primary that the cell may not newly use; it runs on.
#[derive(Debug, Clone, PartialEq)]
pub struct IneligiblePrimary {
    pub cell: CellIdx,
    pub offer: OfferIdx,
    pub share: f64,
    pub reason: Ineligible,
}

impl Checked {
    /// Whether some limit is breached without a valid exception, or some primary is ineligible.
    #[must_use]
    pub fn is_breached(&self) -> bool {
        self.limits.iter().any(LimitOutcome::is_breached) || !self.ineligible.is_empty()
    }

    /// Limits breached without a valid exception.
    pub fn breached(&self) -> impl Iterator<Item = &LimitOutcome> {
        self.limits.iter().filter(|limit| limit.is_breached())
    }
}

/// How trials are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimulateSettings {
    pub n_trials: u64,
    pub seed: u64,
    pub rates: Rates,
}

/// What the planner weighs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OptimizeSettings {
    /// 0: mean loss only; 1: CVaR only.
    pub cvar_weight: f64,
    pub confidence_level: f64,
    /// ½ Σ (share of demand) · |a − a₀| at most; `None`: any.
    pub max_turnover: Option<f64>,
    /// Gap between plan and bound at which the search for the plan ends, whatever it takes.
    pub prove_to: Option<f64>,
    pub n_trials: u64,
    pub seed: u64,
}

/// A plan's loss distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulated {
    pub settings: SimulateSettings,
    pub monthly_cost: MonthlyCost,
    pub run: Run,
    pub summary: Summary,
    pub remarks: Remarks,
}

/// Why a plan cannot be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OptimizeError {
    /// The solver stopped before it had an answer that can be used.
    #[error("the solver stopped before a usable answer: {0}")]
    NoAnswer(String),
}

impl<'a> Session<'a> {
    /// Prepares an instance.
    #[must_use]
    pub fn new(instance: &'a Instance) -> Self {
        Self {
            instance,
            setting: Setting::new(instance),
            shocks: instance.shocks.iter().map(|shock| ResolvedShock::new(instance, shock)).collect(),
            current: Plan::current(instance),
        }
    }

    /// Shares by dimension of a plan.
    #[must_use]
    pub fn dimensions(&self, plan: &Plan) -> (BTreeMap<Dimension, DimensionExposure>, Diversity) {
        let cells = 0..self.instance.cells.len();
        self.with_dimensions(|s| {
            (s.exposure(plan, cells.clone()), s.diversity(plan, cells.clone(), Weight::Value))
        })
    }

    /// Shares by dimension of each workload of a plan, in the order of the workloads.
    #[must_use]
    pub fn workload_exposures(&self, plan: &Plan) -> Vec<WorkloadExposure> {
        let workloads = self.instance.workloads.iter().enumerate();
        self.with_dimensions(|s| {
            let exposure = |(workload, w): (WorkloadIdx, &ResolvedWorkload)| WorkloadExposure {
                workload,
                dimensions: s.exposure(plan, w.cells.clone()),
                diversity: s.diversity(plan, w.cells.clone(), Weight::Value),
            };
            workloads.map(exposure).collect()
        })
    }

    fn with_dimensions<T>(&self, measure: impl FnOnce(ExposureSetting<'_>) -> T) -> T {
        let dimensions = Dimensions::new(self.instance, &self.setting.graph);
        let prices = &self.setting.prices;
        measure(ExposureSetting { instance: self.instance, prices, dimensions: &dimensions })
    }

    /// On whom a plan depends.
    #[must_use]
    pub fn exposure(&self, plan: &Plan) -> Exposure {
        let (dimensions, diversity) = self.dimensions(plan);
        let nodes = NodeStudy::new(&self.setting, plan);
        Exposure {
            monthly_cost: self.setting.monthly_cost(plan),
            value_usd_per_day: self.instance.value_usd_per_day(),
            dimensions,
            diversity,
            node_losses: nodes.every_loss(&NODE_KINDS),
            pair_losses: nodes.worst_pairs(&PAIR_KINDS, N_PAIRS),
            chokepoints: chokepoints(&self.setting, plan),
            minimum_cuts: minimum_cuts(&self.setting, plan),
            substitutes: substitutes(&self.setting, plan),
        }
    }

    /// What a plan goes through in a scenario.
    ///
    /// # Errors
    /// [`ScenarioError::UnknownShock`] when the scenario names a shock that does not exist.
    pub fn stress(&self, scenario: &Scenario, plan: &Plan) -> Result<StressOutcome, ScenarioError> {
        Ok(play(&self.setting, &Script::new(self.instance, scenario)?, plan))
    }

    /// A plan's loss distribution; `done` hears how many more trials have ended.
    ///
    /// # Errors
    /// [`MeasureError::NoTrials`] without trials.
    pub fn simulate(
        &self,
        plan: &Plan,
        settings: SimulateSettings,
        done: &(dyn Fn(u64) + Sync),
    ) -> Result<Simulated, MeasureError> {
        self.simulate_extent(plan, settings, Extent::Whole, Watch { done, ..Watch::SILENT }, None, &|_| ())
    }

    /// Whether some limit is on losses, so that [`Session::check`] needs a simulation to test it.
    #[must_use]
    pub fn has_risk_limits(&self) -> bool {
        let is_risk = |m: &Measure| matches!(m, Measure::Cvar { .. } | Measure::AverageAnnualLoss { .. });
        self.instance.portfolio.limits.iter().any(|limit| is_risk(&limit.measure))
    }

    /// Tests limits and eligibility of a plan.
    ///
    /// `simulated`: `None` leaves limits on losses without a value. `today`: `YYYY-MM-DD`, for exceptions.
    #[must_use]
    pub fn check(&self, plan: &Plan, simulated: Option<&Simulated>, today: &str) -> Checked {
        let risk = simulated
            .map(|s| RiskFigures { average_annual_loss_usd: s.summary.aal.value, losses: &s.run.losses });
        let pairs = plan.allocation.iter().enumerate().flat_map(|(cell, shares)| {
            shares.iter().filter(|s| s.1 > 0.0).map(move |&(offer, share)| (cell, offer, share))
        });
        let ineligible = pairs.filter_map(|(cell, offer, share)| {
            let reason = self.setting.law.ineligible(self.instance, cell, offer)?;
            Some(IneligiblePrimary { cell, offer, share, reason })
        });
        Checked { ineligible: ineligible.collect(), limits: test_limits(&self.setting, plan, risk, today) }
    }
}
