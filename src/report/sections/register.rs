//! Extracts shaped as registers of suppliers: two templates of the register of information under DORA (Commission Implementing
//! Regulation (EU) 2024/2956), and the register of material third parties of the UK (PRA, PS7/26; FCA, PS26/2).

use super::ColumnKind::{Amount, Count, Number, Share, Text};
use super::{TypedTable, count, number, or_absent, text};
use crate::report::answer::dora::third_parties;
use crate::report::answer::register::{SupplyRank, assessed_services, supply_ranks};
use crate::report::answer::results::ResultsAnswer;
use crate::report::figures::days;
use crate::report::html::words::workload_name;
use crate::units::HOURS_PER_DAY;

/// Who stands for the company in a register.
const COMPANY: &str = "the company";

/// Columns as in template B_05.02: one row per contract, service, provider and rank.
#[must_use]
pub fn supply_chain_extract(results: &ResultsAnswer) -> TypedTable {
    let mut ranks: Vec<_> =
        results.chains.iter().filter(|chain| chain.today.is_used()).flat_map(supply_ranks).collect();
    let key = |rank: &SupplyRank| {
        let recipient =
            rank.recipient.as_ref().map_or_else(|| COMPANY.to_owned(), |above| above.name.clone());
        let provider = format!("{} ({})", rank.provider.name, rank.provider.country);
        (rank.contract.clone(), rank.rank, rank.service.as_str(), provider, recipient)
    };
    ranks.sort_by_cached_key(key);
    ranks.dedup_by_key(|rank| key(rank));
    let table = TypedTable::new(
        "SupplyChain",
        "Supply chain (extract shaped as DORA B_05.02)",
        &[
            ("contract (c0010)", Text),
            ("service (c0020)", Text),
            ("provider (c0030)", Text),
            ("rank (c0050)", Count),
            ("recipient (c0060)", Text),
        ],
    );
    let rows = ranks.iter().map(key).map(|(contract, rank, service, provider, recipient)| {
        vec![text(contract), text(service), text(provider), count(rank), text(recipient)]
    });
    table.whole().rows(rows).note(
        "Shaped like the template of the register under DORA. Contract numbers and legal entity identifiers are not in the portfolio: \
         contracts are named by host, providers by name and country.",
    )
}

/// Columns as in template B_07.01: one row per service that carries demand today.
#[must_use]
pub fn assessment_extract(results: &ResultsAnswer) -> TypedTable {
    let table = TypedTable::new(
        "Assessment",
        "Assessment of services (extract shaped as DORA B_07.01)",
        &[
            ("provider (c0020)", Text),
            ("service for", Text),
            ("offer", Text),
            ("substitutability (c0050)", Text),
            ("exit plan (c0080)", Text),
            ("share of the workload", Share),
            ("outage, cost a day (c0100)", Amount),
            ("alternative (c0120)", Text),
        ],
    );
    let services = assessed_services(&results.chains, &results.exposure.substitutes, &results.workloads);
    let rows = services.into_iter().map(|service| {
        let (chain, workload) = (service.chain, service.workload);
        let alternative = service.alternative.map(|(offer, after)| format!("{offer} in {}", days(after)));
        vec![
            text(chain.host.as_ref().map_or(COMPANY, |host| host.name.as_str())),
            text(workload_name(results, &chain.workload)),
            text(&chain.offer),
            text(service.substitutability.as_str()),
            text(if service.has_standby { "standby prepared" } else { "none prepared" }),
            number(chain.today.share),
            number(workload.map(|w| w.outage_cost_usd_per_day)),
            text(alternative.as_deref().unwrap_or("none found")),
        ]
    });
    table.whole().rows(rows).note(
        "Substitutability: easy where a standby is ready within the impact tolerance; medium where other vendors are ready within 30 days; \
         highly complex where they take longer; not substitutable where none is eligible. Dates of audits are not in the portfolio.",
    )
}

/// One row per provider and business service, the rows of `export uk-register`.
#[must_use]
pub fn material_third_parties(results: &ResultsAnswer) -> TypedTable {
    let table = TypedTable::new(
        "MaterialThirdParties",
        "Material third parties (extract for the UK register)",
        &[
            ("third party", Text),
            ("country", Text),
            ("ultimate parent", Text),
            ("business service", Text),
            ("share of it", Share),
            ("impact tolerance, days", Number(2)),
            ("data in", Text),
            ("substitutability", Text),
            ("alternative", Text),
            ("behind it", Text),
        ],
    );
    let entries = third_parties(&results.chains, &results.exposure.substitutes, &results.workloads);
    let rows = entries.into_iter().map(|entry| {
        let alternative = entry.alternative.zip(entry.alternative_days);
        vec![
            text(entry.provider),
            text(entry.provider_country),
            text(format!("{} ({})", entry.parent, entry.parent_country)),
            text(entry.business_service_name),
            number(Some(entry.share)),
            number(Some(entry.impact_tolerance_hours / HOURS_PER_DAY)),
            text(entry.data_locations.join(", ")),
            or_absent(entry.substitutability.as_deref()),
            or_absent(alternative.map(|(offer, after)| format!("{offer} in {}", days(after))).as_deref()),
            text(entry.subcontractors.join("; ")),
        ]
    });
    table.whole().rows(rows).note(
        "A draft for the register of material third parties of UK firms (PRA, PS7/26; FCA, PS26/2); the firm decides which arrangements are \
         material. A share of 0 % is a standby's. Identifiers, contract references and dates, spend and audits are not in the portfolio.",
    )
}
