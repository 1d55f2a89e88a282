//! What may happen and what it would cost: the loss distribution, scenarios, past events, reverse stress, warnings.

use super::ColumnKind::{Amount, Count, Days, Number, Share, Text};
use super::{PRINTED, ReportSection, TypedTable, TypedValue, count, named, number, or_absent, text};
use crate::report::answer::replay::ReplayedEventAnswer;
use crate::report::answer::results::ResultsAnswer;
use crate::report::answer::retirements::RetirementAnswer;
use crate::report::answer::reverse::{ReverseMeasureAnswer, ReverseSetAnswer};
use crate::report::answer::simulate::{ReturnPeriodAnswer, SimulateAnswer};
use crate::report::answer::stress::ScenarioAnswer;
use crate::report::figures::{level, percent};
use crate::report::html::words::{LEAST_USD, shock_name, workload_name};
use crate::report::money::money;

pub(super) fn scenarios(results: &ResultsAnswer) -> ReportSection {
    let simulated = &results.simulate;
    let level = level(results.manifest.confidence_level);
    let after = results.plan.as_ref().map(|plan| &plan.simulate);
    let mut says = vec![format!("The average annual loss is {} today.", money(simulated.aal_usd.value))];
    if let Some(cvar) = simulated.cvar_usd.get(&level) {
        says.push(format!("In the worst years (CVaR {level}) it is {}.", money(cvar.value)));
    }
    if let Some(after) = after {
        says.push(format!("With the plan the average is {}.", money(after.aal_usd.value)));
    }
    let tables = vec![
        distribution(results),
        exceedance(simulated, after),
        stress(results),
        past(results),
        reverse(results),
        availability(simulated, after),
    ];
    ReportSection {
        number: 6,
        title: "Scenarios and losses",
        says,
        tables: tables.into_iter().filter(|t| !t.rows.is_empty()).collect(),
    }
}

fn distribution(results: &ResultsAnswer) -> TypedTable {
    let table = TypedTable::new(
        "Losses",
        "Loss distribution, today and with the plan",
        &[
            ("measure", Text),
            ("today", Amount),
            ("today, low", Amount),
            ("today, high", Amount),
            ("with the plan", Amount),
            ("plan, low", Amount),
            ("plan, high", Amount),
        ],
    );
    let before = &results.simulate;
    let after = results.plan.as_ref().map(|plan| &plan.simulate);
    let mut rows: Vec<Vec<TypedValue>> = Vec::new();
    let mut row = |name: String, of: &dyn Fn(&SimulateAnswer) -> Option<[Option<f64>; 3]>| {
        let cells = |own: Option<&SimulateAnswer>| own.and_then(of).unwrap_or_default().map(number);
        let values = cells(Some(before)).into_iter().chain(cells(after));
        rows.push(std::iter::once(text(name)).chain(values).collect());
    };
    row("average annual loss, sampling error".to_owned(), &|own| {
        let estimate = own.aal_usd.interval();
        Some([Some(estimate.value), estimate.low, estimate.high])
    });
    row("average annual loss, doubt about rates".to_owned(), &|own| {
        Some([Some(own.aal_usd.value), Some(own.aal_usd.doubt_low), Some(own.aal_usd.doubt_high)])
    });
    for level in before.var_usd.keys() {
        row(format!("VaR {level}"), &|own| own.var_usd.get(level).map(|x| [Some(x.value), x.low, x.high]));
    }
    for level in before.cvar_usd.keys() {
        row(format!("CVaR {level}"), &|own| own.cvar_usd.get(level).map(|x| [Some(x.value), x.low, x.high]));
    }
    table.whole().rows(rows).note(
        "Low and high are 95 % intervals: of the sampling error of the simulation, or of what past events leave open about rates.",
    )
}

fn exceedance(before: &SimulateAnswer, after: Option<&SimulateAnswer>) -> TypedTable {
    let table = TypedTable::new(
        "Exceedance",
        "Annual loss that is exceeded once in so many years",
        &[
            ("years", Number(0)),
            ("today", Amount),
            ("with the plan", Amount),
            ("costliest event today", Amount),
            ("costliest event, plan", Amount),
        ],
    );
    let find = |curve: &[ReturnPeriodAnswer], years: f64| {
        let same = curve.iter().find(|point| (point.return_period_years - years).abs() < 1e-9);
        number(same.map(|point| point.loss_usd))
    };
    let rows = before.aep.iter().map(|point| {
        let years = point.return_period_years;
        vec![
            number(years),
            number(point.loss_usd),
            after.map_or(TypedValue::Absent, |after| find(&after.aep, years)),
            find(&before.oep, years),
            after.map_or(TypedValue::Absent, |after| find(&after.oep, years)),
        ]
    });
    table.whole().rows(rows).note("Shown where at least 10 simulated years are worse.")
}

