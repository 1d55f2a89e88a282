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
    let (mut displacing, mut remembered): (Bits, Bits) = (0, 0);
    for (at, spell) in spells.iter().enumerate() {
        let days = spell.end.min(horizon_days) - spell.start;
        displacing |= Bits::from(spell.strike.may_displace(days)) << at;
        remembered |= Bits::from(spell.strike.has_memory) << at;
    }
    let mut alone: Bits = 0;
    for (at, spell) in spells.iter().enumerate() {
        if let (Some(lone), 1) = (&spell.strike.lone, displacing >> at & 1)
            && is_lone(spells, at, spell, lone)
        {
            visit(Cluster::Lone(spell, lone));
            alone |= 1 << at;
        }
    }
    displacing &= !alone;
    remembered &= !alone;
    while displacing != 0 {
        let first = displacing.trailing_zeros() as usize;
        let own = joined(spells, first, displacing | remembered);
        let hull = hull(spells, own);
        let meets = |spell: &Spell<'_>| spell.start <= hull.1 && spell.end >= hull.0;
        let on = spells.iter().enumerate().filter(|(at, spell)| alone >> at & 1 == 0 && meets(spell));
        let bits = on.fold(own, |bits, (at, _)| bits | 1 << at);
        visit(Cluster::Several(Places { bits, more: 0..0 }));
        displacing &= !own;
        remembered &= !own;
    }
}

/// Whether no other spell has a part in what one displaces.
fn is_lone(spells: &[Spell<'_>], at: usize, spell: &Spell<'_>, lone: &Lone) -> bool {
    let strike: &Strike = spell.strike;
    spells.iter().enumerate().all(|(place, other)| {
        let has_part =
            || other.strike.touches.meets(&lone.asked) || strike.has_memory && other.strike.has_memory;
        place == at || other.start > spell.end || other.end < spell.start || !has_part()
    })
}

/// All of `members` that are linked with the first by being on at one time.
fn joined(spells: &[Spell<'_>], first: usize, members: Bits) -> Bits {
    let mut own: Bits = 1 << first;
    loop {
        let (from, to) = hull(spells, own);
        let more = spells
            .iter()
            .enumerate()
            .filter(|(at, spell)| (members & !own) >> at & 1 == 1 && spell.start <= to && spell.end >= from);
        let next = more.fold(own, |bits, (at, _)| bits | 1 << at);
        if next == own {
            return own;
        }
        own = next;
    }
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
