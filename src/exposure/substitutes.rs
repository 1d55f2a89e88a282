//! Substitutes for a workload's primaries: how many, how soon, at which price and quality, and how many of them are
//! independent of the primaries (methodology/exposure.md).

use std::collections::BTreeSet;
use std::ops::Range;

use crate::graph::single_points::{NodeSet, SinglePoints};
use crate::measures::independent_set::{IndependentSet, largest_independent};
use crate::model::instance::{CellIdx, OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::service::setting::Setting;

/// Substitutes for the primaries of one workload.
///
/// Groups contain offers that every user of the workload may newly use and that are not primaries.
#[derive(Debug, Clone, PartialEq)]
pub struct Substitutes {
    pub workload: WorkloadIdx,
    /// All substitutes.
    pub eligible: Group,
    /// Substitutes that are hot or warm standbys.
    pub ready: Group,
    /// Substitutes that share no developer, host, parent or host site with any primary.
    pub independent_of_services: Group,
    /// Substitutes known to share no node of any tier with any primary.
    pub independent: Group,
    /// Substitutes that share no known node, but where their hardware or that of a primary is unknown.
    pub n_unknown_hardware: usize,
    /// Largest set of primaries and standbys that pairwise share no service.
    pub independent_paths: IndependentSet,
}

/// A set of substitutes with the best in each respect, ties by offer id; all `None` when the set is empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    pub n_offers: usize,
    pub fastest: Option<Fastest>,
    pub cheapest: Option<Cheapest>,
    pub best: Option<Best>,
}

/// The substitute that can serve first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fastest {
    pub offer: OfferIdx,
    /// 0 for a hot standby, the lead of a warm one, otherwise the offer's onboarding.
    pub days: f64,
}

/// The substitute that would serve the entire workload at the lowest cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cheapest {
    pub offer: OfferIdx,
    /// Its planned cost divided by that of today's primaries; `None` when these cost nothing.
    pub price_factor: Option<f64>,
    /// Its cost minus today's.
    pub usd_per_month: f64,
}

/// The rated substitute with the highest general quality.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Best {
    pub offer: OfferIdx,
    /// Its quality minus the demand-weighted quality of today's rated primaries; `None` when none is rated.
    pub points: Option<f64>,
}

/// Substitutes of each workload, in the order of the workloads.
#[must_use]
pub fn substitutes(setting: &Setting<'_>, plan: &Plan) -> Vec<Substitutes> {
    let points = SinglePoints::new(setting.instance, &setting.graph);
    let n_workloads = setting.instance.workloads.len();
    (0..n_workloads)
        .map(|workload| SubstituteSearch { setting, plan, points: &points, workload }.run())
        .collect()
}

/// Search for the substitutes of one workload.
struct SubstituteSearch<'a> {
    setting: &'a Setting<'a>,
    plan: &'a Plan,
    points: &'a SinglePoints,
    workload: WorkloadIdx,
}

