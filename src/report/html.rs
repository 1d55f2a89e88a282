//! The report as one HTML file, and the page for the board.
//!
//! Both are pure functions of the typed answers, so they say what the JSON says. One file a section; [`markup`] is the one
//! place that escapes, [`table`] and [`page`] the two frames, and charts are drawn in [`super::drawing::charts`].

pub mod board;
pub mod markup;
pub mod page;
mod sections;
pub mod table;
mod typed;
pub(in crate::report) mod words;

use markup::{Markup, classed, tag};
use page::{PageSection, contents, document, facts};

use super::answer::results::ResultsAnswer;
use super::faces::FaceSettings;
use super::money::{CODE, DisplayCurrency};
use super::verdict::simulated;

/// The face `report.html`.
///
/// # Errors
/// Never; other faces can fail.
pub fn report_face(results: &ResultsAnswer, settings: &FaceSettings) -> Result<Vec<u8>, String> {
    Ok(report(results, settings.currency).into_bytes())
}

/// The face `board.html`.
///
/// # Errors
/// Never; other faces can fail.
pub fn board_face(results: &ResultsAnswer, settings: &FaceSettings) -> Result<Vec<u8>, String> {
    Ok(board::board(results, settings.currency).into_bytes())
}

/// Sections before the annexes.
const BEFORE_ANNEXES: usize = 13;

/// `report.html`: the whole report.
#[must_use]
pub fn report(results: &ResultsAnswer, currency: DisplayCurrency) -> String {
    let company = &results.company.name;
    let sections = sections::all(results, currency);
    let nav = contents(&sections);
    let (annexes, main): (Vec<PageSection>, Vec<PageSection>) =
        sections.into_iter().partition(|section| section.number > BEFORE_ANNEXES);
    let main: Markup = main.into_iter().map(PageSection::markup).collect();
    let annexes: Markup = annexes.into_iter().map(PageSection::markup).collect();
    let skip = Markup::element("a", &[("class", "skip"), ("href", "#s1")], "To the decision".into());
    let footer = format!("{company} · {}", results.report.period);
    let body = skip
        .and(head(results))
        .and(nav)
        .and(tag("main", main.and(classed("div", "annexes", annexes))))
        .and(tag("footer", foot(results)));
    let page = document(
        &format!("{company}: supply of generative AI"),
        include_str!("html/style.css"),
        &footer,
        body,
    );
    currency.shown(&page)
}

fn head(results: &ResultsAnswer) -> Markup {
    let report = &results.report;
    let simulate = &results.simulate;
    let facts = facts(&[
        ("Period", Some(report.period.clone())),
        ("Prepared by", report.prepared_by.clone()),
        ("Owner", report.owner.clone()),
        ("Portfolio", Some(results.manifest.portfolio_file.clone())),
        ("Catalog of", report.catalog_date.clone()),
        ("Based on", Some(simulated(simulate.trials, simulate.horizon_days))),
        ("Money", Some(CODE.to_owned())),
    ]);
    tag("header", tag("h1", format!("{}: supply of generative AI", results.company.name)).and(facts))
}

fn foot(results: &ResultsAnswer) -> String {
    let manifest = &results.manifest;
    format!(
        "multipolar {}; seed {}, {} trials. The exact figures, with every key explained, are in the JSON beside this page.",
        manifest.multipolar, manifest.seed, manifest.trials
    )
}
