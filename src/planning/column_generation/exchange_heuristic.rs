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

/// Scores combinations. Rows that link workloads, and variables that these share, are counted from 0.
struct Scorer<'a> {
    pools: &'a [Vec<PlanColumn>],
    /// `[n_workloads]`, by column: activity in the linking rows, (row, value).
    activities: Vec<Vec<Vec<(usize, f64)>>>,
    objective: &'a Objective,
    rows: Vec<LinkingRow>,
    variables: Vec<SharedVariable>,
    /// The CVaR among the shared variables, and its cost.
    cvar: (usize, f64),
    probabilities: &'a TrialProbabilities,
    /// By workload and column: [`ColumnGeneration::reduced_costs`].
    reduced_costs: Vec<Vec<f64>>,
    bound: f64,
}

/// A row that links workloads.
struct LinkingRow {
    low: f64,
    high: f64,
    /// Largest factor of a term, in absolute value.
    largest: f64,
    /// Terms of shared variables, (variable, factor).
    shared: Vec<(usize, f64)>,
}

/// A variable that workloads share, such as a number of replicas.
struct SharedVariable {
    low: f64,
    high: f64,
    cost: f64,
    is_integer: bool,
    /// Whether larger values help a row with several shared variables (such as a number of keys).
    is_wanted: bool,
    /// The (row, factor) from which its value follows: rows with no other shared variable, and for what is missing at a host,
    /// rows whose other shared variables come before it.
    rows: Vec<(usize, f64)>,
}

