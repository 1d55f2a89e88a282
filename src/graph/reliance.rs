//! The single nodes that a node relies on: dominators in a graph where every need must be met by one of its alternatives.
//!
//! Ordinary dominators assume that a node needs *one* of its providers. Here a consumer needs one alternative for each of
//! its needs, so it relies on a node if every alternative of some need does:
//! reliance(n) = {n} ∪ ⋃ over needs ⋂ over alternatives of reliance(alternative). The graph has no cycles, so one pass
//! is enough (methodology/exposure.md).

use std::collections::BTreeMap;

use petgraph::graph::NodeIndex;

use super::supply::{NeedKind, Node, SupplyGraph};
use crate::model::instance::OfferIdx;

/// Nodes each of which brings a node down by stopping on day 0 for good, with the days until it is down.
pub type Reliance = BTreeMap<Node, f64>;

impl SupplyGraph {
    /// Reliances of `offers`, in that order, without the offer itself. Needs for updates do not count.
    #[must_use]
    pub fn reliances(&self, offers: &[OfferIdx]) -> Vec<Reliance> {
        let mut known: Vec<Option<Reliance>> = vec![None; self.graph.node_count()];
        let wanted = self.below(offers);
        for &idx in self.providers_first().iter().filter(|idx| wanted[idx.index()]) {
            known[idx.index()] = Some(self.reliance(idx, &known));
        }
        let of = |&offer: &OfferIdx| {
            let idx = self.find(Node::Offer(offer));
            let mut own = idx.and_then(|idx| known[idx.index()].clone()).unwrap_or_default();
            own.remove(&Node::Offer(offer));
            own
        };
        offers.iter().map(of).collect()
    }

    /// `[n_nodes]`: whether a node is one of the offers or a provider of them in any tier.
    pub(super) fn below(&self, offers: &[OfferIdx]) -> Vec<bool> {
        let mut wanted = vec![false; self.graph.node_count()];
        let mut open: Vec<NodeIndex> = offers.iter().filter_map(|&o| self.find(Node::Offer(o))).collect();
        while let Some(idx) = open.pop() {
            if !std::mem::replace(&mut wanted[idx.index()], true) {
                open.extend(self.needs(idx).iter().flat_map(|need| need.providers.iter().copied()));
            }
        }
        wanted
    }

    fn reliance(&self, idx: NodeIndex, known: &[Option<Reliance>]) -> Reliance {
        let mut own = Reliance::from([(self.graph[idx], 0.0)]);
        for need in self.needs(idx).iter().filter(|need| need.kind != NeedKind::Updates) {
            let alternatives: Vec<&Reliance> =
                need.providers.iter().filter_map(|p| known[p.index()].as_ref()).collect();
            for (node, days) in shared(&alternatives) {
                let days = days + need.buffer_days;
                own.entry(node).and_modify(|known| *known = known.min(days)).or_insert(days);
            }
        }
        own
    }
}

/// Nodes that all reliances have in common, with the days until the last of the relying nodes is down; empty without
/// reliances.
#[must_use]
pub fn shared(all: &[&Reliance]) -> Reliance {
    let Some((first, rest)) = all.split_first() else {
        return Reliance::new();
    };
    let days = |(node, days): (&Node, &f64)| {
        let latest = rest.iter().try_fold(*days, |latest, other| Some(latest.max(*other.get(node)?)));
        latest.map(|latest| (*node, latest))
    };
    first.iter().filter_map(days).collect()
}
