//! The solver behind `good_lp`: HiGHS, or microlp where the build has no other.

#[cfg(all(feature = "microlp", not(feature = "highs")))]
use good_lp::solvers::microlp::microlp as backend;
use good_lp::{Expression, ProblemVariables, ResolutionError, Solution, SolverModel, Variable, variable};

use super::live::LiveProgram;
use super::lp::{Constraint, LinearProgram};

#[cfg(not(any(feature = "highs", feature = "microlp")))]
compile_error!("choose a solver: build with the feature `highs` (the default) or `microlp`");

/// How far to go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effort {
    /// Integer columns may be fractional.
    pub is_relaxed: bool,
    /// Relative gap at which an integer solution is good enough.
    pub mip_gap: f64,
    /// Branch-and-bound nodes after which the best solution so far is taken; a count, not a time, so that the same
    /// input gives the same plan on any machine.
    pub max_nodes: i32,
}

/// A solution.
#[derive(Debug, Clone, PartialEq)]
pub struct Solved {
    pub values: Vec<f64>,
    /// No other solution costs less by more than the gap asked for.
    pub is_proven: bool,
    /// No solution costs less, as far as is proven; minus infinity when nothing is.
    pub bound: f64,
}

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

/// Name of the solver in use.
#[must_use]
pub fn name() -> &'static str {
    if cfg!(feature = "highs") { "HiGHS" } else { "microlp" }
}

/// Minimizes the program under its own rows and `bounds`.
///
/// # Errors
/// [`SolverError::Infeasible`] when it is proven that no point satisfies the rows; [`SolverError::NoAnswer`] when the
/// solver ends in any other way without a point.
pub fn solve<'a>(
    program: &'a LinearProgram,
    bounds: impl Iterator<Item = &'a Constraint>,
    effort: &Effort,
) -> Result<Solved, SolverError> {
    let mut problem = ProblemVariables::new();
    let columns: Vec<Variable> = program
        .variables
        .iter()
        .map(|v| {
            let definition = variable().bounds(v.low..=v.high);
            problem.add(if v.is_integer && !effort.is_relaxed { definition.integer() } else { definition })
        })
        .collect();
    let expression = |terms: &mut dyn Iterator<Item = (usize, f64)>| -> Expression {
        terms.map(|(column, factor)| factor * columns[column]).sum()
    };
    let mut costs =
        program.variables.iter().enumerate().filter(|(_, v)| v.cost != 0.0).map(|(c, v)| (c, v.cost));
    let mut model = configured(problem.minimise(expression(&mut costs)), effort)?;
    for row in program.constraints.iter().chain(bounds) {
        let terms = || expression(&mut row.terms.iter().copied());
        if row.low == row.high {
            model.add_constraint(terms().eq(row.low));
            continue;
        }
        if row.low.is_finite() {
            model.add_constraint(terms().geq(row.low));
        }
        if row.high.is_finite() {
            model.add_constraint(terms().leq(row.high));
        }
    }
    let has_integers = !effort.is_relaxed && program.n_integers() > 0;
    match model.solve() {
        Ok(solution) => {
            let is_cut_short = matches!(solution.status(), good_lp::solvers::SolutionStatus::TimeLimit);
            let is_proven = !has_integers || !is_cut_short;
            let values: Vec<f64> = columns.iter().map(|&c| solution.value(c)).collect();
            // good_lp does not tell the bound that was proven.
            let gap = if has_integers { effort.mip_gap } else { 0.0 };
            let cost = program.cost(&values);
            let bound = if is_proven { cost - gap * cost.abs() } else { f64::NEG_INFINITY };
            Ok(Solved { values, is_proven, bound })
        }
        Err(ResolutionError::Infeasible) => Err(SolverError::Infeasible),
        Err(other) => Err(SolverError::NoAnswer(other.to_string())),
    }
}

