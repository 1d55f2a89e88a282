//! Stop classes: offers of one class are down, stale and closed to new use at the same times.

use std::collections::{BTreeSet, HashMap};

use super::supply::{NeedGroup, NeedKind, Node, SupplyGraph};
use crate::model::instance::HardwareIdx;

/// The class of nodes that can never go down.
pub const ALWAYS_UP: u32 = 0;

/// Possible events in the graph: each stops some nodes together.
#[derive(Debug, Clone, Default)]
pub struct Events {
    pub stops: Vec<Vec<Node>>,
    /// Hardware that a cut may take from some offers.
    pub cut: BTreeSet<HardwareIdx>,
}

/// Everything that determines when a node is down: the events that stop it, possible cuts, and its needs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Signature {
    stopped_by: Vec<usize>,
    own_identity: Option<Node>,
    needs: BTreeSet<(NeedKind, u64, Vec<u32>)>,
}

impl SupplyGraph {
    /// `[n_offers]`: stop class of each offer under the events, [`ALWAYS_UP`] for an offer that none can affect.
    ///
    /// With `None`, any node may stop by itself.
    #[must_use]
    pub fn stop_classes(&self, events: Option<&Events>, n_offers: usize) -> Vec<u32> {
        let mut stopped_by: HashMap<Node, Vec<usize>> = HashMap::new();
        for (event, nodes) in events.iter().flat_map(|e| e.stops.iter().enumerate()) {
            nodes.iter().for_each(|&node| stopped_by.entry(node).or_default().push(event));
        }
        let mut ids: HashMap<Signature, u32> = HashMap::new();
        let mut class = vec![ALWAYS_UP; self.graph.node_count()];
        let mut by_offer = vec![ALWAYS_UP; n_offers];
        for &idx in self.providers_first() {
            let node = self.graph[idx];
            let is_own = match (events, node) {
                (_, Node::Offer(_)) => false,
                (None, _) => true,
                (Some(events), Node::Hardware(h)) => events.cut.contains(&h),
                (Some(_), _) => false,
            };
            let signature = Signature {
                stopped_by: stopped_by.remove(&node).unwrap_or_default(),
                own_identity: is_own.then_some(node),
                needs: self.needs(idx).iter().filter_map(|need| need_signature(need, &class)).collect(),
            };
            let is_calm = signature.stopped_by.is_empty()
                && signature.own_identity.is_none()
                && signature.needs.is_empty();
            if !is_calm {
                let next = u32::try_from(ids.len()).expect("fewer than 2^32 nodes") + 1;
                class[idx.index()] = *ids.entry(signature).or_insert(next);
            }
            if let Node::Offer(offer) = node {
                by_offer[offer] = class[idx.index()];
            }
        }
        by_offer
    }
}

/// Signature of a need; `None` if it is always met. `class`: `[n_nodes]`, classes of the providers.
fn need_signature(need: &NeedGroup, class: &[u32]) -> Option<(NeedKind, u64, Vec<u32>)> {
    let mut providers: Vec<u32> = need.providers.iter().map(|p| class[p.index()]).collect();
    providers.sort_unstable();
    providers.dedup();
    if providers.is_empty() || (need.kind != NeedKind::Updates && providers[0] == ALWAYS_UP) {
        return None;
    }
    providers.retain(|p| *p != ALWAYS_UP);
    (!providers.is_empty()).then(|| (need.kind, need.buffer_days.to_bits(), providers))
}
