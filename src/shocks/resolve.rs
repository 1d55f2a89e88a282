//! Effects resolved to the pairs and nodes of one instance.

use std::collections::{BTreeMap, BTreeSet};

use super::effect::{Clause, Effect, Predicate, Stop};
use super::expand::expand;
use crate::model::instance::{CellIdx, HardwareIdx, Instance, OfferIdx, SupplierIdx};
use crate::model::matching::Matches;
use crate::model::pairs::PairSet;
use crate::model::selector::Selector;
use crate::model::shock::{CollateralOf, Shock};

/// A factor and the pairs it applies to.
#[derive(Debug, Clone)]
pub struct Factor {
    pub factor: f64,
    pub pairs: PairSet,
}

/// Offers that lose some hardware.
#[derive(Debug, Clone)]
pub struct Cut {
    pub hardware: Vec<HardwareIdx>,
    /// `[n_offers]`
    pub offers: Vec<bool>,
}

/// A choice of each affected developer, drawn per occurrence.
#[derive(Debug, Clone)]
pub struct DeveloperChoice {
    pub probability: f64,
    /// The pairs that become unavailable when a developer is drawn, ascending by developer.
    pub pairs_by_developer: Vec<(SupplierIdx, PairSet)>,
}

/// A shock on one instance.
#[derive(Debug, Clone)]
pub struct ResolvedShock {
    pub shock: Shock,
    pub unavailable: PairSet,
    pub no_new: PairSet,
    pub stale: PairSet,
    pub prices: Vec<Factor>,
    pub capacities: Vec<Factor>,
    /// `factor`: USD per workload.
    pub one_offs: Vec<Factor>,
    pub stops: Vec<Stop>,
    pub cuts: Vec<Cut>,
    pub collateral: Option<DeveloperChoice>,
    pub withdrawal: Option<Withdrawal>,
}

/// A regulation with which each affected developer complies, or because of which it withdraws.
#[derive(Debug, Clone)]
pub struct Withdrawal {
    pub choice: DeveloperChoice,
    pub price_times: f64,
    pub one_off_usd_per_workload: f64,
}

impl ResolvedShock {
    /// Expands and resolves a shock.
    #[must_use]
    pub fn new(instance: &Instance, shock: &Shock) -> Self {
        let empty = || PairSet::empty(instance.cells.len(), instance.offers.len());
        let mut resolved = Self {
            shock: shock.clone(),
            unavailable: empty(),
            no_new: empty(),
            stale: empty(),
            prices: Vec::new(),
            capacities: Vec::new(),
            one_offs: Vec::new(),
            stops: Vec::new(),
            cuts: Vec::new(),
            collateral: None,
            withdrawal: None,
        };
        let mut law = Predicate::default();
        for effect in expand(instance, shock) {
            resolved.add(instance, effect, &mut law);
        }
        for set in [&mut resolved.unavailable, &mut resolved.no_new, &mut resolved.stale] {
            *set = std::mem::replace(set, empty()).packed();
        }
        resolved.stops.sort_unstable();
        resolved.stops.dedup();
        resolved.collateral = shock.collateral.map(|collateral| DeveloperChoice {
            probability: collateral.probability,
            pairs_by_developer: collateral_pairs(instance, &law, collateral.of),
        });
        resolved
    }

    fn add(&mut self, instance: &Instance, effect: Effect, law: &mut Predicate) {
        let factor = |factor, predicate: &Predicate| Factor { factor, pairs: pairs(instance, predicate) };
        match effect {
            Effect::Unavailable(predicate) => {
                self.unavailable.extend(&pairs(instance, &predicate));
                law.0.extend(predicate.0);
            }
            Effect::NoNew(predicate) => self.no_new.extend(&pairs(instance, &predicate)),
            Effect::Stale(predicate) => self.stale.extend(&pairs(instance, &predicate)),
            Effect::Stop(stops) => self.stops.extend(stops),
            Effect::Cut { hardware, region } => {
                let offers = instance.offers.iter().map(|o| instance.region_in(o.region, &region)).collect();
                self.cuts.push(Cut { hardware, offers });
            }
            Effect::PriceTimes { factor: k, predicate } => self.prices.push(factor(k, &predicate)),
            Effect::CapacityTimes { factor: k, predicate } => self.capacities.push(factor(k, &predicate)),
            Effect::OneOff { usd_per_workload, predicate } => {
                self.one_offs.push(factor(usd_per_workload, &predicate));
            }
            Effect::Withdrawal { probability, predicate, price_times, one_off_usd_per_workload } => {
                let pairs_by_developer = by_developer(instance, &pairs(instance, &predicate));
                let choice = DeveloperChoice { probability, pairs_by_developer };
                self.withdrawal = Some(Withdrawal { choice, price_times, one_off_usd_per_workload });
            }
        }
    }

