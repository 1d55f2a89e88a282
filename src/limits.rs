//! Limits: the value of each measure for a plan, whether its bound is kept, and what breaks it
//! (reference/portfolio-file.md).

pub mod crisis;
mod exception;
mod shares;
pub mod sizes;
mod survival;

pub use exception::Exception;
pub use survival::nodes_of;

use crate::exposure::node_losses::NodeFailureAnalysis;
use crate::exposure::shares::{ExposureSetting, PairShare};
use crate::graph::dimension::Dimensions;
use crate::measures::probabilities::TrialProbabilities;
use crate::model::instance::Instance;
use crate::model::limit::{Bound, Limit, Measure, Weight};
use crate::model::plan::Plan;
use crate::service::setting::Setting;
use jiff::civil::Date;
use std::cell::OnceCell;

/// Slack for the rounding of sums, relative to a bound above 1 and absolute below.
pub const BOUND_SLACK: f64 = 1e-9;

/// Largest number of causes named for one limit.
const MAX_CAUSES: usize = 5;

/// Figures of a simulation that limits need.
#[derive(Debug, Clone, Copy)]
pub struct RiskFigures<'a> {
    pub average_annual_loss_usd: f64,
    /// `[n_trials]`: loss over the horizon, USD.
    pub losses: &'a [f64],
    /// Of the trials; `None`: equally likely.
    pub probabilities: Option<&'a TrialProbabilities>,
}

impl RiskFigures<'_> {
    /// Mean of the worst 1 − `level` of the losses, USD; `None` if there are none.
    #[must_use]
    pub fn cvar_usd(&self, level: f64) -> Option<f64> {
        let equal = TrialProbabilities::equal(self.losses.len());
        self.probabilities.unwrap_or(&equal).conditional_value_at_risk(self.losses, level).ok()
    }
}

/// One limit tested on a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitOutcome {
    /// The limit's `id`, else its one-line YAML.
    pub name: String,
    /// `None` without a simulation, or when the weights sum to 0.
    pub value: Option<f64>,
    pub at_least: Option<f64>,
    pub at_most: Option<f64>,
    /// `None` when the value is `None`.
    pub kept: Option<bool>,
    /// The worst key, node or workload, which has the value.
    pub worst: Option<String>,
    /// Causes of the breach, the most important first; empty when the limit is kept.
    pub causes: Vec<String>,
    /// Cells that cause the breach, the largest first; empty when the limit is kept, and for limits on losses.
    pub cells: Vec<CauseCell>,
    pub accepted: Option<Exception>,
}

/// A cell or workload that contributes to the breach of a limit.
#[derive(Debug, Clone, PartialEq)]
pub struct CauseCell {
    pub workload: String,
    /// `None`: the entire workload.
    pub users: Option<String>,
    pub offer: Option<String>,
    /// Contribution in the unit of the limit: share of the weight, or USD per month; for `survives`, the unserved
    /// share of the workload.
    pub contribution: f64,
}

impl LimitOutcome {
    /// The end that `value` breaks or, if it breaks none, the nearer one.
    #[must_use]
    pub fn bound(&self) -> f64 {
        match (self.at_least, self.at_most) {
            (Some(at_least), Some(at_most)) => match self.value {
                Some(value) if value - at_least < at_most - value => at_least,
                _ => at_most,
            },
            (Some(bound), None) | (None, Some(bound)) => bound,
            (None, None) => f64::NAN,
        }
    }

    /// Whether the bound is broken without an exception that is valid today.
    #[must_use]
    pub fn is_breached(&self) -> bool {
        self.kept == Some(false) && !self.accepted.as_ref().is_some_and(|e| e.is_valid)
    }
}

/// A measured value, with the worst part of the plan and the causes.
#[derive(Debug, Clone, Default, PartialEq)]
struct MeasuredLimit {
    value: Option<f64>,
    worst: Option<String>,
    causes: Vec<String>,
    cells: Vec<CauseCell>,
}

/// A plan with everything its limits are tested against.
struct Subject<'a> {
    instance: &'a Instance,
    setting: &'a Setting<'a>,
    plan: &'a Plan,
    exposure: ExposureSetting<'a>,
    /// Prepared when the first limit needs it.
    nodes: OnceCell<NodeFailureAnalysis<'a>>,
    risk: Option<RiskFigures<'a>>,
}

/// Tests every limit of the portfolio on a plan, in the portfolio's order.
///
/// `risk`: `None` leaves limits on losses without a value. `today`: the day on which exceptions are judged; `None`:
/// none is valid.
#[must_use]
pub fn test_limits(
    setting: &Setting<'_>,
    plan: &Plan,
    risk: Option<RiskFigures<'_>>,
    today: Option<Date>,
) -> Vec<LimitOutcome> {
    let instance = setting.instance;
    let dimensions = Dimensions::new(instance, &setting.graph);
    let exposure = ExposureSetting { instance, prices: &setting.prices, dimensions: &dimensions };
    let subject = Subject { instance, setting, plan, exposure, nodes: OnceCell::new(), risk };
    instance.portfolio.limits.iter().map(|limit| subject.test(limit, today)).collect()
}

