//! The kinds of shocks, one file each. A file says what the kind means, its keys, what it expands to, and who acts.

mod capacity_squeeze;
mod chip_control;
mod data_localization;
mod energy_shock;
mod export_ban;
mod license_change;
mod market_ban;
mod outage;
pub mod price_shock;
mod regulation_shift;
mod research_stall;
mod sanction;
mod supplier_exit;
mod tariff;

use super::kind::KindSpec;

/// Every kind, in the order of the reference.
pub static KINDS: &[KindSpec] = &[
    export_ban::KIND,
    market_ban::KIND,
    regulation_shift::KIND,
    data_localization::KIND,
    chip_control::KIND,
    sanction::KIND,
    tariff::KIND,
    license_change::KIND,
    supplier_exit::KIND,
    outage::KIND,
    energy_shock::KIND,
    price_shock::KIND,
    capacity_squeeze::KIND,
    research_stall::KIND,
];

/// The kind with this name.
#[must_use]
pub fn spec(name: &str) -> Option<&'static KindSpec> {
    KINDS.iter().find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{KINDS, spec};
    use crate::model::example::Example;
    use crate::model::instance::Instance;
    use crate::model::selector::{JurisdictionSet, Selector};
    use crate::model::shock::{Kind, KindValue};
    use crate::model::words::{DataClass, Openness, Reach};
    use crate::shocks::kind::{Absent, Expects, KeySpec, KindSpec, ValueType};

    fn instance() -> Instance {
        let mut example = Example::new();
        example.supplier("alpha", "US", &[]).model("a", "alpha", Openness::Closed, None);
        example.offer("a", "alpha", "DE", &[]);
        example.instance()
    }

    fn from_us() -> JurisdictionSet {
        JurisdictionSet::Listed(vec!["US".to_owned()])
    }

    fn some_value(value: ValueType) -> KindValue {
        match value {
            ValueType::Jurisdictions => KindValue::Jurisdictions(from_us()),
            ValueType::Selector(_) => {
                KindValue::Selector(Selector { origin: Some(from_us()), ..Selector::default() })
            }
            ValueType::Supplier | ValueType::Host => KindValue::Id("alpha".to_owned()),
            ValueType::Suppliers => KindValue::Ids(vec!["alpha".to_owned()]),
            ValueType::Models => KindValue::Ids(vec!["a".to_owned()]),
            ValueType::Factor | ValueType::Share | ValueType::Usd => KindValue::Number(0.5),
            ValueType::Flag => KindValue::Flag(true),
            ValueType::Reach => KindValue::Reach(vec![Reach::Users]),
            ValueType::DataClasses => KindValue::DataClasses(vec![DataClass::Personal]),
        }
    }

    /// A kind with a value for each key that `is_written`.
    fn written(spec: &KindSpec, is_written: impl Fn(&KeySpec) -> bool) -> Kind {
        let keys = spec.keys.iter().filter(|key| is_written(key));
        spec.with_values(keys.map(|key| (key.name, some_value(key.value))))
    }

    /// A key that is read but not declared, or whose default has another type, would have no value.
    #[test]
    fn required_keys_are_enough_for_a_kind_to_have_effects() {
        let instance = instance();
        for spec in KINDS {
            let only_required = written(spec, |key| key.absent == Absent::Refused);
            let all = written(spec, |_| true);
            for kind in [&only_required, &all] {
                let effects = (spec.expand)(&instance, &from_us(), kind);
                assert!(effects.is_some_and(|effects| !effects.is_empty()), "{}: {kind:?}", spec.name);
            }
            let names_somebody = all.values.values().any(|value| {
                value.as_selector().is_some() || value.as_id().is_some() || value.as_ids().is_some()
            });
            if names_somebody {
                let named = (spec.names)(&instance, &all).and_then(|named| named.jurisdiction(&instance));
                assert_eq!(named.as_deref(), Some("US"), "{}", spec.name);
            }
        }
    }

    /// Input refuses a file without a required key, but a caller of the library can omit one.
    #[test]
    fn a_kind_without_a_required_value_has_no_effects() {
        let instance = instance();
        for spec in KINDS {
            for missing in spec.keys.iter().filter(|key| key.absent == Absent::Refused) {
                let kind = written(spec, |key| key.name != missing.name);
                assert!((spec.expand)(&instance, &from_us(), &kind).is_none(), "{}", spec.name);
            }
        }
    }

    #[test]
    fn names_are_unique_and_refer_to_declared_keys() {
        let names: BTreeSet<&str> = KINDS.iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), KINDS.len());
        assert!(spec("export_ban").is_some() && spec("export_bans").is_none());
        for spec in KINDS {
            let key = |name: &str| spec.keys.iter().find(|key| key.name == name);
            let names: BTreeSet<&str> = spec.keys.iter().map(|key| key.name).collect();
            assert_eq!(names.len(), spec.keys.len(), "{}", spec.name);
            for name in spec.any_of.iter().flat_map(|any_of| any_of.keys) {
                assert_eq!(key(name).map(|key| key.absent), Some(Absent::Nothing), "{}", spec.name);
            }
            for expects in spec.keys.iter().map(|key| key.value) {
                if let ValueType::Selector(Expects::SomeOfferUnless(flag)) = expects {
                    assert_eq!(key(flag).map(|key| key.value), Some(ValueType::Flag), "{}", spec.name);
                }
            }
        }
    }

    /// The reference and the schemas have nothing else to say about a kind.
    #[test]
    fn kinds_and_keys_say_what_they_are_in_sentences() {
        for spec in KINDS {
            let keys = spec.keys.iter().map(|key| (key.name, key.about));
            for (name, about) in std::iter::once((spec.name, spec.about)).chain(keys) {
                let is_sentence = about.starts_with(char::is_uppercase) && about.ends_with('.');
                assert!(is_sentence, "{} {name}: {about:?}", spec.name);
            }
        }
    }
}
