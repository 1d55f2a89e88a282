//! What a deployment of a gateway is in the words of the catalog: host, model, region, offer, and how that is known.

mod listed;

use std::collections::BTreeSet;

use super::hosts::{
    BROKER_ENDPOINTS, BROKERS, ENDPOINTS, FAMILIES, OPENAI_PROTOCOL, OWN_MACHINES, is_private,
};
use super::regions::Geography;
use crate::ids::{OfferId, SELF_HOST};
use crate::model::catalog::Catalog;
use crate::model::gateway::{Deployment, GatewayConfig};
use crate::model::jurisdictions::Jurisdictions;
use crate::model::price_list::PriceListKind;
use crate::study::imports::evidence::{Basis, Evidence};
use crate::study::refresh::keys::{KeyReader, Zone, litellm_host};

/// Where answers may come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswersFrom {
    /// A country or bloc.
    Region(String),
    Anywhere,
    Unknown,
}

impl AnswersFrom {
    /// The country or bloc; else the words for what is known.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Region(region) => region,
            Self::Anywhere => "anywhere",
            Self::Unknown => "unknown",
        }
    }
}

/// A deployment in the words of the catalog.
#[derive(Debug, Clone, PartialEq)]
pub struct MappedDeployment {
    pub host: Evidence,
    pub model: Evidence,
    /// Supplier that developed the model.
    pub developer: Evidence,
    pub region: Evidence,
    pub answers_from: AnswersFrom,
    /// An id of the catalog.
    pub offer: Evidence,
    /// Whether the catalog has a rating of its model.
    pub is_rated: bool,
    /// Offers that it may be, when it is not known which.
    pub candidates: Vec<OfferId>,
    /// What to ask when no offer is known.
    pub question: Option<String>,
}

impl MappedDeployment {
    /// An offer is known no better than its host and its model.
    fn weaken_offer(&mut self) {
        if self.offer.basis == Basis::Missing {
            return;
        }
        for part in [&self.model, &self.host].into_iter().filter(|part| part.basis == Basis::Inferred) {
            self.offer.why = format!("{}; {}", part.why, self.offer.why);
            self.offer.basis = Basis::Inferred;
        }
    }
}

/// What is said of a deployment, before its offer is looked for.
struct NamedParts {
    host: Evidence,
    model: Evidence,
    developer: Evidence,
    region: Evidence,
    answers_from: AnswersFrom,
}

/// Reads deployments by a catalog.
pub struct OfferReader<'a> {
    catalog: &'a Catalog,
    jurisdictions: &'a Jurisdictions,
    keys: KeyReader<'a>,
    places: Geography<'a>,
}

impl<'a> OfferReader<'a> {
    /// `catalog`, `jurisdictions`: what hosts, models and regions are looked for in.
    #[must_use]
    pub fn new(catalog: &'a Catalog, jurisdictions: &'a Jurisdictions) -> Self {
        let keys = KeyReader::new(PriceListKind::LiteLlm, catalog);
        Self { catalog, jurisdictions, keys, places: Geography::new(jurisdictions) }
    }

