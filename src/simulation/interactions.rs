//! Interactions: the impacts on a group, split into clusters whose displacement must be computed together.
//!
//! Two impacts do not interact if they do not overlap, or if neither affects a class on which the outcome of the other
//! depends. The cost of an impact without interactions follows from its duration.

use super::impact::{GroupImpact, LoneLoss};
use super::timeline::ImpactInterval;

/// Impacts that interact.
pub(super) enum Cluster<'s, 'v, I> {
    /// An impact without interactions.
    Alone(&'s ImpactInterval<'v>, &'v LoneLoss),
    /// Indices of impacts that displace together, and of all others that are on meanwhile; sorted by start.
    Together(I),
}

/// Maximum number of impact intervals that fit into [`IntervalBits`]; more of them form one cluster.
const MAX_INTERVALS: usize = 64;

/// A set of indices into a list of impact intervals, as bits.
type IntervalBits = u64;

/// Calls `visit` with each cluster in which something is displaced.
///
/// `impact_intervals`: sorted by start.
pub(super) fn clusters<'s, 'v>(
    impact_intervals: &'s [ImpactInterval<'v>],
    horizon_days: f64,
    mut visit: impl FnMut(Cluster<'s, 'v, Members>),
) {
    if impact_intervals.len() > MAX_INTERVALS {
        visit(Cluster::Together(Members { bits: 0, more: 0..impact_intervals.len() }));
        return;
    }
    let mut displacing: IntervalBits = 0;
    let mut alone: IntervalBits = 0;
    for (at, impact_interval) in impact_intervals.iter().enumerate() {
        let days = impact_interval.end.min(horizon_days) - impact_interval.start;
        if !impact_interval.impact.may_displace(days) {
            continue;
        }
        match &impact_interval.impact.lone {
            // Updates stop for too short a time to displace anything.
            _ if days <= impact_interval.impact.displaces_after && !is_prolonged(impact_intervals, at) => {}
            Some(lone) if is_lone(impact_intervals, at, lone) => {
                visit(Cluster::Alone(impact_interval, lone));
                alone |= 1 << at;
            }
            _ => displacing |= 1 << at,
        }
    }
    let mut left = displacing;
    while left != 0 {
        let first = left.trailing_zeros() as usize;
        let own = joined(impact_intervals, first, displacing, alone);
        let (from, to) = hull(impact_intervals, own & displacing);
        let on = impact_intervals
            .iter()
            .enumerate()
            .filter(|(_, impact_interval)| impact_interval.start <= to && impact_interval.end >= from);
        let bits = on.fold(own, |bits, (at, _)| bits | 1 << at) & !alone;
        visit(Cluster::Together(Members { bits, more: 0..0 }));
        left &= !own;
    }
}

/// Whether the impacts overlap or touch.
fn meet(a: &ImpactInterval<'_>, b: &ImpactInterval<'_>) -> bool {
    a.start <= b.end && b.start <= a.end
}

/// Whether one impact may prolong what the other began: a class stays under `no_new`, or without updates, without a break.
fn prolongs(a: &ImpactInterval<'_>, b: &ImpactInterval<'_>) -> bool {
    let (a, b): (&GroupImpact, &GroupImpact) = (a.impact, b.impact);
    a.has_memory && b.has_memory && a.touches.otherwise.meets(&b.touches.otherwise)
}

/// Whether another impact prolongs this one.
fn is_prolonged(impact_intervals: &[ImpactInterval<'_>], at: usize) -> bool {
    let own = &impact_intervals[at];
    let others = impact_intervals.iter().enumerate().filter(|(place, _)| *place != at);
    others.into_iter().any(|(_, other)| meet(own, other) && prolongs(own, other))
}

/// Whether an impact has no interaction with another one.
fn is_lone(impact_intervals: &[ImpactInterval<'_>], at: usize, lone: &LoneLoss) -> bool {
    let own = &impact_intervals[at];
    let others = impact_intervals.iter().enumerate().filter(|(place, _)| *place != at);
    !others.into_iter().any(|(_, other)| {
        meet(own, other) && (other.impact.touches.meets(&lone.asked) || prolongs(own, other))
    })
}

/// Impacts that displace together with the first, and those that affect them through their history; without `alone`.
fn joined(
    impact_intervals: &[ImpactInterval<'_>],
    first: usize,
    displacing: IntervalBits,
    alone: IntervalBits,
) -> IntervalBits {
    let mut own: IntervalBits = 0;
    let mut next: IntervalBits = 1 << first;
    while next != 0 {
        let at = next.trailing_zeros() as usize;
        own |= 1 << at;
        let impact_interval = &impact_intervals[at];
        let is_displacing = displacing >> at & 1 == 1;
        let linked = impact_intervals.iter().enumerate().filter(|(place, other)| {
            let is_other_displacing = displacing >> place & 1 == 1;
            let is_linked = is_displacing && (is_other_displacing || other.impact.has_memory)
                || is_other_displacing && impact_interval.impact.has_memory
                || prolongs(impact_interval, other);
            is_linked && meet(impact_interval, other)
        });
        let linked = linked.fold(0, |bits: IntervalBits, (place, _)| bits | 1 << place);
        next = (next | linked) & !own & !alone;
    }
    own
}

/// First start and last end of a set of impact intervals, days.
fn hull(impact_intervals: &[ImpactInterval<'_>], of: IntervalBits) -> (f64, f64) {
    let own = impact_intervals.iter().enumerate().filter(|(at, _)| of >> at & 1 == 1);
    own.fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), (_, impact_interval)| {
        (from.min(impact_interval.start), to.max(impact_interval.end))
    })
}

/// Indices of the impact intervals of a cluster, ascending.
pub(super) struct Members {
    bits: IntervalBits,
    more: std::ops::Range<usize>,
}

impl Iterator for Members {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.bits == 0 {
            return self.more.next();
        }
        let at = self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(at)
    }
}
