//! `suppliers.yaml`.

use schemars::JsonSchema;

use super::provenance::ProvenanceShape;
use super::values::{FormatVersion, IdValue, OneOrMany, TextValue};

/// Suppliers of the catalog.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "suppliers", deny_unknown_fields)]
pub struct SuppliersShape {
    /// Version of the format.
    pub format_version: FormatVersion,
    /// The suppliers.
    pub suppliers: OneOrMany<SupplierShape>,
}

/// What a supplier does.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "role", rename_all = "snake_case")]
pub enum RoleWord {
    Developer,
    Host,
    Hardware,
}

/// How a supplier sells models. Suppliers of one class share priors of what can happen to them.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "supplier_class", rename_all = "snake_case")]
pub enum SupplierClassWord {
    Hyperscaler,
    Lab,
    Neocloud,
    Regional,
}

/// A company that develops models, hosts them, makes hardware, or owns one that does.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "supplier", deny_unknown_fields)]
pub struct SupplierShape {
    /// Name of the supplier in other places.
    pub id: IdValue,
    /// Name for readers.
    pub name: TextValue,
    /// Country of the headquarters.
    pub jurisdiction: TextValue,
    /// Suppliers that control this one. The first counts for `control`.
    pub parents: Option<OneOrMany<TextValue>>,
    /// What the supplier does. May be empty for an owner.
    pub roles: OneOrMany<RoleWord>,
    /// How it sells models, which says which templates of shocks stand for it: a cloud of many services (`hyperscaler`), a
    /// developer that sells its own models (`lab`), a host of others' models (`neocloud`), or a host for one country or
    /// region (`regional`). By default only templates for all suppliers do.
    pub class: Option<SupplierClassWord>,
    #[schemars(flatten)]
    pub provenance: ProvenanceShape,
}
