//! `simulate` as tables.

use std::collections::BTreeMap;

use super::SHOWN;
use crate::report::answer::simulate::{PartsAnswer, SimulateAnswer};
use crate::report::figures::{ABSENT, count, days, level, number, percent};
use crate::report::grid::Grid;
use crate::report::money::{CODE, amount, amount_interval};
use crate::simulation::summary::{BREAKDOWN_LEVEL, CONFIDENCE_LEVELS};
use crate::units::DAYS_PER_YEAR;

/// The sentence and all tables of `simulate`.
#[must_use]
pub fn simulate(answer: &SimulateAnswer) -> Vec<Grid> {
    let mut grids = vec![Grid::new(sentence(answer), &[])];
    grids.extend(tables(answer));
    grids
}

/// All tables of `simulate`, the most useful first.
#[must_use]
pub fn tables(answer: &SimulateAnswer) -> Vec<Grid> {
    let grids = [
        distribution(answer),
        by_shock(answer),
        worth_knowing(answer),
        by_workload(answer),
        by_actor(answer),
        return_periods(answer),
    ];
    grids.into_iter().filter(|grid| !grid.is_empty() || !grid.notes.is_empty()).collect()
}

/// Average and bad year in a sentence, and what causes most of it.
#[must_use]
pub fn sentence(answer: &SimulateAnswer) -> String {
    let mean = answer.aal_usd.value;
    let mut text = format!("Supply risk costs {CODE} {} a year on average", amount(mean));
    if let Some(cvar) = answer.cvar_usd.get(&level(BREAKDOWN_LEVEL)) {
        let worst = percent(1.0 - BREAKDOWN_LEVEL);
        text.push_str(&format!(
            " and {CODE} {} in the worst {worst} of {}",
            amount(cvar.value),
            trials(answer)
        ));
    }
    if let Some((id, part)) = ranked(&answer.aal_by.shock).first() {
        let all: f64 = answer.aal_by.shock.values().sum();
        text.push_str(&format!(
            "; the largest part, {}, begins with '{}'",
            percent(part / all),
            name(&answer.shock_names, id)
        ));
    }
    text + "."
}

/// What a trial is: a simulated year, unless the horizon is another.
fn trials(answer: &SimulateAnswer) -> &'static str {
    if answer.horizon_days == DAYS_PER_YEAR { "simulated years" } else { "trials" }
}

/// The loss distribution with its intervals.
#[must_use]
pub fn distribution(answer: &SimulateAnswer) -> Grid {
    let mut grid =
        Grid::new("Loss on average and in bad years", &["measure", "meaning", ">¤", "95 % interval"]);
    let aal = answer.aal_usd.interval();
    grid.row(["AAL".into(), "average annual loss".into(), amount(aal.value), amount_interval(&aal)]);
    for confidence_level in CONFIDENCE_LEVELS {
        let worst = percent(1.0 - confidence_level);
        let key = level(confidence_level);
        let rows = [
            (
                "VaR",
                &answer.var_usd,
                format!("loss that only the worst {worst} of {} exceed", trials(answer)),
            ),
            ("CVaR", &answer.cvar_usd, format!("mean loss of the worst {worst} of {}", trials(answer))),
        ];
        for (measure, by_level, meaning) in rows {
            let Some(estimate) = by_level.get(&key) else { continue };
            grid.row([
                format!("{measure} {key}"),
                meaning,
                amount(estimate.value),
                amount_interval(&estimate.estimate()),
            ]);
        }
    }
    grid.note(format!(
        "Some loss in {} of {}. VaR and CVaR: over {}.",
        percent(answer.probability_of_loss),
        trials(answer),
        days(answer.horizon_days)
    ));
    let rates = if answer.rates == "drawn" {
        "rates drawn from what past events leave open"
    } else {
        "rates at their means, so their uncertainty is left out"
    };
    grid.note(format!(
        "{} {}, seed {}; {rates}. The interval covers sampling error only.",
        count(answer.trials),
        trials(answer),
        answer.seed
    ));
    grid.note(doubt(answer));
    remarks(answer).into_iter().for_each(|remark| grid.note(remark));
    grid
}

/// What the average would be with the true rates, in a sentence.
#[must_use]
pub fn doubt(answer: &SimulateAnswer) -> String {
    let aal = &answer.aal_usd;
    if aal.doubt_low == aal.doubt_high {
        return "Every rate behind the AAL is given, so there is no doubt about rates.".to_owned();
    }
    format!(
        "Doubt about rates: the rates behind the AAL are estimates; at their true values it would lie between {CODE} {} and {}, with \
         90 % probability (to first order).",
        amount(aal.doubt_low),
        amount(aal.doubt_high)
    )
}

/// Rates that would narrow the doubt most if they were known.
fn worth_knowing(answer: &SimulateAnswer) -> Grid {
    let mut grid =
        Grid::new("Rates worth knowing better", &["rate of", ">AAL then, ¤", ">doubt that is left"]);
    let whole = answer.aal_usd.doubt_high - answer.aal_usd.doubt_low;
    for known in answer.worth_knowing.iter().take(SHOWN) {
        grid.row([
            known.name.clone(),
            format!("{} to {}", amount(known.low), amount(known.high)),
            percent((known.high - known.low) / whole),
        ]);
    }
    if !grid.is_empty() {
        grid.note("Each row: the interval that would be left if this rate, and how often the event is reversed, were known.");
    }
    grid
}

