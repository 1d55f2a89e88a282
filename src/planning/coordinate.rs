//! Workloads plan for themselves at prices for what they share; the prices move until their plans fit together.
//!
//! Column generation over plans of single workloads (Dantzig and Wolfe 1960): a small program mixes the plans met so far
//! under the rows that bind workloads together and under the tail of the loss; its prices tell every workload what to look
//! for next, and what all answer bounds the cost of every plan from below (Geoffrion 1974), far closer than fractions of
//! standbys do. Prices are smoothed towards those of the best bound (Wentges 1997).

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::blocks::{Block, Blocks};
use super::live::LiveProgram;
use super::lp::{Column, Constraint, LinearProgram};
use super::master::Master;
use super::menu::Item;
use super::pricing::{Priced, Pricer, Prices};
use super::program::Program;
use super::request::Request;
use super::solver::{SolverError, open};
use crate::measures::tail::value_at_risk;
use crate::model::plan::Plan;
use crate::service::setting::Setting;

/// Part of the mix's prices in those that are tried next, and how it grows while the bound does not rise.
const STEP: f64 = 0.3;
const STEP_GROWTH: f64 = 1.5;
/// Trials that are added to the tail at one time, as a part of the tail.
const TAIL_GROWTH: f64 = 0.5;
/// What breaking a binding row costs, as a multiple of what is planned today, per unit of the row's largest factor.
const PENALTY: f64 = 2.0;
/// Part of a workload's mix from which plans with the same standbys are blended.
const BLENDED_FROM: f64 = 0.05;
/// Difference from a whole number that is a solver's rounding.
const NEARLY: f64 = 1e-6;

/// Bound and plans as the prices move.
pub struct Coordinator<'a> {
    setting: &'a Setting<'a>,
    program: &'a Program,
    master: &'a Master,
    request: &'a Request,
    blocks: Blocks,
    pricers: Vec<Pricer>,
    /// By workload.
    menus: Vec<Vec<Item>>,
    mixer: Mixer,
    /// Prices of the best bound.
    center: Option<Prices>,
    step: f64,
    /// No plan costs less, in units of money; offers left out apart.
    pub bound: f64,
}

/// The program that mixes plans.
struct Mixer {
    live: Box<dyn LiveProgram>,
    n_columns: usize,
    /// By column of the mix: (workload, item).
    items: Vec<Option<(usize, usize)>>,
    /// By binding row: its row here.
    rows: Vec<(usize, usize)>,
    /// By workload: the row that picks one.
    picks: Vec<usize>,
    /// Trials in the tail, with their rows.
    tail: Vec<(usize, usize)>,
    n_rows: usize,
    tail_row: usize,
    base: Column,
    /// Columns that stand for broken rows.
    broken: Vec<Column>,
    /// Trials of the tail, (1 − p)·N.
    part: f64,
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

impl<'a> Coordinator<'a> {
    /// Begins with some plans of each workload, `[n_workloads]`; each needs at least one.
    #[must_use]
    pub fn new(
        setting: &'a Setting<'a>,
        program: &'a Program,
        master: &'a Master,
        request: &'a Request,
    ) -> Self {
        let blocks = Blocks::new(setting.instance, master);
        let pricers = blocks.blocks.iter().cloned().map(Pricer::new).collect();
        let mixer = Mixer::new(setting, master, request, &blocks, program.n_trials);
        let menus = vec![Vec::new(); blocks.blocks.len()];
        let bound = f64::NEG_INFINITY;
        Self {
            setting,
            program,
            master,
            request,
            blocks,
            pricers,
            menus,
            mixer,
            center: None,
            step: 1.0,
            bound,
        }
    }

    /// The workloads' parts of the program.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks.blocks
    }

    /// `[n_workloads]`: the plans met.
    #[must_use]
    pub fn menus(&self) -> &[Vec<Item>] {
        &self.menus
    }

