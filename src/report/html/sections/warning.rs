//! 11: early warning: what ends when, and which shocks matter most.

use super::super::markup::{Markup, note, tag};
use super::super::page::{PageSection, figure, sub_heading};
use super::super::table::{DataTable, TableField};
use super::super::words::{country, shock_name, then, workload_name};
use crate::report::answer::concentration::ranked;
use crate::report::answer::landscape::lags::LagAnswer;
use crate::report::answer::results::ResultsAnswer;
use crate::report::answer::retirements::RetirementAnswer;
use crate::report::answer::watch::WatchAnswer;
use crate::report::drawing::charts::months::{DayMark, calendar};
use crate::report::figures::{counted, number, percent};
use crate::report::money::amount;

/// Ends that are drawn.
const DRAWN: usize = 10;
/// Groups of models that are listed.
const GROUPS: usize = 6;
/// Shocks that are listed.
const SHOCKS: usize = 10;

pub(super) fn section(results: &ResultsAnswer) -> PageSection {
    PageSection {
        number: 11,
        title: "Early warning",
        answer: answer(results),
        body: shocks(results).and(signs(results)).and(retirements(results)).and(lag(results)),
    }
}

fn answer(results: &ResultsAnswer) -> String {
    let (horizon, ends) = (results.exposure.horizon_days, &results.exposure.retirements);
    let soon = ends.iter().filter(|end| end.days < horizon).count();
    let shock = ranked(&results.simulate.aal_by.shock);
    let all: f64 = results.simulate.aal_by.shock.values().sum();
    let first = shock.first().filter(|_| all > 0.0).map_or_else(String::new, |(id, loss)| {
        let name = shock_name(results, id);
        format!("“{name}” causes {} of today's average loss. ", percent(loss / all))
    });
    let end = match soon {
        0 => "No offer in use ends".to_owned(),
        1 => "1 offer in use ends".to_owned(),
        n => format!("{n} offers in use end"),
    };
    format!("{first}{end} within {} days.", number(horizon))
}

fn shocks(results: &ResultsAnswer) -> Markup {
    let mut table = DataTable::new(
        "shocks by loss",
        &["shock", ">average annual loss today, ¤", ">share", ">under the plan, ¤", "rests on"],
    );
    let today = &results.simulate.aal_by.shock;
    let all: f64 = today.values().sum();
    for (id, loss) in ranked(today).into_iter().take(SHOCKS).filter(|(_, loss)| *loss > 0.0) {
        let plan =
            results.plan.as_ref().map(|plan| plan.simulate.aal_by.shock.get(id).copied().unwrap_or_default());
        let evidence = results.shock_evidence.iter().find(|evidence| evidence.shock == id);
        table.row([
            shock_name(results, id).into(),
            amount(loss).into(),
            percent(loss / all).into(),
            then(plan.map(amount)).into(),
            evidence
                .map_or("", |evidence| if evidence.is_estimate { "an estimate" } else { "public record" })
                .into(),
        ]);
    }
    if table.is_empty() { Markup::default() } else { sub_heading("Shocks to watch", "").and(table.markup()) }
}

/// What announces the shocks that cost most, against the time that the portfolio needs.
fn signs(results: &ResultsAnswer) -> Markup {
    if results.watch.is_empty() {
        return Markup::default();
    }
    let late = results.watch.iter().filter(|shock| shock.is_in_time == Some(false)).count();
    let says = format!(
        "Of {}, {late} give less warning than the portfolio needs to recover.",
        counted(results.watch.len(), "shock")
    );
    let mut table = DataTable::new(
        "early-warning indicators",
        &["shock", "=watch for", ">warning, days", ">time to recover, days", "in time"],
    );
    for shock in &results.watch {
        let sign = |watch: &WatchAnswer| {
            let place = watch.place.as_ref().map_or_else(String::new, |place| format!(" ({place})"));
            tag("div", format!("{}{place}", watch.what))
        };
        let signs: Markup = shock.watch.iter().map(sign).collect();
        table.row([
            shock.name.clone().into(),
            if signs.is_empty() { TableField::from("nothing announces it") } else { TableField::from(signs) },
            number(shock.warning_days).into(),
            match (shock.first_unserved_day, shock.time_to_recover_days) {
                (None, _) => "never interrupted".to_owned(),
                (_, None) => "beyond the horizon".to_owned(),
                (_, Some(days)) => number(days),
            }
            .into(),
            match shock.is_in_time {
                None => "–",
                Some(true) => "yes",
                Some(false) => "▲ no",
            }
            .into(),
        ]);
    }
    sub_heading("Early-warning indicators", &says).and(table.markup())
}

