//! Kinds of shocks, and effects written out.

use schemars::JsonSchema;

use super::selectors::{DataWord, JurisdictionSetShape, SelectorShape};
use super::values::{AmountValue, OneOrMany, PositiveNumber, ShareValue, SomeOf, TextValue};

/// Who is hit by an act on a jurisdiction: users there, offers that run there, or companies with headquarters there.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "reach", rename_all = "snake_case")]
pub enum ReachWord {
    Users,
    Region,
    Company,
}

/// What a shock does: a kind, which stands for effects, or the effects written out.
#[derive(Debug, JsonSchema)]
#[expect(clippy::large_enum_variant, reason = "the type describes a file; no value of it is ever made")]
#[schemars(rename = "action", tag = "kind", rename_all = "snake_case")]
pub enum ActionShape {
    /// A jurisdiction forbids its suppliers to serve others.
    ExportBan {
        /// Jurisdiction that acts.
        by: TextValue,
        /// Jurisdictions that are cut off.
        on: JurisdictionSetShape,
        /// Who is hit in those jurisdictions.
        #[schemars(extend("default" = ["users", "region"]))]
        reach: Option<SomeOf<ReachWord>>,
        /// What is forbidden. By default everything.
        what: Option<SelectorShape>,
    },
    /// A jurisdiction forbids its users to use something.
    MarketBan {
        /// Jurisdiction that acts.
        by: TextValue,
        /// What is forbidden. By default everything.
        what: Option<SelectorShape>,
        /// Who is hit in that jurisdiction.
        #[schemars(extend("default" = ["users"]))]
        reach: Option<SomeOf<ReachWord>>,
        /// Whether models derived from what is forbidden are forbidden too.
        #[schemars(extend("default" = false))]
        lineage: Option<bool>,
    },
    /// A jurisdiction changes its rules: developers may withdraw, the others become dearer.
    RegulationShift {
        /// Jurisdiction that acts.
        by: TextValue,
        /// What the rules apply to. By default everything.
        what: Option<SelectorShape>,
        /// What the rules do not apply to. By default nothing is exempt.
        exempt: Option<SelectorShape>,
        /// Who is hit in that jurisdiction.
        #[schemars(extend("default" = ["users", "region"]))]
        reach: Option<SomeOf<ReachWord>>,
        /// Probability that a developer withdraws.
        #[schemars(extend("default" = 0))]
        withdrawal_probability: Option<ShareValue>,
        /// Factor on prices.
        #[schemars(extend("default" = 1))]
        price_times: Option<PositiveNumber>,
        /// Cost at the onset, USD for each workload.
        #[schemars(extend("default" = 0))]
        one_off_usd_per_workload: Option<AmountValue>,
    },
    /// A jurisdiction requires some data of its users to stay in allowed regions.
    DataLocalization {
        /// Jurisdiction that acts.
        by: TextValue,
        /// Classes of data.
        data: SomeOf<DataWord>,
        /// Regions allowed. By default that jurisdiction.
        hosting_allowed: Option<JurisdictionSetShape>,
    },
    /// A jurisdiction controls the export of hardware.
    ChipControl {
        /// Jurisdiction that acts.
        by: TextValue,
        /// Jurisdictions that are cut off.
        on: JurisdictionSetShape,
        /// Factor on prices there.
        #[schemars(extend("default" = 1))]
        price_times: Option<PositiveNumber>,
    },
    /// A jurisdiction and its allies sanction suppliers.
    Sanction {
        /// Jurisdiction that acts.
        by: TextValue,
        /// Suppliers under sanctions; those that they control are too.
        suppliers: SomeOf<TextValue>,
        /// Jurisdictions that join. By default none.
        allies: Option<JurisdictionSetShape>,
        /// Who is hit in those jurisdictions.
        #[schemars(extend("default" = ["users", "region"]))]
        reach: Option<SomeOf<ReachWord>>,
    },
    /// A jurisdiction makes hosts of other jurisdictions dearer for its users.
    Tariff {
        /// Jurisdiction that acts.
        by: TextValue,
        /// Jurisdictions of the hosts.
        on: JurisdictionSetShape,
        /// Factor on prices.
        price_times: PositiveNumber,
    },
    /// A supplier changes the license of open models. Needs `supplier`, `models`, or both.
    #[schemars(extend("anyOf" = [{"required": ["supplier"]}, {"required": ["models"]}]))]
    LicenseChange {
        /// Jurisdiction that the shock is put down to.
        by: Option<TextValue>,
        /// Developer of the models.
        supplier: Option<TextValue>,
        /// The models.
        models: Option<OneOrMany<TextValue>>,
        /// Whether present use ends too.
        #[schemars(extend("default" = false))]
        revoke: Option<bool>,
    },
    /// A supplier stops.
    SupplierExit {
        /// Jurisdiction that the shock is put down to.
        by: Option<TextValue>,
        /// The supplier.
        supplier: TextValue,
    },
    /// A host stops, its sites in a region, or every site in a region. Needs `host`, `region`, or both.
    #[schemars(extend("anyOf" = [{"required": ["host"]}, {"required": ["region"]}]))]
    Outage {
        /// Jurisdiction that the shock is put down to.
        by: Option<TextValue>,
        /// The host. By default every host.
        host: Option<TextValue>,
        /// Where. By default everywhere.
        region: Option<JurisdictionSetShape>,
    },
    /// Energy becomes dearer in a region, and with it every offer there.
    EnergyShock {
        /// Jurisdiction that the shock is put down to.
        by: Option<TextValue>,
        /// Where.
        region: JurisdictionSetShape,
        /// Factor on prices.
        price_times: PositiveNumber,
    },
    /// Offers become dearer.
    PriceShock {
        /// Jurisdiction that the shock is put down to.
        by: Option<TextValue>,
        /// Supplier whose offers become dearer. By default all.
        supplier: Option<TextValue>,
        /// Offers that become dearer. By default all.
        what: Option<SelectorShape>,
        /// Factor on prices.
        price_times: PositiveNumber,
    },
    /// Capacity becomes scarce.
    CapacitySqueeze {
        /// Jurisdiction that the shock is put down to.
        by: Option<TextValue>,
        /// Offers whose capacity falls. By default all.
        r#where: Option<SelectorShape>,
        /// Factor on capacity, from 0 to 1.
        capacity_times: ShareValue,
    },
    /// Research stops in a jurisdiction: its models get no more updates.
    ResearchStall {
        /// Jurisdiction whose research stops.
        by: TextValue,
        /// Models that get no more updates. By default all of that jurisdiction.
        what: Option<SelectorShape>,
    },
    /// Effects written out, without a kind.
    #[schemars(untagged)]
    Effects {
        /// Jurisdiction that the shock is put down to.
        by: Option<TextValue>,
        /// The effects.
        effects: SomeOf<EffectShape>,
    },
}

