//! The sample by workload: what belongs to one alone, and the rows that bind several together.

use crate::model::instance::{CellIdx, Instance, WorkloadIdx};
use crate::planning::formulation::Formulation;
use crate::planning::formulation::linear_program::{LinearProgram, VariableIdx};

/// One workload's part of the sample.
#[derive(Debug, Clone)]
pub struct Block {
    pub workload: WorkloadIdx,
    pub cells: std::ops::Range<CellIdx>,
    /// Its decisions, ascending: shares, standbys, covers, uses of replicas; not its expected losses.
    pub variables: Vec<VariableIdx>,
    /// Rows in which no other variable stands.
    pub rows: Vec<usize>,
    /// Binding rows in which its variables stand, with the terms: those of expected losses apart.
    pub linking_rows: Vec<(usize, Vec<(VariableIdx, f64)>)>,
    /// Binding rows in which expected losses of its cells stand: (row, cell, factor).
    pub linking_losses: Vec<(usize, CellIdx, f64)>,
}

/// The sample taken apart.
#[derive(Debug, Clone)]
pub struct Blocks {
    /// `[n_workloads]`
    pub blocks: Vec<Block>,
    /// Rows that bind several workloads, or a workload and what all share.
    pub linking_rows: Vec<usize>,
    /// Variables of no workload: replicas, CVaR, what limits count.
    pub shared: Vec<VariableIdx>,
}

impl Blocks {
    /// Takes the sample apart; lower bounds on loss are no part of it.
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
            let is_binding = place_row(&formulation.lp, row, &owner, &loss_cell, &mut blocks);
            linking_rows.extend(is_binding.then_some(row));
        }
        Self { blocks, linking_rows, shared }
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

/// `[n_variables]`: the workload to which a variable belongs.
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
    formulation
        .risk
        .expected
        .iter()
        .enumerate()
        .for_each(|(cell, &variable)| owner[variable] = workload(cell));
    formulation.variables.dependents.iter().for_each(|f| owner[f.variable] = workload(f.cell));
    owner
}
