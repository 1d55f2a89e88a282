//! Line and column of every value and key of a YAML text, and limits on size and depth that are checked on the way.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};

/// Largest depth of nested lists and maps, aliases expanded. The deepest file of ours has nine levels.
const MAX_DEPTH: usize = 64;
/// The parser's error for brackets 255 levels deep, which it may raise before our own count does.
const RECURSION_LIMIT: &str = "recursion limit exceeded";
/// Largest number of values in one file. The shipped catalog has about fifteen thousand.
const MAX_NODES: usize = 1_000_000;
/// Largest number of values that aliases may add to a file; a long text counts as several.
const MAX_ALIAS_NODES: usize = 100_000;
/// Bytes of text that count as one more value.
const BYTES_PER_NODE: usize = 100;
/// Largest number of anchors in a file. Ours have none, and a file of nothing but anchors is slow to read.
const MAX_ANCHORS: usize = 10_000;
/// Largest number of keys of one map, merged ones included. The longest map of our files has forty.
pub(super) const MAX_KEYS: usize = 10_000;
/// Longest number, bytes.
const MAX_NUMBER_BYTES: usize = 64;

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct TextMark {
    /// From 1.
    pub(crate) line: usize,
    /// From 1, in characters.
    pub(crate) column: usize,
    /// Characters on that line.
    pub(crate) width: usize,
}

/// A problem found while scanning a text.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) code: &'static str,
    pub(super) mark: TextMark,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// The shape of one value. An alias shares the shape of its anchor.
#[derive(Debug)]
pub(super) struct ValueShape {
    pub(super) mark: TextMark,
    pub(super) children: Children,
    /// A value that may be a number, as the user wrote it.
    pub(super) written: Option<String>,
    /// Number of values, including itself, aliases expanded.
    size: usize,
    /// Number of levels: 0 for a scalar.
    height: usize,
}

/// Indices into [`Shapes::all`].
#[derive(Debug)]
pub(super) enum Children {
    None,
    List(Vec<usize>),
    /// Place of the key, and the value.
    Map(Vec<(TextMark, usize)>),
}

/// The shapes of a document.
#[derive(Debug)]
pub(super) struct Shapes {
    pub(super) all: Vec<ValueShape>,
    /// `None` for a text without a document.
    pub(super) root: Option<usize>,
}

/// Walks a text once, one event at a time, and stops at the first thing that makes it unreadable.
///
/// Works without recursion and stops early, so a text of any depth or any number of aliases is refused quickly.
pub(super) fn scan(text: &str) -> Result<Shapes, Problem> {
    let mut walk = Walk::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|e| syntax_problem(&e))?;
        walk.event(&event, span)?;
    }
    Ok(Shapes { all: walk.all, root: walk.root })
}

fn syntax_problem(error: &ScanError) -> Problem {
    let at = error.marker();
    let mark = TextMark { line: at.line(), column: at.col() + 1, width: 1 };
    if error.info() == RECURSION_LIMIT {
        return too_deep(mark);
    }
    Problem { code: "yaml-syntax", mark, message: format!("not YAML: {}", error.info()), help: None }
}

fn mark_of(span: Span) -> TextMark {
    let (start, end) = (span.start, span.end);
    let width = if start.line() == end.line() { end.col().saturating_sub(start.col()) } else { 1 };
    TextMark { line: start.line(), column: start.col() + 1, width: width.max(1) }
}

/// An open list or map.
struct Open {
    shape: usize,
    anchor: usize,
    /// Of a map: the key whose value comes next.
    key: Option<TextMark>,
}

#[derive(Default)]
struct Walk {
    all: Vec<ValueShape>,
    root: Option<usize>,
    n_documents: usize,
    open: Vec<Open>,
    /// Complete anchors.
    anchors: HashMap<usize, usize>,
    n_anchors: usize,
    n_alias_nodes: usize,
}

