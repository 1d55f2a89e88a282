//! JSON Schemas of the files, generated from types that document their shape.
//!
//! Files are read by `decode`, which finds every problem and its place; these types are for editors and for the
//! reference. A schema accepts every file that the decoders accept, and rejects what a schema can detect as wrong.

pub mod contracts;
pub mod hardware;
pub mod history;
pub mod jurisdictions;
pub mod kinds;
pub mod limits;
pub mod models;
pub mod offers;
pub mod portfolio;
pub mod provenance;
pub mod scenario;
pub mod selectors;
pub mod shocks;
pub mod suppliers;
mod templates;
pub mod values;
pub mod workloads;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

use hardware::HardwareFileShape;
use history::HistoryShape;
use jurisdictions::JurisdictionsShape;
use models::ModelsShape;
use offers::OffersShape;
use portfolio::PortfolioShape;
use scenario::ScenarioFileShape;
use shocks::ShocksShape;
use suppliers::SuppliersShape;

/// One kind of file.
#[derive(Debug, Clone, Copy)]
pub struct FileSchema {
    /// Name of the schema.
    pub name: &'static str,
    /// Path of such files.
    pub files: &'static str,
    /// Generates the schema.
    pub schema: fn() -> Value,
}

/// Every kind of file that is read.
pub const FILES: [FileSchema; 9] = [
    FileSchema { name: "portfolio", files: "portfolios/NAME.yaml", schema: schema_of::<PortfolioShape> },
    FileSchema {
        name: "jurisdictions",
        files: "jurisdictions.yaml",
        schema: schema_of::<JurisdictionsShape>,
    },
    FileSchema { name: "suppliers", files: "catalog/suppliers.yaml", schema: schema_of::<SuppliersShape> },
    FileSchema { name: "models", files: "catalog/models.yaml", schema: schema_of::<ModelsShape> },
    FileSchema { name: "hardware", files: "catalog/hardware.yaml", schema: schema_of::<HardwareFileShape> },
    FileSchema { name: "offers", files: "catalog/offers.yaml", schema: schema_of::<OffersShape> },
    FileSchema { name: "shocks", files: "catalog/shocks.yaml", schema: schema_of::<ShocksShape> },
    FileSchema {
        name: "scenario",
        files: "catalog/scenarios/ID.yaml",
        schema: schema_of::<ScenarioFileShape>,
    },
    FileSchema { name: "history", files: "catalog/history.yaml", schema: schema_of::<HistoryShape> },
];

/// The schema of a file, JSON Schema 2020-12.
fn schema_of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(closed));
    let settings = settings.with_transform(RecursiveTransform(without_formats));
    settings.into_generator().into_root_schema_for::<T>().into()
}

/// Closes a map with alternatives: each alternative also names the keys that all have in common, and no other is allowed.
///
/// Editors know `additionalProperties` better than `unevaluatedProperties`.
fn closed(schema: &mut Schema) {
    if schema.get("unevaluatedProperties") != Some(&Value::Bool(false)) {
        return;
    }
    schema.remove("unevaluatedProperties");
    let common = schema.get("properties").and_then(Value::as_object);
    let common: Vec<String> = common.map(|keys| keys.keys().cloned().collect()).unwrap_or_default();
    for word in ["oneOf", "anyOf"] {
        let Some(Value::Array(branches)) = schema.get_mut(word) else { continue };
        for branch in branches.iter_mut().filter_map(Value::as_object_mut) {
            close(branch, &common);
        }
    }
}

fn close(branch: &mut Map<String, Value>, common: &[String]) {
    let properties = branch.entry("properties").or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(properties) = properties {
        for key in common {
            properties.entry(key).or_insert(Value::Bool(true));
        }
    }
    branch.insert("additionalProperties".to_owned(), Value::Bool(false));
}

/// Removes the widths of Rust's numbers, which are meaningless in a file.
fn without_formats(schema: &mut Schema) {
    if schema.get("type").is_some() {
        schema.remove("format");
    }
}
