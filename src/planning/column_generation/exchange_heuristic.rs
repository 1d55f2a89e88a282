//! Exchange heuristic: improves a combination of one column per workload by exchanging the columns of one or two
//! workloads.
//!
//! Every candidate is scored on all trials, with integral replicas.

use super::ColumnGeneration;
use super::column::PlanColumn;
use crate::measures::probabilities::TrialProbabilities;
use crate::planning::formulation::Formulation;
use crate::planning::formulation::limits::MONTHLY_COST;
use crate::planning::formulation::linear_program::VariableIdx;
use crate::planning::sample::evaluate::Objective;

/// Passes over all workloads, at most.
const MAX_PASSES: usize = 6;
/// Penalty for violating a row by its largest factor, as a multiple of the combination's cost.
const PENALTY: f64 = 10.0;

/// Gain that is worth an exchange, in units of money.
const LEAST_GAIN: f64 = 1e-9;

/// `[n_workloads]`: index of a column in the workload's pool.
pub type Combination = Vec<usize>;

/// Scores combinations.
struct Scorer<'a> {
    formulation: &'a Formulation,
    pools: &'a [Vec<PlanColumn>],
    objective: &'a Objective,
    linking_rows: &'a [usize],
    /// `[n_rows]`: terms of shared variables.
    shared: Vec<Vec<(VariableIdx, f64)>>,
    /// Shared variables except CVaR, each with the (row, factor) from which its value follows: rows with no other shared
    /// variable, and for what is missing at a host, rows whose other shared variables come before it.
    shared_variables: Vec<(VariableIdx, Vec<(usize, f64)>)>,
    /// `[n_variables]`: whether larger values help a row with several shared variables (such as a number of keys).
    is_wanted: Vec<bool>,
    probabilities: &'a TrialProbabilities,
    /// By workload and column: [`ColumnGeneration::reduced_costs`].
    reduced_costs: Vec<Vec<f64>>,
    bound: f64,
}

/// Sums over the columns of a combination; columns can be added and removed.
#[derive(Clone)]
struct CombinationSums {
    cost: f64,
    losses: Vec<f64>,
    /// `[n_rows]` of the formulation.
    activity: Vec<f64>,
}

/// Exchanges that the heuristic tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neighborhood {
    /// The column of one workload at a time.
    Single,
    /// Of one workload, and of two at a time if that does not help.
    Pairs,
}

/// Improves each of `starts`; returns the best combination found, with its score in units of money.
#[must_use]
pub fn exchange_search(
    columns: &ColumnGeneration<'_>,
    formulation: &Formulation,
    objective: &Objective,
    starts: &[Combination],
    neighborhood: Neighborhood,
) -> (Combination, f64) {
    let scorer = Scorer::new(columns, formulation, objective);
    let found = starts.iter().map(|start| improve(&scorer, start.clone(), neighborhood));
    found.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default()
}

/// Exchanges columns of a combination while that lowers its score.
fn improve(scorer: &Scorer<'_>, best: Combination, neighborhood: Neighborhood) -> (Combination, f64) {
    let sums = scorer.sums(&best);
    let score = scorer.score(&sums);
    let tail = scorer.tail(&sums);
    let mut state = ScoredCombination { combination: best, sums, score, tail };
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
    /// Trials of its tail, (trial, weight). Under these weights no combination loses more than its CVaR.
    tail: Vec<(usize, f64)>,
}

