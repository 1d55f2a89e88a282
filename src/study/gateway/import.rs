//! A gateway's configuration as a portfolio: what it says, what follows by a rule, and what must be asked (guides/gateway.md).

use std::collections::{BTreeMap, BTreeSet};

use super::offers::{Basis, Evidence, MappedDeployment};
use super::routing::route;
use crate::ids::{OfferId, SELF_HOST};
use crate::model::gateway::{Deployment, FilePlace, GatewayConfig, GatewayUsage};
use crate::model::words::DataClass;

/// Minutes of a month of 365/12 days.
const MINUTES_PER_MONTH: f64 = 365.0 / 12.0 * 24.0 * 60.0;
const TOKENS_PER_MTOK: f64 = 1e6;

/// What a configuration cannot say, given by whoever imports it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImportAnswers {
    /// Country.
    pub headquarters: Option<String>,
    /// Share by country, for every workload; sums to 1.
    pub users: Option<BTreeMap<String, f64>>,
    pub data: Option<DataClass>,
    /// USD, for every workload.
    pub outage_cost_usd_per_day: Option<f64>,
    /// Input and output, mtok a month, for every workload.
    pub demand: Option<(f64, f64)>,
}

/// A value of the portfolio with how it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedValue {
    /// Index of the workload; `None` for the company and the portfolio as a whole.
    pub workload: Option<usize>,
    /// The key, such as `users`.
    pub key: &'static str,
    /// As it is written in the file; empty when it is missing.
    pub evidence: Evidence,
    /// What to ask where it is missing.
    pub question: Option<String>,
}

/// A group as a workload.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedWorkload {
    pub id: String,
    pub group: String,
    pub place: FilePlace,
    /// Deployments that serve first, each with its share.
    pub first: Vec<(usize, f64)>,
}

/// A portfolio that follows from a configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct GatewayImport {
    pub workloads: Vec<ImportedWorkload>,
    /// In the order of the file that is written.
    pub values: Vec<ImportedValue>,
    /// Groups that become no workload, with the reason.
    pub set_aside: Vec<(String, String)>,
    /// Name of the company: that of the file.
    pub name: String,
}

impl GatewayImport {
    /// Values that must be asked, in their order.
    pub fn questions(&self) -> impl Iterator<Item = &ImportedValue> {
        self.values.iter().filter(|value| value.evidence.basis == Basis::Missing)
    }
}

struct Import<'a> {
    config: &'a GatewayConfig,
    mapped: &'a [MappedDeployment],
    usage: Option<&'a GatewayUsage>,
    answers: &'a ImportAnswers,
    values: Vec<ImportedValue>,
}

/// What a configuration says of a portfolio.
///
/// `mapped`: its deployments in the words of the catalog. `usage`: records of the gateway. `name`: what the company is called.
#[must_use]
pub fn import(
    config: &GatewayConfig,
    mapped: &[MappedDeployment],
    usage: Option<&GatewayUsage>,
    answers: &ImportAnswers,
    name: &str,
) -> GatewayImport {
    let mut run = Import { config, mapped, usage, answers, values: Vec::new() };
    let (workloads, set_aside) = run.workloads();
    run.company(name);
    for (nth, workload) in workloads.iter().enumerate() {
        run.workload(nth, workload);
    }
    run.capacity();
    GatewayImport { workloads, values: run.values, set_aside, name: name.to_owned() }
}

