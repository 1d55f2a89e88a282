//! `tariff` by Y on X: a factor on the price of offers on hosts of origin X, for users in Y.

use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::Kind;
use crate::shocks::effect::{Effect, Predicate};
use crate::shocks::key::Key;
use crate::shocks::kind::KindSpec;

const ON: Key<JurisdictionSet> = Key::jurisdictions("on", "Jurisdictions of the hosts.");
const PRICE_TIMES: Key<f64> = Key::factor("price_times", "Factor on prices.");

pub(super) const KIND: KindSpec = KindSpec {
    name: "tariff",
    about: "A jurisdiction makes hosts of other jurisdictions dearer for its users.",
    needs_actor: true,
    keys: &[ON.spec, PRICE_TIMES.spec],
    any_of: None,
    expand,
    names: |_, _| None,
};

fn expand(_: &Instance, by: &JurisdictionSet, kind: &Kind) -> Option<Vec<Effect>> {
    let host_origin = Some(ON.of(kind)?.clone());
    let selector = Selector { users: Some(by.clone()), host_origin, ..Selector::default() };
    Some(vec![Effect::PriceTimes { factor: *PRICE_TIMES.of(kind)?, predicate: Predicate::of(selector) }])
}
