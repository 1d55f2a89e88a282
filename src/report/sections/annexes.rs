//! What the figures rest on, how they were made, and the inventory.

use std::collections::BTreeMap;

use super::ColumnKind::{Amount, Count, Number, Share, Text};
use super::register::{assessment_extract, material_third_parties, supply_chain_extract};
use super::whole_plan::whole_plan;
use super::{ReportSection, TypedTable, TypedValue, count, number, or_absent, text, word};
use crate::report::answer::evidence::{EvidenceAnswer, ShockEvidence, UsedSourceAnswer};
use crate::report::answer::landscape::lags::{LagAnswer, OriginServiceAnswer};
use crate::report::answer::results::ResultsAnswer;
use crate::report::figures::{count as whole, level, percent};
use crate::report::money::money;
use crate::report::verdict::{aim, planned_on, proven, simulated};

pub(super) fn data(results: &ResultsAnswer) -> ReportSection {
    let estimated: f64 =
        results.shock_evidence.iter().filter(|own| own.is_estimate).map(|own| own.share_of_aal).sum();
    let mut says = vec![format!(
        "{} of the average annual loss comes from shocks whose numbers are estimates.",
        percent(estimated)
    )];
    if let Some(known) = results.simulate.worth_knowing.first() {
        says.push(format!(
            "The rate most worth knowing better: {}. With it the average annual loss would lie between {} and {}.",
            known.name,
            money(known.low),
            money(known.high)
        ));
    }
    let offers = TypedTable::new(
        "Evidence",
        "How well the offers in use are known",
        &[
            ("which", Text),
            ("offers", Count),
            ("estimated", Count),
            ("region assumed", Count),
            ("hardware unknown", Count),
            ("estimated offers", Text),
        ],
    );
    let known = |which: &str, own: &EvidenceAnswer| {
        vec![
            text(which),
            count(own.n_offers),
            count(own.estimated.len()),
            count(own.region_assumed.len()),
            count(own.hardware_unknown.len()),
            text(own.estimated.join(", ")),
        ]
    };
    let of_plan = results.plan.iter().map(|plan| known("with the plan", &plan.evidence));
    let offers = offers.whole().rows(std::iter::once(known("today", &results.evidence)).chain(of_plan));
    let shocks = TypedTable::new(
        "ShockSources",
        "What the numbers of the shocks rest on",
        &[("shock", Text), ("part of the average annual loss", Share), ("estimate", Text), ("sources", Text)],
    );
    let shock = |own: &ShockEvidence| {
        let sources: Vec<String> = own.sources.iter().map(source).collect();
        vec![
            text(&own.name),
            number(own.share_of_aal),
            text(if own.is_estimate { "yes" } else { "no" }),
            text(sources.join("; ")),
        ]
    };
    let shocks = shocks.rows(results.shock_evidence.iter().map(shock));
    ReportSection { number: 12, title: "Data and how far it is known", says, tables: vec![offers, shocks] }
}

fn source(source: &UsedSourceAnswer) -> String {
    let date = source.as_of.as_ref().map_or_else(String::new, |date| format!(", as of {date}"));
    format!("{}{date}", source.title)
}

pub(super) fn method(results: &ResultsAnswer) -> ReportSection {
    let (manifest, run) = (&results.manifest, &results.simulate);
    let mut says: Vec<String> = results.optimize.iter().map(aim).chain(proven(results)).collect();
    says.push(
        "Intervals cover the sampling error of the simulation; doubt about rates is told apart.".to_owned(),
    );
    says.extend(LEFT_OUT.map(str::to_owned));
    let line = |what: &str, value: String| vec![text(what), text(value)];
    let mut rows = vec![
        line("program", format!("multipolar {}", manifest.multipolar)),
        line("portfolio file", manifest.portfolio_file.clone()),
        line("catalog", manifest.catalog.clone()),
        line("jurisdictions", manifest.jurisdictions.clone()),
        line("simulated", simulated(run.trials, run.horizon_days)),
        line("random seed", manifest.seed.to_string()),
        line("rates of shocks", run.rates.clone()),
        line("confidence level of the worst years", level(manifest.confidence_level)),
        line("weight of the worst years", percent(manifest.cvar_weight)),
    ];
    if let Some(answer) = &results.optimize {
        rows.push(line("plan made on", planned_on(answer)));
        rows.push(line("plan measured on new", simulated(answer.fresh_trials, answer.horizon_days)));
        rows.push(line("state of the search", word(&answer.status).replace('_', " ")));
        let pairs =
            format!("{} of {}", whole(answer.shortlist.pairs as u64), whole(answer.shortlist.of as u64));
        rows.push(line("pairs of users and offers on the shortlist", pairs));
    }
    rows.extend(manifest.max_turnover.map(|share| line("most demand that may move", percent(share))));
    rows.extend(manifest.exceptions_judged_on.clone().map(|day| line("exceptions judged on", day)));
    let table = TypedTable::new("Method", "Settings", &[("what", Text), ("value", Text)]).whole().rows(rows);
    ReportSection { number: 13, title: "Method and limitations", says, tables: vec![table] }
}

