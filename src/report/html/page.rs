//! The frame of a page: head, style, landmarks. One file, nothing loaded, no script.

use sha2::{Digest, Sha256};

use super::markup::{Markup, classed, paragraph, style_string, tag};
use crate::report::drawing::palette::{DARK, LIGHT, PRINT, TYPE};
use crate::report::pictures::ReportPicture;

/// What a page may load and run: nothing, but for its own style, named by its hash.
fn policy(style: &str) -> String {
    let hash = base64(&Sha256::digest(style.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for n in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * n) & 63) as usize];
            out.push(if n > group.len() { '=' } else { char::from(letter) });
        }
    }
    out
}

/// A page around its body. `style`: its own style sheet; `footer`: printed at the foot of every sheet.
#[must_use]
pub fn document(title: &str, style: &str, footer: &str, body: Markup) -> String {
    let style = sheet(style, footer);
    let meta = |attributes: &[(&str, &str)]| Markup::element("meta", attributes, Markup::default());
    let head = meta(&[("charset", "utf-8")])
        .and(meta(&[("http-equiv", "Content-Security-Policy"), ("content", &policy(&style))]))
        .and(meta(&[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]))
        .and(meta(&[("name", "color-scheme"), ("content", "light dark")]))
        .and(tag("title", title))
        .and(Markup::drawing(format!("<style>{style}</style>")));
    let page = Markup::element("html", &[("lang", "en")], tag("head", head).and(tag("body", body)));
    format!("<!DOCTYPE html>\n{}\n", page.into_string())
}

/// The style: variables first, then the page's own rules, then what is at the foot of printed sheets.
fn sheet(style: &str, footer: &str) -> String {
    let style = style.replace('\n', "");
    format!(
        ":root{{color-scheme:light dark;{LIGHT};{TYPE}}}@media (prefers-color-scheme:dark){{:root{{{DARK}}}}}\
         @media print{{:root{{color-scheme:light;{LIGHT};{PRINT}}}}}{style}\
         @page{{@bottom-left{{content:{};font:7.5pt system-ui,sans-serif}}@bottom-right{{content:counter(page) \" of \" counter(pages);\
         font:7.5pt system-ui,sans-serif}}}}",
        style_string(footer)
    )
}

/// A numbered section of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSection {
    pub number: usize,
    pub title: &'static str,
    /// What it says, in one sentence or two.
    pub answer: String,
    pub body: Markup,
}

impl PageSection {
    fn id(&self) -> String {
        format!("s{}", self.number)
    }

    /// The section with its heading, which names it.
    #[must_use]
    pub fn markup(self) -> Markup {
        let (id, heading) = (self.id(), format!("s{}-h", self.number));
        let number = classed("span", "number", self.number.to_string());
        let title = Markup::element("h2", &[("id", &heading)], number.and(self.title.into()));
        let answer =
            if self.answer.is_empty() { Markup::default() } else { classed("p", "answer", self.answer) };
        let link = Markup::element("a", &[("href", "#top")], "Back to contents".into());
        let content = title.and(answer).and(self.body).and(classed("p", "back", link));
        Markup::element("section", &[("id", &id), ("aria-labelledby", &heading)], content)
    }
}

/// The contents of the page.
#[must_use]
pub fn contents(sections: &[PageSection]) -> Markup {
    let entry = |section: &PageSection| {
        let number = classed("span", "number", section.number.to_string());
        let link = Markup::element(
            "a",
            &[("href", &format!("#{}", section.id()))],
            number.and(section.title.into()),
        );
        tag("li", link)
    };
    let entries: Markup = sections.iter().map(entry).collect();
    Markup::element("nav", &[("aria-label", "Contents"), ("id", "top")], tag("ol", entries))
}

/// Terms with what they are; those without a value are left out.
#[must_use]
pub fn facts(pairs: &[(&str, Option<String>)]) -> Markup {
    let pair = |(term, value): &(&str, Option<String>)| {
        let value = value.clone()?;
        Some(tag("div", tag("dt", *term).and(tag("dd", value))))
    };
    tag("dl", pairs.iter().filter_map(pair).collect::<Markup>())
}

/// Lines to be filled in by hand, or filled already.
#[must_use]
pub fn fill_in(lines: &[(&str, &str)]) -> Markup {
    let line = |(term, value): &(&str, &str)| tag("div", tag("dt", *term).and(tag("dd", *value)));
    classed("dl", "fill", lines.iter().map(line).collect::<Markup>())
}

/// A chart under its finding; `drawn`: what is drawn, in which unit, from where.
#[must_use]
pub fn figure(finding: &str, drawn: &str, svg: String) -> Markup {
    figure_of("", finding, drawn, Markup::drawing(svg))
}

/// A chart that other faces have too.
#[must_use]
pub fn picture(chart: ReportPicture) -> Markup {
    figure(&chart.finding, chart.drawn, chart.svg)
}

/// A chart over the whole width, which can be moved sideways on a narrow screen.
#[must_use]
pub fn wide_figure(finding: &str, drawn: &str, svg: String) -> Markup {
    let frame = [("class", "flow"), ("role", "region"), ("aria-label", finding), ("tabindex", "0")];
    figure_of("wide", finding, drawn, Markup::element("div", &frame, Markup::drawing(svg)))
}

fn figure_of(class: &str, finding: &str, drawn: &str, chart: Markup) -> Markup {
    let caption = tag("figcaption", Markup::text(finding).and(classed("span", "note", drawn)));
    let content = caption.and(chart);
    if class.is_empty() { tag("figure", content) } else { classed("figure", class, content) }
}

/// Two parts side by side where there is room.
#[must_use]
pub fn pair(left: Markup, right: Markup) -> Markup {
    classed("div", "pair", left.and(right))
}

/// A heading inside a section, with the sentence that answers it.
#[must_use]
pub fn sub_heading(title: &str, answer: &str) -> Markup {
    let heading = tag("h3", title);
    if answer.is_empty() { heading } else { heading.and(paragraph(answer)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples of RFC 4648, section 10.
    #[test]
    fn base64_is_padded() {
        let examples = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (bytes, text) in examples {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn a_page_allows_its_own_style_only() {
        let page = document("t", "p{margin:0}", "a\"</style>", Markup::default());
        let style = page.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).unwrap().0;
        assert!(page.contains(&format!("style-src 'sha256-{}'", base64(&Sha256::digest(style)))), "{page}");
        assert_eq!(page.matches("</style>").count(), 1);
    }
}
