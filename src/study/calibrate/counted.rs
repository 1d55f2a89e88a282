//! The library with the rates that past events leave (methodology/history.md#counted-rates).

use super::prices::PriceFigures;
use super::rates::{EVENT_WEIGHT, EVERYONE, RateFigures, kinds_of_shocks};
use crate::model::history::EventHistory;
use crate::model::instance::Instance;
use crate::model::shock::{Action, Frequency, Kind, KindValue, Shock};
use crate::shocks::actor::acting_jurisdiction;
use crate::shocks::kinds::price_shock;
use crate::study::refresh::keys::lab_hosts;

/// An instance with counted rates, and what moved.
#[derive(Debug, Clone)]
pub struct CountedLibrary {
    pub instance: Instance,
    /// `[n_shocks]`: the kind of event that each shock stands for.
    pub kinds: Vec<Option<&'static str>>,
    /// In the order of the library.
    pub moved: Vec<CountedShock>,
}

/// A shock whose rate was replaced.
#[derive(Debug, Clone, PartialEq)]
pub struct CountedShock {
    /// Index into the instance's shocks.
    pub shock: usize,
    /// Kind of the events that it stands for.
    pub kind: &'static str,
    pub actor: String,
    /// Mean rates, a year.
    pub library_per_year: f64,
    pub counted_per_year: f64,
    /// Factors on prices before and after, where that was replaced too.
    pub price_times: Option<(f64, f64)>,
}

/// The supplier of a shock that raises its own prices.
pub(super) fn own_price_shock(shock: &Shock) -> Option<&str> {
    let Action::Kind(kind) = &shock.action else { return None };
    (kind.name == price_shock::NAME).then(|| price_shock::supplier(kind)).flatten()
}

/// The rates of an actor's kind of event are split among the library's shocks of that actor and kind, in proportion to their
/// mean rates: a part s of Gamma(a, b) is Gamma(a, b/s). Where nothing was counted, and in templates, the library's rate
/// stays. With `prices`, every supplier of the price list that has a price shock of its own gets the rate at
/// which a model's price rises, over all sellers, and the median rise: the library raises all prices of a supplier at once, and
/// what counts for a company is the price of the model that it uses.
#[must_use]
pub fn with_counted_rates(
    instance: &Instance,
    known: &EventHistory,
    rates: &[RateFigures],
    prices: Option<&PriceFigures>,
) -> CountedLibrary {
    let kinds = kinds_of_shocks(instance, known);
    let mut after = instance.clone();
    let mut moved = Vec::new();
    for (n, shock) in instance.shocks.iter().enumerate() {
        let Some(before) = shock.frequency.filter(|_| !shock.in_force) else { continue };
        let library_per_year = before.mean_per_year();
        let actor = acting_jurisdiction(instance, shock);
        let of_prices = prices.filter(|_| own_price_shock(shock).is_some_and(is_listed));
        let of_events = rates.iter().find(|rate| {
            shock.template.is_none()
                && rate.actor == actor
                && rate.actor != EVERYONE
                && Some(rate.kind) == kinds[n]
        });
        let (frequency, price_times) = match (of_prices, of_events) {
            (Some(prices), _) => {
                let rate = counted(prices.rises.len(), prices.model_years, 1.0);
                (
                    rate,
                    prices.rise_quartiles().and_then(|factors| new_factor(&mut after.shocks[n], factors[1])),
                )
            }
            (None, Some(rate)) => {
                let Some(all) = rate.library_per_year.filter(|all| *all > 0.0) else { continue };
                (counted(rate.n_events, rate.years, library_per_year / all), None)
            }
            (None, None) => continue,
        };
        after.shocks[n].frequency = Some(frequency);
        moved.push(CountedShock {
            shock: n,
            kind: kinds[n].unwrap_or(price_shock::NAME),
            actor,
            library_per_year,
            counted_per_year: frequency.mean_per_year(),
            price_times,
        });
    }
    CountedLibrary { instance: after, kinds, moved }
}

/// A part of Gamma(0.5 + w·n, w·years), w = `EVENT_WEIGHT`.
fn counted(n_events: usize, years: f64, part: f64) -> Frequency {
    Frequency::Counted { events: EVENT_WEIGHT * n_events as f64, years: EVENT_WEIGHT * years / part }
}

fn is_listed(supplier: &str) -> bool {
    lab_hosts().any(|host| host == supplier)
}

/// Sets the factor of a price shock; factors before and after.
fn new_factor(shock: &mut Shock, factor: f64) -> Option<(f64, f64)> {
    let Action::Kind(Kind { values, .. }) = &mut shock.action else { return None };
    let before = values.insert(price_shock::FACTOR, KindValue::Number(factor));
    match before {
        Some(KindValue::Number(before)) => Some((before, factor)),
        _ => None,
    }
}
