//! `simulate` as CSV: one line per measure and what it is of, with its 95 % interval.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Sheet, field};
use crate::measures::Estimate;
use crate::measures::return_period::ReturnPeriodLoss;
use crate::report::figures::{level, mean_interval};
use crate::report::json::{number, optional};
use crate::simulation::parts::Parts;
use crate::simulation::summary::{BREAKDOWN_LEVEL, CONFIDENCE_LEVELS};
use crate::study::simulate::Simulated;

/// Columns, in their order.
const COLUMNS: [&str; 5] = ["measure", "key", "value", "low", "high"];

/// The documented `simulate`.
#[must_use]
pub fn simulate(simulated: &Simulated) -> Sheet {
    let Simulated { summary, settings, monthly_cost, remarks, .. } = simulated;
    let mut lines = Lines(Sheet::new(&COLUMNS));
    lines.value("trials", summary.n_trials.into());
    if let Some(asked) = remarks.asked_trials {
        lines.value("asked_trials", asked.into());
    }
    if let Some(convergence) = remarks.convergence {
        lines.line("convergence", "target", number(convergence.target));
        lines.line("convergence", "width", optional(convergence.width));
        lines.line("convergence", "converged", convergence.is_reached().into());
    }
    if let Some(part) = remarks.shard {
        lines.line("shard", "index", part.shard.index.into());
        lines.line("shard", "of", part.shard.of.into());
        lines.line("shard", "first_trial", part.first_trial.into());
        lines.line("shard", "total_trials", part.total_trials.into());
    }
    lines.value("seed", settings.seed.into());
    lines.value("horizon_days", number(summary.horizon_days));
    lines.value("monthly_cost_usd", number(monthly_cost.total_usd()));
    lines.estimate("aal_usd", "", &mean_interval(&summary.aal));
    lines.value("std_dev_usd", optional(summary.std_dev_usd));
    lines.value("probability_of_loss", number(summary.probability_of_loss));
    for (measure, list) in [("var_usd", &summary.var), ("cvar_usd", &summary.cvar)] {
        for (confidence_level, estimate) in CONFIDENCE_LEVELS.iter().zip(list) {
            lines.estimate(measure, &level(*confidence_level), estimate);
        }
    }
    lines.curve("aep", &summary.aep);
    lines.curve("oep", &summary.oep);
    lines.map("availability", &summary.availability);
    lines.parts("aal_by", &summary.aal_by);
    lines.parts(&format!("cvar_{}_by", level(BREAKDOWN_LEVEL)), &summary.cvar_by);
    lines.0
}

struct Lines(Sheet);

impl Lines {
    fn row(&mut self, measure: &str, key: &str, [value, low, high]: [Value; 3]) {
        let numbers = [value, low, high].map(|x| field(&x));
        self.0.row([measure.to_owned(), key.to_owned()].into_iter().chain(numbers));
    }

    fn line(&mut self, measure: &str, key: &str, value: Value) {
        self.row(measure, key, [value, Value::Null, Value::Null]);
    }

    fn value(&mut self, measure: &str, value: Value) {
        self.line(measure, "", value);
    }

    fn estimate(&mut self, measure: &str, key: &str, estimate: &Estimate) {
        self.row(measure, key, [number(estimate.value), optional(estimate.low), optional(estimate.high)]);
    }

    fn curve(&mut self, measure: &str, curve: &[ReturnPeriodLoss]) {
        for point in curve {
            self.line(measure, &point.return_period_years.to_string(), number(point.loss));
        }
    }

    fn map(&mut self, measure: &str, map: &BTreeMap<String, f64>) {
        for (key, x) in map {
            self.line(measure, key, number(*x));
        }
    }

    fn parts(&mut self, measure: &str, parts: &Parts) {
        self.map(&format!("{measure}_shock"), &parts.shock);
        self.map(&format!("{measure}_jurisdiction"), &parts.jurisdiction);
        self.map(&format!("{measure}_workload"), &parts.workload);
    }
}
