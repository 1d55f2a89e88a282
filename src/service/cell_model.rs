//! The model of one cell: its offers with prices, quality and roles, and the effects of each shock on them.
//!
//! Offers are renumbered from 0 within the cell (*local* indices), so that a trial touches only small dense arrays.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::disruption::node_of;
use super::setting::Setting;
use crate::graph::stop_class::Events;
use crate::model::instance::{CellIdx, OfferIdx, SupplierIdx};
use crate::model::pairs::PairSet;
use crate::shocks::resolve::{DeveloperChoice, Factor, ResolvedShock};

mod alike;
mod role;
mod roles;
mod undominated;
mod vulnerability;

pub use self::alike::AlikeCells;
use self::role::{EffectsInCells, OfferRole, roles_in, twins};
pub use self::roles::Roles;

/// Index of an offer within a cell model.
pub type Local = usize;

/// An offer within a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    pub offer: OfferIdx,
    pub class: Class,
    /// Planned price, USD per mtok.
    pub price: f64,
    /// General quality; minus infinity when unrated.
    pub quality: f64,
    /// Possible replacements of a primary: from each class the cheapest other eligible member of at least the same
    /// quality, by ascending planned price. Empty if it is not a primary.
    pub replacements: Vec<Local>,
}

/// Index into [`CellModel::classes`].
pub type Class = usize;

/// Members with the same role on which every shock has the same effects; they differ only in price and quality.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberClass {
    /// Ascending.
    pub members: Vec<Local>,
    pub is_primary: bool,
    pub is_eligible: bool,
    /// Its capacity is settled in the plan: no surge, and cold only if self-hosted.
    pub has_declared_capacity: bool,
    /// May be activated cold (methodology/routing-and-loss.md): eligible, and no declared capacity or self-hosted.
    pub may_be_cold: bool,
    /// Index into [`CellModel::warm_leads`] of its lead as a warm standby; `None` if it may not be a standby in this cell.
    pub warm_lead: Option<usize>,
    pub onboarding_days: f64,
    /// Days for which it stays usable once updates stop.
    pub stale_buffer_days: f64,
}

/// A multiplicative effect of a shock on classes of a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct CellFactor {
    /// Equal for all occurrences of one effect of one shock, so that overlaps count once.
    pub key: usize,
    pub factor: f64,
    pub classes: Vec<Class>,
}

/// The effects of one shock within a cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CellShock {
    pub unavailable: Vec<Class>,
    pub no_new: Vec<Class>,
    pub stale: Vec<Class>,
    pub prices: Vec<CellFactor>,
    pub capacities: Vec<CellFactor>,
    pub one_offs: Vec<CellFactor>,
    pub collateral: Vec<(SupplierIdx, Vec<Class>)>,
    /// By developer: unavailable if it withdraws, else at a higher price.
    pub withdrawal: Vec<(SupplierIdx, Vec<Class>)>,
    pub withdrawal_price: Option<(usize, f64)>,
    pub withdrawal_one_off: Option<(usize, f64)>,
}

impl CellShock {
    /// Whether it affects some class of the cell; stops and cuts are not counted.
    #[must_use]
    pub fn strikes_any(&self) -> bool {
        let lists = [&self.unavailable, &self.no_new, &self.stale];
        lists.iter().any(|list| !list.is_empty())
            || [&self.prices, &self.capacities, &self.one_offs].iter().any(|factors| !factors.is_empty())
            || !self.collateral.is_empty()
            || !self.withdrawal.is_empty()
    }

    /// The shock with renumbered classes; effects without a class are left out.
    fn renumbered(&self, classes: impl Fn(&[Class]) -> Vec<Class>) -> Self {
        let factors = |factors: &[CellFactor]| -> Vec<CellFactor> {
            let all = factors.iter().map(|f| CellFactor { classes: classes(&f.classes), ..*f });
            all.filter(|f| !f.classes.is_empty()).collect()
        };
        let by_developer = |choices: &[(SupplierIdx, Vec<Class>)]| -> Vec<(SupplierIdx, Vec<Class>)> {
            let all = choices.iter().map(|(developer, own)| (*developer, classes(own)));
            all.filter(|(_, own)| !own.is_empty()).collect()
        };
        Self {
            unavailable: classes(&self.unavailable),
            no_new: classes(&self.no_new),
            stale: classes(&self.stale),
            prices: factors(&self.prices),
            capacities: factors(&self.capacities),
            one_offs: factors(&self.one_offs),
            collateral: by_developer(&self.collateral),
            withdrawal: by_developer(&self.withdrawal),
            ..*self
        }
    }

