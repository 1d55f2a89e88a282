//! The memory that a run needs, estimated from counts before it begins (docs: reference/commands.md, "Memory").
//!
//! The figures are fitted to peaks that were measured (benches/README.md); a plan may take
//! a third of its estimate. Memory does not grow with the number of threads as fast as with the number of cells, so threads are left out.

use super::plan::samples::MAX_PLANNING_TRIALS;
use crate::model::instance::Instance;

const KIB: f64 = 1024.0;
const MIB: f64 = 1024.0 * KIB;

/// The program, the catalog and the answer, bytes.
const BASE: f64 = 26.0 * MIB;
/// Offers, prices and effects of all shocks in a cell, bytes.
const CELL: f64 = 60.0 * KIB;
/// What the supply graph keeps of a cell for `exposure`, bytes.
const EXPOSED_CELL: f64 = 20.0 * KIB;
/// Offers and states of a cell for every measure that `reverse` tests, bytes.
const REVERSED_CELL: f64 = 600.0 * KIB;
/// Sets of shocks in memory at one time, and results that are kept, bytes.
const SHOCK_SETS: f64 = 160.0 * MIB;
/// Groups of cells of a simulation and the costs of their states, for a cell, bytes.
const SIMULATED_CELL: f64 = 48.0 * KIB;
/// Impacts of shocks in a cell that trials remember, bytes.
const REMEMBERED_CELL: f64 = 110.0 * KIB;
/// The bound on what trials remember (`simulation::impact_memory`), bytes: for any portfolio, or for a cell if that is more.
/// Memory is taken in larger pieces than the bound counts, and six cells of ten are a group of their own.
const REMEMBERED: f64 = 84.0 * MIB;
const REMEMBERED_BOUND_CELL: f64 = 50.0 * KIB;
/// The losses of a trial and their order, bytes.
const TRIAL: f64 = 32.0;
/// How long the offers of each new supplier are down in a trial, twice, for a catalog of about 120 of them, bytes.
const DIVERSIFIED_TRIAL: f64 = 2.0 * KIB;
/// States, rows and columns of the planner in a cell, apart from trials, bytes: of the first cells, and of each beyond, for
/// which a large portfolio has fewer trials and shorter lists of offers.
const PLANNED_CELL: f64 = 3.4 * MIB;
const FIRST_PLANNED_CELLS: f64 = 100.0;
const FURTHER_PLANNED_CELL: f64 = MIB;
/// States of one planning trial in a cell, bytes.
const PLANNED_CELL_TRIAL: f64 = 0.3 * KIB;

/// A run, by what it computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunKind {
    Exposure,
    Stress,
    Reverse,
    /// Trials of one allocation.
    Simulate,
    /// Trials of allocations with new suppliers, one after the other.
    Diversify,
    /// A plan, and what is asked about it.
    Plan,
}

/// The run that memory is estimated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footprint {
    kind: RunKind,
    n_cells: usize,
    n_trials: u64,
}

impl Footprint {
    /// The run of a kind on a portfolio; `n_trials` is ignored where nothing is drawn.
    #[must_use]
    pub fn new(kind: RunKind, instance: &Instance, n_trials: u64) -> Self {
        Self { kind, n_cells: instance.cells.len(), n_trials }
    }

    /// Estimated peak, bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.with(self.n_trials) as u64
    }

    /// Number of pairs of a workload and a country of its users.
    #[must_use]
    pub fn n_cells(&self) -> usize {
        self.n_cells
    }

    /// Trials drawn; `None` where nothing is drawn.
    #[must_use]
    pub fn n_trials(&self) -> Option<u64> {
        matches!(self.kind, RunKind::Simulate | RunKind::Diversify | RunKind::Plan).then_some(self.n_trials)
    }

    /// The most trials that fit into `limit`, bytes; `None` when not even one does, or nothing is drawn.
    #[must_use]
    pub fn trials_within(&self, limit: u64) -> Option<u64> {
        let n_trials = self.n_trials()?;
        let most = most(n_trials, |n_trials| self.with(n_trials) <= limit as f64);
        (most > 0).then_some(most)
    }

    /// The most cells that fit into `limit`, bytes, with the same number of trials; at most those of the run.
    #[must_use]
    pub fn cells_within(&self, limit: u64) -> usize {
        let at = |n_cells: u64| Self { n_cells: n_cells as usize, ..*self }.with(self.n_trials);
        most(self.n_cells as u64, |n_cells| at(n_cells) <= limit as f64) as usize
    }

    fn with(&self, n_trials: u64) -> f64 {
        let n_cells = self.n_cells as f64;
        let simulated = CELL + SIMULATED_CELL;
        let planned = n_trials.min(MAX_PLANNING_TRIALS) as f64;
        let cell = match self.kind {
            RunKind::Exposure => EXPOSED_CELL,
            RunKind::Stress => CELL,
            RunKind::Reverse => CELL + REVERSED_CELL,
            RunKind::Simulate | RunKind::Diversify => simulated,
            RunKind::Plan => simulated + PLANNED_CELL_TRIAL * planned,
        };
        let first = n_cells.min(FIRST_PLANNED_CELLS);
        let planner = match self.kind {
            RunKind::Plan => PLANNED_CELL * first + FURTHER_PLANNED_CELL * (n_cells - first),
            _ => 0.0,
        };
        let trial = if self.kind == RunKind::Diversify { DIVERSIFIED_TRIAL } else { TRIAL };
        let trials = match self.n_trials() {
            Some(_) => trial * n_trials as f64 + remembered(n_cells),
            None => 0.0,
        };
        let sets = if self.kind == RunKind::Reverse { SHOCK_SETS } else { 0.0 };
        BASE + sets + planner + cell * n_cells + trials
    }
}

/// What trials remember of the shocks, bytes.
fn remembered(n_cells: f64) -> f64 {
    (REMEMBERED_CELL * n_cells).min(REMEMBERED.max(REMEMBERED_BOUND_CELL * n_cells))
}

/// The largest number up to `n` that fits, where smaller ones fit too; 0 if none does.
fn most(n: u64, fits: impl Fn(u64) -> bool) -> u64 {
    let (mut most, mut beyond) = (0, n + 1);
    while beyond - most > 1 {
        let middle = most + (beyond - most) / 2;
        if fits(middle) { most = middle } else { beyond = middle }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn footprint(kind: RunKind, n_cells: usize, n_trials: u64) -> Footprint {
        Footprint { kind, n_cells, n_trials }
    }

    /// What fits is as large as can be: one trial, or one cell, more does not fit.
    #[test]
    fn what_fits_is_the_most_that_fits() {
        for kind in [RunKind::Simulate, RunKind::Diversify, RunKind::Plan] {
            let run = footprint(kind, 100, 10_000_000);
            let limit = run.with(1_234) as u64 + 1;
            let most = run.trials_within(limit).unwrap();
            assert!(run.with(most) <= limit as f64 && run.with(most + 1) > limit as f64, "{kind:?}: {most}");
            let cells = run.cells_within(run.bytes() + 1);
            assert_eq!(cells, 100, "{kind:?}");
            let cells = run.cells_within(run.bytes() - 1);
            assert_eq!(cells, 99, "{kind:?}");
        }
        // As many as are there, also where more would fit.
        assert_eq!(footprint(RunKind::Simulate, 10_000, 1).cells_within(1 << 40), 10_000);
        assert_eq!(footprint(RunKind::Simulate, 10_000, 1).trials_within(1 << 20), None);
        assert_eq!(footprint(RunKind::Stress, 10, 500).trials_within(1 << 40), None);
    }
}
