//! 4: whom the company depends on most, by what their loss would cost.

use super::super::markup::{Markup, list};
use super::super::page::PageSection;
use super::super::table::{DataTable, TableField};
use super::super::words::{
    LEAST_USD, dependencies, is_behind_chips, is_country, kind_words, planned_loss, then, when,
};
use crate::report::answer::exposure::{ChokepointAnswer, NodeLossAnswer};
use crate::report::answer::results::ResultsAnswer;
use crate::report::figures::percent;
use crate::report::money::{amount, money};

pub(super) fn section(results: &ResultsAnswer) -> PageSection {
    let nodes = dependencies(results);
    PageSection {
        number: 4,
        title: "Dependencies that cost most",
        answer: answer(results, &nodes),
        body: list(single_points(results)).and(table(results, &nodes)),
    }
}

fn answer(results: &ResultsAnswer, nodes: &[&NodeLossAnswer]) -> String {
    let of_companies = || nodes.iter().filter(|node| !is_country(node));
    let Some(worst) = of_companies().max_by(|a, b| a.loss_usd.total_cmp(&b.loss_usd)) else {
        return "No supplier is needed so much that its loss would cost anything.".to_owned();
    };
    let says =
        format!("Losing {} for good and without notice would cost {}", worst.name, money(worst.loss_usd));
    let loss = |node: &NodeLossAnswer| planned_loss(results, node).unwrap_or_default();
    match of_companies().max_by(|a, b| loss(a).total_cmp(&loss(b))) {
        Some(then) if results.plan.is_some() && then.id == worst.id => {
            format!("{says}; under the plan {}.", money(loss(then)))
        }
        Some(then) if results.plan.is_some() => {
            format!("{says}; under the plan the costliest loss is {}, {}.", then.name, money(loss(then)))
        }
        _ => format!("{says}."),
    }
}

/// How many workloads stop with one supplier, today and under the plan.
fn single_points(results: &ResultsAnswer) -> Vec<String> {
    let stopped = |points: &[ChokepointAnswer], kinds: &[&str]| {
        let mut stopped: Vec<&str> = points
            .iter()
            .filter(|p| kinds.contains(&p.kind.as_str()))
            .filter(|p| p.buffer_days < 30.0)
            .map(|p| p.workload.as_str())
            .collect();
        stopped.sort_unstable();
        stopped.dedup();
        stopped.len()
    };
    let n = results.workloads.len();
    let kinds = ["supplier", "host", "host_site"];
    let today = stopped(&results.exposure.chokepoints, &kinds);
    let plan = results.plan.as_ref().map(|plan| stopped(&plan.chokepoints, &kinds));
    let then = plan.map_or_else(String::new, |plan| format!("; under the plan {plan}"));
    let mut sentences =
        vec![format!("{today} of {n} workloads stop within 30 days when a single supplier stops{then}.")];
    sentences.extend(behind_chips(results));
    sentences
}

/// Makers of chips and of what chips are made with, in one sentence: no choice of model or host avoids them.
fn behind_chips(results: &ResultsAnswer) -> Option<String> {
    let is_one = |node: &&NodeLossAnswer| {
        node.kind == "supplier" && node.loss_usd >= LEAST_USD && is_behind_chips(results, node)
    };
    let mut nodes: Vec<&NodeLossAnswer> = results.exposure.node_losses.iter().filter(is_one).collect();
    nodes.sort_by(|a, b| b.loss_usd.total_cmp(&a.loss_usd).then(a.id.cmp(&b.id)));
    let worst = nodes.first()?;
    let named: Vec<&str> = nodes.iter().take(4).map(|node| node.name.as_str()).collect();
    Some(format!(
        "Makers of chips stand behind everything, whatever is chosen ({}): the costliest loss, {}, would be {}.",
        named.join(", "),
        worst.name,
        money(worst.loss_usd)
    ))
}

fn table(results: &ResultsAnswer, nodes: &[&NodeLossAnswer]) -> Markup {
    let mut table = DataTable::new(
        "dependencies by loss",
        &[
            "lost for good, without notice",
            ">loss today, ¤",
            ">loss under the plan, ¤",
            ">service at once",
            ">service after 30 days",
            "first interruption",
            "restored",
        ],
    );
    for node in nodes.iter().take(30) {
        table.row([
            TableField::with(node.name.clone(), kind_words(&node.kind)),
            amount(node.loss_usd).into(),
            then(planned_loss(results, node).map(amount)).into(),
            then(node.service.at_once.map(percent)).into(),
            then(node.service.after_30_days.map(percent)).into(),
            node.time_to_survive_days.map_or_else(|| "none".to_owned(), interrupted).into(),
            restored(node).into(),
        ]);
    }
    table.markup()
}

fn interrupted(day: f64) -> String {
    if day <= 0.0 { "immediate".to_owned() } else { when(day) }
}

fn restored(node: &NodeLossAnswer) -> String {
    match (node.time_to_survive_days, node.time_to_recover_days) {
        (None, _) => "–".to_owned(),
        (_, None) => "not within the horizon".to_owned(),
        (_, Some(day)) => when(day),
    }
}
