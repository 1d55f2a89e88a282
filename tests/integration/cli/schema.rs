//! `schema`: names without an argument, a schema or its tables with one.

use super::Folder;
use multipolar::input::schema::FILES;
use multipolar::report::answer::ANSWERS;

#[test]
fn every_name_that_is_listed_has_a_schema_and_tables() {
    let folder = Folder::new();
    let listed = folder.run(&["schema"]);
    assert_eq!(listed.code, 0, "{}", listed.stderr);
    let names: Vec<&str> = listed.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names.len(), FILES.len() + ANSWERS.len());
    for name in names {
        let schema = folder.run(&["schema", name]);
        assert_eq!(schema.code, 0, "{name}: {}", schema.stderr);
        assert_eq!(schema.json()["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        assert!(jsonschema::meta::is_valid(&schema.json()), "{name}");
        let tables = folder.run(&["schema", name, "--format", "markdown"]);
        assert!(tables.stdout.starts_with(&format!("## {name}\n")), "{name}: {}", tables.stdout);
        let is_answer = ANSWERS.iter().any(|(answer, _)| *answer == name);
        let columns =
            if is_answer { "| key | type | meaning |" } else { "| key | type | default | meaning |" };
        assert!(tables.stdout.contains(columns), "{name}");
    }
}

#[test]
fn a_name_that_no_schema_has_is_a_usage_error() {
    let ended = Folder::new().run(&["schema", "portfolo"]);
    assert_eq!(ended.code, 2);
    assert!(
        ended.stderr.contains("unknown schema 'portfolo'; did you mean 'portfolio'?"),
        "{}",
        ended.stderr
    );
}
