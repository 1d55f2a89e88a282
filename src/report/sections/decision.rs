//! What is decided, and how it stands to the limits that the company has set for itself.

use super::ColumnKind::{Amount, Count, Number, Text};
use super::{
    ReportSection, TypedTable, TypedValue, count, ineligible, measured, number, or_absent, text, word, yes_no,
};
use crate::report::answer::check::LimitAnswer;
use crate::report::answer::frontier::MarkedPlan;
use crate::report::answer::ladder::RungAnswer;
use crate::report::answer::optimize::OptimizeAnswer;
use crate::report::answer::results::ResultsAnswer;
use crate::report::figures::counted;
use crate::report::tables::ladder::words;
use crate::report::verdict::{current_breaks, reasons, verdict, worse_tail};

pub(super) fn decision(results: &ResultsAnswer) -> ReportSection {
    let says = match &results.optimize {
        Some(answer) => std::iter::once(verdict(answer))
            .chain(current_breaks(answer))
            .chain(worse_tail(answer))
            .chain(reasons(&answer.ladder, words))
            .collect(),
        None => {
            let why = results.optimize_error.as_deref().unwrap_or_default();
            vec![format!("There is no plan: {why}.")]
        }
    };
    let rungs = results.optimize.as_ref().map_or(&[][..], |answer| &answer.ladder);
    let options = TypedTable::new(
        "Options",
        "Options, from nothing to everything",
        &[
            ("what may change", Text),
            ("recommended", Text),
            ("workloads", Count),
            ("cost a month", Amount),
            ("average annual loss", Amount),
            ("mean loss of the worst years", Amount),
            ("capability, points", Number(0)),
            ("new hosts", Count),
            ("cash once", Amount),
            ("payback, months", Number(1)),
            ("limits broken", Count),
        ],
    );
    let options = options.whole().rows(rungs.iter().map(option)).note(
        "Each row is the best plan within its freedom, measured on new simulated years. Cash is paid once, for tests, \
         procurement and exits; payback counts lower cost and lower average loss.",
    );
    ReportSection {
        number: 1,
        title: "Decision",
        says,
        tables: vec![options, frontier(results), head(results)],
    }
}

/// Plans from the cheapest to the safest, with today and the recommended option; without rows unless `--frontier` asks for them.
#[must_use]
pub fn frontier(results: &ResultsAnswer) -> TypedTable {
    let table = TypedTable::new(
        "Frontier",
        "Plans from the cheapest to the safest",
        &[
            ("plan", Text),
            ("what it is", Text),
            ("cost a month", Amount),
            ("average annual loss", Amount),
            ("mean loss of the worst years", Amount),
        ],
    );
    let plans = results.optimize.iter().flat_map(marked_plans);
    let rows = plans.map(|plan| {
        let figures = plan.figures;
        vec![
            text(&plan.name),
            text(plan.marks.join(", ")),
            number(figures.monthly_cost_usd),
            number(figures.aal_usd),
            number(figures.cvar_usd),
        ]
    });
    table.whole().rows(rows).note(
        "Every numbered plan keeps all limits, and on the trials of the planner none costs less at the same risk. The figures are measured \
         on new simulated years, where neighbors may change places.",
    )
}

/// The plans of the frontier as the report names them; none unless `--frontier` asks for them.
#[must_use]
pub fn marked_plans(answer: &OptimizeAnswer) -> Vec<MarkedPlan<'_>> {
    answer.frontier.as_ref().map_or_else(Vec::new, |frontier| frontier.marked(&answer.ladder, &words))
}

fn option(rung: &RungAnswer) -> Vec<TypedValue> {
    let fresh = &rung.figures.out_of_sample;
    vec![
        text(words(rung)),
        text(rung.mark()),
        count(rung.workloads.len()),
        number(fresh.monthly_cost_usd),
        number(fresh.aal_usd),
        number(fresh.cvar_usd),
        number(rung.capability.points),
        count(rung.new_hosts.len()),
        number(rung.cash_usd),
        number(rung.payback_months),
        count(rung.limits_broken.len()),
    ]
}

