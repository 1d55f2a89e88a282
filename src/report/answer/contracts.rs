//! What a plan means for contracts, models and capability.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::costs::planned::{HostCost, PlannedCost};
use crate::costs::today::{Capability, KnownToday};
use crate::model::contract::ContractStatus;
use crate::model::instance::Instance;

/// The state of a contract with a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContractWord {
    Signed,
    /// A quotation.
    Offered,
    /// The portfolio names no contract.
    None,
}

/// A host under the plan.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct HostAnswer {
    /// Whether there is a contract.
    pub status: ContractWord,
    /// Whether it serves or stands by today.
    pub used_today: bool,
    /// Whether it serves or stands by under the plan.
    pub used: bool,
    /// Fixed fee under the plan, USD a year.
    pub fixed_usd_per_year: f64,
    /// Tokens bought there under the plan, USD a month.
    pub spend_usd_per_month: f64,
    /// What is missing to its monthly minimum, USD a month.
    pub minimum_usd_per_month: f64,
    /// What is missing to its commitment over the horizon, USD.
    pub shortfall_usd: f64,
    /// To qualify the host, once, USD.
    pub qualify_usd: f64,
    /// To leave it, once, USD.
    pub exit_usd: f64,
    /// Last day of the contract; absent where the portfolio does not say it.
    pub ends: Option<String>,
}

/// A model to be qualified for a workload.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct QualifyAnswer {
    /// Id of the workload.
    pub workload: String,
    /// Id of the model.
    pub model: String,
    /// Tests and approval, once, USD.
    pub usd: f64,
}

/// Mean capability of the offers that serve a workload, points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct QualityPoints {
    /// Today.
    pub today: f64,
    /// Under the plan.
    pub plan: f64,
}

/// Hosts that are used today or by the plan, or under a contract, by id.
#[must_use]
pub fn hosts(instance: &Instance, known: &KnownToday, cost: &PlannedCost) -> BTreeMap<String, HostAnswer> {
    let answer = |own: &HostCost| {
        let status = match own.contract {
            Some(ContractStatus::Signed) => ContractWord::Signed,
            Some(ContractStatus::Offered) => ContractWord::Offered,
            None => ContractWord::None,
        };
        let contract = instance.portfolio.contract_with(&instance.suppliers[own.host].supplier.id);
        let answer = HostAnswer {
            status,
            used_today: known.used_hosts.contains(&own.host),
            used: own.is_used,
            fixed_usd_per_year: own.fixed_usd_per_month * 12.0,
            spend_usd_per_month: own.spend_usd_per_month,
            minimum_usd_per_month: own.minimum_usd_per_month,
            shortfall_usd: own.shortfall_usd,
            qualify_usd: own.qualify_usd,
            exit_usd: own.exit_usd,
            ends: contract.and_then(|contract| contract.ends).map(|day| day.to_string()),
        };
        (instance.suppliers[own.host].supplier.id.clone(), answer)
    };
    cost.hosts.iter().map(answer).collect()
}

/// Models to be qualified for workloads.
#[must_use]
pub fn qualify(instance: &Instance, cost: &PlannedCost) -> Vec<QualifyAnswer> {
    let answer = |&(workload, model, usd): &(usize, usize, f64)| QualifyAnswer {
        workload: instance.workloads[workload].workload.id.clone(),
        model: instance.models[model].model.id.clone(),
        usd,
    };
    cost.qualify.iter().map(answer).collect()
}

/// Mean capability by workload id.
#[must_use]
pub fn quality_points(
    instance: &Instance,
    known: &KnownToday,
    cost: &PlannedCost,
) -> BTreeMap<String, QualityPoints> {
    let points = known.quality_points.iter().zip(&cost.quality_points);
    let of = |(workload, (&today, &plan)): (usize, (&f64, &f64))| {
        (instance.workloads[workload].workload.id.clone(), QualityPoints { today, plan })
    };
    points.enumerate().map(of).collect()
}

/// Mean capability of all demand.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct CapabilityAnswer {
    /// Points.
    pub points: f64,
    /// Standard error that the ratings of the models in use leave, points.
    pub std_error: f64,
}

impl CapabilityAnswer {
    /// The documented capability.
    #[must_use]
    pub fn of(capability: &Capability) -> Self {
        Self { points: capability.points, std_error: capability.std_error }
    }
}
