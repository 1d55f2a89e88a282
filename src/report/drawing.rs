//! The portfolio's own supply graph as a picture ([`svg`]) and in full as Graphviz text ([`dot`]).
//!
//! In the picture cells of a workload are one box, models stand in their offers, hosts in their sites, vendors in their
//! hardware. Colors are countries of ultimate control.

pub mod dot;
pub mod landscape;
mod layout;
mod paper;
pub mod replay;
pub mod svg;
pub mod tile_map;

use std::collections::BTreeMap;

use crate::exposure::chokepoints::Chokepoint;
use crate::exposure::node_losses::NodeFailure;
use crate::graph::portfolio::{Link, PortfolioGraph, PortfolioNode};
use crate::graph::supply::NeedKind;
use crate::model::instance::{Instance, SupplierIdx};

/// Headings of the columns, from what is bought to what it is made with.
pub const COLUMNS: [&str; 5] =
    ["Workloads", "Offers", "Developers and host sites", "Hardware", "What hardware is made with"];

/// A box of the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnBox {
    pub label: String,
    /// Index into [`COLUMNS`].
    pub column: usize,
    /// Country that controls it; `None` for a workload.
    pub country: Option<String>,
    /// Workloads that have no ready way without it.
    pub n_choked: usize,
}

/// An arrow from consumer to provider, by index of the boxes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrow {
    pub from: usize,
    pub to: usize,
    /// Share of the portfolio's value that runs along it.
    pub share: f64,
    pub is_standby: bool,
}

/// What is drawn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Picture {
    pub title: String,
    pub shapes: Vec<DrawnBox>,
    /// Ascending by ends, each pair of ends once.
    pub arrows: Vec<Arrow>,
}

/// What stands for a node in the picture, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum DrawnKey {
    Workload(usize),
    Node(PortfolioNode),
}

/// The picture of a portfolio's graph.
#[must_use]
pub fn picture(instance: &Instance, graph: &PortfolioGraph, chokepoints: &[Chokepoint]) -> Picture {
    let drawing = Drawing { instance, graph, chokepoints };
    let arrows = drawing.arrows();
    let mut keys: Vec<DrawnKey> = arrows.keys().flat_map(|&(from, to)| [from, to]).collect();
    keys.sort_unstable();
    keys.dedup();
    let place = |key: DrawnKey| keys.partition_point(|k| *k < key);
    Picture {
        title: format!("{}: what it stands on", instance.portfolio.name),
        shapes: keys.iter().map(|&key| drawing.shape(key)).collect(),
        arrows: arrows
            .iter()
            .map(|(&(from, to), &(share, is_standby))| Arrow {
                from: place(from),
                to: place(to),
                share,
                is_standby,
            })
            .collect(),
    }
}

struct Drawing<'a> {
    instance: &'a Instance,
    graph: &'a PortfolioGraph,
    chokepoints: &'a [Chokepoint],
}

/// Share of value, and whether only standbys run along it, by ends.
type Arrows = BTreeMap<(DrawnKey, DrawnKey), (f64, bool)>;

