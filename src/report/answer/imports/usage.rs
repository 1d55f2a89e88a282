//! `import usage`: what records of use say of a portfolio's demand.

use schemars::JsonSchema;
use serde::Serialize;

use super::KnownValueAnswer;
use crate::model::gateway::GatewayUsage;
use crate::model::instance::Instance;
use crate::report::answer::FORMAT_VERSION;
use crate::study::imports::usage::{AssignedUsage, UsageImport};

/// Records of use as the demand of a portfolio's workloads.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ImportUsageAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Name of the portfolio.
    pub portfolio: String,
    /// What the records are.
    pub form: String,
    /// Days that they span.
    pub days: f64,
    /// Rows that cannot be read.
    pub rows_set_aside: usize,
    /// The portfolio file that was written; null when none was.
    pub portfolio_file: Option<String>,
    /// Every name of the records, ascending.
    pub records: Vec<UsageRecordAnswer>,
    /// Demand that changes, in the order of the portfolio file.
    pub changes: Vec<DemandChangeAnswer>,
    /// Names of the records that are no known workload: say which with `--is NAME=WORKLOAD`.
    pub questions: Vec<String>,
    /// Workloads that the records do not show, which keep their demand.
    pub not_seen: Vec<String>,
}

/// A name of the records.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct UsageRecordAnswer {
    /// What the records call it.
    pub name: String,
    /// Id of the workload that it is.
    pub workload: KnownValueAnswer,
    /// Requests in the records.
    pub n_requests: u64,
    /// Million tokens in a month.
    pub input_mtok: f64,
    /// Million tokens out a month.
    pub output_mtok: f64,
    /// Whether the records say for all of it in which country the users are.
    pub has_countries: bool,
}

/// New demand of a workload.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DemandChangeAnswer {
    /// Id of the workload.
    pub workload: String,
    /// Million tokens in a month, before.
    pub input_mtok_before: f64,
    /// The same by the records.
    pub input_mtok: f64,
    /// Million tokens out a month, before.
    pub output_mtok_before: f64,
    /// The same by the records.
    pub output_mtok: f64,
    /// Users by the records, such as `DE=0.6; FR=0.4`; null where these do not say it of all.
    pub users: Option<String>,
}

impl ImportUsageAnswer {
    /// The documented answer. `form`: what the records are; `portfolio_file`: what was written.
    #[must_use]
    pub fn of(
        instance: &Instance,
        usage: &GatewayUsage,
        import: &UsageImport,
        (form, portfolio_file): (&str, Option<String>),
    ) -> Self {
        let change = |w: &crate::model::portfolio::Workload| {
            let new = import.demand.get(&w.id)?;
            let users: Vec<String> =
                new.users.iter().map(|(country, share)| format!("{country}={share}")).collect();
            Some(DemandChangeAnswer {
                workload: w.id.clone(),
                input_mtok_before: w.input_mtok,
                input_mtok: new.input_mtok,
                output_mtok_before: w.output_mtok,
                output_mtok: new.output_mtok,
                users: (!users.is_empty()).then(|| users.join("; ")),
            })
        };
        let unknown = import.records.iter().filter(|record| record.workload.known().is_none());
        Self {
            format_version: FORMAT_VERSION,
            portfolio: instance.portfolio.name.clone(),
            form: form.to_owned(),
            days: usage.days,
            rows_set_aside: usage.n_set_aside,
            portfolio_file,
            records: import.records.iter().map(UsageRecordAnswer::of).collect(),
            changes: instance.workloads.iter().filter_map(|w| change(&w.workload)).collect(),
            questions: unknown
                .map(|record| format!("which workload is '{}'? {}", record.name, record.workload.why))
                .collect(),
            not_seen: import.not_seen.clone(),
        }
    }
}

impl UsageRecordAnswer {
    fn of(record: &AssignedUsage) -> Self {
        Self {
            name: record.name.clone(),
            workload: KnownValueAnswer::of(&record.workload),
            n_requests: record.usage.n_requests,
            input_mtok: record.usage.input_mtok,
            output_mtok: record.usage.output_mtok,
            has_countries: !record.usage.users.is_empty(),
        }
    }
}
