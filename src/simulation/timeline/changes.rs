//! Changes: the instants at which the segments of impacts begin and end.

use std::sync::Arc;

use super::{Change, GroupTimeline, ImpactInterval, Sink};
use crate::graph::down::{Down, after_buffer, union};
use crate::service::cell_model::Class;
use crate::simulation::impact::Segment;

impl GroupTimeline<'_> {
    /// Charges one-off costs at each onset at which the effect is not active already.
    pub(super) fn charge_one_offs(&self, impact_intervals: &[ImpactInterval<'_>], sink: &mut impl Sink) {
        for (at, impact_interval) in impact_intervals.iter().enumerate() {
            for &(key, class, usd) in &impact_interval.impact.one_offs {
                // Intervals that touch are one.
                let is_active = |earlier: &ImpactInterval<'_>| {
                    let mut own = earlier.impact.one_offs.iter();
                    earlier.end >= impact_interval.start && own.any(|own| (own.0, own.1) == (key, class))
                };
                if impact_interval.end > impact_interval.start
                    && !impact_intervals[..at].iter().any(is_active)
                {
                    sink.once(impact_interval.start, usd);
                }
            }
        }
    }

    /// Fills `changes`, sorted by time.
    pub(super) fn set_changes(&mut self, impact_intervals: &[ImpactInterval<'_>]) {
        self.changes.clear();
        self.stale.clear();
        for impact_interval in impact_intervals {
            for (delay, segment) in &impact_interval.impact.steps {
                let segment = self.place(segment);
                self.add_changes(segment, impact_interval.start + *delay, impact_interval.end, None);
            }
            for stale in &impact_interval.impact.stale {
                let down = Down {
                    start: impact_interval.start + stale.delay,
                    end: impact_interval.end,
                    warning: stale.warning,
                };
                self.stale.push((stale.class, down));
            }
        }
        if !self.stale.is_empty() {
            self.expire();
        }
        self.changes.sort_by(|a, b| a.at.total_cmp(&b.at));
        self.counts.resize(self.segments.len(), 0);
    }

    /// Adds the changes of a segment that is on from `start` to `end`, days.
    fn add_changes(&mut self, segment: u32, start: f64, end: f64, warning: Option<f64>) {
        if start < end && start < self.horizon_days {
            self.changes.push(Change { at: start, segment, is_on: true, warning });
            if end < self.horizon_days {
                self.changes.push(Change { at: end, segment, is_on: false, warning: None });
            }
        }
    }

    /// Adds the changes of stale classes: times without updates become times at which the class is not usable.
    fn expire(&mut self) {
        let mut stale = std::mem::take(&mut self.stale);
        stale.sort_by_key(|(class, _)| *class);
        for group in stale.chunk_by(|a, b| a.0 == b.0) {
            let class = group[0].0;
            let buffer_days = self.group.cell_model.classes[class].stale_buffer_days;
            let times = union(group.iter().map(|(_, down)| *down).collect());
            for down in after_buffer(&times, buffer_days) {
                let segment = self.expiry_segment(class);
                self.add_changes(segment, down.start, down.end, Some(down.warning));
            }
        }
        self.stale = stale;
    }

    /// Index of a segment among those of the events that are followed.
    fn place(&mut self, segment: &Arc<Segment>) -> u32 {
        let known = self.segments.iter().position(|own| Arc::ptr_eq(own, segment));
        let place = known.unwrap_or_else(|| {
            self.segments.push(Arc::clone(segment));
            self.segments.len() - 1
        });
        u32::try_from(place).expect("fewer than 2^32 segments")
    }

    /// Index of the segment that makes a stale class unusable; created on first use.
    fn expiry_segment(&mut self, class: Class) -> u32 {
        let n_classes = self.group.cell_model.classes.len();
        let is_primary = self.primaries.iter().any(|primary| primary.class == class);
        let expired = || Arc::new(Segment::expired(class, is_primary, n_classes));
        let segment = Arc::clone(self.expiry[class].get_or_insert_with(expired));
        self.place(&segment)
    }
}
