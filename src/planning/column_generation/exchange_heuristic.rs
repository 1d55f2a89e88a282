//! One plan per workload from the menus: picks by the mix, then changes workload by workload while that saves.
//!
//! Every candidate is scored on all trials, with whole replicas.

use super::Coordinator;
use super::column::Item;
use crate::planning::formulation::Master;
use crate::planning::formulation::linear_program::Column;
use crate::planning::sample::evaluate::Objective;

/// Passes over all workloads.
const MAX_PASSES: usize = 6;
/// What breaking a row costs beside what it is about, as a multiple of the cost of the pick, per part by which it is broken.
const PENALTY: f64 = 10.0;

/// One item per workload.
pub type Pick = Vec<usize>;

/// Scores picks.
struct Scorer<'a> {
    master: &'a Master,
    menus: &'a [Vec<Item>],
    objective: &'a Objective,
    /// Rows that bind workloads together.
    rows: &'a [usize],
    /// By row of the program: terms of columns that all share.
    shared: Vec<Vec<(Column, f64)>>,
    /// Columns that all share, CVaR apart, each with the rows in which it alone of them stands.
    alone: Vec<(Column, Vec<(usize, f64)>)>,
    /// `[n_columns]`: it stands together with others in a row that asks for much.
    is_wanted: Vec<bool>,
    n_trials: usize,
    /// By workload and item: [`Coordinator::surplus`].
    surplus: Vec<Vec<f64>>,
    bound: f64,
}

/// A pick's sums, from which one workload can be taken and another put in.
#[derive(Clone)]
struct Sums {
    cost: f64,
    losses: Vec<f64>,
    /// By row of the program.
    activity: Vec<f64>,
}

/// What a pick may be changed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moves {
    /// One workload at a time.
    Single,
    /// Two at a time as well.
    Pairs,
}

/// The best pick found from some, with its score in units of money.
#[must_use]
pub fn pick(
    coordinator: &Coordinator<'_>,
    master: &Master,
    objective: &Objective,
    starts: &[Pick],
    moves: Moves,
) -> (Pick, f64) {
    let scorer = Scorer::new(coordinator, master, objective);
    let found = starts.iter().map(|start| from(&scorer, start.clone(), moves));
    found.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default()
}

/// Changes a pick while that saves: workload by workload, and by two where one does not help.
fn from(scorer: &Scorer<'_>, best: Pick, moves: Moves) -> (Pick, f64) {
    let sums = scorer.sums(&best);
    let score = scorer.score(&sums);
    let mut state = State { pick: best, sums, score };
    for _ in 0..MAX_PASSES {
        let before = state.score;
        for workload in 0..state.pick.len() {
            scorer.change(workload, &mut state);
        }
        if state.score < before {
            continue;
        }
        if moves == Moves::Single {
            break;
        }
        for a in 0..state.pick.len() {
            for b in a + 1..state.pick.len() {
                scorer.change_two(a, b, &mut state);
            }
        }
        if state.score >= before {
            break;
        }
    }
    (state.pick, state.score)
}

/// A pick with its sums and score.
struct State {
    pick: Pick,
    sums: Sums,
    score: f64,
}

impl<'a> Scorer<'a> {
    fn new(coordinator: &'a Coordinator<'_>, master: &'a Master, objective: &'a Objective) -> Self {
        let (rows, columns) = (coordinator.binding(), coordinator.shared());
        let mut shared = vec![Vec::new(); master.lp.constraints.len()];
        let mut is_wanted = vec![false; master.lp.variables.len()];
        for &row in rows {
            let constraint = &master.lp.constraints[row];
            let own = constraint.terms.iter().filter(|t| columns.binary_search(&t.0).is_ok());
            shared[row] = own.copied().collect();
            if shared[row].len() > 1 && constraint.low.is_finite() {
                shared[row].iter().for_each(|t| is_wanted[t.0] |= t.1 > 0.0);
            }
        }
        let cvar = master.risk.cvar;
        let alone = columns.iter().filter(|c| **c != cvar).map(|&column| {
            let own = rows.iter().filter(|row| shared[**row].len() == 1 && shared[**row][0].0 == column);
            (column, own.map(|&row| (row, shared[row][0].1)).collect())
        });
        let alone = alone.collect();
        let (menus, n_trials) = (coordinator.menus(), coordinator.n_trials());
        let (surplus, bound) = (coordinator.surplus(), coordinator.bound);
        Self { master, menus, objective, rows, shared, alone, is_wanted, n_trials, surplus, bound }
    }

    fn sums(&self, pick: &Pick) -> Sums {
        let mut sums = Sums {
            cost: 0.0,
            losses: vec![0.0; self.n_trials],
            activity: vec![0.0; self.master.lp.constraints.len()],
        };
        pick.iter().enumerate().for_each(|(workload, &item)| sums.add(&self.menus[workload][item], 1.0));
        sums
    }

