//! Values of the files that are typed on the command line.

use super::at::At;
use super::decode::selectors::selector;
use super::document::Document;
use super::flow::one_line;
use super::log::Log;
use super::{InputError, check, failure};
use crate::model::catalog::Catalog;
use crate::model::jurisdictions::Jurisdictions;
use crate::model::selector::Selector;

/// Reads a selector as one of the files is read. `flag` stands for the file's name in what is reported.
///
/// # Errors
/// [`InputError::Invalid`] when it is no selector, or names what `catalog` and `jurisdictions` do not hold.
pub fn typed_selector(
    flag: &str,
    text: &str,
    jurisdictions: &Jurisdictions,
    catalog: &Catalog,
) -> Result<Selector, InputError> {
    named_selector(flag, text, jurisdictions, catalog).map(|(_, selector)| selector)
}

/// Reads a selector like [`typed_selector`]; also returns it as one line of YAML, which is its name.
///
/// # Errors
/// As [`typed_selector`].
pub fn named_selector(
    flag: &str,
    text: &str,
    jurisdictions: &Jurisdictions,
    catalog: &Catalog,
) -> Result<(String, Selector), InputError> {
    let log = Log::default();
    let document = Document::read(flag, text.as_bytes().to_vec(), &log);
    let decoded = document.as_ref().map(|document| {
        let at = At::root(document, &log);
        let decoded = selector(&at);
        check::selector(&at, &decoded, jurisdictions, catalog);
        (one_line(at.node), decoded)
    });
    decoded.filter(|_| !log.has_errors()).ok_or_else(|| failure(log))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::load_library;
    use crate::model::selector::JurisdictionSet;

    #[test]
    fn a_typed_selector_is_read_and_checked_like_that_of_a_file() {
        let library = load_library(None, None).unwrap();
        let read = |text: &str| typed_selector("--where", text, &library.jurisdictions, &library.catalog);
        let found = read("{origin: FR}").unwrap();
        assert_eq!(found.origin, Some(JurisdictionSet::Listed(vec!["FR".to_owned()])));
        for (text, code, said) in [
            ("{origin: XX}", "unknown-jurisdiction", "--> --where:1:10"),
            ("{orign: FR}", "unknown-key", "did you mean 'origin'?"),
            ("{model: mistral-large-9}", "unknown-model", "'mistral-large-9'"),
            ("FR", "wrong-type", "expected a map"),
            ("{origin: [", "yaml-syntax", "--where"),
            ("", "empty-file", "--where"),
        ] {
            let told = read(text).unwrap_err().to_string();
            assert!(told.contains(code) && told.contains(said), "{text}: {told}");
        }
    }
}
