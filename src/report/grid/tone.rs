//! Good and bad news in color: limits that are kept or breached, money that is saved or spent.

/// What a cell of a table says about the portfolio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Bad,
}

/// Marks around a word. No user's text contains them, because `printable` escapes them; they have no width.
const GOOD: char = '\u{2061}';
const BAD: char = '\u{2062}';
const END: char = '\u{2063}';

/// Green, red, and back to what was before (ECMA-48, SGR).
const GREEN: &str = "\u{1b}[32m";
const RED: &str = "\u{1b}[31m";
const DEFAULT: &str = "\u{1b}[39m";

/// What a cell says. `is_money`: more of it is worse, so `+1,350` is bad news.
pub(super) fn tone(cell: &str, is_verdict: bool, is_money: bool) -> Option<Tone> {
    let first = cell.split([',', ' ']).next().unwrap_or_default();
    let is_change = |sign| {
        is_money && cell.strip_prefix(sign).is_some_and(|c| c.starts_with(|c: char| c.is_ascii_digit()))
    };
    match first {
        "kept" | "yes" if is_verdict => Some(Tone::Good),
        "breached" | "broken" | "no" | "invalid" if is_verdict => Some(Tone::Bad),
        _ if is_change('-') => Some(Tone::Good),
        _ if is_change('+') => Some(Tone::Bad),
        _ => None,
    }
}

/// The cell with marks around each of its words, so that no color runs into the next column where a cell is wrapped.
pub(super) fn marked(cell: &str, tone: Tone) -> String {
    let begin = if tone == Tone::Good { GOOD } else { BAD };
    cell.split(' ').map(|word| format!("{begin}{word}{END}")).collect::<Vec<_>>().join(" ")
}

/// Characters of a line, which marks do not add to.
pub(super) fn width(line: &str) -> usize {
    line.chars().filter(|c| ![GOOD, BAD, END].contains(c)).count()
}

/// The text with colors for marks.
pub(super) fn colored(text: &str) -> String {
    text.replace(GOOD, GREEN).replace(BAD, RED).replace(END, DEFAULT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_and_changes_of_money_have_a_tone() {
        for (cell, is_verdict, is_money, expected) in [
            ("kept", true, false, Some(Tone::Good)),
            ("yes", true, false, Some(Tone::Good)),
            ("no, accepted by the board until 2027-01-01", true, false, Some(Tone::Bad)),
            ("not measured", true, false, None),
            ("no", false, true, None),
            ("+1,350", false, true, Some(Tone::Bad)),
            ("-1.82 M (-2 M to -1 M)", false, true, Some(Tone::Good)),
            ("±0", false, true, None),
            ("+1,350", false, false, None),
            ("-", false, true, None),
        ] {
            assert_eq!(tone(cell, is_verdict, is_money), expected, "{cell}");
        }
    }

    #[test]
    fn each_word_is_colored_by_itself() {
        assert_eq!(
            colored(&marked("broken already", Tone::Bad)),
            "\u{1b}[31mbroken\u{1b}[39m \u{1b}[31malready\u{1b}[39m"
        );
    }
}
