//! A table that is too wide for the screen: one entry below the other, each a few lines of names and values.

use super::wrapped;

/// Spaces before an entry's first line, and before its other lines.
const INDENT: usize = 2;
const INNER_INDENT: usize = 4;
/// Spaces between a name and its value.
const GAP: usize = 2;

/// The rows as entries: the first cell is the title of each, the others follow with the names of their columns.
///
/// `tone` may mark the text of a cell, after it is wrapped: column, cell as a whole, a line of it.
pub(super) fn stacked(
    columns: &[&str],
    rows: &[Vec<String>],
    width: usize,
    tone: &dyn Fn(usize, &str, &str) -> String,
) -> String {
    let names = columns.iter().skip(1).map(|name| name.chars().count()).max().unwrap_or(0);
    let room = width.saturating_sub(INNER_INDENT + names + GAP).max(1);
    let mut out = String::new();
    for (at, row) in rows.iter().enumerate() {
        if at > 0 && columns.len() > 1 {
            out.push('\n');
        }
        for line in wrapped(&row[0], width.saturating_sub(INDENT)) {
            out.push_str(&format!("{:INDENT$}{}\n", "", tone(0, &row[0], &line)));
        }
        for (column, cell) in row.iter().enumerate().skip(1).filter(|(_, cell)| !cell.is_empty()) {
            for (n, line) in wrapped(cell, room).iter().enumerate() {
                let name = if n == 0 { columns[column] } else { "" };
                let value = tone(column, cell, line);
                out.push_str(format!("{:INNER_INDENT$}{name:names$}{:GAP$}{value}", "", "").trim_end());
                out.push('\n');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::stacked;

    #[test]
    fn an_entry_has_a_title_and_a_line_for_each_value() {
        let rows = vec![
            vec!["chat".to_owned(), "a long reason in words".to_owned(), "3".to_owned()],
            vec!["search".to_owned(), String::new(), "4".to_owned()],
        ];
        let text = stacked(&["workload", "why", "n"], &rows, 22, &|_, _, line| line.to_owned());
        let expected =
            "  chat\n    why  a long reason\n         in words\n    n    3\n\n  search\n    n    4\n";
        assert_eq!(text, expected);
    }
}
