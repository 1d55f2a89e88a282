//! Outage cost and unserved share by sub-interval; the room `service` computes them once per distinct state.

use super::{GroupTimeline, Sink};
use crate::service::routing::route;
use crate::service::state::{Alternatives, ClassStates, ColdLeads, SubInterval};
use crate::service::trajectory::{ClassState, Interval, IntervalStates};
use crate::simulation::active::View;
use crate::simulation::classes::WatchedClasses;
use crate::simulation::key::StateKey;

impl GroupTimeline<'_> {
    /// Reports outage cost and unserved share from `start` to `end`, by sub-interval.
    pub(super) fn outage(&mut self, start: f64, end: f64, sink: &mut impl Sink) {
        if self.slices.is_empty() {
            return;
        }
        let end = end.min(opening(&self.cold, self.slices[0].announced()));
        let mut from = start;
        while from < end {
            let to = self.next_threshold(from, end);
            let key = self.key(f64::midpoint(from, to));
            let (usd_per_day, unserved) = match self.known.get(&key) {
                Some(&known) => known,
                None => self.learn(key, from, to),
            };
            sink.piece(from, to, usd_per_day, unserved);
            from = to;
        }
    }

    /// The first instant after `from` at which a slice passes the objective, a lead, an onboarding or the fallback's `after`;
    /// at most `end`.
    fn next_threshold(&self, from: f64, end: f64) -> f64 {
        let cell_model = &self.group.cell_model;
        let mut next = end;
        let mut consider = |t: f64| {
            if t > from && t < next {
                next = t;
            }
        };
        for slice in &self.slices {
            consider(slice.date + cell_model.recovery_objective_days);
            consider(slice.announced() + cell_model.fallback_after_days);
            consider(opening(&self.cold, slice.announced()));
            cell_model.warm_leads.iter().for_each(|lead| consider(slice.announced() + lead));
        }
        next
    }

    /// A key of everything that determines the unserved share at an instant between thresholds.
    fn key(&self, instant: f64) -> u128 {
        let cell_model = &self.group.cell_model;
        let view = View { active: &self.state, watch: &self.watch };
        let mut key = StateKey(0x6d75_6c74_6970_6f6c_6172);
        // The order of standbys matters if they open at different times; it depends on prices.
        let has_order = self.has_order();
        for &class in &cell_model.active_classes {
            let kept = view.kept(class);
            let price_factor = if has_order { view.price_factor(class) } else { 1.0 };
            if kept != 1.0 || price_factor != 1.0 {
                key.add(class as u64);
                key.add(kept.to_bits());
                key.add(price_factor.to_bits());
            }
        }
        for (at, slice) in self.slices.iter().enumerate() {
            let elapsed = instant - slice.announced();
            let n_warm = cell_model.warm_leads.iter().filter(|lead| elapsed >= **lead).count() as u64;
            let is_same = at > 0 && self.slices[at - 1].announced() == slice.announced();
            let phase = n_warm << 4
                | u64::from(slice.time(instant) >= cell_model.recovery_objective_days) << 3
                | u64::from(elapsed >= cell_model.fallback_after_days) << 2
                | u64::from(instant >= opening(&self.cold, slice.announced())) << 1
                | u64::from(is_same);
            key.add((slice.class as u64) << 32 | phase);
            key.add(slice.low.to_bits());
            key.add(slice.high.to_bits());
            // Standbys under `no_new`: a slice keeps those that were ready before.
            for &(class, since) in &self.state.closed {
                if let Some(lead) = cell_model.classes[class].warm_lead {
                    let was_ready = slice.announced() + cell_model.warm_leads[lead] < since;
                    key.add((class as u64) << 1 | u64::from(was_ready));
                }
            }
        }
        key.0
    }

    /// Computes and remembers the outage cost of a sub-interval, USD per day, and its unserved share.
    fn learn(&mut self, key: u128, start: f64, end: f64) -> (f64, f64) {
        let (cell_model, plan) = (&self.group.cell_model, &self.group.plan);
        // The result is remembered, so the classes read here must not count as watched.
        let view = View { active: &self.state, watch: &WatchedClasses::new(cell_model.classes.len()) };
        let states = (0..cell_model.classes.len()).map(|class| view.state(class));
        let interval = Interval {
            start,
            end,
            states: IntervalStates::of(
                cell_model.classes.len(),
                states.filter(|s| *s != ClassState::untouched(s.class)),
            ),
            slices: self.slices.clone(),
        };
        let sub_interval = SubInterval { start, end, interval: &interval };
        let state = Alternatives::new(cell_model, &interval).state_at(cell_model, &sub_interval);
        let usd_per_day = plan.outage_usd_per_day(cell_model, &state.rows, state.n_rows_before_fallback);
        let learned = (usd_per_day, route(cell_model, plan, &sub_interval).unserved);
        if self.known.len() >= self.max_known {
            self.known.clear();
        }
        self.known.insert(key, learned);
        learned
    }
}

/// The day from which a cold offer serves a slice announced on a given day; infinite if none does.
fn opening(cold: &ColdLeads, announced: f64) -> f64 {
    let before = |(onboarding, state): &(f64, ClassState)| {
        let ready = announced + onboarding;
        state.no_new_since.is_none_or(|since| ready < since).then_some(ready)
    };
    cold.closed.iter().filter_map(before).fold(announced + cold.free, f64::min)
}
