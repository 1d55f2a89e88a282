//! The page: a document, a style sheet and a script, inside the binary.
//!
//! The script is written as modules. They are put behind one another in the order of [`MODULES`], without their imports and
//! exports, so that the page needs one request and works as a file as well.

use std::fmt::Write;

const DOCUMENT: &str = include_str!("page/index.html");
const STYLE: &str = include_str!("page/page.css");

/// A module comes after those that it imports.
const MODULES: [(&str, &str); 1] = [("main.js", include_str!("page/main.js"))];

/// The document; its links carry the token.
pub(super) fn document(token: &str) -> String {
    DOCUMENT.replace("{token}", token)
}

pub(super) fn style() -> String {
    STYLE.to_owned()
}

pub(super) fn script() -> String {
    let mut script = String::from("'use strict';\n(() => {\n");
    for (name, text) in MODULES {
        let _ = writeln!(script, "// {name}");
        for line in text.lines().filter(|line| !line.starts_with("import ")) {
            let _ = writeln!(script, "{}", line.strip_prefix("export ").unwrap_or(line));
        }
    }
    script + "})();\n"
}
