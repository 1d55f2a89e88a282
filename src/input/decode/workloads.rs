//! Decoder of a workload, with its allocation and standbys.

use std::collections::BTreeMap;

use super::contracts::workload_terms;
use super::scalars::{Choices, Range};
use super::selectors::{DATA_CLASSES, selectors};
use crate::input::at::At;
use crate::input::tree::{Entry, YamlValue};
use crate::model::magnitudes::{MTOK_PER_MONTH, POINTS, USD};
use crate::model::portfolio::{AllocationEntry, Fallback, Readiness, StandbyEntry, Workload};
use crate::model::words::DataClass;

const READINESS: Choices<Readiness> = &[("hot", Readiness::Hot), ("warm", Readiness::Warm)];
/// Default for `cover` (methodology/eligibility.md).
const DEFAULT_COVER: f64 = 1.0;

/// One entry of `workloads`.
pub(crate) fn workload(at: &At<'_>) -> Workload {
    let f = at.fields();
    let id = f.id("id");
    let (input_mtok, output_mtok) = f.required("demand").map(|at| demand(&at)).unwrap_or_default();
    let decoded = Workload {
        name: f.opt_text("name").unwrap_or_else(|| id.clone()),
        id,
        input_mtok,
        output_mtok,
        users: f.required("users").map(|at| shares(&at)).unwrap_or_default(),
        data: f.choice("data", DATA_CLASSES).unwrap_or(DataClass::Public),
        languages: f.ids("languages"),
        min_quality: f.opt_number("min_quality", Range::within(POINTS)),
        min_context: f.optional("min_context").and_then(|at| at.whole()),
        accept_unrated: f.flag("accept_unrated", false),
        outage_cost_usd_per_day: f.number("outage_cost_usd_per_day", Range::within(USD)),
        recovery_objective_days: f.opt_days("recovery_objective").unwrap_or(0.0),
        fallback: f.optional("fallback").map(|at| fallback(&at)),
        require: selectors(&f, "require"),
        forbid: selectors(&f, "forbid"),
        allocation: f
            .required("allocation")
            .map_or(AllocationEntry::Everywhere(BTreeMap::new()), |at| allocation(&at)),
        standby: f.each("standby", |at| standby(&at)),
        terms: workload_terms(&f),
    };
    f.close();
    decoded
}

fn demand(at: &At<'_>) -> (f64, f64) {
    let f = at.fields();
    let tokens = Range::within(MTOK_PER_MONTH);
    let decoded = (f.number("input_mtok", tokens), f.number("output_mtok", tokens));
    f.close();
    decoded
}

/// Shares by name; empty if one of them is wrong, because their sum would be meaningless.
fn shares(at: &At<'_>) -> BTreeMap<String, f64> {
    if matches!(&at.node.value, YamlValue::Map(entries) if entries.is_empty()) {
        at.error(
            "empty-list",
            "no shares are given".into(),
            Some("name at least one; the shares must sum to 1".into()),
        );
    }
    let read: Option<BTreeMap<String, f64>> = at
        .map_of(|at| at.number(Range::SHARE))
        .into_iter()
        .map(|(name, share)| Some((name, share?)))
        .collect();
    read.unwrap_or_default()
}

/// Shares by offer, or maps of them by country with an optional `default`.
fn allocation(at: &At<'_>) -> AllocationEntry {
    let is_map = |e: &Entry| matches!(e.node.value, YamlValue::Map(_));
    match &at.node.value {
        YamlValue::Map(entries) if entries.iter().any(is_map) => {
            if !entries.iter().all(is_map) {
                let help = "write either shares by offer, or maps of shares by country and 'default'";
                at.error("wrong-type", "shares and maps of shares are mixed".into(), Some(help.into()));
                return AllocationEntry::Everywhere(BTreeMap::new());
            }
            let mut by_country = at.map_of(shares);
            let default = by_country.remove("default");
            AllocationEntry::ByCountry { by_country, default }
        }
        _ => AllocationEntry::Everywhere(shares(at)),
    }
}

fn fallback(at: &At<'_>) -> Fallback {
    let f = at.fields();
    let decoded = Fallback {
        after_days: f.required("after").and_then(|at| at.days()).unwrap_or(f64::INFINITY),
        usd_per_day: f.number("usd_per_day", Range::within(USD)),
    };
    f.close();
    decoded
}

fn standby(at: &At<'_>) -> StandbyEntry {
    let f = at.fields();
    let readiness = f.choice("readiness", READINESS);
    let decoded = StandbyEntry {
        offer: f.text("offer"),
        readiness: readiness.unwrap_or(Readiness::Warm),
        cover: f.opt_number("cover", Range::SHARE).unwrap_or(DEFAULT_COVER),
        lead_days: f.opt_days("lead"),
        usd_per_month: f.opt_number("usd_per_month", Range::NOT_NEGATIVE),
    };
    if readiness == Some(Readiness::Hot) && f.has("lead") {
        let help =
            Some("a hot standby takes load at once; write 'readiness: warm' for one with a lead".into());
        at.key("lead").error_at_key("conflicting-keys", "a hot standby has no 'lead'".into(), help);
    }
    f.close();
    decoded
}
