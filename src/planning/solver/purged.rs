//! A small incremental LP that forgets rows which have not been binding for a while: a row costs time at every solve, and one
//! that is needed again is learned again.

use super::incremental::{IncrementalLp, LpSolution, SolverError};
use super::open;
use super::tableau::TableauLp;
use crate::planning::formulation::linear_program::{Constraint, LinearProgram, Variable};

/// Rows learned since idle rows were last dropped, after which they are dropped again.
const MAX_NEW_ROWS: usize = 80;
/// Solves after which a row that does not bind counts as idle.
const IDLE_AFTER: u32 = 12;
/// Slack up to which a row counts as binding.
const BINDING_SLACK: f64 = 1e-7;

/// An incremental LP whose first rows stay, and whose learned rows are dropped when they are idle.
///
/// The row duals of a solution are those of the rows in the solver: of the first rows, then of the learned ones that are left.
pub struct PurgedLp {
    program: LinearProgram,
    /// Learned rows, with the number of solves since they were last binding.
    learned: Vec<(Constraint, u32)>,
    n_new: usize,
    inner: Box<dyn IncrementalLp>,
}

impl PurgedLp {
    /// Opens a program. `n_kept`: rows that stay; the others count as learned.
    #[must_use]
    pub fn new(program: &LinearProgram, n_kept: usize) -> Self {
        let (kept, learned) = program.constraints.split_at(n_kept);
        let program = LinearProgram { variables: program.variables.clone(), constraints: kept.to_vec() };
        let learned = learned.iter().map(|row| (row.clone(), 0)).collect();
        let inner: Box<dyn IncrementalLp> = Box::new(TableauLp::new(&program));
        let mut own = Self { program, learned, n_new: 0, inner };
        own.learned.iter().for_each(|(row, _)| own.inner.add_row(row));
        own
    }

    /// Drops idle rows.
    fn purge(&mut self) {
        let n_kept = self.program.constraints.len();
        let is_idle = |row: usize| row >= n_kept && self.learned[row - n_kept].1 >= IDLE_AFTER;
        let is_dropped = self.inner.drop_rows(&is_idle);
        self.learned.retain(|(_, idle)| *idle < IDLE_AFTER);
        self.n_new = 0;
        if !is_dropped {
            self.reopen(open(&self.program));
        }
    }

    /// Goes on in another solver.
    fn reopen(&mut self, solver: Box<dyn IncrementalLp>) {
        self.inner = solver;
        self.learned.iter().for_each(|(row, _)| self.inner.add_row(row));
    }
}

impl IncrementalLp for PurgedLp {
    fn add_column(&mut self, cost: f64, low: f64, high: f64, terms: &[(usize, f64)]) {
        let column = self.program.variables.len();
        self.program.variables.push(Variable { cost, low, high, is_integer: false, smallest: 0.0 });
        for &(row, factor) in terms {
            self.program.constraints[row].terms.push((column, factor));
        }
        self.inner.add_column(cost, low, high, terms);
    }

    fn add_row(&mut self, row: &Constraint) {
        self.learned.push((row.clone(), 0));
        self.n_new += 1;
        self.inner.add_row(row);
    }

    fn set_cost(&mut self, variable: usize, cost: f64) {
        self.program.variables[variable].cost = cost;
        self.inner.set_cost(variable, cost);
    }

    fn set_bounds(&mut self, variable: usize, low: f64, high: f64) {
        let own = &mut self.program.variables[variable];
        (own.low, own.high) = (low, high);
        self.inner.set_bounds(variable, low, high);
    }

    fn solve(&mut self) -> Result<LpSolution, SolverError> {
        if self.n_new > MAX_NEW_ROWS {
            self.purge();
        }
        let solved = match self.inner.solve() {
            // What the tableau cannot tell, the solver for programs of any size can.
            Err(SolverError::NoAnswer(_)) => {
                self.reopen(open(&self.program));
                self.inner.solve()?
            }
            other => other?,
        };
        for (row, idle) in &mut self.learned {
            let is_binding = row.activity(&solved.values) - row.low <= BINDING_SLACK;
            *idle = if is_binding { 0 } else { *idle + 1 };
        }
        Ok(solved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Minimize x + y with x + y ≥ 1. The row "x ≥ k" is learned for k = 1, 2, .. 200, one at a time, so that only the
    /// latest binds: the cost is always k, and idle rows are gone.
    #[test]
    fn rows_that_do_not_bind_are_forgotten_and_the_answer_stays() {
        let mut program = LinearProgram::default();
        let x = program.add_continuous(1.0, 0.0, f64::INFINITY);
        let y = program.add_continuous(1.0, 0.0, f64::INFINITY);
        program.add_at_least("demand", vec![(x, 1.0), (y, 1.0)], 1.0);
        let mut lp = PurgedLp::new(&program, 1);
        assert_eq!(lp.solve().unwrap().cost, 1.0);
        for k in 1..=200 {
            lp.add_row(&Constraint::at_least("learned", vec![(x, 1.0)], f64::from(k)));
            let solved = lp.solve().unwrap();
            assert!((solved.cost - f64::from(k)).abs() < 1e-9, "{k}: {}", solved.cost);
        }
        assert!(lp.learned.len() <= MAX_NEW_ROWS + IDLE_AFTER as usize + 1, "{}", lp.learned.len());
        // Bounds outlive the opening anew.
        lp.set_bounds(y, 3.0, 3.0);
        lp.n_new = MAX_NEW_ROWS + 1;
        assert!((lp.solve().unwrap().cost - 203.0).abs() < 1e-9);
    }

    /// Nothing bounds y, which costs nothing: the tableau has no place for it. minimize x, x ≥ 0.5, then x ≥ 0.75.
    #[test]
    fn what_the_tableau_cannot_solve_goes_to_the_other_solver() {
        let mut program = LinearProgram::default();
        let x = program.add_continuous(1.0, 0.0, 1.0);
        program.add_continuous(0.0, f64::NEG_INFINITY, f64::INFINITY);
        program.add_at_least("demand", vec![(x, 1.0)], 0.5);
        assert!(matches!(TableauLp::new(&program).solve(), Err(SolverError::NoAnswer(_))));
        let mut lp = PurgedLp::new(&program, 1);
        assert_eq!(lp.solve().unwrap().cost, 0.5);
        lp.add_row(&Constraint::at_least("learned", vec![(x, 1.0)], 0.75));
        assert_eq!(lp.solve().unwrap().cost, 0.75);
    }
}
