//! Onsets: the days from which a permanent stop on day 0 affects each offer.

use std::collections::BTreeMap;

use crate::graph::down::Down;
use crate::graph::outage::Outage;
use crate::model::instance::OfferIdx;

/// Days from which an offer is down, closed to new activations, and stale; infinite: never.
pub(super) type OfferOnsets = [f64; 3];

pub(super) const UNTOUCHED: OfferOnsets = [f64::INFINITY; 3];

/// `[n_stop_classes]`: onsets shared by the offers of each stop class.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Onsets(Vec<OfferOnsets>);

impl Onsets {
    /// Reads the onsets of an outage of nodes that stop on day 0, without notice and for good; `stop_classes`:
    /// `[n_offers]`.
    pub(super) fn new(outage: &Outage, stop_classes: &[u32]) -> Self {
        let n_stop_classes = stop_classes.iter().max().map_or(0, |b| *b as usize + 1);
        let mut onsets = vec![UNTOUCHED; n_stop_classes];
        for (what, times) in [&outage.down, &outage.no_new, &outage.stale].into_iter().enumerate() {
            for (&offer, times) in times {
                onsets[stop_classes[offer] as usize][what] = times.first().map_or(f64::INFINITY, |d| d.start);
            }
        }
        Self(onsets)
    }

    /// The earlier of two onsets, per stop class and effect.
    pub(super) fn sooner(&self, other: &Self) -> Self {
        let sooner = |(a, b): (&OfferOnsets, &OfferOnsets)| [a[0].min(b[0]), a[1].min(b[1]), a[2].min(b[2])];
        Self(self.0.iter().zip(&other.0).map(sooner).collect())
    }

    pub(super) fn at(&self, stop_class: u32) -> OfferOnsets {
        self.0[stop_class as usize]
    }
}

/// The outage with these onsets. The stop was not announced, so the warning is the buffer, which equals the onset.
pub(super) fn outage_of(onsets: impl Iterator<Item = (OfferIdx, OfferOnsets)>) -> Outage {
    let mut outage = Outage::default();
    for (offer, onset) in onsets {
        let put = |times: &mut BTreeMap<OfferIdx, Vec<Down>>, start: f64| {
            if start.is_finite() {
                times.insert(offer, vec![Down { start, end: f64::INFINITY, warning: start }]);
            }
        };
        put(&mut outage.down, onset[0]);
        put(&mut outage.no_new, onset[1]);
        put(&mut outage.stale, onset[2]);
    }
    outage
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::supply::{Node, SupplyGraph};
    use crate::model::example::Example;
    use crate::model::words::Openness;
    use crate::service::disruption::Disruption;

    /// A hosted closed model, and an open one on chips with a buffer: the onsets of an outage give the outage back.
    #[test]
    fn an_outage_from_day_0_is_determined_by_its_onsets() {
        let mut example = Example::new();
        example.supplier("lab", "US", &[]).supplier("cloud", "DE", &[]).supplier("fab", "US", &[]);
        example.model("closed", "lab", Openness::Closed, None).model(
            "open",
            "lab",
            Openness::OpenWeights,
            None,
        );
        example.hardware("chip", "fab", &[]);
        example.offer("closed", "cloud", "DE", &[]);
        example.offer("open", "cloud", "FR", &["chip"]);
        let instance = example.instance();
        let graph = SupplyGraph::new(&instance);
        let stop_classes = graph.stop_classes(None, instance.offers.len());
        for stopped in [&["lab"][..], &["cloud"], &["fab"], &["lab", "fab"]] {
            let nodes: Vec<Node> =
                stopped.iter().map(|id| Node::Supplier(instance.supplier_idx(id).unwrap())).collect();
            let outage = Disruption::of_nodes(&graph, &nodes, 1000.0).outage;
            let onsets = Onsets::new(&outage, &stop_classes);
            let back = outage_of((0..stop_classes.len()).map(|o| (o, onsets.at(stop_classes[o]))));
            assert_eq!((back.down, back.no_new), (outage.down, outage.no_new), "{stopped:?}");
            assert_eq!(back.stale, outage.stale, "{stopped:?}");
        }
    }
}
