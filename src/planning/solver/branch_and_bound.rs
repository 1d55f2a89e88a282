//! Branch and bound for small programs whose true cost is known only at the solutions that are tried.
//!
//! All nodes share one incremental LP, so a row learned at one node holds at all of them. From the open node with the
//! lowest bound, the search goes depth first and takes the upper branch first, which finds good plans early (Land and Doig
//! 1960).

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
    /// Simplex iterations of all nodes.
    pub n_iterations: u64,
}

/// When branch and bound may stop.
#[derive(Debug, Clone, Copy)]
pub struct BranchLimits {
    /// Improvement that is worth searching for, in units of the cost.
    pub tolerance: f64,
    pub max_nodes: usize,
    /// Simplex iterations of all nodes, after which no further node is opened: a measure of work that is the same on any
    /// machine.
    pub max_iterations: u64,
}

/// A node: bounds that differ from the program's, as (variable, low, high).
type BranchNode = Vec<Bounds>;

/// (variable, low, high).
pub type Bounds = (VariableIdx, f64, f64);

/// What has to hold besides the rows, in the order in which it is branched on.
#[derive(Debug, Clone, Default)]
pub struct Branching {
    /// Integers with their bounds; the one farthest from an integer is branched on, but `first` before all others.
    pub integers: Vec<Bounds>,
    pub first: VariableIdx,
    /// Groups of variables between 0 and 1, each with the largest number of its variables that may be above 0. Fractions
    /// need no branching while there are few enough.
    pub few: Vec<(Vec<VariableIdx>, usize)>,
    /// (variable, smallest): 0, or from the smallest to 1.
    pub semicontinuous: Vec<(VariableIdx, f64)>,
}

impl Branching {
    /// Bounds of all its variables at the root.
    fn free(&self) -> impl Iterator<Item = Bounds> + '_ {
        let few = self.few.iter().flat_map(|few| few.0.iter().map(|&variable| (variable, 0.0, 1.0)));
        let shares = self.semicontinuous.iter().map(|&(variable, _)| (variable, 0.0, 1.0));
        self.integers.iter().copied().chain(few).chain(shares)
    }

    /// What a point violates first: the two branches, the lower one first. `None` if it violates nothing.
    pub fn violated(&self, values: &[f64], node: &[Bounds]) -> Option<[Bounds; 2]> {
        self.fractional(values, node).or_else(|| self.too_many(values)).or_else(|| self.too_small(values))
    }

    fn fractional(&self, values: &[f64], node: &[Bounds]) -> Option<[Bounds; 2]> {
        let off = |own: &Bounds| (values[own.0] - values[own.0].round()).abs();
        let mut farthest: Option<&Bounds> = None;
        for own in self.integers.iter().filter(|own| off(own) > INTEGRALITY_TOLERANCE) {
            if own.0 == self.first {
                farthest = Some(own);
                break;
            }
            if farthest.is_none_or(|far| off(own) > off(far) + INTEGRALITY_TOLERANCE) {
                farthest = Some(own);
            }
        }
        let &(variable, low, high) = farthest?;
        let own = node.iter().find(|own| own.0 == variable);
        let (low, high) = own.map_or((low, high), |own| (own.1, own.2));
        let floor = values[variable].floor();
        Some([(variable, low, floor), (variable, floor + 1.0, high)])
    }

    /// Of too many, the largest that is not certain is branched on.
    fn too_many(&self, values: &[f64]) -> Option<[Bounds; 2]> {
        let (all, _) = self.few.iter().find(|(all, most)| {
            all.iter().filter(|&&variable| values[variable] > INTEGRALITY_TOLERANCE).count() > *most
        })?;
        let open = all.iter().filter(|&&variable| values[variable] < 1.0 - INTEGRALITY_TOLERANCE);
        let &largest = open.max_by(|a, b| values[**a].total_cmp(&values[**b]).then(b.cmp(a)))?;
        Some([(largest, 0.0, 0.0), (largest, 1.0, 1.0)])
    }

    fn too_small(&self, values: &[f64]) -> Option<[Bounds; 2]> {
        let is_off = |own: &&(VariableIdx, f64)| {
            values[own.0] > INTEGRALITY_TOLERANCE && values[own.0] < own.1 - INTEGRALITY_TOLERANCE
        };
        let &(variable, smallest) = self.semicontinuous.iter().find(is_off)?;
        Some([(variable, 0.0, 0.0), (variable, smallest, 1.0)])
    }
}

