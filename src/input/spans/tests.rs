//! Places of values, and texts that are refused.

use super::*;

fn code_of(text: &str) -> &'static str {
    scan(text).map_or_else(|p| p.code, |_| "fine")
}

#[test]
fn values_and_keys_have_their_places() {
    let shapes = scan("a: 1\nb:\n  - x\n  - {c: yy}\n").unwrap();
    let Children::Map(entries) = &shapes.all[shapes.root.unwrap()].children else { panic!("a map") };
    assert_eq!(entries[1].0, TextMark { line: 2, column: 1, width: 1 });
    let Children::List(items) = &shapes.all[entries[1].1].children else { panic!("a list") };
    assert_eq!(shapes.all[items[0]].mark, TextMark { line: 3, column: 5, width: 1 });
    let Children::Map(inner) = &shapes.all[items[1]].children else { panic!("a map") };
    assert_eq!(inner[0].0, TextMark { line: 4, column: 6, width: 1 });
    assert_eq!(shapes.all[inner[0].1].mark, TextMark { line: 4, column: 9, width: 2 });
}

#[test]
fn an_alias_points_to_its_anchor() {
    let shapes = scan("a: &x {b: 1}\nc: *x\n").unwrap();
    let Children::Map(entries) = &shapes.all[shapes.root.unwrap()].children else { panic!("a map") };
    assert_eq!(entries[0].1, entries[1].1);
}

/// The limits hold for flow and block style, and for depth that comes only through aliases.
#[test]
fn a_text_that_is_too_deep_or_too_large_is_refused() {
    assert_eq!(code_of(&"[".repeat(100_000)), "nesting-too-deep");
    assert_eq!(code_of(&"- ".repeat(100_000)), "nesting-too-deep");
    assert_eq!(code_of(&"{a: ".repeat(100_000)), "nesting-too-deep");
    let block: String = (0..3000).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    assert_eq!(code_of(&block), "nesting-too-deep");
    let chain: String = (1..100).map(|i| format!("a{i}: &a{i} [*a{}]\n", i - 1)).collect();
    assert_eq!(code_of(&format!("a0: &a0 [1]\n{chain}")), "nesting-too-deep");
    let laughs: String =
        (1..30).map(|i| format!("a{i}: &a{i} [{}]\n", format!("*a{}, ", i - 1).repeat(9))).collect();
    assert_eq!(code_of(&format!("a0: &a0 [lol]\n{laughs}")), "alias-limit");
    assert_eq!(code_of("a: &a [*a]"), "alias-limit");
    let long = format!("a: &a {}\nb: [{}]", "x".repeat(1_000_000), "*a, ".repeat(20));
    assert_eq!(code_of(&long), "alias-limit");
    let wide: String = (0..=MAX_KEYS).map(|i| format!("k{i}: 1\n")).collect();
    assert_eq!(code_of(&wide), "file-too-large");
    assert_eq!(code_of(&format!("[{}]", "1,".repeat(MAX_NODES))), "file-too-large");
    // Anchors count wherever they stand, whether an alias refers to them or not.
    let anchors = |n: usize| (0..n).map(|i| format!("- &a{i} [&b{i} 1]\n")).collect::<String>();
    assert_eq!(code_of(&anchors(MAX_ANCHORS / 2)), "fine");
    assert_eq!(code_of(&anchors(MAX_ANCHORS / 2 + 1)), "alias-limit");
}

#[test]
fn yaml_that_the_formats_do_not_use_is_refused() {
    assert_eq!(code_of("a: 1\n---\nb: 2\n"), "several-documents");
    assert_eq!(code_of("a: !!str 1"), "yaml-tag");
    assert_eq!(code_of("? [a]\n: 1"), "key-not-text");
    assert_eq!(code_of("a: [1"), "yaml-syntax");
    assert_eq!(code_of("a: *nowhere"), "yaml-syntax");
    assert_eq!(code_of("---\na: &x 1\nb: *x\n...\n"), "fine");
    assert_eq!(code_of("a: 1\r\nb: 2\r\n"), "fine");
}
