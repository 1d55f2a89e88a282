//! The jurisdictions file: codes, members, indicators, rules.

use std::collections::BTreeMap;

use super::names::{Known, remedy};
use super::{countries, duplicates};
use crate::input::at::At;
use crate::input::diagnostic::quoted;
use crate::input::library::CatalogLayer;
use crate::model::jurisdictions::{Indicator, Jurisdiction, JurisdictionKind, Jurisdictions};

/// Words with another meaning in places that take a jurisdiction.
const RESERVED: [&str; 3] = ["all", "default", "self"];

/// Checks the file, if it was read.
pub(super) fn check(base: &CatalogLayer<'_>, known: &Known<'_>) {
    let Some(at) = base.jurisdictions_at() else { return };
    let file = &base.jurisdictions;
    no_duplicates(&at, file);
    let indicators: BTreeMap<&str, &Indicator> =
        file.enablers.iter().flat_map(|e| &e.indicators).map(|i| (i.id.as_str(), i)).collect();
    for (i, jurisdiction) in file.jurisdictions.iter().enumerate() {
        let at = at.key("jurisdictions").index(i);
        code(&at.key("id"), jurisdiction);
        known.each_country(&at.key("members"), &jurisdiction.members);
        let scored = jurisdiction.indicators.iter().map(|(id, value)| ("indicators", id, value));
        let unscored = jurisdiction.unscored.iter().map(|(id, value)| ("unscored", id, &value.figure));
        for (list, id, value) in scored.chain(unscored) {
            let at = at.key(list).key(id);
            match indicators.get(id.as_str()) {
                None => {
                    let help = remedy(&at, id, indicators.keys().copied());
                    at.error_at_key("unknown-indicator", format!("unknown indicator {}", quoted(id)), help);
                }
                Some(indicator) if value.is_proxy && indicator.proxy.is_none() => {
                    let message = format!("the indicator {} has no proxy", quoted(id));
                    let help = "say under 'enablers' what the proxy measures, or leave 'proxy' out";
                    at.key("proxy").error_at_key("conflicting-keys", message, Some(help.into()));
                }
                Some(_) => {}
            }
            known.sources(&at, &value.source);
        }
    }
    for (i, rule) in file.rules.iter().enumerate() {
        let at = at.key("rules").index(i);
        known.each_jurisdiction(&at.key("users"), &rule.users);
        known.each_jurisdiction(&at.key("hosting_allowed"), &rule.hosting_allowed);
        known.provenance(&at, &rule.provenance);
    }
}

fn code(at: &At<'_>, jurisdiction: &Jurisdiction) {
    let id = jurisdiction.id.as_str();
    if RESERVED.contains(&id) {
        let help = Some("choose another id".into());
        at.error("invalid-id", format!("{} is a reserved word", quoted(id)), help);
    } else if jurisdiction.kind == JurisdictionKind::Country
        && !id.is_empty()
        && !countries::is_country_code(id)
    {
        let help = Some("write the ISO 3166-1 alpha-2 code, or 'kind: bloc' with its members".into());
        at.error("invalid-country-code", format!("{} is not a country code", quoted(id)), help);
    }
}

fn no_duplicates(at: &At<'_>, file: &Jurisdictions) {
    let entry = |list: &'static str| move |i| Some(at.key(list).index(i));
    duplicates::check("enabler", file.enablers.iter().map(|e| e.id.as_str()), entry("enablers"));
    duplicates::check(
        "jurisdiction",
        file.jurisdictions.iter().map(|j| j.id.as_str()),
        entry("jurisdictions"),
    );
    duplicates::check("rule", file.rules.iter().map(|r| r.id.as_str()), entry("rules"));
    let is_list = at.key("sources").index(0).node.entry("id").is_some();
    if is_list {
        duplicates::check("source", file.sources.iter().map(|s| s.id.as_str()), entry("sources"));
    }
    let places: Vec<(usize, usize)> = file
        .enablers
        .iter()
        .enumerate()
        .flat_map(|(e, enabler)| (0..enabler.indicators.len()).map(move |i| (e, i)))
        .collect();
    let ids = file.enablers.iter().flat_map(|e| &e.indicators).map(|i| i.id.as_str());
    duplicates::check("indicator", ids, |n| {
        let (enabler, indicator) = places[n];
        Some(at.key("enablers").index(enabler).key("indicators").index(indicator))
    });
}