    /// The smallest product of its price factors on an offer, at most 1.
    fn least_price_factor(&self) -> f64 {
        let factors = self.prices.iter().map(|f| f.factor);
        factors.chain(self.withdrawal_price.map(|(_, factor)| factor)).map(|f| f.min(1.0)).product()
    }
}

/// One cell with its members and shocks.
#[derive(Debug, Clone, PartialEq)]
pub struct CellModel {
    pub cell: CellIdx,
    /// Ascending by offer; shared among cells that have the same, as are `classes`, `best_first` and `local`.
    pub members: Arc<Vec<Member>>,
    pub classes: Arc<Vec<MemberClass>>,
    /// Classes of primaries or possible standbys, ascending.
    pub active_classes: Vec<Class>,
    /// Classes that may be activated cold, shortest onboarding first.
    pub cold: Vec<Class>,
    /// Eligible members, best quality first, ties by planned price.
    pub best_first: Arc<Vec<Local>>,
    /// The smallest product of price factors of all shocks on an offer, at most 1.
    pub least_price_factor: f64,
    /// `[n_offers]`: local index or `NOT_A_MEMBER`.
    local: Arc<Vec<u32>>,
    /// Distinct leads of possible warm standbys, ascending, days.
    pub warm_leads: Vec<f64>,
    /// Distinct onboarding times of possible cold offers, ascending, days.
    pub onboardings: Vec<f64>,
    /// `[n_shocks]`: shared among cells that a shock affects alike.
    pub shocks: Vec<Arc<CellShock>>,
    /// `[n_shocks]`: whether the shock affects some class; stops and cuts are not counted.
    pub strikes: Arc<Vec<bool>>,
    pub mtok_per_day: f64,
    pub value_usd_per_day: f64,
    pub fallback_usd_per_day: Option<f64>,
    pub fallback_after_days: f64,
    pub recovery_objective_days: f64,
    /// Cost of moving this cell once: `switch_usd` × users' share.
    pub switch_usd: f64,
    pub users_share: f64,
    pub surge: f64,
}

const NOT_A_MEMBER: u32 = u32::MAX;
/// Models that are made at a time, on all threads.
const MODELS_AT_A_TIME: usize = 64;
/// Number of keys reserved for the effects of one shock in [`CellFactor::key`].
const EFFECTS_PER_SHOCK: usize = 1 << 16;

impl CellModel {
    /// Models of every cell, `[n_cells]`. Without shocks, any node of the supply graph may stop.
    #[must_use]
    pub fn all(setting: &Setting<'_>, roles: &Roles, shocks: &[ResolvedShock]) -> Vec<Self> {
        let cells: Vec<CellIdx> = (0..setting.instance.cells.len()).collect();
        Self::some(setting, roles, shocks, &cells)
    }

    /// Models of `cells`, in that order; otherwise like [`CellModel::all`].
    #[must_use]
    pub fn some(
        setting: &Setting<'_>,
        roles: &Roles,
        shocks: &[ResolvedShock],
        cells: &[CellIdx],
    ) -> Vec<Self> {
        let builder =
            CellModelBuilder { setting, roles, shocks, stop_classes: stop_classes(setting, shocks) };
        let mut alike = AlikeCells::default();
        let mut models = Vec::with_capacity(cells.len());
        // A few at a time, because what they have in common is kept once only when they are done.
        for some in cells.chunks(MODELS_AT_A_TIME) {
            let own: Vec<Self> = some.par_iter().map(|&cell| Self::new(&builder, cell, &[cell])).collect();
            models.extend(own.into_iter().map(|model| model.sharing(&mut alike)));
        }
        models
    }

