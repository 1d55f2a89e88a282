//! The evaluator against a day-by-day simulation, which uses counters of unmet days instead of intervals.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::graph::random::{N_SUPPLIERS, hardware, offers, world};
use crate::model::instance::Instance;

/// Number of simulated days; stops begin in the first half.
const N_DAYS: usize = 400;

/// A stopped supplier or hardware item: whether it is hardware, its number, first day, number of days.
type RandomStop = (bool, usize, usize, usize);

fn stops() -> impl Strategy<Value = Vec<RandomStop>> {
    prop::collection::vec((any::<bool>(), 0..8usize, 0..N_DAYS / 2, 1..N_DAYS), 1..5)
}

fn stopped_node(instance: &Instance, (is_hardware, at, ..): RandomStop) -> Node {
    if is_hardware { Node::Hardware(at % instance.hardware.len()) } else { Node::Supplier(at % N_SUPPLIERS) }
}

/// State on each day: down by node, closed to new use and stale by offer.
#[derive(Default)]
struct ByDay {
    down: BTreeMap<NodeIndex, Vec<bool>>,
    no_new: BTreeMap<OfferIdx, Vec<bool>>,
    stale: BTreeMap<OfferIdx, Vec<bool>>,
}

/// Simulates day by day. `cut`: whether an offer has lost a hardware item on a day.
fn day_by_day(
    graph: &SupplyGraph,
    is_stopped: impl Fn(Node, usize) -> bool,
    cut: impl Fn(OfferIdx, HardwareIdx, usize) -> bool,
) -> ByDay {
    let mut days = ByDay::default();
    for &idx in graph.providers_first() {
        let node = graph.graph[idx];
        let mut unmet_days = vec![0_usize; graph.needs(idx).len()];
        let (mut down, mut no_new, mut stale) = (Vec::new(), Vec::new(), Vec::new());
        for day in 0..N_DAYS {
            let (mut is_down, mut is_closed, mut is_stale) = (is_stopped(node, day), false, false);
            for (need, unmet) in graph.needs(idx).iter().zip(&mut unmet_days) {
                let is_out = |provider: &NodeIndex| {
                    let is_cut = match (node, graph.graph[*provider]) {
                        (Node::Offer(offer), Node::Hardware(h)) => cut(offer, h, day),
                        _ => false,
                    };
                    is_cut || days.down[provider][day]
                };
                if need.kind == NeedKind::Updates {
                    is_stale |= need.providers.iter().any(is_out);
                    continue;
                }
                *unmet = if need.providers.iter().all(is_out) { *unmet + 1 } else { 0 };
                // Unmet for `unmet` days including today: down once the buffer is used up.
                is_down |= *unmet > 0 && (*unmet - 1) as f64 >= need.buffer_days;
                is_closed |= *unmet > 0 && need.kind == NeedKind::Hardware;
            }
            down.push(is_down);
            no_new.push(is_closed);
            stale.push(is_stale);
        }
        if let Node::Offer(offer) = node {
            days.no_new.insert(offer, no_new);
            days.stale.insert(offer, stale);
        }
        days.down.insert(idx, down);
    }
    days
}

fn is_on(times: &BTreeMap<OfferIdx, Vec<Down>>, offer: OfferIdx, day: usize) -> bool {
    let day = day as f64;
    times.get(&offer).is_some_and(|times| times.iter().any(|d| d.start <= day && day < d.end))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Stops of suppliers and hardware that begin and end, buffers, alternatives, and a cut of one item from some offers.
    #[test]
    fn the_evaluator_agrees_with_a_day_by_day_simulation(
        hardware in hardware(),
        offers in offers(),
        stops in stops(),
        cut_item in 0..4usize,
        cut_offers in any::<u8>(),
        cut_days in (0..N_DAYS / 2, 1..N_DAYS),
    ) {
        let instance = world(&hardware, &offers);
        let graph = SupplyGraph::new(&instance);
        let span = |start: usize, length: usize| Down {
            start: start as f64,
            end: (start + length) as f64,
            warning: 0.0,
        };
        let node_stops: Vec<NodeStop> = stops
            .iter()
            .map(|&stop| NodeStop { node: stopped_node(&instance, stop), down: span(stop.2, stop.3) })
            .collect();
        let item = [cut_item % instance.hardware.len()];
        let hit: Vec<bool> = (0..instance.offers.len()).map(|o| cut_offers >> (o % 8) & 1 == 1).collect();
        let cut = HardwareCut { hardware: &item, offers: &hit, down: span(cut_days.0, cut_days.1) };
        let outage = graph.evaluate(&node_stops, std::slice::from_ref(&cut));
        let within = |day: usize, start: usize, length: usize| (start..start + length).contains(&day);
        let days = day_by_day(
            &graph,
            |node, day| {
                stops.iter().any(|&s| stopped_node(&instance, s) == node && within(day, s.2, s.3))
            },
            |offer, h, day| hit[offer] && h == item[0] && within(day, cut_days.0, cut_days.1),
        );
        for offer in 0..instance.offers.len() {
            let idx = graph.find(Node::Offer(offer)).unwrap();
            for day in 0..N_DAYS {
                prop_assert_eq!(is_on(&outage.down, offer, day), days.down[&idx][day], "down {} {}", offer, day);
                prop_assert_eq!(is_on(&outage.no_new, offer, day), days.no_new[&offer][day], "no_new {} {}", offer, day);
                prop_assert_eq!(is_on(&outage.stale, offer, day), days.stale[&offer][day], "stale {} {}", offer, day);
            }
        }
    }
}

#[test]
fn offers_with_equal_times_stand_together() {
    let at = |start: f64| vec![Down { start, end: 9.0, warning: 0.0 }];
    let down = BTreeMap::from([(1, at(2.0)), (3, at(5.0)), (4, at(2.0))]);
    let outage = Outage { down, ..Outage::default() };
    let by_times = outage.by_times();
    let alike = |offers: &[OfferIdx], start: f64| AlikeOffers { offers: offers.to_vec(), times: at(start) };
    assert_eq!(by_times.down, [alike(&[1, 4], 2.0), alike(&[3], 5.0)]);
    assert!(by_times.no_new.is_empty() && by_times.stale.is_empty());
}
