//! What is made from the schemas: `schemas/`, the reference pages of files and answers, and the line that editors read.
//!
//! `UPDATE_DOCS=1 cargo test --test integration -- reference::` writes the files anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use multipolar::input::schema::{FILES, FileSchema};
use multipolar::report::answer::{ANSWERS, schema, to_text};
use multipolar::report::schema_page::{Elsewhere, SchemaKind, anchor, section_names, sections, values};
use serde_json::Value;

/// Lines between which a page is generated. A page of several parts names them: `begin NAME`.
const BEGIN: &str = "<!-- generated from the schema: begin -->";
const END: &str = "<!-- generated from the schema: end -->";

const PORTFOLIO_PAGE: &str = "portfolio-file.md";
const CATALOG_PAGE: &str = "catalog-files.md";
const ANSWERS_PAGE: &str = "outputs.md";

/// The answers in the order of their page. `merge` answers like `simulate`, `import cyclonedx` like `import inventory`.
const PARTS: [&str; 40] = [
    "check",
    "exposure",
    "stress",
    "compare",
    "replay",
    "reverse",
    "simulate",
    "optimize",
    "optimize-why",
    "optimize-sovereignty",
    "check-if-signed",
    "diversify",
    "landscape",
    "shocks-list",
    "shocks-show",
    "shocks-calibrate",
    "signals",
    "catalog-refresh",
    "catalog-status",
    "import-litellm",
    "import-inventory",
    "import-usage",
    "export-dora",
    "export-uk-register",
    "routes",
    "list-offers",
    "list-models",
    "list-hosts",
    "list-suppliers",
    "list-hardware",
    "list-scenarios",
    "list-limits",
    "list-rules",
    "results",
    "report-manifest",
    "what-if",
    "about",
    "offer-sources",
    "job",
    "refusal",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a file with what it must be; with `UPDATE_DOCS` set, writes it.
fn expect(path: &Path, text: &str) {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(found == text, "{} is out of date: run the tests with UPDATE_DOCS=1", path.display());
}

/// A page with its generated part replaced; what is written by hand stays.
fn expect_page(name: &str, generated: &str) {
    let path = root().join("docs/src/reference").join(name);
    let page = fs::read_to_string(&path).unwrap();
    expect(&path, &with_part(&page, BEGIN, generated));
}

/// A page with the part that follows the line `begin` replaced.
fn with_part(page: &str, begin: &str, generated: &str) -> String {
    let (head, rest) =
        page.split_once(begin).unwrap_or_else(|| panic!("no line where the generated part begins: {begin}"));
    let (_, tail) = rest.split_once(END).expect("a line where the generated part ends");
    format!("{head}{begin}\n\n{}\n\n{END}{tail}", generated.trim_end())
}

fn file(name: &str) -> &'static FileSchema {
    FILES.iter().find(|file| file.name == name).unwrap()
}

/// The kinds of files that the page of the catalog is about.
fn catalog_files() -> Vec<&'static FileSchema> {
    FILES.iter().filter(|file| file.name != "portfolio").collect()
}

#[test]
fn the_shipped_schemas_are_what_the_command_prints() {
    for file in &FILES {
        expect(&root().join(format!("schemas/{}.json", file.name)), &to_text(&(file.schema)()));
    }
    for (name, schema) in ANSWERS {
        expect(&root().join(format!("schemas/answers/{name}.json")), &to_text(&schema()));
    }
    let n_entries = |folder: &str| fs::read_dir(root().join(folder)).unwrap().count();
    assert_eq!(n_entries("schemas"), FILES.len() + 1, "one schema per file, and the folder of the answers");
    assert_eq!(n_entries("schemas/answers"), ANSWERS.len());
}

/// What the portfolio and the catalog share is explained on the page of the catalog; selectors on that of the portfolio.
#[test]
fn the_page_of_the_portfolio_is_made_from_its_schema() {
    let schema = (file("portfolio").schema)();
    let mut elsewhere = Elsewhere::new();
    for file in catalog_files() {
        for name in section_names(&(file.schema)()).into_iter().filter(|name| name != "selector") {
            elsewhere.insert(name.clone(), format!("{CATALOG_PAGE}{}", anchor(&name)));
        }
    }
    // The page of the catalog has the whole file of a scenario instead.
    elsewhere.insert("scenario".to_owned(), format!("{CATALOG_PAGE}#scenariosidyaml"));
    let sections = sections(SchemaKind::File, &schema, &mut elsewhere);
    expect_page(
        PORTFOLIO_PAGE,
        &format!("## Top level\n\n{sections}{}", values(&[schema], &Elsewhere::new())),
    );
}