    /// A key, in words, that is equal for two offers of a cell if and only if every effect except stops applies to both or to
    /// neither.
    pub fn strikes(&self, cell: CellIdx, offer: OfferIdx) -> impl Iterator<Item = u64> + '_ {
        let hits = self.pair_sets().map(move |pairs| pairs.contains(cell, offer));
        in_words(hits.chain(self.cuts.iter().map(move |cut| cut.offers[offer])))
    }

    /// Pairs on which its effects are, also where developers choose; stops and cuts have none.
    pub fn pair_sets(&self) -> impl Iterator<Item = &PairSet> {
        let sets = [&self.unavailable, &self.no_new, &self.stale].into_iter();
        let factors = self.prices.iter().chain(&self.capacities).chain(&self.one_offs).map(|f| &f.pairs);
        let choices = self.collateral.iter().chain(self.withdrawal.iter().map(|w| &w.choice));
        let by_developer = choices.flat_map(|c| c.pairs_by_developer.iter().map(|(_, pairs)| pairs));
        sets.chain(factors).chain(by_developer)
    }

    /// Whether some effect on pairs matches the pair, or may do so when developers choose; stops and cuts are not counted.
    #[must_use]
    pub fn matches_pair(&self, cell: CellIdx, offer: OfferIdx) -> bool {
        self.pair_sets().any(|pairs| pairs.contains(cell, offer))
    }

    /// Whether it affects nothing in this instance.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let none = |factors: &[Factor]| factors.iter().all(|f| f.pairs.is_empty());
        let no_choice =
            |choice: &DeveloperChoice| choice.pairs_by_developer.iter().all(|(_, p)| p.is_empty());
        self.unavailable.is_empty()
            && self.no_new.is_empty()
            && self.stale.is_empty()
            && none(&self.prices)
            && none(&self.capacities)
            && none(&self.one_offs)
            && self.stops.is_empty()
            && self.cuts.iter().all(|c| c.hardware.is_empty() || !c.offers.contains(&true))
            && self.collateral.as_ref().is_none_or(no_choice)
            && self.withdrawal.as_ref().is_none_or(|w| no_choice(&w.choice))
    }
}

/// Bits in words, 64 in each but the last.
pub fn in_words(bits: impl Iterator<Item = bool>) -> impl Iterator<Item = u64> {
    let mut bits = bits.peekable();
    std::iter::from_fn(move || {
        bits.peek()?;
        Some(bits.by_ref().take(64).fold(0, |word, bit| word << 1 | u64::from(bit)))
    })
}

/// The pairs a predicate matches.
#[must_use]
pub fn pairs(instance: &Instance, predicate: &Predicate) -> PairSet {
    let mut set = PairSet::empty(instance.cells.len(), instance.offers.len());
    for clause in &predicate.0 {
        let all_of: Vec<Matches> = clause.all_of.iter().map(|s| instance.matches(s)).collect();
        let none_of: Vec<Matches> = clause.none_of.iter().map(|s| instance.matches(s)).collect();
        let lineage = clause.lineage.as_ref().map(|s| lineage_matches(instance, s));
        let offers: Vec<OfferIdx> = (0..instance.offers.len())
            .filter(|&o| all_of.iter().chain(&lineage).all(|m| m.offers[o]))
            .collect();
        for cell in 0..instance.cells.len() {
            if !all_of.iter().chain(&lineage).all(|m| m.cells[cell]) {
                continue;
            }
            for &offer in &offers {
                if !none_of.iter().any(|m| m.cells[cell] && m.offers[offer]) {
                    set.insert(cell, offer);
                }
            }
        }
    }
    set.packed()
}

fn lineage_matches(instance: &Instance, selector: &Selector) -> Matches {
    let models: Vec<bool> =
        (0..instance.models.len()).map(|model| instance.model_matches(selector, model)).collect();
    let descends = |offer: OfferIdx| instance.model_of(offer).lineage.iter().any(|&model| models[model]);
    let sites = instance.matching_sites(selector).into_iter().enumerate();
    Matches {
        offers: sites.map(|(offer, is_there)| is_there && descends(offer)).collect(),
        ..instance.matches(selector)
    }
}

