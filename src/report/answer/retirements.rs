//! The retirement calendar, in `exposure`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::exposure::retirements::{Retirement, RetiringUse};
use crate::model::instance::Instance;
use crate::report::csv::Sheet;

/// An offer in use that its host ends.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RetirementAnswer {
    /// Id of the offer.
    pub offer: String,
    /// Day on which the host ends it, `YYYY-MM-DD`.
    pub retires: String,
    /// Days from day 0 until then; negative when it is past.
    pub days: f64,
    /// Model or offer that the host names in its place; null when it names none of the catalog.
    pub successor: Option<String>,
    /// What stands on it, in the order of the workloads.
    pub workloads: Vec<RetiringUseAnswer>,
}

/// What of a workload stands on an offer that retires.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RetiringUseAnswer {
    /// Id of the workload.
    pub workload: String,
    /// Share of the workload's demand, 0 to 1; 0 for a standby alone.
    pub share: f64,
    /// `hot` or `warm` when it is a standby of the workload; null when it is not.
    pub standby: Option<String>,
}

/// An offer and a workload.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
struct RetirementRow<'a> {
    offer: &'a str,
    retires: &'a str,
    days: f64,
    workload: &'a str,
    share: f64,
    standby: Option<&'a str>,
    successor: Option<&'a str>,
}

impl RetirementAnswer {
    /// The documented entry.
    #[must_use]
    pub fn of(instance: &Instance, retirement: &Retirement) -> Self {
        let offer = &instance.offers[retirement.offer];
        let used = |used: &RetiringUse| RetiringUseAnswer {
            workload: instance.workloads[used.workload].workload.id.clone(),
            share: used.share,
            standby: used.standby.map(|readiness| readiness.as_str().to_owned()),
        };
        Self {
            offer: offer.id.to_string(),
            retires: retirement.day.to_string(),
            days: retirement.days,
            successor: offer.entry.successor.clone(),
            workloads: retirement.uses.iter().map(used).collect(),
        }
    }
}

/// The calendar as rows: one per offer and workload.
#[must_use]
pub fn sheet(calendar: &[RetirementAnswer]) -> Sheet {
    let mut rows = Vec::new();
    for entry in calendar {
        rows.extend(entry.workloads.iter().map(|used| RetirementRow {
            offer: &entry.offer,
            retires: &entry.retires,
            days: entry.days,
            workload: &used.workload,
            share: used.share,
            standby: used.standby.as_deref(),
            successor: entry.successor.as_deref(),
        }));
    }
    Sheet::of(&rows)
}
