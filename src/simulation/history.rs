//! The outage that several occurrences cause together, and the offers on which it differs from their separate outages.

use std::collections::{BTreeMap, BTreeSet};

use super::engine::Engine;
use crate::graph::down::{Down, union};
use crate::graph::outage::Outage;
use crate::model::instance::OfferIdx;
use crate::service::cell_model::CellModel;
use crate::service::disruption::{Disruption, Occurrence};
use crate::service::trajectory::SLACK_DAYS;

/// Down times by offer.
type Times = BTreeMap<OfferIdx, Vec<Down>>;

/// Occurrences of a trial that are evaluated together.
#[derive(Debug)]
pub(super) struct History {
    /// The event family; `None` for all occurrences of the trial.
    pub(super) family: Option<usize>,
    pub(super) occurrences: Vec<Occurrence>,
    pub(super) outage: Outage,
    /// Offers that are down, closed or stale at other times than the occurrences cause separately.
    combined: Vec<OfferIdx>,
}

impl History {
    /// Evaluates the supply graph. `occurrences`: sorted by start.
    pub(super) fn new(engine: &Engine<'_>, family: Option<usize>, occurrences: Vec<Occurrence>) -> Self {
        let horizon_days = engine.horizon_days();
        let outage = Disruption::new(&engine.setting.graph, engine.shocks, &occurrences, horizon_days).outage;
        let separate = joined(&occurrences);
        let mut combined = Vec::new();
        let kinds: [fn(&Outage) -> &Times; 3] =
            [|outage| &outage.down, |outage| &outage.no_new, |outage| &outage.stale];
        for of_kind in kinds {
            let lone = |own: &Occurrence| of_kind(&engine.outages[own.shock]);
            let mut offers: BTreeSet<OfferIdx> = of_kind(&outage).keys().copied().collect();
            offers.extend(separate.iter().flat_map(|own| lone(own).keys()));
            let differs = |offer: &OfferIdx| {
                let times = separate.iter().flat_map(|own| {
                    let times = lone(own).get(offer).into_iter().flatten();
                    times.map(|down| Down { start: own.start + down.start, end: own.end, ..*down })
                });
                let together = of_kind(&outage).get(offer).map_or(&[][..], |times| times);
                !are_equal(&union(times.collect()), together, horizon_days)
            };
            combined.extend(offers.into_iter().filter(differs));
        }
        Self { family, occurrences, outage, combined }
    }

    /// Whether the occurrences together affect a cell in a way that none does by itself.
    pub(super) fn combines(&self, cell_model: &CellModel) -> bool {
        self.combined.iter().any(|&offer| cell_model.class_led_by(offer).is_some())
    }
}

/// Joins occurrences of one shock with the same drawn developers that overlap or touch.
fn joined(occurrences: &[Occurrence]) -> Vec<Occurrence> {
    let mut joined: Vec<Occurrence> = Vec::with_capacity(occurrences.len());
    for next in occurrences {
        let choices = |o: &Occurrence| (o.shock, o.collateral.clone(), o.withdrawn.clone());
        let is_same = |own: &&mut Occurrence| own.shock == next.shock && choices(own) == choices(next);
        match joined.iter_mut().rev().find(is_same) {
            Some(own) if own.end >= next.start => own.end = own.end.max(next.end),
            _ => joined.push(next.clone()),
        }
    }
    joined
}

/// Whether times are equal up to the horizon, within [`SLACK_DAYS`].
fn are_equal(a: &[Down], b: &[Down], horizon_days: f64) -> bool {
    let within = |times: &[Down]| -> Vec<Down> {
        let times = times.iter().filter(|down| down.start < horizon_days);
        times.map(|down| Down { end: down.end.min(horizon_days), ..*down }).collect()
    };
    let (a, b) = (within(a), within(b));
    let is_near = |a: f64, b: f64| (a - b).abs() <= SLACK_DAYS;
    let is_equal = |(a, b): (&Down, &Down)| {
        is_near(a.start, b.start) && is_near(a.end, b.end) && is_near(a.warning, b.warning)
    };
    a.len() == b.len() && a.iter().zip(&b).all(is_equal)
}
