//! Survival limits as rows: after the loss of any node, the share that is unserved past the recovery objective stays
//! within a bound.
//!
//! The loss of a node is simulated once for all possible plans, like a trial. Its sub-intervals give the rows that
//! bound the unserved share of each cell; one limit row joins the cells that are affected at the same time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use rayon::prelude::*;

use super::linear_program::{LinearProgram, VariableIdx};
use super::variables::{DependentVariable, Variables};
use crate::exposure::node_losses::NodeFailure;
use crate::limits::nodes_of;
use crate::model::instance::CellIdx;
use crate::model::limit::LossOf;
use crate::model::portfolio::Readiness;
use crate::planning::sample::cuts::LossCut;
use crate::service::cell_model::{CellModel, Roles};
use crate::service::disruption::Disruption;
use crate::service::setting::Setting;
use crate::service::state::{Alternatives, LossRow, sub_intervals};
use crate::service::trajectory::simulate_cell;

/// Name of the rows that join the cells of a situation.
pub const SURVIVES: &str = "survives";
/// Margin kept to the bound, so that the solver's rounding does not break it.
const MARGIN: f64 = 1e-6;

/// A survival limit.
#[derive(Debug, Clone, Copy)]
pub struct Survives<'a> {
    pub loss_of: &'a LossOf,
    pub service_at_least: f64,
    pub within_days: f64,
}

/// A time in which a cell is unserved, with its rows: the largest is the unserved share.
struct OutageSpell {
    start: f64,
    end: f64,
    rows: Vec<LossRow>,
}

/// A situation: the cells that are unserved at one time, as (cell, state).
type UnservedCells = BTreeSet<(CellIdx, usize)>;

/// Adds the rows of a survival limit for each scope, and their unserved shares to `variables.dependents`.
pub fn add_survives(
    setting: &Setting<'_>,
    roles: &Roles,
    limit: &Survives<'_>,
    scopes: &[Range<CellIdx>],
    variables: &mut Variables,
    lp: &mut LinearProgram,
) {
    let cell_models = CellModel::all(setting, roles, &[]);
    let nodes = nodes_of(setting.instance, limit.loss_of);
    if limit.service_at_least <= 0.0 {
        return;
    }
    let by_node: Vec<Vec<Vec<OutageSpell>>> =
        nodes.par_iter().map(|&node| spells(setting, &cell_models, node, limit.within_days)).collect();
    let mut states = States::default();
    let mut situations: BTreeSet<UnservedCells> = BTreeSet::new();
    for by_cell in &by_node {
        situations.extend(states.situations(by_cell));
    }
    let unserved: Vec<VariableIdx> = states
        .known
        .iter()
        .map(|(cell, rows)| add_unserved(&cell_models[*cell], rows, variables, lp))
        .collect();
    for cells in scopes {
        let value = |cell: CellIdx| setting.instance.cells[cell].value_usd_per_day;
        let total: f64 = cells.clone().map(value).sum();
        if total == 0.0 {
            continue;
        }
        let own = |situation: &UnservedCells| -> UnservedCells {
            situation.iter().copied().filter(|(cell, _)| cells.contains(cell)).collect()
        };
        for situation in largest(situations.iter().map(own).collect()) {
            let terms = situation.iter().map(|&(cell, state)| (unserved[state], value(cell) / total));
            let most = (1.0 - limit.service_at_least - MARGIN).max(0.0);
            lp.add_at_most(SURVIVES, terms.collect(), most);
        }
    }
}