/// What an answer says where it is not simply that of the trials asked for.
fn remarks(answer: &SimulateAnswer) -> Vec<String> {
    let n = answer.trials;
    let stopped =
        answer.asked_trials.map(|asked| format!("Stopped after {} of {} trials.", count(n), count(asked)));
    let truncated = answer.truncated_trials.map(|n| {
        format!(
            "In {} trials shocks occur more often than a trial can hold, so their losses are too small.",
            count(n)
        )
    });
    let converged = answer.convergence.map(|c| {
        format!(
            "{}: after {} trials the interval of CVaR {} reaches {} to either side; {} was asked for.",
            if c.converged { "Converged" } else { "Not converged" },
            count(n),
            level(BREAKDOWN_LEVEL),
            c.width.map_or_else(|| "any length".to_owned(), percent),
            percent(c.target)
        )
    });
    let part = answer.shard.map(|part| {
        format!(
            "Shard {} of {} only: trials {} to {} of {}. `multipolar merge` joins all shards.",
            part.index,
            part.of,
            count(part.first_trial),
            count(part.first_trial + n - 1),
            count(part.total_trials)
        )
    });
    [stopped, truncated, converged, part].into_iter().flatten().collect()
}

/// Losses by return period.
#[must_use]
pub fn return_periods(answer: &SimulateAnswer) -> Grid {
    let mut grid = Grid::new(
        "How large is the loss expected once in N years?",
        &[">years", ">in one year, ¤", ">from one event, ¤"],
    );
    let mut by_period: BTreeMap<u64, (Option<f64>, Option<f64>)> = BTreeMap::new();
    for point in &answer.aep {
        by_period.entry(point.return_period_years.round() as u64).or_default().0 = Some(point.loss_usd);
    }
    for point in &answer.oep {
        by_period.entry(point.return_period_years.round() as u64).or_default().1 = Some(point.loss_usd);
    }
    let text = |loss: Option<f64>| loss.map_or_else(|| ABSENT.to_owned(), amount);
    for (years, (aep, oep)) in by_period {
        grid.row([count(years), text(aep), text(oep)]);
    }
    grid.note(format!("Shown where at least 10 {} are worse.", trials(answer)));
    grid
}

/// Parts of the loss by shock.
#[must_use]
pub fn by_shock(answer: &SimulateAnswer) -> Grid {
    let grid =
        Grid::new("Which events cause the loss?", &["first event", ">AAL, ¤", ">share", ">of CVaR 0.95"]);
    parts(grid, answer, |parts| &parts.shock, &answer.shock_names)
}

/// Parts of the loss by who acts.
#[must_use]
pub fn by_actor(answer: &SimulateAnswer) -> Grid {
    let mut grid = Grid::new("Loss by actor", &["actor", ">AAL, ¤", ">share", ">of CVaR 0.95"]);
    grid.note("A state where it acts; the vendor where the event is its own, such as an outage.");
    let grid = parts(grid, answer, |parts| &parts.actor, &answer.actor_names);
    if grid.is_empty() { Grid::default() } else { grid }
}

/// Name of an id, else the id.
fn name<'a>(names: &'a BTreeMap<String, String>, id: &'a str) -> &'a str {
    names.get(id).map_or(id, String::as_str)
}

/// Rows by falling part of the AAL.
fn parts(
    mut grid: Grid,
    answer: &SimulateAnswer,
    of: impl Fn(&PartsAnswer) -> &BTreeMap<String, f64>,
    names: &BTreeMap<String, String>,
) -> Grid {
    let aal = of(&answer.aal_by);
    let cvar = answer.tail_parts().map(of);
    let all: f64 = aal.values().sum();
    let tail: f64 = cvar.into_iter().flat_map(BTreeMap::values).sum();
    let in_tail = |id: &str| cvar.and_then(|cvar| cvar.get(id).copied()).unwrap_or(0.0);
    for (id, usd_per_year) in ranked(aal).into_iter().take(SHOWN) {
        grid.row([
            name(names, id).to_owned(),
            amount(usd_per_year),
            percent(usd_per_year / all),
            percent(in_tail(id) / tail),
        ]);
    }
    let left: f64 = ranked(aal).iter().skip(SHOWN).map(|(_, usd)| usd).sum();
    if left > 0.0 {
        let left_in_tail: f64 = ranked(aal).iter().skip(SHOWN).map(|(id, _)| in_tail(id)).sum();
        grid.row(["all others".into(), amount(left), percent(left / all), percent(left_in_tail / tail)]);
    }
    grid
}

/// Parts by falling amount.
#[must_use]
pub fn ranked(parts: &BTreeMap<String, f64>) -> Vec<(&str, f64)> {
    let mut list: Vec<(&str, f64)> =
        parts.iter().filter(|(_, usd)| **usd > 0.0).map(|(id, usd)| (id.as_str(), *usd)).collect();
    list.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    list
}

/// Parts of the loss by workload, with availability.
#[must_use]
pub fn by_workload(answer: &SimulateAnswer) -> Grid {
    let mut grid = Grid::new(
        "Which workloads bear the loss?",
        &["workload", ">AAL, ¤", ">share", ">served on average", ">days down a year"],
    );
    let ranked = ranked(&answer.aal_by.workload);
    let all: f64 = answer.aal_by.workload.values().sum();
    for (id, usd_per_year) in ranked.iter().take(SHOWN) {
        let served = answer.availability.get(*id).copied().unwrap_or(1.0);
        grid.row([
            (*id).to_owned(),
            amount(*usd_per_year),
            percent(usd_per_year / all),
            percent(served),
            number((1.0 - served) * DAYS_PER_YEAR),
        ]);
    }
    if ranked.len() > SHOWN {
        grid.note(format!("The {SHOWN} of {} that lose most.", ranked.len()));
    }
    grid
}
