//! Codes of findings, their gravity, and what helps (guides/gateway.md).

use crate::model::gateway::FilePlace;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteCode {
    AliasMismatch,
    FallbackCycle,
    LeavesZone,
    MissingTarget,
    NoWeight,
    RetiredTarget,
    SameDeveloper,
    SameHost,
    ShuffleNotFallback,
    SinglePoint,
    UnknownRegion,
    UnknownRouterKey,
    Unserved,
    Wildcard,
}

impl RouteCode {
    /// All codes, in alphabetical order.
    pub const ALL: [Self; 14] = [
        Self::AliasMismatch,
        Self::FallbackCycle,
        Self::LeavesZone,
        Self::MissingTarget,
        Self::NoWeight,
        Self::RetiredTarget,
        Self::SameDeveloper,
        Self::SameHost,
        Self::ShuffleNotFallback,
        Self::SinglePoint,
        Self::UnknownRegion,
        Self::UnknownRouterKey,
        Self::Unserved,
        Self::Wildcard,
    ];

    /// The code of reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AliasMismatch => "alias-mismatch",
            Self::FallbackCycle => "fallback-cycle",
            Self::LeavesZone => "leaves-zone",
            Self::MissingTarget => "missing-target",
            Self::NoWeight => "no-weight",
            Self::RetiredTarget => "retired-target",
            Self::SameDeveloper => "same-developer",
            Self::SameHost => "same-host",
            Self::ShuffleNotFallback => "shuffle-not-fallback",
            Self::SinglePoint => "single-point",
            Self::UnknownRegion => "unknown-region",
            Self::UnknownRouterKey => "unknown-router-key",
            Self::Unserved => "unserved",
            Self::Wildcard => "wildcard",
        }
    }

    pub(super) fn help(self) -> &'static str {
        match self {
            Self::AliasMismatch => "rename the group, or tell its callers which model answers",
            Self::FallbackCycle => {
                "let the chain end: the router stops after max_fallbacks and has tried nothing new"
            }
            Self::LeavesZone => "use a deployment inside the zone, or remove it from this route",
            Self::MissingTarget => "name a group of model_list, or the id of a deployment",
            Self::NoWeight => "give it a weight, or an order of its own if it is a reserve",
            Self::RetiredTarget => "move to the successor before that day",
            Self::SameDeveloper => "add a fallback to a model of another developer",
            Self::SameHost => "add a fallback on another host",
            Self::ShuffleNotFallback => {
                "give the reserve a higher order, or a group of its own that fallbacks names; weights say that a mix is meant"
            }
            Self::SinglePoint => "add a second deployment, or a fallback",
            Self::UnknownRegion => "write region_name, or call a regional endpoint",
            Self::UnknownRouterKey => {
                "correct or remove it: the router does not start with a key that it does not know"
            }
            Self::Unserved => "add a fallback that this does not reach",
            Self::Wildcard => "list the models that are meant: nothing can be said about the others",
        }
    }
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteSeverity {
    Note,
    Warning,
    Error,
}

impl RouteSeverity {
    /// The word of reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteFinding {
    pub code: RouteCode,
    pub severity: RouteSeverity,
    /// The group; empty when it is about the router as a whole.
    pub group: String,
    /// Name of the deployment that it is about.
    pub deployment: Option<String>,
    pub place: FilePlace,
    pub message: String,
    pub help: String,
}

impl RouteFinding {
    pub(super) fn order(&self) -> impl Ord + '_ {
        (&self.place, self.code, &self.group, &self.message)
    }
}