/// Outage spells of each cell, `[n_cells]`, that last beyond `within_days` after the loss of a node.
fn spells(
    setting: &Setting<'_>,
    cell_models: &[CellModel],
    node: NodeFailure,
    within_days: f64,
) -> Vec<Vec<OutageSpell>> {
    let horizon_days = setting.horizon_days();
    let disruption = Disruption::of_nodes(&setting.graph, &node.stopped(setting.instance), horizon_days);
    let of_cell = |cell_model: &CellModel| {
        let mut spells = Vec::new();
        for interval in
            simulate_cell(cell_model, &disruption).intervals.iter().filter(|s| !s.slices.is_empty())
        {
            let alternatives = Alternatives::new(cell_model, interval);
            let late = sub_intervals(cell_model, interval, &alternatives.onboardings())
                .filter(|s| s.end > within_days);
            for sub_interval in late {
                let rows = alternatives.state_at(cell_model, &sub_interval).rows;
                if !rows.is_empty() {
                    spells.push(OutageSpell { start: sub_interval.start, end: sub_interval.end, rows });
                }
            }
        }
        spells
    };
    cell_models.iter().map(of_cell).collect()
}

/// Distinct states of the cells, numbered.
#[derive(Default)]
struct States {
    known: Vec<(CellIdx, Vec<LossRow>)>,
    /// Number of a state, by cell and its rows in debug format.
    index: HashMap<(CellIdx, String), usize>,
}

impl States {
    fn number(&mut self, cell: CellIdx, rows: &[LossRow]) -> usize {
        let known = &mut self.known;
        *self.index.entry((cell, format!("{rows:?}"))).or_insert_with(|| {
            known.push((cell, rows.to_vec()));
            known.len() - 1
        })
    }

    /// Situations after the loss of one node: one for each time at which the state of a cell changes.
    fn situations(&mut self, by_cell: &[Vec<OutageSpell>]) -> BTreeSet<UnservedCells> {
        let mut numbered: Vec<(f64, f64, CellIdx, usize)> = Vec::new();
        for (cell, spells) in by_cell.iter().enumerate() {
            let own = spells.iter().map(|s| (s.start, s.end, cell, self.number(cell, &s.rows)));
            numbered.extend(own.collect::<Vec<_>>());
        }
        // A new situation begins where a spell begins.
        let starts: BTreeMap<u64, f64> = numbered.iter().map(|s| (s.0.to_bits(), s.0)).collect();
        let at = |start: &f64| {
            let on = numbered.iter().filter(|s| s.0 <= *start && *start < s.1);
            on.map(|s| (s.2, s.3)).collect()
        };
        starts.values().map(at).collect()
    }
}

/// Situations that are not a subset of another; a limit on the larger one implies the limit on the smaller one.
fn largest(situations: BTreeSet<UnservedCells>) -> Vec<UnservedCells> {
    let is_subset = |own: &UnservedCells| situations.iter().any(|other| other != own && own.is_subset(other));
    situations.iter().filter(|own| !own.is_empty() && !is_subset(own)).cloned().collect()
}

/// Adds the unserved share of a state as a variable that is at least each of its rows.
fn add_unserved(
    cell_model: &CellModel,
    rows: &[LossRow],
    variables: &mut Variables,
    lp: &mut LinearProgram,
) -> VariableIdx {
    let variable = lp.add_continuous(0.0, 0.0, f64::INFINITY);
    let first = lp.constraints.len();
    for row in rows {
        let cut = LossCut::of_row(cell_model, row);
        let class = |offer: usize| cell_model.local(offer).map(|local| cell_model.members[local].class);
        let mut terms = vec![(variable, 1.0)];
        for primary in variables.primaries_of(cell_model.cell) {
            terms.extend(class(primary.offer).map(|class| (primary.variable, -cut.class[class])));
        }
        for standby in variables.standbys.iter().filter(|s| s.cells.iter().any(|c| c.0 == cell_model.cell)) {
            let share = |class: usize| match standby.readiness {
                Readiness::Hot => cut.hot[class],
                Readiness::Warm => cut.warm[class],
            };
            terms.extend(class(standby.offer).map(|class| (standby.cover, -share(class))));
        }
        lp.add_at_least("unserved", terms, 0.0);
    }
    let rows = first..lp.constraints.len();
    variables.dependents.push(DependentVariable { cell: cell_model.cell, variable, rows });
    variable
}