    /// Adds to each menu what the mix makes of plans with the same standbys: as good as their mix at least, for the loss is
    /// convex. Returns the largest of each workload.
    pub fn add_blends(&mut self, mix: &Mix) -> Vec<usize> {
        let mut largest = vec![0; self.menus.len()];
        for (workload, parts) in mix.parts.iter().enumerate() {
            let mut blends: BTreeMap<Vec<Column>, (f64, BTreeMap<Column, f64>)> = BTreeMap::new();
            for &(item, part) in parts {
                let values = &self.menus[workload][item].values;
                let is_whole = |c: Column| self.master.lp.variables[c].is_integer;
                let whole = values.iter().map(|v| v.0).filter(|&c| is_whole(c)).collect();
                let blend = blends.entry(whole).or_default();
                blend.0 += part;
                values.iter().for_each(|&(c, value)| *blend.1.entry(c).or_default() += part * value);
            }
            let mut most = 0.0;
            for (sum, values) in blends.into_values().filter(|blend| blend.0 > BLENDED_FROM) {
                let at = self.add_answer(workload, values.into_iter().map(|(c, v)| (c, v / sum)).collect());
                if sum > most {
                    (most, largest[workload]) = (sum, at);
                }
            }
        }
        largest
    }

    /// Rows that bind workloads together.
    #[must_use]
    pub fn binding(&self) -> &[usize] {
        &self.blocks.binding
    }

    /// Columns of no workload, ascending.
    #[must_use]
    pub fn shared(&self) -> &[Column] {
        &self.blocks.shared
    }

    /// Trials that every loss is known on.
    #[must_use]
    pub fn n_trials(&self) -> usize {
        self.program.n_trials
    }

    /// Adds what a workload answered to its menu, as the plan that it is: what it pays for and does not use is dropped.
    fn add_answer(&mut self, workload: usize, values: Vec<(Column, f64)>) -> usize {
        let block = &self.blocks.blocks[workload];
        let mut all = vec![0.0; self.master.lp.variables.len()];
        values.iter().for_each(|&(column, value)| all[column] = value);
        let plan = self.master.plan(self.setting, self.program, block.cells.clone(), &all);
        let values = Item::values_of(self.master, block, &plan).unwrap_or(values);
        self.add(workload, values)
    }

    /// Adds a plan to a workload's menu, unless it is there; returns its place.
    pub fn add(&mut self, workload: usize, values: Vec<(Column, f64)>) -> usize {
        if let Some(at) = self.menus[workload].iter().position(|item| item.values == values) {
            return at;
        }
        self.pricers[workload].meet(&values);
        let block = &self.blocks.blocks[workload];
        let item = Item::new(self.setting, self.program, self.master, block, values);
        self.mixer.add_item(workload, self.menus[workload].len(), &item);
        self.menus[workload].push(item);
        self.menus[workload].len() - 1
    }

    /// Prices that count every trial's loss alike: where the search begins.
    #[must_use]
    pub fn even_prices(&self) -> Prices {
        let n = self.program.n_trials;
        let weight = self.master.lp.variables[self.master.risk.cvar].cost;
        Prices {
            rows: vec![0.0; self.master.lp.constraints.len()],
            tail: (0..n).map(|trial| (trial, weight / n.max(1) as f64)).collect(),
        }
    }

    /// Prices that count a plan's worst trials: `tail` as (trial, weight), the weights sum to 1.
    #[must_use]
    pub fn prices_at(&self, tail: &[(usize, f64)]) -> Prices {
        let weight = self.master.lp.variables[self.master.risk.cvar].cost;
        Prices {
            tail: tail.iter().map(|&(trial, part)| (trial, weight * part)).collect(),
            ..self.even_prices()
        }
    }

    /// Asks at prices and takes them for the best if their bound is.
    ///
    /// # Errors
    /// As [`super::solver::solve`].
    pub fn ask_at(&mut self, prices: Prices) -> Result<(), SolverError> {
        let bound = self.ask(&prices)?;
        if bound > self.bound {
            (self.bound, self.center) = (bound, Some(prices));
            self.step = STEP;
        }
        Ok(())
    }

    /// Mixes the plans met; the tail grows until no trial outside it is worse than those in it.
    ///
    /// # Errors
    /// As [`super::solver::solve`].
    pub fn mix(&mut self) -> Result<Mix, SolverError> {
        loop {
            let mix = self.mixer.solve(&self.menus, self.master)?;
            let losses = self.losses_of(&mix);
            if !self.mixer.grow_tail(&self.menus, &losses, self.request.objective.confidence_level) {
                return Ok(mix);
            }
        }
    }

