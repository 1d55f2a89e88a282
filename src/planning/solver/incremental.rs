//! A linear program that stays open: rows and variables are added, and the next solution starts from the last.

use crate::planning::formulation::linear_program::Constraint;

/// Why there is no solution.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SolverError {
    /// The constraints cannot hold together.
    #[error("the constraints cannot hold together")]
    Infeasible,
    /// The solver gave up, which says nothing about the program.
    #[error("the solver ended without an answer ({0}); this does not mean that there is no plan")]
    NoAnswer(String),
}

/// A solution with what its rows are worth.
#[derive(Debug, Clone, PartialEq)]
pub struct LpSolution {
    /// `[n_variables]`
    pub values: Vec<f64>,
    /// `[n_rows]`: change of the least cost per unit by which the row's binding side rises; 0 where it does not bind.
    pub row_duals: Vec<f64>,
    pub cost: f64,
}

/// A session with a solver.
pub trait IncrementalLp {
    /// Adds a variable without terms in any row yet known.
    fn add_column(&mut self, cost: f64, low: f64, high: f64, terms: &[(usize, f64)]);
    /// Adds a row.
    fn add_row(&mut self, row: &Constraint);
    /// Sets what a unit of a variable costs.
    fn set_cost(&mut self, variable: usize, cost: f64);
    /// Lets a variable be from `low` to `high`.
    fn set_bounds(&mut self, variable: usize, low: f64, high: f64);
    /// Minimizes.
    ///
    /// # Errors
    /// As [`super::solve`].
    fn solve(&mut self) -> Result<LpSolution, SolverError>;
}
