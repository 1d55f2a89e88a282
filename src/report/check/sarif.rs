//! `check` as static analysis results: SARIF 2.1.0 (OASIS Standard, 2020), the subset that code scanning reads.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};

use super::CheckedPortfolio;
use super::findings::{Finding, Level, findings};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// What may not stand in the path of a URI (RFC 3986, section 3.3).
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b':');

/// One run with a result per finding; kept limits give none.
#[must_use]
pub fn sarif(portfolios: &[CheckedPortfolio]) -> Value {
    sarif_of(&portfolios.iter().flat_map(findings).collect::<Vec<_>>())
}

/// One run with a result per finding, whatever it is about.
#[must_use]
pub fn sarif_of(findings: &[Finding]) -> Value {
    let rules: BTreeMap<&str, Value> = findings.iter().map(|f| (f.rule.as_str(), rule(&f.rule))).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_values().collect::<Vec<Value>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": findings.iter().map(result).collect::<Vec<Value>>(),
        }],
    })
}

fn rule(id: &str) -> Value {
    let text = match id.strip_prefix("limit-") {
        Some(measure) => format!("A limit on {} is kept.", measure.replace('_', " ")),
        None => format!("No problem of the kind {id}."),
    };
    let help = match id.strip_prefix("limit-") {
        Some(_) => "Bring the plan back within the limit, or add a dated exception under `accepted`.",
        None => "See docs/reference/diagnostics.md for the meaning and the mending of each code.",
    };
    json!({"id": id, "shortDescription": {"text": text}, "help": {"text": help}})
}

fn result(finding: &Finding) -> Value {
    let mut location = json!({"physicalLocation": {"artifactLocation": {"uri": uri(&finding.file)}}});
    if let Some(line) = finding.line {
        let mut region = json!({"startLine": line});
        if let Some(column) = finding.column {
            region["startColumn"] = json!(column);
        }
        location["physicalLocation"]["region"] = region;
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "level": match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note | Level::Excused => "note",
        },
        "message": {"text": finding.message},
        "locations": [location],
        "partialFingerprints": {"multipolar/v1": format!("{}|{}|{}", uri(&finding.file), finding.rule, finding.identity)},
    });
    if let Some(excuse) = &finding.excuse {
        result["suppressions"] = json!([{"kind": "external", "status": "accepted", "justification": excuse}]);
    }
    result
}

/// A path as typed, as a relative URI.
fn uri(file: &str) -> String {
    let path = file.replace('\\', "/");
    let path = path.strip_prefix("./").unwrap_or(&path);
    utf8_percent_encode(path, PATH).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::check::tests::checked;

    #[test]
    fn a_broken_limit_points_at_its_line() {
        let value = sarif(&[checked("us", None)]);
        let result = &value["runs"][0]["results"][0];
        assert_eq!(result["ruleId"], "limit-share");
        assert_eq!(result["level"], "error");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "my%20files/p.yaml");
        assert_eq!(place["region"], json!({"startLine": 7, "startColumn": 5}));
        assert_eq!(value["runs"][0]["tool"]["driver"]["rules"][0]["id"], "limit-share");
        assert!(result.get("suppressions").is_none());
    }

    #[test]
    fn an_exception_suppresses_with_its_reason() {
        let value = sarif(&[checked("us", Some("2027-01-01"))]);
        let result = &value["runs"][0]["results"][0];
        assert_eq!(result["level"], "note");
        assert_eq!(result["suppressions"][0]["justification"], "accepted by board until 2027-01-01: merger");
    }

    #[test]
    fn a_path_becomes_a_relative_uri() {
        assert_eq!(uri(".\\a b\\c#1.yaml"), "a%20b/c%231.yaml");
        assert_eq!(uri("portfolios/bank.yaml"), "portfolios/bank.yaml");
    }
}
