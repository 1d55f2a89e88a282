//! The rows of the draft: what a portfolio knows, in the codes of the register.
//!
//! Nothing that only the company knows is made up. Where a key needs a value, it is provisional and begins with `draft-`; the gaps
//! list every one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::templates::{TEMPLATES, place};
use crate::report::answer::register::{
    AssessedService, MEDIUM_DAYS, OWN_CONTRACT, Substitutability, SupplyRank, assessed_services, supply_ranks,
};
use crate::report::answer::substitutes::SubstitutesAnswer;
use crate::report::answer::supply_chain::{PartyAnswer, ServiceChainAnswer, WorkloadAnswer};
use crate::units::HOURS_PER_DAY;

/// What a provisional value begins with.
pub const PROVISIONAL: &str = "draft-";
/// Provisional code of the company itself.
const OWN_ENTITY: &str = "draft-entity";
/// A date that has no end, by the custom of filers.
const OPEN_END: &str = "9999-12-31";
/// "Not applicable" in a key that holds a country.
pub const NO_COUNTRY: &str = "eba_GA:qx2007";
/// Another kind of code than those that are listed, and a legal entity identifier.
const OTHER_CODE: &str = "eba_qCO:qx2001";
/// A supporting function, where no licensed activity is named.
pub const SUPPORTING: &str = "eba_TA:x276";
const LEGAL_PERSON: &str = "eba_CT:x212";
const NOT_A_BRANCH: &str = "eba_ZZ:x839";
const LINK: &str = "true";
const YES: &str = "eba_BT:x28";
const NO: &str = "eba_BT:x29";

/// Shares of a function's demand from which the reliance on a service is low, material, full.
const RELIANCE: [(f64, &str); 3] = [(0.9, "eba_ZZ:x797"), (0.5, "eba_ZZ:x796"), (0.1, "eba_ZZ:x795")];
const NOT_SIGNIFICANT: &str = "eba_ZZ:x794";
/// Shares of the portfolio's value from which an impact is high, medium.
const IMPACT: [(f64, &str); 2] = [(0.5, "eba_ZZ:x793"), (0.1, "eba_ZZ:x792")];
const LOW_IMPACT: &str = "eba_ZZ:x791";

/// What is filed with the rows, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filing {
    /// Legal entity identifier (ISO 17442).
    pub lei: Option<String>,
    /// Code of the list of entity types, such as `x12`.
    pub entity_type: Option<String>,
    pub authority: Option<String>,
    /// Day to which the register is true.
    pub date: Option<Date>,
}

/// What the rows are made from.
#[derive(Debug, Clone, Copy)]
pub struct RegisterFacts<'a> {
    pub company: &'a str,
    /// Country.
    pub headquarters: &'a str,
    /// Code of the portfolio's currency.
    pub currency: &'a str,
    pub chains: &'a [ServiceChainAnswer],
    pub substitutes: &'a [SubstitutesAnswer],
    pub workloads: &'a [WorkloadAnswer],
    /// Ids of models whose weights can be obtained.
    pub open_models: &'a BTreeSet<String>,
    /// Ids of jurisdictions that are no countries.
    pub blocs: &'a BTreeSet<String>,
    /// Last day of the contract by id of the provider, where it is known.
    pub ends: &'a BTreeMap<String, Date>,
}

/// Rows by template, in the order of [`TEMPLATES`]; a cell that is not known is empty.
#[derive(Debug, Clone, PartialEq)]
pub struct DoraRegister {
    pub rows: Vec<Vec<Vec<String>>>,
    pub currency: String,
    pub filing: Filing,
}

/// The draft.
#[must_use]
pub fn register(facts: &RegisterFacts<'_>, filing: &Filing) -> DoraRegister {
    let mut draft = Draft {
        facts,
        entity: filing.lei.clone().unwrap_or_else(|| OWN_ENTITY.to_owned()),
        rows: vec![BTreeSet::new(); TEMPLATES.len()],
    };
    draft.entities(filing);
    draft.functions();
    draft.contracts();
    draft.chain();
    draft.assessments();
    draft.definitions();
    let rows = draft.rows.into_iter().map(|rows| rows.into_iter().collect()).collect();
    DoraRegister { rows, currency: facts.currency.to_owned(), filing: filing.clone() }
}

struct Draft<'a> {
    facts: &'a RegisterFacts<'a>,
    entity: String,
    /// Sorted, each once.
    rows: Vec<BTreeSet<Vec<String>>>,
}

