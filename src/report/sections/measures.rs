//! What is paid to whom, what hedges are worth, and the road to the plan.

use super::ColumnKind::{Amount, Count, Number, Share, Text};
use super::{ReportSection, TypedTable, TypedValue, count, number, text, word, yes_no};
use crate::report::answer::contracts::HostAnswer;
use crate::report::answer::hedges::HedgeAnswer;
use crate::report::answer::moves::{DemandMove, PlanQuarter, StandbyMove};
use crate::report::answer::results::ResultsAnswer;
use crate::report::figures::{ABSENT, counted, percent};
use crate::report::html::words::workload_name;
use crate::report::money::money;

/// Runners-up on paper.
const RUNNERS_UP: usize = 6;

/// What the table of contracts means.
pub(in crate::report) const CONTRACT_NOTE: &str =
    "All amounts are under the plan; the ends of contracts are those that the portfolio states.";

pub(super) fn contracts(results: &ResultsAnswer) -> ReportSection {
    let answer = results.chosen().or(results.optimize.as_ref());
    let hosts = TypedTable::new(
        "Contracts",
        "Hosts: contract, spend and what leaving or adding them costs",
        &[
            ("host", Text),
            ("contract", Text),
            ("ends", Text),
            ("used today", Text),
            ("used by the plan", Text),
            ("fixed, a year", Amount),
            ("spend a month, plan", Amount),
            ("minimum a month", Amount),
            ("shortfall", Amount),
            ("to qualify it", Amount),
            ("to leave it", Amount),
        ],
    );
    let host = |(id, host): (&String, &HostAnswer)| {
        vec![
            text(id),
            text(word(&host.status)),
            text(host.ends.as_deref().unwrap_or(ABSENT)),
            yes_no(host.used_today),
            yes_no(host.used),
            number(host.fixed_usd_per_year),
            number(host.spend_usd_per_month),
            number(host.minimum_usd_per_month),
            number(host.shortfall_usd),
            number(host.qualify_usd),
            number(host.exit_usd),
        ]
    };
    let hosts = hosts
        .whole()
        .rows(answer.into_iter().flat_map(|answer| &answer.contracts).map(host))
        .note(CONTRACT_NOTE);
    let hedges = TypedTable::new(
        "Hedges",
        "What each standby and second source is worth",
        &[
            ("workload", Text),
            ("offer", Text),
            ("what it is", Text),
            ("loss avoided a year", Amount),
            ("low", Amount),
            ("high", Amount),
            ("cost a year", Amount),
            ("break-even fee a month", Amount),
            ("fee, low", Amount),
            ("fee, high", Amount),
        ],
    );
    let hedge = |hedge: &HedgeAnswer| {
        vec![
            text(&hedge.workload),
            text(&hedge.offer),
            text(word(&hedge.readiness)),
            number(hedge.loss_avoided_usd),
            number(hedge.loss_avoided_low_usd),
            number(hedge.loss_avoided_high_usd),
            number(hedge.cost_usd),
            number(hedge.break_even_usd_per_month),
            number(hedge.break_even_low_usd_per_month),
            number(hedge.break_even_high_usd_per_month),
        ]
    };
    let hedges = hedges
        .rows(answer.into_iter().flat_map(|answer| &answer.hedges).map(hedge))
        .note("The break-even fee is what may be paid for it at most. Low and high are 95 % intervals of the simulation.");
    let qualify = TypedTable::new(
        "Qualify",
        "Models to be qualified for a workload",
        &[("workload", Text), ("model", Text), ("cost once", Amount)],
    );
    let models = results.chosen().into_iter().flat_map(|answer| &answer.qualify);
    let qualify =
        qualify.rows(models.map(|own| vec![text(&own.workload), text(&own.model), number(own.usd)]));
    let best = answer.and_then(|answer| answer.hedges.first());
    let says = best.map(|best| {
        let fee = money(best.break_even_usd_per_month);
        format!("{} for {} pays up to a fee of {fee} a month.", best.offer, best.workload)
    });
    ReportSection {
        number: 9,
        title: "Contracts and what hedges may cost",
        says: says.into_iter().collect(),
        tables: vec![hosts, hedges, runners_up(results), qualify]
            .into_iter()
            .filter(|table| !table.rows.is_empty())
            .collect(),
    }
}

