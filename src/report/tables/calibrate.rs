//! `shocks calibrate` as tables.

use super::shocks::{range, rate_words};
use crate::report::answer::calibrate::{
    CalibrateAnswer, CalibratedDurationAnswer, CalibratedLossAnswer, CalibratedPricesAnswer,
    CalibratedRateAnswer,
};
use crate::report::answer::simulate::EstimateAnswer;
use crate::report::figures::{ABSENT, counted, days, decimal, percent};
use crate::report::grid::Grid;
use crate::report::money::{CODE, amount, amount_change};
use crate::study::calibrate::EVERYONE;

/// Number of events from which an actor's rate has a row of its own.
const FEWEST_SHOWN: usize = 2;

/// The rates of all actors, those of each, and the durations.
#[must_use]
pub fn calibrate(answer: &CalibrateAnswer) -> Vec<Grid> {
    let (all, each): (Vec<_>, Vec<_>) = answer.rates.iter().partition(|rate| rate.actor == EVERYONE);
    let mut grids = vec![Grid::new(sentence(answer), &[])];
    grids.extend(answer.portfolio.iter().flat_map(losses));
    grids.extend([of_all(&all), of_each(&each), durations(&answer.durations)]);
    grids.extend(answer.prices.iter().map(prices));
    grids
}

fn sentence(answer: &CalibrateAnswer) -> String {
    let n_parts = answer.rates.iter().filter(|rate| rate.parts).count();
    let with_library = answer.rates.iter().filter(|rate| rate.library.is_some()).count();
    format!(
        "{} from {} to {}. The library's rate lies outside the interval of the count for {n_parts} of {} rates that it has.",
        counted(answer.events, "event"),
        answer.from,
        answer.to,
        with_library
    )
}

/// Losses of a portfolio under either set of rates.
fn losses(loss: &CalibratedLossAnswer) -> [Grid; 2] {
    let mut all = Grid::new(
        "What difference do the counted rates make?",
        &["=figure", ">library", ">counted", ">difference", ">95 % interval"],
    );
    let between = |estimate: &EstimateAnswer| match (estimate.low, estimate.high) {
        (Some(low), Some(high)) => format!("{} to {}", amount_change(low), amount_change(high)),
        _ => ABSENT.to_owned(),
    };
    let mut row = |what: &str, library: f64, counted: f64, difference: &EstimateAnswer| {
        let change = amount_change(difference.value);
        all.row([what.to_owned(), amount(library), amount(counted), change, between(difference)]);
    };
    let (library, under_counted) = (&loss.library, &loss.counted);
    row(
        &format!("average annual loss, {CODE}"),
        library.aal_usd.value,
        under_counted.aal_usd.value,
        &loss.difference.aal_usd,
    );
    row(
        &format!("CVaR 0.95, {CODE}"),
        library.cvar_usd.value,
        under_counted.cvar_usd.value,
        &loss.difference.cvar_usd,
    );
    all.note(format!(
        "{} of today's allocation of {}, the same under both; the interval is of the sampling error. The rate of {} was replaced: \
         what was counted of an actor and kind is split among the library's shocks of that actor and kind. Others keep the library's.",
        counted(loss.trials as usize, "simulated year"),
        loss.company,
        counted(loss.moved.len(), "shock"),
    ));
    let mut kinds = Grid::new(
        "From which kinds of shock?",
        &["=kind", ">rates replaced", ">library, ¤ a year", ">counted, ¤ a year", ">difference"],
    );
    for row in &loss.by_kind {
        kinds.row([
            row.kind.clone(),
            row.moved.to_string(),
            amount(row.library_usd),
            amount(row.counted_usd),
            amount_change(row.difference_usd),
        ]);
    }
    kinds.note(
        "An event of the list need not be what the library means: a market ban is often a state's rule for its own staff, a sanction one \
         against a firm. So this is how far the loss would move if every event were of the library's size.",
    );
    [all, kinds]
}

