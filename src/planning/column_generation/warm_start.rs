//! What one search on some trials teaches the next that asks for something else of them: plans of single workloads.

use super::Coordinator;
use super::column::Item;
use crate::model::instance::{CellIdx, OfferIdx};
use crate::planning::formulation::Master;
use crate::planning::formulation::linear_program::Column;

/// Plans kept of a workload: those met last.
const PLANS_KEPT: usize = 40;

/// Plans of workloads that a search met.
#[derive(Debug, Clone)]
pub struct Experience {
    n_columns: usize,
    carriers: Vec<(CellIdx, OfferIdx)>,
    /// `[n_workloads]`: plans, by column.
    plans: Vec<Vec<Vec<(Column, f64)>>>,
}

impl Experience {
    /// What a coordinator met on the columns of `structure`.
    #[must_use]
    pub fn new(coordinator: &Coordinator<'_>, structure: &Master) -> Self {
        let last = |menu: &Vec<Item>| {
            menu.iter().skip(menu.len().saturating_sub(PLANS_KEPT)).map(|own| own.values.clone()).collect()
        };
        let plans = coordinator.menus().iter().map(last);
        Self {
            n_columns: structure.lp.variables.len(),
            carriers: carriers(structure).collect(),
            plans: plans.collect(),
        }
    }

    /// Whether its plans are plans on the columns of `structure`.
    #[must_use]
    pub fn fits(&self, structure: &Master) -> bool {
        self.n_columns == structure.lp.variables.len()
            && carriers(structure).eq(self.carriers.iter().copied())
    }

    /// `[n_workloads]`: plans, by column.
    #[must_use]
    pub fn plans(&self) -> &[Vec<Vec<(Column, f64)>>] {
        &self.plans
    }
}

fn carriers(structure: &Master) -> impl Iterator<Item = (CellIdx, OfferIdx)> + '_ {
    structure.columns.carriers.iter().map(|carrier| (carrier.cell, carrier.offer))
}
