//! Rules on suppliers under which plans are compared.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::instance::{CellIdx, Instance, OfferIdx};
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::words::Openness;

/// A rule on suppliers, over what the workloads demand anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SovereigntyRule {
    /// Nothing but what the portfolio demands.
    Free,
    /// No developer and no host under the United States.
    NoUs,
    /// No model of which the developer or that of an ancestor is under China, and no host under it.
    NoCn,
    /// Open weights or open source only.
    OpenOnly,
    /// Only sites within the European Union, whoever runs them.
    EuHosted,
}

impl SovereigntyRule {
    /// Every rule, the free plan first.
    pub const ALL: [Self; 5] = [Self::Free, Self::NoUs, Self::NoCn, Self::OpenOnly, Self::EuHosted];

    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::NoUs => "no_us",
            Self::NoCn => "no_cn",
            Self::OpenOnly => "open_only",
            Self::EuHosted => "eu_hosted",
        }
    }

    /// Selectors of which none may match.
    fn forbid(self) -> Vec<Selector> {
        let under = |id: &str| Some(JurisdictionSet::Listed(vec![id.to_owned()]));
        match self {
            Self::NoUs => vec![
                Selector { origin: under("US"), ..Selector::default() },
                Selector { host_origin: under("US"), ..Selector::default() },
            ],
            Self::NoCn => vec![
                Selector { lineage_origin: under("CN"), ..Selector::default() },
                Selector { host_origin: under("CN"), ..Selector::default() },
            ],
            Self::OpenOnly => {
                vec![Selector { openness: Some(vec![Openness::Closed]), ..Selector::default() }]
            }
            Self::Free | Self::EuHosted => Vec::new(),
        }
    }

    /// Selectors of which all must match.
    fn require(self) -> Vec<Selector> {
        let eu = JurisdictionSet::Listed(vec!["EU".to_owned()]);
        match self {
            Self::EuHosted => vec![Selector { region: Some(eu), ..Selector::default() }],
            _ => Vec::new(),
        }
    }
}

/// What plans must do without.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Restriction<'a> {
    Rule(SovereigntyRule),
    /// Offers that match.
    Without(&'a Selector),
}

impl Restriction<'_> {
    /// Selectors of which none may match.
    pub(super) fn forbid(self) -> Vec<Selector> {
        match self {
            Self::Rule(rule) => rule.forbid(),
            Self::Without(selector) => vec![selector.clone()],
        }
    }

    /// Selectors of which all must match.
    pub(super) fn require(self) -> Vec<Selector> {
        match self {
            Self::Rule(rule) => rule.require(),
            Self::Without(_) => Vec::new(),
        }
    }

    pub(super) fn allows(self, instance: &Instance, cell: CellIdx, offer: OfferIdx) -> bool {
        let matches = |s: &Selector| instance.pair_matches(s, cell, offer);
        self.require().iter().all(matches) && !self.forbid().iter().any(matches)
    }
}