    /// `[n_trials]`: losses of a mix, in units of money; never below those of the mixed plan.
    #[must_use]
    pub fn losses_of(&self, mix: &Mix) -> Vec<f64> {
        let mut losses = vec![0.0; self.program.n_trials];
        for (menu, parts) in self.menus.iter().zip(&mix.parts) {
            for &(item, part) in parts {
                losses.iter_mut().zip(&menu[item].losses).for_each(|(sum, loss)| *sum += part * loss);
            }
        }
        losses
    }

    /// Asks every workload for its best plan at prices; adds what they answer; returns the bound, in units of money.
    ///
    /// # Errors
    /// As [`super::solver::solve`].
    pub fn ask(&mut self, prices: &Prices) -> Result<f64, SolverError> {
        let (setting, program, master) = (self.setting, self.program, self.master);
        let answers: Vec<Result<Priced, SolverError>> = self
            .pricers
            .par_iter_mut()
            .map(|pricer| pricer.price(setting, program, master, prices))
            .collect();
        let mut bound = self.blocks.rest(&master.lp, master.risk.cvar, prices);
        for (workload, answer) in answers.into_iter().enumerate() {
            let answer = answer?;
            bound += answer.bound;
            self.add_answer(workload, answer.values);
        }
        Ok(bound)
    }

    /// One round: mix, move the prices, ask; returns the mix.
    ///
    /// # Errors
    /// As [`super::solver::solve`].
    pub fn round(&mut self) -> Result<Mix, SolverError> {
        let mix = self.mix()?;
        let prices = match &self.center {
            Some(center) => blend(center, &mix.prices, self.step),
            None => mix.prices.clone(),
        };
        let bound = self.ask(&prices)?;
        if bound > self.bound {
            self.bound = bound;
            self.center = Some(prices);
            self.step = STEP;
        } else {
            self.step = (self.step * STEP_GROWTH).min(1.0);
        }
        Ok(mix)
    }
}

impl Blocks {
    /// What the bound owes to no workload: sides of binding rows and columns that all share, at prices.
    fn rest(&self, lp: &LinearProgram, cvar: Column, prices: &Prices) -> f64 {
        let mut cost: Vec<f64> = lp.variables.iter().map(|v| v.cost).collect();
        let mut rest = 0.0;
        for &row in &self.binding {
            let (price, row) = (prices.rows[row], &lp.constraints[row]);
            if price != 0.0 {
                rest += price * if price > 0.0 { row.low } else { row.high };
                row.terms.iter().for_each(|&(column, factor)| cost[column] -= price * factor);
            }
        }
        // Tail weights sum to what CVaR costs, so that it drops out.
        let columns = self.shared.iter().filter(|&&column| column != cvar);
        rest + columns
            .map(|&column| {
                let variable = &lp.variables[column];
                let cost = cost[column];
                if cost >= 0.0 { cost * variable.low } else { cost * variable.high }
            })
            .sum::<f64>()
    }
}

fn blend(center: &Prices, new: &Prices, step: f64) -> Prices {
    let rows = center.rows.iter().zip(&new.rows).map(|(a, b)| a + step * (b - a)).collect();
    let mut tail: BTreeMap<usize, f64> = BTreeMap::new();
    center.tail.iter().for_each(|&(trial, weight)| *tail.entry(trial).or_default() += (1.0 - step) * weight);
    new.tail.iter().for_each(|&(trial, weight)| *tail.entry(trial).or_default() += step * weight);
    Prices { rows, tail: tail.into_iter().collect() }
}

