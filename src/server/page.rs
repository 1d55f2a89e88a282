//! The page: a document, a style sheet and a script, inside the binary.
//!
//! The script is written as modules. They are put behind one another in the order of [`MODULES`], each as a function, so that the
//! page needs one request, with the token, and works as a file as well.

use std::fmt::Write;

use crate::report::drawing::palette::{DARK, LIGHT, ORIGINS, ORIGINS_DARK};

const DOCUMENT: &str = include_str!("page/index.html");
/// All but the colors.
const STYLE: &str = include_str!("page/page.css");

/// A module comes after those that it imports.
const MODULES: [(&str, &str); 19] = [
    ("format.js", include_str!("page/format.js")),
    ("dom.js", include_str!("page/dom.js")),
    ("server.js", include_str!("page/server.js")),
    ("state.js", include_str!("page/state.js")),
    ("model.js", include_str!("page/model.js")),
    ("answers.js", include_str!("page/answers.js")),
    ("sources.js", include_str!("page/sources.js")),
    ("figures.js", include_str!("page/figures.js")),
    ("portfolio.js", include_str!("page/portfolio.js")),
    ("answer.js", include_str!("page/answer.js")),
    ("crisis.js", include_str!("page/crisis.js")),
    ("map.js", include_str!("page/map.js")),
    ("shocks.js", include_str!("page/shocks.js")),
    ("plan.js", include_str!("page/plan.js")),
    ("landscape.js", include_str!("page/landscape.js")),
    ("compare.js", include_str!("page/compare.js")),
    ("bottom.js", include_str!("page/bottom.js")),
    ("tour.js", include_str!("page/tour.js")),
    ("main.js", include_str!("page/main.js")),
];

/// The document; its links carry the token.
pub(super) fn document(token: &str) -> String {
    DOCUMENT.replace("{token}", token)
}

/// What a file that is opened without a server may do: nothing but itself.
const FILE_POLICY: &str =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";

/// The page as one file, with answers instead of a server.
pub(super) fn file(answers: &str) -> String {
    let policy = format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{FILE_POLICY}\">\n<style>{}</style>",
        style()
    );
    // In a script, `<` could end it.
    let answers = answers.replace('<', "\\u003c");
    let script = format!(
        "<script type=\"application/json\" id=\"snapshot\">{answers}</script>\n<script>{}</script>",
        script()
    );
    DOCUMENT
        .replace("<link rel=\"stylesheet\" href=\"page.css?token={token}\">", &policy)
        .replace("<script src=\"page.js?token={token}\"></script>", &script)
}

/// The style sheet, with the colors of all drawings and pages.
pub(super) fn style() -> String {
    format!(
        ":root{{{LIGHT};{ORIGINS}}}\n@media (prefers-color-scheme:dark){{:root{{{DARK};{ORIGINS_DARK}}}}}\n{STYLE}"
    )
}

/// The modules as one script: each is a function that returns what it exports.
pub(super) fn script() -> String {
    let mut script = String::from("'use strict';\n(() => {\nconst modules = {};\n");
    for (name, text) in MODULES {
        let mut exported = Vec::new();
        let _ = writeln!(script, "modules['{name}'] = (() => {{");
        for line in text.lines() {
            let line = match (imported(line), line.strip_prefix("export ")) {
                (Some((names, from)), _) => format!("const {names} = modules['{from}'];"),
                (None, Some(declared)) => {
                    exported.extend(declared_name(declared));
                    declared.to_owned()
                }
                (None, None) => line.to_owned(),
            };
            let _ = writeln!(script, "{line}");
        }
        let _ = writeln!(script, "return {{{}}};\n}})();", exported.join(", "));
    }
    script + "})();\n"
}

/// The names in braces and the module of an import, which stands on one line.
fn imported(line: &str) -> Option<(&str, &str)> {
    let (names, from) = line.strip_prefix("import ")?.split_once(" from './")?;
    Some((names, from.strip_suffix("';")?))
}

/// The name that a declaration declares.
fn declared_name(declared: &str) -> Option<&str> {
    let name = declared.trim_start_matches("async ");
    let name = ["const ", "function ", "class "].iter().find_map(|word| name.strip_prefix(word))?;
    name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A color that is written down elsewhere would not follow the others.
    #[test]
    fn colors_stand_in_one_place() {
        for word in ["#", "rgb(", "rgba(", "hsl("] {
            let uses = STYLE.match_indices(word).map(|(at, _)| &STYLE[at..STYLE.len().min(at + 12)]);
            let colors: Vec<&str> = uses
                .filter(|own| word != "#" || own[1..].chars().take(3).all(|c| c.is_ascii_hexdigit()))
                .collect();
            assert!(colors.is_empty(), "{colors:?}");
        }
        let style = style();
        for variable in STYLE.split("var(--").skip(1).filter_map(|rest| rest.split([')', ',']).next()) {
            assert!(style.contains(&format!("--{variable}:")), "--{variable} is not defined");
        }
    }

    /// Every import names a module that comes before, and something that it exports.
    #[test]
    fn modules_import_what_is_there() {
        for (at, (name, text)) in MODULES.iter().enumerate() {
            for (names, from) in text.lines().filter_map(imported) {
                let source = MODULES[..at].iter().find(|(earlier, _)| *earlier == from);
                let (_, source) =
                    source.unwrap_or_else(|| panic!("{name} imports {from}, which comes later"));
                let exported: Vec<&str> =
                    source.lines().filter_map(|line| declared_name(line.strip_prefix("export ")?)).collect();
                for one in names.trim_matches(['{', '}', ' ']).split(',').map(str::trim) {
                    assert!(exported.contains(&one), "{name} imports {one}, which {from} does not export");
                }
            }
            assert!(!text.contains("innerHTML"), "{name}: text is never read as markup");
        }
        assert!(!script().contains("import "), "an import is left");
    }
}
