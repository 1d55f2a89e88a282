//! The one place that escapes text for HTML.
//!
//! A [`Markup`] is finished HTML. It is made from text, which is escaped, from elements around other markup, and from
//! drawings; so nothing that a user's file says can become a tag. A template engine would check the same at build time, but
//! nearly all of a report are tables whose rows are computed, and functions say those shorter.

use std::fmt::Write;

use crate::input::diagnostic::is_unprintable;

/// Elements without an end tag that are used here.
const VOID: [&str; 2] = ["br", "meta"];

/// HTML in which all text is escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markup(String);

impl Markup {
    /// Text that is shown as it is. What would not be shown, or would reorder the line, is left out.
    #[must_use]
    pub fn text(text: &str) -> Self {
        let mut out = String::with_capacity(text.len());
        push_escaped(&mut out, text);
        Self(out)
    }

    /// A drawing of this crate, which has escaped its own text.
    pub(super) fn drawing(svg: String) -> Self {
        Self(svg)
    }

    /// An element with attributes around its content.
    #[must_use]
    pub fn element(name: &'static str, attributes: &[(&str, &str)], content: Self) -> Self {
        let mut out = String::with_capacity(content.0.len() + 32);
        out.push('<');
        out.push_str(name);
        for (key, value) in attributes {
            out.push(' ');
            out.push_str(key);
            if !value.is_empty() {
                out.push_str("=\"");
                push_escaped(&mut out, value);
                out.push('"');
            }
        }
        out.push('>');
        if !VOID.contains(&name) {
            out.push_str(&content.0);
            let _ = write!(out, "</{name}>");
        }
        Self(out)
    }

    /// Characters of the longest piece of its text within which a line cannot end.
    #[must_use]
    pub fn longest_piece(&self) -> usize {
        let (mut longest, mut n, mut is_tag) = (0, 0, false);
        for c in self.0.chars() {
            match c {
                '<' => (is_tag, n) = (true, 0),
                '>' if is_tag => is_tag = false,
                _ if is_tag => {}
                ' ' | '-' | '\n' => n = 0,
                _ => n += 1,
            }
            longest = longest.max(n);
        }
        longest
    }

    /// Whether its text is a day such as `2026-11-29`, or a month.
    #[must_use]
    pub fn is_day(&self) -> bool {
        let is_part = |(at, c): (usize, char)| if at == 4 || at == 7 { c == '-' } else { c.is_ascii_digit() };
        matches!(self.0.len(), 7 | 10) && self.0.chars().enumerate().all(is_part)
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The HTML.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// One after the other.
    #[must_use]
    pub fn and(mut self, next: Self) -> Self {
        self.0.push_str(&next.0);
        self
    }
}

impl FromIterator<Markup> for Markup {
    fn from_iter<T: IntoIterator<Item = Markup>>(parts: T) -> Self {
        parts.into_iter().fold(Self::default(), Self::and)
    }
}

impl From<&str> for Markup {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Markup {
    fn from(text: String) -> Self {
        Self::text(&text)
    }
}

/// An element without attributes.
#[must_use]
pub fn tag(name: &'static str, content: impl Into<Markup>) -> Markup {
    Markup::element(name, &[], content.into())
}

/// An element with a class.
#[must_use]
pub fn classed(name: &'static str, class: &str, content: impl Into<Markup>) -> Markup {
    Markup::element(name, &[("class", class)], content.into())
}

/// A paragraph.
#[must_use]
pub fn paragraph(content: impl Into<Markup>) -> Markup {
    tag("p", content)
}

/// A paragraph in small, muted type.
#[must_use]
pub fn note(content: impl Into<Markup>) -> Markup {
    classed("p", "note", content)
}

/// A list with one entry for each sentence; nothing without sentences.
#[must_use]
pub fn list(sentences: impl IntoIterator<Item = String>) -> Markup {
    let entries: Markup = sentences.into_iter().map(|sentence| tag("li", sentence)).collect();
    if entries.is_empty() { entries } else { tag("ul", entries) }
}

/// A text inside a string of a style sheet that stands in a `style` element.
#[must_use]
pub fn style_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars().filter(|c| !is_unprintable(*c)) {
        if c.is_alphanumeric() || c == ' ' {
            out.push(c);
        } else {
            let _ = write!(out, "\\{:x} ", c as u32);
        }
    }
    out.push('"');
    out
}

fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            _ if is_unprintable(c) => {}
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_cannot_become_tags() {
        let hostile = "<script>\"&\u{202e}</script>";
        let built = Markup::element("p", &[("title", hostile), ("hidden", "")], hostile.into());
        assert_eq!(
            built.into_string(),
            "<p title=\"&lt;script&gt;&quot;&amp;&lt;/script&gt;\" hidden>&lt;script&gt;&quot;&amp;&lt;/script&gt;</p>"
        );
    }

    #[test]
    fn a_string_of_a_style_sheet_cannot_end_itself() {
        assert_eq!(style_string("A\"</style>é"), "\"A\\22 \\3c \\2f style\\3e é\"");
    }

    #[test]
    fn lists_hold_sentences_or_nothing() {
        assert_eq!(list(["a".to_owned()]).into_string(), "<ul><li>a</li></ul>");
        assert!(list([]).is_empty());
    }
}