impl Import<'_> {
    fn push(&mut self, workload: Option<usize>, key: &'static str, evidence: Evidence, question: &str) {
        let question = (evidence.basis == Basis::Missing).then(|| question.to_owned());
        self.values.push(ImportedValue { workload, key, evidence, question });
    }

    /// A value that the command line gives, or that is asked.
    fn asked(&mut self, workload: Option<usize>, key: &'static str, given: Option<String>, question: &str) {
        let evidence = match given {
            Some(value) => Evidence::filled(value, "the command line"),
            None => Evidence::missing("no configuration says it"),
        };
        self.push(workload, key, evidence, question);
    }

    /// Groups that answer with text and whose models are listed, and the others with the reason.
    fn workloads(&self) -> (Vec<ImportedWorkload>, Vec<(String, String)>) {
        let (mut workloads, mut set_aside) = (Vec::new(), Vec::new());
        let mut taken = BTreeSet::new();
        for group in self.config.groups() {
            let members = self.config.members(group);
            let any = |is: fn(&Deployment) -> bool| members.iter().any(|&d| is(&self.config.deployments[d]));
            let steps = route(self.config, group, &|_| true);
            let own = steps.into_iter().find(|step| step.depth == 0);
            let reason = if any(Deployment::is_wildcard) {
                "it stands for any number of models: list those that are called"
            } else if any(Deployment::is_router) {
                "it only chooses among other groups"
            } else if any(|d| !d.is_text()) {
                "it does not answer with text"
            } else if members.iter().all(|&d| self.config.deployments[d].planned_readiness.is_some()) {
                "it waits for another group, by the plan that it comes from"
            } else if own.is_none() {
                "all its deployments are paused or made up"
            } else if self.usage.is_some_and(|usage| !usage.by_group.contains_key(group)) {
                "the records show no request for it"
            } else {
                ""
            };
            let (Some(own), true) = (own, reason.is_empty()) else {
                set_aside.push((group.to_owned(), reason.to_owned()));
                continue;
            };
            let id = unique(&slug(group), &mut taken);
            let place = self.config.deployments[members[0]].place.clone();
            let first = own.level.shares.into_iter().filter(|(_, share)| *share > 0.0).collect();
            workloads.push(ImportedWorkload { id, group: group.to_owned(), place, first });
        }
        (workloads, set_aside)
    }

    fn company(&mut self, name: &str) {
        self.push(None, "name", Evidence::inferred(name, "the name of the file"), "");
        let given = self.answers.headquarters.clone();
        self.asked(None, "headquarters", given, "in which country are the company's headquarters?");
        let offers = self.mapped.iter().filter_map(|m| m.offer.known().and_then(OfferId::parse));
        let sites: BTreeSet<String> =
            offers.filter(|offer| offer.host == SELF_HOST).map(|offer| offer.region).collect();
        let listed = sites.into_iter().collect::<Vec<_>>().join(", ");
        let evidence =
            Evidence::inferred(format!("[{listed}]"), "countries of deployments on machines of one's own");
        self.push(None, "sites", evidence, "");
    }

    fn workload(&mut self, nth: usize, workload: &ImportedWorkload) {
        let at = Some(nth);
        let used = self.usage.and_then(|usage| Some((usage.by_group.get(&workload.group)?, usage.days)));
        let demand = |input: f64, output: f64| format!("{{input_mtok: {input}, output_mtok: {output}}}");
        match (used, self.answers.demand) {
            (Some((used, days)), _) => {
                let source = format!("{} requests in {days:.0} days of the records", used.n_requests);
                let evidence = Evidence::filled(demand(used.input_mtok, used.output_mtok), source);
                self.push(at, "demand", evidence, "");
            }
            (None, given) => {
                let given = given.map(|(input, output)| demand(input, output));
                self.asked(at, "demand", given, "how many million tokens go in and come out in a month?");
            }
        }
        let users = self.answers.users.as_ref().map(|users| {
            let shares: Vec<String> =
                users.iter().map(|(country, share)| format!("{country:?}: {share}")).collect();
            format!("{{{}}}", shares.join(", "))
        });
        self.asked(at, "users", users, "in which countries are the users, with which share each?");
        let data = self.answers.data.map(|data| data.as_str().to_owned());
        self.asked(at, "data", data, "which data is it: public, internal, personal or regulated?");
        let outage = self.answers.outage_cost_usd_per_day.map(|usd| usd.to_string());
        self.asked(at, "outage_cost_usd_per_day", outage, "what does a day without it cost, USD?");
        self.unrated(nth, workload);
        self.allocation(nth, workload);
        self.standby(nth, workload);
    }

    /// Use of a model without a rating says that none is demanded.
    fn unrated(&mut self, nth: usize, workload: &ImportedWorkload) {
        let is_unrated =
            |(d, _): &(usize, f64)| self.mapped[*d].offer.known().is_some() && !self.mapped[*d].is_rated;
        if workload.first.iter().any(is_unrated) {
            let rule = "a model that nobody has rated is in use";
            self.push(Some(nth), "accept_unrated", Evidence::inferred("true", rule), "");
        }
    }

    fn allocation(&mut self, nth: usize, workload: &ImportedWorkload) {
        let mut shares: BTreeMap<&str, f64> = BTreeMap::new();
        let mut basis = Basis::Filled;
        let mut unknown = Vec::new();
        for (d, share) in &workload.first {
            let mapped = &self.mapped[*d];
            match mapped.offer.known() {
                Some(offer) => *shares.entry(offer).or_default() += share,
                None => {
                    let name = self.config.deployments[*d].name(*d);
                    let question = mapped.question.clone().unwrap_or_default();
                    let candidates: Vec<String> = mapped.candidates.iter().map(OfferId::to_string).collect();
                    let one_of = if candidates.is_empty() {
                        String::new()
                    } else {
                        format!(" One of {}", candidates.join(", "))
                    };
                    let percent = (share * 1000.0).round() / 10.0;
                    unknown.push(format!("'{name}' ({percent} %): {question}{one_of}"));
                }
            }
            basis = basis.max(mapped.offer.basis);
        }
        let known: Vec<String> = shares.iter().map(|(offer, share)| format!("{offer:?}: {share}")).collect();
        let written = format!("{{{}}}", known.join(", "));
        let rules: BTreeSet<&str> =
            workload.first.iter().map(|(d, _)| self.mapped[*d].offer.why.as_str()).collect();
        let rules: Vec<&str> = rules.into_iter().collect();
        if unknown.is_empty() {
            let why = format!("shares by the router's rules; {}", rules.join("; "));
            self.push(Some(nth), "allocation", Evidence { value: written, basis, why }, "");
        } else {
            let known = if known.is_empty() { String::new() } else { format!("known so far: {written}") };
            self.push(Some(nth), "allocation", Evidence::missing(known), &unknown.join("; "));
        }
    }

    /// What the router turns to by itself: higher orders and fallbacks, at no fee.
    fn standby(&mut self, nth: usize, workload: &ImportedWorkload) {
        let primaries: BTreeSet<&str> =
            workload.first.iter().filter_map(|(d, _)| self.mapped[*d].offer.known()).collect();
        let mut named: Vec<(&str, Option<&str>)> = Vec::new();
        let mut left_out: Vec<String> = Vec::new();
        let steps = route(self.config, &workload.group, &|_| true);
        for (d, _) in steps.iter().flat_map(|step| &step.level.shares) {
            let offer = self.mapped[*d].offer.known();
            let is_new =
                |offer: &&str| !primaries.contains(offer) && !named.iter().any(|(known, _)| known == offer);
            let planned = self.config.deployments[*d].planned_readiness.as_deref();
            named.extend(offer.filter(is_new).map(|offer| (offer, planned)));
            let is_first = workload.first.iter().any(|(first, _)| first == d);
            if let (None, false, Some(question)) = (offer, is_first, &self.mapped[*d].question) {
                left_out.push(format!(
                    "'{}', because it is not known: {question}",
                    self.config.deployments[*d].name(*d)
                ));
            }
        }
        if named.is_empty() && left_out.is_empty() {
            return;
        }
        let entry = |(offer, planned): &(&str, Option<&str>)| match planned {
            Some(readiness) => format!(
                "{{offer: {offer:?}, readiness: {}}}",
                if *readiness == "hot" { "hot" } else { "warm" }
            ),
            None => format!("{{offer: {offer:?}, readiness: hot, cover: 1.0, usd_per_month: 0}}"),
        };
        let written = format!("[{}]", named.iter().map(entry).collect::<Vec<_>>().join(", "));
        let evidence = if !named.is_empty() && named.iter().all(|(_, planned)| planned.is_some()) {
            Evidence::filled(written, "model_info.planner")
        } else {
            let rule =
                "higher orders and fallbacks take over at once, in full, and cost nothing while they wait";
            let mut why = rule.to_owned();
            if !left_out.is_empty() {
                why = format!("{why}. Left out: {}", left_out.join("; "));
            }
            Evidence::inferred(written, why)
        };
        self.push(Some(nth), "standby", evidence, "");
    }

    /// Quotas, where every deployment of an offer states its tokens a minute.
    fn capacity(&mut self) {
        let mut by_offer: BTreeMap<&str, Option<f64>> = BTreeMap::new();
        for (deployment, mapped) in self.config.deployments.iter().zip(self.mapped) {
            let Some(offer) = mapped.offer.known() else { continue };
            if mapped.host.known() == Some(SELF_HOST) {
                continue;
            }
            let known = by_offer.entry(offer).or_insert(Some(0.0));
            *known = known.zip(deployment.tpm.filter(|tpm| *tpm > 0.0)).map(|(sum, tpm)| sum + tpm);
        }
        let quotas: Vec<String> = by_offer
            .into_iter()
            .filter_map(|(offer, tpm)| {
                Some(format!("{offer:?}: {}", (tpm? * MINUTES_PER_MONTH / TOKENS_PER_MTOK).round().max(1.0)))
            })
            .collect();
        if !quotas.is_empty() {
            let rule = "tpm of every deployment of the offer, all minutes of a month";
            self.push(None, "capacity", Evidence::inferred(format!("{{{}}}", quotas.join(", ")), rule), "");
        }
    }
}

