//! `board.html`: one sheet of A4 for the board.

use super::ReportCover;
use super::markup::{Markup, list, paragraph, tag};
use super::page::{document, figure, fill_in};
use super::table::{DataTable, Field};
use super::words::{data_as_of, dependencies, kind_words, limit_field, limit_name, planned_loss, rung_words, then};
use crate::report::answer::ladder::{RungAnswer, RungWord};
use crate::report::answer::results::ResultsAnswer;
use crate::report::drawing::charts::options::options;
use crate::report::figures::{ABSENT, counted, number, percent, usd, usd_interval};
use crate::report::tables::simulate::doubt;
use crate::report::verdict::verdict;

/// Limits in sight: those breached today first.
const LIMITS: usize = 6;
/// Dependencies in sight.
const DEPENDENCIES: usize = 3;

/// The page: decision, options, appetite, dependencies, what changed, what is not known, signature.
#[must_use]
pub fn board(results: &ResultsAnswer, cover: ReportCover<'_>) -> String {
    let company = &results.company.name;
    let facts = [
        cover.period.map(str::to_owned),
        data_as_of(results).map(|day| format!("data as of {day}")),
        Some("money in USD".to_owned()),
        cover.prepared_by.map(|who| format!("prepared by {who}")),
    ];
    let line = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let head = tag("header", paragraph(line).and(tag("h1", format!("{company}: supply of generative AI"))));
    let rungs = options_shown(results);
    let chart = if rungs.is_empty() {
        Markup::default()
    } else {
        let finding = "Cost against the worst years";
        figure(finding, "", options(&rungs, "options", finding, &rung_words))
    };
    let main = super::markup::classed("p", "ask", recommendation(results))
        .and(section("The options", "options-h", option_table(results, &rungs)))
        .and(pair(chart_section(chart), section("Risk appetite", "appetite-h", appetite(results))))
        .and(section("Dependencies that matter most", "dependencies-h", worst(results)))
        .and(pair(
            section("Since the last report", "history-h", paragraph("There is no earlier period to compare with.")),
            section("What we do not know", "doubt-h", list(unknown(results))),
        ))
        .and(fill_in(&[("Decision", ""), ("Owner", cover.owner.unwrap_or_default()), ("Signature", ""), ("Date", "")]));
    let body = head.and(tag("main", main));
    document(&format!("{company}: page for the board"), include_str!("board.css"), company, body)
}

fn pair(left: Markup, right: Markup) -> Markup {
    Markup::element("div", &[("class", "pair")], left.and(right))
}

fn section(title: &str, id: &str, content: Markup) -> Markup {
    let heading = Markup::element("h2", &[("id", id)], title.into());
    Markup::element("section", &[("aria-labelledby", id)], heading.and(content))
}

fn chart_section(chart: Markup) -> Markup {
    if chart.is_empty() { chart } else { section("Cost against risk", "chart-h", chart) }
}

fn recommendation(results: &ResultsAnswer) -> String {
    match &results.optimize {
        None => format!("There is no plan: {}.", results.optimize_error.as_deref().unwrap_or("the planner stopped")),
        Some(optimize) => verdict(optimize),
    }
}

/// Today, standbys only, hosts in use, the knee, everything.
fn options_shown(results: &ResultsAnswer) -> Vec<RungAnswer> {
    let rungs = results.optimize.as_ref().map_or(&[][..], |optimize| &optimize.ladder);
    rungs.iter().filter(|rung| rung.rung != RungWord::Touched || rung.is_knee).cloned().collect()
}

fn option_table(results: &ResultsAnswer, rungs: &[RungAnswer]) -> Markup {
    let mut table = DataTable::new(
        "options",
        &["", ">cost, USD a month", ">average loss a year", ">worst years", ">capability", ">cash once", ">payback, months", ">new contracts"],
    );
    let is_change = results.optimize.as_ref().is_some_and(|optimize| optimize.recommended().is_some());
    for rung in rungs {
        let fresh = rung.figures.out_of_sample;
        let is_asked = is_change && rung.rung == RungWord::All;
        let below = match (is_asked, rung.is_knee) {
            (true, _) => "▸ recommended",
            (false, true) => "takes most of the risk away",
            (false, false) => "",
        };
        let fields = [
            Field::with(rung_words(rung), below),
            usd(fresh.monthly_cost_usd).into(),
            usd(fresh.aal_usd).into(),
            usd(fresh.cvar_usd).into(),
            number(rung.capability.points.round()).into(),
            usd(rung.cash_usd).into(),
            rung.payback_months.map_or_else(|| ABSENT.to_owned(), number).into(),
            rung.new_hosts.len().to_string().into(),
        ];
        if is_asked { table.marked_row(fields) } else { table.row(fields) }
    }
    table.markup()
}

fn appetite(results: &ResultsAnswer) -> Markup {
    let mut limits: Vec<_> = results.check.limits.iter().enumerate().collect();
    limits.sort_by_key(|(at, limit)| (!limit.breached, *at));
    let mut table = DataTable::new("limits", &["limit", "today", "plan"]);
    for (at, limit) in limits.iter().take(LIMITS) {
        let plan = results.plan.as_ref().and_then(|plan| plan.limits.get(*at));
        table.row([limit_name(limit), limit_field(limit), plan.map_or_else(|| Field::from(ABSENT), limit_field)]);
    }
    let rest = limits.len().saturating_sub(LIMITS);
    match (table.is_empty(), rest) {
        (true, _) => paragraph("The portfolio states no limits."),
        (_, 0) => table.markup(),
        _ => table.markup().and(paragraph(format!("{} more in the report.", counted(rest, "limit")))),
    }
}

fn worst(results: &ResultsAnswer) -> Markup {
    let mut table = DataTable::new("dependencies", &["lost for good, without notice", ">loss today, USD", ">loss under the plan, USD", ">service at once"]);
    let nodes = dependencies(results);
    for node in nodes.iter().take(DEPENDENCIES) {
        table.row([
            Field::with(node.name.clone(), kind_words(&node.kind)),
            usd(node.loss_usd).into(),
            then(planned_loss(results, node).map(usd)).into(),
            then(node.service.at_once.map(percent)).into(),
        ]);
    }
    if table.is_empty() { paragraph("No single loss would cost anything.") } else { table.markup() }
}

fn unknown(results: &ResultsAnswer) -> Vec<String> {
    let aal = &results.simulate.aal_usd;
    let estimated: f64 =
        results.shock_evidence.iter().filter(|shock| shock.is_estimate).map(|shock| shock.share_of_aal).fold(0.0, |a, b| a + b);
    vec![
        format!("Average annual loss today USD {} {}: sampling error only.", usd(aal.value), usd_interval(&aal.interval())),
        doubt(&results.simulate),
        format!("{} of it rests on rates that are estimates.", percent(estimated.min(1.0))),
    ]
}
