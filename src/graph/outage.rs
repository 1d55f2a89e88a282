//! The evaluator: times at which offers are down, closed to new use or stale, for stopped nodes and cuts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use petgraph::Direction;
use petgraph::graph::NodeIndex;

use super::down::{Down, after_buffer, all_down, union};
use super::supply::{NeedGroup, NeedKind, Node, SupplyGraph};
use crate::model::instance::{HardwareIdx, OfferIdx};

/// A node stopped for a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NodeStop {
    pub node: Node,
    pub down: Down,
}

/// Offers cut off from hardware for a time.
#[derive(Debug, Clone, PartialEq)]
pub struct HardwareCut<'a> {
    pub hardware: &'a [HardwareIdx],
    /// `[n_offers]`
    pub offers: &'a [bool],
    pub down: Down,
}

/// The effects of stops and cuts on offers; unaffected offers have no entry.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outage {
    pub down: BTreeMap<OfferIdx, Vec<Down>>,
    /// Times at which all of the offer's own hardware is down.
    pub no_new: BTreeMap<OfferIdx, Vec<Down>>,
    pub stale: BTreeMap<OfferIdx, Vec<Down>>,
    /// Needs with several alternatives of which at least one is down at some time, ascending. Stops that have none of these in
    /// common have no combined effect.
    pub weakened: Vec<WeakenedNeed>,
}

/// A need of which some alternatives are down.
#[derive(Debug, Clone, PartialEq)]
pub struct WeakenedNeed {
    /// Index of the consumer in [`SupplyGraph::providers_first`], and position of the need.
    pub need: (usize, usize),
    /// `[n_alternatives]`: the day from which each is down; infinite: never.
    pub onsets: Vec<f64>,
}

/// Offers to which something happens at the same times.
#[derive(Debug, Clone, PartialEq)]
pub struct AlikeOffers {
    /// Ascending.
    pub offers: Vec<OfferIdx>,
    pub times: Vec<Down>,
}

/// An [`Outage`] by its times, of which there are far fewer than offers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OutageByTimes {
    pub down: Vec<AlikeOffers>,
    pub no_new: Vec<AlikeOffers>,
    pub stale: Vec<AlikeOffers>,
}

impl Outage {
    /// The same by its times.
    #[must_use]
    pub fn by_times(&self) -> OutageByTimes {
        OutageByTimes { down: alike(&self.down), no_new: alike(&self.no_new), stale: alike(&self.stale) }
    }
}

/// Offers with equal times, ordered by the first of each.
fn alike(offers: &BTreeMap<OfferIdx, Vec<Down>>) -> Vec<AlikeOffers> {
    let mut alike: Vec<AlikeOffers> = Vec::new();
    for (&offer, times) in offers {
        match alike.iter_mut().find(|own| own.times == *times) {
            Some(own) => own.offers.push(offer),
            None => alike.push(AlikeOffers { offers: vec![offer], times: times.clone() }),
        }
    }
    alike
}

impl SupplyGraph {
    /// The outage caused by stops and cuts.
    ///
    /// A node is down while it is stopped, or once some need has been unmet without a break for longer than its
    /// buffer; an any_of need is unmet when all alternatives are down (methodology/supply-graph.md). Only nodes that a stop or
    /// cut can reach are visited, providers before consumers.
    #[must_use]
    pub fn evaluate(&self, stops: &[NodeStop], cuts: &[HardwareCut<'_>]) -> Outage {
        let mut evaluation =
            OutageEvaluation { graph: self, cuts, down: HashMap::new(), outage: Outage::default() };
        let mut stopped: HashMap<NodeIndex, Vec<Down>> = HashMap::new();
        for stop in stops {
            if let Some(node) = self.find(stop.node) {
                stopped.entry(node).or_default().push(stop.down);
            }
        }
        let mut open: BTreeSet<usize> = stopped.keys().map(|&node| self.place(node)).collect();
        open.extend(self.cut_off(cuts).map(|node| self.place(node)));
        while let Some(place) = open.pop_first() {
            let node = self.providers_first()[place];
            let causes = stopped.remove(&node).unwrap_or_default();
            evaluation.note_weakened(node, place);
            if evaluation.visit(node, causes) {
                open.extend(self.graph.neighbors_directed(node, Direction::Incoming).map(|n| self.place(n)));
            }
        }
        evaluation.outage
    }

    /// Offers that lose some hardware through a cut.
    fn cut_off(&self, cuts: &[HardwareCut<'_>]) -> impl Iterator<Item = NodeIndex> {
        let hit = cuts.iter().flat_map(move |cut| {
            let hardware = cut.hardware.iter().filter_map(|&h| self.find(Node::Hardware(h)));
            let consumers = hardware.flat_map(|h| self.graph.neighbors_directed(h, Direction::Incoming));
            consumers.filter(|&node| matches!(self.graph[node], Node::Offer(offer) if cut.offers[offer]))
        });
        hit.collect::<Vec<_>>().into_iter()
    }
}

struct OutageEvaluation<'a> {
    graph: &'a SupplyGraph,
    cuts: &'a [HardwareCut<'a>],
    /// Down times of nodes; nodes without an entry stay up.
    down: HashMap<NodeIndex, Vec<Down>>,
    outage: Outage,
}

