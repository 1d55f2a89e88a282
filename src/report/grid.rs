//! A table before it is drawn: on a terminal, or in Markdown.

mod screen;
mod stacked;
mod tone;

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle,
    Width,
};

use crate::input::diagnostic::printable;
use crate::report::money::{CODE, CODE_IN_COLUMN, DisplayCurrency};
pub use screen::Screen;

/// On paper, words are not broken up to so many characters, even if a line grows longer by that.
const LONGEST_UNBROKEN_WORD: usize = 40;

/// Characters beside the text of a cell.
const PADDING: usize = 2;

/// Characters before the first column.
const MARGIN: usize = 1;

/// Columns whose cells are verdicts, by their names.
const VERDICTS: [&str; 5] = ["valid", "verdict", "kept", "today", "eligible"];

/// Characters before a note.
const NOTE_INDENT: usize = 2;

const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none().left(' '))
    .header_separator(LineStyle::none().left(' ').fill('─').junction('─'))
    .content_lines(ContentLineStyle::none().left(' '));

/// A table with the question it answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grid {
    /// The question, in one line.
    pub heading: String,
    columns: Vec<(String, Side)>,
    rows: Vec<Vec<String>>,
    /// How sure, or what is covered, in one line each.
    pub notes: Vec<String>,
}

/// How a column is set: words to the left, names too but never broken, figures to the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Unbroken,
    Right,
}

/// What stays whole when columns are narrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unbroken {
    /// The cells of unbroken columns, and all words.
    Columns,
    /// All words.
    Words,
    /// The cells of unbroken columns, and words of up to [`LONGEST_UNBROKEN_WORD`] characters.
    ShortWords,
}

impl Grid {
    /// A table without rows; a column named `>name` leans right, the words of a column named `=name` are never broken.
    /// In the name of a column `¤` stands for the code of the currency.
    #[must_use]
    pub fn new(heading: impl Into<String>, columns: &[&str]) -> Self {
        let named = |name: &str| name.replace(CODE_IN_COLUMN, CODE);
        let column = |name: &&str| match (name.strip_prefix('>'), name.strip_prefix('=')) {
            (Some(name), _) => (named(name), Side::Right),
            (_, Some(name)) => (named(name), Side::Unbroken),
            _ => (named(name), Side::Left),
        };
        Self {
            heading: heading.into(),
            columns: columns.iter().map(column).collect(),
            rows: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Adds a row.
    ///
    /// # Panics
    /// When it has not one cell per column.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.cells(cells.into());
    }

    /// Adds a row of a table whose columns are counted at run time.
    ///
    /// # Panics
    /// When it has not one cell per column.
    pub fn cells(&mut self, cells: Vec<String>) {
        assert_eq!(cells.len(), self.columns.len(), "a row of '{}'", self.heading);
        self.rows.push(cells);
    }

    /// Adds a line below.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Whether it has no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// On paper: heading, table, notes, each ending in a newline.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.on(Screen::PAPER)
    }

    /// The same on a screen.
    #[must_use]
    pub fn on(&self, screen: Screen) -> String {
        self.shown_in(screen.currency).drawn_on(screen)
    }

    /// The same with its amounts as figures in a currency.
    #[must_use]
    pub fn shown_in(&self, currency: DisplayCurrency) -> Self {
        let shown = |texts: &[String]| texts.iter().map(|text| currency.shown(text)).collect();
        Self {
            heading: currency.shown(&self.heading),
            columns: self.columns.iter().map(|(name, side)| (currency.shown(name), *side)).collect(),
            rows: self.rows.iter().map(|row| shown(row)).collect(),
            notes: shown(&self.notes),
        }
    }

    fn drawn_on(&self, screen: Screen) -> String {
        let mut out = wrapped(&printable(&self.heading), screen.text_width()).join("\n") + "\n";
        if !self.rows.is_empty() || !self.notes.is_empty() {
            out.push('\n');
        }
        if !self.rows.is_empty() {
            out.push_str(&self.table_on(screen));
        }
        if !self.notes.is_empty() && !self.rows.is_empty() {
            out.push('\n');
        }
        for note in &self.notes {
            for line in wrapped(&printable(note), screen.text_width() - NOTE_INDENT) {
                out.push_str(&format!("{}{line}\n", " ".repeat(NOTE_INDENT)));
            }
        }
        out
    }

