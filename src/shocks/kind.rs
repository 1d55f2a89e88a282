//! The specification of a kind of shock: its keys, its effects, and who acts (methodology/shocks.md).
//!
//! `input` follows this description: it reads [`KindSpec::keys`], resolves the names that a [`ValueType`] holds, warns of
//! selectors that are not what they are [expected](Expects) to be, and makes the schema of the files from it.

use super::effect::Effect;
use super::named::NamedEntity;
use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::{Kind, KindValue};
use crate::model::words::Reach;

/// A kind of shock, which expands into effects.
#[derive(Debug)]
pub struct KindSpec {
    /// The word used in files and reports.
    pub name: &'static str,
    /// What happens, in a sentence or two for the reference and for editors.
    pub about: &'static str,
    /// Whether it is the act of a jurisdiction, which `by` must name.
    pub needs_actor: bool,
    /// The keys of the kind, in the order of the reference.
    pub keys: &'static [KeySpec],
    /// Optional keys of which at least one must have a value.
    pub any_of: Option<AnyOf>,
    /// Returns its effects, in order; `None` when a required value is missing. The set is the acting jurisdiction.
    pub expand: fn(&Instance, &JurisdictionSet, &Kind) -> Option<Vec<Effect>>,
    /// What it names first, to which it is attributed when `by` is absent; `None` when it names nothing.
    pub names: fn(&Instance, &Kind) -> Option<NamedEntity>,
}

impl KindSpec {
    /// The kind with these values by key, and the defaults of its other keys.
    #[must_use]
    pub fn with_values(&self, values: impl IntoIterator<Item = (&'static str, KindValue)>) -> Kind {
        let defaults = self.keys.iter().filter_map(|key| Some((key.name, key.absent.value()?)));
        Kind { name: self.name, values: defaults.chain(values).collect() }
    }
}

/// Optional keys of which at least one must have a value.
#[derive(Debug, Clone, Copy)]
pub struct AnyOf {
    pub keys: &'static [&'static str],
    /// The error text if none has a value.
    pub message: &'static str,
}

/// One key of a kind.
#[derive(Debug, Clone, Copy)]
pub struct KeySpec {
    pub name: &'static str,
    /// Meaning, unit, and what its absence means unless that is a word or a number; for the reference and for editors.
    pub about: &'static str,
    pub value: ValueType,
    pub absent: Absent,
}

/// The type of the value of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    Jurisdictions,
    Selector(Expects),
    /// One supplier.
    Supplier,
    /// At least one supplier.
    Suppliers,
    /// Any number of models.
    Models,
    /// One host, or `self`.
    Host,
    /// A number above 0.
    Factor,
    /// A number from 0 to 1.
    Share,
    /// USD, 0 or more.
    Usd,
    Flag,
    Reach,
    DataClasses,
}

/// The offers that a selector in a file is expected to match; otherwise the user is warned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expects {
    /// At least one offer.
    SomeOffer,
    /// At least one offer, unless the kind has this flag set.
    SomeOfferUnless(&'static str),
    /// Anything but every offer. The warning says why.
    NotEveryOffer(&'static str),
}

/// The meaning of an absent key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Absent {
    /// An error.
    Refused,
    /// No value.
    Nothing,
    /// A selector that matches every offer.
    EveryOffer,
    Number(f64),
    Flag(bool),
    Reach(&'static [Reach]),
}

impl Absent {
    /// The value of a key that is absent.
    fn value(self) -> Option<KindValue> {
        match self {
            Self::Refused | Self::Nothing => None,
            Self::EveryOffer => Some(KindValue::Selector(Selector::default())),
            Self::Number(number) => Some(KindValue::Number(number)),
            Self::Flag(flag) => Some(KindValue::Flag(flag)),
            Self::Reach(reach) => Some(KindValue::Reach(reach.to_vec())),
        }
    }
}
