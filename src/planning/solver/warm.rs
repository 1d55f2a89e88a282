//! A warm-started LP in HiGHS.

use super::incremental::{IncrementalLp, LpSolution};
use super::scaling::{factor_of, scaled};
use super::status::{REFUSED, reason};
use super::{MAX_SIMPLEX_ITERATIONS, SolverError};
use crate::planning::formulation::linear_program::{Constraint, LinearProgram};

/// Costs and bounds from which HiGHS takes a number for infinite.
const INFINITE: f64 = 1e20;

/// The rule by which the dual simplex method of HiGHS chooses the row of a pivot.
const LARGEST_INFEASIBILITY: i32 = 0;
/// Strategies of the simplex method in HiGHS.
const DUAL_SIMPLEX: i32 = 1;
const PRIMAL_SIMPLEX: i32 = 4;

/// How many pivots a solve takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pivots {
    /// Some dozens: a small program, or little changes between solves.
    Few,
    /// Hundreds or thousands.
    Many,
}

/// A warm-started LP in HiGHS: rows and variables are added to the open model, and each solve starts from the last
/// basis.
pub struct WarmLp {
    /// `None` during a solve, and after one that failed.
    model: Option<highs::Model>,
    variables: Vec<highs::Col>,
    rows: Vec<highs::Row>,
    /// `[n_rows]`: what each row is multiplied with.
    factors: Vec<f64>,
}

impl WarmLp {
    /// Opens the program with its integers relaxed.
    #[must_use]
    pub fn new(program: &LinearProgram, pivots: Pivots) -> Self {
        let mut model = highs::ColProblem::default().optimise(highs::Sense::Minimise);
        model.make_quiet();
        model.set_option("threads", 1);
        model.set_option("random_seed", 1);
        // Each solve starts from the last basis, which presolve would lose.
        model.set_option("presolve", "off");
        if pivots == Pivots::Few {
            // The weights of steepest edge cost more than they save.
            model.set_option("simplex_dual_edge_weight_strategy", LARGEST_INFEASIBILITY);
        }
        model.set_option("simplex_iteration_limit", MAX_SIMPLEX_ITERATIONS);
        let mut session =
            Self { model: Some(model), variables: Vec::new(), rows: Vec::new(), factors: Vec::new() };
        for variable in &program.variables {
            session.add_column(variable.cost, variable.low, variable.high, &[]);
        }
        program.constraints.iter().for_each(|row| session.add_row(row));
        session
    }

    fn outcome(&self, solved: &highs::SolvedModel) -> Result<LpSolution, SolverError> {
        match solved.status() {
            highs::HighsModelStatus::Optimal => {
                let solution = solved.get_solution();
                let row_duals = solution.dual_rows().iter().zip(&self.factors).map(|(dual, by)| dual * by);
                let n_iterations = u64::try_from(solved.simplex_iteration_count()).unwrap_or(0);
                Ok(LpSolution {
                    n_iterations,
                    row_duals: row_duals.collect(),
                    values: solution.columns().to_vec(),
                    cost: solved.objective_value(),
                })
            }
            highs::HighsModelStatus::Infeasible => Err(SolverError::Infeasible),
            other => Err(SolverError::NoAnswer(reason(other).to_owned())),
        }
    }
}

/// What HiGHS refuses ends the session; the next solve says so.
impl IncrementalLp for WarmLp {
    fn add_column(&mut self, cost: f64, low: f64, high: f64, terms: &[(usize, f64)]) {
        let Some(model) = &mut self.model else { return };
        let terms = terms.iter().map(|&(row, factor)| (self.rows[row], factor * self.factors[row]));
        match model.try_add_column(cost, low..=high, terms) {
            Ok(variable) => self.variables.push(variable),
            Err(_) => self.model = None,
        }
    }

    fn add_row(&mut self, row: &Constraint) {
        let Some(model) = &mut self.model else { return };
        let by = factor_of(row);
        let terms = scaled(row, by).map(|(variable, factor)| (self.variables[variable], factor));
        match model.try_add_row(row.low * by..=row.high * by, terms) {
            Ok(row) => {
                self.rows.push(row);
                self.factors.push(by);
            }
            Err(_) => self.model = None,
        }
    }

    fn set_cost(&mut self, variable: usize, cost: f64) {
        match &mut self.model {
            Some(model) if cost.abs() < INFINITE => model.change_column_cost(self.variables[variable], cost),
            _ => self.model = None,
        }
    }

    fn set_bounds(&mut self, variable: usize, low: f64, high: f64) {
        match &mut self.model {
            Some(model) if !low.is_nan() && !high.is_nan() => {
                model.change_column_bounds(self.variables[variable], low..=high);
            }
            _ => self.model = None,
        }
    }

    fn solve(&mut self) -> Result<LpSolution, SolverError> {
        let refused = || SolverError::NoAnswer(REFUSED.to_owned());
        let mut model = self.model.take().ok_or_else(refused)?;
        let mut solved = model.try_solve().map_err(|_| refused())?;
        let was_unclear = is_unclear(solved.status());
        for method in OTHER_METHODS {
            if is_unclear(solved.status()) {
                model = solved.into();
                method.choose(&mut model);
                solved = model.try_solve().map_err(|_| refused())?;
            }
        }
        let outcome = self.outcome(&solved);
        model = solved.into();
        if was_unclear {
            LpMethod::Dual.choose(&mut model);
        }
        self.model = Some(model);
        outcome
    }
}

/// How a program is solved.
#[derive(Clone, Copy)]
enum LpMethod {
    /// The dual simplex method from the last basis.
    Dual,
    /// The primal simplex method from the last basis.
    Primal,
    /// Interior points, from nowhere, then a basis.
    Interior,
}

/// What is tried in turn where the dual method cannot tell, which happens where numbers lie far apart.
const OTHER_METHODS: [LpMethod; 2] = [LpMethod::Primal, LpMethod::Interior];

impl LpMethod {
    fn choose(self, model: &mut highs::Model) {
        let (solver, strategy) = match self {
            Self::Dual => ("choose", DUAL_SIMPLEX),
            Self::Primal => ("choose", PRIMAL_SIMPLEX),
            Self::Interior => ("ipm", DUAL_SIMPLEX),
        };
        model.set_option("solver", solver);
        model.set_option("simplex_strategy", strategy);
    }
}

/// Whether HiGHS neither found the optimum nor proved that there is none, short of its limits.
fn is_unclear(status: highs::HighsModelStatus) -> bool {
    use highs::HighsModelStatus::{SolveError, Unknown};
    matches!(status, SolveError | Unknown)
}