/// The id of the workload that a group becomes, if no other group has it.
#[must_use]
pub fn group_id(group: &str) -> String {
    slug(group)
}

/// A name as an id: small letters, digits, and `_` or `-` between them.
fn slug(name: &str) -> String {
    let mapped: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' })
        .take(60)
        .collect();
    let trimmed = mapped.trim_matches(['_', '-', '.']).to_owned();
    if trimmed.is_empty() || ["self", "all", "default"].contains(&trimmed.as_str()) {
        return format!("group_{trimmed}").trim_end_matches('_').to_owned();
    }
    trimmed
}

/// The id, with a number where it is taken.
fn unique(id: &str, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|n| format!("{id}_{n}"));
    let free = std::iter::once(id.to_owned()).chain(numbered).find(|id| !taken.contains(id));
    let free = free.unwrap_or_default();
    taken.insert(free.clone());
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_becomes_an_id_of_its_own() {
        let mut taken = BTreeSet::new();
        assert_eq!(unique(&slug("Chat Large (EU)"), &mut taken), "chat_large__eu");
        assert_eq!(unique(&slug("chat large [eu]"), &mut taken), "chat_large__eu_2");
        assert_eq!(slug("all"), "group_all");
        assert_eq!(slug("💬"), "group");
        assert_eq!(slug("gpt-5.4"), "gpt-5.4");
    }
}
