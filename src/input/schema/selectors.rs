//! Selectors and sets of jurisdictions.

use schemars::JsonSchema;

use super::values::{SomeOf, TextValue};

/// How sensitive the data is that a workload handles.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "data_class", rename_all = "snake_case")]
pub enum DataWord {
    Public,
    Internal,
    Personal,
    Regulated,
}

/// How a model is published.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "openness", rename_all = "snake_case")]
pub enum OpennessWord {
    Closed,
    OpenWeights,
    OpenSource,
}

/// How an offer is used: `api` from a host, or `self_hosted` on the company's own sites.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "access", rename_all = "snake_case")]
pub enum AccessWord {
    Api,
    SelfHosted,
}

/// A list of countries and blocs in which a bloc stands for its members, or `all`, or `{except: [..]}`.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "jurisdiction_set", untagged)]
pub enum JurisdictionSetShape {
    Listed(SomeOf<TextValue>),
    Except(ExceptShape),
}

/// All jurisdictions but those listed.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "all_except", deny_unknown_fields)]
pub struct ExceptShape {
    /// The countries and blocs left out.
    pub except: SomeOf<TextValue>,
}

/// A test of an offer and of who uses it. The keys are combined by AND, the values of a list by OR; without keys it matches everything. What each key matches: [Eligibility](../methodology/eligibility.md#selectors).
#[derive(Debug, JsonSchema)]
#[schemars(rename = "selector", deny_unknown_fields)]
pub struct SelectorShape {
    /// Matches when the model's developer is under one of these jurisdictions.
    pub origin: Option<JurisdictionSetShape>,
    /// Matches when the developer of the model, or of any model it derives from, is under one of these jurisdictions.
    pub lineage_origin: Option<JurisdictionSetShape>,
    /// Developer of the model, a supplier.
    pub developer: Option<SomeOf<TextValue>>,
    /// The model.
    pub model: Option<SomeOf<TextValue>>,
    /// How the model is published.
    pub openness: Option<SomeOf<OpennessWord>>,
    /// Host of the offer, a supplier, or `self`.
    pub host: Option<SomeOf<TextValue>>,
    /// Matches when the host is under one of these jurisdictions; never for `self`.
    pub host_origin: Option<JurisdictionSetShape>,
    /// Matches when every country of the offer's region is among these.
    pub region: Option<JurisdictionSetShape>,
    /// How the offer is used.
    pub access: Option<SomeOf<AccessWord>>,
    /// Matches when all hardware that the offer can run on is listed.
    pub hardware: Option<SomeOf<TextValue>>,
    /// Matches when the offer has all of these certifications.
    pub certifications: Option<SomeOf<TextValue>>,
    /// Matches when the users are in one of these jurisdictions.
    pub users: Option<JurisdictionSetShape>,
    /// The workload. Not in `require` and `forbid`, which belong to a workload already.
    pub workload: Option<SomeOf<TextValue>>,
    /// Class of the workload's data.
    pub data: Option<SomeOf<DataWord>>,
    /// Matches when the company's headquarters is in one of these jurisdictions.
    pub company: Option<JurisdictionSetShape>,
}
