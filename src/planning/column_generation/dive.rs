//! Diving heuristic: settles the integers that workloads share one by one, then generates columns for them (Sadykov,
//! Vanderbeck, Pessoa, Tahiri and Uchoa 2019).

use super::ColumnGeneration;
use crate::planning::formulation::linear_program::VariableIdx;
use crate::planning::solver::SolverError;

/// Pricing rounds at the end of a dive.
const DIVE_ROUNDS: usize = 3;

/// Result of a dive.
pub struct DiveResult {
    /// `[n_workloads]`: the blend with the largest weight.
    pub combination: Vec<usize>,
    /// Shared integers with their values.
    pub shared_integers: Vec<(VariableIdx, f64)>,
}

impl ColumnGeneration<'_> {
    /// Fixes, of all fractional shared integers of the master solution, the one whose rounding costs least, until all are
    /// integral.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn dive(&mut self) -> Result<DiveResult, SolverError> {
        self.master.open_boxes();
        let mut solution = self.solve_master()?;
        let bounds = self.bounds_by_variable();
        loop {
            let probed = self.master.probe(|variable| bounds[&variable]);
            let sides = probed.iter().flat_map(|own| {
                let [below, above] = own.costs;
                [(below, own.place, own.value.floor()), (above, own.place, own.value.ceil())]
            });
            let Some((_, place, value)) = sides.min_by(|a, b| a.0.total_cmp(&b.0)) else { break };
            self.master.fix(place, value);
            solution = self.solve_master()?;
        }
        self.master.fix_all();
        for _ in 0..DIVE_ROUNDS {
            self.price_all(solution.duals)?;
            solution = self.solve_master()?;
        }
        let combination = self.add_blends(&solution);
        let integers = self.master.shared_integers.iter();
        let shared_integers = integers.map(|&(variable, _, value)| (variable, value.round())).collect();
        self.enter_bounds();
        if let Some(center) = &self.center {
            self.master.set_box(&center.duals, self.box_width);
        }
        Ok(DiveResult { combination, shared_integers })
    }
}
