//! Limits during a scenario: which are broken, from when, for how long, and how badly (methodology/shocks.md).

use super::{Subject, slack};
use crate::exposure::shares::ExposureSetting;
use crate::graph::dimension::Dimensions;
use crate::model::instance::{CellIdx, Instance};
use crate::model::limit::{Bound, Limit, LossOf, Measure, Scope};
use crate::model::plan::Plan;
use crate::service::setting::Setting;
use std::cell::OnceCell;
use std::iter;
use std::ops::Range;

/// State of a plan from a day until the next situation.
#[derive(Debug, Clone, PartialEq)]
pub struct Situation {
    pub day: f64,
    /// Shares actually served; a cell's shares sum to less than 1 where demand is unserved.
    pub serving: Plan,
    /// Cost of a month in this situation, USD.
    pub monthly_cost_usd: f64,
    /// `[n_cells]`: share of the cell's demand that is unserved past the recovery objective.
    pub unserved_past_objective: Vec<f64>,
}

/// A limit that is broken at some time during a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct BrokenLimit {
    /// The limit's `id`, else its one-line YAML.
    pub name: String,
    pub measure: Measure,
    pub first_day: f64,
    /// Total days on which it is broken, with or without interruption.
    pub days: f64,
    /// The value that breaks the bound the most.
    pub worst_value: f64,
    /// The end of the bound that this value breaks.
    pub bound: f64,
    /// Whether the plan breaks it before the scenario.
    pub broken_before: bool,
}

/// A time interval during which a limit is broken.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Breach {
    start: f64,
    end: f64,
    value: f64,
}

/// Tests limits at every situation; returns those broken at some time, in the portfolio's order.
///
/// `situations`: ascending by day, the first at day 0; `plan`: the plan before the scenario. Limits on losses and
/// limits on the failure of one named node do not apply to a scenario and are left out.
#[must_use]
pub fn broken_limits(
    setting: &Setting<'_>,
    plan: &Plan,
    situations: &[Situation],
    horizon_days: f64,
) -> Vec<BrokenLimit> {
    let instance = setting.instance;
    let dimensions = Dimensions::new(instance, &setting.graph);
    let exposure = ExposureSetting { instance, prices: &setting.prices, dimensions: &dimensions };
    let crisis = Crisis { setting, exposure, situations, horizon_days };
    let found: Vec<(&Limit, Vec<Breach>)> = instance
        .portfolio
        .limits
        .iter()
        .map(|limit| (limit, crisis.breaches(limit)))
        .filter(|(_, breaches)| !breaches.is_empty())
        .collect();
    if found.is_empty() {
        return Vec::new();
    }
    let before = Subject { instance, setting, plan, exposure, nodes: OnceCell::new(), risk: None };
    found.into_iter().map(|(limit, breaches)| before.broken(limit, &breaches)).collect()
}

impl Subject<'_> {
    fn broken(&self, limit: &Limit, breaches: &[Breach]) -> BrokenLimit {
        let bound = limit.measure.bound();
        let worst = breaches.iter().min_by(|a, b| slack(bound, a.value).total_cmp(&slack(bound, b.value)));
        let worst_value = worst.map_or(f64::NAN, |breach| breach.value);
        BrokenLimit {
            name: limit.name().to_owned(),
            measure: limit.measure.clone(),
            first_day: breaches[0].start,
            days: breaches.iter().map(|breach| breach.end - breach.start).sum(),
            worst_value,
            bound: broken_end(bound, worst_value),
            broken_before: self.measure(limit).value.is_some_and(|value| slack(bound, value) < 0.0),
        }
    }
}

/// The end that a value breaks.
fn broken_end(bound: Bound, value: f64) -> f64 {
    let is_broken = |end: &f64| slack(Bound { at_least: Some(*end), at_most: None }, value) < 0.0;
    bound.at_least.filter(is_broken).or(bound.at_most).or(bound.at_least).unwrap_or(f64::NAN)
}

struct Crisis<'a> {
    setting: &'a Setting<'a>,
    exposure: ExposureSetting<'a>,
    situations: &'a [Situation],
    horizon_days: f64,
}

