//! Parses the catalog, whose values go into the binary, and tells the program its commit. Builds anew when a file is added
//! to the catalog, which the compiler by itself does not notice.

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "src/input/compact.rs"]
#[allow(dead_code, reason = "the program reads what is written here")]
mod compact;
#[path = "src/input/compact_writer.rs"]
mod compact_writer;
#[path = "src/input/spans.rs"]
#[allow(dead_code, reason = "problems are reported by the program")]
mod spans;
#[path = "src/input/tree.rs"]
#[allow(dead_code, reason = "the program reads what is parsed here")]
mod tree;
#[path = "src/input/yaml.rs"]
#[allow(dead_code, reason = "problems are reported by the program")]
mod yaml;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=catalog");
    println!("cargo::rerun-if-changed=jurisdictions.yaml");
    for name in ["compact", "compact_writer", "spans", "tree", "yaml"] {
        println!("cargo::rerun-if-changed=src/input/{name}.rs");
    }
    write_trees()?;
    if let Some(commit) = commit() {
        println!("cargo::rustc-env=MULTIPOLAR_COMMIT={commit}");
    }
    Ok(())
}

/// Writes the values of each file of the catalog, and a list of them. A file that is wrong is left out: the program then
/// parses its text, and says what is wrong.
fn write_trees() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").ok_or("no folder of the package")?);
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("no folder to write to")?);
    let mut list = String::from("static TREES: &[(&str, &[u8])] = &[\n");
    let mut files = vec!["jurisdictions.yaml".to_owned()];
    for folder in ["catalog", "catalog/scenarios"] {
        for entry in fs::read_dir(root.join(folder))? {
            let name = entry?.file_name().into_string().map_err(|_| "a name that is not text")?;
            files.extend(name.ends_with(".yaml").then(|| format!("{folder}/{name}")));
        }
    }
    files.sort();
    for (place, file) in files.iter().enumerate() {
        let Some(bytes) = compact_form(&fs::read_to_string(root.join(file))?) else { continue };
        fs::write(out.join(format!("{place}.tree")), bytes)?;
        writeln!(list, "    ({file:?}, include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{place}.tree\"))),")?;
    }
    list.push_str("];\n");
    fs::write(out.join("trees.rs"), list)?;
    Ok(())
}

fn compact_form(text: &str) -> Option<Vec<u8>> {
    let shapes = spans::scan(text).ok()?;
    let joined = tree::join(yaml::parse(text).ok()?, &shapes);
    let is_right = joined.duplicates.is_empty() && joined.overfull.is_none();
    is_right.then(|| compact_writer::written(&joined.root))
}

/// The commit that is checked out; `None` outside a repository of our own, as in an unpacked archive, or without git. Only a
/// release names it: otherwise each commit would make whoever works on the program build it anew.
///
/// Only what names the commit is watched. A file that does not exist would start every build anew, so it is left out.
fn commit() -> Option<String> {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR")?);
    if std::env::var("PROFILE").as_deref() != Ok("release") || !root.join(".git").exists() {
        return None;
    }
    let head = git(&root, &["rev-parse", "--git-path", "HEAD"])?;
    println!("cargo::rerun-if-changed={}", root.join(head).display());
    if let Some(branch) = git(&root, &["symbolic-ref", "--quiet", "HEAD"]) {
        let file = |name: &str| git(&root, &["rev-parse", "--git-path", name]).map(|path| root.join(path));
        let loose = file(&branch).filter(|file| file.exists());
        if let Some(file) = loose.or_else(|| file("packed-refs").filter(|file| file.exists())) {
            println!("cargo::rerun-if-changed={}", file.display());
        }
    }
    git(&root, &["rev-parse", "--short=7", "HEAD"])
}

/// The answer of git in one line.
fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).current_dir(folder).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}
