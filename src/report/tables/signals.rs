//! `signals` as tables.

use super::SHOWN;
use super::shocks::{range, rate_words};
use crate::report::answer::check::LimitAnswer;
use crate::report::answer::ladder::RungWord;
use crate::report::answer::signals::{
    MovedRateAnswer, NewRetirementAnswer, SignalEffectAnswer, SignalsAnswer,
};
use crate::report::figures::{ABSENT, count, counted, number, percent, usd, usd_change};
use crate::report::grid::Grid;

/// The answer in a sentence, losses and limits, rates, what may follow, what ends, and what does not count.
#[must_use]
pub fn signals(answer: &SignalsAnswer) -> Vec<Grid> {
    let mut grids = vec![Grid::new(sentence(answer), &[])];
    if let Some(effect) = &answer.effect {
        grids.push(losses(effect));
    }
    grids.extend(rungs(answer));
    grids.extend(Some(rates(answer)).filter(|_| !answer.rates.is_empty()));
    grids.extend(follow_ups(answer));
    grids.extend(retirements(answer));
    grids.extend(set_aside(answer));
    grids
}

fn sentence(answer: &SignalsAnswer) -> String {
    let n_used = answer.events - answer.set_aside.len();
    let n_up = answer.rates.iter().filter(|rate| rate.times > 1.0).count();
    let mut said = format!(
        "{n_used} of {} before {} count: {} up, {} down.",
        counted(answer.events, "event"),
        answer.to,
        counted(n_up, "rate"),
        answer.rates.len() - n_up,
    );
    match answer.passed.as_slice() {
        [] => said += " No threshold is passed.",
        passed => said += &format!(" Passed: {}.", passed.join("; ")),
    }
    said
}

fn losses(effect: &SignalEffectAnswer) -> Grid {
    let mut grid = Grid::new("What it does to the portfolio", &["=figure", ">before", ">after", ">change"]);
    let (before, after) = (&effect.before, &effect.after);
    for (what, from, to) in [
        ("average annual loss, USD", before.aal_usd.value, after.aal_usd.value),
        ("CVaR 95 %, USD", before.cvar_usd.value, after.cvar_usd.value),
    ] {
        grid.row([what.to_owned(), usd(from), usd(to), usd_change(to - from)]);
    }
    let kept = |limits: &[LimitAnswer]| {
        format!("{} of {}", limits.iter().filter(|limit| !limit.breached).count(), limits.len())
    };
    grid.row(["limits kept".to_owned(), kept(&before.limits), kept(&after.limits), String::new()]);
    for limit in &effect.limits_newly_broken {
        grid.note(format!("Newly broken: {limit}."));
    }
    for limit in &effect.limits_newly_kept {
        grid.note(format!("No longer broken: {limit}."));
    }
    grid.note(format!(
        "Both on the same {} simulated years, so that only the rates and the offers that end differ.",
        count(effect.trials)
    ));
    grid
}

/// The rungs that change.
fn rungs(answer: &SignalsAnswer) -> Option<Grid> {
    let rungs = answer.rungs.as_ref()?;
    let mut grid = Grid::new(
        "Which options change?",
        &["=option", "workloads before", "workloads after", ">objective before", ">after"],
    );
    let money = |amount: Option<f64>| amount.map_or_else(|| ABSENT.to_owned(), usd);
    for rung in rungs.iter().filter(|rung| rung.changes) {
        let option = match (rung.rung, rung.touched) {
            (RungWord::Today, _) => "today".to_owned(),
            (RungWord::Standbys, _) => "standbys only".to_owned(),
            (RungWord::Hosts, _) => "hosts in use".to_owned(),
            (RungWord::All, _) => "everything".to_owned(),
            (RungWord::Touched, most) => counted(most.unwrap_or(0), "workload"),
        };
        let mark = match (rung.knee_before, rung.knee_after) {
            (false, true) => ", now the knee",
            (true, false) => ", no longer the knee",
            _ => "",
        };
        grid.row([
            format!("{option}{mark}"),
            rung.workloads_before.join(", "),
            rung.workloads_after.join(", "),
            money(rung.objective_before_usd),
            money(rung.objective_after_usd),
        ]);
    }
    grid.note(match grid.is_empty() {
        true => format!("None of {} changes.", counted(rungs.len(), "option")),
        false => "The other options touch the workloads that they did.".to_owned(),
    });
    Some(grid)
}

