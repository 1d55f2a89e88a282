//! Tests of the tableau: against corners, against the other solver, and where there is no answer.

use super::*;
use crate::planning::solver::open;

/// Numbers between 0 and 1 that look random.
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    /// A row through about as many points as it cuts off.
    fn row(&mut self, n_variables: usize) -> Constraint {
        let mut factor = |variable: usize| {
            let size = [0.0, 1.0, 1.0, 1000.0][self.below(4)];
            (variable, size * (self.unit() * 8.0 - 3.0).round())
        };
        let terms: Vec<_> = (0..n_variables).map(&mut factor).collect();
        let sum: f64 = terms.iter().map(|term| term.1).sum();
        let side = sum * self.unit();
        match self.below(5) {
            0 => Constraint::at_most("row", terms, side),
            1 => Constraint { low: side, high: side, ..Constraint::at_least("row", terms, 0.0) },
            2 => Constraint { high: side + 2.0, ..Constraint::at_least("row", terms, side - 1.0) },
            _ => Constraint::at_least("row", terms, side),
        }
    }
}

/// The least cost over the corners: points at which as many sides of rows and bounds hold as there are variables.
fn least_of_corners(program: &LinearProgram) -> Option<f64> {
    let n = program.variables.len();
    let mut sides: Vec<(Vec<f64>, f64)> = Vec::new();
    for (at, variable) in program.variables.iter().enumerate() {
        let unit: Vec<f64> = (0..n).map(|other| if other == at { 1.0 } else { 0.0 }).collect();
        sides.extend([variable.low, variable.high].map(|side| (unit.clone(), side)));
    }
    for row in &program.constraints {
        let mut all = vec![0.0; n];
        row.terms.iter().for_each(|&(variable, factor)| all[variable] = factor);
        sides.extend([row.low, row.high].map(|side| (all.clone(), side)));
    }
    sides.retain(|side| side.1.is_finite());
    let mut least: Option<f64> = None;
    for a in 0..sides.len() {
        for b in 0..a {
            for c in 0..b {
                let Some(point) = crossing([&sides[a], &sides[b], &sides[c]]) else { continue };
                let within = |low: f64, value: f64, high: f64| {
                    let off = 1e-9 * value.abs().max(1.0);
                    value >= low - off && value <= high + off
                };
                let is_feasible = program
                    .variables
                    .iter()
                    .zip(&point)
                    .all(|(v, x)| within(v.low, *x, v.high))
                    && program.constraints.iter().all(|row| within(row.low, row.activity(&point), row.high));
                if is_feasible {
                    let cost = program.cost(&point);
                    least = Some(least.map_or(cost, |least| least.min(cost)));
                }
            }
        }
    }
    least
}

/// The point at which three sides hold, by Cramer's rule.
fn crossing(sides: [&(Vec<f64>, f64); 3]) -> Option<Vec<f64>> {
    let determinant = |of: &dyn Fn(usize, usize) -> f64| {
        of(0, 0) * (of(1, 1) * of(2, 2) - of(1, 2) * of(2, 1))
            - of(0, 1) * (of(1, 0) * of(2, 2) - of(1, 2) * of(2, 0))
            + of(0, 2) * (of(1, 0) * of(2, 1) - of(1, 1) * of(2, 0))
    };
    let whole = determinant(&|row, column| sides[row].0[column]);
    let coordinate = |at: usize| {
        let of = |row: usize, column: usize| if column == at { sides[row].1 } else { sides[row].0[column] };
        determinant(&of) / whole
    };
    (whole.abs() > 1e-9).then(|| (0..3).map(coordinate).collect())
}

/// Programs of three variables, each changed many times: the cost is that of the best corner, and a program without a corner
/// is infeasible.
#[test]
fn tiny_programs_cost_what_their_best_corner_costs() {
    let mut random = Random(1);
    let (mut n_solved, mut n_infeasible) = (0, 0);
    for _ in 0..400 {
        let mut program = LinearProgram::default();
        for _ in 0..3 {
            program.add_continuous(random.unit() * 4.0 - 1.0, 0.0, 1.0 + random.below(2) as f64);
        }
        let mut lp = TableauLp::new(&program);
        for _ in 0..8 {
            match random.below(4) {
                0 => {
                    let (variable, low) = (random.below(3), random.below(2) as f64);
                    let high = low + random.below(2) as f64;
                    (program.variables[variable].low, program.variables[variable].high) = (low, high);
                    lp.set_bounds(variable, low, high);
                }
                1 => {
                    let (variable, cost) = (random.below(3), random.unit() * 4.0 - 1.0);
                    program.variables[variable].cost = cost;
                    lp.set_cost(variable, cost);
                }
                _ => {
                    program.constraints.push(random.row(3));
                    lp.add_row(&program.constraints[program.constraints.len() - 1]);
                }
            }
            match (lp.solve(), least_of_corners(&program)) {
                (Ok(solved), Some(least)) => {
                    n_solved += 1;
                    assert!((solved.cost - least).abs() < 1e-6, "{} and {least}: {program:?}", solved.cost);
                    assert!((program.cost(&solved.values) - solved.cost).abs() < 1e-9);
                    let rows = program.constraints.iter();
                    assert!(rows.map(|row| row.activity(&solved.values) - row.low).all(|off| off > -1e-5));
                }
                (Err(SolverError::Infeasible), None) => n_infeasible += 1,
                other => panic!("{other:?}: {program:?}"),
            }
        }
    }
    assert!(n_solved > 1000 && n_infeasible > 500, "{n_solved} {n_infeasible}");
}

