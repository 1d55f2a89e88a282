//! The library of shocks as it is looked up: what each is, how often, for how long, and which pairs it would hit.

use std::collections::BTreeMap;

use crate::graph::down::Down;
use crate::graph::outage::{HardwareCut, NodeStop};
use crate::graph::supply::SupplyGraph;
use crate::model::instance::{CellIdx, Instance, OfferIdx};
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;
use crate::model::shock::{Action, Shock, Trigger};
use crate::service::disruption::node_of;
use crate::service::setting::Setting;
use crate::shocks::actor::acting_jurisdiction;
use crate::shocks::effect::Effect;
use crate::shocks::expand::expand;
use crate::shocks::likelihood::{
    Likelihood, duration_quantile_days, rate_per_year, reversal, tension_factor,
};
use crate::shocks::resolve::{DeveloperChoice, Factor, ResolvedShock};

/// Word of a shock whose effects are written out.
pub const WRITTEN_OUT: &str = "effects";

/// How a shock comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Arrival {
    /// By itself, at its rate.
    Drawn,
    /// Only when another sets it off, or a scenario names it.
    Triggered,
    /// Law today.
    InForce,
}

impl Arrival {
    /// The word of the files for machines.
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
    /// To whom its losses are put down.
    pub acting_jurisdiction: String,
    pub arrival: Arrival,
    /// Arrivals a year, tensions apart; `None`: not by itself.
    pub rate_per_year: Option<Likelihood>,
    /// `None`: not a mixture.
    pub reversed: Option<Likelihood>,
    /// Of the whole distribution; infinite when it then still lasts.
    pub median_days: f64,
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
        Action::Kind(kind) => kind.as_str(),
        Action::Effects(_) => WRITTEN_OUT,
    }
}

/// Every shock of the library: by kind, the most frequent first, then by id.
#[must_use]
pub fn library(instance: &Instance) -> Vec<ShockFigures<'_>> {
    let mut all: Vec<_> = instance.shocks.iter().map(|s| ShockFigures::new(instance, s)).collect();
    let rate = |f: &ShockFigures<'_>| f.rate_per_year.map_or(-1.0, |rate| rate.mean);
    all.sort_by(|a, b| {
        a.kind.cmp(b.kind).then(rate(b).total_cmp(&rate(a))).then(a.shock.id.cmp(&b.shock.id))
    });
    all
}

/// A tension's hold on a shock.
#[derive(Debug, Clone, PartialEq)]
pub struct TensionHold {
    pub tension: String,
    pub sensitivity: f64,
    pub sigma: f64,
    /// What one standard deviation more multiplies the rate by.
    pub rate_times: f64,
}

/// A shock in full.
#[derive(Debug, Clone, PartialEq)]
pub struct ShockView<'a> {
    pub figures: ShockFigures<'a>,
    /// What it expands to, factors of 1 left out.
    pub effects: Vec<Effect>,
    pub tensions: Vec<TensionHold>,
    /// Shocks that set it off, with their triggers.
    pub set_off_by: Vec<(&'a Shock, &'a Trigger)>,
    /// By cell, offer and effect; empty without a portfolio.
    pub hits: Vec<Hit>,
}

impl<'a> ShockView<'a> {
    /// Looks at a shock of the instance. An instance without workloads has no pairs.
    #[must_use]
    pub fn new(instance: &'a Instance, shock: &'a Shock) -> Self {
        let hold = |(tension, &sensitivity): (&String, &f64)| {
            let sigma = instance.tensions.iter().find(|t| t.id == *tension).map_or(0.0, |t| t.sigma);
            let rate_times = tension_factor(sigma, sensitivity);
            TensionHold { tension: tension.clone(), sensitivity, sigma, rate_times }
        };
        let others = instance.shocks.iter().flat_map(|s| s.triggers.iter().map(move |t| (s, t)));
        Self {
            figures: ShockFigures::new(instance, shock),
            effects: expand(instance, shock).into_iter().filter(|effect| !is_void(effect)).collect(),
            tensions: shock.tensions.iter().map(hold).collect(),
            set_off_by: others.filter(|(_, trigger)| trigger.shock == shock.id).collect(),
            hits: if instance.cells.is_empty() { Vec::new() } else { hits(instance, shock) },
        }
    }
}

