//! 6: scenarios, the loss distribution, availability; sampling error and doubt about rates apart.

use super::super::markup::{Markup, note, tag};
use super::super::page::{PageSection, figure, pair, picture, sub_heading};
use super::super::table::{DataTable, TableField};
use super::super::typed::typed;
use super::super::words::{
    LEAST_USD, cvar_field, interval, planned_scenario, then, when, workload_name, worst_years,
};
use crate::report::answer::replay::ReplayedEventAnswer;
use crate::report::answer::results::ResultsAnswer;
use crate::report::answer::simulate::SimulateAnswer;
use crate::report::answer::stress::ScenarioAnswer;
use crate::report::drawing::charts::service::service;
use crate::report::figures::{ABSENT, count, days, number, percent};
use crate::report::money::{DisplayCurrency, amount, amount_interval, money};
use crate::report::pictures::exceedance;
use crate::report::sections::loss::reverse as reverse_table;
use crate::units::DAYS_PER_YEAR;

/// Scenarios that are drawn.
const DRAWN: usize = 6;
/// Past events that are listed.
const PAST_EVENTS: usize = 5;
/// Hours of a day.
const HOURS_PER_DAY: f64 = 24.0;

pub(super) fn section(results: &ResultsAnswer, currency: DisplayCurrency) -> PageSection {
    let costly = costly(results);
    let body = risk(results)
        .and(pair(curve(results, currency), multiples(results, &costly)))
        .and(scenario_table(results, &costly))
        .and(return_periods(results))
        .and(past_events(results))
        .and(reverse(results))
        .and(availability(results));
    PageSection {
        number: 6,
        title: "Scenarios and loss distribution",
        answer: answer(&costly, results),
        body,
    }
}

/// Scenarios that cost something today or under the plan, the costliest first.
fn costly(results: &ResultsAnswer) -> Vec<&ScenarioAnswer> {
    let loss = |scenario: &ScenarioAnswer| {
        planned_scenario(results, &scenario.scenario).map_or(0.0, |plan| plan.loss_usd).max(scenario.loss_usd)
    };
    let mut list: Vec<&ScenarioAnswer> =
        results.stress.scenarios.iter().filter(|scenario| loss(scenario) >= LEAST_USD).collect();
    list.sort_by(|a, b| b.loss_usd.total_cmp(&a.loss_usd).then(a.scenario.cmp(&b.scenario)));
    list
}

fn answer(costly: &[&ScenarioAnswer], results: &ResultsAnswer) -> String {
    let n = results.stress.scenarios.len();
    match costly.first() {
        None => format!("None of {n} scenarios costs anything."),
        Some(worst) => {
            let plan = planned_scenario(results, &worst.scenario);
            let plan =
                plan.map_or_else(String::new, |plan| format!("; under the plan {}", money(plan.loss_usd)));
            format!(
                "{} of {n} scenarios cost something; the worst, “{}”, costs {} today{plan}.",
                costly.len(),
                worst.name,
                money(worst.loss_usd)
            )
        }
    }
}

/// Average and worst years: sampling error and doubt about rates in columns of their own.
fn risk(results: &ResultsAnswer) -> Markup {
    let confidence_level = results.manifest.confidence_level;
    let mut table = DataTable::new(
        "average and worst years",
        &[
            "simulated years",
            ">average annual loss, ¤",
            ">doubt about rates, ¤",
            &format!(">{}, ¤", worst_years(results)),
            ">years with a loss",
        ],
    );
    let mut row = |name: &str, simulate: &SimulateAnswer| {
        let aal = &simulate.aal_usd;
        table.row([
            name.into(),
            TableField::with(amount(aal.value), interval(&amount_interval(&aal.interval()))),
            format!("{} to {}", amount(aal.doubt_low), amount(aal.doubt_high)).into(),
            cvar_field(simulate, confidence_level),
            percent(simulate.probability_of_loss).into(),
        ]);
    };
    row("Today", &results.simulate);
    if let Some(plan) = &results.plan {
        row("Plan", &plan.simulate);
    }
    let says = "Small figures are 95 % intervals of sampling error; more simulated years narrow them. The doubt about rates is the middle 90 % \
                of what the average would be if the true rates were known; only better data narrow it. Section 1 measures its options on other \
                simulated years, so its averages differ within the sampling error.";
    sub_heading("Average and worst years", "").and(table.markup()).and(note(says))
}

