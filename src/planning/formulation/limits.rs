//! Limits as rows of the sample, one function per constraint (reference/portfolio-file.md, methodology/optimization.md).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::linear_program::{Constraint, LinearProgram, VariableIdx};
use super::survival::{Survives, add_survives};
use super::variables::Variables;
use crate::exposure::shares::ExposureSetting;
use crate::model::instance::CellIdx;
use crate::model::limit::{Bound, Dimension, Limit, Measure, Scope, Weight};
use crate::model::plan::Plan;
use crate::planning::USD_PER_UNIT;
use crate::service::cell_model::Roles;
use crate::service::setting::Setting;

/// Room kept to a limit's bound, as a part of it, so that a solver's rounding does not break it.
const MARGIN: f64 = 1e-6;

/// The bound of a row for a share of at most so much; `None`: no share is above it.
fn most_of_share(at_most: f64) -> Option<f64> {
    (at_most < 1.0).then(|| (at_most - MARGIN).max(0.0))
}

/// The same for at least so much.
fn least_of_share(at_least: f64) -> Option<f64> {
    (at_least > 0.0).then(|| (at_least + MARGIN).min(1.0))
}

/// The bound of a row for an HHI of at most so much. All on one is 1, which rounding does not break: nothing is above it.
fn most_of_hhi(at_most: f64) -> f64 {
    if at_most < 1.0 { at_most * (1.0 - MARGIN) } else { at_most }
}

/// What the sample minimizes and bounds, as variables.
#[derive(Debug, Clone)]
pub struct RiskVariables {
    /// Per cell: expected loss over the horizon, in units of money.
    pub expected: Vec<VariableIdx>,
    /// CVaR at the objective's confidence level, in units of money.
    pub cvar: VariableIdx,
}

/// Adds every limit that is a row; returns the names of those that are not.
pub fn add_limits(
    setting: &Setting<'_>,
    exposure: &ExposureSetting<'_>,
    roles: &Roles,
    risk: &RiskVariables,
    confidence_level: f64,
    variables: &mut Variables,
    lp: &mut LinearProgram,
) -> Vec<String> {
    let mut left_out = Vec::new();
    for limit in &setting.instance.portfolio.limits {
        let rows = LimitRows { setting, exposure, variables, limit };
        let is_row = match &limit.measure {
            Measure::Share { of, is, bound } => rows.add_share(lp, *of, is, *bound),
            Measure::MaxShare { of, at_most } => rows.add_max_share(lp, *of, *at_most),
            Measure::Distinct { of, at_least, counting_from } => {
                rows.add_distinct(lp, *of, *at_least, *counting_from)
            }
            Measure::MonthlyCost { at_most_usd } => add_monthly_cost(setting, variables, *at_most_usd, lp),
            Measure::AverageAnnualLoss { at_most_usd } => {
                add_average_annual_loss(setting, risk, *at_most_usd, lp)
            }
            Measure::Cvar { confidence_level: level, at_most_usd } if *level == confidence_level => {
                lp.add_at_most("cvar", vec![(risk.cvar, 1.0)], at_most_usd * (1.0 - MARGIN) / USD_PER_UNIT);
                true
            }
            // Closer tangents follow where plans are tried: see [`hhi_tangents`].
            Measure::Hhi { of, at_most } => limit.weight != Weight::Spend && rows.add_hhi(lp, *of, *at_most),
            Measure::Survives { loss_of, service_at_least, within_days } => {
                let (scopes, within_days) = (rows.scopes(), *within_days);
                let asked = Survives { loss_of, service_at_least: *service_at_least, within_days };
                add_survives(setting, roles, &asked, &scopes, variables, lp);
                true
            }
            Measure::Cvar { .. } => false,
        };
        if !is_row {
            left_out.push(limit.name().to_owned());
        }
    }
    left_out
}

/// Concentration within a bound: where a plan breaks it, the tangent of the sum of squares there, which no plan that
/// keeps the bound breaks. Not for spend, whose total depends on the plan.
#[must_use]
pub fn hhi_tangents(
    setting: &Setting<'_>,
    exposure: &ExposureSetting<'_>,
    variables: &Variables,
    plan: &Plan,
) -> Vec<Constraint> {
    let mut tangents = Vec::new();
    for limit in setting.instance.portfolio.limits.iter().filter(|l| l.weight != Weight::Spend) {
        let Measure::Hhi { of, at_most } = limit.measure else { continue };
        let rows = LimitRows { setting, exposure, variables, limit };
        tangents.extend(rows.scopes().iter().filter_map(|cells| rows.hhi_tangent(plan, cells, of, at_most)));
    }
    tangents
}

/// Chords that stand for a square, from share 0 to 1.
const N_CHORDS: u32 = 20;

