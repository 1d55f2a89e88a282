//! `what-if` of `serve`: a changed portfolio, with what the commands say of it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::FORMAT_VERSION;
use super::check::CheckAnswer;
use super::concentration::{ConcentrationAnswer, DiversityAnswer};
use super::exposure::ChokepointAnswer;
use super::simulate::{EstimateAnswer, SimulateAnswer};
use super::stress::StressAnswer;
use crate::model::instance::{CellIdx, Instance, WorkloadIdx};
use crate::model::portfolio::Readiness;
use crate::report::names;
use crate::study::what_if::{LossChange, WhatIfProfile};

/// A changed portfolio: what it is, what it costs, what it depends on, and what was asked of it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WhatIfAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Name of the portfolio.
    pub portfolio: String,
    /// Command lines that give the same answers. Where something is changed, the first applies `patch` to the file.
    pub commands: Vec<String>,
    /// The change as a unified diff of the portfolio's file; empty when nothing is changed.
    pub patch: String,
    /// Planned cost of a month, USD.
    pub monthly_cost_usd: f64,
    /// What the monthly cost is made of.
    pub monthly_cost: MonthlyCostAnswer,
    /// Cost of the hosts, by id.
    pub spend_usd_per_month: BTreeMap<String, f64>,
    /// Mean capability of all demand, points.
    pub quality_points: f64,
    /// Cost of a complete outage of all workloads, USD a day.
    pub value_usd_per_day: f64,
    /// Length of a trial, days.
    pub horizon_days: f64,
    /// The workloads as they stand after the change, in the order of their ids.
    pub workloads: Vec<WorkingWorkload>,
    /// What the portfolio depends on.
    pub dependence: DependenceAnswer,
    /// Problems and limits, as `check` answers. Limits on losses have values only with `simulate`.
    pub check: CheckAnswer,
    /// Scenarios, as `stress` answers; null unless asked for.
    pub stress: Option<StressAnswer>,
    /// The loss distribution, as `simulate` answers; null unless asked for.
    pub simulate: Option<SimulateAnswer>,
    /// What the change does to the loss, on the same trials, compared with `against`; null unless `simulate` was asked for and the
    /// two differ.
    pub difference: Option<LossDifference>,
}

/// What the monthly cost is made of, USD.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct MonthlyCostAnswer {
    /// Tokens at planned prices.
    pub tokens_usd: f64,
    /// Rent of whole serving units.
    pub replicas_usd: f64,
    /// Fees of standbys.
    pub readiness_usd: f64,
    /// Fixed fees of hosts in use.
    pub fixed_usd: f64,
    /// What is missing to the monthly minimums of hosts in use.
    pub minimum_usd: f64,
}

/// A workload as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WorkingWorkload {
    /// Id of the workload.
    pub id: String,
    /// Name for readers.
    pub name: String,
    /// Cost of a complete outage, USD a day.
    pub outage_cost_usd_per_day: f64,
    /// Outage that costs nothing, days.
    pub recovery_objective_days: f64,
    /// Least general quality, points; null when there is no floor.
    pub min_quality: Option<f64>,
    /// Mean capability, points.
    pub quality_points: f64,
    /// Its users by country, in the order of the countries.
    pub cells: Vec<WorkingCell>,
    /// Its standbys, in the order of the offers.
    pub standby: Vec<WorkingStandby>,
}

/// Users of a workload in one country.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WorkingCell {
    /// Country of the users.
    pub users: String,
    /// Share of the workload's demand.
    pub users_share: f64,
    /// Shares of the offers that serve them; they add up to 1.
    pub allocation: BTreeMap<String, f64>,
}

/// An offer that stands by for a workload.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WorkingStandby {
    /// Id of the offer.
    pub offer: String,
    /// How soon it takes load.
    pub readiness: Readiness,
    /// Share of the demand that it is sized for.
    pub cover: f64,
    /// Days until it takes load; 0 when hot.
    pub lead_days: f64,
    /// Fee, USD a month.
    pub usd_per_month: f64,
}