impl Crisis<'_> {
    fn breaches(&self, limit: &Limit) -> Vec<Breach> {
        let bound = limit.measure.bound();
        match &limit.measure {
            Measure::Share { .. }
            | Measure::MaxShare { .. }
            | Measure::Hhi { .. }
            | Measure::Distinct { .. } => {
                self.bound_breaches(bound, |situation| self.subject(&situation.serving).measure(limit).value)
            }
            Measure::MonthlyCost { .. } => {
                self.bound_breaches(bound, |situation| Some(situation.monthly_cost_usd))
            }
            Measure::Survives { loss_of: LossOf::Every(_), service_at_least, within_days } => {
                self.service_breaches(limit.scope, *service_at_least, *within_days)
            }
            Measure::Survives { loss_of: LossOf::One(..), .. }
            | Measure::Cvar { .. }
            | Measure::AverageAnnualLoss { .. } => Vec::new(),
        }
    }

    fn subject<'b>(&'b self, plan: &'b Plan) -> Subject<'b> {
        Subject {
            instance: self.setting.instance,
            setting: self.setting,
            plan,
            exposure: self.exposure,
            nodes: OnceCell::new(),
            risk: None,
        }
    }

    /// A breach for each situation whose value breaks the bound.
    fn bound_breaches(&self, bound: Bound, value: impl Fn(&Situation) -> Option<f64>) -> Vec<Breach> {
        let ends = self.situations.iter().skip(1).map(|next| next.day).chain([self.horizon_days]);
        let breach = |(situation, end): (&Situation, f64)| {
            let value = value(situation).filter(|value| slack(bound, *value) < 0.0)?;
            Some(Breach { start: situation.day, end, value })
        };
        self.situations.iter().zip(ends).filter_map(breach).collect()
    }

    /// Times at which service of the portfolio, or of some workload, has been below the bound for longer than
    /// `within_days` without interruption.
    fn service_breaches(&self, scope: Scope, service_at_least: f64, within_days: f64) -> Vec<Breach> {
        let instance = self.setting.instance;
        let bound = Bound { at_least: Some(service_at_least), at_most: None };
        let groups: Vec<Range<CellIdx>> = match scope {
            Scope::Portfolio => iter::once(0..instance.cells.len()).collect(),
            Scope::EachWorkload => instance.workloads.iter().map(|w| w.cells.clone()).collect(),
        };
        let mut breaches: Vec<Breach> = Vec::new();
        for cells in groups {
            let short = self.bound_breaches(bound, |situation| service(instance, situation, cells.clone()));
            for run in short.chunk_by(|a, b| a.end == b.start) {
                // Each run of breaches is granted `within_days` once.
                let asked_from = run[0].start + within_days;
                let late = run.iter().map(|b| Breach { start: b.start.max(asked_from), ..*b });
                breaches.extend(late.filter(|b| b.start < b.end));
            }
        }
        merged(breaches)
    }
}

/// Value-weighted share of demand that is served or within its recovery objective; `None` without value.
fn service(instance: &Instance, situation: &Situation, cells: Range<CellIdx>) -> Option<f64> {
    let value_of = |cell: CellIdx| instance.cells[cell].value_usd_per_day;
    let value: f64 = cells.clone().map(value_of).sum();
    let unserved: f64 = cells.map(|cell| value_of(cell) * situation.unserved_past_objective[cell]).sum();
    (value > 0.0).then(|| 1.0 - unserved / value)
}

/// Merges overlapping breaches of several workloads into one with the smallest value.
fn merged(mut breaches: Vec<Breach>) -> Vec<Breach> {
    breaches.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.end.total_cmp(&b.end)));
    let mut merged: Vec<Breach> = Vec::new();
    for breach in breaches {
        match merged.last_mut().filter(|last| breach.start < last.end) {
            Some(last) => {
                last.end = last.end.max(breach.end);
                last.value = last.value.min(breach.value);
            }
            None => merged.push(breach),
        }
    }
    merged
}
