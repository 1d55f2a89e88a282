//! Single points of failure of offers and their updates: two offers without a common one do not fail together when one node
//! stops.

use super::supply::{Node, SupplyGraph};
use crate::model::instance::{Instance, OfferIdx, SupplierIdx};

const WORD_BITS: usize = 64;

/// A set of nodes of the supply graph, offers excepted, one bit each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeSet(Vec<u64>);

impl NodeSet {
    fn empty(n_nodes: usize) -> Self {
        Self(vec![0; n_nodes.div_ceil(WORD_BITS)])
    }

    fn insert(&mut self, node: usize) {
        self.0[node / WORD_BITS] |= 1 << (node % WORD_BITS);
    }

    /// Adds every node of `other`.
    pub fn extend(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    fn intersect(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
    }

    /// Whether some node is in both.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }
}

/// The single points of every offer (methodology/exposure.md).
#[derive(Debug, Clone)]
pub struct SinglePoints {
    /// `[n_offers]`: developers of the model and its bases, the host, all their parents, and the host site.
    pub services: Vec<NodeSet>,
    /// `[n_offers]`: `services`, and every node in any tier that brings the offer down or makes it stale by stopping.
    pub all: Vec<NodeSet>,
}

impl SinglePoints {
    /// Finds them in one pass, providers first: points(v) = {v} ∪ ⋃ over needs of ⋂ over alternatives of
    /// points(alternative). A supplier's parents count as nodes that stop it.
    #[must_use]
    pub fn new(instance: &Instance, graph: &SupplyGraph) -> Self {
        let bits = NodeBits::new(graph);
        let services: Vec<NodeSet> =
            (0..instance.offers.len()).map(|offer| services(instance, graph, &bits, offer)).collect();
        let mut all = services.clone();
        let mut points = vec![NodeSet::empty(bits.n); graph.graph.node_count()];
        for &node in graph.providers_first() {
            let mut own = match graph.graph[node] {
                Node::Offer(offer) => services[offer].clone(),
                provider => bits.stoppers(instance, graph, provider),
            };
            for need in graph.needs(node) {
                let mut alternatives = need.providers.iter().map(|p| &points[p.index()]);
                if let Some(mut common) = alternatives.next().cloned() {
                    alternatives.for_each(|other| common.intersect(other));
                    own.extend(&common);
                }
            }
            if let Node::Offer(offer) = graph.graph[node] {
                all[offer].clone_from(&own);
            }
            points[node.index()] = own;
        }
        Self { services, all }
    }
}

/// The bit of each node that is not an offer.
struct NodeBits {
    /// `[n_nodes]`, by node index.
    by_node: Vec<usize>,
    n: usize,
}

impl NodeBits {
    fn new(graph: &SupplyGraph) -> Self {
        let mut bits = Self { by_node: vec![usize::MAX; graph.graph.node_count()], n: 0 };
        for node in graph.graph.node_indices() {
            if !matches!(graph.graph[node], Node::Offer(_)) {
                bits.by_node[node.index()] = bits.n;
                bits.n += 1;
            }
        }
        bits
    }

    fn add(&self, set: &mut NodeSet, graph: &SupplyGraph, node: Node) {
        if let Some(node) = graph.find(node) {
            set.insert(self.by_node[node.index()]);
        }
    }

    /// The node itself, and a supplier's parents.
    fn stoppers(&self, instance: &Instance, graph: &SupplyGraph, node: Node) -> NodeSet {
        let mut set = NodeSet::empty(self.n);
        self.add(&mut set, graph, node);
        if let Node::Supplier(supplier) = node {
            self.add_controllers(&mut set, instance, graph, supplier);
        }
        set
    }

    fn add_controllers(&self, set: &mut NodeSet, instance: &Instance, graph: &SupplyGraph, of: SupplierIdx) {
        for &controller in &instance.suppliers[of].controllers {
            self.add(set, graph, Node::Supplier(controller));
        }
    }
}

fn services(instance: &Instance, graph: &SupplyGraph, bits: &NodeBits, offer: OfferIdx) -> NodeSet {
    let mut set = NodeSet::empty(bits.n);
    for &model in &instance.model_of(offer).lineage {
        bits.add_controllers(&mut set, instance, graph, instance.models[model].developer);
    }
    let o = &instance.offers[offer];
    if let Some(host) = o.host {
        bits.add_controllers(&mut set, instance, graph, host);
        bits.add(&mut set, graph, Node::HostSite(host, o.region));
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::example::Example;
    use crate::model::words::Openness;

    /// Three hosts on two chips: `red` of `red_maker`, `blue` of `blue_maker`, both with wafers of `fab`. Offer `a` runs
    /// on red, `b` on blue, `c` on red or blue. Red by itself stops a and not c; the fab stops all three.
    fn example() -> Example {
        let mut example = Example::new();
        for supplier in ["lab_a", "lab_b", "lab_c", "fab", "red_maker", "blue_maker", "ha", "hb", "hc"] {
            example.supplier(supplier, "US", &[]);
        }
        example.hardware("wafer", "fab", &[]).hardware("red", "red_maker", &[(&["wafer"], 30.0)]).hardware(
            "blue",
            "blue_maker",
            &[(&["wafer"], 30.0)],
        );
        let all = [("a", &["red"][..]), ("b", &["blue"]), ("c", &["red", "blue"])];
        for (name, chips) in all {
            example.model(name, &format!("lab_{name}"), Openness::Closed, None);
            example.offer(name, &format!("h{name}"), "DE", chips);
        }
        example
    }

    fn stopped_by(example: &Example, id: &str) -> Vec<usize> {
        let instance = example.instance();
        let graph = SupplyGraph::new(&instance);
        let points = SinglePoints::new(&instance, &graph);
        let bits = NodeBits::new(&graph);
        let node = instance.supplier_idx(id).map(Node::Supplier);
        let node = node.unwrap_or_else(|| Node::Hardware(instance.hardware_idx(id).unwrap()));
        let stoppers = {
            let mut set = NodeSet::empty(bits.n);
            bits.add(&mut set, &graph, node);
            set
        };
        (0..instance.offers.len()).filter(|&offer| points.all[offer].meets(&stoppers)).collect()
    }

    #[test]
    fn a_node_counts_if_every_alternative_needs_it() {
        let example = example();
        for (node, offers) in [
            ("red", vec![0]),
            ("red_maker", vec![0]),
            ("blue_maker", vec![1]),
            ("wafer", vec![0, 1, 2]),
            ("fab", vec![0, 1, 2]),
            ("hb", vec![1]),
            ("lab_c", vec![2]),
        ] {
            assert_eq!(stopped_by(&example, node), offers, "{node}");
        }
    }

    /// `lab_a` belongs to `hc` through `middle`; c's model is derived from b's.
    #[test]
    fn parents_and_developers_of_bases_count() {
        let mut example = example();
        example.supplier("middle", "FR", &["hc"]);
        example.catalog.suppliers[0].parents = vec!["middle".to_owned()];
        example.catalog.models[2].base = Some("b".to_owned());
        assert_eq!(stopped_by(&example, "hc"), [0, 2]);
        assert_eq!(stopped_by(&example, "lab_b"), [1, 2]);
    }
}
