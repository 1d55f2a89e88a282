//! Offer ids, and the known name nearest to a misspelled one.

use std::fmt;

/// The host name that means the company itself.
pub const SELF_HOST: &str = "self";

/// One way to buy or run a model, written `model@host:REGION`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfferId {
    /// Model id.
    pub model: String,
    /// Host id, or `self`.
    pub host: String,
    /// Country or bloc of the site.
    pub region: String,
}

impl OfferId {
    /// Reads `model@host:REGION`; `None` when a part is missing or empty.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (model, site) = text.split_once('@')?;
        let (host, region) = site.rsplit_once(':')?;
        let parts = [model, host, region];
        if parts.iter().any(|p| p.is_empty() || p.contains('@')) {
            return None;
        }
        Some(Self { model: model.to_owned(), host: host.to_owned(), region: region.to_owned() })
    }

    /// Whether the company runs the model itself.
    #[must_use]
    pub fn is_self_hosted(&self) -> bool {
        self.host == SELF_HOST
    }
}

impl fmt::Display for OfferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}:{}", self.model, self.host, self.region)
    }
}

/// Similarity below which a name is not a plausible misspelling (Jaro-Winkler, 1 = equal).
const SUGGESTION_THRESHOLD: f64 = 0.8;

/// The known name nearest to `wrong`, if one is near enough to be meant; among ties, the first in alphabetical order.
#[must_use]
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut best: Option<(f64, &str)> = None;
    for name in known {
        let score = strsim::jaro_winkler(&wrong.to_lowercase(), &name.to_lowercase());
        if score >= SUGGESTION_THRESHOLD && best.is_none_or(|(s, n)| score > s || (score == s && name < n)) {
            best = Some((score, name));
        }
    }
    best.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_id_reads_back_as_written() {
        let id = OfferId::parse("gpt-4.1@azure:SE").unwrap();
        assert_eq!((id.model.as_str(), id.host.as_str(), id.region.as_str()), ("gpt-4.1", "azure", "SE"));
        assert_eq!(id.to_string(), "gpt-4.1@azure:SE");
        assert!(!id.is_self_hosted());
        assert!(OfferId::parse("llama-3.3-70b@self:DE").unwrap().is_self_hosted());
    }

    #[test]
    fn an_incomplete_offer_id_is_none() {
        for text in
            ["", "gpt-4.1", "gpt-4.1@azure", "@azure:SE", "gpt@:SE", "gpt@azure:", "a@b@c:SE", "gpt:SE"]
        {
            assert_eq!(OfferId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_misspelling_finds_its_name_and_nonsense_finds_none() {
        let known = ["mistral-large-3@mistral:FR", "gpt-4.1@azure:SE"];
        assert_eq!(nearest("mistral-large3@mistral:FR", known), Some("mistral-large-3@mistral:FR"));
        assert_eq!(nearest("zzz", known), None);
    }
}
