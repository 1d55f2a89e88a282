//! `supplier_exit`: a supplier stops in all its roles.

use crate::model::instance::Instance;
use crate::model::selector::JurisdictionSet;
use crate::model::shock::Kind;
use crate::shocks::effect::{Effect, Stop};
use crate::shocks::key::Key;
use crate::shocks::kind::KindSpec;
use crate::shocks::named;

const SUPPLIER: Key<str> = Key::supplier("supplier", "The supplier.");

pub(super) const KIND: KindSpec = KindSpec {
    name: "supplier_exit",
    about: "A supplier stops.",
    needs_actor: false,
    keys: &[SUPPLIER.spec],
    any_of: None,
    expand,
    names: |instance, kind| named::supplier(instance, SUPPLIER.of(kind)?),
};

fn expand(instance: &Instance, _: &JurisdictionSet, kind: &Kind) -> Option<Vec<Effect>> {
    let supplier = instance.supplier_idx(SUPPLIER.of(kind)?);
    Some(vec![Effect::Stop(supplier.map(Stop::Supplier).into_iter().collect())])
}
