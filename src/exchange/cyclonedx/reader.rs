//! Reading a bill of materials (CycloneDX 1.4 to 1.7, JSON) as a list of what a company uses.
//!
//! Names of properties that are not known are passed over; what is not shaped as the format says is an error with its place.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::bom::PREFIX;
use crate::input::diagnostic::{Diagnostic, quoted};
use crate::input::{InputError, file_bytes, file_text};
use crate::model::inventory::{Inventory, ListedUse, ListedWorkload};
use crate::model::portfolio::Readiness;
use crate::model::words::DataClass;

const MODEL: &str = "machine-learning-model";
const VERSIONS: [&str; 4] = ["1.4", "1.5", "1.6", "1.7"];
/// Ends of names of properties that say where a service runs.
const REGION_PROPERTIES: [&str; 4] = ["host-region", "host-country", "residency-zone", "region"];
/// Longest text of the file that is kept, characters.
const LONGEST: usize = 200;

/// A bill of materials as read.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadBom {
    /// Version of the format.
    pub spec: String,
    pub inventory: Inventory,
}

/// Reads a bill of materials.
///
/// # Errors
/// [`InputError::Unreadable`] when the file cannot be read; [`InputError::Invalid`] when it is no JSON, no bill of materials, of
/// another version, or not shaped as the format says.
pub fn read_bom(path: &Path) -> Result<ReadBom, InputError> {
    let text = file_text(path, file_bytes(path)?)?;
    let file = path.display().to_string();
    let root: Value = serde_json::from_str(&text).map_err(|error| {
        let help = "export the bill of materials as JSON; XML is not read";
        refused(&file, "json-syntax", "", format!("not JSON: {error}"), help)
    })?;
    if root["bomFormat"] != "CycloneDX" {
        let message = "the file is no bill of materials: 'bomFormat' is not CycloneDX".to_owned();
        return Err(refused(
            &file,
            "no-bom",
            "bomFormat",
            message,
            "name a bill in the form of CycloneDX, as JSON",
        ));
    }
    let spec = root["specVersion"].as_str().unwrap_or_default();
    if !VERSIONS.contains(&spec) {
        let message = format!("version {} of CycloneDX is not read", quoted(spec));
        let help = format!("export it as one of {}", VERSIONS.join(", "));
        return Err(refused(&file, "no-bom", "specVersion", message, &help));
    }
    let parts = BomParts::of(&root).map_err(|(path, message)| {
        refused(&file, "bom-shape", &path, message, "the schema of CycloneDX says what is expected here")
    })?;
    Ok(ReadBom { spec: spec.to_owned(), inventory: parts.inventory(&root) })
}

fn refused(file: &str, code: &'static str, path: &str, message: String, help: &str) -> InputError {
    let diagnostic = Diagnostic {
        path: path.to_owned(),
        ..Diagnostic::of_file(code, file, message, Some(help.to_owned()))
    };
    InputError::Invalid(vec![diagnostic])
}

/// Where something is not shaped as expected, and how.
type Misshapen = (String, String);

/// A component or a service.
struct BomPart<'a> {
    value: &'a Value,
    name: &'a str,
    path: String,
}

/// Components and services by their refs, and what depends on what.
struct BomParts<'a> {
    components: BTreeMap<String, BomPart<'a>>,
    services: BTreeMap<String, BomPart<'a>>,
    needs: BTreeMap<&'a str, BTreeSet<&'a str>>,
    root: String,
}

/// The items of a list that may be missing.
fn list<'a>(value: &'a Value, key: &str, path: &str) -> Result<&'a [Value], Misshapen> {
    match value.get(key) {
        None => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err((format!("{path}{key}"), format!("'{key}' is no list"))),
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str().filter(|text| !text.is_empty())
}

impl<'a> BomParts<'a> {
    fn of(root: &'a Value) -> Result<Self, Misshapen> {
        let own = text(&root["metadata"]["component"], "bom-ref").unwrap_or_default().to_owned();
        let mut parts = Self {
            components: BTreeMap::new(),
            services: BTreeMap::new(),
            needs: BTreeMap::new(),
            root: own,
        };
        collect(root, "components", "", &mut parts.components)?;
        collect(root, "services", "", &mut parts.services)?;
        for (nth, entry) in list(root, "dependencies", "")?.iter().enumerate() {
            let path = format!("dependencies[{nth}].");
            let from =
                text(entry, "ref").ok_or_else(|| (format!("{path}ref"), "'ref' is missing".to_owned()))?;
            let on = list(entry, "dependsOn", &path)?.iter().filter_map(Value::as_str);
            parts.needs.entry(from).or_default().extend(on);
        }
        Ok(parts)
    }