    pub(super) fn places(&self) -> &Geography<'a> {
        &self.places
    }

    /// All deployments of a configuration, in its order.
    #[must_use]
    pub fn mapped(&self, config: &GatewayConfig) -> Vec<MappedDeployment> {
        config.deployments.iter().map(|deployment| self.deployment(deployment)).collect()
    }

    /// The model that a name means, and its developer, whoever hosts it.
    pub(in crate::study) fn named_model(&self, name: &str) -> (Option<&'a str>, Option<&'a str>) {
        let model = self.keys.named(name);
        (model, model.and_then(|model| self.developer_of(model)).or_else(|| self.family(name)))
    }

    fn is_rated(&self, model: &str) -> bool {
        self.catalog.models.iter().any(|m| m.id == model && m.quality.general.is_some())
    }

    fn developer_of(&self, model: &str) -> Option<&'a str> {
        self.catalog.models.iter().find(|m| m.id == model).map(|m| m.developer.as_str())
    }

    /// The developer by how a name begins.
    fn family(&self, name: &str) -> Option<&'a str> {
        let lower = name.to_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
        let begins = |word: &str, family: &str| {
            let rest = word.strip_prefix(family);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        let found = words.iter().find_map(|word| FAMILIES.iter().find(|(family, _)| begins(word, family)));
        let (_, developer) = found?;
        self.catalog.suppliers.iter().find(|s| s.id == *developer).map(|s| s.id.as_str())
    }

    /// What a deployment is.
    #[must_use]
    pub fn deployment(&self, deployment: &Deployment) -> MappedDeployment {
        if let Some(offer) =
            deployment.planned_offer.as_deref().and_then(OfferId::parse).filter(|o| self.sells(o))
        {
            return self.planned(&offer, "model_info.planner");
        }
        let host = self.host(deployment);
        let host_id = host.known().unwrap_or_default();
        let key = deployment.base_model.as_deref().unwrap_or(&deployment.model);
        let (_, named) = self.keys.call(host_id, key);
        let model = self.model(deployment, named);
        let developer = self.developer(deployment, named);
        let (region, answers_from) = self.region(deployment, host_id);
        self.with_offer(deployment, NamedParts { host, model, developer, region, answers_from })
    }

    /// What follows from the parts: the offer, or what to ask.
    fn with_offer(&self, deployment: &Deployment, parts: NamedParts) -> MappedDeployment {
        let NamedParts { host, model, developer, region, answers_from } = parts;
        let is_rated = model.known().is_some_and(|model| self.is_rated(model));
        let mut mapped = MappedDeployment {
            host,
            model,
            developer,
            region,
            answers_from,
            offer: Evidence::missing(""),
            is_rated,
            candidates: Vec::new(),
            question: None,
        };
        self.find_offer(deployment, &mut mapped);
        mapped.weaken_offer();
        mapped
    }

    fn sells(&self, offer: &OfferId) -> bool {
        let is_of = |entry: &&crate::model::catalog::OfferEntry| {
            entry.model == offer.model && entry.host == offer.host
        };
        let mut of_pair = self.catalog.offers.iter().filter(is_of);
        of_pair.any(|entry| entry.host == SELF_HOST || entry.regions.contains(&offer.region))
    }

    /// An offer that is named as such, by an export of this program or by a person.
    fn planned(&self, offer: &OfferId, source: &str) -> MappedDeployment {
        MappedDeployment {
            host: Evidence::filled(&offer.host, source),
            model: Evidence::filled(&offer.model, source),
            developer: Evidence::filled(self.developer_of(&offer.model).unwrap_or_default(), "the catalog"),
            region: Evidence::filled(&offer.region, source),
            answers_from: AnswersFrom::Region(offer.region.clone()),
            offer: Evidence::filled(offer.to_string(), source),
            is_rated: self.is_rated(&offer.model),
            candidates: Vec::new(),
            question: None,
        }
    }

    fn host(&self, deployment: &Deployment) -> Evidence {
        let ends = |name: &str, end: &str| {
            name.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with(['.', '-']))
        };
        let provider = deployment.provider().unwrap_or(OPENAI_PROTOCOL);
        // Any host may speak OpenAI's protocol, so the address says whose it is.
        let endpoint = deployment.endpoint.as_ref().filter(|_| provider.contains(OPENAI_PROTOCOL));
        if let Some(name) = endpoint {
            if let Some((_, broker)) = BROKER_ENDPOINTS.iter().find(|(end, _)| ends(name, end)) {
                return Evidence::missing(format!("{broker} chooses the host"));
            }
            let found = ENDPOINTS.iter().filter(|(end, _)| ends(name, end)).max_by_key(|(end, _)| end.len());
            if let Some((_, host)) = found {
                return Evidence::inferred(*host, format!("the endpoint is {name}"));
            }
            if is_private(name) {
                return Evidence::inferred(SELF_HOST, format!("the endpoint {name} is inside the company"));
            }
        }
        if let Some((_, broker)) = BROKERS.iter().find(|(name, _)| *name == provider) {
            return Evidence::missing(format!("{broker} chooses the host"));
        }
        if OWN_MACHINES.contains(&provider) {
            return Evidence::inferred(SELF_HOST, format!("{provider} runs on machines of one's own"));
        }
        if let Some(name) = endpoint {
            return Evidence::missing(format!("nothing is known of the endpoint {name}"));
        }
        let known = |host: &&str| self.catalog.suppliers.iter().any(|s| s.id == **host);
        match litellm_host(provider).filter(known) {
            Some(host) if deployment.provider().is_some() => {
                Evidence::filled(host, format!("the provider is {provider}"))
            }
            Some(host) if self.family(&deployment.model) == Some("openai") => {
                Evidence::inferred(host, "a name without a provider is OpenAI's".to_owned())
            }
            _ => Evidence::missing(format!("the catalog has no host for the provider '{provider}'")),
        }
    }

    fn model(&self, deployment: &Deployment, named: Option<&str>) -> Evidence {
        let is_own_name = deployment.provider() == Some("azure");
        match (named, &deployment.base_model) {
            (Some(id), Some(base)) => Evidence::filled(id, format!("base_model is {base}")),
            (None, Some(base)) => Evidence::missing(format!("the catalog has no model '{base}'")),
            (Some(id), None) if is_own_name => Evidence::inferred(
                id,
                "the deployment is named like the model; base_model would say so for sure",
            ),
            (None, None) if is_own_name => Evidence::missing(
                "a name of one's own on Azure says nothing: base_model is missing".to_owned(),
            ),
            (Some(id), None) => Evidence::filled(id, format!("model is {}", deployment.model)),
            (None, None) => Evidence::missing(format!("the catalog has no model '{}'", deployment.model)),
        }
    }

    fn developer(&self, deployment: &Deployment, named: Option<&str>) -> Evidence {
        if let Some(developer) = named.and_then(|model| self.developer_of(model)) {
            return Evidence::filled(developer, "the catalog");
        }
        let key = deployment
            .base_model
            .as_deref()
            .or_else(|| (deployment.provider() != Some("azure")).then_some(deployment.model.as_str()));
        match key.and_then(|key| self.family(key)) {
            Some(developer) => Evidence::inferred(developer, "the model's name begins like theirs"),
            None => Evidence::missing("nothing says who developed the model"),
        }
    }

    /// Profiles and zones in the name of the model come first: they say where it runs, whatever region is called.
    fn region(&self, deployment: &Deployment, host: &str) -> (Evidence, AnswersFrom) {
        let of = |zone: Zone, filled: bool, why: String| {
            let (value, from) = match zone {
                Zone::Named(id) => (id.clone(), AnswersFrom::Region(id)),
                _ => ("anywhere".to_owned(), AnswersFrom::Anywhere),
            };
            let evidence = if filled { Evidence::filled(value, why) } else { Evidence::inferred(value, why) };
            (evidence, from)
        };
        let explicit = deployment.regions.iter().find(|(key, _)| *key == "region_name");
        if let Some((key, word)) = explicit {
            return match self.places.zone(word) {
                Some(zone) => of(zone, true, format!("{key} is {word}")),
                None => (Evidence::missing(format!("no region is known as '{word}'")), AnswersFrom::Unknown),
            };
        }
        if ["aws-bedrock", "azure", "openai"].contains(&host) {
            for name in [Some(&deployment.model), deployment.base_model.as_ref()].into_iter().flatten() {
                match self.keys.call(host, name).0 {
                    Ok(Zone::Named(id)) => {
                        return of(Zone::Named(id), true, format!("the zone is a part of {name}"));
                    }
                    Ok(Zone::Worldwide) if is_worldwide(name) => {
                        return of(Zone::Worldwide, true, format!("{name} is a world-wide profile"));
                    }
                    _ => {}
                }
            }
        }
        if let Some((key, word)) = deployment.regions.first() {
            return match self.places.zone(word) {
                Some(zone) => of(zone, true, format!("{key} is {word}")),
                None => (Evidence::missing(format!("no region is known as '{word}'")), AnswersFrom::Unknown),
            };
        }
        if let Some(name) = &deployment.endpoint {
            if let Some((word, zone)) = self.places.zone_in_host(name) {
                return of(zone, false, format!("'{word}' is a part of the endpoint {name}"));
            }
            let prefix = ["eu", "us"].iter().find(|zone| name.starts_with(&format!("{zone}.api.")));
            if let Some(zone) = prefix {
                return of(Zone::Named(zone.to_uppercase()), false, format!("the endpoint is {name}"));
            }
        }
        (Evidence::missing("nothing says where it runs"), AnswersFrom::Unknown)
    }

    /// The offer of the catalog, or what to ask.
    fn find_offer(&self, deployment: &Deployment, mapped: &mut MappedDeployment) {
        if deployment.is_router() {
            mapped.question = Some("it only chooses among other groups".to_owned());
            return;
        }
        if deployment.is_wildcard() {
            mapped.question = Some("which models are called through the wildcard?".to_owned());
            return;
        }
        let Some(host) = mapped.host.known().map(str::to_owned) else {
            mapped.question = Some(format!("which host serves it? {}", mapped.host.why));
            return;
        };
        let Some(model) = mapped.model.known().map(str::to_owned) else {
            mapped.question = Some(format!("which model is it? {}", mapped.model.why));
            return;
        };
        let sold = self.regions_sold(&model, &host);
        let offer =
            |region: &str| OfferId { model: model.clone(), host: host.clone(), region: region.to_owned() };
        if host == SELF_HOST {
            match &mapped.answers_from {
                AnswersFrom::Region(region) => {
                    mapped.offer = Evidence::filled(offer(region).to_string(), mapped.region.why.clone());
                }
                _ => mapped.question = Some("in which country are the machines?".to_owned()),
            }
            return;
        }
        if sold.is_empty() {
            let text = format!("the catalog has no '{model}' at '{host}': which offer is it?");
            mapped.question = Some(text);
            return;
        }
        let all = || sold.iter().map(|(region, _)| offer(region)).collect::<Vec<_>>();
        let worldwide: Vec<&str> =
            sold.iter().filter(|(_, assumed)| *assumed).map(|(region, _)| *region).collect();
        match mapped.answers_from.clone() {
            AnswersFrom::Region(region) => {
                let is_sold = sold.iter().any(|(sold, assumed)| *sold == region && !assumed);
                let around: Vec<&str> = sold
                    .iter()
                    .filter(|(sold, assumed)| !assumed && self.places.is_within(&region, sold))
                    .map(|(sold, _)| *sold)
                    .collect();
                if is_sold {
                    mapped.offer = Evidence { value: offer(&region).to_string(), ..mapped.region.clone() };
                } else if worldwide.contains(&region.as_str()) {
                    let rule = format!(
                        "the catalog knows it in {region} only as the world-wide endpoint of '{host}'"
                    );
                    mapped.offer = Evidence::inferred(offer(&region).to_string(), rule);
                } else if let [zone] = around[..] {
                    let rule = format!("the catalog sells it for {zone}, which {region} is a part of");
                    mapped.offer = Evidence::inferred(offer(zone).to_string(), rule);
                } else {
                    mapped.candidates = all();
                    let text =
                        format!("the catalog has no '{model}' at '{host}' in {region}: which offer is it?");
                    mapped.question = Some(text);
                }
            }
            AnswersFrom::Anywhere => match worldwide[..] {
                [region] => {
                    let rule = format!("the world-wide endpoint of '{host}' is written as {region}");
                    mapped.offer = Evidence::inferred(offer(region).to_string(), rule);
                }
                _ => {
                    mapped.candidates = all();
                    mapped.question =
                        Some("it may answer from anywhere: which offer comes nearest?".to_owned());
                }
            },
            AnswersFrom::Unknown => match (&sold[..], is_one_region_host(&host)) {
                ([(region, true)], true) => {
                    let rule = format!("'{host}' has one endpoint, which the catalog writes as {region}");
                    mapped.answers_from = AnswersFrom::Anywhere;
                    mapped.region = Evidence::inferred("anywhere", rule.clone());
                    mapped.offer = Evidence::inferred(offer(region).to_string(), rule);
                }
                ([(region, false)], true) => {
                    let rule = format!("'{host}' runs it only in {region}");
                    mapped.answers_from = AnswersFrom::Region((*region).to_owned());
                    mapped.region = Evidence::inferred(*region, rule.clone());
                    mapped.offer = Evidence::inferred(offer(region).to_string(), rule);
                }
                _ => {
                    mapped.candidates = all();
                    mapped.question = Some("in which region does it run?".to_owned());
                }
            },
        }
    }

    /// Regions in which a host sells a model, ascending, each with whether it stands for a world-wide endpoint.
    fn regions_sold(&self, model: &str, host: &str) -> Vec<(&'a str, bool)> {
        let of_pair = self.catalog.offers.iter().filter(|entry| entry.model == model && entry.host == host);
        let all = of_pair
            .flat_map(|entry| entry.regions.iter().map(|region| (region.as_str(), entry.region_assumed)));
        all.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// Whether callers do not choose a region: every host but the clouds.
fn is_one_region_host(host: &str) -> bool {
    !["aws-bedrock", "azure", "google-vertex", "oci"].contains(&host)
}

/// Whether a name itself says that it is served world-wide.
fn is_worldwide(name: &str) -> bool {
    name.split(['/', '.']).any(|part| part.starts_with("global"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::load_library;

    fn read(model: &str, change: impl FnOnce(&mut Deployment)) -> MappedDeployment {
        let library = load_library(None, None).unwrap();
        let mut deployment = Deployment { model: model.to_owned(), ..Deployment::default() };
        change(&mut deployment);
        OfferReader::new(&library.catalog, &library.jurisdictions).deployment(&deployment)
    }

    fn offer(model: &str, change: impl FnOnce(&mut Deployment)) -> String {
        let found = read(model, change);
        found.offer.known().map_or_else(|| format!("? {}", found.question.unwrap_or_default()), str::to_owned)
    }

    /// Offers of the shipped catalog.
    #[test]
    fn deployments_in_the_forms_of_many_clouds_are_offers() {
        let unchanged = |_: &mut Deployment| {};
        let region = |key: &'static str, word: &str| {
            let word = word.to_owned();
            move |d: &mut Deployment| d.regions.push((key, word))
        };
        assert_eq!(
            offer("bedrock/eu.anthropic.claude-sonnet-5", unchanged),
            "claude-sonnet-5@aws-bedrock:EU"
        );
        // A profile runs all over its zone, whatever region is called.
        let called = region("aws_region_name", "eu-central-1");
        assert_eq!(offer("bedrock/eu.anthropic.claude-sonnet-5", called), "claude-sonnet-5@aws-bedrock:EU");
        let gemini = offer("vertex_ai/gemini-2.5-flash", region("vertex_location", "europe-west4"));
        assert_eq!(gemini, "gemini-2.5-flash@google-vertex:NL");
        let azure = |d: &mut Deployment| {
            d.base_model = Some("azure/gpt-4.1".to_owned());
            d.regions.push(("region_name", "swedencentral".to_owned()));
        };
        assert_eq!(offer("azure/our-own-name", azure), "gpt-4.1@azure:SE");
        let by_endpoint = |d: &mut Deployment| {
            d.base_model = Some("azure/gpt-5.4".to_owned());
            d.endpoint = Some("contoso-swedencentral.openai.azure.com".to_owned());
        };
        assert_eq!(offer("azure/prod", by_endpoint), "gpt-5.4@azure:SE");
        let scaleway = |d: &mut Deployment| d.endpoint = Some("api.scaleway.ai".to_owned());
        assert_eq!(offer("openai/llama-3.3-70b-instruct", scaleway), "llama-3.3-70b@scaleway:FR");
        let own = |d: &mut Deployment| {
            d.endpoint = Some("gpu-7.internal".to_owned());
            d.regions.push(("region_name", "de".to_owned()));
        };
        assert_eq!(offer("openai/meta-llama/Llama-3.3-70B-Instruct", own), "llama-3.3-70b@self:DE");
        assert_eq!(offer("gemini/gemini-2.5-pro", unchanged), "gemini-2.5-pro@google:US");
    }

    #[test]
    fn what_is_not_said_is_asked() {
        let unchanged = |_: &mut Deployment| {};
        assert!(offer("azure/prod-chat", unchanged).contains("base_model is missing"));
        assert_eq!(offer("openai/gpt-5.4", unchanged), "? in which region does it run?");
        assert!(
            offer("openrouter/anthropic/claude-sonnet-5", unchanged).contains("OpenRouter chooses the host")
        );
        let behind = |d: &mut Deployment| d.endpoint = Some("openrouter.ai".to_owned());
        assert!(offer("openai/anthropic/claude-sonnet-5", behind).contains("OpenRouter chooses the host"));
        assert!(offer("openai/*", unchanged).contains("wildcard"));
        assert!(offer("bedrock/anthropic.claude-sonnet-5", unchanged).contains("in which region"));
        assert!(offer("ollama/llama3.3:70b", unchanged).contains("in which country are the machines"));
        let developer = read("openrouter/anthropic/claude-4-unknown", unchanged).developer;
        assert_eq!((developer.value.as_str(), developer.basis), ("anthropic", Basis::Inferred));
    }
}