impl OutageEvaluation<'_> {
    fn note_weakened(&mut self, node: NodeIndex, place: usize) {
        for (at, need) in self.graph.needs(node).iter().enumerate() {
            let has_choice = need.providers.len() > 1 && need.kind != NeedKind::Updates;
            if has_choice && need.providers.iter().any(|p| self.down.contains_key(p)) {
                let onset =
                    |p| self.down.get(p).and_then(|down| down.first()).map_or(f64::INFINITY, |d| d.start);
                let onsets = need.providers.iter().map(onset).collect();
                self.outage.weakened.push(WeakenedNeed { need: (place, at), onsets });
            }
        }
    }

    /// Evaluates a node after its providers; returns whether it goes down.
    fn visit(&mut self, node: NodeIndex, mut causes: Vec<Down>) -> bool {
        let offer = match self.graph.graph[node] {
            Node::Offer(offer) => Some(offer),
            _ => None,
        };
        let (mut stale, mut no_new) = (Vec::new(), Vec::new());
        for need in self.graph.needs(node) {
            if need.kind == NeedKind::Updates {
                let down = need.providers.iter().filter_map(|p| self.down.get(p));
                stale.extend(down.flatten().copied());
                continue;
            }
            let unmet = self.unmet(offer, need);
            causes.extend(after_buffer(&unmet, need.buffer_days));
            if need.kind == NeedKind::Hardware {
                no_new.extend(unmet);
            }
        }
        let causes = union(causes);
        let is_down = !causes.is_empty();
        if let Some(offer) = offer {
            for (times, by_offer) in [(stale, &mut self.outage.stale), (no_new, &mut self.outage.no_new)] {
                if !times.is_empty() {
                    by_offer.insert(offer, union(times));
                }
            }
            if is_down {
                self.outage.down.insert(offer, causes);
            }
        } else if is_down {
            self.down.insert(node, causes);
        }
        is_down
    }

    /// Times at which all alternatives of a need are down.
    fn unmet(&self, offer: Option<OfferIdx>, need: &NeedGroup) -> Vec<Down> {
        let mut alternatives = Vec::with_capacity(need.providers.len());
        for &provider in &need.providers {
            let down = self.provider_down(offer, provider);
            if down.is_empty() {
                return Vec::new();
            }
            alternatives.push(down);
        }
        union(all_down(&alternatives))
    }

    /// Down times of one alternative for this consumer: cuts affect single offers.
    fn provider_down(&self, offer: Option<OfferIdx>, provider: NodeIndex) -> Vec<Down> {
        let own = self.down.get(&provider).cloned().unwrap_or_default();
        let (Some(offer), Node::Hardware(hardware)) = (offer, self.graph.graph[provider]) else {
            return own;
        };
        let cut =
            self.cuts.iter().filter(|c| c.offers[offer] && c.hardware.contains(&hardware)).map(|c| c.down);
        union(own.into_iter().chain(cut).collect())
    }
}

#[cfg(test)]
mod tests;
