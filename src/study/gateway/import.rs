//! A gateway's configuration as a portfolio: what it says, what follows by a rule, and what must be asked (guides/gateway.md).

use std::collections::{BTreeMap, BTreeSet};

use super::offers::MappedDeployment;
use super::routing::GatewayRouter;
use crate::ids::{OfferId, SELF_HOST};
use crate::model::gateway::{Deployment, FilePlace, GatewayConfig, GatewayUsage};
use crate::study::imports::draft::{
    DraftWorkload, ImportAnswers, PortfolioDraft, StatedTerms, demand_text, shares_text, slug, unique,
};
use crate::study::imports::evidence::{Basis, Evidence};

/// Minutes of a month of 365/12 days.
const MINUTES_PER_MONTH: f64 = 365.0 / 12.0 * 24.0 * 60.0;
const TOKENS_PER_MTOK: f64 = 1e6;

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
    /// The portfolio as far as it is known.
    pub draft: PortfolioDraft,
    /// Groups that become no workload, with the reason.
    pub set_aside: Vec<(String, String)>,
}

struct Import<'a> {
    config: &'a GatewayConfig,
    router: GatewayRouter<'a>,
    mapped: &'a [MappedDeployment],
    usage: Option<&'a GatewayUsage>,
    answers: &'a ImportAnswers,
    draft: PortfolioDraft,
}

/// What a configuration says of a portfolio.
///
/// `mapped`: its deployments in the words of the catalog. `usage`: records of the gateway. `name`: what the company is called;
/// `from`: name of the configuration.
#[must_use]
pub fn import(
    config: &GatewayConfig,
    mapped: &[MappedDeployment],
    usage: Option<&GatewayUsage>,
    answers: &ImportAnswers,
    (name, from): (&str, &str),
) -> GatewayImport {
    let origin = format!("{from}, a configuration of LiteLLM");
    let draft = PortfolioDraft { origin, ..PortfolioDraft::default() };
    let mut run = Import { config, router: GatewayRouter::new(config), mapped, usage, answers, draft };
    let (workloads, set_aside) = run.workloads();
    run.company(name);
    for (nth, workload) in workloads.iter().enumerate() {
        run.workload(nth, workload);
    }
    run.capacity();
    let aside =
        |(group, reason): &(String, String)| format!("No workload: group '{group}', because {reason}.");
    run.draft.set_aside = set_aside.iter().map(aside).collect();
    run.draft.workloads = workloads.iter().map(ImportedWorkload::draft).collect();
    GatewayImport { workloads, draft: run.draft, set_aside }
}

impl ImportedWorkload {
    fn draft(&self) -> DraftWorkload {
        let file = std::path::Path::new(&self.place.file).file_name().unwrap_or_default().to_string_lossy();
        let told = format!("Group '{}', {file}:{}.", self.group, self.place.line);
        DraftWorkload { id: self.id.clone(), name: self.group.clone(), told }
    }
}

impl Import<'_> {
    fn push(&mut self, workload: Option<usize>, key: &'static str, evidence: Evidence, question: &str) {
        self.draft.push(workload, key, evidence, question);
    }

    /// Groups that answer with text and whose models are listed, and the others with the reason.
    fn workloads(&self) -> (Vec<ImportedWorkload>, Vec<(String, String)>) {
        let (mut workloads, mut set_aside) = (Vec::new(), Vec::new());
        let mut taken = BTreeSet::new();
        for &group in self.router.groups() {
            let members = self.router.members(group);
            let any = |is: fn(&Deployment) -> bool| members.iter().any(|&d| is(&self.config.deployments[d]));
            let steps = self.router.route(group, &|_| true);
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
        self.draft.headquarters(None, self.answers);
        let offers = self.mapped.iter().filter_map(|m| m.offer.known().and_then(OfferId::parse));
        let sites: BTreeSet<String> =
            offers.filter(|offer| offer.host == SELF_HOST).map(|offer| offer.region).collect();
        let listed = sites.into_iter().collect::<Vec<_>>().join(", ");
        let evidence =
            Evidence::inferred(format!("[{listed}]"), "countries of deployments on machines of one's own");
        self.push(None, "sites", evidence, "");
    }

    fn workload(&mut self, nth: usize, workload: &ImportedWorkload) {
        let used = self.usage.and_then(|usage| Some((usage.by_group.get(&workload.group)?, usage.days)));
        let demand = used.map(|(used, days)| {
            let source = format!("{} requests in {days:.0} days of the records", used.n_requests);
            Evidence::filled(demand_text(used.input_mtok, used.output_mtok), source)
        });
        self.draft.terms(nth, StatedTerms { demand, ..StatedTerms::default() }, self.answers);
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
        let mut shares: BTreeMap<String, f64> = BTreeMap::new();
        let mut basis = Basis::Filled;
        let mut unknown = Vec::new();
        for (d, share) in &workload.first {
            let mapped = &self.mapped[*d];
            match mapped.offer.known() {
                Some(offer) => *shares.entry(offer.to_owned()).or_default() += share,
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
        let is_known = !shares.is_empty();
        let written = shares_text(&shares);
        let rules: BTreeSet<&str> =
            workload.first.iter().map(|(d, _)| self.mapped[*d].offer.why.as_str()).collect();
        let rules: Vec<&str> = rules.into_iter().collect();
        if unknown.is_empty() {
            let why = format!("shares by the router's rules; {}", rules.join("; "));
            self.push(Some(nth), "allocation", Evidence { value: written, basis, why }, "");
        } else {
            let known = if is_known { format!("known so far: {written}") } else { String::new() };
            self.push(Some(nth), "allocation", Evidence::missing(known), &unknown.join("; "));
        }
    }

    /// What the router turns to by itself: higher orders and fallbacks, at no fee.
    fn standby(&mut self, nth: usize, workload: &ImportedWorkload) {
        let primaries: BTreeSet<&str> =
            workload.first.iter().filter_map(|(d, _)| self.mapped[*d].offer.known()).collect();
        let mut named: Vec<(&str, Option<&str>)> = Vec::new();
        let mut left_out: Vec<String> = Vec::new();
        let steps = self.router.route(&workload.group, &|_| true);
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
