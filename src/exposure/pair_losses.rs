//! Pairs of nodes whose joint failure costs more than the worse of the two alone (methodology/exposure.md).

mod onsets;
mod relevance;

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use self::onsets::{OfferOnsets, Onsets, UNTOUCHED, outage_of};
use self::relevance::Relevance;
use super::node_losses::{NodeFailure, NodeFailureAnalysis};
use crate::graph::outage::{Outage, WeakenedNeed};
use crate::graph::supply::{Node, SupplyGraph};
use crate::model::instance::{Instance, OfferIdx};
use crate::model::limit::NodeKind;
use crate::service::disruption::Disruption;
use crate::service::loss::cell_loss;
use crate::service::trajectory::simulate_cell;

/// Smallest excess that is not rounding, USD.
const MIN_EXCESS_USD: f64 = 0.005;

/// Loss when two nodes fail at once.
#[derive(Debug, Clone, PartialEq)]
pub struct PairLoss {
    /// Ascending by kind and id.
    pub nodes: [NodeFailure; 2],
    pub loss_usd: f64,
    /// Excess over the worse of the two alone, > 0.
    pub excess_usd: f64,
}

/// A node that may be part of a pair, with the result of its failure alone.
struct PairCandidate {
    node: NodeFailure,
    /// Stopped nodes of the supply graph on which the plan depends.
    stopped: BTreeSet<Node>,
    onsets: Onsets,
    /// See [`Outage::weakened`].
    weakened: Vec<WeakenedNeed>,
    loss_usd: f64,
    /// Groups of cells of which a primary is hit, ascending.
    hit_groups: Vec<HitGroup>,
}

/// Loss of a group of cells from one candidate alone.
struct HitGroup {
    group: usize,
    loss_usd: f64,
    /// Offers on which the loss depends.
    relevant: Vec<OfferIdx>,
}

/// Data shared by the evaluations of all pairs.
struct Pairs<'a> {
    analysis: &'a NodeFailureAnalysis<'a>,
    /// Supply graph of one member offer of each stop class.
    graph: SupplyGraph,
    /// `[n_offers]`: stop class of each offer; offers of one class always go down together.
    stop_classes: Vec<u32>,
    /// `[n_groups]`
    relevance: Vec<Relevance>,
    /// Groups of cells by the first offer of each class of their primaries.
    groups_by_primary: HashMap<OfferIdx, Vec<usize>>,
}

impl NodeFailureAnalysis<'_> {
    /// The `n_pairs` pairs of the given kinds with the largest excess over the worse single loss; ties by kind and id.
    ///
    /// Pairs of which one node is under the other are left out. A group of cells is only evaluated again when each node
    /// changes an offer on which the group's loss from the other node depends; otherwise a known single loss holds.
    #[must_use]
    pub fn worst_pairs(&self, kinds: &[NodeKind], n_pairs: usize) -> Vec<PairLoss> {
        let pairs = Pairs::new(self);
        let candidates = pairs.candidates(kinds);
        let twins = twins(&candidates);
        let of_classes =
            |first: usize, second: usize| {
                // The loss of the two, once it is needed.
                let mut known = None;
                let mut found = Vec::new();
                for (at, &a) in twins[first].iter().enumerate() {
                    let others = if first == second { &twins[second][at + 1..] } else { &twins[second][..] };
                    found.extend(others.iter().filter_map(|&b| {
                        pairs.pair(&candidates[a.min(b)], &candidates[a.max(b)], &mut known)
                    }));
                }
                found
            };
        // In parallel with all others too, because a node that everything needs has most of the work.
        let of_class = |first: usize| {
            let seconds = (first..twins.len()).into_par_iter();
            let mut found: Vec<PairLoss> =
                seconds.flat_map_iter(|second| of_classes(first, second)).collect();
            keep_worst(&mut found, n_pairs);
            found
        };
        let mut worst: Vec<PairLoss> = (0..twins.len()).into_par_iter().flat_map_iter(of_class).collect();
        keep_worst(&mut worst, n_pairs);
        worst
    }
}

/// Candidates by equal onsets, ascending by the first of each.
fn twins(candidates: &[PairCandidate]) -> Vec<Vec<usize>> {
    let mut twins: Vec<Vec<usize>> = Vec::new();
    for (at, candidate) in candidates.iter().enumerate() {
        match twins.iter_mut().find(|twins| candidates[twins[0]].onsets == candidate.onsets) {
            Some(own) => own.push(at),
            None => twins.push(vec![at]),
        }
    }
    twins
}

