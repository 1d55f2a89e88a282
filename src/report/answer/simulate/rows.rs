//! `simulate` as CSV: one row per measure and what it is of, with its 95 % interval.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{EstimateAnswer, PartsAnswer, ReturnPeriodAnswer, SimulateAnswer};

/// A row of `simulate` as CSV.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct MeasureRow {
    /// Key of the JSON; parts are `aal_by_shock`, `cvar_0.95_by_workload` and so on.
    pub measure: String,
    /// Confidence level, return period in years or id; empty where the measure has one value.
    pub key: String,
    pub value: Measured,
    /// Lower end of the 95 % interval.
    pub low: Option<f64>,
    /// Upper end of the 95 % interval.
    pub high: Option<f64>,
}

/// A measured value: a count is written without a point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Measured {
    Number(Option<f64>),
    Count(u64),
    Truth(bool),
}

impl From<f64> for Measured {
    fn from(x: f64) -> Self {
        Self::Number(Some(x))
    }
}

impl From<Option<f64>> for Measured {
    fn from(x: Option<f64>) -> Self {
        Self::Number(x)
    }
}

impl From<u64> for Measured {
    fn from(n: u64) -> Self {
        Self::Count(n)
    }
}

impl From<bool> for Measured {
    fn from(truth: bool) -> Self {
        Self::Truth(truth)
    }
}

/// `simulate` as rows, one per measure and what it is of.
#[must_use]
pub fn rows(answer: &SimulateAnswer) -> Vec<MeasureRow> {
    let mut rows = MeasureRows(Vec::new());
    rows.value("trials", "", answer.trials);
    if let Some(asked) = answer.asked_trials {
        rows.value("asked_trials", "", asked);
    }
    if let Some(truncated) = answer.truncated_trials {
        rows.value("truncated_trials", "", truncated);
    }
    if let Some(convergence) = answer.convergence {
        rows.value("convergence", "target", convergence.target);
        rows.value("convergence", "width", convergence.width);
        rows.value("convergence", "converged", convergence.converged);
    }
    if let Some(shard) = answer.shard {
        rows.value("shard", "index", shard.index);
        rows.value("shard", "of", shard.of);
        rows.value("shard", "first_trial", shard.first_trial);
        rows.value("shard", "total_trials", shard.total_trials);
    }
    rows.value("seed", "", answer.seed);
    rows.value("horizon_days", "", answer.horizon_days);
    rows.value("monthly_cost_usd", "", answer.monthly_cost_usd);
    rows.estimate("aal_usd", "", &EstimateAnswer::of(&answer.aal_usd.interval()));
    rows.value("std_dev_usd", "", answer.std_dev_usd);
    rows.value("probability_of_loss", "", answer.probability_of_loss);
    for (measure, by_level) in [("var_usd", &answer.var_usd), ("cvar_usd", &answer.cvar_usd)] {
        by_level.iter().for_each(|(level, estimate)| rows.estimate(measure, level, estimate));
    }
    rows.curve("aep", &answer.aep);
    rows.curve("oep", &answer.oep);
    rows.map("availability", &answer.availability);
    rows.parts("aal_by", &answer.aal_by);
    for (level, parts) in &answer.cvar_by {
        rows.parts(&format!("cvar_{level}_by"), parts);
    }
    rows.0
}

struct MeasureRows(Vec<MeasureRow>);

impl MeasureRows {
    fn value(&mut self, measure: &str, key: &str, value: impl Into<Measured>) {
        let (measure, key, value) = (measure.to_owned(), key.to_owned(), value.into());
        self.0.push(MeasureRow { measure, key, value, low: None, high: None });
    }

    fn estimate(&mut self, measure: &str, key: &str, estimate: &EstimateAnswer) {
        let EstimateAnswer { value, low, high } = *estimate;
        let (measure, key, value) = (measure.to_owned(), key.to_owned(), value.into());
        self.0.push(MeasureRow { measure, key, value, low, high });
    }

    fn curve(&mut self, measure: &str, curve: &[ReturnPeriodAnswer]) {
        for point in curve {
            self.value(measure, &point.return_period_years.to_string(), point.loss_usd);
        }
    }

    fn map(&mut self, measure: &str, map: &BTreeMap<String, f64>) {
        map.iter().for_each(|(key, x)| self.value(measure, key, *x));
    }

    fn parts(&mut self, measure: &str, parts: &PartsAnswer) {
        self.map(&format!("{measure}_shock"), &parts.shock);
        self.map(&format!("{measure}_jurisdiction"), &parts.jurisdiction);
        self.map(&format!("{measure}_actor"), &parts.actor);
        self.map(&format!("{measure}_workload"), &parts.workload);
    }
}