/// Who decides, on what.
fn head(results: &ResultsAnswer) -> TypedTable {
    let report = &results.report;
    let line = |what: &str, value: Option<&str>| vec![text(what), or_absent(value)];
    TypedTable::new("Report", "This report", &[("what", Text), ("value", Text)]).whole().rows([
        line("company", Some(&results.company.name)),
        line("portfolio", Some(&results.manifest.portfolio)),
        line("period", Some(&report.period)),
        line("catalog as of", report.catalog_date.as_deref()),
        line("prepared by", report.prepared_by.as_deref()),
        line("owner of the decision", report.owner.as_deref()),
    ])
}

/// Whose limits are told: limits are priced for the whole plan, also where less is recommended.
#[must_use]
pub fn binding_heading(results: &ResultsAnswer) -> &'static str {
    match results.whole_plan() {
        Some(_) => "Limits that hold the whole plan back",
        None => "Limits that hold the plan back",
    }
}

pub(super) fn appetite(results: &ResultsAnswer) -> ReportSection {
    let today = &results.check.limits;
    let plan = results.plan.as_ref().map(|plan| &plan.limits);
    let n_broken = today.iter().filter(|limit| limit.breached).count();
    let mut says = vec![match (today.len(), n_broken) {
        (0, _) => "The portfolio states no limits.".to_owned(),
        (_, 0) => "No limit is broken today.".to_owned(),
        (all, broken) => format!("{} of {} broken today.", broken, counted(all, "limit")),
    }];
    if let Some(plan) = plan.filter(|_| n_broken > 0) {
        let n_left = plan.iter().filter(|limit| limit.breached).count();
        says.push(format!("With the plan: {n_left}."));
    }
    says.extend(ineligible(results).map(|message| format!("Not allowed for new use: {message}")));
    let table = TypedTable::new(
        "Limits",
        "Limits, today and with the plan",
        &[
            ("limit", Text),
            ("at least", Number(3)),
            ("at most", Number(3)),
            ("today", Number(3)),
            ("kept today", Text),
            ("with the plan", Number(3)),
            ("kept by the plan", Text),
            ("exception by", Text),
            ("exception until", Text),
            ("valid", Text),
        ],
    );
    let row = |(at, limit): (usize, &LimitAnswer)| {
        let after = plan.and_then(|plan| plan.get(at));
        let exception = limit.accepted.as_ref();
        vec![
            text(if limit.limit.starts_with('{') { &limit.says } else { &limit.limit }),
            measured(limit.at_least, &limit.unit),
            measured(limit.at_most, &limit.unit),
            measured(limit.value, &limit.unit),
            limit.kept.map_or(TypedValue::Absent, yes_no),
            measured(after.and_then(|after| after.value), &limit.unit),
            after.and_then(|after| after.kept).map_or(TypedValue::Absent, yes_no),
            or_absent(exception.map(|exception| exception.by.as_str())),
            or_absent(exception.map(|exception| exception.until.as_str())),
            exception.map_or(TypedValue::Absent, |exception| yes_no(exception.valid)),
        ]
    };
    let table = table.whole().rows(today.iter().enumerate().map(row));
    let binding = TypedTable::new(
        "BindingLimits",
        binding_heading(results),
        &[("limit", Text), ("one step looser saves", Amount), ("and at most", Amount), ("step", Number(3))],
    );
    let limits = results.optimize.iter().flat_map(|answer| &answer.binding_limits);
    let binding = binding.rows(limits.map(|limit| {
        vec![
            text(&limit.limit),
            number(limit.price_usd),
            number(limit.price_at_most_usd),
            measured(Some(limit.step), &word(&limit.unit)),
        ]
    }));
    ReportSection { number: 3, title: "Appetite against position", says, tables: vec![table, binding] }
}