impl Subject<'_> {
    fn test(&self, limit: &Limit, today: Option<Date>) -> LimitOutcome {
        let bound = limit.measure.bound();
        let measured = self.measure(limit);
        let kept = measured.value.map(|value| slack(bound, value) >= 0.0);
        LimitOutcome {
            name: limit.name().to_owned(),
            value: measured.value,
            at_least: bound.at_least,
            at_most: bound.at_most,
            kept,
            worst: measured.worst,
            causes: if kept == Some(false) { measured.causes } else { Vec::new() },
            cells: if kept == Some(false) { measured.cells } else { Vec::new() },
            accepted: limit.accepted.as_ref().map(|accepted| Exception::new(accepted, today)),
        }
    }

    fn measure(&self, limit: &Limit) -> MeasuredLimit {
        match &limit.measure {
            Measure::Share { of, is, bound } => self.worst_scope(limit, *bound, |cells| {
                shares::share(&self.exposure, self.plan, cells, (*of, is.as_str(), *bound), limit.weight)
            }),
            Measure::MaxShare { of, at_most } => self.worst_scope(limit, limit.measure.bound(), |cells| {
                shares::max_share(&self.exposure, self.plan, cells, (*of, *at_most), limit.weight)
            }),
            Measure::Hhi { of, .. } => self.worst_scope(limit, limit.measure.bound(), |cells| {
                shares::concentration(&self.exposure, self.plan, cells, *of, limit.weight)
            }),
            Measure::Distinct { of, counting_from, .. } => {
                self.worst_scope(limit, limit.measure.bound(), |cells| {
                    shares::distinct(&self.exposure, self.plan, cells, (*of, *counting_from), limit.weight)
                })
            }
            Measure::Survives { loss_of, service_at_least, within_days } => {
                let nodes = self.nodes.get_or_init(|| NodeFailureAnalysis::new(self.setting, self.plan));
                survival::survives(
                    self.instance,
                    nodes,
                    loss_of,
                    *service_at_least,
                    *within_days,
                    limit.scope,
                )
            }
            Measure::Cvar { confidence_level, .. } => {
                let cvar = |risk: RiskFigures<'_>| risk.cvar_usd(*confidence_level);
                MeasuredLimit { value: self.risk.and_then(cvar), ..MeasuredLimit::default() }
            }
            Measure::AverageAnnualLoss { .. } => MeasuredLimit {
                value: self.risk.map(|risk| risk.average_annual_loss_usd),
                ..MeasuredLimit::default()
            },
            Measure::MonthlyCost { .. } => self.monthly_cost(),
        }
    }

    fn monthly_cost(&self) -> MeasuredLimit {
        let cost = self.setting.monthly_cost(self.plan);
        let mut parts = vec![
            ("tokens", cost.tokens_usd),
            ("replicas", cost.replicas_usd),
            ("readiness", cost.readiness_usd),
        ];
        parts.retain(|part| part.1 > 0.0);
        parts.sort_by(|a, b| b.1.total_cmp(&a.1));
        MeasuredLimit {
            value: Some(cost.total_usd()),
            worst: None,
            causes: parts
                .iter()
                .map(|(part, usd)| format!("{part}: {:.0} % of the bill", 100.0 * usd / cost.total_usd()))
                .collect(),
            cells: self.token_bill(),
        }
    }

    /// Token cost of each cell and offer, USD per month.
    fn token_bill(&self) -> Vec<CauseCell> {
        let cells = 0..self.instance.cells.len();
        let pairs =
            cells.flat_map(|cell| self.plan.allocation[cell].iter().map(move |&(o, share)| (cell, o, share)));
        let bill = pairs.filter(|&(_, offer, _)| !self.instance.offers[offer].is_self_hosted()).map(
            |(cell, offer, share)| PairShare {
                cell,
                offer,
                share: share * self.exposure.weight(Weight::Spend, cell, offer),
            },
        );
        shares::cause_cells(self.instance, bill.collect())
    }
}

/// Distance to the nearer end of a bound, plus [`BOUND_SLACK`]; negative when the bound is broken.
fn slack(bound: Bound, value: f64) -> f64 {
    let tolerance = |end: f64| BOUND_SLACK * end.abs().max(1.0);
    let above = bound.at_least.map_or(f64::INFINITY, |end| value - end + tolerance(end));
    let below = bound.at_most.map_or(f64::INFINITY, |end| end - value + tolerance(end));
    above.min(below)
}

#[cfg(test)]
mod tests;
