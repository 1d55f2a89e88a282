//! The program by workload: what belongs to one alone, and the rows that bind several together.

use crate::model::instance::{CellIdx, Instance, WorkloadIdx};
use crate::planning::formulation::Master;
use crate::planning::formulation::linear_program::{Column, LinearProgram};

/// One workload's part of the program.
#[derive(Debug, Clone)]
pub struct Block {
    pub workload: WorkloadIdx,
    pub cells: std::ops::Range<CellIdx>,
    /// Its decisions, ascending: shares, standbys, covers, uses of replicas; not its expected losses.
    pub columns: Vec<Column>,
    /// Rows in which no other column stands.
    pub rows: Vec<usize>,
    /// Binding rows in which its columns stand, with the terms: those of expected losses apart.
    pub binding: Vec<(usize, Vec<(Column, f64)>)>,
    /// Binding rows in which expected losses of its cells stand: (row, cell, factor).
    pub binding_losses: Vec<(usize, CellIdx, f64)>,
}

/// The program taken apart.
#[derive(Debug, Clone)]
pub struct Blocks {
    /// `[n_workloads]`
    pub blocks: Vec<Block>,
    /// Rows that bind several workloads, or a workload and what all share.
    pub binding: Vec<usize>,
    /// Columns of no workload: replicas, CVaR, what limits count.
    pub shared: Vec<Column>,
}

impl Blocks {
    /// Takes the program apart; lower bounds on loss are no part of it.
    #[must_use]
    pub fn new(instance: &Instance, master: &Master) -> Self {
        let owner = owners(instance, master);
        let mut loss_cell = vec![None; master.lp.variables.len()];
        master.risk.expected.iter().enumerate().for_each(|(cell, &column)| loss_cell[column] = Some(cell));
        let mut blocks: Vec<Block> = instance
            .workloads
            .iter()
            .enumerate()
            .map(|(workload, w)| Block {
                workload,
                cells: w.cells.clone(),
                columns: Vec::new(),
                rows: Vec::new(),
                binding: Vec::new(),
                binding_losses: Vec::new(),
            })
            .collect();
        let mut shared = Vec::new();
        for (column, owner) in owner.iter().enumerate() {
            match owner {
                Some(workload) if loss_cell[column].is_none() => blocks[*workload].columns.push(column),
                Some(_) => {}
                None => shared.push(column),
            }
        }
        let mut binding = Vec::new();
        for row in 0..master.lp.constraints.len() {
            let is_binding = place_row(&master.lp, row, &owner, &loss_cell, &mut blocks);
            binding.extend(is_binding.then_some(row));
        }
        Self { blocks, binding, shared }
    }
}

/// Gives a row to the workload it belongs to, or its terms to all workloads it binds; whether it binds any.
fn place_row(
    lp: &LinearProgram,
    row: usize,
    owner: &[Option<WorkloadIdx>],
    loss_cell: &[Option<CellIdx>],
    blocks: &mut [Block],
) -> bool {
    let terms = &lp.constraints[row].terms;
    let first = terms.first().and_then(|t| owner[t.0]);
    let is_own = first.is_some() && terms.iter().all(|t| owner[t.0] == first && loss_cell[t.0].is_none());
    if let (true, Some(workload)) = (is_own, first) {
        blocks[workload].rows.push(row);
        return false;
    }
    for &(column, factor) in terms {
        let Some(workload) = owner[column] else { continue };
        let block = &mut blocks[workload];
        if let Some(cell) = loss_cell[column] {
            block.binding_losses.push((row, cell, factor));
            continue;
        }
        match block.binding.last_mut().filter(|last| last.0 == row) {
            Some(last) => last.1.push((column, factor)),
            None => block.binding.push((row, vec![(column, factor)])),
        }
    }
    true
}

/// `[n_columns]`: the workload to which a column belongs.
fn owners(instance: &Instance, master: &Master) -> Vec<Option<WorkloadIdx>> {
    let mut owner = vec![None; master.lp.variables.len()];
    let workload = |cell: CellIdx| Some(instance.cells[cell].workload);
    master.columns.carriers.iter().for_each(|c| owner[c.column] = workload(c.cell));
    for standby in &master.columns.standbys {
        owner[standby.is_ready] = Some(standby.workload);
        owner[standby.cover] = Some(standby.workload);
    }
    master.columns.uses.iter().for_each(|((workload, _), &column)| owner[column] = Some(*workload));
    master.risk.expected.iter().enumerate().for_each(|(cell, &column)| owner[column] = workload(cell));
    master.columns.followers.iter().for_each(|f| owner[f.column] = workload(f.cell));
    owner
}
