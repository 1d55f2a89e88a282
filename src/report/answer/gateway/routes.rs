//! `routes`: what serves each group of a gateway, and what is wrong with it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::gateway::GatewayConfig;
use crate::report::answer::FORMAT_VERSION;
use crate::study::gateway::offers::MappedDeployment;
use crate::study::gateway::routes::{GroupRoute, GroupUnder, RouteAudit, RouteFinding, RouteHop, ZoneBasis};

/// What serves each group of a gateway by the router's rules, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RoutesAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// The file that was named.
    pub file: String,
    /// Shock or scenario; null for today.
    pub under: Option<String>,
    /// In the order of the file.
    pub groups: Vec<GroupRouteAnswer>,
    /// By file, line, code and message.
    pub findings: Vec<RouteFindingAnswer>,
}

/// The route of a group.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct GroupRouteAnswer {
    /// What callers ask for.
    pub group: String,
    /// The file of its first deployment.
    pub file: String,
    /// Line of its first deployment, from 1.
    pub line: u64,
    /// How deployments are picked.
    pub strategy: String,
    /// Country or bloc that answers are to come from; null when nothing says so.
    pub zone: Option<String>,
    /// `asked` on the command line, or `first_choice`: all deployments that serve first are in it; null without a zone.
    pub zone_basis: Option<String>,
    /// Every deployment on the way of a request, the first to serve first.
    pub hops: Vec<RouteHopAnswer>,
    /// Under the shock or scenario, users that are alike together; empty for today.
    pub under: Vec<GroupUnderAnswer>,
}

/// A deployment on the way of a request.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RouteHopAnswer {
    /// From 1. Deployments of one step are picked at the same time; the next step is tried when all of them fail.
    pub step: u64,
    /// The group that it serves for: the one asked for, or a fallback.
    pub via: String,
    /// Fallbacks on the way.
    pub depth: u64,
    /// Name of the deployment.
    pub deployment: String,
    /// Share of the requests that reach this step.
    pub share: f64,
    /// What the share follows from: `weight`, `rpm`, `tpm`, `evenly`, `cheapest` or `approximate`.
    pub basis: String,
    /// Supplier that hosts it; null when it is not known.
    pub host: Option<String>,
    /// Model of the catalog; null when it is not known.
    pub model: Option<String>,
    /// Supplier that developed the model; null when it is not known.
    pub developer: Option<String>,
    /// Country or bloc, `anywhere` or `unknown`.
    pub answers_from: String,
    /// Offer of the catalog; null when it is not known.
    pub offer: Option<String>,
}

/// Who serves some users of a group under a shock or scenario.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct GroupUnderAnswer {
    /// Countries of the users.
    pub users: Vec<String>,
    /// Deployments that stop.
    pub stopped: Vec<StoppedDeployment>,
    /// What still serves when all of them have stopped; empty when nothing does.
    pub serving: Vec<RouteHopAnswer>,
}

/// A deployment that stops.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StoppedDeployment {
    /// Name of the deployment.
    pub deployment: String,
    /// Day on which it stops, from the beginning.
    pub day: f64,
}

/// Something that is wrong with a route.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RouteFindingAnswer {
    /// Code, such as `leaves-zone`.
    pub code: String,
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// The group; empty when it is about the router as a whole.
    pub group: String,
    /// Name of the deployment; null when it is about the group.
    pub deployment: Option<String>,
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
    /// What is wrong.
    pub message: String,
    /// What helps.
    pub help: String,
}

impl RoutesAnswer {
    /// The documented answer.
    #[must_use]
    pub fn of(config: &GatewayConfig, mapped: &[MappedDeployment], audit: &RouteAudit) -> Self {
        let hop = |hop: &RouteHop| hop_answer(config, mapped, hop);
        Self {
            format_version: FORMAT_VERSION,
            file: audit.file.clone(),
            under: audit.under.clone(),
            groups: audit.groups.iter().map(|route| group_answer(route, config, &hop)).collect(),
            findings: audit.findings.iter().map(RouteFindingAnswer::of).collect(),
        }
    }
}

fn group_answer(
    route: &GroupRoute,
    config: &GatewayConfig,
    hop: &dyn Fn(&RouteHop) -> RouteHopAnswer,
) -> GroupRouteAnswer {
    let under = |under: &GroupUnder| GroupUnderAnswer {
        users: under.users.clone(),
        stopped: under
            .stopped
            .iter()
            .map(|&(d, day)| StoppedDeployment { deployment: config.deployments[d].name(d), day })
            .collect(),
        serving: under.serving.iter().map(hop).collect(),
    };
    GroupRouteAnswer {
        group: route.group.clone(),
        file: route.place.file.clone(),
        line: route.place.line as u64,
        strategy: route.strategy.clone(),
        zone: route.zone.as_ref().map(|(zone, _)| zone.clone()),
        zone_basis: route.zone.as_ref().map(|(_, basis)| match basis {
            ZoneBasis::Asked => "asked".to_owned(),
            ZoneBasis::FirstChoice => "first_choice".to_owned(),
        }),
        hops: route.hops.iter().map(hop).collect(),
        under: route.under.iter().map(under).collect(),
    }
}

fn hop_answer(config: &GatewayConfig, mapped: &[MappedDeployment], hop: &RouteHop) -> RouteHopAnswer {
    let of = &mapped[hop.deployment];
    let known = |evidence: &crate::study::imports::evidence::Evidence| evidence.known().map(str::to_owned);
    RouteHopAnswer {
        step: hop.step as u64,
        via: hop.group.clone(),
        depth: hop.depth as u64,
        deployment: config.deployments[hop.deployment].name(hop.deployment),
        share: hop.share,
        basis: hop.basis.as_str().to_owned(),
        host: known(&of.host),
        model: known(&of.model),
        developer: known(&of.developer),
        answers_from: of.answers_from.words().to_owned(),
        offer: known(&of.offer),
    }
}

impl RouteFindingAnswer {
    fn of(finding: &RouteFinding) -> Self {
        Self {
            code: finding.code.as_str().to_owned(),
            severity: finding.severity.as_str().to_owned(),
            group: finding.group.clone(),
            deployment: finding.deployment.clone(),
            file: finding.place.file.clone(),
            line: finding.place.line as u64,
            column: finding.place.column as u64,
            message: finding.message.clone(),
            help: finding.help.clone(),
        }
    }
}