fn retirements(results: &ResultsAnswer) -> Markup {
    let ends = &results.exposure.retirements;
    if ends.is_empty() {
        return sub_heading("Retirement calendar", "No host has announced the end of an offer in use.");
    }
    let marks: Vec<DayMark> = ends
        .iter()
        .take(DRAWN)
        .map(|end| DayMark { name: end.offer.clone(), day: end.days, date: end.retires.clone() })
        .collect();
    let finding = ends.first().map_or_else(String::new, |end| {
        format!("The next offer in use to end is {} on {}", end.offer, end.retires)
    });
    let drawn = "Announced ends of offers in use, primary or standby. Source: catalog.";
    let chart =
        figure(&finding, drawn, calendar(&marks, results.exposure.horizon_days, "calendar", &finding));
    let mut table = DataTable::new(
        "offers that end",
        &["offer", "ends", ">in days", "workloads", "host names in its place"],
    );
    for end in ends {
        table.row([
            end.offer.clone().into(),
            end.retires.clone().into(),
            number(end.days).into(),
            uses(results, end).into(),
            end.successor.clone().unwrap_or_else(|| "–".to_owned()).into(),
        ]);
    }
    let says = "An announced end is a fact, not a shock: the offer takes no new load, and today's use runs on until then.";
    sub_heading("Retirement calendar", "").and(chart).and(table.markup()).and(note(says))
}

/// How far groups of models are behind: what a move to them would give up, and whether that shrinks.
fn lag(results: &ResultsAnswer) -> Markup {
    let Some(found) = &results.landscape else { return Markup::default() };
    let mut table =
        DataTable::new("capability lag", &["models", "best", ">points behind", ">months behind", "gap"]);
    let mut groups: Vec<&LagAnswer> = found
        .lag
        .iter()
        .filter(|lag| lag.points.is_some() && group_words(results, &lag.group).is_some())
        .collect();
    groups.sort_by(|a, b| {
        a.points.unwrap_or_default().total_cmp(&b.points.unwrap_or_default()).then(a.group.cmp(&b.group))
    });
    for group in groups.into_iter().take(GROUPS) {
        let range = |low: Option<f64>, high: Option<f64>| match (low, high) {
            (Some(low), Some(high)) => format!("{} to {}", number(low), number(high)),
            _ => String::new(),
        };
        table.row([
            group_words(results, &group.group).unwrap_or_default().into(),
            group.best_model.clone().unwrap_or_default().into(),
            TableField::with(then(group.points.map(number)), range(group.points_low, group.points_high)),
            TableField::with(then(group.months.map(number)), range(group.months_low, group.months_high)),
            group.heading.clone().unwrap_or_default().into(),
        ]);
    }
    let says = found.as_of.as_ref().map_or_else(String::new, |day| {
        format!(
            "Against the best model of all released by {day}; models within 40 points cannot be told apart."
        )
    });
    if table.is_empty() {
        Markup::default()
    } else {
        sub_heading("Capability of alternatives", &says).and(table.markup())
    }
}

/// A group of models by one property; `None` for a group by several.
fn group_words(results: &ResultsAnswer, group: &str) -> Option<String> {
    let selector = group.strip_prefix('{')?.strip_suffix('}')?;
    match selector.split_once(": ")? {
        ("origin", id) if !id.contains(',') => Some(format!("from {}", country(results, id))),
        ("openness", "closed") => Some("closed".to_owned()),
        ("openness", list) if list.starts_with('[') && list.ends_with(']') => {
            Some("with open weights".to_owned())
        }
        _ => None,
    }
}

fn uses(results: &ResultsAnswer, end: &RetirementAnswer) -> String {
    let says = |used: &crate::report::answer::retirements::RetiringUseAnswer| {
        let name = workload_name(results, &used.workload);
        match &used.standby {
            Some(word) if used.share <= 0.0 => format!("{name} ({word} standby)"),
            _ => format!("{name} ({})", percent(used.share)),
        }
    };
    let list: Vec<String> = end.workloads.iter().map(says).collect();
    list.join(", ")
}
