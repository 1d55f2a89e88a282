//! Hits of a shock: which pairs of a portfolio it affects, and how.

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

/// An effect of a shock on a pair, in the order of reports.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PairEffect {
    Unavailable,
    /// A node that it needs stops; it goes down when its buffers end.
    Stop {
        after_days: f64,
    },
    /// Its hardware is cut off; it goes down when its buffers end.
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

/// Today's use of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Usage {
    /// Share of the cell's demand; 0 when the offer is not a primary.
    pub share: f64,
    pub standby: Option<Readiness>,
    /// Whether the cell may newly use it.
    pub is_eligible: bool,
}

impl Usage {
    /// Whether the offer is a primary or a standby.
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
    pub effect: PairEffect,
    /// Below 1 only when it depends on collateral or a withdrawal.
    pub probability: f64,
    pub usage: Usage,
}

/// Every effect of a shock on every pair while the shock lasts.
pub(super) fn hits(instance: &Instance, shock: &Shock) -> Vec<PairHit> {
    let setting = Setting::new(instance);
    let resolved = ResolvedShock::new(instance, shock);
    let effects = PairEffects { node_effects_by_offer: node_effects(&setting, &resolved), resolved };
    let plan = Plan::current(instance);
    let mut hits = Vec::new();
    for cell in 0..instance.cells.len() {
        let standby = &instance.workloads[instance.cells[cell].workload].standby;
        for offer in 0..instance.offers.len() {
            let mut found = effects.on(instance, cell, offer);
            if found.is_empty() {
                continue;
            }
            found.sort_by_key(|(effect, _)| effect.rank());
            let usage = Usage {
                share: plan.share(cell, offer),
                standby: standby.iter().find(|s| s.offer == offer).map(|s| s.readiness),
                is_eligible: setting.law.eligible.contains(cell, offer),
            };
            let hit = |(effect, probability)| PairHit { cell, offer, effect, probability, usage };
            hits.extend(found.into_iter().map(hit));
        }
    }
    hits
}

struct PairEffects {
    resolved: ResolvedShock,
    /// Effects of stopped nodes and cut hardware.
    node_effects_by_offer: BTreeMap<OfferIdx, Vec<PairEffect>>,
}

impl PairEffects {
    /// Effects on a pair, with their probabilities.
    fn on(&self, instance: &Instance, cell: CellIdx, offer: OfferIdx) -> Vec<(PairEffect, f64)> {
        let r = &self.resolved;
        let mut found: Vec<(PairEffect, f64)> = Vec::new();
        for (set, effect) in [
            (&r.unavailable, PairEffect::Unavailable),
            (&r.no_new, PairEffect::NoNew),
            (&r.stale, PairEffect::Stale),
        ] {
            if set.contains(cell, offer) {
                found.push((effect, 1.0));
            }
        }
        let node_effects = self.node_effects_by_offer.get(&offer).into_iter().flatten();
        for effect in node_effects {
            if !found.iter().any(|(known, _)| known == effect) {
                found.push((*effect, 1.0));
            }
        }
        let mut multiplied = |factors: &[Factor], effect: fn(f64) -> PairEffect| {
            let hit: Vec<f64> =
                factors.iter().filter(|f| f.pairs.contains(cell, offer)).map(|f| f.factor).collect();
            let product: f64 = hit.iter().product();
            if product != 1.0 {
                found.push((effect(product), 1.0));
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

    /// Adds the effects that depend on whether a developer complies.
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
            let withdraws = withdrawal.choice.probability;
            found.push((PairEffect::Unavailable, withdraws));
            if withdrawal.price_times != 1.0 {
                found.push((PairEffect::PriceTimes(withdrawal.price_times), 1.0 - withdraws));
            }
            if withdrawal.one_off_usd_per_workload > 0.0 {
                let usd = withdrawal.one_off_usd_per_workload;
                found.push((PairEffect::OneOffUsdPerWorkload(usd), 1.0 - withdraws));
            }
        }
        let is_unavailable = found.iter().any(|(effect, p)| *effect == PairEffect::Unavailable && *p == 1.0);
        if let Some(collateral) = self.resolved.collateral.as_ref().filter(|c| !is_unavailable && hits(c)) {
            found.push((PairEffect::Unavailable, collateral.probability));
        }
        found.retain(|(_, probability)| *probability > 0.0);
    }
}

/// Effects of stops and cuts on offers through every tier, if they never end.
fn node_effects(setting: &Setting<'_>, resolved: &ResolvedShock) -> BTreeMap<OfferIdx, Vec<PairEffect>> {
    let down = Down { start: 0.0, end: f64::INFINITY, warning: 0.0 };
    let stops: Vec<NodeStop> =
        resolved.stops.iter().map(|&stop| NodeStop { node: node_of(stop), down }).collect();
    let cuts: Vec<HardwareCut<'_>> = resolved
        .cuts
        .iter()
        .map(|c| HardwareCut { hardware: &c.hardware, offers: &c.offers, down })
        .collect();
    let mut effects_by_offer: BTreeMap<OfferIdx, Vec<PairEffect>> = BTreeMap::new();
    add(&mut effects_by_offer, &setting.graph, &stops, &[], |after_days| PairEffect::Stop { after_days });
    add(&mut effects_by_offer, &setting.graph, &[], &cuts, |after_days| PairEffect::Cut { after_days });
    effects_by_offer
}

fn add(
    effects_by_offer: &mut BTreeMap<OfferIdx, Vec<PairEffect>>,
    graph: &SupplyGraph,
    stops: &[NodeStop],
    cuts: &[HardwareCut<'_>],
    effect_after: impl Fn(f64) -> PairEffect,
) {
    let outage = graph.evaluate(stops, cuts);
    for (offer, downs) in &outage.down {
        effects_by_offer.entry(*offer).or_default().extend(downs.first().map(|d| effect_after(d.start)));
    }
    for (offers, effect) in [(&outage.no_new, PairEffect::NoNew), (&outage.stale, PairEffect::Stale)] {
        for offer in offers.keys() {
            let known = effects_by_offer.entry(*offer).or_default();
            if !known.contains(&effect) {
                known.push(effect);
            }
        }
    }
}
