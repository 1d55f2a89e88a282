//! What could replace a workload's primaries (methodology/exposure.md): how many offers, how soon, at which price and
//! quality, and how many of them do not fail together with what is in use.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::graph::single_points::{NodeSet, SinglePoints};
use crate::measures::independent_set::{IndependentSet, largest_independent};
use crate::model::instance::{CellIdx, OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::service::setting::Setting;

/// What could replace the primaries of one workload.
///
/// Groups hold offers that every user of the workload may newly use and that are not among its primaries.
#[derive(Debug, Clone, PartialEq)]
pub struct Substitutes {
    pub workload: WorkloadIdx,
    /// All of them.
    pub eligible: Group,
    /// Hot and warm standbys.
    pub ready: Group,
    /// With no developer, host, parent or host site in common with any primary.
    pub independent_of_services: Group,
    /// With no node at all in common through any tier, and known to have none.
    pub independent: Group,
    /// Offers with no known node in common, whose own hardware, or that of a primary, is unknown.
    pub n_unknown_hardware: usize,
    /// Primaries and standbys that pairwise have no service in common.
    pub independent_paths: IndependentSet,
}

/// A set of substitutes; the best in each respect, ties by offer id. All `None` when it is empty.
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
    /// 0 when hot, a warm standby's lead, else the offer's onboarding.
    pub days: f64,
}

/// The substitute that would serve the whole workload for least.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cheapest {
    pub offer: OfferIdx,
    /// Its planned price over that of today's primaries; `None` when today costs nothing.
    pub price_factor: Option<f64>,
    /// Its cost less today's.
    pub usd_per_month: f64,
}

/// The rated substitute of highest general quality.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Best {
    pub offer: OfferIdx,
    /// Its quality less the demand-weighted quality of today's rated primaries; `None` when none is rated.
    pub points: Option<f64>,
}

/// What could replace the primaries of each workload, in the order of the workloads.
#[must_use]
pub fn substitutes(setting: &Setting<'_>, plan: &Plan) -> Vec<Substitutes> {
    let points = SinglePoints::new(setting.instance, &setting.graph);
    let n_workloads = setting.instance.workloads.len();
    (0..n_workloads)
        .map(|workload| Replacement { setting, plan, points: &points, workload }.found())
        .collect()
}

/// The question for one workload.
struct Replacement<'a> {
    setting: &'a Setting<'a>,
    plan: &'a Plan,
    points: &'a SinglePoints,
    workload: WorkloadIdx,
}

impl Replacement<'_> {
    fn found(&self) -> Substitutes {
        let instance = self.setting.instance;
        let primaries = self.primaries();
        let eligible = self.eligible(&primaries);
        let apart = |points: &[NodeSet]| -> Vec<OfferIdx> {
            let used = primaries.iter().map(|&p| &points[p]).cloned().reduce(union);
            let is_apart = |offer: &OfferIdx| used.as_ref().is_none_or(|used| !used.meets(&points[*offer]));
            eligible.iter().copied().filter(is_apart).collect()
        };
        let is_known = |offer: &OfferIdx| !instance.offers[*offer].hardware.is_empty();
        let (known, unknown): (Vec<_>, Vec<_>) = apart(&self.points.all)
            .into_iter()
            .partition(|offer| is_known(offer) && primaries.iter().all(is_known));
        let ready: Vec<_> = eligible.iter().copied().filter(|&o| self.ready_days(o).is_some()).collect();
        Substitutes {
            workload: self.workload,
            eligible: self.group(&eligible),
            ready: self.group(&ready),
            independent_of_services: self.group(&apart(&self.points.services)),
            independent: self.group(&known),
            n_unknown_hardware: unknown.len(),
            independent_paths: self.independent_paths(primaries),
        }
    }

    fn cells(&self) -> Range<CellIdx> {
        self.setting.instance.workloads[self.workload].cells.clone()
    }

    /// Offers that carry a share of some cell.
    fn primaries(&self) -> BTreeSet<OfferIdx> {
        let shares = self.plan.allocation[self.cells()].iter().flatten();
        shares.filter(|(_, share)| *share > 0.0).map(|(offer, _)| *offer).collect()
    }

    /// Offers that every cell may newly use, except primaries; ascending, which is by id.
    fn eligible(&self, primaries: &BTreeSet<OfferIdx>) -> Vec<OfferIdx> {
        let eligible = &self.setting.law.eligible;
        let Some(first) = self.cells().next() else { return Vec::new() };
        let in_all = |offer: &OfferIdx| self.cells().all(|cell| eligible.contains(cell, *offer));
        eligible.offers(first).filter(|offer| !primaries.contains(offer)).filter(in_all).collect()
    }

    /// Days until a standby serves; `None` for an offer that is none.
    fn ready_days(&self, offer: OfferIdx) -> Option<f64> {
        let standbys = &self.plan.standby[self.workload];
        standbys.iter().find(|s| s.offer == offer && s.cover > 0.0).map(|s| s.lead_days)
    }

    /// Most of the ready offers (primaries, and standbys that some users may use) that pairwise share no service.
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
        let days = |offer: OfferIdx| self.ready_days(offer).unwrap_or(instance.offers[offer].onboarding_days);
        let quality =
            |offer: OfferIdx| instance.model_of(offer).model.quality.general.map(|points| (offer, points));
        let today = self.monthly_usd_today();
        let each = || offers.iter().copied();
        // The first of equals comes first by id; `max_by` would take the last.
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

    /// Planned price of the whole workload on one offer.
    fn monthly_usd(&self, offer: OfferIdx) -> f64 {
        let usd = |cell: CellIdx| {
            self.setting.instance.cells[cell].mtok_per_month() * self.setting.prices.usd_per_mtok(cell, offer)
        };
        self.cells().map(usd).sum()
    }

    /// Planned price of the workload's mix today.
    fn monthly_usd_today(&self) -> f64 {
        let usd = |cell: CellIdx| -> f64 {
            let price =
                |(offer, share): &(OfferIdx, f64)| share * self.setting.prices.usd_per_mtok(cell, *offer);
            let mix: f64 = self.plan.allocation[cell].iter().map(price).sum();
            self.setting.instance.cells[cell].mtok_per_month() * mix
        };
        self.cells().map(usd).sum()
    }

    /// Mean general quality of rated primaries, weighted by users' share, which is that of demand.
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
