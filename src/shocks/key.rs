//! Typed keys: the file of a kind declares each key once and reads its value through it.

use super::kind::{Absent, Expects, KeySpec, ValueType};
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::{Kind, KindValue};
use crate::model::words::{DataClass, Reach};

/// A key of a kind, with values of type `T`.
pub(super) struct Key<T: ?Sized + 'static> {
    pub(super) spec: KeySpec,
    read: fn(&KindValue) -> Option<&T>,
}

impl<T: ?Sized> Key<T> {
    const fn new(
        name: &'static str,
        about: &'static str,
        value: ValueType,
        absent: Absent,
        read: fn(&KindValue) -> Option<&T>,
    ) -> Self {
        Self { spec: KeySpec { name, about, value, absent }, read }
    }

    /// The same key, without a value when it is absent.
    pub(super) const fn optional(self) -> Self {
        Self { spec: KeySpec { absent: Absent::Nothing, ..self.spec }, read: self.read }
    }

    /// The key's value, its default included.
    pub(super) fn of<'k>(&self, kind: &'k Kind) -> Option<&'k T> {
        kind.values.get(self.spec.name).and_then(self.read)
    }
}

impl Key<JurisdictionSet> {
    pub(super) const fn jurisdictions(name: &'static str, about: &'static str) -> Self {
        Self::new(name, about, ValueType::Jurisdictions, Absent::Refused, KindValue::as_jurisdictions)
    }
}

impl Key<Selector> {
    /// Matches every offer when it is absent.
    pub(super) const fn selector(name: &'static str, about: &'static str, expects: Expects) -> Self {
        Self::new(name, about, ValueType::Selector(expects), Absent::EveryOffer, KindValue::as_selector)
    }
}

impl Key<str> {
    pub(super) const fn supplier(name: &'static str, about: &'static str) -> Self {
        Self::new(name, about, ValueType::Supplier, Absent::Refused, KindValue::as_id)
    }

    pub(super) const fn host(name: &'static str, about: &'static str) -> Self {
        Self::new(name, about, ValueType::Host, Absent::Refused, KindValue::as_id)
    }
}

impl Key<[String]> {
    pub(super) const fn suppliers(name: &'static str, about: &'static str) -> Self {
        Self::new(name, about, ValueType::Suppliers, Absent::Refused, KindValue::as_ids)
    }

    pub(super) const fn models(name: &'static str, about: &'static str) -> Self {
        Self::new(name, about, ValueType::Models, Absent::Nothing, KindValue::as_ids)
    }
}

impl Key<f64> {
    pub(super) const fn factor(name: &'static str, about: &'static str) -> Self {
        Self::number(name, about, ValueType::Factor)
    }

    pub(super) const fn share(name: &'static str, about: &'static str) -> Self {
        Self::number(name, about, ValueType::Share)
    }

    pub(super) const fn usd(name: &'static str, about: &'static str) -> Self {
        Self::number(name, about, ValueType::Usd)
    }

    const fn number(name: &'static str, about: &'static str, value: ValueType) -> Self {
        Self::new(name, about, value, Absent::Refused, KindValue::as_number)
    }

    /// The same key with a default.
    pub(super) const fn or(self, number: f64) -> Self {
        Self { spec: KeySpec { absent: Absent::Number(number), ..self.spec }, read: self.read }
    }
}

impl Key<bool> {
    /// False when it is absent.
    pub(super) const fn flag(name: &'static str, about: &'static str) -> Self {
        Self::new(name, about, ValueType::Flag, Absent::Flag(false), KindValue::as_flag)
    }
}

impl Key<[Reach]> {
    pub(super) const fn reach(about: &'static str, default: &'static [Reach]) -> Self {
        Self::new("reach", about, ValueType::Reach, Absent::Reach(default), KindValue::as_reach)
    }
}

impl Key<[DataClass]> {
    pub(super) const fn data_classes(name: &'static str, about: &'static str) -> Self {
        Self::new(name, about, ValueType::DataClasses, Absent::Refused, KindValue::as_data_classes)
    }
}
