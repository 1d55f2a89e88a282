//! Apparent and effective diversity: the number of contracts, and the effective number of suppliers by layer
//! (methodology/exposure.md).

use std::collections::BTreeSet;
use std::ops::Range;

use super::shares::{ExposureSetting, PairShare, shares_by_key};
use crate::measures::concentration::effective_number;
use crate::model::instance::{CellIdx, OfferIdx};
use crate::model::limit::{Dimension, Weight};
use crate::model::plan::Plan;

/// A layer of supply by which suppliers are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    Dimension(Dimension),
    /// The company at the top of the developer's chain of first parents; the dimension `control` counts only its
    /// country.
    UltimateParent,
}

impl Layer {
    /// Every layer, in the documented order: all dimensions except `openness`, which is a kind of license, and `reach`,
    /// whose keys overlap.
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

    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dimension(dimension) => dimension.as_str(),
            Self::UltimateParent => "ultimate_parent",
        }
    }
}

/// Apparent and effective number of suppliers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diversity {
    /// Distinct hosts of primaries, including the company itself: the suppliers that a buyer sees.
    pub n_contracts: usize,
    /// Effective number by layer, in the documented order; empty where the weights sum to 0.
    pub effective_number: Vec<(Layer, f64)>,
    /// The layer with the smallest effective number (ties: the first).
    pub binding: Option<(Layer, f64)>,
}

/// Effective numbers closer than this tie, because sums of equal shares may differ by rounding.
const TIE: f64 = 1e-9;

impl Diversity {
    /// Effective number of a layer; `None` where the weights sum to 0.
    #[must_use]
    pub fn of(&self, layer: Layer) -> Option<f64> {
        self.effective_number.iter().find(|(known, _)| *known == layer).map(|(_, number)| *number)
    }
}

impl ExposureSetting<'_> {
    /// Apparent and effective diversity of the given cells, by one weight.
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
