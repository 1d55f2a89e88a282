//! Dependencies along all needs: the providers of offers, and the offers that depend on nodes.

use std::collections::BTreeSet;

use petgraph::Direction;

use super::supply::{Node, SupplyGraph};
use crate::model::instance::OfferIdx;

impl SupplyGraph {
    /// Every provider of the offers, through any tier and for any need, updates included; not the offers themselves.
    #[must_use]
    pub fn providers(&self, offers: impl IntoIterator<Item = OfferIdx>) -> BTreeSet<Node> {
        let mut open: Vec<_> = offers.into_iter().filter_map(|offer| self.find(Node::Offer(offer))).collect();
        let mut found = BTreeSet::new();
        while let Some(node) = open.pop() {
            for &provider in self.needs(node).iter().flat_map(|need| &need.providers) {
                if found.insert(self.graph[provider]) {
                    open.push(provider);
                }
            }
        }
        found
    }

    /// Every offer that depends on some of the nodes, through any tier and for any need, alternatives and updates included.
    #[must_use]
    pub fn dependents(&self, nodes: impl IntoIterator<Item = Node>) -> BTreeSet<OfferIdx> {
        let mut open: Vec<_> = nodes.into_iter().filter_map(|node| self.find(node)).collect();
        let mut seen: BTreeSet<_> = open.iter().copied().collect();
        let mut offers = BTreeSet::new();
        while let Some(node) = open.pop() {
            if let Node::Offer(offer) = self.graph[node] {
                offers.insert(offer);
            }
            let consumers = self.graph.neighbors_directed(node, Direction::Incoming);
            open.extend(consumers.filter(|consumer| seen.insert(*consumer)));
        }
        offers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::example::Example;
    use crate::model::words::Openness;

    #[test]
    fn an_offer_depends_on_every_tier_and_on_alternatives() {
        let mut example = Example::new();
        example
            .supplier("lab", "FR", &[])
            .supplier("cloud", "DE", &[])
            .supplier("fab", "CN", &[])
            .supplier("other", "US", &[])
            .model("open", "lab", Openness::OpenWeights, None)
            .hardware("wafer", "fab", &[])
            .hardware("chip", "lab", &[(&["wafer", "other"], 10.0)]);
        example.offer("open", "cloud", "DE", &["chip"]);
        let instance = example.instance();
        let graph = SupplyGraph::new(&instance);
        let supplier = |id| Node::Supplier(instance.supplier_idx(id).unwrap());
        let hardware = |id| Node::Hardware(instance.hardware_idx(id).unwrap());
        let site =
            Node::HostSite(instance.supplier_idx("cloud").unwrap(), instance.jurisdiction_idx("DE").unwrap());
        let expected = [
            supplier("lab"),
            supplier("cloud"),
            supplier("fab"),
            supplier("other"),
            hardware("wafer"),
            hardware("chip"),
            site,
        ];
        assert_eq!(graph.providers([0]), BTreeSet::from(expected));
        assert_eq!(graph.providers([]), BTreeSet::new());
    }
}
