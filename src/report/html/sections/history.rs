//! 2: what changed since the last report, and why.

use super::super::markup::{Markup, note, paragraph, tag};
use super::super::page::{PageSection, figure, pair, sub_heading};
use super::super::table::{DataTable, TableField};
use crate::report::answer::compare::{
    AttributedAnswer, ChangedFigureAnswer, CompareAnswer, InputChangeAnswer,
};
use crate::report::drawing::charts::waterfall::{WaterfallPart, waterfall};
use crate::report::figures::number;
use crate::report::money::{CODE, DisplayCurrency, amount, amount_change};
use crate::report::since::{NOTHING_EARLIER, altered, counts_as, part_words, sentence, unused};

/// Parts smaller than this share of the largest are not drawn.
const SMALLEST_PART: f64 = 1e-6;

pub(super) fn section(compare: Option<&CompareAnswer>, currency: DisplayCurrency) -> PageSection {
    let (answer, body) = match compare {
        None => (NOTHING_EARLIER.to_owned(), Markup::default()),
        Some(compare) => (sentence(compare), body(compare, currency)),
    };
    PageSection { number: 2, title: "Changes since the last report", answer, body }
}

fn body(compare: &CompareAnswer, currency: DisplayCurrency) -> Markup {
    let drawn = match (&compare.attribution, &compare.unattributed) {
        (Some(found), _) => chart(compare, &found.aal_usd, currency),
        (None, Some(why)) => note(why.clone()),
        (None, None) => Markup::default(),
    };
    let warning = altered(compare).map_or_else(Markup::default, paragraph);
    warning.and(pair(figures(compare), drawn)).and(inputs(compare))
}

/// Figures of today's allocation then and now.
fn figures(compare: &CompareAnswer) -> Markup {
    let mut table =
        DataTable::new("figures then and now", &["today's allocation", ">then", ">now", ">change"]);
    let of = &compare.figures;
    let mut row = |name: String, changed: &ChangedFigureAnswer| {
        let interval = match (changed.low, changed.high) {
            (Some(low), Some(high)) => format!("{} to {}", amount_change(low), amount_change(high)),
            _ => String::new(),
        };
        table.row([
            name.into(),
            amount(changed.from).into(),
            amount(changed.to).into(),
            TableField::with(amount_change(changed.change), interval),
        ]);
    };
    row(format!("Planned cost, {CODE} a month"), &of.monthly_cost_usd);
    row(format!("Average annual loss, {CODE}"), &of.aal_usd);
    row(format!("Worst 5 % of years, {CODE}"), &of.cvar_usd);
    if let Some(points) = &of.capability_points {
        let change = format!("{}{}", if points.change > 0.0 { "+" } else { "" }, number(points.change));
        table.row([
            "Capability, points".into(),
            number(points.from).into(),
            number(points.to).into(),
            change.into(),
        ]);
    }
    tag("div", sub_heading("Then and now", "").and(table.markup()))
}

fn chart(compare: &CompareAnswer, attributed: &AttributedAnswer, currency: DisplayCurrency) -> Markup {
    let parts = attributed.parts.list();
    let most = parts.iter().map(|(_, change)| change.abs()).fold(0.0, f64::max);
    let steps: Vec<WaterfallPart> = parts
        .iter()
        .filter(|(_, change)| change.abs() > most * SMALLEST_PART)
        .map(|(name, change_usd)| WaterfallPart {
            name: part_words(name).to_owned(),
            change_usd: *change_usd,
        })
        .collect();
    if steps.is_empty() {
        return Markup::default();
    }
    let finding = format!(
        "Average annual loss: {CODE} {} since {}",
        amount_change(attributed.to - attributed.from),
        compare.from
    );
    let drawn = "What each group of changes adds, on the same simulated years. Source: comparison of the two periods.";
    let drawing =
        waterfall((&compare.from, attributed.from), &steps, &compare.to, currency, "waterfall", &finding);
    figure(&finding, drawn, drawing)
}

/// What differs, in sentences: what is in use and moves a figure first.
fn inputs(compare: &CompareAnswer) -> Markup {
    let Some(inputs) = &compare.inputs else { return Markup::default() };
    let mut table = DataTable::new("inputs that changed", &["what differs", "counts as"]);
    let mut all: Vec<&InputChangeAnswer> = inputs.iter().filter(|input| input.is_used).collect();
    all.sort_by_key(|input| input.group.is_none());
    for input in all {
        table.row([input.sentence.clone().into(), counts_as(input.group.as_deref()).into()]);
    }
    let says = unused(compare).unwrap_or_default();
    match (table.is_empty(), says.is_empty()) {
        (true, true) => sub_heading("What differs", "Nothing that is in use."),
        _ => sub_heading("What differs", &says).and(table.markup()),
    }
}
