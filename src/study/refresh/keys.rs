//! What a key of a price list stands for: host, region and model (guides/price-lists.md).

use std::collections::BTreeMap;

use crate::model::catalog::Catalog;
use crate::model::price_list::{ListedPrice, PriceListKind, SetAside};

/// Hosts by the provider of LiteLLM. Providers of Vertex AI begin alike and are not in the list.
const LITELLM_HOSTS: [(&str, &str); 36] = [
    ("ai21", "ai21"),
    ("anthropic", "anthropic"),
    ("azure", AZURE),
    ("azure_ai", AZURE),
    ("baseten", "baseten"),
    ("bedrock", BEDROCK),
    ("bedrock_converse", BEDROCK),
    ("bedrock_mantle", BEDROCK),
    ("cerebras", "cerebras"),
    ("cohere", "cohere"),
    ("cohere_chat", "cohere"),
    ("dashscope", "alibaba-intl"),
    ("deepinfra", "deepinfra"),
    ("deepseek", "deepseek"),
    ("fireworks_ai", "fireworks"),
    ("friendliai", "friendli"),
    ("gemini", "google"),
    ("groq", "groq"),
    ("meta", "meta"),
    ("meta_llama", "meta"),
    ("minimax", "minimax-intl"),
    ("mistral", "mistral"),
    ("moonshot", "moonshot-intl"),
    ("nebius", "nebius"),
    ("nscale", "nscale"),
    ("oci", "oci"),
    ("openai", OPENAI),
    ("ovhcloud", "ovhcloud"),
    ("publicai", "publicai"),
    ("sambanova", "sambanova"),
    ("sarvam", "sarvam"),
    ("scaleway", "scaleway"),
    ("together_ai", "together"),
    ("xai", "xai"),
    ("xiaomi_mimo", "xiaomi"),
    ("zai", "zai-intl"),
];
/// Hosts by the lab of model-prices: each lab's own service.
const LAB_HOSTS: [(&str, &str); 15] = [
    ("ai21", "ai21"),
    ("alibaba", "alibaba-intl"),
    ("anthropic", "anthropic"),
    ("cohere", "cohere"),
    ("deepseek", "deepseek"),
    ("google", "google"),
    ("meta", "meta"),
    ("minimax", "minimax-intl"),
    ("mistral", "mistral"),
    ("moonshotai", "moonshot-intl"),
    ("openai", OPENAI),
    ("upstage", "upstage"),
    ("xai", "xai"),
    ("xiaomi", "xiaomi"),
    ("zai", "zai-intl"),
];
const AZURE: &str = "azure";
const BEDROCK: &str = "aws-bedrock";
const OPENAI: &str = "openai";
const VERTEX: &str = "google-vertex";
/// What the providers of Vertex AI begin with.
const VERTEX_PROVIDER: &str = "vertex_ai";
/// Regions of Azure's data zones and of OpenAI's regional endpoints, and prefixes of Bedrock's profiles.
const ZONES: [(&str, &str); 4] = [("au", "AU"), ("eu", "EU"), ("jp", "JP"), ("us", "US")];
/// Prefixes of endpoints that may answer from anywhere.
const WORLDWIDE: [&str; 3] = ["global", "global-standard", "global_standard"];
/// Prefixes of zones that are no jurisdiction of the catalog.
const OTHER_ZONES: [&str; 1] = ["apac"];
/// Countries of the regions of AWS.
const AWS_REGIONS: [(&str, &str); 22] = [
    ("ap-northeast-1", "JP"),
    ("ap-northeast-2", "KR"),
    ("ap-northeast-3", "JP"),
    ("ap-south-1", "IN"),
    ("ap-south-2", "IN"),
    ("ap-southeast-1", "SG"),
    ("ap-southeast-2", "AU"),
    ("ap-southeast-3", "ID"),
    ("ca-central-1", "CA"),
    ("ca-west-1", "CA"),
    ("eu-central-1", "DE"),
    ("eu-central-2", "CH"),
    ("eu-north-1", "SE"),
    ("eu-south-1", "IT"),
    ("eu-south-2", "ES"),
    ("eu-west-1", "IE"),
    ("eu-west-2", "GB"),
    ("eu-west-3", "FR"),
    ("sa-east-1", "BR"),
    ("us-east-1", "US"),
    ("us-east-2", "US"),
    ("us-west-2", "US"),
];
/// Names that hosts give to models of the catalog and that neither their id nor their name is written like.
const OTHER_NAMES: [(&str, &str); 10] = [
    ("llama-3-3-70b-versatile", "llama-3.3-70b"),
    ("llama-3-3-70b-instruct-turbo", "llama-3.3-70b"),
    ("llama-4-maverick-17b-128e", "llama-4-maverick"),
    ("llama-4-scout-17b-16e", "llama-4-scout"),
    ("llama3-1-405b", "llama-3.1-405b"),
    ("llama3-1-8b", "llama-3.1-8b"),
    ("llama3-3-70b", "llama-3.3-70b"),
    ("llama4-maverick-17b", "llama-4-maverick"),
    ("llama4-scout-17b", "llama-4-scout"),
    ("qwen3-235b-a22b-2507", "qwen3-235b"),
];
/// Names that mean another model at a host: Bedrock calls V3.1 so.
const MISLEADING: [(&str, &str); 1] = [(BEDROCK, "deepseek-v3")];
/// Ends of names that say how a model is served, and not which.
const SERVED_AS: [&str; 6] = ["-chat", "-fp8", "-instruct", "-it", "-maas", "-preview"];

