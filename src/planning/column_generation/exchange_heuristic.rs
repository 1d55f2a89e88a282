//! One plan per workload from the pools: combinations by the solution, then changes workload by workload while that saves.
//!
//! Every candidate is scored on all trials, with integral replicas.

use super::ColumnGeneration;
use super::column::PlanColumn;
use crate::planning::formulation::Formulation;
use crate::planning::formulation::linear_program::VariableIdx;
use crate::planning::sample::evaluate::Objective;

/// Passes over all workloads.
const MAX_PASSES: usize = 6;
/// What breaking a row costs beside what it is about, as a multiple of the cost of the combination, per part by which it is broken.
const PENALTY: f64 = 10.0;

/// One column per workload.
pub type Combination = Vec<usize>;

/// Scores combinations.
struct Scorer<'a> {
    formulation: &'a Formulation,
    pools: &'a [Vec<PlanColumn>],
    objective: &'a Objective,
    /// Rows that bind workloads together.
    rows: &'a [usize],
    /// By row of the sample: terms of variables that all share.
    shared: Vec<Vec<(VariableIdx, f64)>>,
    /// Variables that all share, CVaR apart, each with the rows in which it alone of them stands.
    alone: Vec<(VariableIdx, Vec<(usize, f64)>)>,
    /// `[n_variables]`: it stands together with others in a row that asks for much.
    is_wanted: Vec<bool>,
    n_trials: usize,
    /// By workload and column: [`ColumnGeneration::reduced_costs`].
    reduced_costs: Vec<Vec<f64>>,
    bound: f64,
}

/// A combination's sums, from which one workload can be taken and another put in.
#[derive(Clone)]
struct CombinationSums {
    cost: f64,
    losses: Vec<f64>,
    /// By row of the sample.
    activity: Vec<f64>,
}

/// What a combination may be changed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neighborhood {
    /// One workload at a time.
    Single,
    /// Two at a time as well.
    Pairs,
}

/// The best combination found from some, with its score in units of money.
#[must_use]
pub fn exchange_search(
    generation: &ColumnGeneration<'_>,
    formulation: &Formulation,
    objective: &Objective,
    starts: &[Combination],
    neighborhood: Neighborhood,
) -> (Combination, f64) {
    let scorer = Scorer::new(generation, formulation, objective);
    let found = starts.iter().map(|start| from(&scorer, start.clone(), neighborhood));
    found.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default()
}

/// Changes a combination while that saves: workload by workload, and by two where one does not help.
fn from(scorer: &Scorer<'_>, best: Combination, neighborhood: Neighborhood) -> (Combination, f64) {
    let sums = scorer.sums(&best);
    let score = scorer.score(&sums);
    let mut state = ScoredCombination { combination: best, sums, score };
    for _ in 0..MAX_PASSES {
        let before = state.score;
        for workload in 0..state.combination.len() {
            scorer.change(workload, &mut state);
        }
        if state.score < before {
            continue;
        }
        if neighborhood == Neighborhood::Single {
            break;
        }
        for a in 0..state.combination.len() {
            for b in a + 1..state.combination.len() {
                scorer.change_two(a, b, &mut state);
            }
        }
        if state.score >= before {
            break;
        }
    }
    (state.combination, state.score)
}

/// A combination with its sums and score.
struct ScoredCombination {
    combination: Combination,
    sums: CombinationSums,
    score: f64,
}

impl<'a> Scorer<'a> {
    fn new(
        generation: &'a ColumnGeneration<'_>,
        formulation: &'a Formulation,
        objective: &'a Objective,
    ) -> Self {
        let (rows, variables) = (generation.linking_rows(), generation.shared());
        let mut shared = vec![Vec::new(); formulation.lp.constraints.len()];
        let mut is_wanted = vec![false; formulation.lp.variables.len()];
        for &row in rows {
            let constraint = &formulation.lp.constraints[row];
            let own = constraint.terms.iter().filter(|t| variables.binary_search(&t.0).is_ok());
            shared[row] = own.copied().collect();
            if shared[row].len() > 1 && constraint.low.is_finite() {
                shared[row].iter().for_each(|t| is_wanted[t.0] |= t.1 > 0.0);
            }
        }
        let cvar = formulation.risk.cvar;
        let alone = variables.iter().filter(|c| **c != cvar).map(|&variable| {
            let own = rows.iter().filter(|row| shared[**row].len() == 1 && shared[**row][0].0 == variable);
            (variable, own.map(|&row| (row, shared[row][0].1)).collect())
        });
        let alone = alone.collect();
        let (pools, n_trials) = (generation.pools(), generation.n_trials());
        let (reduced_costs, bound) = (generation.reduced_costs(), generation.bound);
        Self { formulation, pools, objective, rows, shared, alone, is_wanted, n_trials, reduced_costs, bound }
    }

    fn sums(&self, combination: &Combination) -> CombinationSums {
        let mut sums = CombinationSums {
            cost: 0.0,
            losses: vec![0.0; self.n_trials],
            activity: vec![0.0; self.formulation.lp.constraints.len()],
        };
        combination
            .iter()
            .enumerate()
            .for_each(|(workload, &column)| sums.add(&self.pools[workload][column], 1.0));
        sums
    }

