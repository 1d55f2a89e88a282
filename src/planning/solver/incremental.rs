//! An incremental linear program: rows and variables are added to it, and each solve starts from the last solution.

use crate::planning::formulation::linear_program::Constraint;

/// Why there is no solution.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SolverError {
    /// The constraints cannot hold together.
    #[error("the constraints cannot hold together")]
    Infeasible,
    /// The solver gave up; this proves nothing about the program.
    #[error("the solver ended without an answer ({0}); this does not mean that there is no plan")]
    NoAnswer(String),
}

/// A primal and dual solution of a linear program.
#[derive(Debug, Clone, PartialEq)]
pub struct LpSolution {
    /// `[n_variables]`
    pub values: Vec<f64>,
    /// `[n_rows]`: change of the optimal cost per unit by which the row's binding side rises; 0 if the row does not
    /// bind.
    pub row_duals: Vec<f64>,
    pub cost: f64,
    /// Simplex iterations of this solve.
    pub n_iterations: u64,
}

/// A linear program that is open in a solver.
pub trait IncrementalLp {
    /// Adds a variable; `terms` are (row, factor).
    fn add_column(&mut self, cost: f64, low: f64, high: f64, terms: &[(usize, f64)]);
    /// Adds a row.
    fn add_row(&mut self, row: &Constraint);
    /// Sets the cost per unit of a variable.
    fn set_cost(&mut self, variable: usize, cost: f64);
    /// Sets the bounds of a variable.
    fn set_bounds(&mut self, variable: usize, low: f64, high: f64);
    /// Drops rows that do not bind; the others keep their order. Returns `false`, and drops none, where it cannot.
    fn drop_rows(&mut self, _is_dropped: &dyn Fn(usize) -> bool) -> bool {
        false
    }
    /// Solves the program.
    ///
    /// # Errors
    /// As [`super::solve`].
    fn solve(&mut self) -> Result<LpSolution, SolverError>;
}
