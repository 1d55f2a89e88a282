//! Decoder of kinds of shocks, driven by the list of keys of each kind.

use super::Fields;
use super::scalars::{Choices, Range};
use super::selectors::{DATA_CLASSES, jurisdiction_set, selector};
use crate::input::at::At;
use crate::model::magnitudes::{PRICE_FACTOR, USD};
use crate::model::shock::{Kind, KindValue};
use crate::model::words::Reach;
use crate::shocks::kind::{Absent, KeySpec, KindSpec, ValueType};
use crate::shocks::kinds::{self, KINDS};

const REACHES: Choices<Reach> = &[
    (Reach::Users.as_str(), Reach::Users),
    (Reach::Region.as_str(), Reach::Region),
    (Reach::Company.as_str(), Reach::Company),
];

/// The kind that a shock names under `kind`.
pub(crate) fn named_kind(f: &Fields<'_>) -> Option<&'static KindSpec> {
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    f.optional("kind").and_then(|at| at.word(&names)).and_then(kinds::spec)
}

/// The keys that belong to one kind.
pub(crate) fn kind(f: &Fields<'_>, spec: &KindSpec) -> Kind {
    let read = |key: &KeySpec| Some((key.name, value(f, key)?));
    let kind = spec.with_values(spec.keys.iter().filter_map(read));
    if let Some(any_of) = spec.any_of
        && any_of.keys.iter().all(|key| names_nothing(kind.values.get(key)))
    {
        let help = Some(format!("write at least one of {}", any_of.keys.join(", ")));
        f.at.error("missing-key", any_of.message.into(), help);
    }
    kind
}

/// Accepts the keys of all kinds, so that a misspelled kind is not reported again for each key.
pub(crate) fn know_all_keys(f: &Fields<'_>) {
    let mut known = Vec::new();
    for key in KINDS.iter().flat_map(|kind| kind.keys) {
        if !known.contains(&key.name) {
            known.push(key.name);
            f.know(key.name);
        }
    }
}

fn names_nothing(value: Option<&KindValue>) -> bool {
    value.is_none_or(|value| value.as_ids().is_some_and(<[String]>::is_empty))
}

fn value(f: &Fields<'_>, key: &KeySpec) -> Option<KindValue> {
    let is_required = key.absent == Absent::Refused;
    let found = if is_required { f.required(key.name) } else { f.optional(key.name) };
    found.and_then(|at| written(&at, key.value))
}

fn written(at: &At<'_>, value: ValueType) -> Option<KindValue> {
    let number = |range| at.number(range).map(KindValue::Number);
    match value {
        ValueType::Jurisdictions => Some(KindValue::Jurisdictions(jurisdiction_set(at))),
        ValueType::Selector(_) => Some(KindValue::Selector(selector(at))),
        ValueType::Supplier | ValueType::Host => at.text().map(KindValue::Id),
        ValueType::Suppliers => Some(KindValue::Ids(at.some_texts())),
        ValueType::Models => Some(KindValue::Ids(at.texts())),
        ValueType::Factor => number(Range::within(PRICE_FACTOR)),
        ValueType::Share => number(Range::SHARE),
        ValueType::Usd => number(Range::within(USD)),
        ValueType::Flag => at.flag().map(KindValue::Flag),
        ValueType::Reach => Some(KindValue::Reach(at.choices(REACHES))),
        ValueType::DataClasses => Some(KindValue::DataClasses(at.choices(DATA_CLASSES))),
    }
}
