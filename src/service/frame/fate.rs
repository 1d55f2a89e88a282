//! All that shocks may do to each class of a cell, so that two classes can be compared whatever happens.

use std::collections::BTreeMap;

use super::{CellFrame, Class};
use crate::graph::down::Down;
use crate::graph::outage::Outage;
use crate::model::instance::{OfferIdx, SupplierIdx};

/// When a shock does something to a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    /// Its developer is chosen to go dark.
    Collateral(SupplierIdx),
    Withdraws(SupplierIdx),
    Complies(SupplierIdx),
}

/// Something that holds from so many days after a shock's onset to its end.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cause {
    shock: usize,
    when: When,
    delay: f64,
}

impl Cause {
    /// Whether this holds at any time at which the other does.
    fn covers(&self, other: &Self) -> bool {
        self.shock == other.shock
            && (self.when == When::Always || self.when == other.when)
            && self.delay <= other.delay
    }
}

fn covers(causes: &[Cause], other: &Cause) -> bool {
    causes.iter().any(|own| own.covers(other))
}

/// A factor on a class's prices.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Dearer {
    key: usize,
    factor: f64,
    cause: Cause,
}

/// What may befall a class.
#[derive(Debug, Clone, Default)]
pub(super) struct Fate {
    down: Vec<Cause>,
    no_new: Vec<Cause>,
    squeezed: Vec<Cause>,
    /// Only where what it has runs out at some time.
    stale: Vec<Cause>,
    stale_buffer_days: f64,
    prices: Vec<Dearer>,
}

impl Fate {
    /// `[n_classes]`; `outages`: `[n_shocks]`, each by itself, from day 0 on and without end.
    pub(super) fn all(frame: &CellFrame, outages: &[Outage]) -> Vec<Self> {
        let buffer = |class: Class| frame.classes[class].stale_buffer_days;
        let fate = |class| Self { stale_buffer_days: buffer(class), ..Self::default() };
        let mut fates: Vec<Self> = (0..frame.classes.len()).map(fate).collect();
        for (shock, outage) in outages.iter().enumerate() {
            add_effects(frame, shock, &mut fates);
            let reached = |times: &BTreeMap<OfferIdx, Vec<Down>>| -> Vec<(Class, Cause)> {
                let classes =
                    times.iter().filter_map(|(&offer, times)| Some((frame.class_led_by(offer)?, times)));
                let cause = |down: &Down| Cause { shock, when: When::Always, delay: down.start };
                classes
                    .flat_map(|(class, times)| times.iter().map(move |down| (class, cause(down))))
                    .collect()
            };
            reached(&outage.down).into_iter().for_each(|(class, cause)| fates[class].down.push(cause));
            reached(&outage.no_new).into_iter().for_each(|(class, cause)| fates[class].no_new.push(cause));
            reached(&outage.stale).into_iter().for_each(|(class, cause)| fates[class].stale.push(cause));
        }
        fates.iter_mut().filter(|own| own.stale_buffer_days.is_infinite()).for_each(|own| own.stale.clear());
        fates
    }

    /// Whether the other is unusable whenever this is.
    fn is_usable_with(&self, other: &Self) -> bool {
        let goes_stale_with = || {
            let is_stale = self.stale.iter().all(|cause| covers(&other.stale, cause));
            is_stale && self.stale_buffer_days >= other.stale_buffer_days
        };
        self.down.iter().all(|cause| covers(&other.down, cause))
            && (self.stale.iter().all(|cause| covers(&other.down, cause)) || goes_stale_with())
    }

    /// Whether this may be activated cold whenever the other may, if it takes no longer.
    pub(super) fn is_open_with(&self, other: &Self) -> bool {
        self.is_usable_with(other)
            && self.no_new.iter().all(|cause| covers(&other.no_new, cause))
            && self.squeezed.iter().all(|cause| covers(&other.squeezed, cause) || covers(&other.down, cause))
    }

    /// Whether this is usable whenever the other is.
    pub(super) fn serves_with(&self, other: &Self) -> bool {
        self.is_usable_with(other)
    }

    /// Whether this is usable whenever the other is, and no more is multiplied onto its price then.
    pub(super) fn is_cheap_with(&self, other: &Self) -> bool {
        let has = |prices: &[Dearer], own: &Dearer| {
            prices.iter().any(|p| p.key == own.key && p.cause.when == own.cause.when)
        };
        let is_void = |own: &&Dearer| !covers(&other.down, &own.cause);
        self.is_usable_with(other)
            && self.prices.iter().filter(is_void).all(|own| own.factor <= 1.0 || has(&other.prices, own))
            && other.prices.iter().filter(is_void).all(|own| own.factor >= 1.0 || has(&self.prices, own))
    }
}

fn add_effects(frame: &CellFrame, shock: usize, fates: &mut [Fate]) {
    let own = &frame.shocks[shock];
    let cause = |when: When| Cause { shock, when, delay: 0.0 };
    own.unavailable.iter().for_each(|&class| fates[class].down.push(cause(When::Always)));
    own.no_new.iter().for_each(|&class| fates[class].no_new.push(cause(When::Always)));
    own.stale.iter().for_each(|&class| fates[class].stale.push(cause(When::Always)));
    for factor in own.capacities.iter().filter(|f| f.factor != 1.0) {
        factor.classes.iter().for_each(|&class| fates[class].squeezed.push(cause(When::Always)));
    }
    for &super::FrameFactor { key, factor, ref classes } in &own.prices {
        let dearer = Dearer { key, factor, cause: cause(When::Always) };
        classes.iter().for_each(|&class| fates[class].prices.push(dearer));
    }
    for &(developer, ref classes) in &own.collateral {
        classes.iter().for_each(|&class| fates[class].down.push(cause(When::Collateral(developer))));
    }
    for &(developer, ref classes) in &own.withdrawal {
        for &class in classes {
            fates[class].down.push(cause(When::Withdraws(developer)));
            if let Some((key, factor)) = own.withdrawal_price {
                fates[class].prices.push(Dearer { key, factor, cause: cause(When::Complies(developer)) });
            }
        }
    }
}
