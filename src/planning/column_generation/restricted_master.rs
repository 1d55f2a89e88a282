//! The program that mixes plans of single workloads under the rows that bind them and the tail of the loss; its prices.

use super::blocks::Blocks;
use super::column::Item;
use super::pricing_problem::Prices;
use crate::model::plan::Plan;
use crate::planning::formulation::Master;
use crate::planning::formulation::linear_program::{Column, Constraint, LinearProgram};
use crate::planning::request::Request;
use crate::planning::sample::evaluate::beyond_value_at_risk;
use crate::planning::solver::incremental::LiveProgram;
use crate::planning::solver::{SolverError, open};
use crate::service::setting::Setting;

/// Trials that are added to the tail at one time, as a part of the tail.
const TAIL_GROWTH: f64 = 0.5;
/// What breaking a binding row costs, as a multiple of what is planned today, per unit of the row's largest factor.
const PENALTY: f64 = 2.0;
/// Difference from a whole number that is a solver's rounding.
pub const NEARLY: f64 = 1e-6;
/// A small price, beside the largest.
const SMALL_PRICE: f64 = 0.03;
/// Fraction short of a whole number up to which a dive rounds up.
const ROUND_UP: f64 = 0.8;

/// The program that mixes plans.
pub struct Mixer {
    live: Box<dyn LiveProgram>,
    n_columns: usize,
    /// By column of the mix: (workload, item).
    items: Vec<Option<(usize, usize)>>,
    /// Rows that bind workloads together.
    rows: Vec<Bond>,
    /// By workload: the row that picks one.
    picks: Vec<usize>,
    /// Trials in the tail, with their rows.
    tail: Vec<(usize, usize)>,
    n_rows: usize,
    tail_row: usize,
    base: Column,
    /// Integers that all share: (in the program, in the mix, value in the last mix).
    pub whole: Vec<(Column, Column, f64)>,
    /// Trials of the tail, (1 − p)·N.
    pub part: f64,
}

/// A binding row in the program that mixes: columns raise and lower it at a cost, which keeps its price in a box
/// (du Merle, Villeneuve, Desrosiers and Hansen 1999).
pub struct Bond {
    /// In the program.
    row: usize,
    /// In the mix.
    own: usize,
    raise: Column,
    lower: Column,
    /// The most that its price can be.
    most: f64,
    /// By what a unit of either column changes it.
    factor: f64,
}

/// A mix of plans, with prices.
pub struct Mix {
    /// Parts of items, by workload.
    pub parts: Vec<Vec<(usize, f64)>>,
    pub cost: f64,
    pub prices: Prices,
    /// Sum of what binding rows are broken by.
    pub broken: f64,
}

impl Mix {
    /// Whether it keeps every row and costs hardly more than a bound.
    #[must_use]
    pub fn is_within(&self, bound: f64, tolerance: f64) -> bool {
        self.broken < NEARLY && self.cost - bound <= tolerance * self.cost.abs()
    }
}