impl Draft<'_> {
    /// Adds a row of the cells that are known.
    fn add(&mut self, template: &'static str, cells: &[(&'static str, String)]) {
        let Some((t, _)) = place(template, "c0010") else { return };
        let mut row = vec![String::new(); TEMPLATES[t].columns.len()];
        for (code, value) in cells {
            if let Some((_, at)) = place(template, code) {
                row[at].clone_from(value);
            }
        }
        self.rows[t].insert(row);
    }

    fn entities(&mut self, filing: &Filing) {
        let facts = self.facts;
        let kind = filing.entity_type.as_ref().map(|kind| format!("eba_CT:{kind}")).unwrap_or_default();
        let common = [
            ("c0010", self.entity.clone()),
            ("c0020", facts.company.to_owned()),
            ("c0030", country(facts.headquarters)),
            ("c0040", kind),
        ];
        let own = [
            ("c0050", filing.authority.clone().unwrap_or_default()),
            ("c0060", filing.date.map(|date| date.to_string()).unwrap_or_default()),
        ];
        self.add("B_01.01", &[&common[..], &own].concat());
        let scope = [("c0090", OPEN_END.to_owned()), ("c0100", currency(facts.currency))];
        self.add("B_01.02", &[&common[..], &scope].concat());
    }

    fn functions(&mut self) {
        let facts = self.facts;
        let value: f64 = facts.workloads.iter().map(|w| w.outage_cost_usd_per_day).sum();
        for (nth, workload) in facts.workloads.iter().enumerate() {
            let hours = (workload.recovery_objective_days * HOURS_PER_DAY).ceil();
            let cells = [
                ("c0010", function(nth)),
                ("c0020", SUPPORTING.to_owned()),
                ("c0030", workload.name.clone()),
                ("c0040", self.entity.clone()),
                ("c0080", format!("{hours:.0}")),
                ("c0100", impact(workload.outage_cost_usd_per_day / value.max(f64::MIN_POSITIVE))),
            ];
            self.add("B_06.01", &cells);
        }
    }

    /// Services in use today: primaries and standbys.
    fn used(&self) -> impl Iterator<Item = (&ServiceChainAnswer, SupplyRank)> {
        let used = self.facts.chains.iter().filter(|chain| chain.today.is_used());
        used.filter_map(|chain| Some((chain, supply_ranks(chain).into_iter().next()?)))
    }

    fn contracts(&mut self) {
        let facts = self.facts;
        let mut direct: BTreeMap<String, PartyAnswer> = BTreeMap::new();
        let mut carried: BTreeMap<[String; 5], (f64, &str)> = BTreeMap::new();
        for (chain, first) in self.used() {
            let contract = contract(&first);
            direct.insert(contract.clone(), first.provider.clone());
            let Some(nth) = facts.workloads.iter().position(|w| w.id == chain.workload) else { continue };
            let key = [
                contract,
                provider(&first.provider.id),
                function(nth),
                service_type(chain).to_owned(),
                // A bloc is no country: which one it is, the contract says.
                if facts.blocs.contains(&chain.region) {
                    NO_COUNTRY.to_owned()
                } else {
                    country(&chain.region)
                },
            ];
            let entry = carried.entry(key).or_insert((0.0, facts.workloads[nth].data.as_str()));
            entry.0 += chain.today.share;
        }
        for (contract, party) in direct {
            self.add("B_02.01", &[("c0010", contract.clone()), ("c0040", currency(facts.currency))]);
            let entity = self.entity.clone();
            self.add(
                "B_03.01",
                &[("c0010", contract.clone()), ("c0020", entity.clone()), ("c0030", LINK.to_owned())],
            );
            let signer = [("c0020", provider(&party.id)), ("c0030", OTHER_CODE.to_owned())];
            self.add("B_03.02", &[&[("c0010", contract.clone())][..], &signer].concat());
            self.add(
                "B_04.01",
                &[("c0010", contract), ("c0020", entity), ("c0030", NOT_A_BRANCH.to_owned())],
            );
        }
        for ([contract, provider, function, service, place], (share, data)) in carried {
            let id = provider.strip_prefix(PROVISIONAL).unwrap_or(&provider);
            let end = facts.ends.get(id).map(|end| ("c0080", end.to_string()));
            let mut cells = vec![
                ("c0010", contract),
                ("c0020", self.entity.clone()),
                ("c0030", provider),
                ("c0040", OTHER_CODE.to_owned()),
                ("c0050", function),
                ("c0060", service),
                ("c0130", place.clone()),
                ("c0150", NO_COUNTRY.to_owned()),
                ("c0160", place),
                ("c0170", sensitiveness(data).to_owned()),
                ("c0180", reliance(share).to_owned()),
            ];
            cells.extend(end);
            self.add("B_02.02", &cells);
        }
    }

    fn chain(&mut self) {
        let facts = self.facts;
        let mut parties: BTreeMap<String, PartyAnswer> = BTreeMap::new();
        for chain in facts.chains.iter().filter(|chain| chain.today.is_used()) {
            for rank in supply_ranks(chain) {
                let receiver = rank.recipient.as_ref().unwrap_or(&rank.provider);
                let first = supply_ranks(chain).into_iter().next();
                let cells = [
                    ("c0010", first.map(|first| contract(&first)).unwrap_or_default()),
                    ("c0020", service_type(chain).to_owned()),
                    ("c0030", provider(&rank.provider.id)),
                    ("c0040", OTHER_CODE.to_owned()),
                    ("c0050", rank.rank.to_string()),
                    // At rank 1 the provider itself: a part of a key is never empty.
                    ("c0060", provider(&receiver.id)),
                    ("c0070", OTHER_CODE.to_owned()),
                ];
                parties.insert(rank.provider.id.clone(), rank.provider.clone());
                self.add("B_05.02", &cells);
            }
        }
        let known: BTreeMap<String, String> =
            parties.values().map(|party| (party.name.clone(), party.id.clone())).collect();
        let mut parents: BTreeMap<String, (String, String)> = BTreeMap::new();
        for party in parties.values() {
            let parent = known.get(&party.parent).cloned().unwrap_or_else(|| plain(&party.parent));
            if !parties.contains_key(&parent) {
                parents.insert(parent.clone(), (party.parent.clone(), party.parent_country.clone()));
            }
            self.provider(&party.id, (&party.name, &party.country), &parent);
        }
        for (id, (name, country)) in parents {
            self.provider(&id, (&name, &country), &id);
        }
    }

    fn provider(&mut self, id: &str, (name, place): (&str, &str), parent: &str) {
        let cells = [
            ("c0010", provider(id)),
            ("c0020", OTHER_CODE.to_owned()),
            ("c0050", name.to_owned()),
            ("c0070", LEGAL_PERSON.to_owned()),
            ("c0080", country(place)),
            ("c0090", currency(self.facts.currency)),
            ("c0110", provider(parent)),
            ("c0120", OTHER_CODE.to_owned()),
        ];
        self.add("B_05.01", &cells);
    }

    /// One row for each contract and type of service: the hardest to replace of what it serves.
    fn assessments(&mut self) {
        let facts = self.facts;
        let all = assessed_services(facts.chains, facts.substitutes, facts.workloads);
        let mut groups: BTreeMap<(String, String, &str), Vec<&AssessedService<'_>>> = BTreeMap::new();
        for service in &all {
            let Some(first) = supply_ranks(service.chain).into_iter().next() else { continue };
            let key = (contract(&first), provider(&first.provider.id), service_type(service.chain));
            groups.entry(key).or_default().push(service);
        }
        for ((contract, provider, service), list) in groups {
            let hardest = list.iter().max_by_key(|assessed| assessed.substitutability);
            let Some(hardest) = hardest else { continue };
            let value: f64 = list.iter().map(|assessed| assessed.chain.today.value_share).sum();
            let is_open = list.iter().all(|assessed| facts.open_models.contains(&assessed.chain.model));
            let alternative = hardest.alternative.map(|(offer, _)| offer.to_owned());
            let cells = [
                ("c0010", contract),
                ("c0020", provider),
                ("c0030", OTHER_CODE.to_owned()),
                ("c0040", service.to_owned()),
                ("c0050", substitutability(hardest.substitutability).to_owned()),
                ("c0060", reason(hardest.substitutability).to_owned()),
                ("c0090", if is_open { "eba_ZZ:x966" } else { "eba_ZZ:x967" }.to_owned()),
                ("c0100", impact(value)),
                ("c0110", if alternative.is_some() { YES } else { NO }.to_owned()),
                ("c0120", alternative.unwrap_or_default()),
            ];
            self.add("B_07.01", &cells);
        }
    }

    /// What the values of the closed lists mean here: the thresholds themselves.
    fn definitions(&mut self) {
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        let [(_, _), (medium, _)] = IMPACT;
        let (high, medium) = (percent(IMPACT[0].0), percent(medium));
        let carries = |what: &str, words: &str| {
            format!("{what} {words} of what an outage of all functions costs a day")
        };
        let days = format!("{MEDIUM_DAYS:.0} days");
        let cells = [
            ("c0040", "Public data".to_owned()),
            ("c0050", "Internal data".to_owned()),
            ("c0060", "Personal or regulated data".to_owned()),
            ("c0070", carries("The function bears", &format!("less than {medium}"))),
            ("c0080", carries("The function bears", &format!("at least {medium}, less than {high}"))),
            ("c0090", carries("The function bears", &format!("at least {high}"))),
            ("c0100", "No offer of the catalog is eligible".to_owned()),
            ("c0110", format!("Eligible offers of other vendors take longer than {days}, or there are none")),
            ("c0120", format!("Offers of other vendors are ready within {days}")),
            ("c0130", "A prepared standby is ready within the recovery time objective".to_owned()),
            (
                "c0150",
                "The weights of every model can be obtained, so that the entity can run them itself"
                    .to_owned(),
            ),
            ("c0160", "The weights of a model cannot be obtained".to_owned()),
            ("c0170", carries("The service carries", &format!("less than {medium}"))),
            ("c0180", carries("The service carries", &format!("at least {medium}, less than {high}"))),
            ("c0190", carries("The service carries", &format!("at least {high}"))),
        ];
        self.add("B_99.01", &cells);
    }
}

