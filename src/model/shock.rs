//! Shocks, tensions and scenarios, as written in the files.

use std::collections::BTreeMap;

use super::Provenance;
use super::selector::{JurisdictionSet, Selector};
use super::words::{DataClass, Reach, SupplierClass};

/// A shared driver of several shocks.
#[derive(Debug, Clone, PartialEq)]
pub struct Tension {
    pub id: String,
    pub sigma: f64,
    pub provenance: Provenance,
}

/// A kind of event that can hit supply.
#[derive(Debug, Clone, PartialEq)]
pub struct Shock {
    pub id: String,
    pub name: Option<String>,
    pub action: Action,
    /// Acting jurisdiction.
    pub by: Option<String>,
    /// `None`: never drawn by itself; only triggered, in force, or named by a scenario.
    pub frequency: Option<Frequency>,
    pub duration: DurationLaw,
    pub notice_days: f64,
    pub collateral: Option<Collateral>,
    /// Sensitivity to each tension.
    pub tensions: BTreeMap<String, f64>,
    pub triggers: Vec<Trigger>,
    pub crowding: Option<Crowding>,
    /// What tells that it may come.
    pub watch: Vec<EarlyWarning>,
    /// Whether it is law today: then it counts in rules and planned prices, and is never drawn.
    pub in_force: bool,
    /// `Some`: a template, which stands for one shock for each of these suppliers.
    pub each: Option<Each>,
    /// The template of which this is a member.
    pub template: Option<String>,
    pub provenance: Provenance,
}

/// The word that stands for a template's supplier.
pub const EACH_WORD: &str = "$each";

/// The suppliers of a template.
#[derive(Debug, Clone, PartialEq)]
pub struct Each {
    pub role: EachRole,
    /// Only suppliers of these classes; empty: of any, or of none.
    pub classes: Vec<SupplierClass>,
    pub except: Vec<String>,
    /// Without suppliers that a written shock of this kind names.
    pub unless_kind: Option<&'static str>,
}

/// What the suppliers of a template do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EachRole {
    /// They host an offer.
    Host,
    /// A model of theirs has an offer.
    Developer,
}

/// What a shock does: a kind, which stands for effects, or effects written out.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    Kind(Kind),
    Effects(Vec<EffectEntry>),
}

/// One effect as written.
#[derive(Debug, Clone, PartialEq)]
pub enum EffectEntry {
    /// Matching pairs cannot be used.
    Unavailable(Selector),
    /// Matching pairs cannot be newly activated.
    NoNew(Selector),
    /// Supply nodes stop.
    Stop {
        suppliers: Vec<String>,
        hosts: Vec<String>,
        host_sites: Vec<String>,
        hardware: Vec<String>,
    },
    /// Offers in these regions lose this hardware.
    Cut {
        hardware: Vec<String>,
        region: JurisdictionSet,
    },
    /// Updates stop.
    Stale(Selector),
    PriceTimes {
        factor: f64,
        selector: Selector,
    },
    CapacityTimes {
        factor: f64,
        selector: Selector,
    },
    OneOff {
        usd_per_workload: f64,
        selector: Selector,
    },
}

/// A kind of shock as written, which stands for effects (methodology/shocks.md); `by` is a key of the shock.
///
/// `shocks::kinds` lists the kinds, with the keys of each and what it expands to.
#[derive(Debug, Clone, PartialEq)]
pub struct Kind {
    /// The word of the files and reports.
    pub name: &'static str,
    /// Values by key, including defaults. An optional key without a default may be absent.
    pub values: BTreeMap<&'static str, KindValue>,
}

/// The value of a kind's key.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "at most a few dozen exist at a time")]
pub enum KindValue {
    Jurisdictions(JurisdictionSet),
    Selector(Selector),
    /// The id of one entry.
    Id(String),
    Ids(Vec<String>),
    Number(f64),
    Flag(bool),
    Reach(Vec<Reach>),
    DataClasses(Vec<DataClass>),
}

/// Each returns the value if it is of that type.
impl KindValue {
    #[must_use]
    pub fn as_jurisdictions(&self) -> Option<&JurisdictionSet> {
        if let Self::Jurisdictions(value) = self { Some(value) } else { None }
    }

