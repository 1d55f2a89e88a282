//! Workloads plan for themselves at prices for what they share; the prices move until their plans fit together.
//!
//! Column generation over plans of single workloads (Dantzig and Wolfe 1960): a small program mixes the plans met so far
//! under the rows that bind workloads together and under the tail of the loss; its prices tell every workload what to look
//! for next, and what all answer bounds the cost of every plan from below (Geoffrion 1974), far closer than fractions of
//! standbys do. Prices are smoothed towards those of the best bound (Wentges 1997).

pub mod blocks;
pub mod column;
pub mod exchange_heuristic;
pub mod pricing_problem;
pub mod restricted_master;
pub mod warm_start;

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::formulation::Master;
use super::formulation::linear_program::{Column, LinearProgram};
use super::request::Request;
use super::sample::Program;
use super::solver::SolverError;
use crate::service::setting::Setting;
use blocks::{Block, Blocks};
use column::Item;
use pricing_problem::{Priced, Pricer, Prices};
use restricted_master::{Mix, Mixer, NEARLY};

/// Part of the mix's prices in those that are tried next, and how it grows while the bound does not rise.
const STEP: f64 = 0.8;
const STEP_GROWTH: f64 = 1.5;
/// Part of a workload's mix from which plans with the same standbys are blended.
const BLENDED_FROM: f64 = 0.05;
/// How far from those of the best bound prices may be, as a part of each; twice as far once the mix is nearly as cheap as
/// the bound and still not one that keeps all rows.
const WIDTH: f64 = 0.3;
const BOX_TOLERANCE: f64 = 1e-2;
/// How far prices are from those of the best bound where others are tried.
const NEAR: f64 = 0.25;
/// Rounds at the end of a dive.
const DIVE_ROUNDS: usize = 3;

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
    center: Option<Center>,
    step: f64,
    width: f64,
    /// No plan costs less, in units of money; offers left out apart.
    pub bound: f64,
}

/// Prices of the best bound.
struct Center {
    prices: Prices,
    /// By workload: no plan of it costs less at the prices.
    bounds: Vec<f64>,
}

/// Where a dive came to.
pub struct Dived {
    /// By workload: the largest part of the mix.
    pub pick: Vec<usize>,
    /// Integers that all share, and what they are.
    pub whole: Vec<(Column, f64)>,
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
            width: WIDTH,
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

    /// Prices of rows as in the best bound, and of trials as in a plan's tail: `tail` as (trial, weight), the weights sum
    /// to 1.
    #[must_use]
    pub fn prices_at(&self, tail: &[(usize, f64)]) -> Prices {
        let rows = match &self.center {
            Some(center) => center.prices.rows.clone(),
            None => vec![0.0; self.master.lp.constraints.len()],
        };
        let prices = self.blocks.binding.iter().map(|&row| (row, rows[row]));
        let weight = self.master.lp.variables[self.master.risk.cvar].cost;
        let tail = tail.iter().map(|&(trial, part)| (trial, weight * part));
        Prices::of(self.master, prices, tail, self.mixer.part)
    }

