//! The roles that offers may play in a cell, and the cells that are twins because their offers have the same roles.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use super::{MemberClass, Roles};
use crate::model::instance::{Cell, CellIdx, OfferIdx};
use crate::model::pairs::PairSet;
use crate::service::setting::Setting;
use crate::shocks::resolve::{ResolvedShock, in_words};

/// The role an offer may play in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OfferRole {
    pub(super) offer: OfferIdx,
    is_primary: bool,
    is_eligible: bool,
    has_declared_capacity: bool,
    is_self_hosted: bool,
    pub(super) warm_lead_days: Option<f64>,
    onboarding_days: f64,
    stale_buffer_days: f64,
}

impl OfferRole {
    pub(super) fn class(&self, warm_leads: &[f64]) -> MemberClass {
        MemberClass {
            members: Vec::new(),
            is_primary: self.is_primary,
            is_eligible: self.is_eligible,
            has_declared_capacity: self.has_declared_capacity,
            may_be_cold: self.is_eligible && (self.is_self_hosted || !self.has_declared_capacity),
            warm_lead: self.warm_lead_days.and_then(|lead| warm_leads.iter().position(|l| *l == lead)),
            onboarding_days: self.onboarding_days,
            stale_buffer_days: self.stale_buffer_days,
        }
    }
}

/// Roles of every offer that has one in the cell, ascending by offer.
pub(super) fn roles_in(setting: &Setting<'_>, roles: &Roles, cell: CellIdx) -> Vec<OfferRole> {
    let instance = setting.instance;
    let eligible = &setting.law.eligible;
    let mut offers: BTreeSet<OfferIdx> = eligible.offers(cell).collect();
    offers.extend(&roles.primaries[cell]);
    let drift = instance.portfolio.quality_drift_per_year;
    let standbys = &roles.standbys[instance.cells[cell].workload];
    let role = |offer: OfferIdx| {
        let o = &instance.offers[offer];
        let is_eligible = eligible.contains(cell, offer);
        let margin = instance.quality_margin(cell, offer).filter(|_| drift > 0.0);
        let standby = standbys.iter().find(|s| s.0 == offer && is_eligible);
        OfferRole {
            offer,
            is_primary: roles.primaries[cell].binary_search(&offer).is_ok(),
            is_eligible,
            has_declared_capacity: o.has_declared_capacity(),
            is_self_hosted: o.is_self_hosted(),
            warm_lead_days: standby.map(|s| s.1),
            onboarding_days: instance.cold_lead_days(instance.cells[cell].workload, offer),
            stale_buffer_days: margin
                .map_or(f64::INFINITY, |points| points.max(0.0) / drift * crate::units::DAYS_PER_YEAR),
        }
    };
    offers.into_iter().map(role).collect()
}

impl OfferRole {
    /// A key that is equal for equal roles, whatever the shocks do to the offers.
    fn role_key(&self) -> [u64; 4] {
        [
            u64::from(self.is_primary)
                | u64::from(self.is_eligible) << 1
                | u64::from(self.has_declared_capacity) << 2
                | u64::from(self.is_self_hosted) << 3,
            self.warm_lead_days.map_or(u64::MAX, f64::to_bits),
            self.onboarding_days.to_bits(),
            self.stale_buffer_days.to_bits(),
        ]
    }

    /// A key that is equal for two offers if and only if they have the same role and all `effects` are the same on both.
    pub(super) fn signature(&self, effects: &EffectsInCells<'_>, stop_classes: &[u32]) -> Vec<u64> {
        let mut words = self.role_key().to_vec();
        words.push(u64::from(stop_classes[self.offer]));
        words.extend(in_words(effects.on(self.offer)));
        words
    }
}

/// The effects of all shocks in some cells, except stops. Most shocks have none in a cell.
pub(super) struct EffectsInCells<'a> {
    pairs: Vec<(CellIdx, &'a PairSet)>,
    /// `[n_offers]` each: whether the cut concerns the offer.
    cuts: Vec<&'a [bool]>,
}

impl<'a> EffectsInCells<'a> {
    pub(super) fn new(shocks: &'a [ResolvedShock], cells: &[CellIdx]) -> Self {
        let all = shocks.iter().flat_map(ResolvedShock::pair_sets);
        let pairs = all.flat_map(|pairs| cells.iter().map(move |&cell| (cell, pairs)));
        Self {
            pairs: pairs.filter(|(cell, pairs)| !pairs.is_empty_in(*cell)).collect(),
            cuts: shocks.iter().flat_map(|shock| &shock.cuts).map(|cut| cut.offers.as_slice()).collect(),
        }
    }

    /// Whether each effect concerns the offer.
    fn on(&self, offer: OfferIdx) -> impl Iterator<Item = bool> {
        let hits = self.pairs.iter().map(move |(cell, pairs)| pairs.contains(*cell, offer));
        hits.chain(self.cuts.iter().map(move |cut| cut[offer]))
    }
}

/// Twins: cells of one workload that would differ only in their number of users if there were no shocks, because they have
/// the same offers at the same prices in the same roles. A cell without users has no twin.
pub(super) fn twins(setting: &Setting<'_>, roles: &Roles) -> Vec<Vec<CellIdx>> {
    let likeness = |(cell, own): (CellIdx, &Cell)| {
        let mut likeness = vec![own.workload as u64];
        likeness.extend((own.users_share <= 0.0).then_some(cell as u64));
        for role in roles_in(setting, roles, cell) {
            likeness.extend([role.offer as u64, setting.prices.usd_per_mtok(cell, role.offer).to_bits()]);
            likeness.extend(role.role_key());
        }
        likeness
    };
    let likenesses: Vec<Vec<u64>> = setting.instance.cells.par_iter().enumerate().map(likeness).collect();
    let mut place_by_likeness: HashMap<Vec<u64>, usize> = HashMap::new();
    let mut twins: Vec<Vec<CellIdx>> = Vec::new();
    for (cell, likeness) in likenesses.into_iter().enumerate() {
        let place = *place_by_likeness.entry(likeness).or_insert_with(|| {
            twins.push(Vec::new());
            twins.len() - 1
        });
        twins[place].push(cell);
    }
    twins
}
