//! Pairs of nodes that are worse together than apart (methodology/exposure.md).

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use super::node_losses::{LostNode, NodeStudy};
use crate::graph::outage::Outage;
use crate::graph::supply::Node;
use crate::model::instance::Instance;
use crate::model::limit::NodeKind;

/// Excess that is more than rounding, USD.
const MIN_EXCESS_USD: f64 = 0.005;

/// Two nodes lost at once.
#[derive(Debug, Clone, PartialEq)]
pub struct PairLoss {
    /// Ascending by kind and id.
    pub nodes: [LostNode; 2],
    pub loss_usd: f64,
    /// Above the worse of the two alone, > 0.
    pub excess_usd: f64,
}

/// A node with the part of it that matters to the plan.
struct Candidate {
    node: LostNode,
    stopped: BTreeSet<Node>,
    loss_usd: f64,
}

impl NodeStudy<'_> {
    /// The `n_pairs` pairs of the given kinds whose loss exceeds the worse single one by the most, none with one node
    /// under the other; ties by kind and id.
    #[must_use]
    pub fn worst_pairs(&self, kinds: &[NodeKind], n_pairs: usize) -> Vec<PairLoss> {
        let candidates = self.candidates(kinds);
        let of_first = |first: usize| {
            let mut losses: HashMap<OutageKey, f64> = HashMap::new();
            let mut pairs: Vec<PairLoss> = candidates[first + 1..]
                .iter()
                .filter_map(|second| self.pair(&candidates[first], second, &mut losses))
                .collect();
            keep_worst(&mut pairs, n_pairs);
            pairs
        };
        let mut pairs: Vec<PairLoss> =
            (0..candidates.len()).into_par_iter().flat_map_iter(of_first).collect();
        keep_worst(&mut pairs, n_pairs);
        pairs
    }

    /// Nodes that some offer which a cell uses or may use stands on, ascending.
    fn candidates(&self, kinds: &[NodeKind]) -> Vec<Candidate> {
        let instance = self.setting().instance;
        let relevant = self.setting().graph.providers(self.member_offers());
        let mut nodes: Vec<LostNode> =
            kinds.iter().flat_map(|&kind| LostNode::every(instance, kind)).collect();
        nodes.sort_unstable();
        let candidate = |node: &LostNode| {
            let stopped: BTreeSet<Node> =
                node.stopped(instance).into_iter().filter(|n| relevant.contains(n)).collect();
            let matters = !stopped.is_empty();
            matters.then(|| Candidate {
                node: *node,
                loss_usd: self.loss_usd(&self.outage(&stopped)),
                stopped,
            })
        };
        nodes.par_iter().filter_map(candidate).collect()
    }

    fn pair(&self, a: &Candidate, b: &Candidate, losses: &mut HashMap<OutageKey, f64>) -> Option<PairLoss> {
        let instance = self.setting().instance;
        if is_under(instance, &a.stopped, &b.stopped) || is_under(instance, &b.stopped, &a.stopped) {
            return None;
        }
        let outage = self.outage(&a.stopped.union(&b.stopped).copied().collect());
        let loss_usd = *losses.entry(self.key(&outage)).or_insert_with(|| self.loss_usd(&outage));
        let excess_usd = loss_usd - a.loss_usd.max(b.loss_usd);
        (excess_usd > MIN_EXCESS_USD).then_some(PairLoss { nodes: [a.node, b.node], loss_usd, excess_usd })
    }

    /// What an outage does to offers that a cell uses or may use: pairs of one key have one loss.
    fn key(&self, outage: &Outage) -> OutageKey {
        let mut key = Vec::new();
        for (kind, times) in [(0, &outage.down), (1, &outage.no_new), (2, &outage.stale)] {
            for (&offer, times) in times.iter().filter(|(offer, _)| self.is_member(**offer)) {
                key.extend(times.iter().map(|d| (kind, offer, d.start.to_bits(), d.warning.to_bits())));
            }
        }
        key
    }
}

/// Per interval: what happens, the offer, start and warning as bits; all last for ever.
type OutageKey = Vec<(u8, usize, u64, u64)>;

