//! Builds anew when a file is added to the catalog, which the compiler by itself does not notice, and tells the
//! program its commit.

use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=catalog");
    if let Some(commit) = commit() {
        println!("cargo::rustc-env=MULTIPOLAR_COMMIT={commit}");
    }
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
