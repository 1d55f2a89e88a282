//! Losses of a group of cells in which several events interact.

use std::sync::Arc;

use super::{Event, Worker};
use crate::service::cell_groups::CellGroup;
use crate::service::disruption::Disruption;
use crate::service::loss::cell_outcome;
use crate::service::trajectory::simulate_cell;
use crate::simulation::engine::{Engine, Variant};
use crate::simulation::history::History;
use crate::simulation::interactions::{Cluster, clusters};
use crate::simulation::sink::Total;
use crate::simulation::timeline::{Asked, ImpactInterval};

impl Worker<'_> {
    /// The loss of a group under all events.
    pub(super) fn joint(&mut self, group: usize) -> Total {
        let own = &self.groups[group];
        let profiles = self.engine.profiles.spend(group);
        if own.combines || own.is_irregular || profiles.iter().any(|p| self.uplifts.is_irregular(p.0)) {
            return self.together(group, None);
        }
        let mut total = Total { usd: own.one_off_usd, unserved_days: 0.0 };
        for &(profile, usd_per_day) in profiles {
            total.usd += usd_per_day * self.uplifts.uplift_days(profile, self.engine.horizon_days());
        }
        if own.is_displaced {
            let displaced = self.displaced(group);
            total.usd += displaced.usd;
            total.unserved_days += displaced.unserved_days;
        }
        total
    }

    /// The cost of displacement in a group, without one-off effects and price increases of served primaries.
    fn displaced(&mut self, group: usize) -> Total {
        let impact_intervals = impact_intervals(&self.events, &self.variants, group, |_| true);
        let horizon_days = self.engine.horizon_days();
        let mut total = Total::default();
        let mut together: Vec<ImpactInterval<'_>> = Vec::new();
        clusters(&impact_intervals, horizon_days, |cluster| match cluster {
            Cluster::Alone(impact_interval, lone) => {
                let own = lone.response.at(impact_interval.end.min(horizon_days) - impact_interval.start);
                total.usd += own.usd;
                total.unserved_days += own.unserved_days;
            }
            Cluster::Together(places) => {
                together.clear();
                together.extend(places.map(|at| impact_intervals[at]));
                self.timelines[group].follow(&together, Asked::Displacement, &mut self.buffers, &mut total);
            }
        });
        total
    }

    /// The loss of a group under all events, or under those of one family.
    fn together(&mut self, group: usize, family: Option<usize>) -> Total {
        let is_included = |e: &Event| family.is_none_or(|family| e.family == family);
        if may_combine(&impact_intervals(&self.events, &self.variants, group, is_included)) {
            self.needs_history = true;
            let history = self.history(family);
            if self.histories[history].combines(&self.engine.groups[group].cell_model) {
                return self.in_full(group, history);
            }
        }
        let impact_intervals = impact_intervals(&self.events, &self.variants, group, is_included);
        let mut total = Total::default();
        self.timelines[group].follow(&impact_intervals, Asked::Everything, &mut self.buffers, &mut total);
        total
    }

    /// The loss of a group under a history, by the full trajectory of its cell.
    fn in_full(&mut self, group: usize, history: usize) -> Total {
        let Engine { setting, shocks, full_groups, .. } = self.engine;
        let History { occurrences, outage, .. } = &mut self.histories[history];
        let lone = Disruption::of_outage(std::mem::take(outage), setting.horizon_days());
        let disruption = Disruption { shocks, occurrences, ..lone };
        let CellGroup { cell_model, plan, .. } = &full_groups[group];
        let outcome = cell_outcome(cell_model, plan, &simulate_cell(cell_model, &disruption));
        *outage = disruption.outage;
        Total { usd: outcome.loss.total_usd(), unserved_days: outcome.unserved_days() }
    }

    /// Adds the stand-alone losses of families with several events.
    pub(super) fn add_waves(&mut self) {
        for family in 0..self.families.len() {
            if !self.families.is_wave(family) {
                continue;
            }
            for at in 0..self.touched.len() {
                let group = self.touched[at];
                let own = self.events.iter().filter(|e| e.family == family);
                let mut own = own.filter_map(|e| Some((e, self.variants[e.variant].impact(group)?)));
                let Some((event, impact)) = own.next() else { continue };
                let usd = if own.next().is_some() {
                    self.together(group, Some(family)).usd
                } else {
                    impact.alone_usd(event.end.min(self.engine.horizon_days()) - event.start)
                };
                let workload = self.engine.groups[group].workload;
                self.families.add_wave(workload, family, usd * self.weights[group]);
            }
        }
    }
}

/// The impact intervals of some events on a group, sorted by start. Overlapping occurrences with the same impact become one
/// interval from the first onset to the last end.
fn impact_intervals<'v>(
    events: &[Event],
    variants: &'v [Arc<Variant>],
    group: usize,
    is_included: impl Fn(&Event) -> bool,
) -> Vec<ImpactInterval<'v>> {
    let mut impact_intervals: Vec<ImpactInterval<'_>> = Vec::with_capacity(events.len());
    for event in events.iter().filter(|e| is_included(e)) {
        let Some(impact) = variants[event.variant].impact(group) else { continue };
        let is_same = |impact_interval: &&mut ImpactInterval<'_>| {
            event.repeats && std::ptr::eq(impact_interval.impact, impact)
        };
        match impact_intervals.iter_mut().rev().find(is_same) {
            Some(impact_interval) if impact_interval.end >= event.start => {
                impact_interval.end = impact_interval.end.max(event.end);
            }
            _ => impact_intervals.push(ImpactInterval { start: event.start, end: event.end, impact }),
        }
    }
    impact_intervals
}

/// Whether stops or cuts overlap that may have a combined effect in the supply graph.
fn may_combine(impact_intervals: &[ImpactInterval<'_>]) -> bool {
    impact_intervals.iter().enumerate().filter(|(_, impact_interval)| impact_interval.impact.may_combine).any(
        |(at, impact_interval)| {
            impact_intervals[..at]
                .iter()
                .any(|s| s.end >= impact_interval.start && impact_interval.impact.combines_with(s.impact))
        },
    )
}
