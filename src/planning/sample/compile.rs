//! Compilation of trials, cell by cell.

use std::collections::HashMap;
use std::sync::Arc;

use super::row_table::{RowTable, key};
use super::{CellSample, RowSet, Sparse};
use crate::service::cell_model::{CellModel, Class};
use crate::service::disruption::Disruption;
use crate::service::state::{Alternatives, CellState, LossRow, extra_costs, sub_intervals};
use crate::service::trajectory::simulate_cell;

/// Compiler of twins, cells that are identical without shocks: a trial that affects several of them equally is compiled
/// once.
pub(super) struct SampleTwins {
    cell_models: Vec<Arc<CellModel>>,
    compilers: Vec<Compiler>,
    /// `[n_shocks × n_cells]`: the first cell that the shock affects like this one.
    first_alike: Vec<usize>,
}

impl SampleTwins {
    pub(super) fn new(cell_models: Vec<CellModel>) -> Self {
        let n_shocks = cell_models[0].shocks.len();
        let first_alike = (0..n_shocks).flat_map(|shock| {
            let cell_models = &cell_models;
            let own = move |place: usize| &cell_models[place].shocks[shock];
            let first = move |place| (0..place).find(|&earlier| own(earlier) == own(place)).unwrap_or(place);
            (0..cell_models.len()).map(first)
        });
        Self {
            first_alike: first_alike.collect(),
            compilers: cell_models.iter().map(|_| Compiler::default()).collect(),
            cell_models: cell_models.into_iter().map(Arc::new).collect(),
        }
    }

    /// Compiles the next trial.
    pub(super) fn trial(&mut self, disruption: &Disruption<'_>) {
        for place in 0..self.cell_models.len() {
            let is_alike = |other: &usize| {
                let labels = |shock: usize| &self.first_alike[shock * self.cell_models.len()..];
                let mut shocks = disruption.occurrences.iter().map(|occurrence| occurrence.shock);
                shocks.all(|shock| labels(shock)[place] == labels(shock)[*other])
            };
            match (0..place).find(is_alike) {
                Some(first) => {
                    let ratio = self.cell_models[place].users_share / self.cell_models[first].users_share;
                    let (done, rest) = self.compilers.split_at_mut(place);
                    rest[0].copy(&done[first], first, ratio);
                }
                None => self.compilers[place].trial(&self.cell_models[place], disruption),
            }
        }
    }

    /// The cells in the trials so far.
    pub(super) fn cells(&self) -> impl Iterator<Item = CellSample> {
        self.cell_models.iter().zip(&self.compilers).map(|(cell_model, own)| {
            let states = (own.row_sets.clone(), own.row_set_days.clone(), own.linear.clone());
            CellSample::new(Arc::clone(cell_model), states)
        })
    }

    /// The cells in all trials.
    pub(super) fn finish(self) -> impl Iterator<Item = CellSample> {
        self.cell_models.into_iter().zip(self.compilers).map(|(cell_model, own)| {
            CellSample::new(cell_model, (own.row_sets, own.row_set_days.shrunk(), own.linear.shrunk()))
        })
    }
}

impl CellSample {
    /// `states`: row sets, and by trial the days in each and what depends on shares alone.
    fn new(
        cell_model: Arc<CellModel>,
        (row_sets, row_set_days, linear): (Vec<RowSet>, Sparse, Sparse),
    ) -> Self {
        let row_table = Arc::new(RowTable::new(&cell_model, &row_sets));
        Self { cell_model, row_sets: Arc::new(row_sets), row_table, row_set_days, linear }
    }
}

/// Compiler of one cell, trial by trial.
#[derive(Default)]
struct Compiler {
    row_sets: Vec<RowSet>,
    /// Number of a row set by the number of its rows before the fallback and the numbers of its rows.
    row_set_index: HashMap<Vec<u32>, u32>,
    /// Distinct rows with their numbers, by all that is in them.
    rows: HashMap<Vec<u64>, (u32, Arc<LossRow>)>,
    row_set_days: Sparse,
    linear: Sparse,
    /// By place of a twin and its row set: number of the same row set in this cell, or `UNKNOWN`.
    same_sets: Vec<Vec<u32>>,
}

