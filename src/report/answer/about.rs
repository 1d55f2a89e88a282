//! What `serve` says of itself: the portfolio, and the jurisdictions that can be named.

use schemars::JsonSchema;
use serde::Serialize;

use super::FORMAT_VERSION;
use crate::model::instance::Instance;
use crate::model::jurisdictions::{Enabler, Jurisdictions};
use crate::report::drawing::tile_map::place;
use crate::report::money::DisplayCurrency;

/// The served portfolio.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AboutAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Version of the program.
    pub version: String,
    /// Name of the portfolio.
    pub portfolio: String,
    /// Its file as named on the command line.
    pub file: String,
    /// Name of the company.
    pub company: String,
    /// Code of the currency in which the page shows amounts.
    pub currency: String,
    /// What one unit of that currency is worth, USD.
    pub currency_usd: f64,
    /// Length of a trial, days.
    pub horizon_days: f64,
    /// Day 0, `YYYY-MM-DD`; null when it is not known.
    pub starts: Option<String>,
    /// Day on which exceptions to limits are judged, `YYYY-MM-DD`.
    pub today: String,
    /// Number of trials (simulated years) that the page asks for.
    pub trials: u64,
    /// Random seed that the page asks for.
    pub seed: u64,
    /// Fee of a warm standby without a quotation, USD a month.
    pub warm_usd_per_month: f64,
    /// Fee of a hot standby without a quotation, USD a month.
    pub hot_usd_per_month: f64,
    /// Jurisdictions, in the order of their ids.
    pub jurisdictions: Vec<AboutJurisdiction>,
    /// Enablers of `landscape`, in the order of the file.
    pub enablers: Vec<AboutEnabler>,
}

/// A country or bloc.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AboutJurisdiction {
    /// Its id.
    pub id: String,
    /// Name for readers.
    pub name: String,
    /// Whether it is a bloc.
    pub is_bloc: bool,
    /// Its countries; of a country, itself.
    pub countries: Vec<String>,
    /// Column and row of its tile on the map, from 0; null where it has none.
    pub tile: Option<[u8; 2]>,
}

/// An enabler that can be weighted.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AboutEnabler {
    /// Its id.
    pub id: String,
    /// Name for readers.
    pub name: String,
}

impl AboutAnswer {
    /// The documented answer.
    #[must_use]
    pub fn of(
        instance: &Instance,
        jurisdictions: &Jurisdictions,
        (file, version, today): (&str, &str, &str),
        (trials, seed): (u64, u64),
        currency: DisplayCurrency,
    ) -> Self {
        let portfolio = &instance.portfolio;
        let id = |&idx: &usize| instance.jurisdictions[idx].id.clone();
        let jurisdiction = |one: &crate::model::instance::ResolvedJurisdiction| AboutJurisdiction {
            id: one.id.clone(),
            name: one.name.clone(),
            is_bloc: one.is_bloc,
            tile: place(&one.id).map(|(column, row)| [column, row]),
            countries: one.countries.iter().map(id).collect(),
        };
        let enabler = |e: &Enabler| AboutEnabler { id: e.id.clone(), name: e.name.clone() };
        Self {
            format_version: FORMAT_VERSION,
            version: version.to_owned(),
            portfolio: portfolio.name.clone(),
            file: file.to_owned(),
            company: portfolio.company.name.clone(),
            currency: currency.code(),
            currency_usd: currency.usd(),
            horizon_days: portfolio.horizon_days,
            starts: instance.starts.map(|day| day.to_string()),
            today: today.to_owned(),
            trials,
            warm_usd_per_month: portfolio.readiness.warm_usd_per_month,
            hot_usd_per_month: portfolio.readiness.hot_usd_per_month,
            seed,
            jurisdictions: instance.jurisdictions.iter().map(jurisdiction).collect(),
            enablers: jurisdictions.enablers.iter().map(enabler).collect(),
        }
    }
}
