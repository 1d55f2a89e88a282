//! From strikes to the instants at which something begins or ends.

use super::{Change, GroupTimeline, NONE, Sink, Spell};
use crate::graph::down::{Down, after_buffer, union};
use crate::service::cell_model::Class;
use crate::simulation::strike::Item;

impl GroupTimeline<'_> {
    pub(super) fn charge_one_offs(&self, spells: &[Spell<'_>], sink: &mut impl Sink) {
        for (at, spell) in spells.iter().enumerate() {
            for &(key, class, usd) in &spell.strike.one_offs {
                // Intervals that touch are one.
                let is_active = |earlier: &Spell<'_>| {
                    let mut own = earlier.strike.one_offs.iter();
                    earlier.end >= spell.start && own.any(|own| (own.0, own.1) == (key, class))
                };
                if spell.end > spell.start && !spells[..at].iter().any(is_active) {
                    sink.once(spell.start, usd);
                }
            }
        }
    }

    pub(super) fn set_changes(&mut self, spells: &[Spell<'_>]) {
        self.changes.clear();
        self.stale.clear();
        for spell in spells {
            for &(delay, item) in &spell.strike.steps {
                self.add_changes(item, spell.start + delay, spell.end, None);
            }
            for stale in &spell.strike.stale {
                let down = Down { start: spell.start + stale.delay, end: spell.end, warning: stale.warning };
                self.stale.push((stale.class, down));
            }
        }
        if !self.stale.is_empty() {
            self.expire();
        }
        self.changes.sort_by(|a, b| a.at.total_cmp(&b.at));
        self.counts.resize(self.items.len(), 0);
    }

    /// An item is on from `start` to `end`, days.
    fn add_changes(&mut self, item: u32, start: f64, end: f64, warning: Option<f64>) {
        if start < end && start < self.horizon_days {
            self.changes.push(Change { at: start, item, is_on: true, warning });
            if end < self.horizon_days {
                self.changes.push(Change { at: end, item, is_on: false, warning: None });
            }
        }
    }

    /// Turns times without updates into times of a class being useless.
    fn expire(&mut self) {
        let mut stale = std::mem::take(&mut self.stale);
        stale.sort_by_key(|(class, _)| *class);
        for group in stale.chunk_by(|a, b| a.0 == b.0) {
            let class = group[0].0;
            let buffer_days = self.group.frame.classes[class].stale_buffer_days;
            let times = union(group.iter().map(|(_, down)| *down).collect());
            for down in after_buffer(&times, buffer_days) {
                let item = self.expiry_item(class);
                self.add_changes(item, down.start, down.end, Some(down.warning));
            }
        }
        self.stale = stale;
    }

    fn expiry_item(&mut self, class: Class) -> u32 {
        if self.expiry[class] == NONE {
            self.expiry[class] = u32::try_from(self.items.len()).expect("fewer than 2^32 items");
            let is_carrier = self.carriers.iter().any(|carrier| carrier.class == class);
            self.items.push(Item::expired(class, is_carrier, self.group.frame.classes.len()));
        }
        self.expiry[class]
    }
}
