//! The graph of everything that a plan depends on: cells, offers, models, suppliers, sites, hardware, jurisdictions.
//!
//! The supply graph ([`crate::graph::supply`]) has only the needs that the evaluator uses. This graph adds the other
//! relations: cells and their offers, lineage of models, control of suppliers, and jurisdictions.

use std::collections::BTreeMap;

use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::supply::{NeedKind, Node, SupplyGraph};
use crate::model::instance::{
    CellIdx, HardwareIdx, Instance, JurisdictionIdx, ModelIdx, OfferIdx, SupplierIdx,
};
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;

/// A node of the portfolio's graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortfolioNode {
    Cell(CellIdx),
    Offer(OfferIdx),
    Model(ModelIdx),
    Supplier(SupplierIdx),
    HostSite(SupplierIdx, JurisdictionIdx),
    Hardware(HardwareIdx),
    Jurisdiction(JurisdictionIdx),
}

/// The relation of a node to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Link {
    /// Cell to offer: a share of its demand.
    Primary { share: f64 },
    /// Cell to offer: a standby and its cover.
    Standby { readiness: Readiness, cover: f64 },
    /// Offer to model.
    Runs,
    /// A need of the supply graph; links of one consumer with the same group are alternatives.
    Need { kind: NeedKind, group: usize, buffer_days: f64 },
    /// Model to developer.
    DevelopedBy,
    /// Model to the model that it was derived from.
    BasedOn,
    /// Supplier to parent.
    ControlledBy,
    /// Supplier, host site or hardware to its jurisdiction; country to its bloc.
    Under,
}

/// The graph of everything that a plan uses or keeps ready; edges lead from consumer to provider.
#[derive(Debug, Clone, Default)]
pub struct PortfolioGraph {
    graph: DiGraph<PortfolioNode, Link>,
    nodes: Vec<PortfolioNode>,
    index: BTreeMap<PortfolioNode, NodeIndex>,
}

impl PortfolioGraph {
    /// Follows every offer of the plan through all its needs, down to the last tier.
    #[must_use]
    pub fn new(instance: &Instance, supply: &SupplyGraph, plan: &Plan) -> Self {
        let mut own = Self::default();
        for (cell, shares) in plan.allocation.iter().enumerate() {
            for &(offer, share) in shares.iter().filter(|(_, share)| *share > 0.0) {
                own.link(PortfolioNode::Cell(cell), PortfolioNode::Offer(offer), Link::Primary { share });
            }
            for standby in plan.standby[instance.cells[cell].workload].iter().filter(|s| s.cover > 0.0) {
                let link = Link::Standby { readiness: standby.readiness, cover: standby.cover };
                own.link(PortfolioNode::Cell(cell), PortfolioNode::Offer(standby.offer), link);
            }
        }
        // New nodes are appended to the list and followed in turn.
        let mut at = 0;
        while let Some(&node) = own.nodes.get(at) {
            own.follow(instance, supply, node);
            at += 1;
        }
        own
    }

    /// Every node, in the order found.
    #[must_use]
    pub fn nodes(&self) -> &[PortfolioNode] {
        &self.nodes
    }

    /// Every link with the positions of consumer and provider among [`Self::nodes`], in the order found.
    pub fn links(&self) -> impl Iterator<Item = (usize, usize, Link)> + '_ {
        self.graph.edge_references().map(|e| (e.source().index(), e.target().index(), *e.weight()))
    }

    fn link(&mut self, from: PortfolioNode, to: PortfolioNode, link: Link) {
        let (from, to) = (self.node(from), self.node(to));
        self.graph.add_edge(from, to, link);
    }

    fn node(&mut self, node: PortfolioNode) -> NodeIndex {
        *self.index.entry(node).or_insert_with(|| {
            self.nodes.push(node);
            self.graph.add_node(node)
        })
    }

    fn follow(&mut self, instance: &Instance, supply: &SupplyGraph, node: PortfolioNode) {
        let supply_node = match node {
            PortfolioNode::Cell(_) => None,
            PortfolioNode::Offer(offer) => {
                self.link(node, PortfolioNode::Model(instance.offers[offer].model), Link::Runs);
                Some(Node::Offer(offer))
            }
            PortfolioNode::Model(model) => {
                self.link(node, PortfolioNode::Supplier(instance.models[model].developer), Link::DevelopedBy);
                if let Some(&base) = instance.models[model].lineage.get(1) {
                    self.link(node, PortfolioNode::Model(base), Link::BasedOn);
                }
                None
            }
            PortfolioNode::Supplier(supplier) => {
                let s = &instance.suppliers[supplier];
                for &parent in &s.parents {
                    self.link(node, PortfolioNode::Supplier(parent), Link::ControlledBy);
                }
                self.link(node, PortfolioNode::Jurisdiction(s.country), Link::Under);
                Some(Node::Supplier(supplier))
            }
            PortfolioNode::HostSite(host, region) => {
                self.link(node, PortfolioNode::Jurisdiction(region), Link::Under);
                Some(Node::HostSite(host, region))
            }
            PortfolioNode::Hardware(hardware) => {
                for controller in &instance.hardware[hardware].hardware.controlled_by {
                    if let Some(j) = instance.jurisdiction_idx(controller) {
                        self.link(node, PortfolioNode::Jurisdiction(j), Link::Under);
                    }
                }
                Some(Node::Hardware(hardware))
            }
            PortfolioNode::Jurisdiction(country) => {
                for (bloc, j) in instance.jurisdictions.iter().enumerate() {
                    if j.is_bloc && bloc != country && j.countries.contains(&country) {
                        self.link(node, PortfolioNode::Jurisdiction(bloc), Link::Under);
                    }
                }
                None
            }
        };
        if let Some(consumer) = supply_node.and_then(|n| supply.find(n)) {
            for (group, need) in supply.needs(consumer).iter().enumerate() {
                let link = Link::Need { kind: need.kind, group, buffer_days: need.buffer_days };
                for &provider in &need.providers {
                    if let Some(provider) = portfolio_node(supply.graph[provider]) {
                        self.link(node, provider, link);
                    }
                }
            }
        }
    }
}