fn stress(results: &ResultsAnswer) -> TypedTable {
    let table = TypedTable::new(
        "Scenarios",
        "Scenarios, today and with the plan",
        &[
            ("scenario", Text),
            ("loss today", Amount),
            ("outage", Amount),
            ("extra cost", Amount),
            ("one-off cost", Amount),
            ("lowest service today", Share),
            ("first interruption, day", Days),
            ("restored, day", Days),
            ("loss with the plan", Amount),
            ("lowest service, plan", Share),
        ],
    );
    let row = |own: &ScenarioAnswer| {
        let plan = results.plan.iter().flat_map(|plan| &plan.stress.scenarios);
        let after = plan.into_iter().find(|after| after.scenario == own.scenario);
        vec![
            text(&own.name),
            number(own.loss_usd),
            number(own.outage_usd),
            number(own.extra_cost_usd),
            number(own.one_off_usd),
            number(own.least_service),
            number(own.first_unserved_day),
            number(own.recovered_day),
            number(after.map(|after| after.loss_usd)),
            number(after.map(|after| after.least_service)),
        ]
    };
    let loss = |own: &ScenarioAnswer| {
        let plan = results.plan.iter().flat_map(|plan| &plan.stress.scenarios);
        let mut plan = plan.into_iter().filter(|after| after.scenario == own.scenario);
        own.loss_usd.max(plan.next().map_or(0.0, |after| after.loss_usd))
    };
    let mut costliest: Vec<&ScenarioAnswer> = results.stress.scenarios.iter().collect();
    // Stable: equal losses stay in the order of the study.
    costliest.sort_by(|a, b| b.loss_usd.total_cmp(&a.loss_usd));
    let n_costly = costliest.iter().filter(|own| loss(own) >= LEAST_USD).count();
    table
        .printed(n_costly.clamp(1, PRINTED))
        .rows(costliest.into_iter().map(row))
        .note("Scenarios have no probability; do not add them to the average loss.")
}

/// Past events, each alone, the costliest first.
#[must_use]
pub fn past(results: &ResultsAnswer) -> TypedTable {
    let table = TypedTable::new(
        "PastEvents",
        "Past events, if they happened to today's portfolio",
        &[
            ("date", Text),
            ("event", Text),
            ("kind", Text),
            ("lasted, days", Days),
            ("loss today", Amount),
            ("loss with the plan", Amount),
            ("workloads hit", Count),
            ("lowest service", Share),
            ("known", Text),
        ],
    );
    let events = results.replay.iter().flat_map(|replay| &replay.events);
    let costs = |event: &&ReplayedEventAnswer| {
        event.loss_usd >= LEAST_USD || event.plan_loss_usd.unwrap_or(0.0) >= LEAST_USD
    };
    let mut costly: Vec<&ReplayedEventAnswer> = events.filter(costs).collect();
    // Stable: equal losses stay in the order of their dates.
    costly.sort_by(|a, b| b.loss_usd.total_cmp(&a.loss_usd));
    let row = |event: &ReplayedEventAnswer| {
        vec![
            text(&event.date),
            text(&event.name),
            text(event.kind.replace('_', " ")),
            number(event.lasted_days),
            number(event.loss_usd),
            number(event.plan_loss_usd),
            count(event.workloads_hit),
            number(event.least_service),
            text(&event.confidence),
        ]
    };
    table.rows(costly.into_iter().map(row)).note(
        "Each event alone; events that would cost nothing are left out. They overlap, so their sum is no loss of a year.",
    )
}

