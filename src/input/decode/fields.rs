//! Reading a map key by key: missing, unknown and wrongly typed keys are reported, the rest is read.

use std::cell::RefCell;

use super::scalars::{Choices, Range};
use crate::ids::nearest;
use crate::input::at::At;
use crate::input::diagnostic::quoted;
use crate::input::tree::{Entry, YamlValue};

/// A map while it is read. Every key asked for is known; [`Fields::close`] reports the others.
pub(crate) struct Fields<'a> {
    pub(crate) at: At<'a>,
    entries: &'a [Entry],
    known: RefCell<Vec<&'static str>>,
    /// The value is not a map. That has been reported, so missing keys are not.
    is_broken: bool,
}

impl<'a> At<'a> {
    /// The value as a map; anything else is reported and read as an empty one.
    pub(crate) fn fields(&self) -> Fields<'a> {
        let (entries, is_broken): (&[Entry], bool) = match &self.node.value {
            YamlValue::Map(entries) => (entries, false),
            _ => {
                self.wrong_type("a map");
                (&[], true)
            }
        };
        Fields { at: self.clone(), entries, known: RefCell::default(), is_broken }
    }
}

impl<'a> Fields<'a> {
    /// The value under a key; `None` when the key is absent or has no value.
    pub(crate) fn optional(&self, key: &'static str) -> Option<At<'a>> {
        self.know(key);
        let entry = self.entries.iter().find(|e| e.key == key)?;
        (!matches!(entry.node.value, YamlValue::Null)).then(|| self.at.entry(entry))
    }

    /// The value under a key that must be there.
    pub(crate) fn required(&self, key: &'static str) -> Option<At<'a>> {
        let found = self.optional(key);
        match (&found, self.entries.iter().find(|e| e.key == key)) {
            (None, Some(entry)) => {
                let help = Some("write a value after the colon".into());
                self.at.marked(entry.key_mark).error(
                    "missing-key",
                    format!("the key '{key}' has no value"),
                    help,
                );
            }
            (None, None) if !self.is_broken => {
                let help = Some(format!("write '{key}: ...' here; the reference says what it means"));
                self.at.error("missing-key", format!("the key '{key}' is missing"), help);
            }
            _ => {}
        }
        found
    }

    /// Whether the key is in the file, with or without a value.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|e| e.key == key)
    }

    /// Declares a key that is read elsewhere.
    pub(crate) fn know(&self, key: &'static str) {
        self.known.borrow_mut().push(key);
    }

    /// Reports the keys that nobody asked for.
    pub(crate) fn close(self) {
        let known = self.known.into_inner();
        for entry in self.entries.iter().filter(|e| !known.contains(&e.key.as_str())) {
            let help = match nearest(&entry.key, known.iter().copied()) {
                Some(name) => format!("did you mean '{name}'?"),
                None => format!("allowed here: {}", known.join(", ")),
            };
            self.at.marked(entry.key_mark).error(
                "unknown-key",
                format!("unknown key {}", quoted(&entry.key)),
                Some(help),
            );
        }
    }

    /// Required text, not empty; empty when it was wrong.
    pub(crate) fn text(&self, key: &'static str) -> String {
        self.required(key).and_then(|at| at.text()).unwrap_or_default()
    }

    /// Text, not empty.
    pub(crate) fn opt_text(&self, key: &'static str) -> Option<String> {
        self.optional(key).and_then(|at| at.text())
    }

    /// Required name of another entry; empty when it was wrong.
    pub(crate) fn name(&self, key: &'static str) -> String {
        self.required(key).and_then(|at| at.name()).unwrap_or_default()
    }

    /// Required id of this entry; empty when it was wrong.
    pub(crate) fn id(&self, key: &'static str) -> String {
        self.required(key).and_then(|at| at.id()).unwrap_or_default()
    }

    /// Required number; the range's fallback when it was wrong.
    pub(crate) fn number(&self, key: &'static str, range: Range) -> f64 {
        self.required(key).and_then(|at| at.number(range)).unwrap_or(range.fallback)
    }

    /// Number in a range.
    pub(crate) fn opt_number(&self, key: &'static str, range: Range) -> Option<f64> {
        self.optional(key).and_then(|at| at.number(range))
    }

    /// Duration, days.
    pub(crate) fn opt_days(&self, key: &'static str) -> Option<f64> {
        self.optional(key).and_then(|at| at.days())
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, key: &'static str, default: bool) -> bool {
        self.optional(key).and_then(|at| at.flag()).unwrap_or(default)
    }

    /// Required word of a fixed list.
    pub(crate) fn choice<T: Copy>(&self, key: &'static str, choices: Choices<T>) -> Option<T> {
        self.required(key).and_then(|at| at.choice(choices))
    }

    /// Word of a fixed list.
    pub(crate) fn opt_choice<T: Copy>(&self, key: &'static str, choices: Choices<T>) -> Option<T> {
        self.optional(key).and_then(|at| at.choice(choices))
    }

    /// Names, or one name; empty when absent.
    pub(crate) fn ids(&self, key: &'static str) -> Vec<String> {
        self.optional(key).map(|at| at.texts()).unwrap_or_default()
    }

    /// Required names, or one name; must not be empty.
    pub(crate) fn some_ids(&self, key: &'static str) -> Vec<String> {
        self.required(key).map(|at| at.some_texts()).unwrap_or_default()
    }

    /// Each item of a list; empty when absent.
    pub(crate) fn each<T>(&self, key: &'static str, decode: impl FnMut(At<'a>) -> T) -> Vec<T> {
        self.optional(key).map(|at| at.items().into_iter().map(decode).collect()).unwrap_or_default()
    }
}

impl<'a> At<'a> {
    /// A map whose keys are names: each value decoded, by key. Anything else is reported and read as empty.
    pub(crate) fn map_of<T>(&self, decode: impl Fn(&At<'a>) -> T) -> std::collections::BTreeMap<String, T> {
        let fields = self.fields();
        fields.entries.iter().map(|entry| (entry.key.clone(), decode(&self.entry(entry)))).collect()
    }
}
