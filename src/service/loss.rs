//! What a plan loses in a cell: outage, extra cost and one-offs (methodology/routing-and-loss.md).

use super::cell_model::{CellModel, Class, Local};
use super::disruption::Disruption;
use super::routing::{Handover, route};
use super::state::{Alternatives, LossRow, StatesByClass, extra_costs, moments};
use super::trajectory::CellTrajectory;
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;

/// A plan as one cell sees it, by local index.
#[derive(Debug, Clone, PartialEq)]
pub struct CellPlan {
    /// `[n_members]`, sums to 1.
    pub share: Vec<f64>,
    /// `[n_members]`: hot cover.
    pub hot: Vec<f64>,
    /// `[n_members]`: warm cover.
    pub warm: Vec<f64>,
    /// `[n_classes]` each: sums over a class's members.
    class_share: Vec<f64>,
    class_hot: Vec<f64>,
    class_warm: Vec<f64>,
    surge_bound: f64,
    hot_bound: f64,
    /// `[n_warm_leads + 1]`: warm covers whose lead is among the first so many.
    warm_bounds: Vec<f64>,
}

impl CellPlan {
    /// The plan's part in this cell.
    ///
    /// # Panics
    /// When the plan uses an offer that the cell_model's roles left out.
    #[must_use]
    pub fn new(cell_model: &CellModel, workload: usize, plan: &Plan) -> Self {
        let n = cell_model.members.len();
        let (mut share, mut hot, mut warm) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        for &(offer, part) in &plan.allocation[cell_model.cell] {
            let member = cell_model.local(offer).expect("roles cover the plan");
            share[member] = part;
        }
        for standby in &plan.standby[workload] {
            let Some(member) = cell_model
                .local(standby.offer)
                .filter(|m| cell_model.classes[cell_model.members[*m].class].warm_lead.is_some())
            else {
                // Not eligible in this cell: it stands by for the workload's other users only.
                continue;
            };
            match standby.readiness {
                Readiness::Hot => hot[member] = standby.cover,
                Readiness::Warm => warm[member] = standby.cover,
            }
        }
        let by_class = |values: &[f64]| -> Vec<f64> {
            cell_model.classes.iter().map(|c| c.members.iter().map(|&m| values[m]).sum()).collect()
        };
        let (class_share, class_hot, class_warm) = (by_class(&share), by_class(&hot), by_class(&warm));
        let can_surge = cell_model.classes.iter().zip(&class_share).filter(|(c, _)| !c.has_declared_capacity);
        let warm_bounds = (0..=cell_model.warm_leads.len())
            .map(|n_open| {
                let classes = cell_model.classes.iter().zip(&class_warm);
                classes
                    .filter(|(c, _)| c.warm_lead.is_some_and(|lead| lead < n_open))
                    .map(|(_, warm)| warm)
                    .sum()
            })
            .collect();
        Self {
            surge_bound: cell_model.surge * can_surge.map(|(_, share)| share).sum::<f64>(),
            hot_bound: class_hot.iter().sum(),
            warm_bounds,
            share,
            hot,
            warm,
            class_share,
            class_hot,
            class_warm,
        }
    }

    /// `[n_classes]`: primary shares.
    #[must_use]
    pub fn class_shares(&self) -> &[f64] {
        &self.class_share
    }

    /// `[n_classes]`: hot covers.
    #[must_use]
    pub fn class_hots(&self) -> &[f64] {
        &self.class_hot
    }

    /// `[n_classes]`: warm covers.
    #[must_use]
    pub fn class_warms(&self) -> &[f64] {
        &self.class_warm
    }

    /// Slices of the row minus the bounds open to them; the unserved share when positive and largest.
    #[must_use]
    pub fn row_value(&self, cell_model: &CellModel, row: &LossRow) -> f64 {
        let dot = |terms: &[(Class, f64)], values: &[f64]| -> f64 {
            terms.iter().map(|(c, k)| k * values[*c]).sum()
        };
        let lost_surge: f64 = row.lost_surge.iter().map(|&c| cell_model.surge * self.class_share[c]).sum();
        let surge = self.surge_bound - lost_surge;
        let hot = self.hot_bound - dot(&row.lost_hot, &self.class_hot);
        let warm = self.warm_bounds[row.n_warm_leads_open] - dot(&row.lost_warm, &self.class_warm);
        dot(&row.displaced, &self.class_share) - surge - hot - warm
    }

