//! Pages that the code cites exist.

use std::path::Path;

/// Pages named in a text as `methodology/NAME.md` or `reference/NAME.md`.
fn cited(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '.');
    text.split(|c| !is_part(c))
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| word.ends_with(".md"))
        .filter(|word| word.starts_with("methodology/") || word.starts_with("reference/"))
        .map(str::to_owned)
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn a_citation_is_found_in_a_comment() {
    let text = "/// Slack (methodology/simulation.md): see reference/outputs.md.\nfoo/methodology/x.md";
    assert_eq!(cited(text), ["methodology/simulation.md", "reference/outputs.md"]);
}

#[test]
fn every_page_that_the_code_cites_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    let mut n_citations = 0;
    for file in files {
        for page in cited(&std::fs::read_to_string(&file).unwrap()) {
            n_citations += 1;
            assert!(root.join("docs/src").join(&page).is_file(), "{} cites {page}", file.display());
        }
    }
    assert!(n_citations > 40, "only {n_citations} citations: are they still read?");
}
