//! `chip_control` by X on T: offers in T lose hardware under X, no new self-hosting starts there, and a factor applies to the
//! price of every offer there.

use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::Kind;
use crate::model::words::Access;
use crate::shocks::effect::{Effect, Predicate};
use crate::shocks::key::Key;
use crate::shocks::kind::KindSpec;

const ON: Key<JurisdictionSet> = Key::jurisdictions("on", "Jurisdictions that are cut off.");
const PRICE_TIMES: Key<f64> = Key::factor("price_times", "Factor on prices there.").or(1.0);

pub(super) const KIND: KindSpec = KindSpec {
    name: "chip_control",
    about: "A jurisdiction controls the export of hardware.",
    needs_actor: true,
    keys: &[ON.spec, PRICE_TIMES.spec],
    any_of: None,
    expand,
    names: |_, _| None,
};

fn expand(instance: &Instance, by: &JurisdictionSet, kind: &Kind) -> Option<Vec<Effect>> {
    let on = ON.of(kind)?;
    let hardware = (0..instance.hardware.len()).filter(|&h| instance.hardware_in(h, by)).collect();
    let there = Selector { region: Some(on.clone()), ..Selector::default() };
    let self_hosted = Selector { access: Some(vec![Access::SelfHosted]), ..there.clone() };
    Some(vec![
        Effect::Cut { hardware, region: on.clone() },
        Effect::NoNew(Predicate::of(self_hosted)),
        Effect::PriceTimes { factor: *PRICE_TIMES.of(kind)?, predicate: Predicate::of(there) },
    ])
}
