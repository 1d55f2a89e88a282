//! What an entry of a list is in the words of the catalog: by an id of an offer, or by names of model, host and region.

use super::{AnswersFrom, Evidence, MappedDeployment, NamedParts, OfferReader};
use crate::ids::{OfferId, SELF_HOST, nearest};
use crate::model::gateway::Deployment;
use crate::model::inventory::ListedUse;
use crate::study::refresh::keys::{Zone, litellm_host};

/// Other names of hosts, letters and digits only.
const HOST_NAMES: [(&str, &str); 8] = [
    ("amazonbedrock", "aws-bedrock"),
    ("amazonwebservices", "aws-bedrock"),
    ("aws", "aws-bedrock"),
    ("azureopenai", "azure"),
    ("googlecloud", "google-vertex"),
    ("microsoftazure", "azure"),
    ("mistralai", "mistral"),
    ("vertexai", "google-vertex"),
];

impl OfferReader<'_> {
    /// What an entry is. `source`: the list, for what it states; `company`: who runs what it hosts itself.
    pub(in crate::study) fn listed(
        &self,
        entry: &ListedUse,
        source: &str,
        company: Option<&str>,
    ) -> MappedDeployment {
        let written = entry.offer.as_deref();
        if let Some(offer) = written.and_then(OfferId::parse).filter(|offer| self.sells(offer)) {
            return self.planned(&offer, source);
        }
        let host = self.listed_host(entry.host.as_deref(), company, source);
        let model = self.listed_model(entry.model.as_deref(), source);
        let (region, answers_from) = self.listed_region(entry.region.as_deref(), source);
        let developer = match model.known().and_then(|model| self.developer_of(model)) {
            Some(developer) => Evidence::filled(developer, "the catalog"),
            None => match entry.model.as_deref().and_then(|name| self.family(name)) {
                Some(developer) => Evidence::inferred(developer, "the model's name begins like theirs"),
                None => Evidence::missing("nothing says who developed the model"),
            },
        };
        let parts = NamedParts { host, model, developer, region, answers_from };
        let mut mapped = self.with_offer(&Deployment::default(), parts);
        if let Some(written) = written.filter(|_| mapped.offer.known().is_none()) {
            let ids: Vec<String> = self.offer_ids();
            let near = nearest(written, ids.iter().map(String::as_str));
            let hint = near.map(|near| format!(" did you mean '{near}'?")).unwrap_or_default();
            mapped.question = Some(format!("which offer is it? The catalog has no '{written}';{hint}"));
        }
        mapped
    }

    fn offer_ids(&self) -> Vec<String> {
        let of = |entry: &crate::model::catalog::OfferEntry| {
            let id = |region: &String| format!("{}@{}:{region}", entry.model, entry.host);
            entry.regions.iter().map(id).collect::<Vec<_>>()
        };
        self.catalog.offers.iter().flat_map(of).collect()
    }

    fn listed_host(&self, name: Option<&str>, company: Option<&str>, source: &str) -> Evidence {
        let Some(name) = name else { return Evidence::missing("nothing says who hosts it") };
        let plain = squeezed(name);
        if plain == SELF_HOST || company.is_some_and(|company| squeezed(company) == plain) {
            return Evidence::filled(SELF_HOST, format!("{source}: '{name}' is the company itself"));
        }
        let known = |s: &&crate::model::catalog::Supplier| {
            let (short, _) = s.name.split_once('(').unwrap_or((&s.name, ""));
            [s.id.as_str(), &s.name, short].iter().any(|known| squeezed(known) == plain)
        };
        if let Some(supplier) = self.catalog.suppliers.iter().find(known) {
            return Evidence::filled(&supplier.id, source);
        }
        let other = HOST_NAMES.iter().find(|(other, _)| *other == plain).map(|(_, host)| *host);
        let provider = other.or_else(|| litellm_host(&name.to_lowercase()));
        match provider.filter(|host| self.catalog.suppliers.iter().any(|s| s.id == *host)) {
            Some(host) => Evidence::inferred(host, format!("'{name}' is another name of it")),
            None => Evidence::missing(format!("the catalog has no host '{name}'")),
        }
    }

    fn listed_model(&self, name: Option<&str>, source: &str) -> Evidence {
        let Some(name) = name else { return Evidence::missing("nothing says which model it is") };
        if self.catalog.models.iter().any(|model| model.id == name) {
            return Evidence::filled(name, source);
        }
        match self.keys.named(name) {
            Some(id) => Evidence::inferred(id, format!("'{name}' is written like it")),
            None => Evidence::missing(format!("the catalog has no model '{name}'")),
        }
    }

    fn listed_region(&self, word: Option<&str>, source: &str) -> (Evidence, AnswersFrom) {
        let Some(word) = word else {
            return (Evidence::missing("nothing says where it runs"), AnswersFrom::Unknown);
        };
        let named = self.jurisdictions.jurisdictions.iter().find(|j| squeezed(&j.name) == squeezed(word));
        let zone = named.map(|j| Zone::Named(j.id.clone())).or_else(|| self.places.zone(word));
        match zone {
            Some(Zone::Named(id)) => (Evidence::filled(&id, source), AnswersFrom::Region(id)),
            Some(_) => (Evidence::filled("anywhere", source), AnswersFrom::Anywhere),
            None => (Evidence::missing(format!("no region is known as '{word}'")), AnswersFrom::Unknown),
        }
    }
}

/// Letters and digits only, in small letters: how names are compared.
fn squeezed(name: &str) -> String {
    name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}
