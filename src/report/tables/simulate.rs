//! `simulate` as tables.

use std::collections::BTreeMap;

use super::SHOWN;
use crate::measures::return_period::ReturnPeriodLoss;
use crate::model::instance::Instance;
use crate::report::figures::{ABSENT, count, days, level, mean_interval, number, percent, usd, usd_interval};
use crate::report::grid::Grid;
use crate::report::names::{jurisdiction, shock};
use crate::simulation::draws::Rates;
use crate::simulation::summary::{BREAKDOWN_LEVEL, CONFIDENCE_LEVELS, Summary};
use crate::study::simulate::Remarks;
use crate::study::simulate::Simulated;

/// All tables of `simulate`.
#[must_use]
pub fn simulate(instance: &Instance, simulated: &Simulated) -> Vec<Grid> {
    let summary = &simulated.summary;
    let grids = [
        distribution(simulated),
        return_periods(summary),
        by_shock(instance, summary),
        by_jurisdiction(instance, summary),
        by_workload(summary),
    ];
    grids.into_iter().filter(|grid| !grid.is_empty() || !grid.notes.is_empty()).collect()
}

/// The loss distribution with its intervals.
#[must_use]
pub fn distribution(simulated: &Simulated) -> Grid {
    let summary = &simulated.summary;
    let mut grid = Grid::new(
        "What does supply risk cost us, on average and in a bad year?",
        &["measure", "which is the", ">USD", "95 % interval"],
    );
    let aal = mean_interval(&summary.aal);
    grid.row(["AAL".into(), "average loss a year".into(), usd(aal.value), usd_interval(&aal)]);
    for (at, confidence_level) in CONFIDENCE_LEVELS.iter().enumerate() {
        let worst = percent(1.0 - confidence_level);
        let (var, cvar) = (&summary.var[at], &summary.cvar[at]);
        grid.row([
            format!("VaR {}", level(*confidence_level)),
            format!("loss that only the worst {worst} of trials exceed"),
            usd(var.value),
            usd_interval(var),
        ]);
        grid.row([
            format!("CVaR {}", level(*confidence_level)),
            format!("mean loss of the worst {worst} of trials"),
            usd(cvar.value),
            usd_interval(cvar),
        ]);
    }
    grid.note(format!(
        "{} of trials lose something. VaR and CVaR: over {}.",
        percent(summary.probability_of_loss),
        days(summary.horizon_days)
    ));
    let rates = match simulated.settings.rates {
        Rates::Drawn => "rates drawn from what the event list leaves open",
        Rates::Mean => "rates at their means, so their uncertainty is left out",
    };
    grid.note(format!(
        "{} trials, seed {}; {rates}. The interval is the luck of the draw, not the doubt about the data.",
        count(summary.n_trials),
        simulated.settings.seed
    ));
    remarks(simulated).into_iter().for_each(|remark| grid.note(remark));
    grid
}

/// What an answer says where it is not simply that of the trials asked for.
fn remarks(simulated: &Simulated) -> Vec<String> {
    let (Remarks { asked_trials, convergence, shard }, n) = (simulated.remarks, simulated.summary.n_trials);
    let stopped = asked_trials.map(|asked| format!("Stopped after {} of {} trials.", count(n), count(asked)));
    let converged = convergence.map(|c| {
        format!(
            "{}: after {} trials the interval of CVaR {} reaches {} to either side; {} was asked for.",
            if c.is_reached() { "Converged" } else { "Not converged" },
            count(n),
            level(BREAKDOWN_LEVEL),
            c.width.map_or_else(|| "any length".to_owned(), percent),
            percent(c.target)
        )
    });
    let part = shard.map(|part| {
        format!(
            "Shard {} of {} only: trials {} to {} of {}. `multipolar merge` puts all together.",
            part.shard.index,
            part.shard.of,
            count(part.first_trial),
            count(part.first_trial + n - 1),
            count(part.total_trials)
        )
    });
    [stopped, converged, part].into_iter().flatten().collect()
}

/// Losses by return period.
#[must_use]
pub fn return_periods(summary: &Summary) -> Grid {
    let mut grid = Grid::new(
        "How large a loss comes once in so many years?",
        &[">years", ">in one year, USD", ">from one event, USD"],
    );
    let mut by_period: BTreeMap<u64, (Option<f64>, Option<f64>)> = BTreeMap::new();
    let years = |loss: &ReturnPeriodLoss| loss.return_period_years.round() as u64;
    summary.aep.iter().for_each(|loss| by_period.entry(years(loss)).or_default().0 = Some(loss.loss));
    summary.oep.iter().for_each(|loss| by_period.entry(years(loss)).or_default().1 = Some(loss.loss));
    let text = |loss: Option<f64>| loss.map_or_else(|| ABSENT.to_owned(), usd);
    for (years, (aep, oep)) in by_period {
        grid.row([count(years), text(aep), text(oep)]);
    }
    grid.note("Only as far as at least 10 trials lie beyond.");
    grid
}

/// Parts of the loss by shock.
#[must_use]
pub fn by_shock(instance: &Instance, summary: &Summary) -> Grid {
    parts(
        Grid::new("Which events cause it?", &["first event", ">AAL, USD", ">of it", ">of CVaR 0.95"]),
        (&summary.aal_by.shock, &summary.cvar_by.shock),
        |id| shock(instance, id),
    )
}

/// Parts of the loss by acting jurisdiction.
#[must_use]
pub fn by_jurisdiction(instance: &Instance, summary: &Summary) -> Grid {
    parts(
        Grid::new("Whose doing is it?", &["acting jurisdiction", ">AAL, USD", ">of it", ">of CVaR 0.95"]),
        (&summary.aal_by.jurisdiction, &summary.cvar_by.jurisdiction),
        |id| jurisdiction(instance, id),
    )
}

/// Rows by falling part of the AAL.
fn parts(
    mut grid: Grid,
    (aal, cvar): (&BTreeMap<String, f64>, &BTreeMap<String, f64>),
    name: impl Fn(&str) -> String,
) -> Grid {
    let total = |parts: &BTreeMap<String, f64>| parts.values().sum::<f64>();
    let (all, tail) = (total(aal), total(cvar));
    for (id, usd_per_year) in ranked(aal).into_iter().take(SHOWN) {
        grid.row([
            name(id),
            usd(usd_per_year),
            percent(usd_per_year / all),
            percent(cvar.get(id).copied().unwrap_or(0.0) / tail),
        ]);
    }
    let left: f64 = ranked(aal).iter().skip(SHOWN).map(|(_, usd)| usd).sum();
    if left > 0.0 {
        grid.row(["all others".into(), usd(left), percent(left / all), ABSENT.into()]);
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
pub fn by_workload(summary: &Summary) -> Grid {
    let mut grid = Grid::new(
        "Which workloads bear it?",
        &["workload", ">AAL, USD", ">of it", ">served on average", ">down a year, days"],
    );
    let all: f64 = summary.aal_by.workload.values().sum();
    for (id, usd_per_year) in ranked(&summary.aal_by.workload).into_iter().take(SHOWN) {
        let served = summary.availability.get(id).copied().unwrap_or(1.0);
        grid.row([
            id.to_owned(),
            usd(usd_per_year),
            percent(usd_per_year / all),
            percent(served),
            number((1.0 - served) * crate::units::DAYS_PER_YEAR),
        ]);
    }
    let n = ranked(&summary.aal_by.workload).len();
    if n > SHOWN {
        grid.note(format!("The {SHOWN} of {n} that lose most."));
    }
    grid
}
