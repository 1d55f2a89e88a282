//! The portfolio's company and workloads.

use std::collections::BTreeSet;

use super::names::{Known, each};
use super::{allocation, duplicates, selectors};
use crate::input::at::At;
use crate::input::tree::YamlValue;
use crate::model::portfolio::{Portfolio, StandbyEntry, Workload};

/// Checks company, workloads and quotas.
pub(super) fn check(file: &At<'_>, portfolio: &Portfolio, known: &Known<'_>) {
    let company = file.key("company");
    known.country(&company.key("headquarters"), &portfolio.company.headquarters);
    known.each_country(&company.key("sites"), &portfolio.company.sites);
    if let Some(approved) = &portfolio.approved_hosts {
        each(&file.key("hosts").key("approved"), approved, |at, id| known.host(at, id));
    }
    for (key, list) in [("require", &portfolio.require), ("forbid", &portfolio.forbid)] {
        for (i, selector) in list.iter().enumerate() {
            selectors::check(&file.key(key).index(i), selector, known);
        }
    }
    let workloads = file.key("workloads");
    duplicates::check("workload", portfolio.workloads.iter().map(|w| w.id.as_str()), |i| {
        Some(workloads.index(i))
    });
    for (i, workload) in portfolio.workloads.iter().enumerate() {
        self::workload(&workloads.index(i), workload, known);
    }
}

fn workload(at: &At<'_>, workload: &Workload, known: &Known<'_>) {
    for country in workload.users.keys() {
        known.country(&at.key("users").key(country).on_key(), country);
    }
    allocation::sums_to_one(&at.key("users"), &workload.users);
    allocation::check(&at.key("allocation"), workload, known);
    for (key, list) in [("require", &workload.require), ("forbid", &workload.forbid)] {
        for (i, selector) in list.iter().enumerate() {
            selectors::check(&at.key(key).index(i), selector, known);
        }
    }
    fallback(at, workload);
    for (i, standby) in workload.standby.iter().enumerate() {
        known.offer(&at.key("standby").index(i).key("offer"), &standby.offer);
    }
    one_readiness_per_offer(at, &workload.standby);
}

/// The loss is convex in the unserved demand only if the fallback costs no more than the outage it ends.
fn fallback(at: &At<'_>, workload: &Workload) {
    let Some(fallback) = workload.fallback else { return };
    let written = at.node.entry("outage_cost_usd_per_day").map(|entry| &entry.node.value);
    let has_outage_cost = matches!(
        written, Some(YamlValue::Number { value, .. }) if *value == workload.outage_cost_usd_per_day
    );
    let at = at.key("fallback");
    if fallback.after_days < workload.recovery_objective_days {
        let help = Some(
            "make 'after' at least as long as 'recovery_objective'; both count from the loss of service"
                .into(),
        );
        at.key("after").error(
            "fallback-before-recovery",
            "the fallback begins before 'recovery_objective'".into(),
            help,
        );
    }
    // Where the cost of the outage is missing or wrong, that is the mistake, and it has been reported.
    if has_outage_cost && fallback.usd_per_day > workload.outage_cost_usd_per_day {
        let message = format!(
            "the fallback costs {} USD a day, more than the outage itself ({})",
            fallback.usd_per_day, workload.outage_cost_usd_per_day
        );
        let help = Some("lower it, or leave 'fallback' out: at this cost nobody would use it".into());
        at.key("usd_per_day").error("fallback-dearer-than-outage", message, help);
    }
}

fn one_readiness_per_offer(at: &At<'_>, standby: &[StandbyEntry]) {
    let mut seen = BTreeSet::new();
    for (i, entry) in standby.iter().enumerate().filter(|(_, entry)| !entry.offer.is_empty()) {
        if !seen.insert(&entry.offer) {
            let at = at.key("standby").index(i).key("offer");
            let message = format!("{} is already a standby of this workload", at.shown());
            at.error(
                "duplicate-standby",
                message,
                Some("an offer has one readiness per workload: keep one entry".into()),
            );
        }
    }
}
