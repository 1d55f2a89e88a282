//! The lists of a catalog: ids are unique, and names resolve.

use super::names::{Known, each};
use super::{duplicates, scenarios, shocks};
use crate::ids::SELF_HOST;
use crate::input::diagnostic::quoted;
use crate::input::library::{CatalogLayer, List};
use crate::input::merge::expanded;
use crate::model::catalog::Hardware;
use crate::model::words::Role;

/// Checks the library's catalog, or a portfolio's own entries.
pub(super) fn check(layer: &CatalogLayer<'_>, known: &Known<'_>) {
    no_duplicates(layer);
    no_duplicate_offers(layer);
    suppliers(layer, known);
    models(layer, known);
    hardware(layer, known);
    offers(layer, known);
    if !layer.is_own {
        sources(layer, known);
    }
    for (i, shock) in layer.catalog.shocks.iter().enumerate() {
        if let Some(at) = layer.entry(List::Shocks, i) {
            shocks::check(&at, shock, known);
        }
    }
    for (i, scenario) in layer.catalog.scenarios.iter().enumerate() {
        if let Some(at) = layer.scenario(i) {
            scenarios::check(&at, scenario, known);
        }
    }
}

fn no_duplicates(layer: &CatalogLayer<'_>) {
    let c = &layer.catalog;
    let entry = |list| move |i| layer.entry(list, i);
    duplicates::check("supplier", c.suppliers.iter().map(|s| s.id.as_str()), entry(List::Suppliers));
    duplicates::check("model", c.models.iter().map(|m| m.id.as_str()), entry(List::Models));
    duplicates::check("hardware", c.hardware.iter().map(|h| h.id.as_str()), entry(List::Hardware));
    duplicates::check("tension", c.tensions.iter().map(|t| t.id.as_str()), entry(List::Tensions));
    duplicates::check("shock", c.shocks.iter().map(|s| s.id.as_str()), entry(List::Shocks));
    duplicates::check("scenario", c.scenarios.iter().map(|s| s.id.as_str()), |i| layer.scenario(i));
}

/// Reports offers (by model, host and region) that occur twice.
fn no_duplicate_offers(layer: &CatalogLayer<'_>) {
    let mut first = std::collections::BTreeMap::new();
    for (i, offer) in layer.catalog.offers.iter().enumerate() {
        for (r, id) in expanded(offer).into_iter().enumerate().filter(|(_, id)| !id.region.is_empty()) {
            let Some(&earlier) = first.get(&id) else {
                first.insert(id, i);
                continue;
            };
            let (Some(at), Some(before)) = (layer.entry(List::Offers, i), layer.entry(List::Offers, earlier))
            else {
                continue;
            };
            let help = Some(format!("rename or remove one of them; the first is on line {}", before.line()));
            let message = format!("the offer {} is already in this list", quoted(&id.to_string()));
            at.key("regions").index(r).error("duplicate-id", message, help);
        }
    }
}

fn suppliers(layer: &CatalogLayer<'_>, known: &Known<'_>) {
    for (i, supplier) in layer.catalog.suppliers.iter().enumerate() {
        let Some(at) = layer.entry(List::Suppliers, i) else { continue };
        if supplier.id == SELF_HOST {
            let message = "'self' is reserved for the company itself".to_owned();
            at.key("id").error("invalid-id", message, Some("choose another id".into()));
        }
        known.country(&at.key("jurisdiction"), &supplier.jurisdiction);
        each(&at.key("parents"), &supplier.parents, |at, id| known.supplier(at, id));
    }
}

fn models(layer: &CatalogLayer<'_>, known: &Known<'_>) {
    for (i, model) in layer.catalog.models.iter().enumerate() {
        let Some(at) = layer.entry(List::Models, i) else { continue };
        known.supplier_with(&at.key("developer"), &model.developer, Role::Developer);
        if let Some(base) = &model.base {
            known.model(&at.key("base"), base);
        }
    }
}

fn hardware(layer: &CatalogLayer<'_>, known: &Known<'_>) {
    for (i, item) in layer.catalog.hardware.iter().enumerate() {
        let Some(at) = layer.entry(List::Hardware, i) else { continue };
        let Hardware { vendor, controlled_by, needs, .. } = item;
        known.supplier_with(&at.key("vendor"), vendor, Role::Hardware);
        known.each_jurisdiction(&at.key("controlled_by"), controlled_by);
        for (n, need) in needs.iter().enumerate() {
            let at = at.key("needs").index(n).key("any_of");
            each(&at, &need.any_of, |at, id| known.hardware_or_supplier(at, id));
        }
    }
}

fn offers(layer: &CatalogLayer<'_>, known: &Known<'_>) {
    for (i, offer) in layer.catalog.offers.iter().enumerate() {
        let Some(at) = layer.entry(List::Offers, i) else { continue };
        known.model(&at.key("model"), &offer.model);
        known.host(&at.key("host"), &offer.host);
        if offer.host == SELF_HOST {
            known.each_country(&at.key("regions"), &offer.regions);
        } else {
            known.each_jurisdiction(&at.key("regions"), &offer.regions);
        }
        each(&at.key("hardware"), &offer.hardware, |at, id| known.hardware(at, id));
    }
}

fn sources(layer: &CatalogLayer<'_>, known: &Known<'_>) {
    let c = &layer.catalog;
    let lists = [
        (List::Suppliers, c.suppliers.iter().map(|s| &s.provenance).collect::<Vec<_>>()),
        (List::Models, c.models.iter().map(|m| &m.provenance).collect()),
        (List::Hardware, c.hardware.iter().map(|h| &h.provenance).collect()),
        (List::Offers, c.offers.iter().map(|o| &o.provenance).collect()),
        (List::Tensions, c.tensions.iter().map(|t| &t.provenance).collect()),
        (List::Shocks, c.shocks.iter().map(|s| &s.provenance).collect()),
    ];
    for (list, provenances) in lists {
        for (i, provenance) in provenances.into_iter().enumerate() {
            if let Some(at) = layer.entry(list, i) {
                known.provenance(&at, provenance);
            }
        }
    }
}
