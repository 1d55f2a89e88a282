//! The reference page of a JSON Schema: one Markdown table of keys for each map, and a list of the values.

mod types;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;

use serde_json::{Map, Value};

use types::{is_nullable, is_section, names, resolved, type_of, variants};

/// Where the words of closed lists are explained.
const VALUES: &str = "#values";

/// Definitions that another page explains: name → link.
pub type Elsewhere = BTreeMap<String, String>;

/// What a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaKind {
    /// A file that people write: a key may be left out, and a default then stands for it. Null is like no key.
    File,
    /// An answer that the program writes: keys have no defaults, and null has a meaning.
    Answer,
}

/// The sections of a page on one schema, the first without its heading; each other map that it leads to has its own.
///
/// `elsewhere` holds what is explained already; what this page explains is added, as links within the page.
#[must_use]
pub fn sections(kind: SchemaKind, schema: &Value, elsewhere: &mut Elsewhere) -> String {
    let mut page = Page { kind, schema, elsewhere, text: String::new(), queue: VecDeque::new() };
    page.section(schema);
    while let Some(name) = page.queue.pop_front() {
        if let Some(definition) = schema.pointer(&format!("/$defs/{name}")) {
            let _ = write!(page.text, "{} {}\n\n", kind.heading(), spoken(&name));
            page.section(definition);
        }
    }
    page.text
}

/// The definitions of a schema that are no maps, as a table; those in `elsewhere` are left out.
#[must_use]
pub fn values(schemas: &[Value], elsewhere: &Elsewhere) -> String {
    let mut rows = BTreeMap::new();
    for schema in schemas {
        let definitions = schema.get("$defs").and_then(Value::as_object);
        for (name, definition) in definitions.into_iter().flatten() {
            if !is_section(definition) && !elsewhere.contains_key(name) {
                rows.insert(spoken(name), format!("{}{}", meaning(definition), words(definition)));
            }
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    let mut text = "## Values\n\n| value | meaning |\n|---|---|\n".to_owned();
    for (name, meaning) in rows {
        let _ = writeln!(text, "| {name} | {} |", cell(&meaning));
    }
    text
}

/// The page of one schema by itself.
#[must_use]
pub fn page(kind: SchemaKind, title: &str, schema: &Value) -> String {
    let text = sections(kind, schema, &mut Elsewhere::new());
    let values = values(std::slice::from_ref(schema), &Elsewhere::new());
    format!("## {title}\n\n{text}{values}").trim_end().to_owned() + "\n"
}

/// Names of the maps that a schema's page has sections of, the schema itself left out.
#[must_use]
pub fn section_names(schema: &Value) -> BTreeSet<String> {
    let definitions = schema.get("$defs").and_then(Value::as_object);
    let sections = definitions.into_iter().flatten().filter(|(_, definition)| is_section(definition));
    sections.map(|(name, _)| name.clone()).collect()
}

/// The link within a page to the section of a definition.
#[must_use]
pub fn anchor(name: &str) -> String {
    format!("#{}", spoken(name).replace(' ', "-"))
}

impl SchemaKind {
    /// The mark of the heading of a section; the answers of several commands share a page.
    fn heading(self) -> &'static str {
        match self {
            Self::File => "##",
            Self::Answer => "###",
        }
    }

    /// The head of a table of keys.
    fn columns(self) -> &'static str {
        match self {
            Self::File => "| key | type | default | meaning |\n|---|---|---|---|\n",
            Self::Answer => "| key | type | meaning |\n|---|---|---|\n",
        }
    }
}

struct Page<'a> {
    kind: SchemaKind,
    schema: &'a Value,
    elsewhere: &'a mut Elsewhere,
    text: String,
    /// Definitions whose sections come next.
    queue: VecDeque<String>,
}

