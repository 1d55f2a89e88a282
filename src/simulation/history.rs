//! What some occurrences of a trial do to the supply graph, and where that is more than each does alone.

use std::collections::{BTreeMap, BTreeSet};

use super::engine::Engine;
use crate::graph::down::{Down, union};
use crate::graph::outage::Outage;
use crate::model::instance::OfferIdx;
use crate::service::cell_model::CellModel;
use crate::service::disruption::{Disruption, Occurrence};
use crate::service::trajectory::SLACK_DAYS;

/// When something holds of each offer.
type Times = BTreeMap<OfferIdx, Vec<Down>>;

/// Some occurrences of a trial.
#[derive(Debug)]
pub(super) struct History {
    /// `None`: all of the trial's.
    pub(super) family: Option<usize>,
    pub(super) occurrences: Vec<Occurrence>,
    pub(super) outage: Outage,
    /// Offers that are down, closed or without updates at other times than by each occurrence alone.
    combined: Vec<OfferIdx>,
}

impl History {
    /// Evaluates the supply graph; `occurrences`: by start.
    pub(super) fn new(engine: &Engine<'_>, family: Option<usize>, occurrences: Vec<Occurrence>) -> Self {
        let horizon_days = engine.horizon_days();
        let outage = Disruption::new(&engine.setting.graph, engine.shocks, &occurrences, horizon_days).outage;
        let apart = joined(&occurrences);
        let mut combined = Vec::new();
        let kinds: [fn(&Outage) -> &Times; 3] =
            [|outage| &outage.down, |outage| &outage.no_new, |outage| &outage.stale];
        for of_kind in kinds {
            let lone = |own: &Occurrence| of_kind(&engine.outages[own.shock]);
            let mut offers: BTreeSet<OfferIdx> = of_kind(&outage).keys().copied().collect();
            offers.extend(apart.iter().flat_map(|own| lone(own).keys()));
            let differs = |offer: &OfferIdx| {
                let times = apart.iter().flat_map(|own| {
                    let times = lone(own).get(offer).into_iter().flatten();
                    times.map(|down| Down { start: own.start + down.start, end: own.end, ..*down })
                });
                let together = of_kind(&outage).get(offer).map_or(&[][..], |times| times);
                !are_alike(&union(times.collect()), together, horizon_days)
            };
            combined.extend(offers.into_iter().filter(differs));
        }
        Self { family, occurrences, outage, combined }
    }

    /// Whether the occurrences do more together to a cell than each alone.
    pub(super) fn combines(&self, cell_model: &CellModel) -> bool {
        self.combined.iter().any(|&offer| cell_model.class_led_by(offer).is_some())
    }
}

/// Occurrences alike that overlap or touch as one.
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

fn are_alike(a: &[Down], b: &[Down], horizon_days: f64) -> bool {
    let within = |times: &[Down]| -> Vec<Down> {
        let times = times.iter().filter(|down| down.start < horizon_days);
        times.map(|down| Down { end: down.end.min(horizon_days), ..*down }).collect()
    };
    let (a, b) = (within(a), within(b));
    let is_near = |a: f64, b: f64| (a - b).abs() <= SLACK_DAYS;
    let is_alike = |(a, b): (&Down, &Down)| {
        is_near(a.start, b.start) && is_near(a.end, b.end) && is_near(a.warning, b.warning)
    };
    a.len() == b.len() && a.iter().zip(&b).all(is_alike)
}
