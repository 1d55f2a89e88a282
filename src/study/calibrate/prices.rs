//! Rises and cuts of list prices, counted from dated prices (methodology/history.md#prices).

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::counted::own_price_shock;
use super::durations::quartiles;
use super::rates::{DAYS_PER_CALENDAR_YEAR, posterior};
use crate::model::instance::Instance;
use crate::model::price_history::{PriceHistory, PriceSeries};
use crate::model::price_list::{ListedTokenPrice, PriceListKind};
use crate::model::shock::Frequency;
use crate::shocks::likelihood::Likelihood;
use crate::study::refresh::keys::host;
use crate::units::date::days_between;

/// Tokens in for each token out, by which the two prices of a model become one.
const INPUT_PER_OUTPUT: f64 = 3.0;
/// Relative change of that price below which it counts as the same.
pub const LEAST_PRICE_CHANGE: f64 = 0.02;
/// End of names that point at the newest model, whichever that is.
const NEWEST: &str = "-latest";

/// How often prices rise, and by how much.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceFigures {
    pub dated: Date,
    /// Models with a price of their own.
    pub n_models: usize,
    /// Names that may point at another model tomorrow, and so are left out.
    pub n_moving_names: usize,
    pub n_unreadable: usize,
    /// Years for which prices of models are known, summed over the models.
    pub model_years: f64,
    /// Factors of the rises, ascending.
    pub rises: Vec<f64>,
    /// Factors of the cuts, ascending.
    pub cuts: Vec<f64>,
    /// Rises of a model, a year.
    pub per_model_year: Likelihood,
    /// By seller, in the order of the names.
    pub sellers: Vec<SellerPrices>,
}

/// Prices of one seller.
#[derive(Debug, Clone, PartialEq)]
pub struct SellerPrices {
    pub seller: String,
    /// Id of the supplier of the catalog.
    pub supplier: Option<String>,
    pub n_models: usize,
    pub model_years: f64,
    pub n_rises: usize,
    pub n_cuts: usize,
    /// Rises of a model, a year.
    pub per_model_year: Likelihood,
    /// Mean rate of the library's shocks that raise this supplier's prices, all of them at once, a year; `None` where it has
    /// none.
    pub library_per_year: Option<f64>,
}

impl PriceFigures {
    /// Lower quartile, median and upper quartile of the factors of the rises.
    #[must_use]
    pub fn rise_quartiles(&self) -> Option<[f64; 3]> {
        quartiles(&self.rises)
    }

    /// Lower quartile, median and upper quartile of the factors of the cuts.
    #[must_use]
    pub fn cut_quartiles(&self) -> Option<[f64; 3]> {
        quartiles(&self.cuts)
    }
}

/// Counts the moves of a history, beside the library of `instance`.
#[must_use]
pub fn price_moves(instance: &Instance, history: &PriceHistory) -> PriceFigures {
    let (own, moving): (Vec<&PriceSeries>, Vec<&PriceSeries>) =
        history.series.iter().partition(|series| !is_moving_name(&series.model));
    let mut by_seller: BTreeMap<&str, Vec<SeriesMoves>> = BTreeMap::new();
    for series in own {
        let moves = SeriesMoves::of(series, history.dated);
        if moves.years > 0.0 {
            by_seller.entry(&series.seller).or_default().push(moves);
        }
    }
    let factors = |is_asked: fn(f64) -> bool| {
        let all = by_seller.values().flatten().flat_map(|moves| &moves.changes);
        let mut factors: Vec<f64> = all.copied().filter(|factor| is_asked(*factor)).collect();
        factors.sort_by(f64::total_cmp);
        factors
    };
    let (rises, cuts) = (factors(|factor| factor > 1.0), factors(|factor| factor < 1.0));
    let sellers: Vec<SellerPrices> =
        by_seller.iter().map(|(seller, moves)| seller_prices(instance, seller, moves)).collect();
    let model_years: f64 = sellers.iter().map(|seller| seller.model_years).sum();
    PriceFigures {
        dated: history.dated,
        n_models: sellers.iter().map(|seller| seller.n_models).sum(),
        n_moving_names: moving.len(),
        n_unreadable: history.n_unreadable,
        per_model_year: posterior(rises.len(), model_years),
        model_years,
        rises,
        cuts,
        sellers,
    }
}

/// Whether a name may stand for another model tomorrow: it ends in `-latest`, or holds no version.
fn is_moving_name(model: &str) -> bool {
    model.ends_with(NEWEST) || !model.bytes().any(|byte| byte.is_ascii_digit())
}

fn seller_prices(instance: &Instance, seller: &str, moves: &[SeriesMoves]) -> SellerPrices {
    let changes = || moves.iter().flat_map(|moves| &moves.changes);
    let n_rises = changes().filter(|change| **change > 1.0).count();
    let model_years = moves.iter().map(|moves| moves.years).sum();
    let supplier = host(PriceListKind::ModelPrices, seller).map(str::to_owned);
    let own_shocks = instance.shocks.iter().filter(|shock| {
        !shock.in_force && supplier.is_some() && own_price_shock(shock) == supplier.as_deref()
    });
    let rates: Vec<f64> =
        own_shocks.filter_map(|shock| shock.frequency).map(Frequency::mean_per_year).collect();
    SellerPrices {
        seller: seller.to_owned(),
        n_models: moves.len(),
        model_years,
        n_rises,
        n_cuts: changes().filter(|change| **change < 1.0).count(),
        per_model_year: posterior(n_rises, model_years),
        library_per_year: (!rates.is_empty()).then(|| rates.iter().sum()),
        supplier,
    }
}

/// What happened to the price of a model.
struct SeriesMoves {
    /// Years for which its price is known.
    years: f64,
    /// Factor of each change.
    changes: Vec<f64>,
}

impl SeriesMoves {
    fn of(series: &PriceSeries, dated: Date) -> Self {
        let mut moves = Self { years: 0.0, changes: Vec::new() };
        let mut before: Option<f64> = None;
        for (at, step) in series.steps.iter().enumerate() {
            let usd = step.price.map(blended);
            let end = series.steps.get(at + 1).map_or(Some(dated), |next| next.from).unwrap_or(dated);
            if let Some(from) = step.from.filter(|_| usd.is_some()) {
                moves.years += years_between(from, end).max(0.0);
                let factor = before.zip(usd).filter(|(before, now)| *before > 0.0 && *now > 0.0);
                if let Some((before, now)) = factor.filter(|_| step.is_change)
                    && (now / before - 1.0).abs() > LEAST_PRICE_CHANGE
                {
                    moves.changes.push(now / before);
                }
            }
            before = usd;
        }
        moves
    }
}

fn blended(price: ListedTokenPrice) -> f64 {
    (INPUT_PER_OUTPUT * price.input_usd_per_mtok + price.output_usd_per_mtok) / (INPUT_PER_OUTPUT + 1.0)
}

fn years_between(from: Date, to: Date) -> f64 {
    days_between(from, to) / DAYS_PER_CALENDAR_YEAR
}
