//! `simulate` and `merge`: the loss distribution.

pub mod rows;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::FORMAT_VERSION;
use crate::measures::Estimate;
use crate::measures::moments::MeanEstimate;
use crate::measures::return_period::ReturnPeriodLoss;
use crate::model::instance::Instance;
use crate::report::answer::currency::CurrencyAnswer;
use crate::report::figures::{level, mean_interval};
use crate::report::names;
use crate::simulation::doubt::{Doubt, WorthKnowing};
use crate::simulation::draws::Rates;
use crate::simulation::parts::Parts;
use crate::simulation::summary::{BREAKDOWN_LEVEL, CONFIDENCE_LEVELS};
use crate::study::simulate::{Convergence, ShardRemark, Simulated};

/// The loss distribution of today's portfolio over simulated years.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SimulateAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Name of the portfolio.
    pub portfolio: String,
    #[serde(flatten)]
    pub currency: CurrencyAnswer,
    /// Number of trials (simulated horizons).
    pub trials: u64,
    /// Random seed; the same seed and portfolio give the same numbers.
    pub seed: u64,
    /// `drawn`: each trial draws the rates of events from what past events leave open; `mean`: every trial has the mean rates.
    pub rates: String,
    /// Length of a trial, days.
    pub horizon_days: f64,
    /// Planned cost of a month, USD.
    pub monthly_cost_usd: f64,
    /// Average annual loss, USD.
    pub aal_usd: DoubtedMean,
    /// Shocks, or templates of shocks, whose rates would narrow the doubt most if they were known, the first most.
    pub worth_knowing: Vec<WorthKnowingAnswer>,
    /// Standard deviation of the loss over the horizon, USD; null with one trial.
    pub std_dev_usd: Option<f64>,
    /// Share of trials that lose something.
    pub probability_of_loss: f64,
    /// Value at risk by confidence level (`0.90`, `0.95`, `0.99`, `0.995`): the loss over the horizon, USD, that only the
    /// worst trials exceed.
    pub var_usd: BTreeMap<String, EstimateAnswer>,
    /// Conditional value at risk by confidence level: the mean loss of the worst trials over the horizon, USD.
    pub cvar_usd: BTreeMap<String, EstimateAnswer>,
    /// Aggregate exceedance curve: annual loss by return period, as far as at least 10 trials are worse.
    pub aep: Vec<ReturnPeriodAnswer>,
    /// Occurrence exceedance curve: loss from the costliest event of a year, by return period.
    pub oep: Vec<ReturnPeriodAnswer>,
    /// Served share of demand on average, by workload id.
    pub availability: BTreeMap<String, f64>,
    /// Parts of the average annual loss, USD a year.
    pub aal_by: PartsAnswer,
    /// Parts of the CVaR by confidence level (`0.95`), USD over the horizon.
    pub cvar_by: BTreeMap<String, PartsAnswer>,
    /// Names of the shocks in the parts, for readers, by id.
    pub shock_names: BTreeMap<String, String>,
    /// Names of the jurisdictions in the parts, for readers, by id.
    pub jurisdiction_names: BTreeMap<String, String>,
    /// Names of the actors in the parts, for readers, by key.
    pub actor_names: BTreeMap<String, String>,
    /// How many trials were asked for; only where the run was interrupted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_trials: Option<u64>,
    /// Number of trials with more occurrences than a trial can hold, whose losses are too small; only where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated_trials: Option<u64>,
    /// Whether the requested accuracy was reached; only with `--converge`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub convergence: Option<ConvergenceAnswer>,
    /// Which part of the study this is; only with `--shard`. All numbers are then of the shard's trials only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard: Option<ShardAnswer>,
}

/// The average annual loss with its sampling error and the doubt about the rates behind it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct DoubtedMean {
    /// The mean.
    pub value: f64,
    /// Standard error of the mean, from the number of trials alone; null with one trial.
    pub std_error: Option<f64>,
    /// Lower end of the middle 90 % of what the mean would be if the true rates were known.
    pub doubt_low: f64,
    /// Upper end of it.
    pub doubt_high: f64,
}

/// What would be left of the doubt if one rate were known.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WorthKnowingAnswer {
    /// Id of the shock, or of the template of shocks.
    pub shock: String,
    /// Its name, for readers; that of a template is its id in words.
    pub name: String,
    /// Lower end of the average annual loss, USD.
    pub low: f64,
    /// Upper end of it, USD.
    pub high: f64,
}

/// A value with its 95 % interval of sampling error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct EstimateAnswer {
    /// The value.
    pub value: f64,
    /// Lower end; null when the trials do not bound it from below.
    pub low: Option<f64>,
    /// Upper end; null when the trials do not bound it from above.
    pub high: Option<f64>,
}

/// A point of an exceedance curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct ReturnPeriodAnswer {
    /// The loss is exceeded once in this many years on average.
    pub return_period_years: f64,
    /// The loss, USD.
    pub loss_usd: f64,
}

/// A loss split in several ways; each adds up to the whole.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PartsAnswer {
    /// By id of the first shock of an event.
    pub shock: BTreeMap<String, f64>,
    /// By id of the jurisdiction that acts, or of the vendor's country for an event of its own; `none` where nobody acts.
    pub jurisdiction: BTreeMap<String, f64>,
    /// By who acts: the id of a jurisdiction, or `supplier ID`, `hardware ID` or `region J` for an event of its own; `none`
    /// where nobody acts. The company's own machines are `supplier self`.
    pub actor: BTreeMap<String, f64>,
    /// By id of the workload that bears it.
    pub workload: BTreeMap<String, f64>,
}