fn country(id: &str) -> String {
    format!("eba_GA:{id}")
}

fn currency(code: &str) -> String {
    format!("eba_CU:{code}")
}

fn function(nth: usize) -> String {
    format!("F{}", nth + 1)
}

fn provider(id: &str) -> String {
    format!("{PROVISIONAL}{id}")
}

/// A contract for each direct provider; for weights that the company runs itself, one with their developer.
fn contract(first: &SupplyRank) -> String {
    match first.contract.as_str() {
        OWN_CONTRACT => format!("{PROVISIONAL}contract-weights-{}", first.provider.id),
        host => format!("{PROVISIONAL}contract-{host}"),
    }
}

/// A name as a part of a code.
fn plain(name: &str) -> String {
    let dashed: String =
        name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    dashed.trim_matches('-').to_owned()
}

/// Types of ICT services (annex III): platforms of the clouds, services of the others, licenses of weights.
fn service_type(chain: &ServiceChainAnswer) -> &'static str {
    match chain.host.as_ref().map(|host| host.id.as_str()) {
        None => "eba_TA:S13",
        Some("aws-bedrock" | "azure" | "google-vertex" | "oci") => "eba_TA:S18",
        Some(_) => "eba_TA:S19",
    }
}

fn sensitiveness(data: &str) -> &'static str {
    match data {
        "public" => "eba_ZZ:x791",
        "internal" => "eba_ZZ:x792",
        _ => "eba_ZZ:x793",
    }
}

