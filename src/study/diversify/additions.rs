//! What a source would change: a share of demand, or a warm standby (methodology/diversify.md#additions).

use super::LEVEL;
use super::sources::{Service, SupplySource};
use crate::costs::planned::PlannedCost;
use crate::limits::sizes::smallest_share;
use crate::measures::paired::{paired_difference, risk_contributions};
use crate::measures::{Estimate, MeasureError};
use crate::model::instance::Standby;
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;
use crate::simulation::summary::LOSS_FLOOR_USD;
use crate::study::if_signed::give;
use crate::study::progress::Progress;
use crate::study::session::Session;
use crate::study::simulate::SimulateSettings;
use crate::units::{DAYS_PER_MONTH, DAYS_PER_YEAR};

/// Share of demand that a new source gets, where routing allows so little (methodology/diversify.md#additions).
pub const TENTH: f64 = 0.1;
/// Weight of the CVaR in the risk, as the planner has it unless told otherwise.
const CVAR_WEIGHT: f64 = 0.5;

/// How a source is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdditionKind {
    /// [`TENTH`] of the demand that it may serve, or the smallest share that routing allows.
    Share,
    /// A warm standby that covers all of it.
    Standby,
}

impl AdditionKind {
    pub const ALL: [Self; 2] = [Self::Share, Self::Standby];

    /// The word in files and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Standby => "standby",
        }
    }
}

/// One way to add a source, and what it changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Addition {
    pub kind: AdditionKind,
    pub change: AddedSupply,
}

/// What new supply changes, against today on the same trials.
#[derive(Debug, Clone, PartialEq)]
pub struct AddedSupply {
    pub cost: AdditionCost,
    /// Change of the mean loss over the horizon, USD; below 0 where risk is taken away.
    pub mean_change: Estimate,
    /// Change of the average annual loss, USD.
    pub aal_change: Estimate,
    /// Change of the CVaR over the horizon, USD.
    pub cvar_change: Estimate,
}

/// Cost that an addition adds, USD over the horizon unless said; below 0 where it saves.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct AdditionCost {
    /// Tokens, replicas and fees of standbys.
    pub supply_usd: f64,
    /// Fixed fees, minimums and commitments of hosts.
    pub contract_usd: f64,
    /// What capability lost is worth.
    pub quality_usd: f64,
    /// Models and hosts to qualify, and exits: paid once.
    pub qualify_usd: f64,
    /// The part of it that the horizon bears.
    pub qualify_in_horizon_usd: f64,
}

impl AdditionCost {
    fn between(before: &PlannedCost, after: &PlannedCost, horizon_days: f64) -> Self {
        let months = horizon_days / DAYS_PER_MONTH;
        let fees = |cost: &PlannedCost| cost.monthly.fixed_usd + cost.monthly.minimum_usd;
        let supply = |cost: &PlannedCost| cost.monthly.total_usd() - fees(cost);
        let change = |of: &dyn Fn(&PlannedCost) -> f64| of(after) - of(before);
        Self {
            supply_usd: change(&supply) * months,
            contract_usd: change(&fees) * months + change(&PlannedCost::shortfall_usd),
            quality_usd: change(&|cost| cost.quality_usd),
            qualify_usd: change(&PlannedCost::change_usd),
            qualify_in_horizon_usd: change(&PlannedCost::change_in_horizon_usd),
        }
    }

    /// Planned cost added over the horizon, USD.
    #[must_use]
    pub fn over_horizon_usd(&self) -> f64 {
        self.supply_usd + self.contract_usd + self.quality_usd + self.qualify_in_horizon_usd
    }
}

impl AddedSupply {
    /// Whether the CVaR falls by more than rounding.
    #[must_use]
    pub fn takes_risk_away(&self) -> bool {
        self.cvar_change.value < -LOSS_FLOOR_USD
    }

    /// Whether the trials tell its change of the CVaR from none.
    #[must_use]
    pub fn is_told_from_none(&self) -> bool {
        self.cvar_change.high.is_some_and(|high| high < 0.0)
            || self.cvar_change.low.is_some_and(|low| low > 0.0)
    }

    /// CVaR taken away per USD of cost over the horizon; `None` where it costs nothing or saves.
    #[must_use]
    pub fn cvar_per_usd(&self) -> Option<f64> {
        self.per_usd(self.cvar_change.value)
    }

    /// Mean loss over the horizon taken away per USD of cost over the horizon; `None` where it costs nothing or saves.
    #[must_use]
    pub fn mean_per_usd(&self) -> Option<f64> {
        self.per_usd(self.mean_change.value)
    }

    fn per_usd(&self, change: f64) -> Option<f64> {
        let cost = self.cost.over_horizon_usd();
        (cost > LOSS_FLOOR_USD).then(|| -change / cost)
    }

    /// Change of cost plus risk over the horizon, half mean loss and half CVaR, USD: below 0 where the addition pays.
    #[must_use]
    pub fn objective_change_usd(&self) -> f64 {
        let risk = (1.0 - CVAR_WEIGHT) * self.mean_change.value + CVAR_WEIGHT * self.cvar_change.value;
        self.cost.over_horizon_usd() + risk
    }
}

