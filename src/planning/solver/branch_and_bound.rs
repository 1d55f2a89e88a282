//! Branch and bound for small programs whose true cost is known only at the solutions that are tried.
//!
//! All nodes share one incremental LP, so a row learned at one node holds at all of them. The search goes depth first
//! and takes the upper branch first, which finds good plans early (Land and Doig 1960).

use super::SolverError;
use super::incremental::IncrementalLp;
use crate::planning::formulation::linear_program::{Constraint, VariableIdx};

/// Distance to the nearest integer up to which a value counts as integral.
const INTEGRALITY_TOLERANCE: f64 = 1e-6;
/// Solves at one node, at most.
const MAX_ROUNDS: usize = 100;
/// Solves at a node whose solution is fractional, before it is split: at the root, and below it.
const MAX_FRACTIONAL_ROUNDS: (usize, usize) = (50, 2);

/// What the caller returns for a solution that was tried.
pub struct NodeFeedback {
    /// Its true cost.
    pub cost: f64,
    /// Rows that every solution satisfies, and that make the LP's cost exact at this one.
    pub rows: Vec<Constraint>,
}

/// The result: the best solution found, with a lower bound.
#[derive(Debug, Clone, PartialEq)]
pub struct Branched {
    /// `None`: no solution is better than the known one.
    pub values: Option<Vec<f64>>,
    pub cost: f64,
    pub bound: f64,
}

/// When branch and bound may stop.
#[derive(Debug, Clone, Copy)]
pub struct BranchLimits {
    /// Relative improvement that is worth searching for; costs below one unit of money count as one.
    pub tolerance: f64,
    pub max_nodes: usize,
}

impl BranchLimits {
    /// Improvement over the best cost that is worth searching for.
    fn slack(&self, best: f64) -> f64 {
        if best.is_finite() { self.tolerance * best.abs().max(1.0) } else { self.tolerance }
    }
}

/// A node: bounds that differ from the program's, as (variable, low, high).
type BranchNode = Vec<(VariableIdx, f64, f64)>;

/// Minimizes with `integers` integral; they are branched on in the order given.
///
/// `integers`: (variable, low, high). `known_cost`: cost of a solution the caller has, or infinity. `learn` is called
/// with every solution tried.
///
/// # Errors
/// As [`IncrementalLp::solve`], except that an infeasible node is no error.
pub fn minimize(
    session: &mut dyn IncrementalLp,
    integers: &[(VariableIdx, f64, f64)],
    known_cost: f64,
    limits: BranchLimits,
    learn: &mut dyn FnMut(&[f64]) -> NodeFeedback,
) -> Result<Branched, SolverError> {
    let mut best = Branched { values: None, cost: known_cost, bound: f64::INFINITY };
    let mut open: Vec<(f64, BranchNode)> = vec![(f64::NEG_INFINITY, Vec::new())];
    let mut n_nodes = 0;
    while let Some((inherited, node)) = open.pop() {
        if inherited >= best.cost - limits.slack(best.cost) {
            best.bound = best.bound.min(inherited);
            continue;
        }
        n_nodes += 1;
        if n_nodes > limits.max_nodes {
            best.bound = best.bound.min(inherited);
            best.bound = open.iter().fold(best.bound, |bound, own| bound.min(own.0));
            break;
        }
        integers.iter().for_each(|&(variable, low, high)| session.set_bounds(variable, low, high));
        node.iter().for_each(|&(variable, low, high)| session.set_bounds(variable, low, high));
        let (at_root, below) = MAX_FRACTIONAL_ROUNDS;
        let max_fractional = if n_nodes == 1 { at_root } else { below };
        match settle(session, integers, &mut best, (limits, max_fractional), learn)? {
            Settled::Closed(bound) => best.bound = best.bound.min(bound),
            Settled::Split(bound, variable, value) => {
                let (low, high) = bounds_of(variable, integers, &node);
                let branch = |low: f64, high: f64| {
                    let mut own: BranchNode = node.iter().copied().filter(|own| own.0 != variable).collect();
                    own.push((variable, low, high));
                    (bound, own)
                };
                open.push(branch(low, value.floor()));
                open.push(branch(value.floor() + 1.0, high));
            }
        }
    }
    best.bound = best.bound.min(best.cost);
    Ok(best)
}

