//! Limits of a portfolio, and rules on where data may be processed, as rows.

use schemars::JsonSchema;
use serde::Serialize;

use super::as_of;
use crate::model::jurisdictions::Rule;
use crate::model::limit::{Limit, Scope, Unit};

/// A limit of a portfolio.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ListedLimit {
    /// The limit's `id`, else its one-line text.
    pub limit: String,
    /// What it measures.
    pub measure: String,
    /// What its bounds are counted in.
    pub unit: Unit,
    /// Smallest value allowed; null when there is none.
    pub at_least: Option<f64>,
    /// Largest value allowed; null when there is none.
    pub at_most: Option<f64>,
    /// `portfolio` or `each_workload`.
    pub scope: String,
    /// Who accepted that it is broken; null when nobody did.
    pub accepted_by: Option<String>,
    /// Last day on which that holds, `YYYY-MM-DD`; null when there is no exception.
    pub accepted_until: Option<String>,
    /// The limit as one line of YAML.
    pub text: String,
}

impl ListedLimit {
    /// The documented row.
    #[must_use]
    pub fn of(limit: &Limit) -> Self {
        let bound = limit.measure.bound();
        Self {
            limit: limit.name().to_owned(),
            measure: limit.measure.as_str().to_owned(),
            unit: limit.measure.unit(),
            at_least: bound.at_least,
            at_most: bound.at_most,
            scope: match limit.scope {
                Scope::Portfolio => "portfolio",
                Scope::EachWorkload => "each_workload",
            }
            .to_owned(),
            accepted_by: limit.accepted.as_ref().map(|accepted| accepted.by.clone()),
            accepted_until: limit.accepted.as_ref().map(|accepted| accepted.until.to_string()),
            text: limit.text.clone(),
        }
    }
}

/// A rule on where data may be processed.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ListedRule {
    /// Id of the rule.
    pub rule: String,
    /// Name of the rule; null when it has none.
    pub name: Option<String>,
    /// Countries and blocs whose users it protects.
    pub users: Vec<String>,
    /// Classes of data that it concerns.
    pub data: Vec<String>,
    /// Countries and blocs where these data may be processed.
    pub hosting_allowed: Vec<String>,
    /// Whether the company's own sites are exempt.
    pub except_self_hosted: bool,
    /// Date of the entry, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; null when there is none.
    pub as_of: Option<String>,
}

impl ListedRule {
    /// The documented row.
    #[must_use]
    pub fn of(rule: &Rule) -> Self {
        Self {
            rule: rule.id.clone(),
            name: rule.name.clone(),
            users: rule.users.clone(),
            data: rule.data.iter().map(|class| class.as_str().to_owned()).collect(),
            hosting_allowed: rule.hosting_allowed.clone(),
            except_self_hosted: rule.except_self_hosted,
            as_of: as_of(&rule.provenance),
        }
    }
}