/// One thread and a fixed seed: same input, same plan.
#[cfg(feature = "highs")]
fn configured(
    problem: good_lp::variable::UnsolvedProblem,
    effort: &Effort,
) -> Result<good_lp::solvers::highs::HighsProblem, SolverError> {
    let no_answer = |e: good_lp::solvers::MipGapError| SolverError::NoAnswer(format!("{e:?}"));
    problem
        .using(good_lp::solvers::highs::highs)
        .set_threads(1)
        .set_option("random_seed", 1)
        .set_option("mip_max_nodes", effort.max_nodes)
        .set_mip_rel_gap(effort.mip_gap as f32)
        .map_err(no_answer)
}

/// microlp has neither threads nor a seed; its gap is exact.
#[cfg(all(feature = "microlp", not(feature = "highs")))]
fn configured(
    problem: good_lp::variable::UnsolvedProblem,
    _effort: &Effort,
) -> Result<good_lp::solvers::microlp::MicroLpProblem, SolverError> {
    Ok(problem.using(backend))
}

/// Opens a session on a program whose integers may be fractional.
#[must_use]
pub fn open(program: &LinearProgram) -> Box<dyn LiveProgram> {
    #[cfg(feature = "highs")]
    return Box::new(Warm::new(program));
    #[cfg(not(feature = "highs"))]
    return Box::new(super::live::Rebuilt { program: program.clone() });
}

/// A HiGHS session: rows and columns are added to the model as it is, and the next solution starts from the last basis.
#[cfg(feature = "highs")]
pub struct Warm {
    /// Taken while it is being solved.
    model: Option<highs::Model>,
    columns: Vec<highs::Col>,
    rows: Vec<highs::Row>,
}

#[cfg(feature = "highs")]
impl Warm {
    /// Opens a session on a program whose integers may be fractional.
    #[must_use]
    pub fn new(program: &LinearProgram) -> Self {
        let mut model = highs::ColProblem::default().optimise(highs::Sense::Minimise);
        model.make_quiet();
        model.set_option("threads", 1);
        model.set_option("random_seed", 1);
        let mut session = Self { model: Some(model), columns: Vec::new(), rows: Vec::new() };
        for variable in &program.variables {
            session.add_column(variable.cost, variable.low, variable.high, &[]);
        }
        program.constraints.iter().for_each(|row| session.add_row(row));
        session
    }
}

#[cfg(feature = "highs")]
impl LiveProgram for Warm {
    fn add_column(&mut self, cost: f64, low: f64, high: f64, terms: &[(usize, f64)]) {
        let terms: Vec<(highs::Row, f64)> =
            terms.iter().map(|&(row, factor)| (self.rows[row], factor)).collect();
        if let Some(model) = &mut self.model {
            self.columns.push(model.add_col(cost, low..=high, terms));
        }
    }

    fn add_row(&mut self, row: &Constraint) {
        let terms: Vec<(highs::Col, f64)> =
            row.terms.iter().map(|&(column, factor)| (self.columns[column], factor)).collect();
        if let Some(model) = &mut self.model {
            self.rows.push(model.add_row(row.low..=row.high, terms));
        }
    }

    fn set_bounds(&mut self, column: usize, low: f64, high: f64) {
        if let Some(model) = &mut self.model {
            model.change_column_bounds(self.columns[column], low..=high);
        }
    }

    fn solve(&mut self) -> Result<super::live::Priced, SolverError> {
        let lost = || SolverError::NoAnswer("the session was lost".to_owned());
        let model = self.model.take().ok_or_else(lost)?;
        let solved = model.try_solve().map_err(|status| SolverError::NoAnswer(format!("{status:?}")))?;
        let status = solved.status();
        let outcome = match status {
            highs::HighsModelStatus::Optimal => {
                let solution = solved.get_solution();
                Ok(super::live::Priced {
                    values: solution.columns().to_vec(),
                    row_prices: solution.dual_rows().to_vec(),
                    cost: solved.objective_value(),
                })
            }
            highs::HighsModelStatus::Infeasible => Err(SolverError::Infeasible),
            other => Err(SolverError::NoAnswer(format!("{other:?}"))),
        };
        self.model = Some(solved.into());
        outcome
    }
}
