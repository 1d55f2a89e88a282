//! `model_list`: the deployments, without their secrets.

use std::collections::BTreeMap;

use super::nodes::{Problems, YamlAt};
use crate::model::gateway::Deployment;

/// Keys that state a region, the strongest first.
const REGION_KEYS: [&str; 4] = ["region_name", "aws_region_name", "vertex_location", "watsonx_region_name"];
/// Keys of an endpoint's address.
const ENDPOINT_KEYS: [&str; 3] = ["api_base", "base_url", "aws_bedrock_runtime_endpoint"];

/// What a named credential says besides secrets.
#[derive(Default)]
pub(super) struct Credential {
    endpoint: Option<String>,
    regions: Vec<(&'static str, String)>,
}

/// Named credentials: where their endpoints are, and nothing else.
pub(super) fn credentials(parts: &[YamlAt<'_>]) -> BTreeMap<String, Credential> {
    let entries = parts.iter().flat_map(|part| part.items());
    let named = entries.filter_map(|entry| {
        let values = entry.get("credential_values")?;
        let credential = Credential { endpoint: endpoint(values), regions: regions(values) };
        Some((entry.get("credential_name")?.raw()?.to_owned(), credential))
    });
    named.collect()
}

/// Every deployment of the list.
pub(super) fn deployments(
    parts: &[YamlAt<'_>],
    credentials: &BTreeMap<String, Credential>,
    problems: &mut Problems,
) -> Vec<Deployment> {
    let mut all = Vec::new();
    for part in parts {
        if !part.is_list() {
            let message = format!("'model_list' is a list of deployments, and not {}", part.kind());
            problems.error(*part, "wrong-type", message, "begin each deployment with '- model_name:'");
        }
        for entry in part.items() {
            all.extend(deployment(entry, credentials, problems));
        }
    }
    all
}

fn deployment(
    entry: YamlAt<'_>,
    credentials: &BTreeMap<String, Credential>,
    problems: &mut Problems,
) -> Option<Deployment> {
    let mut missing = |what: &str, help: &str| {
        problems.error(entry, "missing-key", format!("a deployment has no '{what}'"), help);
        None
    };
    let Some(group) = entry.get("model_name").and_then(YamlAt::placed) else {
        return missing("model_name", "write the name that callers ask for");
    };
    let Some(params) = entry.get("litellm_params").filter(|params| params.is_map()) else {
        return missing("litellm_params", "write 'litellm_params: {model: ...}'");
    };
    let Some(model) = params.get("model").and_then(YamlAt::placed) else {
        return missing("litellm_params.model", "write provider and model, such as azure/gpt-4.1");
    };
    let credential = params.get("litellm_credential_name").and_then(|name| credentials.get(name.raw()?));
    let info = entry.get("model_info");
    let of_info = |key: &str| info.and_then(|info| info.get(key));
    let text = |key: &str| params.get(key).and_then(YamlAt::text);
    let amount = |key: &str| params.get(key).and_then(YamlAt::amount);
    let cost = |key: &str| amount(key).or_else(|| of_info(key).and_then(YamlAt::amount));
    let planner = |key: &str| of_info("planner").and_then(|planner| planner.get(key)?.text());
    let mut regions = regions(params);
    regions.extend(credential.iter().flat_map(|credential| credential.regions.iter().cloned()));
    let is_made_up = ["mock_response", "mock_timeout"].iter().any(|key| params.get(key).is_some());
    Some(Deployment {
        place: group.place,
        model_place: model.place,
        group: group.text,
        model: model.text,
        provider: text("custom_llm_provider"),
        endpoint: endpoint(params).or_else(|| credential.and_then(|credential| credential.endpoint.clone())),
        regions,
        base_model: of_info("base_model").and_then(YamlAt::text).or_else(|| text("base_model")),
        id: of_info("id").and_then(YamlAt::text),
        planned_offer: planner("offer"),
        planned_readiness: planner("readiness"),
        weight: amount("weight"),
        order: amount("order"),
        rpm: amount("rpm"),
        tpm: amount("tpm"),
        input_usd_per_token: cost("input_cost_per_token"),
        output_usd_per_token: cost("output_cost_per_token"),
        tags: params
            .get("tags")
            .map(|tags| tags.items().into_iter().filter_map(YamlAt::text).collect())
            .unwrap_or_default(),
        mode: of_info("mode").and_then(YamlAt::text),
        is_idle: is_made_up || of_info("blocked").is_some_and(YamlAt::is_on),
    })
}

fn regions(params: YamlAt<'_>) -> Vec<(&'static str, String)> {
    let stated = |key: &'static str| {
        let text = params.get(key)?.text()?;
        // What the environment holds is not known here.
        (!text.starts_with("os.environ/")).then_some((key, text))
    };
    REGION_KEYS.into_iter().filter_map(stated).collect()
}

/// The host name of the address; `None` when it comes from the environment.
fn endpoint(params: YamlAt<'_>) -> Option<String> {
    let address = ENDPOINT_KEYS.iter().find_map(|key| params.get(key)?.raw())?;
    host_name(address)
}

/// The host name in an address, in lower case: no scheme, user, port, path or query.
fn host_name(address: &str) -> Option<String> {
    if address.starts_with("os.environ/") {
        return None;
    }
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split(':').next().unwrap_or_default().to_lowercase();
    let is_name = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    (!host.is_empty() && host.chars().all(is_name)).then(|| super::secrets::shown(&host))
}

#[cfg(test)]
mod tests {
    use super::host_name;

    #[test]
    fn of_an_address_only_the_host_name_is_kept() {
        let host = |address: &str| host_name(address).unwrap_or_default();
        assert_eq!(
            host("https://user:secret@Contoso-SwedenCentral.openai.azure.com:443/x?key=s"),
            "contoso-swedencentral.openai.azure.com"
        );
        assert_eq!(host("http://10.0.0.7:8000/v1"), "10.0.0.7");
        assert_eq!(host("openrouter.ai/api/v1"), "openrouter.ai");
        assert_eq!(host("os.environ/AZURE_BASE"), "");
        assert_eq!(host("https://"), "");
    }
}
