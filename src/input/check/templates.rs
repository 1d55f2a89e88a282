//! Templates of shocks that stand for no supplier.

use crate::input::library::{CatalogLayer, List};
use crate::model::catalog::Catalog;
use crate::model::words::SupplierClass;
use crate::shocks::templates::suppliers;

/// Warns of each template that matches nobody. `layers`: where entries are defined; the first layer with an id counts.
///
/// One of the library for the company's own machines is no mistake of a company that has none.
pub(super) fn check(catalog: &Catalog, layers: &[&CatalogLayer<'_>]) {
    for template in &catalog.templates {
        let defined = layers.iter().find_map(|layer| {
            let place = layer.catalog.shocks.iter().position(|shock| shock.id == template.id)?;
            Some((layer, layer.entry(List::Shocks, place)?))
        });
        let (Some(each), Some((layer, at))) = (&template.each, defined) else { continue };
        let is_for_own_machines = !layer.is_own && each.classes == [SupplierClass::Own];
        let is_unknown = layer.gaps.suppliers || layer.gaps.offers || layer.gaps.models;
        if !is_for_own_machines && !is_unknown && suppliers(catalog, each).is_empty() {
            let help = "correct 'class' or 'except'; a host matches if it has an offer, a developer if a model of its has one";
            let message = "the template stands for nobody".to_owned();
            at.key("each").warning("empty-template", message, Some(help.into()));
        }
    }
}
