//! Migration schedule: carries out a plan quarter by quarter and keeps every limit on the way
//! (methodology/optimization.md#moves).

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::changes::{StandbyChange, moves, standby_changes};
use super::outcome::{MigrationAction, MigrationStep, Schedule};
use crate::limits::{BOUND_SLACK, LimitOutcome, RiskFigures, test_limits};
use crate::measures::paired::risk_contributions;
use crate::measures::probabilities::TrialProbabilities;
use crate::model::instance::{Cell, CellIdx, OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::planning::outcome::Figures;
use crate::planning::sample::CompiledSample;
use crate::planning::sample::evaluate::{Objective, risk_usd};
use crate::service::cell_plan::CellPlan;
use crate::service::setting::Setting;
use crate::units::DAYS_PER_YEAR;

/// Turnover below this is rounding.
const LEAST_TURNOVER: f64 = 1e-9;
/// Part of a move from which on it counts as complete.
const ALL: f64 = 1.0 - 1e-9;
/// Part of a quarter's turnover below which the remainder stays unused.
const LEAST_PART_OF_QUARTER: f64 = 1e-3;
/// Largest number of pending actions that are ranked after each step; more are ranked once a quarter.
const MAX_RANKED_EACH_STEP: usize = 100;
/// Number of best actions that are tried in pairs when no single one is possible.
const MAX_PAIRED: usize = 30;

/// The steps from `before` to `after` under the portfolio's `max_turnover_per_quarter`, measured on a sample.
///
/// The action that saves the most cost and weighted loss per share of demand moved comes first. A limit that holds is
/// kept; a broken one is not broken further, where an order allows it. After the last step the plan is exactly `after`.
#[must_use]
pub fn schedule(
    setting: &Setting<'_>,
    sample: &CompiledSample,
    objective: &Objective,
    before: &Plan,
    after: &Plan,
) -> Schedule {
    let max_turnover_per_quarter = setting.instance.portfolio.max_turnover_per_quarter;
    let mut migration = Migration {
        setting,
        sample,
        objective,
        demand: setting.instance.cells.iter().map(Cell::mtok_per_month).sum::<f64>().max(f64::MIN_POSITIVE),
        pending: actions(setting, before, after),
        rates: Vec::new(),
        state: MigrationState::new(setting, sample, objective, before),
        quarter: 1,
        left: max_turnover_per_quarter.unwrap_or(f64::INFINITY),
        budget: max_turnover_per_quarter.unwrap_or(f64::INFINITY),
        steps: Vec::new(),
    };
    // Without turnover no action is possible.
    if migration.budget > LEAST_TURNOVER {
        migration.run(after);
    }
    Schedule { max_turnover_per_quarter, steps: migration.steps }
}

/// All actions: shifts by workload and pair of offers, and changes of standbys.
fn actions(setting: &Setting<'_>, before: &Plan, after: &Plan) -> Vec<MigrationAction> {
    let mut shifts: BTreeMap<(WorkloadIdx, OfferIdx, OfferIdx), Vec<(CellIdx, f64)>> = BTreeMap::new();
    for m in moves(before, after) {
        let workload = setting.instance.cells[m.cell].workload;
        shifts.entry((workload, m.from, m.to)).or_default().push((m.cell, m.share));
    }
    let shifts = shifts.into_iter().map(|((workload, from, to), parts)| MigrationAction::Shift {
        workload,
        from,
        to,
        parts,
    });
    let standbys = (0..before.standby.len()).flat_map(|workload| {
        let changes = standby_changes(&before.standby[workload], &after.standby[workload]);
        changes.into_iter().map(move |change| match change {
            StandbyChange::New(standby) => MigrationAction::SetUp { workload, standby },
            StandbyChange::Dropped(standby) => MigrationAction::Drop { workload, standby },
            StandbyChange::Changed { after: standby, .. } => MigrationAction::Change { workload, standby },
        })
    });
    shifts.chain(standbys).collect()
}

/// An intermediate plan, with the figures that decide on the next step.
struct MigrationState {
    plan: Plan,
    /// `[n_trials]`
    losses: Vec<f64>,
    probabilities: TrialProbabilities,
    figures: Figures,
    /// Planned cost and weighted risk over the horizon, USD.
    score_usd: f64,
}

impl MigrationState {
    fn new(setting: &Setting<'_>, sample: &CompiledSample, objective: &Objective, plan: &Plan) -> Self {
        let cell_plans = crate::planning::sample::evaluate::cell_plans(setting, sample, plan);
        let losses = sample.losses(&cell_plans);
        Self::of_losses(setting, objective, plan.clone(), (losses, &sample.probabilities))
    }

    fn of_losses(
        setting: &Setting<'_>,
        objective: &Objective,
        plan: Plan,
        (losses, probabilities): (Vec<f64>, &TrialProbabilities),
    ) -> Self {
        let mean = probabilities.mean(&losses);
        let level = objective.confidence_level;
        let cvar_usd = probabilities.conditional_value_at_risk(&losses, level).unwrap_or(0.0);
        let cost = Figures::of_cost(&setting.planned_cost(&plan));
        let score_usd = cost.planned_usd + risk_usd(objective, mean, cvar_usd);
        let aal_usd = mean * DAYS_PER_YEAR / setting.horizon_days();
        let figures = Figures { aal_usd, cvar_usd, objective_usd: score_usd, ..cost };
        Self { plan, losses, probabilities: probabilities.clone(), figures, score_usd }
    }

    /// Name and excess of each limit and each quota; 0 where it is kept.
    fn excesses(&self, setting: &Setting<'_>) -> Vec<(String, f64)> {
        let risk = RiskFigures {
            average_annual_loss_usd: self.figures.aal_usd,
            losses: &self.losses,
            probabilities: Some(&self.probabilities),
        };
        let limits = test_limits(setting, &self.plan, Some(risk), None);
        let limits = limits.iter().map(|limit| (limit.name.clone(), excess(limit)));
        limits.chain(quota_excesses(setting, &self.plan)).collect()
    }
}

fn excess(limit: &LimitOutcome) -> f64 {
    match limit.value {
        Some(value) if limit.kept == Some(false) => (value - limit.bound()).abs(),
        _ => 0.0,
    }
}

/// Excess of the planned and reserved load over each declared quota, relative to the quota.
fn quota_excesses(setting: &Setting<'_>, plan: &Plan) -> Vec<(String, f64)> {
    let instance = setting.instance;
    let with_quota = instance.offers.iter().enumerate();
    let with_quota = with_quota.filter_map(|(offer, o)| Some((offer, o.capacity_mtok_per_month?)));
    with_quota
        .map(|(offer, quota)| {
            let load = |cell: CellIdx| {
                let standbys = plan.standby[instance.cells[cell].workload].iter();
                let is_eligible = setting.law.eligible.contains(cell, offer);
                let cover: f64 = standbys.filter(|s| is_eligible && s.offer == offer).map(|s| s.cover).sum();
                (plan.share(cell, offer) + cover) * instance.cells[cell].mtok_per_month()
            };
            let over = (0..instance.cells.len()).map(load).sum::<f64>() / quota.max(f64::MIN_POSITIVE) - 1.0;
            // The planner leaves a millionth of the quota free, so an excess below that is rounding.
            let over = if over > 1e-6 { over } else { 0.0 };
            (format!("capacity of {}", instance.offers[offer].id), over)
        })
        .collect()
}

/// A migration under way.
struct Migration<'a> {
    setting: &'a Setting<'a>,
    sample: &'a CompiledSample,
    objective: &'a Objective,
    /// Demand of all cells, mtok a month.
    demand: f64,
    pending: Vec<MigrationAction>,
    /// Saving of each pending action per share of demand, as last ranked, USD; empty: not ranked in this quarter.
    rates: Vec<f64>,
    state: MigrationState,
    quarter: u64,
    /// Turnover that the quarter still allows.
    left: f64,
    /// Turnover of a full quarter.
    budget: f64,
    steps: Vec<MigrationStep>,
}