fn reliance(share: f64) -> &'static str {
    RELIANCE.iter().find(|(from, _)| share >= *from).map_or(NOT_SIGNIFICANT, |(_, code)| code)
}

fn impact(value_share: f64) -> String {
    IMPACT.iter().find(|(from, _)| value_share >= *from).map_or(LOW_IMPACT, |(_, code)| code).to_owned()
}

fn substitutability(found: Substitutability) -> &'static str {
    match found {
        Substitutability::Impossible => "eba_ZZ:x959",
        Substitutability::HighlyComplex => "eba_ZZ:x960",
        Substitutability::Medium => "eba_ZZ:x961",
        Substitutability::Easy => "eba_ZZ:x962",
    }
}

fn reason(found: Substitutability) -> &'static str {
    match found {
        Substitutability::Impossible => "eba_ZZ:x963",
        Substitutability::HighlyComplex => "eba_ZZ:x964",
        Substitutability::Medium | Substitutability::Easy => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_begin_where_they_are_written_down() {
        let told = [0.0, 0.1, 0.5, 0.9, 1.0].map(reliance);
        assert_eq!(told, ["eba_ZZ:x794", "eba_ZZ:x795", "eba_ZZ:x796", "eba_ZZ:x797", "eba_ZZ:x797"]);
        assert_eq!(
            [0.09, 0.1, 0.49, 0.5].map(impact),
            ["eba_ZZ:x791", "eba_ZZ:x792", "eba_ZZ:x792", "eba_ZZ:x793"]
        );
        assert_eq!(plain("Alphabet Inc."), "alphabet-inc");
    }
}
