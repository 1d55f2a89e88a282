//! 4: whom the company depends on most, by what their loss would cost.

use super::super::markup::{Markup, list};
use super::super::page::ReportSection;
use super::super::table::{DataTable, Field};
use super::super::words::{dependencies, kind_words, planned_loss, then};
use crate::report::answer::exposure::{ChokepointAnswer, NodeLossAnswer};
use crate::report::answer::results::ResultsAnswer;
use crate::report::figures::{days, percent, usd};

pub(super) fn section(results: &ResultsAnswer) -> ReportSection {
    let nodes = dependencies(results);
    ReportSection {
        number: 4,
        title: "Dependencies that cost most",
        answer: answer(results, &nodes),
        body: list(single_points(results)).and(table(results, &nodes)),
    }
}

fn answer(results: &ResultsAnswer, nodes: &[&NodeLossAnswer]) -> String {
    let Some(worst) = nodes.iter().find(|node| node.kind == "supplier").or(nodes.first()) else {
        return "No supplier, country or chip is needed so much that its loss would cost anything.".to_owned();
    };
    let plan = planned_loss(results, worst).map_or_else(String::new, |usd_then| format!("; under the plan USD {}", usd(usd_then)));
    format!("Losing {} for good and without notice would cost USD {}{plan}.", worst.name, usd(worst.loss_usd))
}

/// How many workloads stop with one supplier, today and under the plan.
fn single_points(results: &ResultsAnswer) -> Vec<String> {
    let stopped = |points: &[ChokepointAnswer], kinds: &[&str]| {
        let mut stopped: Vec<&str> =
            points.iter().filter(|p| kinds.contains(&p.kind.as_str())).filter(|p| p.buffer_days < 30.0).map(|p| p.workload.as_str()).collect();
        stopped.sort_unstable();
        stopped.dedup();
        stopped.len()
    };
    let n = results.workloads.len();
    let kinds = ["supplier", "host", "host_site"];
    let today = stopped(&results.exposure.chokepoints, &kinds);
    let plan = results.plan.as_ref().map(|plan| stopped(&plan.chokepoints, &kinds));
    let then = plan.map_or_else(String::new, |plan| format!("; under the plan {plan}"));
    vec![format!("{today} of {n} workloads stop within 30 days when a single supplier stops{then}.")]
}

fn table(results: &ResultsAnswer, nodes: &[&NodeLossAnswer]) -> Markup {
    let mut table = DataTable::new(
        "dependencies by loss",
        &["lost for good, without notice", ">loss today, USD", ">loss under the plan, USD", ">service at once", ">service after 30 days", "first interruption", "restored"],
    );
    for node in nodes.iter().take(30) {
        table.row([
            Field::with(node.name.clone(), kind_words(&node.kind)),
            usd(node.loss_usd).into(),
            then(planned_loss(results, node).map(usd)).into(),
            then(node.service.at_once.map(percent)).into(),
            then(node.service.after_30_days.map(percent)).into(),
            node.time_to_survive_days.map_or_else(|| "none".to_owned(), when).into(),
            restored(node).into(),
        ]);
    }
    table.markup()
}

fn when(day: f64) -> String {
    if day <= 0.0 { "immediate".to_owned() } else { format!("after {}", days(day)) }
}

fn restored(node: &NodeLossAnswer) -> String {
    match (node.time_to_survive_days, node.time_to_recover_days) {
        (None, _) => "–".to_owned(),
        (_, None) => "not within the horizon".to_owned(),
        (_, Some(day)) => when(day),
    }
}
