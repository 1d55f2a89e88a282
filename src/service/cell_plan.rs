//! A plan in one cell, and its costs there in a given state (methodology/routing-and-loss.md).

use std::borrow::Borrow;

use super::cell_model::{CellModel, Class, Local};
use super::state::LossRow;
use super::trajectory::CellTrajectory;
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;

/// A plan in one cell, by local index.
#[derive(Debug, Clone, PartialEq)]
pub struct CellPlan {
    /// `[n_members]`: primary shares, sum 1.
    pub share: Vec<f64>,
    /// `[n_members]`: hot cover.
    pub hot: Vec<f64>,
    /// `[n_members]`: warm cover.
    pub warm: Vec<f64>,
    /// Sums over the members of each class, `[n_classes]` each.
    class_share: Vec<f64>,
    class_hot: Vec<f64>,
    class_warm: Vec<f64>,
    surge_bound: f64,
    hot_bound: f64,
    /// `[n_warm_leads + 1]`: at index n, the sum of warm covers whose lead is among the first n.
    warm_bounds: Vec<f64>,
}

impl CellPlan {
    /// The plan's part in this cell.
    ///
    /// # Panics
    /// When the plan uses an offer that has no role in the cell model.
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
                // Not eligible in this cell: a standby for other cells of the workload only.
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

    /// What surge and standbys can take on a calm day, as a share of demand, once the first `n_warm_leads_open` warm leads
    /// have passed.
    #[must_use]
    pub fn alternatives_on_a_calm_day(&self, n_warm_leads_open: usize) -> f64 {
        self.surge_bound + self.hot_bound + self.warm_bounds[n_warm_leads_open]
    }

    /// Slices of the row minus the bounds of their alternatives. The largest positive row value is the unserved share.
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

    /// U(A) and U(∞): shares of the cell's demand unserved past the recovery objective, before the fallback and in total.
    ///
    /// `rows`: the rows of one state; the first `n_before` have elapsed < the fallback's `after`.
    #[must_use]
    pub fn unserved<R: Borrow<LossRow>>(
        &self,
        cell_model: &CellModel,
        rows: &[R],
        n_before: usize,
    ) -> (f64, f64) {
        let value =
            |rows: &[R]| rows.iter().map(|row| self.row_value(cell_model, row.borrow())).fold(0.0, f64::max);
        let before = value(&rows[..n_before]);
        (before, before.max(value(&rows[n_before..])))
    }

    /// Outage cost of a state, USD per day; parameters as in [`Self::unserved`].
    #[must_use]
    pub fn outage_usd_per_day(&self, cell_model: &CellModel, rows: &[LossRow], n_before: usize) -> f64 {
        Self::usd_per_day_of(cell_model, self.unserved(cell_model, rows, n_before))
    }

    /// Outage cost of unserved shares, before the fallback and in total, USD per day.
    #[must_use]
    pub fn usd_per_day_of(cell_model: &CellModel, (before, all): (f64, f64)) -> f64 {
        match cell_model.fallback_usd_per_day {
            None => cell_model.value_usd_per_day * all,
            Some(fallback) => cell_model.value_usd_per_day * before + fallback * (all - before),
        }
    }

    /// Extra cost of an interval, USD per day; `extra`: [`crate::service::state::extra_costs`].
    #[must_use]
    pub fn extra_usd_per_day(&self, extra: &[(Local, f64)]) -> f64 {
        extra.iter().map(|(m, usd)| usd * self.share[*m]).sum()
    }

    /// Cost of switches and one-off effects over a trajectory, USD.
    #[must_use]
    pub fn one_off_usd(&self, cell_model: &CellModel, trajectory: &CellTrajectory) -> f64 {
        let switched: f64 = trajectory.switched.iter().map(|(c, part)| part * self.class_share[*c]).sum();
        let one_offs: f64 = trajectory.one_off_usd.iter().map(|(c, usd)| usd * self.class_share[*c]).sum();
        cell_model.switch_usd * switched + one_offs
    }
}
