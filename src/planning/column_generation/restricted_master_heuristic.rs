//! Restricted master heuristic: the best plan that the columns found make together, by a mixed-integer program (Sadykov,
//! Vanderbeck, Pessoa, Tahiri and Uchoa 2019, section 4).
//!
//! The program takes one discrete choice of each workload, and blends the columns that make it. The CVaR enters by the tails
//! of the combinations tried, each one row: that is far less than a row for each trial of the tail.

use std::collections::BTreeMap;

use super::ColumnGeneration;
use super::exchange_heuristic::Combination;
use crate::planning::formulation::linear_program::{Constraint, LinearProgram, VariableIdx};
use crate::planning::solver::{STOPS_EARLY, SolveLimits, solve};

/// Columns in the program, at most: those with the lowest reduced costs.
const MAX_COLUMNS: usize = 300;
/// Relative gap at which the program counts as solved, and its branch-and-bound nodes.
const MIP_GAP: f64 = 1e-3;
const MAX_NODES: i32 = 200;
/// Solves, each with the tail of the combination before it.
const MAX_TAIL_ROUNDS: usize = 4;
/// Relative error of a combination's cost at which its tail counts as known.
const TAIL_IS_KNOWN: f64 = 2e-4;
/// Weights of columns below this are rounding.
const ROUNDING: f64 = 1e-6;

/// Weights of a workload's columns: (index in its pool, weight).
type ColumnWeights = Vec<(usize, f64)>;

/// The program.
struct ChoiceProgram {
    lp: LinearProgram,
    /// (workload, index in its pool, variable) of the columns.
    columns: Vec<(usize, usize, VariableIdx)>,
    cvar: VariableIdx,
    /// Cost of a unit of CVaR.
    cvar_cost: f64,
}

