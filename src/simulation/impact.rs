//! The impact of one occurrence on one group of cells, made of segments that begin and end together.

use std::sync::Arc;

use super::classes::{ClassSet, Touched};
use super::response::Response;
use super::sink::Total;
use crate::service::cell_model::{CellModel, Class};
use crate::service::cell_plan::CellPlan;
use crate::service::trajectory::{CellHit, Collected, Influence};

/// A factor on the prices or capacities of some classes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SegmentFactor {
    /// Key of the effect that it comes from, which counts once.
    pub(super) key: usize,
    pub(super) factor: f64,
    pub(super) classes: ClassSet,
}

/// The effects of an occurrence that begin and end together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Segment {
    /// All classes that it affects.
    pub(super) touches: Touched,
    pub(super) down: ClassSet,
    /// Ascending.
    pub(super) no_new: Box<[Class]>,
    pub(super) prices: Box<[SegmentFactor]>,
    pub(super) capacities: Box<[SegmentFactor]>,
    /// Primaries whose kept share it would lower by itself, with its warning, days.
    pub(super) lowers: Box<[(Class, f64)]>,
}

impl Segment {
    fn new(n_classes: usize) -> Self {
        Self {
            touches: Touched::new(n_classes),
            down: ClassSet::new(n_classes),
            no_new: Box::default(),
            prices: Box::default(),
            capacities: Box::default(),
            lowers: Box::default(),
        }
    }

    /// The segment of a stale class that is no longer usable; the warning is stored with the change.
    pub(super) fn expired(class: Class, is_primary: bool, n_classes: usize) -> Self {
        let mut segment = Self::new(n_classes);
        segment.down.insert(class);
        segment.touches.otherwise.insert(class);
        segment.lowers = is_primary.then_some((class, 0.0)).into_iter().collect();
        segment
    }

    /// About what it takes.
    pub(super) fn n_bytes(&self) -> usize {
        let factors = self.prices.iter().chain(&self.capacities);
        let sets = self.touches.n_bytes() + self.down.n_bytes();
        size_of::<Self>()
            + OVERHEAD
            + sets
            + list_bytes(&self.no_new)
            + list_bytes(&self.prices)
            + list_bytes(&self.capacities)
            + list_bytes(&self.lowers)
            + factors.map(|factor| factor.classes.n_bytes()).sum::<usize>()
    }
}

/// A group's primaries: classes with a primary share.
pub(super) fn primaries(cell_model: &CellModel, plan: &CellPlan) -> Vec<Class> {
    let shares = plan.class_shares();
    cell_model
        .active_classes
        .iter()
        .copied()
        .filter(|&c| cell_model.classes[c].is_primary && shares[c] > 0.0)
        .collect()
}

/// Planned cost of a primary, USD per day.
pub(super) fn spend(cell_model: &CellModel, plan: &CellPlan, primary: Class) -> f64 {
    let members = cell_model.classes[primary].members.iter();
    members.map(|&m| cell_model.mtok_per_day * plan.share[m] * cell_model.members[m].price).sum()
}

/// A class whose updates stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stale {
    pub(super) class: Class,
    /// Days after onset.
    pub(super) delay: f64,
    pub(super) warning: f64,
}

/// Stand-alone cost of displacement by an occurrence, without one-off effects and price increases of served primaries.
#[derive(Debug, Clone)]
pub(super) struct LoneLoss {
    /// Cost by duration.
    pub(super) response: Response,
    /// The classes on which the cost depends.
    pub(super) asked: Touched,
}

