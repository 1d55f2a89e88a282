//! Settings of the router: strategy, retries, fallbacks, aliases, and keys that it does not know.

use super::nodes::{Problems, YamlAt, quoted_key};
use super::secrets::shown;
use crate::ids::nearest;
use crate::model::gateway::{
    FallbackEntry, FallbackKind, GatewayConfig, GroupAlias, PlacedText, UnknownRouterKey,
};

/// Keys of `router_settings` that LiteLLM 1.110.2 takes; it refuses to start with any other.
const ROUTER_KEYS: [&str; 57] = [
    "alerting_config",
    "allowed_fails",
    "allowed_fails_policy",
    "assistants_config",
    "auto_router_capability_limit",
    "background_health_check_model_groups",
    "cache_kwargs",
    "cache_responses",
    "caching_groups",
    "client_ttl",
    "content_policy_fallbacks",
    "context_window_fallbacks",
    "cooldown_time",
    "debug_level",
    "default_fallbacks",
    "default_litellm_params",
    "default_max_parallel_requests",
    "default_priority",
    "deployment_affinity_ttl_seconds",
    "disable_cooldowns",
    "enable_health_check_routing",
    "enable_mid_stream_fallback_continuation",
    "enable_pre_call_checks",
    "enable_tag_filtering",
    "enable_weighted_failover",
    "fallback_access_check",
    "fallback_budget_check",
    "fallback_on_unsupported_params",
    "fallbacks",
    "guardrail_list",
    "health_check_ignore_transient_errors",
    "health_check_staleness_threshold",
    "ignore_invalid_deployments",
    "max_fallbacks",
    "model_group_affinity_config",
    "model_group_alias",
    "model_group_retry_policy",
    "num_retries",
    "optional_pre_call_checks",
    "plugins",
    "polling_interval",
    "provider_budget_config",
    "redis_db",
    "redis_host",
    "redis_password",
    "redis_port",
    "redis_url",
    "retry_after",
    "retry_policy",
    "router_general_settings",
    "routing_groups",
    "routing_strategy",
    "routing_strategy_args",
    "search_tools",
    "session_affinity_repin_on_failover",
    "set_verbose",
    "stream_timeout",
];
/// More of them, which are also keys of other sections.
const SHARED_KEYS: [&str; 3] = ["tag_filtering_match_any", "tag_routing_prefix", "timeout"];

/// Reads both sections; what both state holds as in `router_settings`.
pub(super) fn read(
    config: &mut GatewayConfig,
    router: Option<YamlAt<'_>>,
    litellm: Option<YamlAt<'_>>,
    problems: &mut Problems,
) {
    let get = |key: &str| {
        router
            .and_then(|settings| settings.get(key))
            .or_else(|| litellm.and_then(|settings| settings.get(key)))
    };
    if let Some(settings) = router {
        config.unknown_router_keys = unknown_keys(settings);
    }
    let settings = &mut config.router;
    if let Some(strategy) = get("routing_strategy").and_then(YamlAt::text) {
        settings.strategy = strategy;
    }
    for group in get("routing_groups").map(YamlAt::items).unwrap_or_default() {
        let Some(strategy) = group.get("routing_strategy").and_then(YamlAt::text) else { continue };
        let models = group.get("models").map(YamlAt::items).unwrap_or_default();
        settings
            .strategy_by_group
            .extend(models.into_iter().filter_map(|m| Some((m.text()?, strategy.clone()))));
    }
    let whole = |key: &str| get(key).and_then(YamlAt::amount).map(|n| n.min(1000.0) as usize);
    settings.n_retries = whole("num_retries").unwrap_or(settings.n_retries);
    settings.max_fallbacks = whole("max_fallbacks").unwrap_or(settings.max_fallbacks);
    settings.filters_tags = get("enable_tag_filtering").is_some_and(YamlAt::is_on);
    for kind in [FallbackKind::AnyError, FallbackKind::ContextWindow, FallbackKind::ContentPolicy] {
        if let Some(list) = get(kind.as_str()) {
            config.fallbacks.extend(fallbacks(kind, list, problems));
        }
    }
    if let Some(list) = get("default_fallbacks") {
        config.default_fallbacks = targets(list, problems);
    }
    if let Some(aliases) = get("model_group_alias") {
        config.aliases = aliases.entries().iter().filter_map(|entry| alias(aliases, entry)).collect();
    }
}

fn unknown_keys(settings: YamlAt<'_>) -> Vec<UnknownRouterKey> {
    let known = || ROUTER_KEYS.iter().chain(&SHARED_KEYS).copied();
    let unknown = settings.entries().iter().filter(|entry| !known().any(|key| key == entry.key));
    unknown
        .map(|entry| UnknownRouterKey {
            key: shown(&entry.key),
            place: settings.place_at(entry.key_mark),
            near: nearest(&entry.key, known()),
        })
        .collect()
}

/// `[{group: [target, ...]}, ...]`: the gateway takes one group in each map, and a list of targets.
fn fallbacks(kind: FallbackKind, list: YamlAt<'_>, problems: &mut Problems) -> Vec<FallbackEntry> {
    let help = "write a list of '{group: [group, group]}', one group in each map";
    if !list.is_list() {
        let message = format!("'{}' is a list of maps, and not {}", kind.as_str(), list.kind());
        problems.error(list, "wrong-type", message, help);
        return Vec::new();
    }
    let mut all = Vec::new();
    for item in list.items() {
        let [entry] = item.entries() else {
            let message = format!("an entry of '{}' has exactly one group as its key", kind.as_str());
            problems.error(item, "wrong-type", message, help);
            continue;
        };
        let named = item.of(entry);
        if !named.is_list() {
            let message = format!(
                "the fallbacks of {} are a list of groups, and not {}",
                quoted_key(&entry.key),
                named.kind()
            );
            problems.error(named, "wrong-type", message, help);
            continue;
        }
        all.push(FallbackEntry {
            kind,
            group: shown(&entry.key),
            place: item.place_at(entry.key_mark),
            targets: targets(named, problems),
        });
    }
    all
}

/// Groups or ids of deployments; a target with parameters of its own is a map that names its `model`.
fn targets(list: YamlAt<'_>, problems: &mut Problems) -> Vec<PlacedText> {
    let items = list.items();
    if items.is_empty() && !list.is_list() {
        let message = format!("fallbacks are a list of groups, and not {}", list.kind());
        problems.error(list, "wrong-type", message, "write '[group, group]'");
    }
    let name = |item: YamlAt<'_>| item.placed().or_else(|| item.get("model")?.placed());
    items.into_iter().filter_map(name).collect()
}

fn alias(aliases: YamlAt<'_>, entry: &crate::input::tree::Entry) -> Option<GroupAlias> {
    let value = aliases.node.entry(&entry.key).map(|found| YamlAt { node: &found.node, ..aliases })?;
    let group = value.text().or_else(|| value.get("model")?.text())?;
    Some(GroupAlias { alias: shown(&entry.key), group, place: aliases.place_at(entry.key_mark) })
}
