//! Writing a plan as a bill of materials (CycloneDX 1.6 and 1.7, JSON): models, hosted services, what depends on what, and what is
//! not known.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::citations::CitedFields;
use crate::model::Provenance;
use crate::model::instance::{Instance, ModelIdx, OfferIdx, SupplierIdx};
use crate::model::jurisdictions::Source;
use crate::model::portfolio::Workload;
use crate::model::words::Openness;
use crate::study::gateway::export::PlannedRouting;

/// What the names of our properties begin with; `cdx:` is reserved.
pub(super) const PREFIX: &str = "multipolar:";
/// Licenses of the catalog that are on the list of SPDX, with the id there.
const SPDX: [(&str, &str); 3] =
    [("apache-2.0", "Apache-2.0"), ("mit", "MIT"), ("cc-by-nc-4.0", "CC-BY-NC-4.0")];
/// Refs of what the bill describes, and of who says so.
const ROOT: &str = "portfolio";
pub(super) const TOOL: &str = "tool:multipolar";

/// Version of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BomSpec {
    V1_6,
    V1_7,
}

impl BomSpec {
    fn as_str(self) -> &'static str {
        match self {
            Self::V1_6 => "1.6",
            Self::V1_7 => "1.7",
        }
    }
}

/// How a bill is written.
#[derive(Debug, Clone, Copy)]
pub struct BomSettings<'a> {
    pub spec: BomSpec,
    /// The day that it says it was made; `None`: it says none, and has no citations, which need one.
    pub date: Option<Date>,
    /// What the plan is called where there is no company.
    pub name: &'a str,
    /// What the ids of sources stand for.
    pub sources: &'a [Source],
}

/// The bill of materials of a plan. It holds no demand and no cost. The same plan has the same bytes.
///
/// # Errors
/// The id of an offer that the instance does not have.
pub fn bom(instance: &Instance, plan: &PlannedRouting, settings: BomSettings<'_>) -> Result<String, String> {
    let mut offers: BTreeMap<String, OfferIdx> = BTreeMap::new();
    for id in offer_ids(plan) {
        let offer = instance.offer_idx(id).ok_or_else(|| id.to_owned())?;
        offers.insert(id.to_owned(), offer);
    }
    let writer = BomWriter { instance, plan, offers, settings };
    let mut bom = writer.bill();
    // A name that follows from the content: a version-8 UUID (RFC 9562), whose bits are those of a SHA-256.
    let serial = serial_number(&Value::Object(bom.clone()).to_string());
    bom.insert("serialNumber".to_owned(), Value::from(serial));
    bom.insert("metadata".to_owned(), writer.metadata());
    Ok(format!("{:#}\n", Value::Object(bom)))
}

/// Offers that serve or wait.
fn offer_ids(plan: &PlannedRouting) -> BTreeSet<&str> {
    let shares = plan.allocation.values().flat_map(BTreeMap::values).flatten();
    let serving = shares.filter(|(_, share)| **share > 0.0).map(|(offer, _)| offer.as_str());
    serving.chain(plan.standby.iter().map(|(_, offer, _)| offer.as_str())).collect()
}

