//! 1: what is asked of the board, and the options.

use super::super::markup::{Markup, list};
use super::super::page::{PageSection, fill_in, pair, picture, sub_heading};
use super::super::table::{DataTable, TableField};
use super::super::typed::typed;
use super::super::words::{rung_words, worst_years};
use crate::report::answer::ladder::{RungAnswer, RungWord};
use crate::report::answer::optimize::OptimizeAnswer;
use crate::report::answer::results::ResultsAnswer;
use crate::report::figures::{ABSENT, count, counted, number, payback, percent};
use crate::report::money::{DisplayCurrency, amount, amount_change};
use crate::report::pictures::{frontier, options};
use crate::report::sections::decision::frontier as frontier_table;
use crate::report::verdict::{current_breaks, reasons, verdict, worse_tail};

pub(super) fn section(results: &ResultsAnswer, currency: DisplayCurrency) -> PageSection {
    let sign = fill_in(&[
        ("Decision", ""),
        ("Owner", results.report.owner.as_deref().unwrap_or_default()),
        ("Date", ""),
    ]);
    let (answer, body) = match &results.optimize {
        None => (
            format!(
                "There is no plan: {}.",
                results.optimize_error.as_deref().unwrap_or("the planner stopped")
            ),
            sign,
        ),
        Some(optimize) => (verdict(optimize), decide(results, optimize, currency, sign)),
    };
    PageSection { number: 1, title: "Decision", answer, body }
}

fn decide(
    results: &ResultsAnswer,
    optimize: &OptimizeAnswer,
    currency: DisplayCurrency,
    sign: Markup,
) -> Markup {
    let rungs = &optimize.ladder;
    let mut sentences: Vec<String> = current_breaks(optimize).into_iter().collect();
    sentences.extend(worse_tail(optimize));
    sentences.extend(reasons(rungs, rung_words));
    if optimize.recommended().is_some() {
        sentences.push(
            "The board is asked to approve the marked option. From here on it is called the plan, and sections 3 to 11 compare today with it."
                .to_owned(),
        );
    } else if optimize.plan.is_none() {
        return list(sentences).and(conflicts(optimize)).and(sign);
    }
    let Some(options) = options(results, currency).map(picture) else {
        return list(sentences).and(sign);
    };
    let decision = list(sentences).and(option_table(results, rungs).markup());
    match frontier(results, currency) {
        None => decision.and(pair(options, sign)),
        Some(chart) => {
            decision.and(pair(options, picture(chart))).and(typed(&frontier_table(results))).and(sign)
        }
    }
}

/// Every option with what it costs and brings.
fn option_table(results: &ResultsAnswer, rungs: &[RungAnswer]) -> DataTable {
    let worst = format!(">{}, ¤", worst_years(results));
    let mut table = DataTable::new(
        "options",
        &[
            "option",
            ">cost, ¤ a month",
            ">average annual loss, ¤",
            &worst,
            ">capability, points",
            ">cash once, ¤",
            ">payback, months",
            "new hosts",
            ">limits broken",
        ],
    );
    let Some(today) = rungs.first() else { return table };
    for rung in rungs {
        let (fresh, before) = (rung.figures.out_of_sample, today.figures.out_of_sample);
        let change = |value: f64, before: f64| match rung.rung {
            RungWord::Today => String::new(),
            _ => amount_change(value - before),
        };
        let less = |value: f64, before: f64| match rung.rung {
            _ if before <= 0.0 || rung.rung == RungWord::Today => String::new(),
            _ => format!("{} of today", percent(value / before)),
        };
        let is_asked = rung.is_recommended;
        let mark = match rung.mark() {
            "" if matches!(rung.rung, RungWord::Standbys | RungWord::Hosts) => {
                format!("in {}", counted(rung.workloads.len(), "workload"))
            }
            mark if is_asked => format!("▸\u{a0}{mark}"),
            mark => mark.to_owned(),
        };
        let fields = [
            TableField::with(rung_words(rung), mark),
            TableField::with(
                amount(fresh.monthly_cost_usd),
                change(fresh.monthly_cost_usd, before.monthly_cost_usd),
            ),
            TableField::with(amount(fresh.aal_usd), less(fresh.aal_usd, before.aal_usd)),
            TableField::with(amount(fresh.cvar_usd), less(fresh.cvar_usd, before.cvar_usd)),
            TableField::with(
                number(rung.capability.points.round()),
                format!("± {}", number(rung.capability.std_error.round())),
            ),
            amount(rung.cash_usd).into(),
            payback(rung.payback_months).into(),
            if rung.new_hosts.is_empty() { ABSENT.to_owned() } else { rung.new_hosts.join(", ") }.into(),
            count(rung.limits_broken.len() as u64).into(),
        ];
        if is_asked { table.marked_row(fields) } else { table.row(fields) }
    }
    table
}

/// Demands that cannot hold together.
fn conflicts(optimize: &OptimizeAnswer) -> Markup {
    let mut table = DataTable::new("demands in conflict", &["demand", "alone enough"]);
    for member in &optimize.conflict {
        table.row([member.what.clone().into(), if member.is_enough { "yes" } else { "no" }.into()]);
    }
    if table.is_empty() {
        return Markup::default();
    }
    sub_heading(
        "These demands cannot hold together",
        "Relaxing one of them that is enough alone makes a plan possible.",
    )
    .and(table.markup())
}