impl Prices {
    /// Prices that a bound may be asked at, of what a solver says of binding rows, (row, price), and of trials of the tail,
    /// (trial, price): its rounding is dropped.
    ///
    /// `part`: trials of the tail, (1 − p)·N.
    #[must_use]
    pub fn of(
        master: &Master,
        binding: impl Iterator<Item = (usize, f64)>,
        tail: impl Iterator<Item = (usize, f64)>,
        part: f64,
    ) -> Self {
        let (lp, cvar) = (&master.lp, master.risk.cvar);
        let mut rows = vec![0.0; lp.constraints.len()];
        // The weights must not count more than CVaR costs.
        let mut most = lp.variables[cvar].cost;
        for (row, price) in binding {
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

impl Mixer {
    /// A program without plans.
    #[must_use]
    pub fn new(
        setting: &Setting<'_>,
        master: &Master,
        request: &Request,
        blocks: &Blocks,
        n_trials: usize,
    ) -> Self {
        let mut lp = LinearProgram::default();
        let (mut place, mut whole) = (vec![None; master.lp.variables.len()], Vec::new());
        for &column in &blocks.shared {
            let v = &master.lp.variables[column];
            let own = lp.add_continuous(v.cost, v.low, v.high);
            place[column] = Some(own);
            if v.is_integer {
                whole.push((column, own, 0.0));
            }
        }
        let base = lp.add_continuous(0.0, 0.0, f64::INFINITY);
        let today = setting.monthly_cost(&Plan::current(setting.instance)).total_usd();
        let scale = today * crate::planning::horizon_months(setting) / crate::planning::USD_PER_UNIT;
        let mut rows = Vec::new();
        for &row in &blocks.binding {
            let own = &master.lp.constraints[row];
            let factor = own.terms.iter().map(|t| t.1.abs()).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
            let mut terms: Vec<(Column, f64)> =
                own.terms.iter().filter_map(|&(column, factor)| Some((place[column]?, factor))).collect();
            let most = PENALTY * scale.max(1.0) / factor;
            let mut moves = |by: f64| {
                let column = lp.add_continuous(most * factor, 0.0, f64::INFINITY);
                terms.push((column, by));
                column
            };
            let (raise, lower) = (moves(factor), moves(-factor));
            rows.push(Bond { row, own: lp.constraints.len(), raise, lower, most, factor });
            lp.constraints.push(Constraint { terms, ..own.clone() });
        }
        let picks = (0..blocks.blocks.len())
            .map(|_| {
                lp.add_equal("pick", Vec::new(), 1.0);
                lp.constraints.len() - 1
            })
            .collect();
        let tail_row = lp.constraints.len();
        let cvar = place[master.risk.cvar].expect("CVaR is shared");
        lp.add_at_least("cvar", vec![(cvar, 1.0), (base, -1.0)], 0.0);
        let part = (1.0 - request.objective.confidence_level) * n_trials.max(1) as f64;
        Self {
            live: open(&lp),
            n_columns: lp.variables.len(),
            items: vec![None; lp.variables.len()],
            rows,
            picks,
            tail: Vec::new(),
            n_rows: lp.constraints.len(),
            tail_row,
            base,
            whole,
            part: part.max(f64::MIN_POSITIVE),
        }
    }

    /// Adds a workload's plan to what may be mixed.
    pub fn add_item(&mut self, workload: usize, place: usize, item: &Item) {
        let mut terms = vec![(self.picks[workload], 1.0)];
        for bond in &self.rows {
            if let Ok(at) = item.activity.binary_search_by_key(&bond.row, |a| a.0) {
                terms.push((bond.own, item.activity[at].1));
            }
        }
        let in_tail = self.tail.iter().map(|&(trial, row)| (row, -item.losses[trial]));
        terms.extend(in_tail.filter(|t| t.1 != 0.0));
        self.live.add_column(item.cost, 0.0, f64::INFINITY, &terms);
        self.items.push(Some((workload, place)));
        self.n_columns += 1;
    }

    /// Mixes the plans met.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn solve(&mut self, menus: &[Vec<Item>], master: &Master) -> Result<Mix, SolverError> {
        let solved = self.live.solve()?;
        self.whole.iter_mut().for_each(|(_, own, value)| *value = solved.values[*own]);
        let mut parts = vec![Vec::new(); menus.len()];
        for (column, item) in self.items.iter().enumerate() {
            if let (Some((workload, place)), true) = (item, solved.values[column] > NEARLY) {
                parts[*workload].push((*place, solved.values[column]));
            }
        }
        let tail = self.tail.iter().map(|&(trial, row)| (trial, solved.row_prices[row]));
        let own = self.rows.iter().map(|bond| (bond.row, solved.row_prices[bond.own]));
        let prices = Prices::of(master, own, tail, self.part);
        let moved = |bond: &Bond| solved.values[bond.raise] + solved.values[bond.lower];
        let broken = self.rows.iter().map(moved).sum();
        Ok(Mix { parts, cost: solved.cost, prices, broken })
    }

    /// Keeps prices of rows near some: within a part of the price, and of the largest price.
    pub fn keep_near(&mut self, prices: &Prices, width: f64) {
        let largest =
            self.rows.iter().map(|bond| prices.rows[bond.row].abs() * bond.factor).fold(0.0, f64::max);
        for bond in &self.rows {
            let price = prices.rows[bond.row];
            let room = width * price.abs().max(SMALL_PRICE * largest / bond.factor);
            self.live.set_cost(bond.raise, (price + room) * bond.factor);
            self.live.set_cost(bond.lower, (room - price) * bond.factor);
        }
    }

    /// Lets prices of rows be anything.
    pub fn open_boxes(&mut self) {
        for bond in &self.rows {
            self.live.set_cost(bond.raise, bond.most * bond.factor);
            self.live.set_cost(bond.lower, bond.most * bond.factor);
        }
    }

    /// Of the shared integers with a fraction in the last mix, the one nearest to a whole number above; with the number that it
    /// is rounded to.
    #[must_use]
    pub fn nearly_whole(&self) -> Option<(Column, f64)> {
        let up = |value: f64| value.ceil() - value;
        let fractional = self.whole.iter().filter(|(_, _, value)| (value - value.round()).abs() > NEARLY);
        let nearest = fractional.min_by(|a, b| up(a.2).total_cmp(&up(b.2)).then(a.0.cmp(&b.0)));
        nearest.map(|&(_, own, value)| (own, if up(value) < ROUND_UP { value.ceil() } else { value.floor() }))
    }

    /// Holds one of them at a value.
    pub fn hold(&mut self, column: Column, value: f64) {
        self.live.set_bounds(column, value, value);
    }

    /// Holds shared integers at their values in the last mix.
    pub fn hold_whole(&mut self) {
        for &(_, own, value) in &self.whole {
            self.live.set_bounds(own, value.round(), value.round());
        }
    }

    /// Lets them be anything again.
    pub fn release(&mut self, master: &Master) {
        for &(column, own, _) in &self.whole {
            let v = &master.lp.variables[column];
            self.live.set_bounds(own, v.low, v.high);
        }
    }

    /// Takes trials into the tail that are as bad as those in it; whether there were any.
    pub fn grow_tail(&mut self, menus: &[Vec<Item>], losses: &[f64], confidence_level: f64) -> bool {
        let is_known = |trial: usize| self.tail.iter().any(|own| own.0 == trial);
        let mut outside = beyond_value_at_risk(losses, confidence_level, is_known);
        outside.truncate((self.part * TAIL_GROWTH).ceil().max(1.0) as usize);
        for &trial in &outside {
            self.live.add_column(0.0, 0.0, f64::INFINITY, &[(self.tail_row, -1.0 / self.part)]);
            let excess = self.n_columns;
            self.items.push(None);
            self.n_columns += 1;
            let mut terms = vec![(excess, 1.0), (self.base, 1.0)];
            for (column, item) in self.items.iter().enumerate() {
                if let Some((workload, place)) = item {
                    terms.push((column, -menus[*workload][*place].losses[trial]));
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