/// Where a key's offer runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::study) enum Zone {
    /// A country or bloc that the key names.
    Named(String),
    /// An id of Bedrock without a profile: the region that is called, at the list price.
    InRegion,
    /// No region: an endpoint that may answer from anywhere.
    Worldwide,
}

/// What a key stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::study) struct KeyMeaning {
    /// Id of the host.
    pub(in crate::study) host: String,
    /// Id of the model.
    pub(in crate::study) model: String,
    pub(in crate::study) zone: Zone,
    /// Whether the name had to be shortened: by a date, or by how the model is served.
    pub(in crate::study) is_shortened: bool,
}

/// The labs' own services, whose prices model-prices lists.
pub(in crate::study) fn lab_hosts() -> impl Iterator<Item = &'static str> {
    LAB_HOSTS.iter().map(|(_, host)| *host)
}

/// The host of a provider.
pub(in crate::study) fn host(kind: PriceListKind, provider: &str) -> Option<&'static str> {
    let listed = |hosts: &[(&str, &'static str)]| {
        hosts.iter().find(|(name, _)| *name == provider).map(|(_, host)| *host)
    };
    match kind {
        PriceListKind::LiteLlm if provider.starts_with(VERTEX_PROVIDER) => Some(VERTEX),
        PriceListKind::LiteLlm => listed(&LITELLM_HOSTS),
        PriceListKind::ModelPrices => listed(&LAB_HOSTS),
    }
}

/// Reads keys by the hosts and models of a catalog.
pub(in crate::study) struct KeyReader<'a> {
    kind: PriceListKind,
    hosts: Vec<&'a str>,
    /// Models by their spelled names; a name that means two is left out.
    models: BTreeMap<String, &'a str>,
}

