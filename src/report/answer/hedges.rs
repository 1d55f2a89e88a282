//! What each standby, and each of several sources, is worth to the plan.

use schemars::JsonSchema;
use serde::Serialize;

use crate::ids::OfferId;
use crate::model::portfolio::Readiness;
use crate::study::plan::outcome::{HedgeRole, HedgeValue};
use crate::study::plan::runners_up::RunnerUp;

/// One standby, or one of several offers that carry demand, measured by the plan without it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct HedgeAnswer {
    /// Id of the workload.
    pub workload: String,
    /// Id of the offer.
    pub offer: String,
    /// `hot` or `warm` for a standby; `primary` for an offer that carries demand together with others.
    pub readiness: HedgeWord,
    /// Share of the workload's demand that a primary carries, in [0, 1]; null for a standby.
    pub share: Option<f64>,
    /// Risk-weighted loss that it avoids over the horizon, USD.
    pub loss_avoided_usd: f64,
    /// Low end of its 95 % interval, USD.
    pub loss_avoided_low_usd: Option<f64>,
    /// High end of its 95 % interval, USD.
    pub loss_avoided_high_usd: Option<f64>,
    /// What the plan costs more with it over the horizon, USD; negative when it saves.
    pub cost_usd: f64,
    /// Monthly fee at which it would no longer pay, USD; for a primary on top of its tokens.
    pub break_even_usd_per_month: f64,
    /// Low end of its 95 % interval, USD a month.
    pub break_even_low_usd_per_month: Option<f64>,
    /// High end of its 95 % interval, USD a month.
    pub break_even_high_usd_per_month: Option<f64>,
    /// Limits that the plan would break without it.
    pub needed_for: Vec<String>,
    /// What would stand by next best in its place with the same readiness and cover, the best first; `plan` and `report` list up to
    /// three.
    pub runners_up: Vec<RunnerUpAnswer>,
}

/// An offer in the place of a standby.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RunnerUpAnswer {
    /// Id of the offer.
    pub offer: String,
    /// Its planned fee, USD a month.
    pub fee_usd_per_month: f64,
    /// Days until it takes load; 0 when hot.
    pub lead_days: f64,
    /// Risk-weighted loss that it avoids over the horizon against no standby in this place, USD.
    pub loss_avoided_usd: f64,
    /// Monthly fee at which it is worth no more than no standby in this place, USD.
    pub break_even_usd_per_month: f64,
    /// Low end of its 95 % interval, USD a month.
    pub break_even_low_usd_per_month: Option<f64>,
    /// High end of its 95 % interval, USD a month.
    pub break_even_high_usd_per_month: Option<f64>,
    /// Monthly fee at which it is as good as the standby of the plan, USD; below 0 where even for nothing it is worse.
    pub as_good_at_usd_per_month: f64,
}

/// What a hedge does in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HedgeWord {
    /// A standby that takes load at once.
    Hot,
    /// A standby that takes load after its lead.
    Warm,
    /// Carries demand together with others.
    Primary,
}

impl HedgeAnswer {
    /// The documented entry.
    #[must_use]
    pub fn of(hedge: &HedgeValue) -> Self {
        let (readiness, share) = match hedge.role {
            HedgeRole::Primary { share } => (HedgeWord::Primary, Some(share)),
            HedgeRole::Standby(Readiness::Hot) => (HedgeWord::Hot, None),
            HedgeRole::Standby(Readiness::Warm) => (HedgeWord::Warm, None),
        };
        let (loss, fee) = (&hedge.loss_avoided_usd, &hedge.break_even_usd_per_month);
        Self {
            workload: hedge.workload.clone(),
            offer: hedge.offer.to_string(),
            readiness,
            share,
            loss_avoided_usd: loss.value,
            loss_avoided_low_usd: loss.low,
            loss_avoided_high_usd: loss.high,
            cost_usd: hedge.cost_usd,
            break_even_usd_per_month: fee.value,
            break_even_low_usd_per_month: fee.low,
            break_even_high_usd_per_month: fee.high,
            needed_for: hedge.needed_for.clone(),
            runners_up: hedge.runners_up.iter().map(RunnerUpAnswer::of).collect(),
        }
    }
}

impl RunnerUpAnswer {
    fn of(other: &RunnerUp) -> Self {
        let fee = &other.break_even_usd_per_month;
        Self {
            offer: other.offer.to_string(),
            fee_usd_per_month: other.fee_usd_per_month,
            lead_days: other.lead_days,
            loss_avoided_usd: other.loss_avoided_usd.value,
            break_even_usd_per_month: fee.value,
            break_even_low_usd_per_month: fee.low,
            break_even_high_usd_per_month: fee.high,
            as_good_at_usd_per_month: other.as_good_at_usd_per_month,
        }
    }
}

/// An offer that is the only source of some users, so that the plan without it cannot be measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OnlySource {
    /// Id of the workload.
    pub workload: String,
    /// Id of the offer.
    pub offer: String,
}

impl OnlySource {
    /// The documented entry.
    #[must_use]
    pub fn of((workload, offer): &(String, OfferId)) -> Self {
        Self { workload: workload.clone(), offer: offer.to_string() }
    }
}
