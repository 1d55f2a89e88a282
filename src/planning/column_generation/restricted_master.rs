//! The sample that mixes plans of single workloads under the rows that bind them and the tail of the loss; its duals.

use super::blocks::Blocks;
use super::column::PlanColumn;
use super::pricing_problem::DualValues;
use crate::model::plan::Plan;
use crate::planning::formulation::Formulation;
use crate::planning::formulation::linear_program::{Constraint, LinearProgram, VariableIdx};
use crate::planning::request::Request;
use crate::planning::sample::evaluate::beyond_value_at_risk;
use crate::planning::solver::incremental::IncrementalLp;
use crate::planning::solver::{SolverError, open};
use crate::service::setting::Setting;

/// Trials that are added to the tail at one time, as a part of the tail.
const TAIL_GROWTH: f64 = 0.5;
/// What breaking a linking_rows row costs, as a multiple of what is planned today, per unit of the row's largest factor.
const PENALTY: f64 = 2.0;
/// Difference from a integral number that is a solver's rounding.
pub const NEARLY: f64 = 1e-6;
/// A small price, beside the largest.
const SMALL_PRICE: f64 = 0.03;
/// Fraction short of a integral number up to which a dive rounds up.
const ROUND_UP: f64 = 0.8;

/// The sample that mixes plans.
pub struct RestrictedMaster {
    live: Box<dyn IncrementalLp>,
    n_variables: usize,
    /// By variable of the solution: (workload, column).
    columns: Vec<Option<(usize, usize)>>,
    /// Rows that bind workloads together.
    rows: Vec<StabilizedRow>,
    /// By workload: the row that combinations one.
    combinations: Vec<usize>,
    /// Trials in the tail, with their rows.
    tail: Vec<(usize, usize)>,
    n_rows: usize,
    tail_row: usize,
    base: VariableIdx,
    /// Integers that all share: (in the sample, in the solution, value in the last solution).
    pub integral: Vec<(VariableIdx, VariableIdx, f64)>,
    /// Trials of the tail, (1 − p)·N.
    pub part: f64,
}

/// A linking_rows row in the sample that mixes: variables raise and lower it at a cost, which keeps its price in a box
/// (du Merle, Villeneuve, Desrosiers and Hansen 1999).
pub struct StabilizedRow {
    /// In the sample.
    row: usize,
    /// In the solution.
    own: usize,
    raise: VariableIdx,
    lower: VariableIdx,
    /// The most that its price can be.
    most: f64,
    /// By what a unit of either variable changes it.
    factor: f64,
}

/// A solution of plans, with duals.
pub struct MasterSolution {
    /// Parts of columns, by workload.
    pub parts: Vec<Vec<(usize, f64)>>,
    pub cost: f64,
    pub duals: DualValues,
    /// Sum of what linking_rows rows are broken by.
    pub broken: f64,
}

impl MasterSolution {
    /// Whether it keeps every row and costs hardly more than a bound.
    #[must_use]
    pub fn is_within(&self, bound: f64, tolerance: f64) -> bool {
        self.broken < NEARLY && self.cost - bound <= tolerance * self.cost.abs()
    }
}

impl DualValues {
    /// DualValues that a bound may be asked at, of what a solver says of linking_rows rows, (row, price), and of trials of the tail,
    /// (trial, price): its rounding is dropped.
    ///
    /// `part`: trials of the tail, (1 − p)·N.
    #[must_use]
    pub fn of(
        formulation: &Formulation,
        linking_rows: impl Iterator<Item = (usize, f64)>,
        tail: impl Iterator<Item = (usize, f64)>,
        part: f64,
    ) -> Self {
        let (lp, cvar) = (&formulation.lp, formulation.risk.cvar);
        let mut rows = vec![0.0; lp.constraints.len()];
        // The weights must not count more than CVaR costs.
        let mut most = lp.variables[cvar].cost;
        for (row, price) in linking_rows {
            let constraint = &lp.constraints[row];
            let has_side = if price > 0.0 { constraint.low.is_finite() } else { constraint.high.is_finite() };
            if has_side {
                rows[row] = price;
                constraint.terms.iter().filter(|t| t.0 == cvar).for_each(|t| most -= price * t.1);
            }
        }
        let most = most.max(0.0);
        let mut tail: Vec<(usize, f64)> = tail.filter(|t| t.1 > 0.0).collect();
        tail.sort_unstable_by_key(|t| t.0);
        let sum: f64 = tail.iter().map(|t| t.1).sum();
        if sum > most {
            tail.iter_mut().for_each(|t| t.1 *= most / sum);
        }
        tail.iter_mut().for_each(|t| t.1 = t.1.min(most / part));
        Self { rows, tail }
    }
}