impl<'a> Scorer<'a> {
    fn new(
        columns: &'a ColumnGeneration<'_>,
        formulation: &'a Formulation,
        objective: &'a Objective,
    ) -> Self {
        let (linking_rows, variables) = (columns.linking_rows(), columns.shared());
        let mut shared = vec![Vec::new(); formulation.lp.constraints.len()];
        let mut is_wanted = vec![false; formulation.lp.variables.len()];
        for &row in linking_rows {
            let constraint = &formulation.lp.constraints[row];
            let own = constraint.terms.iter().filter(|t| variables.binary_search(&t.0).is_ok());
            shared[row] = own.copied().collect();
            if shared[row].len() > 1 && constraint.low.is_finite() {
                shared[row].iter().for_each(|t| is_wanted[t.0] |= t.1 > 0.0);
            }
        }
        let cvar = formulation.risk.cvar;
        let used = &formulation.variables.used;
        let follows =
            |variable: VariableIdx| used.minimums.contains(&variable) || used.shortfalls.contains(&variable);
        let shared_variables = variables.iter().filter(|c| **c != cvar).map(|&variable| {
            let own = linking_rows.iter().filter_map(|&row| {
                let &(last, factor) = shared[row].last()?;
                let decides = formulation.lp.constraints[row].name != MONTHLY_COST
                    && last == variable
                    && (shared[row].len() == 1 || follows(variable));
                decides.then_some((row, factor))
            });
            (variable, own.collect())
        });
        let shared_variables = shared_variables.collect();
        let (pools, probabilities) = (columns.pools(), columns.probabilities());
        let (reduced_costs, bound) = (columns.reduced_costs(), columns.center_bound());
        Self {
            formulation,
            pools,
            objective,
            linking_rows,
            shared,
            shared_variables,
            is_wanted,
            probabilities,
            reduced_costs,
            bound,
        }
    }

    fn sums(&self, combination: &Combination) -> CombinationSums {
        let mut sums = CombinationSums {
            cost: 0.0,
            losses: vec![0.0; self.probabilities.n_trials()],
            activity: vec![0.0; self.formulation.lp.constraints.len()],
        };
        combination
            .iter()
            .enumerate()
            .for_each(|(workload, &column)| sums.add(&self.pools[workload][column], 1.0));
        sums
    }

    /// Total reduced cost below which new columns for the workloads in `changed` can improve the combination, if all
    /// other columns stay.
    fn room(&self, state: &ScoredCombination, changed: &[usize]) -> f64 {
        let own = |w: &usize| {
            if changed.contains(w) { 0.0 } else { self.reduced_costs[*w][state.combination[*w]].max(0.0) }
        };
        state.score - self.bound - (0..state.combination.len()).map(|w| own(&w)).sum::<f64>()
    }

    /// Exchanges the workload's column for a better one, if there is one.
    fn change(&self, workload: usize, state: &mut ScoredCombination) {
        let pool = &self.pools[workload];
        let mut without = state.sums.clone();
        without.add(&pool[state.combination[workload]], -1.0);
        let today = state.combination[workload];
        let mut in_tail = tail_loss(&state.tail, &without.losses);
        for (place, column) in pool.iter().enumerate().filter(|(place, _)| *place != today) {
            if self.reduced_costs[workload][place] >= self.room(state, &[workload]) {
                continue;
            }
            if let Some((with, score)) = self.improved(&without, in_tail, column, state) {
                state.replace(&[(workload, place)], with, score, self);
                in_tail = tail_loss(&state.tail, &without.losses);
            }
        }
    }

    /// Exchanges the columns of two workloads at once: together they may pay for a replica that neither can pay for
    /// alone.
    fn change_two(&self, a: usize, b: usize, state: &mut ScoredCombination) {
        let (reduced_costs_a, reduced_costs_b) = (&self.reduced_costs[a], &self.reduced_costs[b]);
        let mut without = state.sums.clone();
        without.add(&self.pools[a][state.combination[a]], -1.0);
        without.add(&self.pools[b][state.combination[b]], -1.0);
        let today = (state.combination[a], state.combination[b]);
        for (at_a, column_a) in self.pools[a].iter().enumerate().filter(|(at, _)| *at != today.0) {
            let room = self.room(state, &[a, b]) - reduced_costs_a[at_a].max(0.0);
            if room <= 0.0 {
                continue;
            }
            let mut half = without.clone();
            half.add(column_a, 1.0);
            let mut in_tail = tail_loss(&state.tail, &half.losses);
            for (at_b, column_b) in self.pools[b].iter().enumerate().filter(|(at, _)| *at != today.1) {
                if reduced_costs_b[at_b] >= room {
                    continue;
                }
                if let Some((with, score)) = self.improved(&half, in_tail, column_b, state) {
                    state.replace(&[(a, at_a), (b, at_b)], with, score, self);
                    in_tail = tail_loss(&state.tail, &half.losses);
                }
            }
        }
    }

