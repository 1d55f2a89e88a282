//! `license_change`: models of a supplier, or listed models, get no updates and no new users; `revoke` also ends their use.

use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::Kind;
use crate::model::words::Openness;
use crate::shocks::effect::{Effect, Predicate};
use crate::shocks::key::Key;
use crate::shocks::kind::{AnyOf, KindSpec};
use crate::shocks::named::{self, NamedEntity};

const SUPPLIER: Key<str> = Key::supplier("supplier", "Developer of the models.").optional();
const MODELS: Key<[String]> = Key::models("models", "The models.");
const REVOKE: Key<bool> = Key::flag("revoke", "Whether present use ends too.");

pub(super) const KIND: KindSpec = KindSpec {
    name: "license_change",
    about: "A supplier changes the license of open models. Needs `supplier`, `models`, or both.",
    needs_actor: false,
    keys: &[SUPPLIER.spec, MODELS.spec, REVOKE.spec],
    any_of: Some(AnyOf {
        keys: &[SUPPLIER.spec.name, MODELS.spec.name],
        message: "a license_change names a 'supplier' or 'models'",
    }),
    expand,
    names,
};

fn expand(_: &Instance, _: &JurisdictionSet, kind: &Kind) -> Option<Vec<Effect>> {
    let models = MODELS.of(kind).unwrap_or_default();
    // An open-source license cannot be revoked, so open-source models are not affected.
    let predicate = Predicate::of(Selector {
        developer: SUPPLIER.of(kind).map(|id| vec![id.to_owned()]),
        model: (!models.is_empty()).then(|| models.to_vec()),
        openness: Some(vec![Openness::Closed, Openness::OpenWeights]),
        ..Selector::default()
    });
    let mut effects = vec![Effect::Stale(predicate.clone()), Effect::NoNew(predicate.clone())];
    if *REVOKE.of(kind)? {
        effects.push(Effect::Unavailable(predicate));
    }
    Some(effects)
}

fn names(instance: &Instance, kind: &Kind) -> Option<NamedEntity> {
    SUPPLIER.of(kind).and_then(|id| named::supplier(instance, id)).or_else(|| {
        MODELS.of(kind).unwrap_or_default().iter().find_map(|model| named::developer(instance, model))
    })
}
