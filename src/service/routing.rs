//! Routing of a cell's displaced slices to alternatives over a sub-interval (methodology/routing-and-loss.md).
//!
//! The order does not change the loss. It decides who takes over, and what is unserved before the recovery objective.

use super::cell_model::{CellModel, Local};
use super::cell_plan::CellPlan;
use super::state::{ClassStates, SubInterval};
use super::trajectory::Slice;

/// Kinds of alternatives, in the order in which they are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alternative {
    Surge,
    Hot,
    Warm,
    Cold,
}

impl Alternative {
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Surge => "surge",
            Self::Hot => "hot",
            Self::Warm => "warm",
            Self::Cold => "cold",
        }
    }
}

/// A share of the cell's demand that one alternative takes over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Handover {
    pub from: Local,
    pub to: Local,
    pub by: Alternative,
    pub share: f64,
}

/// The routing of a cell's displaced demand over a sub-interval.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Routing {
    pub handovers: Vec<Handover>,
    /// Unserved share of the cell's demand.
    pub unserved: f64,
    /// Unserved share of the cell's demand, only in slices past the recovery objective.
    pub unserved_past_objective: f64,
}

struct RoutingCandidate {
    by: Alternative,
    member: Local,
    lead: f64,
    left: f64,
    price: f64,
}

/// Routes the displaced slices of a plan: first those past the recovery objective, then the others, shortest elapsed first.
#[must_use]
pub fn route(cell_model: &CellModel, plan: &CellPlan, sub_interval: &SubInterval<'_>) -> Routing {
    let primaries = |slice: &Slice| {
        cell_model.classes[slice.class].members.iter().copied().filter(|&m| plan.share[m] > 0.0)
    };
    let mut slices: Vec<(Local, &Slice, bool)> = sub_interval
        .interval
        .slices
        .iter()
        .flat_map(|slice| {
            primaries(slice)
                .map(move |member| (member, slice, sub_interval.is_past_objective(cell_model, slice)))
        })
        .collect();
    // The shortest elapsed is the latest announcement. Members are numbered by offer id.
    slices.sort_by(|(a_member, a, a_past), (b_member, b, b_past)| {
        b_past.cmp(a_past).then(b.announced().total_cmp(&a.announced())).then(a_member.cmp(b_member))
    });
    let mut candidates = candidates(cell_model, plan, sub_interval);
    let mut routing = Routing::default();
    for (member, slice, is_past) in slices {
        let mut rest = slice.amount() * plan.share[member];
        for candidate in candidates.iter_mut().filter(|c| c.left > 0.0) {
            let state = sub_interval.interval.state(cell_model.members[candidate.member].class);
            let is_open = match candidate.by {
                Alternative::Surge | Alternative::Hot => true,
                Alternative::Warm | Alternative::Cold => {
                    sub_interval.is_open(slice.announced(), candidate.lead, &state)
                }
            };
            if !is_open {
                continue;
            }
            let share = rest.min(candidate.left);
            candidate.left -= share;
            rest -= share;
            routing.handovers.push(Handover { from: member, to: candidate.member, by: candidate.by, share });
            if rest <= 0.0 {
                break;
            }
        }
        let unserved = rest.max(0.0);
        routing.unserved += unserved;
        if is_past {
            routing.unserved_past_objective += unserved;
        }
    }
    routing
}

/// The alternatives of the plan over a sub-interval, in the order of use.
fn candidates(
    cell_model: &CellModel,
    plan: &CellPlan,
    sub_interval: &SubInterval<'_>,
) -> Vec<RoutingCandidate> {
    let mut candidates = Vec::new();
    for (idx, member) in cell_model.members.iter().enumerate() {
        let class = &cell_model.classes[member.class];
        let state = sub_interval.interval.state(member.class);
        if !state.is_usable {
            continue;
        }
        let price = member.price * state.price_factor;
        let mut add = |by, lead, left| {
            if left > 0.0 {
                candidates.push(RoutingCandidate { by, member: idx, lead, left, price });
            }
        };
        if class.is_primary && !class.has_declared_capacity && state.capacity == 1.0 {
            add(Alternative::Surge, 0.0, cell_model.surge * plan.share[idx]);
        }
        if let Some(lead) = class.warm_lead {
            add(Alternative::Hot, 0.0, state.capacity * plan.hot[idx]);
            add(Alternative::Warm, cell_model.warm_leads[lead], state.capacity * plan.warm[idx]);
        }
        if class.may_be_cold && state.capacity == 1.0 {
            add(Alternative::Cold, class.onboarding_days, f64::INFINITY);
        }
    }
    candidates
        .sort_by(|a, b| a.by.cmp(&b.by).then(a.price.total_cmp(&b.price)).then(a.member.cmp(&b.member)));
    candidates
}
