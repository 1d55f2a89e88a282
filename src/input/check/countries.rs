//! Country codes: validity by ISO 3166-1, and suggestions for wrong codes.

use crate::ids::nearest;
use crate::input::diagnostic::quoted;
use crate::model::jurisdictions::Jurisdiction;

/// Kosovo's code: user-assigned, not in ISO 3166-1, and in general use.
const KOSOVO: &str = "XK";
/// Common wrong codes, each with the right one.
const OFTEN_MEANT: [(&str, &str); 3] = [("UK", "GB"), ("EL", "GR"), ("USA", "US")];

/// Whether a code is an ISO 3166-1 alpha-2 code, or Kosovo's.
pub(super) fn is_country_code(code: &str) -> bool {
    code == KOSOVO || rust_iso3166::from_alpha2(code).is_some()
}

/// The message for an id that is not a jurisdiction.
pub(super) fn unknown(id: &str) -> String {
    match rust_iso3166::from_alpha2(id) {
        Some(country) => {
            format!("the country {} ({}) is not in the jurisdictions file", quoted(id), country.name)
        }
        None => format!("unknown jurisdiction {}", quoted(id)),
    }
}

/// The help for a wrong code: another code for the country, its code in capitals, or the code of its name.
pub(super) fn help<'a>(id: &str, known: impl Iterator<Item = &'a Jurisdiction> + Clone) -> Option<String> {
    if is_country_code(id) {
        return Some("add it to the jurisdictions file (--jurisdictions FILE)".into());
    }
    let capitals = id.to_uppercase();
    let meant = OFTEN_MEANT
        .iter()
        .find(|(wrong, _)| *wrong == capitals)
        .map_or(capitals.as_str(), |(_, right)| right);
    let found = known
        .clone()
        .find(|j| j.id == meant || j.name.eq_ignore_ascii_case(id))
        .map(|j| j.id.as_str())
        .or_else(|| nearest(id, known.clone().map(|j| j.id.as_str())))
        .or_else(|| {
            let name = nearest(id, known.clone().map(|j| j.name.as_str()))?;
            known.clone().find(|j| j.name == name).map(|j| j.id.as_str())
        });
    Some(match found {
        Some(code) => format!("did you mean '{code}'?"),
        None => "write countries as ISO 3166-1 alpha-2 codes, such as DE".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_exact() {
        for code in ["DE", "NO", "GB", "TW", "XK"] {
            assert!(is_country_code(code), "{code}");
        }
        for code in ["EU", "UK", "no", "de", "XX", "DEU", "", "D", "ÄÖ"] {
            assert!(!is_country_code(code), "{code}");
        }
    }
}