/// A plan with a source added for every workload for which it qualifies.
#[must_use]
pub fn with_addition(session: &Session<'_>, base: &Plan, source: &SupplySource, kind: AdditionKind) -> Plan {
    let mut plan = base.clone();
    for service in &source.services {
        match kind {
            AdditionKind::Share => add_share(session, &mut plan, service),
            AdditionKind::Standby => add_standby(session, &mut plan, service),
        }
    }
    plan
}

fn add_share(session: &Session<'_>, plan: &mut Plan, service: &Service) {
    let Some(offer) = service.offer else { return };
    for &cell in &service.cells {
        let given = TENTH.max(smallest_share(session.instance, cell, offer));
        give(&mut plan.allocation[cell], offer, given);
    }
}

fn add_standby(session: &Session<'_>, plan: &mut Plan, service: &Service) {
    let Some(offer) = service.offer else { return };
    let standbys = &mut plan.standby[service.workload];
    let serves = service.cells.iter().any(|&cell| plan.allocation[cell].iter().any(|share| share.0 == offer));
    if serves || standbys.iter().any(|standby| standby.offer == offer) {
        return;
    }
    let lead_days = session.instance.portfolio.readiness.warm_lead_days;
    standbys.push(Standby { offer, readiness: Readiness::Warm, cover: 1.0, lead_days });
    standbys.sort_by_key(|standby| standby.offer);
}

/// Plans measured against today's on the same trials; a plan that comes again is not simulated again.
pub struct Measuring<'s, 'i> {
    session: &'s Session<'i>,
    settings: SimulateSettings,
    progress: &'s dyn Fn(Progress),
    n_plans: usize,
    cost_today: PlannedCost,
    losses_today: Vec<f64>,
    tail_today: Vec<f64>,
    known: Vec<(Plan, Estimate, Estimate)>,
    /// Plans simulated a second time.
    n_again: usize,
}

impl<'s, 'i> Measuring<'s, 'i> {
    /// Simulates today; `n_plans`: how many plans there will be at most, for the progress.
    pub(super) fn new(
        session: &'s Session<'i>,
        settings: SimulateSettings,
        n_plans: usize,
        progress: &'s dyn Fn(Progress),
    ) -> Result<Self, MeasureError> {
        progress(Progress::Addition { plan: 1, of: n_plans });
        let losses_today = session.losses(&session.current, settings);
        Ok(Self {
            session,
            settings,
            progress,
            n_plans,
            cost_today: session.setting.planned_cost(&session.current),
            tail_today: risk_contributions(&losses_today, 1.0, LEVEL)?,
            losses_today,
            known: Vec::new(),
            n_again: 0,
        })
    }

    pub(super) fn losses_today(&self) -> &[f64] {
        &self.losses_today
    }

    /// Plans simulated so far, today's included.
    pub(super) fn n_simulations(&self) -> usize {
        1 + self.known.len() + self.n_again
    }

    /// Measures a plan against today's.
    pub(super) fn change(&mut self, plan: &Plan) -> Result<AddedSupply, MeasureError> {
        let (mean_change, cvar_change) = self.changes(plan)?;
        let horizon_days = self.session.setting.horizon_days();
        let cost = self.session.setting.planned_cost(plan);
        Ok(AddedSupply {
            cost: AdditionCost::between(&self.cost_today, &cost, horizon_days),
            mean_change,
            aal_change: times(mean_change, DAYS_PER_YEAR / horizon_days),
            cvar_change,
        })
    }

    /// Cost plus risk of a plan, half mean loss and half CVaR, by trial, USD; the mean is the objective.
    pub(super) fn objective(&mut self, plan: &Plan) -> Result<Vec<f64>, MeasureError> {
        let cost = self.session.setting.planned_cost(plan).over_horizon_usd();
        let losses = self.losses(plan);
        self.n_again += 1;
        let risk = risk_contributions(&losses, CVAR_WEIGHT, LEVEL)?;
        Ok(risk.into_iter().map(|risk| cost + risk).collect())
    }

    fn losses(&self, plan: &Plan) -> Vec<f64> {
        (self.progress)(Progress::Addition { plan: self.n_simulations() + 1, of: self.n_plans });
        self.session.losses(plan, self.settings)
    }

    fn changes(&mut self, plan: &Plan) -> Result<(Estimate, Estimate), MeasureError> {
        if let Some((_, mean, cvar)) = self.known.iter().find(|(known, ..)| known == plan) {
            return Ok((*mean, *cvar));
        }
        let losses = self.losses(plan);
        let mean = paired_difference(&losses, &self.losses_today)?;
        let cvar = paired_difference(&risk_contributions(&losses, 1.0, LEVEL)?, &self.tail_today)?;
        self.known.push((plan.clone(), mean, cvar));
        Ok((mean, cvar))
    }
}

fn times(estimate: Estimate, factor: f64) -> Estimate {
    let end = |end: Option<f64>| end.map(|end| end * factor);
    Estimate { value: estimate.value * factor, low: end(estimate.low), high: end(estimate.high) }
}
