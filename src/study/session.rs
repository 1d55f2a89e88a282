//! A portfolio under study: one method each for exposure, scenarios, simulation and limits.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::simulate::Simulated;
use crate::exposure::chokepoints::{Chokepoint, chokepoints};
use crate::exposure::node_losses::{NodeFailureAnalysis, NodeLoss};
use crate::exposure::profile::{ExposureProfile, NODE_KINDS, profile};
use crate::exposure::retirements::{Retirement, retirements};
use crate::exposure::substitutes::{Substitutes, substitutes};
use crate::limits::{LimitOutcome, RiskFigures, test_limits};
use crate::model::catalog::Catalog;
use crate::model::eligibility::Ineligible;
use crate::model::instance::{CellIdx, Instance, OfferIdx};
use crate::model::limit::Measure;
use crate::model::plan::Plan;
use crate::model::portfolio::{AllocationEntry, Portfolio, ReadinessTerms, Workload};
use crate::model::shock::Scenario;
use crate::service::setting::Setting;
use crate::shocks::law::Law;
use crate::shocks::resolve::ResolvedShock;
use crate::stress::outcome::{StressOutcome, play};
use crate::stress::scenario::{ScenarioError, Script};
use jiff::civil::Date;

/// A portfolio prepared for analyses.
pub struct Session<'a> {
    pub instance: &'a Instance,
    pub setting: Setting<'a>,
    /// From `instance.shocks`, in its order.
    pub shocks: Arc<Vec<ResolvedShock>>,
    /// Today's allocation and standbys.
    pub current: Plan,
}

/// What of a session does not depend on shares, standbys, terms, limits and scenarios: the law and the shocks. To derive it takes
/// most of the time of a session.
#[derive(Debug)]
pub struct SharedGround {
    /// Without what it does not depend on.
    portfolio: Portfolio,
    law: Law,
    shocks: Arc<Vec<ResolvedShock>>,
}

impl SharedGround {
    /// Derives it from an instance.
    #[must_use]
    pub fn new(instance: &Instance) -> Self {
        Self { portfolio: bare(&instance.portfolio), law: Law::new(instance), shocks: resolved(instance) }
    }

    /// Whether it is that of another instance too, made with the same catalog and jurisdictions.
    #[must_use]
    pub fn is_of(&self, instance: &Instance) -> bool {
        self.portfolio == bare(&instance.portfolio)
    }
}

fn resolved(instance: &Instance) -> Arc<Vec<ResolvedShock>> {
    Arc::new(instance.shocks.par_iter().map(|shock| ResolvedShock::new(instance, shock)).collect())
}

/// The portfolio without what neither the law nor the effects of shocks depend on.
fn bare(portfolio: &Portfolio) -> Portfolio {
    let workload = |own: &Workload| Workload {
        allocation: AllocationEntry::Everywhere(BTreeMap::new()),
        standby: Vec::new(),
        ..own.clone()
    };
    Portfolio {
        workloads: portfolio.workloads.iter().map(workload).collect(),
        limits: Vec::new(),
        contracts: Vec::new(),
        readiness: ReadinessTerms::default(),
        catalog: Catalog { scenarios: Vec::new(), ..portfolio.catalog.clone() },
        ..portfolio.clone()
    }
}

/// Limits and eligibility of a plan, tested (reference/portfolio-file.md).
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// In the portfolio's order.
    pub limits: Vec<LimitOutcome>,
    /// In the order of cells, then offers.
    pub ineligible: Vec<IneligiblePrimary>,
}

/// A primary that the cell may not newly use; its existing use continues.
#[derive(Debug, Clone, PartialEq)]
pub struct IneligiblePrimary {
    pub cell: CellIdx,
    pub offer: OfferIdx,
    pub share: f64,
    pub reason: Ineligible,
}

impl Checked {
    /// Whether a limit is breached without a valid exception, or a primary is ineligible.
    #[must_use]
    pub fn is_breached(&self) -> bool {
        self.limits.iter().any(LimitOutcome::is_breached) || !self.ineligible.is_empty()
    }

    /// Limits breached without a valid exception.
    pub fn breached(&self) -> impl Iterator<Item = &LimitOutcome> {
        self.limits.iter().filter(|limit| limit.is_breached())
    }
}

/// Offers in use that retire within a notice.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Retiring {
    /// From day 0.
    pub notice_days: f64,
    /// The earliest first.
    pub offers: Vec<Retirement>,
}

impl Retiring {
    /// Whether the offer is among them.
    #[must_use]
    pub fn has(&self, offer: OfferIdx) -> bool {
        self.offers.iter().any(|retirement| retirement.offer == offer)
    }
}

