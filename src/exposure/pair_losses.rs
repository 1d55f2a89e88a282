//! Pairs of nodes that are worse together than apart (methodology/exposure.md).

mod onsets;
mod relevance;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;

use self::onsets::{OfferOnsets, Onsets, UNTOUCHED, outage_of};
use self::relevance::Relevance;
use super::node_losses::{NodeFailure, NodeFailureAnalysis};
use crate::graph::outage::Outage;
use crate::graph::supply::{Node, SupplyGraph};
use crate::model::instance::{Instance, OfferIdx};
use crate::model::limit::NodeKind;
use crate::service::disruption::Disruption;
use crate::service::loss::cell_loss;
use crate::service::trajectory::follow;

/// Excess that is more than rounding, USD.
const MIN_EXCESS_USD: f64 = 0.005;

/// Two nodes lost at once.
#[derive(Debug, Clone, PartialEq)]
pub struct PairLoss {
    /// Ascending by kind and id.
    pub nodes: [NodeFailure; 2],
    pub loss_usd: f64,
    /// Above the worse of the two alone, > 0.
    pub excess_usd: f64,
}

/// A node with the part of it that matters to the plan, and what its loss alone does.
struct PairCandidate {
    node: NodeFailure,
    stopped: BTreeSet<Node>,
    /// The first candidate with the same onsets.
    twin: usize,
    onsets: Onsets,
    /// As [`Outage::weakened`].
    weakened: Vec<(usize, usize)>,
    loss_usd: f64,
    /// Groups of cells of which a primary is struck, ascending.
    struck: Vec<Struck>,
}

/// A group of cells struck by one candidate.
struct Struck {
    group: usize,
    loss_usd: f64,
    /// Offers on which the loss depends.
    relevant: Vec<OfferIdx>,
}

/// What all pairs share.
struct Pairs<'a> {
    study: &'a NodeFailureAnalysis<'a>,
    /// Of one member offer of each behavior.
    graph: SupplyGraph,
    /// `[n_offers]`: offers of one behavior go down together.
    behaviors: Vec<u32>,
    /// `[n_groups]`
    relevance: Vec<Relevance>,
    /// Groups by offer that leads a class of their primaries.
    groups_by_carrier: HashMap<OfferIdx, Vec<usize>>,
}

impl NodeFailureAnalysis<'_> {
    /// The `n_pairs` pairs of the given kinds whose loss exceeds the worse single one by the most, none with one node
    /// under the other; ties by kind and id.
    ///
    /// Only what a pair does beyond its nodes alone is evaluated: a group of cells is evaluated anew when the second
    /// node touches an offer on which the loss from the first depends, and the first one on which that from the second does.
    #[must_use]
    pub fn worst_pairs(&self, kinds: &[NodeKind], n_pairs: usize) -> Vec<PairLoss> {
        let pairs = Pairs::new(self);
        let candidates = pairs.candidates(kinds);
        let of_first = |first: usize| {
            let mut known = BTreeMap::new();
            let with = |second: &PairCandidate| pairs.pair(&candidates[first], second, &mut known);
            let mut found: Vec<PairLoss> = candidates[first + 1..].iter().filter_map(with).collect();
            keep_worst(&mut found, n_pairs);
            found
        };
        let mut worst: Vec<PairLoss> =
            (0..candidates.len()).into_par_iter().flat_map_iter(of_first).collect();
        keep_worst(&mut worst, n_pairs);
        worst
    }
}

impl<'a> Pairs<'a> {
    fn new(study: &'a NodeFailureAnalysis<'a>) -> Self {
        let relevance: Vec<Relevance> =
            study.groups().par_iter().map(|group| Relevance::new(&group.cell_model)).collect();
        let mut groups_by_carrier: HashMap<OfferIdx, Vec<usize>> = HashMap::new();
        for (group, relevance) in relevance.iter().enumerate() {
            for &offer in &relevance.primaries {
                groups_by_carrier.entry(offer).or_default().push(group);
            }
        }
        let setting = study.setting();
        let behaviors = setting.graph.behaviors(None, setting.instance.offers.len());
        let mut is_known = BTreeSet::new();
        let representatives = study.member_offers().filter(|&offer| is_known.insert(behaviors[offer]));
        let graph = SupplyGraph::of_offers(setting.instance, representatives);
        Self { study, graph, behaviors, relevance, groups_by_carrier }
    }

    /// Nodes that some offer which a cell uses or may use stands on, ascending.
    fn candidates(&self, kinds: &[NodeKind]) -> Vec<PairCandidate> {
        let instance = self.study.setting().instance;
        let relevant = self.study.setting().graph.providers(self.study.member_offers());
        let mut nodes: Vec<NodeFailure> =
            kinds.iter().flat_map(|&kind| NodeFailure::every(instance, kind)).collect();
        nodes.sort_unstable();
        let candidate = |node: &NodeFailure| {
            let stopped: BTreeSet<Node> =
                node.stopped(instance).into_iter().filter(|n| relevant.contains(n)).collect();
            (!stopped.is_empty()).then(|| self.candidate(*node, stopped))
        };
        let mut candidates: Vec<PairCandidate> = nodes.par_iter().filter_map(candidate).collect();
        for at in 0..candidates.len() {
            let is_twin = |other: &PairCandidate| other.onsets == candidates[at].onsets;
            candidates[at].twin = candidates.iter().position(is_twin).unwrap_or(at);
        }
        candidates
    }