/// The most probable sets of shocks that break a recovery objective.
#[must_use]
pub fn reverse(results: &ResultsAnswer) -> TypedTable {
    let table = TypedTable::new(
        "ReverseStress",
        "Reverse stress: what would break a recovery objective",
        &[
            ("all at once, without notice", Text),
            ("probability a year", Share),
            ("loss", Amount),
            ("workloads beyond their objective", Text),
            ("cheapest single measure", Text),
            ("measure, a month", Amount),
        ],
    );
    let names = |set: &ReverseSetAnswer| {
        set.shocks.iter().map(|id| shock_name(results, id)).collect::<Vec<_>>().join(" + ")
    };
    let row = |set: &ReverseSetAnswer| {
        let broken = set.workloads.iter().filter(|workload| workload.breaks_recovery);
        let broken: Vec<String> = broken.map(|workload| workload_name(results, &workload.id)).collect();
        vec![
            text(names(set)),
            number(set.annual_probability),
            number(set.loss_usd),
            text(first_few(&broken)),
            text(set.measure.as_ref().map_or_else(
                || "no single one is enough".to_owned(),
                |measure| measure_words(results, measure),
            )),
            number(set.measure.as_ref().map(|measure| measure.usd_per_month)),
        ]
    };
    let sets = results.reverse.iter().flat_map(|answer| &answer.sets);
    let first = sets
        .clone()
        .next()
        .map(|set| format!("Most probable: {}, {} a year.", names(set), percent(set.annual_probability)));
    table.whole().rows(sets.map(row)).says(first.unwrap_or_default())
}

/// Workloads named in one field.
const NAMED: usize = 3;

/// The first few names of a list.
fn first_few(names: &[String]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

fn measure_words(results: &ResultsAnswer, measure: &ReverseMeasureAnswer) -> String {
    let readiness = measure.readiness.as_deref();
    let kind = readiness.map_or_else(|| measure.kind.replace('_', " "), |word| format!("{word} standby"));
    format!("{kind} {} for {}", measure.offer, workload_name(results, &measure.workload))
}

fn availability(before: &SimulateAnswer, after: Option<&SimulateAnswer>) -> TypedTable {
    let table = TypedTable::new(
        "Availability",
        "Share of demand served on average",
        &[("workload", Text), ("today", Share), ("with the plan", Share)],
    );
    table.rows(before.availability.iter().map(|(workload, share)| {
        vec![
            text(workload),
            number(*share),
            number(after.and_then(|after| after.availability.get(workload).copied())),
        ]
    }))
}

/// What to watch, and what ends.
pub(super) fn early_warning(results: &ResultsAnswer) -> ReportSection {
    let simulated = &results.simulate;
    let total = simulated.aal_usd.value;
    let mut parts: Vec<(&String, f64)> = simulated.aal_by.shock.iter().map(|(id, usd)| (id, *usd)).collect();
    // Stable: equal parts stay in the order of their ids.
    parts.sort_by(|a, b| b.1.total_cmp(&a.1));
    let after = results.plan.as_ref().map(|plan| &plan.simulate.aal_by.shock);
    let shocks = TypedTable::new(
        "Shocks",
        "Shocks by their part of the average annual loss",
        &[
            ("shock", Text),
            ("id", Text),
            ("loss a year today", Amount),
            ("part of today's", Share),
            ("loss a year with the plan", Amount),
        ],
    );
    let shocks = shocks.rows(parts.iter().map(|&(id, usd)| {
        vec![
            named(&simulated.shock_names, id),
            text(id),
            number(usd),
            number((total > 0.0).then(|| usd / total)),
            number(after.map(|after| after.get(id).copied().unwrap_or(0.0))),
        ]
    }));
    let calendar = TypedTable::new(
        "Retirements",
        "Offers that their hosts end",
        &[
            ("offer", Text),
            ("ends", Text),
            ("days from now", Days),
            ("plan", Text),
            ("successor", Text),
            ("workloads", Text),
        ],
    );
    let entry = |plan: &'static str| {
        move |own: &RetirementAnswer| {
            let workloads: Vec<&str> = own.workloads.iter().map(|used| used.workload.as_str()).collect();
            vec![
                text(&own.offer),
                text(&own.retires),
                number(own.days),
                text(plan),
                or_absent(own.successor.as_deref()),
                text(workloads.join(", ")),
            ]
        }
    };
    let of_plan = results.plan.iter().flat_map(|plan| &plan.retirements);
    let calendar = calendar.rows(
        results.exposure.retirements.iter().map(entry("today")).chain(of_plan.map(entry("with the plan"))),
    );
    let says = parts.first().filter(|_| total > 0.0).map(|&(id, usd)| {
        let name = simulated.shock_names.get(id).unwrap_or(id);
        format!("What costs most on average: {name}, {} a year.", money(usd))
    });
    ReportSection {
        number: 11,
        title: "Early warning",
        says: says.into_iter().collect(),
        tables: vec![shocks, calendar],
    }
}
