//! What several answers say of a plan: cost and risk, who serves whom, what waits, who carries the value.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::finite;
use crate::model::instance::{Instance, Standby};
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;
use crate::planning::outcome::Figures;

/// Planned demand: workload → country of the users → offer → share of the demand of these users, in [0, 1].
pub type Allocation = BTreeMap<String, BTreeMap<String, BTreeMap<String, f64>>>;

/// Cost and risk of a plan on one set of trials.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct CostAndRisk {
    /// Planned cost a month, USD.
    pub monthly_cost_usd: f64,
    /// What is missing to commitments over the horizon, USD.
    pub shortfall_usd: f64,
    /// What the capability lost against today is worth over the horizon, USD; negative if it rises.
    pub quality_usd: f64,
    /// Cost of the change, paid once, USD; the objective bears the part of it that falls into the horizon.
    pub change_usd: f64,
    /// Average annual loss, USD.
    pub aal_usd: f64,
    /// CVaR: the mean loss of the worst trials at the confidence level, USD.
    pub cvar_usd: f64,
    /// Planned cost over the horizon plus risk-weighted loss, USD, which the planner minimizes; null where a limit is
    /// broken.
    pub objective_usd: Option<f64>,
}

impl CostAndRisk {
    /// The documented figures of a plan.
    #[must_use]
    pub fn of(figures: &Figures) -> Self {
        Self {
            monthly_cost_usd: figures.monthly_cost_usd,
            shortfall_usd: figures.shortfall_usd,
            quality_usd: figures.quality_usd,
            change_usd: figures.change_usd,
            aal_usd: figures.aal_usd,
            cvar_usd: figures.cvar_usd,
            objective_usd: finite(figures.objective_usd),
        }
    }

    /// `figures` less `base`.
    #[must_use]
    pub fn change(base: &Figures, figures: &Figures) -> Self {
        Self {
            monthly_cost_usd: figures.monthly_cost_usd - base.monthly_cost_usd,
            shortfall_usd: figures.shortfall_usd - base.shortfall_usd,
            quality_usd: figures.quality_usd - base.quality_usd,
            change_usd: figures.change_usd - base.change_usd,
            aal_usd: figures.aal_usd - base.aal_usd,
            cvar_usd: figures.cvar_usd - base.cvar_usd,
            objective_usd: finite(figures.objective_usd - base.objective_usd),
        }
    }
}

/// Cost and risk of a plan on the trials it was made on, and on new ones.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct PlanFigures {
    /// Planned cost a month, USD.
    pub monthly_cost_usd: f64,
    /// What is missing to commitments over the horizon, USD.
    pub shortfall_usd: f64,
    /// What the capability lost against today is worth over the horizon, USD; negative if it rises.
    pub quality_usd: f64,
    /// Cost of the change, paid once, USD; the objective bears the part of it that falls into the horizon.
    pub change_usd: f64,
    /// Average annual loss, USD.
    pub aal_usd: f64,
    /// CVaR at the confidence level, USD.
    pub cvar_usd: f64,
    /// Planned cost over the horizon plus risk-weighted loss, USD; null where a limit is broken.
    pub objective_usd: Option<f64>,
    /// The same figures on new trials, drawn after the plan was made.
    pub out_of_sample: CostAndRisk,
}

impl PlanFigures {
    /// Figures of one plan on both sets of trials.
    #[must_use]
    pub fn of(in_sample: &Figures, out_of_sample: &Figures) -> Self {
        let own = CostAndRisk::of(in_sample);
        Self {
            monthly_cost_usd: own.monthly_cost_usd,
            shortfall_usd: own.shortfall_usd,
            quality_usd: own.quality_usd,
            change_usd: own.change_usd,
            aal_usd: own.aal_usd,
            cvar_usd: own.cvar_usd,
            objective_usd: own.objective_usd,
            out_of_sample: CostAndRisk::of(out_of_sample),
        }
    }
}

/// A standby of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PlannedStandby {
    /// Id of the workload.
    pub workload: String,
    /// Id of the offer that waits.
    pub offer: String,
    /// How soon it takes load.
    pub readiness: Readiness,
    /// Share of the workload's demand that it can take, in [0, 1].
    pub cover: f64,
    /// Days until it takes load; 0 when hot.
    pub lead_days: f64,
}

/// Share of the business value that an offer serves.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OfferValue {
    /// Id of the offer.
    pub offer: String,
    /// Share of all business value, in [0, 1].
    pub share: f64,
}

/// Who serves whom.
#[must_use]
pub fn allocation(instance: &Instance, plan: &Plan) -> Allocation {
    let of_cell = |cell: usize| {
        let shares = plan.allocation[cell].iter();
        let shares = shares.map(|(offer, share)| (instance.offers[*offer].id.to_string(), *share));
        (instance.jurisdictions[instance.cells[cell].users].id.clone(), shares.collect())
    };
    let workloads = instance.workloads.iter();
    workloads.map(|w| (w.workload.id.clone(), w.cells.clone().map(of_cell).collect())).collect()
}

/// What waits, by workload.
#[must_use]
pub fn standby(instance: &Instance, plan: &Plan) -> Vec<PlannedStandby> {
    let entry = |workload: usize, standby: &Standby| PlannedStandby {
        workload: instance.workloads[workload].workload.id.clone(),
        offer: instance.offers[standby.offer].id.to_string(),
        readiness: standby.readiness,
        cover: standby.cover,
        lead_days: standby.lead_days,
    };
    let workloads = plan.standby.iter().enumerate();
    workloads.flat_map(|(workload, list)| list.iter().map(move |s| entry(workload, s))).collect()
}

/// Offers by the value they serve, the largest first.
#[must_use]
pub fn by_value(instance: &Instance, plan: &Plan) -> Vec<OfferValue> {
    let mut list: Vec<(usize, f64)> = plan.value_by_offer(instance).into_iter().collect();
    list.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let entry =
        |(offer, share): (usize, f64)| OfferValue { offer: instance.offers[offer].id.to_string(), share };
    list.into_iter().map(entry).collect()
}