fn curve(results: &ResultsAnswer, currency: DisplayCurrency) -> Markup {
    exceedance(results, currency).map_or_else(Markup::default, picture)
}

fn multiples(results: &ResultsAnswer, costly: &[&ScenarioAnswer]) -> Markup {
    let mut by_service: Vec<&ScenarioAnswer> =
        costly.iter().copied().filter(|scenario| scenario.first_unserved_day.is_some()).collect();
    by_service.sort_by(|a, b| a.least_service.total_cmp(&b.least_service).then(a.scenario.cmp(&b.scenario)));
    by_service.truncate(DRAWN);
    if by_service.is_empty() {
        return Markup::default();
    }
    let drawn: Vec<_> = by_service
        .iter()
        .map(|scenario| (*scenario, planned_scenario(results, &scenario.scenario)))
        .collect();
    let finding = by_service.first().map_or_else(String::new, |scenario| {
        format!("In “{}” {} of value stays served at worst", scenario.name, percent(scenario.least_service))
    });
    let says = "Served share of value over the horizon, in the scenarios that interrupt most. Source: scenarios of the catalog.";
    figure(&finding, says, service(&drawn, "service", &finding))
}

fn scenario_table(results: &ResultsAnswer, costly: &[&ScenarioAnswer]) -> Markup {
    let mut table = DataTable::new(
        "scenarios by loss",
        &[
            "scenario",
            ">loss today, ¤",
            ">loss under the plan, ¤",
            ">lowest service today",
            ">under the plan",
            "first costly hour today",
            "restored today",
        ],
    );
    for scenario in costly {
        let plan = planned_scenario(results, &scenario.scenario);
        table.row([
            scenario.name.clone().into(),
            amount(scenario.loss_usd).into(),
            then(plan.map(|plan| amount(plan.loss_usd))).into(),
            percent(scenario.least_service).into(),
            then(plan.map(|plan| percent(plan.least_service))).into(),
            scenario.first_outage_cost_day.map_or_else(|| ABSENT.to_owned(), when).into(),
            restored(scenario).into(),
        ]);
    }
    let harmless = results.stress.scenarios.len() - costly.len();
    let says = if harmless > 0 {
        format!(
            "The other {harmless} cost nothing. Scenarios have no probability; do not add them to the average loss."
        )
    } else {
        "Scenarios have no probability; do not add them to the average loss.".to_owned()
    };
    sub_heading("Scenarios", "").and(table.markup()).and(note(says))
}

fn restored(scenario: &ScenarioAnswer) -> String {
    match (scenario.first_unserved_day, scenario.recovered_day) {
        (None, _) => "never interrupted".to_owned(),
        (_, None) => "not within the horizon".to_owned(),
        (_, Some(at)) => when(at),
    }
}

/// The figures of the curve.
fn return_periods(results: &ResultsAnswer) -> Markup {
    let mut table = DataTable::new(
        "losses by return period",
        &["once in, years", ">loss today, ¤", ">loss under the plan, ¤"],
    );
    for point in &results.simulate.aep {
        let years = point.return_period_years;
        let plan = results.plan.as_ref().map(|plan| &plan.simulate.aep);
        let plan =
            plan.and_then(|points| points.iter().find(|p| (p.return_period_years - years).abs() < 1e-9));
        table.row([
            count(years.round() as u64).into(),
            amount(point.loss_usd).into(),
            then(plan.map(|point| amount(point.loss_usd))).into(),
        ]);
    }
    folded("Figures of the curve", table)
}

/// A table behind a click.
fn folded(summary: &str, table: DataTable) -> Markup {
    if table.is_empty() {
        return Markup::default();
    }
    tag("details", tag("summary", summary).and(table.markup()))
}