/// What a portfolio depends on, as `exposure` answers it; losses of single nodes and of pairs are left out.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DependenceAnswer {
    #[serde(flatten)]
    pub concentration: ConcentrationAnswer,
    /// Suppliers under contract against suppliers in effect.
    pub diversity: DiversityAnswer,
    /// Nodes without which a workload has no prepared way to go on, ordered by workload, kind and id.
    pub chokepoints: Vec<ChokepointAnswer>,
}

/// Loss after the change less loss before it, trial by trial, with 95 % intervals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct LossDifference {
    /// Of the average annual loss, USD a year.
    pub aal_usd: EstimateAnswer,
    /// Of the CVaR at 0.95, USD over the horizon.
    pub cvar_usd: EstimateAnswer,
}

impl WhatIfAnswer {
    /// The documented answer, without commands, patch and what is asked for in addition.
    #[must_use]
    pub fn of(instance: &Instance, figures: &WhatIfProfile, check: CheckAnswer) -> Self {
        let WhatIfProfile { cost, standby_fees, dimensions, diversity, chokepoints, capability } = figures;
        let monthly = &cost.monthly;
        let mut fees = standby_fees.iter().copied();
        let workloads = 0..instance.workloads.len();
        let spend = cost.hosts.iter().filter(|host| host.is_used);
        Self {
            format_version: FORMAT_VERSION,
            portfolio: instance.portfolio.name.clone(),
            commands: Vec::new(),
            patch: String::new(),
            monthly_cost_usd: monthly.total_usd(),
            monthly_cost: MonthlyCostAnswer {
                tokens_usd: monthly.tokens_usd,
                replicas_usd: monthly.replicas_usd,
                readiness_usd: monthly.readiness_usd,
                fixed_usd: monthly.fixed_usd,
                minimum_usd: monthly.minimum_usd,
            },
            spend_usd_per_month: spend
                .map(|host| (instance.suppliers[host.host].supplier.id.clone(), host.spend_usd_per_month))
                .collect(),
            quality_points: capability.points,
            value_usd_per_day: instance.value_usd_per_day(),
            horizon_days: instance.portfolio.horizon_days,
            workloads: workloads
                .map(|w| WorkingWorkload::of(instance, w, cost.quality_points[w], &mut fees))
                .collect(),
            dependence: DependenceAnswer {
                concentration: ConcentrationAnswer::of(dimensions),
                diversity: DiversityAnswer::of(diversity),
                chokepoints: chokepoints.iter().map(|c| ChokepointAnswer::of(instance, c)).collect(),
            },
            check,
            stress: None,
            simulate: None,
            difference: None,
        }
    }
}

impl LossDifference {
    /// The documented difference.
    #[must_use]
    pub fn of(change: &LossChange) -> Self {
        Self { aal_usd: EstimateAnswer::of(&change.aal), cvar_usd: EstimateAnswer::of(&change.cvar) }
    }
}

impl WorkingWorkload {
    fn of(
        instance: &Instance,
        idx: WorkloadIdx,
        quality_points: f64,
        fees: &mut impl Iterator<Item = f64>,
    ) -> Self {
        let resolved = &instance.workloads[idx];
        let workload = &resolved.workload;
        let standby = resolved.standby.iter().map(|standby| WorkingStandby {
            offer: names::offer(instance, standby.offer),
            readiness: standby.readiness,
            cover: standby.cover,
            lead_days: standby.lead_days,
            usd_per_month: fees.next().unwrap_or_default(),
        });
        Self {
            id: workload.id.clone(),
            name: workload.name.clone(),
            outage_cost_usd_per_day: workload.outage_cost_usd_per_day,
            recovery_objective_days: workload.recovery_objective_days,
            min_quality: workload.min_quality,
            quality_points,
            cells: resolved.cells.clone().map(|cell| WorkingCell::of(instance, cell)).collect(),
            standby: standby.collect(),
        }
    }
}

impl WorkingCell {
    fn of(instance: &Instance, cell: CellIdx) -> Self {
        let own = &instance.cells[cell];
        Self {
            users: instance.jurisdictions[own.users].id.clone(),
            users_share: own.users_share,
            allocation: own
                .allocation
                .iter()
                .map(|&(offer, share)| (names::offer(instance, offer), share))
                .collect(),
        }
    }
}
