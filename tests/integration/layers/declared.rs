//! The types that a source file declares: a name of the crate means one thing.

use std::collections::BTreeMap;

use super::tokens::{Kind, Token, tokens};
use super::{module_of, own_sources};

/// Keywords before the name of a type.
const DECLARING: [&str; 5] = ["enum", "struct", "trait", "type", "union"];

/// Names of the types declared at the level of modules, in order; those of unit tests are their own affair.
fn declared(source: &str) -> Vec<String> {
    let tokens = tokens(source);
    let word = |at: usize| match tokens.get(at) {
        Some(Token { kind: Kind::Word(word), .. }) => Some(word.as_str()),
        _ => None,
    };
    // For each open brace, whether it opens a module.
    let mut open: Vec<bool> = Vec::new();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match &token.kind {
            Kind::Sign('{') => {
                let name =
                    at.checked_sub(2).filter(|at| word(*at) == Some("mod")).and(word(at.wrapping_sub(1)));
                open.push(name.is_some_and(|name| name != "tests"));
            }
            Kind::Sign('}') => {
                open.pop();
            }
            Kind::Word(keyword) if DECLARING.contains(&keyword.as_str()) && open.iter().all(|is| *is) => {
                found.extend(word(at + 1).map(str::to_owned));
            }
            _ => {}
        }
    }
    found
}

/// Names that several places declare, with these places.
fn twice(sources: &[(String, String)]) -> BTreeMap<String, Vec<&str>> {
    let mut places: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (path, source) in
        sources.iter().filter(|(path, _)| !module_of(path).iter().any(|name| name == "tests"))
    {
        for name in declared(source) {
            places.entry(name).or_default().push(path);
        }
    }
    places.retain(|_, places| places.len() > 1);
    places
}

#[test]
fn no_name_of_a_type_is_declared_twice() {
    let sources = own_sources();
    let n_types: usize = sources.iter().map(|(_, source)| declared(source).len()).sum();
    assert!(n_types > 300, "only {n_types} types: are they still read?");
    assert_eq!(twice(&sources), BTreeMap::new());
}

/// Types of modules count, wherever the module stands; those of functions, traits and tests do not.
#[test]
fn a_name_that_two_modules_declare_is_found() {
    let source =
        "pub struct A(u8); pub(crate) enum B { X { y: u8 } } trait C { type Item; } type D = u8; union E {}
        mod inner { pub struct F<T> { t: T } fn f() { struct G; } } // struct H;
        impl C for A { type Item = u8; } mod tests { struct I; mod inner { enum J {} } } struct K;";
    assert_eq!(declared(source), ["A", "B", "C", "D", "E", "F", "K"]);
    let file = |path: &str, source: &str| (path.to_owned(), source.to_owned());
    let files = [
        file("src/costs.rs", "struct Price; mod old { enum Cost {} }"),
        file("src/graph/paths.rs", "type Price = f64; struct Path;"),
        file("src/graph/tests.rs", "struct Path;"),
        file("src/units.rs", "mod a { struct Day; } mod b { struct Day; }"),
    ];
    let expected = [
        ("Day".to_owned(), vec!["src/units.rs", "src/units.rs"]),
        ("Price".to_owned(), vec!["src/costs.rs", "src/graph/paths.rs"]),
    ];
    assert_eq!(twice(&files), BTreeMap::from(expected));
}
