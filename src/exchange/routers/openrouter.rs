//! A plan as requests of OpenRouter: models in their order, and the providers that may serve them.
//!
//! A request has no weights: the first provider that answers takes it. Regions and machines of one's own have no place in it either.
//! What is not carried is listed beside the requests.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::ids::{OfferId, SELF_HOST};
use crate::study::gateway::export::ExportedGroup;

/// Providers of OpenRouter by host.
const PROVIDERS: [(&str, &str); 24] = [
    ("ai21", "ai21"),
    ("alibaba-intl", "alibaba"),
    ("anthropic", "anthropic"),
    ("aws-bedrock", "amazon-bedrock"),
    ("azure", "azure"),
    ("baseten", "baseten"),
    ("cerebras", "cerebras"),
    ("cohere", "cohere"),
    ("deepinfra", "deepinfra"),
    ("deepseek", "deepseek"),
    ("fireworks", "fireworks"),
    ("friendli", "friendli"),
    ("google", "google-ai-studio"),
    ("google-vertex", "google-vertex"),
    ("groq", "groq"),
    ("minimax-intl", "minimax"),
    ("mistral", "mistral"),
    ("moonshot-intl", "moonshotai"),
    ("nebius", "nebius"),
    ("openai", "openai"),
    ("sambanova", "sambanova"),
    ("together", "together"),
    ("xai", "xai"),
    ("zai-intl", "z-ai"),
];
/// What the names of models begin with, where it is not the developer's id.
const NAMESPACES: [(&str, &str); 6] = [
    ("alibaba", "qwen"),
    ("meta", "meta-llama"),
    ("mistral", "mistralai"),
    ("moonshot", "moonshotai"),
    ("xai", "x-ai"),
    ("zhipu", "z-ai"),
];

/// The requests of a plan by group, and what they do not carry.
///
/// `developers`: developer by model. `is_public`: whether the data of a workload may be kept by providers.
#[must_use]
pub fn requests(
    groups: &[ExportedGroup],
    developers: &BTreeMap<String, String>,
    is_public: &dyn Fn(&str) -> bool,
) -> String {
    let mut requests = Map::new();
    let mut not_carried: Vec<String> = Vec::new();
    for group in groups {
        let mut serving: Vec<&(OfferId, u32)> = group.primaries.iter().collect();
        serving.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        if serving.len() > 1 {
            let shares: Vec<String> =
                serving.iter().map(|(offer, weight)| format!("{offer} {weight}")).collect();
            not_carried.push(format!(
                "{}: weights ({}); the first that answers serves",
                group.name,
                shares.join(", ")
            ));
        }
        let order = serving.iter().map(|(offer, _)| offer).chain(&group.hot).chain(&group.warm);
        let (mut models, mut providers): (Vec<String>, Vec<&str>) = (Vec::new(), Vec::new());
        for offer in order {
            let Some((_, provider)) = PROVIDERS.iter().find(|(host, _)| *host == offer.host) else {
                let why = if offer.host == SELF_HOST {
                    "machines of one's own"
                } else {
                    "a host that it does not offer"
                };
                not_carried.push(format!("{}: {offer}, {why}", group.name));
                continue;
            };
            let model = model_name(offer, developers);
            if !models.contains(&model) {
                models.push(model);
            }
            if !providers.contains(provider) {
                providers.push(provider);
            }
            not_carried.push(format!("{}: {offer}, that it runs in {}", group.name, offer.region));
        }
        if models.is_empty() {
            continue;
        }
        let collection = if is_public(&group.workload) { "allow" } else { "deny" };
        let request = json!({
            "model": models[0],
            "models": models,
            "provider": {
                "order": providers,
                "only": providers,
                "allow_fallbacks": providers.len() > 1,
                "data_collection": collection,
            },
        });
        requests.insert(group.name.clone(), request);
        for alias in &group.aliases {
            requests.insert(alias.clone(), requests[&group.name].clone());
        }
    }
    not_carried.sort();
    not_carried.dedup();
    format!("{:#}\n", json!({"requests": Value::Object(requests), "not_carried": not_carried}))
}

/// The catalog's name with the namespace of its developer.
fn model_name(offer: &OfferId, developers: &BTreeMap<String, String>) -> String {
    let developer = developers.get(&offer.model).map_or("", String::as_str);
    let space = NAMESPACES.iter().find(|(id, _)| *id == developer).map_or(developer, |(_, space)| space);
    format!("{space}/{}", offer.model)
}