impl RestrictedMaster {
    /// A sample without plans.
    #[must_use]
    pub fn new(
        setting: &Setting<'_>,
        formulation: &Formulation,
        request: &Request,
        blocks: &Blocks,
        n_trials: usize,
    ) -> Self {
        let mut lp = LinearProgram::default();
        let (mut place, mut integral) = (vec![None; formulation.lp.variables.len()], Vec::new());
        for &variable in &blocks.shared {
            let v = &formulation.lp.variables[variable];
            let own = lp.add_continuous(v.cost, v.low, v.high);
            place[variable] = Some(own);
            if v.is_integer {
                integral.push((variable, own, 0.0));
            }
        }
        let base = lp.add_continuous(0.0, 0.0, f64::INFINITY);
        let today = setting.monthly_cost(&Plan::current(setting.instance)).total_usd();
        let scale = today * crate::planning::horizon_months(setting) / crate::planning::USD_PER_UNIT;
        let mut rows = Vec::new();
        for &row in &blocks.linking_rows {
            let own = &formulation.lp.constraints[row];
            let factor = own.terms.iter().map(|t| t.1.abs()).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
            let mut terms: Vec<(VariableIdx, f64)> =
                own.terms.iter().filter_map(|&(variable, factor)| Some((place[variable]?, factor))).collect();
            let most = PENALTY * scale.max(1.0) / factor;
            let mut neighborhood = |by: f64| {
                let variable = lp.add_continuous(most * factor, 0.0, f64::INFINITY);
                terms.push((variable, by));
                variable
            };
            let (raise, lower) = (neighborhood(factor), neighborhood(-factor));
            rows.push(StabilizedRow { row, own: lp.constraints.len(), raise, lower, most, factor });
            lp.constraints.push(Constraint { terms, ..own.clone() });
        }
        let combinations = (0..blocks.blocks.len())
            .map(|_| {
                lp.add_equal("combination", Vec::new(), 1.0);
                lp.constraints.len() - 1
            })
            .collect();
        let tail_row = lp.constraints.len();
        let cvar = place[formulation.risk.cvar].expect("CVaR is shared");
        lp.add_at_least("cvar", vec![(cvar, 1.0), (base, -1.0)], 0.0);
        let part = (1.0 - request.objective.confidence_level) * n_trials.max(1) as f64;
        Self {
            live: open(&lp),
            n_variables: lp.variables.len(),
            columns: vec![None; lp.variables.len()],
            rows,
            combinations,
            tail: Vec::new(),
            n_rows: lp.constraints.len(),
            tail_row,
            base,
            integral,
            part: part.max(f64::MIN_POSITIVE),
        }
    }

    /// Adds a workload's plan to what may be mixed.
    pub fn add_column(&mut self, workload: usize, place: usize, column: &PlanColumn) {
        let mut terms = vec![(self.combinations[workload], 1.0)];
        for bond in &self.rows {
            if let Ok(at) = column.activity.binary_search_by_key(&bond.row, |a| a.0) {
                terms.push((bond.own, column.activity[at].1));
            }
        }
        let in_tail = self.tail.iter().map(|&(trial, row)| (row, -column.losses[trial]));
        terms.extend(in_tail.filter(|t| t.1 != 0.0));
        self.live.add_column(column.cost, 0.0, f64::INFINITY, &terms);
        self.columns.push(Some((workload, place)));
        self.n_variables += 1;
    }

