//! Values of a document with their places, as read by decoders and checks.

use std::collections::{HashMap, HashSet};

use super::spans::{Children, MAX_KEYS, Shapes, TextMark};
use super::yaml::Plain;

/// A value and its place.
#[derive(Debug, Clone, Default)]
pub(crate) struct YamlNode {
    pub(crate) mark: TextMark,
    pub(crate) value: YamlValue,
}

/// A YAML value whose parts know their places.
#[derive(Debug, Clone, Default)]
pub(crate) enum YamlValue {
    #[default]
    Null,
    Bool(bool),
    Number {
        value: f64,
        whole: bool,
        /// As the user wrote it.
        written: String,
    },
    Text(String),
    List(Vec<YamlNode>),
    /// The keys are unique.
    Map(Vec<Entry>),
}

/// One key of a map with its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_mark: TextMark,
    pub(crate) node: YamlNode,
}

/// A key that occurs twice in one map; the first one counts.
pub(super) struct DuplicateKey {
    pub(super) key: String,
    pub(super) mark: TextMark,
    pub(super) first: TextMark,
}

/// The merge key of YAML, which takes over the keys of another map.
const MERGE_KEY: &str = "<<";

/// Values with their places, and what is wrong with their keys.
pub(super) struct Joined {
    pub(super) root: YamlNode,
    pub(super) duplicates: Vec<DuplicateKey>,
    /// Places of keys without a letter, whose entries are left out.
    pub(super) empty_keys: Vec<TextMark>,
    /// The first map that has more than [`MAX_KEYS`] keys with those that it takes over.
    pub(super) overfull: Option<TextMark>,
}

/// Joins values and places. If the two parsers disagree on the shape of a value, its parts get the place of the value.
pub(super) fn join(plain: Plain, shapes: &Shapes) -> Joined {
    let mut joiner = Joiner { shapes, duplicates: Vec::new(), empty_keys: Vec::new(), overfull: None };
    let root = joiner.node(plain, shapes.root, TextMark { line: 1, column: 1, width: 1 });
    let Joiner { duplicates, empty_keys, overfull, .. } = joiner;
    Joined { root, duplicates, empty_keys, overfull }
}

struct Joiner<'a> {
    shapes: &'a Shapes,
    duplicates: Vec<DuplicateKey>,
    empty_keys: Vec<TextMark>,
    overfull: Option<TextMark>,
}

impl Joiner<'_> {
    fn node(&mut self, plain: Plain, shape: Option<usize>, outer: TextMark) -> YamlNode {
        let shape = shape.map(|idx| &self.shapes.all[idx]);
        let mark = shape.map_or(outer, |s| s.mark);
        let value = match plain {
            Plain::Null => YamlValue::Null,
            Plain::Bool(value) => YamlValue::Bool(value),
            Plain::Number { value, whole } => {
                let written = shape.and_then(|s| s.written.clone()).unwrap_or_else(|| value.to_string());
                YamlValue::Number { value, whole, written }
            }
            Plain::Text(text) => YamlValue::Text(text),
            Plain::List(items) => {
                let places: &[usize] = match shape.map(|s| &s.children) {
                    Some(Children::List(places)) if places.len() == items.len() => places,
                    _ => &[],
                };
                let items = items.into_iter().enumerate();
                YamlValue::List(
                    items.map(|(i, item)| self.node(item, places.get(i).copied(), mark)).collect(),
                )
            }
            Plain::Map(entries) => {
                let places: &[(TextMark, usize)] = match shape.map(|s| &s.children) {
                    Some(Children::Map(places)) if places.len() == entries.len() => places,
                    _ => &[],
                };
                YamlValue::Map(self.entries(entries, places, mark))
            }
        };
        YamlNode { mark, value }
    }

    fn entries(
        &mut self,
        entries: Vec<(String, Plain)>,
        places: &[(TextMark, usize)],
        outer: TextMark,
    ) -> Vec<Entry> {
        let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
        let mut place_by_key = HashMap::new();
        for (i, (key, plain)) in entries.into_iter().enumerate() {
            let (key_mark, shape) = places.get(i).map_or((outer, None), |&(mark, shape)| (mark, Some(shape)));
            if key.trim().is_empty() {
                self.empty_keys.push(key_mark);
                continue;
            }
            if let Some(&first) = place_by_key.get(&key) {
                self.duplicates.push(DuplicateKey { key, mark: key_mark, first });
                continue;
            }
            place_by_key.insert(key.clone(), key_mark);
            kept.push(Entry { key, key_mark, node: self.node(plain, shape, key_mark) });
        }
        self.merged(kept, outer)
    }

    /// Replaces `<<` by the keys of the maps under it; keys written out take precedence, then earlier maps.
    fn merged(&mut self, entries: Vec<Entry>, place: TextMark) -> Vec<Entry> {
        if entries.iter().all(|e| e.key != MERGE_KEY) {
            return entries;
        }
        let (merges, mut kept): (Vec<Entry>, Vec<Entry>) =
            entries.into_iter().partition(|e| e.key == MERGE_KEY);
        let mut taken: HashSet<String> = kept.iter().map(|e| e.key.clone()).collect();
        for merge in merges {
            let maps = match merge.node.value {
                YamlValue::Map(parts) => vec![parts],
                YamlValue::List(maps) if maps.iter().all(|m| matches!(m.value, YamlValue::Map(_))) => {
                    maps.into_iter().filter_map(YamlNode::into_entries).collect()
                }
                // Left in place: no format knows the key, so it is reported as unknown.
                _ => {
                    kept.push(merge);
                    continue;
                }
            };
            for part in maps.into_iter().flatten() {
                if !taken.insert(part.key.clone()) {
                    continue;
                }
                if kept.len() >= MAX_KEYS {
                    self.overfull.get_or_insert(place);
                    return kept;
                }
                kept.push(part);
            }
        }
        kept
    }
}

impl YamlNode {
    /// The entries of a map; `None` for any other value.
    fn into_entries(self) -> Option<Vec<Entry>> {
        match self.value {
            YamlValue::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The entry of a map.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            YamlValue::Map(entries) => entries.iter().find(|e| e.key == key),
            _ => None,
        }
    }

    /// The item of a list; a scalar or map is a list of one.
    pub(crate) fn item(&self, idx: usize) -> Option<&YamlNode> {
        match &self.value {
            YamlValue::List(items) => items.get(idx),
            _ => (idx == 0).then_some(self),
        }
    }

    /// What the value is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            YamlValue::Null => "nothing",
            YamlValue::Bool(_) => "true or false",
            YamlValue::Number { .. } => "a number",
            YamlValue::Text(_) => "text",
            YamlValue::List(_) => "a list",
            YamlValue::Map(_) => "a map",
        }
    }

    /// The same value with every place set to `mark`.
    pub(super) fn placed(&self, mark: TextMark) -> Self {
        let value = match &self.value {
            YamlValue::List(items) => YamlValue::List(items.iter().map(|i| i.placed(mark)).collect()),
            YamlValue::Map(entries) => YamlValue::Map(
                entries
                    .iter()
                    .map(|e| Entry { key: e.key.clone(), key_mark: mark, node: e.node.placed(mark) })
                    .collect(),
            ),
            scalar => scalar.clone(),
        };
        Self { mark, value }
    }
}
