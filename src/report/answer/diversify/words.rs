//! Why a source stands where it stands, in words.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::NewSourceAnswer;
use crate::model::eligibility::Ineligible;
use crate::report::figures::{counted, decimal, percent};
use crate::report::money::{CODE, amount};
use crate::study::diversify::sources::SupplySource;

/// Correlation from which failures count as the same as today's.
const SAME: f64 = 0.7;
/// Correlation from which they count as partly the same.
const PARTLY: f64 = 0.3;
/// Kinds of obstacles that are named.
const NAMED: usize = 2;

/// Why a source that qualifies stands where it stands; `is_told`: whether the trials tell its change of the CVaR from none.
pub(super) fn why(answer: &NewSourceAnswer, is_told: bool) -> String {
    let serves = format!(
        "qualifies for {} of {} ({} of the value) with {}",
        answer.workloads,
        counted(answer.of_workloads, "workload"),
        percent(answer.value_share),
        counted(answer.models, "model")
    );
    let failures = match answer.correlation {
        None => "no correlation: it, or today's suppliers, are never down".to_owned(),
        Some(r) if r >= SAME => format!("fails with today's suppliers (correlation {})", decimal(r, 2)),
        Some(r) if r >= PARTLY => {
            format!("fails partly with today's suppliers (correlation {})", decimal(r, 2))
        }
        Some(r) => format!("fails on its own (correlation {})", decimal(r, 2)),
    };
    format!("{serves}; {failures}; {}", effect(answer, is_told))
}

fn effect(answer: &NewSourceAnswer, is_told: bool) -> String {
    let way = match answer.add.as_deref() {
        Some("standby") => "a warm standby",
        _ => "a tenth of the demand",
    };
    let (change, cost) = (answer.cvar_change_usd.unwrap_or(0.0), answer.cost_usd.unwrap_or(0.0));
    let price = if cost < 0.0 {
        format!("and saves {CODE} {}", amount(-cost))
    } else {
        format!("for {CODE} {}", amount(cost))
    };
    let doubt = if is_told { "" } else { ", which these trials do not tell from none" };
    match change {
        down if down < -0.5 => format!("{way} takes {CODE} {} off the CVaR {price}{doubt}", amount(-down)),
        up if up > 0.5 => format!("{way} adds {CODE} {} to the CVaR {price}{doubt}", amount(up)),
        _ => format!("{way} leaves the CVaR as it is {price}"),
    }
}

/// Why a source qualifies for nothing: the kinds of obstacles that most workloads have.
pub(super) fn why_not(source: &SupplySource) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for service in &source.services {
        let kinds: BTreeSet<&str> = service.obstacles.iter().map(kind).collect();
        kinds.into_iter().for_each(|kind| *counts.entry(kind).or_default() += 1);
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|&(kind, n)| (Reverse(n), kind));
    let named = counts.iter().take(NAMED).map(|(kind, n)| format!("{kind} ({n})"));
    let named: Vec<String> = named.collect();
    let all = counted(source.services.len(), "workload");
    format!("qualifies for none of {all}: {}", named.join(", "))
}

/// A reason without its figures, so that workloads can be counted by it.
fn kind(reason: &Ineligible) -> &'static str {
    match reason {
        Ineligible::Unrated => "the model is unrated",
        Ineligible::Quality { .. } => "quality below the floor",
        Ineligible::Context { .. } => "context window below the floor, or unknown",
        Ineligible::Rule { .. } => "a rule does not allow the region",
        Ineligible::Required => "does not match 'require'",
        Ineligible::Forbidden => "matches 'forbid'",
        Ineligible::Retires { .. } => "ends before the horizon",
        Ineligible::License => "the license forbids commercial use",
        Ineligible::LicenseUnknown => "commercial use of own machines is not known to be allowed",
        Ineligible::NotApproved { .. } => "the host is not approved",
        Ineligible::InForce { .. } => "a shock in force excludes it",
    }
}

/// All reasons against the nearest offer; `None` when there is none.
pub(super) fn obstacles(reasons: &[Ineligible]) -> Option<String> {
    let said: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    (!said.is_empty()).then(|| said.join("; "))
}
