//! `export dora` and `export uk-register`: what of a register a portfolio knows, and what is missing.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::FORMAT_VERSION;
use super::register::{OWN_CONTRACT, assessed_services, supply_ranks};
use super::substitutes::SubstitutesAnswer;
use super::supply_chain::{ServiceChainAnswer, WorkloadAnswer};
use crate::units::HOURS_PER_DAY;

/// A draft of the register of information: what is in it, what is missing, and what an offline check finds. It is a draft for a filing
/// tool, and no filing.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DoraAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Name of the portfolio.
    pub portfolio: String,
    /// Files and folders that were written.
    pub written: Vec<String>,
    /// Rows by template.
    pub rows: BTreeMap<String, usize>,
    /// What the company must fill in itself, by template and column.
    pub gaps: Vec<RegisterGapAnswer>,
    /// What the offline check finds, by template.
    pub findings: Vec<RegisterFindingAnswer>,
}

/// Something that the company must fill in itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RegisterGapAnswer {
    /// Template, such as `B_05.01`.
    pub template: String,
    /// Column, such as `c0050`; empty for the whole template.
    pub column: String,
    /// What the column holds.
    pub name: String,
    /// `missing`, `provisional` (a code that stands in for the real one) or `assumed`.
    pub kind: String,
    /// Rows that it concerns.
    pub n_rows: usize,
    /// Why it is not known, or what is assumed.
    pub why: String,
}

/// Something that the offline check finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RegisterFindingAnswer {
    /// The EBA's rule (`805`, `806`, `807`), or `lei`, `reporting-date`, `mandatory`.
    pub code: String,
    /// `error` where it blocks a filing, else `warning`.
    pub severity: String,
    /// Template.
    pub template: String,
    /// Row in the template, from 1; null for the template as a whole.
    pub row: Option<usize>,
    /// Column; empty for the whole row.
    pub column: String,
    /// What is wrong.
    pub message: String,
}

/// A draft of a register of material third parties, one row for each direct provider and business service.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct UkRegisterAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Name of the portfolio.
    pub portfolio: String,
    /// Rows by provider and business service.
    pub entries: Vec<ThirdPartyAnswer>,
    /// What the company must fill in itself.
    pub gaps: Vec<String>,
}

/// A provider of a business service.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ThirdPartyAnswer {
    /// Name of the direct provider.
    pub provider: String,
    /// Country of its headquarters.
    pub provider_country: String,
    /// Name of its topmost parent.
    pub parent: String,
    /// Country of its topmost parent.
    pub parent_country: String,
    /// What it provides.
    pub service: String,
    /// Offers in use.
    pub offers: Vec<String>,
    /// Id of the workload.
    pub business_service: String,
    /// Its name.
    pub business_service_name: String,
    /// Class of its data.
    pub data: String,
    /// Countries or blocs in which data is processed.
    pub data_locations: Vec<String>,
    /// Share of the demand of the business service that it carries.
    pub share: f64,
    /// Impact tolerance, hours.
    pub impact_tolerance_hours: f64,
    /// `easy`, `medium`, `highly complex` or `not substitutable`; null for what only waits.
    pub substitutability: Option<String>,
    /// Whether a standby is prepared.
    pub standby_prepared: bool,
    /// The offer of other vendors that could take over first; null when there is none.
    pub alternative: Option<String>,
    /// Days until it could.
    pub alternative_days: Option<f64>,
    /// Who stands behind it, by rank: `2 Lab (US)`.
    pub subcontractors: Vec<String>,
}

/// What a portfolio does not say and a register of third parties asks for.
const NOT_SAID: [&str; 8] = [
    "legal entity identifiers of the firm and of the providers",
    "references, start and governing law of the contracts, and ends that are not written",
    "notice periods",
    "why an arrangement is material",
    "expense of the past year",
    "dates of the last risk assessment and audit",
    "exit plans, and when they were last tested",
    "where data is stored",
];

impl DoraAnswer {
    /// The documented answer.
    #[must_use]
    pub fn of(
        portfolio: &str,
        rows: BTreeMap<String, usize>,
        gaps: Vec<RegisterGapAnswer>,
        findings: Vec<RegisterFindingAnswer>,
    ) -> Self {
        let portfolio = portfolio.to_owned();
        Self { format_version: FORMAT_VERSION, portfolio, written: Vec::new(), rows, gaps, findings }
    }
}

impl UkRegisterAnswer {
    /// The draft of a portfolio, from the same chains and assessments as the other registers.
    #[must_use]
    pub fn of(
        portfolio: &str,
        chains: &[ServiceChainAnswer],
        substitutes: &[SubstitutesAnswer],
        workloads: &[WorkloadAnswer],
    ) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            portfolio: portfolio.to_owned(),
            entries: third_parties(chains, substitutes, workloads),
            gaps: NOT_SAID.map(str::to_owned).to_vec(),
        }
    }
}

/// One row for each direct provider in use, primary or standby, and business service, in their order.
#[must_use]
pub fn third_parties(
    chains: &[ServiceChainAnswer],
    substitutes: &[SubstitutesAnswer],
    workloads: &[WorkloadAnswer],
) -> Vec<ThirdPartyAnswer> {
    let assessed = assessed_services(chains, substitutes, workloads);
    let mut entries: BTreeMap<(String, String), ThirdPartyAnswer> = BTreeMap::new();
    for chain in chains.iter().filter(|chain| chain.today.is_used()) {
        let ranks = supply_ranks(chain);
        let (Some(first), Some(workload)) =
            (ranks.first(), workloads.iter().find(|w| w.id == chain.workload))
        else {
            continue;
        };
        let entry = entries.entry((first.provider.name.clone(), workload.id.clone()));
        let entry = entry.or_insert_with(|| ThirdPartyAnswer {
            provider: first.provider.name.clone(),
            provider_country: first.provider.country.clone(),
            parent: first.provider.parent.clone(),
            parent_country: first.provider.parent_country.clone(),
            service: if first.contract == OWN_CONTRACT {
                "weights of a model"
            } else {
                first.service.as_str()
            }
            .to_owned(),
            offers: Vec::new(),
            business_service: workload.id.clone(),
            business_service_name: workload.name.clone(),
            data: workload.data.clone(),
            data_locations: Vec::new(),
            share: 0.0,
            impact_tolerance_hours: workload.recovery_objective_days * HOURS_PER_DAY,
            substitutability: None,
            standby_prepared: false,
            alternative: None,
            alternative_days: None,
            subcontractors: Vec::new(),
        });
        entry.share += chain.today.share;
        let behind = ranks[1..].iter();
        let behind =
            behind.map(|rank| format!("{} {} ({})", rank.rank, rank.provider.name, rank.provider.country));
        for (list, new) in [
            (&mut entry.offers, vec![chain.offer.clone()]),
            (&mut entry.data_locations, vec![chain.region.clone()]),
            (&mut entry.subcontractors, behind.collect()),
        ] {
            list.extend(new);
            list.sort();
            list.dedup();
        }
        if let Some(service) = assessed.iter().find(|service| std::ptr::eq(service.chain, chain)) {
            entry.substitutability = Some(service.substitutability.as_str().to_owned());
            entry.standby_prepared = service.has_standby;
            entry.alternative = service.alternative.map(|(offer, _)| offer.to_owned());
            entry.alternative_days = service.alternative.map(|(_, days)| days);
        }
    }
    entries.into_values().collect()
}
