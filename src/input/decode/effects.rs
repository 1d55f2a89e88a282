//! Decoder of effects written out (methodology/shocks.md), one per entry.

use super::Fields;
use super::scalars::Range;
use super::selectors::{required_set, selector, selector_or_all};
use crate::input::at::At;
use crate::input::tree::YamlValue;
use crate::model::magnitudes::{PRICE_FACTOR, USD};
use crate::model::selector::Selector;
use crate::model::shock::EffectEntry;

/// The keys of effects; each entry has exactly one of them.
const EFFECTS: [&str; 8] = [
    "unavailable",
    "no_new",
    "stop",
    "cut",
    "stale",
    "price_times",
    "capacity_times",
    "one_off_usd_per_workload",
];

/// One entry of `effects`.
pub(crate) fn effect(at: &At<'_>) -> EffectEntry {
    let f = at.fields();
    let named: Vec<&str> = EFFECTS.into_iter().filter(|key| f.has(key)).collect();
    for key in EFFECTS {
        f.know(key);
    }
    f.know("where");
    let nothing = EffectEntry::Stale(Selector::default());
    let decoded = match named.as_slice() {
        [] => {
            let help = Some(format!("write one of {}", EFFECTS.join(", ")));
            at.error("missing-key", "no effect is named".into(), help);
            nothing
        }
        [one] => {
            let effect = one_effect(&f, one);
            if f.has("where") && !one.contains("_times") && *one != "one_off_usd_per_workload" {
                let help = Some(format!("write the selector as the value of '{one}'"));
                at.key("where").error_at_key(
                    "conflicting-keys",
                    format!("'{one}' does not take 'where'"),
                    help,
                );
            }
            effect
        }
        several => {
            let message = format!("one entry names several effects: {}", several.join(", "));
            at.error("conflicting-keys", message, Some("write one entry per effect".into()));
            nothing
        }
    };
    f.close();
    decoded
}

fn one_effect(f: &Fields<'_>, key: &str) -> EffectEntry {
    match key {
        "unavailable" => EffectEntry::Unavailable(of(f, "unavailable")),
        "no_new" => EffectEntry::NoNew(of(f, "no_new")),
        "stop" => stop(f),
        "cut" => cut(f),
        "price_times" => EffectEntry::PriceTimes {
            factor: f.number("price_times", Range::within(PRICE_FACTOR)),
            selector: selector_or_all(f, "where"),
        },
        "capacity_times" => EffectEntry::CapacityTimes {
            factor: f.number("capacity_times", Range::SHARE),
            selector: selector_or_all(f, "where"),
        },
        "one_off_usd_per_workload" => EffectEntry::OneOff {
            usd_per_workload: f.number("one_off_usd_per_workload", Range::within(USD)),
            selector: selector_or_all(f, "where"),
        },
        _ => EffectEntry::Stale(of(f, "stale")),
    }
}

/// The selector that is the effect's value.
fn of(f: &Fields<'_>, key: &'static str) -> Selector {
    f.required(key).map(|at| selector(&at)).unwrap_or_default()
}

fn stop(f: &Fields<'_>) -> EffectEntry {
    let Some(at) = f.required("stop") else { return EffectEntry::Stale(Selector::default()) };
    let nodes = at.fields();
    let names = |key| nodes.optional(key).map(|at| at.some_texts()).unwrap_or_default();
    let (suppliers, hosts, host_sites, hardware) =
        (names("supplier"), names("host"), names("host_site"), names("hardware"));
    let is_map = matches!(at.node.value, YamlValue::Map(_));
    if is_map && suppliers.is_empty() && hosts.is_empty() && host_sites.is_empty() && hardware.is_empty() {
        at.error(
            "missing-key",
            "nothing is named".into(),
            Some("write at least one of supplier, host, host_site, hardware".into()),
        );
    }
    nodes.close();
    EffectEntry::Stop { suppliers, hosts, host_sites, hardware }
}

fn cut(f: &Fields<'_>) -> EffectEntry {
    let Some(at) = f.required("cut") else { return EffectEntry::Stale(Selector::default()) };
    let inner = at.fields();
    let decoded =
        EffectEntry::Cut { hardware: inner.some_ids("hardware"), region: required_set(&inner, "region") };
    inner.close();
    decoded
}
