//! `capacity_squeeze`: a factor on the capacity of the matching offers.

use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::Kind;
use crate::shocks::effect::{Effect, Predicate};
use crate::shocks::key::Key;
use crate::shocks::kind::{Expects, KindSpec};
use crate::shocks::named;

const WHERE: Key<Selector> =
    Key::selector("where", "Offers whose capacity falls. By default all.", Expects::SomeOffer);
const CAPACITY_TIMES: Key<f64> = Key::share("capacity_times", "Factor on capacity, from 0 to 1.");

pub(super) const KIND: KindSpec = KindSpec {
    name: "capacity_squeeze",
    about: "Capacity becomes scarce.",
    needs_actor: false,
    keys: &[WHERE.spec, CAPACITY_TIMES.spec],
    any_of: None,
    expand,
    names: |instance, kind| named::in_selector(instance, WHERE.of(kind)?),
};

fn expand(_: &Instance, _: &JurisdictionSet, kind: &Kind) -> Option<Vec<Effect>> {
    let predicate = Predicate::of(WHERE.of(kind)?.clone());
    Some(vec![Effect::CapacityTimes { factor: *CAPACITY_TIMES.of(kind)?, predicate }])
}
