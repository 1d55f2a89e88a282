//! `shocks list` and `shocks show` as tables.

mod pairs;

use crate::model::instance::Instance;
use crate::report::answer::shock::{
    CollateralAnswer, DurationAnswer, LikelihoodAnswer, ShockAnswer, TriggerAnswer,
};
use crate::report::answer::shocks::{ListedShockAnswer, ShocksAnswer};
use crate::report::figures::{ABSENT, counted, days, decimal, percent};
use crate::report::grid::Grid;
use crate::report::selectors::{effect_words, selector_words};
use crate::shocks::actor::NO_ACTOR;
use crate::study::shocks::ShockView;

/// The library, or the part of it that was asked for: one table per kind.
#[must_use]
pub fn list(answer: &ShocksAnswer, n_known: usize) -> Vec<Grid> {
    let shocks = &answer.shocks;
    let mut grids: Vec<Grid> = shocks.chunk_by(|a, b| a.kind == b.kind).map(of_kind).collect();
    if grids.is_empty() {
        grids.push(Grid::new("Shocks that can hit supply", &["=id"]));
    }
    if let Some(last) = grids.last_mut() {
        last.note(match shocks.len() {
            n if n == n_known => format!("{}.", counted(n, "shock")),
            n => format!("{n} of {}.", counted(n_known, "shock")),
        });
        last.note(
            "A year: mean number a year. 90 % interval: what the number of past events leaves open; \"assumed\" where the \
             rate is not estimated from events. By: the country that acts, else the supplier, hardware or region whose own event it is.",
        );
        last.note("For one in full: multipolar shocks show ID [PORTFOLIO]");
    }
    grids
}

/// Shocks of one kind.
fn of_kind(shocks: &[ListedShockAnswer]) -> Grid {
    let mut grid =
        Grid::new(&shocks[0].kind, &["=id", "name", "=by", ">a year", "=90 % interval", "how long"]);
    for shock in shocks {
        let interval = shock.rate_per_year_low.zip(shock.rate_per_year_high);
        grid.row([
            shock.id.clone(),
            shock.name.clone().unwrap_or_default(),
            short_actor(&shock.actor),
            shock.rate_per_year_mean.map_or_else(|| ABSENT.to_owned(), rate_words),
            match shock.rate_per_year_mean {
                Some(_) => interval.map_or_else(|| "assumed".to_owned(), range),
                None => arrival(&shock.arrival).to_owned(),
            },
            short_duration(shock),
        ]);
    }
    grid
}

fn arrival(arrival: &str) -> &'static str {
    match arrival {
        "triggered" => "only triggered",
        "in_force" => "in force",
        _ => "by itself",
    }
}

fn short_actor(id: &str) -> String {
    if id == NO_ACTOR { ABSENT.to_owned() } else { id.to_owned() }
}

/// A rate with the digits that it deserves: `12.4`, `1.78`, `0.042`, `0.0016`.
pub(super) fn rate_words(rate: f64) -> String {
    match rate {
        _ if rate >= 10.0 => decimal(rate, 1),
        _ if rate >= 0.1 || rate == 0.0 => decimal(rate, 2),
        _ if rate >= 0.01 => decimal(rate, 3),
        _ if rate >= 0.0001 => decimal(rate, 4),
        _ => "< 0.0001".to_owned(),
    }
}

/// `0.012 to 0.27`.
pub(super) fn range((low, high): (f64, f64)) -> String {
    format!("{} to {}", rate_words(low), rate_words(high))
}

fn short_duration(shock: &ListedShockAnswer) -> String {
    let time = |x: Option<f64>| x.map_or_else(|| ABSENT.to_owned(), days);
    match shock.law.as_str() {
        "permanent" => "permanent".to_owned(),
        "fixed" => time(shock.median_days),
        "mixture" => format!(
            "{} reversed (median {}, 90 % within {}), else permanent",
            percent(shock.reversed_probability.unwrap_or(1.0)),
            time(shock.reversed_median_days),
            time(shock.reversed_p90_days)
        ),
        _ => format!("median {}, 90 % within {}", time(shock.median_days), time(shock.p90_days)),
    }
}

/// One shock in full.
#[must_use]
pub fn show(instance: &Instance, view: &ShockView<'_>, answer: &ShockAnswer) -> Vec<Grid> {
    let mut grids = vec![facts(view, answer), effects(instance, view)];
    if instance.cells.is_empty() {
        grids[1].note(format!(
            "To see which pairs of a portfolio it would hit: multipolar shocks show {} PORTFOLIO",
            answer.id
        ));
    } else {
        grids.push(pairs::in_use(instance, view));
        grids.extend(Some(pairs::not_in_use(instance, view)).filter(|grid| !grid.is_empty()));
    }
    grids
}