/// Past events that would cost most today.
fn past_events(results: &ResultsAnswer) -> Markup {
    let Some(replay) = &results.replay else { return Markup::default() };
    let mut events: Vec<&ReplayedEventAnswer> =
        replay.events.iter().filter(|event| event.loss_usd >= LEAST_USD).collect();
    events.sort_by(|a, b| b.loss_usd.total_cmp(&a.loss_usd).then(a.id.cmp(&b.id)));
    let n = replay.events.len();
    let Some(worst) = events.first() else {
        return sub_heading(
            "Past events, played again",
            &format!("None of {n} past events would cost anything today."),
        );
    };
    let answer = format!(
        "{} of {n} past events would cost something today; the costliest, “{}”, {}.",
        events.len(),
        worst.name,
        money(worst.loss_usd)
    );
    let mut table = DataTable::new(
        "past events by loss",
        &[
            "event",
            "date",
            ">loss today, ¤",
            ">loss under the plan, ¤",
            ">lowest service today",
            "restored today",
        ],
    );
    for event in events.into_iter().take(PAST_EVENTS) {
        table.row([
            event.name.clone().into(),
            event.date.clone().into(),
            amount(event.loss_usd).into(),
            then(event.plan_loss_usd.map(amount)).into(),
            percent(event.least_service).into(),
            match (event.first_unserved_day, event.recovered_day) {
                (None, _) => "never interrupted".to_owned(),
                (_, None) => "not within the horizon".to_owned(),
                (_, Some(at)) => when(at),
            }
            .into(),
        ]);
    }
    sub_heading("Past events, played again", &answer).and(table.markup())
}

/// The most probable sets of shocks that break a recovery objective.
fn reverse(results: &ResultsAnswer) -> Markup {
    let table = reverse_table(results);
    if results.reverse.is_some() && table.rows.is_empty() {
        return sub_heading(table.title, "No set of shocks that was tested does.");
    }
    typed(&table)
}

fn availability(results: &ResultsAnswer) -> Markup {
    let mut table = DataTable::new(
        "availability of workloads",
        &[
            "workload",
            "impact tolerance",
            ">outage cost, ¤ a day",
            ">unserved today, hours a year",
            ">under the plan",
            ">scenarios beyond the tolerance today",
            ">under the plan",
        ],
    );
    let hours = |simulate: &SimulateAnswer, id: &str| {
        simulate.availability.get(id).map(|served| number((1.0 - served) * DAYS_PER_YEAR * HOURS_PER_DAY))
    };
    let beyond = |scenarios: &[ScenarioAnswer], id: &str| {
        let hit = |scenario: &&ScenarioAnswer| {
            scenario.workloads.iter().any(|w| w.id == id && w.first_outage_cost_day.is_some())
        };
        scenarios.iter().filter(hit).count().to_string()
    };
    let mut workloads: Vec<_> = results.workloads.iter().collect();
    workloads.sort_by(|a, b| {
        b.outage_cost_usd_per_day.total_cmp(&a.outage_cost_usd_per_day).then(a.id.cmp(&b.id))
    });
    for workload in workloads {
        let id = workload.id.as_str();
        table.row([
            workload_name(results, id).into(),
            if workload.recovery_objective_days > 0.0 {
                days(workload.recovery_objective_days)
            } else {
                "none".to_owned()
            }
            .into(),
            amount(workload.outage_cost_usd_per_day).into(),
            then(hours(&results.simulate, id)).into(),
            then(results.plan.as_ref().and_then(|plan| hours(&plan.simulate, id))).into(),
            beyond(&results.stress.scenarios, id).into(),
            then(results.plan.as_ref().map(|plan| beyond(&plan.stress.scenarios, id))).into(),
        ]);
    }
    let says = format!(
        "Impact tolerance is the recovery objective: an interruption up to it costs nothing. {} scenarios were played.",
        results.stress.scenarios.len()
    );
    sub_heading("Availability against impact tolerance", "").and(table.markup()).and(note(says))
}
