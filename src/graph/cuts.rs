//! Minimum cuts: the smallest sets of stops that bring down all of several offers (methodology/exposure.md).

use std::collections::BTreeSet;

use petgraph::graph::NodeIndex;

use super::supply::{NeedKind, Node, SupplyGraph};
use crate::model::instance::OfferIdx;

/// Largest size of a cut that is searched for; more simultaneous stops are not a weakness of a plan.
pub const MAX_CUT: usize = 6;

/// The smallest sets of stops that bring all offers down.
#[derive(Debug, Clone, PartialEq)]
pub struct MinimumCuts {
    /// Sorted; each cut lists indices into the given stops, ascending. Never empty.
    pub cuts: Vec<Vec<usize>>,
    /// Days from the stops of the first cut until the last offer is down.
    pub days: f64,
}

impl SupplyGraph {
    /// Every smallest set of `stops` (groups of nodes that stop together, on day 0 for good) that brings all offers
    /// down before `within_days`; `None` when no set of at most [`MAX_CUT`] does, or there are no offers.
    ///
    /// Exact, by Reiter's hitting-set tree (1987): every cut has to stop one of the nodes that keep an offer up. The depth
    /// of the search rises by one until a cut is found.
    #[must_use]
    pub fn minimum_cuts(
        &self,
        offers: &[OfferIdx],
        stops: &[Vec<Node>],
        within_days: f64,
    ) -> Option<MinimumCuts> {
        let search = CutSearch::new(self, offers, stops, within_days);
        if search.offers.is_empty() {
            return None;
        }
        (1..=MAX_CUT).find_map(|size| {
            let mut cuts = Vec::new();
            search.extend(&mut Vec::new(), &mut vec![false; stops.len()], size, &mut cuts);
            cuts.iter_mut().for_each(|cut: &mut Vec<usize>| cut.sort_unstable());
            cuts.sort_unstable();
            let days = search.last_down(&search.down_from(cuts.first()?));
            Some(MinimumCuts { cuts, days })
        })
    }
}

/// The part of the graph below the offers, providers first, renumbered.
struct CutSearch {
    nodes: Vec<CutNode>,
    offers: Vec<usize>,
    within_days: f64,
    n_stops: usize,
}

/// A node of the searched subgraph.
struct CutNode {
    /// Stops that include the node, ascending.
    stops: Vec<usize>,
    /// Alternatives and buffer of each need, days.
    needs: Vec<(Vec<usize>, f64)>,
}

impl CutSearch {
    fn new(graph: &SupplyGraph, offers: &[OfferIdx], stops: &[Vec<Node>], within_days: f64) -> Self {
        let wanted = graph.below(offers);
        let order: Vec<NodeIndex> =
            graph.providers_first().iter().copied().filter(|idx| wanted[idx.index()]).collect();
        let mut place = vec![usize::MAX; graph.graph.node_count()];
        order.iter().enumerate().for_each(|(at, idx)| place[idx.index()] = at);
        let mut nodes: Vec<CutNode> = order
            .iter()
            .map(|&idx| {
                let needs = graph.needs(idx).iter().filter(|need| need.kind != NeedKind::Updates);
                let need = |providers: &[NodeIndex]| providers.iter().map(|p| place[p.index()]).collect();
                CutNode {
                    stops: Vec::new(),
                    needs: needs.map(|n| (need(&n.providers), n.buffer_days)).collect(),
                }
            })
            .collect();
        for (stop, group) in stops.iter().enumerate() {
            let found = group.iter().filter_map(|&node| graph.find(node)).map(|idx| place[idx.index()]);
            found.filter(|at| *at != usize::MAX).for_each(|at| nodes[at].stops.push(stop));
        }
        let offers = offers.iter().filter_map(|&o| graph.find(Node::Offer(o))).map(|idx| place[idx.index()]);
        Self { nodes, offers: offers.collect(), within_days, n_stops: stops.len() }
    }

    /// `[n_nodes]`: day from which each node is down, infinite if never.
    fn down_from(&self, chosen: &[usize]) -> Vec<f64> {
        let mut down = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let is_stopped = node.stops.iter().any(|stop| chosen.contains(stop));
            let unmet = |(alternatives, buffer): &(Vec<usize>, f64)| {
                alternatives.iter().map(|&a| down[a]).reduce(f64::max).map_or(f64::INFINITY, |t| t + buffer)
            };
            let day =
                if is_stopped { 0.0 } else { node.needs.iter().map(unmet).fold(f64::INFINITY, f64::min) };
            down.push(day);
        }
        down
    }

    fn last_down(&self, down: &[f64]) -> f64 {
        self.offers.iter().map(|&offer| down[offer]).fold(0.0, f64::max)
    }

    /// Adds to `cuts` every cut of `chosen` and `n_left` more stops that are not `excluded`.
    fn extend(
        &self,
        chosen: &mut Vec<usize>,
        excluded: &mut Vec<bool>,
        n_left: usize,
        cuts: &mut Vec<Vec<usize>>,
    ) {
        let down = self.down_from(chosen);
        let up: Vec<BTreeSet<usize>> = self
            .offers
            .iter()
            .filter(|offer| down[**offer] >= self.within_days)
            .map(|&offer| self.keepers(offer, &down, excluded))
            .collect();
        if up.is_empty() {
            // No smaller set is a cut, or the search would have ended before.
            cuts.push(chosen.clone());
            return;
        }
        if n_disjoint(&up) > n_left {
            return;
        }
        let Some(fewest) = up.iter().min_by_key(|stops| stops.len()) else { return };
        let mut tried = Vec::new();
        for &stop in fewest {
            chosen.push(stop);
            self.extend(chosen, excluded, n_left - 1, cuts);
            chosen.pop();
            // All cuts with this stop have been found, so its siblings exclude it.
            excluded[stop] = true;
            tried.push(stop);
        }
        tried.into_iter().for_each(|stop| excluded[stop] = false);
    }

    /// Stops of which at least one is needed to bring down in time a node that is still up.
    fn keepers(&self, node: usize, down: &[f64], excluded: &[bool]) -> BTreeSet<usize> {
        let mut keepers = BTreeSet::new();
        let mut open = vec![(node, self.within_days)];
        while let Some((at, deadline)) = open.pop() {
            keepers.extend(self.nodes[at].stops.iter().copied().filter(|stop| !excluded[*stop]));
            for (alternatives, buffer) in &self.nodes[at].needs {
                let last = alternatives.iter().copied().max_by(|a, b| down[*a].total_cmp(&down[*b]));
                open.extend(last.filter(|_| deadline > *buffer).map(|last| (last, deadline - buffer)));
            }
        }
        debug_assert!(keepers.iter().all(|stop| *stop < self.n_stops));
        keepers
    }
}

/// Number of pairwise disjoint sets, chosen greedily: a lower bound on the number of further stops.
fn n_disjoint(sets: &[BTreeSet<usize>]) -> usize {
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let mut n = 0;
    for set in sets {
        if set.is_disjoint(&taken) {
            // No stop can bring the offer down, so the bound exceeds every size.
            n += if set.is_empty() { MAX_CUT + 1 } else { 1 };
            taken.extend(set);
        }
    }
    n
}

#[cfg(test)]
mod tests;
