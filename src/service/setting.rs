//! The fixed data of a study: the instance, the law, planned prices and the supply graph.

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
    pub graph: SupplyGraph,
}

impl<'a> Setting<'a> {
    /// Derives law, prices and supply graph from an instance.
    #[must_use]
    pub fn new(instance: &'a Instance) -> Self {
        let law = Law::new(instance);
        let prices = Prices::new(instance, &law);
        Self { instance, prices, law, graph: SupplyGraph::new(instance) }
    }

    /// The same setting for an instance that differs only in its limits and quotas.
    #[must_use]
    pub fn on<'b>(&self, instance: &'b Instance) -> Setting<'b> {
        let (law, prices, graph) = (self.law.clone(), self.prices.clone(), self.graph.clone());
        Setting { instance, law, prices, graph }
    }

    /// Planned monthly cost of a plan.
    #[must_use]
    pub fn monthly_cost(&self, plan: &Plan) -> MonthlyCost {
        monthly_cost(self.instance, &self.prices, &self.law.eligible, plan)
    }

    /// The portfolio's horizon, days.
    #[must_use]
    pub fn horizon_days(&self) -> f64 {
        self.instance.portfolio.horizon_days
    }
}