/// Programs as large as pricing problems, with rows learned and dropped and bounds that are moved as by branching, agree with
/// the solver for programs of any size; a row's dual value is what a step of its side costs.
#[test]
fn larger_programs_cost_what_the_other_solver_says() {
    const N: usize = 40;
    let mut random = Random(2);
    let mut n_solved = 0;
    for _ in 0..24 {
        let mut program = LinearProgram::default();
        for _ in 0..N {
            program.add_continuous(
                random.unit() * 4.0 - 1.0,
                0.0,
                [1.0, 1.0, f64::INFINITY][random.below(3)],
            );
        }
        program.add_at_most("sum", (0..N).map(|variable| (variable, 1.0)).collect(), 12.0);
        let mut lp = TableauLp::new(&program);
        for step in 0..60 {
            let mut row = random.row(N);
            row.terms.retain(|_| random.unit() < 0.4);
            if row.low.is_finite() && row.high.is_infinite() {
                program.constraints.push(row);
                lp.add_row(&program.constraints[program.constraints.len() - 1]);
            }
            let variable = random.below(N);
            let (low, high) = [(0.0, 1.0), (0.0, 0.0), (1.0, 1.0)][random.below(6).min(2)];
            (program.variables[variable].low, program.variables[variable].high) = (low, high);
            lp.set_bounds(variable, low, high);
            let other = open(&program).solve();
            match (lp.solve(), &other) {
                (Ok(solved), Ok(other)) => {
                    n_solved += 1;
                    let off = 1e-6 * other.cost.abs().max(1.0);
                    assert!((solved.cost - other.cost).abs() < off, "{} and {}", solved.cost, other.cost);
                    if step % 10 == 9 {
                        let slack = |row: &Constraint| {
                            let activity = row.activity(&solved.values);
                            (activity - row.low).min(row.high - activity)
                        };
                        let is_idle: Vec<bool> =
                            program.constraints.iter().map(|row| slack(row) > 1e-6).collect();
                        assert!(lp.drop_rows(&|row| is_idle[row]));
                        let mut at = 0;
                        program.constraints.retain(|_| {
                            at += 1;
                            !is_idle[at - 1]
                        });
                        let again = lp.solve().unwrap();
                        assert!((again.cost - solved.cost).abs() < off && again.n_iterations == 0);
                        assert_eq!(again.row_duals.len(), program.constraints.len());
                    }
                }
                (Err(SolverError::Infeasible), Err(SolverError::Infeasible)) => break,
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(n_solved > 100, "{n_solved}");
}

/// Beale's program, in which the simplex method may go round in circles: the least is -0.05.
#[test]
fn a_program_that_can_cycle_ends() {
    let mut program = LinearProgram::default();
    for cost in [-0.75, 150.0, -0.02, 6.0] {
        program.add_continuous(cost, 0.0, f64::INFINITY);
    }
    let row = |factors: [f64; 4]| factors.into_iter().enumerate().collect::<Vec<_>>();
    program.add_at_most("a", row([0.25, -60.0, -0.04, 9.0]), 0.0);
    program.add_at_most("b", row([0.5, -90.0, -0.02, 3.0]), 0.0);
    program.add_at_most("c", vec![(2, 1.0)], 1.0);
    assert!((TableauLp::new(&program).solve().unwrap().cost + 0.05).abs() < 1e-9);
}

/// What has no finite answer is told, in a bounded number of steps.
#[test]
fn programs_without_an_answer_are_refused() {
    let mut program = LinearProgram::default();
    let x = program.add_continuous(-1.0, 0.0, f64::INFINITY);
    assert!(matches!(TableauLp::new(&program).solve(), Err(SolverError::NoAnswer(_))));
    program.add_at_most("limit", vec![(x, 2.0)], 6.0);
    assert_eq!(TableauLp::new(&program).solve().unwrap().cost, -3.0);
    program.add_at_least("more", vec![(x, 1.0)], 3.5);
    assert_eq!(TableauLp::new(&program).solve(), Err(SolverError::Infeasible));
    program.constraints.clear();
    program.add_at_least("endless", vec![(x, f64::INFINITY)], 1.0);
    assert!(matches!(TableauLp::new(&program).solve(), Err(SolverError::NoAnswer(_))));
    let mut empty = TableauLp::new(&LinearProgram::default());
    assert_eq!(empty.solve().unwrap().cost, 0.0);
}