/// Outcome of a node.
enum Settled {
    /// The node needs no branching: no solution below it costs less than this.
    Closed(f64),
    /// The node has to be branched on: lower bound, variable, and its fractional value.
    Split(f64, VariableIdx, f64),
}

/// Solves a node, adding learned rows, until its cost is exact or above the best one, or the node has to be branched
/// on.
fn settle(
    session: &mut dyn IncrementalLp,
    integers: &[(VariableIdx, f64, f64)],
    best: &mut Branched,
    (limits, max_fractional): (BranchLimits, usize),
    learn: &mut dyn FnMut(&[f64]) -> NodeFeedback,
) -> Result<Settled, SolverError> {
    for round in 0.. {
        let solved = match session.solve() {
            Ok(solved) => solved,
            Err(SolverError::Infeasible) => return Ok(Settled::Closed(f64::INFINITY)),
            Err(error) => return Err(error),
        };
        if solved.cost >= best.cost - limits.slack(best.cost) {
            return Ok(Settled::Closed(solved.cost));
        }
        let is_off = |own: &&(VariableIdx, f64, f64)| {
            let value = solved.values[own.0];
            (value - value.round()).abs() > INTEGRALITY_TOLERANCE
        };
        let split = integers.iter().find(is_off).map(|own| own.0);
        let learned = learn(&solved.values);
        if split.is_none() && learned.cost < best.cost {
            best.cost = learned.cost;
            best.values = Some(solved.values.clone());
        }
        let is_exact = learned.cost - solved.cost <= limits.slack(best.cost);
        learned.rows.iter().for_each(|row| session.add_row(row));
        match split {
            // A fractional solution is worth only a few rounds of learning before branching.
            Some(variable) if is_exact || round >= max_fractional => {
                return Ok(Settled::Split(solved.cost, variable, solved.values[variable]));
            }
            None if is_exact || round >= MAX_ROUNDS => return Ok(Settled::Closed(solved.cost)),
            _ => {}
        }
    }
    unreachable!("rounds end")
}

fn bounds_of(variable: VariableIdx, integers: &[(VariableIdx, f64, f64)], node: &BranchNode) -> (f64, f64) {
    let mut own = node.iter().chain(integers).filter(|own| own.0 == variable);
    own.next().map_or((0.0, 1.0), |own| (own.1, own.2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::formulation::linear_program::LinearProgram;
    use crate::planning::solver::open;

    /// A knapsack with capacity 6, values 10, 13, 7 and weights 3, 4, 2: the last two items are best, 20; the
    /// relaxation takes more. With a penalty of 4 on the second item, known only when it is tried, the first and the
    /// third are best: 17.
    #[test]
    fn integral_optima_are_found_with_learned_costs() {
        for (penalty, cost, chosen) in [(0.0, -20.0, [0.0, 1.0, 1.0]), (4.0, -17.0, [1.0, 0.0, 1.0])] {
            let mut lp = LinearProgram::default();
            let items: Vec<VariableIdx> =
                [-10.0, -13.0, -7.0].iter().map(|&c| lp.add_continuous(c, 0.0, 1.0)).collect();
            let hidden = lp.add_continuous(1.0, 0.0, 100.0);
            let weights = items.iter().zip([3.0, 4.0, 2.0]).map(|(&i, w)| (i, w)).collect();
            lp.add_at_most("capacity", weights, 6.0);
            let integers: Vec<_> = items.iter().map(|&i| (i, 0.0, 1.0)).collect();
            let mut learn = |values: &[f64]| NodeFeedback {
                cost: -10.0 * values[0] - 13.0 * values[1] - 7.0 * values[2] + penalty * values[1],
                rows: vec![Constraint::at_least("learned", vec![(hidden, 1.0), (items[1], -penalty)], 0.0)],
            };
            let limits = BranchLimits { tolerance: 1e-7, max_nodes: 100 };
            let found = minimize(open(&lp).as_mut(), &integers, f64::INFINITY, limits, &mut learn).unwrap();
            assert!((found.cost - cost).abs() < 1e-6 && found.bound <= found.cost + 1e-9, "{found:?}");
            assert!(found.bound >= found.cost - 1e-6);
            let values = found.values.unwrap();
            assert!(items.iter().zip(chosen).all(|(&i, own)| (values[i] - own).abs() < 1e-6));
        }
    }
}
