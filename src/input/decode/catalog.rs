//! Decoders of `suppliers.yaml`, `models.yaml` and `hardware.yaml`, and of the lists in a catalog.

use super::Fields;
use super::provenance::provenance;
use super::scalars::{Choices, Range};
use super::selectors::OPENNESS;
use crate::input::at::At;
use crate::input::tree::YamlValue;
use crate::model::catalog::{Hardware, HardwareNeed, Model, Quality, Supplier};
use crate::model::magnitudes::{BILLION_PARAMETERS, POINTS};
use crate::model::words::{Openness, Role, SupplierClass};

const ROLES: Choices<Role> =
    &[("developer", Role::Developer), ("host", Role::Host), ("hardware", Role::Hardware)];
const CLASSES: Choices<SupplierClass> = &[
    (SupplierClass::Hyperscaler.as_str(), SupplierClass::Hyperscaler),
    (SupplierClass::Lab.as_str(), SupplierClass::Lab),
    (SupplierClass::Neocloud.as_str(), SupplierClass::Neocloud),
    (SupplierClass::Regional.as_str(), SupplierClass::Regional),
];
const COMMERCIAL_USE: Choices<&str> =
    &[("yes", "yes"), ("no", "no"), ("conditional", "conditional"), ("unknown", "unknown")];

/// The version of every file's format.
const FORMAT_VERSION: f64 = 1.0;

/// Reads and checks `format_version`.
pub(crate) fn format_version(f: &Fields<'_>) {
    let Some(at) = f.required("format_version") else { return };
    if !matches!(at.node.value, YamlValue::Number { value: FORMAT_VERSION, .. }) {
        let message = format!("format_version {} is not supported", at.shown());
        at.error("format-version", message, Some("write 'format_version: 1'".into()));
    }
}

/// One entry of `suppliers`.
pub(crate) fn supplier(at: &At<'_>) -> Supplier {
    let f = at.fields();
    let decoded = Supplier {
        id: f.id("id"),
        name: f.text("name"),
        jurisdiction: f.text("jurisdiction"),
        parents: f.ids("parents"),
        roles: f.required("roles").map(|at| roles(&at)).unwrap_or_default(),
        class: f.opt_choice("class", CLASSES),
        provenance: provenance(&f),
    };
    f.close();
    decoded
}

/// May be empty for an owner.
fn roles(at: &At<'_>) -> Vec<Role> {
    at.items().iter().filter_map(|item| item.choice(ROLES)).collect()
}

/// One entry of `models`.
pub(crate) fn model(at: &At<'_>) -> Model {
    let f = at.fields();
    let decoded = Model {
        id: f.id("id"),
        name: f.text("name"),
        developer: f.text("developer"),
        openness: f.choice("openness", OPENNESS).unwrap_or(Openness::Closed),
        license: f.text("license"),
        commercial_use: f.opt_choice("commercial_use", COMMERCIAL_USE).map(str::to_owned),
        base: f.opt_text("base"),
        released: f.optional("released").and_then(|at| at.date()),
        context_tokens: f.optional("context_tokens").and_then(|at| at.whole()),
        parameters_b: f.opt_number("parameters_b", Range::within(BILLION_PARAMETERS)),
        quality: f.optional("quality").map(|at| quality(&at)).unwrap_or_default(),
        provenance: provenance(&f),
    };
    f.close();
    decoded
}

/// `general`, `std_error`, and any number of language codes.
fn quality(at: &At<'_>) -> Quality {
    let mut points = at.map_of(|at| at.number(Range::within(POINTS)));
    let mut take = |key: &str| points.remove(key).flatten();
    let (general, std_error) = (take("general"), take("std_error"));
    for language in points.keys().filter(|l| !is_language(l)) {
        let message = format!(
            "{} is neither 'general', 'std_error' nor a language",
            crate::input::decode::quoted(language)
        );
        at.key(language).error_at_key(
            "unknown-key",
            message,
            Some("write languages as codes, such as 'de', 'ja', 'pt-br'".into()),
        );
    }
    let languages = points.into_iter().filter_map(|(language, x)| Some((language, x?))).collect();
    Quality { general, std_error, languages }
}

/// ISO 639 code, with an optional region or script after a hyphen.
fn is_language(code: &str) -> bool {
    let mut parts = code.split('-');
    let is_code = |part: &str| (2..=3).contains(&part.len()) && part.chars().all(|c| c.is_ascii_lowercase());
    let is_part =
        |part: &str| (2..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
    parts.next().is_some_and(is_code) && parts.all(is_part)
}

/// One entry of `hardware`.
pub(crate) fn hardware(at: &At<'_>) -> Hardware {
    let f = at.fields();
    let decoded = Hardware {
        id: f.id("id"),
        name: f.text("name"),
        vendor: f.text("vendor"),
        controlled_by: f.ids("controlled_by"),
        needs: f.each("needs", |at| need(&at)),
        provenance: provenance(&f),
    };
    f.close();
    decoded
}

fn need(at: &At<'_>) -> HardwareNeed {
    let f = at.fields();
    let decoded = HardwareNeed {
        any_of: f.some_ids("any_of"),
        buffer_days: f.required("buffer").and_then(|at| at.days()).unwrap_or_default(),
    };
    f.close();
    decoded
}
