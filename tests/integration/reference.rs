//! What is made from the schemas: `schemas/*.json`, the reference pages of the files, and the line that editors read.
//!
//! `UPDATE_DOCS=1 cargo test --test integration -- reference::` writes the files anew.

use std::fs;
use std::path::Path;

use multipolar::input::schema::{FILES, FileSchema};
use multipolar::report::answer::to_text;
use multipolar::report::schema_page::{Elsewhere, anchor, section_names, sections, values};
use serde_json::Value;

/// Lines between which a page is generated.
const BEGIN: &str = "<!-- generated from the schema: begin -->";
const END: &str = "<!-- generated from the schema: end -->";

const PORTFOLIO_PAGE: &str = "portfolio-file.md";
const CATALOG_PAGE: &str = "catalog-files.md";

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
    let (head, rest) = page.split_once(BEGIN).expect("a line where the generated part begins");
    let (_, tail) = rest.split_once(END).expect("a line where the generated part ends");
    expect(&path, &format!("{head}{BEGIN}\n\n{}\n\n{END}{tail}", generated.trim_end()));
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
    let n_files = fs::read_dir(root().join("schemas")).unwrap().count();
    assert_eq!(n_files, FILES.len());
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
    let sections = sections("Top level", &schema, &mut elsewhere);
    expect_page(PORTFOLIO_PAGE, &format!("{sections}{}", values(&[schema], &Elsewhere::new())));
}

#[test]
fn the_page_of_the_catalog_is_made_from_its_schemas() {
    let selector = (String::from("selector"), format!("{PORTFOLIO_PAGE}#selector"));
    let mut elsewhere = Elsewhere::from([selector]);
    let mut text = String::new();
    for file in catalog_files() {
        let title = file.files.trim_start_matches("catalog/");
        text += &sections(&format!("`{title}`"), &(file.schema)(), &mut elsewhere);
    }
    let portfolio = (file("portfolio").schema)();
    let known: Elsewhere = definitions(&portfolio).map(|name| (name, String::new())).collect();
    let schemas: Vec<Value> = catalog_files().iter().map(|file| (file.schema)()).collect();
    text += &values(&schemas, &known);
    expect_page(CATALOG_PAGE, &text);
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
