//! A linear program that stays open: rows and columns are added, and the next solution starts from the last.

use super::SolverError;
use crate::planning::formulation::linear_program::{Constraint, LinearProgram};

/// A solution with what its rows are worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Priced {
    /// `[n_columns]`
    pub values: Vec<f64>,
    /// `[n_rows]`: change of the least cost per unit by which the row's binding side rises; 0 where it does not bind.
    pub row_prices: Vec<f64>,
    pub cost: f64,
}

/// A session with a solver.
pub trait LiveProgram {
    /// Adds a column without terms in any row yet known.
    fn add_column(&mut self, cost: f64, low: f64, high: f64, terms: &[(usize, f64)]);
    /// Adds a row.
    fn add_row(&mut self, row: &Constraint);
    /// Sets what a unit of a column costs.
    fn set_cost(&mut self, column: usize, cost: f64);
    /// Lets a column be from `low` to `high`.
    fn set_bounds(&mut self, column: usize, low: f64, high: f64);
    /// Minimizes.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    fn solve(&mut self) -> Result<Priced, SolverError>;
}

/// A session that solves from scratch, and its dual beside it: for solvers that tell no prices.
#[derive(Debug, Clone)]
pub struct Rebuilt {
    pub program: LinearProgram,
}

impl LiveProgram for Rebuilt {
    fn add_column(&mut self, cost: f64, low: f64, high: f64, terms: &[(usize, f64)]) {
        let column = self.program.add_continuous(cost, low, high);
        for &(row, factor) in terms {
            self.program.constraints[row].terms.push((column, factor));
        }
    }

    fn add_row(&mut self, row: &Constraint) {
        self.program.constraints.push(row.clone());
    }

    fn set_cost(&mut self, column: usize, cost: f64) {
        self.program.variables[column].cost = cost;
    }

    fn set_bounds(&mut self, column: usize, low: f64, high: f64) {
        (self.program.variables[column].low, self.program.variables[column].high) = (low, high);
    }

    fn solve(&mut self) -> Result<Priced, SolverError> {
        let effort =
            crate::planning::solver::Effort { is_relaxed: true, mip_gap: 0.0, max_nodes: 0, start: &[] };
        let solved = crate::planning::solver::solve(&self.program, std::iter::empty(), &effort)?;
        let dual = Dual::of(&self.program);
        let prices = crate::planning::solver::solve(&dual.program, std::iter::empty(), &effort)?;
        let cost = self.program.cost(&solved.values);
        Ok(Priced { row_prices: dual.row_prices(&prices.values), values: solved.values, cost })
    }
}

/// The dual of a linear program, with where each row's price stands in it.
struct Dual {
    program: LinearProgram,
    /// By row: columns of the prices of its lower and its upper side.
    sides: Vec<(Option<usize>, Option<usize>)>,
}

impl Dual {
    /// maximize Σ side × price subject to Σ row prices + bound prices = cost, column by column.
    fn of(primal: &LinearProgram) -> Self {
        let mut program = LinearProgram::default();
        let mut side = |bound: f64, sign: f64| {
            bound.is_finite().then(|| program.add_continuous(-sign * bound, 0.0, f64::INFINITY))
        };
        let sides: Vec<_> =
            primal.constraints.iter().map(|row| (side(row.low, 1.0), side(row.high, -1.0))).collect();
        let bounds: Vec<_> =
            primal.variables.iter().map(|v| (side(v.low, 1.0), side(v.high, -1.0))).collect();
        let mut terms: Vec<Vec<(usize, f64)>> = vec![Vec::new(); primal.variables.len()];
        let mut push = |column: usize, (low, high): (Option<usize>, Option<usize>), factor: f64| {
            terms[column].extend(low.map(|price| (price, factor)));
            terms[column].extend(high.map(|price| (price, -factor)));
        };
        for (row, &sides) in primal.constraints.iter().zip(&sides) {
            row.terms.iter().for_each(|&(column, factor)| push(column, sides, factor));
        }
        bounds.iter().enumerate().for_each(|(column, &sides)| push(column, sides, 1.0));
        for (terms, variable) in terms.into_iter().zip(&primal.variables) {
            program.add_equal("dual", terms, variable.cost);
        }
        Self { program, sides }
    }

    fn row_prices(&self, values: &[f64]) -> Vec<f64> {
        let value = |side: Option<usize>| side.map_or(0.0, |column| values[column]);
        self.sides.iter().map(|&(low, high)| value(low) - value(high)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::solver::open;

    /// minimize 2x + 3y, x + y ≥ 4, x ≤ 3 (a row), y ≤ 10: x = 3, y = 1, cost 9. One more of demand costs 3; one more of x
    /// saves 1. A third column at 1 with the same demand row takes all: cost 4.
    #[test]
    fn prices_are_what_one_more_costs() {
        let mut program = LinearProgram::default();
        let x = program.add_continuous(2.0, 0.0, f64::INFINITY);
        let y = program.add_continuous(3.0, 0.0, 10.0);
        program.add_at_least("demand", vec![(x, 1.0), (y, 1.0)], 4.0);
        let limit = Constraint::at_most("limit", vec![(x, 1.0)], 3.0);
        let sessions: [Box<dyn LiveProgram>; 2] =
            [open(&program), Box::new(Rebuilt { program: program.clone() })];
        for mut session in sessions {
            assert_eq!(session.solve().unwrap().cost, 8.0);
            session.add_row(&limit);
            let priced = session.solve().unwrap();
            assert!((priced.cost - 9.0).abs() < 1e-9 && (priced.values[0] - 3.0).abs() < 1e-9);
            assert!((priced.row_prices[0] - 3.0).abs() < 1e-9 && (priced.row_prices[1] + 1.0).abs() < 1e-9);
            session.add_column(1.0, 0.0, 9.0, &[(0, 1.0)]);
            let priced = session.solve().unwrap();
            assert!((priced.cost - 4.0).abs() < 1e-9 && (priced.values[2] - 4.0).abs() < 1e-9);
        }
    }
}
