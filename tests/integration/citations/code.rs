//! Files, names and constants of the code that the documents cite.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::pages::{code_spans, files, pages, prose, root};

/// Endings of the names of files that the documents cite.
const ENDINGS: [&str; 5] = [".rs", ".sh", ".md", ".yaml", ".toml"];
/// Folders of the repository that a cited path begins with.
const FOLDERS: [&str; 8] =
    ["src/", "tests/", "docs/", "benches/", "scripts/", "catalog/", "portfolios/", ".ci/"];
/// Files that the documents name and that are not ours: written by the program or by the reader, or made up.
const OF_OTHERS: [&str; 8] = [
    "portfolios/mine.yaml",
    "bank.yaml",
    "generated.yaml",
    "report.md",
    "reports/quickstart/2026Q4/report.md",
    "scenarios/ID.yaml",
    "foo.rs",
    "foo/tests.rs",
];
/// Folders below which the documents also name files without the folder.
const UNNAMED_FOLDERS: [&str; 4] = ["catalog", "portfolios", "docs/src/reference", "docs/src/methodology"];

/// The code: path below the root, and text.
struct Code(BTreeMap<String, String>);

impl Code {
    fn read() -> Self {
        let folders = ["src", "tests", "benches"];
        let paths: Vec<PathBuf> =
            folders.iter().flat_map(|folder| files(&root().join(folder), "rs")).collect();
        let name = |path: &PathBuf| path.strip_prefix(root()).unwrap().display().to_string();
        Self(paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect())
    }

    /// Paths that a cited one may mean: itself, or for one without its folder all that end like it.
    fn meant(&self, cited: &str) -> Vec<&str> {
        let is_whole = FOLDERS.iter().any(|folder| cited.starts_with(folder));
        let is_meant =
            |path: &&String| if is_whole { *path == cited } else { path.ends_with(&format!("/{cited}")) };
        self.0.keys().filter(is_meant).map(String::as_str).collect()
    }

    /// Whether a name is defined in the library, in a file below the modules that it begins with. What begins with no
    /// module of ours is another crate's.
    fn is_defined(&self, name: &str) -> bool {
        let (kinds, _) = name.rsplit_once("::").unwrap_or_default();
        let modules: Vec<&str> =
            kinds.split("::").filter(|kind| !kind.is_empty() && !is_type(kind)).collect();
        let is_below =
            |path: &str, module: &str| path.trim_end_matches(".rs").split('/').any(|own| own == module);
        let is_ours = |module: &&str| self.0.keys().any(|path| is_below(path, module));
        let mut files = self.0.iter().filter(|(path, _)| path.starts_with("src/"));
        modules.first().is_some_and(|module| !is_ours(module))
            || files.any(|(path, text)| modules.iter().all(|own| is_below(path, own)) && defines(text, name))
    }
}

fn is_type(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
}

