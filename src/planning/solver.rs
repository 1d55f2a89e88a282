//! The solver behind `good_lp`: HiGHS, or microlp in a build without HiGHS; and a tableau for small linear programs that are
//! solved again and again.

pub mod branch_and_bound;
mod dual;
pub mod incremental;
pub mod purged;
mod scaling;
#[cfg(feature = "highs")]
mod status;
pub mod tableau;
#[cfg(feature = "highs")]
mod warm;

#[cfg(feature = "highs")]
use good_lp::solvers::highs::highs as backend;
use good_lp::{Expression, ProblemVariables, SolverModel, Variable, variable};
#[cfg(all(feature = "microlp", not(feature = "highs")))]
use good_lp::{ResolutionError, Solution, solvers::microlp::microlp as backend};

use super::formulation::linear_program::{Constraint, LinearProgram};
use dual::Dual;
pub use incremental::SolverError;
use incremental::{IncrementalLp, LpSolution};
use scaling::{factor_of, scaled};

#[cfg(not(any(feature = "highs", feature = "microlp")))]
compile_error!("choose a solver: build with the feature `highs` (the default) or `microlp`");

/// Simplex iterations of one linear program, at most.
#[cfg(feature = "highs")]
const MAX_SIMPLEX_ITERATIONS: i32 = 500_000;

/// When the solver may stop, and from where it starts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SolveLimits<'a> {
    /// Whether integer variables may be fractional.
    pub is_relaxed: bool,
    /// Relative gap at which an integer solution is accepted.
    pub mip_gap: f64,
    /// Branch-and-bound nodes after which the best solution so far is returned. A count, not a time, so that the same
    /// input gives the same plan on any machine.
    pub max_nodes: i32,
    /// Whether the root is solved anew once many variables are fixed, which pays in a long search.
    pub may_restart: bool,
    /// Starting values of the first variables, of which only the integers count. Empty: no start.
    pub start: &'a [f64],
}

/// A solution.
#[derive(Debug, Clone, PartialEq)]
pub struct Solved {
    /// `[n_variables]`
    pub values: Vec<f64>,
    /// Proven lower bound on the cost of every solution; minus infinity if nothing is proven.
    pub bound: f64,
    /// Simplex iterations of all branches: a measure of work that is the same on any machine.
    pub n_iterations: u64,
}

/// Whether the solver can stop before the optimum, with the best solution so far and a bound.
pub const STOPS_EARLY: bool = cfg!(feature = "highs");

/// Name of the solver in use.
#[must_use]
pub fn name() -> &'static str {
    if cfg!(feature = "highs") { "HiGHS" } else { "microlp" }
}

/// Minimizes the program under its own rows and `cuts`.
///
/// # Errors
/// [`SolverError::Infeasible`] when it is proven that no point satisfies the rows; [`SolverError::NoAnswer`] when the
/// solver ends without a solution for any other reason.
pub fn solve<'a>(
    program: &'a LinearProgram,
    cuts: impl Iterator<Item = &'a Constraint>,
    limits: &SolveLimits<'_>,
) -> Result<Solved, SolverError> {
    let mut problem = ProblemVariables::new();
    let variables: Vec<Variable> = program
        .variables
        .iter()
        .map(|v| {
            let definition = variable().bounds(v.low..=v.high);
            problem.add(if v.is_integer && !limits.is_relaxed { definition.integer() } else { definition })
        })
        .collect();
    // A semicontinuous variable is written with a binary variable: 0, or from its smallest value to its largest.
    let small = program.variables.iter().enumerate().filter(|(_, v)| v.smallest > 0.0 && !limits.is_relaxed);
    let small: Vec<(usize, f64, Variable)> = small
        .map(|(at, v)| {
            let bounds = indicator(v.low)..=indicator(v.high);
            (at, v.smallest, problem.add(variable().integer().bounds(bounds)))
        })
        .collect();
    let expression = |terms: &mut dyn Iterator<Item = (usize, f64)>| -> Expression {
        terms.map(|(variable, factor)| factor * variables[variable]).sum()
    };
    let mut costs =
        program.variables.iter().enumerate().filter(|(_, v)| v.cost != 0.0).map(|(c, v)| (c, v.cost));
    let mut model = problem.minimise(expression(&mut costs)).using(backend);
    for row in program.constraints.iter().chain(cuts) {
        let by = factor_of(row);
        let terms = || expression(&mut scaled(row, by));
        if row.low == row.high {
            model.add_constraint(terms().eq(row.low * by));
            continue;
        }
        if row.low.is_finite() {
            model.add_constraint(terms().geq(row.low * by));
        }
        if row.high.is_finite() {
            model.add_constraint(terms().leq(row.high * by));
        }
    }
    for &(at, smallest, is_used) in &small {
        model.add_constraint((variables[at] - smallest * is_used).geq(0.0));
        model.add_constraint((variables[at] - is_used).leq(0.0));
    }
    let start = started(program, &small, limits.start);
    let limits = &SolveLimits { start: &start, ..*limits };
    let has_integers = !limits.is_relaxed && program.n_integers() > 0;
    let Minimum { values, gap, n_iterations } = minimum(model, &variables, has_integers, limits)?;
    let cost = program.cost(&values);
    let bound = if gap.is_finite() { cost - gap * cost.abs() } else { f64::NEG_INFINITY };
    Ok(Solved { values, bound, n_iterations })
}

