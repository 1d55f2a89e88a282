//! Apparent against effective diversity (methodology/exposure.md): suppliers under contract, and suppliers in effect.

use std::collections::BTreeSet;
use std::ops::Range;

use super::shares::{ExposureSetting, PairShare, shares_by_key};
use crate::measures::concentration::effective_number;
use crate::model::instance::{CellIdx, OfferIdx};
use crate::model::limit::{Dimension, Weight};
use crate::model::plan::Plan;

/// A layer of supply in which there can be one supplier or many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    Dimension(Dimension),
    /// The company at the top of the developer's first parents; a dimension counts its country only.
    UltimateParent,
}

impl Layer {
    /// Every layer, in the documented order: all dimensions but `openness`, a kind of license, and `reach`, whose keys
    /// overlap.
    pub const ALL: [Self; 10] = [
        Self::Dimension(Dimension::Developer),
        Self::UltimateParent,
        Self::Dimension(Dimension::Origin),
        Self::Dimension(Dimension::Control),
        Self::Dimension(Dimension::LineageOrigin),
        Self::Dimension(Dimension::Host),
        Self::Dimension(Dimension::HostOrigin),
        Self::Dimension(Dimension::Region),
        Self::Dimension(Dimension::Hardware),
        Self::Dimension(Dimension::Model),
    ];

    /// The word of reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dimension(dimension) => dimension.as_str(),
            Self::UltimateParent => "ultimate_parent",
        }
    }
}

/// How many suppliers there seem to be, and how many there are in effect.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diversity {
    /// Distinct hosts of primaries, the company itself included: the suppliers that a buyer sees.
    pub n_contracts: usize,
    /// Effective number by layer, in the documented order; empty where the weights sum to 0.
    pub effective_number: Vec<(Layer, f64)>,
    /// The layer with the smallest effective number (ties: the first).
    pub binding: Option<(Layer, f64)>,
}

/// Effective numbers closer than this tie: they are sums of the same shares in another order.
const TIE: f64 = 1e-9;

impl Diversity {
    /// Effective number of a layer; `None` where the weights sum to 0.
    #[must_use]
    pub fn of(&self, layer: Layer) -> Option<f64> {
        self.effective_number.iter().find(|(known, _)| *known == layer).map(|(_, number)| *number)
    }
}

impl ExposureSetting<'_> {
    /// Apparent against effective diversity of the given cells, by one weight.
    #[must_use]
    pub fn diversity(&self, plan: &Plan, cells: Range<CellIdx>, weight: Weight) -> Diversity {
        let primaries = plan.allocation[cells.clone()].iter().flatten().filter(|(_, share)| *share > 0.0);
        let hosts: BTreeSet<_> = primaries.map(|(offer, _)| self.instance.offers[*offer].host).collect();
        let pairs = self.pair_shares(plan, cells, weight).unwrap_or_default();
        let effective_number: Vec<(Layer, f64)> = Layer::ALL
            .into_iter()
            .filter_map(|layer| Some((layer, self.number_in(&pairs, layer)?)))
            .collect();
        let smaller =
            |best: (Layer, f64), next: (Layer, f64)| if next.1 < best.1 - TIE { next } else { best };
        let binding = effective_number.iter().copied().reduce(smaller);
        Diversity { n_contracts: hosts.len(), effective_number, binding }
    }

    fn number_in(&self, pairs: &[PairShare], layer: Layer) -> Option<f64> {
        let shares = shares_by_key(pairs, |offer| self.layer_keys(layer, offer));
        effective_number(&shares.into_values().collect::<Vec<f64>>())
    }

    fn layer_keys(&self, layer: Layer, offer: OfferIdx) -> Vec<String> {
        match layer {
            Layer::Dimension(dimension) => self.dimensions.keys(dimension, offer),
            Layer::UltimateParent => {
                let top = self.instance.suppliers[self.instance.developer_of(offer)].top;
                vec![self.instance.suppliers[top].supplier.id.clone()]
            }
        }
    }
}
