//! Allocations: offers exist, shares sum to 1, and all users are served.

use std::collections::BTreeMap;

use super::names::Known;
use crate::input::at::At;
use crate::input::diagnostic::quoted;
use crate::model::portfolio::{AllocationEntry, Workload};

/// Distance from 1 at which a sum of shares still counts as 1.
const SUM_TOLERANCE: f64 = 1e-6;

/// Checks one workload's allocation.
pub(super) fn check(at: &At<'_>, workload: &Workload, known: &Known<'_>) {
    match &workload.allocation {
        AllocationEntry::Everywhere(shares) => self::shares(at, shares, known),
        AllocationEntry::ByCountry { by_country, default } => {
            for (country, shares) in by_country {
                let at = at.key(country);
                self::shares(&at, shares, known);
                known.country(&at.on_key(), country);
                if !workload.users.contains_key(country) && !workload.users.is_empty() {
                    let message = format!("this workload has no users in {}", quoted(country));
                    at.on_key().warning(
                        "unused-allocation",
                        message,
                        Some("remove it, or add the country to 'users'".into()),
                    );
                }
            }
            if let Some(shares) = default {
                self::shares(&at.key("default"), shares, known);
            }
            for country in workload.users.keys().filter(|c| default.is_none() && !by_country.contains_key(*c))
            {
                let help = Some(format!("add '{country}: {{…}}' or 'default: {{…}}'"));
                at.on_key().error(
                    "missing-allocation",
                    format!("users in {} have no allocation", quoted(country)),
                    help,
                );
            }
        }
    }
}

fn shares(at: &At<'_>, shares: &BTreeMap<String, f64>, known: &Known<'_>) {
    for offer in shares.keys() {
        known.offer(&at.key(offer).on_key(), offer);
    }
    sums_to_one(at, shares);
}

/// Reports shares that do not sum to 1. Missing shares have already been reported.
pub(super) fn sums_to_one(at: &At<'_>, shares: &BTreeMap<String, f64>) {
    let sum: f64 = shares.values().sum();
    if !shares.is_empty() && (sum - 1.0).abs() > SUM_TOLERANCE {
        let written = format!("{sum:.6}");
        let written = written.trim_end_matches('0').trim_end_matches('.');
        let help = Some("change them so that they sum to 1".into());
        at.on_key().error("shares-sum", format!("the shares sum to {written}, not to 1"), help);
    }
}
