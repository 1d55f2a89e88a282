//! How a value is known: stated, inferred by a rule that is named, or missing.

/// How a value is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// The file, or another one, states it.
    Filled,
    /// It follows by a rule, which is named.
    Inferred,
    /// Nobody has said it.
    Missing,
}

impl Basis {
    /// The word of reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Filled => "filled",
            Self::Inferred => "inferred",
            Self::Missing => "missing",
        }
    }
}

/// A value with how it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Empty when it is missing.
    pub value: String,
    pub basis: Basis,
    /// The source, the rule, or what is missing.
    pub why: String,
}

impl Evidence {
    pub(in crate::study) fn filled(value: impl Into<String>, source: impl Into<String>) -> Self {
        Self { value: value.into(), basis: Basis::Filled, why: source.into() }
    }

    pub(in crate::study) fn inferred(value: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { value: value.into(), basis: Basis::Inferred, why: rule.into() }
    }

    pub(in crate::study) fn missing(what: impl Into<String>) -> Self {
        Self { value: String::new(), basis: Basis::Missing, why: what.into() }
    }

    /// The value; `None` when it is missing.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        (self.basis != Basis::Missing).then_some(self.value.as_str())
    }
}
