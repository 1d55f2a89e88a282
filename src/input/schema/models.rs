//! `models.yaml`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::provenance::ProvenanceShape;
use super::selectors::OpennessWord;
use super::values::{
    DateValue, FormatVersion, IdValue, OneOrMany, ParametersValue, PointsValue, TextValue, WholeNumber,
};

/// Models of the catalog.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "models", deny_unknown_fields)]
pub struct ModelsShape {
    /// Version of the format.
    pub format_version: FormatVersion,
    /// Name of the measure that points of quality are in.
    pub quality_metric: Option<TextValue>,
    /// The models.
    pub models: OneOrMany<ModelShape>,
}

/// Whether published weights may be used commercially.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "commercial_use", rename_all = "snake_case")]
pub enum CommercialUseWord {
    Yes,
    No,
    Conditional,
    Unknown,
}

/// A model.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "model", deny_unknown_fields)]
pub struct ModelShape {
    /// Name of the model in other places.
    pub id: IdValue,
    /// Name for readers.
    pub name: TextValue,
    /// Supplier that developed the model.
    pub developer: TextValue,
    /// How the model is published.
    pub openness: OpennessWord,
    /// Name of the license.
    pub license: TextValue,
    /// Whether a company may use the model: `no` is never eligible, `unknown` not on `self`; `conditional` counts as `yes`, so read
    /// the license. By default `yes` for a closed model, else `unknown`.
    pub commercial_use: Option<CommercialUseWord>,
    /// Model that the weights derive from.
    pub base: Option<TextValue>,
    /// Date of release.
    pub released: Option<DateValue>,
    /// Context window, tokens. Without it, the model fails any floor.
    pub context_tokens: Option<WholeNumber>,
    /// Parameters, billions.
    pub parameters_b: Option<ParametersValue>,
    /// Capability, points.
    pub quality: Option<QualityShape>,
    #[schemars(flatten)]
    pub provenance: ProvenanceShape,
}

/// Capability in points: `general`, languages such as `de` or `pt-br`, and `std_error`.
#[derive(Debug)]
pub struct QualityShape;

impl JsonSchema for QualityShape {
    fn schema_name() -> Cow<'static, str> {
        "quality".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut points = |meaning: &str| {
            let mut schema = generator.subschema_for::<PointsValue>();
            schema.insert("description".to_owned(), meaning.into());
            schema
        };
        let language = "Capability in a language, such as `de` or `pt-br`, points.";
        json_schema!({
            "description": "Capability of a model in general and by language, points.",
            "type": "object",
            "properties": {
                "general": points("Capability over all tasks, points. A model without it is unrated."),
                "std_error": points("Standard error of `general`, points. Kept, but not used."),
            },
            "patternProperties": {"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$": points(language)},
            "additionalProperties": false,
        })
    }
}
