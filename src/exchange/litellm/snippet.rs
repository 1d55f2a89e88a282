//! Writing a plan as a part of LiteLLM's configuration, ready to be merged by a person.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::exchange::portfolio_yaml::quoted;
use crate::ids::OfferId;
use crate::study::gateway::export::ExportedGroup;

/// Providers of LiteLLM by host; other hosts are called as one that speaks OpenAI's protocol.
const PROVIDERS: [(&str, &str); 30] = [
    ("ai21", "ai21"),
    ("alibaba-intl", "dashscope"),
    ("anthropic", "anthropic"),
    ("aws-bedrock", "bedrock"),
    ("azure", "azure"),
    ("baseten", "baseten"),
    ("cerebras", "cerebras"),
    ("cohere", "cohere_chat"),
    ("deepinfra", "deepinfra"),
    ("deepseek", "deepseek"),
    ("fireworks", "fireworks_ai"),
    ("friendli", "friendliai"),
    ("google", "gemini"),
    ("google-vertex", "vertex_ai"),
    ("groq", "groq"),
    ("meta", "meta_llama"),
    ("minimax-intl", "minimax"),
    ("mistral", "mistral"),
    ("moonshot-intl", "moonshot"),
    ("nebius", "nebius"),
    ("nscale", "nscale"),
    ("openai", "openai"),
    ("ovhcloud", "ovhcloud"),
    ("publicai", "publicai"),
    ("sambanova", "sambanova"),
    ("scaleway", "scaleway"),
    ("self", "hosted_vllm"),
    ("together", "together_ai"),
    ("xai", "xai"),
    ("zai-intl", "zai"),
];
/// The protocol of hosts that LiteLLM has no name for.
const OPENAI_PROTOCOL: &str = "openai";
/// Providers whose endpoint's address is the company's own, or the host's without a name in LiteLLM.
const NEED_ADDRESS: [&str; 2] = ["azure", "hosted_vllm"];
/// Order of what serves first; standbys follow.
const FIRST_ORDER: usize = 1;

/// What a deployment is for.
enum Part {
    Primary { weight: u32 },
    Hot { order: usize },
    Warm { order: usize },
}

/// The part of a configuration that routes as the plan says: `model_list` and `router_settings`.
///
/// `origins`: country of the developer by model. `from`: name of the plan.
#[must_use]
pub fn snippet(groups: &[ExportedGroup], origins: &BTreeMap<String, String>, from: &str) -> String {
    let mut text = String::new();
    let mut line = |line: String| {
        // Writing into memory does not fail.
        let _ = writeln!(text, "{line}");
    };
    line(format!("# A part of LiteLLM's configuration that routes like {from}: merge it into yours."));
    line("# Models have the catalog's names: write the host's own, or that of your deployment, and keep model_info.".to_owned());
    line("# Keys and addresses come from the environment.".to_owned());
    line("model_list:".to_owned());
    let mut fallbacks = Vec::new();
    let mut aliases = Vec::new();
    for group in groups {
        line(format!("  # {}: users in {}", group.name, group.users.join(", ")));
        for (offer, weight) in &group.primaries {
            deployment(&mut line, (&group.name, group), offer, &Part::Primary { weight: *weight }, origins);
        }
        for (nth, offer) in group.hot.iter().enumerate() {
            let part = Part::Hot { order: FIRST_ORDER + 1 + nth };
            deployment(&mut line, (&group.name, group), offer, &part, origins);
        }
        let waiting = format!("{}-standby", group.name);
        for (nth, offer) in group.warm.iter().enumerate() {
            let part = Part::Warm { order: FIRST_ORDER + nth };
            deployment(&mut line, (&waiting, group), offer, &part, origins);
        }
        if !group.warm.is_empty() {
            fallbacks.push(format!("    - {}: [{}]", quoted(&group.name), quoted(&waiting)));
        }
        aliases.extend(
            group.aliases.iter().map(|alias| format!("    {}: {}", quoted(alias), quoted(&group.name))),
        );
    }
    line(String::new());
    line("router_settings:".to_owned());
    line("  routing_strategy: simple-shuffle".to_owned());
    line("  enable_pre_call_checks: true".to_owned());
    line("  max_fallbacks: 5".to_owned());
    for (key, entries) in [("fallbacks", fallbacks), ("model_group_alias", aliases)] {
        if !entries.is_empty() {
            line(format!("  {key}:"));
            entries.into_iter().for_each(&mut line);
        }
    }
    text
}

fn deployment(
    line: &mut impl FnMut(String),
    (name, group): (&str, &ExportedGroup),
    offer: &OfferId,
    part: &Part,
    origins: &BTreeMap<String, String>,
) {
    let listed = PROVIDERS.iter().find(|(host, _)| *host == offer.host).map(|(_, provider)| *provider);
    let provider = listed.unwrap_or(OPENAI_PROTOCOL);
    let variable = variable(offer);
    line(format!("  - model_name: {}", quoted(name)));
    line("    litellm_params:".to_owned());
    line(format!("      model: {}", quoted(&format!("{provider}/{}", offer.model))));
    if NEED_ADDRESS.contains(&provider) || listed.is_none() {
        line(format!("      api_base: os.environ/{variable}_API_BASE"));
    }
    line(format!("      api_key: os.environ/{variable}_API_KEY"));
    line(format!("      region_name: {}", quoted(&offer.region.to_lowercase())));
    match part {
        Part::Primary { weight } => {
            line(format!("      weight: {weight}"));
            line(format!("      order: {FIRST_ORDER}"));
        }
        Part::Hot { order } | Part::Warm { order } => line(format!("      order: {order}")),
    }
    let mut tags = vec![format!("host:{}", offer.host), format!("zone:{}", offer.region.to_lowercase())];
    tags.extend(origins.get(&offer.model).map(|country| format!("origin:{country}")));
    let tags: Vec<String> = tags.iter().map(|tag| quoted(tag)).collect();
    line(format!("      tags: [{}]", tags.join(", ")));
    line("    model_info:".to_owned());
    line(format!("      id: {}", quoted(&format!("{name}|{offer}"))));
    if provider == "azure" {
        line(format!("      base_model: {}", quoted(&format!("azure/{}", offer.model))));
    }
    let readiness = match part {
        Part::Primary { .. } => "",
        Part::Hot { .. } => ", readiness: hot",
        Part::Warm { .. } => ", readiness: warm",
    };
    let (workload, offer) = (quoted(&group.workload), quoted(&offer.to_string()));
    line(format!("      planner: {{workload: {workload}, offer: {offer}{readiness}}}"));
}

/// The name of a variable for a host and region: `AWS_BEDROCK_EU`.
fn variable(offer: &OfferId) -> String {
    let name = format!("{}_{}", offer.host, offer.region).to_uppercase();
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}
