//! `check` as test results: the JUnit XML that CI servers read. One suite per portfolio, one case per limit.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::findings::{Level, excuse, findings};
use super::{CheckedPortfolio, LimitPlace};
use crate::input::diagnostic::printable;
use crate::limits::LimitOutcome;

/// How a case ended, with what is said of it.
enum CaseResult {
    Passed,
    Excused(String),
    Skipped(String),
    Failed(String),
}

struct TestCase {
    name: String,
    class: &'static str,
    verdict: CaseResult,
}

/// The document; a file that could not be read is a suite with one failed case per error.
#[must_use]
pub fn junit(portfolios: &[CheckedPortfolio]) -> String {
    let suites: Vec<(&CheckedPortfolio, Vec<TestCase>)> = portfolios.iter().map(|p| (p, cases(p))).collect();
    // Writing into memory does not fail.
    document(&suites).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn cases(portfolio: &CheckedPortfolio) -> Vec<TestCase> {
    let problems = findings(portfolio).into_iter().filter(|f| !f.rule.starts_with("limit-"));
    let problem = problems.filter(|f| f.level == Level::Error).map(|f| {
        let place = f.line.map(|line| format!(":{line}")).unwrap_or_default();
        let failed = CaseResult::Failed(format!("{}{place}: {}", f.file, f.message));
        TestCase { name: f.rule, class: "problems", verdict: failed }
    });
    let limits = portfolio.limits.iter().zip(&portfolio.places);
    let limit = limits.map(|(outcome, place)| TestCase {
        name: outcome.name.clone(),
        class: "limits",
        verdict: verdict(&portfolio.file, outcome, place),
    });
    problem.chain(limit).collect()
}

fn verdict(file: &str, outcome: &LimitOutcome, place: &LimitPlace) -> CaseResult {
    let said = format!("{file}:{}: {}", place.line, place.message);
    match outcome.kept {
        None => CaseResult::Skipped(said),
        Some(true) => CaseResult::Passed,
        Some(false) if outcome.is_breached() => CaseResult::Failed(said),
        Some(false) => CaseResult::Excused(format!("{said}; {}", excuse(outcome).unwrap_or_default())),
    }
}

fn document(suites: &[(&CheckedPortfolio, Vec<TestCase>)]) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.create_element("testsuites").with_attribute(("name", "multipolar check")).write_inner_content(
        |writer| suites.iter().try_for_each(|(portfolio, cases)| suite(writer, portfolio, cases)),
    )?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn suite(writer: &mut Writer<Vec<u8>>, portfolio: &CheckedPortfolio, cases: &[TestCase]) -> io::Result<()> {
    let count = |is: fn(&CaseResult) -> bool| cases.iter().filter(|c| is(&c.verdict)).count().to_string();
    let failures = count(|v| matches!(v, CaseResult::Failed(_)));
    let skipped = count(|v| matches!(v, CaseResult::Skipped(_)));
    let (name, tests) = (printable(&portfolio.portfolio), cases.len().to_string());
    writer
        .create_element("testsuite")
        .with_attribute(("name", name.as_str()))
        .with_attribute(("tests", tests.as_str()))
        .with_attribute(("failures", failures.as_str()))
        .with_attribute(("errors", "0"))
        .with_attribute(("skipped", skipped.as_str()))
        .write_inner_content(|writer| cases.iter().try_for_each(|c| case(writer, &name, c)))?;
    Ok(())
}

fn case(writer: &mut Writer<Vec<u8>>, portfolio: &str, case: &TestCase) -> io::Result<()> {
    let (name, class) = (printable(&case.name), format!("{portfolio}.{}", case.class));
    let element = writer
        .create_element("testcase")
        .with_attribute(("name", name.as_str()))
        .with_attribute(("classname", class.as_str()));
    let told = |tag: &'static str, attributes: &'static [(&'static str, &'static str)], said: &String| {
        let said = printable(said);
        move |writer: &mut Writer<Vec<u8>>| {
            let element = writer.create_element(tag).with_attributes(attributes.iter().copied());
            element.write_text_content(BytesText::new(&said)).map(|_| ())
        }
    };
    match &case.verdict {
        CaseResult::Passed => element.write_empty(),
        CaseResult::Failed(said) => {
            element.write_inner_content(told("failure", &[("message", "broken")], said))
        }
        CaseResult::Skipped(said) => element.write_inner_content(told("skipped", &[], said)),
        CaseResult::Excused(said) => element.write_inner_content(told("system-out", &[], said)),
    }?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::check::tests::checked;

    #[test]
    fn a_broken_limit_is_a_failure_and_its_name_is_escaped() {
        let text = junit(&[checked("<a> & \"b\"", None)]);
        assert!(text.contains("tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\""), "{text}");
        assert!(text.contains("name=\"&lt;a&gt; &amp; &quot;b&quot;\""), "{text}");
        assert!(text.contains(">my files/p.yaml:7: 96 %, allowed at most 70 %</failure>"), "{text}");
    }

    #[test]
    fn what_is_excused_passes_and_what_is_not_measured_is_skipped() {
        let text = junit(&[checked("us", Some("2027-01-01"))]);
        assert!(text.contains("failures=\"0\""), "{text}");
        assert!(text.contains("accepted by board until 2027-01-01: merger</system-out>"), "{text}");
        let mut unknown = checked("us", None);
        unknown.limits[0].kept = None;
        assert!(junit(&[unknown]).contains("skipped=\"1\""));
    }

    #[test]
    fn nothing_to_check_is_still_a_document() {
        assert!(junit(&[]).starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites"));
    }
}
