//! Lists of what there is to choose from, as `list` and `shocks` answer them.

use super::refusal::{Refusal, text_of};
use super::shared::ServedPortfolio;
use super::studies::unknown;
use crate::model::Provenance;
use crate::model::instance::{Instance, WorkloadIdx};
use crate::report::answer::list::ListAnswer;
use crate::report::answer::list::catalog::{ListedHardware, ListedHost, ListedScenario, ListedSupplier};
use crate::report::answer::list::offers::{ListedModel, ListedOffer};
use crate::report::answer::list::requirements::{ListedLimit, ListedRule};
use crate::report::answer::offer_sources::{OfferSourcesAnswer, SourcedEntry};
use crate::report::answer::shock::ShockAnswer;
use crate::report::answer::shocks::ShocksAnswer;
use crate::study::evidence::used_sources;
use crate::study::listing::{Census, Selection, eligibility};
use crate::study::shocks::{ShockView, library};

impl ServedPortfolio {
    /// What `list WHAT` answers; offers with what a workload may use.
    pub(super) fn list(&self, what: &str, workload: Option<&str>) -> Result<String, Refusal> {
        let instance = &self.base.instance;
        let shown = Selection::all(instance);
        let census = Census::new(instance);
        let name = Some(instance.portfolio.name.as_str());
        Ok(match what {
            "offers" => match workload {
                None => {
                    let rows = shown.offers.iter().map(|&o| ListedOffer::of(instance, o, None));
                    text_of(&ListAnswer::of(name, rows.collect()))
                }
                Some(id) => {
                    let found = eligibility(instance, named(instance, id)?, &shown.offers);
                    let rows = found.iter().map(|one| ListedOffer::of(instance, one.offer, Some(one)));
                    let mut rows: Vec<ListedOffer> = rows.collect();
                    rows.sort_by_key(|row| (row.eligible_users.is_empty(), !row.reasons.is_empty()));
                    text_of(&ListAnswer::of(name, rows))
                }
            },
            "models" => {
                let rows = shown.models.iter().map(|&m| ListedModel::of(instance, &census, m));
                text_of(&ListAnswer::of(name, rows.collect()))
            }
            "hosts" => {
                let rows = shown.hosts.iter().map(|&s| ListedHost::of(instance, &census, s));
                text_of(&ListAnswer::of(name, rows.collect()))
            }
            "suppliers" => {
                let rows = shown.suppliers.iter().map(|&s| ListedSupplier::of(instance, &census, s));
                text_of(&ListAnswer::of(name, rows.collect()))
            }
            "hardware" => {
                let rows = shown.hardware.iter().map(|&h| ListedHardware::of(instance, &census, h));
                text_of(&ListAnswer::of(name, rows.collect()))
            }
            "scenarios" => {
                let rows = instance.scenarios.iter().map(ListedScenario::of);
                text_of(&ListAnswer::of(name, rows.collect()))
            }
            "limits" => {
                let rows = instance.portfolio.limits.iter().map(ListedLimit::of);
                text_of(&ListAnswer::of(name, rows.collect()))
            }
            "rules" => {
                let rows = instance.rules.iter().map(|r| ListedRule::of(&r.rule));
                text_of(&ListAnswer::of(name, rows.collect()))
            }
            "shocks" => text_of(&ShocksAnswer::of(&library(instance))),
            _ => return Err(Refusal::not_found("such list")),
        })
    }

    /// Where the figures of an offer come from.
    pub(super) fn offer(&self, id: &str) -> Result<OfferSourcesAnswer, Refusal> {
        let instance = &self.base.instance;
        let offer = instance.offers.iter().find(|offer| offer.id.to_string() == id);
        let offer = offer.ok_or_else(|| Refusal::not_found(&format!("offer '{id}'")))?;
        let entry = |what: &str, name: &str, provenance: &Provenance| {
            let sources = used_sources(&self.base.jurisdictions.sources, std::iter::once(provenance));
            SourcedEntry::of(what, name, provenance, &sources)
        };
        let model = &instance.models[offer.model].model;
        let host = offer.host.map(|host| &instance.suppliers[host].supplier);
        let entries = [
            Some(entry("offer", id, &offer.entry.provenance)),
            Some(entry("model", &model.id, &model.provenance)),
            host.map(|host| entry("host", &host.id, &host.provenance)),
        ];
        Ok(OfferSourcesAnswer::of(id, entries.into_iter().flatten().collect()))
    }

    /// What `shocks show` answers.
    pub(super) fn shock(&self, id: &str) -> Result<ShockAnswer, Refusal> {
        let instance = &self.base.instance;
        let shock = instance.shocks.iter().find(|shock| shock.id == id);
        let shock = shock.ok_or_else(|| Refusal::not_found(&format!("shock '{id}'")))?;
        let view = ShockView::new(instance, shock);
        Ok(ShockAnswer::of(instance, &self.base.jurisdictions, &view))
    }
}

fn named(instance: &Instance, id: &str) -> Result<WorkloadIdx, Refusal> {
    let ids = || instance.workloads.iter().map(|w| w.workload.id.as_str());
    ids().position(|known| known == id).ok_or_else(|| unknown("workload", id, ids()))
}
