//! `research_stall` by J: models of origin J get no updates.

use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::Kind;
use crate::shocks::effect::{Effect, Predicate};
use crate::shocks::key::Key;
use crate::shocks::kind::{Expects, KindSpec};
use crate::shocks::named;

const WHAT: Key<Selector> = Key::selector(
    "what",
    "Models that get no more updates. By default all of that jurisdiction.",
    Expects::SomeOffer,
);

pub(super) const KIND: KindSpec = KindSpec {
    name: "research_stall",
    about: "Research stops in the jurisdiction `by`: its models get no more updates.",
    needs_actor: true,
    keys: &[WHAT.spec],
    any_of: None,
    expand,
    names: |instance, kind| named::in_selector(instance, WHAT.of(kind)?),
};

fn expand(_: &Instance, by: &JurisdictionSet, kind: &Kind) -> Option<Vec<Effect>> {
    let origin = Selector { origin: Some(by.clone()), ..Selector::default() };
    Some(vec![Effect::Stale(Predicate::of(origin).and(&Predicate::of(WHAT.of(kind)?.clone())))])
}