/// Whether an effect changes nothing.
fn is_void(effect: &Effect) -> bool {
    match effect {
        Effect::PriceTimes { factor, .. } | Effect::CapacityTimes { factor, .. } => *factor == 1.0,
        Effect::OneOff { usd_per_workload, .. } => *usd_per_workload == 0.0,
        _ => false,
    }
}

/// What a shock does to a pair, in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Strike {
    Unavailable,
    /// A node it needs stops; after its buffers.
    Stop {
        after_days: f64,
    },
    /// It loses hardware; down after its buffers.
    Cut {
        after_days: f64,
    },
    NoNew,
    Stale,
    CapacityTimes(f64),
    PriceTimes(f64),
    OneOffUsdPerWorkload(f64),
}

impl Strike {
    /// The effect's key in the files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::Stop { .. } => "stop",
            Self::Cut { .. } => "cut",
            Self::NoNew => "no_new",
            Self::Stale => "stale",
            Self::CapacityTimes(_) => "capacity_times",
            Self::PriceTimes(_) => "price_times",
            Self::OneOffUsdPerWorkload(_) => "one_off_usd_per_workload",
        }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Unavailable => 0,
            Self::Stop { .. } => 1,
            Self::Cut { .. } => 2,
            Self::NoNew => 3,
            Self::Stale => 4,
            Self::CapacityTimes(_) => 5,
            Self::PriceTimes(_) => 6,
            Self::OneOffUsdPerWorkload(_) => 7,
        }
    }
}

/// How a pair is used today.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Usage {
    /// Of the cell's demand; 0 when it is no primary.
    pub share: f64,
    pub standby: Option<Readiness>,
    /// Whether the cell may newly use it.
    pub is_eligible: bool,
}

impl Usage {
    /// Whether it is a primary or a standby.
    #[must_use]
    pub fn is_used(self) -> bool {
        self.share > 0.0 || self.standby.is_some()
    }
}

/// One effect on one pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    pub cell: CellIdx,
    pub offer: OfferIdx,
    pub strike: Strike,
    /// 1 unless collateral or a withdrawal decides.
    pub probability: f64,
    pub usage: Usage,
}

/// Every effect of a shock on every pair, while it lasts.
fn hits(instance: &Instance, shock: &Shock) -> Vec<Hit> {
    let setting = Setting::new(instance);
    let resolved = ResolvedShock::new(instance, shock);
    let strikes = Strikes { nodes: on_offers(&setting, &resolved), resolved };
    let plan = Plan::current(instance);
    let mut hits = Vec::new();
    for cell in 0..instance.cells.len() {
        let standby = &instance.workloads[instance.cells[cell].workload].standby;
        for offer in 0..instance.offers.len() {
            let mut found = strikes.on(instance, cell, offer);
            if found.is_empty() {
                continue;
            }
            found.sort_by_key(|(strike, _)| strike.rank());
            let usage = Usage {
                share: plan.share(cell, offer),
                standby: standby.iter().find(|s| s.offer == offer).map(|s| s.readiness),
                is_eligible: setting.law.eligible.contains(cell, offer),
            };
            let hit = |(strike, probability)| Hit { cell, offer, strike, probability, usage };
            hits.extend(found.into_iter().map(hit));
        }
    }
    hits
}

struct Strikes {
    resolved: ResolvedShock,
    nodes: BTreeMap<OfferIdx, Vec<Strike>>,
}

