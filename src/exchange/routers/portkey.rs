//! A plan as configs of Portkey: primaries balanced by weight, then standbys as fallbacks.
//!
//! A target names a provider that the company sets up in Portkey, here one for each host and region: `@azure-se`. The region itself is
//! a part of that provider, and not of the config.

use serde_json::{Map, Value, json};

use crate::ids::OfferId;
use crate::study::gateway::export::ExportedGroup;

/// The configs of a plan by group.
#[must_use]
pub fn configs(groups: &[ExportedGroup]) -> String {
    let mut configs = Map::new();
    for group in groups {
        let total: u32 = group.primaries.iter().map(|(_, weight)| weight).sum();
        let weighted = |(offer, weight): &(OfferId, u32)| {
            let mut target = target(offer);
            target["weight"] = json!(f64::from(*weight) / f64::from(total.max(1)));
            target
        };
        let first = match &group.primaries[..] {
            [(only, _)] => target(only),
            several => json!({
                "strategy": {"mode": "loadbalance"},
                "targets": several.iter().map(weighted).collect::<Vec<Value>>(),
            }),
        };
        let waiting: Vec<Value> = group.hot.iter().chain(&group.warm).map(target).collect();
        let config = if waiting.is_empty() && first.get("strategy").is_some() {
            first
        } else if waiting.is_empty() {
            json!({"strategy": {"mode": "single"}, "targets": [first]})
        } else {
            let targets: Vec<Value> = std::iter::once(first).chain(waiting).collect();
            json!({"strategy": {"mode": "fallback"}, "targets": targets})
        };
        for name in std::iter::once(&group.name).chain(&group.aliases) {
            configs.insert(name.clone(), config.clone());
        }
    }
    format!("{:#}\n", Value::Object(configs))
}

fn target(offer: &OfferId) -> Value {
    let provider = format!("@{}-{}", offer.host, offer.region.to_lowercase());
    json!({"provider": provider, "override_params": {"model": offer.model}})
}
