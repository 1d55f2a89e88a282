//! The documented words in plain words, and ids as they are shown.

use crate::exposure::node_losses::NodeFailure;
use crate::ids::SELF_HOST;
use crate::model::instance::{Instance, JurisdictionIdx, OfferIdx, SupplierIdx, WorkloadIdx};
use crate::model::limit::{Dimension, LossOf, Measure, NodeKind};
use crate::report::figures::{days, percent};
use crate::shocks::actor::NO_ACTOR;
use crate::study::plan::stability::CandidateName;

/// What a dimension of exposure asks, in a few words.
#[must_use]
pub fn dimension_meaning(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Origin => "country of the model's developer",
        Dimension::Control => "country of the developer's topmost parent",
        Dimension::LineageOrigin => "country of the first developer of the weights",
        Dimension::Developer => "developer of the model",
        Dimension::Model => "model",
        Dimension::Openness => "whether the weights are open",
        Dimension::Host => "who runs the machines",
        Dimension::HostOrigin => "country of who runs the machines",
        Dimension::Region => "where the machines are",
        Dimension::Hardware => "chips it can run on",
        Dimension::Reach => "countries that can stop it through any tier (shares overlap)",
    }
}

/// What a limit measures, as a noun: `value on one host`, `service 7 days after the loss of any supplier`.
#[must_use]
pub fn limit_words(measure: &Measure) -> String {
    match measure {
        Measure::Share { of, is, .. } => format!("value with {} {is}", dimension_noun(*of)),
        Measure::MaxShare { of, .. } => format!("value on any one {}", dimension_noun(*of)),
        Measure::Hhi { of, .. } => format!("concentration (HHI) by {}", dimension_noun(*of)),
        Measure::Distinct { of, counting_from, .. } => {
            format!("number of {} with {} of value or more", dimension_plural(*of), percent(*counting_from))
        }
        Measure::Survives { loss_of, within_days, .. } => {
            let lost = match loss_of {
                LossOf::Every(kind) => format!("any {}", node_noun(*kind)),
                LossOf::One(kind, id) => format!("{} {id}", node_noun(*kind)),
            };
            let when = if *within_days > 0.0 {
                format!("from {} on", days(*within_days))
            } else {
                "at once".to_owned()
            };
            format!("service {when} after the loss of {lost}")
        }
        Measure::Cvar { confidence_level, .. } => {
            format!("mean loss of the worst {} of years", percent(1.0 - confidence_level))
        }
        Measure::AverageAnnualLoss { .. } => "average annual loss".to_owned(),
        Measure::MonthlyCost { .. } => "planned cost a month".to_owned(),
    }
}

/// A dimension as a noun.
#[must_use]
pub fn dimension_noun(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Origin => "model origin",
        Dimension::Control => "country of control",
        Dimension::LineageOrigin => "lineage origin",
        Dimension::Developer => "developer",
        Dimension::Model => "model",
        Dimension::Openness => "kind of license",
        Dimension::Host => "host",
        Dimension::HostOrigin => "host's country",
        Dimension::Region => "location",
        Dimension::Hardware => "kind of chip",
        Dimension::Reach => "country that can stop it",
    }
}

fn dimension_plural(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Origin => "model origins",
        Dimension::Control => "countries of control",
        Dimension::LineageOrigin => "lineage origins",
        Dimension::Developer => "developers",
        Dimension::Model => "models",
        Dimension::Openness => "kinds of license",
        Dimension::Host => "hosts",
        Dimension::HostOrigin => "hosts' countries",
        Dimension::Region => "locations",
        Dimension::Hardware => "kinds of chip",
        Dimension::Reach => "countries that can stop it",
    }
}

/// A kind of node as a noun.
#[must_use]
pub fn node_noun(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Jurisdiction => "jurisdiction",
        NodeKind::Territory => "territory",
        NodeKind::Supplier => "supplier",
        NodeKind::Host => "host",
        NodeKind::HostSite => "site of a host",
        NodeKind::Hardware => "kind of chip",
    }
}

/// What is lost when a node of a kind is lost.
#[must_use]
pub fn node_meaning(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Jurisdiction => "all suppliers, sites and chips under a country or bloc",
        NodeKind::Territory => "all sites in a country or bloc",
        NodeKind::Supplier => "a company in all its roles",
        NodeKind::Host => "all sites of a host",
        NodeKind::HostSite => "one host in one region",
        NodeKind::Hardware => "a kind of chip or input",
    }
}

