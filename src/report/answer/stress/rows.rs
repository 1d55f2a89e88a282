//! Lists of `stress` as rows for spreadsheets, with the keys of the JSON as columns.

use schemars::JsonSchema;
use serde::Serialize;

use super::{ScenarioAnswer, StressAnswer};
use crate::report::csv::Sheet;

/// A list of the answer that can be written as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StressList {
    /// One row per scenario and workload.
    Summary,
    /// One per scenario, change of service and workload; without a workload, the portfolio by value.
    Timeline,
    /// One per scenario, event and workload.
    Causes,
    /// One per scenario and broken limit.
    BrokenLimits,
    /// One per scenario and takeover.
    Takeovers,
}

/// A scenario and a workload.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
struct SummaryRow<'a> {
    portfolio: &'a str,
    scenario: &'a str,
    horizon_days: f64,
    workload: &'a str,
    loss_usd: f64,
    outage_usd: f64,
    extra_cost_usd: f64,
    one_off_usd: f64,
    unserved_share: f64,
    first_unserved_day: Option<f64>,
    first_outage_cost_day: Option<f64>,
    recovered_day: Option<f64>,
}

/// A scenario, a change of service and a workload; without a workload, the portfolio by value.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
struct TimelineRow<'a> {
    portfolio: &'a str,
    scenario: &'a str,
    day: f64,
    workload: Option<&'a str>,
    service: f64,
}

/// A scenario, an event and a workload.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
struct CauseRow<'a> {
    portfolio: &'a str,
    scenario: &'a str,
    shock: &'a str,
    at_day: f64,
    duration_days: Option<f64>,
    jurisdiction: &'a str,
    workload: &'a str,
    loss_usd: f64,
}

/// A scenario and a broken limit.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
struct BrokenLimitRow<'a> {
    portfolio: &'a str,
    scenario: &'a str,
    limit: &'a str,
    first_day: f64,
    days: f64,
    worst_value: f64,
    bound: f64,
    broken_before: bool,
}

/// A scenario and a takeover.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
struct TakeoverRow<'a> {
    portfolio: &'a str,
    scenario: &'a str,
    workload: &'a str,
    from: &'a str,
    to: &'a str,
    by: &'a str,
    first_day: f64,
    share: f64,
}

/// One list of the answer as rows.
#[must_use]
pub fn sheet(answer: &StressAnswer, rows: StressList) -> Sheet {
    match rows {
        StressList::Summary => Sheet::of(&listed(answer, summary)),
        StressList::Timeline => Sheet::of(&listed(answer, timeline)),
        StressList::Causes => Sheet::of(&listed(answer, causes)),
        StressList::BrokenLimits => Sheet::of(&listed(answer, broken_limits)),
        StressList::Takeovers => Sheet::of(&listed(answer, takeovers)),
    }
}

fn listed<'a, T>(answer: &'a StressAnswer, of: impl Fn(&'a ScenarioAnswer) -> Vec<T>) -> Vec<T> {
    answer.scenarios.iter().flat_map(of).collect()
}

fn summary(s: &ScenarioAnswer) -> Vec<SummaryRow<'_>> {
    s.workloads
        .iter()
        .map(|w| SummaryRow {
            portfolio: &s.portfolio,
            scenario: &s.scenario,
            horizon_days: s.horizon_days,
            workload: &w.id,
            loss_usd: w.loss_usd,
            outage_usd: w.outage_usd,
            extra_cost_usd: w.extra_cost_usd,
            one_off_usd: w.one_off_usd,
            unserved_share: w.unserved_share,
            first_unserved_day: w.first_unserved_day,
            first_outage_cost_day: w.first_outage_cost_day,
            recovered_day: w.recovered_day,
        })
        .collect()
}

fn timeline(s: &ScenarioAnswer) -> Vec<TimelineRow<'_>> {
    let row = |day, workload, service| TimelineRow {
        portfolio: &s.portfolio,
        scenario: &s.scenario,
        day,
        workload,
        service,
    };
    let mut rows = Vec::new();
    for instant in &s.timeline {
        rows.push(row(instant.day, None, instant.service));
        // In the order of the portfolio, in which the workloads stand.
        let served = s.workloads.iter().filter_map(|w| Some((w.id.as_str(), *instant.workloads.get(&w.id)?)));
        rows.extend(served.map(|(id, share)| row(instant.day, Some(id), share)));
    }
    rows
}

fn causes(s: &ScenarioAnswer) -> Vec<CauseRow<'_>> {
    let mut rows = Vec::new();
    for cause in &s.causes {
        let parts = s.workloads.iter().filter_map(|w| Some((w.id.as_str(), *cause.workloads.get(&w.id)?)));
        rows.extend(parts.map(|(workload, loss_usd)| CauseRow {
            portfolio: &s.portfolio,
            scenario: &s.scenario,
            shock: &cause.shock,
            at_day: cause.at_day,
            duration_days: cause.duration_days,
            jurisdiction: &cause.jurisdiction,
            workload,
            loss_usd,
        }));
    }
    rows
}

fn broken_limits(s: &ScenarioAnswer) -> Vec<BrokenLimitRow<'_>> {
    s.broken_limits
        .iter()
        .map(|limit| BrokenLimitRow {
            portfolio: &s.portfolio,
            scenario: &s.scenario,
            limit: &limit.limit,
            first_day: limit.first_day,
            days: limit.days,
            worst_value: limit.worst_value,
            bound: limit.bound,
            broken_before: limit.broken_before,
        })
        .collect()
}

fn takeovers(s: &ScenarioAnswer) -> Vec<TakeoverRow<'_>> {
    s.takeovers
        .iter()
        .map(|takeover| TakeoverRow {
            portfolio: &s.portfolio,
            scenario: &s.scenario,
            workload: &takeover.workload,
            from: &takeover.from,
            to: &takeover.to,
            by: &takeover.by,
            first_day: takeover.first_day,
            share: takeover.share,
        })
        .collect()
}