/// The actions chosen for one step, as indices of pending actions, and the part of their moves that is made.
struct StepChoice {
    actions: Vec<usize>,
    part: f64,
    next: MigrationState,
    breaks: Vec<String>,
}

impl Migration<'_> {
    fn run(&mut self, after: &Plan) {
        while !self.pending.is_empty() {
            let excesses = self.state.excesses(self.setting);
            let ranked = self.ranked();
            let choice = self
                .single(&ranked, &excesses, true)
                .or_else(|| self.single(&ranked, &excesses, false))
                .or_else(|| self.pair(&ranked, &excesses))
                .or_else(|| self.together(&excesses));
            match choice {
                Some(choice) => self.take(choice, after),
                None if self.left < self.budget => {
                    self.quarter += 1;
                    self.left = self.budget;
                    self.rates.clear();
                }
                None => {
                    let forced = self.forced(&ranked, &excesses);
                    self.take(forced, after);
                }
            }
        }
    }

    fn turnover(&self, action: &MigrationAction) -> f64 {
        let MigrationAction::Shift { parts, .. } = action else { return 0.0 };
        let cells = &self.setting.instance.cells;
        parts.iter().map(|&(cell, share)| share * cells[cell].mtok_per_month()).sum::<f64>() / self.demand
    }

    /// Part of the actions' moves that the rest of the quarter allows; `None` when it allows nothing.
    fn part(&self, actions: &[usize]) -> Option<f64> {
        let turnover: f64 = actions.iter().map(|&at| self.turnover(&self.pending[at])).sum();
        if turnover <= self.left + LEAST_TURNOVER {
            Some(1.0)
        } else {
            let is_worth_a_step = self.left > LEAST_TURNOVER.max(LEAST_PART_OF_QUARTER * self.budget);
            is_worth_a_step.then(|| self.left / turnover)
        }
    }

    /// State after a part of the actions; only the cells that they change are measured again.
    fn try_actions(&self, actions: &[usize], part: f64) -> MigrationState {
        let mut plan = self.state.plan.clone();
        let mut cells: Vec<CellIdx> = Vec::new();
        for &at in actions {
            apply(&self.pending[at], part, &mut plan);
            match &self.pending[at] {
                MigrationAction::Shift { parts, .. } => cells.extend(parts.iter().map(|p| p.0)),
                MigrationAction::SetUp { workload, .. }
                | MigrationAction::Change { workload, .. }
                | MigrationAction::Drop { workload, .. } => {
                    cells.extend(self.setting.instance.workloads[*workload].cells.clone());
                }
            }
        }
        cells.sort_unstable();
        cells.dedup();
        let mut losses = self.state.losses.clone();
        for cell in cells {
            let compiled = &self.sample.cells[cell];
            let workload = self.setting.instance.cells[cell].workload;
            let cell_losses = |plan: &Plan| {
                compiled.losses(&CellPlan::new(&compiled.cell_model, workload, plan), self.sample.n_trials)
            };
            for ((loss, old), new) in
                losses.iter_mut().zip(cell_losses(&self.state.plan)).zip(cell_losses(&plan))
            {
                *loss = (*loss + (new - old)).max(0.0);
            }
        }
        MigrationState::of_losses(self.setting, self.objective, plan, (losses, &self.sample.probabilities))
    }

    /// Saving of a pending action per share of demand moved, USD; −∞ when the quarter does not allow it.
    fn rate(&self, at: usize) -> f64 {
        let Some(part) = self.part(&[at]) else { return f64::NEG_INFINITY };
        let turnover = self.turnover(&self.pending[at]) * part;
        (self.state.score_usd - self.try_actions(&[at], part).score_usd) / turnover.max(LEAST_TURNOVER)
    }

    /// Pending actions that the quarter allows, with their savings, the best first.
    fn ranked(&mut self) -> Vec<(usize, f64)> {
        let is_known = self.rates.len() == self.pending.len();
        if !is_known || self.pending.len() <= MAX_RANKED_EACH_STEP {
            self.rates = (0..self.pending.len()).into_par_iter().map(|at| self.rate(at)).collect();
        }
        let rates = self.rates.iter().copied().enumerate();
        let mut ranked: Vec<(usize, f64)> = rates.filter(|&(at, _)| self.part(&[at]).is_some()).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked
    }

    /// The best action that breaks no limit.
    ///
    /// A standby is changed only if that saves something or, when `is_early` is false, if all demand has moved.
    fn single(
        &self,
        ranked: &[(usize, f64)],
        excesses: &[(String, f64)],
        is_early: bool,
    ) -> Option<StepChoice> {
        let is_shift = |at: usize| matches!(self.pending[at], MigrationAction::Shift { .. });
        let shifts_left = self.pending.iter().any(|action| matches!(action, MigrationAction::Shift { .. }));
        ranked.iter().find_map(|&(at, rate)| {
            let is_due = is_shift(at) || rate > 0.0 || (!is_early && !shifts_left);
            if is_due { self.keeping(vec![at], excesses) } else { None }
        })
    }

    /// Two actions that together break no limit.
    fn pair(&self, ranked: &[(usize, f64)], excesses: &[(String, f64)]) -> Option<StepChoice> {
        let first: Vec<usize> = ranked.iter().take(MAX_PAIRED).map(|r| r.0).collect();
        let pairs = first.iter().enumerate().flat_map(|(n, &a)| first[n + 1..].iter().map(move |&b| [a, b]));
        pairs.into_iter().find_map(|pair| self.keeping(pair.to_vec(), excesses))
    }

    /// The same part of all pending actions: a linear limit that holds before and after also holds in between.
    fn together(&self, excesses: &[(String, f64)]) -> Option<StepChoice> {
        let all: Vec<usize> = (0..self.pending.len()).collect();
        match self.part(&all)? {
            part if part >= ALL => self.keeping(all, excesses),
            _ => {
                let is_shift = |at: &usize| matches!(self.pending[*at], MigrationAction::Shift { .. });
                self.keeping(all.into_iter().filter(is_shift).collect(), excesses)
            }
        }
    }

    /// The step of these actions; `None` when the quarter does not allow it, or a limit is broken.
    fn keeping(&self, actions: Vec<usize>, excesses: &[(String, f64)]) -> Option<StepChoice> {
        let part = self.part(&actions)?;
        let next = self.try_actions(&actions, part);
        let keeps = worsened(excesses, &next.excesses(self.setting)).is_empty();
        keeps.then(|| StepChoice { actions, part, next, breaks: Vec::new() })
    }

    /// The best action, although it breaks limits, with these limits.
    fn forced(&self, ranked: &[(usize, f64)], excesses: &[(String, f64)]) -> StepChoice {
        let actions = vec![ranked.first().expect("a full quarter allows some move").0];
        let part = self.part(&actions).unwrap_or(1.0);
        let next = self.try_actions(&actions, part);
        let breaks = worsened(excesses, &next.excesses(self.setting));
        StepChoice { actions, part, next, breaks }
    }

    /// Carries out a step; the rest of a partial move stays pending.
    fn take(&mut self, choice: StepChoice, after: &Plan) {
        let mut done = Vec::new();
        let mut turnover = 0.0;
        let mut left = Vec::new();
        let mut rates = Vec::new();
        for (at, action) in std::mem::take(&mut self.pending).into_iter().enumerate() {
            if !choice.actions.contains(&at) {
                left.push(action);
                rates.push(self.rates[at]);
                continue;
            }
            turnover += self.turnover(&action) * choice.part;
            match action {
                MigrationAction::Shift { workload, from, to, parts } if choice.part < ALL => {
                    let scaled =
                        |k: f64| parts.iter().map(|&(cell, share)| (cell, share * k)).collect::<Vec<_>>();
                    done.push(MigrationAction::Shift { workload, from, to, parts: scaled(choice.part) });
                    left.push(MigrationAction::Shift {
                        workload,
                        from,
                        to,
                        parts: scaled(1.0 - choice.part),
                    });
                    rates.push(self.rates[at]);
                }
                action => done.push(action),
            }
        }
        (self.pending, self.rates) = (left, rates);
        self.state = choice.next;
        if self.pending.is_empty() {
            // Rounding may leave a remainder, so the final state is set to the plan itself.
            self.state = MigrationState::new(self.setting, self.sample, self.objective, after);
        }
        self.left = (self.left - turnover).max(0.0);
        self.steps.push(MigrationStep {
            quarter: self.quarter,
            actions: done,
            turnover,
            figures: self.state.figures,
            breaks: choice.breaks,
        });
    }
}

