//! How a set of shocks gets to the portfolio: the offers in use that it stops or makes dearer, and the standbys it takes away.

use std::collections::BTreeSet;

use super::candidates::ReachedGroup;
use super::evaluate::{Evaluator, group_result};
use crate::model::instance::{OfferIdx, WorkloadIdx};
use crate::service::disruption::{Disruption, Occurrence};
use crate::service::trajectory::{Interval, simulate_cell};

/// What of a plan a set of shocks hits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Channel {
    /// (workload, offer) that loses some of its share at some time, ascending.
    pub stopped: BTreeSet<(WorkloadIdx, OfferIdx)>,
    /// (workload, offer) that costs more at some time, and keeps some of its share, ascending.
    pub dearer: BTreeSet<(WorkloadIdx, OfferIdx)>,
    /// (workload, offer) of standbys that do not serve in full at some time at which they are needed, ascending.
    pub lost_standbys: BTreeSet<(WorkloadIdx, OfferIdx)>,
    /// Workloads that are unserved beyond their recovery objective, ascending.
    pub unserved: BTreeSet<WorkloadIdx>,
}

/// The channel of some occurrences.
pub(super) fn channel(evaluator: &Evaluator<'_>, occurrences: &[Occurrence]) -> Channel {
    let disruption = evaluator.disruption(occurrences);
    let mut channel = Channel::default();
    for own in &evaluator.candidates.groups {
        channel.add(own, &disruption);
    }
    channel
}

impl Channel {
    fn add(&mut self, own: &ReachedGroup, disruption: &Disruption<'_>) {
        let (cell_model, workload) = (&own.group.cell_model, own.group.workload);
        let members = |class: usize, of: &[f64]| -> Vec<(WorkloadIdx, OfferIdx)> {
            let all = cell_model.classes[class].members.iter();
            all.filter(|&&m| of[m] > 0.0).map(|&m| (workload, cell_model.members[m].offer)).collect()
        };
        let plan = &own.group.plan;
        let trajectory = simulate_cell(cell_model, disruption);
        if group_result(own, &trajectory).breaks {
            self.unserved.insert(workload);
        }
        for Interval { states, slices, .. } in trajectory.intervals {
            slices.iter().for_each(|slice| self.stopped.extend(members(slice.class, &plan.share)));
            for state in states.iter() {
                if state.price_factor > 1.0 && state.kept() > 0.0 {
                    self.dearer.extend(members(state.class, &plan.share));
                }
                if state.kept() < 1.0 && !slices.is_empty() {
                    self.lost_standbys.extend(members(state.class, &plan.hot));
                    self.lost_standbys.extend(members(state.class, &plan.warm));
                }
            }
        }
    }
}
