//! `sanction` by X: X and its allies may not use what the listed suppliers and their children sell.

use crate::model::instance::{Instance, SupplierIdx};
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::Kind;
use crate::model::words::{Openness, Reach};
use crate::shocks::effect::{Effect, Predicate};
use crate::shocks::key::Key;
use crate::shocks::kind::KindSpec;
use crate::shocks::named;
use crate::shocks::reach::{USERS_AND_REGION, within};

const SUPPLIERS: Key<[String]> =
    Key::suppliers("suppliers", "Suppliers under sanctions; those that they control are too.");
const ALLIES: Key<JurisdictionSet> =
    Key::jurisdictions("allies", "Jurisdictions that join. By default none.").optional();
const REACH: Key<[Reach]> = Key::reach("Who is hit in those jurisdictions.", USERS_AND_REGION);

pub(super) const KIND: KindSpec = KindSpec {
    name: "sanction",
    about: "A jurisdiction and its allies sanction suppliers.",
    needs_actor: true,
    keys: &[SUPPLIERS.spec, ALLIES.spec, REACH.spec],
    any_of: None,
    expand,
    names: |instance, kind| SUPPLIERS.of(kind)?.iter().find_map(|id| named::supplier(instance, id)),
};

/// Offers that the suppliers host and their closed models become unavailable, their open models stale, and offers on their
/// hardware closed to new use.
fn expand(instance: &Instance, by: &JurisdictionSet, kind: &Kind) -> Option<Vec<Effect>> {
    let reach = REACH.of(kind)?;
    let allies = ALLIES.of(kind).map(|allies| within(allies, reach)).unwrap_or_default();
    let bound = within(by, reach).or(allies);
    let (suppliers, hardware) = listed(instance, SUPPLIERS.of(kind)?);
    let on_host = Selector { host: Some(suppliers.clone()), ..Selector::default() };
    let closed = Selector {
        developer: Some(suppliers.clone()),
        openness: Some(vec![Openness::Closed]),
        ..Selector::default()
    };
    let open = Selector {
        developer: Some(suppliers),
        openness: Some(Openness::OPEN.to_vec()),
        ..Selector::default()
    };
    let mut effects = vec![
        Effect::Unavailable(bound.and(&Predicate::of(on_host).or(Predicate::of(closed)))),
        Effect::Stale(bound.and(&Predicate::of(open))),
    ];
    if !hardware.is_empty() {
        let on_hardware = Selector { hardware: Some(hardware), ..Selector::default() };
        effects.push(Effect::NoNew(bound.and(&Predicate::of(on_hardware))));
    }
    Some(effects)
}

/// The named suppliers with all that they control, and the hardware of which these are vendors.
fn listed(instance: &Instance, names: &[String]) -> (Vec<String>, Vec<String>) {
    let named: Vec<SupplierIdx> = names.iter().filter_map(|id| instance.supplier_idx(id)).collect();
    let is_listed = |s: SupplierIdx| instance.suppliers[s].controllers.iter().any(|c| named.contains(c));
    let suppliers = (0..instance.suppliers.len())
        .filter(|&s| is_listed(s))
        .map(|s| instance.suppliers[s].supplier.id.clone())
        .collect();
    let hardware = (0..instance.hardware.len())
        .filter(|&h| is_listed(instance.hardware[h].vendor))
        .map(|h| instance.hardware[h].hardware.id.clone())
        .collect();
    (suppliers, hardware)
}