fn serial_number(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut bytes: [u8; 16] = std::array::from_fn(|i| digest[i]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

struct BomWriter<'a> {
    instance: &'a Instance,
    plan: &'a PlannedRouting,
    offers: BTreeMap<String, OfferIdx>,
    settings: BomSettings<'a>,
}

impl BomWriter<'_> {
    /// Everything but the serial number and the metadata, which say when and by what it was written.
    fn bill(&self) -> Map<String, Value> {
        let models: BTreeSet<ModelIdx> =
            self.offers.values().map(|&o| self.instance.offers[o].model).collect();
        let workloads = self.plan.allocation.keys().map(|id| self.workload(id));
        let components: Vec<Value> = models.iter().map(|&model| self.model(model)).chain(workloads).collect();
        let services: Vec<Value> = self.offers.iter().map(|(id, &offer)| self.service(id, offer)).collect();
        let mut bom = Map::new();
        bom.insert(
            "$schema".into(),
            json!(format!("http://cyclonedx.org/schema/bom-{}.schema.json", self.spec())),
        );
        bom.insert("bomFormat".into(), json!("CycloneDX"));
        bom.insert("specVersion".into(), json!(self.spec()));
        bom.insert("version".into(), json!(1));
        bom.insert("dependencies".into(), Value::from(self.dependencies(&models)));
        bom.insert("compositions".into(), Value::from(self.compositions(&models)));
        if let (BomSpec::V1_7, Some(date)) = (self.settings.spec, self.settings.date) {
            let citations = self.citations((&models, &components), &services, date);
            if !citations.is_empty() {
                bom.insert("citations".into(), Value::from(citations));
            }
        }
        bom.insert("components".into(), Value::from(components));
        bom.insert("services".into(), Value::from(services));
        bom
    }

    fn spec(&self) -> &'static str {
        self.settings.spec.as_str()
    }

    fn metadata(&self) -> Value {
        let company = &self.instance.portfolio.company;
        let name = if company.name.is_empty() { self.settings.name } else { &company.name };
        let mut described = json!({"type": "application", "bom-ref": ROOT, "name": name,
            "description": "What the company uses generative AI for, and who serves it"});
        if !company.name.is_empty() {
            described["manufacturer"] =
                json!({"name": company.name, "address": {"country": company.headquarters}});
        }
        let mut metadata = json!({
            "lifecycles": [{"phase": "operations"}],
            "component": described,
            "tools": {"components": [{"type": "application", "bom-ref": TOOL, "name": "multipolar",
                "version": env!("CARGO_PKG_VERSION")}]},
        });
        if let Some(date) = self.settings.date {
            metadata["timestamp"] = json!(timestamp(date));
        }
        metadata
    }

    fn organization(&self, supplier: SupplierIdx) -> Value {
        let s = &self.instance.suppliers[supplier];
        json!({"name": s.supplier.name, "address": {"country": self.jurisdiction(s.country)}})
    }

    fn jurisdiction(&self, idx: usize) -> &str {
        &self.instance.jurisdictions[idx].id
    }

    /// The country of the topmost parent, where that is another.
    fn parent_country(&self, supplier: SupplierIdx) -> Option<String> {
        let own = &self.instance.suppliers[supplier];
        let top = &self.instance.suppliers[own.top];
        (top.country != own.country).then(|| self.jurisdiction(top.country).to_owned())
    }

    fn model(&self, idx: ModelIdx) -> Value {
        let resolved = &self.instance.models[idx];
        let model = &resolved.model;
        let mut component = self.model_base(idx, &format!("model:{}", model.id));
        let ancestors: Vec<Value> = resolved.lineage[1..]
            .iter()
            .map(|&base| {
                self.model_base(
                    base,
                    &format!("base-of:{}:{}", model.id, self.instance.models[base].model.id),
                )
            })
            .collect();
        if !ancestors.is_empty() {
            component["pedigree"] = json!({"ancestors": ancestors,
                "notes": "The weights start from those of the ancestors, the nearest first"});
        }
        component["modelCard"] = json!({"modelParameters": {"task": "text-generation"}});
        component
    }

    /// A model without what it stands on.
    fn model_base(&self, idx: ModelIdx, reference: &str) -> Value {
        let resolved = &self.instance.models[idx];
        let model = &resolved.model;
        let mut component = json!({
            "type": "machine-learning-model",
            "bom-ref": reference,
            "name": model.name,
            "manufacturer": self.organization(resolved.developer),
        });
        let spdx = SPDX.iter().find(|(license, _)| *license == model.license).map(|(_, id)| *id);
        // `unknown` and `proprietary` name no license.
        if let Some(id) = spdx {
            component["licenses"] = json!([{"license": {"id": id}}]);
        } else if model.license != "unknown" {
            component["licenses"] = json!([{"license": {"name": model.license}}]);
        }
        let mut properties = vec![
            ("model", Some(model.id.clone())),
            ("developer", Some(self.instance.suppliers[resolved.developer].supplier.id.clone())),
            ("parent-country", self.parent_country(resolved.developer)),
            ("openness", Some(openness(model.openness).to_owned())),
            ("released", model.released.map(|date| date.to_string())),
            ("context-tokens", model.context_tokens.map(|n| n.to_string())),
            ("parameters-billion", model.parameters_b.map(|n| n.to_string())),
        ];
        properties.extend(provenance(&model.provenance));
        component["properties"] = written(properties);
        component
    }

    fn workload(&self, id: &str) -> Value {
        let listed = self.listed_workload(id);
        let mut properties: Vec<(&str, Option<String>)> = vec![("workload", Some(id.to_owned()))];
        if let Some(workload) = listed {
            properties.push(("data", Some(workload.data.as_str().to_owned())));
            let users =
                workload.users.iter().map(|(country, share)| ("users", Some(format!("{country}={share}"))));
            properties.extend(users);
        }
        let by_users = &self.plan.allocation[id];
        let mut distinct: Vec<&BTreeMap<String, f64>> = by_users.values().collect();
        distinct.dedup();
        for (country, shares) in by_users {
            let prefix = if distinct.len() == 1 { String::new() } else { format!("{country} ") };
            let entry = |(offer, share): (&String, &f64)| ("share", Some(format!("{prefix}{offer}={share}")));
            properties.extend(shares.iter().filter(|(_, share)| **share > 0.0).map(entry));
            if distinct.len() == 1 {
                break;
            }
        }
        for (_, offer, readiness) in self.plan.standby.iter().filter(|(workload, ..)| workload == id) {
            properties.push(("standby", Some(format!("{} {offer}", readiness.as_str()))));
        }
        let name = listed.map_or(id, |workload| &workload.name);
        json!({"type": "application", "bom-ref": format!("workload:{id}"), "name": name,
            "properties": written(properties)})
    }

    fn listed_workload(&self, id: &str) -> Option<&Workload> {
        self.instance.workloads.iter().map(|w| &w.workload).find(|workload| workload.id == id)
    }

    fn service(&self, id: &str, idx: OfferIdx) -> Value {
        let offer = &self.instance.offers[idx];
        let model = &self.instance.model_of(idx).model;
        let region = self.jurisdiction(offer.region);
        let company = &self.instance.portfolio.company;
        let (provider, parent) = match offer.host {
            Some(host) => (self.organization(host), self.parent_country(host)),
            None => (json!({"name": company.name, "address": {"country": company.headquarters}}), None),
        };
        let host = offer.host.map_or("the company", |host| &self.instance.suppliers[host].supplier.name);
        let chips: Vec<&str> =
            offer.hardware.iter().map(|&h| self.instance.hardware[h].hardware.id.as_str()).collect();
        let mut properties = vec![
            ("offer", Some(id.to_owned())),
            ("host-region", Some(region.to_owned())),
            ("host-region-assumed", offer.entry.region_assumed.then(|| "true".to_owned())),
            ("parent-country", parent),
            ("retires", offer.entry.retires.map(|date| date.to_string())),
        ];
        properties.extend(chips.iter().map(|chip| ("hardware-alternative", Some((*chip).to_owned()))));
        properties.extend(offer.certifications.iter().map(|c| ("certification", Some(c.clone()))));
        properties.extend(provenance(&offer.entry.provenance));
        let mut service = json!({
            "bom-ref": format!("service:{id}"),
            "name": format!("{} at {host}, {region}", model.name),
            "provider": provider,
            "trustZone": region,
            "x-trust-boundary": offer.host.is_some(),
            "properties": written(properties),
        });
        let classes: BTreeSet<&str> = self
            .plan
            .allocation
            .keys()
            .filter(|workload| self.users_of(id).contains(workload.as_str()))
            .filter_map(|workload| Some(self.listed_workload(workload)?.data.as_str()))
            .collect();
        if !classes.is_empty() {
            let flow = |class: &str| json!({"flow": "bi-directional", "classification": class});
            service["data"] = classes.into_iter().map(flow).collect();
        }
        service
    }

    /// Workloads that an offer serves or waits for.
    fn users_of(&self, offer: &str) -> BTreeSet<&str> {
        let serves = |shares: &BTreeMap<String, f64>| shares.get(offer).is_some_and(|share| *share > 0.0);
        let primary = self.plan.allocation.iter().filter(|(_, by_users)| by_users.values().any(serves));
        let waiting = self.plan.standby.iter().filter(|(_, id, _)| id == offer).map(|(w, ..)| w.as_str());
        primary.map(|(workload, _)| workload.as_str()).chain(waiting).collect()
    }

    fn dependencies(&self, models: &BTreeSet<ModelIdx>) -> Vec<Value> {
        let entry = |reference: String, on: Vec<String>| json!({"ref": reference, "dependsOn": on});
        let mut all = vec![entry(
            ROOT.to_owned(),
            self.plan.allocation.keys().map(|id| format!("workload:{id}")).collect(),
        )];
        all.extend(
            models.iter().map(|&m| entry(format!("model:{}", self.instance.models[m].model.id), Vec::new())),
        );
        for (id, &offer) in &self.offers {
            let model = &self.instance.model_of(offer).model.id;
            all.push(entry(format!("service:{id}"), vec![format!("model:{model}")]));
        }
        for workload in self.plan.allocation.keys() {
            let used = self.offers.keys().filter(|offer| self.users_of(offer).contains(workload.as_str()));
            all.push(entry(format!("workload:{workload}"), used.map(|id| format!("service:{id}")).collect()));
        }
        all
    }

    /// What the bill knows completely, and what it does not.
    fn compositions(&self, models: &BTreeSet<ModelIdx>) -> Vec<Value> {
        let workloads: Vec<String> = self.plan.allocation.keys().map(|id| format!("workload:{id}")).collect();
        let services: Vec<String> = self.offers.keys().map(|id| format!("service:{id}")).collect();
        let models: Vec<String> =
            models.iter().map(|&m| format!("model:{}", self.instance.models[m].model.id)).collect();
        vec![
            // Every offer that serves or waits for a workload of the plan is listed.
            json!({"aggregate": "complete", "dependencies": workloads}),
            // Beyond host and model: subcontractors, data centers and networks are not known.
            json!({"aggregate": "incomplete_third_party_only", "dependencies": services}),
            // Data and other parts that a model was made of.
            json!({"aggregate": "unknown", "assemblies": models, "dependencies": models}),
        ]
    }

    /// Where the facts of models and services are from.
    fn citations(
        &self,
        (models, components): (&BTreeSet<ModelIdx>, &[Value]),
        services: &[Value],
        date: Date,
    ) -> Vec<Value> {
        let mut cited = CitedFields::new(self.instance);
        for (nth, (component, &model)) in components.iter().zip(models).enumerate() {
            cited.model(&format!("/components/{nth}"), component, model);
        }
        for (nth, (service, &offer)) in services.iter().zip(self.offers.values()).enumerate() {
            cited.service(&format!("/services/{nth}"), service, offer);
        }
        cited.citations(&timestamp(date), self.settings.sources)
    }
}

