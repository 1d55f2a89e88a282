//! Where the facts of a bill are from: one citation for each set of sources, with a pointer to every field that rests on them.
//! <https://cyclonedx.org/docs/1.7/json/#citations>

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::bom::{PREFIX, TOOL};
use crate::model::instance::{Instance, ModelIdx, OfferIdx, SupplierIdx};
use crate::model::jurisdictions::Source;

/// Properties that say where the others are from.
pub(super) const OF_SOURCES: [&str; 3] = ["source", "confidence", "as-of"];

/// Pointers by the sources that they rest on.
pub(super) struct CitedFields<'a> {
    instance: &'a Instance,
    pointers: BTreeMap<BTreeSet<&'a str>, Vec<String>>,
}

impl<'a> CitedFields<'a> {
    pub(super) fn new(instance: &'a Instance) -> Self {
        Self { instance, pointers: BTreeMap::new() }
    }

    /// Adds the fields of a model that stands at `at`, and those of the models that it starts from.
    pub(super) fn model(&mut self, at: &str, component: &Value, idx: ModelIdx) {
        let resolved = &self.instance.models[idx];
        let own = &resolved.model.provenance.source;
        self.field(at, component, "name", own);
        self.field(at, component, "licenses", own);
        self.field(at, component, "manufacturer", self.says_country(resolved.developer));
        self.properties(at, component, own, resolved.developer);
        let ancestors = component["pedigree"]["ancestors"].as_array().into_iter().flatten();
        for (nth, (ancestor, &base)) in ancestors.zip(&resolved.lineage[1..]).enumerate() {
            self.model(&format!("{at}/pedigree/ancestors/{nth}"), ancestor, base);
        }
    }

    /// Adds the fields of a service that stands at `at`. What a company runs itself stands where the company says.
    pub(super) fn service(&mut self, at: &str, service: &Value, idx: OfferIdx) {
        let offer = &self.instance.offers[idx];
        let own = &offer.entry.provenance.source;
        if let Some(host) = offer.host {
            self.field(at, service, "provider", self.says_country(host));
            self.field(at, service, "trustZone", own);
            self.properties(at, service, own, host);
        }
    }

    /// Adds the properties; the country above a supplier is said by the entries of all that control it.
    fn properties(&mut self, at: &str, part: &Value, own: &'a [String], supplier: SupplierIdx) {
        let controllers = &self.instance.suppliers[supplier].controllers;
        for (nth, property) in part["properties"].as_array().into_iter().flatten().enumerate() {
            let name = property["name"].as_str().and_then(|name| name.strip_prefix(PREFIX));
            let pointer = format!("{at}/properties/{nth}/value");
            match name {
                Some("parent-country") => {
                    let all = controllers.iter().flat_map(|&above| self.says_country(above));
                    self.add(pointer, all.map(String::as_str).collect());
                }
                Some(name) if !OF_SOURCES.contains(&name) => {
                    self.add(pointer, own.iter().map(String::as_str).collect());
                }
                _ => {}
            }
        }
    }

    /// Sources of a supplier's name and country.
    fn says_country(&self, supplier: SupplierIdx) -> &'a [String] {
        &self.instance.suppliers[supplier].supplier.provenance.source
    }

    fn field(&mut self, at: &str, part: &Value, key: &str, sources: &'a [String]) {
        if part.get(key).is_some() {
            self.add(format!("{at}/{key}"), sources.iter().map(String::as_str).collect());
        }
    }

    /// Adds a field; entries of a company's own may have no source.
    fn add(&mut self, pointer: String, sources: BTreeSet<&'a str>) {
        if !sources.is_empty() {
            self.pointers.entry(sources).or_default().push(pointer);
        }
    }

    /// The citations, in the order of their sources. `listed`: what the ids of sources stand for.
    pub(super) fn citations(self, timestamp: &str, listed: &[Source]) -> Vec<Value> {
        let by_id: BTreeMap<&str, &Source> =
            listed.iter().map(|source| (source.id.as_str(), source)).collect();
        let named = |id: &&str| match by_id.get(id) {
            Some(Source { title, publisher, year, .. }) => format!("{id} ({title}, {publisher} {year})"),
            None => (*id).to_owned(),
        };
        let citation = |(sources, pointers): (BTreeSet<&str>, Vec<String>)| {
            let sources: Vec<String> = sources.iter().map(named).collect();
            json!({
                "timestamp": timestamp,
                "pointers": pointers,
                "attributedTo": TOOL,
                "note": format!("sources of the catalog: {}", sources.join("; ")),
            })
        };
        self.pointers.into_iter().map(citation).collect()
    }
}
