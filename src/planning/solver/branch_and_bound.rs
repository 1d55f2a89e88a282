//! Branch and bound for small programs whose true cost is known only at the solutions that are tried.
//!
//! All nodes share one incremental LP, so a row learned at one node holds at all of them. From the open node with the
//! lowest bound, the search goes depth first and takes the upper branch first, which finds good plans early (Land and Doig
//! 1960). It branches on the integer that has raised the bound most before (pseudocosts; Benichou et al. 1971), and what
//! it learns of that serves the next search of a program with the same variables.

use std::collections::HashMap;

use super::SolverError;
use super::incremental::IncrementalLp;
use crate::planning::formulation::linear_program::{Constraint, VariableIdx};

/// Distance to the nearest integer up to which a value counts as integral.
const INTEGRALITY_TOLERANCE: f64 = 1e-6;
/// Rise of the bound, as a part of the tolerance, below which branches count as equally good.
const LEAST_RISE: f64 = 1e-3;
/// As long as no solution is known, so many times the nodes may be searched.
const MAX_FIRST: usize = 4;
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
    /// Nodes to search, at most, once a solution is known; four times as many before.
    pub max_nodes: usize,
    /// Simplex iterations of all nodes, after which no further node is opened: a measure of work that is the same on any
    /// machine.
    pub max_iterations: u64,
}

/// Bounds that differ from the program's, as (variable, low, high).
type BranchNode = Vec<Bounds>;

/// A node that was not searched yet.
#[derive(Clone, Default)]
struct OpenNode {
    /// Lower bound on the cost of its solutions.
    bound: f64,
    node: BranchNode,
    /// The branch that it began with: the variable, whether upwards, and how far it moved.
    branched: Option<(VariableIdx, bool, f64)>,
}

/// How much the bound rises when a variable is moved to an integer, per unit: means of what was seen (Achterberg, Koch and
/// Martin 2005).
#[derive(Debug, Clone, Default)]
pub struct Pseudocosts {
    /// By variable: downwards and upwards, (sum, number).
    seen: HashMap<VariableIdx, [(f64, f64); 2]>,
    /// Of all variables.
    all: [(f64, f64); 2],
}

impl Pseudocosts {
    /// Records by how much the bound rose when a variable moved by a distance.
    fn record(&mut self, variable: VariableIdx, is_up: bool, gain: f64) {
        let own = &mut self.seen.entry(variable).or_default()[usize::from(is_up)];
        *own = (own.0 + gain, own.1 + 1.0);
        let all = &mut self.all[usize::from(is_up)];
        *all = (all.0 + gain, all.1 + 1.0);
    }

    /// The expected rise per unit in a direction; of all variables for one that was never moved so.
    fn per_unit(&self, variable: VariableIdx, is_up: bool) -> f64 {
        let own = self.seen.get(&variable).map_or((0.0, 0.0), |own| own[usize::from(is_up)]);
        let (sum, n) = if own.1 > 0.0 { own } else { self.all[usize::from(is_up)] };
        if n > 0.0 { sum / n } else { 1.0 }
    }

    /// What branching at a fractional value promises: the product of what both branches are expected to raise the bound by,
    /// at least `least` each.
    fn promise(&self, variable: VariableIdx, value: f64, least: f64) -> f64 {
        let down = self.per_unit(variable, false) * (value - value.floor());
        let up = self.per_unit(variable, true) * (value.ceil() - value);
        down.max(least) * up.max(least)
    }
}

/// (variable, low, high).
pub type Bounds = (VariableIdx, f64, f64);

/// What is expected of branches.
#[derive(Clone, Copy)]
struct Promises<'a> {
    pseudocosts: &'a Pseudocosts,
    /// Rise of the bound below which branches count as equally good, in units of the cost.
    least: f64,
}

/// What has to hold besides the rows, in the order in which it is branched on.
#[derive(Debug, Clone, Default)]
pub struct Branching {
    /// Integers with their bounds; the one that promises most is branched on, but `first` before all others.
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

    /// Whether a point violates nothing.
    #[must_use]
    pub fn is_kept(&self, values: &[f64]) -> bool {
        let pseudocosts = &Pseudocosts::default();
        self.violated(values, &[], Promises { pseudocosts, least: 0.0 }).is_none()
    }

    /// What a point violates first: the two branches, the lower one first. `None` if it violates nothing.
    fn violated(&self, values: &[f64], node: &[Bounds], known: Promises<'_>) -> Option<[Bounds; 2]> {
        self.fractional(values, node, known)
            .or_else(|| self.too_many(values))
            .or_else(|| self.too_small(values))
    }

