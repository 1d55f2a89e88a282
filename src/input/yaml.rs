//! Parsing of YAML text into plain values; the only file that uses serde_yaml.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A YAML value; aliases are expanded and repeated keys kept.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Plain {
    Null,
    Bool(bool),
    /// Any number; `whole` when it was written as an integer.
    Number {
        value: f64,
        whole: bool,
    },
    Text(String),
    List(Vec<Plain>),
    /// Keys are the text as written, so that `NO` and `1.0` stay what they are.
    Map(Vec<(String, Plain)>),
}

/// Why a text is not YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SyntaxError {
    pub(super) message: String,
    /// Line and column, from 1.
    pub(super) place: Option<(usize, usize)>,
}

/// Reads one document.
///
/// The caller has bounded depth, size and aliases (`spans::scan`).
pub(super) fn parse(text: &str) -> Result<Plain, SyntaxError> {
    serde_yaml::from_str(text).map_err(|e| SyntaxError {
        place: e.location().map(|l| (l.line(), l.column())),
        message: without_place(&e.to_string()),
    })
}

/// Removes the place at the end of a message of serde_yaml, because the diagnostic states it.
fn without_place(message: &str) -> String {
    match message.rfind(" at line ") {
        Some(end) => message[..end].to_owned(),
        None => message.to_owned(),
    }
}

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PlainVisitor)
    }
}

struct PlainVisitor;

impl<'de> Visitor<'de> for PlainVisitor {
    type Value = Plain;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Plain, E> {
        Ok(Plain::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Plain, E> {
        Ok(Plain::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Plain, E> {
        Ok(Plain::Number { value: value as f64, whole: true })
    }

    fn visit_u64<E>(self, value: u64) -> Result<Plain, E> {
        Ok(Plain::Number { value: value as f64, whole: true })
    }

    fn visit_i128<E>(self, value: i128) -> Result<Plain, E> {
        Ok(Plain::Number { value: value as f64, whole: true })
    }

    fn visit_u128<E>(self, value: u128) -> Result<Plain, E> {
        Ok(Plain::Number { value: value as f64, whole: true })
    }

    fn visit_f64<E>(self, value: f64) -> Result<Plain, E> {
        Ok(Plain::Number { value, whole: false })
    }

    fn visit_str<E>(self, value: &str) -> Result<Plain, E> {
        Ok(Plain::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Plain, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Plain::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Plain, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Plain::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value_of(text: &str) -> Plain {
        let Plain::Map(mut entries) = parse(text).unwrap() else { panic!("a map") };
        entries.remove(0).1
    }

    #[test]
    fn norway_stays_norway_as_key_and_as_value() {
        assert_eq!(parse("NO: NO").unwrap(), Plain::Map(vec![("NO".into(), Plain::Text("NO".into()))]));
        assert_eq!(value_of("a: no"), Plain::Text("no".into()));
        assert_eq!(value_of("a: yes"), Plain::Text("yes".into()));
        assert_eq!(value_of("a: true"), Plain::Bool(true));
    }

    #[test]
    fn numbers_and_repeated_or_odd_keys_are_kept_as_written() {
        assert_eq!(value_of("a: 12"), Plain::Number { value: 12.0, whole: true });
        assert_eq!(value_of("a: 1.5e3"), Plain::Number { value: 1500.0, whole: false });
        assert_eq!(value_of("a: 2026-10"), Plain::Text("2026-10".into()));
        let one = |key: &str| (key.to_owned(), Plain::Null);
        assert_eq!(
            parse("1.0:\n1.0:\nnull:\n").unwrap(),
            Plain::Map(vec![one("1.0"), one("1.0"), one("null")])
        );
    }

    #[test]
    fn a_syntax_error_has_a_place() {
        let error = parse("a: [1,\nb: }").unwrap_err();
        assert!(error.place.is_some() && !error.message.contains("line"), "{error:?}");
    }
}