impl SubstituteSearch<'_> {
    fn run(&self) -> Substitutes {
        let instance = self.setting.instance;
        let primaries = self.primaries();
        let eligible = self.eligible(&primaries);
        let independent_of = |points: &[NodeSet]| -> Vec<OfferIdx> {
            let used = primaries.iter().map(|&p| &points[p]).cloned().reduce(union);
            let is_independent =
                |offer: &OfferIdx| used.as_ref().is_none_or(|used| !used.meets(&points[*offer]));
            eligible.iter().copied().filter(is_independent).collect()
        };
        let is_known = |offer: &OfferIdx| !instance.offers[*offer].hardware.is_empty();
        let (known, unknown): (Vec<_>, Vec<_>) = independent_of(&self.points.all)
            .into_iter()
            .partition(|offer| is_known(offer) && primaries.iter().all(is_known));
        let ready: Vec<_> = eligible.iter().copied().filter(|&o| self.ready_days(o).is_some()).collect();
        Substitutes {
            workload: self.workload,
            eligible: self.group(&eligible),
            ready: self.group(&ready),
            independent_of_services: self.group(&independent_of(&self.points.services)),
            independent: self.group(&known),
            n_unknown_hardware: unknown.len(),
            independent_paths: self.independent_paths(primaries),
        }
    }

    fn cells(&self) -> Range<CellIdx> {
        self.setting.instance.workloads[self.workload].cells.clone()
    }

    /// Offers with a share of some cell.
    fn primaries(&self) -> BTreeSet<OfferIdx> {
        let shares = self.plan.allocation[self.cells()].iter().flatten();
        shares.filter(|(_, share)| *share > 0.0).map(|(offer, _)| *offer).collect()
    }

    /// Offers that every cell may newly use, except primaries; ascending, which is the order of ids.
    fn eligible(&self, primaries: &BTreeSet<OfferIdx>) -> Vec<OfferIdx> {
        let eligible = &self.setting.law.eligible;
        let Some(first) = self.cells().next() else { return Vec::new() };
        let in_all = |offer: &OfferIdx| self.cells().all(|cell| eligible.contains(cell, *offer));
        eligible.offers(first).filter(|offer| !primaries.contains(offer)).filter(in_all).collect()
    }

    /// Days until a standby serves; `None` for an offer that is not a standby.
    fn ready_days(&self, offer: OfferIdx) -> Option<f64> {
        let standbys = &self.plan.standby[self.workload];
        standbys.iter().find(|s| s.offer == offer && s.cover > 0.0).map(|s| s.lead_days)
    }

    /// Largest set of ready offers (primaries, and standbys that some users may use) that pairwise share no service.
    fn independent_paths(&self, primaries: BTreeSet<OfferIdx>) -> IndependentSet {
        let is_usable =
            |offer: OfferIdx| self.cells().any(|cell| self.setting.law.eligible.contains(cell, offer));
        let standbys = self.plan.standby[self.workload].iter().filter(|s| s.cover > 0.0).map(|s| s.offer);
        let ready: BTreeSet<OfferIdx> =
            primaries.into_iter().chain(standbys.filter(|&offer| is_usable(offer))).collect();
        let services: Vec<&NodeSet> = ready.into_iter().map(|offer| &self.points.services[offer]).collect();
        largest_independent(services.len(), |i, j| services[i].meets(services[j]))
    }

    fn group(&self, offers: &[OfferIdx]) -> Group {
        let instance = self.setting.instance;
        let days = |offer: OfferIdx| {
            self.ready_days(offer).unwrap_or_else(|| instance.cold_lead_days(self.workload, offer))
        };
        let quality =
            |offer: OfferIdx| instance.model_of(offer).model.quality.general.map(|points| (offer, points));
        let today = self.monthly_usd_today();
        let each = || offers.iter().copied();
        // `min_by` keeps the first of equals, by id; `max_by` would keep the last.
        let fastest = each().map(|o| (o, days(o))).min_by(|a, b| a.1.total_cmp(&b.1));
        let cheapest = each().map(|o| (o, self.monthly_usd(o))).min_by(|a, b| a.1.total_cmp(&b.1));
        let best = each().filter_map(quality).min_by(|a, b| b.1.total_cmp(&a.1));
        Group {
            n_offers: offers.len(),
            fastest: fastest.map(|(offer, days)| Fastest { offer, days }),
            cheapest: cheapest.map(|(offer, usd)| Cheapest {
                offer,
                price_factor: (today > 0.0).then(|| usd / today),
                usd_per_month: usd - today,
            }),
            best: best.map(|(offer, points)| Best {
                offer,
                points: self.quality_today().map(|today| points - today),
            }),
        }
    }

    /// Planned monthly cost of the entire workload on one offer, USD.
    fn monthly_usd(&self, offer: OfferIdx) -> f64 {
        let usd = |cell: CellIdx| {
            self.setting.instance.cells[cell].mtok_per_month() * self.setting.prices.usd_per_mtok(cell, offer)
        };
        self.cells().map(usd).sum()
    }

    /// Planned monthly cost of the workload on today's primaries, USD.
    fn monthly_usd_today(&self) -> f64 {
        let usd = |cell: CellIdx| -> f64 {
            let price =
                |(offer, share): &(OfferIdx, f64)| share * self.setting.prices.usd_per_mtok(cell, *offer);
            let mean_price: f64 = self.plan.allocation[cell].iter().map(price).sum();
            self.setting.instance.cells[cell].mtok_per_month() * mean_price
        };
        self.cells().map(usd).sum()
    }

    /// Mean general quality of rated primaries, weighted by share of users, which equals the share of demand.
    fn quality_today(&self) -> Option<f64> {
        let instance = self.setting.instance;
        let (mut sum, mut weights) = (0.0, 0.0);
        for cell in self.cells() {
            for &(offer, share) in &self.plan.allocation[cell] {
                if let Some(points) = instance.model_of(offer).model.quality.general {
                    let weight = instance.cells[cell].users_share * share;
                    sum += weight * points;
                    weights += weight;
                }
            }
        }
        (weights > 0.0).then(|| sum / weights)
    }
}

fn union(mut a: NodeSet, b: NodeSet) -> NodeSet {
    a.extend(&b);
    a
}

#[cfg(test)]
mod tests;
