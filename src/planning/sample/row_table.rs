//! The rows of a cell in one flat table, each distinct row once.
//!
//! Many states differ in one row of several, or only in where the fallback starts. So the value of a row is computed once
//! for a plan, and a state takes the largest of its rows.

use std::collections::HashMap;

use super::RowSet;
use crate::service::cell_model::CellModel;
use crate::service::cell_plan::CellPlan;
use crate::service::state::LossRow;

/// Distinct rows of a cell, and which of them each row set has.
#[derive(Debug, Clone, Default)]
pub struct RowTable {
    /// Columns of the shares, then of the hot covers, then of the warm covers.
    n_classes: usize,
    /// `[n_rows]`: end of the row's terms.
    ends: Vec<usize>,
    /// (column, factor).
    terms: Vec<(u32, f64)>,
    /// `[n_rows]`: number of the cell's warm leads that have passed.
    n_warm_leads_open: Vec<u32>,
    /// `[n_row_sets]`: end of the set's rows in `rows`.
    set_ends: Vec<usize>,
    /// Rows of all sets, those before the fallback first.
    rows: Vec<u32>,
    /// `[n_row_sets]`: number of leading rows before the fallback.
    n_before: Vec<u32>,
}

/// No row of a set is positive.
const NONE: u32 = u32::MAX;

impl RowTable {
    /// Collects the rows of all sets.
    #[must_use]
    pub fn new(cell_model: &CellModel, row_sets: &[RowSet]) -> Self {
        let mut own = Self { n_classes: cell_model.classes.len(), ..Self::default() };
        let mut index: HashMap<Vec<u64>, u32> = HashMap::new();
        for set in row_sets {
            for row in &set.rows {
                let next = index.len();
                let at = *index.entry(key(row)).or_insert_with(|| {
                    own.push(cell_model, row);
                    u32::try_from(next).expect("fewer than 2^32 rows")
                });
                own.rows.push(at);
            }
            own.set_ends.push(own.rows.len());
            let n_before = set.n_rows_before_fallback.min(set.rows.len());
            own.n_before.push(u32::try_from(n_before).expect("fewer than 2^32 rows"));
        }
        own
    }

    fn push(&mut self, cell_model: &CellModel, row: &LossRow) {
        let n = self.n_classes;
        let column = |c: usize| u32::try_from(c).expect("fewer than 2^32 classes");
        self.terms.extend(row.displaced.iter().map(|&(c, part)| (column(c), part)));
        self.terms.extend(row.lost_surge.iter().map(|&c| (column(c), cell_model.surge)));
        self.terms.extend(row.lost_hot.iter().map(|&(c, part)| (column(n + c), part)));
        self.terms.extend(row.lost_warm.iter().map(|&(c, part)| (column(2 * n + c), part)));
        self.ends.push(self.terms.len());
        self.n_warm_leads_open.push(column(row.n_warm_leads_open));
    }

    /// Number of distinct rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.ends.len()
    }

    /// A row's terms: (column, factor).
    fn terms(&self, row: usize) -> &[(u32, f64)] {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.terms[start..self.ends[row]]
    }

    /// `[n_rows]`: slices of the rows minus the bounds of their alternatives ([`CellPlan::row_value`]).
    #[must_use]
    pub fn values(&self, plan: &CellPlan) -> Vec<f64> {
        let (shares, hots, warms) = (plan.class_shares(), plan.class_hots(), plan.class_warms());
        let columns: Vec<f64> = shares.iter().chain(hots).chain(warms).copied().collect();
        let mut start = 0;
        let value = |(&end, &n_open): (&usize, &u32)| {
            let terms = &self.terms[start..end];
            start = end;
            let sum: f64 = terms.iter().map(|&(column, factor)| factor * columns[column as usize]).sum();
            sum - plan.alternatives_on_a_calm_day(n_open as usize)
        };
        self.ends.iter().zip(&self.n_warm_leads_open).map(value).collect()
    }

    /// The rows of a set: before the fallback, and after it.
    fn rows_of(&self, set: usize) -> (&[u32], &[u32]) {
        let start = if set == 0 { 0 } else { self.set_ends[set - 1] };
        self.rows[start..self.set_ends[set]].split_at(self.n_before[set] as usize)
    }

    /// `[n_row_sets]`: outage cost of each state, USD per day. `values`: [`Self::values`].
    #[must_use]
    pub fn outage_usd_per_day(&self, cell_model: &CellModel, values: &[f64]) -> Vec<f64> {
        let largest = |from: f64, rows: &[u32]| {
            rows.iter().fold(from, |largest, &row| largest.max(values[row as usize]))
        };
        let of_set = |set: usize| {
            let (before, after) = self.rows_of(set);
            let before = largest(0.0, before);
            CellPlan::usd_per_day_of(cell_model, (before, largest(before, after)))
        };
        (0..self.set_ends.len()).map(of_set).collect()
    }

    /// `[n_rows]`: what a unit of each row costs where the largest positive row of each set binds, USD. `days`:
    /// `[n_row_sets]`, weighted.
    #[must_use]
    pub fn binding_usd(&self, cell_model: &CellModel, values: &[f64], days: &[f64]) -> Vec<f64> {
        let mut usd = vec![0.0; self.n_rows()];
        let largest = |from: u32, rows: &[u32]| {
            let value = |row: u32| if row == NONE { 0.0 } else { values[row as usize] };
            rows.iter().fold(from, |largest, &row| if value(row) > value(largest) { row } else { largest })
        };
        let mut charge = |row: u32, amount: f64| {
            if row != NONE {
                usd[row as usize] += amount;
            }
        };
        for (set, &days) in days.iter().enumerate().filter(|(_, days)| **days > 0.0) {
            let (before, after) = self.rows_of(set);
            let before = largest(NONE, before);
            let all = largest(before, after);
            match cell_model.fallback_usd_per_day {
                None => charge(all, days * cell_model.value_usd_per_day),
                Some(fallback) => {
                    charge(before, days * (cell_model.value_usd_per_day - fallback));
                    charge(all, days * fallback);
                }
            }
        }
        usd
    }

    /// Calls `add` with (number of warm leads open, USD, terms) of each row that costs something. `usd`: `[n_rows]`.
    pub fn for_each_binding(&self, usd: &[f64], mut add: impl FnMut(usize, f64, &[(u32, f64)])) {
        for (row, &usd) in usd.iter().enumerate().filter(|(_, usd)| **usd != 0.0) {
            add(self.n_warm_leads_open[row] as usize, usd, self.terms(row));
        }
    }
}

/// A key that is equal for two rows if and only if they are equal.
pub(super) fn key(row: &LossRow) -> Vec<u64> {
    let mut words = vec![row.n_warm_leads_open as u64];
    words.extend([row.displaced.len(), row.lost_surge.len(), row.lost_hot.len()].map(|n| n as u64));
    words.extend(row.lost_surge.iter().map(|c| *c as u64));
    for terms in [&row.displaced, &row.lost_hot, &row.lost_warm] {
        words.extend(terms.iter().flat_map(|(c, part)| [*c as u64, part.to_bits()]));
    }
    words
}
