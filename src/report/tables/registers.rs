//! `export dora` and `export uk-register` as tables.

use crate::report::answer::dora::{DoraAnswer, UkRegisterAnswer};
use crate::report::figures::{ABSENT, counted, days, percent};
use crate::report::grid::Grid;

/// What was written in a sentence, then findings that block a filing, then gaps.
#[must_use]
pub fn dora(answer: &DoraAnswer) -> Vec<Grid> {
    let n_rows: usize = answer.rows.values().sum();
    let n_errors = answer.findings.iter().filter(|found| found.severity == "error").count();
    let text = format!(
        "A draft for a filing tool, and no filing: {} in {}; {} to fill in, {} that would block it.",
        counted(n_rows, "row"),
        counted(answer.rows.values().filter(|n| **n > 0).count(), "template"),
        counted(answer.gaps.len(), "column"),
        counted(n_errors, "finding"),
    );
    let mut sentence = Grid::new(text, &[]);
    if answer.written.is_empty() {
        sentence.note("Nothing was written: -o FILE.zip, FILE.xlsx or FOLDER writes the draft.");
    }
    let mut found = Grid::new(
        "What a check without a network finds",
        &["=code", "=severity", "=template", "=column", ">row", "finding"],
    );
    for finding in &answer.findings {
        found.row([
            finding.code.clone(),
            finding.severity.clone(),
            finding.template.clone(),
            finding.column.clone(),
            finding.row.map_or_else(|| ABSENT.to_owned(), |row| row.to_string()),
            finding.message.clone(),
        ]);
    }
    let mut gaps = Grid::new(
        "What only the company can fill in",
        &["=template", "=column", "what", "=kind", ">rows", "why"],
    );
    for gap in &answer.gaps {
        gaps.row([
            gap.template.clone(),
            gap.column.clone(),
            gap.name.clone(),
            gap.kind.clone(),
            gap.n_rows.to_string(),
            gap.why.clone(),
        ]);
    }
    [sentence].into_iter().chain([found, gaps].into_iter().filter(|grid| !grid.is_empty())).collect()
}

/// The rows, then what is missing.
#[must_use]
pub fn uk_register(answer: &UkRegisterAnswer) -> Vec<Grid> {
    let mut rows = Grid::new(
        "A draft of the register of material third parties",
        &[
            "provider",
            "=country",
            "for",
            ">share",
            "data in",
            ">tolerance",
            "substitutability",
            "alternative",
            "behind it",
        ],
    );
    for entry in &answer.entries {
        rows.row([
            entry.provider.clone(),
            entry.provider_country.clone(),
            entry.business_service.clone(),
            percent(entry.share),
            entry.data_locations.join(", "),
            format!("{} h", entry.impact_tolerance_hours),
            entry.substitutability.clone().unwrap_or_else(|| ABSENT.to_owned()),
            match (&entry.alternative, entry.alternative_days) {
                (Some(offer), Some(after)) => format!("{offer} in {}", days(after)),
                _ if entry.substitutability.is_none() => ABSENT.to_owned(),
                _ => "none found".to_owned(),
            },
            entry.subcontractors.join("; "),
        ]);
    }
    rows.note(
        "A provider with share 0 % only waits, as a standby. Ranks begin at 2 for who stands behind it.",
    );
    let mut gaps = Grid::new("What only the company can fill in", &["what"]);
    for gap in &answer.gaps {
        gaps.row([gap.clone()]);
    }
    vec![rows, gaps]
}
