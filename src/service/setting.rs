//! The fixed data of a study: the instance, the law, planned prices and the supply graph.

use crate::costs::planned::{HostCost, PlannedCost, planned_cost};
use crate::costs::today::KnownToday;
use crate::costs::{MonthlyCost, Prices, monthly_cost};
use crate::graph::supply::SupplyGraph;
use crate::model::instance::Instance;
use crate::model::plan::Plan;
use crate::shocks::law::Law;

/// The fixed data against which every disruption is evaluated.
#[derive(Debug, Clone)]
pub struct Setting<'a> {
    pub instance: &'a Instance,
    pub law: Law,
    pub prices: Prices,
    pub known: KnownToday,
    pub graph: SupplyGraph,
}

impl<'a> Setting<'a> {
    /// Derives law, prices and supply graph from an instance.
    #[must_use]
    pub fn new(instance: &'a Instance) -> Self {
        Self::under(instance, Law::new(instance))
    }

    /// The same with a law that has been determined. `law`: that of the instance.
    #[must_use]
    pub fn under(instance: &'a Instance, law: Law) -> Self {
        let prices = Prices::new(instance, &law);
        let known = KnownToday::new(instance);
        Self { instance, prices, law, known, graph: SupplyGraph::new(instance) }
    }

    /// The same setting for an instance that differs only in its limits and quotas.
    #[must_use]
    pub fn on<'b>(&self, instance: &'b Instance) -> Setting<'b> {
        let (law, prices, graph) = (self.law.clone(), self.prices.clone(), self.graph.clone());
        Setting { instance, law, prices, known: self.known.clone(), graph }
    }

    /// Planned monthly cost of a plan.
    #[must_use]
    pub fn monthly_cost(&self, plan: &Plan) -> MonthlyCost {
        self.monthly_cost_and_hosts(plan).0
    }

    /// Planned cost of a plan over the horizon, with what contracts and change add.
    #[must_use]
    pub fn planned_cost(&self, plan: &Plan) -> PlannedCost {
        planned_cost(self.instance, &self.known, plan, self.monthly_cost_and_hosts(plan))
    }

    fn monthly_cost_and_hosts(&self, plan: &Plan) -> (MonthlyCost, Vec<HostCost>) {
        monthly_cost(self.instance, &self.prices, &self.law.eligible, &self.known, plan)
    }

    /// The portfolio's horizon, days.
    #[must_use]
    pub fn horizon_days(&self) -> f64 {
        self.instance.portfolio.horizon_days
    }
}
