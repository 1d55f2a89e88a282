//! Quotas: the planned load on an offer stays within the company's quota.

use std::collections::BTreeMap;

use super::names::Known;
use crate::ids::OfferId;
use crate::input::at::At;
use crate::input::diagnostic::quoted;
use crate::model::portfolio::Portfolio;

/// Relative tolerance for rounding.
const TOLERANCE: f64 = 1e-9;

/// Loads on one offer, mtok per month.
#[derive(Default)]
struct Load {
    planned: f64,
    /// Covers of standbys, over all cells of their workloads.
    covers: f64,
}

/// Checks the portfolio's `capacity` and every load against its quota.
pub(super) fn check(file: &At<'_>, portfolio: &Portfolio, known: &Known<'_>) {
    let quotas = file.key("capacity");
    for offer in portfolio.capacity.keys() {
        let at = quotas.key(offer).on_key();
        if OfferId::parse(offer).is_some_and(|id| id.is_self_hosted()) {
            let help = Some(
                "remove it; capacity follows from the replicas, see 'capacity_mtok_per_month' of the offer"
                    .into(),
            );
            at.error("capacity-on-self", format!("{} is self-hosted and has no quota", quoted(offer)), help);
        } else {
            known.offer(&at, offer);
        }
    }
    for (offer, (load, place)) in loads(file, portfolio) {
        let Some(id) = OfferId::parse(offer).filter(|id| !id.is_self_hosted()) else { continue };
        let own = portfolio.capacity.get(offer).copied();
        let listed = || known.offers.get(&id).and_then(|entry| entry.capacity_mtok_per_month);
        let Some(quota) = own.or_else(listed) else { continue };
        let at = if own.is_some() { quotas.key(offer) } else { place };
        report(&at, offer, &load, quota);
    }
}

/// Load by offer, and the first place that names it.
fn loads<'a, 'p>(file: &At<'a>, portfolio: &'p Portfolio) -> BTreeMap<&'p str, (Load, At<'a>)> {
    let mut loads: BTreeMap<&str, (Load, At<'_>)> = BTreeMap::new();
    for (i, workload) in portfolio.workloads.iter().enumerate() {
        let at = file.key("workloads").index(i);
        let demand = workload.input_mtok + workload.output_mtok;
        for (country, users_share) in &workload.users {
            for (offer, share) in workload.allocation.shares(country).into_iter().flatten() {
                let (load, _) =
                    loads.entry(offer).or_insert_with(|| (Load::default(), at.key("allocation").on_key()));
                load.planned += demand * users_share * share;
            }
        }
        for (s, standby) in workload.standby.iter().enumerate() {
            let place = || (Load::default(), at.key("standby").index(s).key("offer"));
            loads.entry(&standby.offer).or_insert_with(place).0.covers += standby.cover * demand;
        }
    }
    loads
}

fn report(at: &At<'_>, offer: &str, load: &Load, quota: f64) {
    let limit = quota * (1.0 + TOLERANCE);
    let offer = quoted(offer);
    let help = Some("raise 'capacity', move load to another offer, or lower a cover".to_owned());
    if load.planned > limit {
        let message = format!(
            "the planned load on {offer} is {:.1} mtok a month, more than its capacity of {quota}",
            load.planned
        );
        at.error("over-capacity", message, help);
    } else if load.planned + load.covers > limit {
        let message = format!(
            "the planned load on {offer} ({:.1} mtok a month) and standby covers ({:.1}) exceed its capacity of {quota}",
            load.planned, load.covers
        );
        at.warning("over-capacity", message, help);
    }
}