impl Strikes {
    /// What strikes a pair, with its probability.
    fn on(&self, instance: &Instance, cell: CellIdx, offer: OfferIdx) -> Vec<(Strike, f64)> {
        let r = &self.resolved;
        let mut found: Vec<(Strike, f64)> = Vec::new();
        for (set, strike) in
            [(&r.unavailable, Strike::Unavailable), (&r.no_new, Strike::NoNew), (&r.stale, Strike::Stale)]
        {
            if set.contains(cell, offer) {
                found.push((strike, 1.0));
            }
        }
        let by_node = self.nodes.get(&offer).into_iter().flatten();
        for strike in by_node {
            if !found.iter().any(|(known, _)| known == strike) {
                found.push((*strike, 1.0));
            }
        }
        let mut multiplied = |factors: &[Factor], strike: fn(f64) -> Strike| {
            let hit: Vec<f64> =
                factors.iter().filter(|f| f.pairs.contains(cell, offer)).map(|f| f.factor).collect();
            let product: f64 = hit.iter().product();
            if product != 1.0 {
                found.push((strike(product), 1.0));
            }
        };
        multiplied(&r.capacities, Strike::CapacityTimes);
        multiplied(&r.prices, Strike::PriceTimes);
        let one_off: f64 =
            r.one_offs.iter().filter(|f| f.pairs.contains(cell, offer)).map(|f| f.factor).sum();
        if one_off > 0.0 {
            found.push((Strike::OneOffUsdPerWorkload(one_off), 1.0));
        }
        self.add_choices(instance, cell, offer, &mut found);
        found
    }

    /// What depends on whether a developer complies.
    fn add_choices(
        &self,
        instance: &Instance,
        cell: CellIdx,
        offer: OfferIdx,
        found: &mut Vec<(Strike, f64)>,
    ) {
        let hits = |choice: &DeveloperChoice| {
            let developer = instance.developer_of(offer);
            choice.pairs_by_developer.iter().any(|(d, pairs)| *d == developer && pairs.contains(cell, offer))
        };
        if let Some(withdrawal) = self.resolved.withdrawal.as_ref().filter(|w| hits(&w.choice)) {
            let leaves = withdrawal.choice.probability;
            found.push((Strike::Unavailable, leaves));
            if withdrawal.price_times != 1.0 {
                found.push((Strike::PriceTimes(withdrawal.price_times), 1.0 - leaves));
            }
            if withdrawal.one_off_usd_per_workload > 0.0 {
                let usd = withdrawal.one_off_usd_per_workload;
                found.push((Strike::OneOffUsdPerWorkload(usd), 1.0 - leaves));
            }
        }
        let is_dark = found.iter().any(|(strike, p)| *strike == Strike::Unavailable && *p == 1.0);
        if let Some(collateral) = self.resolved.collateral.as_ref().filter(|c| !is_dark && hits(c)) {
            found.push((Strike::Unavailable, collateral.probability));
        }
        found.retain(|(_, probability)| *probability > 0.0);
    }
}

/// What stops and cuts do to offers if they never end, through every tier.
fn on_offers(setting: &Setting<'_>, resolved: &ResolvedShock) -> BTreeMap<OfferIdx, Vec<Strike>> {
    let down = Down { start: 0.0, end: f64::INFINITY, warning: 0.0 };
    let stops: Vec<NodeStop> =
        resolved.stops.iter().map(|&stop| NodeStop { node: node_of(stop), down }).collect();
    let cuts: Vec<HardwareCut<'_>> = resolved
        .cuts
        .iter()
        .map(|c| HardwareCut { hardware: &c.hardware, offers: &c.offers, down })
        .collect();
    let mut struck: BTreeMap<OfferIdx, Vec<Strike>> = BTreeMap::new();
    add(&mut struck, &setting.graph, &stops, &[], |after_days| Strike::Stop { after_days });
    add(&mut struck, &setting.graph, &[], &cuts, |after_days| Strike::Cut { after_days });
    struck
}

fn add(
    struck: &mut BTreeMap<OfferIdx, Vec<Strike>>,
    graph: &SupplyGraph,
    stops: &[NodeStop],
    cuts: &[HardwareCut<'_>],
    down: impl Fn(f64) -> Strike,
) {
    let outage = graph.evaluate(stops, cuts);
    for (offer, downs) in &outage.down {
        struck.entry(*offer).or_default().extend(downs.first().map(|d| down(d.start)));
    }
    for (offers, strike) in [(&outage.no_new, Strike::NoNew), (&outage.stale, Strike::Stale)] {
        for offer in offers.keys() {
            let all = struck.entry(*offer).or_default();
            if !all.contains(&strike) {
                all.push(strike);
            }
        }
    }
}
