//! What a user typed, as it may stand in a message: nothing in it can steer the terminal.

use std::path::Path;

use crate::input::diagnostic::printable;

/// A path in one line, with characters that could steer the terminal as escapes.
pub(super) fn shown(path: &Path) -> String {
    printable(&path.display().to_string())
}

/// An argument in one line, with characters that could steer the terminal as escapes.
pub(super) fn escaped(text: &str) -> String {
    printable(text)
}

/// A message of one or more lines, with all other characters that could steer the terminal as escapes.
pub(super) fn harmless(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// Whether nothing in an argument could steer the terminal.
pub(super) fn is_harmless(text: &str) -> bool {
    printable(text) == text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_ends_of_lines_are_left_in_a_message() {
        assert_eq!(harmless("a\n\u{1b}[31mb\u{7}\n"), "a\n\\u{1b}[31mb\\u{7}\n");
        assert_eq!(escaped("a\nb"), "a\\u{a}b");
        assert_eq!(shown(Path::new("r\u{1b}[2J.txt")), "r\\u{1b}[2J.txt");
    }
}