fn keep_worst(pairs: &mut Vec<PairLoss>, n_pairs: usize) {
    pairs.sort_by(|a, b| b.excess_usd.total_cmp(&a.excess_usd).then(a.nodes.cmp(&b.nodes)));
    pairs.truncate(n_pairs);
}

/// Whether everything of `low` is stopped with `high`: by itself, with its host, or with its vendor.
fn is_under(instance: &Instance, low: &BTreeSet<Node>, high: &BTreeSet<Node>) -> bool {
    low.iter().all(|node| {
        high.contains(node)
            || match *node {
                Node::HostSite(host, _) => high.contains(&Node::Supplier(host)),
                Node::Hardware(hardware) => {
                    high.contains(&Node::Supplier(instance.hardware[hardware].vendor))
                }
                Node::Supplier(_) | Node::Offer(_) => false,
            }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalog::Openness;
    use crate::model::example::{Example, standby};
    use crate::model::plan::Plan;
    use crate::model::portfolio::Readiness;
    use crate::service::setting::Setting;

    /// All of 1000 USD a day over 100 days is on `north`, for which `south` stands by hot. Chips come from either of
    /// two fabs at once.
    fn example() -> Example {
        let mut example = Example::new();
        for supplier in ["lab", "north", "south", "fab_a", "fab_b", "maker"] {
            example.supplier(supplier, "US", &[]);
        }
        example.model("open", "lab", Openness::OpenWeights, None).hardware(
            "chip",
            "maker",
            &[(&["fab_a", "fab_b"], 0.0)],
        );
        example.offer("open", "north", "DE", &["chip"]).hardware_buffer_days = 60.0;
        example.offer("open", "south", "FR", &["chip"]).hardware_buffer_days = 60.0;
        example.workload("w", &[("DE", 1.0)], &[("open@north:DE", 1.0)]).standby =
            vec![standby("open@south:FR", Readiness::Hot, 1.0, 0.0)];
        example
    }

    fn worst(kinds: &[NodeKind], n_pairs: usize) -> Vec<(String, String, f64, f64)> {
        let instance = example().instance();
        let setting = Setting::new(&instance);
        let study = NodeStudy::new(&setting, &Plan::current(&instance));
        let text =
            |p: &PairLoss| (p.nodes[0].id(&instance), p.nodes[1].id(&instance), p.loss_usd, p.excess_usd);
        study.worst_pairs(kinds, n_pairs).iter().map(text).collect()
    }

    /// Either host alone costs nothing, both 100 000. Either fab alone does nothing, both stop the chip, and after 60
    /// days the hosts: 40 000. A fab with a host is worth no more than the host.
    #[test]
    fn a_pair_counts_by_what_it_adds_to_the_worse_of_its_nodes() {
        let found = worst(&[NodeKind::Supplier], 10);
        let expected = [("north", "south", 100_000.0), ("fab_a", "fab_b", 40_000.0)];
        assert_eq!(found.len(), 2, "{found:?}");
        for (found, (a, b, usd)) in found.iter().zip(expected) {
            assert_eq!((found.0.as_str(), found.1.as_str()), (a, b));
            assert!((found.2 - usd).abs() < 1e-6 && (found.3 - usd).abs() < 1e-6, "{found:?}");
        }
        assert_eq!(worst(&[NodeKind::Supplier], 1).len(), 1);
    }

    /// A host and its own site, a chip and its maker, a supplier and its country are no pairs.
    #[test]
    fn no_node_is_paired_with_one_it_is_under() {
        let found =
            worst(&[NodeKind::Jurisdiction, NodeKind::Supplier, NodeKind::HostSite, NodeKind::Hardware], 100);
        assert!(found.iter().all(|p| p.0 != "US"), "{found:?}");
        assert!(!found.iter().any(|p| p.0 == "north" && p.1 == "north:DE"), "{found:?}");
        assert!(found.iter().any(|p| p.0 == "north" && p.1 == "south:FR"), "{found:?}");
    }
}
