//! Templates: one shock for each supplier of a kind, as if each had been written out (methodology/shocks.md#templates).

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::SELF_HOST;
use crate::model::catalog::Catalog;
use crate::model::selector::Selector;
use crate::model::shock::{Action, EACH_WORD, Each, EachRole, EffectEntry, KindValue, Shock};
use crate::model::words::SupplierClass;

/// Id of the member of a template for a supplier.
#[must_use]
pub fn member_id(template: &str, supplier: &str) -> String {
    format!("{template}/{supplier}")
}

/// Moves the templates of a catalog to `templates`, and puts their members among the shocks.
///
/// A written shock with the id of a member takes its place. A member's trigger on a member of another template falls away
/// where that template has none for the supplier.
#[must_use]
pub fn expand(catalog: Catalog) -> Catalog {
    let (templates, mut shocks): (Vec<Shock>, Vec<Shock>) =
        catalog.shocks.iter().cloned().partition(|shock| shock.each.is_some());
    let written: BTreeSet<String> = shocks.iter().map(|shock| shock.id.clone()).collect();
    let members = templates.iter().flat_map(|template| members(&catalog, template));
    let members: Vec<Shock> = members.filter(|member| !written.contains(&member.id)).collect();
    shocks.extend(members);
    let ids: BTreeSet<String> = shocks.iter().map(|shock| shock.id.clone()).collect();
    for shock in shocks.iter_mut().filter(|shock| shock.template.is_some()) {
        shock.triggers.retain(|trigger| ids.contains(&trigger.shock));
    }
    Catalog { shocks, templates, ..catalog }
}

/// The members of a template, in the order of their suppliers' ids; none for any other shock.
fn members(catalog: &Catalog, template: &Shock) -> Vec<Shock> {
    let suppliers = template.each.iter().flat_map(|each| suppliers(catalog, each));
    suppliers.map(|(id, name)| member(template, &id, &name)).collect()
}

/// Ids and names of the suppliers that a template stands for, by id.
#[must_use]
pub fn suppliers(catalog: &Catalog, each: &Each) -> BTreeMap<String, String> {
    let active: BTreeSet<&str> = match each.role {
        EachRole::Host => catalog.offers.iter().map(|offer| offer.host.as_str()).collect(),
        EachRole::Developer => {
            let offered: BTreeSet<&str> = catalog.offers.iter().map(|offer| offer.model.as_str()).collect();
            let models = catalog.models.iter().filter(|model| offered.contains(model.id.as_str()));
            models.map(|model| model.developer.as_str()).collect()
        }
    };
    let named = each.unless_kind.map(|kind| named_by(catalog, kind)).unwrap_or_default();
    let is_left_out = |id: &str| each.except.iter().any(|other| other == id) || named.contains(id);
    let of_class = |class: &SupplierClass| each.classes.contains(class);
    let listed = catalog.suppliers.iter().filter(|supplier| {
        active.contains(supplier.id.as_str())
            && (each.classes.is_empty() || supplier.class.as_ref().is_some_and(of_class))
    });
    let mut found: BTreeMap<String, String> = listed.map(|s| (s.id.clone(), s.name.clone())).collect();
    if of_class(&SupplierClass::Own) && active.contains(SELF_HOST) {
        found.insert(SELF_HOST.to_owned(), "our own machines".to_owned());
    }
    found.retain(|id, _| !is_left_out(id));
    found
}

/// The suppliers that a written shock of a kind names in `host`, `supplier` or `suppliers`, or as `host` in its selectors.
/// A shock in force and one of a region name nobody.
fn named_by<'c>(catalog: &'c Catalog, kind_name: &str) -> BTreeSet<&'c str> {
    let written = catalog
        .shocks
        .iter()
        .filter(|shock| shock.each.is_none() && shock.template.is_none() && !shock.in_force);
    let mut named = BTreeSet::new();
    for shock in written {
        let Action::Kind(kind) = &shock.action else { continue };
        if kind.name != kind_name || kind.values.contains_key("region") {
            continue;
        }
        for (key, value) in &kind.values {
            match value {
                KindValue::Id(id) if matches!(*key, "host" | "supplier") => {
                    named.insert(id.as_str());
                }
                KindValue::Ids(ids) if *key == "suppliers" => named.extend(ids.iter().map(String::as_str)),
                KindValue::Selector(selector) if selector.region.is_none() => {
                    named.extend(selector.host.iter().flatten().map(String::as_str));
                }
                _ => {}
            }
        }
    }
    named
}

/// The template with a supplier in the place of `$each`; in its name and in what is watched stands the supplier's name.
#[must_use]
pub fn member(template: &Shock, supplier: &str, supplier_name: &str) -> Shock {
    let mut shock = Shock {
        id: member_id(&template.id, supplier),
        name: template.name.as_ref().map(|name| name.replace(EACH_WORD, supplier_name)),
        each: None,
        template: Some(template.id.clone()),
        ..template.clone()
    };
    let watched =
        shock.watch.iter_mut().flat_map(|watch| std::iter::once(&mut watch.what).chain(&mut watch.place));
    watched.for_each(|text| *text = text.replace(EACH_WORD, supplier_name));
    let put = |text: &mut String| {
        if text.contains(EACH_WORD) {
            *text = text.replace(EACH_WORD, supplier);
        }
    };
    match &mut shock.action {
        Action::Kind(kind) => kind.values.values_mut().for_each(|value| in_value(value, &put)),
        Action::Effects(effects) => effects.iter_mut().for_each(|effect| in_effect(effect, &put)),
    }
    shock.triggers.iter_mut().for_each(|trigger| put(&mut trigger.shock));
    if let Some(crowding) = &mut shock.crowding {
        in_selector(&mut crowding.selector, &put);
    }
    shock
}

fn in_value(value: &mut KindValue, put: &impl Fn(&mut String)) {
    match value {
        KindValue::Id(id) => put(id),
        KindValue::Ids(ids) => ids.iter_mut().for_each(put),
        KindValue::Selector(selector) => in_selector(selector, put),
        KindValue::Jurisdictions(_)
        | KindValue::Number(_)
        | KindValue::Flag(_)
        | KindValue::Reach(_)
        | KindValue::DataClasses(_) => {}
    }
}

fn in_effect(effect: &mut EffectEntry, put: &impl Fn(&mut String)) {
    match effect {
        EffectEntry::Unavailable(selector)
        | EffectEntry::NoNew(selector)
        | EffectEntry::Stale(selector)
        | EffectEntry::PriceTimes { selector, .. }
        | EffectEntry::CapacityTimes { selector, .. }
        | EffectEntry::OneOff { selector, .. } => in_selector(selector, put),
        EffectEntry::Stop { suppliers, hosts, host_sites, hardware: _ } => {
            [suppliers, hosts, host_sites].into_iter().flatten().for_each(put);
        }
        EffectEntry::Cut { .. } => {}
    }
}

/// A supplier can stand for a developer or a host.
fn in_selector(selector: &mut Selector, put: &impl Fn(&mut String)) {
    [&mut selector.developer, &mut selector.host].into_iter().flatten().flatten().for_each(put);
}
