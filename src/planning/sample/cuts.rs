//! Loss cuts: linear lower bounds on a cell's loss, made of the rows that bind at a plan, weighted over states.
//!
//! The loss of a cell is a convex piecewise linear function of shares and covers, and 0 at 0. So the function made of
//! the rows that bind at one plan is a lower bound at every other plan, without a constant.

use super::{CellSample, CompiledSample, RowSet};
use crate::service::cell_model::CellModel;
use crate::service::cell_plan::CellPlan;
use crate::service::state::LossRow;

/// Weights of a cell's states, over all trials or in a tail.
#[derive(Debug, Clone, PartialEq)]
pub struct StateWeights {
    /// `[n_row_sets]`: weighted days.
    pub row_sets: Vec<f64>,
    /// `[n_members]`: extra cost and one-off costs, USD per unit of share.
    pub linear: Vec<f64>,
}

impl StateWeights {
    /// Weighted sums over trials.
    ///
    /// `trials`: (trial, weight).
    #[must_use]
    pub fn over(cell: &CellSample, trials: &[(usize, f64)]) -> Self {
        let sums = |sparse: &crate::planning::sample::Sparse, n: usize| {
            let mut sums = vec![0.0; n];
            for &(trial, weight) in trials {
                for &(index, value) in sparse.trial(trial) {
                    sums[index as usize] += weight * value;
                }
            }
            sums
        };
        Self {
            row_sets: sums(&cell.row_set_days, cell.row_sets.len()),
            linear: sums(&cell.linear, cell.cell_model.members.len()),
        }
    }

    /// `[n_cells]`: weights of every cell.
    #[must_use]
    pub fn of_sample(sample: &CompiledSample, trials: &[(usize, f64)]) -> Vec<Self> {
        use rayon::prelude::*;
        sample.cells.par_iter().map(|cell| Self::over(cell, trials)).collect()
    }
}

/// A linear lower bound of a cell's weighted loss, USD.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LossCut {
    /// `[n_classes]`: per unit of primary share.
    pub class: Vec<f64>,
    /// `[n_classes]`: per unit of hot cover; ≤ 0.
    pub hot: Vec<f64>,
    /// `[n_classes]`: per unit of warm cover; ≤ 0.
    pub warm: Vec<f64>,
    /// `[n_members]`: extra cost and one-off costs per unit of primary share.
    pub member: Vec<f64>,
}

impl LossCut {
    /// The cut at `plan`: exact there, a lower bound elsewhere.
    #[must_use]
    pub fn at(cell: &CellSample, plan: &CellPlan, weights: &StateWeights) -> Self {
        let mut cut = Self::outage_at(cell, plan, weights);
        cut.member.copy_from_slice(&weights.linear);
        cut
    }

    /// The cut at `plan` on the outage cost alone.
    #[must_use]
    pub fn outage_at(cell: &CellSample, plan: &CellPlan, weights: &StateWeights) -> Self {
        let cell_model = &cell.cell_model;
        let mut cut = Accumulator::new(cell_model);
        for (set, &days) in cell.row_sets.iter().zip(&weights.row_sets).filter(|(_, days)| **days > 0.0) {
            let (before, all) = binding_rows(cell_model, plan, set);
            match cell_model.fallback_usd_per_day {
                None => cut.add(cell_model, all, days * cell_model.value_usd_per_day),
                Some(fallback) => {
                    cut.add(cell_model, before, days * (cell_model.value_usd_per_day - fallback));
                    cut.add(cell_model, all, days * fallback);
                }
            }
        }
        cut.finish(cell_model)
    }

    /// A single row as a cut: the unserved share that it implies.
    #[must_use]
    pub fn of_row(cell_model: &CellModel, row: &LossRow) -> Self {
        let mut cut = Accumulator::new(cell_model);
        cut.add(cell_model, Some(row), 1.0);
        cut.finish(cell_model)
    }

    /// Value of the cut at a plan, USD.
    #[must_use]
    pub fn usd_at(&self, plan: &CellPlan) -> f64 {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        dot(&self.class, plan.class_shares())
            + dot(&self.hot, plan.class_hots())
            + dot(&self.warm, plan.class_warms())
            + dot(&self.member, &plan.share)
    }
}

/// The largest positive row before the fallback, and of all rows; `None` if no row is positive.
fn binding_rows<'a>(
    cell_model: &CellModel,
    plan: &CellPlan,
    set: &'a RowSet,
) -> (Option<&'a LossRow>, Option<&'a LossRow>) {
    let mut largest: Option<(f64, &LossRow)> = None;
    let mut before = None;
    for (at, row) in set.rows.iter().enumerate() {
        if at == set.n_rows_before_fallback {
            before = largest;
        }
        let value = plan.row_value(cell_model, row);
        if value > largest.map_or(0.0, |(v, _)| v) {
            largest = Some((value, row));
        }
    }
    if set.n_rows_before_fallback >= set.rows.len() {
        before = largest;
    }
    (before.map(|(_, row)| row), largest.map(|(_, row)| row))
}

/// Sums weighted rows into a cut.
struct Accumulator {
    cut: LossCut,
    /// Total weight of the rows added; each row subtracts what the alternatives can take on a calm day.
    calm: f64,
    /// Weight of the rows added, by the number of warm leads that have passed.
    calm_warm: Vec<f64>,
}

impl Accumulator {
    fn new(cell_model: &CellModel) -> Self {
        let zeros = || vec![0.0; cell_model.classes.len()];
        let cut = LossCut {
            class: zeros(),
            hot: zeros(),
            warm: zeros(),
            member: vec![0.0; cell_model.members.len()],
        };
        Self { cut, calm: 0.0, calm_warm: vec![0.0; cell_model.warm_leads.len() + 1] }
    }

    fn add(&mut self, cell_model: &CellModel, row: Option<&LossRow>, usd: f64) {
        let Some(row) = row else { return };
        self.calm += usd;
        self.calm_warm[row.n_warm_leads_open] += usd;
        row.displaced.iter().for_each(|(c, part)| self.cut.class[*c] += usd * part);
        row.lost_surge.iter().for_each(|c| self.cut.class[*c] += usd * cell_model.surge);
        row.lost_hot.iter().for_each(|(c, part)| self.cut.hot[*c] += usd * part);
        row.lost_warm.iter().for_each(|(c, part)| self.cut.warm[*c] += usd * part);
    }

    fn finish(mut self, cell_model: &CellModel) -> LossCut {
        // The lead with index i has passed in all rows with more than i leads passed.
        let mut open = 0.0;
        let mut open_from = vec![0.0; cell_model.warm_leads.len()];
        for lead in (0..cell_model.warm_leads.len()).rev() {
            open += self.calm_warm[lead + 1];
            open_from[lead] = open;
        }
        for (c, class) in cell_model.classes.iter().enumerate() {
            if class.is_primary && !class.has_declared_capacity {
                self.cut.class[c] -= self.calm * cell_model.surge;
            }
            if let Some(lead) = class.warm_lead {
                self.cut.hot[c] -= self.calm;
                self.cut.warm[c] -= open_from[lead];
            }
        }
        self.cut
    }
}