/// 1 for a positive value, else 0.
fn indicator(value: f64) -> f64 {
    if value > 0.0 { 1.0 } else { 0.0 }
}

/// Starting values of all variables of the backend; empty without a start.
fn started(program: &LinearProgram, small: &[(usize, f64, Variable)], start: &[f64]) -> Vec<f64> {
    if start.is_empty() {
        return Vec::new();
    }
    let mut all = start.to_vec();
    all.resize(program.variables.len(), 0.0);
    all.extend(small.iter().map(|&(at, ..)| indicator(all[at])).collect::<Vec<_>>());
    all
}

/// What a backend returns.
struct Minimum {
    /// `[n_variables]`
    values: Vec<f64>,
    /// Relative gap between the cost and the proven bound; infinite if nothing is proven.
    gap: f64,
    n_iterations: u64,
}

/// Runs on one thread with a fixed seed, so that the same input gives the same plan. Calls HiGHS directly, because
/// good_lp does not return the gap.
#[cfg(feature = "highs")]
fn minimum(
    model: good_lp::solvers::highs::HighsProblem,
    variables: &[Variable],
    has_integers: bool,
    limits: &SolveLimits<'_>,
) -> Result<Minimum, SolverError> {
    use highs::{HighsModelStatus, HighsSolutionStatus};
    let no_answer = |reason: &str| SolverError::NoAnswer(reason.to_owned());
    let mut model = model.try_into_inner().map_err(|_| no_answer(status::REFUSED))?;
    model.set_option("threads", 1);
    model.set_option("random_seed", 1);
    model.set_option("mip_max_nodes", limits.max_nodes);
    model.set_option("mip_rel_gap", limits.mip_gap);
    model.set_option("mip_allow_restart", limits.may_restart);
    model.set_option("simplex_iteration_limit", MAX_SIMPLEX_ITERATIONS);
    if has_integers && !limits.start.is_empty() {
        // An unusable start is ignored.
        let _ = model.try_set_solution(Some(limits.start), None, None, None);
    }
    let solved = model.try_solve().map_err(|_| no_answer(status::REFUSED))?;
    match solved.status() {
        HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible => {
            return Err(SolverError::Infeasible);
        }
        HighsModelStatus::Optimal => {}
        HighsModelStatus::ReachedSolutionLimit if has_integers => {}
        other => return Err(no_answer(status::reason(other))),
    }
    if solved.primal_solution_status() != HighsSolutionStatus::Feasible {
        return Err(no_answer(status::reason(solved.status())));
    }
    let gap = if has_integers { solved.mip_gap() } else { 0.0 };
    let n_iterations = u64::try_from(solved.simplex_iteration_count()).unwrap_or(0);
    Ok(Minimum { values: solved.get_solution().columns()[..variables.len()].to_vec(), gap, n_iterations })
}

/// microlp has neither threads nor a seed, and stops only at the optimum.
#[cfg(all(feature = "microlp", not(feature = "highs")))]
fn minimum(
    model: good_lp::solvers::microlp::MicroLpProblem,
    variables: &[Variable],
    _has_integers: bool,
    _limits: &SolveLimits<'_>,
) -> Result<Minimum, SolverError> {
    let solution = model.solve().map_err(|error| match error {
        ResolutionError::Infeasible => SolverError::Infeasible,
        other => SolverError::NoAnswer(other.to_string()),
    })?;
    Ok(Minimum { values: variables.iter().map(|&c| solution.value(c)).collect(), gap: 0.0, n_iterations: 0 })
}