/// What the figures do not contain.
const LEFT_OUT: [&str; 3] = [
    "Rates and durations of shocks come from past events or from judgment. No history is long enough to be sure of the worst years.",
    "Prices, models and regions are those of the catalog's dates. Next year's offers are unknown.",
    "The loss is the company's own: outages, dearer tokens and one-off costs. It contains fines, reputation and staff only as far as \
     the outage cost of a workload does.",
];

pub(super) fn annexes(results: &ResultsAnswer) -> ReportSection {
    let allocation = TypedTable::new(
        "Allocation",
        "Planned allocation",
        &[("workload", Text), ("users", Text), ("offer", Text), ("share of their demand", Share)],
    );
    let answer = results.chosen().or(results.optimize.as_ref());
    let planned = answer.and_then(|answer| answer.allocation.as_ref());
    let mut rows = Vec::new();
    for (workload, users) in planned.into_iter().flatten() {
        for (country, offers) in users {
            rows.extend(
                offers
                    .iter()
                    .map(|(offer, share)| vec![text(workload), text(country), text(offer), number(*share)]),
            );
        }
    }
    let allocation = allocation.rows(rows);
    let standby = TypedTable::new(
        "PlannedStandbys",
        "Standbys of the plan",
        &[
            ("workload", Text),
            ("offer", Text),
            ("readiness", Text),
            ("cover", Share),
            ("ready in days", Number(1)),
        ],
    );
    let standby = standby.rows(answer.into_iter().flat_map(|answer| &answer.standby).map(|own| {
        vec![
            text(&own.workload),
            text(&own.offer),
            text(word(&own.readiness)),
            number(own.cover),
            number(own.lead_days),
        ]
    }));
    let value = TypedTable::new(
        "ValueByWorkload",
        "Workloads: value and loss",
        &[
            ("workload", Text),
            ("outage, cost a day", Amount),
            ("share of value", Share),
            ("loss a year today", Amount),
            ("loss a year with the plan", Amount),
        ],
    );
    let after = results.plan.as_ref().map(|plan| &plan.simulate.aal_by.workload);
    let shares = &results.exposure.value_by_workload;
    let value = value.rows(results.workloads.iter().map(|workload| {
        let of = |losses: &BTreeMap<String, f64>| losses.get(&workload.id).copied().unwrap_or(0.0);
        vec![
            text(&workload.id),
            number(workload.outage_cost_usd_per_day),
            number(shares.get(&workload.id).copied()),
            number(of(&results.simulate.aal_by.workload)),
            number(after.map(of)),
        ]
    }));
    let tables = [
        value,
        allocation,
        standby,
        whole_plan(results),
        origins(results),
        lags(results),
        supply_chain_extract(results),
        assessment_extract(results),
        material_third_parties(results),
    ];
    ReportSection {
        number: 14,
        title: "Annexes",
        says: Vec::new(),
        tables: tables.into_iter().filter(|table| !table.rows.is_empty()).collect(),
    }
}

fn origins(results: &ResultsAnswer) -> TypedTable {
    let table = TypedTable::new(
        "Origins",
        "Which origins can serve which workload",
        &[
            ("workload", Text),
            ("models", Text),
            ("service", Text),
            ("users served", Share),
            ("rated models that reach the floor", Count),
            ("best model", Text),
            ("points above the floor", Number(0)),
            ("expected", Text),
        ],
    );
    let row = |own: &OriginServiceAnswer| {
        vec![
            text(&own.workload),
            text(&own.group),
            text(own.service.replace('_', " ")),
            number(own.users_share),
            TypedValue::Number(own.n_models as f64),
            or_absent(own.best_model.as_deref()),
            number(own.margin_points),
            or_absent(own.expected.as_deref()),
        ]
    };
    table.rows(results.landscape.iter().flat_map(|own| &own.workloads).map(row))
}

fn lags(results: &ResultsAnswer) -> TypedTable {
    let table = TypedTable::new(
        "Lag",
        "How far groups of models lie behind the best",
        &[
            ("models", Text),
            ("months behind", Number(1)),
            ("low", Number(1)),
            ("high", Number(1)),
            ("points behind", Number(0)),
            ("best model", Text),
            ("heading", Text),
        ],
    );
    let row = |own: &LagAnswer| {
        vec![
            text(&own.group),
            number(own.months),
            number(own.months_low),
            number(own.months_high),
            number(own.points),
            or_absent(own.best_model.as_deref()),
            or_absent(own.heading.as_deref()),
        ]
    };
    table.rows(results.landscape.iter().flat_map(|own| &own.lag).map(row))
}
