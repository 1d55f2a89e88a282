//! The loss of a plan in a cell: outage, extra cost and one-offs (methodology/routing-and-loss.md).

use super::cell_model::CellModel;
use super::cell_plan::CellPlan;
use super::disruption::Disruption;
use super::routing::{Handover, route};
use super::state::{Alternatives, extra_costs, sub_intervals};
use super::trajectory::CellTrajectory;

/// A loss and its components, USD.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Loss {
    pub outage_usd: f64,
    pub extra_cost_usd: f64,
    pub one_off_usd: f64,
}

impl Loss {
    /// Sum of the components, USD.
    #[must_use]
    pub fn total_usd(&self) -> f64 {
        self.outage_usd + self.extra_cost_usd + self.one_off_usd
    }

    /// The loss multiplied by `scale`.
    #[must_use]
    pub fn times(&self, scale: f64) -> Self {
        Self {
            outage_usd: self.outage_usd * scale,
            extra_cost_usd: self.extra_cost_usd * scale,
            one_off_usd: self.one_off_usd * scale,
        }
    }

    /// Adds another loss.
    pub fn add(&mut self, other: &Self) {
        self.outage_usd += other.outage_usd;
        self.extra_cost_usd += other.extra_cost_usd;
        self.one_off_usd += other.one_off_usd;
    }
}

/// Service of a cell from `start` to `end`, days.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceSpell {
    pub start: f64,
    pub end: f64,
    /// Unserved share of the cell's demand, before and past the recovery objective.
    pub unserved: f64,
    /// Share unserved past the recovery objective.
    pub unserved_past_objective: f64,
    /// Who takes over what.
    pub handovers: Vec<Handover>,
}

/// The outcome of a plan in one cell through a disruption.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CellOutcome {
    pub loss: Loss,
    /// Sub-intervals with displaced demand, in order; outside them primaries serve everything.
    pub spells: Vec<ServiceSpell>,
}

impl CellOutcome {
    /// Time integral of the unserved share, days.
    #[must_use]
    pub fn unserved_days(&self) -> f64 {
        self.spells.iter().map(|s| s.unserved * (s.end - s.start)).sum()
    }
}

/// The loss of a plan in a cell.
#[must_use]
pub fn cell_loss(cell_model: &CellModel, plan: &CellPlan, trajectory: &CellTrajectory) -> Loss {
    cell_loss_told(cell_model, plan, trajectory, |_, _| ())
}

/// The loss of a plan in a cell; `tell` gets the days of each sub-interval with displaced demand, and the share of the cell's
/// demand that is unserved past the recovery objective.
#[must_use]
pub fn cell_loss_told(
    cell_model: &CellModel,
    plan: &CellPlan,
    trajectory: &CellTrajectory,
    mut tell: impl FnMut(f64, f64),
) -> Loss {
    let mut loss = Loss { one_off_usd: plan.one_off_usd(cell_model, trajectory), ..Loss::default() };
    for interval in &trajectory.intervals {
        let extra = extra_costs(cell_model, interval);
        loss.extra_cost_usd += plan.extra_usd_per_day(&extra) * (interval.end - interval.start);
        if interval.slices.is_empty() {
            continue;
        }
        let alternatives = Alternatives::new(cell_model, interval);
        for sub_interval in sub_intervals(cell_model, interval, &alternatives.onboardings()) {
            let state = alternatives.state_at(cell_model, &sub_interval);
            let unserved = plan.unserved(cell_model, &state.rows, state.n_rows_before_fallback);
            loss.outage_usd += CellPlan::usd_per_day_of(cell_model, unserved) * sub_interval.days();
            tell(sub_interval.days(), unserved.1);
        }
    }
    loss
}

/// The loss of a plan in a cell, with its handovers and unserved shares.
#[must_use]
pub fn cell_outcome(cell_model: &CellModel, plan: &CellPlan, trajectory: &CellTrajectory) -> CellOutcome {
    let mut spells = Vec::new();
    for interval in trajectory.intervals.iter().filter(|s| !s.slices.is_empty()) {
        for sub_interval in sub_intervals(cell_model, interval, &cell_model.onboardings) {
            let routing = route(cell_model, plan, &sub_interval);
            spells.push(ServiceSpell {
                start: sub_interval.start,
                end: sub_interval.end,
                unserved: routing.unserved,
                unserved_past_objective: routing.unserved_past_objective,
                handovers: routing.handovers,
            });
        }
    }
    CellOutcome { loss: cell_loss(cell_model, plan, trajectory), spells }
}

/// The loss of a plan over all cells.
#[must_use]
pub fn plan_loss(cell_models: &[CellModel], plans: &[CellPlan], disruption: &Disruption<'_>) -> Loss {
    let mut loss = Loss::default();
    for (cell_model, plan) in cell_models.iter().zip(plans) {
        loss.add(&cell_loss(
            cell_model,
            plan,
            &crate::service::trajectory::simulate_cell(cell_model, disruption),
        ));
    }
    loss
}
