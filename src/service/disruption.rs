//! The disruption of one trial or scenario: occurrences of shocks, and the outage they cause in the supply graph.

use crate::graph::down::Down;
use crate::graph::outage::{HardwareCut, NodeStop, Outage, OutageByTimes};
use crate::graph::supply::{Node, SupplyGraph};
use crate::model::instance::SupplierIdx;
use crate::shocks::effect::Stop;
use crate::shocks::resolve::ResolvedShock;

/// One occurrence of a shock.
#[derive(Debug, Clone, PartialEq)]
pub struct Occurrence {
    /// Index into the study's resolved shocks.
    pub shock: usize,
    /// Days from the start of the horizon to the onset.
    pub start: f64,
    /// Days; may lie beyond the horizon.
    pub end: f64,
    /// Affected developers that cannot comply selectively, ascending.
    pub collateral: Vec<SupplierIdx>,
    /// Affected developers that withdraw, ascending.
    pub withdrawn: Vec<SupplierIdx>,
    /// Event family: index, in the disruption's list, of the occurrence that began it.
    pub family: usize,
}

impl Occurrence {
    /// An occurrence from day 0 without end, with no developer drawn.
    #[must_use]
    pub fn endless(shock: usize) -> Self {
        Self {
            shock,
            start: 0.0,
            end: f64::INFINITY,
            collateral: Vec::new(),
            withdrawn: Vec::new(),
            family: 0,
        }
    }
}

/// Occurrences, with the outage they cause in the supply graph.
#[derive(Debug, Clone)]
pub struct Disruption<'a> {
    pub shocks: &'a [ResolvedShock],
    pub occurrences: &'a [Occurrence],
    pub outage: Outage,
    /// The same outage.
    pub outage_by_times: OutageByTimes,
    pub horizon_days: f64,
}

impl<'a> Disruption<'a> {
    /// Evaluates the supply graph under all occurrences.
    #[must_use]
    pub fn new(
        graph: &SupplyGraph,
        shocks: &'a [ResolvedShock],
        occurrences: &'a [Occurrence],
        horizon_days: f64,
    ) -> Self {
        let mut stops = Vec::new();
        let mut cuts = Vec::new();
        for occurrence in occurrences {
            let shock = &shocks[occurrence.shock];
            let down =
                Down { start: occurrence.start, end: occurrence.end, warning: shock.shock.notice_days };
            stops.extend(shock.stops.iter().map(|&stop| NodeStop { node: node_of(stop), down }));
            cuts.extend(shock.cuts.iter().map(|c| HardwareCut {
                hardware: &c.hardware,
                offers: &c.offers,
                down,
            }));
        }
        Self { shocks, occurrences, ..Self::of_outage(graph.evaluate(&stops, &cuts), horizon_days) }
    }

    /// An outage without shocks.
    #[must_use]
    pub fn of_outage(outage: Outage, horizon_days: f64) -> Self {
        let outage_by_times = outage.by_times();
        Self { shocks: &[], occurrences: &[], outage, outage_by_times, horizon_days }
    }

    /// The failure of `nodes` on day 0, without notice and without end (methodology/exposure.md).
    #[must_use]
    pub fn of_nodes(graph: &SupplyGraph, nodes: &[Node], horizon_days: f64) -> Self {
        let down = Down { start: 0.0, end: f64::INFINITY, warning: 0.0 };
        let stops: Vec<NodeStop> = nodes.iter().map(|&node| NodeStop { node, down }).collect();
        Self::of_outage(graph.evaluate(&stops, &[]), horizon_days)
    }
}

/// The node of the supply graph that a stop refers to.
#[must_use]
pub fn node_of(stop: Stop) -> Node {
    match stop {
        Stop::Supplier(s) => Node::Supplier(s),
        Stop::HostSite(s, j) => Node::HostSite(s, j),
        Stop::Hardware(h) => Node::Hardware(h),
    }
}
