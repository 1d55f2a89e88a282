//! `report.pdf` of a program built with the feature `pdf`.

use std::fs;

use super::hostile_names::hostile;
use super::{Folder, TINY, US_LIMIT};

/// The PDF of a report that is written into this folder.
fn pdf(folder: &Folder, portfolio: &str, reports: &str) -> Vec<u8> {
    let ended = folder.run(&["report", portfolio, "--trials", "100", "--reports", reports]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(
        ended.stdout.contains("report.pdf") && !ended.stderr.contains("typst compile"),
        "{}",
        ended.stderr
    );
    let name = portfolio.rsplit('/').next().unwrap().strip_suffix(".yaml").unwrap();
    fs::read(folder.path(reports).join(name).join("2026Q4/report.pdf")).unwrap()
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// The compiler refuses what does not conform; the file says what it conforms to, and when it was made it does not say.
#[test]
fn the_pdf_is_for_everyone_and_the_same_each_time() {
    let folder = Folder::new();
    folder.write("quickstart.yaml", &fs::read_to_string("portfolios/quickstart.yaml").unwrap());
    let first = pdf(&folder, "quickstart.yaml", "one");
    assert!(first.starts_with(b"%PDF-1.7"));
    assert!(has(&first, "<pdfuaid:part>1</pdfuaid:part>") && has(&first, "Supply plan of "));
    assert!(!has(&first, "CreationDate") && !has(&first, "CreateDate"));
    assert_eq!(pdf(&folder, "quickstart.yaml", "two"), first);
    let manifest = folder.read("one/quickstart/2026Q4/manifest.json");
    assert!(manifest.contains("\"report.pdf\""));
}

/// Names that are code or markup elsewhere, letters that no font has, and long names: each makes a PDF.
#[test]
fn no_name_keeps_the_pdf_from_being_written() {
    let folder = Folder::new();
    folder.write("evil.yaml", &hostile());
    assert!(pdf(&folder, "evil.yaml", "reports").starts_with(b"%PDF"));
    for (file, name) in [
        ("import.yaml", "#import \\\"/etc/passwd\\\": * #read(\\\"x\\\") =HYPERLINK(1) <script>".to_owned()),
        (
            "far.yaml",
            "\u{4e2d}\u{6587} \u{d55c} \u{627}\u{644} \u{5e9}\u{5dc} \u{1f680}\u{200d}\u{e000}\u{feff}"
                .to_owned(),
        ),
        ("long.yaml", "W".repeat(200)),
    ] {
        let text = TINY
            .replace("Tiny Ltd (invented)", &format!("\"{name}\""))
            .replace("name: Chat", &format!("name: \"{name}\""));
        folder.write(file, &format!("{text}{US_LIMIT}"));
        assert!(pdf(&folder, file, "reports").starts_with(b"%PDF"));
    }
}

#[test]
fn plan_says_where_the_pdf_is() {
    let folder = Folder::new();
    let ended = folder.run(&["plan", "tiny.yaml", "--trials", "50"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stdout.contains("For print: reports/tiny/2026Q4/report.pdf"), "{}", ended.stdout);
}
