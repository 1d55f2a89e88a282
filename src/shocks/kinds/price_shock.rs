//! `price_shock`: a factor on the price of the matching offers, or of those among them that a supplier sells.

use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::Kind;
use crate::model::words::Openness;
use crate::shocks::effect::{Effect, Predicate};
use crate::shocks::key::Key;
use crate::shocks::kind::{Expects, KindSpec};
use crate::shocks::named::{self, NamedEntity};

pub const NAME: &str = "price_shock";
/// Key of the factor on prices.
pub const FACTOR: &str = "price_times";
const SUPPLIER: Key<str> =
    Key::supplier("supplier", "Supplier whose offers become dearer. By default all.").optional();
const WHAT: Key<Selector> =
    Key::selector("what", "Offers that become dearer. By default all.", Expects::SomeOffer);
const PRICE_TIMES: Key<f64> = Key::factor(FACTOR, "Factor on prices.");

pub(super) const KIND: KindSpec = KindSpec {
    name: NAME,
    about: "Offers become dearer.",
    needs_actor: false,
    keys: &[SUPPLIER.spec, WHAT.spec, PRICE_TIMES.spec],
    any_of: None,
    expand,
    names,
};

/// The supplier that raises its prices.
#[must_use]
pub fn supplier(kind: &Kind) -> Option<&str> {
    SUPPLIER.of(kind)
}

fn expand(_: &Instance, _: &JurisdictionSet, kind: &Kind) -> Option<Vec<Effect>> {
    let hit = Predicate::of(WHAT.of(kind)?.clone());
    let predicate = match SUPPLIER.of(kind) {
        Some(id) => hit.and(&sold_by(id)),
        None => hit,
    };
    Some(vec![Effect::PriceTimes { factor: *PRICE_TIMES.of(kind)?, predicate }])
}

/// Offers that a supplier prices: those that it hosts, and its closed models on every host.
fn sold_by(id: &str) -> Predicate {
    let hosted = Selector { host: Some(vec![id.to_owned()]), ..Selector::default() };
    let developed = Selector {
        developer: Some(vec![id.to_owned()]),
        openness: Some(vec![Openness::Closed]),
        ..Selector::default()
    };
    Predicate::of(hosted).or(Predicate::of(developed))
}

fn names(instance: &Instance, kind: &Kind) -> Option<NamedEntity> {
    let of_supplier = SUPPLIER.of(kind).and_then(|id| named::supplier(instance, id));
    of_supplier.or_else(|| named::in_selector(instance, WHAT.of(kind)?))
}
