//! `jurisdictions.yaml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::provenance::ProvenanceShape;
use super::selectors::DataWord;
use super::values::{
    AnyNumber, FormatVersion, IdValue, OneOrMany, PeriodValue, SomeOf, TextValue, WholeNumber,
};

/// Countries and blocs, rules that are law today, and the sources that figures are read from.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "jurisdictions", deny_unknown_fields)]
pub struct JurisdictionsShape {
    /// Version of the format.
    pub format_version: FormatVersion,
    /// What makes a jurisdiction strong in artificial intelligence. Scored by `landscape`.
    pub enablers: Option<OneOrMany<EnablerShape>>,
    /// Countries and blocs. Countries are written in ISO 3166-1 alpha-2.
    pub jurisdictions: OneOrMany<JurisdictionShape>,
    /// Where data of some users may be processed.
    pub rules: Option<OneOrMany<RuleShape>>,
    /// Documents and collections that figures come from: a list, or a map by id.
    pub sources: Option<SourcesShape>,
}

/// A group of indicators.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "enabler", deny_unknown_fields)]
pub struct EnablerShape {
    /// Name of the enabler in other places.
    pub id: IdValue,
    /// Name for readers.
    pub name: TextValue,
    /// The indicators.
    pub indicators: Option<OneOrMany<IndicatorShape>>,
}

/// Which direction of an indicator is better.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "better", rename_all = "snake_case")]
pub enum BetterWord {
    Higher,
    Lower,
}

/// How the members' figures make up the figure of a bloc.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "combine", rename_all = "snake_case")]
pub enum CombineWord {
    Sum,
    Mean,
    Max,
    None,
}

/// A figure that jurisdictions are compared by.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "indicator", deny_unknown_fields)]
pub struct IndicatorShape {
    /// Name of the indicator in other places.
    pub id: IdValue,
    /// Name for readers.
    pub name: TextValue,
    /// Unit of its values.
    pub unit: TextValue,
    /// Period of the values.
    pub period: PeriodValue,
    /// Which direction is better.
    pub better: BetterWord,
    /// How the members' values make up the value of a bloc.
    pub combine: CombineWord,
    /// What is measured instead where the indicator itself has no comparable figures.
    pub proxy: Option<IndicatorProxyShape>,
}

/// A measure that stands in for an indicator. Its figures carry `proxy: true` and are never mixed with the indicator's own.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "indicator_proxy", deny_unknown_fields)]
pub struct IndicatorProxyShape {
    /// Name for readers.
    pub name: TextValue,
    /// Unit of its values.
    pub unit: TextValue,
    /// Period of the values.
    pub period: PeriodValue,
}

/// The weight of a jurisdiction in artificial intelligence.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "standing", rename_all = "snake_case")]
pub enum StandingWord {
    Superpower,
    MiddlePower,
    ResearchHub,
    Other,
}

/// How a middle power may catch up.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "path", rename_all = "snake_case")]
pub enum PathWord {
    BlocComplementarity,
    CapitalLed,
    ScalingTechLegacy,
    ResearchBreakthrough,
}

/// A country, or a bloc of countries.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "jurisdiction", deny_unknown_fields)]
pub struct JurisdictionShape {
    /// Name of the jurisdiction in other places: the code of ISO 3166-1 alpha-2 for a country.
    pub id: IdValue,
    /// Name for readers.
    pub name: TextValue,
    /// Its weight in artificial intelligence.
    pub standing: StandingWord,
    /// How it may catch up.
    pub path: Option<PathWord>,
    /// Indicator → its value.
    pub indicators: Option<BTreeMap<String, IndicatorValueShape>>,
    /// Indicator → a figure that is on record and too weak to score.
    pub unscored: Option<BTreeMap<String, UnscoredValueShape>>,
    #[schemars(flatten)]
    pub kind: JurisdictionKindShape,
}

/// Whether a jurisdiction has members.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "jurisdiction_kind", tag = "kind", rename_all = "snake_case")]
pub enum JurisdictionKindShape {
    /// A country.
    Country {
        /// A country has no members.
        #[schemars(length(max = 0))]
        members: Option<Vec<TextValue>>,
    },
    /// A bloc of countries.
    Bloc {
        /// Countries of the bloc.
        members: SomeOf<TextValue>,
    },
}

/// The value of an indicator.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "indicator_value", deny_unknown_fields)]
pub struct IndicatorValueShape {
    /// The value, in the indicator's unit.
    pub value: AnyNumber,
    /// Year of the value.
    pub year: WholeNumber,
    /// Whether the value is one of the indicator's proxy.
    #[schemars(extend("default" = false))]
    pub proxy: Option<bool>,
    #[schemars(flatten)]
    pub provenance: ProvenanceShape,
}

/// A figure that is listed and not scored.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "unscored_value", deny_unknown_fields)]
pub struct UnscoredValueShape {
    /// The value, in the indicator's unit.
    pub value: AnyNumber,
    /// Year of the value.
    pub year: WholeNumber,
    /// Why it is not scored.
    pub why: TextValue,
    #[schemars(flatten)]
    pub provenance: ProvenanceShape,
}

/// Where data of some users may be processed.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "rule", deny_unknown_fields)]
pub struct RuleShape {
    /// Name of the rule in other places.
    pub id: IdValue,
    /// Name for readers.
    pub name: Option<TextValue>,
    /// The law.
    pub instrument: Option<TextValue>,
    /// Jurisdictions of the users; a bloc stands for its members.
    pub users: SomeOf<TextValue>,
    /// Classes of data.
    pub data: SomeOf<DataWord>,
    /// Regions in which the data may be processed; a bloc stands for its members.
    pub hosting_allowed: SomeOf<TextValue>,
    /// Whether the company's own sites are exempt.
    #[schemars(extend("default" = false))]
    pub except_self_hosted: Option<bool>,
    #[schemars(flatten)]
    pub provenance: ProvenanceShape,
}

/// A list of sources, or a map by id.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "sources", untagged)]
pub enum SourcesShape {
    Listed(Vec<SourceShape>),
    ById(BTreeMap<String, DocumentShape>),
}

/// A document or collection that figures come from, in a list.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "source", deny_unknown_fields)]
pub struct SourceShape {
    /// Name of the source in other places.
    pub id: IdValue,
    #[schemars(flatten)]
    pub document: DocumentShape,
}

/// A document or collection that figures come from, in a map by id.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "document", deny_unknown_fields)]
pub struct DocumentShape {
    /// Title.
    pub title: TextValue,
    /// Publisher.
    pub publisher: TextValue,
    /// Year of publication.
    pub year: WholeNumber,
    /// Where in the document, or where to find it.
    pub locator: TextValue,
    /// License of the figures.
    pub license: TextValue,
}