/// Whether a text defines a name, `name` or `Type::name`: an item, a field or a variant; or reads a variable of the
/// environment, `NAME`.
fn defines(text: &str, name: &str) -> bool {
    let is_variable = name.starts_with(|c: char| c.is_ascii_uppercase()) && name == name.to_uppercase();
    if is_variable && text.contains(&format!("\"{name}\"")) {
        return true;
    }
    let (kind, own) = name.rsplit_once("::").unwrap_or(("", name));
    let mentions = |word: &str| text.split(|c: char| !is_word(c)).any(|own| own == word);
    kind.split("::").all(|kind| !is_type(kind) || mentions(kind))
        && text.lines().any(|line| is_definition(line, own))
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_definition(line: &str, name: &str) -> bool {
    let mut rest = line.trim_start();
    for public in ["pub(super) ", "pub(crate) ", "pub "] {
        rest = rest.strip_prefix(public).unwrap_or(rest);
    }
    let keywords = ["const fn ", "fn ", "struct ", "enum ", "const ", "static ", "type ", "trait ", "mod "];
    let named = keywords.iter().find_map(|keyword| rest.strip_prefix(keyword));
    let Some(after) = named.unwrap_or(rest).strip_prefix(name) else { return false };
    match named {
        Some(_) => !after.starts_with(is_word),
        None if !is_type(name) => after.starts_with(':') && !after.starts_with("::"),
        // A variant.
        None => after.starts_with([',', '(']) || after.starts_with(" {") || after.starts_with(" ="),
    }
}

/// Whether a piece of code is the path of a file or folder of ours.
fn is_path(span: &str) -> bool {
    let is_named = !span.contains(|c: char| c.is_whitespace() || "{}<>\"'$@".contains(c));
    let begins = FOLDERS.iter().any(|folder| span.starts_with(folder));
    is_named && (begins || (ENDINGS.iter().any(|e| span.ends_with(e)) && !span.starts_with(['.', '-'])))
}

/// Whether there is a file or folder at a path, in which one `*` stands for any name.
fn exists(code: &Code, path: &str) -> bool {
    if let Some((folder, ending)) = path.split_once('*') {
        let names = fs::read_dir(root().join(folder)).into_iter().flatten().flatten();
        return names.into_iter().any(|entry| entry.file_name().to_string_lossy().ends_with(ending));
    }
    let is_short = || UNNAMED_FOLDERS.iter().any(|folder| root().join(folder).join(path).exists());
    root().join(path).exists() || !code.meant(path).is_empty() || is_short()
}

/// Names of code in a line, each with the source file that it is said to be in: "`a`, `B::c` in `path`".
fn names_in_files(line: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    let parts: Vec<&str> = line.split('`').collect();
    for (at, span) in parts.iter().enumerate().skip(1).step_by(2) {
        match parts[at - 1].trim() {
            "in" if is_path(span) && span.ends_with(".rs") => {
                found.extend(names.drain(..).map(|name| (name, *span)));
            }
            "," | "and" | "or" => {}
            _ => names.clear(),
        }
        names.extend((is_name(span) && parts[at - 1].trim() != "in").then_some(*span));
    }
    found
}

/// Whether a piece of code can be a name: `name`, `Type::name`, `NAME`.
fn is_name(span: &str) -> bool {
    !span.is_empty()
        && span
            .split("::")
            .all(|part| part.starts_with(|c: char| c.is_ascii_alphabetic()) && part.chars().all(is_word))
}

/// Whether a name cannot be anything but one of the code: `Type::name`, `MAX_NAME`.
fn is_surely_of_the_code(span: &str) -> bool {
    let is_constant =
        span.contains('_') && span.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    is_name(span) && (span.contains("::") || is_constant)
}

/// The value of a constant that is written as a number.
fn value(code: &Code, name: &str) -> Option<f64> {
    let start = format!("const {name}: ");
    let line = code.0.values().flat_map(|text| text.lines()).find(|line| line.contains(&start))?;
    let (_, value) = line.split_once(" = ")?;
    value.trim_end_matches(';').replace('_', "").parse().ok()
}

/// The numbers of a text, parts of a hundred as such.
fn numbers(text: &str) -> Vec<f64> {
    let mut found = Vec::new();
    let words: Vec<&str> = text.split_whitespace().collect();
    for (at, word) in words.iter().enumerate() {
        let word = word.trim_matches(|c: char| !c.is_ascii_digit());
        if let Ok(number) = word.replace(',', "").parse::<f64>() {
            let is_percent = words.get(at + 1).is_some_and(|next| next.starts_with('%'));
            found.push(if is_percent { number / 100.0 } else { number });
        }
    }
    found
}

#[test]
fn every_file_that_the_documents_cite_exists() {
    let code = Code::read();
    let mut told = Vec::new();
    let mut n_paths = 0;
    for page in pages() {
        for span in prose(&page.text).into_iter().flat_map(code_spans).filter(|span| is_path(span)) {
            n_paths += 1;
            let is_there = OF_OTHERS.contains(&span) || exists(&code, span);
            told.extend((!is_there).then(|| format!("{}: there is no {span}", page.name)));
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
    assert!(n_paths > 150, "only {n_paths} paths: are they still read?");
}

#[test]
fn every_name_of_the_code_that_the_documents_cite_is_where_they_say() {
    let code = Code::read();
    let (mut told, mut n_names) = (Vec::new(), 0);
    for page in pages() {
        for line in prose(&page.text) {
            for (name, path) in names_in_files(line) {
                n_names += 1;
                let is_there = code.meant(path).iter().any(|path| defines(&code.0[*path], name));
                told.extend((!is_there).then(|| format!("{}: {name} is not in {path}", page.name)));
            }
            for name in code_spans(line).filter(|span| is_surely_of_the_code(span)) {
                n_names += 1;
                told.extend((!code.is_defined(name)).then(|| format!("{}: there is no {name}", page.name)));
            }
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
    assert!(n_names > 80, "only {n_names} names: are they still read?");
}

/// A constant named in a sentence or a row of a table that has numbers: one of them is its value.
#[test]
fn numbers_beside_the_name_of_a_constant_are_its_value() {
    let code = Code::read();
    let (mut told, mut n_constants) = (Vec::new(), 0);
    for page in pages() {
        for line in prose(&page.text) {
            let separator = if line.starts_with('|') { "\n" } else { ". " };
            for sentence in line.split(separator) {
                let said = numbers(sentence);
                let constants =
                    code_spans(sentence).filter(|span| is_surely_of_the_code(span) && !span.contains("::"));
                for (name, value) in constants.filter_map(|name| Some((name, value(&code, name)?))) {
                    n_constants += 1;
                    let is_said = said.iter().any(|own| (own - value).abs() <= 1e-9 * value.abs());
                    let is_wrong = !said.is_empty() && !is_said;
                    told.extend(is_wrong.then(|| format!("{}: {name} is {value}, not {said:?}", page.name)));
                }
            }
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
    assert!(n_constants >= 10, "only {n_constants} constants: are they still read?");
}

#[test]
fn a_citation_that_is_wrong_is_found() {
    let code = Code(BTreeMap::from([
        (
            "src/a/b.rs".to_owned(),
            "pub struct B {\n    pub field: u8,\n}\nimpl B {\n    pub fn act(&self) {}\n}".to_owned(),
        ),
        (
            "src/c.rs".to_owned(),
            "const MAX_C: usize = 4_000;\nconst PART_C: f64 = 1e-3;\nfn calls() {\n    act();\n}".to_owned(),
        ),
    ]));
    let line = "`B::act`, `field` in `src/a/b.rs`; `x` and then in `src/c.rs`, `PART_C` in `c.rs`";
    assert_eq!(names_in_files(line), [("B::act", "src/a/b.rs"), ("field", "src/a/b.rs"), ("PART_C", "c.rs")]);
    assert_eq!(code.meant("b.rs"), ["src/a/b.rs"]);
    assert_eq!(code.meant("src/b.rs"), Vec::<&str>::new());
    assert!(defines(&code.0["src/a/b.rs"], "B::act") && defines(&code.0["src/a/b.rs"], "field"));
    assert!(code.is_defined("a::b::B::act") && code.is_defined("c::MAX_C") && !code.is_defined("b::MAX_C"));
    assert!(code.is_defined("other_crate::Value"));
    assert!(!defines(&code.0["src/c.rs"], "act") && !code.is_defined("A::act") && !code.is_defined("fiel"));
    assert!(exists(&code, "a/b.rs") && exists(&code, "src/cli/*.rs") && !exists(&code, "src/a/x.rs"));
    assert!(!exists(&code, "src/cli/*.yaml"));
    assert_eq!(
        (value(&code, "MAX_C"), value(&code, "PART_C"), value(&code, "C")),
        (Some(4000.0), Some(1e-3), None)
    );
    assert_eq!(numbers("At most 4,000 trials (`MAX_C`), or 0.1 %."), [4000.0, 0.001]);
    assert!(
        is_surely_of_the_code("MAX_C")
            && is_surely_of_the_code("B::act")
            && !is_surely_of_the_code("min_quality")
    );
}
