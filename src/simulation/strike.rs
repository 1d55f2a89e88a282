//! What one occurrence does to one group of cells, as items that are on or off together.

use super::response::Response;
use crate::service::course::{Active, Collected, Influence};
use crate::service::frame::{CellFrame, Class};
use crate::service::loss::CellPlan;

/// A set of a frame's classes, as bits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct ClassSet(Vec<u64>);

impl ClassSet {
    fn insert(&mut self, class: Class) {
        let word = class / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (class % 64);
    }

    #[inline]
    pub(super) fn contains(&self, class: Class) -> bool {
        self.0.get(class / 64).is_some_and(|word| word >> (class % 64) & 1 == 1)
    }

    /// Adds another set's classes.
    #[inline]
    pub(super) fn extend(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(own, word)| *own |= word);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl FromIterator<Class> for ClassSet {
    fn from_iter<T: IntoIterator<Item = Class>>(classes: T) -> Self {
        let mut set = Self::default();
        classes.into_iter().for_each(|class| set.insert(class));
        set
    }
}

/// A factor on prices or capacities of some classes.
#[derive(Debug, Clone)]
pub(super) struct ItemFactor {
    /// The effect it comes from: it counts once.
    pub(super) key: usize,
    pub(super) factor: f64,
    pub(super) classes: ClassSet,
}

/// Everything of an occurrence that begins and ends together.
#[derive(Debug, Clone, Default)]
pub(super) struct Item {
    pub(super) shock: usize,
    pub(super) down: ClassSet,
    /// Ascending.
    pub(super) no_new: Vec<Class>,
    pub(super) prices: Vec<ItemFactor>,
    pub(super) capacities: Vec<ItemFactor>,
    /// Carriers whose kept level it alone would lower, with the warning it gives, days.
    pub(super) lowers: Vec<(Class, f64)>,
}

/// The shock of items that belong to none: its factors, of which it has none, are never counted twice.
const NO_SHOCK: usize = usize::MAX;

impl Item {
    /// A class that is useless after a time without updates; the warning stands with the change.
    pub(super) fn expired(class: Class) -> Self {
        let down = [class].into_iter().collect();
        Self { shock: NO_SHOCK, down, lowers: vec![(class, 0.0)], ..Self::default() }
    }
}

/// A group's carriers: classes with a primary share.
pub(super) fn carriers(frame: &CellFrame, plan: &CellPlan) -> Vec<Class> {
    let shares = plan.class_shares();
    frame.parts.iter().copied().filter(|&c| frame.classes[c].is_carrier && shares[c] > 0.0).collect()
}

/// Updates that stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stale {
    pub(super) class: Class,
    /// Days after onset.
    pub(super) delay: f64,
    pub(super) warning: f64,
}

/// What one occurrence does to one group.
#[derive(Debug, Clone)]
pub(super) struct Strike {
    /// Days after onset, and the item that begins then; ascending.
    pub(super) steps: Vec<(f64, u32)>,
    /// Effect, class and cost at onset, unless the effect is active on the class already, USD.
    pub(super) one_offs: Vec<(usize, Class, f64)>,
    /// It may lower what some carrier keeps.
    pub(super) displaces: bool,
    /// Alone it may cost something.
    pub(super) costs: bool,
    /// Classes whose updates stop, and that live off what they have for less than the horizon.
    pub(super) stale: Vec<Stale>,
    /// It stops nodes or cuts hardware on which some offer of the group stands, and with other stops may do more than
    /// each alone: through an alternative or a buffer.
    pub(super) may_combine: bool,
    /// What it costs alone, by how long it lasts; `None`: asked one by one.
    pub(super) response: Option<Response>,
}

impl Strike {
    /// Reads what an occurrence from day 0 on, without end, was found to do; items are added to `items`.
    pub(super) fn new(
        frame: &CellFrame,
        plan: &CellPlan,
        shock: usize,
        collected: &Collected,
        may_combine: bool,
        horizon_days: f64,
        items: &mut Vec<Item>,
    ) -> Self {
        let carriers = carriers(frame, plan);
        let stale = collected.stale.iter().flat_map(|(&class, times)| {
            times.iter().map(move |down| Stale { class, delay: down.start, warning: down.warning })
        });
        let stale: Vec<Stale> =
            stale.filter(|s| frame.classes[s.class].stale_buffer_days < horizon_days).collect();
        let mut active = collected.active.clone();
        active.sort_by(|a, b| a.start.total_cmp(&b.start));
        let mut steps = Vec::new();
        let (mut displaces, mut is_dearer) = (stale.iter().any(|s| carriers.contains(&s.class)), false);
        for group in active.chunk_by(|a, b| a.start == b.start) {
            let item = item(shock, group, &carriers);
            displaces |= !item.lowers.is_empty();
            is_dearer |= item.prices.iter().any(|f| carriers.iter().any(|&c| f.classes.contains(c)));
            steps.push((group[0].start, u32::try_from(items.len()).expect("fewer than 2^32 items")));
            items.push(item);
        }
        let charges = collected.one_offs.iter().map(|charge| {
            let share = frame.users_share * plan.class_shares()[charge.class];
            (charge.key, charge.class, charge.usd * share)
        });
        let one_offs: Vec<(usize, Class, f64)> = charges.filter(|(_, _, usd)| *usd > 0.0).collect();
        Self {
            steps,
            costs: displaces || is_dearer || !one_offs.is_empty(),
            one_offs,
            displaces,
            stale,
            may_combine,
            response: None,
        }
    }

    /// Whether it has no part in any outcome of the group.
    pub(super) fn is_idle(&self) -> bool {
        self.steps.is_empty() && self.one_offs.is_empty() && self.stale.is_empty() && !self.may_combine
    }

    /// Whether both together may do more than each alone, other than in the state of one moment.
    pub(super) fn combines_with(&self, other: &Self) -> bool {
        self.may_combine && other.may_combine
    }
}

fn item(shock: usize, group: &[Active], carriers: &[Class]) -> Item {
    let mut item = Item { shock, ..Item::default() };
    let add = |factors: &mut Vec<ItemFactor>, key: usize, factor: f64, class: Class| match factors
        .iter_mut()
        .find(|own| own.key == key)
    {
        Some(own) => own.classes.insert(class),
        None => factors.push(ItemFactor { key, factor, classes: [class].into_iter().collect() }),
    };
    for active in group {
        match active.influence {
            Influence::Down { .. } => item.down.insert(active.class),
            Influence::NoNew => item.no_new.push(active.class),
            Influence::Capacity { key, factor, .. } => add(&mut item.capacities, key, factor, active.class),
            Influence::Price { key, factor } => add(&mut item.prices, key, factor, active.class),
        }
        if let (Some(warning), true) = (active.lowers_with_warning(), carriers.contains(&active.class)) {
            match item.lowers.iter_mut().find(|own| own.0 == active.class) {
                Some(own) => own.1 = own.1.min(warning),
                None => item.lowers.push((active.class, warning)),
            }
        }
    }
    item.no_new.sort_unstable();
    item.no_new.dedup();
    item
}
