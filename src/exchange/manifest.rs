//! The manifest: a small file next to a table of trials that says what was simulated (reference/outputs.md).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fingerprint::{fingerprint, program};
use crate::model::instance::Instance;
use crate::report::answer::{FORMAT_VERSION, to_text};
use crate::simulation::draws::Rates;
use crate::simulation::sums::LossTotals;
use crate::study::simulate::Simulated;

/// The manifest of a table of trials.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub format_version: u64,
    pub program: String,
    pub portfolio: String,
    pub fingerprint: String,
    pub seed: u64,
    /// `drawn` or `mean`.
    pub rates: String,
    pub horizon_days: f64,
    pub first_trial: u64,
    /// Number of trials in these tables.
    pub trials: u64,
    /// Number of trials of the complete simulation.
    pub total_trials: u64,
    /// Rows of the table of events.
    pub events: u64,
    /// Such as `2 of 3`; absent when the tables hold the complete simulation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<String>,
    pub sums: ReproducibleSums,
}

/// Fixed-point totals in steps, as text because they are too large for numbers of JSON. A missing entry is 0.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReproducibleSums {
    /// By shock id.
    pub loss_by_shock: BTreeMap<String, String>,
    /// By shock id: the part whose first occurrence does not end by itself.
    #[serde(default)]
    pub lasting_by_shock: BTreeMap<String, String>,
    /// By workload id.
    pub loss_by_workload: BTreeMap<String, String>,
    /// By workload id.
    pub unserved_days: BTreeMap<String, String>,
    /// Trials with more occurrences than one can hold; absent when there are none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub truncated_trials: u64,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl Manifest {
    /// The manifest of a simulation.
    #[must_use]
    pub fn new(instance: &Instance, simulated: &Simulated, events: u64) -> Self {
        let Simulated { settings, run, remarks, .. } = simulated;
        let trials = run.losses.len() as u64;
        let total = remarks.shard.map(|shard| shard.total_trials).or(remarks.asked_trials);
        Self {
            format_version: FORMAT_VERSION,
            program: program(),
            portfolio: instance.portfolio.name.clone(),
            fingerprint: fingerprint(instance),
            seed: settings.seed,
            rates: rates_word(settings.rates).to_owned(),
            horizon_days: run.horizon_days,
            first_trial: run.first_trial,
            trials,
            total_trials: total.unwrap_or(trials),
            events,
            shard: remarks.shard.map(|s| format!("{} of {}", s.shard.index, s.shard.of)),
            sums: ReproducibleSums::new(instance, &run.sums),
        }
    }

    /// The manifest as JSON.
    ///
    /// # Panics
    /// Never: all keys are text and all numbers finite.
    #[must_use]
    pub fn to_text(&self) -> String {
        let value: Value = serde_json::to_value(self).expect("text keys and finite numbers");
        to_text(&value)
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// A message that says what is wrong with the text.
    pub fn from_text(text: &str) -> Result<Self, String> {
        let manifest: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let is_known = manifest.format_version == FORMAT_VERSION;
        is_known.then_some(manifest).ok_or_else(|| format!("`format_version` must be {FORMAT_VERSION}"))
    }

    /// How uncertain rates were treated; `None` for an unknown word.
    #[must_use]
    pub fn rates(&self) -> Option<Rates> {
        [Rates::Drawn, Rates::Mean].into_iter().find(|rates| rates_word(*rates) == self.rates)
    }

    /// The number after that of the last trial; `None` on overflow.
    #[must_use]
    pub fn end(&self) -> Option<u64> {
        self.first_trial.checked_add(self.trials)
    }
}

fn rates_word(rates: Rates) -> &'static str {
    match rates {
        Rates::Drawn => "drawn",
        Rates::Mean => "mean",
    }
}

impl ReproducibleSums {
    fn new(instance: &Instance, sums: &LossTotals) -> Self {
        let workload = |at: usize| instance.workloads[at].workload.id.clone();
        Self {
            loss_by_shock: digits(&sums.loss_by_shock, |at| instance.shocks[at].id.clone()),
            lasting_by_shock: digits(&sums.lasting_by_shock, |at| instance.shocks[at].id.clone()),
            loss_by_workload: digits(&sums.loss_by_workload, workload),
            unserved_days: digits(&sums.unserved_days, workload),
            truncated_trials: sums.n_truncated,
        }
    }

    /// The sums as numbers, in the order of the instance.
    ///
    /// # Errors
    /// A message that names the entry that is unknown or not a number.
    pub fn to_sums(&self, instance: &Instance) -> Result<LossTotals, String> {
        let shocks: Vec<&str> = instance.shocks.iter().map(|shock| shock.id.as_str()).collect();
        let workloads: Vec<&str> = instance.workloads.iter().map(|w| w.workload.id.as_str()).collect();
        Ok(LossTotals {
            loss_by_shock: numbers(&self.loss_by_shock, &shocks)?,
            lasting_by_shock: numbers(&self.lasting_by_shock, &shocks)?,
            loss_by_workload: numbers(&self.loss_by_workload, &workloads)?,
            unserved_days: numbers(&self.unserved_days, &workloads)?,
            n_truncated: self.truncated_trials,
        })
    }
}

fn digits(steps: &[i128], id: impl Fn(usize) -> String) -> BTreeMap<String, String> {
    let some = steps.iter().enumerate().filter(|(_, steps)| **steps != 0);
    some.map(|(at, steps)| (id(at), steps.to_string())).collect()
}

/// Largest total that is accepted, so that merging many shards cannot overflow.
const MAX_STEPS: i128 = i128::MAX >> 32;

fn numbers(digits: &BTreeMap<String, String>, ids: &[&str]) -> Result<Vec<i128>, String> {
    let mut steps = vec![0; ids.len()];
    for (id, text) in digits {
        let at = ids.iter().position(|known| known == id).ok_or_else(|| format!("'{id}' is unknown"))?;
        let number = text.parse().ok().filter(|n| (0..=MAX_STEPS).contains(n));
        steps[at] = number.ok_or_else(|| format!("the sum of '{id}' is not a whole number"))?;
    }
    Ok(steps)
}
