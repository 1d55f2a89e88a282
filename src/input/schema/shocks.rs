//! `shocks.yaml`, except templates and kinds.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::kinds::ActionShape;
use super::provenance::ProvenanceShape;
use super::selectors::SelectorShape;
use super::templates::TemplateShape;
use super::values::{
    DurationValue, EventsValue, FormatVersion, IdValue, OneOrMany, PositiveDuration, PriceFactor, RateValue,
    ShareValue, TextValue, YearsValue,
};

/// Shocks that can hit supply, and tensions that raise their rates together.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "shocks", deny_unknown_fields)]
pub struct ShocksShape {
    /// Version of the format.
    pub format_version: FormatVersion,
    /// The tensions.
    pub tensions: Option<OneOrMany<TensionShape>>,
    /// The shocks.
    pub shocks: Option<OneOrMany<ShockShape>>,
}

/// A tension, which raises the rates of several shocks together.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "tension", deny_unknown_fields)]
pub struct TensionShape {
    /// Name of the tension in other places.
    pub id: IdValue,
    /// Standard deviation of the logarithm of a rate of sensitivity 1; from 0 to 10.
    #[schemars(range(min = 0, max = 10))]
    pub sigma: f64,
    #[schemars(flatten)]
    pub provenance: ProvenanceShape,
}

/// Something that can hit supply. It has a `kind`, or `effects` written out.
#[derive(Debug, JsonSchema)]
#[schemars(
    rename = "shock",
    deny_unknown_fields,
    extend(
        "dependentRequired" = {"unless": ["each"]},
        "if" = {"properties": {"in_force": {"const": true}}, "required": ["in_force"]},
        "else" = {"properties": {"duration": {"not": {"type": "null"}}}, "required": ["duration"]}
    )
)]
pub struct ShockShape {
    /// Name of the shock in other places.
    pub id: IdValue,
    #[schemars(flatten)]
    pub template: TemplateShape,
    #[schemars(flatten)]
    pub terms: ShockTermsShape,
    #[schemars(flatten)]
    pub action: ActionShape,
}

/// A shock written in a scenario: `id` and `duration` may be left out, and it happens when the event says.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "scenario_shock", deny_unknown_fields)]
pub struct ScenarioShockShape {
    /// Name of the shock in answers. By default the scenario's id and the number of the event.
    pub id: Option<IdValue>,
    #[schemars(flatten)]
    pub terms: ShockTermsShape,
    #[schemars(flatten)]
    pub action: ActionShape,
}

/// The keys of every shock, whatever its kind.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "shock_terms")]
pub struct ShockTermsShape {
    /// Name for readers.
    pub name: Option<TextValue>,
    /// How often it happens. By default never by itself, only as the consequence of another shock.
    pub frequency: Option<FrequencyShape>,
    /// How long it lasts. Required in a catalog, except for what is in force.
    pub duration: Option<DurationLawShape>,
    /// Time between announcement and effect.
    #[schemars(extend("default" = "0d"))]
    pub notice: Option<DurationValue>,
    /// What goes dark for everyone because a developer cannot comply selectively.
    pub collateral: Option<CollateralShape>,
    /// Tension → sensitivity to it, from -10 to 10.
    pub tensions: Option<BTreeMap<String, SensitivityValue>>,
    /// Shocks that it sets off. A shock may set off itself, but less than once on average.
    pub triggers: Option<OneOrMany<TriggerShape>>,
    /// Scarcity among what is left.
    pub crowding: Option<CrowdingShape>,
    /// Early warnings: what tells that it may come.
    pub watch: Option<OneOrMany<WatchShape>>,
    /// Whether it is law today: it counts as a rule and in prices, has no duration, and is not drawn.
    #[schemars(extend("default" = false))]
    pub in_force: Option<bool>,
    #[schemars(flatten)]
    pub provenance: ProvenanceShape,
}

/// Sensitivity to a tension, from -10 to 10.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "sensitivity", extend("minimum" = -10, "maximum" = 10))]
pub struct SensitivityValue(pub f64);

/// How often a shock happens: a known rate, or events counted over some years.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "frequency", untagged, deny_unknown_fields)]
pub enum FrequencyShape {
    /// A known rate.
    Known {
        /// Events a year.
        per_year: Option<RateValue>,
    },
    /// A rate estimated from a count; at most 8760 a year.
    Counted {
        /// Number of events.
        events: EventsValue,
        /// Years in which they were counted.
        years: YearsValue,
    },
}

/// How long a shock lasts: `permanent`, a duration, or a distribution of durations.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "duration_law", untagged)]
pub enum DurationLawShape {
    Permanent(PermanentWord),
    Fixed(DurationValue),
    FixedMap(FixedShape),
    Drawn(DrawnDurationShape),
}

/// It never ends.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "permanent", rename_all = "snake_case")]
pub enum PermanentWord {
    Permanent,
}

/// A known duration.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "fixed_duration", deny_unknown_fields)]
pub struct FixedShape {
    /// The duration.
    pub fixed: DurationValue,
}

/// A lognormal distribution of durations.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "drawn_duration", deny_unknown_fields)]
pub struct DrawnDurationShape {
    /// Half of the events are over by then.
    pub median: PositiveDuration,
    /// Nine in ten events are over by then; not less than the median.
    pub p90: PositiveDuration,
    /// Which part of the events ends at all; the others are permanent. By default all end.
    pub reversed: Option<ReversedShape>,
}

/// Which part of the events ends at all, as a count.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "reversed", deny_unknown_fields)]
pub struct ReversedShape {
    /// Number of events that ended.
    pub events: EventsValue,
    /// Number of all events.
    pub of: EventsValue,
}

/// What goes dark for everyone: the models that are hit, or all models of their developer.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "collateral_of", rename_all = "snake_case")]
pub enum CollateralWord {
    Model,
    Developer,
}

/// What goes dark for everyone because a developer cannot comply selectively.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "collateral", deny_unknown_fields)]
pub struct CollateralShape {
    /// Probability that it happens, for each developer that is hit.
    pub probability: ShareValue,
    /// What goes dark: the models that are hit, or all models of their developer.
    #[schemars(extend("default" = "model"))]
    pub of: Option<CollateralWord>,
}

/// A shock that another sets off.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "trigger", deny_unknown_fields)]
pub struct TriggerShape {
    /// Id of the shock.
    pub shock: TextValue,
    /// Probability that it is set off.
    pub probability: ShareValue,
    /// Time until then.
    #[schemars(extend("default" = "0d"))]
    pub after: Option<DurationValue>,
}

/// An early warning of a shock.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "watch", deny_unknown_fields)]
pub struct WatchShape {
    /// What to look for.
    pub what: TextValue,
    /// Where it is published.
    pub r#where: Option<TextValue>,
    /// How long before the effect it usually shows. By default not known.
    pub lead: Option<DurationValue>,
}

/// Scarcity among what is left while a shock lasts.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "crowding", deny_unknown_fields)]
pub struct CrowdingShape {
    /// Factor on capacity, from 0 to 1.
    #[schemars(extend("default" = 1))]
    pub capacity_times: Option<ShareValue>,
    /// Factor on prices.
    #[schemars(extend("default" = 1))]
    pub price_times: Option<PriceFactor>,
    /// Where it applies. By default everywhere.
    pub r#where: Option<SelectorShape>,
}
