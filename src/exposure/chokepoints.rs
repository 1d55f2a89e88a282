//! Chokepoints: nodes that every ready path of a workload needs (methodology/exposure.md).

use std::collections::BTreeSet;

use super::node_losses::NodeFailure;
use crate::graph::reliance::{Reliance, shared};
use crate::graph::supply::Node;
use crate::model::instance::{OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::service::setting::Setting;

/// A node without which a workload has no ready path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chokepoint {
    pub workload: WorkloadIdx,
    pub node: NodeFailure,
    /// Days from the node's stop until the last ready path is down.
    pub buffer_days: f64,
}

/// Every chokepoint of a plan, by workload, kind and id.
///
/// A node is a chokepoint when its stop alone eventually brings down every ready path of a workload, that is its
/// primaries and the hot and warm standbys eligible for some of its users ([`crate::graph::reliance`]).
#[must_use]
pub fn chokepoints(setting: &Setting<'_>, plan: &Plan) -> Vec<Chokepoint> {
    let ready = ready_offers(setting, plan);
    let offers: BTreeSet<OfferIdx> = ready.iter().flatten().copied().collect();
    let offers: Vec<OfferIdx> = offers.into_iter().collect();
    let reliances = setting.graph.reliances(&offers);
    let reliance_of = |offer: &OfferIdx| offers.binary_search(offer).ok().map(|at| &reliances[at]);
    let mut found = Vec::new();
    for (workload, own) in ready.iter().enumerate() {
        let own: Vec<&Reliance> = own.iter().filter_map(reliance_of).collect();
        let failures = shared(&own).into_iter().filter_map(|(node, days)| Some((node_failure(node)?, days)));
        found.extend(failures.map(|(node, buffer_days)| Chokepoint { workload, node, buffer_days }));
    }
    found.sort_by_key(|c| (c.workload, c.node));
    found
}

/// `[n_workloads]`: primaries, and the hot and warm standbys eligible for some of the users.
#[must_use]
pub fn ready_offers(setting: &Setting<'_>, plan: &Plan) -> Vec<BTreeSet<OfferIdx>> {
    (0..setting.instance.workloads.len()).map(|workload| ready_of(setting, plan, workload)).collect()
}

fn ready_of(setting: &Setting<'_>, plan: &Plan, workload: WorkloadIdx) -> BTreeSet<OfferIdx> {
    let cells = setting.instance.workloads[workload].cells.clone();
    let is_eligible = |offer: OfferIdx| cells.clone().any(|cell| setting.law.eligible.contains(cell, offer));
    let primaries = cells.clone().flat_map(|cell| &plan.allocation[cell]).filter(|s| s.1 > 0.0).map(|s| s.0);
    let standbys = plan.standby[workload].iter().filter(|s| s.cover > 0.0).map(|s| s.offer);
    primaries.chain(standbys.filter(|&offer| is_eligible(offer))).collect()
}

fn node_failure(node: Node) -> Option<NodeFailure> {
    match node {
        Node::Supplier(s) => Some(NodeFailure::Supplier(s)),
        Node::HostSite(s, j) => Some(NodeFailure::HostSite(s, j)),
        Node::Hardware(h) => Some(NodeFailure::Hardware(h)),
        Node::Offer(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::example::{Example, standby};
    use crate::model::portfolio::Readiness;
    use crate::model::words::Openness;

    /// Two hosts run on different chips, both with wafers of one fab: `red` is down after 30 + 540 days, `blue` after
    /// 60 + 540. The fab and its wafer are the only nodes that both paths need. `alone` has one path.
    fn example() -> Example {
        let mut example = Example::new();
        for supplier in ["lab", "north", "south", "fab", "red_maker", "blue_maker"] {
            example.supplier(supplier, "US", &[]);
        }
        example
            .model("open", "lab", Openness::OpenWeights, None)
            .hardware("wafer", "fab", &[])
            .hardware("red", "red_maker", &[(&["wafer"], 30.0)])
            .hardware("blue", "blue_maker", &[(&["wafer"], 60.0)]);
        example.offer("open", "north", "DE", &["red"]);
        example.offer("open", "south", "FR", &["blue"]);
        example.workload("alone", &[("DE", 1.0)], &[("open@north:DE", 1.0)]);
        example.workload("both", &[("DE", 1.0)], &[("open@north:DE", 1.0)]).standby =
            vec![standby("open@south:FR", Readiness::Warm, 1.0, 7.0)];
        example
    }

    fn listed(example: &Example) -> Vec<(String, String, f64)> {
        let instance = example.instance();
        let setting = Setting::new(&instance);
        let found = chokepoints(&setting, &Plan::current(&instance));
        let text = |c: &Chokepoint| {
            (instance.workloads[c.workload].workload.id.clone(), c.node.id(&instance), c.buffer_days)
        };
        found.iter().map(text).collect()
    }

    #[test]
    fn a_node_behind_every_ready_path_is_a_chokepoint_after_the_longest_buffer() {
        let both: Vec<(String, f64)> =
            listed(&example()).into_iter().filter(|c| c.0 == "both").map(|c| (c.1, c.2)).collect();
        assert_eq!(both, [("fab".to_owned(), 600.0), ("wafer".to_owned(), 600.0)]);
    }

    #[test]
    fn everything_that_a_single_path_needs_is_a_chokepoint() {
        let alone: Vec<(String, f64)> =
            listed(&example()).into_iter().filter(|c| c.0 == "alone").map(|c| (c.1, c.2)).collect();
        let expected = [
            ("fab", 570.0),
            ("north", 0.0),
            ("red_maker", 540.0),
            ("north:DE", 0.0),
            ("red", 540.0),
            ("wafer", 570.0),
        ];
        assert_eq!(alone, expected.map(|(id, days)| (id.to_owned(), days)));
    }

    #[test]
    fn a_second_source_of_wafers_removes_the_chokepoint() {
        let mut example = example();
        example.supplier("other", "FR", &[]);
        example.catalog.hardware[2].needs[0].any_of.push("other".to_owned());
        assert!(listed(&example).iter().all(|c| c.0 != "both"));
    }
}