fn rates(answer: &SignalsAnswer) -> Grid {
    let heading = "Which rates move?";
    let mut grid =
        Grid::new(heading, &["=shock", ">events", ">a year before", "=90 %", ">after", "=90 %", ">times"]);
    let (moved, quiet): (Vec<&MovedRateAnswer>, Vec<&MovedRateAnswer>) =
        answer.rates.iter().partition(|rate| rate.events > 0.0);
    for rate in moved.iter().take(2 * SHOWN) {
        grid.row([
            rate.shock.clone(),
            number(rate.events),
            rate_words(rate.before),
            range((rate.before_low, rate.before_high)),
            rate_words(rate.after),
            range((rate.after_low, rate.after_high)),
            format!("{:.2}", rate.times),
        ]);
    }
    if moved.len() > 2 * SHOWN {
        grid.note(format!("The first {} of {}; --format csv has all.", 2 * SHOWN, moved.len()));
    }
    if !quiet.is_empty() {
        let least = quiet.iter().map(|rate| rate.times).fold(1.0, f64::min);
        grid.note(format!(
            "{} of the kinds that were looked for had no event and fall, at most to {:.2} times the rate.",
            counted(quiet.len(), "other shock"),
            least
        ));
    }
    grid.note(
        "Each event, and each year since the library's count, counts half, as in shocks calibrate. An event that several shocks may stand \
         for counts in each in proportion to its rate.",
    );
    grid
}

fn follow_ups(answer: &SignalsAnswer) -> Option<Grid> {
    if answer.follow_ups.is_empty() {
        return None;
    }
    let mut grid =
        Grid::new("What may they set off?", &["=event", "=shock that may follow", ">probability", "=on"]);
    for follow_up in answer.follow_ups.iter().take(SHOWN) {
        let probability = percent(follow_up.probability);
        grid.row([follow_up.event.clone(), follow_up.shock.clone(), probability, follow_up.day.clone()]);
    }
    if answer.follow_ups.len() > SHOWN {
        grid.note(format!("The first {SHOWN} of {}; --format csv has all.", answer.follow_ups.len()));
    }
    Some(grid)
}

fn retirements(answer: &SignalsAnswer) -> Option<Grid> {
    let with_portfolio = answer.portfolio.is_some();
    let shown: Vec<_> =
        answer.retirements.iter().filter(|r| !with_portfolio || !r.workloads.is_empty()).collect();
    if shown.is_empty() {
        return None;
    }
    let mut grid = Grid::new(
        "Which offers end, or end earlier?",
        &["model and host", "regions", "=known until now", "=ends", "workloads"],
    );
    // One row for the regions of a host, of which every one is an offer.
    let parts = |r: &NewRetirementAnswer| {
        let (offer, region) = r.offer.rsplit_once(':').unwrap_or((&r.offer, ""));
        (offer.to_owned(), region.to_owned())
    };
    let is_alike = |a: &&NewRetirementAnswer, b: &&NewRetirementAnswer| {
        parts(a).0 == parts(b).0 && (&a.before, &a.day, &a.workloads) == (&b.before, &b.day, &b.workloads)
    };
    let rows: Vec<&[&NewRetirementAnswer]> = shown.chunk_by(is_alike).collect();
    for row in rows.iter().take(SHOWN) {
        grid.row([
            parts(row[0]).0,
            row.iter().map(|r| parts(r).1).collect::<Vec<_>>().join(", "),
            row[0].before.clone().unwrap_or_else(|| ABSENT.to_owned()),
            row[0].day.clone(),
            row[0].workloads.join(", "),
        ]);
    }
    if rows.len() > SHOWN {
        grid.note(format!("The first {SHOWN} of {}; --format csv has all.", rows.len()));
    }
    Some(grid)
}

fn set_aside(answer: &SignalsAnswer) -> Option<Grid> {
    if answer.set_aside.is_empty() {
        return None;
    }
    let mut grid = Grid::new("What moves no rate", &["=date", "event", "why"]);
    for aside in answer.set_aside.iter().take(SHOWN) {
        grid.row([aside.date.clone(), aside.name.clone(), aside.reason.clone()]);
    }
    if answer.set_aside.len() > SHOWN {
        grid.note(format!("The first {SHOWN} of {}; --format csv has all.", answer.set_aside.len()));
    }
    Some(grid)
}