/// The impact of one occurrence on one group.
#[derive(Debug, Clone)]
pub(super) struct GroupImpact {
    /// Days after onset, ascending, each with the segment that begins then.
    pub(super) steps: Box<[(f64, Arc<Segment>)]>,
    /// Effect, class and cost at onset, USD; not charged if the effect is active on the class already.
    pub(super) one_offs: Box<[(usize, Class, f64)]>,
    /// Sum of `one_offs`, USD.
    pub(super) one_off_usd: f64,
    /// Extra cost of price increases while primaries are served, USD per day.
    pub(super) dearer_usd_per_day: f64,
    /// Days after which it lowers the kept share of some primary by itself; infinite if it never does.
    pub(super) displaces_after: f64,
    /// Its effect depends on history: it blocks new activations or stops updates.
    pub(super) has_memory: bool,
    /// Updates of some primary stop, so that together with other impacts it may displace sooner than by itself.
    pub(super) makes_primaries_stale: bool,
    /// Whether it may have a cost by itself.
    pub(super) costs: bool,
    /// Classes whose updates stop and that go stale within the horizon.
    pub(super) stale: Box<[Stale]>,
    /// Some offer of the group depends on the nodes it stops or the hardware it cuts, and in combination with other stops
    /// the effect may be larger, through an alternative or a buffer.
    pub(super) may_combine: bool,
    /// All classes that it affects at some time.
    pub(super) touches: Touched,
    /// Stand-alone cost of displacement; `None` if it displaces nothing.
    pub(super) lone: Option<Box<LoneLoss>>,
    /// Primaries whose price changes, by their place among those of the group, each with its factor.
    pub(super) uplifts: Box<[(usize, f64)]>,
}

impl GroupImpact {
    /// Builds the impact from the collected hits of an occurrence from day 0 without end.
    pub(super) fn new(
        cell_model: &CellModel,
        plan: &CellPlan,
        collected: &Collected<'_>,
        may_combine: bool,
        horizon_days: f64,
    ) -> Self {
        let primaries = primaries(cell_model, plan);
        let stale = collected.stale.iter().flat_map(|(&class, times)| {
            times.iter().map(move |down| Stale { class, delay: down.start, warning: down.warning })
        });
        let stale: Box<[Stale]> =
            stale.filter(|s| cell_model.classes[s.class].stale_buffer_days < horizon_days).collect();
        let mut hits: Vec<&CellHit<'_>> = collected.hits.iter().collect();
        hits.sort_by(|a, b| a.start.total_cmp(&b.start));
        let mut steps: Vec<(f64, Arc<Segment>)> = Vec::new();
        let mut touches = Touched::new(cell_model.classes.len());
        stale.iter().for_each(|s| touches.otherwise.insert(s.class));
        let expiries = stale.iter().filter(|s| primaries.contains(&s.class));
        let expiries = expiries.map(|s| s.delay + cell_model.classes[s.class].stale_buffer_days);
        let mut displaces_after = expiries.fold(f64::INFINITY, f64::min);
        let makes_primaries_stale = displaces_after.is_finite();
        let mut dearer_usd_per_day = 0.0;
        for group in hits.chunk_by(|a, b| a.start == b.start) {
            let segment = segment(group, &primaries, cell_model.classes.len());
            if !segment.lowers.is_empty() {
                displaces_after = displaces_after.min(group[0].start);
            }
            for &class in &primaries {
                let factors = segment.prices.iter().filter(|f| f.classes.contains(class)).map(|f| f.factor);
                dearer_usd_per_day +=
                    spend(cell_model, plan, class) * (factors.product::<f64>() - 1.0).max(0.0);
            }
            touches.extend(&segment.touches);
            steps.push((group[0].start, Arc::new(segment)));
        }
        let charges = collected.one_offs.iter().map(|charge| {
            let share = cell_model.users_share * plan.class_shares()[charge.class];
            (charge.key, charge.class, charge.usd * share)
        });
        let one_offs: Box<[(usize, Class, f64)]> = charges.filter(|(_, _, usd)| *usd > 0.0).collect();
        let has_memory = !stale.is_empty() || steps.iter().any(|(_, segment)| !segment.no_new.is_empty());
        Self {
            steps: steps.into(),
            costs: displaces_after.is_finite() || dearer_usd_per_day > 0.0 || !one_offs.is_empty(),
            one_off_usd: one_offs.iter().map(|own| own.2).sum(),
            dearer_usd_per_day,
            one_offs,
            displaces_after,
            makes_primaries_stale,
            has_memory,
            stale,
            may_combine,
            touches,
            lone: None,
            uplifts: Box::default(),
        }
    }