impl<'a> KeyReader<'a> {
    pub(in crate::study) fn new(kind: PriceListKind, catalog: &'a Catalog) -> Self {
        let mut names: BTreeMap<String, Option<&'a str>> = BTreeMap::new();
        let mut add = |name: String, id: &'a str| {
            let known = names.entry(name).or_insert(Some(id));
            *known = known.filter(|other| *other == id);
        };
        for model in &catalog.models {
            for name in [&model.id, &model.name] {
                let spelled = spelled(name);
                add(shortened(&spelled), &model.id);
                add(spelled, &model.id);
            }
            for (name, _) in OTHER_NAMES.iter().filter(|(_, id)| *id == model.id) {
                add((*name).to_owned(), &model.id);
            }
        }
        Self {
            kind,
            hosts: catalog.suppliers.iter().map(|s| s.id.as_str()).collect(),
            models: names.into_iter().filter_map(|(name, id)| Some((name, id?))).collect(),
        }
    }

    /// What the key of an entry stands for.
    ///
    /// # Errors
    /// Why it stands for nothing in the catalog.
    pub(in crate::study) fn meaning(&self, entry: &ListedPrice) -> Result<KeyMeaning, SetAside> {
        let host = host(self.kind, &entry.provider).filter(|host| self.hosts.contains(host));
        let host = host.ok_or(SetAside::Host)?;
        let (zone, names) = parts(host, &entry.key)?;
        let is_clear = |name: &String| !MISLEADING.contains(&(host, name.as_str()));
        let names: Vec<String> = names.into_iter().filter(is_clear).collect();
        let (model, is_shortened) = self.model(&names).ok_or(SetAside::Model)?;
        Ok(KeyMeaning { host: host.to_owned(), model: model.to_owned(), zone, is_shortened })
    }

    /// What a call of LiteLLM says: its zone, and the model if its name is known.
    ///
    /// # Errors
    /// As [`KeyReader::meaning`], for the zone alone.
    pub(in crate::study) fn call(&self, host: &str, key: &str) -> (Result<Zone, SetAside>, Option<&'a str>) {
        let (zone, names) = match parts(host, key) {
            Ok((zone, names)) => (Ok(zone), names),
            Err(reason) => (Err(reason), Vec::new()),
        };
        let is_clear = |name: &String| !MISLEADING.contains(&(host, name.as_str()));
        let names: Vec<String> = names.into_iter().filter(is_clear).chain(own_names(key)).collect();
        (zone, self.model(&names).map(|(id, _)| id))
    }

    /// The model that a name means by itself, whoever hosts it.
    pub(in crate::study) fn named(&self, name: &str) -> Option<&'a str> {
        self.model(&own_names(name)).map(|(id, _)| id)
    }

    /// The model of another key of the same host, such as the successor that it names.
    pub(in crate::study) fn successor(&self, host: &str, key: &str) -> Option<&'a str> {
        let (_, names) = parts(host, key).ok()?;
        Some(self.model(&names)?.0)
    }

    /// The model by the first of the names that is known, and whether it had to be shortened.
    fn model(&self, names: &[String]) -> Option<(&'a str, bool)> {
        names.iter().find_map(|name| {
            let whole = self.models.get(name).map(|id| (*id, false));
            whole.or_else(|| self.models.get(&shortened(name)).map(|id| (*id, true)))
        })
    }
}

/// The host of a provider of LiteLLM.
pub(in crate::study) fn litellm_host(provider: &str) -> Option<&'static str> {
    host(PriceListKind::LiteLlm, provider)
}

/// The country of a region of AWS, or what a word for a zone means.
pub(in crate::study) fn zone_named(word: &str) -> Option<Zone> {
    zone_of(word).ok()
}

/// Spelled names that the last part of a key may have, without tag and version.
fn own_names(key: &str) -> Vec<String> {
    let last = key.rsplit('/').next().unwrap_or_default();
    let untagged = last.split(':').next().unwrap_or_default();
    let without_profile = without_version(last).split_once('.').map_or("", |(_, rest)| rest);
    let names =
        [last, untagged, without_profile, without_profile.split_once('.').map_or("", |(_, rest)| rest)];
    let spelled: Vec<String> = names.into_iter().map(spelled).filter(|name| !name.is_empty()).collect();
    // Some hosts write a point as `p`: `deepseek-v3p2`.
    let pointed: Vec<String> = spelled.iter().map(|name| with_points(name)).collect();
    spelled.into_iter().chain(pointed).collect()
}

