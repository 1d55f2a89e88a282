//! The inputs that differ between two portfolios, one entry for each, so that they can be told in words.

mod catalog;
mod portfolio;
mod shocks;

use super::InputGroup;
use super::parts::WorldParts;
use crate::model::selector::Selector;

/// An input that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct InputChange {
    /// The group that its effect is attributed to; `None`: it has none on cost and losses of today's allocation.
    pub group: Option<InputGroup>,
    /// Whose input it is, and which: `contact_center: demand`.
    pub what: String,
    /// `None`: there was none. Both are `None` where the entry differs in what cannot be told in a few words.
    pub from: Option<InputValue>,
    /// `None`: there is none any more.
    pub to: Option<InputValue>,
    /// Whether the portfolio before or after uses the entry; the catalog has many that no one uses.
    pub is_used: bool,
}

/// The value of an input.
#[derive(Debug, Clone, PartialEq)]
pub enum InputValue {
    /// As it is.
    Text(String),
    Number {
        value: f64,
        unit: &'static str,
    },
    /// In [0, 1].
    Share(f64),
    Days(f64),
    Flag(bool),
    Names(Vec<String>),
    /// Parts of a whole by name.
    Shares(Vec<(String, f64)>),
    Selectors(Vec<Selector>),
    /// A value under a name of its own: `cover 70 %`.
    Named(&'static str, Box<InputValue>),
    /// Several values of one entry.
    Joined(Vec<InputValue>),
}

/// What differs, by group, what is in use first, then by name.
pub(super) fn input_changes(from: &WorldParts<'_>, to: &WorldParts<'_>) -> Vec<InputChange> {
    let mut changes = Changes::default();
    portfolio::changes(from, to, &mut changes);
    catalog::changes(from, to, &mut changes);
    shocks::changes(from, to, &mut changes);
    // Whatever has an effect is named, if only by its group.
    for group in InputGroup::ALL {
        let is_told = changes.list.iter().any(|change| change.group == Some(group));
        if !is_told && from.differs(to, group) {
            changes.changed(Some(group), format!("{}: other inputs", group.as_str()));
        }
    }
    let mut list = changes.list;
    let place = |change: &InputChange| change.group.map_or(InputGroup::ALL.len(), |group| group as usize);
    list.sort_by(|a, b| (place(a), !a.is_used, &a.what).cmp(&(place(b), !b.is_used, &b.what)));
    list
}

/// The list while it is made.
#[derive(Default)]
struct Changes {
    list: Vec<InputChange>,
}

impl Changes {
    /// Adds an input if it differs. `value`: `None` where there is none.
    fn compare<T: PartialEq + ?Sized>(
        &mut self,
        group: Option<InputGroup>,
        what: impl FnOnce() -> String,
        (from, to): (&T, &T),
        value: impl Fn(&T) -> Option<InputValue>,
    ) {
        if from != to {
            let (from, to) = (value(from), value(to));
            self.list.push(InputChange { group, what: what(), from, to, is_used: true });
        }
    }

    /// Adds an entry of which it is only said that it differs.
    fn changed(&mut self, group: Option<InputGroup>, what: String) {
        self.list.push(InputChange { group, what, from: None, to: None, is_used: true });
    }
}

fn text(text: impl Into<String>) -> Option<InputValue> {
    Some(InputValue::Text(text.into()))
}

fn number(value: f64, unit: &'static str) -> Option<InputValue> {
    Some(InputValue::Number { value, unit })
}

fn share(share: f64) -> Option<InputValue> {
    Some(InputValue::Share(share))
}

fn days(days: f64) -> Option<InputValue> {
    Some(InputValue::Days(days))
}

fn names<T: AsRef<str>>(names: &[T]) -> Option<InputValue> {
    Some(InputValue::Names(names.iter().map(|name| name.as_ref().to_owned()).collect()))
}
