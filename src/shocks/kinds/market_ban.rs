//! `market_ban` by Y: matching offers become unavailable to users in Y.

use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::Kind;
use crate::model::words::Reach;
use crate::shocks::effect::{Effect, Predicate};
use crate::shocks::key::Key;
use crate::shocks::kind::{Expects, KindSpec};
use crate::shocks::named;
use crate::shocks::reach::within;

/// With `lineage` the question goes to ancestors too, which may be offered nowhere.
const WHAT: Key<Selector> = Key::selector(
    "what",
    "What is forbidden. By default everything.",
    Expects::SomeOfferUnless(LINEAGE.spec.name),
);
const REACH: Key<[Reach]> = Key::reach("Who is hit in that jurisdiction.", &[Reach::Users]);
const LINEAGE: Key<bool> =
    Key::flag("lineage", "Whether models derived from what is forbidden are forbidden too.");

pub(super) const KIND: KindSpec = KindSpec {
    name: "market_ban",
    about: "A jurisdiction forbids its users to use something.",
    needs_actor: true,
    keys: &[WHAT.spec, REACH.spec, LINEAGE.spec],
    any_of: None,
    expand,
    names: |instance, kind| named::in_selector(instance, WHAT.of(kind)?),
};

fn expand(_: &Instance, by: &JurisdictionSet, kind: &Kind) -> Option<Vec<Effect>> {
    let what = WHAT.of(kind)?.clone();
    let matching = if *LINEAGE.of(kind)? { Predicate::lineage(what) } else { Predicate::of(what) };
    Some(vec![Effect::Unavailable(within(by, REACH.of(kind)?).and(&matching))])
}
