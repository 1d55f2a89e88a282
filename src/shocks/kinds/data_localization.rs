//! `data_localization` by Y: users in Y with the given data classes need an offer in an allowed region.

use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::Kind;
use crate::model::words::DataClass;
use crate::shocks::effect::{Effect, Predicate};
use crate::shocks::key::Key;
use crate::shocks::kind::KindSpec;

const DATA: Key<[DataClass]> = Key::data_classes("data", "Classes of data.");
/// Regions; those of the acting jurisdiction when absent.
const HOSTING_ALLOWED: Key<JurisdictionSet> =
    Key::jurisdictions("hosting_allowed", "Regions allowed. By default that jurisdiction.").optional();

pub(super) const KIND: KindSpec = KindSpec {
    name: "data_localization",
    about: "A jurisdiction requires some data of its users to stay in allowed regions.",
    needs_actor: true,
    keys: &[DATA.spec, HOSTING_ALLOWED.spec],
    any_of: None,
    expand,
    names: |_, _| None,
};

fn expand(_: &Instance, by: &JurisdictionSet, kind: &Kind) -> Option<Vec<Effect>> {
    let data = DATA.of(kind)?.to_vec();
    let users = Selector { users: Some(by.clone()), data: Some(data), ..Selector::default() };
    let allowed = HOSTING_ALLOWED.of(kind).unwrap_or(by).clone();
    let there = Selector { region: Some(allowed), ..Selector::default() };
    Some(vec![Effect::Unavailable(Predicate::of(users).and(&Predicate::none_of(there)))])
}
