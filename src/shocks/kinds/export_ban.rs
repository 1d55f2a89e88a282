//! `export_ban` by X on T: for pairs that T reaches, closed models of origin X become unavailable, and open ones stale.

use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::Kind;
use crate::model::words::{Openness, Reach};
use crate::shocks::effect::{Effect, Predicate};
use crate::shocks::key::Key;
use crate::shocks::kind::{Expects, KindSpec};
use crate::shocks::named;
use crate::shocks::reach::{USERS_AND_REGION, within};

const ON: Key<JurisdictionSet> = Key::jurisdictions("on", "Jurisdictions that are cut off.");
const REACH: Key<[Reach]> = Key::reach("Who is hit in those jurisdictions.", USERS_AND_REGION);
const WHAT: Key<Selector> =
    Key::selector("what", "What is forbidden. By default everything.", Expects::SomeOffer);

pub(super) const KIND: KindSpec = KindSpec {
    name: "export_ban",
    about: "A jurisdiction forbids its suppliers to serve others.",
    needs_actor: true,
    keys: &[ON.spec, REACH.spec, WHAT.spec],
    any_of: None,
    expand,
    names: |instance, kind| named::in_selector(instance, WHAT.of(kind)?),
};

fn expand(_: &Instance, by: &JurisdictionSet, kind: &Kind) -> Option<Vec<Effect>> {
    let what = WHAT.of(kind)?;
    let origin = Selector { origin: Some(by.clone()), ..Selector::default() };
    let hit =
        within(ON.of(kind)?, REACH.of(kind)?).and(&Predicate::of(what.clone())).and(&Predicate::of(origin));
    if what.openness.is_some() {
        return Some(vec![Effect::Unavailable(hit)]);
    }
    let closed = Predicate::of(Selector { openness: Some(vec![Openness::Closed]), ..Selector::default() });
    let open = Predicate::of(Selector { openness: Some(Openness::OPEN.to_vec()), ..Selector::default() });
    let host_under = Selector { host_origin: Some(by.clone()), ..Selector::default() };
    let open_on_host_under = open.and(&Predicate::of(host_under.clone()));
    let open_elsewhere = open.and(&Predicate::none_of(host_under));
    Some(vec![
        Effect::Unavailable(hit.and(&closed.or(open_on_host_under))),
        Effect::Stale(hit.and(&open_elsewhere)),
    ])
}
