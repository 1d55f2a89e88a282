//! `hardware.yaml`.

use schemars::JsonSchema;

use super::provenance::ProvenanceShape;
use super::values::{DurationValue, FormatVersion, IdValue, OneOrMany, SomeOf, TextValue};

/// Hardware of the catalog.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "hardware_file", deny_unknown_fields)]
pub struct HardwareFileShape {
    /// Version of the format.
    pub format_version: FormatVersion,
    /// The hardware.
    pub hardware: OneOrMany<HardwareShape>,
}

/// Hardware that models run on, or that other hardware needs.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "hardware", deny_unknown_fields)]
pub struct HardwareShape {
    /// Name of the hardware in other places.
    pub id: IdValue,
    /// Name for readers.
    pub name: TextValue,
    /// Supplier that sells it.
    pub vendor: TextValue,
    /// Further jurisdictions whose export law reaches it; the vendor's always does.
    pub controlled_by: Option<OneOrMany<TextValue>>,
    /// What its production needs.
    pub needs: Option<OneOrMany<NeedShape>>,
    #[schemars(flatten)]
    pub provenance: ProvenanceShape,
}

/// One need of a piece of hardware.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "need", deny_unknown_fields)]
pub struct NeedShape {
    /// Hardware or suppliers, any of which meets the need.
    pub any_of: SomeOf<TextValue>,
    /// Time that stocks last.
    pub buffer: DurationValue,
}
