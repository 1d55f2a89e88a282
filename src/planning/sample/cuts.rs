//! Loss cuts: linear lower bounds on a cell's loss, made of the rows that bind at a plan, weighted over states.
//!
//! The loss of a cell is a convex piecewise linear function of shares and covers, and 0 at 0. So the function made of
//! the rows that bind at one plan is a lower bound at every other plan, without a constant.

use super::{CellSample, CompiledSample};
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
        let table = &cell.row_table;
        let usd = table.binding_usd(cell_model, &table.values(plan), &weights.row_sets);
        let mut cut = Accumulator::new(cell_model);
        table.for_each_binding(&usd, |n_open, usd, terms| cut.add_terms(n_open, usd, terms));
        cut.finish(cell_model)
    }

    /// A single row as a cut: the unserved share that it implies.
    #[must_use]
    pub fn of_row(cell_model: &CellModel, row: &LossRow) -> Self {
        let mut cut = Accumulator::new(cell_model);
        cut.add(cell_model, row);
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

    fn add(&mut self, cell_model: &CellModel, row: &LossRow) {
        self.calm += 1.0;
        self.calm_warm[row.n_warm_leads_open] += 1.0;
        row.displaced.iter().for_each(|(c, part)| self.cut.class[*c] += part);
        row.lost_surge.iter().for_each(|c| self.cut.class[*c] += cell_model.surge);
        row.lost_hot.iter().for_each(|(c, part)| self.cut.hot[*c] += part);
        row.lost_warm.iter().for_each(|(c, part)| self.cut.warm[*c] += part);
    }

    /// Adds a row of a [`RowTable`](super::row_table::RowTable), `usd` times.
    fn add_terms(&mut self, n_warm_leads_open: usize, usd: f64, terms: &[(u32, f64)]) {
        self.calm += usd;
        self.calm_warm[n_warm_leads_open] += usd;
        let n = self.cut.class.len();
        for &(column, factor) in terms {
            let column = column as usize;
            let place = match column / n {
                0 => &mut self.cut.class[column],
                1 => &mut self.cut.hot[column - n],
                _ => &mut self.cut.warm[column - 2 * n],
            };
            *place += usd * factor;
        }
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
