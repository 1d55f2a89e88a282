//! The request to the planner.

use std::collections::BTreeSet;

use super::sample::evaluate::Objective;
use crate::model::instance::{CellIdx, Instance, OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;

/// A request to the planner; the limits come from the portfolio.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub objective: Objective,
    /// Largest ½ Σ (share of demand)·|a − a₀|; `None`: no limit.
    pub max_turnover: Option<f64>,
    /// Minimum shares of offers.
    pub floors: Vec<Floor>,
    /// What a plan should avoid: charges that steer the search and enter no reported figure.
    pub discouraged: Vec<Discouraged>,
    /// Whether the search may stop at the first plan that keeps the limits.
    pub any_plan_will_do: bool,
    /// Relative gap that must be proven, however long it takes; `None`: the search stops when further rounds gain
    /// little.
    pub prove_to: Option<f64>,
    pub freedom: Freedom,
}

/// How far a plan may depart from today's.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Freedom {
    /// Whether every share stays as it is today, so that only standbys change.
    pub keeps_shares: bool,
    /// Whether only hosts that are in use today may be used, the company itself included.
    pub keeps_hosts: bool,
    /// `[n_workloads]`: which workloads may be touched at all; empty: every one.
    pub may_touch: Vec<bool>,
    /// What a plan may break, by the names in [`Evaluation::broken`]: today breaks it, and nothing within this freedom
    /// mends it.
    ///
    /// [`Evaluation::broken`]: super::sample::evaluate::Evaluation::broken
    pub tolerated: BTreeSet<String>,
}

impl Freedom {
    /// Whether shares and standbys of the workload may change.
    #[must_use]
    pub fn may_touch(&self, workload: WorkloadIdx) -> bool {
        self.may_touch.get(workload).copied().unwrap_or(true)
    }
}

/// At least a share of a workload's demand, or of all demand, on one offer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Floor {
    /// `None`: all workloads together.
    pub workload: Option<WorkloadIdx>,
    pub offer: OfferIdx,
    /// Share of the tokens, in [0, 1].
    pub share: f64,
}

/// A choice that a plan should avoid, with its charge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Discouraged {
    /// `usd` per unit of the cell's share on the offer.
    Share { cell: CellIdx, offer: OfferIdx, usd: f64 },
    /// `usd` if the offer is kept ready.
    Standby { workload: WorkloadIdx, offer: OfferIdx, readiness: Readiness, usd: f64 },
}

impl Request {
    /// A request with an objective and nothing else.
    #[must_use]
    pub fn new(objective: Objective) -> Self {
        let (floors, discouraged) = (Vec::new(), Vec::new());
        let freedom = Freedom::default();
        Self {
            objective,
            max_turnover: None,
            floors,
            discouraged,
            any_plan_will_do: false,
            prove_to: None,
            freedom,
        }
    }

    /// Whether the request refers to the offer in the cell, so that it must be told apart from others.
    #[must_use]
    pub fn names(&self, cell: CellIdx, offer: OfferIdx) -> bool {
        let is_share = |d: &Discouraged| matches!(*d, Discouraged::Share { cell: c, offer: o, .. } if (c, o) == (cell, offer));
        self.floors.iter().any(|floor| floor.offer == offer) || self.discouraged.iter().any(is_share)
    }

    /// Charges for the discouraged choices that a plan makes, USD.
    #[must_use]
    pub fn discouragement_usd(&self, plan: &Plan) -> f64 {
        let charge = |discouraged: &Discouraged| match *discouraged {
            Discouraged::Share { cell, offer, usd } => plan.share(cell, offer) * usd,
            Discouraged::Standby { workload, offer, readiness, usd } => {
                let mut standbys = plan.standby[workload].iter();
                let is_ready = standbys.any(|s| s.offer == offer && s.readiness == readiness);
                if is_ready { usd } else { 0.0 }
            }
        };
        self.discouraged.iter().map(charge).sum()
    }
}

impl Floor {
    /// Share of the workload's demand, or of all demand, that a plan puts on the offer.
    #[must_use]
    pub fn given(&self, instance: &Instance, plan: &Plan) -> f64 {
        let cells = self.cells(instance);
        let demand = |cell: CellIdx| instance.cells[cell].mtok_per_month();
        let total: f64 = cells.clone().map(demand).sum();
        let given: f64 = cells.map(|cell| demand(cell) * plan.share(cell, self.offer)).sum();
        given / total.max(f64::MIN_POSITIVE)
    }

    /// Cells of the workload, or all cells.
    #[must_use]
    pub fn cells(&self, instance: &Instance) -> std::ops::Range<CellIdx> {
        match self.workload {
            Some(workload) => instance.workloads[workload].cells.clone(),
            None => 0..instance.cells.len(),
        }
    }
}