impl Page<'_> {
    fn section(&mut self, definition: &Value) {
        self.paragraph(definition);
        self.table(definition, &Map::new());
        let common = properties(definition).cloned().unwrap_or_default();
        for variant in variants(self.schema, definition) {
            self.variant(variant, &common);
        }
    }

    /// One of several forms of a map: its own keys.
    fn variant(&mut self, variant: &Value, common: &Map<String, Value>) {
        let _ = write!(self.text, "{}# {}\n\n", self.kind.heading(), heading(variant));
        self.paragraph(variant);
        self.table(variant, common);
    }

    fn paragraph(&mut self, definition: &Value) {
        let meaning = meaning(definition);
        if !meaning.is_empty() {
            let _ = write!(self.text, "{meaning}\n\n");
        }
    }

    /// The keys of a map that are not in `common`, required ones first.
    fn table(&mut self, definition: &Value, common: &Map<String, Value>) {
        let Some(keys) = properties(definition) else { return };
        let required = required(definition);
        let is_own = |key: &str| !common.contains_key(key) || keys[key] != Value::Bool(true);
        let first = required.iter().copied().filter(|key| keys.contains_key(*key));
        let later = keys.keys().map(String::as_str).filter(|key| !required.contains(key));
        let mut rows = String::new();
        for key in first.chain(later).filter(|key| is_own(key)) {
            rows += &self.row(key, &keys[key], required.contains(&key));
        }
        if !rows.is_empty() {
            let _ = writeln!(self.text, "{}{rows}", self.kind.columns());
        }
    }

    fn row(&mut self, key: &str, value: &Value, is_required: bool) -> String {
        // A key that another section explains.
        if value.get("$ref").and_then(Value::as_str).is_some_and(|path| path.contains("/properties/")) {
            return String::new();
        }
        for name in names(value) {
            self.explain(&name);
        }
        let meaning = match meaning(value) {
            "" => meaning(resolved(self.schema, value)),
            own => own,
        };
        let (type_of, meaning) = (cell(&type_of(value, self.elsewhere)), cell(meaning));
        match self.kind {
            SchemaKind::File => {
                format!("| `{key}` | {type_of} | {} | {meaning} |\n", default(value, is_required))
            }
            SchemaKind::Answer => {
                let or_null = if is_nullable(value) { " or null" } else { "" };
                format!("| `{key}` | {type_of}{or_null} | {meaning} |\n")
            }
        }
    }

    /// Sees to it that a definition has its section, here or elsewhere.
    fn explain(&mut self, name: &str) {
        let Some(definition) = self.schema.pointer(&format!("/$defs/{name}")) else { return };
        if self.elsewhere.contains_key(name) {
            return;
        }
        if is_section(definition) {
            self.elsewhere.insert(name.to_owned(), anchor(name));
            self.queue.push_back(name.to_owned());
        } else {
            let inner: Vec<String> = names(definition);
            for name in inner.iter().filter(|inner| *inner != name) {
                self.explain(name);
            }
            if self.kind == SchemaKind::Answer {
                self.elsewhere.insert(name.to_owned(), VALUES.to_owned());
            }
        }
    }
}

/// What stands for a key that is left out.
fn default(value: &Value, is_required: bool) -> String {
    match value.get("default") {
        _ if is_required => "required".to_owned(),
        Some(Value::String(text)) => format!("`{text}`"),
        Some(other) => format!("`{other}`"),
        None => String::new(),
    }
}

/// What a variant is called: the word that tells it from the others, or the keys that it must have.
fn heading(variant: &Value) -> String {
    let keys = properties(variant);
    let word = keys.into_iter().flatten().find_map(|(key, value)| Some((key, value.get("const")?.as_str()?)));
    match word {
        Some((key, word)) => format!("`{key}: {word}`"),
        None => {
            let keys = match required(variant) {
                keys if keys.is_empty() => keys_of(variant),
                keys => keys,
            };
            keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
        }
    }
}

fn keys_of(definition: &Value) -> Vec<&str> {
    properties(definition).into_iter().flatten().map(|(key, _)| key.as_str()).collect()
}

fn properties(definition: &Value) -> Option<&Map<String, Value>> {
    definition.get("properties").and_then(Value::as_object)
}

fn required(definition: &Value) -> Vec<&str> {
    let required = definition.get("required").and_then(Value::as_array);
    required.into_iter().flatten().filter_map(Value::as_str).collect()
}

fn meaning(definition: &Value) -> &str {
    definition.get("description").and_then(Value::as_str).unwrap_or_default()
}

