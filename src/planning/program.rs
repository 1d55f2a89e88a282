//! Trials compiled once into what the loss of *any* plan depends on: days in distinct cell states, and one-offs.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::service::course::{ClassState, Stretch, follow};
use crate::service::disruption::{Disruption, Occurrence};
use crate::service::frame::{CellFrame, Local, Roles};
use crate::service::loss::CellPlan;
use crate::service::setting::Setting;
use crate::service::state::{Alternatives, CellState, Row, extra_costs, moments};
use crate::shocks::resolve::ResolvedShock;

/// Rows of one or more states of a cell: what its unserved share depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct RowSet {
    pub rows: Vec<Row>,
    /// The first so many rows have elapsed < the fallback's `after`.
    pub n_rows_before_fallback: usize,
}

/// One cell through all trials.
#[derive(Debug, Clone)]
pub struct CellProgram {
    pub frame: CellFrame,
    /// Distinct row sets, in order of first appearance.
    pub row_sets: Vec<RowSet>,
    /// Extra costs by carrier of each distinct set of states, USD per day and unit of share.
    pub extras: Vec<Vec<(Local, f64)>>,
    /// By trial: days in each row set.
    pub row_set_days: Sparse,
    /// By trial: days with each of `extras`.
    pub extra_days: Sparse,
    /// By trial and class of carriers: one-off cost per unit of share, USD.
    pub one_offs: Sparse,
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

    fn close_trial(&mut self) {
        let start = self.ends.last().copied().unwrap_or(0);
        self.entries[start..].sort_by_key(|e| e.0);
        // Equal indices of one trial add up.
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

    /// Sum over trials by index, `[n]`.
    #[must_use]
    pub fn sums(&self, n: usize) -> Vec<f64> {
        let mut sums = vec![0.0; n];
        for &(index, value) in &self.entries {
            sums[index as usize] += value;
        }
        sums
    }
}

/// All cells through all trials.
#[derive(Debug, Clone)]
pub struct Program {
    pub n_trials: usize,
    pub cells: Vec<CellProgram>,
    pub horizon_days: f64,
}

impl Program {
    /// Compiles trials for every plan that `roles` allows.
    #[must_use]
    pub fn new(
        setting: &Setting<'_>,
        shocks: &[ResolvedShock],
        roles: &Roles,
        trials: &[Vec<Occurrence>],
    ) -> Self {
        let horizon_days = setting.horizon_days();
        let disruptions: Vec<Disruption<'_>> = trials
            .par_iter()
            .map(|occurrences| Disruption::new(&setting.graph, shocks, occurrences, horizon_days))
            .collect();
        let frames = CellFrame::all(setting, roles, shocks);
        let cells = frames.into_par_iter().map(|frame| CellProgram::new(frame, &disruptions)).collect();
        Self { n_trials: trials.len(), cells, horizon_days }
    }

