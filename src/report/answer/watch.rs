//! Early warnings of the shocks that matter most, against the time that the portfolio needs.

use schemars::JsonSchema;
use serde::Serialize;

use super::finite;
use crate::model::shock::EarlyWarning;
use crate::study::watch::WatchedShock;

/// What to watch.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WatchAnswer {
    /// What to look for.
    pub what: String,
    /// Where it is published; null when that is not one place.
    pub place: Option<String>,
    /// How long before the effect it usually shows, days; null when that is not known.
    pub lead_days: Option<f64>,
}

/// A shock with its early warnings.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WatchedShockAnswer {
    /// Id of the shock.
    pub shock: String,
    /// Its name, else its id.
    pub name: String,
    /// Its part of the average annual loss, USD.
    pub aal_usd: f64,
    /// Its early warnings; empty where nothing warns.
    pub watch: Vec<WatchAnswer>,
    /// Days of notice before it takes effect.
    pub notice_days: f64,
    /// Longest warning, by notice or by what is watched, days.
    pub warning_days: f64,
    /// What it costs when it comes at day 0 and nobody has prepared, USD.
    pub loss_usd: f64,
    /// First day on which something is unserved; null when nothing is.
    pub first_unserved_day: Option<f64>,
    /// Days until everything stays served again, the time to recover; null when nothing was unserved, or still is at the end.
    pub time_to_recover_days: Option<f64>,
    /// Whether the warning is at least as long as the time to recover, so that who acts on it is ready; null when nothing is
    /// unserved.
    pub is_in_time: Option<bool>,
}

impl WatchAnswer {
    /// The documented entry.
    #[must_use]
    pub fn of(watch: &EarlyWarning) -> Self {
        Self {
            what: watch.what.clone(),
            place: watch.place.clone(),
            lead_days: watch.lead_days.and_then(finite),
        }
    }
}

impl WatchedShockAnswer {
    /// The documented entry.
    #[must_use]
    pub fn of(watched: &WatchedShock<'_>) -> Self {
        let shock = watched.shock;
        Self {
            shock: shock.id.clone(),
            name: shock.name.clone().unwrap_or_else(|| shock.id.clone()),
            aal_usd: watched.aal_usd,
            watch: shock.watch.iter().map(WatchAnswer::of).collect(),
            notice_days: shock.notice_days,
            warning_days: shock.warning_days(),
            loss_usd: watched.outcome.loss.total_usd(),
            first_unserved_day: watched.outcome.first_unserved_day(),
            time_to_recover_days: watched.outcome.recovered_day(),
            is_in_time: watched.is_in_time(),
        }
    }
}