fn facts(view: &ShockView<'_>, answer: &ShockAnswer) -> Grid {
    let mut grid = Grid::new(answer.name.clone().unwrap_or_else(|| answer.id.clone()), &["=what", "value"]);
    let mut fact = |what: &str, value: String| grid.row([what.to_owned(), value]);
    fact("id", answer.id.clone());
    fact("kind", answer.kind.clone());
    fact("by", answer.acting_jurisdiction_name.clone());
    fact("how often", how_often(answer));
    fact("how long", how_long(&answer.duration));
    fact("notice", if answer.notice_days > 0.0 { days(answer.notice_days) } else { "none".to_owned() });
    if let Some(collateral) = &answer.collateral {
        fact("collateral", collateral_words(collateral));
    }
    for (id, tension) in &answer.tensions {
        let times = tension.rate_times_per_std_dev;
        let (more, less) = (rate_words(times), rate_words(1.0 / times));
        fact(
            "tension",
            format!("{id}: one standard deviation more multiplies the rate by {more}, one less by {less}"),
        );
    }
    answer.triggers.iter().for_each(|t| fact("triggers", trigger_words(t)));
    answer.set_off_by.iter().for_each(|t| fact("triggered by", trigger_words(t)));
    if let Some(crowding) = &view.figures.shock.crowding {
        let value = format!(
            "while it lasts, capacity × {} and price × {} where {}",
            crowding.capacity_times,
            crowding.price_times,
            selector_words(&crowding.selector)
        );
        fact("crowding", value);
    }
    provenance(&mut fact, answer);
    grid
}

fn provenance(fact: &mut impl FnMut(&str, String), answer: &ShockAnswer) {
    for source in &answer.sources {
        let year = source.year.map(|year| year.to_string());
        let parts: Vec<String> =
            [source.title.clone(), source.publisher.clone(), year].into_iter().flatten().collect();
        fact("source", if parts.is_empty() { source.id.clone() } else { parts.join(", ") });
    }
    if let Some(as_of) = &answer.as_of {
        fact("as of", as_of.clone());
    }
    fact("confidence", answer.confidence.clone());
    if let Some(note) = &answer.note {
        fact("note", note.clone());
    }
}

fn how_often(answer: &ShockAnswer) -> String {
    let LikelihoodAnswer { mean, low, high } = answer.rate_per_year;
    match (answer.arrival.as_str(), mean, low.zip(high)) {
        ("in_force", ..) => "law today: a rule and a planned price, never drawn".to_owned(),
        (_, None, _) => {
            "not by itself: only when another shock triggers it, or a scenario names it".to_owned()
        }
        (_, Some(mean), Some(interval)) => {
            format!("{} a year (90 % interval {})", rate_words(mean), range(interval))
        }
        (_, Some(mean), None) => format!("{} a year (assumed)", rate_words(mean)),
    }
}

fn how_long(duration: &DurationAnswer) -> String {
    let time = |x: Option<f64>| x.map_or_else(|| ABSENT.to_owned(), days);
    let quantiles = |median: f64, p90: f64| format!("median {}, 90 % within {}", days(median), days(p90));
    match (duration.law.as_str(), &duration.reversed_within) {
        ("permanent", _) => "permanent: to the horizon and beyond".to_owned(),
        ("fixed", _) => format!("{}, always", time(duration.median_days)),
        (_, Some(within)) => {
            let reversed = duration.reversed.and_then(|r| Some((r.mean?, r.low.zip(r.high))));
            let reversed = reversed.map_or_else(String::new, |(mean, interval)| {
                let range = interval
                    .map(|(low, high)| format!(" (90 % interval {} to {})", percent(low), percent(high)));
                format!("{}{}", percent(mean), range.unwrap_or_default())
            });
            let all = match duration.median_days {
                Some(median) => format!("Half of all are over within {}", days(median)),
                None => "At least half of all are permanent".to_owned(),
            };
            format!(
                "reversed with probability {reversed}: {}; else permanent. {all}",
                quantiles(within.median_days, within.p90_days)
            )
        }
        (_, None) => {
            format!("median {}, 90 % within {}", time(duration.median_days), time(duration.p90_days))
        }
    }
}

fn collateral_words(collateral: &CollateralAnswer) -> String {
    let what = if collateral.of == "model" { "the same models go" } else { "everything it sells goes" };
    format!(
        "each developer hit: with probability {}, {what} dark for every user",
        percent(collateral.probability)
    )
}

fn trigger_words(trigger: &TriggerAnswer) -> String {
    let after =
        if trigger.after_days > 0.0 { format!("after {}", days(trigger.after_days)) } else { days(0.0) };
    format!(
        "{} ({}), with probability {}, {after}",
        trigger.name,
        trigger.shock,
        percent(trigger.probability)
    )
}

fn effects(instance: &Instance, view: &ShockView<'_>) -> Grid {
    let mut grid = Grid::new("What it does while it lasts", &["effect", "where"]);
    for effect in &view.effects {
        let (what, places) = effect_words(instance, effect);
        for (n, place) in places.into_iter().enumerate() {
            grid.row([if n == 0 { what.clone() } else { "or".to_owned() }, place]);
        }
    }
    if view.effects.is_empty() {
        grid.note("Nothing: it has no effect.");
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_has_the_digits_it_deserves() {
        for (rate, text) in [
            (12.44, "12.4"),
            (1.778, "1.78"),
            (0.0, "0.00"),
            (0.0421, "0.042"),
            (0.00161, "0.0016"),
            (1e-9, "< 0.0001"),
        ] {
            assert_eq!(rate_words(rate), text);
        }
    }
}