    /// About what it takes, with its segments.
    pub(super) fn n_bytes(&self) -> usize {
        let segments = self.steps.iter().map(|(_, segment)| segment.n_bytes());
        let lone = self.lone.as_ref().map_or(0, |lone| {
            size_of::<LoneLoss>() + OVERHEAD + lone.response.n_bytes() + lone.asked.n_bytes()
        });
        size_of::<Self>()
            + OVERHEAD
            + list_bytes(&self.steps)
            + list_bytes(&self.one_offs)
            + list_bytes(&self.stale)
            + list_bytes(&self.uplifts)
            + self.touches.n_bytes()
            + lone
            + segments.sum::<usize>()
    }

    /// Whether it may displace something, by itself or with others, if it lasts for `days` within the horizon.
    pub(super) fn may_displace(&self, days: f64) -> bool {
        days > self.displaces_after || self.makes_primaries_stale
    }

    /// Stand-alone cost of displacement if it lasts for `days` within the horizon, without one-off effects and price increases
    /// of served primaries.
    pub(super) fn displaced(&self, days: f64) -> Total {
        match &self.lone {
            Some(lone) if days > self.displaces_after => lone.response.at(days),
            _ => Total::default(),
        }
    }

    /// Stand-alone cost if it lasts for `days` within the horizon, USD.
    pub(super) fn alone_usd(&self, days: f64) -> f64 {
        self.one_off_usd + self.dearer_usd_per_day * days + self.displaced(days).usd
    }

    /// Product of its factors on the prices of a class.
    pub(super) fn price_factor(&self, class: Class) -> f64 {
        let prices = self.steps.iter().flat_map(|(_, segment)| &segment.prices);
        prices.filter(|own| own.classes.contains(class)).map(|own| own.factor).product()
    }

    /// Whether it cannot affect any outcome of the group.
    pub(super) fn is_idle(&self) -> bool {
        self.steps.is_empty() && self.one_offs.is_empty() && self.stale.is_empty() && !self.may_combine
    }

    /// Whether both impacts together may have a combined effect in the supply graph.
    pub(super) fn combines_with(&self, other: &Self) -> bool {
        self.may_combine && other.may_combine
    }
}

/// What an allocation takes beyond its content, about, bytes; with the counts of an `Arc`.
const OVERHEAD: usize = 24;

/// About what the entries of a list take, bytes.
pub(super) fn list_bytes<T>(list: &[T]) -> usize {
    if list.is_empty() { 0 } else { size_of_val(list) + OVERHEAD }
}

/// The segment of hits that begin together.
fn segment(group: &[&CellHit<'_>], primaries: &[Class], n_classes: usize) -> Segment {
    let mut segment = Segment::new(n_classes);
    let (mut no_new, mut prices, mut capacities, mut lowers) = (vec![], vec![], vec![], vec![]);
    let add = |factors: &mut Vec<SegmentFactor>, key: usize, factor: f64, class: Class| {
        let at = factors.iter().position(|own| own.key == key).unwrap_or_else(|| {
            factors.push(SegmentFactor { key, factor, classes: ClassSet::new(n_classes) });
            factors.len() - 1
        });
        factors[at].classes.insert(class);
    };
    for (class, influence) in group.iter().flat_map(|hit| hit.classes.iter().map(|&c| (c, hit.influence))) {
        match influence {
            Influence::Price { .. } => segment.touches.price.insert(class),
            _ => segment.touches.otherwise.insert(class),
        }
        match influence {
            Influence::Down { .. } => segment.down.insert(class),
            Influence::NoNew => no_new.push(class),
            Influence::Capacity { key, factor, .. } => add(&mut capacities, key, factor, class),
            Influence::Price { key, factor } => add(&mut prices, key, factor, class),
        }
        if let (Some(warning), true) = (influence.lowers_with_warning(), primaries.contains(&class)) {
            match lowers.iter_mut().find(|own: &&mut (Class, f64)| own.0 == class) {
                Some(own) => own.1 = own.1.min(warning),
                None => lowers.push((class, warning)),
            }
        }
    }
    no_new.sort_unstable();
    no_new.dedup();
    Segment {
        no_new: no_new.into(),
        prices: prices.into(),
        capacities: capacities.into(),
        lowers: lowers.into(),
        ..segment
    }
}
