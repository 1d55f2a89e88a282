//! Diagnostics as text in the style of compilers: problem, place, source line, how to fix it.

use super::{Diagnostic, Severity, printable};

/// Number of problems shown in full; the rest is only counted.
const SHOWN: usize = 100;
/// Largest number of characters shown of a source line.
const LINE_CHARS: usize = 120;
/// Characters of context kept left of the underlined place in a long line.
const CONTEXT_CHARS: usize = 40;

/// One diagnostic as text, ending in a newline.
#[must_use]
pub fn render(diagnostic: &Diagnostic) -> String {
    let path =
        if diagnostic.path.is_empty() { String::new() } else { format!("{}: ", printable(&diagnostic.path)) };
    let mut out = format!(
        "{}[{}]: {path}{}\n",
        diagnostic.severity.as_str(),
        diagnostic.code,
        printable(&diagnostic.message)
    );
    let file = printable(&diagnostic.file);
    match (diagnostic.line, diagnostic.column) {
        (Some(line), Some(column)) => {
            let margin = " ".repeat(line.to_string().len());
            out.push_str(&format!("{margin}--> {file}:{line}:{column}\n"));
            if let Some(excerpt) = &diagnostic.excerpt {
                let (text, underline) = underlined(&excerpt.text, column, excerpt.width);
                out.push_str(&format!("{margin} |\n{line} | {text}\n{margin} | {underline}\n"));
            }
        }
        _ => out.push_str(&format!("  --> {file}\n")),
    }
    if let Some(help) = &diagnostic.help {
        out.push_str(&format!("  = help: {}\n", printable(help)));
    }
    out
}

/// The visible part of a line, and carets under `width` characters from `column` (from 1) on.
fn underlined(line: &str, column: usize, width: usize) -> (String, String) {
    let chars: Vec<char> = line.chars().collect();
    let start = column.saturating_sub(1).min(chars.len());
    let end = (start + width.max(1)).min(chars.len().max(start + 1));
    let from = if chars.len() > LINE_CHARS { start.saturating_sub(CONTEXT_CHARS) } else { 0 };
    let until = (from + LINE_CHARS).min(chars.len());
    let (mut text, mut marks) = (String::new(), String::new());
    if from > 0 {
        text.push('…');
        marks.push(' ');
    }
    for (i, c) in chars.iter().enumerate().take(until).skip(from) {
        let shown = if *c == '\t' { " ".to_owned() } else { printable(&c.to_string()) };
        let mark = if (start..end).contains(&i) { "^" } else { " " };
        marks.push_str(&mark.repeat(shown.chars().count()));
        text.push_str(&shown);
    }
    if until < chars.len() {
        text.push('…');
    }
    if start >= until {
        marks.push('^');
    }
    (text, marks.trim_end().to_owned())
}

/// All diagnostics as text, separated by blank lines; after the first hundred, only the number of the others.
#[must_use]
pub fn render_all(diagnostics: &[Diagnostic]) -> String {
    let mut parts: Vec<String> = diagnostics.iter().take(SHOWN).map(render).collect();
    if diagnostics.len() > SHOWN {
        parts.push(format!("and {} more\n", diagnostics.len() - SHOWN));
    }
    let count = |s| diagnostics.iter().filter(|d| d.severity == s).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let words: Vec<String> = [(errors, "error"), (warnings, "warning")]
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}{}", if *n == 1 { "" } else { "s" }))
        .collect();
    if !words.is_empty() {
        parts.push(format!("{}\n", words.join(", ")));
    }
    parts.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::diagnostic::Excerpt;

    fn problem(line: usize, column: usize, text: &str, width: usize) -> Diagnostic {
        Diagnostic {
            line: Some(line),
            column: Some(column),
            path: "workloads[3]".into(),
            excerpt: Some(Excerpt { text: text.into(), width }),
            ..Diagnostic::of_file(
                "unknown-key",
                "p.yaml",
                "unknown key 'min_qualty'".into(),
                Some("did you mean 'min_quality'?".into()),
            )
        }
    }

    #[test]
    fn a_problem_shows_its_line_underlined() {
        assert_eq!(
            render(&problem(12, 5, "    min_qualty: 1350", 10)),
            "error[unknown-key]: workloads[3]: unknown key 'min_qualty'\n  --> p.yaml:12:5\n   |\n12 |     min_qualty: 1350\n   |     ^^^^^^^^^^\n  = help: did you mean 'min_quality'?\n"
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_place_and_control_characters_are_escaped() {
        let text = render(&problem(1, 1001, &format!("{}\u{1b}b", "a".repeat(1000)), 1));
        assert!(text.contains(&format!("…{}\\u{{1b}}b", "a".repeat(40))), "{text}");
        assert!(!text.contains('\u{1b}'));
    }

    #[test]
    fn a_place_past_the_end_of_its_line_is_marked() {
        assert!(render(&problem(1, 4, "abc", 1)).contains("abc\n  |    ^\n"));
        assert!(render(&problem(1, 1, "", 0)).contains("1 | \n  | ^\n"));
    }

    #[test]
    fn more_than_a_hundred_problems_are_counted() {
        let text = render_all(&vec![problem(1, 1, "x", 1); 130]);
        assert!(text.contains("and 30 more") && text.ends_with("130 errors\n"));
        assert_eq!(render_all(&[]), "");
    }
}
