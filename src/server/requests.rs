//! Bodies of requests.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::input::edit::TextChange;
use crate::study::simulate::MAX_UNASKED_TRIALS;

/// Default seed and number of trials, as on the command line.
const DEFAULT_SEED: u64 = 1;
const DEFAULT_TRIALS: u64 = 10_000;

/// A changed portfolio, and what is asked of it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct StudyRequest {
    /// Keys of the portfolio's file that are set, one after the other.
    pub(super) changes: Vec<ChangeRequest>,
    /// Events of a scenario named `what_if`, which is added to the portfolio's own scenarios.
    pub(super) events: Vec<EventRequest>,
    /// Changes that make the portfolio with which `what-if` compares the loss; by default it is the file as it was read.
    pub(super) against: Option<Vec<ChangeRequest>>,
    /// Ids of the scenarios to play; for `stress` alone, none stands for all.
    pub(super) scenarios: Vec<String>,
    /// Number of trials. In `what-if`, none leaves the simulation out; elsewhere it stands for 10,000.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub(super) trials: Option<u64>,
    /// Seed of the trials; 1 by default.
    pub(super) seed: Option<u64>,
}

/// A key of the portfolio's file, and its new value.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeRequest {
    /// A JSON Pointer, such as `/workloads/ID/allocation`. A step into a list is the `id`, `host` or `offer` of an item, its
    /// place from 0, or `-` for a new item.
    pub(super) at: String,
    /// The value as in the file; null removes the key.
    pub(super) value: Value,
}

/// An event: a shock of the library, or a node that stops.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EventRequest {
    /// Id of a shock.
    #[serde(default)]
    pub(super) shock: Option<String>,
    /// A node that stops, instead of a shock.
    #[serde(default)]
    pub(super) off: Option<NodeRequest>,
    /// Day on which it takes effect; 0 by default.
    #[serde(default)]
    pub(super) at_day: Option<f64>,
    /// Days that it lasts. By default a shock lasts its median, and a node stays down.
    #[serde(default)]
    pub(super) days: Option<f64>,
}

/// A node of the supply graph.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NodeRequest {
    /// `jurisdiction`, `territory`, `supplier`, `host`, `host_site` or `hardware`, as in `exposure`.
    pub(super) kind: String,
    /// Its id, as in `exposure`.
    pub(super) id: String,
}

/// Weights of the enablers.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LandscapeRequest {
    /// By id of the enabler; those that are not named weigh 1.
    pub(super) weights: BTreeMap<String, f64>,
}

/// What takes longer.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct JobRequest {
    pub(super) job: JobKind,
    /// The portfolio, with trials and seed.
    #[serde(default)]
    pub(super) study: StudyRequest,
    /// Of `plan`: weight of the worst years, 0 to 1; 0.5 by default.
    #[serde(default)]
    pub(super) cvar_weight: Option<f64>,
    /// Of `why` and `if_signed`: id of an offer.
    #[serde(default)]
    pub(super) offer: Option<String>,
    /// Of `plan`: whether plans from the cheapest to the safest are looked for as well; false by default.
    #[serde(default)]
    pub(super) frontier: bool,
    /// Of `if_signed`: share of each eligible workload, 0 to 1; by default the smallest that routing allows.
    #[serde(default)]
    pub(super) share: Option<f64>,
    /// Of `reverse`: the loss over the horizon, USD; by default, sets that leave a workload unserved beyond its recovery objective.
    #[serde(default)]
    pub(super) loss_usd: Option<f64>,
    /// Of `reverse`: most shocks in a set, 1 to 5; 3 by default.
    #[serde(default)]
    pub(super) max_shocks: Option<usize>,
    /// Of `reverse`: most sets; 10 by default.
    #[serde(default)]
    pub(super) sets: Option<usize>,
}

/// Which command a job runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum JobKind {
    /// `optimize --ladder`, with `frontier` also `--frontier`
    Plan,
    /// `optimize --why OFFER`
    Why,
    /// `check --if-signed OFFER`
    IfSigned,
    /// `reverse`
    Reverse,
    /// `report`: the only job that writes, into a folder of its own under that of the reports.
    Report,
}

impl JobRequest {
    /// The ladder of a portfolio.
    pub(super) fn plan(study: StudyRequest) -> Self {
        let job = JobKind::Plan;
        Self {
            job,
            study,
            cvar_weight: None,
            offer: None,
            frontier: false,
            share: None,
            loss_usd: None,
            max_shocks: None,
            sets: None,
        }
    }
}

impl StudyRequest {
    pub(super) fn seed(&self) -> u64 {
        self.seed.unwrap_or(DEFAULT_SEED)
    }

    pub(super) fn n_trials(&self) -> u64 {
        self.trials.unwrap_or(DEFAULT_TRIALS)
    }

    /// Whether the number of trials can be run.
    pub(super) fn has_sound_trials(&self) -> bool {
        self.trials.is_none_or(|trials| (1..=MAX_UNASKED_TRIALS).contains(&trials))
    }

    pub(super) fn edits(&self) -> Vec<TextChange> {
        let change = |c: &ChangeRequest| TextChange { at: c.at.clone(), value: c.value.clone() };
        self.changes.iter().map(change).collect()
    }
}