/// A spelled name with a hyphen for each `p` between two digits.
fn with_points(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let is_digit = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_digit);
    let point = |(at, &c): (usize, &char)| {
        let is_point = c == 'p' && is_digit(at.checked_sub(1)) && is_digit(Some(at + 1));
        if is_point { '-' } else { c }
    };
    letters.iter().enumerate().map(point).collect()
}

/// The zone of a key, and the spelled names that its model may have.
fn parts(host: &str, key: &str) -> Result<(Zone, Vec<String>), SetAside> {
    let mut segments: Vec<&str> = key.split('/').collect();
    let name = segments.pop().unwrap_or_default();
    match host {
        BEDROCK => bedrock(&segments, name),
        AZURE | OPENAI => {
            let prefix = segments.iter().find(|s| !["azure", "azure_ai", OPENAI].contains(s));
            Ok((prefix.map_or(Ok(Zone::Worldwide), |zone| zone_of(zone))?, vec![spelled(name)]))
        }
        _ => Ok((Zone::Worldwide, vec![spelled(name)])),
    }
}

fn zone_of(word: &str) -> Result<Zone, SetAside> {
    if WORLDWIDE.contains(&word) {
        return Ok(Zone::Worldwide);
    }
    let region = ZONES.iter().chain(&AWS_REGIONS).find(|(name, _)| *name == word);
    region.map(|(_, id)| Zone::Named((*id).to_owned())).ok_or(SetAside::Region)
}

/// `bedrock/REGION/PROFILE.VENDOR.MODEL-v1:0`, where region, profile and version may be missing.
fn bedrock(segments: &[&str], name: &str) -> Result<(Zone, Vec<String>), SetAside> {
    let region = segments.iter().find(|s| !["bedrock", "bedrock_mantle"].contains(s));
    let (first, rest) = name.split_once('.').unwrap_or(("", name));
    let is_profile = |word: &str| {
        WORLDWIDE.contains(&word)
            || OTHER_ZONES.contains(&word)
            || ZONES.iter().any(|(zone, _)| *zone == word)
    };
    let (zone, name) = match region {
        Some(region) => (zone_of(region)?, name),
        None if is_profile(first) => (zone_of(first)?, rest),
        None => (Zone::InRegion, name),
    };
    // `anthropic.claude-opus-5`, but also `deepseek.v3.2`, whose vendor is a part of the name.
    let name = without_version(name);
    let (vendor, model) = name.split_once('.').unwrap_or(("", name));
    Ok((zone, vec![spelled(model), spelled(&format!("{vendor}-{model}"))]))
}

/// A name of Bedrock without its version, `-v1:0` or `-v1`.
fn without_version(name: &str) -> &str {
    let base = name.split_once(':').map_or(name, |(base, _)| base);
    match base.rsplit_once("-v") {
        Some((model, version)) if is_digits(version) => model,
        _ => base,
    }
}

/// A name in lower case, with hyphens for everything but letters and digits.
fn spelled(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// A spelled name without a date at its end, and without how the model is served.
fn shortened(name: &str) -> String {
    let mut name = name;
    while let Some(shorter) = SERVED_AS
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .or_else(|| without_date(name))
        .filter(|shorter| !shorter.is_empty())
    {
        name = shorter;
    }
    name.to_owned()
}

/// The name before `-20251001` or `-2025-10-01`. Shorter numbers, such as `-2507`, are names of builds.
fn without_date(name: &str) -> Option<&str> {
    let (base, last) = name.rsplit_once('-')?;
    if last.len() == 8 && is_digits(last) {
        return Some(base);
    }
    let (base, month) = base.rsplit_once('-')?;
    let (base, year) = base.rsplit_once('-')?;
    let is_date =
        [(year, 4), (month, 2), (last, 2)].iter().all(|(part, n)| part.len() == *n && is_digits(part));
    is_date.then_some(base)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests;