    fn is_model(&self, reference: &str) -> bool {
        self.components.get(reference).is_some_and(|part| part.value["type"] == MODEL)
    }

    /// Models that a service needs.
    fn models_of(&self, service: &str) -> Vec<&BomPart<'a>> {
        let needed = self.needs.get(service).into_iter().flatten();
        needed.filter(|on| self.is_model(on)).filter_map(|on| self.components.get(*on)).collect()
    }

    /// Who needs a part directly, without services and models.
    fn users_of(&self, part: &str) -> Vec<&str> {
        let is_user = |from: &str| !self.services.contains_key(from) && !self.is_model(from);
        let all = self.needs.iter().filter(|(from, on)| on.contains(part) && is_user(from));
        all.map(|(from, _)| *from).collect()
    }

    fn inventory(&self, root: &'a Value) -> Inventory {
        let described = &root["metadata"]["component"];
        let maker =
            [&described["manufacturer"], &root["metadata"]["manufacturer"], &root["metadata"]["supplier"]];
        let maker = maker.into_iter().find(|maker| text(maker, "name").is_some());
        let mut inventory = Inventory {
            company: maker.and_then(|maker| text(maker, "name")).map(kept),
            headquarters: maker.and_then(country).map(kept),
            ..Inventory::default()
        };
        let mut uses: BTreeMap<&str, Vec<ListedUse>> = BTreeMap::new();
        let mut served: BTreeSet<&str> = BTreeSet::new();
        for (reference, service) in &self.services {
            let models = self.models_of(reference);
            let offer = property(service.value, "offer");
            if models.is_empty() && offer.is_none() {
                let reason = "it is a service that needs no model of the bill".to_owned();
                inventory.set_aside.push((kept(service.name), reason));
                continue;
            }
            served.extend(self.needs.get(reference.as_str()).into_iter().flatten().copied());
            let all = if models.is_empty() { vec![None] } else { models.into_iter().map(Some).collect() };
            for model in all {
                let entry = used(service, model, offer);
                self.file(&mut uses, reference, entry);
            }
        }
        for (reference, model) in &self.components {
            if self.is_model(reference) && !served.contains(reference.as_str()) {
                let entry = ListedUse {
                    name: kept(model.name),
                    place: model.path.clone(),
                    model: Some(named_model(model)),
                    ..ListedUse::default()
                };
                self.file(&mut uses, reference, entry);
            }
        }
        for (reference, entries) in uses {
            inventory.workloads.push(self.workload(reference, described, entries));
        }
        inventory
    }

    /// Files a use under everyone who needs it; under the whole where nobody does.
    fn file<'b>(&'b self, uses: &mut BTreeMap<&'b str, Vec<ListedUse>>, reference: &str, entry: ListedUse) {
        let users = self.users_of(reference);
        let users = if users.is_empty() { vec![self.root.as_str()] } else { users };
        for user in users {
            uses.entry(user).or_default().push(entry.clone());
        }
    }

    fn workload(&self, reference: &str, described: &Value, entries: Vec<ListedUse>) -> ListedWorkload {
        let part = self.components.get(reference);
        let value = part.map_or(described, |part| part.value);
        let name = part.map_or_else(|| text(described, "name").unwrap_or("all uses"), |part| part.name);
        let mut workload = ListedWorkload {
            id: kept(property(value, "workload").unwrap_or(name)),
            name: kept(name),
            place: part.map_or_else(|| "The whole bill.".to_owned(), |part| format!("{}.", part.path)),
            data: property(value, "data").and_then(DataClass::parse),
            ..ListedWorkload::default()
        };
        for entry in properties(value, "users") {
            if let Some((country, share)) =
                entry.split_once('=').and_then(|(c, s)| Some((c, s.parse().ok()?)))
            {
                workload.users.extend(is_code(country).then(|| (country.to_owned(), share)));
            }
        }
        let by_offer = |offer: &str| entries.iter().find(|entry| entry.offer.as_deref() == Some(offer));
        let mut said: Vec<ListedUse> = Vec::new();
        for share in properties(value, "share") {
            let Some((left, share)) = share.rsplit_once('=') else { continue };
            let (users, offer) = match left.split_once(' ') {
                Some((users, offer)) => (Some(users).filter(|users| is_code(users)), offer),
                None => (None, left),
            };
            let (Some(entry), Ok(share)) = (by_offer(offer), share.parse::<f64>()) else { continue };
            let share = Some(share).filter(|share| (0.0..=1.0).contains(share));
            said.push(ListedUse { users: users.map(str::to_owned), share, ..entry.clone() });
        }
        for standby in properties(value, "standby") {
            let Some((readiness, offer)) = standby.split_once(' ') else { continue };
            let Some(entry) = by_offer(offer) else { continue };
            let readiness = if readiness == "hot" { Readiness::Hot } else { Readiness::Warm };
            said.push(ListedUse { standby: Some(readiness), ..entry.clone() });
        }
        let is_said =
            |entry: &ListedUse| entry.offer.is_some() && said.iter().any(|s| s.offer == entry.offer);
        let others: Vec<ListedUse> = entries.iter().filter(|entry| !is_said(entry)).cloned().collect();
        workload.uses = said.into_iter().chain(others).collect();
        workload
    }
}

