//! Block-angular decomposition of the program: one block per workload, and linking rows that join them.

use crate::model::instance::{CellIdx, Instance, WorkloadIdx};
use crate::planning::formulation::Formulation;
use crate::planning::formulation::linear_program::{LinearProgram, VariableIdx};

/// A block: one workload's part of the program.
#[derive(Debug, Clone)]
pub struct Block {
    pub workload: WorkloadIdx,
    pub cells: std::ops::Range<CellIdx>,
    /// Variables of the workload, ascending: shares, readiness, covers, uses of replicas, dependent variables; not its
    /// expected losses.
    pub variables: Vec<VariableIdx>,
    /// Rows with no other variables.
    pub rows: Vec<usize>,
    /// Linking rows with the terms of its variables, without those of expected losses.
    pub linking_rows: Vec<(usize, Vec<(VariableIdx, f64)>)>,
    /// Terms of its cells' expected losses in linking rows: (row, cell, factor).
    pub linking_losses: Vec<(usize, CellIdx, f64)>,
}

/// The decomposed program.
#[derive(Debug, Clone)]
pub struct Blocks {
    /// `[n_workloads]`
    pub blocks: Vec<Block>,
    /// Rows with variables of several workloads, or with shared variables.
    pub linking_rows: Vec<usize>,
    /// Variables that belong to no workload, ascending: replicas, CVaR, counters of limits.
    pub shared: Vec<VariableIdx>,
}

impl Blocks {
    /// Decomposes the program; its cuts are left out.
    #[must_use]
    pub fn new(instance: &Instance, formulation: &Formulation) -> Self {
        let owner = owners(instance, formulation);
        let mut loss_cell = vec![None; formulation.lp.variables.len()];
        formulation
            .risk
            .expected
            .iter()
            .enumerate()
            .for_each(|(cell, &variable)| loss_cell[variable] = Some(cell));
        let mut blocks: Vec<Block> = instance
            .workloads
            .iter()
            .enumerate()
            .map(|(workload, w)| Block {
                workload,
                cells: w.cells.clone(),
                variables: Vec::new(),
                rows: Vec::new(),
                linking_rows: Vec::new(),
                linking_losses: Vec::new(),
            })
            .collect();
        let mut shared = Vec::new();
        for (variable, owner) in owner.iter().enumerate() {
            match owner {
                Some(workload) if loss_cell[variable].is_none() => blocks[*workload].variables.push(variable),
                Some(_) => {}
                None => shared.push(variable),
            }
        }
        let mut linking_rows = Vec::new();
        for row in 0..formulation.lp.constraints.len() {
            let is_linking = place_row(&formulation.lp, row, &owner, &loss_cell, &mut blocks);
            linking_rows.extend(is_linking.then_some(row));
        }
        Self { blocks, linking_rows, shared }
    }
}

/// Adds a row to the block that it belongs to, or its terms to all blocks that it links; returns whether it is a
/// linking row.
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
    for &(variable, factor) in terms {
        let Some(workload) = owner[variable] else { continue };
        let block = &mut blocks[workload];
        if let Some(cell) = loss_cell[variable] {
            block.linking_losses.push((row, cell, factor));
            continue;
        }
        match block.linking_rows.last_mut().filter(|last| last.0 == row) {
            Some(last) => last.1.push((variable, factor)),
            None => block.linking_rows.push((row, vec![(variable, factor)])),
        }
    }
    true
}

/// `[n_variables]`: the workload that a variable belongs to; `None` for shared variables.
fn owners(instance: &Instance, formulation: &Formulation) -> Vec<Option<WorkloadIdx>> {
    let mut owner = vec![None; formulation.lp.variables.len()];
    let workload = |cell: CellIdx| Some(instance.cells[cell].workload);
    formulation.variables.primaries.iter().for_each(|c| owner[c.variable] = workload(c.cell));
    for standby in &formulation.variables.standbys {
        owner[standby.is_ready] = Some(standby.workload);
        owner[standby.cover] = Some(standby.workload);
    }
    formulation
        .variables
        .uses
        .iter()
        .for_each(|((workload, _), &variable)| owner[variable] = Some(*workload));
    formulation.variables.used.owned().for_each(|(workload, variable)| owner[variable] = Some(workload));
    formulation
        .risk
        .expected
        .iter()
        .enumerate()
        .for_each(|(cell, &variable)| owner[variable] = workload(cell));
    formulation.variables.dependents.iter().for_each(|f| owner[f.variable] = workload(f.cell));
    owner
}