/// The words of a closed list, as an addition to its meaning; words with meanings of their own have a line each.
fn words(definition: &Value) -> String {
    let alternatives = definition.get("oneOf").and_then(Value::as_array);
    let with_meaning =
        |word: &Value| Some((word.get("const")?.as_str()?.to_owned(), meaning(word).to_owned()));
    let words: Option<Vec<(String, String)>> =
        alternatives.and_then(|all| all.iter().map(with_meaning).collect());
    if let Some(words) = words
        && words.iter().all(|(_, meaning)| !meaning.is_empty())
    {
        return words.iter().map(|(word, meaning)| format!("<br>`{word}`: {meaning}")).collect();
    }
    match types::words(definition) {
        Some(words) if words.contains(", ") => format!(" One of {words}."),
        _ => String::new(),
    }
}

/// The name of a definition as words; that it is part of an answer goes without saying.
fn spoken(name: &str) -> String {
    let mut words = String::new();
    for c in name.strip_suffix("Answer").unwrap_or(name).chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(if c == '_' { ' '.to_lowercase() } else { c.to_lowercase() });
    }
    words
}

/// Text as it may stand in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::{SchemaKind, page};
    use serde_json::json;

    /// Required keys come first; a map that is referred to has a section, a value a line; alternatives follow what they share.
    #[test]
    fn a_page_has_a_table_for_each_map_and_a_line_for_each_value() {
        let schema = json!({
            "description": "A thing.",
            "type": "object",
            "properties": {
                "count": {"type": ["integer", "null"], "default": 3, "description": "How many."},
                "name": {"$ref": "#/$defs/text"},
                "parts": {"type": "array", "items": {"$ref": "#/$defs/SmallPart"}, "description": "Its parts."},
            },
            "required": ["parts"],
            "$defs": {
                "text": {"type": "string", "description": "Any text."},
                "SmallPart": {
                    "type": "object",
                    "properties": {"id": {"$ref": "#/$defs/text", "description": "Its id."}},
                    "required": ["id"],
                    "oneOf": [
                        {"properties": {"kind": {"const": "round"}, "id": true, "radius_mm": {"type": "number"}}},
                        {"properties": {"kind": {"const": "flat"}, "id": true}},
                    ],
                },
            },
        });
        let expected = "## thing\n\nA thing.\n\n| key | type | default | meaning |\n|---|---|---|---|\n\
            | `parts` | list of [small part](#small-part) | required | Its parts. |\n\
            | `count` | whole number | `3` | How many. |\n\
            | `name` | text |  | Any text. |\n\n\
            ## small part\n\n| key | type | default | meaning |\n|---|---|---|---|\n\
            | `id` | text | required | Its id. |\n\n\
            ### `kind: round`\n\n| key | type | default | meaning |\n|---|---|---|---|\n\
            | `kind` | `round` |  |  |\n| `radius_mm` | number |  |  |\n\n\
            ### `kind: flat`\n\n| key | type | default | meaning |\n|---|---|---|---|\n| `kind` | `flat` |  |  |\n\n\
            ## Values\n\n| value | meaning |\n|---|---|\n| text | Any text. |\n";
        assert_eq!(page(SchemaKind::File, "thing", &schema), expected);
    }

    /// What an answer lacks is null, which its type says; words that have meanings are explained one by one.
    #[test]
    fn a_page_of_an_answer_has_no_defaults_and_says_where_null_may_stand() {
        let schema = json!({
            "type": "object",
            "properties": {
                "day": {"type": ["number", "null"], "description": "First day; null when never."},
                "worst": {"anyOf": [{"$ref": "#/$defs/PartAnswer"}, {"type": "null"}], "description": "The worst."},
                "end": {"$ref": "#/$defs/End", "description": "How it ended."},
            },
            "required": ["day", "worst", "end"],
            "$defs": {
                "PartAnswer": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]},
                "End": {
                    "description": "An end.",
                    "oneOf": [
                        {"const": "good", "description": "All went well."},
                        {"const": "bad", "description": "It did not."},
                    ],
                },
            },
        });
        let expected = "## thing\n\n| key | type | meaning |\n|---|---|---|\n\
            | `day` | number or null | First day; null when never. |\n\
            | `worst` | [part](#part) or null | The worst. |\n\
            | `end` | [end](#values) | How it ended. |\n\n\
            ### part\n\n| key | type | meaning |\n|---|---|---|\n| `n` | whole number |  |\n\n\
            ## Values\n\n| value | meaning |\n|---|---|\n\
            | end | An end.<br>`good`: All went well.<br>`bad`: It did not. |\n";
        assert_eq!(page(SchemaKind::Answer, "thing", &schema), expected);
    }
}