/// Concentration within a bound from the inside: chords over each key's square, which are never below it. Returns
/// whether any row was added.
pub fn add_hhi_chords(
    setting: &Setting<'_>,
    exposure: &ExposureSetting<'_>,
    variables: &Variables,
    lp: &mut LinearProgram,
) -> bool {
    let n_before = lp.constraints.len();
    for limit in setting.instance.portfolio.limits.iter().filter(|l| l.weight != Weight::Spend) {
        let Measure::Hhi { of, at_most } = limit.measure else { continue };
        let rows = LimitRows { setting, exposure, variables, limit };
        rows.scopes().iter().for_each(|cells| rows.add_chords(lp, cells, of, at_most));
    }
    lp.constraints.len() > n_before
}

/// Monthly cost within a budget.
fn add_monthly_cost(
    setting: &Setting<'_>,
    variables: &Variables,
    at_most_usd: f64,
    lp: &mut LinearProgram,
) -> bool {
    let months = crate::planning::horizon_months(setting);
    let costly = variables.primaries.iter().map(|c| c.variable);
    let ready = variables.standbys.iter().map(|s| s.is_ready);
    let all = costly.chain(ready).chain(variables.replicas.values().copied());
    let terms = all.map(|variable| (variable, lp.variables[variable].cost * USD_PER_UNIT / months)).collect();
    lp.add_at_most("monthly_cost", terms, at_most_usd * (1.0 - MARGIN));
    true
}

/// Expected loss of a year within a bound.
fn add_average_annual_loss(
    setting: &Setting<'_>,
    risk: &RiskVariables,
    at_most_usd: f64,
    lp: &mut LinearProgram,
) -> bool {
    let per_year = crate::units::DAYS_PER_YEAR / setting.horizon_days();
    let terms = risk.expected.iter().map(|&variable| (variable, per_year)).collect();
    lp.add_at_most("average_annual_loss", terms, at_most_usd * (1.0 - MARGIN) / USD_PER_UNIT);
    true
}

struct LimitRows<'a> {
    setting: &'a Setting<'a>,
    exposure: &'a ExposureSetting<'a>,
    variables: &'a Variables,
    limit: &'a Limit,
}