    /// The rows under their columns or, where these do not fit, one row below the other.
    fn table_on(&self, screen: Screen) -> String {
        let fitting = |unbroken: Unbroken| {
            let text = (self.narrowest(unbroken) <= screen.width).then(|| self.drawn(screen, unbroken))?;
            text.lines().all(|line| tone::width(line) <= screen.width).then_some(text)
        };
        let text = if screen.is_strict {
            let fitted = fitting(Unbroken::Columns).or_else(|| fitting(Unbroken::Words));
            fitted.unwrap_or_else(|| self.stacked(screen))
        } else {
            self.drawn(screen, Unbroken::ShortWords)
        };
        if screen.is_colored { tone::colored(&text) } else { text }
    }

    /// Characters that the table needs at least, its margin included.
    fn narrowest(&self, unbroken: Unbroken) -> usize {
        let columns = 0..self.columns.len();
        let widths = columns.map(|at| match self.columns[at].1 {
            Side::Unbroken if unbroken == Unbroken::Columns => self.full_width(at),
            _ => self.least_width(at, unbroken),
        });
        MARGIN + widths.sum::<usize>()
    }

    fn drawn(&self, screen: Screen, unbroken: Unbroken) -> String {
        let mut table = Table::new();
        table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(screen.width).unwrap_or(u16::MAX));
        table.set_header(self.columns.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
        for row in &self.rows {
            let shown =
                row.iter().enumerate().map(|(at, cell)| self.toned(at, cell, &printable(cell), screen));
            table.add_row(shown.collect::<Vec<_>>());
        }
        for (at, (column, (_, side))) in table.column_iter_mut().zip(&self.columns).enumerate() {
            if *side == Side::Right {
                column.set_cell_alignment(CellAlignment::Right);
            }
            column.set_constraint(match side {
                Side::Unbroken if unbroken != Unbroken::Words => ColumnConstraint::ContentWidth,
                _ => {
                    let least = self.least_width(at, unbroken);
                    ColumnConstraint::LowerBoundary(Width::Fixed(u16::try_from(least).unwrap_or(u16::MAX)))
                }
            });
        }
        table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }

    fn stacked(&self, screen: Screen) -> String {
        let columns: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        let rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(|cell| printable(cell)).collect()).collect();
        let tone = |column: usize, cell: &str, line: &str| self.toned(column, cell, line, screen);
        stacked::stacked(&columns, &rows, screen.width, &tone)
    }

    /// The text, or a line of it, marked as good or bad news if the screen shows color.
    fn toned(&self, column: usize, cell: &str, text: &str, screen: Screen) -> String {
        let (name, side) = &self.columns[column];
        let is_verdict = VERDICTS.contains(&name.as_str());
        match tone::tone(cell, is_verdict, *side == Side::Right).filter(|_| screen.is_colored) {
            Some(tone) => tone::marked(text, tone),
            None => text.to_owned(),
        }
    }

    /// The texts of a column as they are shown, its name included.
    fn texts(&self, column: usize) -> impl Iterator<Item = String> {
        let cells = self.rows.iter().map(move |row| &row[column]);
        cells.chain([&self.columns[column].0]).map(|cell| printable(cell))
    }

    /// Characters of a column whose cells are not wrapped, its padding included.
    fn full_width(&self, column: usize) -> usize {
        self.texts(column).map(|cell| width_of(&cell)).max().unwrap_or(0) + PADDING
    }

    /// Characters that a column needs so that no word is broken, its padding included. On a screen, a figure and its unit
    /// are one word.
    fn least_width(&self, column: usize, unbroken: Unbroken) -> usize {
        let longest_word = |cell: &String| cell.split_whitespace().map(width_of).max().unwrap_or(0);
        let are_figures = self.columns[column].1 == Side::Right && unbroken != Unbroken::ShortWords;
        let of_cell = |cell: &String| if are_figures { width_of(cell) } else { longest_word(cell) };
        let cells = self.rows.iter().map(|row| of_cell(&printable(&row[column])));
        let longest = cells.chain([longest_word(&self.columns[column].0)]).max().unwrap_or(0);
        PADDING + if unbroken == Unbroken::ShortWords { longest.min(LONGEST_UNBROKEN_WORD) } else { longest }
    }

    /// For Markdown: the table and its notes, without the heading; amounts are still marks.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut out = String::new();
        if !self.rows.is_empty() {
            let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
            out.push_str(&line(self.columns.iter().map(|(name, _)| escaped(name)).collect()));
            let rule = |side: &Side| if *side == Side::Right { "---:" } else { "---" }.to_owned();
            out.push_str(&line(self.columns.iter().map(|(_, side)| rule(side)).collect()));
            for row in &self.rows {
                out.push_str(&line(row.iter().map(|cell| escaped(cell)).collect()));
            }
            out.push('\n');
        }
        for note in &self.notes {
            out.push_str(&format!("{}\n\n", escaped(note)));
        }
        out
    }
}

