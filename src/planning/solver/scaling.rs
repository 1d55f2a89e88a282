//! Rows whose factors are too large for the solver are multiplied with a power of two, which rounds nothing.

use crate::planning::formulation::linear_program::{Constraint, VariableIdx};

/// The largest factor that is passed on as it is. HiGHS refuses factors above 1e15.
const LARGEST: f64 = 1e9;

/// What the row is multiplied with: 1 unless some factor is too large.
pub(super) fn factor_of(row: &Constraint) -> f64 {
    let largest = row.terms.iter().map(|term| term.1.abs()).fold(0.0, f64::max);
    if largest <= LARGEST || !largest.is_finite() { 1.0 } else { (LARGEST / largest).log2().floor().exp2() }
}

/// The row's terms, multiplied.
pub(super) fn scaled(row: &Constraint, by: f64) -> impl Iterator<Item = (VariableIdx, f64)> + '_ {
    row.terms.iter().map(move |&(variable, factor)| (variable, factor * by))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::formulation::linear_program::LinearProgram;
    use crate::planning::solver::open;

    /// minimize x, 4e16 x + y ≥ 8e16, y ≤ 1: x = 2 and one more unit on the right costs 1 / 4e16.
    #[test]
    fn a_row_with_huge_factors_is_scaled_and_its_dual_is_scaled_back() {
        let mut lp = LinearProgram::default();
        let (x, y) = (lp.add_continuous(1.0, 0.0, f64::INFINITY), lp.add_continuous(0.0, 0.0, 1.0));
        lp.add_at_least("huge", vec![(x, 4e16), (y, 1.0)], 8e16);
        let solved = open(&lp).solve().unwrap();
        assert!((solved.values[x] - 2.0).abs() < 1e-6, "{solved:?}");
        assert!((solved.row_duals[0] * 4e16 - 1.0).abs() < 1e-6, "{solved:?}");
        assert_eq!(factor_of(&Constraint::at_most("plain", vec![(x, 1e9)], 1.0)), 1.0);
    }

    /// No number of HiGHS is infinite, so a program with one is refused instead of ending the process.
    #[cfg(feature = "highs")]
    #[test]
    fn what_the_solver_refuses_is_an_error_and_no_panic() {
        let mut lp = LinearProgram::default();
        let x = lp.add_continuous(1.0, 0.0, 1.0);
        lp.add_at_least("endless", vec![(x, f64::INFINITY)], 1.0);
        assert!(open(&lp).solve().is_err());
        let mut session = open(&LinearProgram { constraints: Vec::new(), ..lp });
        session.set_cost(x, f64::INFINITY);
        assert!(session.solve().is_err());
    }
}
