//! What stays the same during a study: the instance, the law, planned prices, the supply graph.

use crate::costs::{MonthlyCost, Prices, monthly_cost};
use crate::graph::supply::SupplyGraph;
use crate::model::instance::Instance;
use crate::model::plan::Plan;
use crate::shocks::law::Law;

/// Everything a disruption is evaluated against.
#[derive(Debug, Clone)]
pub struct Setting<'a> {
    pub instance: &'a Instance,
    pub law: Law,
    pub prices: Prices,
    pub graph: SupplyGraph,
}

impl<'a> Setting<'a> {
    /// Prepares an instance.
    #[must_use]
    pub fn new(instance: &'a Instance) -> Self {
        let law = Law::new(instance);
        let prices = Prices::new(instance, &law);
        Self { instance, prices, law, graph: SupplyGraph::new(instance) }
    }

    /// The same for an instance that differs in its limits and quotas only.
    #[must_use]
    pub fn on<'b>(&self, instance: &'b Instance) -> Setting<'b> {
        let (law, prices, graph) = (self.law.clone(), self.prices.clone(), self.graph.clone());
        Setting { instance, law, prices, graph }
    }

    /// The bill of a plan.
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
