//! `shocks list` and `shocks show` as tables.

mod pairs;

use crate::model::instance::Instance;
use crate::model::jurisdictions::Jurisdictions;
use crate::model::shock::{CollateralOf, DurationLaw, Shock, Trigger};
use crate::report::figures::{ABSENT, counted, days, percent};
use crate::report::grid::Grid;
use crate::report::names::{jurisdiction, shock as shock_name};
use crate::report::selectors::{effect_words, selector_words};
use crate::shocks::actor::NO_ACTOR;
use crate::shocks::likelihood::Likelihood;
use crate::study::shocks::{Arrival, ShockFigures, ShockView};

/// The library, or the part of it that was asked for: one table per kind.
#[must_use]
pub fn list(shocks: &[ShockFigures<'_>], n_known: usize) -> Vec<Grid> {
    let mut grids: Vec<Grid> = shocks.chunk_by(|a, b| a.kind == b.kind).map(of_kind).collect();
    if grids.is_empty() {
        grids.push(Grid::new("Which shocks can hit supply?", &["=id"]));
    }
    if let Some(last) = grids.last_mut() {
        last.note(match shocks.len() {
            n if n == n_known => format!("{}.", counted(n, "shock")),
            n => format!("{n} of {}.", counted(n_known, "shock")),
        });
        last.note(
            "A year: mean rate, tensions apart, and between which rates it lies with 90 %: what the count of events leaves open. By: who acts, else \
             the country of the supplier or region named. How long: within which time half, and nine in ten (p90), are over.",
        );
        last.note("One in full: multipolar shocks show ID [PORTFOLIO]");
    }
    grids
}

/// Shocks of one kind.
fn of_kind(shocks: &[ShockFigures<'_>]) -> Grid {
    let mut grid = Grid::new(shocks[0].kind, &["=id", "name", "=by", ">a year", "=90 %", "how long"]);
    for figures in shocks {
        let rate = figures.rate_per_year;
        grid.row([
            figures.shock.id.clone(),
            figures.shock.name.clone().unwrap_or_default(),
            short_actor(&figures.acting_jurisdiction),
            rate.map_or_else(|| ABSENT.to_owned(), |l| rate_words(l.mean)),
            rate.map_or_else(|| arrival(figures.arrival).to_owned(), interval),
            short_duration(figures.shock.duration, figures),
        ]);
    }
    grid
}

fn arrival(arrival: Arrival) -> &'static str {
    match arrival {
        Arrival::Drawn => "by itself",
        Arrival::Triggered => "only triggered",
        Arrival::InForce => "in force",
    }
}

fn short_actor(id: &str) -> String {
    if id == NO_ACTOR { ABSENT.to_owned() } else { id.to_owned() }
}

/// A rate with the digits that it deserves: `12.4`, `1.78`, `0.042`, `0.0016`.
fn rate_words(rate: f64) -> String {
    match rate {
        _ if rate >= 10.0 => format!("{rate:.1}"),
        _ if rate >= 0.1 || rate == 0.0 => format!("{rate:.2}"),
        _ if rate >= 0.01 => format!("{rate:.3}"),
        _ if rate >= 0.0001 => format!("{rate:.4}"),
        _ => "< 0.0001".to_owned(),
    }
}

fn interval(rate: Likelihood) -> String {
    match rate.interval {
        Some((low, high)) => format!("{} to {}", rate_words(low), rate_words(high)),
        None => "known".to_owned(),
    }
}

fn short_duration(law: DurationLaw, figures: &ShockFigures<'_>) -> String {
    match law {
        DurationLaw::Permanent => "it lasts".to_owned(),
        DurationLaw::Fixed { days: fixed } => days(fixed),
        DurationLaw::Lognormal { median_days, p90_days } => {
            format!("{}, p90 {}", days(median_days), days(p90_days))
        }
        DurationLaw::Mixture { median_days, p90_days, .. } => {
            let reversed = percent(figures.reversed.map_or(1.0, |r| r.mean));
            format!("{reversed}: {}, p90 {}; else it lasts", days(median_days), days(p90_days))
        }
    }
}

/// One shock in full.
#[must_use]
pub fn show(instance: &Instance, jurisdictions: &Jurisdictions, view: &ShockView<'_>) -> Vec<Grid> {
    let mut grids = vec![facts(instance, jurisdictions, view), effects(instance, view)];
    if instance.cells.is_empty() {
        let id = &view.figures.shock.id;
        grids[1]
            .note(format!("Which pairs of a portfolio it would hit: multipolar shocks show {id} PORTFOLIO"));
    } else {
        grids.push(pairs::in_use(instance, view));
        grids.extend(Some(pairs::not_in_use(instance, view)).filter(|grid| !grid.is_empty()));
    }
    grids
}

fn facts(instance: &Instance, jurisdictions: &Jurisdictions, view: &ShockView<'_>) -> Grid {
    let figures = &view.figures;
    let shock = figures.shock;
    let mut grid = Grid::new(shock.name.clone().unwrap_or_else(|| shock.id.clone()), &["=what", "value"]);
    let mut fact = |what: &str, value: String| grid.row([what.to_owned(), value]);
    fact("id", shock.id.clone());
    fact("kind", figures.kind.to_owned());
    fact("by", jurisdiction(instance, &figures.acting_jurisdiction));
    fact("how often", how_often(figures));
    fact("how long", how_long(figures));
    fact("notice", if shock.notice_days > 0.0 { days(shock.notice_days) } else { "none".to_owned() });
    if let Some(collateral) = shock.collateral {
        fact("collateral", collateral_words(collateral.probability, collateral.of));
    }
    for hold in &view.tensions {
        let (more, less) = (rate_words(hold.rate_times), rate_words(1.0 / hold.rate_times));
        let value = format!(
            "{}: one standard deviation more multiplies the rate by {more}, one less by {less}",
            hold.tension
        );
        fact("tension", value);
    }
    for trigger in &shock.triggers {
        fact("sets off", trigger_words(instance, &trigger.shock, trigger));
    }
    for (cause, trigger) in &view.set_off_by {
        fact("set off by", trigger_words(instance, &cause.id, trigger));
    }
    if let Some(crowding) = &shock.crowding {
        let value = format!(
            "while it lasts, capacity × {} and price × {} where {}",
            crowding.capacity_times,
            crowding.price_times,
            selector_words(&crowding.selector)
        );
        fact("crowding", value);
    }
    provenance(&mut fact, jurisdictions, shock);
    grid
}

fn provenance(fact: &mut impl FnMut(&str, String), jurisdictions: &Jurisdictions, shock: &Shock) {
    for id in &shock.provenance.source {
        let known = jurisdictions.sources.iter().find(|s| s.id == *id);
        let value = known.map_or_else(|| id.clone(), |s| format!("{}, {}, {}", s.title, s.publisher, s.year));
        fact("source", value);
    }
    if let Some(as_of) = &shock.provenance.as_of {
        fact("as of", as_of.to_string());
    }
    fact("confidence", shock.provenance.confidence.as_str().to_owned());
    if let Some(note) = &shock.provenance.note {
        fact("note", note.clone());
    }
}

fn how_often(figures: &ShockFigures<'_>) -> String {
    match (figures.arrival, figures.rate_per_year) {
        (Arrival::InForce, _) => "law today: a rule and a planned price, never drawn".to_owned(),
        (_, None) => "not by itself: only when another shock sets it off, or a scenario names it".to_owned(),
        (_, Some(rate)) => match rate.interval {
            Some(_) => format!("{} a year (90 %: {})", rate_words(rate.mean), interval(rate)),
            None => format!("{} a year (known)", rate_words(rate.mean)),
        },
    }
}

fn how_long(figures: &ShockFigures<'_>) -> String {
    let quantiles = |median: f64, p90: f64| {
        format!("half are over within {}, nine in ten within {}", days(median), days(p90))
    };
    match figures.shock.duration {
        DurationLaw::Permanent => "it lasts to the horizon and beyond".to_owned(),
        DurationLaw::Fixed { days: fixed } => format!("{}, always", days(fixed)),
        DurationLaw::Lognormal { median_days, p90_days } => quantiles(median_days, p90_days),
        DurationLaw::Mixture { median_days, p90_days, .. } => {
            let reversed = figures.reversed.map_or_else(String::new, |r| {
                let range =
                    r.interval.map(|(low, high)| format!(" (90 %: {} to {})", percent(low), percent(high)));
                format!("{}{}", percent(r.mean), range.unwrap_or_default())
            });
            let whole = if figures.median_days.is_finite() {
                format!("Of all, half are over within {}", days(figures.median_days))
            } else {
                "Of all, at least half last".to_owned()
            };
            format!(
                "reversed with probability {reversed}, then {}; else it lasts. {whole}",
                quantiles(median_days, p90_days)
            )
        }
    }
}

fn collateral_words(probability: f64, of: CollateralOf) -> String {
    let what = match of {
        CollateralOf::Model => "the same models go",
        CollateralOf::Developer => "all it sells goes",
    };
    format!("each developer hit: with probability {}, {what} dark for every user", percent(probability))
}

fn trigger_words(instance: &Instance, id: &str, trigger: &Trigger) -> String {
    let after =
        if trigger.after_days > 0.0 { format!("after {}", days(trigger.after_days)) } else { days(0.0) };
    let probability = percent(trigger.probability);
    format!("{} ({id}), with probability {probability}, {after}", shock_name(instance, id))
}

fn effects(instance: &Instance, view: &ShockView<'_>) -> Grid {
    let mut grid = Grid::new("What does it do while it lasts?", &["effect", "where"]);
    for effect in &view.effects {
        let (what, places) = effect_words(instance, effect);
        for (n, place) in places.into_iter().enumerate() {
            grid.row([if n == 0 { what.clone() } else { "or".to_owned() }, place]);
        }
    }
    if view.effects.is_empty() {
        grid.note("Nothing: no effect is left of it.");
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