impl Drawing<'_> {
    fn arrows(&self) -> Arrows {
        let nodes = self.graph.nodes();
        let mut arrows = Arrows::new();
        let mut value_by_offer: BTreeMap<PortfolioNode, f64> = BTreeMap::new();
        let total = self.instance.value_usd_per_day();
        for (from, to, link) in self.graph.links() {
            let PortfolioNode::Cell(cell) = nodes[from] else { continue };
            let c = &self.instance.cells[cell];
            let share = match link {
                Link::Primary { share } if total > 0.0 => share * c.value_usd_per_day / total,
                _ => 0.0,
            };
            let is_standby = matches!(link, Link::Standby { .. });
            *value_by_offer.entry(nodes[to]).or_default() += share;
            add(&mut arrows, (DrawnKey::Workload(c.workload), DrawnKey::Node(nodes[to])), share, is_standby);
        }
        for (from, to, link) in self.graph.links() {
            let share = value_by_offer.get(&nodes[from]).copied().unwrap_or(0.0);
            if let Some(ends) = self.drawn(nodes[from], nodes[to], link) {
                add(&mut arrows, ends, share, false);
            }
        }
        self.add_hardware_of_sites(&mut arrows, &value_by_offer);
        arrows
    }

    /// Ends of a link below the workloads, as far as the picture shows it.
    fn drawn(&self, from: PortfolioNode, to: PortfolioNode, link: Link) -> Option<(DrawnKey, DrawnKey)> {
        let ends = match (from, to, link) {
            (PortfolioNode::Offer(_), PortfolioNode::Model(model), Link::Runs) => {
                let developer = self.instance.models[model].developer;
                (from, PortfolioNode::Supplier(developer))
            }
            (PortfolioNode::Offer(_), PortfolioNode::HostSite(..), _)
            | (PortfolioNode::Hardware(_), PortfolioNode::Hardware(_), _) => (from, to),
            (
                PortfolioNode::Offer(_),
                PortfolioNode::Supplier(_),
                Link::Need { kind: NeedKind::Updates, .. },
            ) => (from, to),
            _ => return None,
        };
        Some((DrawnKey::Node(ends.0), DrawnKey::Node(ends.1)))
    }

    /// Chips are those of a site, else of the offer on the company's own machines.
    fn add_hardware_of_sites(&self, arrows: &mut Arrows, value: &BTreeMap<PortfolioNode, f64>) {
        let nodes = self.graph.nodes();
        for (from, to, _) in self.graph.links() {
            let (PortfolioNode::Offer(offer), PortfolioNode::Hardware(_)) = (nodes[from], nodes[to]) else {
                continue;
            };
            let o = &self.instance.offers[offer];
            let owner = o.host.map_or(nodes[from], |host| PortfolioNode::HostSite(host, o.region));
            let share = value.get(&nodes[from]).copied().unwrap_or(0.0);
            add(arrows, (DrawnKey::Node(owner), DrawnKey::Node(nodes[to])), share, false);
        }
    }

    fn shape(&self, key: DrawnKey) -> DrawnBox {
        let DrawnKey::Node(node) = key else {
            let DrawnKey::Workload(workload) = key else { unreachable!("the other kind of key") };
            let label = self.instance.workloads[workload].workload.id.clone();
            return DrawnBox { label, column: 0, country: None, n_choked: 0 };
        };
        let (column, controller, lost) = match node {
            PortfolioNode::Supplier(s) => (2, s, Some(NodeFailure::Supplier(s))),
            PortfolioNode::HostSite(s, j) => (2, s, Some(NodeFailure::HostSite(s, j))),
            PortfolioNode::Hardware(h) => {
                let column = if self.is_run_on(node) { 3 } else { 4 };
                (column, self.instance.hardware[h].vendor, Some(NodeFailure::Hardware(h)))
            }
            PortfolioNode::Offer(o) => (1, self.instance.model_of(o).developer, None),
            _ => unreachable!("cells, models and jurisdictions are not drawn"),
        };
        let choked = self.chokepoints.iter().filter(|c| Some(c.node) == lost);
        DrawnBox {
            label: label(self.instance, node),
            column,
            country: Some(self.control(controller)),
            n_choked: choked.count(),
        }
    }

    fn is_run_on(&self, hardware: PortfolioNode) -> bool {
        let nodes = self.graph.nodes();
        self.graph
            .links()
            .any(|(from, to, _)| nodes[to] == hardware && matches!(nodes[from], PortfolioNode::Offer(_)))
    }

    fn control(&self, supplier: SupplierIdx) -> String {
        let top = self.instance.suppliers[supplier].top;
        self.instance.jurisdictions[self.instance.suppliers[top].country].id.clone()
    }
}

fn add(arrows: &mut Arrows, ends: (DrawnKey, DrawnKey), share: f64, is_standby: bool) {
    let arrow = arrows.entry(ends).or_insert((0.0, true));
    arrow.0 += share;
    arrow.1 &= is_standby;
}

/// What a node is called in reports.
fn label(instance: &Instance, node: PortfolioNode) -> String {
    match node {
        PortfolioNode::Cell(cell) => {
            let users = &instance.jurisdictions[instance.cells[cell].users].id;
            format!("{}/{users}", instance.workload_of(cell).id)
        }
        PortfolioNode::Offer(o) => instance.offers[o].id.to_string(),
        PortfolioNode::Model(m) => instance.models[m].model.id.clone(),
        PortfolioNode::Supplier(s) => instance.suppliers[s].supplier.id.clone(),
        PortfolioNode::HostSite(s, j) => NodeFailure::HostSite(s, j).id(instance),
        PortfolioNode::Hardware(h) => instance.hardware[h].hardware.id.clone(),
        PortfolioNode::Jurisdiction(j) => instance.jurisdictions[j].id.clone(),
    }
}
