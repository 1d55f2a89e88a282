//! The configuration of a model gateway, as read: who may serve which group of models, and who takes over.
//!
//! Only what routing needs is kept. Keys, tokens and passwords are never part of it.

use std::collections::{BTreeMap, BTreeSet};

/// A place in a file, for messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FilePlace {
    /// As named by the user, or by the file that includes it.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// A text with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedText {
    pub text: String,
    pub place: FilePlace,
}

/// A gateway's configuration, with what its included files add.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GatewayConfig {
    /// Every file that was read, the first one first.
    pub files: Vec<String>,
    /// In the order in which the gateway lists them.
    pub deployments: Vec<Deployment>,
    pub fallbacks: Vec<FallbackEntry>,
    /// Groups that are tried when no entry names the failing one.
    pub default_fallbacks: Vec<PlacedText>,
    pub aliases: Vec<GroupAlias>,
    pub router: RouterSettings,
    /// Keys of the router that it does not know, and refuses to start with.
    pub unknown_router_keys: Vec<UnknownRouterKey>,
    /// Sections that say nothing about routing, by name.
    pub other_sections: Vec<String>,
    pub secrets: Vec<SeenSecret>,
}

impl GatewayConfig {
    /// The strategy by which a group's deployments are picked.
    #[must_use]
    pub fn strategy(&self, group: &str) -> &str {
        self.router.strategy_by_group.get(group).unwrap_or(&self.router.strategy)
    }
}

/// Settings of the router, with its defaults.
#[derive(Debug, Clone, PartialEq)]
pub struct RouterSettings {
    pub strategy: String,
    /// Groups with a strategy of their own.
    pub strategy_by_group: BTreeMap<String, String>,
    /// Further attempts inside a group before a fallback is tried.
    pub n_retries: usize,
    /// Groups that are tried after the first, at most.
    pub max_fallbacks: usize,
    /// Whether requests with tags reach only deployments that carry them.
    pub filters_tags: bool,
}

impl Default for RouterSettings {
    /// Defaults of LiteLLM 1.110.2.
    fn default() -> Self {
        Self {
            strategy: SHUFFLE.to_owned(),
            strategy_by_group: BTreeMap::new(),
            n_retries: 2,
            max_fallbacks: 5,
            filters_tags: false,
        }
    }
}

/// Picks by weight, else by requests per minute, else by tokens per minute, else evenly.
pub const SHUFFLE: &str = "simple-shuffle";
/// Picks the cheapest.
pub const CHEAPEST: &str = "cost-based-routing";

/// One entry of `model_list`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Deployment {
    /// Of its group's name.
    pub place: FilePlace,
    /// Of its `model`.
    pub model_place: FilePlace,
    /// What callers ask for.
    pub group: String,
    /// Provider and name, such as `azure/gpt-4o-eu`.
    pub model: String,
    /// Overrides the provider in `model`.
    pub provider: Option<String>,
    /// Host name of its endpoint, without scheme, port, path and user.
    pub endpoint: Option<String>,
    /// Regions that it states, by their keys.
    pub regions: Vec<(&'static str, String)>,
    /// The model behind a name of the company's own.
    pub base_model: Option<String>,
    pub id: Option<String>,
    /// The offer that an export of this program wrote down.
    pub planned_offer: Option<String>,
    /// `hot` or `warm`, for a standby that an export of this program wrote down.
    pub planned_readiness: Option<String>,
    pub weight: Option<f64>,
    /// The lowest is picked first; without one, last.
    pub order: Option<f64>,
    /// Requests a minute.
    pub rpm: Option<f64>,
    /// Tokens a minute.
    pub tpm: Option<f64>,
    /// USD per token.
    pub input_usd_per_token: Option<f64>,
    /// USD per token.
    pub output_usd_per_token: Option<f64>,
    pub tags: Vec<String>,
    /// `chat`, `embedding`, …; `None` is text.
    pub mode: Option<String>,
    /// Answers are made up, or traffic is stopped.
    pub is_idle: bool,
}

impl Deployment {
    /// The provider: that of `custom_llm_provider`, else what stands before the first slash.
    #[must_use]
    pub fn provider(&self) -> Option<&str> {
        self.provider.as_deref().or_else(|| self.model.split_once('/').map(|(provider, _)| provider))
    }

    /// Whether it stands for any number of models.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.model.contains('*') || self.group.contains('*')
    }

    /// Whether it only chooses among other groups.
    #[must_use]
    pub fn is_router(&self) -> bool {
        self.model.starts_with("auto_router/")
    }

    /// Whether it answers with text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.mode.as_deref().is_none_or(|mode| ["chat", "completion", "responses"].contains(&mode))
    }

    /// Its id, else its number in the list.
    #[must_use]
    pub fn name(&self, idx: usize) -> String {
        self.id.clone().unwrap_or_else(|| format!("{}#{}", self.group, idx + 1))
    }
}

/// What a fallback is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FallbackKind {
    AnyError,
    ContextWindow,
    ContentPolicy,
}

impl FallbackKind {
    /// The key in the file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AnyError => "fallbacks",
            Self::ContextWindow => "context_window_fallbacks",
            Self::ContentPolicy => "content_policy_fallbacks",
        }
    }
}

/// Groups that take over from one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FallbackEntry {
    pub kind: FallbackKind,
    /// `*` stands for every group.
    pub group: String,
    pub place: FilePlace,
    /// Groups or ids of deployments, in order.
    pub targets: Vec<PlacedText>,
}

/// Another name of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupAlias {
    pub alias: String,
    pub group: String,
    pub place: FilePlace,
}

/// A key that the router does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRouterKey {
    pub key: String,
    pub place: FilePlace,
    /// The known key that it resembles.
    pub near: Option<&'static str>,
}

/// A secret that was seen, and not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenSecret {
    pub key: String,
    pub place: FilePlace,
    /// Whether it is written out, and not taken from the environment.
    pub is_literal: bool,
}

/// What callers have used of a group, by the gateway's own records.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GroupUsage {
    pub n_requests: u64,
    /// Per month.
    pub input_mtok: f64,
    /// Per month.
    pub output_mtok: f64,
    /// Models as the records name them.
    pub models: BTreeSet<String>,
    /// Share of the tokens by country of the users; empty where the records do not say it of all.
    pub users: BTreeMap<String, f64>,
}

/// Usage of all groups over the same days.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GatewayUsage {
    pub by_group: BTreeMap<String, GroupUsage>,
    /// Days that the records span.
    pub days: f64,
    /// Rows that belong to no group, or cannot be read.
    pub n_set_aside: usize,
}