fn portfolio_node(node: Node) -> Option<PortfolioNode> {
    match node {
        Node::Supplier(s) => Some(PortfolioNode::Supplier(s)),
        Node::HostSite(s, j) => Some(PortfolioNode::HostSite(s, j)),
        Node::Hardware(h) => Some(PortfolioNode::Hardware(h)),
        Node::Offer(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::example::{Example, standby};
    use crate::model::words::Openness;

    /// One cell in FR on `tuned`, derived from `open` of a lab that belongs to a US group, on a cloud in DE with chips.
    #[test]
    fn a_plan_is_followed_to_the_last_tier_with_its_relations() {
        let mut example = Example::new();
        example
            .supplier("group", "US", &[])
            .supplier("lab", "FR", &["group"])
            .supplier("cloud", "DE", &[])
            .supplier("fab", "CN", &[])
            .model("open", "lab", Openness::OpenWeights, None)
            .model("tuned", "cloud", Openness::OpenWeights, Some("open"))
            .hardware("chip", "fab", &[]);
        example.offer("tuned", "cloud", "DE", &["chip"]);
        example.offer("open", "lab", "FR", &[]);
        example.workload("w", &[("FR", 1.0)], &[("tuned@cloud:DE", 1.0)]).standby =
            vec![standby("open@lab:FR", Readiness::Warm, 0.5, 7.0)];
        let instance = example.instance();
        let supply = SupplyGraph::new(&instance);
        let found = PortfolioGraph::new(&instance, &supply, &Plan::current(&instance));
        let name = |node: PortfolioNode| match node {
            PortfolioNode::Cell(_) => "w/FR".to_owned(),
            PortfolioNode::Offer(o) => instance.offers[o].id.to_string(),
            PortfolioNode::Model(m) => instance.models[m].model.id.clone(),
            PortfolioNode::Supplier(s) => instance.suppliers[s].supplier.id.clone(),
            PortfolioNode::HostSite(s, j) => {
                format!("{}:{}", instance.suppliers[s].supplier.id, instance.jurisdictions[j].id)
            }
            PortfolioNode::Hardware(h) => instance.hardware[h].hardware.id.clone(),
            PortfolioNode::Jurisdiction(j) => instance.jurisdictions[j].id.clone(),
        };
        let word = |link: &Link| match link {
            Link::Primary { .. } => "primary",
            Link::Standby { .. } => "standby",
            Link::Runs => "runs",
            Link::Need { .. } => "needs",
            Link::DevelopedBy => "developed by",
            Link::BasedOn => "based on",
            Link::ControlledBy => "controlled by",
            Link::Under => "under",
        };
        let nodes = found.nodes();
        let mut links: Vec<String> = found
            .links()
            .map(|(from, to, link)| format!("{} {} {}", name(nodes[from]), word(&link), name(nodes[to])))
            .collect();
        links.sort();
        let expected = [
            "DE under EU",
            "FR under EU",
            "chip needs fab",
            "cloud under DE",
            "cloud:DE under DE",
            "fab under CN",
            "group under US",
            "lab controlled by group",
            "lab under FR",
            "lab:FR under FR",
            "open developed by lab",
            "open@lab:FR needs lab",
            "open@lab:FR needs lab",
            "open@lab:FR needs lab:FR",
            "open@lab:FR runs open",
            "tuned based on open",
            "tuned developed by cloud",
            "tuned@cloud:DE needs chip",
            "tuned@cloud:DE needs cloud",
            "tuned@cloud:DE needs cloud",
            "tuned@cloud:DE needs cloud:DE",
            "tuned@cloud:DE needs lab",
            "tuned@cloud:DE runs tuned",
            "w/FR primary tuned@cloud:DE",
            "w/FR standby open@lab:FR",
        ];
        assert_eq!(links, expected);
    }
}
