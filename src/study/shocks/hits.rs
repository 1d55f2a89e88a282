//! Which pairs of a portfolio a shock would hit, and how.

use std::collections::BTreeMap;

use crate::graph::down::Down;
use crate::graph::outage::{HardwareCut, NodeStop};
use crate::graph::supply::SupplyGraph;
use crate::model::instance::{CellIdx, Instance, OfferIdx};
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;
use crate::model::shock::Shock;
use crate::service::disruption::node_of;
use crate::service::setting::Setting;
use crate::shocks::resolve::{DeveloperChoice, Factor, ResolvedShock};

/// What a shock does to a pair, in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PairEffect {
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

impl PairEffect {
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
pub struct PairHit {
    pub cell: CellIdx,
    pub offer: OfferIdx,
    pub strike: PairEffect,
    /// 1 unless collateral or a withdrawal decides.
    pub probability: f64,
    pub usage: Usage,
}

/// Every effect of a shock on every pair, while it lasts.
pub(super) fn hits(instance: &Instance, shock: &Shock) -> Vec<PairHit> {
    let setting = Setting::new(instance);
    let resolved = ResolvedShock::new(instance, shock);
    let strikes = PairEffects { nodes: on_offers(&setting, &resolved), resolved };
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
            let hit = |(strike, probability)| PairHit { cell, offer, strike, probability, usage };
            hits.extend(found.into_iter().map(hit));
        }
    }
    hits
}

struct PairEffects {
    resolved: ResolvedShock,
    nodes: BTreeMap<OfferIdx, Vec<PairEffect>>,
}

impl PairEffects {
    /// What strikes a pair, with its probability.
    fn on(&self, instance: &Instance, cell: CellIdx, offer: OfferIdx) -> Vec<(PairEffect, f64)> {
        let r = &self.resolved;
        let mut found: Vec<(PairEffect, f64)> = Vec::new();
        for (set, strike) in [
            (&r.unavailable, PairEffect::Unavailable),
            (&r.no_new, PairEffect::NoNew),
            (&r.stale, PairEffect::Stale),
        ] {
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
        let mut multiplied = |factors: &[Factor], strike: fn(f64) -> PairEffect| {
            let hit: Vec<f64> =
                factors.iter().filter(|f| f.pairs.contains(cell, offer)).map(|f| f.factor).collect();
            let product: f64 = hit.iter().product();
            if product != 1.0 {
                found.push((strike(product), 1.0));
            }
        };
        multiplied(&r.capacities, PairEffect::CapacityTimes);
        multiplied(&r.prices, PairEffect::PriceTimes);
        let one_off: f64 =
            r.one_offs.iter().filter(|f| f.pairs.contains(cell, offer)).map(|f| f.factor).sum();
        if one_off > 0.0 {
            found.push((PairEffect::OneOffUsdPerWorkload(one_off), 1.0));
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
        found: &mut Vec<(PairEffect, f64)>,
    ) {
        let hits = |choice: &DeveloperChoice| {
            let developer = instance.developer_of(offer);
            choice.pairs_by_developer.iter().any(|(d, pairs)| *d == developer && pairs.contains(cell, offer))
        };
        if let Some(withdrawal) = self.resolved.withdrawal.as_ref().filter(|w| hits(&w.choice)) {
            let leaves = withdrawal.choice.probability;
            found.push((PairEffect::Unavailable, leaves));
            if withdrawal.price_times != 1.0 {
                found.push((PairEffect::PriceTimes(withdrawal.price_times), 1.0 - leaves));
            }
            if withdrawal.one_off_usd_per_workload > 0.0 {
                let usd = withdrawal.one_off_usd_per_workload;
                found.push((PairEffect::OneOffUsdPerWorkload(usd), 1.0 - leaves));
            }
        }
        let is_dark = found.iter().any(|(strike, p)| *strike == PairEffect::Unavailable && *p == 1.0);
        if let Some(collateral) = self.resolved.collateral.as_ref().filter(|c| !is_dark && hits(c)) {
            found.push((PairEffect::Unavailable, collateral.probability));
        }
        found.retain(|(_, probability)| *probability > 0.0);
    }
}

/// What stops and cuts do to offers if they never end, through every tier.
fn on_offers(setting: &Setting<'_>, resolved: &ResolvedShock) -> BTreeMap<OfferIdx, Vec<PairEffect>> {
    let down = Down { start: 0.0, end: f64::INFINITY, warning: 0.0 };
    let stops: Vec<NodeStop> =
        resolved.stops.iter().map(|&stop| NodeStop { node: node_of(stop), down }).collect();
    let cuts: Vec<HardwareCut<'_>> = resolved
        .cuts
        .iter()
        .map(|c| HardwareCut { hardware: &c.hardware, offers: &c.offers, down })
        .collect();
    let mut struck: BTreeMap<OfferIdx, Vec<PairEffect>> = BTreeMap::new();
    add(&mut struck, &setting.graph, &stops, &[], |after_days| PairEffect::Stop { after_days });
    add(&mut struck, &setting.graph, &[], &cuts, |after_days| PairEffect::Cut { after_days });
    struck
}

fn add(
    struck: &mut BTreeMap<OfferIdx, Vec<PairEffect>>,
    graph: &SupplyGraph,
    stops: &[NodeStop],
    cuts: &[HardwareCut<'_>],
    down: impl Fn(f64) -> PairEffect,
) {
    let outage = graph.evaluate(stops, cuts);
    for (offer, downs) in &outage.down {
        struck.entry(*offer).or_default().extend(downs.first().map(|d| down(d.start)));
    }
    for (offers, strike) in [(&outage.no_new, PairEffect::NoNew), (&outage.stale, PairEffect::Stale)] {
        for offer in offers.keys() {
            let all = struck.entry(*offer).or_default();
            if !all.contains(&strike) {
                all.push(strike);
            }
        }
    }
}