impl Mixer {
    fn new(
        setting: &Setting<'_>,
        master: &Master,
        request: &Request,
        blocks: &Blocks,
        n_trials: usize,
    ) -> Self {
        let mut lp = LinearProgram::default();
        let mut place = vec![None; master.lp.variables.len()];
        for &column in &blocks.shared {
            let v = &master.lp.variables[column];
            place[column] = Some(lp.add_continuous(v.cost, v.low, v.high));
        }
        let base = lp.add_continuous(0.0, f64::NEG_INFINITY, f64::INFINITY);
        let today = setting.monthly_cost(&Plan::current(setting.instance)).total_usd();
        let scale = today * super::horizon_months(setting) / super::USD_PER_UNIT;
        let (mut rows, mut broken) = (Vec::new(), Vec::new());
        for &row in &blocks.binding {
            let own = &master.lp.constraints[row];
            let largest = own.terms.iter().map(|t| t.1.abs()).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
            let mut terms: Vec<(Column, f64)> =
                own.terms.iter().filter_map(|&(column, factor)| Some((place[column]?, factor))).collect();
            let mut breaks = |factor: f64| {
                let column = lp.add_continuous(PENALTY * scale.max(1.0), 0.0, f64::INFINITY);
                broken.push(column);
                terms.push((column, factor * largest));
            };
            if own.low.is_finite() {
                breaks(1.0);
            }
            if own.high.is_finite() {
                breaks(-1.0);
            }
            rows.push((row, lp.constraints.len()));
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
            broken,
            part: part.max(f64::MIN_POSITIVE),
        }
    }

    /// Adds a workload's plan to what may be mixed.
    fn add_item(&mut self, workload: usize, place: usize, item: &Item) {
        let mut terms = vec![(self.picks[workload], 1.0)];
        for &(row, own) in &self.rows {
            if let Ok(at) = item.activity.binary_search_by_key(&row, |a| a.0) {
                terms.push((own, item.activity[at].1));
            }
        }
        let in_tail = self.tail.iter().map(|&(trial, row)| (row, -item.losses[trial]));
        terms.extend(in_tail.filter(|t| t.1 != 0.0));
        self.live.add_column(item.cost, 0.0, f64::INFINITY, &terms);
        self.items.push(Some((workload, place)));
        self.n_columns += 1;
    }

    fn solve(&mut self, menus: &[Vec<Item>], master: &Master) -> Result<Mix, SolverError> {
        let solved = self.live.solve()?;
        let mut parts = vec![Vec::new(); menus.len()];
        for (column, item) in self.items.iter().enumerate() {
            if let (Some((workload, place)), true) = (item, solved.values[column] > NEARLY) {
                parts[*workload].push((*place, solved.values[column]));
            }
        }
        let mut rows = vec![0.0; master.lp.constraints.len()];
        for &(row, own) in &self.rows {
            let (price, constraint) = (solved.row_prices[own], &master.lp.constraints[row]);
            let has_side = if price > 0.0 { constraint.low.is_finite() } else { constraint.high.is_finite() };
            rows[row] = if has_side { price } else { 0.0 };
        }
        let weights = self.tail.iter().map(|&(trial, row)| (trial, solved.row_prices[row].max(0.0)));
        let mut tail: Vec<(usize, f64)> = weights.filter(|t| t.1 > 0.0).collect();
        tail.sort_unstable_by_key(|t| t.0);
        // A solver's rounding must not let the weights count more than CVaR costs.
        let cvar = master.risk.cvar;
        let mut most = master.lp.variables[cvar].cost;
        for &(row, _) in &self.rows {
            let own = master.lp.constraints[row].terms.iter().filter(|t| t.0 == cvar);
            own.for_each(|t| most -= rows[row] * t.1);
        }
        let sum: f64 = tail.iter().map(|t| t.1).sum();
        if sum > most {
            tail.iter_mut().for_each(|t| t.1 *= most.max(0.0) / sum);
        }
        tail.iter_mut().for_each(|t| t.1 = t.1.min(most.max(0.0) / self.part));
        let broken = self.broken.iter().map(|&column| solved.values[column]).sum();
        Ok(Mix { parts, cost: solved.cost, prices: Prices { rows, tail }, broken })
    }

    /// Takes trials into the tail that are as bad as those in it; whether there were any.
    fn grow_tail(&mut self, menus: &[Vec<Item>], losses: &[f64], confidence_level: f64) -> bool {
        let Ok(from) = value_at_risk(losses, confidence_level) else { return false };
        let mut outside: Vec<usize> = (0..losses.len())
            .filter(|trial| losses[*trial] >= from && losses[*trial] > 0.0)
            .filter(|trial| self.tail.iter().all(|own| own.0 != *trial))
            .collect();
        outside.sort_by(|a, b| losses[*b].total_cmp(&losses[*a]).then(a.cmp(b)));
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
