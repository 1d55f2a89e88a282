//! What one occurrence does to one group of cells, as segments that are on or off together.

use super::classes::{ClassSet, Touched};
use super::response::Response;
use super::sink::Total;
use crate::service::cell_model::{CellModel, Class};
use crate::service::cell_plan::CellPlan;
use crate::service::trajectory::{CellHit, Collected, Influence};

/// A factor on prices or capacities of some classes.
#[derive(Debug, Clone)]
pub(super) struct SegmentFactor {
    /// The effect it comes from: it counts once.
    pub(super) key: usize,
    pub(super) factor: f64,
    pub(super) classes: ClassSet,
}

/// Everything of an occurrence that begins and ends together.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    /// All classes that it impacts.
    pub(super) touches: Touched,
    pub(super) down: ClassSet,
    /// Ascending.
    pub(super) no_new: Vec<Class>,
    pub(super) prices: Vec<SegmentFactor>,
    pub(super) capacities: Vec<SegmentFactor>,
    /// Carriers whose kept level it alone would lower, with the warning it gives, days.
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

    /// A class that is useless after a time without updates; the warning stands with the change.
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

/// What a primary costs as planned, USD per day.
pub(super) fn spend(cell_model: &CellModel, plan: &CellPlan, primary: Class) -> f64 {
    let members = cell_model.classes[primary].members.iter();
    members.map(|&m| cell_model.mtok_per_day * plan.share[m] * cell_model.members[m].price).sum()
}

/// Updates that stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stale {
    pub(super) class: Class,
    /// Days after onset.
    pub(super) delay: f64,
    pub(super) warning: f64,
}

/// What an occurrence that displaces costs alone, one-off effects and dearer prices of who is served apart.
#[derive(Debug, Clone)]
pub(super) struct LoneLoss {
    /// By how long it lasts.
    pub(super) response: Response,
    /// The classes of which this depends.
    pub(super) asked: Touched,
}

/// What one occurrence does to one group.
#[derive(Debug, Clone)]
pub(super) struct GroupImpact {
    /// Days after onset, and the segment that begins then; ascending.
    pub(super) steps: Vec<(f64, u32)>,
    /// Effect, class and cost at onset, unless the effect is active on the class already, USD.
    pub(super) one_offs: Vec<(usize, Class, f64)>,
    /// Sum of `one_offs`, USD.
    pub(super) one_off_usd: f64,
    /// What primaries that are served cost more, USD per day.
    pub(super) dearer_usd_per_day: f64,
    /// It lowers what some primary keeps once it has lasted for longer than so many days; infinite: never, alone.
    pub(super) displaces_after: f64,
    /// It closes offers to newcomers or stops updates: what came before a time has a part in what holds then.
    pub(super) has_memory: bool,
    /// Updates of some primary stop, so that together with others it may displace sooner than alone.
    pub(super) makes_carriers_stale: bool,
    /// Alone it may cost something.
    pub(super) costs: bool,
    /// Classes whose updates stop, and that live off what they have for less than the horizon.
    pub(super) stale: Vec<Stale>,
    /// It stops nodes or cuts hardware on which some offer of the group stands, and with other stops may do more than
    /// each alone: through an alternative or a buffer.
    pub(super) may_combine: bool,
    /// All classes that it impacts at some time.
    pub(super) touches: Touched,
    /// What it costs alone; `None`: it displaces nothing.
    pub(super) lone: Option<LoneLoss>,
    /// Profiles of primaries that it makes dearer or cheaper, and by what factor.
    pub(super) uplifts: Vec<(usize, f64)>,
}

impl GroupImpact {
    /// Reads what an occurrence from day 0 on, without end, was found to do; segments are added to `segments`.
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
        let makes_carriers_stale = displaces_after.is_finite();
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
            makes_carriers_stale,
            has_memory,
            stale,
            may_combine,
            touches,
            lone: None,
            uplifts: Vec::new(),
        }
    }

    /// Whether it displaces something when it lasts for so many days of the horizon, alone or with others.
    pub(super) fn may_displace(&self, days: f64) -> bool {
        days > self.displaces_after || self.makes_carriers_stale
    }

    /// What it displaces alone costs when it lasts for so many days of the horizon, beyond one-off effects and dearer prices
    /// of who is served.
    pub(super) fn displaced(&self, days: f64) -> Total {
        match &self.lone {
            Some(lone) if days > self.displaces_after => lone.response.at(days),
            _ => Total::default(),
        }
    }

    /// What it costs alone, USD, when it lasts for so many days of the horizon.
    pub(super) fn alone_usd(&self, days: f64) -> f64 {
        self.one_off_usd + self.dearer_usd_per_day * days + self.displaced(days).usd
    }

    /// Product of the factors that it puts on the prices of a class.
    pub(super) fn price_factor(&self, class: Class, segments: &[Segment]) -> f64 {
        let prices = self.steps.iter().flat_map(|&(_, segment)| &segments[segment as usize].prices);
        prices.filter(|own| own.classes.contains(class)).map(|own| own.factor).product()
    }

    /// Whether it has no part in any outcome of the group.
    pub(super) fn is_idle(&self) -> bool {
        self.steps.is_empty() && self.one_offs.is_empty() && self.stale.is_empty() && !self.may_combine
    }

    /// Whether both together may do more than each alone, other than in the state of one sub_interval.
    pub(super) fn combines_with(&self, other: &Self) -> bool {
        self.may_combine && other.may_combine
    }
}

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