/// Minimizes under `branching`.
///
/// `known_cost`: cost of a solution the caller has, or infinity. `learn` is called with every solution tried.
///
/// # Errors
/// As [`IncrementalLp::solve`], except that an infeasible node is no error.
pub fn minimize(
    session: &mut dyn IncrementalLp,
    branching: &Branching,
    known_cost: f64,
    limits: BranchLimits,
    learn: &mut dyn FnMut(&[f64]) -> NodeFeedback,
) -> Result<Branched, SolverError> {
    let mut best = Branched { values: None, cost: known_cost, bound: f64::INFINITY, n_iterations: 0 };
    let mut open: Vec<(f64, BranchNode)> = vec![(f64::NEG_INFINITY, Vec::new())];
    let (mut n_nodes, mut n_iterations) = (0, 0);
    let mut set: BranchNode = branching.free().collect();
    let mut is_plunging = true;
    while let Some((inherited, node)) = next(&mut open, is_plunging) {
        if inherited >= best.cost - limits.tolerance {
            best.bound = best.bound.min(inherited);
            is_plunging = false;
            continue;
        }
        n_nodes += 1;
        if n_nodes > limits.max_nodes || n_iterations > limits.max_iterations {
            best.bound = best.bound.min(inherited);
            best.bound = open.iter().fold(best.bound, |bound, own| bound.min(own.0));
            break;
        }
        set_bounds(session, branching, &mut set, &node);
        let (at_root, below) = MAX_FRACTIONAL_ROUNDS;
        let max_fractional = if n_nodes == 1 { at_root } else { below };
        let rules = NodeRules { limits, max_fractional };
        match settle(session, (branching, &node), &mut best, rules, (&mut n_iterations, learn))? {
            Settled::Closed(bound) => {
                best.bound = best.bound.min(bound);
                is_plunging = false;
            }
            Settled::Split(bound, branches) => {
                is_plunging = true;
                open.extend(branches.map(|branch| {
                    let mut own: BranchNode = node.iter().copied().filter(|own| own.0 != branch.0).collect();
                    own.push(branch);
                    (bound, own)
                }));
            }
        }
    }
    best.bound = best.bound.min(best.cost);
    best.n_iterations = n_iterations;
    Ok(best)
}

/// The node to go on with: the latest while plunging, else the one with the lowest bound, of equal ones the latest.
fn next(open: &mut Vec<(f64, BranchNode)>, is_plunging: bool) -> Option<(f64, BranchNode)> {
    if is_plunging {
        return open.pop();
    }
    let lowest = (0..open.len()).rev().min_by(|&a, &b| open[a].0.total_cmp(&open[b].0))?;
    Some(open.remove(lowest))
}

/// Sets the bounds of a node; `set`: variables whose bounds may differ from the root's.
fn set_bounds(
    session: &mut dyn IncrementalLp,
    branching: &Branching,
    set: &mut BranchNode,
    node: &BranchNode,
) {
    for (variable, low, high) in branching.free() {
        if set.iter().any(|own| own.0 == variable) {
            session.set_bounds(variable, low, high);
        }
    }
    node.iter().for_each(|&(variable, low, high)| session.set_bounds(variable, low, high));
    set.clone_from(node);
}

/// What is called with every solution tried.
type Learn<'a> = &'a mut dyn FnMut(&[f64]) -> NodeFeedback;

/// When work on a node may stop.
#[derive(Clone, Copy)]
struct NodeRules {
    limits: BranchLimits,
    /// Solves while its solution is fractional, before it is split.
    max_fractional: usize,
}

/// Outcome of a node.
enum Settled {
    /// The node needs no branching: no solution below it costs less than this.
    Closed(f64),
    /// The node has to be branched on: lower bound, and the two branches.
    Split(f64, [Bounds; 2]),
}

/// Solves a node, adding learned rows, until its cost is exact or above the best one, or the node has to be branched
/// on.
fn settle(
    session: &mut dyn IncrementalLp,
    (branching, node): (&Branching, &BranchNode),
    best: &mut Branched,
    NodeRules { limits, max_fractional }: NodeRules,
    (n_iterations, learn): (&mut u64, Learn<'_>),
) -> Result<Settled, SolverError> {
    for round in 0.. {
        let solved = match session.solve() {
            Ok(solved) => solved,
            Err(SolverError::Infeasible) => return Ok(Settled::Closed(f64::INFINITY)),
            Err(error) => return Err(error),
        };
        *n_iterations += solved.n_iterations;
        let is_spent = *n_iterations > limits.max_iterations;
        if solved.cost >= best.cost - limits.tolerance {
            return Ok(Settled::Closed(solved.cost));
        }
        let split = branching.violated(&solved.values, node);
        let learned = learn(&solved.values);
        if split.is_none() && learned.cost < best.cost {
            best.cost = learned.cost;
            best.values = Some(solved.values.clone());
        }
        let is_exact = learned.cost - solved.cost <= limits.tolerance;
        learned.rows.iter().for_each(|row| session.add_row(row));
        match split {
            // A solution that has to be split anyway is worth only a few rounds of learning.
            Some(branches) if is_exact || round >= max_fractional || is_spent => {
                return Ok(Settled::Split(solved.cost, branches));
            }
            None if is_exact || round >= MAX_ROUNDS || is_spent => return Ok(Settled::Closed(solved.cost)),
            _ => {}
        }
    }
    unreachable!("rounds end")
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
            let integers = items.iter().map(|&i| (i, 0.0, 1.0)).collect();
            let branching = Branching { integers, ..Branching::default() };
            let mut learn = |values: &[f64]| NodeFeedback {
                cost: -10.0 * values[0] - 13.0 * values[1] - 7.0 * values[2] + penalty * values[1],
                rows: vec![Constraint::at_least("learned", vec![(hidden, 1.0), (items[1], -penalty)], 0.0)],
            };
            let limits = BranchLimits { tolerance: 1e-7, max_nodes: 100, max_iterations: 10_000 };
            let found = minimize(open(&lp).as_mut(), &branching, f64::INFINITY, limits, &mut learn).unwrap();
            assert!((found.cost - cost).abs() < 1e-6 && found.bound <= found.cost + 1e-9, "{found:?}");
            assert!(found.bound >= found.cost - 1e-6);
            let values = found.values.unwrap();
            assert!(items.iter().zip(chosen).all(|(&i, own)| (values[i] - own).abs() < 1e-6));
        }
    }
}