    fn candidate(&self, node: NodeFailure, stopped: BTreeSet<Node>) -> PairCandidate {
        let outage = self.outage(&stopped);
        let onsets = Onsets::new(&outage, &self.behaviors);
        let onset = |offer: OfferIdx| onsets.at(self.behaviors[offer]);
        let struck: Vec<Struck> = self
            .struck_by(onset)
            .into_iter()
            .map(|group| {
                let (loss_usd, relevant) = self.loss(group, onset);
                Struck { group, loss_usd, relevant }
            })
            .collect();
        let loss_usd = struck.iter().fold(0.0, |sum, struck| sum + struck.loss_usd);
        PairCandidate { node, stopped, twin: 0, onsets, weakened: outage.weakened, loss_usd, struck }
    }

    fn outage(&self, stopped: &BTreeSet<Node>) -> Outage {
        let nodes: Vec<Node> = stopped.iter().copied().collect();
        Disruption::of_nodes(&self.graph, &nodes, self.study.setting().horizon_days()).outage
    }

    /// Groups with a primary that goes down or stale, ascending.
    fn struck_by(&self, onset: impl Fn(OfferIdx) -> OfferOnsets) -> BTreeSet<usize> {
        let struck = self.groups_by_carrier.iter().filter(|(offer, _)| onset(**offer) != UNTOUCHED);
        struck.flat_map(|(_, groups)| groups).copied().collect()
    }

    /// The loss of a group, USD, and the offers on which it depends.
    fn loss(&self, group: usize, onset: impl Fn(OfferIdx) -> OfferOnsets) -> (f64, Vec<OfferIdx>) {
        let relevant = self.relevance[group].relevant(|offer| onset(offer) != UNTOUCHED);
        let outage = outage_of(relevant.iter().map(|&offer| (offer, onset(offer))));
        let horizon_days = self.study.setting().horizon_days();
        let disruption = Disruption { shocks: &[], occurrences: &[], outage, horizon_days };
        let group = &self.study.groups()[group];
        let loss = cell_loss(&group.cell_model, &group.plan, &follow(&group.cell_model, &disruption));
        (loss.total_usd() * group.scale, relevant)
    }

    /// `known`: losses of `a` with twins of `b`, USD.
    fn pair(
        &self,
        a: &PairCandidate,
        b: &PairCandidate,
        known: &mut BTreeMap<usize, f64>,
    ) -> Option<PairLoss> {
        let instance = self.study.setting().instance;
        if is_under(instance, &a.stopped, &b.stopped) || is_under(instance, &b.stopped, &a.stopped) {
            return None;
        }
        // Alternatives of one need may be down together only: then the graph is asked anew.
        let joint = have_common(&a.weakened, &b.weakened).then(|| self.joint(a, b));
        let loss_usd = match joint.filter(|joint| *joint != a.onsets.sooner(&b.onsets)) {
            Some(joint) => {
                let onset = |offer: OfferIdx| joint.at(self.behaviors[offer]);
                self.pair_loss(a, b, &self.struck_by(onset), onset)
            }
            None => *known.entry(b.twin).or_insert_with(|| {
                let struck = a.struck.iter().chain(&b.struck).map(|s| s.group).collect();
                let joint = a.onsets.sooner(&b.onsets);
                self.pair_loss(a, b, &struck, |offer| joint.at(self.behaviors[offer]))
            }),
        };
        let excess_usd = loss_usd - a.loss_usd.max(b.loss_usd);
        (excess_usd > MIN_EXCESS_USD).then_some(PairLoss { nodes: [a.node, b.node], loss_usd, excess_usd })
    }

    fn joint(&self, a: &PairCandidate, b: &PairCandidate) -> Onsets {
        let outage = self.outage(&a.stopped.union(&b.stopped).copied().collect());
        Onsets::new(&outage, &self.behaviors)
    }

    /// The loss of two nodes, USD; `struck`: groups that both together strike.
    fn pair_loss(
        &self,
        a: &PairCandidate,
        b: &PairCandidate,
        struck: &BTreeSet<usize>,
        joint: impl Fn(OfferIdx) -> OfferOnsets,
    ) -> f64 {
        let loss_of = |&group: &usize| {
            let alone = [a, b].into_iter().find_map(|one| self.unmoved_loss_usd(one, group, &joint));
            alone.unwrap_or_else(|| self.loss(group, &joint).0)
        };
        struck.iter().map(loss_of).fold(0.0, |sum, usd| sum + usd)
    }

    /// The loss of a group, USD, if it is the same under the joint onsets as from the candidate alone.
    fn unmoved_loss_usd(
        &self,
        candidate: &PairCandidate,
        group: usize,
        joint: impl Fn(OfferIdx) -> OfferOnsets,
    ) -> Option<f64> {
        let at = candidate.struck.binary_search_by_key(&group, |s| s.group).ok()?;
        let struck = &candidate.struck[at];
        let is_unmoved = struck.relevant.iter().all(|&offer| joint(offer) == self.onset(candidate, offer));
        is_unmoved.then_some(struck.loss_usd)
    }

    fn onset(&self, candidate: &PairCandidate, offer: OfferIdx) -> OfferOnsets {
        candidate.onsets.at(self.behaviors[offer])
    }
}

/// Whether two ascending lists share an entry.
fn have_common<T: Ord>(a: &[T], b: &[T]) -> bool {
    let (few, many) = if a.len() < b.len() { (a, b) } else { (b, a) };
    few.iter().any(|entry| many.binary_search(entry).is_ok())
}

fn keep_worst(pairs: &mut Vec<PairLoss>, n_pairs: usize) {
    // In cents, so that rounding does not decide between pairs that are worth the same.
    let cents = |pair: &PairLoss| (pair.excess_usd * 100.0).round();
    pairs.sort_by(|a, b| cents(b).total_cmp(&cents(a)).then(a.nodes.cmp(&b.nodes)));
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
mod tests;
