//! Decoder of contracts, costs of change and routing (reference/portfolio-file.md).

use super::Fields;
use super::scalars::{Choices, Range};
use crate::input::at::At;
use crate::input::tree::YamlValue;
use crate::model::contract::{
    ChangeTerms, Commitment, Contract, ContractStatus, KEEP_QUALITY_POINTS, RoutingTerms, WorkloadTerms,
};
use crate::model::magnitudes;

const STATUSES: Choices<ContractStatus> =
    &[("signed", ContractStatus::Signed), ("offered", ContractStatus::Offered)];
/// The word that switches a rule off.
const NONE: &str = "none";

/// One entry of `contracts`.
pub(crate) fn contract(at: &At<'_>) -> Contract {
    let f = at.fields();
    let usd = |key| f.opt_number(key, Range::within(magnitudes::USD)).unwrap_or(0.0);
    let decoded = Contract {
        host: f.text("host"),
        status: f.opt_choice("status", STATUSES).unwrap_or_default(),
        fixed_usd_per_year: usd("fixed_usd_per_year"),
        discount: f.opt_number("discount", Range::BELOW_ONE).unwrap_or(0.0),
        commitment: f.optional("commitment").map(|at| commitment(&at)),
        minimum_usd_per_month: usd("minimum_usd_per_month"),
        exit_usd: usd("exit_usd"),
        ends: f.optional("ends").and_then(|at| at.day()),
    };
    f.close();
    decoded
}

fn commitment(at: &At<'_>) -> Commitment {
    let f = at.fields();
    let decoded = Commitment {
        usd: f.number("usd", Range::within(magnitudes::USD)),
        within_days: f.required("within").and_then(|at| at.horizon()).unwrap_or(1.0),
    };
    f.close();
    decoded
}

/// The portfolio's `change`.
pub(crate) fn change(at: &At<'_>) -> ChangeTerms {
    let f = at.fields();
    let standard = ChangeTerms::default();
    let usd = |key, standard| f.opt_number(key, Range::within(magnitudes::USD)).unwrap_or(standard);
    let decoded = ChangeTerms {
        qualify_model_usd: usd("qualify_model_usd", standard.qualify_model_usd),
        qualify_host_usd: usd("qualify_host_usd", standard.qualify_host_usd),
        host_fixed_usd_per_year: usd("host_fixed_usd_per_year", standard.host_fixed_usd_per_year),
        spread_over_days: f
            .optional("spread_over")
            .and_then(|at| at.horizon())
            .unwrap_or(standard.spread_over_days),
    };
    f.close();
    decoded
}

/// The portfolio's `routing`.
pub(crate) fn routing(at: &At<'_>) -> RoutingTerms {
    let (smallest_share, most_offers) = routing_keys(at);
    let standard = RoutingTerms::default();
    RoutingTerms {
        smallest_share: smallest_share.unwrap_or(standard.smallest_share),
        most_offers: most_offers.unwrap_or(standard.most_offers),
    }
}

fn routing_keys(at: &At<'_>) -> (Option<f64>, Option<Option<usize>>) {
    let f = at.fields();
    let keys = (
        f.opt_number("smallest_share", Range::SHARE),
        f.optional("most_offers")
            .map(|at| switchable(&at, Range::within(magnitudes::KEYS)).map(|n| n.floor() as usize)),
    );
    f.close();
    keys
}

/// The portfolio's `keep_quality`, points.
pub(crate) fn keep_quality(f: &Fields<'_>) -> Option<f64> {
    own_keep_quality(f).unwrap_or(Some(KEEP_QUALITY_POINTS))
}

fn own_keep_quality(f: &Fields<'_>) -> Option<Option<f64>> {
    f.optional("keep_quality").map(|at| switchable(&at, Range::within(magnitudes::POINTS)))
}

/// A workload's own keys.
pub(crate) fn workload_terms(f: &Fields<'_>) -> WorkloadTerms {
    let (smallest_share, most_offers) = f.optional("routing").map(|at| routing_keys(&at)).unwrap_or_default();
    let qualify_model_usd = f.optional("change").and_then(|at| {
        let f = at.fields();
        let usd = f.opt_number("qualify_model_usd", Range::within(magnitudes::USD));
        f.close();
        usd
    });
    WorkloadTerms {
        qualify_model_usd,
        smallest_share,
        most_offers,
        keep_quality: own_keep_quality(f),
        quality_usd_per_point_per_month: f
            .opt_number("quality_usd_per_point_per_month", Range::within(magnitudes::USD))
            .unwrap_or(0.0),
    }
}

/// A number, or `none`, which switches the rule off.
fn switchable(at: &At<'_>, range: Range) -> Option<f64> {
    match &at.node.value {
        YamlValue::Text(text) if text == NONE => None,
        _ => at.number(range),
    }
}