impl<'a> Pairs<'a> {
    fn new(analysis: &'a NodeFailureAnalysis<'a>) -> Self {
        let relevance: Vec<Relevance> =
            analysis.groups().par_iter().map(|group| Relevance::new(&group.cell_model)).collect();
        let mut groups_by_primary: HashMap<OfferIdx, Vec<usize>> = HashMap::new();
        for (group, relevance) in relevance.iter().enumerate() {
            for &offer in &relevance.primaries {
                groups_by_primary.entry(offer).or_default().push(group);
            }
        }
        let setting = analysis.setting();
        let stop_classes = setting.graph.stop_classes(None, setting.instance.offers.len());
        let mut is_known = BTreeSet::new();
        let representatives = analysis.member_offers().filter(|&offer| is_known.insert(stop_classes[offer]));
        let graph = SupplyGraph::of_offers(setting.instance, representatives);
        Self { analysis, graph, stop_classes, relevance, groups_by_primary }
    }

    /// Nodes on which an offer that a cell uses or may use depends, ascending.
    fn candidates(&self, kinds: &[NodeKind]) -> Vec<PairCandidate> {
        let instance = self.analysis.setting().instance;
        let relevant = self.analysis.setting().graph.providers(self.analysis.member_offers());
        let mut nodes: Vec<NodeFailure> =
            kinds.iter().flat_map(|&kind| NodeFailure::every(instance, kind)).collect();
        nodes.sort_unstable();
        let candidate = |node: &NodeFailure| {
            let stopped: BTreeSet<Node> =
                node.stopped(instance).into_iter().filter(|n| relevant.contains(n)).collect();
            (!stopped.is_empty()).then(|| self.candidate(*node, stopped))
        };
        nodes.par_iter().filter_map(candidate).collect()
    }

    fn candidate(&self, node: NodeFailure, stopped: BTreeSet<Node>) -> PairCandidate {
        let outage = self.outage(&stopped);
        let onsets = Onsets::new(&outage, &self.stop_classes);
        let onset = |offer: OfferIdx| onsets.at(self.stop_classes[offer]);
        let hit_groups: Vec<HitGroup> = self
            .groups_hit(onset)
            .into_iter()
            .map(|group| {
                let (loss_usd, relevant) = self.loss(group, onset);
                HitGroup { group, loss_usd, relevant }
            })
            .collect();
        let loss_usd = hit_groups.iter().fold(0.0, |sum, hit| sum + hit.loss_usd);
        PairCandidate { node, stopped, onsets, weakened: outage.weakened, loss_usd, hit_groups }
    }

    fn outage(&self, stopped: &BTreeSet<Node>) -> Outage {
        let nodes: Vec<Node> = stopped.iter().copied().collect();
        Disruption::of_nodes(&self.graph, &nodes, self.analysis.setting().horizon_days()).outage
    }

    /// Groups with a primary that goes down or stale, ascending.
    fn groups_hit(&self, onset: impl Fn(OfferIdx) -> OfferOnsets) -> BTreeSet<usize> {
        let hit = self.groups_by_primary.iter().filter(|(offer, _)| onset(**offer) != UNTOUCHED);
        hit.flat_map(|(_, groups)| groups).copied().collect()
    }

    /// The loss of a group, USD, and the offers on which it depends.
    fn loss(&self, group: usize, onset: impl Fn(OfferIdx) -> OfferOnsets) -> (f64, Vec<OfferIdx>) {
        let relevant = self.relevance[group].relevant(|offer| onset(offer) != UNTOUCHED);
        let outage = outage_of(relevant.iter().map(|&offer| (offer, onset(offer))));
        let horizon_days = self.analysis.setting().horizon_days();
        let disruption = Disruption::of_outage(outage, horizon_days);
        let group = &self.analysis.groups()[group];
        let loss = cell_loss(&group.cell_model, &group.plan, &simulate_cell(&group.cell_model, &disruption));
        (loss.total_usd() * group.scale, relevant)
    }