    /// Models of every cell, grouped by twins: cells that would differ only in their number of users if there were no
    /// shocks. Twins have the same numbering of members and classes.
    #[must_use]
    pub fn by_twins(setting: &Setting<'_>, roles: &Roles, shocks: &[ResolvedShock]) -> Vec<Vec<Self>> {
        let builder =
            CellModelBuilder { setting, roles, shocks, stop_classes: stop_classes(setting, shocks) };
        let cell_models =
            |twins: &Vec<CellIdx>| twins.iter().map(|&cell| Self::new(&builder, cell, twins)).collect();
        twins(setting, roles).par_iter().map(cell_models).collect()
    }

    /// `twins`: cells in which every shock must have the same effects on all members of a class.
    fn new(builder: &CellModelBuilder<'_>, cell: CellIdx, twins: &[CellIdx]) -> Self {
        let CellModelBuilder { setting, roles, shocks, stop_classes } = builder;
        let instance = setting.instance;
        let c = &instance.cells[cell];
        let workload = instance.workload_of(cell);
        let offer_roles: Vec<OfferRole> = roles_in(setting, roles, cell);
        let warm_leads = distinct(offer_roles.iter().filter_map(|p| p.warm_lead_days));
        let mut class_by_signature: HashMap<Vec<u64>, Class> = HashMap::new();
        let mut members: Vec<Member> = Vec::new();
        let mut classes: Vec<MemberClass> = Vec::new();
        let mut local = vec![NOT_A_MEMBER; instance.offers.len()];
        let effects = EffectsInCells::new(shocks, twins);
        for role in &offer_roles {
            let signature = role.signature(&effects, stop_classes);
            let class = *class_by_signature.entry(signature).or_insert_with(|| {
                classes.push(role.class(&warm_leads));
                classes.len() - 1
            });
            local[role.offer] = u32::try_from(members.len()).expect("fewer than 2^32 offers");
            classes[class].members.push(members.len());
            members.push(Member {
                offer: role.offer,
                class,
                price: setting.prices.usd_per_mtok(cell, role.offer),
                quality: instance.model_of(role.offer).model.quality.general.unwrap_or(f64::NEG_INFINITY),
                replacements: Vec::new(),
            });
        }
        let best_first = set_replacements(&mut members, &classes);
        let mut cold: Vec<Class> = (0..classes.len()).filter(|&c| classes[c].may_be_cold).collect();
        cold.sort_by(|&a, &b| classes[a].onboarding_days.total_cmp(&classes[b].onboarding_days));
        let onboardings = distinct(classes.iter().filter(|c| c.may_be_cold).map(|c| c.onboarding_days));
        let first: Vec<OfferIdx> = classes.iter().map(|c| members[c.members[0]].offer).collect();
        let own = shocks.iter().enumerate().map(|(s, shock)| Arc::new(cell_shock(shock, s, cell, &first)));
        let shocks: Vec<Arc<CellShock>> = own.collect();
        let is_active = |c: &Class| classes[*c].is_primary || classes[*c].warm_lead.is_some();
        Self {
            cell,
            members: Arc::new(members),
            active_classes: (0..classes.len()).filter(is_active).collect(),
            cold,
            best_first: Arc::new(best_first),
            least_price_factor: shocks.iter().map(|shock| shock.least_price_factor()).product(),
            classes: Arc::new(classes),
            local: Arc::new(local),
            warm_leads,
            onboardings,
            strikes: strikes(&shocks),
            shocks,
            mtok_per_day: c.mtok_per_day(),
            value_usd_per_day: c.value_usd_per_day,
            fallback_usd_per_day: c.fallback_usd_per_day,
            fallback_after_days: workload.fallback.map_or(f64::INFINITY, |f| f.after_days),
            recovery_objective_days: workload.recovery_objective_days,
            switch_usd: instance.portfolio.readiness.switch_usd * c.users_share,
            users_share: c.users_share,
            surge: instance.portfolio.surge,
        }
    }

    /// The offer's local index, if it plays a role in this cell.
    #[must_use]
    pub fn local(&self, offer: OfferIdx) -> Option<Local> {
        let local = self.local[offer];
        (local != NOT_A_MEMBER).then_some(local as usize)
    }

    /// The class of which the offer is the first member.
    #[must_use]
    pub fn class_led_by(&self, offer: OfferIdx) -> Option<Class> {
        let local = self.local(offer)?;
        let class = self.members[local].class;
        (self.classes[class].members[0] == local).then_some(class)
    }
}

