//! The law today: eligible pairs and planned price factors.

use rayon::prelude::*;

use super::resolve::ResolvedShock;
use crate::model::eligibility::Ineligible;
use crate::model::instance::{CellIdx, Instance, OfferIdx};
use crate::model::pairs::PairSet;

/// Without a draw, an outcome is assumed to happen from this probability (methodology/shocks.md).
pub const HAPPENS_FROM: f64 = 0.5;

/// Rules, requirements and shocks in force.
#[derive(Debug, Clone)]
pub struct Law {
    /// Pairs whose offer the cell may newly use.
    pub eligible: PairSet,
    in_force: Vec<InForce>,
}

#[derive(Debug, Clone)]
struct InForce {
    id: String,
    excluded: PairSet,
    prices: Vec<(f64, PairSet)>,
}

impl Law {
    /// Determines the eligibility of every pair.
    #[must_use]
    pub fn new(instance: &Instance) -> Self {
        let in_force = all_in_force(instance);
        let may = |cell, offer| may_use(instance, &in_force, cell, offer);
        let offers_of =
            |cell: CellIdx| (0..instance.offers.len()).filter(|&offer| may(cell, offer)).collect();
        let by_cell: Vec<Vec<OfferIdx>> = (0..instance.cells.len()).into_par_iter().map(offers_of).collect();
        let mut eligible = PairSet::empty(instance.cells.len(), instance.offers.len());
        for (cell, offers) in by_cell.iter().enumerate() {
            offers.iter().for_each(|&offer| eligible.insert(cell, offer));
        }
        Self { eligible: eligible.packed(), in_force }
    }

    /// Which of some offers may be newly used in some cell, without determining all pairs.
    #[must_use]
    pub fn eligible_among(instance: &Instance, offers: Vec<OfferIdx>) -> Vec<OfferIdx> {
        let in_force = all_in_force(instance);
        let may = |cell, offer| may_use(instance, &in_force, cell, offer);
        offers.into_iter().filter(|&offer| (0..instance.cells.len()).any(|cell| may(cell, offer))).collect()
    }

    /// The first reason why the cell may not newly use the offer; `None` when it may.
    #[must_use]
    pub fn ineligible(&self, instance: &Instance, cell: CellIdx, offer: OfferIdx) -> Option<Ineligible> {
        instance.ineligible(cell, offer).or_else(|| {
            let shock = self.in_force.iter().find(|s| s.excluded.contains(cell, offer))?;
            Some(Ineligible::InForce { shock: shock.id.clone() })
        })
    }

    /// Every reason why the cell may not newly use the offer; empty when it may.
    #[must_use]
    pub fn reasons(&self, instance: &Instance, cell: CellIdx, offer: OfferIdx) -> Vec<Ineligible> {
        let in_force = self.in_force.iter().filter(|s| s.excluded.contains(cell, offer));
        let in_force = in_force.map(|s| Ineligible::InForce { shock: s.id.clone() });
        instance.reasons(cell, offer).into_iter().chain(in_force).collect()
    }

    /// Product of the price factors in force on the pair.
    #[must_use]
    pub fn price_factor(&self, cell: CellIdx, offer: OfferIdx) -> f64 {
        let hits =
            self.in_force.iter().flat_map(|s| &s.prices).filter(|(_, pairs)| pairs.contains(cell, offer));
        hits.map(|(factor, _)| factor).product()
    }
}

/// Whether the cell may newly use the offer.
fn may_use(instance: &Instance, in_force: &[InForce], cell: CellIdx, offer: OfferIdx) -> bool {
    !in_force.iter().any(|s| s.excluded.contains(cell, offer)) && instance.ineligible(cell, offer).is_none()
}

fn all_in_force(instance: &Instance) -> Vec<InForce> {
    let shocks = instance.shocks.iter().filter(|s| s.in_force);
    shocks.map(|s| in_force(&ResolvedShock::new(instance, s))).collect()
}

/// A shock in force as a rule: the pairs that it makes unavailable or closes to new use are excluded.
fn in_force(shock: &ResolvedShock) -> InForce {
    let mut excluded = shock.unavailable.clone();
    excluded.extend(&shock.no_new);
    let mut prices: Vec<(f64, PairSet)> = shock.prices.iter().map(|f| (f.factor, f.pairs.clone())).collect();
    if let Some(collateral) = shock.collateral.as_ref().filter(|c| c.probability >= HAPPENS_FROM) {
        collateral.pairs_by_developer.iter().for_each(|(_, pairs)| excluded.extend(pairs));
    }
    if let Some(withdrawal) = &shock.withdrawal {
        for (_, pairs) in &withdrawal.choice.pairs_by_developer {
            if withdrawal.choice.probability >= HAPPENS_FROM {
                excluded.extend(pairs);
            } else {
                prices.push((withdrawal.price_times, pairs.clone()));
            }
        }
    }
    InForce { id: shock.shock.id.clone(), excluded: excluded.packed(), prices }
}
