//! What is missing in a draft, and what a check without a network finds: the rules that block a filing (EBA validation rules 805 to
//! 808), and the check digits of identifiers.

use std::collections::BTreeSet;

use super::register::{DoraRegister, NO_COUNTRY, PROVISIONAL, SUPPORTING};
use super::templates::{CellNeed, DoraTemplate, TEMPLATES, place};
use crate::report::answer::dora::{RegisterFindingAnswer, RegisterGapAnswer};
use crate::report::figures::counted;

/// Templates that a portfolio says nothing of.
const NOT_KNOWN: [(&str, &str); 3] = [
    ("B_01.03", "branches, if there are any"),
    ("B_02.03", "contracts within the group, if there are any"),
    ("B_03.03", "providers within the group that sign, if there are any"),
];
/// Values that stand in for what is not known.
const ASSUMED: [(&str, &str); 2] =
    [(NO_COUNTRY, "the country is not known"), (SUPPORTING, "a supporting function is assumed")];

/// What the company must fill in itself, by template and column.
#[must_use]
pub fn gaps(register: &DoraRegister) -> Vec<RegisterGapAnswer> {
    let mut gaps = Vec::new();
    for (template, rows) in TEMPLATES.iter().zip(&register.rows) {
        let of = |column: &str, name: &str, kind: &str, n_rows: usize, why: &str| RegisterGapAnswer {
            template: template.id.to_owned(),
            column: column.to_owned(),
            name: name.to_owned(),
            kind: kind.to_owned(),
            n_rows,
            why: why.to_owned(),
        };
        if let Some((_, what)) = NOT_KNOWN.iter().find(|(id, _)| *id == template.id) {
            gaps.push(of("", template.name, "missing", rows.len(), what));
            continue;
        }
        for (at, column) in template.columns.iter().enumerate() {
            let n = |is: &dyn Fn(&str) -> bool| rows.iter().filter(|row| is(&row[at])).count();
            let n_empty = if column.need == CellNeed::Optional { 0 } else { n(&str::is_empty) };
            let n_provisional = n(&|cell| cell.starts_with(PROVISIONAL));
            if n_empty > 0 {
                let why = if column.need == CellNeed::Conditional {
                    "needed in some cases, such as for a critical or important function"
                } else {
                    "only the company knows it"
                };
                gaps.push(of(column.code, column.name, "missing", n_empty, why));
            }
            if n_provisional > 0 {
                let why = "a provisional code: replace it with the real one everywhere";
                gaps.push(of(column.code, column.name, "provisional", n_provisional, why));
            }
            for (value, why) in ASSUMED {
                let n_assumed = n(&|cell| cell == value);
                if n_assumed > 0 {
                    gaps.push(of(column.code, column.name, "assumed", n_assumed, why));
                }
            }
        }
    }
    gaps
}

/// What the offline checks find, the blocking rules first.
#[must_use]
pub fn lint(register: &DoraRegister) -> Vec<RegisterFindingAnswer> {
    let mut findings = Vec::new();
    for (template, rows) in TEMPLATES.iter().zip(&register.rows) {
        findings.extend(keys(template, rows));
        findings.extend(references(template, rows, register));
    }
    for (template, column) in [("B_01.01", "c0010"), ("B_01.02", "c0010")] {
        let Some((t, at)) = place(template, column) else { continue };
        for (nth, row) in register.rows[t].iter().enumerate() {
            if !is_lei(&row[at]) {
                let message = format!("'{}' is no legal entity identifier", row[at]);
                findings.push(finding("lei", "error", template, (Some(nth), column), message));
            }
        }
    }
    if register.filing.date.is_none() {
        let message = "no reporting date: give --date".to_owned();
        findings.push(finding("reporting-date", "error", "B_01.01", (None, "c0060"), message));
    }
    for gap in gaps(register).iter().filter(|gap| gap.kind == "missing" && !gap.column.is_empty()) {
        let need = place(&gap.template, &gap.column).map(|(t, c)| TEMPLATES[t].columns[c].need);
        if need == Some(CellNeed::Mandatory) {
            let message = format!("{} is mandatory, and empty in {}", gap.name, counted(gap.n_rows, "row"));
            findings.push(finding("mandatory", "warning", &gap.template, (None, &gap.column), message));
        }
    }
    findings
}

fn finding(
    code: &str,
    severity: &str,
    template: &str,
    (row, column): (Option<usize>, &str),
    message: String,
) -> RegisterFindingAnswer {
    RegisterFindingAnswer {
        code: code.to_owned(),
        severity: severity.to_owned(),
        template: template.to_owned(),
        row: row.map(|nth| nth + 1),
        column: column.to_owned(),
        message,
    }
}

