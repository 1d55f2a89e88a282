//! Limits: statements of risk appetite.

use schemars::JsonSchema;

use super::values::{
    AmountValue, CountValue, DayValue, DurationValue, LevelValue, PositiveShare, ShareValue, TextValue,
};

/// What exposure is grouped by.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "dimension", rename_all = "snake_case")]
pub enum DimensionWord {
    Origin,
    Control,
    LineageOrigin,
    Developer,
    Model,
    Openness,
    Host,
    HostOrigin,
    Region,
    Hardware,
    Reach,
}

/// Where a limit is tested.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "scope", rename_all = "snake_case")]
pub enum ScopeWord {
    Portfolio,
    EachWorkload,
}

/// What a share is a share of: outage costs, tokens, or spending.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "weight", rename_all = "snake_case")]
pub enum WeightWord {
    Value,
    Demand,
    Spend,
}

/// A kind of node of the supply graph.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "node_kind", rename_all = "snake_case")]
pub enum NodeKindWord {
    Jurisdiction,
    Territory,
    Supplier,
    Host,
    HostSite,
    Hardware,
}

/// A limit on what the portfolio may depend on, lose or cost.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "limit", deny_unknown_fields)]
pub struct LimitShape {
    /// Name of the limit in answers. By default, the limit as one line of text.
    pub id: Option<TextValue>,
    /// Exception to the limit: until then, a breach does not count.
    pub accepted: Option<AcceptedShape>,
    #[schemars(flatten)]
    pub measure: MeasureShape,
}

/// What a limit measures, and its bound.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "measure", tag = "measure", rename_all = "snake_case")]
pub enum MeasureShape {
    /// The share of one key. A jurisdiction includes what it reaches through blocs, parents and ancestors. Needs `at_most`, `at_least`, or both.
    #[schemars(extend("anyOf" = [{"required": ["at_most"]}, {"required": ["at_least"]}]))]
    Share {
        /// What exposure is grouped by.
        of: DimensionWord,
        /// The key whose share is limited.
        is: TextValue,
        /// Largest share allowed.
        at_most: Option<ShareValue>,
        /// Smallest share allowed.
        at_least: Option<ShareValue>,
        /// Where the limit is tested.
        #[schemars(extend("default" = "portfolio"))]
        scope: Option<ScopeWord>,
        /// What the share is a share of.
        #[schemars(extend("default" = "value"))]
        weight: Option<WeightWord>,
    },
    /// The largest share of any key.
    MaxShare {
        /// What exposure is grouped by.
        of: DimensionWord,
        /// Largest share allowed.
        at_most: ShareValue,
        /// Where the limit is tested.
        #[schemars(extend("default" = "portfolio"))]
        scope: Option<ScopeWord>,
        /// What the share is a share of.
        #[schemars(extend("default" = "value"))]
        weight: Option<WeightWord>,
    },
    /// The Herfindahl-Hirschman index: the sum of squared shares. By spend it is tested, but the planner does not steer by it.
    Hhi {
        /// What exposure is grouped by; not `reach`, whose shares overlap.
        #[schemars(extend("not" = {"const": "reach"}))]
        of: DimensionWord,
        /// Largest index allowed.
        at_most: ShareValue,
        /// Where the limit is tested.
        #[schemars(extend("default" = "portfolio"))]
        scope: Option<ScopeWord>,
        /// What the shares are shares of.
        #[schemars(extend("default" = "value"))]
        weight: Option<WeightWord>,
    },
    /// The number of known keys with at least a given share. By spend it is tested, but the planner does not steer by it.
    Distinct {
        /// What exposure is grouped by.
        of: DimensionWord,
        /// Smallest number allowed.
        at_least: CountValue,
        /// Share from which a key counts.
        #[schemars(extend("default" = 0.05))]
        counting_from: Option<PositiveShare>,
        /// Where the limit is tested.
        #[schemars(extend("default" = "portfolio"))]
        scope: Option<ScopeWord>,
        /// What the shares are shares of.
        #[schemars(extend("default" = "value"))]
        weight: Option<WeightWord>,
    },
    /// Service after the loss of each node of a kind, or of one node.
    Survives {
        /// A kind of node, such as `jurisdiction` for each of them, or one node, such as `{jurisdiction: US}`.
        loss_of: LossOfShape,
        /// Smallest share of service allowed.
        service_at_least: ShareValue,
        /// Time after the loss at which service is measured.
        #[schemars(extend("default" = "0d"))]
        within: Option<DurationValue>,
        /// Where the limit is tested.
        #[schemars(extend("default" = "portfolio"))]
        scope: Option<ScopeWord>,
    },
    /// The average loss of the worst outcomes (CVaR) over the horizon.
    Cvar {
        /// Where the worst outcomes begin: 0.95 are the worst 5 %.
        #[schemars(extend("default" = 0.95))]
        confidence_level: Option<LevelValue>,
        /// Largest loss allowed, USD.
        at_most_usd: AmountValue,
    },
    /// The average loss a year.
    AverageAnnualLoss {
        /// Largest loss allowed, USD.
        at_most_usd: AmountValue,
    },
    /// The planned cost a month.
    MonthlyCost {
        /// Largest cost allowed, USD.
        at_most_usd: AmountValue,
    },
}

/// A kind of node, each of which is lost in turn, or one node.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "loss_of", untagged)]
pub enum LossOfShape {
    Every(NodeKindWord),
    One(LostNodeShape),
}

/// One node: exactly one of the keys.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "lost_node", deny_unknown_fields, extend("minProperties" = 1, "maxProperties" = 1))]
pub struct LostNodeShape {
    /// A country or bloc: suppliers, host sites and hardware under it.
    pub jurisdiction: Option<TextValue>,
    /// A country or bloc: host sites in it.
    pub territory: Option<TextValue>,
    /// A supplier in all its roles.
    pub supplier: Option<TextValue>,
    /// All sites of a host.
    pub host: Option<TextValue>,
    /// One site, written `host:REGION`.
    pub host_site: Option<TextValue>,
    /// A piece of hardware.
    pub hardware: Option<TextValue>,
}

/// An exception to a limit.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "accepted", deny_unknown_fields)]
pub struct AcceptedShape {
    /// Who accepted the breach.
    pub by: TextValue,
    /// Last day of the exception.
    pub until: DayValue,
    /// Why it was accepted.
    pub reason: TextValue,
}
