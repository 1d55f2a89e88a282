//! `check --if-signed` as a decision record in Markdown: the ex-ante assessment of a contract (Regulation (EU) 2022/2554,
//! article 29).

use crate::model::limit::Dimension;
use crate::report::answer::check::LimitAnswer;
use crate::report::answer::concentration::ConcentrationAnswer;
use crate::report::answer::exposure::ChokepointAnswer;
use crate::report::answer::if_signed::{IfSignedAnswer, SignedStateAnswer};
use crate::report::figures::{ABSENT, count, counted, number, percent};
use crate::report::grid::code_span as code;
use crate::report::money::{CODE, amount, amount_change};

/// Dimensions in which concentration is told.
const DIMENSIONS: [(Dimension, &str); 5] = [
    (Dimension::Origin, "country of the developer"),
    (Dimension::Developer, "developer"),
    (Dimension::Host, "host"),
    (Dimension::HostOrigin, "country of the host"),
    (Dimension::Region, "place of processing"),
];

/// The record.
#[must_use]
pub fn decision_record(answer: &IfSignedAnswer) -> String {
    let mut out = format!("# If {} were signed: {}\n\n", code(&answer.offer), code(&answer.portfolio));
    out.push_str(&format!("{}\n\n", sentence(answer)));
    out.push_str("## What it would serve\n\n");
    if answer.serves.is_empty() {
        out.push_str("Nothing: no workload may use it, or each gives it as much already.\n\n");
    }
    for (workload, users) in &answer.serves {
        out.push_str(&format!("- {}: users in {}\n", code(workload), users.join(", ")));
    }
    out.push_str("\n## Cost and risk\n\n| figure | before | after | change |\n|---|---:|---:|---:|\n");
    let mut row = |name: &str, figure: fn(&SignedStateAnswer) -> f64| {
        let (before, after) = (figure(&answer.before), figure(&answer.after));
        out.push_str(&format!(
            "| {name} | {} | {} | {} |\n",
            amount(before),
            amount(after),
            amount_change(after - before)
        ));
    };
    row(&format!("planned cost a month, {CODE}"), |s| s.monthly_cost_usd);
    row(&format!("average annual loss, {CODE}"), |s| s.aal_usd.value);
    row(&format!("mean loss of the worst 5 % of years, {CODE}"), |s| s.cvar_usd.value);
    row(&format!("missing to commitments, once, {CODE}"), |s| s.shortfall_usd);
    row(&format!("cost of the change, once, {CODE}"), |s| s.change_usd);
    out.push_str(&format!(
        "\nMeasured on the same {} simulated horizons, seed {}.\n",
        count(answer.trials),
        answer.seed
    ));
    out.push_str("\n## Concentration by value\n\n| by | largest before | largest after | effective number before | after |\n|---|---|---|---:|---:|\n");
    for (dimension, words) in DIMENSIONS {
        let largest = |of: &ConcentrationAnswer| {
            let found = of.largest(dimension).map(|(key, share)| format!("{} {}", code(key), percent(share)));
            found.unwrap_or_else(|| ABSENT.to_owned())
        };
        let effective = |of: &ConcentrationAnswer| {
            let found = of.effective_number.get(dimension.as_str()).and_then(|n| n.value);
            found.map_or_else(|| ABSENT.to_owned(), number)
        };
        let (before, after) = (&answer.before.concentration, &answer.after.concentration);
        out.push_str(&format!(
            "| {words} | {} | {} | {} | {} |\n",
            largest(before),
            largest(after),
            effective(before),
            effective(after)
        ));
    }
    out.push_str("\n## Single points of failure\n\n");
    out.push_str(&points("It takes away", &answer.chokepoints_gone));
    out.push_str(&points("It brings", &answer.chokepoints_new));
    out.push_str("\n## Limits\n\n| limit | before | after |\n|---|---|---|\n");
    for (before, after) in answer.before.limits.iter().zip(&answer.after.limits) {
        out.push_str(&format!("| {} | {} | {} |\n", code(&before.limit), kept(before), kept(after)));
    }
    out.push_str("\n## Decision\n\nDecided: \n\nBy, on: \n\nReason: \n");
    out
}

/// The answer in one sentence.
#[must_use]
pub fn sentence(answer: &IfSignedAnswer) -> String {
    let loss = answer.after.aal_usd.value - answer.before.aal_usd.value;
    let cost = answer.after.monthly_cost_usd - answer.before.monthly_cost_usd;
    format!(
        "It would serve {}. A month would cost {CODE} {}, and the average annual loss would change by {CODE} {}. Single \
         points of failure: {} would go and {} would come. Limits newly broken: {}.",
        counted(answer.serves.len(), "workload"),
        amount_change(cost),
        amount_change(loss),
        answer.chokepoints_gone.len(),
        answer.chokepoints_new.len(),
        answer.limits_newly_broken.len()
    )
}

fn points(words: &str, list: &[ChokepointAnswer]) -> String {
    if list.is_empty() {
        return format!("{words} none.\n");
    }
    let lines: Vec<String> =
        list.iter().map(|c| format!("- {} {} of {}\n", c.kind, code(&c.id), code(&c.workload))).collect();
    format!("{words}:\n\n{}\n", lines.concat())
}

fn kept(limit: &LimitAnswer) -> &'static str {
    match limit.kept {
        Some(true) => "kept",
        Some(false) => "broken",
        None => "not measured",
    }
}