#[test]
fn the_page_of_the_catalog_is_made_from_its_schemas() {
    let selector = (String::from("selector"), format!("{PORTFOLIO_PAGE}#selector"));
    let mut elsewhere = Elsewhere::from([selector]);
    let mut text = String::new();
    for file in catalog_files() {
        let title = file.files.trim_start_matches("catalog/");
        text += &format!("## `{title}`\n\n");
        text += &sections(SchemaKind::File, &(file.schema)(), &mut elsewhere);
    }
    let portfolio = (file("portfolio").schema)();
    let known: Elsewhere = definitions(&portfolio).map(|name| (name, String::new())).collect();
    let schemas: Vec<Value> = catalog_files().iter().map(|file| (file.schema)()).collect();
    text += &values(&schemas, &known);
    expect_page(CATALOG_PAGE, &text);
}

/// A struct that several answers contain is explained in the first; an answer inside another is a link to its section.
#[test]
fn the_page_of_the_answers_is_made_from_their_schemas() {
    let path = root().join("docs/src/reference").join(ANSWERS_PAGE);
    let mut page = fs::read_to_string(&path).unwrap();
    let schemas = PARTS.map(|name| (name, schema(name).unwrap()));
    let title = |schema: &Value| schema["title"].as_str().unwrap().to_owned();
    let mut elsewhere: Elsewhere =
        schemas.iter().map(|(name, schema)| (title(schema), format!("#{name}"))).collect();
    for (name, schema) in &schemas {
        let begin = format!("<!-- generated from the schema: begin {name} -->");
        page = with_part(&page, &begin, &sections(SchemaKind::Answer, schema, &mut elsewhere));
    }
    let begin = "<!-- generated from the schema: begin values -->";
    page = with_part(&page, begin, &values(&schemas.map(|(_, schema)| schema), &Elsewhere::new()));
    expect(&path, &page);
    let headings: Vec<&str> = page.lines().filter(|line| line.starts_with('#')).collect();
    let anchors: BTreeSet<String> =
        headings.iter().map(|heading| heading.trim_matches(['#', ' ', '`']).to_lowercase()).collect();
    assert_eq!(
        anchors.len(),
        headings.len(),
        "two headings alike, and links lead to the first: {headings:?}"
    );
}

/// What is asked of every answer is on its page.
#[test]
fn every_answer_has_its_part_of_the_page() {
    let names: BTreeSet<&str> = ANSWERS.iter().map(|(name, _)| *name).collect();
    let parts: BTreeSet<&str> = PARTS.iter().copied().chain(["merge", "import-cyclonedx"]).collect();
    assert_eq!(names, parts);
    assert_eq!(schema("merge"), schema("simulate"));
    assert_eq!(schema("import-cyclonedx"), schema("import-inventory"));
}

fn definitions(schema: &Value) -> impl Iterator<Item = String> {
    schema["$defs"].as_object().unwrap().keys().cloned()
}

/// Editors check and complete a file by the schema that its first line names.
#[test]
fn every_shipped_file_names_its_schema_in_its_first_line() {
    let mut files = vec![("jurisdictions.yaml".to_owned(), "jurisdictions")];
    for name in ["suppliers", "models", "hardware", "offers", "shocks"] {
        files.push((format!("catalog/{name}.yaml"), name));
    }
    for (folder, name) in [("portfolios", "portfolio"), ("catalog/scenarios", "scenario")] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            files.push((format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap()), name));
        }
    }
    for (path, name) in files {
        let up = "../".repeat(path.matches('/').count());
        let up = if up.is_empty() { "./".to_owned() } else { up };
        let line = format!("# yaml-language-server: $schema={up}schemas/{name}.json");
        let text = fs::read_to_string(root().join(&path)).unwrap();
        assert_eq!(text.lines().next(), Some(line.as_str()), "{path}");
        let schema = root().join(&path).parent().unwrap().join(format!("{up}schemas/{name}.json"));
        assert!(schema.is_file(), "{}", schema.display());
    }
}
