//! What a state of a group costs a day, asked once of the rules of the room `service` and remembered.
//!
//! A state is the set of items that are on; what is unserved depends besides on the ages of what is displaced. Both
//! are remembered under hashes that are the same on every thread, so that it does not matter who asked first.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::strike::{ClassSet, Item, ItemFactor, carriers, spend};
use crate::service::cell_groups::CellGroup;
use crate::service::course::{ClassState, Slice, Stretch};
use crate::service::frame::{Class, Local};
use crate::service::routing::route;
use crate::service::state::{Alternatives, ClassStates, ColdLeads, Moment, extra_usd_per_mtok};

/// States, and moments, remembered per group before memory is cleared.
const MAX_REMEMBERED: usize = 1 << 14;

/// A class with a primary share.
#[derive(Debug)]
pub(super) struct Carrier {
    pub(super) class: Class,
    pub(super) share: f64,
    /// Planned, USD per day.
    spend: f64,
    /// Members with a share, and mtok a day that they carry.
    members: Vec<(Local, f64)>,
}

/// What holds while a set of items is on.
#[derive(Debug)]
pub(super) struct StateCosts {
    on: Box<[u32]>,
    /// Classes under `no_new`, ascending, and since when.
    closed: Vec<(Class, f64)>,
    /// By carrier: the level that is kept.
    pub(super) kept: Box<[f64]>,
    /// Extra cost, USD per day.
    pub(super) usd_per_day: f64,
    /// What of it comes on top of dearer prices of carriers as if they were served, USD per day.
    pub(super) displaced_usd_per_day: f64,
    /// Who may serve what is displaced, cold.
    pub(super) cold: ColdLeads,
    /// Hash of what else decides what is unserved, ages apart.
    parts_key: Key,
    /// It depends on the time at which alternatives were closed to newcomers, and is not remembered.
    needs_times: bool,
}

impl StateCosts {
    /// Whether the other costs the same at any age of what is displaced.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.kept == other.kept
            && self.usd_per_day == other.usd_per_day
            && self.displaced_usd_per_day == other.displaced_usd_per_day
            && self.cold.free == other.cold.free
            && self.parts_key == other.parts_key
            && !self.needs_times
            && !other.needs_times
    }
}

type Remembered<T> = HashMap<u128, T, BuildHasherDefault<Folded>>;

/// A group with what is known about its states.
#[derive(Debug)]
pub(super) struct Known<'a> {
    pub(super) group: &'a CellGroup,
    pub(super) items: Vec<Item>,
    pub(super) carriers: Vec<Carrier>,
    /// The first is of the last state that was not to be remembered.
    states: Vec<StateCosts>,
    /// Place in `states` by the sum of the items' tokens.
    state_by_items: Remembered<usize>,
    /// (outage, USD per day; unserved share) by all that decides them.
    moments: Remembered<(f64, f64)>,
}

impl<'a> Known<'a> {
    /// Place of a state that depends on more than what is on.
    pub(super) const UNREMEMBERED: usize = 0;

    pub(super) fn new(group: &'a CellGroup) -> Self {
        let (frame, plan) = (&group.frame, &group.plan);
        let carrier = |class: Class| {
            let shares = frame.classes[class].members.iter().map(|&m| (m, plan.share[m]));
            Carrier {
                class,
                share: plan.class_shares()[class],
                spend: spend(frame, plan, class),
                members: shares.filter(|(_, s)| *s > 0.0).map(|(m, s)| (m, s * frame.mtok_per_day)).collect(),
            }
        };
        let carriers = carriers(frame, plan).into_iter().map(carrier).collect();
        let mut known = Self {
            group,
            items: Vec::new(),
            carriers,
            states: Vec::new(),
            state_by_items: Remembered::default(),
            moments: Remembered::default(),
        };
        let calm = known.costs(Vec::new(), Vec::new());
        known.states.push(calm);
        known
    }

    /// Forgets items and states.
    pub(super) fn clear(&mut self) {
        self.items.clear();
        self.forget();
    }

    fn forget(&mut self) {
        self.states.truncate(1);
        self.state_by_items.clear();
        self.moments.clear();
    }

    /// Makes room, between two times that anything is followed.
    pub(super) fn bound_memory(&mut self) {
        if self.states.len() > MAX_REMEMBERED || self.moments.len() > MAX_REMEMBERED {
            self.forget();
        }
    }

    pub(super) fn state(&self, place: usize) -> &StateCosts {
        &self.states[place]
    }

