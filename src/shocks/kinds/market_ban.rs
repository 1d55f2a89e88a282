//! `market_ban` by Y: matching offers become unavailable to users in Y.

use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::Kind;
use crate::model::words::Reach;
use crate::shocks::country;
use crate::shocks::effect::{Effect, Predicate};
use crate::shocks::key::Key;
use crate::shocks::kind::{Expects, KindSpec};
use crate::shocks::reach::within;

/// With `lineage` the selector may match an ancestor that has no offer, so there is no warning.
const WHAT: Key<Selector> = Key::selector("what", Expects::SomeOfferUnless(LINEAGE.spec.name));
const REACH: Key<[Reach]> = Key::reach(&[Reach::Users]);
const LINEAGE: Key<bool> = Key::flag("lineage");

pub(super) const KIND: KindSpec = KindSpec {
    name: "market_ban",
    needs_actor: true,
    keys: &[WHAT.spec, REACH.spec, LINEAGE.spec],
    any_of: None,
    expand,
    acts: |instance, kind| country::of_selector(instance, WHAT.of(kind)?),
};

fn expand(_: &Instance, by: &JurisdictionSet, kind: &Kind) -> Option<Vec<Effect>> {
    let what = WHAT.of(kind)?.clone();
    let matching = if *LINEAGE.of(kind)? { Predicate::lineage(what) } else { Predicate::of(what) };
    Some(vec![Effect::Unavailable(within(by, REACH.of(kind)?).and(&matching))])
}
