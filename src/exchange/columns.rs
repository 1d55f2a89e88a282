//! The columns of both tables (reference/outputs.md), and rows of them in any format.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Whole,
    Number,
    Text,
}

/// One column: name and kind.
pub(super) type Column = (&'static str, Kind);

pub(super) const TRIALS: [Column; 3] =
    [("trial", Kind::Whole), ("loss_usd", Kind::Number), ("largest_event_loss_usd", Kind::Number)];

pub(super) const EVENTS: [Column; 6] = [
    ("trial", Kind::Whole),
    ("event", Kind::Whole),
    ("shock", Kind::Text),
    ("jurisdiction", Kind::Text),
    ("day", Kind::Number),
    ("loss_usd", Kind::Number),
];

/// One field of a row, of its column's kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Field<'a> {
    Whole(u64),
    Number(f64),
    Text(&'a str),
}
