//! Codes and terms in a sentence: the tables of the pages that explain them, which are inside the binary.

/// A page whose tables say in their first column what is explained.
struct ExplainedPage {
    what: &'static str,
    text: &'static str,
    /// First column of the tables that count.
    key: &'static str,
}

const PAGES: [ExplainedPage; 3] = [
    ExplainedPage {
        what: "a problem of a file",
        text: include_str!("../../docs/reference/diagnostics.md"),
        key: "code",
    },
    ExplainedPage {
        what: "a finding of `multipolar routes`",
        text: include_str!("../../docs/src/guides/gateway.md"),
        key: "code",
    },
    ExplainedPage { what: "a term", text: include_str!("../../docs/src/glossary.md"), key: "term" },
];

/// What a code or a term means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub name: String,
    /// What it is: a problem of a file, a finding, a term.
    pub what: &'static str,
    /// Of a code: `error`, `warning`, and when.
    pub severity: Option<String>,
    pub meaning: String,
    pub fix: Option<String>,
}

impl Explanation {
    /// Two or three lines for people.
    #[must_use]
    pub fn to_text(&self) -> String {
        let severity = self.severity.as_ref().map_or_else(String::new, |severity| format!("; {severity}"));
        let fix = self.fix.as_ref().map_or_else(String::new, |fix| format!("How to fix it: {fix}.\n"));
        format!("{} ({}{severity})\n{}.\n{fix}", self.name, self.what, capitalized(&self.meaning))
    }

    /// Whether this is what somebody means by `typed`: case, hyphens and underlines do not count.
    #[must_use]
    pub fn is_named(&self, typed: &str) -> bool {
        spelled(&self.name) == spelled(typed)
    }
}

/// With a capital first letter.
fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn spelled(name: &str) -> String {
    name.to_lowercase().replace(['-', '_'], " ").trim().to_owned()
}

/// Everything that can be explained, in the order of the pages.
#[must_use]
pub fn explanations() -> Vec<Explanation> {
    PAGES.iter().flat_map(of_page).collect()
}

fn of_page(page: &ExplainedPage) -> Vec<Explanation> {
    let mut all = Vec::new();
    let mut columns: Vec<String> = Vec::new();
    let mut before: Vec<String> = Vec::new();
    for line in page.text.lines() {
        let cells = cells(line);
        if cells.is_empty() {
            columns.clear();
        } else if cells.iter().all(|cell| !cell.is_empty() && cell.chars().all(|c| "-:".contains(c))) {
            columns.clone_from(&before);
        } else if columns.first().is_some_and(|first| first == page.key) {
            all.extend(of_row(page, &columns, &cells));
        }
        before = cells;
    }
    all
}

/// The cells of a row of a table; none for other lines. A bar that is escaped separates nothing.
fn cells(line: &str) -> Vec<String> {
    const ESCAPED: char = '\u{0}';
    let Some(inner) = line.strip_prefix("| ").or_else(|| line.strip_prefix('|')) else { return Vec::new() };
    let safe = inner.trim_end().trim_end_matches('|').replace("\\|", &ESCAPED.to_string());
    safe.split('|').map(|cell| cell.trim().replace(ESCAPED, "|")).collect()
}

fn of_row(page: &ExplainedPage, columns: &[String], cells: &[String]) -> Vec<Explanation> {
    let cell = |names: &[&str]| {
        let at = columns.iter().position(|column| names.contains(&column.as_str()))?;
        cells.get(at).filter(|text| !text.is_empty()).map(|text| without_links(text))
    };
    let Some(meaning) = cell(&["meaning"]) else { return Vec::new() };
    let names = cells.first().map(|first| first.replace('`', "")).unwrap_or_default();
    names
        .split(", ")
        .map(|name| Explanation {
            name: name.to_owned(),
            what: page.what,
            severity: cell(&["severity"]),
            meaning: meaning.clone(),
            fix: cell(&["how to fix"]),
        })
        .collect()
}

/// Text without marks of Markdown: `[text](address)` becomes its text, `*text*` too.
fn without_links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let linked = after.split_once("](").and_then(|(shown, tail)| Some((shown, tail.split_once(')')?.1)));
        let Some((shown, tail)) = linked else { break };
        out.push_str(before);
        out.push_str(shown);
        rest = tail;
    }
    out.push_str(rest);
    out.replace('*', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(typed: &str) -> Explanation {
        explanations().into_iter().find(|e| e.is_named(typed)).unwrap_or_else(|| panic!("{typed}"))
    }

    #[test]
    fn codes_and_terms_are_found_however_they_are_typed() {
        assert_eq!(of("Leaves_Zone").what, "a finding of `multipolar routes`");
        assert_eq!(of("shares-sum").severity.as_deref(), Some("error"));
        assert!(of("SHARES SUM").fix.is_some());
        assert!(of("oep").meaning.contains("return period") && of("AEP").meaning == of("OEP").meaning);
        assert!(of("effective number").meaning.starts_with("1/HHI"));
        assert!(explanations().len() > 150);
    }

    #[test]
    fn marks_of_markdown_are_gone() {
        assert_eq!(without_links("a [link](x.md#y) and *more* [left"), "a link and more [left");
        assert_eq!(cells("| `a` | b \\| c |"), ["`a`", "b | c"]);
        assert!(cells("text").is_empty());
        for explanation in explanations() {
            assert!(!explanation.meaning.contains("]("), "{explanation:?}");
        }
    }
}
