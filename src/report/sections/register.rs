//! Arrangements with hosts, shaped as a register of material third parties (PRA, PS7/26; FCA, PS26/2).

use std::collections::{BTreeMap, BTreeSet};

use super::ColumnKind::{Number, Share, Text};
use super::{TypedTable, number, text};
use crate::report::answer::contracts::ContractWord;
use crate::report::answer::results::ResultsAnswer;
use crate::report::answer::supply_chain::PartyAnswer;
use crate::report::html::words::workload_name;

/// What is known of the arrangement with one host.
struct Arrangement<'a> {
    host: &'a PartyAnswer,
    workloads: BTreeSet<&'a str>,
    value_share: f64,
    regions: BTreeSet<&'a str>,
    /// Developers and vendors of chips behind the host.
    subcontractors: BTreeSet<String>,
}

/// One row per host that is used today, primary or standby.
#[must_use]
pub fn material_third_parties(results: &ResultsAnswer) -> TypedTable {
    let table = TypedTable::new(
        "MaterialThirdParties",
        "Material third-party arrangements",
        &[
            ("third party", Text),
            ("country", Text),
            ("ultimate parent", Text),
            ("contract", Text),
            ("services supported", Text),
            ("shortest impact tolerance, days", Number(2)),
            ("value supported", Share),
            ("processing in", Text),
            ("further parties", Text),
        ],
    );
    let tolerance = |arrangement: &Arrangement<'_>| {
        let own = results.workloads.iter().filter(|w| arrangement.workloads.contains(w.id.as_str()));
        own.map(|workload| workload.recovery_objective_days).reduce(f64::min)
    };
    let row = |arrangement: &Arrangement<'_>| {
        let host = arrangement.host;
        vec![
            text(&host.name),
            text(&host.country),
            text(format!("{} ({})", host.parent, host.parent_country)),
            text(contract(results, &host.id)),
            text(
                arrangement
                    .workloads
                    .iter()
                    .map(|id| workload_name(results, id))
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
            number(tolerance(arrangement)),
            number(arrangement.value_share),
            text(listed(&arrangement.regions)),
            text(listed(&arrangement.subcontractors)),
        ]
    };
    table.whole().rows(arrangements(results).values().map(row)).note(
        "A draft for the register of material third parties of UK firms (PRA, PS7/26; FCA, PS26/2); the firm decides which arrangements are \
         material. Identifiers, contract references and dates, spend and audits are not in the portfolio.",
    )
}

fn arrangements(results: &ResultsAnswer) -> BTreeMap<&str, Arrangement<'_>> {
    let mut found: BTreeMap<&str, Arrangement<'_>> = BTreeMap::new();
    for chain in results.chains.iter().filter(|chain| chain.today.is_used()) {
        let Some(host) = &chain.host else { continue };
        let new = || Arrangement {
            host,
            workloads: BTreeSet::new(),
            value_share: 0.0,
            regions: BTreeSet::new(),
            subcontractors: BTreeSet::new(),
        };
        let arrangement = found.entry(&host.id).or_insert_with(new);
        arrangement.workloads.insert(&chain.workload);
        arrangement.value_share += chain.today.value_share;
        arrangement.regions.insert(&chain.region);
        if chain.developer.id != host.id {
            let developer = &chain.developer;
            arrangement.subcontractors.insert(format!("{} ({})", developer.name, developer.country));
        }
        let chips = chain.hardware.iter().map(|chip| format!("{} ({})", chip.vendor, chip.country));
        arrangement.subcontractors.extend(chips);
    }
    found
}

fn contract(results: &ResultsAnswer, host: &str) -> &'static str {
    let known = results.optimize.as_ref().and_then(|answer| answer.contracts.get(host));
    match known.map(|known| known.status) {
        Some(ContractWord::Signed) => "signed",
        Some(ContractWord::Offered) => "quotation",
        Some(ContractWord::None) | None => "none stated",
    }
}

fn listed<T: AsRef<str>>(names: &BTreeSet<T>) -> String {
    names.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(", ")
}
