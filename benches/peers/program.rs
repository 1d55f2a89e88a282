//! The planner's problem as tables, whole and before anything is solved: what the peers of `multipolar optimize` read.

use std::collections::BTreeMap;
use std::path::Path;

use multipolar::exposure::shares::ExposureSetting;
use multipolar::graph::dimension::Dimensions;
use multipolar::input::{Sources, load};
use multipolar::model::instance::Standby;
use multipolar::model::plan::Plan;
use multipolar::model::portfolio::Readiness;
use multipolar::planning::USD_PER_UNIT;
use multipolar::planning::formulation::Formulation;
use multipolar::planning::formulation::linear_program::VariableIdx;
use multipolar::planning::formulation::variables::Variables;
use multipolar::planning::request::{Discouraged, Request};
use multipolar::planning::sample::shortlist::shortlist;
use multipolar::planning::sample::{CellSample, CompiledSample};
use multipolar::service::disruption::Occurrence;
use multipolar::service::state::LossRow;
use multipolar::simulation::draws::{Purpose, Rates, Sampler};
use multipolar::study::session::Session;
use serde_json::{Value, json};

/// Which columns the tables have.
#[derive(Clone, Copy, PartialEq)]
pub enum Grouping {
    /// Offers that differ in price and quality only share a column, as the planner has it.
    AsPlanned,
    /// Every offer has its own.
    None,
}

/// The trials a plan is made on, as the command draws them.
pub fn trials(session: &Session<'_>, seed: u64, n_trials: u64) -> Vec<Vec<Occurrence>> {
    let sampler = Sampler::new(session.instance, &session.shocks, seed, Purpose::InSample, Rates::Drawn);
    (0..n_trials).map(|trial| sampler.trial(trial)).collect()
}

/// Columns, rows of decisions and limits, and the loss of every trial, for the offers that the planner looks at. Money
/// of variables and rows is in units of `usd_per_unit`, that of losses in USD; infinite bounds are `null`.
///
/// # Panics
/// When the portfolio is not valid.
pub fn program(portfolio: &Path, n_trials: u64, request: &Request, grouping: Grouping) -> Value {
    let loaded =
        load(Sources { portfolio, catalog: None, jurisdictions: None }).expect("the portfolio is valid");
    let session = Session::new(&loaded.instance);
    let setting = &session.setting;
    let trials = trials(&session, 1, n_trials);
    let roles = shortlist(setting, &session.shocks, &trials, &[]);
    let program = CompiledSample::new(setting, &session.shocks, &roles, &trials);
    let dimensions = Dimensions::new(setting.instance, &setting.graph);
    let exposure =
        ExposureSetting { instance: setting.instance, prices: &setting.prices, dimensions: &dimensions };
    let mut request = request.clone();
    if grouping == Grouping::None {
        // What a request names has a column of its own; a charge of nothing changes nothing else.
        let primaries = roles.primaries.iter().enumerate();
        let pairs = primaries.flat_map(|(cell, offers)| offers.iter().map(move |&offer| (cell, offer)));
        request.discouraged =
            pairs.map(|(cell, offer)| Discouraged::Share { cell, offer, usd: 0.0 }).collect();
    }
    let formulation = Formulation::new(setting, &exposure, &program, &request);
    let variables = &formulation.variables;
    let cells: Vec<Value> = program.cells.iter().map(|own| cell(own, variables, program.n_trials)).collect();
    json!({
        "portfolio": loaded.instance.portfolio.name,
        "n_trials": program.n_trials,
        "usd_per_unit": USD_PER_UNIT,
        "confidence_level": request.objective.confidence_level,
        "limits_left_out": formulation.limits_left_out,
        "columns": {
            "cost": formulation.lp.variables.iter().map(|v| v.cost).collect::<Vec<_>>(),
            "low": formulation.lp.variables.iter().map(|v| finite(v.low)).collect::<Vec<_>>(),
            "high": formulation.lp.variables.iter().map(|v| finite(v.high)).collect::<Vec<_>>(),
            "is_integer": formulation.lp.variables.iter().map(|v| v.is_integer).collect::<Vec<_>>(),
        },
        "expected": formulation.risk.expected,
        "cvar": formulation.risk.cvar,
        "rows": {
            "low": formulation.lp.constraints.iter().map(|row| finite(row.low)).collect::<Vec<_>>(),
            "high": formulation.lp.constraints.iter().map(|row| finite(row.high)).collect::<Vec<_>>(),
            "terms": Terms::of(formulation.lp.constraints.iter().map(|row| row.terms.as_slice())),
        },
        "cells": cells,
        "meaning": meaning(&session, variables),
    })
}

/// What variables stand for, by the names of the command's answer.
fn meaning(session: &Session<'_>, variables: &Variables) -> Value {
    let instance = session.instance;
    let workload = |at: usize| &instance.workloads[at].workload.id;
    let offer = |at: usize| instance.offers[at].id.to_string();
    let primaries: Vec<Value> = variables
        .primaries
        .iter()
        .map(|c| {
            let cell = &instance.cells[c.cell];
            json!([
                workload(cell.workload),
                instance.jurisdictions[cell.users].id,
                offer(c.offer),
                c.variable
            ])
        })
        .collect();
    let standbys: Vec<Value> = variables
        .standbys
        .iter()
        .map(|s| json!([workload(s.workload), offer(s.offer), word(s.readiness), s.is_ready, s.cover]))
        .collect();
    let replicas: BTreeMap<String, VariableIdx> =
        variables.replicas.iter().map(|(&o, &c)| (offer(o), c)).collect();
    json!({"primaries": primaries, "standbys": standbys, "replicas": replicas})
}

