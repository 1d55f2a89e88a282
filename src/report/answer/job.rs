//! A job of `serve`: work that takes longer, and can be cancelled.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::FORMAT_VERSION;
use super::ladder::RungWord;
use crate::model::instance::{Instance, WorkloadIdx};
use crate::model::plan::Plan;

/// A job: how far it is and, once it is done, its answer.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct JobAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Id of the job.
    pub id: String,
    /// Where it stands.
    pub state: JobState,
    /// What it does at the moment, in words; when it has failed, why.
    pub doing: String,
    /// Share of that step that is done; null where its end is not known.
    pub share_done: Option<f64>,
    /// The answer of the command, of `report` the folder and its files; null until it is done.
    pub answer: Option<Value>,
    /// The command line that gives the same answer on the changed file.
    pub command: String,
    /// Of a plan: the changes that make it the portfolio, one entry per rung of the ladder; empty for other jobs.
    pub accept: Vec<RungChanges>,
    /// Of a plan with its frontier: the changes that make each point the portfolio; empty for other jobs.
    pub accept_points: Vec<PointChanges>,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It waits for others.
    Waiting,
    /// It is computed.
    Running,
    /// It has an answer.
    Done,
    /// It was cancelled.
    Cancelled,
    /// It has no answer.
    Failed,
}

/// The changes that make a rung of the ladder the portfolio.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RungChanges {
    /// The rung.
    pub rung: RungWord,
    /// Most workloads that it touches; null where any number may.
    pub touched: Option<usize>,
    /// The changes, as `what-if` takes them.
    pub changes: Vec<KeyChange>,
}

/// The changes that make a point of the frontier the portfolio.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PointChanges {
    /// Number of the point, from 1: the cheapest.
    pub plan: usize,
    /// Workloads whose shares or standbys differ from today's.
    pub workloads: Vec<String>,
    /// The changes, as `what-if` takes them.
    pub changes: Vec<KeyChange>,
}

/// A key of the portfolio's file and its new value.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct KeyChange {
    /// A JSON Pointer.
    pub at: String,
    /// The value as in the file.
    pub value: Value,
}

/// A report that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WrittenReport {
    /// Its folder.
    pub folder: String,
    /// The files in it.
    pub files: Vec<String>,
}

impl JobAnswer {
    /// A job that waits.
    #[must_use]
    pub fn waiting(id: String, command: String) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            id,
            state: JobState::Waiting,
            doing: "waiting for other jobs".to_owned(),
            share_done: None,
            answer: None,
            command,
            accept: Vec::new(),
            accept_points: Vec::new(),
        }
    }

    /// Whether nothing more will come.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        !matches!(self.state, JobState::Waiting | JobState::Running)
    }
}

impl KeyChange {
    /// The changes of some workloads from today's plan to another.
    #[must_use]
    pub fn of_plan(instance: &Instance, workloads: &[WorkloadIdx], plan: &Plan) -> Vec<Self> {
        let own = workloads.iter().flat_map(|&workload| {
            let id = instance.workloads[workload].workload.id.replace('~', "~0").replace('/', "~1");
            let change = |key: &str, value| Self { at: format!("/workloads/{id}/{key}"), value };
            [
                change("allocation", allocation(instance, workload, plan)),
                change("standby", standbys(instance, workload, plan)),
            ]
        });
        own.collect()
    }
}

/// Shares by offer; by country where the countries differ.
fn allocation(instance: &Instance, workload: WorkloadIdx, plan: &Plan) -> Value {
    let shares = |cell: usize| -> BTreeMap<String, f64> {
        let own = plan.allocation[cell].iter();
        own.map(|&(offer, share)| (instance.offers[offer].id.to_string(), share)).collect()
    };
    let cells = instance.workloads[workload].cells.clone();
    let by_country: BTreeMap<String, BTreeMap<String, f64>> = cells
        .map(|cell| (instance.jurisdictions[instance.cells[cell].users].id.clone(), shares(cell)))
        .collect();
    let mut all = by_country.values();
    let first = all.next().cloned().unwrap_or_default();
    if all.all(|other| *other == first) { Value::from_iter(first) } else { serde_json::json!(by_country) }
}

fn standbys(instance: &Instance, workload: WorkloadIdx, plan: &Plan) -> Value {
    let written = |standby: &crate::model::instance::Standby| {
        let mut entry = serde_json::json!({
            "offer": instance.offers[standby.offer].id.to_string(),
            "readiness": standby.readiness.as_str(),
            "cover": standby.cover,
        });
        if standby.lead_days > 0.0 {
            entry["lead"] = Value::from(format!("{}d", standby.lead_days));
        }
        let own = instance.workloads[workload].workload.standby.iter();
        let id = instance.offers[standby.offer].id.to_string();
        let quoted = own.filter(|s| s.offer == id && s.readiness == standby.readiness);
        if let Some(usd) = quoted.filter_map(|s| s.usd_per_month).next() {
            entry["usd_per_month"] = Value::from(usd);
        }
        entry
    };
    plan.standby[workload].iter().map(written).collect()
}