    /// Surplus that columns of some workloads may have in a combination that is better, the others' as they are.
    fn room(&self, state: &ScoredCombination, changed: &[usize]) -> f64 {
        let own = |w: &usize| {
            if changed.contains(w) { 0.0 } else { self.reduced_costs[*w][state.combination[*w]].max(0.0) }
        };
        state.score - self.bound - (0..state.combination.len()).map(|w| own(&w)).sum::<f64>()
    }

    /// Puts in the workload's best column in place of the one it has.
    fn change(&self, workload: usize, state: &mut ScoredCombination) {
        let pool = &self.pools[workload];
        let mut without = state.sums.clone();
        without.add(&pool[state.combination[workload]], -1.0);
        let today = state.combination[workload];
        for (place, column) in pool.iter().enumerate().filter(|(place, _)| *place != today) {
            if self.reduced_costs[workload][place] >= self.room(state, &[workload]) {
                continue;
            }
            let mut with = without.clone();
            with.add(column, 1.0);
            let own = self.score(&with);
            if own < state.score - 1e-9 {
                (state.score, state.combination[workload], state.sums) = (own, place, with);
            }
        }
    }

    /// The same with columns of two workloads at once: what one alone would not pay for, a replica, say.
    fn change_two(&self, a: usize, b: usize, state: &mut ScoredCombination) {
        let (surplus_a, surplus_b) = (&self.reduced_costs[a], &self.reduced_costs[b]);
        let mut without = state.sums.clone();
        without.add(&self.pools[a][state.combination[a]], -1.0);
        without.add(&self.pools[b][state.combination[b]], -1.0);
        let today = (state.combination[a], state.combination[b]);
        for (at_a, item_a) in self.pools[a].iter().enumerate().filter(|(at, _)| *at != today.0) {
            let room = self.room(state, &[a, b]) - surplus_a[at_a].max(0.0);
            if room <= 0.0 {
                continue;
            }
            let mut half = without.clone();
            half.add(item_a, 1.0);
            for (at_b, item_b) in self.pools[b].iter().enumerate().filter(|(at, _)| *at != today.1) {
                if surplus_b[at_b] >= room {
                    continue;
                }
                let mut with = half.clone();
                with.add(item_b, 1.0);
                let own = self.score(&with);
                if own < state.score - 1e-9 {
                    (state.score, state.combination[a], state.combination[b], state.sums) =
                        (own, at_a, at_b, with);
                }
            }
        }
    }

    /// Cost with integral replicas, risk, and a penalty for rows that are broken, in units of money.
    fn score(&self, sums: &CombinationSums) -> f64 {
        let lp = &self.formulation.lp;
        let cvar =
            crate::measures::tail::conditional_value_at_risk(&sums.losses, self.objective.confidence_level)
                .unwrap_or(0.0);
        let mut shared = vec![0.0; lp.variables.len()];
        shared[self.formulation.risk.cvar] = cvar;
        let mut score = sums.cost + lp.variables[self.formulation.risk.cvar].cost * cvar;
        for (variable, rows) in &self.alone {
            shared[*variable] = self.settled(*variable, rows, sums);
            score += lp.variables[*variable].cost * shared[*variable];
        }
        let mut broken = 0.0;
        for &row in self.rows {
            let own: f64 = self.shared[row].iter().map(|&(variable, factor)| factor * shared[variable]).sum();
            let (activity, row) = (sums.activity[row] + own, &lp.constraints[row]);
            let largest = row.terms.iter().map(|t| t.1.abs()).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
            let side = (row.low - activity).max(activity - row.high).max(0.0);
            broken += if side > 1e-9 * largest { side / largest + 1e-3 } else { 0.0 };
        }
        score + PENALTY * broken * score.abs()
    }

    /// The value of a shared variable that the rows leave: the largest where others want much of it, else the least.
    fn settled(&self, variable: VariableIdx, rows: &[(usize, f64)], sums: &CombinationSums) -> f64 {
        let bounds = &self.formulation.lp.variables[variable];
        let (mut low, mut high) = (bounds.low, bounds.high);
        for &(row, factor) in rows {
            let (activity, row) = (sums.activity[row], &self.formulation.lp.constraints[row]);
            let (from, to) = ((row.low - activity) / factor, (row.high - activity) / factor);
            low = low.max(from.min(to));
            high = high.min(from.max(to));
        }
        let value = if self.is_wanted[variable] { high } else { low };
        match (bounds.is_integer, self.is_wanted[variable]) {
            (true, true) => (value + 1e-9).floor(),
            (true, false) => (value - 1e-9).ceil(),
            (false, _) => value,
        }
    }
}

impl CombinationSums {
    fn add(&mut self, column: &PlanColumn, sign: f64) {
        self.cost += sign * column.cost;
        self.losses.iter_mut().zip(&column.losses).for_each(|(sum, loss)| *sum += sign * loss);
        column.activity.iter().for_each(|&(row, value)| self.activity[row] += sign * value);
    }
}
