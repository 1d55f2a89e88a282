//! Providers of business services, shaped as a register of material third parties (PRA, PS7/26; FCA, PS26/2).

use super::ColumnKind::{Number, Share, Text};
use super::{TypedTable, number, or_absent, text};
use crate::report::answer::dora::third_parties;
use crate::report::answer::results::ResultsAnswer;
use crate::report::figures::days;
use crate::units::HOURS_PER_DAY;

/// One row per provider and business service, the rows of `export uk-register`.
#[must_use]
pub fn material_third_parties(results: &ResultsAnswer) -> TypedTable {
    let table = TypedTable::new(
        "MaterialThirdParties",
        "Material third-party arrangements",
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