impl LimitRows<'_> {
    /// The whole portfolio, or each workload.
    fn scopes(&self) -> Vec<Range<CellIdx>> {
        match self.limit.scope {
            Scope::Portfolio => std::iter::once(0..self.setting.instance.cells.len()).collect(),
            Scope::EachWorkload => self.setting.instance.workloads.iter().map(|w| w.cells.clone()).collect(),
        }
    }

    /// (variable, weight) of the scope's primaries; a variable's members share their keys, and their weight unless it is
    /// spend, which is then that of the cheapest, the one the plan takes.
    fn weighted(&self, cells: &Range<CellIdx>) -> Vec<(usize, f64)> {
        let primaries = self.variables.primaries.iter().enumerate().filter(|(_, c)| cells.contains(&c.cell));
        primaries.map(|(at, c)| (at, self.exposure.weight(self.limit.weight, c.cell, c.offer))).collect()
    }

    /// Weight on `keep` minus `bound` times all weight, in parts of the largest weight.
    fn ratio(
        &self,
        weighted: &[(usize, f64)],
        keep: impl Fn(usize) -> bool,
        bound: f64,
    ) -> Vec<(VariableIdx, f64)> {
        let largest = weighted.iter().map(|w| w.1).fold(0.0, f64::max);
        if largest == 0.0 {
            return Vec::new();
        }
        let term = |&(at, weight): &(usize, f64)| {
            let held = if keep(at) { 1.0 } else { 0.0 };
            (self.variables.primaries[at].variable, weight / largest * (held - bound))
        };
        weighted.iter().map(term).collect()
    }

    /// Share of one key within its bounds.
    fn add_share(&self, lp: &mut LinearProgram, of: Dimension, is: &str, bound: Bound) -> bool {
        let keep = |at: usize| self.exposure.dimensions.offer_is(of, self.variables.primaries[at].offer, is);
        for cells in self.scopes() {
            let weighted = self.weighted(&cells);
            if let Some(at_most) = bound.at_most.and_then(most_of_share) {
                lp.add_at_most("share", self.ratio(&weighted, keep, at_most), 0.0);
            }
            if let Some(at_least) = bound.at_least.and_then(least_of_share) {
                lp.add_at_least("share", self.ratio(&weighted, keep, at_least), 0.0);
            }
        }
        true
    }

    /// Carriers by key.
    fn by_key(&self, of: Dimension, weighted: &[(usize, f64)]) -> BTreeMap<String, BTreeSet<usize>> {
        let mut by_key: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for &(at, _) in weighted {
            for key in self.exposure.dimensions.keys(of, self.variables.primaries[at].offer) {
                by_key.entry(key).or_default().insert(at);
            }
        }
        by_key
    }

    /// Share of every key within a bound.
    fn add_max_share(&self, lp: &mut LinearProgram, of: Dimension, at_most: f64) -> bool {
        for cells in self.scopes() {
            let weighted = self.weighted(&cells);
            let Some(at_most) = most_of_share(at_most) else { continue };
            for primaries in self.by_key(of, &weighted).values() {
                let keep = |at: usize| primaries.contains(&at);
                lp.add_at_most("max_share", self.ratio(&weighted, keep, at_most), 0.0);
            }
        }
        true
    }

    /// By key of the scope's primaries: the terms of its share; empty when nothing has weight.
    fn share_terms(&self, cells: &Range<CellIdx>, of: Dimension) -> Vec<Vec<(usize, f64)>> {
        let weighted = self.weighted(cells);
        let total: f64 = cells.clone().map(|c| self.exposure.weight(self.limit.weight, c, 0)).sum();
        if total == 0.0 {
            return Vec::new();
        }
        let by_key = self.by_key(of, &weighted);
        let terms = |primaries: &BTreeSet<usize>| {
            weighted.iter().filter(|w| primaries.contains(&w.0)).map(|w| (w.0, w.1 / total)).collect()
        };
        by_key.values().map(terms).collect()
    }

    /// Sum of squared shares within a bound, each square no lower than its tangents at some shares.
    fn add_hhi(&self, lp: &mut LinearProgram, of: Dimension, at_most: f64) -> bool {
        for cells in self.scopes() {
            let mut squares = Vec::new();
            for own in self.share_terms(&cells, of) {
                let square = lp.add_continuous(0.0, 0.0, 1.0);
                for at in 0..=N_CHORDS {
                    let share = f64::from(at) / f64::from(N_CHORDS);
                    let mut terms: Vec<(VariableIdx, f64)> = own
                        .iter()
                        .map(|(at, w)| (self.variables.primaries[*at].variable, -2.0 * share * w))
                        .collect();
                    terms.push((square, 1.0));
                    lp.add_at_least("hhi", terms, -share * share);
                }
                squares.push((square, 1.0));
            }
            lp.add_at_most("hhi", squares, most_of_hhi(at_most));
        }
        true
    }

    fn add_chords(&self, lp: &mut LinearProgram, cells: &Range<CellIdx>, of: Dimension, at_most: f64) {
        let mut squares = Vec::new();
        for own in self.share_terms(cells, of) {
            let square = lp.add_continuous(0.0, 0.0, 1.0);
            for chord in 0..N_CHORDS {
                let (from, to) =
                    (f64::from(chord) / f64::from(N_CHORDS), f64::from(chord + 1) / f64::from(N_CHORDS));
                let slope = from + to;
                let mut terms: Vec<(VariableIdx, f64)> =
                    own.iter().map(|(at, w)| (self.variables.primaries[*at].variable, -slope * w)).collect();
                terms.push((square, 1.0));
                lp.add_at_least("hhi", terms, -from * to);
            }
            squares.push((square, 1.0));
        }
        if !squares.is_empty() {
            lp.add_at_most("hhi", squares, most_of_hhi(at_most));
        }
    }

    /// Tangent of the sum of squared shares at a plan that breaks the bound.
    fn hhi_tangent(
        &self,
        plan: &Plan,
        cells: &Range<CellIdx>,
        of: Dimension,
        at_most: f64,
    ) -> Option<Constraint> {
        let primary = |at: usize| &self.variables.primaries[at];
        let (mut terms, mut hhi) = (Vec::new(), 0.0);
        for own in self.share_terms(cells, of) {
            let share: f64 =
                own.iter().map(|(at, w)| w * plan.share(primary(*at).cell, primary(*at).offer)).sum();
            hhi += share * share;
            terms.extend(own.iter().map(|(at, w)| (primary(*at).variable, 2.0 * share * w)));
        }
        let bound = most_of_hhi(at_most);
        (hhi > bound).then(|| Constraint::at_most("hhi", terms, bound + hhi))
    }

    /// Number of keys with at least a share of their own; not a row where the weights depend on the plan.
    fn add_distinct(&self, lp: &mut LinearProgram, of: Dimension, at_least: f64, counting_from: f64) -> bool {
        if self.limit.weight == Weight::Spend {
            return false;
        }
        for cells in self.scopes() {
            let weighted = self.weighted(&cells);
            let scope_cells = cells.clone();
            let total: f64 = scope_cells.map(|c| self.exposure.weight(self.limit.weight, c, 0)).sum();
            if total == 0.0 {
                continue;
            }
            let mut counted = Vec::new();
            for (key, primaries) in self.by_key(of, &weighted) {
                if key == crate::graph::dimension::UNKNOWN {
                    continue;
                }
                let counts = lp.add_integer(0.0, 0.0, 1.0);
                let mut terms: Vec<(VariableIdx, f64)> = weighted
                    .iter()
                    .filter(|(at, _)| primaries.contains(at))
                    .map(|&(at, weight)| (self.variables.primaries[at].variable, weight / total))
                    .collect();
                terms.push((counts, -(counting_from + MARGIN)));
                lp.add_at_least("distinct", terms, 0.0);
                counted.push((counts, 1.0));
            }
            lp.add_at_least("distinct", counted, at_least);
        }
        true
    }
}
