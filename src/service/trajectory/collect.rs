//! Hits on the classes of a cell: by occurrences, and by their consequences in the supply graph.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;

use crate::graph::down::{Down, after_buffer, union};
use crate::graph::outage::{AlikeOffers, OutageByTimes};
use crate::service::cell_model::{CellModel, CellShock, Class};
use crate::service::disruption::Occurrence;
use crate::shocks::resolve::ResolvedShock;

/// The effect of an occurrence on classes while it lasts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Influence {
    /// The classes are not usable.
    Down {
        warning: f64,
    },
    NoNew,
    Capacity {
        key: usize,
        factor: f64,
        warning: f64,
    },
    Price {
        key: usize,
        factor: f64,
    },
}

/// One influence on some classes from `start` to `end`, days.
#[derive(Debug, Clone, PartialEq)]
pub struct CellHit<'a> {
    /// Without duplicates.
    pub classes: HitClasses<'a>,
    pub start: f64,
    pub end: f64,
    pub influence: Influence,
}

/// The classes of a hit: those of a shock, or those of offers that are down at the same times.
#[derive(Debug, Clone, PartialEq)]
pub enum HitClasses<'a> {
    OfShock(&'a [Class]),
    Shared(Rc<[Class]>),
}

impl Deref for HitClasses<'_> {
    type Target = [Class];

    fn deref(&self) -> &[Class] {
        match self {
            Self::OfShock(classes) => classes,
            Self::Shared(classes) => classes,
        }
    }
}

impl Influence {
    /// The key of the effect that a factor comes from; `None` for other influences.
    pub(super) fn key(&self) -> Option<usize> {
        match *self {
            Self::Capacity { key, .. } | Self::Price { key, .. } => Some(key),
            Self::Down { .. } | Self::NoNew => None,
        }
    }

    /// Its warning, if it would lower κ by itself, days.
    #[must_use]
    pub fn lowers_with_warning(&self) -> Option<f64> {
        match *self {
            Self::Down { warning } => Some(warning),
            Self::Capacity { factor, warning, .. } if factor < 1.0 => Some(warning),
            _ => None,
        }
    }
}

/// A cost at the onset of an effect; not charged if the same effect is active already.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneOff {
    /// Key of the effect that it comes from.
    pub key: usize,
    pub class: Class,
    /// Per workload.
    pub usd: f64,
    pub start: f64,
    pub end: f64,
}

/// All hits on a cell.
#[derive(Debug, Clone, Default)]
pub struct Collected<'a> {
    /// Without the expiry of stale classes, which `expire` adds.
    pub hits: Vec<CellHit<'a>>,
    pub one_offs: Vec<OneOff>,
    /// Times without updates of classes that can go stale: sorted, disjoint.
    pub stale: BTreeMap<Class, Vec<Down>>,
}

impl<'a> Collected<'a> {
    /// Collects the hits of occurrences, and of their consequences in the supply graph, on the classes of a cell.
    #[must_use]
    pub fn new(
        cell_model: &'a CellModel,
        shocks: &[ResolvedShock],
        occurrences: &[Occurrence],
        outage: &OutageByTimes,
    ) -> Self {
        let mut own = Self::default();
        let strikes = |own: &&Occurrence| own.end > own.start && cell_model.strikes[own.shock];
        occurrences.iter().filter(strikes).for_each(|occurrence| {
            own.add_occurrence(
                &cell_model.shocks[occurrence.shock],
                shocks[occurrence.shock].shock.notice_days,
                occurrence,
            );
        });
        own.add_outage(cell_model, &outage.down, |d| Influence::Down { warning: d.warning });
        own.add_outage(cell_model, &outage.no_new, |_| Influence::NoNew);
        for AlikeOffers { offers, times } in &outage.stale {
            for class in offers.iter().filter_map(|&offer| cell_model.class_led_by(offer)) {
                own.stale.entry(class).or_default().extend(times);
            }
        }
        own.stale.retain(|class, _| cell_model.classes[*class].stale_buffer_days.is_finite());
        own.stale.values_mut().for_each(|times| *times = union(std::mem::take(times)));
        own
    }

    fn add_occurrence(&mut self, shock: &'a CellShock, warning: f64, occurrence: &Occurrence) {
        let (start, end) = (occurrence.start, occurrence.end);
        let Self { hits, one_offs, stale } = self;
        let mut hit = |classes: &'a [Class], influence: Influence| {
            if !classes.is_empty() {
                hits.push(CellHit { classes: HitClasses::OfShock(classes), start, end, influence });
            }
        };
        let mut charge = |classes: &[Class], key: usize, usd: f64| {
            one_offs.extend(classes.iter().map(|&class| OneOff { key, class, usd, start, end }));
        };
        hit(&shock.no_new, Influence::NoNew);
        for &class in &shock.stale {
            stale.entry(class).or_default().push(Down { start, end, warning });
        }
        hit(&shock.unavailable, Influence::Down { warning });
        for f in &shock.capacities {
            hit(&f.classes, Influence::Capacity { key: f.key, factor: f.factor, warning });
        }
        for f in &shock.prices {
            hit(&f.classes, Influence::Price { key: f.key, factor: f.factor });
        }
        for (developer, classes) in &shock.collateral {
            if occurrence.collateral.binary_search(developer).is_ok() {
                hit(classes, Influence::Down { warning });
            }
        }
        shock.one_offs.iter().for_each(|f| charge(&f.classes, f.key, f.factor));
        for (developer, classes) in &shock.withdrawal {
            if occurrence.withdrawn.binary_search(developer).is_ok() {
                hit(classes, Influence::Down { warning });
                continue;
            }
            if let Some((key, factor)) = shock.withdrawal_price {
                hit(classes, Influence::Price { key, factor });
            }
            if let Some((key, usd)) = shock.withdrawal_one_off {
                charge(classes, key, usd);
            }
        }
    }

    /// Adds what happens to offers in the supply graph; classes with the same times share their hits.
    fn add_outage(
        &mut self,
        cell_model: &CellModel,
        alike: &[AlikeOffers],
        influence: impl Fn(&Down) -> Influence,
    ) {
        for AlikeOffers { offers, times } in alike {
            let classes: Vec<Class> =
                offers.iter().filter_map(|&offer| cell_model.class_led_by(offer)).collect();
            self.add(times, classes, &influence);
        }
    }

    /// Adds the times during which classes without updates fall below the required quality.
    pub(super) fn expire(&mut self, cell_model: &CellModel) {
        for (class, times) in std::mem::take(&mut self.stale) {
            let expired = after_buffer(&times, cell_model.classes[class].stale_buffer_days);
            self.add(&expired, vec![class], |d| Influence::Down { warning: d.warning });
        }
    }

    fn add(&mut self, times: &[Down], classes: Vec<Class>, influence: impl Fn(&Down) -> Influence) {
        if classes.is_empty() {
            return;
        }
        let classes: Rc<[Class]> = classes.into();
        self.hits.extend(times.iter().map(|down| CellHit {
            classes: HitClasses::Shared(Rc::clone(&classes)),
            start: down.start,
            end: down.end,
            influence: influence(down),
        }));
    }
}
