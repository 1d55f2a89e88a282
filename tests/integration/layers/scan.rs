//! What a source file imports, reads, writes and prints.

use super::tokens::{Kind, Token, tokens};
use super::{CRATES, SOLVERS};

/// Functions of `std::fs` and `File` that read; all others write.
const READING: [&str; 10] = [
    "canonicalize",
    "exists",
    "metadata",
    "open",
    "read",
    "read_dir",
    "read_link",
    "read_to_string",
    "symlink_metadata",
    "try_exists",
];
/// Keywords that may stand before a path that begins with `::`, and so do not belong to it.
const KEYWORDS: [&str; 11] =
    ["as", "dyn", "else", "for", "if", "impl", "in", "match", "mut", "return", "use"];
const PRINTING: [&str; 5] = ["print", "println", "eprint", "eprintln", "dbg"];

/// One thing that a file does, and the line where.
pub struct Found {
    pub usage: Usage,
    pub line: usize,
}

pub enum Usage {
    /// Names this child of the crate's root, or something in it; `*` for all of them.
    Room {
        room: String,
        /// The end of the path: what is named.
        name: String,
    },
    /// Names one of `CRATES`.
    Crate(String),
    /// Names one of `SOLVERS`.
    Solver(String),
    /// Mentions `std::fs` or a type of it.
    Files,
    /// Calls or imports a function that reads files.
    Reads(String),
    /// Calls or imports a function that writes files.
    Writes(String),
    /// Prints by this macro.
    Prints(String),
}

/// Everything in `source`, the file of `module`, that the rules speak of, in order.
pub fn usages(source: &str, module: &[String]) -> Vec<Found> {
    let tokens = tokens(source);
    let mut scan = Scan { tokens: &tokens, module, inner: Vec::new(), depth: 0, found: Vec::new() };
    let mut at = 0;
    while at < tokens.len() {
        at = scan.step(at);
    }
    scan.found
}

struct Scan<'a> {
    tokens: &'a [Token],
    module: &'a [String],
    /// The inline modules that are open: name, and the depth of braces around it.
    inner: Vec<(String, usize)>,
    depth: usize,
    found: Vec<Found>,
}

