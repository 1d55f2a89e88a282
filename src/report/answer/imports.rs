//! What imports have in common: values with how they are known, and questions.

pub mod inventory;
pub mod usage;

use schemars::JsonSchema;
use serde::Serialize;

use crate::study::gateway::offers::MappedDeployment;
use crate::study::imports::draft::PortfolioDraft;
use crate::study::imports::evidence::{Basis, Evidence};

/// A value with how it is known.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct KnownValueAnswer {
    /// The value; null when it is missing.
    pub value: Option<String>,
    /// `filled`, `inferred` or `missing`.
    pub basis: String,
    /// The source, the rule, or what is missing.
    pub why: String,
}

/// What a deployment, or an entry of a list, is in the words of the catalog.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct KnownDeploymentAnswer {
    /// Supplier that hosts it.
    pub host: KnownValueAnswer,
    /// Model of the catalog.
    pub model: KnownValueAnswer,
    /// Supplier that developed the model.
    pub developer: KnownValueAnswer,
    /// Country or bloc that it runs in, or `anywhere`.
    pub region: KnownValueAnswer,
    /// Offer of the catalog.
    pub offer: KnownValueAnswer,
    /// Offers that it may be, when it is not known which.
    pub candidates: Vec<String>,
}

/// A value of the portfolio with how it is known.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ImportedValueAnswer {
    /// Id of the workload; null for the company and the portfolio as a whole.
    pub workload: Option<String>,
    /// Key of the portfolio file.
    pub key: String,
    /// The value as the file writes it; null when it is missing.
    pub value: Option<String>,
    /// `filled`, `inferred` or `missing`.
    pub basis: String,
    /// The source, the rule, or what is missing.
    pub why: String,
    /// Line in the portfolio file, from 1.
    pub line: u64,
}

/// Something that no configuration says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct ImportQuestionAnswer {
    /// Id of the workload; null for the company.
    pub workload: Option<String>,
    /// Key of the portfolio file.
    pub key: String,
    /// Line in the portfolio file, from 1.
    pub line: u64,
    /// The question.
    pub question: String,
}

/// Values and questions of a draft. `lines`: line of each value in the portfolio file.
#[must_use]
pub fn values_and_questions(
    draft: &PortfolioDraft,
    lines: &[usize],
) -> (Vec<ImportedValueAnswer>, Vec<ImportQuestionAnswer>) {
    let id_of = |workload: Option<usize>| workload.map(|w| draft.workloads[w].id.clone());
    let values = draft.values.iter().zip(lines);
    let all = values.clone().map(|(value, line)| ImportedValueAnswer {
        workload: id_of(value.workload),
        key: value.key.to_owned(),
        value: value.evidence.known().map(str::to_owned),
        basis: value.evidence.basis.as_str().to_owned(),
        why: value.evidence.why.clone(),
        line: *line as u64,
    });
    let missing = values.filter(|(value, _)| value.evidence.basis == Basis::Missing);
    let questions = missing.map(|(value, line)| ImportQuestionAnswer {
        workload: id_of(value.workload),
        key: value.key.to_owned(),
        line: *line as u64,
        question: value.question.clone().unwrap_or_default(),
    });
    (all.collect(), questions.collect())
}

impl KnownDeploymentAnswer {
    /// The documented values; where no offer is known, its reason is the question.
    #[must_use]
    pub fn of(mapped: &MappedDeployment) -> Self {
        let offer = KnownValueAnswer::of(&mapped.offer);
        Self {
            host: KnownValueAnswer::of(&mapped.host),
            model: KnownValueAnswer::of(&mapped.model),
            developer: KnownValueAnswer::of(&mapped.developer),
            region: KnownValueAnswer::of(&mapped.region),
            offer: match &mapped.question {
                Some(question) => KnownValueAnswer { why: question.clone(), ..offer },
                None => offer,
            },
            candidates: mapped.candidates.iter().map(ToString::to_string).collect(),
        }
    }
}

impl KnownValueAnswer {
    /// The documented value.
    #[must_use]
    pub fn of(evidence: &Evidence) -> Self {
        Self {
            value: evidence.known().map(str::to_owned),
            basis: evidence.basis.as_str().to_owned(),
            why: evidence.why.clone(),
        }
    }
}
