//! Minimum cuts: the fewest suppliers, or countries, whose failure leaves a workload without a ready path.

use rayon::prelude::*;

use super::chokepoints::ready_offers;
use super::node_losses::NodeFailure;
use crate::graph::cuts::MinimumCuts;
use crate::graph::supply::Node;
use crate::model::instance::{OfferIdx, WorkloadIdx};
use crate::model::limit::NodeKind;
use crate::model::plan::Plan;
use crate::service::setting::Setting;

/// Kinds of node whose cuts are reported, in the order of reports; of jurisdictions only countries.
pub const CUT_KINDS: [NodeKind; 2] = [NodeKind::Supplier, NodeKind::Jurisdiction];

/// The minimum cuts of a workload by nodes of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkloadCut {
    pub workload: WorkloadIdx,
    pub kind: NodeKind,
    /// Every smallest cut, its nodes in order; empty when no cut up to the largest size searched stops the workload
    /// within the horizon.
    pub cuts: Vec<Vec<NodeFailure>>,
    /// Days until the first cut brings the last ready path down; `None` without a cut.
    pub days: Option<f64>,
}

impl WorkloadCut {
    /// Number of nodes that must fail; `None` without a cut.
    #[must_use]
    pub fn size(&self) -> Option<usize> {
        self.cuts.first().map(Vec::len)
    }
}

/// Minimum cuts of every workload, sorted by workload and kind: sets of suppliers, or of countries, that bring every
/// primary and every eligible standby down before the horizon.
#[must_use]
pub fn minimum_cuts(setting: &Setting<'_>, plan: &Plan) -> Vec<WorkloadCut> {
    let instance = setting.instance;
    let ready = ready_offers(setting, plan);
    let of_kind = |kind: NodeKind| -> (NodeKind, Vec<NodeFailure>, Vec<Vec<Node>>) {
        let mut nodes = NodeFailure::every(instance, kind);
        nodes.retain(
            |node| !matches!(node, NodeFailure::Jurisdiction(j) if instance.jurisdictions[*j].is_bloc),
        );
        let stops = nodes.iter().map(|node| node.stopped(instance)).collect();
        (kind, nodes, stops)
    };
    let kinds = CUT_KINDS.map(of_kind);
    let of_workload = |workload: WorkloadIdx| {
        let offers: Vec<OfferIdx> = ready[workload].iter().copied().collect();
        let cut = |(kind, nodes, stops): &(NodeKind, Vec<NodeFailure>, Vec<Vec<Node>>)| {
            let found = setting.graph.minimum_cuts(&offers, stops, setting.horizon_days());
            workload_cut(workload, *kind, nodes, found)
        };
        kinds.iter().map(cut).collect::<Vec<WorkloadCut>>()
    };
    (0..instance.workloads.len()).into_par_iter().flat_map_iter(of_workload).collect()
}

fn workload_cut(
    workload: WorkloadIdx,
    kind: NodeKind,
    nodes: &[NodeFailure],
    found: Option<MinimumCuts>,
) -> WorkloadCut {
    let days = found.as_ref().map(|found| found.days);
    let cuts = found.map(|found| found.cuts).unwrap_or_default();
    let named = |cut: Vec<usize>| cut.into_iter().map(|at| nodes[at]).collect();
    WorkloadCut { workload, kind, cuts: cuts.into_iter().map(named).collect(), days }
}