/// Rules 805 and 806: no part of a key is empty, and no key occurs twice.
fn keys(template: &DoraTemplate, rows: &[Vec<String>]) -> Vec<RegisterFindingAnswer> {
    let parts: Vec<usize> =
        (0..template.columns.len()).filter(|&at| template.columns[at].need == CellNeed::Key).collect();
    let mut seen: BTreeSet<Vec<&str>> = BTreeSet::new();
    let mut findings = Vec::new();
    for (nth, row) in rows.iter().enumerate() {
        for &at in parts.iter().filter(|&&at| row[at].is_empty()) {
            let column = &template.columns[at];
            let message = format!("{} is a part of the key, and empty", column.name);
            findings.push(finding("805", "error", template.id, (Some(nth), column.code), message));
        }
        if !parts.is_empty() && !seen.insert(parts.iter().map(|&at| row[at].as_str()).collect()) {
            let message = "another row has the same key".to_owned();
            findings.push(finding("806", "error", template.id, (Some(nth), ""), message));
        }
    }
    findings
}

/// Rule 807: what a cell refers to is there.
fn references(
    template: &DoraTemplate,
    rows: &[Vec<String>],
    register: &DoraRegister,
) -> Vec<RegisterFindingAnswer> {
    let mut findings = Vec::new();
    for (at, column) in template.columns.iter().enumerate() {
        let Some((t, c)) = column.refers_to.and_then(|(template, column)| place(template, column)) else {
            continue;
        };
        let known: BTreeSet<&str> = register.rows[t].iter().map(|row| row[c].as_str()).collect();
        for (nth, row) in rows.iter().enumerate() {
            let cell = row[at].as_str();
            if !cell.is_empty() && !known.contains(cell) {
                let message = format!("{} '{cell}' is not in {}", column.name, TEMPLATES[t].id);
                findings.push(finding("807", "error", template.id, (Some(nth), column.code), message));
            }
        }
    }
    findings
}

/// Whether a text is a legal entity identifier: 18 letters or digits and two check digits, 1 modulo 97 (ISO 17442, ISO 7064).
#[must_use]
pub fn is_lei(text: &str) -> bool {
    let is_shaped = text.len() == 20
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && text.bytes().skip(18).all(|b| b.is_ascii_digit());
    let digits = text.chars().filter_map(|c| c.to_digit(36));
    let remainder = digits.fold(0_u64, |rest, digit| {
        let shift = if digit >= 10 { 100 } else { 10 };
        (rest * shift + u64::from(digit)) % 97
    });
    is_shaped && remainder == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::dora::register::Filing;

    fn empty() -> DoraRegister {
        DoraRegister {
            rows: vec![Vec::new(); TEMPLATES.len()],
            currency: "EUR".into(),
            filing: Filing::default(),
        }
    }

    fn set(register: &mut DoraRegister, template: &str, cells: &[(&str, &str)]) {
        let (t, _) = place(template, "c0010").unwrap();
        let mut row = vec![String::new(); TEMPLATES[t].columns.len()];
        for (column, value) in cells {
            row[place(template, column).unwrap().1] = (*value).to_owned();
        }
        register.rows[t].push(row);
    }

    /// The identifier of Deutsche Bank AG, as published; a digit changed, letters at the end, small letters.
    #[test]
    fn check_digits_tell_identifiers_from_others() {
        assert!(is_lei("7LTWFZYICNSX8D621K86"));
        for text in
            ["7LTWFZYICNSX8D621K87", "7LTWFZYICNSX8D621KAA", "7ltwfzyicnsx8d621k86", "", "draft-entity"]
        {
            assert!(!is_lei(text), "{text}");
        }
    }

    #[test]
    fn empty_keys_same_keys_and_lost_references_are_found() {
        let mut register = empty();
        set(&mut register, "B_02.01", &[("c0010", "one")]);
        set(&mut register, "B_02.01", &[("c0010", "one")]);
        set(&mut register, "B_03.02", &[("c0010", "two"), ("c0020", "")]);
        let found: Vec<(String, String, String)> =
            lint(&register).into_iter().map(|f| (f.code, f.template, f.column)).collect();
        let has = |code: &str, template: &str, column: &str| {
            found.iter().any(|(c, t, k)| c == code && t == template && k == column)
        };
        assert!(has("806", "B_02.01", ""), "{found:?}");
        assert!(has("805", "B_03.02", "c0020") && has("807", "B_03.02", "c0010"), "{found:?}");
        assert!(has("mandatory", "B_02.01", "c0020"), "{found:?}");
    }
}