/// BomParts with those inside them, by their refs, or by their places where they have none.
fn collect<'a>(
    value: &'a Value,
    key: &str,
    path: &str,
    into: &mut BTreeMap<String, BomPart<'a>>,
) -> Result<(), Misshapen> {
    for (nth, entry) in list(value, key, path)?.iter().enumerate() {
        let place = format!("{path}{key}[{nth}]");
        let name =
            text(entry, "name").ok_or_else(|| (format!("{place}.name"), "'name' is missing".to_owned()))?;
        let reference = text(entry, "bom-ref").unwrap_or(&place).to_owned();
        collect(entry, key, &format!("{place}."), into)?;
        into.insert(reference, BomPart { value: entry, name, path: place });
    }
    Ok(())
}

fn used(service: &BomPart<'_>, model: Option<&BomPart<'_>>, offer: Option<&str>) -> ListedUse {
    let provider = &service.value["provider"];
    let region = REGION_PROPERTIES.iter().find_map(|end| ending(service.value, end));
    ListedUse {
        name: kept(service.name),
        place: service.path.clone(),
        offer: offer.map(kept),
        model: model.map(named_model),
        host: text(provider, "name").map(kept),
        region: region.or_else(|| text(service.value, "trustZone")).map(kept),
        ..ListedUse::default()
    }
}

/// The catalog's id where the bill has it, else the name with its namespace.
fn named_model(model: &BomPart<'_>) -> String {
    if let Some(id) = property(model.value, "model") {
        return kept(id);
    }
    match text(model.value, "group") {
        Some(group) => kept(&format!("{group}/{}", model.name)),
        None => kept(model.name),
    }
}

fn country(organization: &Value) -> Option<&str> {
    text(&organization["address"], "country")
}

/// Values of our property.
fn properties<'a>(value: &'a Value, name: &str) -> Vec<&'a str> {
    let all = value["properties"].as_array().into_iter().flatten();
    let own = all.filter(|p| p["name"].as_str().and_then(|n| n.strip_prefix(PREFIX)) == Some(name));
    own.filter_map(|p| p["value"].as_str()).collect()
}

fn property<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    properties(value, name).first().copied()
}

/// The value of a property whose name, after any prefix, is this.
fn ending<'a>(value: &'a Value, end: &str) -> Option<&'a str> {
    let mut all = value["properties"].as_array().into_iter().flatten();
    let is_it = |p: &&Value| p["name"].as_str().is_some_and(|name| name.rsplit(':').next() == Some(end));
    all.find(is_it).and_then(|p| text(p, "value"))
}

/// Whether a text reads like the code of a country.
fn is_code(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// A text of the file, cut to a length that nobody exceeds in good faith.
fn kept(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}