    fn fractional(&self, values: &[f64], node: &[Bounds], known: Promises<'_>) -> Option<[Bounds; 2]> {
        let off = |own: &Bounds| (values[own.0] - values[own.0].round()).abs();
        let mut chosen: Option<(f64, &Bounds)> = None;
        for own in self.integers.iter().filter(|own| off(own) > INTEGRALITY_TOLERANCE) {
            if own.0 == self.first {
                chosen = Some((f64::INFINITY, own));
                break;
            }
            let promise = known.pseudocosts.promise(own.0, values[own.0], known.least);
            if chosen.is_none_or(|most| promise > most.0) {
                chosen = Some((promise, own));
            }
        }
        let (_, &(variable, low, high)) = chosen?;
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
/// `known_cost`: cost of a solution the caller has, or infinity. `pseudocosts`: of earlier searches with the same variables.
/// `learn` is called with every solution tried.
///
/// # Errors
/// As [`IncrementalLp::solve`], except that an infeasible node is no error.
pub fn minimize(
    session: &mut dyn IncrementalLp,
    (branching, pseudocosts): (&Branching, &mut Pseudocosts),
    known_cost: f64,
    limits: BranchLimits,
    learn: &mut dyn FnMut(&[f64]) -> NodeFeedback,
) -> Result<Branched, SolverError> {
    let mut best = Branched { values: None, cost: known_cost, bound: f64::INFINITY, n_iterations: 0 };
    let mut open = vec![OpenNode { bound: f64::NEG_INFINITY, ..OpenNode::default() }];
    let (mut n_nodes, mut n_iterations) = (0, 0);
    let mut set: BranchNode = branching.free().collect();
    let mut is_plunging = true;
    while let Some(OpenNode { bound: inherited, node, branched }) = next(&mut open, is_plunging) {
        if inherited >= best.cost - limits.tolerance {
            best.bound = best.bound.min(inherited);
            is_plunging = false;
            continue;
        }
        n_nodes += 1;
        let is_spent = n_nodes > limits.max_nodes || n_iterations > limits.max_iterations;
        if is_spent && (best.cost.is_finite() || n_nodes > MAX_FIRST * limits.max_nodes) {
            best.bound = best.bound.min(inherited);
            best.bound = open.iter().fold(best.bound, |bound, own| bound.min(own.bound));
            break;
        }
        set_bounds(session, branching, &mut set, &node);
        let (at_root, below) = MAX_FRACTIONAL_ROUNDS;
        let max_fractional = if n_nodes == 1 { at_root } else { below };
        let rules = NodeRules { limits, max_fractional };
        let promises = Promises { pseudocosts, least: LEAST_RISE * limits.tolerance };
        let known = (branching, &node[..], promises);
        let settled = settle(session, known, &mut best, rules, (&mut n_iterations, learn))?;
        if let (Some((variable, is_up, distance)), true) = (branched, inherited.is_finite()) {
            // What is above the best cost was not looked at.
            let rise = settled.bound().min(best.cost) - inherited;
            if rise.is_finite() {
                pseudocosts.record(variable, is_up, rise.max(0.0) / distance);
            }
        }
        match settled {
            Settled::Closed(bound) => {
                best.bound = best.bound.min(bound);
                is_plunging = false;
            }
            Settled::Split { bound, branches, value } => {
                is_plunging = true;
                open.extend(branches.into_iter().enumerate().map(|(at, branch)| {
                    let mut own: BranchNode = node.iter().copied().filter(|own| own.0 != branch.0).collect();
                    own.push(branch);
                    let distance = if at == 0 { value - branch.2 } else { branch.1 - value };
                    let branched =
                        (distance > INTEGRALITY_TOLERANCE).then_some((branch.0, at == 1, distance));
                    OpenNode { bound, node: own, branched }
                }));
            }
        }
    }
    best.bound = best.bound.min(best.cost);
    best.n_iterations = n_iterations;
    Ok(best)
}

/// The node to go on with: the latest while plunging, else the one with the lowest bound, of equal ones the latest.
fn next(open: &mut Vec<OpenNode>, is_plunging: bool) -> Option<OpenNode> {
    if is_plunging {
        return open.pop();
    }
    let lowest = (0..open.len()).rev().min_by(|&a, &b| open[a].bound.total_cmp(&open[b].bound))?;
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
    /// The node has to be branched on: lower bound, the two branches, and the value of their variable.
    Split { bound: f64, branches: [Bounds; 2], value: f64 },
}

impl Settled {
    /// No solution of the node costs less.
    fn bound(&self) -> f64 {
        let (Self::Closed(bound) | Self::Split { bound, .. }) = self;
        *bound
    }
}

/// Solves a node, adding learned rows, until its cost is exact or above the best one, or the node has to be branched
/// on.
fn settle(
    session: &mut dyn IncrementalLp,
    (branching, node, known): (&Branching, &[Bounds], Promises<'_>),
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
        let split = branching.violated(&solved.values, node, known);
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
                let value = solved.values[branches[0].0];
                return Ok(Settled::Split { bound: solved.cost, branches, value });
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

    /// Moved up, x raised the bound by 2 and by 4 a unit, and moved down by 1. At 0.25, down promises 0.25 × 1 and up 0.75 × 3. Of
    /// y only down is known, 5, so up is the mean of x's: at 0.5, 2.5 and 1.5. Nothing is known of z: down is the mean of 1 and
    /// 5. A rise that is too small counts as the least.
    #[test]
    fn branches_promise_what_was_seen() {
        let (x, y, z) = (0, 1, 2);
        let mut seen = Pseudocosts::default();
        assert_eq!(seen.promise(x, 1.5, 0.0), 0.25);
        for (variable, is_up, gain) in [(x, true, 2.0), (x, true, 4.0), (x, false, 1.0), (y, false, 5.0)] {
            seen.record(variable, is_up, gain);
        }
        assert_eq!(seen.promise(x, 0.25, 0.0), 0.25 * 2.25);
        assert_eq!(seen.promise(y, 3.5, 0.0), 2.5 * 1.5);
        assert_eq!(seen.promise(z, 0.5, 0.0), 1.5 * 1.5);
        assert_eq!(seen.promise(x, 0.25, 2.0), 2.0 * 2.25);
    }

    /// Of two integers at 0.5 the first is branched on, as long as nothing is known; once the other was seen to raise the bound
    /// more, the other.
    #[test]
    fn what_promises_most_is_branched_on() {
        let integers = vec![(0, 0.0, 1.0), (1, 0.0, 1.0)];
        let branching = Branching { integers, first: usize::MAX, ..Branching::default() };
        let mut seen = Pseudocosts::default();
        let chosen = |seen: &Pseudocosts| {
            let promises = Promises { pseudocosts: seen, least: 0.0 };
            branching.violated(&[0.5, 0.5], &[], promises).unwrap()
        };
        assert_eq!(chosen(&seen), [(0, 0.0, 0.0), (0, 1.0, 1.0)]);
        seen.record(0, true, 1.0);
        seen.record(1, true, 2.0);
        assert_eq!(chosen(&seen), [(1, 0.0, 0.0), (1, 1.0, 1.0)]);
    }

    /// Half an item is best of the relaxed program, so the first node gives no solution. With one node allowed, the search goes on
    /// until it finds one (no item), but not for ever; where one is known, it ends after the first node.
    #[test]
    fn nodes_are_counted_once_a_solution_is_known() {
        let mut lp = LinearProgram::default();
        let item = lp.add_integer(-1.0, 0.0, 1.0);
        lp.add_at_most("half", vec![(item, 2.0)], 1.0);
        let branching = Branching { integers: vec![(item, 0.0, 1.0)], ..Branching::default() };
        let mut learn = |values: &[f64]| NodeFeedback { cost: -values[item], rows: Vec::new() };
        let mut search = |known_cost: f64, max_nodes: usize| {
            let limits = BranchLimits { tolerance: 1e-7, max_nodes, max_iterations: 10_000 };
            let mut session = open(&lp);
            let branching = (&branching, &mut Pseudocosts::default());
            minimize(session.as_mut(), branching, known_cost, limits, &mut learn).unwrap()
        };
        let found = search(f64::INFINITY, 1);
        assert!(found.values.is_some_and(|values| values[item].abs() < 1e-9) && found.cost.abs() < 1e-9);
        let known = search(0.0, 1);
        assert!(known.values.is_none() && (known.bound + 0.5).abs() < 1e-9, "{known:?}");
        assert_eq!(search(f64::INFINITY, 0).values, None);
    }

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
            let mut session = open(&lp);
            let branching = (&branching, &mut Pseudocosts::default());
            let found = minimize(session.as_mut(), branching, f64::INFINITY, limits, &mut learn).unwrap();
            assert!((found.cost - cost).abs() < 1e-6 && found.bound <= found.cost + 1e-9, "{found:?}");
            assert!(found.bound >= found.cost - 1e-6);
            let values = found.values.unwrap();
            assert!(items.iter().zip(chosen).all(|(&i, own)| (values[i] - own).abs() < 1e-6));
        }
    }
}
