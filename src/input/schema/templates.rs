//! Templates of `shocks.yaml`: one shock for each of several suppliers.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::values::{OneOrMany, TextValue};
use crate::shocks::kinds::KINDS;

/// Whom a shock stands for, if it is a template.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "template")]
pub struct TemplateShape {
    /// Makes the shock a template: one shock for each of these suppliers, named `ID/SUPPLIER`, with the supplier in the place of
    /// the word `$each`.
    pub each: Option<EachShape>,
    /// Leaves out of `each` the suppliers that have a shock of their own.
    pub unless: Option<UnlessShape>,
}

/// The suppliers of a template: hosts or developers.
#[derive(Debug, JsonSchema)]
#[schemars(
    rename = "each",
    deny_unknown_fields,
    extend("oneOf" = [
        {"properties": {"hosts": {"not": {"type": "null"}}}, "required": ["hosts"]},
        {"properties": {"developers": {"not": {"type": "null"}}}, "required": ["developers"]},
    ])
)]
pub struct EachShape {
    /// Those that host an offer.
    pub hosts: Option<SuppliersOfClassShape>,
    /// Those with a model that has an offer.
    pub developers: Option<SuppliersOfClassShape>,
}

/// A class of a template. `self` is the company as host of its own machines.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "class", rename_all = "snake_case")]
pub enum ClassWord {
    Hyperscaler,
    Lab,
    Neocloud,
    Regional,
    #[schemars(rename = "self")]
    Own,
}

/// Suppliers by class.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "suppliers_of_class", deny_unknown_fields)]
pub struct SuppliersOfClassShape {
    /// Only suppliers of these classes; `self`, the company's own machines, only if it is listed and the portfolio has offers on
    /// them. By default all suppliers.
    pub class: Option<OneOrMany<ClassWord>>,
    /// Suppliers that are left out.
    pub except: Option<OneOrMany<TextValue>>,
}

/// Suppliers that have a shock of their own.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "unless", deny_unknown_fields)]
pub struct UnlessShape {
    /// A kind of shock. Left out are suppliers that a shock of this kind, no template and not in force, names as `host`,
    /// `supplier` or `suppliers`, or as `host` in a selector, without a region.
    pub kind: KindWord,
}

/// A kind of shock.
#[derive(Debug)]
pub struct KindWord;

impl JsonSchema for KindWord {
    fn schema_name() -> Cow<'static, str> {
        "kind".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
        json_schema!({"description": "A kind of shock.", "type": "string", "enum": names})
    }
}