impl Walk {
    fn event(&mut self, event: &Event<'_>, span: Span) -> Result<(), Problem> {
        let mark = mark_of(span);
        match event {
            Event::DocumentStart(_) => {
                self.n_documents += 1;
                if self.n_documents > 1 {
                    return Err(problem(
                        "several-documents",
                        mark,
                        "a second document begins here",
                        "keep one document per file",
                    ));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                refuse_tag(tag.is_some(), mark)?;
                let is_key = self.take_as_key(mark)?;
                if is_key && *anchor == 0 {
                    return Ok(());
                }
                let written = (*style == ScalarStyle::Plain && may_be_number(text)).then(|| text.to_string());
                let size = 1 + text.len() / BYTES_PER_NODE;
                let idx =
                    self.add(ValueShape { mark, children: Children::None, written, size, height: 0 })?;
                self.count_anchor(*anchor, mark)?;
                self.anchors.insert(*anchor, idx);
                if !is_key {
                    self.attach(idx);
                }
            }
            Event::SequenceStart(anchor, tag) => {
                refuse_tag(tag.is_some(), mark)?;
                self.begin(mark, *anchor, Children::List(Vec::new()))?;
            }
            Event::MappingStart(anchor, tag) => {
                refuse_tag(tag.is_some(), mark)?;
                self.begin(mark, *anchor, Children::Map(Vec::new()))?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.alias(*anchor, mark)?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    /// `anchor`: 0 for a value without one.
    fn count_anchor(&mut self, anchor: usize, mark: TextMark) -> Result<(), Problem> {
        self.n_anchors += usize::from(anchor != 0);
        if self.n_anchors <= MAX_ANCHORS {
            return Ok(());
        }
        let message = format!("the file has more than {MAX_ANCHORS} anchors");
        Err(problem("alias-limit", mark, &message, "remove those that no alias refers to"))
    }

    fn add(&mut self, shape: ValueShape) -> Result<usize, Problem> {
        if self.all.len() >= MAX_NODES {
            let message = format!("the file has more than {MAX_NODES} values");
            return Err(problem("file-too-large", shape.mark, &message, "split the file"));
        }
        self.all.push(shape);
        Ok(self.all.len() - 1)
    }

    /// Whether a scalar is a key of the innermost map; if so, notes it as the current key.
    fn take_as_key(&mut self, mark: TextMark) -> Result<bool, Problem> {
        let Some(open) = self.open.last_mut() else { return Ok(false) };
        let Children::Map(entries) = &self.all[open.shape].children else { return Ok(false) };
        if open.key.is_some() {
            return Ok(false);
        }
        if entries.len() >= MAX_KEYS {
            return Err(too_many_keys(mark));
        }
        open.key = Some(mark);
        Ok(true)
    }

    fn wants_key(&self) -> bool {
        self.open
            .last()
            .is_some_and(|o| o.key.is_none() && matches!(self.all[o.shape].children, Children::Map(_)))
    }

    fn begin(&mut self, mark: TextMark, anchor: usize, children: Children) -> Result<(), Problem> {
        if self.wants_key() {
            return Err(problem(
                "key-not-text",
                mark,
                "a list or map is used as a key",
                "write the key as plain text",
            ));
        }
        self.check_depth(self.open.len() + 1, mark)?;
        self.count_anchor(anchor, mark)?;
        let shape = self.add(ValueShape { mark, children, written: None, size: 1, height: 1 })?;
        self.open.push(Open { shape, anchor, key: None });
        Ok(())
    }

    fn check_depth(&self, depth: usize, mark: TextMark) -> Result<(), Problem> {
        if depth <= MAX_DEPTH {
            return Ok(());
        }
        Err(too_deep(mark))
    }

    fn end(&mut self) {
        let Some(open) = self.open.pop() else { return };
        self.anchors.insert(open.anchor, open.shape);
        self.attach(open.shape);
    }

    fn alias(&mut self, anchor: usize, mark: TextMark) -> Result<(), Problem> {
        let Some(&idx) = self.anchors.get(&anchor) else {
            return Err(problem(
                "alias-limit",
                mark,
                "an alias is inside its own anchor",
                "write the values out",
            ));
        };
        let ValueShape { size, height, .. } = self.all[idx];
        if self.wants_key() {
            if height > 0 {
                return Err(problem(
                    "key-not-text",
                    mark,
                    "a list or map is used as a key",
                    "write the key as plain text",
                ));
            }
            self.take_as_key(mark)?;
            return Ok(());
        }
        self.n_alias_nodes = self.n_alias_nodes.saturating_add(size);
        if self.n_alias_nodes > MAX_ALIAS_NODES {
            let message = format!("aliases expand to more than {MAX_ALIAS_NODES} values");
            return Err(problem("alias-limit", mark, &message, "write the values out"));
        }
        self.check_depth(self.open.len() + height, mark)?;
        self.attach(idx);
        Ok(())
    }

    /// Puts a complete value into the innermost open list or map.
    fn attach(&mut self, idx: usize) {
        let ValueShape { size, height, .. } = self.all[idx];
        let Some(open) = self.open.last_mut() else {
            self.root = Some(idx);
            return;
        };
        let parent = &mut self.all[open.shape];
        parent.size = parent.size.saturating_add(size);
        parent.height = parent.height.max(height + 1);
        match &mut parent.children {
            Children::Map(entries) => entries.push((open.key.take().unwrap_or_default(), idx)),
            Children::List(items) => items.push(idx),
            Children::None => {}
        }
    }
}

/// The problem of a map with more than [`MAX_KEYS`] keys.
pub(super) fn too_many_keys(mark: TextMark) -> Problem {
    let message = format!("the map has more than {MAX_KEYS} keys");
    problem("file-too-large", mark, &message, "split the map, or the file")
}

fn too_deep(mark: TextMark) -> Problem {
    let message = format!("lists and maps are nested more than {MAX_DEPTH} levels deep");
    problem("nesting-too-deep", mark, &message, "look for brackets that are never closed")
}

fn may_be_number(text: &str) -> bool {
    text.len() <= MAX_NUMBER_BYTES
        && text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'))
}

fn refuse_tag(is_tagged: bool, mark: TextMark) -> Result<(), Problem> {
    if is_tagged {
        return Err(problem(
            "yaml-tag",
            mark,
            "YAML tags are not allowed",
            "remove the word that begins with '!'",
        ));
    }
    Ok(())
}

fn problem(code: &'static str, mark: TextMark, message: &str, help: &str) -> Problem {
    Problem { code, mark, message: message.to_owned(), help: Some(help.to_owned()) }
}

// The path, because the build reads this file from another place.
#[cfg(test)]
#[path = "spans/tests.rs"]
mod tests;
