//! Limits as rows of the program, one function per constraint (reference/portfolio-file.md,
//! methodology/optimization.md).

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

/// Relative margin kept to a limit's bound, so that the solver's rounding does not break it.
const MARGIN: f64 = 1e-6;

/// Name of the budget row.
pub const MONTHLY_COST: &str = "monthly_cost";

/// Upper side of a row for a share of at most `at_most`; `None` if no share can exceed it.
fn most_of_share(at_most: f64) -> Option<f64> {
    (at_most < 1.0).then(|| (at_most - MARGIN).max(0.0))
}

/// Lower side of a row for a share of at least `at_least`; `None` if every share reaches it.
fn least_of_share(at_least: f64) -> Option<f64> {
    (at_least > 0.0).then(|| (at_least + MARGIN).min(1.0))
}

/// Upper side of a row for an HHI of at most `at_most`. At 1, the largest HHI, no margin is needed.
fn most_of_hhi(at_most: f64) -> f64 {
    if at_most < 1.0 { at_most * (1.0 - MARGIN) } else { at_most }
}

/// Variables for the risk measures in objective and limits.
#[derive(Debug, Clone)]
pub struct RiskVariables {
    /// Per cell: expected loss over the horizon, in units of money.
    pub expected: Vec<VariableIdx>,
    /// CVaR at the objective's confidence level, in units of money.
    pub cvar: VariableIdx,
}

/// Names of the rows that bound losses.
const CVAR: &str = "cvar";
const AVERAGE_ANNUAL_LOSS: &str = "average_annual_loss";

/// Whether a row bounds a loss from above.
#[must_use]
pub fn is_loss_limit(row: &Constraint) -> bool {
    [CVAR, AVERAGE_ANNUAL_LOSS].contains(&row.name)
}

/// Adds the rows of every limit that can be written as rows; returns the names of the others.
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
                lp.add_at_most(CVAR, vec![(risk.cvar, 1.0)], at_most_usd * (1.0 - MARGIN) / USD_PER_UNIT);
                true
            }
            // Closer tangents are added at the plans tried: see [`hhi_tangents`].
            Measure::Hhi { of, at_most } => limit.weight != Weight::Spend && rows.add_hhi(lp, *of, *at_most),
            Measure::Survives { loss_of, service_at_least, within_days } => {
                let (scopes, within_days) = (rows.scopes(), *within_days);
                let limit = Survives { loss_of, service_at_least: *service_at_least, within_days };
                add_survives(setting, roles, &limit, &scopes, variables, lp);
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

/// Tangents for the HHI limits that a plan breaks: the sum of squares, linearized at the plan.
///
/// A plan that keeps the limit satisfies them. Limits on spend get none, because total spend depends on the plan.
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

/// Number of chords (or tangent intervals) that approximate a square on [0, 1].
const N_CHORDS: u32 = 20;

/// Adds rows that keep the HHI limits from the inside: chords over each key's square, which are never below it. Returns
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

/// Adds the budget row: monthly cost is at most `at_most_usd`.
fn add_monthly_cost(
    setting: &Setting<'_>,
    variables: &Variables,
    at_most_usd: f64,
    lp: &mut LinearProgram,
) -> bool {
    let months = crate::planning::horizon_months(setting);
    let shares = variables.primaries.iter().map(|c| c.variable);
    let ready = variables.standbys.iter().map(|s| s.is_ready);
    let used = &variables.used;
    let hosts = used.hosts.values().chain(&used.minimums).copied();
    let all = shares.chain(ready).chain(variables.replicas.values().copied()).chain(hosts);
    let monthly = |variable: VariableIdx| {
        lp.variables[variable].cost - used.not_monthly.get(&variable).copied().unwrap_or(0.0)
    };
    let terms = all.map(|variable| (variable, monthly(variable) * USD_PER_UNIT / months)).collect();
    lp.add_at_most(MONTHLY_COST, terms, at_most_usd * (1.0 - MARGIN));
    true
}

/// Adds the row for the average annual loss: at most `at_most_usd`.
fn add_average_annual_loss(
    setting: &Setting<'_>,
    risk: &RiskVariables,
    at_most_usd: f64,
    lp: &mut LinearProgram,
) -> bool {
    let per_year = crate::units::DAYS_PER_YEAR / setting.horizon_days();
    let terms = risk.expected.iter().map(|&variable| (variable, per_year)).collect();
    lp.add_at_most(AVERAGE_ANNUAL_LOSS, terms, at_most_usd * (1.0 - MARGIN) / USD_PER_UNIT);
    true
}

struct LimitRows<'a> {
    setting: &'a Setting<'a>,
    exposure: &'a ExposureSetting<'a>,
    variables: &'a Variables,
    limit: &'a Limit,
}

impl LimitRows<'_> {
    /// Cells of each scope of the limit: the portfolio, or every workload.
    fn scopes(&self) -> Vec<Range<CellIdx>> {
        match self.limit.scope {
            Scope::Portfolio => std::iter::once(0..self.setting.instance.cells.len()).collect(),
            Scope::EachWorkload => self.setting.instance.workloads.iter().map(|w| w.cells.clone()).collect(),
        }
    }

    /// (index in `variables.primaries`, weight) of the primaries in a scope.
    ///
    /// Members of a variable have the same keys and, except for spend, the same weight. The weight by spend is that of
    /// the cheapest member, which is the one that the plan uses.
    fn weighted(&self, cells: &Range<CellIdx>) -> Vec<(usize, f64)> {
        let primaries = self.variables.primaries.iter().enumerate().filter(|(_, c)| cells.contains(&c.cell));
        primaries.map(|(at, c)| (at, self.exposure.weight(self.limit.weight, c.cell, c.offer))).collect()
    }

    /// Terms of (weight of the primaries in `keep`) − `bound` × (total weight), divided by the largest weight.
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
            let kept = if keep(at) { 1.0 } else { 0.0 };
            (self.variables.primaries[at].variable, weight / largest * (kept - bound))
        };
        weighted.iter().map(term).collect()
    }

    /// Adds the rows for the share of one key.
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

    /// Primaries by key: indices into `variables.primaries`.
    fn by_key(&self, of: Dimension, weighted: &[(usize, f64)]) -> BTreeMap<String, BTreeSet<usize>> {
        let mut by_key: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for &(at, _) in weighted {
            for key in self.exposure.dimensions.keys(of, self.variables.primaries[at].offer) {
                by_key.entry(key).or_default().insert(at);
            }
        }
        by_key
    }

    /// Adds the rows for the largest share: every key has at most `at_most`.
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

    /// Terms of the share of each key in a scope: (index in `variables.primaries`, factor). Empty if nothing has
    /// weight.
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

    /// Adds the rows for an HHI limit: each square is at least its tangents at [`N_CHORDS`] + 1 shares.
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

    /// Adds the chord rows for an HHI limit: each square is at least its chords.
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

    /// Tangent of the sum of squared shares at a plan; `None` if the plan keeps the limit.
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

    /// Adds the rows for the number of keys with at least `counting_from`; returns false for spend, whose weights
    /// depend on the plan.
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
