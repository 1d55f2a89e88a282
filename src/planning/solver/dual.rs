//! The dual of a linear program, for solvers that return no dual values.

use crate::planning::formulation::linear_program::LinearProgram;

/// The dual program, with the variables that hold each row's dual value.
pub(super) struct Dual {
    pub(super) program: LinearProgram,
    /// `[n_rows]`: the dual variables of the row's lower and upper side.
    sides: Vec<(Option<usize>, Option<usize>)>,
}

impl Dual {
    /// maximize Σ side × dual subject to, for each variable, Σ factor × row dual + bound duals = cost.
    pub(super) fn of(primal: &LinearProgram) -> Self {
        let mut program = LinearProgram::default();
        let mut side = |bound: f64, sign: f64| {
            bound.is_finite().then(|| program.add_continuous(-sign * bound, 0.0, f64::INFINITY))
        };
        let sides: Vec<_> =
            primal.constraints.iter().map(|row| (side(row.low, 1.0), side(row.high, -1.0))).collect();
        let bounds: Vec<_> =
            primal.variables.iter().map(|v| (side(v.low, 1.0), side(v.high, -1.0))).collect();
        let mut terms: Vec<Vec<(usize, f64)>> = vec![Vec::new(); primal.variables.len()];
        let mut push = |variable: usize, (low, high): (Option<usize>, Option<usize>), factor: f64| {
            terms[variable].extend(low.map(|dual| (dual, factor)));
            terms[variable].extend(high.map(|dual| (dual, -factor)));
        };
        for (row, &sides) in primal.constraints.iter().zip(&sides) {
            row.terms.iter().for_each(|&(variable, factor)| push(variable, sides, factor));
        }
        bounds.iter().enumerate().for_each(|(variable, &sides)| push(variable, sides, 1.0));
        for (terms, variable) in terms.into_iter().zip(&primal.variables) {
            program.add_equal("dual", terms, variable.cost);
        }
        Self { program, sides }
    }

    /// `[n_rows]`: dual values of the primal's rows, from a solution of the dual.
    pub(super) fn row_duals(&self, values: &[f64]) -> Vec<f64> {
        let value = |side: Option<usize>| side.map_or(0.0, |variable| values[variable]);
        self.sides.iter().map(|&(low, high)| value(low) - value(high)).collect()
    }
}