/// What other offers would be worth as a standby.
#[must_use]
pub fn runners_up(results: &ResultsAnswer) -> TypedTable {
    let table = TypedTable::new(
        "RunnersUp",
        "Runners-up of each standby, and what they may cost",
        &[
            ("workload", Text),
            ("instead of", Text),
            ("offer", Text),
            ("readiness", Text),
            ("planned fee a month", Amount),
            ("break-even fee a month", Amount),
            ("fee, low", Amount),
            ("fee, high", Amount),
            ("as good as the standby at", Amount),
        ],
    );
    let answer = results.chosen().or(results.optimize.as_ref());
    let hedges = answer.into_iter().flat_map(|answer| &answer.hedges);
    let rows = hedges.flat_map(|hedge| {
        hedge.runners_up.iter().map(|other| {
            vec![
                text(workload_name(results, &hedge.workload)),
                text(&hedge.offer),
                text(&other.offer),
                text(word(&hedge.readiness)),
                number(other.fee_usd_per_month),
                number(other.break_even_usd_per_month),
                number(other.break_even_low_usd_per_month),
                number(other.break_even_high_usd_per_month),
                number(other.as_good_at_usd_per_month),
            ]
        })
    });
    table.printed(RUNNERS_UP).rows(rows).note(
        "With the same readiness and cover as the standby. Up to the break-even fee it is worth more than no standby in its place; up to the last \
         column it is as good as the standby of the plan.",
    )
}

pub(super) fn roadmap(results: &ResultsAnswer) -> ReportSection {
    let Some(answer) = results.chosen() else {
        return ReportSection { number: 10, title: "Roadmap", says: Vec::new(), tables: Vec::new() };
    };
    let says = vec![format!(
        "{} of the demand moves, in {}, and {} set up, changed or dropped.",
        percent(answer.turnover.unwrap_or(0.0)),
        counted(answer.quarters.len(), "quarter"),
        match answer.standby_moves.len() {
            1 => "1 standby is".to_owned(),
            n => format!("{n} standbys are"),
        }
    )];
    let quarters = TypedTable::new(
        "Quarters",
        "Cost and risk after each quarter",
        &[
            ("quarter", Count),
            ("demand moved", Share),
            ("cost a month", Amount),
            ("average annual loss", Amount),
            ("mean loss of the worst years", Amount),
        ],
    );
    let quarter = |own: &PlanQuarter| {
        vec![
            TypedValue::Number(own.quarter as f64),
            number(own.turnover),
            number(own.monthly_cost_usd),
            number(own.aal_usd),
            number(own.cvar_usd),
        ]
    };
    let moves = TypedTable::new(
        "Moves",
        "Demand that moves, in order",
        &[
            ("quarter", Count),
            ("step", Count),
            ("workload", Text),
            ("users", Text),
            ("from", Text),
            ("to", Text),
            ("share", Share),
            ("cost a month after it", Amount),
        ],
    );
    let demand = |own: &DemandMove| {
        vec![
            TypedValue::Number(own.quarter as f64),
            count(own.step),
            text(&own.workload),
            text(&own.users),
            text(&own.from),
            text(&own.to),
            number(own.share),
            number(own.monthly_cost_usd),
        ]
    };
    let standbys = TypedTable::new(
        "Standbys",
        "Standbys that are set up, changed or dropped, in order",
        &[
            ("quarter", Count),
            ("step", Count),
            ("workload", Text),
            ("offer", Text),
            ("change", Text),
            ("readiness", Text),
            ("cover", Share),
            ("cost a month after it", Amount),
        ],
    );
    let standby = |own: &StandbyMove| {
        vec![
            TypedValue::Number(own.quarter as f64),
            count(own.step),
            text(&own.workload),
            text(&own.offer),
            text(word(&own.change)),
            text(word(&own.readiness)),
            number(own.cover),
            number(own.monthly_cost_usd),
        ]
    };
    let capability = TypedTable::new(
        "Capability",
        "Mean capability by workload",
        &[("workload", Text), ("today, points", Number(0)), ("with the plan, points", Number(0))],
    );
    let points = answer.quality_points.iter();
    let capability = capability
        .rows(points.map(|(workload, own)| vec![text(workload), number(own.today), number(own.plan)]))
        .note("Models within 40 points cannot be told apart.");
    let shared = TypedTable::new(
        "SharedCosts",
        "Machines and contracts whose cost changes",
        &[
            ("what", Text),
            ("id", Text),
            ("replicas today", Count),
            ("replicas, plan", Count),
            ("cost a month, more or less", Amount),
        ],
    );
    let shared = shared.rows(answer.shared_changes.iter().map(|own| {
        let replicas = |n: Option<u64>| number(n.map(|n| n as f64));
        vec![
            text(word(&own.kind)),
            text(&own.id),
            replicas(own.replicas_today),
            replicas(own.replicas),
            number(own.monthly_cost_usd),
        ]
    }));
    ReportSection {
        number: 10,
        title: "Roadmap",
        says,
        tables: [
            quarters.whole().rows(answer.quarters.iter().map(quarter)),
            moves.rows(answer.moves.iter().map(demand)),
            standbys.rows(answer.standby_moves.iter().map(standby)),
            shared,
            capability,
        ]
        .into_iter()
        .filter(|table| !table.rows.is_empty())
        .collect(),
    }
}
