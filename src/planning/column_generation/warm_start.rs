//! What one search on some trials teaches the next that asks for something else of them: plans of single workloads.

use super::ColumnGeneration;
use super::column::PlanColumn;
use crate::model::instance::{CellIdx, OfferIdx};
use crate::planning::formulation::Formulation;
use crate::planning::formulation::linear_program::VariableIdx;

/// Plans kept of a workload: those met last.
const PLANS_KEPT: usize = 40;

/// Plans of workloads that a search met.
#[derive(Debug, Clone)]
pub struct WarmStart {
    n_variables: usize,
    primaries: Vec<(CellIdx, OfferIdx)>,
    /// `[n_workloads]`: plans, by variable.
    plans: Vec<Vec<Vec<(VariableIdx, f64)>>>,
}

impl WarmStart {
    /// What a generation met on the variables of `formulation`.
    #[must_use]
    pub fn new(generation: &ColumnGeneration<'_>, formulation: &Formulation) -> Self {
        let last = |pool: &Vec<PlanColumn>| {
            pool.iter().skip(pool.len().saturating_sub(PLANS_KEPT)).map(|own| own.values.clone()).collect()
        };
        let plans = generation.pools().iter().map(last);
        Self {
            n_variables: formulation.lp.variables.len(),
            primaries: primaries(formulation).collect(),
            plans: plans.collect(),
        }
    }

    /// Whether its plans are plans on the variables of `formulation`.
    #[must_use]
    pub fn fits(&self, formulation: &Formulation) -> bool {
        self.n_variables == formulation.lp.variables.len()
            && primaries(formulation).eq(self.primaries.iter().copied())
    }

    /// `[n_workloads]`: plans, by variable.
    #[must_use]
    pub fn plans(&self) -> &[Vec<Vec<(VariableIdx, f64)>>] {
        &self.plans
    }
}

fn primaries(formulation: &Formulation) -> impl Iterator<Item = (CellIdx, OfferIdx)> + '_ {
    formulation.variables.primaries.iter().map(|primary| (primary.cell, primary.offer))
}
