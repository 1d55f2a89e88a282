//! `import litellm`: what a configuration says of a portfolio.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::gateway::GatewayConfig;
use crate::report::answer::FORMAT_VERSION;
use crate::report::answer::imports::{
    ImportQuestionAnswer, ImportedValueAnswer, KnownDeploymentAnswer, values_and_questions,
};
use crate::study::gateway::import::GatewayImport;
use crate::study::gateway::offers::MappedDeployment;

/// A gateway's configuration as a portfolio: what it says, what follows by a rule, and what must be asked.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ImportLitellmAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Files that were read, the one named on the command line first.
    pub files: Vec<String>,
    /// The portfolio file that was written; null when none was.
    pub portfolio_file: Option<String>,
    /// Groups that became workloads, in the order of the file.
    pub workloads: Vec<ImportedWorkloadAnswer>,
    /// Every deployment, in the order of the file.
    pub deployments: Vec<ImportedDeploymentAnswer>,
    /// Every value of the portfolio, in the order of its file.
    pub values: Vec<ImportedValueAnswer>,
    /// What must be asked, in the order of the portfolio file.
    pub questions: Vec<ImportQuestionAnswer>,
    /// Groups that became no workload.
    pub set_aside: Vec<SetAsideGroup>,
    /// Keys of the router that it does not know, and does not start with.
    pub unknown_router_keys: Vec<String>,
    /// Sections that say nothing about routing. They stay in the configuration, which is never written.
    pub other_sections: Vec<String>,
    /// Secrets that were seen, and not read.
    pub dropped: Vec<DroppedSecret>,
    /// Rows of the spend logs that belong to no group or cannot be read; null without logs.
    pub spend_rows_set_aside: Option<u64>,
}

/// A group as a workload.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ImportedWorkloadAnswer {
    /// Id of the workload.
    pub id: String,
    /// What callers ask for.
    pub group: String,
    /// File of its first deployment.
    pub file: String,
    /// Line of its first deployment, from 1.
    pub line: u64,
    /// Deployments that serve first, by name.
    pub first: Vec<FirstDeployment>,
}

/// A deployment that serves first.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FirstDeployment {
    /// Name of the deployment.
    pub deployment: String,
    /// Share of the requests that it gets.
    pub share: f64,
}

/// A deployment in the words of the catalog.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ImportedDeploymentAnswer {
    /// Its id, else group and number.
    pub deployment: String,
    /// The group that it belongs to.
    pub group: String,
    /// The file that it stands in.
    pub file: String,
    /// Line of its model, from 1.
    pub line: u64,
    /// The model as the configuration writes it.
    pub calls: String,
    #[serde(flatten)]
    pub known: KnownDeploymentAnswer,
}

/// A group that became no workload.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SetAsideGroup {
    /// What callers ask for.
    pub group: String,
    /// Why.
    pub reason: String,
}

/// A secret that was seen, and not read.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DroppedSecret {
    /// Its key.
    pub key: String,
    /// The file that it stands in.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Whether it is written out, and not taken from the environment.
    pub literal: bool,
}

impl ImportLitellmAnswer {
    /// The documented answer. `lines`: line of each value in the portfolio file.
    #[must_use]
    pub fn of(
        config: &GatewayConfig,
        mapped: &[MappedDeployment],
        import: &GatewayImport,
        lines: &[usize],
        (portfolio_file, spend_rows_set_aside): (Option<String>, Option<usize>),
    ) -> Self {
        let (values, questions) = values_and_questions(&import.draft, lines);
        let workloads = import.workloads.iter().map(|workload| ImportedWorkloadAnswer {
            id: workload.id.clone(),
            group: workload.group.clone(),
            file: workload.place.file.clone(),
            line: workload.place.line as u64,
            first: workload
                .first
                .iter()
                .map(|&(d, share)| FirstDeployment { deployment: config.deployments[d].name(d), share })
                .collect(),
        });
        let deployments = mapped.iter().enumerate().map(|(d, mapped)| {
            let deployment = &config.deployments[d];
            ImportedDeploymentAnswer {
                deployment: deployment.name(d),
                group: deployment.group.clone(),
                file: deployment.model_place.file.clone(),
                line: deployment.model_place.line as u64,
                calls: deployment.model.clone(),
                known: KnownDeploymentAnswer::of(mapped),
            }
        });
        Self {
            format_version: FORMAT_VERSION,
            files: config.files.clone(),
            portfolio_file,
            workloads: workloads.collect(),
            deployments: deployments.collect(),
            values,
            questions,
            set_aside: import
                .set_aside
                .iter()
                .map(|(group, reason)| SetAsideGroup { group: group.clone(), reason: reason.clone() })
                .collect(),
            unknown_router_keys: config
                .unknown_router_keys
                .iter()
                .map(|unknown| unknown.key.clone())
                .collect(),
            other_sections: config.other_sections.clone(),
            dropped: config
                .secrets
                .iter()
                .map(|secret| DroppedSecret {
                    key: secret.key.clone(),
                    file: secret.place.file.clone(),
                    line: secret.place.line as u64,
                    literal: secret.is_literal,
                })
                .collect(),
            spend_rows_set_aside: spend_rows_set_aside.map(|n| n as u64),
        }
    }
}