    /// Asks at prices near those of the best bound, others each time.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn ask_near(&mut self, times: usize) -> Result<(), SolverError> {
        let Some(center) = &self.center else { return Ok(()) };
        let wave = |row: usize| ((row * 7 + times * 13) as f64).sin();
        let prices = Prices {
            rows: center
                .prices
                .rows
                .iter()
                .enumerate()
                .map(|(row, price)| price * (1.0 + NEAR * wave(row)))
                .collect(),
            tail: center.prices.tail.clone(),
        };
        self.ask_at(prices)
    }

    /// Prices of the program with its integers relaxed: `row_prices` `[n_rows]`, of its first rows at least; `tail` as
    /// (trial, price).
    #[must_use]
    pub fn prices_of(&self, row_prices: &[f64], tail: &[(usize, f64)]) -> Prices {
        let binding = self.blocks.binding.iter().map(|&row| (row, row_prices[row]));
        Prices::of(self.master, binding, tail.iter().copied(), self.mixer.part)
    }

    /// Begins with what another search came to: its plans of workloads, and its prices of rows.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn begin_like(&mut self, other: &Coordinator<'_>) -> Result<(), SolverError> {
        for (workload, menu) in other.menus.iter().enumerate() {
            menu.iter().for_each(|item| _ = self.add(workload, item.values.clone()));
        }
        if let Some(center) = &other.center {
            self.mixer.keep_near(&center.prices, self.width);
        }
        let mix = self.mix()?;
        self.ask_at(mix.prices)
    }

    /// Asks at prices and takes them for the best if their bound is.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn ask_at(&mut self, prices: Prices) -> Result<(), SolverError> {
        if !self.ask(prices)? {
            return Ok(());
        }
        if let Some(center) = &self.center {
            self.mixer.keep_near(&center.prices, self.width);
        }
        Ok(())
    }

    /// Mixes the plans met; the tail grows until no trial outside it is worse than those in it.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
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

    /// Asks every workload for its best plan at prices; adds what they answer; whether the bound rises, and with it the
    /// prices that it is due to.
    fn ask(&mut self, prices: Prices) -> Result<bool, SolverError> {
        let (setting, program, master) = (self.setting, self.program, self.master);
        let answers: Vec<Result<Priced, SolverError>> = self
            .pricers
            .par_iter_mut()
            .map(|pricer| pricer.price(setting, program, master, &prices))
            .collect();
        let mut bounds = Vec::with_capacity(answers.len());
        for (workload, answer) in answers.into_iter().enumerate() {
            let answer = answer?;
            bounds.push(answer.bound);
            self.add_answer(workload, answer.values);
        }
        let rest = self.blocks.rest(&master.lp, master.risk.cvar, &prices);
        let bound = rest + bounds.iter().sum::<f64>();
        if bound <= self.bound {
            return Ok(false);
        }
        self.bound = bound;
        self.center = Some(Center { prices, bounds });
        self.step = STEP;
        Ok(true)
    }

    /// By workload and item: no plan of the portfolio with it costs less than so much above the bound, in units of money.
    #[must_use]
    pub fn surplus(&self) -> Vec<Vec<f64>> {
        let Some(Center { prices, bounds }) = &self.center else {
            return self.menus.iter().map(|menu| vec![0.0; menu.len()]).collect();
        };
        let surplus = |item: &Item, bound: f64| {
            let rows: f64 = item.activity.iter().map(|&(row, value)| prices.rows[row] * value).sum();
            let tail: f64 = prices.tail.iter().map(|&(trial, weight)| weight * item.losses[trial]).sum();
            item.cost - rows + tail - bound
        };
        let of = |(menu, &bound): (&Vec<Item>, &f64)| menu.iter().map(|item| surplus(item, bound)).collect();
        self.menus.iter().zip(bounds).map(of).collect()
    }

    /// Dives from the mix to whole numbers of what all share, and has workloads plan for that (Sadykov, Vanderbeck, Pessoa,
    /// Tahiri and Uchoa 2019).
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn dive(&mut self) -> Result<Dived, SolverError> {
        self.mixer.open_boxes();
        let mut mix = self.mix()?;
        while let Some((column, value)) = self.mixer.nearly_whole() {
            self.mixer.hold(column, value);
            mix = self.mix()?;
        }
        self.mixer.hold_whole();
        for _ in 0..DIVE_ROUNDS {
            self.ask(mix.prices)?;
            mix = self.mix()?;
        }
        let pick = self.add_blends(&mix);
        let whole = self.mixer.whole.iter().map(|&(column, _, value)| (column, value.round())).collect();
        self.mixer.release(self.master);
        if let Some(center) = &self.center {
            self.mixer.keep_near(&center.prices, self.width);
        }
        Ok(Dived { pick, whole })
    }

    /// One round: mix, move the prices, ask; returns the mix.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn round(&mut self) -> Result<Mix, SolverError> {
        let mix = self.mix()?;
        let prices = match &self.center {
            Some(center) => blend(&center.prices, &mix.prices, self.step),
            None => mix.prices.clone(),
        };
        if !self.ask(prices)? {
            self.step = (self.step * STEP_GROWTH).min(1.0);
        }
        if mix.broken > NEARLY && mix.cost - self.bound <= BOX_TOLERANCE * mix.cost.abs() {
            self.width *= 2.0;
        }
        if let Some(center) = &self.center {
            self.mixer.keep_near(&center.prices, self.width);
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
