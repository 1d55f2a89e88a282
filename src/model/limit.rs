//! Statements of risk appetite.

use schemars::JsonSchema;
use serde::Serialize;

use jiff::civil::Date;

/// A dimension of exposure (methodology/exposure.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
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

impl Dimension {
    /// Every dimension, in the documented order.
    pub const ALL: [Self; 11] = [
        Self::Origin,
        Self::Control,
        Self::LineageOrigin,
        Self::Developer,
        Self::Model,
        Self::Openness,
        Self::Host,
        Self::HostOrigin,
        Self::Region,
        Self::Hardware,
        Self::Reach,
    ];

    /// The word of the files and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::Control => "control",
            Self::LineageOrigin => "lineage_origin",
            Self::Developer => "developer",
            Self::Model => "model",
            Self::Openness => "openness",
            Self::Host => "host",
            Self::HostOrigin => "host_origin",
            Self::Region => "region",
            Self::Hardware => "hardware",
            Self::Reach => "reach",
        }
    }
}

/// Where a limit is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    #[default]
    Portfolio,
    EachWorkload,
}

/// What a share is weighted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Weight {
    /// Outage cost × users' share.
    #[default]
    Value,
    /// Tokens.
    Demand,
    /// Tokens at planned prices.
    Spend,
}

impl Weight {
    /// Every weight, in the documented order.
    pub const ALL: [Self; 3] = [Self::Value, Self::Demand, Self::Spend];

    /// The word of the files and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Demand => "demand",
            Self::Spend => "spend",
        }
    }
}

/// A bound on a measured value; at least one end is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    pub at_least: Option<f64>,
    pub at_most: Option<f64>,
}

/// What a bound is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A share, in [0, 1].
    Share,
    /// A sum of squared shares, in [0, 1].
    Hhi,
    /// A number of things.
    Count,
    /// US dollars.
    Usd,
    /// Millions of tokens a month.
    #[serde(rename = "mtok_per_month")]
    Mtok,
    /// Points of quality.
    Points,
    /// Tokens of context.
    Tokens,
}

impl Unit {
    /// The word of the reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Hhi => "hhi",
            Self::Count => "count",
            Self::Usd => "usd",
            Self::Mtok => "mtok_per_month",
            Self::Points => "points",
            Self::Tokens => "tokens",
        }
    }
}

/// The node or nodes whose loss a portfolio must survive.
#[derive(Debug, Clone, PartialEq)]
pub enum LossOf {
    /// Every node of a kind (`jurisdiction`: all but that of the headquarters).
    Every(NodeKind),
    /// One named node.
    One(NodeKind, String),
}

/// A kind of supply node whose loss is simulated (methodology/exposure.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    Jurisdiction,
    Territory,
    Supplier,
    Host,
    HostSite,
    Hardware,
}

impl NodeKind {
    /// The word of the files and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jurisdiction => "jurisdiction",
            Self::Territory => "territory",
            Self::Supplier => "supplier",
            Self::Host => "host",
            Self::HostSite => "host_site",
            Self::Hardware => "hardware",
        }
    }
}

/// What a limit measures.
#[derive(Debug, Clone, PartialEq)]
pub enum Measure {
    Share { of: Dimension, is: String, bound: Bound },
    MaxShare { of: Dimension, at_most: f64 },
    Hhi { of: Dimension, at_most: f64 },
    Distinct { of: Dimension, at_least: f64, counting_from: f64 },
    Survives { loss_of: LossOf, service_at_least: f64, within_days: f64 },
    Cvar { confidence_level: f64, at_most_usd: f64 },
    AverageAnnualLoss { at_most_usd: f64 },
    MonthlyCost { at_most_usd: f64 },
}

impl Measure {
    /// The bound of the measure.
    #[must_use]
    pub fn bound(&self) -> Bound {
        let at_least = |bound: f64| Bound { at_least: Some(bound), at_most: None };
        let at_most = |bound: f64| Bound { at_least: None, at_most: Some(bound) };
        match *self {
            Self::Share { bound, .. } => bound,
            Self::MaxShare { at_most: bound, .. } | Self::Hhi { at_most: bound, .. } => at_most(bound),
            Self::Distinct { at_least: bound, .. } => at_least(bound),
            Self::Survives { service_at_least, .. } => at_least(service_at_least),
            Self::Cvar { at_most_usd, .. }
            | Self::AverageAnnualLoss { at_most_usd }
            | Self::MonthlyCost { at_most_usd } => at_most(at_most_usd),
        }
    }

    /// Unit of the bound.
    #[must_use]
    pub fn unit(&self) -> Unit {
        match self {
            Self::Share { .. } | Self::MaxShare { .. } | Self::Survives { .. } => Unit::Share,
            Self::Hhi { .. } => Unit::Hhi,
            Self::Distinct { .. } => Unit::Count,
            Self::Cvar { .. } | Self::AverageAnnualLoss { .. } | Self::MonthlyCost { .. } => Unit::Usd,
        }
    }

    /// The word of the files and reports.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Share { .. } => "share",
            Self::MaxShare { .. } => "max_share",
            Self::Hhi { .. } => "hhi",
            Self::Distinct { .. } => "distinct",
            Self::Survives { .. } => "survives",
            Self::Cvar { .. } => "cvar",
            Self::AverageAnnualLoss { .. } => "average_annual_loss",
            Self::MonthlyCost { .. } => "monthly_cost",
        }
    }
}

/// An exception to a limit; it expires after `until`.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    pub by: String,
    /// Last day on which it holds.
    pub until: Date,
    pub reason: String,
}

/// One statement of risk appetite.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    pub id: Option<String>,
    pub measure: Measure,
    pub scope: Scope,
    pub weight: Weight,
    pub accepted: Option<Accepted>,
    /// The limit as one line of YAML, which is its name when it has no `id`.
    pub text: String,
    /// Its position in the file.
    pub place: usize,
}

impl Limit {
    /// The limit's name in reports.
    #[must_use]
    pub fn name(&self) -> &str {
        self.id.as_deref().unwrap_or(&self.text)
    }
}
