//! The supply graph (methodology/supply-graph.md): consumers, their needs, and how long they go on without them.

use std::collections::BTreeMap;

use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::model::instance::{HardwareIdx, Instance, JurisdictionIdx, OfferIdx, Provider, SupplierIdx};

/// A node of the supply graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    Supplier(SupplierIdx),
    HostSite(SupplierIdx, JurisdictionIdx),
    Hardware(HardwareIdx),
    Offer(OfferIdx),
}

/// The purpose for which a consumer needs a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NeedKind {
    /// Without it the offer is down.
    Service,
    /// Without it the offer is stale.
    Updates,
    /// Without it the offer is down at once.
    Hosting,
    /// Without it a hardware item, or an offer, is down after its buffer.
    Hardware,
}

/// An edge from a consumer to one alternative of a need.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Need {
    pub kind: NeedKind,
    /// Edges of one consumer with the same group are alternatives.
    pub group: u32,
    pub buffer_days: f64,
}

/// One need of a consumer with all its alternatives.
#[derive(Debug, Clone, PartialEq)]
pub struct NeedGroup {
    pub kind: NeedKind,
    pub buffer_days: f64,
    pub providers: Vec<NodeIndex>,
}

/// The supply graph of an instance.
#[derive(Debug, Clone)]
pub struct SupplyGraph {
    pub graph: DiGraph<Node, Need>,
    index: BTreeMap<Node, NodeIndex>,
    /// Every node, providers before consumers.
    order: Vec<NodeIndex>,
    /// `[n_nodes]`, by node index: index into `order`.
    place: Vec<usize>,
    /// `[n_nodes]`, by node index: the node's needs.
    needs: Vec<Vec<NeedGroup>>,
}

impl SupplyGraph {
    /// Builds the graph of every offer of the instance.
    ///
    /// # Panics
    /// When hardware needs form a cycle, which input checks exclude.
    #[must_use]
    pub fn new(instance: &Instance) -> Self {
        Self::of_offers(instance, 0..instance.offers.len())
    }

    /// Builds the graph of some offers; otherwise like [`SupplyGraph::new`].
    #[must_use]
    pub fn of_offers(instance: &Instance, offers: impl IntoIterator<Item = OfferIdx>) -> Self {
        let mut builder = GraphBuilder::default();
        for supplier in 0..instance.suppliers.len() {
            builder.node(Node::Supplier(supplier));
        }
        for (idx, hardware) in instance.hardware.iter().enumerate() {
            let item = Node::Hardware(idx);
            builder.need(item, NeedKind::Hardware, 0.0, &[Node::Supplier(hardware.vendor)]);
            for need in &hardware.needs {
                let alternatives: Vec<Node> = need
                    .any_of
                    .iter()
                    .map(|provider| match *provider {
                        Provider::Hardware(h) => Node::Hardware(h),
                        Provider::Supplier(s) => Node::Supplier(s),
                    })
                    .collect();
                builder.need(item, NeedKind::Hardware, need.buffer_days, &alternatives);
            }
        }
        for offer in offers {
            add_offer(&mut builder, instance, offer);
        }
        builder.finish()
    }

    /// Index of a node; `None` when it is not in the graph.
    #[must_use]
    pub fn find(&self, node: Node) -> Option<NodeIndex> {
        self.index.get(&node).copied()
    }

    /// Every node, providers before consumers.
    #[must_use]
    pub fn providers_first(&self) -> &[NodeIndex] {
        &self.order
    }

    /// The node's index in [`Self::providers_first`].
    #[must_use]
    pub fn place(&self, node: NodeIndex) -> usize {
        self.place[node.index()]
    }

    /// The needs of a node.
    #[must_use]
    pub fn needs(&self, node: NodeIndex) -> &[NeedGroup] {
        &self.needs[node.index()]
    }
}

fn add_offer(builder: &mut GraphBuilder, instance: &Instance, offer: OfferIdx) {
    let node = Node::Offer(offer);
    let o = &instance.offers[offer];
    let model = instance.model_of(offer);
    if instance.is_closed(offer) {
        builder.need(node, NeedKind::Service, o.developer_buffer_days, &[Node::Supplier(model.developer)]);
    } else {
        let mut developers: Vec<SupplierIdx> =
            model.lineage.iter().map(|&m| instance.models[m].developer).collect();
        developers.sort_unstable();
        developers.dedup();
        for developer in developers {
            builder.need(node, NeedKind::Updates, 0.0, &[Node::Supplier(developer)]);
        }
    }
    if let Some(host) = o.host {
        builder.need(node, NeedKind::Hosting, 0.0, &[Node::Supplier(host)]);
        builder.need(node, NeedKind::Hosting, 0.0, &[Node::HostSite(host, o.region)]);
    }
    if !o.hardware.is_empty() {
        let alternatives: Vec<Node> = o.hardware.iter().map(|&h| Node::Hardware(h)).collect();
        builder.need(node, NeedKind::Hardware, o.hardware_buffer_days, &alternatives);
    }
}

#[derive(Default)]
struct GraphBuilder {
    graph: DiGraph<Node, Need>,
    index: BTreeMap<Node, NodeIndex>,
    n_groups: u32,
}

impl GraphBuilder {
    fn node(&mut self, node: Node) -> NodeIndex {
        *self.index.entry(node).or_insert_with(|| self.graph.add_node(node))
    }

    fn need(&mut self, consumer: Node, kind: NeedKind, buffer_days: f64, alternatives: &[Node]) {
        let consumer = self.node(consumer);
        let group = self.n_groups;
        self.n_groups += 1;
        for &alternative in alternatives {
            let provider = self.node(alternative);
            self.graph.add_edge(consumer, provider, Need { kind, group, buffer_days });
        }
    }

    fn finish(self) -> SupplyGraph {
        let mut order = toposort(&self.graph, None).expect("checked: hardware needs have no cycle");
        order.reverse();
        let mut place = vec![0; order.len()];
        for (at, node) in order.iter().enumerate() {
            place[node.index()] = at;
        }
        let needs = self.graph.node_indices().map(|node| grouped(&self.graph, node)).collect();
        SupplyGraph { graph: self.graph, index: self.index, order, place, needs }
    }
}

fn grouped(graph: &DiGraph<Node, Need>, node: NodeIndex) -> Vec<NeedGroup> {
    let mut groups: BTreeMap<u32, NeedGroup> = BTreeMap::new();
    for edge in graph.edges(node) {
        let need = edge.weight();
        groups
            .entry(need.group)
            .or_insert_with(|| NeedGroup {
                kind: need.kind,
                buffer_days: need.buffer_days,
                providers: Vec::new(),
            })
            .providers
            .push(edge.target());
    }
    groups.into_values().collect()
}
