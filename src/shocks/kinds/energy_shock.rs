//! `energy_shock`: a factor on the price of every offer in the regions.

use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::Kind;
use crate::shocks::effect::{Effect, Predicate};
use crate::shocks::key::Key;
use crate::shocks::kind::KindSpec;
use crate::shocks::named;

const REGION: Key<JurisdictionSet> = Key::jurisdictions("region", "Where.");
const PRICE_TIMES: Key<f64> = Key::factor("price_times", "Factor on prices.");

pub(super) const KIND: KindSpec = KindSpec {
    name: "energy_shock",
    about: "Energy becomes dearer in a region, and with it every offer there.",
    needs_actor: false,
    keys: &[REGION.spec, PRICE_TIMES.spec],
    any_of: None,
    expand,
    names: |_, kind| named::region(REGION.of(kind)?),
};

fn expand(_: &Instance, _: &JurisdictionSet, kind: &Kind) -> Option<Vec<Effect>> {
    let there = Selector { region: Some(REGION.of(kind)?.clone()), ..Selector::default() };
    Some(vec![Effect::PriceTimes { factor: *PRICE_TIMES.of(kind)?, predicate: Predicate::of(there) }])
}