    #[must_use]
    pub fn as_selector(&self) -> Option<&Selector> {
        if let Self::Selector(value) = self { Some(value) } else { None }
    }

    #[must_use]
    pub fn as_id(&self) -> Option<&str> {
        if let Self::Id(value) = self { Some(value) } else { None }
    }

    #[must_use]
    pub fn as_ids(&self) -> Option<&[String]> {
        if let Self::Ids(value) = self { Some(value) } else { None }
    }

    #[must_use]
    pub fn as_number(&self) -> Option<&f64> {
        if let Self::Number(value) = self { Some(value) } else { None }
    }

    #[must_use]
    pub fn as_flag(&self) -> Option<&bool> {
        if let Self::Flag(value) = self { Some(value) } else { None }
    }

    #[must_use]
    pub fn as_reach(&self) -> Option<&[Reach]> {
        if let Self::Reach(value) = self { Some(value) } else { None }
    }

    #[must_use]
    pub fn as_data_classes(&self) -> Option<&[DataClass]> {
        if let Self::DataClasses(value) = self { Some(value) } else { None }
    }
}

/// How often a shock occurs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Frequency {
    /// A known rate.
    PerYear(f64),
    /// Gamma(events + 0.5, years).
    Counted { events: f64, years: f64 },
}

impl Frequency {
    /// Mean arrivals per year, without tensions.
    #[must_use]
    pub fn mean_per_year(self) -> f64 {
        match self {
            Self::PerYear(rate) => rate,
            Self::Counted { events, years } => (events + 0.5) / years,
        }
    }
}

/// How long a shock lasts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DurationLaw {
    /// It lasts beyond the horizon.
    Permanent,
    Fixed {
        days: f64,
    },
    /// It always ends.
    Lognormal {
        median_days: f64,
        p90_days: f64,
    },
    /// Reversed with p ~ Beta(1 + events, 1 + of − events), after a lognormal time; otherwise permanent.
    Mixture {
        events: f64,
        of: f64,
        median_days: f64,
        p90_days: f64,
    },
}

/// Who else loses access because a developer cannot comply selectively.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Collateral {
    /// For each developer that is hit.
    pub probability: f64,
    pub of: CollateralOf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CollateralOf {
    /// The same models, for every user.
    Model,
    /// Everything that the developer sells, for every user.
    Developer,
}

/// A shock that another shock may set off.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    pub shock: String,
    pub probability: f64,
    pub after_days: f64,
}

/// Scarcity among the remaining offers while the shock lasts.
#[derive(Debug, Clone, PartialEq)]
pub struct Crowding {
    pub capacity_times: f64,
    pub price_times: f64,
    pub selector: Selector,
}

/// An early warning of a shock.
#[derive(Debug, Clone, PartialEq)]
pub struct EarlyWarning {
    /// What to look for.
    pub what: String,
    /// Where it is published; a template's word for its supplier stands in it.
    pub place: Option<String>,
    /// How long before the effect it usually shows, days; `None`: not known.
    pub lead_days: Option<f64>,
}

impl Shock {
    /// The longest warning: that of a sign to watch, or the notice.
    #[must_use]
    pub fn warning_days(&self) -> f64 {
        self.watch.iter().filter_map(|watch| watch.lead_days).fold(self.notice_days, f64::max)
    }
}

/// A given sequence of shocks.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    pub id: String,
    pub name: String,
    pub horizon_days: Option<f64>,
    pub events: Vec<ScenarioEvent>,
    pub provenance: Provenance,
}

/// One event of a scenario; `shock` already carries the event's overrides.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioEvent {
    pub shock: ShockRef,
    pub at_days: f64,
    pub duration: Option<DurationLaw>,
    /// Overrides whether collateral happens.
    pub collateral: Option<bool>,
    /// Overrides whether developers withdraw.
    pub withdraw: Option<bool>,
    /// Overrides whether triggers fire.
    pub triggers: Option<bool>,
}

/// A library shock, or one written in place.
#[derive(Debug, Clone, PartialEq)]
pub enum ShockRef {
    Id(String),
    Inline(Box<Shock>),
}