/// Names of limits that are newly broken or broken further, by more than rounding.
fn worsened(before: &[(String, f64)], after: &[(String, f64)]) -> Vec<String> {
    let is_worse = |(before, after): (&(String, f64), &(String, f64))| {
        (after.1 > before.1 + BOUND_SLACK * before.1.max(1.0)).then(|| after.0.clone())
    };
    before.iter().zip(after).filter_map(is_worse).collect()
}

fn apply(action: &MigrationAction, part: f64, plan: &mut Plan) {
    match action {
        MigrationAction::Shift { from, to, parts, .. } => {
            for &(cell, share) in parts {
                let moved = (share * part).min(plan.share(cell, *from));
                let shares = &mut plan.allocation[cell];
                add(shares, *from, -moved);
                add(shares, *to, moved);
            }
        }
        MigrationAction::SetUp { workload, standby } | MigrationAction::Change { workload, standby } => {
            let list = &mut plan.standby[*workload];
            list.retain(|s| s.offer != standby.offer);
            list.push(*standby);
            list.sort_by_key(|s| s.offer);
        }
        MigrationAction::Drop { workload, standby } => {
            plan.standby[*workload].retain(|s| s.offer != standby.offer);
        }
    }
}

/// Adds to an offer's share; a share below 1e-9 is rounding and removed.
fn add(shares: &mut Vec<(OfferIdx, f64)>, offer: OfferIdx, amount: f64) {
    match shares.binary_search_by_key(&offer, |s| s.0) {
        Ok(at) => {
            shares[at].1 += amount;
            if shares[at].1 < 1e-9 {
                shares.remove(at);
            }
        }
        Err(at) if amount > 0.0 => shares.insert(at, (offer, amount)),
        Err(_) => {}
    }
}

/// Contribution of each trial to (1 − w)·E\[loss\] + w·CVaR, `[n_trials]`.
pub(super) fn contributions(objective: &Objective, losses: &[f64]) -> Vec<f64> {
    risk_contributions(losses, objective.cvar_weight, objective.confidence_level).unwrap_or_default()
}
