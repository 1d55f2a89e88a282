//! The impact of one occurrence on one group of cells, made of segments that begin and end together.

use super::classes::{ClassSet, Touched};
use super::response::Response;
use super::sink::Total;
use crate::service::cell_model::{CellModel, Class};
use crate::service::cell_plan::CellPlan;
use crate::service::trajectory::{CellHit, Collected, Influence};

/// A factor on the prices or capacities of some classes.
#[derive(Debug, Clone)]
pub(super) struct SegmentFactor {
    /// Key of the effect that it comes from, which counts once.
    pub(super) key: usize,
    pub(super) factor: f64,
    pub(super) classes: ClassSet,
}

/// The effects of an occurrence that begin and end together.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    /// All classes that it affects.
    pub(super) touches: Touched,
    pub(super) down: ClassSet,
    /// Ascending.
    pub(super) no_new: Vec<Class>,
    pub(super) prices: Vec<SegmentFactor>,
    pub(super) capacities: Vec<SegmentFactor>,
    /// Primaries whose kept share it would lower by itself, with its warning, days.
    pub(super) lowers: Vec<(Class, f64)>,
}

impl Segment {
    fn new(n_classes: usize) -> Self {
        Self {
            touches: Touched::new(n_classes),
            down: ClassSet::new(n_classes),
            no_new: Vec::new(),
            prices: Vec::new(),
            capacities: Vec::new(),
            lowers: Vec::new(),
        }
    }

    /// The segment of a stale class that is no longer usable; the warning is stored with the change.
    pub(super) fn expired(class: Class, is_primary: bool, n_classes: usize) -> Self {
        let mut segment = Self::new(n_classes);
        segment.down.insert(class);
        segment.touches.otherwise.insert(class);
        segment.lowers.extend(is_primary.then_some((class, 0.0)));
        segment
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
    pub(super) steps: Vec<(f64, u32)>,
    /// Effect, class and cost at onset, USD; not charged if the effect is active on the class already.
    pub(super) one_offs: Vec<(usize, Class, f64)>,
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
    pub(super) stale: Vec<Stale>,
    /// Some offer of the group depends on the nodes it stops or the hardware it cuts, and in combination with other stops
    /// the effect may be larger, through an alternative or a buffer.
    pub(super) may_combine: bool,
    /// All classes that it affects at some time.
    pub(super) touches: Touched,
    /// Stand-alone cost of displacement; `None` if it displaces nothing.
    pub(super) lone: Option<LoneLoss>,
    /// Primaries whose price changes, by their place among those of the group, each with its factor.
    pub(super) uplifts: Vec<(usize, f64)>,
}

impl GroupImpact {
    /// Builds the impact from the collected hits of an occurrence from day 0 without end; appends its segments to `segments`.
    pub(super) fn new(
        cell_model: &CellModel,
        plan: &CellPlan,
        collected: &Collected<'_>,
        may_combine: bool,
        horizon_days: f64,
        segments: &mut Vec<Segment>,
    ) -> Self {
        let primaries = primaries(cell_model, plan);
        let stale = collected.stale.iter().flat_map(|(&class, times)| {
            times.iter().map(move |down| Stale { class, delay: down.start, warning: down.warning })
        });
        let stale: Vec<Stale> =
            stale.filter(|s| cell_model.classes[s.class].stale_buffer_days < horizon_days).collect();
        let mut hits: Vec<&CellHit<'_>> = collected.hits.iter().collect();
        hits.sort_by(|a, b| a.start.total_cmp(&b.start));
        let mut steps = Vec::new();
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
            steps.push((group[0].start, u32::try_from(segments.len()).expect("fewer than 2^32 segments")));
            segments.push(segment);
        }
        let charges = collected.one_offs.iter().map(|charge| {
            let share = cell_model.users_share * plan.class_shares()[charge.class];
            (charge.key, charge.class, charge.usd * share)
        });
        let one_offs: Vec<(usize, Class, f64)> = charges.filter(|(_, _, usd)| *usd > 0.0).collect();
        let closes = |step: &(f64, u32)| !segments[step.1 as usize].no_new.is_empty();
        let has_memory = !stale.is_empty() || steps.iter().any(closes);
        Self {
            steps,
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
            uplifts: Vec::new(),
        }
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
    pub(super) fn price_factor(&self, class: Class, segments: &[Segment]) -> f64 {
        let prices = self.steps.iter().flat_map(|&(_, segment)| &segments[segment as usize].prices);
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

/// The segment of hits that begin together.
fn segment(group: &[&CellHit<'_>], primaries: &[Class], n_classes: usize) -> Segment {
    let mut segment = Segment::new(n_classes);
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
            Influence::NoNew => segment.no_new.push(class),
            Influence::Capacity { key, factor, .. } => add(&mut segment.capacities, key, factor, class),
            Influence::Price { key, factor } => add(&mut segment.prices, key, factor, class),
        }
        if let (Some(warning), true) = (influence.lowers_with_warning(), primaries.contains(&class)) {
            match segment.lowers.iter_mut().find(|own| own.0 == class) {
                Some(own) => own.1 = own.1.min(warning),
                None => segment.lowers.push((class, warning)),
            }
        }
    }
    segment.no_new.sort_unstable();
    segment.no_new.dedup();
    segment
}
