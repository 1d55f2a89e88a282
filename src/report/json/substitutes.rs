//! `substitutes` of `exposure` as JSON.

use serde_json::{Value, json};

use super::{number, optional};
use crate::exposure::substitutes::{Group, Substitutes};
use crate::model::instance::{Instance, OfferIdx};
use crate::report::names::{offer, workload};

pub(super) fn substitutes(instance: &Instance, found: &Substitutes) -> Value {
    json!({
        "workload": workload(instance, found.workload),
        "n_independent_paths": found.independent_paths.size,
        "independent_paths_exact": found.independent_paths.is_exact,
        "groups": {
            "eligible": group(instance, &found.eligible),
            "ready": group(instance, &found.ready),
            "independent_of_services": group(instance, &found.independent_of_services),
            "independent": group(instance, &found.independent),
        },
        "unknown_hardware": found.n_unknown_hardware,
    })
}

fn group(instance: &Instance, group: &Group) -> Value {
    let id = |idx: OfferIdx| offer(instance, idx);
    json!({
        "n_offers": group.n_offers,
        "fastest": group.fastest.map(|f| json!({"offer": id(f.offer), "days": number(f.days)})),
        "cheapest": group.cheapest.map(|c| json!({
            "offer": id(c.offer),
            "price_factor": optional(c.price_factor),
            "usd_per_month": number(c.usd_per_month),
        })),
        "best": group.best.map(|b| json!({"offer": id(b.offer), "points": optional(b.points)})),
    })
}
