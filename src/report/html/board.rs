//! `board.html`: one sheet of A4 for the board.

use super::markup::{Markup, classed, list, paragraph, tag};
use super::page::{document, fill_in, pair};
use super::table::{DataTable, TableField};
use super::words::{
    brief, dependencies, is_country, kind_words, limit_field, limit_name, loss_limit_note, planned_loss,
    rung_words, then,
};
use crate::measures::NORMAL_97_5;
use crate::report::answer::exposure::NodeLossAnswer;
use crate::report::answer::ladder::{RungAnswer, RungWord};
use crate::report::answer::results::ResultsAnswer;
use crate::report::drawing::charts::options::options;
use crate::report::figures::{ABSENT, counted, number, payback, percent};
use crate::report::money::{CODE, DisplayCurrency, amount};
use crate::report::since::{NOTHING_EARLIER, lines};
use crate::report::verdict::{hosts_as_everything, verdict, worse_tail};

/// Limits in sight: those breached today first.
const LIMITS: usize = 6;
/// Companies in sight among the dependencies.
const COMPANIES: usize = 2;

/// The page: decision, options, appetite, dependencies, what changed, what is not known, signature.
#[must_use]
pub fn board(results: &ResultsAnswer, currency: DisplayCurrency) -> String {
    let company = &results.company.name;
    let report = &results.report;
    let facts = [
        Some(report.period.clone()),
        report.catalog_date.as_ref().map(|day| format!("catalog of {day}")),
        Some(format!("money in {CODE}")),
        report.prepared_by.as_ref().map(|who| format!("prepared by {who}")),
    ];
    let line = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let head =
        tag("header", paragraph(line).and(tag("h1", format!("{}: supply of generative AI", brief(company)))));
    let rungs = options_shown(results);
    let chart = if rungs.is_empty() {
        Markup::default()
    } else {
        let title = "Cost and worst years of the options";
        Markup::element(
            "figure",
            &[],
            Markup::drawing(options(&rungs, currency, "options", title, &rung_words)),
        )
    };
    let main = classed("p", "ask", recommendation(results))
        .and(section("The options", "options-h", option_table(results, &rungs)))
        .and(pair(chart_section(chart), section("Risk appetite", "appetite-h", appetite(results))))
        .and(section("Dependencies that matter most", "dependencies-h", worst(results)))
        .and(pair(
            section("Since the last report", "history-h", since_last(results)),
            section("What we do not know", "doubt-h", list(unknown(results))),
        ))
        .and(fill_in(&[
            ("Decision", ""),
            ("Owner", report.owner.as_deref().unwrap_or_default()),
            ("Signature", ""),
            ("Date", ""),
        ]));
    let body = head.and(tag("main", main));
    currency.shown(&document(
        &format!("{company}: page for the board"),
        include_str!("board.css"),
        company,
        body,
    ))
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
        None => format!(
            "There is no plan: {}.",
            results.optimize_error.as_deref().unwrap_or("the planner stopped")
        ),
        Some(optimize) => verdict(optimize),
    }
}

/// Today, standbys only, hosts in use where that is not everything, the knee, what is recommended, everything.
fn options_shown(results: &ResultsAnswer) -> Vec<RungAnswer> {
    let rungs = results.optimize.as_ref().map_or(&[][..], |optimize| &optimize.ladder);
    let is_told = |rung: &&RungAnswer| match rung.rung {
        _ if rung.is_knee || rung.is_recommended => true,
        RungWord::Touched => false,
        RungWord::Hosts => hosts_as_everything(rungs).is_none(),
        _ => true,
    };
    rungs.iter().filter(is_told).cloned().collect()
}

fn option_table(results: &ResultsAnswer, rungs: &[RungAnswer]) -> Markup {
    let mut table = DataTable::new(
        "options",
        &[
            "option",
            ">cost, ¤ a month",
            ">average loss a year",
            &format!(">mean of the worst {}", percent(1.0 - results.manifest.confidence_level)),
            ">capability",
            ">cash once",
            ">payback, months",
            ">new contracts",
        ],
    );
    for rung in rungs {
        let fresh = rung.figures.out_of_sample;
        let is_asked = rung.is_recommended;
        let below = if is_asked { format!("▸\u{a0}{}", rung.mark()) } else { rung.mark().to_owned() };
        let fields = [
            TableField::with(rung_words(rung), below),
            amount(fresh.monthly_cost_usd).into(),
            amount(fresh.aal_usd).into(),
            amount(fresh.cvar_usd).into(),
            number(rung.capability.points.round()).into(),
            amount(rung.cash_usd).into(),
            payback(rung.payback_months).into(),
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
        table.row([
            limit_name(limit),
            limit_field(limit),
            plan.map_or_else(|| TableField::from(ABSENT), limit_field),
        ]);
    }
    let rest = limits.len().saturating_sub(LIMITS);
    match (table.is_empty(), rest) {
        (true, _) => paragraph("The portfolio states no limits."),
        (_, 0) => table.markup().and(loss_limit_note(&results.check.limits)),
        _ => {
            let more = paragraph(format!("{} more in the report.", counted(rest, "limit")));
            table.markup().and(more).and(loss_limit_note(&results.check.limits))
        }
    }
}

fn worst(results: &ResultsAnswer) -> Markup {
    let mut table = DataTable::new(
        "dependencies",
        &["lost for good, without notice", ">loss today, ¤", ">loss under the plan, ¤", ">service at once"],
    );
    for node in shown(&dependencies(results)) {
        table.row([
            TableField::with(brief(&node.name), kind_words(&node.kind)),
            amount(node.loss_usd).into(),
            then(planned_loss(results, node).map(amount)).into(),
            then(node.service.at_once.map(percent)).into(),
        ]);
    }
    if table.is_empty() { paragraph("No single loss would cost anything.") } else { table.markup() }
}

/// The country and the two companies whose losses would cost most, in this order.
fn shown<'a>(nodes: &[&'a NodeLossAnswer]) -> Vec<&'a NodeLossAnswer> {
    let companies = nodes.iter().filter(|node| !is_country(node)).take(COMPANIES);
    nodes.iter().filter(|node| is_country(node)).take(1).chain(companies).copied().collect()
}

/// What changed, in three lines.
fn since_last(results: &ResultsAnswer) -> Markup {
    results.compare.as_ref().map_or_else(|| paragraph(NOTHING_EARLIER), |compare| list(lines(compare)))
}

/// Sampling, doubt and estimates, as shares of the average loss: its amounts stand in the table of options, on other simulated years.
fn unknown(results: &ResultsAnswer) -> Vec<String> {
    let aal = &results.simulate.aal_usd;
    let share = |amount_usd: f64| percent((amount_usd / aal.value.max(f64::MIN_POSITIVE)).max(0.0));
    let estimated: f64 = results
        .shock_evidence
        .iter()
        .filter(|shock| shock.is_estimate)
        .map(|shock| shock.share_of_aal)
        .fold(0.0, |a, b| a + b);
    let error = aal.std_error.map(|error| {
        format!(
            "Today's average loss is known to ± {} (number of simulated years, 95 %).",
            share(NORMAL_97_5 * error)
        )
    });
    let doubt = format!(
        "At the true rates of shocks it would be {} to {} of what is shown, with 90 % probability.",
        share(aal.doubt_low),
        share(aal.doubt_high)
    );
    let rests = format!("{} of it rests on rates that are estimates.", percent(estimated.min(1.0)));
    let worse = results.optimize.as_ref().and_then(worse_tail);
    error.into_iter().chain([doubt, rests]).chain(worse).collect()
}