    /// The loss of a pair; `None` when one is under the other or the excess is rounding.
    ///
    /// `known`: the loss of a twin of `a` with a twin of `b` that are no stronger together, USD.
    fn pair(&self, a: &PairCandidate, b: &PairCandidate, known: &mut Option<f64>) -> Option<PairLoss> {
        let instance = self.analysis.setting().instance;
        if is_under(instance, &a.stopped, &b.stopped) || is_under(instance, &b.stopped, &a.stopped) {
            return None;
        }
        // If alternatives of a need are down only together, more may follow, so the graph is evaluated again.
        let joint = are_stronger_together(&a.weakened, &b.weakened).then(|| self.joint(a, b));
        let loss_usd = match joint.filter(|joint| *joint != a.onsets.sooner(&b.onsets)) {
            Some(joint) => {
                let onset = |offer: OfferIdx| joint.at(self.stop_classes[offer]);
                self.pair_loss(a, b, &self.groups_hit(onset), onset)
            }
            None => *known.get_or_insert_with(|| {
                let hit = a.hit_groups.iter().chain(&b.hit_groups).map(|g| g.group).collect();
                let joint = a.onsets.sooner(&b.onsets);
                self.pair_loss(a, b, &hit, |offer| joint.at(self.stop_classes[offer]))
            }),
        };
        let excess_usd = loss_usd - a.loss_usd.max(b.loss_usd);
        (excess_usd > MIN_EXCESS_USD).then_some(PairLoss { nodes: [a.node, b.node], loss_usd, excess_usd })
    }

    fn joint(&self, a: &PairCandidate, b: &PairCandidate) -> Onsets {
        let outage = self.outage(&a.stopped.union(&b.stopped).copied().collect());
        Onsets::new(&outage, &self.stop_classes)
    }

    /// The loss of two nodes, USD; `hit`: groups that the pair hits.
    fn pair_loss(
        &self,
        a: &PairCandidate,
        b: &PairCandidate,
        hit: &BTreeSet<usize>,
        joint: impl Fn(OfferIdx) -> OfferOnsets,
    ) -> f64 {
        let loss_of = |&group: &usize| {
            let alone = [a, b].into_iter().find_map(|one| self.unchanged_loss_usd(one, group, &joint));
            alone.unwrap_or_else(|| self.loss(group, &joint).0)
        };
        hit.iter().map(loss_of).fold(0.0, |sum, usd| sum + usd)
    }

    /// The loss of a group from the candidate alone, USD, if the joint onsets leave it unchanged.
    fn unchanged_loss_usd(
        &self,
        candidate: &PairCandidate,
        group: usize,
        joint: impl Fn(OfferIdx) -> OfferOnsets,
    ) -> Option<f64> {
        let at = candidate.hit_groups.binary_search_by_key(&group, |g| g.group).ok()?;
        let alone = &candidate.hit_groups[at];
        let is_unchanged = alone.relevant.iter().all(|&offer| joint(offer) == self.onset(candidate, offer));
        is_unchanged.then_some(alone.loss_usd)
    }

    fn onset(&self, candidate: &PairCandidate, offer: OfferIdx) -> OfferOnsets {
        candidate.onsets.at(self.stop_classes[offer])
    }
}

/// Whether some need is unmet sooner under both outages than under either. Both are of nodes that stop on day 0 for good; needs
/// ascend.
///
/// If no need is, every node is down from the earlier of its two onsets: that of a need is the latest of its alternatives', and
/// that of a node the earliest of its needs', providers before consumers.
fn are_stronger_together(a: &[WeakenedNeed], b: &[WeakenedNeed]) -> bool {
    let (few, many) = if a.len() < b.len() { (a, b) } else { (b, a) };
    few.iter().any(|own| {
        many.binary_search_by_key(&own.need, |other| other.need).is_ok_and(|at| {
            let latest = |onsets: &[f64]| onsets.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sooner: Vec<f64> = own.onsets.iter().zip(&many[at].onsets).map(|(x, y)| x.min(*y)).collect();
            latest(&sooner) < latest(&own.onsets).min(latest(&many[at].onsets))
        })
    })
}

fn keep_worst(pairs: &mut Vec<PairLoss>, n_pairs: usize) {
    // In cents, so that rounding does not decide between equal pairs.
    let cents = |pair: &PairLoss| (pair.excess_usd * 100.0).round();
    pairs.sort_by(|a, b| cents(b).total_cmp(&cents(a)).then(a.nodes.cmp(&b.nodes)));
    pairs.truncate(n_pairs);
}

/// Whether `high` stops everything in `low`: the node itself, its host, or its vendor.
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
mod tests;
