//! What is asked of the planner.

use super::sample::evaluate::Objective;
use crate::model::instance::{CellIdx, Instance, OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;

/// What is asked of the planner; the limits are those of the portfolio.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub objective: Objective,
    /// ½ Σ (share of demand)·|a − a₀| at most; `None`: any.
    pub max_turnover: Option<f64>,
    /// Shares that a plan must give.
    pub floors: Vec<Floor>,
    /// What a plan should rather not use: costs that steer the search and are no part of any figure.
    pub discouraged: Vec<Discouraged>,
    /// The search may end with the first plan that keeps the limits.
    pub any_plan_will_do: bool,
    /// Gap at which the search ends, whatever it takes; `None`: when more is not worth the time.
    pub prove_to: Option<f64>,
}

/// At least a share of a workload's demand, or of all demand, on one offer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Floor {
    /// `None`: all workloads together.
    pub workload: Option<WorkloadIdx>,
    pub offer: OfferIdx,
    /// In [0, 1], of the tokens.
    pub share: f64,
}

/// Something to do without if it can be done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Discouraged {
    /// Per unit of the cell's share on the offer, USD.
    Share { cell: CellIdx, offer: OfferIdx, usd: f64 },
    /// When the offer is kept ready, USD.
    Standby { workload: WorkloadIdx, offer: OfferIdx, readiness: Readiness, usd: f64 },
}

impl Request {
    /// Only an objective.
    #[must_use]
    pub fn new(objective: Objective) -> Self {
        let (floors, discouraged) = (Vec::new(), Vec::new());
        Self { objective, max_turnover: None, floors, discouraged, any_plan_will_do: false, prove_to: None }
    }

    /// Whether the request tells the offer from others in the cell.
    #[must_use]
    pub fn names(&self, cell: CellIdx, offer: OfferIdx) -> bool {
        let is_share = |d: &Discouraged| matches!(*d, Discouraged::Share { cell: c, offer: o, .. } if (c, o) == (cell, offer));
        self.floors.iter().any(|floor| floor.offer == offer) || self.discouraged.iter().any(is_share)
    }

    /// What a plan is charged for what it should rather not use, USD.
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
    /// What of the workload's demand, or of all, a plan gives to the offer.
    #[must_use]
    pub fn given(&self, instance: &Instance, plan: &Plan) -> f64 {
        let cells = self.cells(instance);
        let demand = |cell: CellIdx| instance.cells[cell].mtok_per_month();
        let total: f64 = cells.clone().map(demand).sum();
        let given: f64 = cells.map(|cell| demand(cell) * plan.share(cell, self.offer)).sum();
        given / total.max(f64::MIN_POSITIVE)
    }

    /// The cells it speaks of.
    #[must_use]
    pub fn cells(&self, instance: &Instance) -> std::ops::Range<CellIdx> {
        match self.workload {
            Some(workload) => instance.workloads[workload].cells.clone(),
            None => 0..instance.cells.len(),
        }
    }
}