    /// `[n_trials]`: loss of a plan, USD. The same sums as the simulator's.
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

impl CellProgram {
    fn new(frame: CellFrame, disruptions: &[Disruption<'_>]) -> Self {
        let mut compiler = Compiler::default();
        for disruption in disruptions {
            compiler.trial(&frame, disruption);
        }
        Self {
            frame,
            row_sets: compiler.row_sets,
            extras: compiler.extras,
            row_set_days: compiler.row_set_days,
            extra_days: compiler.extra_days,
            one_offs: compiler.one_offs,
        }
    }

    /// `[n_trials]`: this cell's loss, USD.
    fn losses(&self, plan: &CellPlan, n_trials: usize) -> Vec<f64> {
        let per_day =
            |set: &RowSet| plan.outage_usd_per_day(&self.frame, &set.rows, set.n_rows_before_fallback);
        let outage: Vec<f64> = self.row_sets.iter().map(per_day).collect();
        let extra: Vec<f64> = self.extras.iter().map(|extra| plan.extra_usd_per_day(extra)).collect();
        (0..n_trials)
            .map(|trial| {
                dot(self.row_set_days.trial(trial), &outage)
                    + dot(self.extra_days.trial(trial), &extra)
                    + dot(self.one_offs.trial(trial), plan.class_shares())
            })
            .collect()
    }
}

fn dot(entries: &[(u32, f64)], values: &[f64]) -> f64 {
    entries.iter().map(|(index, value)| value * values[*index as usize]).sum()
}

#[derive(Default)]
struct Compiler {
    row_sets: Vec<RowSet>,
    extras: Vec<Vec<(Local, f64)>>,
    row_set_index: HashMap<Vec<u64>, u32>,
    extra_index: HashMap<Vec<u64>, u32>,
    row_set_days: Sparse,
    extra_days: Sparse,
    one_offs: Sparse,
}

impl Compiler {
    fn trial(&mut self, frame: &CellFrame, disruption: &Disruption<'_>) {
        let course = follow(frame, disruption);
        for stretch in &course.stretches {
            if stretch.states.is_empty() {
                continue;
            }
            let index = self.extra(frame, stretch);
            if !self.extras[index as usize].is_empty() {
                self.extra_days.entries.push((index, stretch.end - stretch.start));
            }
            if stretch.slices.is_empty() {
                continue;
            }
            let alternatives = Alternatives::new(frame, stretch);
            for moment in moments(frame, stretch, &alternatives.onboardings()) {
                let state = alternatives.state_at(frame, &moment);
                if !state.rows.is_empty() {
                    let index = self.row_set(state);
                    self.row_set_days.entries.push((index, moment.days()));
                }
            }
        }
        for &(class, part) in &course.switched {
            self.one_offs.entries.push((local_u32(class), frame.switch_usd * part));
        }
        for &(class, usd) in &course.one_off_usd {
            if frame.classes[class].is_carrier {
                self.one_offs.entries.push((local_u32(class), usd));
            }
        }
        for sparse in [&mut self.row_set_days, &mut self.extra_days, &mut self.one_offs] {
            sparse.close_trial();
        }
    }

    /// Extra costs follow from the states alone, which recur far more often than they differ.
    fn extra(&mut self, frame: &CellFrame, stretch: &Stretch) -> u32 {
        let word = |s: &ClassState| {
            [(s.class as u64) << 1 | u64::from(s.is_usable), s.capacity.to_bits(), s.price_factor.to_bits()]
        };
        let is_struck = |s: &&ClassState| !s.is_usable || s.capacity != 1.0 || s.price_factor != 1.0;
        let key: Vec<u64> = stretch.states.iter().filter(is_struck).flat_map(word).collect();
        *self.extra_index.entry(key).or_insert_with(|| {
            self.extras.push(extra_costs(frame, stretch));
            local_u32(self.extras.len() - 1)
        })
    }

    fn row_set(&mut self, state: CellState) -> u32 {
        *self.row_set_index.entry(key(&state)).or_insert_with(|| {
            self.row_sets
                .push(RowSet { rows: state.rows, n_rows_before_fallback: state.n_rows_before_fallback });
            local_u32(self.row_sets.len() - 1)
        })
    }
}

fn local_u32(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 entries")
}

/// A state's rows as words, with the lengths that make the reading unique.
fn key(state: &CellState) -> Vec<u64> {
    let mut words = vec![state.n_rows_before_fallback as u64];
    for row in &state.rows {
        words.extend([row.displaced.len(), row.lost_surge.len(), row.lost_hot.len()].map(|n| n as u64));
        words.extend([row.n_warm_leads_open as u64, row.lost_warm.len() as u64]);
        words.extend(row.lost_surge.iter().map(|m| *m as u64));
        for terms in [&row.displaced, &row.lost_hot, &row.lost_warm] {
            words.extend(terms.iter().flat_map(|(m, k)| [*m as u64, k.to_bits()]));
        }
    }
    words
}