    /// Mixes the plans met.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn solve(
        &mut self,
        pools: &[Vec<PlanColumn>],
        formulation: &Formulation,
    ) -> Result<MasterSolution, SolverError> {
        let solved = self.live.solve()?;
        self.integral.iter_mut().for_each(|(_, own, value)| *value = solved.values[*own]);
        let mut parts = vec![Vec::new(); pools.len()];
        for (variable, column) in self.columns.iter().enumerate() {
            if let (Some((workload, place)), true) = (column, solved.values[variable] > NEARLY) {
                parts[*workload].push((*place, solved.values[variable]));
            }
        }
        let tail = self.tail.iter().map(|&(trial, row)| (trial, solved.row_duals[row]));
        let own = self.rows.iter().map(|bond| (bond.row, solved.row_duals[bond.own]));
        let duals = DualValues::of(formulation, own, tail, self.part);
        let moved = |bond: &StabilizedRow| solved.values[bond.raise] + solved.values[bond.lower];
        let broken = self.rows.iter().map(moved).sum();
        Ok(MasterSolution { parts, cost: solved.cost, duals, broken })
    }

    /// Keeps duals of rows near some: within a part of the price, and of the largest price.
    pub fn set_box(&mut self, duals: &DualValues, box_width: f64) {
        let largest =
            self.rows.iter().map(|bond| duals.rows[bond.row].abs() * bond.factor).fold(0.0, f64::max);
        for bond in &self.rows {
            let price = duals.rows[bond.row];
            let room = box_width * price.abs().max(SMALL_PRICE * largest / bond.factor);
            self.live.set_cost(bond.raise, (price + room) * bond.factor);
            self.live.set_cost(bond.lower, (room - price) * bond.factor);
        }
    }

    /// Lets duals of rows be anything.
    pub fn open_boxes(&mut self) {
        for bond in &self.rows {
            self.live.set_cost(bond.raise, bond.most * bond.factor);
            self.live.set_cost(bond.lower, bond.most * bond.factor);
        }
    }

    /// Of the shared integers with a fraction in the last solution, the one nearest to a integral number above; with the number that it
    /// is rounded to.
    #[must_use]
    pub fn nearly_integral(&self) -> Option<(VariableIdx, f64)> {
        let up = |value: f64| value.ceil() - value;
        let fractional = self.integral.iter().filter(|(_, _, value)| (value - value.round()).abs() > NEARLY);
        let nearest = fractional.min_by(|a, b| up(a.2).total_cmp(&up(b.2)).then(a.0.cmp(&b.0)));
        nearest.map(|&(_, own, value)| (own, if up(value) < ROUND_UP { value.ceil() } else { value.floor() }))
    }

    /// Holds one of them at a value.
    pub fn fix(&mut self, variable: VariableIdx, value: f64) {
        self.live.set_bounds(variable, value, value);
    }

    /// Holds shared integers at their values in the last solution.
    pub fn fix_integral(&mut self) {
        for &(_, own, value) in &self.integral {
            self.live.set_bounds(own, value.round(), value.round());
        }
    }

    /// Lets them be anything again.
    pub fn release(&mut self, formulation: &Formulation) {
        for &(variable, own, _) in &self.integral {
            let v = &formulation.lp.variables[variable];
            self.live.set_bounds(own, v.low, v.high);
        }
    }

    /// Takes trials into the tail that are as bad as those in it; whether there were any.
    pub fn grow_tail(&mut self, pools: &[Vec<PlanColumn>], losses: &[f64], confidence_level: f64) -> bool {
        let is_known = |trial: usize| self.tail.iter().any(|own| own.0 == trial);
        let mut outside = beyond_value_at_risk(losses, confidence_level, is_known);
        outside.truncate((self.part * TAIL_GROWTH).ceil().max(1.0) as usize);
        for &trial in &outside {
            self.live.add_column(0.0, 0.0, f64::INFINITY, &[(self.tail_row, -1.0 / self.part)]);
            let excess = self.n_variables;
            self.columns.push(None);
            self.n_variables += 1;
            let mut terms = vec![(excess, 1.0), (self.base, 1.0)];
            for (variable, column) in self.columns.iter().enumerate() {
                if let Some((workload, place)) = column {
                    terms.push((variable, -pools[*workload][*place].losses[trial]));
                }
            }
            terms.retain(|t| t.1 != 0.0);
            self.live.add_row(&Constraint::at_least("tail", terms, 0.0));
            self.tail.push((trial, self.n_rows));
            self.n_rows += 1;
        }
        !outside.is_empty()
    }
}
