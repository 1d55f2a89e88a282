//! Strikes on a group taken apart into those whose displacement has to be followed together.
//!
//! Two strikes have nothing to do with each other where they are not on at one time, or where neither touches a class of
//! which the other's outcome depends. What displaces alone is known by how long it lasts.

use super::strike::{Lone, Strike};
use super::timeline::Spell;

/// Strikes that are on at one time.
pub(super) enum Cluster<'s, 'v, I> {
    /// What nothing else has a part in.
    Lone(&'s Spell<'v>, &'v Lone),
    /// By start: places of what displaces together, and of all that is on meanwhile.
    Several(I),
}

/// Spells of which more is known than in [`Bits`] are followed together.
const MAX_SPELLS: usize = 64;

/// Places of spells.
type Bits = u64;

/// Calls `visit` with each cluster in which something is displaced.
///
/// `spells`: by start.
pub(super) fn clusters<'s, 'v>(
    spells: &'s [Spell<'v>],
    horizon_days: f64,
    mut visit: impl FnMut(Cluster<'s, 'v, Places>),
) {
    if spells.len() > MAX_SPELLS {
        visit(Cluster::Several(Places { bits: 0, more: 0..spells.len() }));
        return;
    }
    let mut displacing: Bits = 0;
    let mut alone: Bits = 0;
    for (at, spell) in spells.iter().enumerate() {
        let days = spell.end.min(horizon_days) - spell.start;
        if !spell.strike.may_displace(days) {
            continue;
        }
        match &spell.strike.lone {
            // Without updates for too short a time to displace anything.
            _ if days <= spell.strike.displaces_after && !is_recalled(spells, at) => {}
            Some(lone) if is_lone(spells, at, lone) => {
                visit(Cluster::Lone(spell, lone));
                alone |= 1 << at;
            }
            _ => displacing |= 1 << at,
        }
    }
    let mut left = displacing;
    while left != 0 {
        let first = left.trailing_zeros() as usize;
        let own = joined(spells, first, displacing, alone);
        let (from, to) = hull(spells, own & displacing);
        let on = spells.iter().enumerate().filter(|(_, spell)| spell.start <= to && spell.end >= from);
        let bits = on.fold(own, |bits, (at, _)| bits | 1 << at) & !alone;
        visit(Cluster::Several(Places { bits, more: 0..0 }));
        left &= !own;
    }
}

/// Whether both are on at one time, or touch.
fn meet(a: &Spell<'_>, b: &Spell<'_>) -> bool {
    a.start <= b.end && b.start <= a.end
}

/// Whether what one began the other may go on with: a class is closed to newcomers, or without updates, without a break.
fn recalls(a: &Spell<'_>, b: &Spell<'_>) -> bool {
    let (a, b): (&Strike, &Strike) = (a.strike, b.strike);
    a.has_memory && b.has_memory && a.touches.otherwise.meets(&b.touches.otherwise)
}

fn is_recalled(spells: &[Spell<'_>], at: usize) -> bool {
    let own = &spells[at];
    let others = spells.iter().enumerate().filter(|(place, _)| *place != at);
    others.into_iter().any(|(_, other)| meet(own, other) && recalls(own, other))
}

/// Whether no other spell has a part in what one displaces.
fn is_lone(spells: &[Spell<'_>], at: usize, lone: &Lone) -> bool {
    let own = &spells[at];
    let others = spells.iter().enumerate().filter(|(place, _)| *place != at);
    !others.into_iter().any(|(_, other)| {
        meet(own, other) && (other.strike.touches.meets(&lone.asked) || recalls(own, other))
    })
}

/// What displaces together with the first, and what bears on it through what came before; not those that are `alone`.
fn joined(spells: &[Spell<'_>], first: usize, displacing: Bits, alone: Bits) -> Bits {
    let mut own: Bits = 0;
    let mut next: Bits = 1 << first;
    while next != 0 {
        let at = next.trailing_zeros() as usize;
        own |= 1 << at;
        let spell = &spells[at];
        let is_displacing = displacing >> at & 1 == 1;
        let linked = spells.iter().enumerate().filter(|(place, other)| {
            let is_other_displacing = displacing >> place & 1 == 1;
            let is_linked = is_displacing && (is_other_displacing || other.strike.has_memory)
                || is_other_displacing && spell.strike.has_memory
                || recalls(spell, other);
            is_linked && meet(spell, other)
        });
        let linked = linked.fold(0, |bits: Bits, (place, _)| bits | 1 << place);
        next = (next | linked) & !own & !alone;
    }
    own
}

/// From the first start to the last end, days.
fn hull(spells: &[Spell<'_>], of: Bits) -> (f64, f64) {
    let own = spells.iter().enumerate().filter(|(at, _)| of >> at & 1 == 1);
    own.fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), (_, spell)| {
        (from.min(spell.start), to.max(spell.end))
    })
}

/// Places of a cluster's spells, ascending.
pub(super) struct Places {
    bits: Bits,
    more: std::ops::Range<usize>,
}

impl Iterator for Places {
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
