//! Names that are code somewhere else: in a report and in drawings they are shown as they are.

use super::html::check_pages;
use super::workbook::Sheets;
use super::{Folder, TINY};

/// A backtick that would close a code span, then HTML; an id may hold all of it.
const ID: &str = "x`<img/src=x/onerror=alert(1)>``y";
/// A formula, emoji, right-to-left letters, and markup and code of typst.
const COMPANY: &str = "=HYPERLINK(1+1) \u{1f680} \u{5e9}\u{5dc} #panic[x] $y$ \\ @z";
const NAME: &str = "</title><script>alert(2)</script>[a](javascript:b)`<i>`&lt;&#96;\u{202e}";

/// A portfolio of which every id and every name is hostile; all of its demand can only go to its own offer.
pub(super) fn hostile() -> String {
    let name = NAME.replace('\u{202e}', "\\u202e");
    let own = format!(
        "limits:
  - {{id: \"{ID}\", measure: share, of: host, is: \"{ID}\", at_most: 1}}
catalog:
  suppliers:
    - {{id: \"{ID}\", name: \"{name}\", jurisdiction: US, roles: [host, developer]}}
  models:
    - {{id: \"{ID}\", name: \"{name}\", developer: \"{ID}\", openness: closed, license: \"{name}\", quality: {{general: 1500}}}}
  offers:
    - {{model: \"{ID}\", host: \"{ID}\", regions: [EU, US], access: api,
       price: {{input_usd_per_mtok: 0.01, output_usd_per_mtok: 0.01}}}}
"
    );
    let company = format!("{COMPANY}{}{name}", "long ".repeat(40))
        .replace('\\', "\\\\")
        .replace("\\\\u202e", "\\u202e");
    TINY.replace("Tiny Ltd (invented)", &format!("\"{company}\""))
        .replace("id: chat", &format!("id: \"{ID}\""))
        .replace("name: Chat", &format!("name: \"{name}\""))
        .replace("[gpt-5.4, mistral-large-3]", &format!("\"{ID}\""))
        .replace("limits:\n", &own)
}

/// Text outside code spans, found as CommonMark finds them (6.1): a run of backticks is closed by one of its length.
fn outside_code(line: &str) -> String {
    let characters: Vec<char> = line.chars().collect();
    let run = |at: usize| characters[at..].iter().take_while(|c| **c == '`').count();
    let (mut out, mut at) = (String::new(), 0);
    while at < characters.len() {
        let n = run(at);
        if characters[at] == '\\' {
            // An escaped character is itself.
            at += 2;
        } else if n > 0 {
            let mut end = at + n;
            while end < characters.len() && run(end) != n {
                end += run(end).max(1);
            }
            assert!(end < characters.len(), "a code span that is not closed: {line}");
            at = end + n;
        } else {
            out.push(characters[at]);
            at += 1;
        }
    }
    out
}

#[test]
fn names_and_ids_stay_text_in_the_report() {
    let folder = Folder::new();
    folder.write("evil.yaml", &hostile());
    let ended = folder.run(&["report", "evil.yaml", "--trials", "50"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    in_workbook(&folder);
    in_print(&folder.read("reports/evil/2026Q4/report.typ"));
    let page = folder.read("reports/evil/2026Q4/report.md");
    assert!(page.contains(&format!("```{ID}@")), "an id in a code span is missing:\n{page}");
    assert!(page.contains("alert(2)") && !page.contains('\u{202e}'));
    for line in page.lines() {
        let text = outside_code(line);
        assert!(!text.contains(['<', '>', '`', '&']), "{line}");
        assert!(!text.contains("](") || text.contains("](#all-changes)"), "{line}");
    }
    for page in check_pages(&folder, "reports/evil/2026Q4") {
        assert!(page.contains("alert(2)") && !page.contains('\u{202e}'));
    }
}

/// No cell is a formula, and the texts are there.
fn in_workbook(folder: &Folder) {
    let sheets = Sheets::read(&folder.path("reports/evil/2026Q4/report.xlsx"));
    assert_eq!(sheets.n_formulas, 0);
    let texts = sheets.texts();
    assert!(texts.contains("=HYPERLINK(1+1) \u{1f680}") && texts.contains(ID) && texts.contains("alert(2)"));
    assert!(!texts.contains('\u{202e}'));
}

/// Names are only inside strings of typst.
fn in_print(source: &str) {
    let (mut code, mut is_inside, mut characters) = (String::new(), false, source.chars());
    while let Some(c) = characters.next() {
        match c {
            '\\' if is_inside => drop(characters.next()),
            '"' => is_inside = !is_inside,
            _ if is_inside => {}
            _ => code.push(c),
        }
    }
    assert!(
        !is_inside
            && source.contains("#panic[x]")
            && source.contains("alert(2)")
            && source.contains("(U+1F680)")
    );
    for hostile in ["panic", "alert", "HYPERLINK", "1F680"] {
        assert!(!code.contains(hostile), "'{hostile}' is code:\n{code}");
    }
}

#[test]
fn names_and_ids_stay_text_in_drawings() {
    let folder = Folder::new();
    folder
        .write("evil.yaml", &hostile().replace("gpt-5.4@openai:EU: 1.0", &format!("\"{ID}@{ID}:EU\": 1.0")));
    for file in ["g.svg", "g.dot"] {
        let ended = folder.run(&["exposure", "evil.yaml", "--graph", file]);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
    }
    let svg = folder.read("g.svg");
    assert!(!svg.contains("<script") && !svg.contains("<img") && !svg.contains('\u{202e}'), "{svg}");
    assert!(svg.contains("&lt;img/src"), "{svg}");
    assert_eq!(svg.matches("<title>").count(), svg.matches("</title>").count());
    let dot = folder.read("g.dot");
    assert!(
        dot.lines().all(|line| line.replace("\\\\", "").replace("\\\"", "").matches('"').count() % 2 == 0)
    );
}