fn timestamp(date: Date) -> String {
    format!("{date}T00:00:00Z")
}

fn openness(openness: Openness) -> &'static str {
    openness.as_str()
}

fn provenance(p: &Provenance) -> Vec<(&'static str, Option<String>)> {
    let sources = p.source.iter().map(|source| ("source", Some(source.clone())));
    let confidence = ("confidence", Some(p.confidence.as_str().to_owned()));
    let dated = ("as-of", p.as_of.map(|date| date.to_string()));
    sources.chain([confidence, dated]).collect()
}

/// Properties that have a value.
fn written(properties: Vec<(&str, Option<String>)>) -> Value {
    let known = properties.into_iter().filter_map(|(name, value)| Some((name, value?)));
    known.map(|(name, value)| json!({"name": format!("{PREFIX}{name}"), "value": value})).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Version 8 and variant 10 stand where RFC 9562 wants them, and the name follows the content.
    #[test]
    fn a_serial_number_is_a_uuid_of_the_content() {
        let serial = serial_number("a");
        assert_eq!(serial.len(), "urn:uuid:".len() + 36);
        let digits: Vec<&str> = serial["urn:uuid:".len()..].split('-').collect();
        assert_eq!(digits.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(digits[2].starts_with('8') && "89ab".contains(&digits[3][..1]));
        // SHA-256 of "a" begins with ca978112.
        assert_eq!(digits[0], "ca978112");
        assert_ne!(serial, serial_number("b"));
    }
}
