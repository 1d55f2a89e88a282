//! The compiled sample: trials reduced to what the loss of *any* plan depends on, days in distinct cell states and
//! one-off costs.

use std::collections::HashSet;
use std::sync::Arc;

use rayon::prelude::*;

mod compile;
pub mod cuts;
pub mod evaluate;
pub mod row_table;
pub mod shortlist;
pub mod strata;

use self::compile::SampleTwins;
use self::row_table::RowTable;
use crate::measures::probabilities::TrialProbabilities;
use crate::service::cell_model::{CellModel, Roles};
use crate::service::cell_plan::CellPlan;
use crate::service::disruption::{Disruption, Occurrence};
use crate::service::setting::Setting;
use crate::service::state::LossRow;
use crate::shocks::resolve::ResolvedShock;

/// Trials whose disruptions are in memory at one time.
const TRIALS_AT_ONCE: usize = 256;

/// The rows that give the unserved share in one or more states of a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct RowSet {
    /// Equal rows of several sets, and of twins, are kept once.
    pub rows: Box<[Arc<LossRow>]>,
    /// Number of leading rows with elapsed < the fallback's `after`.
    pub n_rows_before_fallback: usize,
}

/// One cell in all trials.
#[derive(Debug, Clone)]
pub struct CellSample {
    pub cell_model: Arc<CellModel>,
    /// Distinct row sets, in order of first appearance; shared with subsamples.
    pub row_sets: Arc<Vec<RowSet>>,
    /// The rows of all row sets.
    pub row_table: Arc<RowTable>,
    /// By trial: days in each row set.
    pub row_set_days: Sparse,
    /// By trial and primary (local): extra cost and one-off costs, USD per unit of share.
    pub linear: Sparse,
}

/// Sparse rows: `[n_trials]` lists of (index, value).
#[derive(Debug, Clone, Default)]
pub struct Sparse {
    ends: Vec<usize>,
    entries: Vec<(u32, f64)>,
}

impl Sparse {
    /// One trial's entries.
    #[must_use]
    pub fn trial(&self, trial: usize) -> &[(u32, f64)] {
        let start = if trial == 0 { 0 } else { self.ends[trial - 1] };
        &self.entries[start..self.ends[trial]]
    }

    /// Ends the current trial: sorts its entries by index and adds up those of equal index.
    fn close_trial(&mut self) {
        let start = self.ends.last().copied().unwrap_or(0);
        self.entries[start..].sort_by_key(|e| e.0);
        let mut kept = start;
        for at in start..self.entries.len() {
            if kept > start && self.entries[kept - 1].0 == self.entries[at].0 {
                self.entries[kept - 1].1 += self.entries[at].1;
            } else {
                self.entries[kept] = self.entries[at];
                kept += 1;
            }
        }
        self.entries.truncate(kept);
        self.ends.push(kept);
    }

    /// The same without room for more trials.
    fn shrunk(mut self) -> Self {
        self.ends.shrink_to_fit();
        self.entries.shrink_to_fit();
        self
    }

    /// The rows of the first `n_trials` trials.
    fn first(&self, n_trials: usize) -> Self {
        let ends = self.ends[..n_trials].to_vec();
        Self { entries: self.entries[..ends.last().copied().unwrap_or(0)].to_vec(), ends }
    }

    /// `[n]`: sum over trials by index.
    #[must_use]
    pub fn sums(&self, n: usize) -> Vec<f64> {
        let mut sums = vec![0.0; n];
        for &(index, value) in &self.entries {
            sums[index as usize] += value;
        }
        sums
    }
}

/// All cells in all trials.
#[derive(Debug, Clone)]
pub struct CompiledSample {
    pub n_trials: usize,
    pub probabilities: TrialProbabilities,
    /// Number of leading trials that are a simple random sample: all, unless the sample is stratified.
    pub n_random: usize,
    /// Number of trials drawn, for which these stand.
    pub n_drawn: usize,
    pub cells: Vec<CellSample>,
    /// Offers that plans may use, with their roles.
    pub roles: Roles,
    pub horizon_days: f64,
}

/// Compiles trials one after the other.
pub struct SampleCompiler<'a> {
    setting: &'a Setting<'a>,
    shocks: &'a [ResolvedShock],
    roles: Roles,
    twins: Vec<SampleTwins>,
    n_trials: usize,
}

impl<'a> SampleCompiler<'a> {
    /// A compiler for every plan that `roles` allows, without trials.
    #[must_use]
    pub fn new(setting: &'a Setting<'a>, shocks: &'a [ResolvedShock], roles: &Roles) -> Self {
        let twins = CellModel::by_twins(setting, roles, shocks).into_iter().map(SampleTwins::new).collect();
        Self { setting, shocks, roles: roles.clone(), twins, n_trials: 0 }
    }