impl ColumnGeneration<'_> {
    /// The best combination of columns and blends that the program finds; `None` if it finds none, or the solver cannot stop
    /// early. `incumbent`: a combination that costs `cost`, in units of money; columns that cannot be part of a better one
    /// are left out.
    pub fn combine(&mut self, incumbent: &Combination, cost: f64) -> Option<Combination> {
        if !STOPS_EARLY {
            return None;
        }
        let mut program = self.choice_program(incumbent, cost - self.center_bound());
        let whole: Vec<ColumnWeights> = incumbent.iter().map(|&column| vec![(column, 1.0)]).collect();
        self.add_tail_of(&mut program, &whole);
        if let Some(center) = &self.center {
            let sum: f64 = center.duals.tail.iter().map(|own| own.1).sum();
            let tail: Vec<(usize, f64)> = center.duals.tail.iter().map(|own| (own.0, own.1 / sum)).collect();
            self.add_tail(&mut program, &tail);
        }
        let mut best: Option<(f64, Vec<ColumnWeights>)> = None;
        let mut start = Vec::new();
        for _ in 0..MAX_TAIL_ROUNDS {
            let limits = SolveLimits {
                is_relaxed: false,
                mip_gap: MIP_GAP,
                max_nodes: MAX_NODES,
                may_restart: false,
                start: &start,
            };
            let Ok(solved) = solve(&program.lp, std::iter::empty(), &limits) else { break };
            let mut parts = vec![ColumnWeights::new(); self.pools.len()];
            for &(workload, column, variable) in &program.columns {
                if solved.values[variable] > ROUNDING {
                    parts[workload].push((column, solved.values[variable]));
                }
            }
            let missed = self.add_tail_of(&mut program, &parts) - solved.values[program.cvar];
            let missed = program.cvar_cost * missed.max(0.0);
            let cost = program.lp.cost(&solved.values) + missed;
            if best.as_ref().is_none_or(|best| cost < best.0) {
                best = Some((cost, parts));
            }
            if missed <= TAIL_IS_KNOWN * cost.abs() {
                break;
            }
            start = solved.values;
        }
        let (_, parts) = best?;
        Some((0..parts.len()).map(|workload| self.add_blend(workload, &parts[workload])).collect())
    }

    /// The program without tails. `room`: reduced cost from which a column is left out.
    fn choice_program(&self, incumbent: &Combination, room: f64) -> ChoiceProgram {
        let mut lp = LinearProgram::default();
        let mut place: BTreeMap<VariableIdx, VariableIdx> = BTreeMap::new();
        for (&variable, &(low, high)) in self.blocks.shared.iter().zip(&self.shared_bounds) {
            let own = &self.formulation.lp.variables[variable];
            let add = if own.is_integer { LinearProgram::add_integer } else { LinearProgram::add_continuous };
            place.insert(variable, add(&mut lp, own.cost, low, high));
        }
        let mut row_terms: BTreeMap<usize, Vec<(VariableIdx, f64)>> = BTreeMap::new();
        for &row in &self.blocks.linking_rows {
            let own = self.formulation.lp.constraints[row].terms.iter();
            let shared = own.filter_map(|&(variable, factor)| Some((*place.get(&variable)?, factor)));
            row_terms.insert(row, shared.collect());
        }
        let mut columns = Vec::new();
        for (workload, pool) in self.columns_within(incumbent, room).into_iter().enumerate() {
            let mut by_choice: BTreeMap<Vec<VariableIdx>, Vec<usize>> = BTreeMap::new();
            for column in pool {
                by_choice.entry(self.discrete(workload, column)).or_default().push(column);
            }
            let mut convexity = Vec::new();
            for own in by_choice.values() {
                let mut chosen = Vec::new();
                for &column in own {
                    let (at, own) = (lp.variables.len(), &self.pools[workload][column]);
                    lp.add_continuous(own.cost, 0.0, 1.0);
                    columns.push((workload, column, at));
                    chosen.push((at, 1.0));
                    for (row, value) in &own.activity {
                        row_terms.entry(*row).or_default().push((at, *value));
                    }
                }
                convexity.extend(chosen.iter().copied());
                if by_choice.len() > 1 {
                    chosen.push((lp.add_integer(0.0, 0.0, 1.0), -1.0));
                    lp.add_equal("choice", chosen, 0.0);
                }
            }
            lp.add_equal("convexity", convexity, 1.0);
        }
        for (row, terms) in row_terms {
            lp.constraints.push(Constraint { terms, ..self.formulation.lp.constraints[row].clone() });
        }
        let cvar = self.formulation.risk.cvar;
        let cvar_cost = self.formulation.lp.variables[cvar].cost;
        ChoiceProgram { lp, columns, cvar: place[&cvar], cvar_cost }
    }

    /// `[n_workloads]`: columns of the incumbent, and of those whose reduced cost is below `room` the [`MAX_COLUMNS`] with the
    /// lowest.
    fn columns_within(&self, incumbent: &Combination, room: f64) -> Vec<Vec<usize>> {
        let reduced_costs = self.reduced_costs();
        let is_other = |workload: usize, column: usize| column != incumbent[workload];
        let mut sorted: Vec<(f64, usize, usize)> = reduced_costs
            .iter()
            .enumerate()
            .flat_map(|(workload, own)| {
                own.iter().enumerate().map(move |(column, &cost)| (cost, workload, column))
            })
            .filter(|&(cost, workload, column)| cost < room && is_other(workload, column))
            .collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut columns: Vec<Vec<usize>> = incumbent.iter().map(|&column| vec![column]).collect();
        for (_, workload, column) in sorted.into_iter().take(MAX_COLUMNS) {
            columns[workload].push(column);
        }
        columns
    }

    /// Adds the tail of a combination of blends; returns its CVaR, in units of money.
    fn add_tail_of(&self, program: &mut ChoiceProgram, parts: &[ColumnWeights]) -> f64 {
        let losses = self.losses_of(parts);
        let (probabilities, level) = self.master.limits();
        let tail = probabilities.tail(&losses, level).unwrap_or_default();
        self.add_tail(program, &tail);
        tail.iter().map(|&(trial, weight)| weight * losses[trial]).sum()
    }

    /// Adds the row by which the CVaR is at least the loss under the weights of a tail.
    fn add_tail(&self, program: &mut ChoiceProgram, tail: &[(usize, f64)]) {
        let term = |&(workload, column, variable): &(usize, usize, VariableIdx)| {
            let losses = &self.pools[workload][column].losses;
            (variable, -tail.iter().map(|&(trial, weight)| weight * losses[trial]).sum::<f64>())
        };
        let mut terms: Vec<(VariableIdx, f64)> = program.columns.iter().map(term).collect();
        terms.push((program.cvar, 1.0));
        program.lp.add_at_least("tail", terms, 0.0);
    }

    /// Adds the blend of a workload's columns, which make the same discrete choices; returns its place in the pool.
    fn add_blend(&mut self, workload: usize, parts: &ColumnWeights) -> usize {
        let mut values: BTreeMap<VariableIdx, f64> = BTreeMap::new();
        let sum: f64 = parts.iter().map(|own| own.1).sum();
        for &(column, part) in parts {
            for &(variable, value) in &self.pools[workload][column].values {
                *values.entry(variable).or_default() += part / sum * value;
            }
        }
        self.add_trimmed(workload, values.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exposure::shares::ExposureSetting;
    use crate::graph::dimension::Dimensions;
    use crate::model::example::Example;
    use crate::model::instance::Offer;
    use crate::model::plan::Plan;
    use crate::planning::USD_PER_UNIT;
    use crate::planning::column_generation::column::PlanColumn;
    use crate::planning::formulation::Formulation;
    use crate::planning::request::Request;
    use crate::planning::sample::CompiledSample;
    use crate::planning::sample::evaluate::Objective;
    use crate::service::cell_model::Roles;
    use crate::service::setting::Setting;

    /// Two workloads of 60 mtok each: machines of 100 mtok cost 100 USD a month, an API 1.2 USD per mtok. One has columns
    /// with all on one or the other, the second two that use both, with 50 and 20 mtok on machines. Their blend puts 40
    /// there, so that one machine is full: 100 + 20 × 1.2 = 124 USD. No two columns make a plan as cheap: 100 + 40 × 1.2, or
    /// 144 USD without machines, or two machines.
    #[test]
    fn columns_with_the_same_choices_are_blended_to_fill_a_machine() {
        let instance = Example::machines_or_api().instance();
        let setting = Setting::new(&instance);
        let sample = CompiledSample::new(&setting, &[], &Roles::all(&setting), &[Vec::new()]);
        let request = Request::new(Objective::new(0.5, 0.95));
        let dimensions = Dimensions::new(&instance, &setting.graph);
        let exposure =
            ExposureSetting { instance: &instance, prices: &setting.prices, dimensions: &dimensions };
        let formulation = Formulation::new(&setting, &exposure, &sample, &request);
        let mut columns = ColumnGeneration::new(&setting, &sample, &formulation, &request, 1e4);
        let own = instance.offers.iter().position(Offer::is_self_hosted).unwrap();
        let (api, today) = (1 - own, Plan::current(&instance));
        let mut incumbent = Combination::new();
        for (workload, shares) in [(0, [0.0, 1.0, 1.0]), (1, [0.0, 5.0 / 6.0, 1.0 / 3.0])] {
            let places = shares.map(|share| {
                let mut plan = today.clone();
                let all = [(own, share), (api, 1.0 - share)];
                plan.allocation[workload] = all.into_iter().filter(|own| own.1 > 0.0).collect();
                plan.allocation[workload].sort_by_key(|own| own.0);
                let values =
                    PlanColumn::values_of(&setting, &formulation, &columns.blocks()[workload], &plan)
                        .unwrap();
                columns.add(workload, values)
            });
            incumbent.push(places[0]);
        }
        let found = columns.combine(&incumbent, 1e6);
        if !STOPS_EARLY {
            return;
        }
        let found = found.unwrap();
        let months = instance.portfolio.horizon_days / crate::units::DAYS_PER_MONTH;
        let tokens: f64 = found.iter().enumerate().map(|(w, &column)| columns.pools()[w][column].cost).sum();
        let usd_per_month = tokens * USD_PER_UNIT / months;
        assert!((usd_per_month - 24.0).abs() < 1e-3, "{usd_per_month} beside one machine of 100");
    }
}