/// A plan's shares, by workload, users and offer.
pub fn allocation(session: &Session<'_>, plan: &Plan) -> Value {
    let instance = session.instance;
    let mut shares: BTreeMap<&str, BTreeMap<String, BTreeMap<String, f64>>> = BTreeMap::new();
    for (cell, own) in instance.cells.iter().zip(&plan.allocation) {
        let by_offer = own.iter().map(|&(offer, share)| (instance.offers[offer].id.to_string(), share));
        let users = instance.jurisdictions[cell.users].id.to_string();
        let workload = shares.entry(&instance.workloads[cell.workload].workload.id).or_default();
        workload.insert(users, by_offer.collect());
    }
    json!(shares)
}

/// A plan's standbys.
pub fn standby(session: &Session<'_>, plan: &Plan) -> Vec<Value> {
    let instance = session.instance;
    let of_workload = |(workload, own): (usize, &Vec<Standby>)| -> Vec<Value> {
        let id = &instance.workloads[workload].workload.id;
        let told = |s: &Standby| {
            let offer = instance.offers[s.offer].id.to_string();
            json!({"workload": id, "offer": offer, "readiness": word(s.readiness), "cover": s.cover})
        };
        own.iter().map(told).collect()
    };
    plan.standby.iter().enumerate().flat_map(of_workload).collect()
}

/// A plan's replicas by offer.
pub fn replicas(session: &Session<'_>, plan: &Plan) -> BTreeMap<String, u64> {
    let replicas = session.setting.monthly_cost(plan).replicas;
    replicas.iter().map(|(offer, &n)| (offer.to_string(), n)).collect()
}

fn word(readiness: Readiness) -> &'static str {
    if readiness == Readiness::Hot { "hot" } else { "warm" }
}

/// Sparse rows as three lists of equal length.
#[derive(Default, serde::Serialize)]
struct Terms {
    row: Vec<usize>,
    column: Vec<usize>,
    factor: Vec<f64>,
}

impl Terms {
    fn of<'a>(rows: impl Iterator<Item = &'a [(VariableIdx, f64)]>) -> Self {
        let mut terms = Self::default();
        for (row, own) in rows.enumerate() {
            own.iter().for_each(|&(column, factor)| terms.push(row, column, factor));
        }
        terms
    }

    fn push(&mut self, row: usize, column: usize, factor: f64) {
        self.row.push(row);
        self.column.push(column);
        self.factor.push(factor);
    }
}

/// The loss of a cell: what of its demand is unserved in a state is the largest of the state's rows, or 0.
fn cell(own: &CellSample, variables: &Variables, n_trials: usize) -> Value {
    let cell_model = &own.cell_model;
    let mut state_of_row = Vec::new();
    let mut is_before_fallback = Vec::new();
    let mut rows = Vec::new();
    for (state, set) in own.row_sets.iter().enumerate() {
        for (at, row) in set.rows.iter().enumerate() {
            state_of_row.push(state);
            is_before_fallback.push(at < set.n_rows_before_fallback);
            rows.push(terms(own, variables, row));
        }
    }
    // Of offers that share a column the plan takes the first.
    let column_of: BTreeMap<usize, VariableIdx> = variables
        .primaries
        .iter()
        .filter(|c| c.cell == cell_model.cell)
        .map(|c| (c.members[0], c.variable))
        .collect();
    let (mut days, mut linear) = (Terms::default(), Terms::default());
    for trial in 0..n_trials {
        own.row_set_days.trial(trial).iter().for_each(|&(state, d)| days.push(trial, state as usize, d));
        for &(member, usd) in own.linear.trial(trial) {
            if let Some(&column) = column_of.get(&(member as usize)) {
                linear.push(trial, column, usd);
            }
        }
    }
    json!({
        "value_usd_per_day": cell_model.value_usd_per_day,
        "fallback_usd_per_day": cell_model.fallback_usd_per_day,
        "n_states": own.row_sets.len(),
        "state_of_row": state_of_row,
        "is_before_fallback": is_before_fallback,
        "rows": Terms::of(rows.iter().map(Vec::as_slice)),
        "days": days,
        "linear": linear,
    })
}

/// What is displaced less what is open to it, in variables (methodology/routing-and-loss.md).
fn terms(own: &CellSample, variables: &Variables, row: &LossRow) -> Vec<(VariableIdx, f64)> {
    let cell_model = &own.cell_model;
    let part = |terms: &[(usize, f64)], class: usize| {
        terms.iter().filter(|t| t.0 == class).map(|t| t.1).sum::<f64>()
    };
    let carried = variables.primaries.iter().filter(|c| c.cell == cell_model.cell).map(|primary| {
        let class = &cell_model.classes[primary.class];
        let surges = !class.has_declared_capacity && !row.lost_surge.contains(&primary.class);
        let surge = if surges { cell_model.surge } else { 0.0 };
        (primary.variable, part(&row.displaced, primary.class) - surge)
    });
    let covered = variables.standbys.iter().filter_map(|standby| {
        let &(_, class) = standby.cells.iter().find(|(c, _)| *c == cell_model.cell)?;
        let lead = cell_model.classes[class].warm_lead?;
        let lost = match standby.readiness {
            Readiness::Hot => part(&row.lost_hot, class),
            Readiness::Warm if lead < row.n_warm_leads_open => part(&row.lost_warm, class),
            Readiness::Warm => 1.0,
        };
        Some((standby.cover, lost - 1.0))
    });
    carried.chain(covered).filter(|t| t.1 != 0.0).collect()
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
