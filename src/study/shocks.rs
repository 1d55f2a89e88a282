//! The shock library in figures: kind, rate and duration of each shock, and the pairs that it would hit.

mod hits;

use crate::model::instance::Instance;
use crate::model::shock::{Action, Shock, Trigger};
use crate::shocks::actor::{acting_jurisdiction, actor};
use crate::shocks::effect::Effect;
use crate::shocks::expand::expand;
use crate::shocks::likelihood::{
    Likelihood, duration_quantile_days, rate_per_year, reversal, tension_factor,
};
use hits::hits;
pub use hits::{PairEffect, PairHit, Usage};

/// Kind shown for a shock that lists its effects itself.
pub const WRITTEN_OUT: &str = "effects";

/// How a shock arises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Arrival {
    /// Occurs by itself, at its rate.
    Drawn,
    /// Occurs only when another shock triggers it or a scenario names it.
    Triggered,
    /// Is law today.
    InForce,
}

impl Arrival {
    /// The word used in JSON and CSV.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drawn => "drawn",
            Self::Triggered => "triggered",
            Self::InForce => "in_force",
        }
    }
}

/// A shock in figures, without a portfolio.
#[derive(Debug, Clone, PartialEq)]
pub struct ShockFigures<'a> {
    pub shock: &'a Shock,
    /// The kind's word, or [`WRITTEN_OUT`].
    pub kind: &'static str,
    /// Jurisdiction to which its losses are attributed.
    pub acting_jurisdiction: String,
    /// Whose act or event it is: a jurisdiction, or `supplier ID`, `hardware ID`, `region J`.
    pub actor: String,
    pub arrival: Arrival,
    /// Occurrences per year, without tensions; `None`: does not occur by itself.
    pub rate_per_year: Option<Likelihood>,
    /// Probability that it is reversed; `None`: the duration is not a mixture.
    pub reversed: Option<Likelihood>,
    /// Median of the full distribution of durations; infinite when at least half never end.
    pub median_days: f64,
    /// 90th percentile; infinite when at least 10 % never end.
    pub p90_days: f64,
}

impl<'a> ShockFigures<'a> {
    /// Works out a shock's figures.
    #[must_use]
    pub fn new(instance: &Instance, shock: &'a Shock) -> Self {
        let frequency = shock.frequency.filter(|_| !shock.in_force);
        Self {
            shock,
            kind: kind_of(shock),
            acting_jurisdiction: acting_jurisdiction(instance, shock),
            actor: actor(instance, shock),
            arrival: match frequency {
                _ if shock.in_force => Arrival::InForce,
                Some(_) => Arrival::Drawn,
                None => Arrival::Triggered,
            },
            rate_per_year: frequency.map(rate_per_year),
            reversed: reversal(shock.duration),
            median_days: duration_quantile_days(shock.duration, 0.5),
            p90_days: duration_quantile_days(shock.duration, 0.9),
        }
    }
}

fn kind_of(shock: &Shock) -> &'static str {
    match &shock.action {
        Action::Kind(kind) => kind.name,
        Action::Effects(_) => WRITTEN_OUT,
    }
}

/// Figures of every shock, sorted by kind, falling rate and id.
#[must_use]
pub fn library(instance: &Instance) -> Vec<ShockFigures<'_>> {
    let mut all: Vec<_> = instance.shocks.iter().map(|s| ShockFigures::new(instance, s)).collect();
    let rate = |f: &ShockFigures<'_>| f.rate_per_year.map_or(-1.0, |rate| rate.mean);
    all.sort_by(|a, b| {
        a.kind.cmp(b.kind).then(rate(b).total_cmp(&rate(a))).then(a.shock.id.cmp(&b.shock.id))
    });
    all
}

/// Effect of a tension on a shock's rate.
#[derive(Debug, Clone, PartialEq)]
pub struct TensionHold {
    pub tension: String,
    pub sensitivity: f64,
    pub sigma: f64,
    /// Factor on the rate when the tension rises by one standard deviation.
    pub rate_times: f64,
}

/// A shock with its effects, tensions, triggers and hits.
#[derive(Debug, Clone, PartialEq)]
pub struct ShockView<'a> {
    pub figures: ShockFigures<'a>,
    /// Effects that it expands to, without those that change nothing.
    pub effects: Vec<Effect>,
    pub tensions: Vec<TensionHold>,
    /// Shocks that trigger it, with the triggers.
    pub set_off_by: Vec<(&'a Shock, &'a Trigger)>,
    /// Sorted by cell, offer and effect; empty without a portfolio.
    pub hits: Vec<PairHit>,
}

impl<'a> ShockView<'a> {
    /// Works out the view of a shock of the instance; without workloads it has no hits.
    #[must_use]
    pub fn new(instance: &'a Instance, shock: &'a Shock) -> Self {
        let tension_hold = |(tension, &sensitivity): (&String, &f64)| {
            let sigma = instance.tensions.iter().find(|t| t.id == *tension).map_or(0.0, |t| t.sigma);
            let rate_times = tension_factor(sigma, sensitivity);
            TensionHold { tension: tension.clone(), sensitivity, sigma, rate_times }
        };
        let others = instance.shocks.iter().flat_map(|s| s.triggers.iter().map(move |t| (s, t)));
        Self {
            figures: ShockFigures::new(instance, shock),
            effects: expand(instance, shock).into_iter().filter(|effect| !changes_nothing(effect)).collect(),
            tensions: shock.tensions.iter().map(tension_hold).collect(),
            set_off_by: others.filter(|(_, trigger)| trigger.shock == shock.id).collect(),
            hits: if instance.cells.is_empty() { Vec::new() } else { hits(instance, shock) },
        }
    }
}

/// Whether an effect changes nothing.
fn changes_nothing(effect: &Effect) -> bool {
    match effect {
        Effect::PriceTimes { factor, .. } | Effect::CapacityTimes { factor, .. } => *factor == 1.0,
        Effect::OneOff { usd_per_workload, .. } => *usd_per_workload == 0.0,
        _ => false,
    }
}
