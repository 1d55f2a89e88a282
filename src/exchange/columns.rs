//! Columns and fields of the tables of trials and events (reference/outputs.md), for every format.

/// Type of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    Whole,
    Number,
    Text,
}

/// One column: name and kind.
pub(super) type TableColumn = (&'static str, ValueKind);

pub(super) const TRIALS: [TableColumn; 3] = [
    ("trial", ValueKind::Whole),
    ("loss_usd", ValueKind::Number),
    ("largest_event_loss_usd", ValueKind::Number),
];

pub(super) const EVENTS: [TableColumn; 6] = [
    ("trial", ValueKind::Whole),
    ("event", ValueKind::Whole),
    ("shock", ValueKind::Text),
    ("jurisdiction", ValueKind::Text),
    ("day", ValueKind::Number),
    ("loss_usd", ValueKind::Number),
];

/// One field of a row, of its column's kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Field<'a> {
    Whole(u64),
    Number(f64),
    Text(&'a str),
}
