//! A warm start: columns and dual values of one search, for another search on the same trials.

use super::ColumnGeneration;
use super::column::PlanColumn;
use super::pricing_problem::DualValues;
use crate::model::instance::{CellIdx, OfferIdx};
use crate::model::plan::Plan;
use crate::planning::formulation::Formulation;
use crate::planning::formulation::linear_program::VariableIdx;

/// Columns kept per workload, the latest ones.
const PLANS_KEPT: usize = 40;

/// Plans of single workloads and dual values from an earlier search.
#[derive(Debug, Clone)]
pub struct WarmStart {
    n_variables: usize,
    primaries: Vec<(CellIdx, OfferIdx)>,
    /// `[n_workloads]`: plans, by variable.
    plans: Vec<Vec<Vec<(VariableIdx, f64)>>>,
    /// Dual values of its best bound.
    duals: Option<DualValues>,
    /// For a start from a search on some of the trials: a plan whose worst trials come first.
    pub reference: Option<Plan>,
}

impl WarmStart {
    /// Keeps the latest columns of `columns`, on the variables of `formulation`.
    #[must_use]
    pub fn new(columns: &ColumnGeneration<'_>, formulation: &Formulation) -> Self {
        let last = |pool: &Vec<PlanColumn>| {
            pool.iter()
                .skip(pool.len().saturating_sub(PLANS_KEPT))
                .map(|column| column.values.clone())
                .collect()
        };
        let plans = columns.pools().iter().map(last);
        Self {
            n_variables: formulation.lp.variables.len(),
            primaries: primaries(formulation).collect(),
            plans: plans.collect(),
            duals: columns.center.as_ref().map(|center| center.duals.clone()),
            reference: None,
        }
    }

    /// Whether its plans are valid for `formulation`: both have the same variables.
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

    /// The dual values, on the rows of a search that it [fits](Self::fits); `None` if that has other rows. `tail`: the tail
    /// of the reference plan, (trial, weight), if there is one.
    #[must_use]
    pub fn duals(&self, columns: &ColumnGeneration<'_>, tail: Option<&[(usize, f64)]>) -> Option<DualValues> {
        let duals = self.duals.as_ref()?;
        (duals.rows.len() == columns.formulation.lp.constraints.len()).then(|| match tail {
            None => columns.duals_of(&duals.rows, &duals.tail),
            Some(tail) => columns.duals_of(&duals.rows, &columns.tail_duals(tail)),
        })
    }
}

/// Cell and offer of each share variable.
fn primaries(formulation: &Formulation) -> impl Iterator<Item = (CellIdx, OfferIdx)> + '_ {
    formulation.variables.primaries.iter().map(|primary| (primary.cell, primary.offer))
}
