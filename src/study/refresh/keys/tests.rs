//! One key of every form that LiteLLM and model-prices write, and what it stands for.

use super::*;
use crate::model::example::Example;
use crate::model::words::Openness;

fn catalog() -> Catalog {
    let mut example = Example::new();
    let hosts = LITELLM_HOSTS.iter().chain(&LAB_HOSTS).map(|(_, host)| *host).chain([VERTEX]);
    for host in hosts.collect::<std::collections::BTreeSet<_>>() {
        example.supplier(host, "US", &[]);
    }
    for id in [
        "gpt-5-mini",
        "gpt-oss-20b",
        "claude-haiku-4.5",
        "claude-opus-5",
        "deepseek-v3",
        "deepseek-v3.2",
        "gemini-2.5-pro",
        "llama-3.3-70b",
        "llama-4-maverick",
        "llama-3.1-8b",
        "glm-5.2",
        "kimi-k2.6",
        "qwen3-235b",
        "deepseek-v4-pro",
        "mistral-large-4",
        "deepseek-r1",
        "nova-2-lite",
    ] {
        example.model(id, "openai", Openness::Closed, None);
    }
    let mut catalog = example.catalog;
    let qwen = catalog.models.iter_mut().find(|m| m.id == "qwen3-235b").unwrap();
    qwen.name = "Qwen3 235B-A22B (Instruct 2507)".to_owned();
    catalog
}

#[track_caller]
fn read(kind: PriceListKind, provider: &str, key: &str) -> Result<String, SetAside> {
    let catalog = catalog();
    let entry = ListedPrice { key: key.to_owned(), provider: provider.to_owned(), ..ListedPrice::default() };
    let meaning = KeyReader::new(kind, &catalog).meaning(&entry)?;
    let zone = match meaning.zone {
        Zone::Named(region) => region,
        Zone::InRegion => "in region".to_owned(),
        Zone::Worldwide => "worldwide".to_owned(),
    };
    Ok(format!("{} {} {zone}", meaning.model, meaning.host))
}

#[test]
fn every_form_of_litellm_is_read() {
    for (provider, key, expected) in [
        ("openai", "gpt-5-mini", "gpt-5-mini openai worldwide"),
        ("openai", "eu/gpt-5-mini", "gpt-5-mini openai EU"),
        ("azure", "azure/gpt-5-mini", "gpt-5-mini azure worldwide"),
        ("azure", "azure/global/gpt-5-mini", "gpt-5-mini azure worldwide"),
        ("azure", "azure/eu/gpt-5-mini-2025-08-07", "gpt-5-mini azure EU"),
        ("azure", "azure/us/gpt-5-mini", "gpt-5-mini azure US"),
        ("azure_ai", "azure_ai/Llama-4-Maverick-17B-128E-Instruct-FP8", "llama-4-maverick azure worldwide"),
        ("anthropic", "claude-haiku-4-5-20251001", "claude-haiku-4.5 anthropic worldwide"),
        (
            "bedrock_converse",
            "anthropic.claude-haiku-4-5-20251001-v1:0",
            "claude-haiku-4.5 aws-bedrock in region",
        ),
        (
            "bedrock_converse",
            "us.anthropic.claude-haiku-4-5-20251001-v1:0",
            "claude-haiku-4.5 aws-bedrock US",
        ),
        ("bedrock_converse", "eu.anthropic.claude-opus-5", "claude-opus-5 aws-bedrock EU"),
        ("bedrock_converse", "jp.amazon.nova-2-lite-v1:0", "nova-2-lite aws-bedrock JP"),
        ("bedrock_converse", "au.anthropic.claude-opus-5", "claude-opus-5 aws-bedrock AU"),
        ("bedrock_converse", "global.anthropic.claude-opus-5", "claude-opus-5 aws-bedrock worldwide"),
        ("bedrock", "bedrock/eu-central-1/zai.glm-5.2", "glm-5.2 aws-bedrock DE"),
        ("bedrock", "bedrock/ap-southeast-2/anthropic.claude-opus-5", "claude-opus-5 aws-bedrock AU"),
        ("bedrock_mantle", "bedrock_mantle/openai.gpt-oss-20b", "gpt-oss-20b aws-bedrock in region"),
        ("bedrock_converse", "deepseek.v3.2", "deepseek-v3.2 aws-bedrock in region"),
        ("bedrock_converse", "us.deepseek.r1-v1:0", "deepseek-r1 aws-bedrock US"),
        ("bedrock_converse", "us.meta.llama3-1-8b-instruct-v1:0", "llama-3.1-8b aws-bedrock US"),
        ("vertex_ai-language-models", "gemini-2.5-pro", "gemini-2.5-pro google-vertex worldwide"),
        (
            "vertex_ai-anthropic_models",
            "vertex_ai/claude-haiku-4-5@20251001",
            "claude-haiku-4.5 google-vertex worldwide",
        ),
        (
            "vertex_ai-deepseek_models",
            "vertex_ai/deepseek-ai/deepseek-v3.2-maas",
            "deepseek-v3.2 google-vertex worldwide",
        ),
        ("gemini", "gemini/gemini-2.5-pro", "gemini-2.5-pro google worldwide"),
        ("together_ai", "together_ai/openai/gpt-oss-20b", "gpt-oss-20b together worldwide"),
        (
            "together_ai",
            "together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo",
            "llama-3.3-70b together worldwide",
        ),
        (
            "fireworks_ai",
            "fireworks_ai/accounts/fireworks/models/deepseek-v4-pro",
            "deepseek-v4-pro fireworks worldwide",
        ),
        ("deepinfra", "deepinfra/zai-org/GLM-5.2", "glm-5.2 deepinfra worldwide"),
        ("baseten", "baseten/moonshotai/Kimi-K2.6", "kimi-k2.6 baseten worldwide"),
        ("dashscope", "dashscope/qwen3-235b-a22b-instruct-2507", "qwen3-235b alibaba-intl worldwide"),
        ("deepseek", "deepseek/deepseek-v4-pro", "deepseek-v4-pro deepseek worldwide"),
        ("mistral", "mistral/mistral-large-4", "mistral-large-4 mistral worldwide"),
        ("scaleway", "scaleway/glm-5.2", "glm-5.2 scaleway worldwide"),
    ] {
        assert_eq!(read(PriceListKind::LiteLlm, provider, key).as_deref(), Ok(expected), "{key}");
    }
}