    /// Place of the state in which some items are on.
    ///
    /// `token`: sum of their tokens; `closed`: classes under `no_new`, ascending, and since when without a break.
    pub(super) fn state_of(&mut self, token: u128, on: &[u32], closed: &[(Class, f64)]) -> usize {
        if let Some(&place) = self.state_by_items.get(&token)
            && !self.states[place].needs_times
        {
            return place;
        }
        let mut on = on.to_vec();
        // The same sums and products on every thread, however the items came on and were numbered.
        on.sort_by_key(|&item| self.items[item as usize].token);
        let costs = self.costs(on, closed.to_vec());
        if costs.needs_times {
            self.states[Self::UNREMEMBERED] = costs;
            return Self::UNREMEMBERED;
        }
        self.states.push(costs);
        self.state_by_items.insert(token, self.states.len() - 1);
        self.states.len() - 1
    }

    fn costs(&self, on: Vec<u32>, closed: Vec<(Class, f64)>) -> StateCosts {
        let frame = &self.group.frame;
        let view = View::new(&self.items, &on, &closed, frame.classes.len());
        let mut kept = Vec::with_capacity(self.carriers.len());
        let (mut usd_per_day, mut served_usd_per_day) = (0.0, 0.0);
        for carrier in &self.carriers {
            let state = view.state(carrier.class);
            kept.push(state.kept());
            for &(member, mtok) in &carrier.members {
                usd_per_day += mtok * extra_usd_per_mtok(frame, &view, &state, member);
            }
            served_usd_per_day += carrier.spend * (state.price_factor - 1.0).max(0.0);
        }
        let is_whole = kept.iter().all(|kept| *kept == 1.0);
        let cold = ColdLeads::new(frame, &view);
        // Which standby is asked first matters when one opens before the other.
        let has_order = frame.warm_leads.len() > 1;
        let mut parts_key = Key(0x6d75_6c74_6970_6f6c_6172);
        let mut needs_times = !is_whole && !cold.closed.is_empty();
        for &class in &frame.parts {
            let state = view.state(class);
            needs_times |=
                !is_whole && frame.classes[class].warm_lead.is_some() && state.no_new_since.is_some();
            if state.kept() != 1.0 || (has_order && state.price_factor != 1.0) {
                parts_key.add(class as u64);
                parts_key.add(state.kept().to_bits());
                parts_key.add(if has_order { state.price_factor.to_bits() } else { 0 });
            }
        }
        StateCosts {
            on: on.into_boxed_slice(),
            closed,
            kept: kept.into_boxed_slice(),
            usd_per_day,
            displaced_usd_per_day: if is_whole { 0.0 } else { usd_per_day - served_usd_per_day },
            cold,
            parts_key,
            needs_times,
        }
    }

    /// Outage, USD per day, and unserved share from `start` to `end`, between which no slice passes a threshold.
    ///
    /// `slices`: the youngest first.
    pub(super) fn moment(&mut self, place: usize, slices: &[Slice], start: f64, end: f64) -> (f64, f64) {
        let key = self.moment_key(&self.states[place], slices, f64::midpoint(start, end));
        if let Some(&known) = self.moments.get(&key) {
            return known;
        }
        let costs = &self.states[place];
        let CellGroup { frame, plan, .. } = self.group;
        let view = View::new(&self.items, &costs.on, &costs.closed, frame.classes.len());
        let states = (0..frame.classes.len()).map(|class| view.state(class));
        let stretch = Stretch {
            start,
            end,
            states: states.filter(|s| *s != ClassState::untouched(s.class)).collect(),
            slices: slices.to_vec(),
        };
        let moment = Moment { start, end, stretch: &stretch };
        let state = Alternatives::new(frame, &stretch).state_at(frame, &moment);
        let usd_per_day = plan.outage_usd_per_day(frame, &state.rows, state.n_rows_before_fallback);
        let learned = (usd_per_day, route(frame, plan, &moment).unserved);
        self.moments.insert(key, learned);
        learned
    }