/// Whether the simulation reached the accuracy that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct ConvergenceAnswer {
    /// Half-width of the 95 % interval of CVaR 0.95 that was asked for, as a share of the CVaR.
    pub target: f64,
    /// Half-width reached; 0 where nothing is lost, null with one trial.
    pub width: Option<f64>,
    /// Whether the target was reached.
    pub converged: bool,
}

/// Which part of a study a shard is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ShardAnswer {
    /// Number of the shard, from 1.
    pub index: u64,
    /// Number of shards.
    pub of: u64,
    /// First trial of the shard, from 0.
    pub first_trial: u64,
    /// Trials of the whole study.
    pub total_trials: u64,
}

impl SimulateAnswer {
    /// The documented `simulate`.
    #[must_use]
    pub fn of(instance: &Instance, simulated: &Simulated) -> Self {
        let Simulated { summary, settings, monthly_cost, remarks, .. } = simulated;
        let parts = [&summary.aal_by, &summary.cvar_by];
        let named = |ids: [&BTreeMap<String, f64>; 2], name: &dyn Fn(&str) -> String| {
            ids.into_iter().flat_map(BTreeMap::keys).map(|id| (id.clone(), name(id))).collect()
        };
        Self {
            format_version: FORMAT_VERSION,
            portfolio: instance.portfolio.name.clone(),
            currency: CurrencyAnswer::of(&instance.portfolio.currency),
            trials: summary.n_trials,
            seed: settings.seed,
            rates: rates(settings.rates).to_owned(),
            horizon_days: summary.horizon_days,
            monthly_cost_usd: monthly_cost.total_usd(),
            aal_usd: DoubtedMean::of(&summary.aal, &summary.doubt),
            worth_knowing: summary
                .doubt
                .worth_knowing
                .iter()
                .map(|known| WorthKnowingAnswer::of(instance, known))
                .collect(),
            std_dev_usd: summary.std_dev_usd,
            probability_of_loss: summary.probability_of_loss,
            var_usd: estimates(&summary.var),
            cvar_usd: estimates(&summary.cvar),
            aep: summary.aep.iter().map(ReturnPeriodAnswer::of).collect(),
            oep: summary.oep.iter().map(ReturnPeriodAnswer::of).collect(),
            availability: summary.availability.clone(),
            aal_by: PartsAnswer::of(&summary.aal_by),
            cvar_by: [(level(BREAKDOWN_LEVEL), PartsAnswer::of(&summary.cvar_by))].into(),
            shock_names: named(parts.map(|p| &p.shock), &|id| names::shock(instance, id)),
            jurisdiction_names: named(parts.map(|p| &p.jurisdiction), &|id| {
                names::jurisdiction(instance, id)
            }),
            actor_names: named(parts.map(|p| &p.actor), &|id| names::actor(instance, id)),
            asked_trials: remarks.asked_trials,
            truncated_trials: Some(simulated.run.sums.n_truncated).filter(|n| *n > 0),
            convergence: remarks.convergence.map(ConvergenceAnswer::of),
            shard: remarks.shard.map(ShardAnswer::of),
        }
    }

    /// Parts of the CVaR at the level that is broken down.
    #[must_use]
    pub fn tail_parts(&self) -> Option<&PartsAnswer> {
        self.cvar_by.get(&level(BREAKDOWN_LEVEL))
    }
}

fn rates(rates: Rates) -> &'static str {
    match rates {
        Rates::Drawn => "drawn",
        Rates::Mean => "mean",
    }
}

fn estimates(list: &[Estimate]) -> BTreeMap<String, EstimateAnswer> {
    CONFIDENCE_LEVELS.iter().zip(list).map(|(l, e)| (level(*l), EstimateAnswer::of(e))).collect()
}

impl DoubtedMean {
    /// The documented mean.
    #[must_use]
    pub fn of(mean: &MeanEstimate, doubt: &Doubt) -> Self {
        let MeanEstimate { value, std_error } = *mean;
        Self { value, std_error, doubt_low: doubt.low_usd, doubt_high: doubt.high_usd }
    }

    /// The mean with its 95 % interval of sampling error.
    #[must_use]
    pub fn interval(&self) -> Estimate {
        mean_interval(&MeanEstimate { value: self.value, std_error: self.std_error })
    }
}

impl WorthKnowingAnswer {
    fn of(instance: &Instance, known: &WorthKnowing) -> Self {
        let name = names::shock_or_template(instance, &known.shock);
        Self { shock: known.shock.clone(), name, low: known.low_usd, high: known.high_usd }
    }
}

impl EstimateAnswer {
    /// The documented estimate.
    #[must_use]
    pub fn of(estimate: &Estimate) -> Self {
        Self { value: estimate.value, low: estimate.low, high: estimate.high }
    }

    /// The same as a measure.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        Estimate { value: self.value, low: self.low, high: self.high }
    }
}

impl ReturnPeriodAnswer {
    fn of(point: &ReturnPeriodLoss) -> Self {
        Self { return_period_years: point.return_period_years, loss_usd: point.loss }
    }
}

impl PartsAnswer {
    fn of(parts: &Parts) -> Self {
        Self {
            shock: parts.shock.clone(),
            jurisdiction: parts.jurisdiction.clone(),
            actor: parts.actor.clone(),
            workload: parts.workload.clone(),
        }
    }
}

impl ConvergenceAnswer {
    fn of(convergence: Convergence) -> Self {
        Self { target: convergence.target, width: convergence.width, converged: convergence.is_reached() }
    }
}

impl ShardAnswer {
    fn of(part: ShardRemark) -> Self {
        Self {
            index: part.shard.index,
            of: part.shard.of,
            first_trial: part.first_trial,
            total_trials: part.total_trials,
        }
    }
}