/// Opens an incremental LP whose solves take few pivots each: the program with its integers relaxed.
#[must_use]
pub fn open(program: &LinearProgram) -> Box<dyn IncrementalLp> {
    #[cfg(feature = "highs")]
    return Box::new(warm::WarmLp::new(program, warm::Pivots::Few));
    #[cfg(not(feature = "highs"))]
    return Box::new(ColdLp { program: program.clone() });
}

/// Opens an incremental LP whose solves take hundreds of pivots each, or more.
#[must_use]
pub fn open_large(program: &LinearProgram) -> Box<dyn IncrementalLp> {
    #[cfg(feature = "highs")]
    return Box::new(warm::WarmLp::new(program, warm::Pivots::Many));
    #[cfg(not(feature = "highs"))]
    return open(program);
}

/// The fallback for solvers that return no dual values: solves the LP and its dual from scratch each time.
#[derive(Debug, Clone)]
pub struct ColdLp {
    pub program: LinearProgram,
}

impl IncrementalLp for ColdLp {
    fn add_column(&mut self, cost: f64, low: f64, high: f64, terms: &[(usize, f64)]) {
        let variable = self.program.add_continuous(cost, low, high);
        for &(row, factor) in terms {
            self.program.constraints[row].terms.push((variable, factor));
        }
    }

    fn add_row(&mut self, row: &Constraint) {
        self.program.constraints.push(row.clone());
    }

    fn set_cost(&mut self, variable: usize, cost: f64) {
        self.program.variables[variable].cost = cost;
    }

    fn set_bounds(&mut self, variable: usize, low: f64, high: f64) {
        (self.program.variables[variable].low, self.program.variables[variable].high) = (low, high);
    }

    fn solve(&mut self) -> Result<LpSolution, SolverError> {
        let limits =
            SolveLimits { is_relaxed: true, mip_gap: 0.0, max_nodes: 0, may_restart: false, start: &[] };
        let solved = solve(&self.program, std::iter::empty(), &limits)?;
        let dual = Dual::of(&self.program);
        let dual_solution = solve(&dual.program, std::iter::empty(), &limits)?;
        let cost = self.program.cost(&solved.values);
        Ok(LpSolution {
            row_duals: dual.row_duals(&dual_solution.values),
            values: solved.values,
            cost,
            n_iterations: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::tableau::TableauLp;
    use super::*;

    /// minimize 2x + 3y, x + y ≥ 4, y ≤ 10: x = 4, cost 8. With the row x ≤ 3: x = 3, y = 1, cost 9. One more unit of
    /// demand costs 3; one more of x saves 1. A third variable at cost 1 in the demand row replaces both: cost 4.
    #[test]
    fn a_row_dual_is_what_one_more_unit_costs() {
        let mut program = LinearProgram::default();
        let x = program.add_continuous(2.0, 0.0, f64::INFINITY);
        let y = program.add_continuous(3.0, 0.0, 10.0);
        program.add_at_least("demand", vec![(x, 1.0), (y, 1.0)], 4.0);
        let limit = Constraint::at_most("limit", vec![(x, 1.0)], 3.0);
        let sessions: [Box<dyn IncrementalLp>; 4] = [
            open(&program),
            open_large(&program),
            Box::new(ColdLp { program: program.clone() }),
            Box::new(TableauLp::new(&program)),
        ];
        for mut session in sessions {
            assert_eq!(session.solve().unwrap().cost, 8.0);
            session.add_row(&limit);
            let solved = session.solve().unwrap();
            assert!((solved.cost - 9.0).abs() < 1e-9 && (solved.values[0] - 3.0).abs() < 1e-9);
            assert!((solved.row_duals[0] - 3.0).abs() < 1e-9 && (solved.row_duals[1] + 1.0).abs() < 1e-9);
            session.add_column(1.0, 0.0, 9.0, &[(0, 1.0)]);
            let solved = session.solve().unwrap();
            assert!((solved.cost - 4.0).abs() < 1e-9 && (solved.values[2] - 4.0).abs() < 1e-9);
        }
    }
}
