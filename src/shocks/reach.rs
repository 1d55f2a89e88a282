//! The reach of an act of a jurisdiction: users, sites or the company (methodology/shocks.md).

use super::effect::Predicate;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::words::Reach;

/// The default of `reach`, except for a market ban.
pub(super) const USERS_AND_REGION: &[Reach] = &[Reach::Users, Reach::Region];

/// Pairs that `set` reaches by at least one way of `reach`. An empty list, such as absent allies, reaches no pair.
pub(super) fn within(set: &JurisdictionSet, reach: &[Reach]) -> Predicate {
    if matches!(set, JurisdictionSet::Listed(ids) if ids.is_empty()) {
        return Predicate::default();
    }
    let selector = |reach: &Reach| match reach {
        Reach::Users => Selector { users: Some(set.clone()), ..Selector::default() },
        Reach::Region => Selector { region: Some(set.clone()), ..Selector::default() },
        Reach::Company => Selector { company: Some(set.clone()), ..Selector::default() },
    };
    reach.iter().map(|r| Predicate::of(selector(r))).fold(Predicate::default(), Predicate::or)
}
