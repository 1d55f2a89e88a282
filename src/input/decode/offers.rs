//! Decoder of `offers.yaml`: ways to buy or run a model.

use super::Fields;
use super::provenance::provenance;
use super::scalars::Range;
use super::selectors::ACCESS;
use crate::ids::SELF_HOST;
use crate::input::at::At;
use crate::model::catalog::{OfferEntry, Price};
use crate::model::magnitudes::{MTOK_PER_MONTH, REPLICA_MTOK_PER_MONTH, REPLICA_USD_PER_MONTH, USD_PER_MTOK};
use crate::model::words::Access;

/// Default onboarding time (reference/catalog-files.md), days.
const DEFAULT_ONBOARDING_DAYS: f64 = 90.0;
/// Default hardware buffer (reference/catalog-files.md), days.
const DEFAULT_HARDWARE_BUFFER_DAYS: f64 = 540.0;

/// One entry of `offers`. An entry on `self` without regions applies at all sites of the company.
pub(crate) fn offer(at: &At<'_>) -> OfferEntry {
    let f = at.fields();
    let host = f.name("host");
    let is_self = host == SELF_HOST;
    let access = f.choice("access", ACCESS);
    if let Some(access) = access.filter(|_| !host.is_empty()) {
        check_access(&f, access, is_self);
    }
    let access = if is_self { Access::SelfHosted } else { Access::Api };
    let (price, capacity_mtok_per_month) = match access {
        Access::Api => {
            (token_price(&f), f.opt_number("capacity_mtok_per_month", Range::within(MTOK_PER_MONTH)))
        }
        Access::SelfHosted => (replica_price(&f), None),
    };
    let decoded = OfferEntry {
        model: f.name("model"),
        host,
        regions: if is_self && !f.has("regions") { f.ids("regions") } else { f.some_ids("regions") },
        access,
        price,
        capacity_mtok_per_month,
        onboarding_days: f.opt_days("onboarding").unwrap_or(DEFAULT_ONBOARDING_DAYS),
        developer_buffer_days: f.opt_days("developer_buffer"),
        hardware: f.ids("hardware"),
        hardware_buffer_days: f.opt_days("hardware_buffer").unwrap_or(DEFAULT_HARDWARE_BUFFER_DAYS),
        certifications: f.ids("certifications"),
        region_assumed: f.flag("region_assumed", false),
        retires: f.optional("retires").and_then(|at| at.date()),
        successor: f.opt_text("successor"),
        provenance: provenance(&f),
    };
    f.close();
    decoded
}

fn check_access(f: &Fields<'_>, access: Access, is_self: bool) {
    if (access == Access::SelfHosted) != is_self {
        let message = format!("access '{}' does not match this host", access.as_str());
        let help =
            "write 'self_hosted' for the host 'self' (the company's own sites), 'api' for every other host";
        f.at.key("access").error("access-mismatch", message, Some(help.into()));
    }
}

fn token_price(f: &Fields<'_>) -> Price {
    f.know("fixed_usd_per_month");
    if f.has("fixed_usd_per_month") {
        f.at.key("fixed_usd_per_month").error_at_key(
            "access-mismatch",
            "an API offer has no 'fixed_usd_per_month'".into(),
            Some("write 'price: {input_usd_per_mtok, output_usd_per_mtok}' instead".into()),
        );
    }
    let Some(at) = f.required("price") else {
        return Price::Tokens { input_usd_per_mtok: 0.0, output_usd_per_mtok: 0.0 };
    };
    let p = at.fields();
    let price = Price::Tokens {
        input_usd_per_mtok: p.number("input_usd_per_mtok", Range::within(USD_PER_MTOK)),
        output_usd_per_mtok: p.number("output_usd_per_mtok", Range::within(USD_PER_MTOK)),
    };
    p.close();
    price
}

fn replica_price(f: &Fields<'_>) -> Price {
    f.know("price");
    if f.has("price") {
        f.at.key("price").error_at_key(
            "access-mismatch",
            "a self-hosted offer has no token price".into(),
            Some("write 'fixed_usd_per_month' and 'capacity_mtok_per_month' of one replica instead".into()),
        );
    }
    Price::Replica {
        fixed_usd_per_month: f.number("fixed_usd_per_month", Range::within(REPLICA_USD_PER_MONTH)),
        capacity_mtok_per_month: f.number("capacity_mtok_per_month", Range::within(REPLICA_MTOK_PER_MONTH)),
    }
}
