//! Decoders of selectors and jurisdiction sets (methodology/eligibility.md).

use super::Fields;
use super::scalars::Choices;
use crate::input::at::At;
use crate::input::tree::YamlValue;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::words::{Access, DataClass, Openness};

pub(crate) const DATA_CLASSES: Choices<DataClass> = &[
    ("public", DataClass::Public),
    ("internal", DataClass::Internal),
    ("personal", DataClass::Personal),
    ("regulated", DataClass::Regulated),
];
pub(crate) const OPENNESS: Choices<Openness> = &[
    ("closed", Openness::Closed),
    ("open_weights", Openness::OpenWeights),
    ("open_source", Openness::OpenSource),
];
pub(crate) const ACCESS: Choices<Access> = &[("api", Access::Api), ("self_hosted", Access::SelfHosted)];

/// A test of (cell, offer).
pub(crate) fn selector(at: &At<'_>) -> Selector {
    let f = at.fields();
    let set = |key| f.optional(key).map(|at| jurisdiction_set(&at));
    let names = |key| f.optional(key).map(|at| at.some_texts());
    let decoded = Selector {
        origin: set("origin"),
        lineage_origin: set("lineage_origin"),
        developer: names("developer"),
        model: names("model"),
        openness: f.optional("openness").map(|at| at.choices(OPENNESS)),
        host: names("host"),
        host_origin: set("host_origin"),
        region: set("region"),
        access: f.optional("access").map(|at| at.choices(ACCESS)),
        hardware: names("hardware"),
        certifications: names("certifications"),
        users: set("users"),
        workload: names("workload"),
        data: f.optional("data").map(|at| at.choices(DATA_CLASSES)),
        company: set("company"),
    };
    f.close();
    decoded
}

/// One selector or a list of them.
pub(crate) fn selectors(f: &Fields<'_>, key: &'static str) -> Vec<Selector> {
    f.each(key, |at| selector(&at))
}

/// The selector under a key; matches everything when absent.
pub(crate) fn selector_or_all(f: &Fields<'_>, key: &'static str) -> Selector {
    f.optional(key).map(|at| selector(&at)).unwrap_or_default()
}

/// A list, `all`, or `{except: [..]}`.
pub(crate) fn jurisdiction_set(at: &At<'_>) -> JurisdictionSet {
    match &at.node.value {
        YamlValue::Text(text) if text == "all" => JurisdictionSet::All,
        YamlValue::Text(_) | YamlValue::List(_) => JurisdictionSet::Listed(at.some_texts()),
        YamlValue::Map(_) => {
            let f = at.fields();
            let decoded = JurisdictionSet::Except(f.some_ids("except"));
            f.close();
            decoded
        }
        _ => {
            at.wrong_type("a list of jurisdictions, 'all', or {except: [..]}");
            JurisdictionSet::All
        }
    }
}

/// The set under a key that must be there.
pub(crate) fn required_set(f: &Fields<'_>, key: &'static str) -> JurisdictionSet {
    f.required(key).map_or(JurisdictionSet::All, |at| jurisdiction_set(&at))
}