/// Lines of at most `width` characters, broken between words; a longer word has a line of its own.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Characters that a text takes on a terminal.
fn width_of(text: &str) -> usize {
    text.chars().count()
}

/// All tables on a screen, a blank line between two.
#[must_use]
pub fn to_text(grids: &[Grid], screen: Screen) -> String {
    grids.iter().map(|grid| grid.on(screen)).collect::<Vec<_>>().join("\n")
}

/// Text that Markdown shows as it is.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in printable(text).chars() {
        if matches!(c, '|' | '<' | '>' | '*' | '_' | '`' | '[' | ']' | '\\' | '#' | '&' | '~' | '$') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A code span that shows a text as it is, whatever is in it (CommonMark 6.1): between more backticks than it has in a
/// row, with a blank at either end where its own would join them. An empty text is shown by nothing.
#[must_use]
pub fn code_span(text: &str) -> String {
    let text = printable(text);
    let most = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(most + 1);
    let is_loose = text.starts_with('`') || text.ends_with('`') || is_stripped(&text);
    match (text.is_empty(), is_loose) {
        (true, _) => String::new(),
        (false, true) => format!("{fence} {text} {fence}"),
        (false, false) => format!("{fence}{text}{fence}"),
    }
}

/// Whether a code span would lose the blanks at the ends of a text.
fn is_stripped(text: &str) -> bool {
    text.starts_with(' ') && text.ends_with(' ') && text.trim() != ""
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        let mut grid = Grid::new("How many?", &["what", ">n"]);
        grid.row(["apples".into(), "3".into()]);
        grid.row(["pears|plums\u{1b}".into(), "1,200".into()]);
        grid.note("Counted once.");
        grid
    }

    #[test]
    fn a_grid_is_drawn_with_figures_to_the_right() {
        let text = grid().to_text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "How many?");
        assert!(lines[4].starts_with("  apples") && lines[4].ends_with("    3"), "{text}");
        assert!(lines[5].ends_with("1,200") && !text.contains('\u{1b}'), "{text}");
        assert_eq!(lines.last(), Some(&"  Counted once."));
    }

    /// Two long names leave little room for the rest, but words stay whole.
    #[test]
    fn no_word_is_broken() {
        let mut grid = Grid::new("Moves?", &["workload", "change", "=from", "=to", "for", ">USD a month"]);
        let (from, to) = ("f".repeat(45), "t".repeat(45));
        let cells = ["contact_center", "new standby", &from, &to, "users in AT, DE", "+6,369"];
        grid.row(cells.map(str::to_owned));
        let text = grid.to_text();
        for word in ["workload", "change", "standby", "month", "+6,369", "contact_center", &from, &to] {
            assert!(text.contains(word), "'{word}' is broken:\n{text}");
        }
    }

    #[test]
    fn markdown_keeps_a_bar_inside_its_cell() {
        let text = grid().to_markdown();
        assert!(text.starts_with("| what | n |\n| --- | ---: |\n| apples | 3 |\n"), "{text}");
        assert!(text.contains("pears\\|plums"), "{text}");
    }

    #[test]
    fn nothing_leaves_a_code_span() {
        for (text, span) in [
            ("gpt-4.1@openai:EU", "`gpt-4.1@openai:EU`"),
            ("a`<b>`c", "``a`<b>`c``"),
            ("a``b", "```a``b```"),
            ("`", "`` ` ``"),
            ("a`", "`` a` ``"),
            (" a ", "`  a  `"),
            ("a\nb", "`a\\u{a}b`"),
            ("", ""),
        ] {
            assert_eq!(code_span(text), span);
        }
    }

    #[test]
    fn markdown_shows_a_name_as_it_is() {
        assert_eq!(escaped("R&D <b>~~x~~ $y$"), "R\\&D \\<b\\>\\~\\~x\\~\\~ \\$y\\$");
    }

    #[test]
    fn an_empty_grid_is_its_heading_and_notes() {
        let mut grid = Grid::new("Nothing?", &["a"]);
        grid.note("No.");
        assert_eq!(grid.to_text(), "Nothing?\n\n  No.\n");
        assert_eq!(grid.to_markdown(), "No.\n\n");
        assert_eq!(Grid::new("All is well.", &[]).to_text(), "All is well.\n");
    }
}