/// One effect: exactly one of the keys besides `where`. What each does: [Shocks](../methodology/shocks.md#effects).
#[derive(Debug, JsonSchema)]
#[schemars(rename = "effect", untagged, deny_unknown_fields)]
pub enum EffectShape {
    /// What matches cannot be used.
    Unavailable {
        /// What cannot be used.
        unavailable: SelectorShape,
    },
    /// What matches cannot be newly used; what was ready goes on.
    NoNew {
        /// What cannot be newly used.
        no_new: SelectorShape,
    },
    /// Nodes of the supply graph stop.
    Stop {
        /// What stops.
        stop: StopShape,
    },
    /// Offers in some regions lose hardware.
    Cut {
        /// What is lost, and where.
        cut: CutShape,
    },
    /// What matches gets no more updates.
    Stale {
        /// What gets no more updates.
        stale: SelectorShape,
    },
    /// Prices change.
    PriceTimes {
        /// Factor on prices.
        price_times: PositiveNumber,
        /// Where it applies. By default everywhere.
        r#where: Option<SelectorShape>,
    },
    /// Capacity falls.
    CapacityTimes {
        /// Factor on capacity, from 0 to 1.
        capacity_times: ShareValue,
        /// Where it applies. By default everywhere.
        r#where: Option<SelectorShape>,
    },
    /// A cost at the onset.
    OneOff {
        /// Cost at the onset, USD for each workload.
        one_off_usd_per_workload: AmountValue,
        /// Where it applies. By default everywhere.
        r#where: Option<SelectorShape>,
    },
}

/// What stops: at least one of the keys.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "stop", deny_unknown_fields, extend("minProperties" = 1))]
pub struct StopShape {
    /// Suppliers, in all their roles.
    pub supplier: Option<SomeOf<TextValue>>,
    /// All sites of these hosts.
    pub host: Option<SomeOf<TextValue>>,
    /// Sites, written `host:REGION`.
    pub host_site: Option<SomeOf<TextValue>>,
    /// Hardware.
    pub hardware: Option<SomeOf<TextValue>>,
}

/// Hardware that offers in some regions lose.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "cut", deny_unknown_fields)]
pub struct CutShape {
    /// The hardware.
    pub hardware: SomeOf<TextValue>,
    /// The regions.
    pub region: JurisdictionSetShape,
}
