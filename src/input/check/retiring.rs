//! Offers in use that their hosts end before the horizon does, and models of others in use whose license nobody has read.

use std::collections::{BTreeMap, BTreeSet};

use crate::input::at::At;
use crate::model::instance::{Instance, OfferIdx};

/// Warns of both. `file`: the portfolio.
pub(super) fn check(instance: &Instance, file: &At<'_>) {
    let (offers, models) = (retiring(instance), of_unknown_license(instance));
    let workloads = file.key("workloads");
    if !offers.is_empty() {
        let listed: Vec<String> =
            offers.iter().map(|(offer, workloads)| told(instance, *offer, workloads)).collect();
        let message = format!("in use, but ended by the host within the horizon: {}", listed.join("; "));
        let help = "move the demand before that day, or correct 'retires' under 'catalog.offers'";
        workloads.warning("retiring-offer", message, Some(help.into()));
    }
    if !models.is_empty() {
        let names: Vec<&str> = models.into_iter().collect();
        let message =
            format!("in use, but nobody has read whether the license allows it: {}", names.join(", "));
        let help = "read the license, and write 'commercial_use' under 'catalog.models'";
        workloads.warning("unknown-license", message, Some(help.into()));
    }
}

/// Offers with a share or as a standby today, by workload.
fn used_today(instance: &Instance) -> impl Iterator<Item = (OfferIdx, &str)> {
    instance.workloads.iter().flat_map(|workload| {
        let shares = instance.cells[workload.cells.clone()].iter().flat_map(|cell| &cell.allocation);
        let offers = shares.map(|(offer, _)| *offer).chain(workload.standby.iter().map(|s| s.offer));
        offers.map(|offer| (offer, workload.workload.id.as_str()))
    })
}

fn retiring(instance: &Instance) -> BTreeMap<OfferIdx, BTreeSet<&str>> {
    let mut found: BTreeMap<OfferIdx, BTreeSet<&str>> = BTreeMap::new();
    for (offer, workload) in used_today(instance).filter(|(offer, _)| instance.retires(*offer).is_some()) {
        found.entry(offer).or_default().insert(workload);
    }
    found
}

fn told(instance: &Instance, offer: OfferIdx, workloads: &BTreeSet<&str>) -> String {
    let o = &instance.offers[offer];
    let day = instance.retires(offer).map_or_else(String::new, |day| format!(" on {day}"));
    let successor = o.entry.successor.as_ref().map_or_else(String::new, |id| format!(", successor {id}"));
    let workloads: Vec<&str> = workloads.iter().copied().collect();
    format!("{}{day}{successor} ({})", o.id, workloads.join(", "))
}

/// Models that somebody else than their developer serves: developers may sell their own, whatever their license allows others.
fn of_unknown_license(instance: &Instance) -> BTreeSet<&str> {
    let is_of_others =
        |offer: OfferIdx| instance.offers[offer].entry.host != instance.model_of(offer).model.developer;
    let of_others = used_today(instance).filter(|(offer, _)| is_of_others(*offer));
    let unknown = of_others.map(|(offer, _)| &instance.model_of(offer).model);
    unknown.filter(|model| model.may_be_used().is_none()).map(|model| model.id.as_str()).collect()
}