    /// The sums `without` and a column, with their score, if it is better than that of `state`. A lower bound of the score
    /// comes first: its tail takes a fraction of the trials. `in_tail`: loss of `without` under the weights of that tail.
    fn improved(
        &self,
        without: &CombinationSums,
        in_tail: f64,
        column: &PlanColumn,
        state: &ScoredCombination,
    ) -> Option<(CombinationSums, f64)> {
        let least = state.score - LEAST_GAIN;
        let mut activity = without.activity.clone();
        column.activity.iter().for_each(|&(row, value)| activity[row] += value);
        let cvar = in_tail + tail_loss(&state.tail, &column.losses);
        if self.score_of(without.cost + column.cost, &activity, cvar.max(0.0)) >= least {
            return None;
        }
        let mut with = without.clone();
        with.add(column, 1.0);
        let score = self.score(&with);
        (score < least).then_some((with, score))
    }

    /// The tail of a combination: (trial, weight).
    fn tail(&self, sums: &CombinationSums) -> Vec<(usize, f64)> {
        self.probabilities.tail(&sums.losses, self.objective.confidence_level).unwrap_or_default()
    }

    /// Score of a combination's sums, in units of money.
    fn score(&self, sums: &CombinationSums) -> f64 {
        let level = self.objective.confidence_level;
        let cvar = self.probabilities.conditional_value_at_risk(&sums.losses, level).unwrap_or(0.0);
        self.score_of(sums.cost, &sums.activity, cvar)
    }

    /// Cost with integral replicas, plus risk, plus a penalty for violated rows, in units of money.
    fn score_of(&self, cost: f64, activity: &[f64], cvar: f64) -> f64 {
        let lp = &self.formulation.lp;
        let mut shared = vec![0.0; lp.variables.len()];
        shared[self.formulation.risk.cvar] = cvar;
        let mut score = cost + lp.variables[self.formulation.risk.cvar].cost * cvar;
        for (variable, rows) in &self.shared_variables {
            shared[*variable] = self.settled(*variable, rows, (activity, &shared));
            score += lp.variables[*variable].cost * shared[*variable];
        }
        let mut broken = 0.0;
        for &row in self.linking_rows {
            let own: f64 = self.shared[row].iter().map(|&(variable, factor)| factor * shared[variable]).sum();
            let (activity, row) = (activity[row] + own, &lp.constraints[row]);
            let largest = row.terms.iter().map(|t| t.1.abs()).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
            let side = (row.low - activity).max(activity - row.high).max(0.0);
            broken += if side > 1e-9 * largest { side / largest + 1e-3 } else { 0.0 };
        }
        score + PENALTY * broken * score.abs()
    }

    /// Value of a shared variable within the limits of its rows: the largest if larger values help a row, else the
    /// smallest.
    fn settled(
        &self,
        variable: VariableIdx,
        rows: &[(usize, f64)],
        (activity, settled): (&[f64], &[f64]),
    ) -> f64 {
        let bounds = &self.formulation.lp.variables[variable];
        let (mut low, mut high) = (bounds.low, bounds.high);
        for &(row, factor) in rows {
            let before = self.shared[row].iter().filter(|term| term.0 != variable);
            let before: f64 = before.map(|&(own, factor)| factor * settled[own]).sum();
            let (activity, row) = (activity[row] + before, &self.formulation.lp.constraints[row]);
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

impl ScoredCombination {
    /// Takes other columns of some workloads, (workload, index in its pool).
    fn replace(&mut self, places: &[(usize, usize)], sums: CombinationSums, score: f64, scorer: &Scorer<'_>) {
        places.iter().for_each(|&(workload, place)| self.combination[workload] = place);
        self.tail = scorer.tail(&sums);
        (self.sums, self.score) = (sums, score);
    }
}

/// Loss under the weights of a tail. `losses`: `[n_trials]`.
fn tail_loss(tail: &[(usize, f64)], losses: &[f64]) -> f64 {
    tail.iter().map(|&(trial, weight)| weight * losses[trial]).sum()
}

impl CombinationSums {
    fn add(&mut self, column: &PlanColumn, sign: f64) {
        self.cost += sign * column.cost;
        self.losses.iter_mut().zip(&column.losses).for_each(|(sum, loss)| *sum += sign * loss);
        column.activity.iter().for_each(|&(row, value)| self.activity[row] += sign * value);
    }
}