    /// Compiles further trials.
    pub fn add(&mut self, trials: &[&[Occurrence]]) {
        let (setting, shocks) = (self.setting, self.shocks);
        let horizon_days = setting.horizon_days();
        for some in trials.chunks(TRIALS_AT_ONCE) {
            let disruptions: Vec<Disruption<'_>> = some
                .par_iter()
                .map(|occurrences| Disruption::new(&setting.graph, shocks, occurrences, horizon_days))
                .collect();
            self.twins
                .par_iter_mut()
                .for_each(|twins| disruptions.iter().for_each(|disruption| twins.trial(disruption)));
        }
        self.n_trials += trials.len();
    }

    /// The trials so far, equally likely.
    #[must_use]
    pub fn sample(&self) -> CompiledSample {
        self.sample_of(self.twins.iter().flat_map(SampleTwins::cells).collect())
    }

    /// All trials, equally likely.
    #[must_use]
    pub fn finish(mut self) -> CompiledSample {
        let twins = std::mem::take(&mut self.twins);
        self.sample_of(twins.into_iter().flat_map(SampleTwins::finish).collect())
    }

    fn sample_of(&self, mut cells: Vec<CellSample>) -> CompiledSample {
        cells.sort_by_key(|cell| cell.cell_model.cell);
        CompiledSample {
            n_trials: self.n_trials,
            probabilities: TrialProbabilities::equal(self.n_trials),
            n_random: self.n_trials,
            n_drawn: self.n_trials,
            cells,
            roles: self.roles.clone(),
            horizon_days: self.setting.horizon_days(),
        }
    }
}

impl CompiledSample {
    /// Compiles trials for every plan that `roles` allows.
    #[must_use]
    pub fn new(
        setting: &Setting<'_>,
        shocks: &[ResolvedShock],
        roles: &Roles,
        trials: &[Vec<Occurrence>],
    ) -> Self {
        let mut compiler = SampleCompiler::new(setting, shocks, roles);
        let trials: Vec<&[Occurrence]> = trials.iter().map(Vec::as_slice).collect();
        compiler.add(&trials);
        compiler.finish()
    }

    /// The sample with other probabilities, in which `n_random` leading trials are a simple random sample of `n_drawn`.
    #[must_use]
    pub fn stratified(self, probabilities: TrialProbabilities, n_random: usize, n_drawn: usize) -> Self {
        Self { probabilities, n_random, n_drawn, ..self }
    }

    /// The subsample of the first `n_trials` trials, equally likely, or of as many as are a simple random sample; the whole
    /// sample if it has no more trials. States keep their numbers.
    #[must_use]
    pub fn first(&self, n_trials: usize) -> Self {
        if n_trials >= self.n_trials {
            return self.clone();
        }
        let n_trials = n_trials.min(self.n_random);
        let first = |cell: &CellSample| CellSample {
            cell_model: Arc::clone(&cell.cell_model),
            row_sets: Arc::clone(&cell.row_sets),
            row_table: Arc::clone(&cell.row_table),
            row_set_days: cell.row_set_days.first(n_trials),
            linear: cell.linear.first(n_trials),
        };
        Self {
            n_trials,
            probabilities: TrialProbabilities::equal(n_trials),
            n_random: n_trials,
            n_drawn: n_trials,
            cells: self.cells.iter().map(first).collect(),
            roles: self.roles.clone(),
            horizon_days: self.horizon_days,
        }
    }

    /// Number of states of all cells in the first `n_trials` trials.
    #[must_use]
    pub fn n_states_of_first(&self, n_trials: usize) -> usize {
        let states = |cell: &CellSample| {
            let trials = 0..n_trials.min(self.n_trials);
            let sets = trials.flat_map(|trial| cell.row_set_days.trial(trial).iter().map(|entry| entry.0));
            sets.collect::<HashSet<u32>>().len()
        };
        self.cells.iter().map(states).sum()
    }

    /// `[n_trials]`: losses of a plan, USD; the simulator gives the same losses. `plans`: `[n_cells]`.
    #[must_use]
    pub fn losses(&self, plans: &[CellPlan]) -> Vec<f64> {
        let by_cell: Vec<Vec<f64>> =
            self.cells.par_iter().zip(plans).map(|(cell, plan)| cell.losses(plan, self.n_trials)).collect();
        let mut losses = vec![0.0; self.n_trials];
        for cell in by_cell {
            losses.iter_mut().zip(cell).for_each(|(loss, part)| *loss += part);
        }
        losses
    }
}

impl CellSample {
    /// `[n_trials]`: this cell's loss, USD.
    #[must_use]
    pub fn losses(&self, plan: &CellPlan, n_trials: usize) -> Vec<f64> {
        let outage = self.row_table.outage_usd_per_day(&self.cell_model, &self.row_table.values(plan));
        let loss = |trial: usize| {
            dot(self.row_set_days.trial(trial), &outage) + dot(self.linear.trial(trial), &plan.share)
        };
        (0..n_trials).map(loss).collect()
    }
}

fn dot(entries: &[(u32, f64)], values: &[f64]) -> f64 {
    entries.iter().map(|(index, value)| value * values[*index as usize]).sum()
}