/// Settings of an optimization.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OptimizeSettings {
    /// Weight of the CVaR in the risk: 0 is the mean loss only, 1 the CVaR only.
    pub cvar_weight: f64,
    pub confidence_level: f64,
    /// Upper bound on the turnover ½ Σ (share of demand) · |a − a₀|; `None`: unbounded.
    pub max_turnover: Option<f64>,
    /// Relative gap between plan and bound that the search must reach, however long it takes; `None`: the search
    /// decides.
    pub prove_to: Option<f64>,
    pub n_trials: u64,
    pub seed: u64,
}

impl OptimizeSettings {
    /// What `optimize` assumes where nothing is asked: average and worst 5 % weigh alike, any move, 10,000 trials.
    pub const USUAL: Self = Self {
        cvar_weight: 0.5,
        confidence_level: 0.95,
        max_turnover: None,
        prove_to: None,
        n_trials: 10_000,
        seed: 1,
    };
}

/// Why an optimization gives no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OptimizeError {
    /// The solver stopped before it had a usable answer.
    #[error("the solver stopped before a usable answer: {0}")]
    NoAnswer(String),
}

impl<'a> Session<'a> {
    /// Prepares an instance for analyses.
    #[must_use]
    pub fn new(instance: &'a Instance) -> Self {
        Self {
            instance,
            setting: Setting::new(instance),
            shocks: resolved(instance),
            current: Plan::current(instance),
        }
    }

    /// The same as [`Session::new`], and faster. `ground`: one that [is that](SharedGround::is_of) of the instance.
    #[must_use]
    pub fn on(instance: &'a Instance, ground: &SharedGround) -> Self {
        Self {
            instance,
            setting: Setting::under(instance, ground.law.clone()),
            shocks: Arc::clone(&ground.shocks),
            current: Plan::current(instance),
        }
    }

    /// The portfolio as if it stood as in `plan` today.
    #[must_use]
    pub fn with(&self, plan: Plan) -> Self {
        Self {
            instance: self.instance,
            setting: Setting::new(self.instance),
            shocks: Arc::clone(&self.shocks),
            current: plan,
        }
    }

    /// What a plan depends on, and what a failure would cost.
    #[must_use]
    pub fn exposure(&self, plan: &Plan) -> ExposureProfile {
        profile(&self.setting, plan)
    }

    /// Losses of single nodes under a plan, sorted by kind and id.
    #[must_use]
    pub fn node_losses(&self, plan: &Plan) -> Vec<NodeLoss> {
        NodeFailureAnalysis::new(&self.setting, plan).every_loss(&NODE_KINDS)
    }

    /// What could replace the offers that each workload uses, in the order of the workloads.
    #[must_use]
    pub fn substitutes(&self, plan: &Plan) -> Vec<Substitutes> {
        substitutes(&self.setting, plan)
    }

    /// Nodes without which a workload of a plan has no prepared way to go on.
    #[must_use]
    pub fn chokepoints(&self, plan: &Plan) -> Vec<Chokepoint> {
        chokepoints(&self.setting, plan)
    }

    /// What of a plan its hosts end before `notice_days` have passed from day 0, or already have.
    #[must_use]
    pub fn retiring(&self, plan: &Plan, notice_days: f64) -> Retiring {
        let all = retirements(self.instance, plan).into_iter();
        Retiring { notice_days, offers: all.filter(|offer| offer.days < notice_days).collect() }
    }

    /// Outcome of a scenario for a plan.
    ///
    /// # Errors
    /// [`ScenarioError::UnknownShock`] when the scenario names a shock that does not exist.
    pub fn stress(&self, scenario: &Scenario, plan: &Plan) -> Result<StressOutcome, ScenarioError> {
        Ok(play(&self.setting, &Script::new(self.instance, scenario)?, plan))
    }

    /// Whether a limit is on losses, so that [`Session::check`] needs a simulation to test it.
    #[must_use]
    pub fn has_risk_limits(&self) -> bool {
        let is_risk = |m: &Measure| matches!(m, Measure::Cvar { .. } | Measure::AverageAnnualLoss { .. });
        self.instance.portfolio.limits.iter().any(|limit| is_risk(&limit.measure))
    }

    /// Tests limits and eligibility of a plan.
    ///
    /// `simulated`: `None` leaves limits on losses without a value. `today`: the day on which exceptions are judged;
    /// `None`: none is valid.
    #[must_use]
    pub fn check(&self, plan: &Plan, simulated: Option<&Simulated>, today: Option<Date>) -> Checked {
        let risk = simulated.map(|s| RiskFigures {
            average_annual_loss_usd: s.summary.aal.value,
            losses: &s.run.losses,
            probabilities: None,
        });
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
