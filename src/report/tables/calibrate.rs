//! `shocks calibrate` as tables.

use super::shocks::{range, rate_words};
use crate::report::answer::calibrate::{CalibrateAnswer, CalibratedDurationAnswer, CalibratedRateAnswer};
use crate::report::figures::{ABSENT, counted, days, percent};
use crate::report::grid::Grid;
use crate::study::calibrate::EVERYONE;

/// Number of events from which an actor's rate has a row of its own.
const FEWEST_SHOWN: usize = 2;

/// The rates of all actors, those of each, and the durations.
#[must_use]
pub fn calibrate(answer: &CalibrateAnswer) -> Vec<Grid> {
    let (all, each): (Vec<_>, Vec<_>) = answer.rates.iter().partition(|rate| rate.actor == EVERYONE);
    vec![Grid::new(sentence(answer), &[]), of_all(&all), of_each(&each), durations(&answer.durations)]
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
