//! A portfolio in the making: each value with how it is known, and a question for each that is missing.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{Basis, Evidence};
use crate::model::words::DataClass;

/// What no file says, given by whoever imports it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImportAnswers {
    /// Country.
    pub headquarters: Option<String>,
    /// Share by country, for every workload; sums to 1.
    pub users: Option<BTreeMap<String, f64>>,
    pub data: Option<DataClass>,
    /// USD, for every workload.
    pub outage_cost_usd_per_day: Option<f64>,
    /// Input and output, mtok a month, for every workload.
    pub demand: Option<(f64, f64)>,
}

/// A value of the portfolio with how it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedValue {
    /// Index of the workload; `None` for the company and the portfolio as a whole.
    pub workload: Option<usize>,
    /// The key, such as `users`.
    pub key: &'static str,
    /// As it is written in the file; empty when it is missing.
    pub evidence: Evidence,
    /// What to ask where it is missing.
    pub question: Option<String>,
}

/// A workload of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftWorkload {
    pub id: String,
    pub name: String,
    /// Where it comes from, for a comment.
    pub told: String,
}

/// A portfolio in the making.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PortfolioDraft {
    /// What it is made from, such as `config.yaml, a configuration of LiteLLM`.
    pub origin: String,
    pub workloads: Vec<DraftWorkload>,
    /// In the order of the file that is written.
    pub values: Vec<ImportedValue>,
    /// What became no part of it, a sentence each.
    pub set_aside: Vec<String>,
}

/// What a file states of a workload; `None` where it says nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StatedTerms {
    pub demand: Option<Evidence>,
    pub users: Option<Evidence>,
    pub data: Option<Evidence>,
    pub outage_cost: Option<Evidence>,
}

impl PortfolioDraft {
    /// Values that must be asked, in their order.
    pub fn questions(&self) -> impl Iterator<Item = &ImportedValue> {
        self.values.iter().filter(|value| value.evidence.basis == Basis::Missing)
    }

    pub(in crate::study) fn push(
        &mut self,
        workload: Option<usize>,
        key: &'static str,
        evidence: Evidence,
        question: &str,
    ) {
        let question = (evidence.basis == Basis::Missing).then(|| question.to_owned());
        self.values.push(ImportedValue { workload, key, evidence, question });
    }

    /// A value that the file states, or the command line gives, or that is asked.
    fn asked(
        &mut self,
        workload: Option<usize>,
        key: &'static str,
        (stated, given): (Option<Evidence>, Option<String>),
        question: &str,
    ) {
        let given = given.map(|value| Evidence::filled(value, "the command line"));
        let evidence = stated.or(given).unwrap_or_else(|| Evidence::missing("no file says it"));
        self.push(workload, key, evidence, question);
    }

    /// The country of the company.
    pub(in crate::study) fn headquarters(&mut self, stated: Option<Evidence>, answers: &ImportAnswers) {
        let given = answers.headquarters.clone();
        let question = "in which country are the company's headquarters?";
        self.asked(None, "headquarters", (stated, given), question);
    }

    /// Demand, users, data and cost of an outage, which every workload needs.
    pub(in crate::study) fn terms(&mut self, nth: usize, stated: StatedTerms, answers: &ImportAnswers) {
        let at = Some(nth);
        let given = answers.demand.map(|(input, output)| demand_text(input, output));
        let question = "how many million tokens go in and come out in a month?";
        self.asked(at, "demand", (stated.demand, given), question);
        let given = answers.users.as_ref().map(shares_text);
        let question = "in which countries are the users, with which share each?";
        self.asked(at, "users", (stated.users, given), question);
        let given = answers.data.map(|data| data.as_str().to_owned());
        let question = "which data is it: public, internal, personal or regulated?";
        self.asked(at, "data", (stated.data, given), question);
        let given = answers.outage_cost_usd_per_day.map(|usd| usd.to_string());
        let question = "what does a day without it cost, USD?";
        self.asked(at, "outage_cost_usd_per_day", (stated.outage_cost, given), question);
    }
}

/// Million tokens a month, as the file writes them.
pub(in crate::study) fn demand_text(input: f64, output: f64) -> String {
    format!("{{input_mtok: {input}, output_mtok: {output}}}")
}

/// Shares by id, as the file writes them.
pub(in crate::study) fn shares_text(shares: &BTreeMap<String, f64>) -> String {
    let shares: Vec<String> = shares.iter().map(|(id, share)| format!("{id:?}: {share}")).collect();
    format!("{{{}}}", shares.join(", "))
}

/// A name as an id: small letters, digits, and `_` or `-` between them.
pub(in crate::study) fn slug(name: &str) -> String {
    let mapped: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' })
        .take(60)
        .collect();
    let trimmed = mapped.trim_matches(['_', '-', '.']).to_owned();
    if trimmed.is_empty() || ["self", "all", "default"].contains(&trimmed.as_str()) {
        return format!("group_{trimmed}").trim_end_matches('_').to_owned();
    }
    trimmed
}

/// The id, with a number where it is taken.
pub(in crate::study) fn unique(id: &str, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|n| format!("{id}_{n}"));
    let free = std::iter::once(id.to_owned()).chain(numbered).find(|id| !taken.contains(id));
    let free = free.unwrap_or_default();
    taken.insert(free.clone());
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_becomes_an_id_of_its_own() {
        let mut taken = BTreeSet::new();
        assert_eq!(unique(&slug("Chat Large (EU)"), &mut taken), "chat_large__eu");
        assert_eq!(unique(&slug("chat large [eu]"), &mut taken), "chat_large__eu_2");
        assert_eq!(slug("all"), "group_all");
        assert_eq!(slug("💬"), "group");
        assert_eq!(slug("gpt-5.4"), "gpt-5.4");
    }
}
