//! Shocks with their rates and durations, tensions, and scenarios.

use std::collections::BTreeSet;

use super::{Changes, InputValue, days, number, text};
use crate::model::shock::{DurationLaw, Shock};
use crate::study::compare::InputGroup;
use crate::study::compare::parts::WorldParts;

const SHOCKS: Option<InputGroup> = Some(InputGroup::Shocks);

/// All of them. Scenarios have no probability, so they have no effect on the figures.
pub(super) fn changes(from: &WorldParts<'_>, to: &WorldParts<'_>, out: &mut Changes) {
    for id in from.tensions.keys().chain(to.tensions.keys()).collect::<BTreeSet<_>>() {
        let sigma = |world: &WorldParts<'_>| world.tensions.get(id).map(|tension| tension.sigma);
        out.compare(
            SHOCKS,
            || format!("tension {id}: sigma"),
            (&sigma(from), &sigma(to)),
            |x| number((*x)?, ""),
        );
    }
    for id in from.shocks.keys().chain(to.shocks.keys()).collect::<BTreeSet<_>>() {
        match (from.shocks.get(id), to.shocks.get(id)) {
            (Some(from), Some(to)) => shock(id, from, to, out),
            (from, to) => out.compare(
                SHOCKS,
                || format!("shock {id}"),
                (&from, &to),
                |shock| {
                    shock.and_then(|shock| {
                        rate(shock)
                            .or_else(|| text(if shock.in_force { "in force" } else { "without a rate" }))
                    })
                },
            ),
        }
    }
    for id in from.scenarios.keys().chain(to.scenarios.keys()).collect::<BTreeSet<_>>() {
        match (from.scenarios.get(id), to.scenarios.get(id)) {
            (Some(before), Some(after)) if before == after => {}
            (Some(_), Some(_)) => out.changed(None, format!("scenario {id}")),
            (before, after) => {
                let is_there = (&before.is_some(), &after.is_some());
                out.compare(
                    None,
                    || format!("scenario {id}"),
                    is_there,
                    |is_there| {
                        if *is_there { text("in the catalog") } else { None }
                    },
                );
            }
        }
    }
}

fn rate(shock: &Shock) -> Option<InputValue> {
    number(shock.frequency?.mean_per_year(), "a year")
}

fn shock(id: &str, from: &Shock, to: &Shock, out: &mut Changes) {
    let what = |key: &'static str| move || format!("shock {id}: {key}");
    match (rate(from), rate(to)) {
        (before, after) if before != after => {
            out.compare(SHOCKS, what("rate"), (&before, &after), Clone::clone);
        }
        _ if from.frequency != to.frequency => out.changed(SHOCKS, what("doubt about its rate")()),
        _ => {}
    }
    out.compare(SHOCKS, what("duration"), (&from.duration, &to.duration), |law| text(law_words(*law)));
    out.compare(SHOCKS, what("notice"), (&from.notice_days, &to.notice_days), |x| days(*x));
    out.compare(SHOCKS, what("in force"), (&from.in_force, &to.in_force), |x| Some(InputValue::Flag(*x)));
    out.compare(SHOCKS, what("acts for"), (&from.by, &to.by), |by| text(by.as_deref()?));
    for (key, differs) in [
        ("what it does", from.action != to.action),
        ("whom else it hits", from.collateral != to.collateral),
        ("tensions", from.tensions != to.tensions),
        ("what it triggers", from.triggers != to.triggers),
        ("crowding", from.crowding != to.crowding),
        ("suppliers it stands for", from.each != to.each),
    ] {
        if differs {
            out.changed(SHOCKS, what(key)());
        }
    }
}

/// A duration in a few words.
fn law_words(law: DurationLaw) -> String {
    let days = |days: f64| if days.fract() == 0.0 { format!("{days:.0}") } else { format!("{days:.1}") };
    match law {
        DurationLaw::Permanent => "permanent".to_owned(),
        DurationLaw::Fixed { days: fixed } => format!("{} days", days(fixed)),
        DurationLaw::Lognormal { median_days, p90_days } => {
            format!("median {} days, 90 % within {}", days(median_days), days(p90_days))
        }
        DurationLaw::Mixture { events, of, median_days, p90_days } => {
            format!(
                "{events} of {of} reversed, median {} days, 90 % within {}",
                days(median_days),
                days(p90_days)
            )
        }
    }
}
