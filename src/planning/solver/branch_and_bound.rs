//! Branch and bound for small programs whose cost is learned where solutions are tried.
//!
//! One open session serves all nodes, and what is learned anywhere holds everywhere. Depth first, the upper branch first,
//! which finds good plans early (Land and Doig 1960).

use super::SolverError;
use super::incremental::IncrementalLp;
use crate::planning::formulation::linear_program::{Constraint, VariableIdx};

/// Difference from a whole number that is a solver's rounding.
const NEARLY: f64 = 1e-6;
/// Rounds of learning at one node.
const MAX_ROUNDS: usize = 100;
/// Rounds of learning where some integer is fractional, at the root and below: then they are worth splitting.
const MAX_FRACTIONAL_ROUNDS: (usize, usize) = (50, 2);

/// What is known of a solution that was tried.
pub struct NodeFeedback {
    /// Its true cost.
    pub cost: f64,
    /// Rows that every solution satisfies and that tell this one's cost.
    pub rows: Vec<Constraint>,
}

/// The best solution found, and what none can undercut.
#[derive(Debug, Clone, PartialEq)]
pub struct Branched {
    /// `None`: none is better than what was known.
    pub values: Option<Vec<f64>>,
    pub cost: f64,
    pub bound: f64,
}

/// How far to go.
#[derive(Debug, Clone, Copy)]
pub struct BranchLimits {
    /// Part of the cost, and of one unit of money at least, by which a solution must be better to be looked for.
    pub tolerance: f64,
    pub max_nodes: usize,
}

impl BranchLimits {
    /// Cost by which a solution must be better than the best one.
    fn slack(&self, best: f64) -> f64 {
        if best.is_finite() { self.tolerance * best.abs().max(1.0) } else { self.tolerance }
    }
}

/// A node: bounds that differ from the program's.
type BranchNode = Vec<(VariableIdx, f64, f64)>;

/// Minimizes over whole values of `integers`, each with its bounds; those that come first are decided first.
///
/// `known_cost`: of a solution that is known. `learn` hears every solution tried.
///
/// # Errors
/// As [`IncrementalLp::solve`], but for infeasible nodes.
pub fn minimize(
    session: &mut dyn IncrementalLp,
    integers: &[(VariableIdx, f64, f64)],
    known_cost: f64,
    effort: BranchLimits,
    learn: &mut dyn FnMut(&[f64]) -> NodeFeedback,
) -> Result<Branched, SolverError> {
    let mut best = Branched { values: None, cost: known_cost, bound: f64::INFINITY };
    let mut open: Vec<(f64, BranchNode)> = vec![(f64::NEG_INFINITY, Vec::new())];
    let mut n_nodes = 0;
    while let Some((inherited, node)) = open.pop() {
        if inherited >= best.cost - effort.slack(best.cost) {
            best.bound = best.bound.min(inherited);
            continue;
        }
        n_nodes += 1;
        if n_nodes > effort.max_nodes {
            best.bound = best.bound.min(inherited);
            best.bound = open.iter().fold(best.bound, |bound, own| bound.min(own.0));
            break;
        }
        integers.iter().for_each(|&(variable, low, high)| session.set_bounds(variable, low, high));
        node.iter().for_each(|&(variable, low, high)| session.set_bounds(variable, low, high));
        let (at_root, below) = MAX_FRACTIONAL_ROUNDS;
        let max_fractional = if n_nodes == 1 { at_root } else { below };
        match settle(session, integers, &mut best, (effort, max_fractional), learn)? {
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

enum Settled {
    /// Nothing below can be better than this.
    Closed(f64),
    /// Bound, and the variable to split at its value.
    Split(f64, VariableIdx, f64),
}

/// Solves a node and learns until its bound is true, too high, or to be split.
fn settle(
    session: &mut dyn IncrementalLp,
    integers: &[(VariableIdx, f64, f64)],
    best: &mut Branched,
    (effort, max_fractional): (BranchLimits, usize),
    learn: &mut dyn FnMut(&[f64]) -> NodeFeedback,
) -> Result<Settled, SolverError> {
    for round in 0.. {
        let solved = match session.solve() {
            Ok(solved) => solved,
            Err(SolverError::Infeasible) => return Ok(Settled::Closed(f64::INFINITY)),
            Err(error) => return Err(error),
        };
        if solved.cost >= best.cost - effort.slack(best.cost) {
            return Ok(Settled::Closed(solved.cost));
        }
        let is_off = |own: &&(VariableIdx, f64, f64)| {
            let value = solved.values[own.0];
            (value - value.round()).abs() > NEARLY
        };
        let split = integers.iter().find(is_off).map(|own| own.0);
        let learned = learn(&solved.values);
        if split.is_none() && learned.cost < best.cost {
            best.cost = learned.cost;
            best.values = Some(solved.values.clone());
        }
        let is_true = learned.cost - solved.cost <= effort.slack(best.cost);
        learned.rows.iter().for_each(|row| session.add_row(row));
        match split {
            // Fractions are worth a round or two of learning, then they are split.
            Some(variable) if is_true || round >= max_fractional => {
                return Ok(Settled::Split(solved.cost, variable, solved.values[variable]));
            }
            None if is_true || round >= MAX_ROUNDS => return Ok(Settled::Closed(solved.cost)),
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

    /// Knapsack, as a minimum: values 10, 13, 7 with weights 3, 4, 2 and room for 6: the last two, 20. The relaxed program
    /// would take more. A cost that is learned on the way, 4 for the second item, makes the first and the third best: 17.
    #[test]
    fn whole_values_are_found_and_costs_learned() {
        for (penalty, cost, chosen) in [(0.0, -20.0, [0.0, 1.0, 1.0]), (4.0, -17.0, [1.0, 0.0, 1.0])] {
            let mut lp = LinearProgram::default();
            let items: Vec<VariableIdx> =
                [-10.0, -13.0, -7.0].iter().map(|&c| lp.add_continuous(c, 0.0, 1.0)).collect();
            let hidden = lp.add_continuous(1.0, 0.0, 100.0);
            let weights = items.iter().zip([3.0, 4.0, 2.0]).map(|(&i, w)| (i, w)).collect();
            lp.add_at_most("room", weights, 6.0);
            let integers: Vec<_> = items.iter().map(|&i| (i, 0.0, 1.0)).collect();
            let mut learn = |values: &[f64]| NodeFeedback {
                cost: -10.0 * values[0] - 13.0 * values[1] - 7.0 * values[2] + penalty * values[1],
                rows: vec![Constraint::at_least("learned", vec![(hidden, 1.0), (items[1], -penalty)], 0.0)],
            };
            let effort = BranchLimits { tolerance: 1e-7, max_nodes: 100 };
            let found = minimize(open(&lp).as_mut(), &integers, f64::INFINITY, effort, &mut learn).unwrap();
            assert!((found.cost - cost).abs() < 1e-6 && found.bound <= found.cost + 1e-9, "{found:?}");
            assert!(found.bound >= found.cost - 1e-6);
            let values = found.values.unwrap();
            assert!(items.iter().zip(chosen).all(|(&i, own)| (values[i] - own).abs() < 1e-6));
        }
    }
}
