//! What of a configuration must never be read: keys, tokens, passwords.

use super::nodes::{YamlAt, quoted_key};
use crate::input::tree::{Entry, YamlValue};
use crate::model::gateway::SeenSecret;

/// Ends of keys whose values are secrets.
const SECRET_KEYS: [&str; 13] = [
    "api_key",
    "access_key",
    "access_key_id",
    "connection_string",
    "credentials",
    "database_url",
    "master_key",
    "password",
    "private_key",
    "redis_url",
    "salt_key",
    "secret",
    "_token",
];
/// Sections all of whose values are secrets.
const SECRET_SECTIONS: [&str; 3] = ["credential_values", "environment_variables", "extra_headers"];
/// What a value begins with that is read from the environment.
const FROM_ENVIRONMENT: &str = "os.environ/";
/// What keys of well-known services begin with.
const SECRET_STARTS: [&str; 18] = [
    "-----begin",
    "aiza",
    "akia",
    "asia",
    "bearer ",
    "eyj",
    "ghp_",
    "github_pat_",
    "glpat-",
    "gsk_",
    "hf_",
    "nvapi-",
    "pplx-",
    "r8_",
    "sk-",
    "sk_",
    "xai-",
    "xox",
];
/// Letters and digits in a row from which on a word is taken for a secret.
const LONG_WORD: usize = 32;
/// Shortest word that is taken for a secret because of how it begins.
const SHORTEST_SECRET: usize = 12;
/// What is shown in its place.
const HIDDEN: &str = "(hidden)";
/// Secrets that are listed; a hostile file may have any number.
const MOST_LISTED: usize = 1000;

/// A text that may be printed: words that look like secrets are hidden, and the user and query of an address left out.
pub(in crate::exchange) fn shown(text: &str) -> String {
    let separators = |c: char| c.is_whitespace() || "/,;@?&=\"'()[]{}".contains(c);
    text.split_inclusive(separators)
        .map(|piece| {
            let word = piece.trim_end_matches(separators);
            if is_secret_like(word) { format!("{HIDDEN}{}", &piece[word.len()..]) } else { piece.to_owned() }
        })
        .collect()
}

fn is_secret_like(word: &str) -> bool {
    let lower = word.to_lowercase();
    let begins = word.len() >= SHORTEST_SECRET && SECRET_STARTS.iter().any(|start| lower.starts_with(start));
    let longest = word.split(|c: char| !c.is_ascii_alphanumeric()).map(str::len).max().unwrap_or(0);
    begins || longest >= LONG_WORD
}

/// Every secret of a file, by its key; their values are looked at only for how they begin.
pub(super) fn seen(root: YamlAt<'_>) -> Vec<SeenSecret> {
    let mut found = Vec::new();
    let mut open: Vec<(YamlAt<'_>, bool)> = vec![(root, false)];
    while let Some((node, is_secret)) = open.pop() {
        let inner: Vec<(YamlAt<'_>, bool)> = match &node.node.value {
            YamlValue::Map(entries) => entries
                .iter()
                .map(|entry| {
                    (entry, is_secret || is_secret_key(entry) || ADDRESS_KEYS.contains(&entry.key.as_str()))
                })
                .inspect(|(entry, is_secret)| {
                    if *is_secret && found.len() < MOST_LISTED {
                        found.extend(secret(node, entry));
                    }
                })
                .map(|(entry, is_secret)| (node.of(entry), is_secret))
                .collect(),
            _ => node.items().into_iter().map(|item| (item, is_secret)).collect(),
        };
        open.extend(inner);
    }
    found.sort_by(|a, b| (&a.place, &a.key).cmp(&(&b.place, &b.key)));
    found
}

/// Keys beside secrets that say where and how, and are none themselves unless an address carries one.
const ADDRESS_KEYS: [&str; 6] =
    ["api_base", "api_version", "aws_region_name", "base_url", "region_name", "vertex_location"];

fn is_secret_key(entry: &Entry) -> bool {
    let key = entry.key.to_lowercase();
    let ends = SECRET_KEYS.iter().any(|end| key.ends_with(end)) && !key.ends_with("cost_per_token");
    ends || SECRET_SECTIONS.contains(&key.as_str())
}

/// Whether an address has a user, or something after a question mark.
fn carries_secret(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().is_some_and(|authority| authority.contains('@')) || rest.contains('?')
}

/// `None` for maps, whose values are looked at one by one, and for what is no text.
fn secret(node: YamlAt<'_>, entry: &Entry) -> Option<SeenSecret> {
    let value = node.of(entry).raw()?;
    if ADDRESS_KEYS.contains(&entry.key.as_str()) && !carries_secret(value) {
        return None;
    }
    Some(SeenSecret {
        key: quoted_key(&entry.key).trim_matches('\'').to_owned(),
        place: node.place_at(entry.key_mark),
        is_literal: !value.starts_with(FROM_ENVIRONMENT) && !value.is_empty(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_hidden_and_names_are_not() {
        assert_eq!(shown("azure/sk-proj-0123456789abcdef"), "azure/(hidden)");
        assert_eq!(shown("AKIAIOSFODNN7EXAMPLE"), "(hidden)");
        assert_eq!(shown("https://user:hunter2hunter2hunter2hunter2hunter2@h"), "https://(hidden)@h");
        for name in [
            "bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo",
            "os.environ/AZURE_API_KEY",
            "chat large (EU)",
        ] {
            assert_eq!(shown(name), name);
        }
    }
}
