//! What `--version` prints: the version, the commit that was built, and the date of the catalog inside the binary.

use crate::input::load_library;
use crate::study::freshness::catalog_date;

/// The version, as in the changelog.
pub(in crate::cli) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The commit; `None` when it is no release, or was not built from a repository (build.rs).
pub(in crate::cli) const COMMIT: Option<&str> = option_env!("MULTIPOLAR_COMMIT");

/// The answer of `--version`.
pub(super) fn text() -> String {
    let commit = COMMIT.map(|commit| format!(" ({commit})")).unwrap_or_default();
    let as_of = load_library(None, None).ok().and_then(|library| catalog_date(&library.catalog));
    let catalog = as_of.map(|date| format!("catalog as of {date}\n")).unwrap_or_default();
    format!("multipolar {VERSION}{commit}\n{catalog}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Provenance;
    use crate::model::catalog::Catalog;
    use crate::model::shock::Tension;

    /// A tension is a judgment on the future, so its date does not say how new the catalog is.
    #[test]
    fn the_date_of_the_catalog_is_that_of_its_newest_entry() {
        let dated = |date: &str| Provenance { as_of: date.parse().ok(), ..Provenance::default() };
        let library = load_library(None, None).unwrap();
        let mut offers = library.catalog.offers.clone();
        offers.truncate(2);
        offers[0].provenance = dated("2026-10");
        offers[1].provenance = dated("2026-09-30");
        let tensions = vec![Tension { id: "t".to_owned(), sigma: 0.5, provenance: dated("2027") }];
        let catalog = Catalog { offers, tensions, ..Catalog::default() };
        assert_eq!(catalog_date(&catalog).map(|date| date.to_string()), Some("2026-10".to_owned()));
        assert_eq!(catalog_date(&Catalog::default()), None);
    }

    #[test]
    fn version_and_date_stand_on_lines_of_their_own() {
        let text = text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with(&format!("multipolar {VERSION}")), "{text}");
        assert!(lines[1].starts_with("catalog as of 20"), "{text}");
    }
}