/// Sums over the columns of a combination; columns can be added and removed.
#[derive(Clone)]
struct CombinationSums {
    cost: f64,
    losses: Vec<f64>,
    /// `[n_linking_rows]`
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
        let lp = &formulation.lp;
        let (linking_rows, shared) = (columns.linking_rows(), columns.shared());
        let of_row = |&row: &usize| {
            let constraint = &lp.constraints[row];
            let own = constraint
                .terms
                .iter()
                .filter_map(|&(v, factor)| Some((shared.binary_search(&v).ok()?, factor)));
            LinkingRow {
                low: constraint.low,
                high: constraint.high,
                largest: constraint
                    .terms
                    .iter()
                    .map(|t| t.1.abs())
                    .fold(0.0, f64::max)
                    .max(f64::MIN_POSITIVE),
                shared: own.collect(),
            }
        };
        let rows: Vec<LinkingRow> = linking_rows.iter().map(of_row).collect();
        let used = &formulation.variables.used;
        let of_variable = |(at, &variable): (usize, &VariableIdx)| {
            let follows = used.minimums.contains(&variable) || used.shortfalls.contains(&variable);
            let decides = |(row, own): (usize, &LinkingRow)| {
                let &(last, factor) = own.shared.last()?;
                let decides = lp.constraints[linking_rows[row]].name != MONTHLY_COST
                    && last == at
                    && (own.shared.len() == 1 || follows);
                decides.then_some((row, factor))
            };
            let helps = |row: &LinkingRow| {
                row.shared.len() > 1
                    && row.low.is_finite()
                    && row.shared.iter().any(|t| t.0 == at && t.1 > 0.0)
            };
            let own = &lp.variables[variable];
            SharedVariable {
                low: own.low,
                high: own.high,
                cost: own.cost,
                is_integer: own.is_integer,
                is_wanted: rows.iter().any(helps),
                rows: if variable == formulation.risk.cvar {
                    Vec::new()
                } else {
                    rows.iter().enumerate().filter_map(decides).collect()
                },
            }
        };
        let variables = shared.iter().enumerate().map(of_variable).collect();
        let place = |row: usize| linking_rows.binary_search(&row).expect("activity is in linking rows");
        let activity =
            |column: &PlanColumn| column.activity.iter().map(|&(row, value)| (place(row), value)).collect();
        let activities = columns.pools().iter().map(|pool| pool.iter().map(activity).collect()).collect();
        let cvar = formulation.risk.cvar;
        let cvar = (shared.binary_search(&cvar).expect("workloads share the CVaR"), lp.variables[cvar].cost);
        let (pools, probabilities) = (columns.pools(), columns.probabilities());
        let (reduced_costs, bound) = (columns.reduced_costs(), columns.center_bound());
        Self { pools, activities, objective, rows, variables, cvar, probabilities, reduced_costs, bound }
    }

    fn sums(&self, combination: &Combination) -> CombinationSums {
        let mut sums = CombinationSums {
            cost: 0.0,
            losses: vec![0.0; self.probabilities.n_trials()],
            activity: vec![0.0; self.rows.len()],
        };
        let columns = combination.iter().enumerate();
        columns.for_each(|(workload, &column)| self.add(&mut sums, (workload, column), 1.0));
        sums
    }

    /// Adds a multiple of a column, (workload, index in its pool).
    fn add(&self, sums: &mut CombinationSums, (workload, place): (usize, usize), times: f64) {
        let column = &self.pools[workload][place];
        sums.cost += times * column.cost;
        sums.losses.iter_mut().zip(&column.losses).for_each(|(sum, loss)| *sum += times * loss);
        let activity = self.activities[workload][place].iter();
        activity.for_each(|&(row, value)| sums.activity[row] += times * value);
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
        let mut without = state.sums.clone();
        let today = state.combination[workload];
        self.add(&mut without, (workload, today), -1.0);
        let mut in_tail = tail_loss(&state.tail, &without.losses);
        for place in (0..self.pools[workload].len()).filter(|place| *place != today) {
            if self.reduced_costs[workload][place] >= self.room(state, &[workload]) {
                continue;
            }
            if let Some((with, score)) = self.improved(&without, in_tail, (workload, place), state) {
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
        let today = (state.combination[a], state.combination[b]);
        self.add(&mut without, (a, today.0), -1.0);
        self.add(&mut without, (b, today.1), -1.0);
        for at_a in (0..self.pools[a].len()).filter(|at| *at != today.0) {
            let room = self.room(state, &[a, b]) - reduced_costs_a[at_a].max(0.0);
            if room <= 0.0 {
                continue;
            }
            let mut half = without.clone();
            self.add(&mut half, (a, at_a), 1.0);
            let mut in_tail = tail_loss(&state.tail, &half.losses);
            for at_b in (0..self.pools[b].len()).filter(|at| *at != today.1) {
                if reduced_costs_b[at_b] >= room {
                    continue;
                }
                if let Some((with, score)) = self.improved(&half, in_tail, (b, at_b), state) {
                    state.replace(&[(a, at_a), (b, at_b)], with, score, self);
                    in_tail = tail_loss(&state.tail, &half.losses);
                }
            }
        }
    }

    /// The sums `without` and a column, with their score, if it is better than that of `state`. A lower bound of the score
    /// comes first: its tail takes a fraction of the trials. `in_tail`: loss of `without` under the weights of that tail;
    /// `column`: (workload, index in its pool).
    fn improved(
        &self,
        without: &CombinationSums,
        in_tail: f64,
        column: (usize, usize),
        state: &ScoredCombination,
    ) -> Option<(CombinationSums, f64)> {
        let least = state.score - LEAST_GAIN;
        let new = &self.pools[column.0][column.1];
        let mut activity = without.activity.clone();
        self.activities[column.0][column.1].iter().for_each(|&(row, value)| activity[row] += value);
        let cvar = (in_tail + tail_loss(&state.tail, &new.losses)).max(0.0);
        let (cost, shared) = self.settle(without.cost + new.cost, &activity, cvar);
        if cost >= least || self.penalized(cost, &activity, &shared) >= least {
            return None;
        }
        let mut with = without.clone();
        self.add(&mut with, column, 1.0);
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
        let (cost, shared) = self.settle(sums.cost, &sums.activity, cvar);
        self.penalized(cost, &sums.activity, &shared)
    }

    /// Cost with integral replicas, plus risk, in units of money; and the values of the shared variables.
    fn settle(&self, cost: f64, activity: &[f64], cvar: f64) -> (f64, Vec<f64>) {
        let (of_cvar, weight) = self.cvar;
        let mut settled = vec![0.0; self.variables.len()];
        settled[of_cvar] = cvar;
        let mut cost = cost + weight * cvar;
        for (at, variable) in self.variables.iter().enumerate().filter(|(at, _)| *at != of_cvar) {
            settled[at] = self.settled(at, activity, &settled);
            cost += variable.cost * settled[at];
        }
        (cost, settled)
    }

    /// A cost with a penalty for violated rows, in units of money.
    fn penalized(&self, cost: f64, activity: &[f64], shared: &[f64]) -> f64 {
        let mut broken = 0.0;
        for (row, activity) in self.rows.iter().zip(activity) {
            let own: f64 = row.shared.iter().map(|&(variable, factor)| factor * shared[variable]).sum();
            let activity = activity + own;
            let side = (row.low - activity).max(activity - row.high).max(0.0);
            broken += if side > 1e-9 * row.largest { side / row.largest + 1e-3 } else { 0.0 };
        }
        cost + PENALTY * broken * cost.abs()
    }

    /// Value of a shared variable within the limits of its rows: the largest if larger values help a row, else the
    /// smallest.
    fn settled(&self, at: usize, activity: &[f64], settled: &[f64]) -> f64 {
        let variable = &self.variables[at];
        let (mut low, mut high) = (variable.low, variable.high);
        for &(row, factor) in &variable.rows {
            let before = self.rows[row].shared.iter().filter(|term| term.0 != at);
            let before: f64 = before.map(|&(own, factor)| factor * settled[own]).sum();
            let (activity, row) = (activity[row] + before, &self.rows[row]);
            let (from, to) = ((row.low - activity) / factor, (row.high - activity) / factor);
            low = low.max(from.min(to));
            high = high.min(from.max(to));
        }
        let value = if variable.is_wanted { high } else { low };
        match (variable.is_integer, variable.is_wanted) {
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
