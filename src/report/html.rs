//! The report as one HTML file, and the page for the board.
//!
//! Both are pure functions of the typed answers, so they say what the JSON says. One file a section; [`markup`] is the one
//! place that escapes, [`table`] and [`page`] the two frames, and charts are drawn in [`super::drawing::charts`].

pub mod board;
pub mod markup;
pub mod page;
mod sections;
pub mod table;
mod words;

use markup::{Markup, classed, tag};
use page::{ReportSection, contents, document, facts};

use super::answer::results::ResultsAnswer;
use super::verdict::simulated;

/// What stands on the first lines beside the results, as the user gave it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReportCover<'a> {
    /// `2026Q4`, for example.
    pub period: Option<&'a str>,
    pub prepared_by: Option<&'a str>,
    /// Who decides.
    pub owner: Option<&'a str>,
}

/// Sections before the annexes.
const BEFORE_ANNEXES: usize = 13;

/// `report.html`: the whole report.
#[must_use]
pub fn report(results: &ResultsAnswer, cover: ReportCover<'_>) -> String {
    let company = &results.company.name;
    let sections = sections::all(results, cover);
    let nav = contents(&sections);
    let (annexes, main): (Vec<ReportSection>, Vec<ReportSection>) =
        sections.into_iter().partition(|section| section.number > BEFORE_ANNEXES);
    let main: Markup = main.into_iter().map(ReportSection::markup).collect();
    let annexes: Markup = annexes.into_iter().map(ReportSection::markup).collect();
    let skip = Markup::element("a", &[("class", "skip"), ("href", "#s1")], "To the decision".into());
    let footer = format!("{company}{}", cover.period.map_or_else(String::new, |period| format!(" · {period}")));
    let body = skip
        .and(head(results, cover))
        .and(nav)
        .and(tag("main", main.and(classed("div", "annexes", annexes))))
        .and(tag("footer", foot(results)));
    document(&format!("{company}: supply of generative AI"), include_str!("html/style.css"), &footer, body)
}

fn head(results: &ResultsAnswer, cover: ReportCover<'_>) -> Markup {
    let given = |text: Option<&str>| text.map(str::to_owned);
    let simulate = &results.simulate;
    let facts = facts(&[
        ("Period", given(cover.period)),
        ("Prepared by", given(cover.prepared_by)),
        ("Owner", given(cover.owner)),
        ("Portfolio", Some(results.manifest.portfolio_file.clone())),
        ("Data as of", words::data_as_of(results)),
        ("Based on", Some(simulated(simulate.trials, simulate.horizon_days))),
        ("Money", Some("USD".to_owned())),
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