const UNKNOWN: u32 = u32::MAX;

impl Compiler {
    fn trial(&mut self, cell_model: &CellModel, disruption: &Disruption<'_>) {
        let trajectory = simulate_cell(cell_model, disruption);
        let mut linear = vec![0.0; if trajectory.is_calm() { 0 } else { cell_model.members.len() }];
        for interval in trajectory.intervals.iter().filter(|s| !s.states.is_empty()) {
            for (primary, usd_per_day) in extra_costs(cell_model, interval) {
                linear[primary] += usd_per_day * (interval.end - interval.start);
            }
            if interval.slices.is_empty() {
                continue;
            }
            let alternatives = Alternatives::new(cell_model, interval);
            for sub_interval in sub_intervals(cell_model, interval, &alternatives.onboardings()) {
                let state = alternatives.state_at(cell_model, &sub_interval);
                if !state.rows.is_empty() {
                    let CellState { rows, n_rows_before_fallback } = state;
                    let index = self.row_set(rows.into_iter().map(Arc::new), n_rows_before_fallback);
                    self.row_set_days.entries.push((index, sub_interval.days()));
                }
            }
        }
        let mut charge = |class: Class, usd: f64| {
            cell_model.classes[class].members.iter().for_each(|&member| linear[member] += usd);
        };
        trajectory.switched.iter().for_each(|&(class, part)| charge(class, cell_model.switch_usd * part));
        let one_offs =
            trajectory.one_off_usd.iter().filter(|(class, _)| cell_model.classes[*class].is_primary);
        one_offs.for_each(|&(class, usd)| charge(class, usd));
        let charged = linear.iter().enumerate().filter(|(_, usd)| **usd != 0.0);
        self.linear.entries.extend(charged.map(|(member, &usd)| (local_u32(member), usd)));
        self.row_set_days.close_trial();
        self.linear.close_trial();
    }

    /// Copies the trial that a twin compiled last, which affects both cells equally. This cell has `ratio` times the
    /// users of the twin.
    fn copy(&mut self, other: &Self, place: usize, ratio: f64) {
        let trial = other.linear.ends.len() - 1;
        if self.same_sets.len() <= place {
            self.same_sets.resize(place + 1, Vec::new());
        }
        let mut same = std::mem::take(&mut self.same_sets[place]);
        same.resize(other.row_sets.len(), UNKNOWN);
        for &(set, days) in other.row_set_days.trial(trial) {
            if same[set as usize] == UNKNOWN {
                let RowSet { rows, n_rows_before_fallback } = &other.row_sets[set as usize];
                same[set as usize] = self.row_set(rows.iter().cloned(), *n_rows_before_fallback);
            }
            self.row_set_days.entries.push((same[set as usize], days));
        }
        self.same_sets[place] = same;
        let linear = other.linear.trial(trial).iter().map(|&(member, usd)| (member, ratio * usd));
        self.linear.entries.extend(linear);
        self.row_set_days.close_trial();
        self.linear.close_trial();
    }

    /// Number of a row set, which is added if it is new.
    fn row_set(&mut self, rows: impl Iterator<Item = Arc<LossRow>>, n_rows_before_fallback: usize) -> u32 {
        let mut numbers = vec![local_u32(n_rows_before_fallback)];
        let number_of = |row: Arc<LossRow>| {
            let next = local_u32(self.rows.len());
            let (number, row) = self.rows.entry(key(&row)).or_insert((next, row));
            numbers.push(*number);
            Arc::clone(row)
        };
        let rows: Box<[Arc<LossRow>]> = rows.map(number_of).collect();
        *self.row_set_index.entry(numbers).or_insert_with(|| {
            self.row_sets.push(RowSet { rows, n_rows_before_fallback });
            local_u32(self.row_sets.len() - 1)
        })
    }
}

fn local_u32(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 entries")
}
