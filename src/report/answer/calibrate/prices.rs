//! Moves of list prices, as counted from a price history.

use schemars::JsonSchema;
use serde::Serialize;

use crate::shocks::likelihood::Likelihood;
use crate::study::calibrate::{PriceFigures, SellerPrices};

/// How often list prices move, and by how much.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CalibratedPricesAnswer {
    /// Day up to which the history goes.
    pub to: String,
    /// Models whose price is followed.
    pub models: usize,
    /// Names that may stand for another model tomorrow, and so are left out.
    pub moving_names: usize,
    /// Models whose entries cannot be read.
    pub unreadable: usize,
    /// Years for which prices are known, summed over the models.
    pub model_years: f64,
    /// Number of rises.
    pub rises: usize,
    /// Number of cuts.
    pub cuts: usize,
    /// Lower quartile of the factors of the rises; null without one.
    pub rise_low: Option<f64>,
    /// Median of the same.
    pub rise_median: Option<f64>,
    /// Upper quartile of the same.
    pub rise_high: Option<f64>,
    /// Lower quartile of the factors of the cuts; null without one.
    pub cut_low: Option<f64>,
    /// Median of the same.
    pub cut_median: Option<f64>,
    /// Upper quartile of the same.
    pub cut_high: Option<f64>,
    /// Rises of a model, a year.
    pub rises_per_model_year: CountedRateAnswer,
    /// By seller, in the order of the names.
    pub sellers: Vec<CalibratedSellerAnswer>,
}

/// A rate with its 90 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct CountedRateAnswer {
    /// Number of events.
    pub events: usize,
    /// Exposure, years.
    pub years: f64,
    /// Mean, a year.
    pub mean: f64,
    /// Lower end of the 90 % interval.
    pub low: f64,
    /// Upper end of the 90 % interval.
    pub high: f64,
}

/// Prices of one seller.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct CalibratedSellerAnswer {
    /// As the price history names it.
    pub seller: String,
    /// Id of the supplier of the catalog; null where it has none.
    pub supplier: Option<String>,
    /// Models whose price is followed.
    pub models: usize,
    /// Years for which prices are known, summed over the models.
    pub model_years: f64,
    /// Number of rises.
    pub rises: usize,
    /// Number of cuts.
    pub cuts: usize,
    /// Rises of a model, a year: mean of the rate.
    pub mean: f64,
    /// Lower end of its 90 % interval.
    pub low: f64,
    /// Upper end of its 90 % interval.
    pub high: f64,
    /// Mean rate of the library's shocks that raise this supplier's prices, all of them at once, a year; null where it has none.
    pub library: Option<f64>,
    /// Whether that lies outside the interval.
    pub parts: bool,
}

impl CalibratedPricesAnswer {
    /// The documented answer.
    #[must_use]
    pub fn of(figures: &PriceFigures) -> Self {
        let (rise, cut) = (figures.rise_quartiles(), figures.cut_quartiles());
        let (low, high) = ends(figures.per_model_year);
        Self {
            to: figures.dated.to_string(),
            models: figures.n_models,
            moving_names: figures.n_moving_names,
            unreadable: figures.n_unreadable,
            model_years: figures.model_years,
            rises: figures.rises.len(),
            cuts: figures.cuts.len(),
            rise_low: rise.map(|factors| factors[0]),
            rise_median: rise.map(|factors| factors[1]),
            rise_high: rise.map(|factors| factors[2]),
            cut_low: cut.map(|factors| factors[0]),
            cut_median: cut.map(|factors| factors[1]),
            cut_high: cut.map(|factors| factors[2]),
            rises_per_model_year: CountedRateAnswer {
                events: figures.rises.len(),
                years: figures.model_years,
                mean: figures.per_model_year.mean,
                low,
                high,
            },
            sellers: figures.sellers.iter().map(seller).collect(),
        }
    }
}

/// The 90 % interval of a rate, which is its mean where it is known.
fn ends(rate: Likelihood) -> (f64, f64) {
    rate.interval.unwrap_or((rate.mean, rate.mean))
}

fn seller(figures: &SellerPrices) -> CalibratedSellerAnswer {
    let (low, high) = ends(figures.per_model_year);
    CalibratedSellerAnswer {
        seller: figures.seller.clone(),
        supplier: figures.supplier.clone(),
        models: figures.n_models,
        model_years: figures.model_years,
        rises: figures.n_rises,
        cuts: figures.n_cuts,
        mean: figures.per_model_year.mean,
        low,
        high,
        library: figures.library_per_year,
        parts: figures.library_per_year.is_some_and(|rate| rate < low || rate > high),
    }
}