/// Moves of list prices, by seller.
fn prices(prices: &CalibratedPricesAnswer) -> Grid {
    let mut grid = Grid::new(
        "How often do list prices rise?",
        &[
            "=seller",
            ">models",
            ">model-years",
            ">rises",
            ">cuts",
            ">a model-year",
            "=90 % interval",
            ">library",
        ],
    );
    for seller in &prices.sellers {
        grid.row([
            seller.seller.clone(),
            seller.models.to_string(),
            decimal(seller.model_years, 1),
            seller.rises.to_string(),
            seller.cuts.to_string(),
            rate_words(seller.mean),
            range((seller.low, seller.high)),
            seller.library.map_or_else(|| ABSENT.to_owned(), rate_words),
        ]);
    }
    let model = &prices.rises_per_model_year;
    let change = |factor: Option<f64>| {
        factor.map_or_else(
            || ABSENT.to_owned(),
            |factor| {
                let sign = if factor < 1.0 { "\u{2212}" } else { "+" };
                format!("{sign}{}", percent((factor - 1.0).abs()))
            },
        )
    };
    grid.note(format!(
        "Until {}: {} rises (median {}) and {} cuts (median {}) in {} years of {} models; so the price of a model rises {} times a year \
         ({}).",
        prices.to,
        prices.rises,
        change(prices.rise_median),
        prices.cuts,
        change(prices.cut_median),
        decimal(model.years, 0),
        prices.models,
        rate_words(model.mean),
        range((model.low, model.high)),
    ));
    grid.note(format!(
        "The price of three tokens in and one out; changes of 2 % or less are none. {} that may stand for another model tomorrow are left \
         out. A model-year: rises of one model's price, each counted half, as every event. The library raises all prices of a supplier \
         at once.",
        counted(prices.moving_names, "name"),
    ));
    grid
}

fn of_all(rates: &[&CalibratedRateAnswer]) -> Grid {
    let mut grid = Grid::new(
        "How often does each kind of event come?",
        &["=kind", ">events", ">a year", "=90 % interval", ">library", "=compared"],
    );
    for rate in rates {
        grid.row(cells(rate));
    }
    grid.note(
        "A year: mean of the rate, each event and each year counted half, since acts come in waves and lists are picked. Library: its \
         shocks that are written out; templates, which stand for suppliers one by one, are left out.",
    );
    grid.note("These are events in the world that were worth noting, not events that hit one company.");
    grid
}

fn of_each(rates: &[&CalibratedRateAnswer]) -> Grid {
    let mut grid = Grid::new(
        "Who acts?",
        &["=actor", "=kind", ">events", ">a year", "=90 % interval", ">library", "=compared"],
    );
    let (shown, single): (Vec<&CalibratedRateAnswer>, Vec<&CalibratedRateAnswer>) =
        rates.iter().partition(|rate| rate.events >= FEWEST_SHOWN || rate.parts);
    for rate in shown {
        let [kind, events, mean, interval, library, compared] = cells(rate);
        grid.row([rate.actor.clone(), kind, events, mean, interval, library, compared]);
    }
    if let Some(first) = single.first() {
        grid.note(format!(
            "{} of actor and kind with one event each, {} a year, are left out here; --format csv has them.",
            counted(single.len(), "pair"),
            rate_words(first.mean),
        ));
    }
    grid
}

fn parting(rate: &CalibratedRateAnswer) -> &'static str {
    match rate.library.filter(|_| rate.parts) {
        Some(library) if library > rate.high => "library higher",
        Some(_) => "library lower",
        None => "",
    }
}

fn durations(rows: &[CalibratedDurationAnswer]) -> Grid {
    let mut grid = Grid::new(
        "How long do they last?",
        &["events of", ">n", ">ended", ">reversed", "=90 % interval", ">median", ">90 % within", ">all"],
    );
    let time = |x: Option<f64>| x.map_or_else(|| ABSENT.to_owned(), days);
    for row in rows {
        grid.row([
            row.group.clone(),
            row.events.to_string(),
            row.ended.to_string(),
            percent(row.reversed_mean),
            format!("{} to {}", percent(row.reversed_low), percent(row.reversed_high)),
            time(row.reversed_median_days),
            time(row.reversed_p90_days),
            time(row.product_limit_median_days),
        ]);
    }
    grid.note(
        "Reversed: probability that such an event is taken back; median and 90 % within are of those that are, the rest lasts. All: \
         time after which half of all such events are over, open ones counted as longer; none where more than half go on.",
    );
    grid
}

/// A rate as cells: kind, events, a year, interval, library, where they part.
fn cells(rate: &CalibratedRateAnswer) -> [String; 6] {
    [
        rate.kind.clone(),
        rate.events.to_string(),
        rate_words(rate.mean),
        range((rate.low, rate.high)),
        rate.library.map_or_else(|| ABSENT.to_owned(), rate_words),
        parting(rate).to_owned(),
    ]
}
