//! A list of what a company uses as a portfolio: what it says, what follows by a rule, and what must be asked.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{
    DraftWorkload, ImportAnswers, PortfolioDraft, StatedTerms, demand_text, shares_text, slug, unique,
};
use super::evidence::{Basis, Evidence};
use crate::ids::{OfferId, SELF_HOST};
use crate::model::inventory::{Inventory, ListedUse, ListedWorkload};
use crate::model::portfolio::Readiness;
use crate::study::gateway::offers::{MappedDeployment, OfferReader};

/// Largest distance of a sum of shares from 1 that is put down to rounding.
const SUM_TOLERANCE: f64 = 5e-3;

/// A portfolio that follows from a list.
#[derive(Debug, Clone, PartialEq)]
pub struct InventoryImport {
    /// The portfolio as far as it is known.
    pub draft: PortfolioDraft,
    /// Every entry in the words of the catalog, in the order of the list.
    pub uses: Vec<MappedUse>,
}

/// An entry of the list in the words of the catalog.
#[derive(Debug, Clone, PartialEq)]
pub struct MappedUse {
    /// Index of the workload.
    pub workload: usize,
    pub entry: ListedUse,
    pub mapped: MappedDeployment,
}

/// What a list says of a portfolio.
///
/// `name`: what the company is called where the list does not say it; `origin`: what is imported, such as `a.csv, an inventory`;
/// `source`: the word for what the list states.
#[must_use]
pub fn import(
    inventory: &Inventory,
    reader: &OfferReader<'_>,
    answers: &ImportAnswers,
    (name, origin, source): (&str, &str, &str),
) -> InventoryImport {
    let company = inventory.company.as_deref();
    let of_workload = |(w, listed): (usize, &ListedWorkload)| {
        let mapped = |entry: &ListedUse| MappedUse {
            workload: w,
            entry: entry.clone(),
            mapped: reader.listed(entry, source, company),
        };
        listed.uses.iter().map(mapped).collect::<Vec<_>>()
    };
    let uses: Vec<MappedUse> = inventory.workloads.iter().enumerate().flat_map(of_workload).collect();
    let draft = PortfolioDraft { origin: origin.to_owned(), ..PortfolioDraft::default() };
    let mut run = InventoryRun { uses: &uses, answers, source, draft };
    run.company(inventory, name);
    for (nth, listed) in inventory.workloads.iter().enumerate() {
        run.workload(nth, listed);
    }
    let mut taken = BTreeSet::new();
    let mut draft = run.draft;
    for listed in &inventory.workloads {
        let (id, name) = (unique(&slug(&listed.id), &mut taken), listed.name.clone());
        draft.workloads.push(DraftWorkload { id, name, told: listed.place.clone() });
    }
    let aside = |(name, reason): &(String, String)| format!("Left out: '{name}', because {reason}.");
    draft.set_aside = inventory.set_aside.iter().map(aside).collect();
    InventoryImport { draft, uses }
}

struct InventoryRun<'a> {
    uses: &'a [MappedUse],
    answers: &'a ImportAnswers,
    source: &'a str,
    draft: PortfolioDraft,
}

impl<'a> InventoryRun<'a> {
    fn company(&mut self, inventory: &Inventory, name: &str) {
        let evidence = match &inventory.company {
            Some(company) => Evidence::filled(company, self.source),
            None => Evidence::inferred(name, "the name of the file"),
        };
        self.draft.push(None, "name", evidence, "");
        let stated = inventory.headquarters.as_ref().map(|country| Evidence::filled(country, self.source));
        self.draft.headquarters(stated, self.answers);
        let offers = self.uses.iter().filter_map(|u| u.mapped.offer.known().and_then(OfferId::parse));
        let sites: BTreeSet<String> =
            offers.filter(|offer| offer.host == SELF_HOST).map(|offer| offer.region).collect();
        let listed = sites.into_iter().collect::<Vec<_>>().join(", ");
        let evidence = Evidence::inferred(format!("[{listed}]"), "countries of machines of one's own");
        self.draft.push(None, "sites", evidence, "");
    }

    fn workload(&mut self, nth: usize, listed: &ListedWorkload) {
        let stated = |text: String| Evidence::filled(text, self.source);
        let terms = StatedTerms {
            demand: listed.demand.map(|(input, output)| stated(demand_text(input, output))),
            users: (!listed.users.is_empty()).then(|| stated(shares_text(&listed.users))),
            data: listed.data.map(|data| stated(data.as_str().to_owned())),
            outage_cost: listed.outage_cost_usd_per_day.map(|usd| stated(usd.to_string())),
        };
        let floor = listed.min_quality.map(|points| stated(points.to_string()));
        let recovery = listed.recovery_objective.clone().map(stated);
        self.draft.terms(nth, terms, self.answers);
        for (key, evidence) in [("recovery_objective", recovery), ("min_quality", floor)] {
            if let Some(evidence) = evidence {
                self.draft.push(Some(nth), key, evidence, "");
            }
        }
        let own: Vec<&'a MappedUse> = self.uses.iter().filter(|used| used.workload == nth).collect();
        let is_unrated = |used: &&MappedUse| {
            used.entry.standby.is_none() && used.mapped.offer.known().is_some() && !used.mapped.is_rated
        };
        if own.iter().any(is_unrated) {
            let rule = "a model that nobody has rated is in use";
            self.draft.push(Some(nth), "accept_unrated", Evidence::inferred("true", rule), "");
        }
        self.allocation(nth, &own);
        self.standby(nth, &own);
    }