impl Scan<'_> {
    /// Looks at the token at `at`, and returns the next to look at.
    fn step(&mut self, at: usize) -> usize {
        if self.begins_path(at) {
            let mut leaves = Vec::new();
            let end = self.tree(at, &mut Vec::new(), &mut leaves).max(at + 1);
            for (path, at) in leaves {
                self.path(&path, at);
            }
            for at in at..end {
                self.single(at);
            }
            return end;
        }
        match &self.tokens[at].kind {
            Kind::Sign('{') => self.depth += 1,
            Kind::Sign('}') => {
                self.depth = self.depth.saturating_sub(1);
                self.inner.pop_if(|(_, depth)| *depth == self.depth);
            }
            Kind::Word(word) if word == "mod" && self.is_sign(at + 2, '{') => {
                let name = self.word(at + 1).unwrap_or_default().to_owned();
                self.inner.push((name, self.depth));
            }
            _ => self.single(at),
        }
        at + 1
    }

    fn word(&self, at: usize) -> Option<&str> {
        match &self.tokens.get(at)?.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    fn is_sign(&self, at: usize, sign: char) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Sign(sign))
    }

    fn is_sep(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::PathSep)
    }

    /// Unit tests, which are modules named `tests`, may read, write and print.
    fn add(&mut self, at: usize, usage: Usage) {
        let in_tests =
            self.module.iter().chain(self.inner.iter().map(|(name, _)| name)).any(|name| name == "tests");
        if !in_tests || matches!(usage, Usage::Room { .. } | Usage::Crate(_) | Usage::Solver(_)) {
            self.found.push(Found { usage, line: self.tokens[at].line });
        }
    }

    /// The rules on one word: solvers, printing.
    fn single(&mut self, at: usize) {
        match &self.tokens[at].kind {
            Kind::Text(text) if SOLVERS.iter().any(|name| text.eq_ignore_ascii_case(name)) => {
                self.add(at, Usage::Solver(text.clone()));
            }
            Kind::Word(word) if SOLVERS.contains(&word.as_str()) => self.add(at, Usage::Solver(word.clone())),
            Kind::Word(word)
                if PRINTING.contains(&word.as_str())
                    && self.is_sign(at + 1, '!')
                    && !self.is_sign(at + 2, '=') =>
            {
                self.add(at, Usage::Prints(format!("`{word}!`")));
            }
            _ => {}
        }
    }

    /// Whether a path begins at `at`: a word with `::` behind it, or alone after `use` or `extern crate`.
    fn begins_path(&self, at: usize) -> bool {
        if self.word(at).is_none_or(|word| KEYWORDS.contains(&word)) {
            return false;
        }
        let before = |n: usize| at.checked_sub(n).and_then(|at| self.word(at));
        let continues =
            at > 0 && self.is_sep(at - 1) && before(2).is_some_and(|word| !KEYWORDS.contains(&word));
        let alone = matches!(before(1), Some("use" | "crate"));
        !continues && (self.is_sep(at + 1) || alone)
    }

    /// Collects the paths of the tree at `at`, each with its last token, and returns what follows the tree.
    ///
    /// `a::{b as x, c::d, self}` has `a::b`, `a::c::d` and `a::self`.
    fn tree(&self, at: usize, prefix: &mut Vec<String>, leaves: &mut Vec<(Vec<String>, usize)>) -> usize {
        match self.tokens.get(at).map(|token| &token.kind) {
            Some(Kind::Sign('{')) => {
                let mut at = at + 1;
                while at < self.tokens.len() && !self.is_sign(at, '}') {
                    at = if self.is_sign(at, ',') {
                        at + 1
                    } else {
                        self.tree(at, prefix, leaves).max(at + 1)
                    };
                }
                at + 1
            }
            Some(Kind::Sign('*')) => {
                leaves.push(([prefix.as_slice(), &["*".to_owned()]].concat(), at));
                at + 1
            }
            Some(Kind::Word(word)) => {
                prefix.push(word.clone());
                let end = if self.is_sep(at + 1) {
                    self.tree(at + 2, prefix, leaves)
                } else {
                    leaves.push((prefix.clone(), at));
                    if self.word(at + 1) == Some("as") { at + 3 } else { at + 1 }
                };
                prefix.pop();
                end
            }
            // `Vec::<T>` and the like: the path ends before the generics.
            _ => {
                leaves.push((prefix.clone(), at - 1));
                at
            }
        }
    }

    /// The rules on a whole path, whose last token is at `at`.
    fn path(&mut self, path: &[String], at: usize) {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        match names[..] {
            ["crate" | "multipolar" | "super" | "self", .., name] => {
                self.add(at, Usage::Room { room: self.room(&names), name: name.to_owned() });
            }
            ["crate" | "multipolar" | "super" | "self"] => {
                self.add(at, Usage::Room { room: self.room(&names), name: String::new() });
            }
            ["std", "fs", ..] => self.files(at, &names[2..]),
            ["fs", ..] => self.files(at, &names[1..]),
            ["File" | "OpenOptions", _, ..] => self.files(at, &names),
            [name, ..] if CRATES.iter().any(|(restricted, _)| *restricted == name) => {
                self.add(at, Usage::Crate(name.to_owned()));
            }
            _ => {}
        }
    }

    /// The child of the library's root that a path leads to from here.
    fn room(&self, names: &[&str]) -> String {
        let is_main = self.module.first().is_some_and(|name| name == "main");
        let mut place: Vec<&str> = match names[0] {
            "multipolar" => Vec::new(),
            "crate" if is_main => vec!["main"],
            "crate" => Vec::new(),
            _ => self
                .module
                .iter()
                .chain(self.inner.iter().map(|(name, _)| name))
                .map(String::as_str)
                .collect(),
        };
        for name in names {
            match *name {
                "crate" | "multipolar" | "self" => {}
                "super" => {
                    place.pop();
                }
                name => place.push(name),
            }
        }
        place.first().copied().unwrap_or("*").to_owned()
    }

    /// `rest` is what follows `std::fs`.
    fn files(&mut self, at: usize, rest: &[&str]) {
        let function = match rest {
            [owner @ ("File" | "OpenOptions"), function, ..] => format!("`{owner}::{function}`"),
            [function] if function.starts_with(char::is_lowercase) && *function != "self" => {
                format!("`fs::{function}`")
            }
            _ => return self.add(at, Usage::Files),
        };
        let reads = rest[0] != "OpenOptions" && rest.last().is_some_and(|name| READING.contains(name));
        self.add(at, if reads { Usage::Reads(function) } else { Usage::Writes(function) });
    }
}
