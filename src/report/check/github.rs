//! `check` as annotations of a GitHub workflow run (workflow commands, GitHub Docs, "Workflow commands for GitHub Actions").

use super::CheckedPortfolio;
use super::findings::{Finding, Level, findings};

/// One line per finding; nothing when there is none.
#[must_use]
pub fn github(portfolios: &[CheckedPortfolio]) -> String {
    annotations(&portfolios.iter().flat_map(findings).collect::<Vec<_>>())
}

/// One line per finding, whatever it is about.
#[must_use]
pub fn annotations(findings: &[Finding]) -> String {
    findings.iter().map(line).collect()
}

fn line(finding: &Finding) -> String {
    let command = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note | Level::Excused => "notice",
    };
    let number = |n: Option<usize>| n.map(|n| n.to_string());
    let properties = [
        ("file", Some(property(&finding.file.replace('\\', "/")))),
        ("line", number(finding.line)),
        ("col", number(finding.column)),
        ("title", Some(property(&finding.title))),
    ];
    let properties: Vec<String> =
        properties.into_iter().filter_map(|(key, value)| Some(format!("{key}={}", value?))).collect();
    let excuse = finding.excuse.iter().map(|excuse| format!(" ({excuse})")).collect::<String>();
    format!("::{command} {}::{}\n", properties.join(","), data(&(finding.message.clone() + &excuse)))
}

/// The text of a command, escaped as the runner reads it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, in which colons and commas separate.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::check::tests::checked;

    #[test]
    fn what_separates_is_escaped() {
        let text = github(&[checked("a, b\n100 %", None)]);
        assert_eq!(
            text,
            "::error file=my files/p.yaml,line=7,col=5,title=a%2C b%0A100 %25::limit a, b%0A100 %25 is broken: 96 %25, allowed at most 70 %25\n"
        );
    }

    #[test]
    fn an_excused_limit_is_a_notice_and_a_kept_one_nothing() {
        let text = github(&[checked("us", Some("2027-01-01"))]);
        assert!(
            text.starts_with("::notice ") && text.ends_with("(accepted by board until 2027-01-01: merger)\n")
        );
        let mut kept = checked("us", None);
        kept.limits[0].kept = Some(true);
        assert_eq!(github(&[kept]), "");
    }
}