    fn allocation(&mut self, nth: usize, own: &[&MappedUse]) {
        let mut by_users: BTreeMap<Option<&str>, Vec<&MappedUse>> = BTreeMap::new();
        for used in own.iter().filter(|used| used.entry.standby.is_none()) {
            by_users.entry(used.entry.users.as_deref()).or_default().push(used);
        }
        let mut groups: Vec<(Option<&str>, String)> = Vec::new();
        let (mut unknown, mut basis, mut rules) = (Vec::new(), Basis::Filled, BTreeSet::new());
        for (users, list) in &by_users {
            let (shares, missing) = self.shares(list);
            match shares {
                Ok((shares, is_stated)) => {
                    if !is_stated {
                        basis = basis.max(Basis::Inferred);
                        rules.insert("one offer serves everything".to_owned());
                    }
                    groups.push((*users, shares_text(&shares)));
                }
                Err(question) => unknown.push(question),
            }
            unknown.extend(missing);
            for used in list {
                basis = basis.max(used.mapped.offer.basis);
                rules.insert(used.mapped.offer.why.clone());
            }
        }
        unknown.retain(|question| !question.is_empty());
        if by_users.is_empty() {
            unknown.push("which offers serve it, with which share each?".to_owned());
        }
        let written = match &groups[..] {
            [(None, shares)] => shares.clone(),
            _ => {
                let entry = |(users, shares): &(Option<&str>, String)| match users {
                    Some(country) => format!("{country:?}: {shares}"),
                    None => format!("default: {shares}"),
                };
                format!("{{{}}}", groups.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
        };
        let evidence = if unknown.is_empty() {
            let why = rules.into_iter().filter(|rule| !rule.is_empty()).collect::<Vec<_>>().join("; ");
            Evidence { value: written, basis, why }
        } else {
            let known = if groups.is_empty() { String::new() } else { format!("known so far: {written}") };
            Evidence::missing(known)
        };
        self.draft.push(Some(nth), "allocation", evidence, &unknown.join("; "));
    }

    /// Shares by offer with whether the list states them, or what to ask of them; and what to ask of the offers.
    #[expect(clippy::type_complexity, reason = "one caller, which takes both apart")]
    fn shares(&self, list: &[&MappedUse]) -> (Result<(BTreeMap<String, f64>, bool), String>, Vec<String>) {
        let mut questions = Vec::new();
        let mut shares: BTreeMap<String, f64> = BTreeMap::new();
        for used in list {
            let Some(offer) = used.mapped.offer.known() else {
                let candidates: Vec<String> = used.mapped.candidates.iter().map(OfferId::to_string).collect();
                let one_of = if candidates.is_empty() {
                    String::new()
                } else {
                    format!(" One of {}", candidates.join(", "))
                };
                let question = used.mapped.question.clone().unwrap_or_default();
                questions.push(format!("'{}': {question}{one_of}", used.entry.name));
                continue;
            };
            *shares.entry(offer.to_owned()).or_default() += used.entry.share.unwrap_or(0.0);
        }
        if !questions.is_empty() {
            return (Err(String::new()), questions);
        }
        let n_stated = list.iter().filter(|used| used.entry.share.is_some()).count();
        if n_stated == 0 && shares.len() == 1 {
            return (Ok((shares.into_keys().map(|offer| (offer, 1.0)).collect(), false)), questions);
        }
        let sum: f64 = shares.values().sum();
        if n_stated < list.len() {
            let offers = shares.into_keys().collect::<Vec<_>>().join(", ");
            return (Err(format!("which share does each serve: {offers}?")), questions);
        }
        if (sum - 1.0).abs() > SUM_TOLERANCE {
            return (Err(format!("the shares sum to {sum:.3}: which are they?")), questions);
        }
        if (sum - 1.0).abs() > 1e-9 {
            shares.values_mut().for_each(|share| *share /= sum);
        }
        shares.retain(|_, share| *share > 0.0);
        (Ok((shares, true)), questions)
    }

    fn standby(&mut self, nth: usize, own: &[&MappedUse]) {
        let waiting: Vec<(&&MappedUse, Readiness)> =
            own.iter().filter_map(|used| Some((used, used.entry.standby?))).collect();
        if waiting.is_empty() {
            return;
        }
        let (mut entries, mut left_out, mut basis) = (Vec::new(), Vec::new(), Basis::Filled);
        for (used, readiness) in waiting {
            let Some(offer) = used.mapped.offer.known() else {
                let question = used.mapped.question.as_deref().unwrap_or_default();
                left_out.push(format!("'{}', because it is not known: {question}", used.entry.name));
                continue;
            };
            let cover = used.entry.cover.map(|cover| format!(", cover: {cover}")).unwrap_or_default();
            let lead = used.entry.lead.as_ref().filter(|_| readiness == Readiness::Warm);
            let lead = lead.map(|lead| format!(", lead: {lead}")).unwrap_or_default();
            basis = basis.max(used.mapped.offer.basis);
            entries.push(format!("{{offer: {offer:?}, readiness: {}{cover}{lead}}}", readiness.as_str()));
        }
        let mut why = self.source.to_owned();
        if !left_out.is_empty() {
            basis = basis.max(Basis::Inferred);
            why = format!("{why}. Left out: {}", left_out.join("; "));
        }
        self.draft.push(
            Some(nth),
            "standby",
            Evidence { value: format!("[{}]", entries.join(", ")), basis, why },
            "",
        );
    }
}
