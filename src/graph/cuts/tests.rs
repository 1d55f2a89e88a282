//! Minimum cuts and reliance against brute force on random graphs, and by hand.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::graph::down::Down;
use crate::graph::outage::NodeStop;
use crate::graph::random::{N_SUPPLIERS, hardware, offers, world};
use crate::graph::reliance::shared;
use crate::model::example::Example;
use crate::model::words::Openness;

/// Day from which an offer is down by the evaluator, infinite if never.
fn down_from(graph: &SupplyGraph, nodes: &[Node], offer: OfferIdx) -> f64 {
    let down = Down { start: 0.0, end: f64::INFINITY, warning: 0.0 };
    let stops: Vec<NodeStop> = nodes.iter().map(|&node| NodeStop { node, down }).collect();
    let outage = graph.evaluate(&stops, &[]);
    outage.down.get(&offer).and_then(|times| times.first()).map_or(f64::INFINITY, |d| d.start)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Tries every subset of suppliers; some buffers are longer than `within`.
    #[test]
    fn minimum_cuts_agree_with_brute_force(hardware in hardware(), offers in offers(), within in 1..400u16) {
        let instance = world(&hardware, &offers);
        let graph = SupplyGraph::new(&instance);
        let all: Vec<OfferIdx> = (0..instance.offers.len()).collect();
        let stops: Vec<Vec<Node>> = (0..N_SUPPLIERS).map(|s| vec![Node::Supplier(s)]).collect();
        let within = f64::from(within);
        let is_cut = |set: &Vec<usize>| {
            let nodes: Vec<Node> = set.iter().map(|&s| Node::Supplier(s)).collect();
            all.iter().all(|&offer| down_from(&graph, &nodes, offer) < within)
        };
        let sets = (1..1u32 << N_SUPPLIERS).map(|bits| {
            (0..N_SUPPLIERS).filter(|s| bits >> s & 1 == 1).collect::<Vec<usize>>()
        });
        let cuts: Vec<Vec<usize>> = sets.filter(is_cut).collect();
        let size = cuts.iter().map(Vec::len).min();
        let smallest: BTreeSet<Vec<usize>> = cuts.into_iter().filter(|cut| Some(cut.len()) == size).collect();
        let found = graph.minimum_cuts(&all, &stops, within);
        let found_cuts: Vec<Vec<usize>> = found.map(|f| f.cuts).unwrap_or_default();
        prop_assert_eq!(found_cuts, smallest.into_iter().collect::<Vec<_>>());
    }

    /// Stops each node by itself: the shared reliances are the nodes that bring all offers down, at the day of the last.
    #[test]
    fn offers_rely_on_the_nodes_that_bring_them_down(hardware in hardware(), offers in offers()) {
        let instance = world(&hardware, &offers);
        let graph = SupplyGraph::new(&instance);
        let all: Vec<OfferIdx> = (0..instance.offers.len()).collect();
        let reliances = graph.reliances(&all);
        let common = shared(&reliances.iter().collect::<Vec<_>>());
        for &idx in graph.providers_first() {
            let node = graph.graph[idx];
            if matches!(node, Node::Offer(_)) {
                continue;
            }
            let last = all.iter().map(|&offer| down_from(&graph, &[node], offer)).fold(0.0, f64::max);
            prop_assert_eq!(common.get(&node).copied().unwrap_or(f64::INFINITY), last);
        }
    }
}

/// One closed model on two unrelated hosts: the lab stops both offers after the developer buffer of 90 days, and the two
/// hosts together stop them at once. Within 90 days only the hosts do.
#[test]
fn buffers_decide_what_is_a_cut_in_time() {
    let mut example = Example::new();
    example.supplier("lab", "US", &[]).supplier("north", "DE", &[]).supplier("south", "FR", &[]);
    example.model("closed", "lab", Openness::Closed, None);
    example.offer("closed", "north", "DE", &[]);
    example.offer("closed", "south", "FR", &[]);
    let instance = example.instance();
    let graph = SupplyGraph::new(&instance);
    let stops: Vec<Vec<Node>> = (0..3).map(|s| vec![Node::Supplier(s)]).collect();
    let at = |id: &str| instance.supplier_idx(id).unwrap();
    let found = graph.minimum_cuts(&[0, 1], &stops, 100.0).unwrap();
    assert_eq!(found, MinimumCuts { cuts: vec![vec![at("lab")]], days: 90.0 });
    let found = graph.minimum_cuts(&[0, 1], &stops, 90.0).unwrap();
    assert_eq!(found, MinimumCuts { cuts: vec![vec![at("north"), at("south")]], days: 0.0 });
    assert_eq!(graph.minimum_cuts(&[0, 1], &stops[..1], 90.0), None);
    assert_eq!(graph.minimum_cuts(&[], &stops, 90.0), None);
}