/// The name of a node: `Microsoft Azure`, `Microsoft Azure in SE`.
#[must_use]
pub fn node_name(instance: &Instance, node: NodeFailure) -> String {
    let supplier = |s: SupplierIdx| instance.suppliers[s].supplier.name.clone();
    match node {
        NodeFailure::Jurisdiction(j) | NodeFailure::Territory(j) => instance.jurisdictions[j].name.clone(),
        NodeFailure::Supplier(s) | NodeFailure::Host(s) => supplier(s),
        NodeFailure::HostSite(s, j) => format!("{} in {}", supplier(s), instance.jurisdictions[j].id),
        NodeFailure::Hardware(h) => instance.hardware[h].hardware.name.clone(),
    }
}

/// How an offer takes over, by the word of the answer.
#[must_use]
pub fn takeover_meaning(by: &str) -> &'static str {
    match by {
        "surge" => "in use already, takes more",
        "hot" => "hot standby",
        "warm" => "warm standby",
        _ => "set up anew",
    }
}

/// An offer's id.
#[must_use]
pub fn offer(instance: &Instance, offer: OfferIdx) -> String {
    instance.offers[offer].id.to_string()
}

/// A workload's id.
#[must_use]
pub fn workload(instance: &Instance, workload: WorkloadIdx) -> &str {
    &instance.workloads[workload].workload.id
}

/// A shock's name, else its id.
#[must_use]
pub fn shock(instance: &Instance, id: &str) -> String {
    let known = instance.shocks.iter().find(|s| s.id == id).and_then(|s| s.name.clone());
    known.unwrap_or_else(|| id.to_owned())
}

/// A shock's name; of a template the id in words, `outage of a lab`.
#[must_use]
pub fn shock_or_template(instance: &Instance, id: &str) -> String {
    let is_template = instance.shocks.iter().any(|shock| shock.template.as_deref() == Some(id));
    if is_template { id.replace('_', " ") } else { shock(instance, id) }
}

/// A jurisdiction's name with its id; the id alone when unknown.
#[must_use]
pub fn jurisdiction(instance: &Instance, id: &str) -> String {
    if id == NO_ACTOR {
        return "no one: markets, accidents".to_owned();
    }
    match instance.jurisdiction_idx(id) {
        Some(idx) => format!("{} ({id})", instance.jurisdictions[idx].name),
        None => id.to_owned(),
    }
}

/// Who acts, in words: `United States (US)`, `Mistral AI`, `our own machines`, `sites in Sweden (SE)`.
#[must_use]
pub fn actor(instance: &Instance, actor: &str) -> String {
    let known = match actor.split_once(' ') {
        Some(("supplier", SELF_HOST)) => Some("our own machines".to_owned()),
        Some(("supplier", id)) => {
            instance.supplier_idx(id).map(|s| instance.suppliers[s].supplier.name.clone())
        }
        Some(("hardware", id)) => {
            instance.hardware_idx(id).map(|h| instance.hardware[h].hardware.name.clone())
        }
        Some(("region", id)) => Some(format!("sites in {}", jurisdiction(instance, id))),
        _ => None,
    };
    known.unwrap_or_else(|| jurisdiction(instance, actor))
}

/// Users' countries in a list; `all users` when it holds every country of the workload.
#[must_use]
pub fn users<'a>(
    instance: &Instance,
    workload: WorkloadIdx,
    countries: impl IntoIterator<Item = &'a JurisdictionIdx>,
) -> String {
    let named: Vec<&str> = countries.into_iter().map(|&j| instance.jurisdictions[j].id.as_str()).collect();
    if named.len() == instance.workloads[workload].cells.len() {
        "all users".to_owned()
    } else {
        format!("users in {}", named.join(", "))
    }
}

/// Users' countries in a list; `all users` without one.
#[must_use]
pub fn some_users(countries: Option<&Vec<String>>) -> String {
    countries.map_or_else(|| "all users".to_owned(), |ids| format!("users in {}", ids.join(", ")))
}

/// Which of the plans found.
#[must_use]
pub fn candidate(name: CandidateName) -> String {
    match name {
        CandidateName::Plan => "the plan".to_owned(),
        CandidateName::Today => "today".to_owned(),
        CandidateName::Frontier(at) => format!("frontier {}", at + 1),
        CandidateName::Alternative(at) => format!("alternative {}", at + 1),
    }
}