/// Splits pairs by the developer of the offer's model.
fn by_developer(instance: &Instance, set: &PairSet) -> Vec<(SupplierIdx, PairSet)> {
    let mut split: BTreeMap<SupplierIdx, PairSet> = BTreeMap::new();
    for cell in 0..instance.cells.len() {
        for offer in set.offers(cell) {
            split
                .entry(instance.developer_of(offer))
                .or_insert_with(|| PairSet::empty(instance.cells.len(), instance.offers.len()))
                .insert(cell, offer);
        }
    }
    packed(split)
}

fn packed(split: BTreeMap<SupplierIdx, PairSet>) -> Vec<(SupplierIdx, PairSet)> {
    split.into_iter().map(|(developer, set)| (developer, set.packed())).collect()
}

/// The pairs that become unavailable to every user when an affected developer cannot comply selectively, by developer.
///
/// A developer is affected through its models. The law names models wherever their users are, so the selector keys of
/// cells are ignored when its models are determined: a company without users abroad also loses a model that its
/// developer must withdraw from everybody.
fn collateral_pairs(instance: &Instance, law: &Predicate, of: CollateralOf) -> Vec<(SupplierIdx, PairSet)> {
    let mut named_models = vec![false; instance.models.len()];
    for clause in &law.0 {
        let anywhere = Clause {
            all_of: clause.all_of.iter().map(without_cell_keys).collect(),
            // A negated selector with cell keys excludes only some users, so it excludes no model.
            none_of: clause.none_of.iter().filter(|s| !has_cell_keys(s)).cloned().collect(),
            lineage: clause.lineage.as_ref().map(without_cell_keys),
        };
        for (offer, named) in offers_of(instance, &anywhere).into_iter().enumerate() {
            named_models[instance.offers[offer].model] |= named;
        }
    }
    let hit_developers: BTreeSet<SupplierIdx> = (0..instance.models.len())
        .filter(|&m| named_models[m])
        .map(|m| instance.models[m].developer)
        .collect();
    let mut hit: BTreeMap<SupplierIdx, PairSet> = BTreeMap::new();
    for (offer, o) in instance.offers.iter().enumerate() {
        let developer = instance.developer_of(offer);
        let is_dark = match of {
            CollateralOf::Model => named_models[o.model],
            CollateralOf::Developer => {
                hit_developers.contains(&developer) && sells(instance, developer, offer)
            }
        };
        // A developer cannot withdraw weights that the company hosts itself.
        if is_dark && !o.is_self_hosted() {
            let set = hit
                .entry(developer)
                .or_insert_with(|| PairSet::empty(instance.cells.len(), instance.offers.len()));
            (0..instance.cells.len()).for_each(|cell| set.insert(cell, offer));
        }
    }
    packed(hit)
}

/// Whether the developer controls the offer: a closed model on any host, or a model that it hosts itself.
fn sells(instance: &Instance, developer: SupplierIdx, offer: OfferIdx) -> bool {
    let hosts_it = instance.offers[offer]
        .host
        .is_some_and(|host| instance.suppliers[host].controllers.contains(&developer));
    instance.is_closed(offer) || hosts_it
}

/// `[n_offers]`: whether the clause, which has no cell keys, matches.
fn offers_of(instance: &Instance, clause: &Clause) -> Vec<bool> {
    let offers = |s: &Selector| instance.matches(s).offers;
    let all_of = clause.all_of.iter().map(offers);
    let lineage = clause.lineage.as_ref().map(|s| lineage_matches(instance, s).offers);
    let required: Vec<Vec<bool>> = all_of.chain(lineage).collect();
    let excluded: Vec<Vec<bool>> = clause.none_of.iter().map(offers).collect();
    (0..instance.offers.len())
        .map(|offer| required.iter().all(|m| m[offer]) && !excluded.iter().any(|m| m[offer]))
        .collect()
}

fn has_cell_keys(selector: &Selector) -> bool {
    *selector != without_cell_keys(selector)
}

fn without_cell_keys(selector: &Selector) -> Selector {
    Selector { users: None, workload: None, data: None, company: None, ..selector.clone() }
}