    /// Surplus that items of some workloads may have in a pick that is better, the others' as they are.
    fn room(&self, state: &State, changed: &[usize]) -> f64 {
        let own =
            |w: &usize| if changed.contains(w) { 0.0 } else { self.surplus[*w][state.pick[*w]].max(0.0) };
        state.score - self.bound - (0..state.pick.len()).map(|w| own(&w)).sum::<f64>()
    }

    /// Puts in the workload's best item in place of the one it has.
    fn change(&self, workload: usize, state: &mut State) {
        let menu = &self.menus[workload];
        let mut without = state.sums.clone();
        without.add(&menu[state.pick[workload]], -1.0);
        let today = state.pick[workload];
        for (place, item) in menu.iter().enumerate().filter(|(place, _)| *place != today) {
            if self.surplus[workload][place] >= self.room(state, &[workload]) {
                continue;
            }
            let mut with = without.clone();
            with.add(item, 1.0);
            let own = self.score(&with);
            if own < state.score - 1e-9 {
                (state.score, state.pick[workload], state.sums) = (own, place, with);
            }
        }
    }

    /// The same with items of two workloads at once: what one alone would not pay for, a replica, say.
    fn change_two(&self, a: usize, b: usize, state: &mut State) {
        let (surplus_a, surplus_b) = (&self.surplus[a], &self.surplus[b]);
        let mut without = state.sums.clone();
        without.add(&self.menus[a][state.pick[a]], -1.0);
        without.add(&self.menus[b][state.pick[b]], -1.0);
        let today = (state.pick[a], state.pick[b]);
        for (at_a, item_a) in self.menus[a].iter().enumerate().filter(|(at, _)| *at != today.0) {
            let room = self.room(state, &[a, b]) - surplus_a[at_a].max(0.0);
            if room <= 0.0 {
                continue;
            }
            let mut half = without.clone();
            half.add(item_a, 1.0);
            for (at_b, item_b) in self.menus[b].iter().enumerate().filter(|(at, _)| *at != today.1) {
                if surplus_b[at_b] >= room {
                    continue;
                }
                let mut with = half.clone();
                with.add(item_b, 1.0);
                let own = self.score(&with);
                if own < state.score - 1e-9 {
                    (state.score, state.pick[a], state.pick[b], state.sums) = (own, at_a, at_b, with);
                }
            }
        }
    }

    /// Cost with whole replicas, risk, and a penalty for rows that are broken, in units of money.
    fn score(&self, sums: &Sums) -> f64 {
        let lp = &self.master.lp;
        let cvar =
            crate::measures::tail::conditional_value_at_risk(&sums.losses, self.objective.confidence_level)
                .unwrap_or(0.0);
        let mut shared = vec![0.0; lp.variables.len()];
        shared[self.master.risk.cvar] = cvar;
        let mut score = sums.cost + lp.variables[self.master.risk.cvar].cost * cvar;
        for (column, rows) in &self.alone {
            shared[*column] = self.settled(*column, rows, sums);
            score += lp.variables[*column].cost * shared[*column];
        }
        let mut broken = 0.0;
        for &row in self.rows {
            let own: f64 = self.shared[row].iter().map(|&(column, factor)| factor * shared[column]).sum();
            let (activity, row) = (sums.activity[row] + own, &lp.constraints[row]);
            let largest = row.terms.iter().map(|t| t.1.abs()).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
            let side = (row.low - activity).max(activity - row.high).max(0.0);
            broken += if side > 1e-9 * largest { side / largest + 1e-3 } else { 0.0 };
        }
        score + PENALTY * broken * score.abs()
    }

    /// The value of a shared column that the rows leave: the largest where others want much of it, else the least.
    fn settled(&self, column: Column, rows: &[(usize, f64)], sums: &Sums) -> f64 {
        let variable = &self.master.lp.variables[column];
        let (mut low, mut high) = (variable.low, variable.high);
        for &(row, factor) in rows {
            let (activity, row) = (sums.activity[row], &self.master.lp.constraints[row]);
            let (from, to) = ((row.low - activity) / factor, (row.high - activity) / factor);
            low = low.max(from.min(to));
            high = high.min(from.max(to));
        }
        let value = if self.is_wanted[column] { high } else { low };
        match (variable.is_integer, self.is_wanted[column]) {
            (true, true) => (value + 1e-9).floor(),
            (true, false) => (value - 1e-9).ceil(),
            (false, _) => value,
        }
    }
}

impl Sums {
    fn add(&mut self, item: &Item, sign: f64) {
        self.cost += sign * item.cost;
        self.losses.iter_mut().zip(&item.losses).for_each(|(sum, loss)| *sum += sign * loss);
        item.activity.iter().for_each(|&(row, value)| self.activity[row] += sign * value);
    }
}
