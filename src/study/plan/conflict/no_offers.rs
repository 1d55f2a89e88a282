//! Users that no offer may serve: there is no plan then, and what their workload demands says why, without a search.

use std::collections::BTreeSet;

use super::demand::{Requirement, exclusions};
use super::iis::FoundConflict;
use crate::model::instance::{CellIdx, Instance, OfferIdx, WorkloadIdx};
use crate::service::setting::Setting;
use crate::study::plan::outcome::{Conflict, ConflictProof, DemandKind};

/// The conflict of the first workload with users that no offer may serve: demands of which none can be left out. `None`
/// when all users have an offer, or when there are no offers at all.
///
/// It says how far a demand must be relaxed for these users to have an offer, not which plan is best then.
pub fn without_offers(setting: &Setting<'_>) -> Option<FoundConflict> {
    let instance = setting.instance;
    let has_none = |&cell: &CellIdx| {
        instance.cells[cell].users_share > 0.0 && setting.law.eligible.offers(cell).next().is_none()
    };
    let cells: Vec<CellIdx> = (0..instance.cells.len()).filter(has_none).collect();
    let workload = instance.cells[*cells.first()?].workload;
    let excluded: Vec<Excluded> = cells.iter().map(|&cell| Excluded::new(setting, cell)).collect();
    let (own, others): (Vec<Excluded>, Vec<Excluded>) =
        excluded.into_iter().partition(|e| instance.cells[e.cell].workload == workload);
    let demands = own.first()?.irreducible();
    if demands.is_empty() {
        return None;
    }
    let whose = whose(instance, workload, &own);
    let members = demands.iter().map(|&demand| member(instance, &own, demand, &whose)).collect();
    let is_settled = |e: &Excluded| e.offers.iter().any(|by| by.iter().all(|r| demands.contains(r)));
    let has_others = !others.is_empty() || !own.iter().all(is_settled);
    let proof = ConflictProof { is_proven: true, has_others, is_eligibility_given: false };
    Some(FoundConflict { members, proof, plan: None })
}

/// Users without an offer.
struct Excluded {
    cell: CellIdx,
    /// `[n_offers]`: the demands that exclude each offer.
    offers: Vec<BTreeSet<Requirement>>,
}

impl Excluded {
    fn new(setting: &Setting<'_>, cell: CellIdx) -> Self {
        let of = |offer: OfferIdx| exclusions(setting, cell, offer).into_iter().collect();
        Self { cell, offers: (0..setting.instance.offers.len()).map(of).collect() }
    }

    /// Demands that exclude every offer, of which none can be left out (a deletion filter; the first to go are rules).
    fn irreducible(&self) -> BTreeSet<Requirement> {
        let mut held: BTreeSet<Requirement> = self.offers.iter().flatten().copied().collect();
        for demand in held.clone().into_iter().rev() {
            held.remove(&demand);
            if self.offers.iter().any(|by| by.is_disjoint(&held)) {
                held.insert(demand);
            }
        }
        held
    }

    /// Offers that only this demand excludes.
    fn only_by(&self, demand: Requirement) -> impl Iterator<Item = OfferIdx> + '_ {
        let is_only = move |by: &BTreeSet<Requirement>| by.len() == 1 && by.contains(&demand);
        self.offers.iter().enumerate().filter(move |(_, by)| is_only(by)).map(|(offer, _)| offer)
    }
}

/// `workload 'chat', users in DE, FR`.
fn whose(instance: &Instance, workload: WorkloadIdx, own: &[Excluded]) -> String {
    let id = &instance.workloads[workload].workload.id;
    if own.len() == instance.workloads[workload].cells.len() {
        return format!("workload '{id}'");
    }
    let countries: Vec<&str> =
        own.iter().map(|e| instance.jurisdictions[instance.cells[e.cell].users].id.as_str()).collect();
    format!("workload '{id}', users in {}", countries.join(", "))
}

fn member(instance: &Instance, own: &[Excluded], demand: Requirement, whose: &str) -> Conflict {
    let workload = instance.cells[own[0].cell].workload;
    // The nearest floor that gives each of the users an offer.
    let nearest = |e: &Excluded| {
        let figures = e.only_by(demand).filter_map(|offer| demand.figure(instance, e.cell, offer));
        figures.reduce(f64::max)
    };
    let floors: Option<Vec<f64>> = own.iter().map(nearest).collect();
    Conflict {
        breaks_at: None,
        what: format!("{whose}: {}", demand.words(instance, workload)),
        kind: DemandKind::Eligibility,
        unit: demand.unit(),
        bound: demand.bound(instance, workload),
        relax_to: floors.and_then(|floors| floors.into_iter().reduce(f64::min)),
        is_enough: own.iter().all(|e| e.only_by(demand).next().is_some()),
        then: None,
    }
}