    /// Everything that decides what is unserved at an instant between thresholds.
    fn moment_key(&self, costs: &StateCosts, slices: &[Slice], instant: f64) -> u128 {
        let frame = &self.group.frame;
        let mut key = costs.parts_key;
        for (at, slice) in slices.iter().enumerate() {
            let elapsed = instant - slice.announced();
            let n_warm = frame.warm_leads.iter().filter(|lead| elapsed >= **lead).count() as u64;
            let is_same = at > 0 && slices[at - 1].announced() == slice.announced();
            let phase = n_warm << 4
                | u64::from(slice.time(instant) >= frame.recovery_objective_days) << 3
                | u64::from(elapsed >= frame.fallback_after_days) << 2
                | u64::from(instant >= opening(&costs.cold, slice.announced())) << 1
                | u64::from(is_same);
            key.add((slice.class as u64) << 32 | phase);
            key.add(slice.low.to_bits());
            key.add(slice.high.to_bits());
            if costs.needs_times {
                // Standbys that are closed to newcomers: those who were ready before go on.
                for &(class, since) in &costs.closed {
                    if let Some(lead) = frame.classes[class].warm_lead {
                        let was_ready = slice.announced() + frame.warm_leads[lead] < since;
                        key.add((class as u64) << 1 | u64::from(was_ready));
                    }
                }
            }
        }
        key.0
    }
}

/// When a cold offer comes to serve what was announced on a day; infinite: none does.
#[inline]
pub(super) fn opening(cold: &ColdLeads, announced: f64) -> f64 {
    let before = |(onboarding, state): &(f64, ClassState)| {
        let ready = announced + onboarding;
        state.no_new_since.is_none_or(|since| ready < since).then_some(ready)
    };
    cold.closed.iter().filter_map(before).fold(announced + cold.free, f64::min)
}

/// The classes' states while some items are on.
struct View<'a> {
    items: &'a [Item],
    /// Items that are on and have factors.
    priced: Vec<u32>,
    squeezed: Vec<u32>,
    down: ClassSet,
    closed: &'a [(Class, f64)],
    /// Some shock has two items on, whose factors may be the same effect.
    has_twins: bool,
}

impl<'a> View<'a> {
    fn new(items: &'a [Item], on: &[u32], closed: &'a [(Class, f64)], n_classes: usize) -> Self {
        let item = |item: &u32| &items[*item as usize];
        let mut down = ClassSet::new(n_classes);
        on.iter().for_each(|own| down.extend(&item(own).down));
        let has_twin =
            |(at, own): (usize, &u32)| on[..at].iter().any(|other| item(other).shock == item(own).shock);
        Self {
            items,
            priced: on.iter().copied().filter(|own| !item(own).prices.is_empty()).collect(),
            squeezed: on.iter().copied().filter(|own| !item(own).capacities.is_empty()).collect(),
            down,
            closed,
            has_twins: on.iter().enumerate().any(has_twin),
        }
    }

    /// Product of the factors that items put on a class.
    fn product(&self, on: &[u32], class: Class, factors: impl Fn(&Item) -> &[ItemFactor]) -> f64 {
        let mut product = 1.0;
        for (at, &item) in on.iter().enumerate() {
            for own in factors(&self.items[item as usize]).iter().filter(|own| own.classes.contains(class)) {
                // One shock counts once however many of its occurrences overlap.
                let is_repeated = self.has_twins
                    && on[..at].iter().any(|&earlier| {
                        let mut earlier = factors(&self.items[earlier as usize]).iter();
                        earlier.any(|f| f.key == own.key && f.classes.contains(class))
                    });
                if !is_repeated {
                    product *= own.factor;
                }
            }
        }
        product
    }
}

impl ClassStates for View<'_> {
    fn state(&self, class: Class) -> ClassState {
        let price_factor = self.product(&self.priced, class, |item| &item.prices);
        ClassState { price_factor, ..self.unpriced(class) }
    }

    fn is_usable(&self, class: Class) -> bool {
        !self.down.contains(class)
    }

    fn unpriced(&self, class: Class) -> ClassState {
        let closed = self.closed.binary_search_by_key(&class, |own| own.0);
        ClassState {
            class,
            is_usable: self.is_usable(class),
            capacity: self.product(&self.squeezed, class, |item| &item.capacities),
            price_factor: 1.0,
            no_new_since: closed.ok().map(|place| self.closed[place].1),
        }
    }
}

/// A hash that keeps 128 bits: among a billion distinct states the chance that any two agree is below 10⁻²⁰.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key(pub(super) u128);

impl Key {
    #[inline]
    pub(super) fn add(&mut self, word: u64) {
        // The multiplier of PCG64 (O'Neill 2014).
        const MULTIPLIER: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;
        self.0 = (self.0 ^ u128::from(word)).wrapping_mul(MULTIPLIER);
        self.0 ^= self.0 >> 71;
    }
}

/// Folds a key that is a hash already.
#[derive(Debug, Default)]
pub(super) struct Folded(u64);

impl Hasher for Folded {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u128(&mut self, key: u128) {
        self.0 = key as u64 ^ (key >> 64) as u64;
    }
}