    /// U before the fallback and U in all: shares of the cell's demand unserved past the recovery objective.
    ///
    /// `rows`: of one state; the first `n_before` have elapsed < the fallback's `after`.
    #[must_use]
    pub fn unserved(&self, cell_model: &CellModel, rows: &[LossRow], n_before: usize) -> (f64, f64) {
        let value =
            |rows: &[LossRow]| rows.iter().map(|row| self.row_value(cell_model, row)).fold(0.0, f64::max);
        let before = value(&rows[..n_before]);
        (before, before.max(value(&rows[n_before..])))
    }

    /// Outage cost of a state's rows, USD per day.
    #[must_use]
    pub fn outage_usd_per_day(&self, cell_model: &CellModel, rows: &[LossRow], n_before: usize) -> f64 {
        let (before, all) = self.unserved(cell_model, rows, n_before);
        match cell_model.fallback_usd_per_day {
            None => cell_model.value_usd_per_day * all,
            Some(fallback) => cell_model.value_usd_per_day * before + fallback * (all - before),
        }
    }

    /// Extra cost of a interval, USD per day; `extra`: [`extra_costs`].
    #[must_use]
    pub fn extra_usd_per_day(&self, extra: &[(Local, f64)]) -> f64 {
        extra.iter().map(|(m, usd)| usd * self.share[*m]).sum()
    }

    /// Switches and one-off effects over a trajectory, USD.
    #[must_use]
    pub fn one_off_usd(&self, cell_model: &CellModel, trajectory: &CellTrajectory) -> f64 {
        let switched: f64 = trajectory.switched.iter().map(|(c, part)| part * self.class_share[*c]).sum();
        let one_offs: f64 = trajectory.one_off_usd.iter().map(|(c, usd)| usd * self.class_share[*c]).sum();
        cell_model.switch_usd * switched + one_offs
    }
}

/// A loss in its parts, USD.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Loss {
    pub outage_usd: f64,
    pub extra_cost_usd: f64,
    pub one_off_usd: f64,
}

impl Loss {
    /// USD.
    #[must_use]
    pub fn total_usd(&self) -> f64 {
        self.outage_usd + self.extra_cost_usd + self.one_off_usd
    }

    /// The loss of so many cells alike.
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
    /// Share of the cell's demand that finds no offer, before and past the recovery objective.
    pub unserved: f64,
    /// Share unserved past the recovery objective.
    pub unserved_past_objective: f64,
    /// Who takes over what.
    pub handovers: Vec<Handover>,
}

/// A plan in one cell through a disruption.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CellOutcome {
    pub loss: Loss,
    /// Spells with something displaced, in order; between them everything is served by its primary.
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
    let mut loss = Loss { one_off_usd: plan.one_off_usd(cell_model, trajectory), ..Loss::default() };
    let mut places = Vec::new();
    for interval in &trajectory.intervals {
        let extra =
            extra_costs(cell_model, &StatesByClass::new(interval, cell_model.classes.len(), &mut places));
        loss.extra_cost_usd += plan.extra_usd_per_day(&extra) * (interval.end - interval.start);
        if interval.slices.is_empty() {
            continue;
        }
        let alternatives = Alternatives::new(cell_model, interval);
        for sub_interval in moments(cell_model, interval, &alternatives.onboardings()) {
            let state = alternatives.state_at(cell_model, &sub_interval);
            let outage = plan.outage_usd_per_day(cell_model, &state.rows, state.n_rows_before_fallback);
            loss.outage_usd += outage * sub_interval.days();
        }
    }
    loss
}

/// The loss of a plan in a cell, with who takes over and what is unserved.
#[must_use]
pub fn cell_outcome(cell_model: &CellModel, plan: &CellPlan, trajectory: &CellTrajectory) -> CellOutcome {
    let mut spells = Vec::new();
    for interval in trajectory.intervals.iter().filter(|s| !s.slices.is_empty()) {
        for sub_interval in moments(cell_model, interval, &cell_model.onboardings) {
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
        loss.add(&cell_loss(cell_model, plan, &crate::service::trajectory::follow(cell_model, disruption)));
    }
    loss
}