#[test]
fn what_a_key_does_not_say_for_certain_is_not_guessed() {
    for (provider, key, expected) in [
        ("azure", "azure/apac/gpt-5-mini", SetAside::Region),
        ("azure", "azure/mars/gpt-5-mini", SetAside::Region),
        ("bedrock_converse", "apac.anthropic.claude-opus-5", SetAside::Region),
        ("bedrock", "bedrock/us-gov-west-1/anthropic.claude-opus-5", SetAside::Region),
        ("bedrock", "bedrock/*/1-month-commitment/anthropic.claude-opus-5", SetAside::Region),
        ("perplexity", "perplexity/anthropic/claude-opus-5", SetAside::Host),
        ("", "claude-opus-5", SetAside::Host),
        ("openai", "gpt-5-mini-search", SetAside::Model),
        ("openai", "gpt-5-miní", SetAside::Model),
        // Builds with a name of their own.
        ("fireworks_ai", "fireworks_ai/deepseek-v4-pro-0813", SetAside::Model),
        ("dashscope", "dashscope/qwen3-235b-a22b", SetAside::Model),
        // V3.1 of DeepSeek.
        ("bedrock_converse", "deepseek.v3-v1:0", SetAside::Model),
        ("openai", "", SetAside::Model),
        ("openai", "////", SetAside::Region),
        ("bedrock", "....", SetAside::Model),
    ] {
        assert_eq!(read(PriceListKind::LiteLlm, provider, key), Err(expected), "{key}");
    }
}

#[test]
fn a_lab_of_model_prices_is_its_own_host() {
    let read = |lab: &str, model: &str| read(PriceListKind::ModelPrices, lab, &format!("{lab}/{model}"));
    assert_eq!(read("openai", "gpt-5-mini").as_deref(), Ok("gpt-5-mini openai worldwide"));
    assert_eq!(read("moonshotai", "kimi-k2.6").as_deref(), Ok("kimi-k2.6 moonshot-intl worldwide"));
    assert_eq!(read("cursor", "composer-3"), Err(SetAside::Host));
}

#[test]
fn a_name_that_means_two_models_means_none() {
    let mut catalog = catalog();
    let mut twin = catalog.models[0].clone();
    twin.id = "gpt-5-mini-chat".to_owned();
    twin.name = "GPT-5 mini".to_owned();
    catalog.models.push(twin);
    let entry =
        ListedPrice { key: "gpt-5-mini".to_owned(), provider: "openai".to_owned(), ..ListedPrice::default() };
    let reader = KeyReader::new(PriceListKind::LiteLlm, &catalog);
    assert_eq!(reader.meaning(&entry), Err(SetAside::Model));
}

/// The tables are searched from the front, so an id that stands twice would hide the second.
#[test]
fn no_provider_region_or_name_stands_twice() {
    let unique =
        |names: Vec<&str>| names.iter().collect::<std::collections::BTreeSet<_>>().len() == names.len();
    assert!(unique(LITELLM_HOSTS.iter().map(|(name, _)| *name).collect()));
    assert!(unique(LAB_HOSTS.iter().map(|(name, _)| *name).collect()));
    assert!(unique(ZONES.iter().chain(&AWS_REGIONS).map(|(name, _)| *name).collect()));
    assert!(
        OTHER_NAMES
            .iter()
            .all(|(name, _)| spelled(name) == *name && shortened(name) == *name || name.ends_with("turbo"))
    );
}