/// `[n_shocks]`: whether each affects some class.
fn strikes(shocks: &[Arc<CellShock>]) -> Arc<Vec<bool>> {
    Arc::new(shocks.iter().map(|shock| shock.strikes_any()).collect())
}

/// The data that cell models are built from.
struct CellModelBuilder<'a> {
    setting: &'a Setting<'a>,
    roles: &'a Roles,
    shocks: &'a [ResolvedShock],
    /// `[n_offers]`: class of offers on which the stops and cuts of the shocks have the same effects.
    stop_classes: Vec<u32>,
}

/// `[n_offers]`: class of offers on which the stops and cuts of the shocks have the same effects.
fn stop_classes(setting: &Setting<'_>, shocks: &[ResolvedShock]) -> Vec<u32> {
    let events = Events {
        stops: shocks.iter().map(|s| s.stops.iter().map(|&stop| node_of(stop)).collect()).collect(),
        cut: shocks.iter().flat_map(|s| &s.cuts).flat_map(|c| c.hardware.iter().copied()).collect(),
    };
    setting.graph.stop_classes((!shocks.is_empty()).then_some(&events), setting.instance.offers.len())
}

/// Sets the replacements of each primary; returns the eligible members, best quality first, ties by planned price.
fn set_replacements(members: &mut [Member], classes: &[MemberClass]) -> Vec<Local> {
    let mut eligible: Vec<Local> =
        (0..members.len()).filter(|&m| classes[members[m].class].is_eligible).collect();
    eligible.sort_by(|&a, &b| members[a].price.total_cmp(&members[b].price));
    for primary in 0..members.len() {
        if classes[members[primary].class].is_primary {
            let quality = members[primary].quality;
            let is_as_good = |m: &Local| *m != primary && members[*m].quality >= quality;
            // Members of a class share outages and price factors, so the cheapest of a class is enough.
            let mut has_one = vec![false; classes.len()];
            let is_first = |m: &Local| !std::mem::replace(&mut has_one[members[*m].class], true);
            let replacements = eligible.iter().copied().filter(is_as_good).filter(is_first).collect();
            members[primary].replacements = replacements;
        }
    }
    eligible.sort_by(|&a, &b| members[b].quality.total_cmp(&members[a].quality));
    eligible
}

fn distinct(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

/// The effects of a shock in a cell. `first`: `[n_classes]`, offer of the first member of each class.
fn cell_shock(shock: &ResolvedShock, shock_idx: usize, cell: CellIdx, first: &[OfferIdx]) -> CellShock {
    let hit = |pairs: &PairSet| -> Vec<Class> {
        (0..first.len()).filter(|&c| pairs.contains(cell, first[c])).collect()
    };
    let by_developer = |choice: &DeveloperChoice| -> Vec<(SupplierIdx, Vec<Class>)> {
        choice
            .pairs_by_developer
            .iter()
            .map(|(d, pairs)| (*d, hit(pairs)))
            .filter(|(_, m)| !m.is_empty())
            .collect()
    };
    let mut next_key = shock_idx * EFFECTS_PER_SHOCK;
    let mut key = || {
        next_key += 1;
        next_key
    };
    let mut factors = |factors: &[Factor]| -> Vec<CellFactor> {
        let all = factors.iter().map(|f| CellFactor { key: key(), factor: f.factor, classes: hit(&f.pairs) });
        all.filter(|f| !f.classes.is_empty()).collect()
    };
    let (prices, capacities, one_offs) =
        (factors(&shock.prices), factors(&shock.capacities), factors(&shock.one_offs));
    let withdrawal = shock.withdrawal.as_ref();
    CellShock {
        unavailable: hit(&shock.unavailable),
        no_new: hit(&shock.no_new),
        stale: hit(&shock.stale),
        prices,
        capacities,
        one_offs,
        collateral: shock.collateral.as_ref().map(by_developer).unwrap_or_default(),
        withdrawal: withdrawal.map(|w| by_developer(&w.choice)).unwrap_or_default(),
        withdrawal_price: withdrawal.map(|w| (key(), w.price_times)),
        withdrawal_one_off: withdrawal.map(|w| (key(), w.one_off_usd_per_workload)),
    }
}
