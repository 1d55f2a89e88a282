//! No bytes whatever make the reader panic.

use multipolar::input::{Sources, load};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof, proptest};

use super::Study;
use crate::corpus::drivers::FILES;

/// Words that mean something somewhere, to reach deeper than noise does.
const WORDS: [&str; 24] = [
    "null",
    "~",
    "[]",
    "{}",
    "-1",
    "1e400",
    ".nan",
    ".inf",
    "true",
    "NO",
    "\"\"",
    "*x",
    "&x",
    "<<",
    "!!int",
    "0x1F",
    "{a: 1}",
    "[1, [2]]",
    "permanent",
    "all",
    "{except: [US]}",
    "- ",
    "\n",
    "\u{1F600}",
];

fn edit() -> impl Strategy<Value = (usize, usize, String)> {
    let word = prop_oneof![
        prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned),
        Just(String::new()),
        "[ -~\\n]{0,6}",
    ];
    (any::<usize>(), 0..12_usize, word)
}

fn mutated(text: &str, edits: &[(usize, usize, String)]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (at, n, word) in edits {
        let start = at % (chars.len() + 1);
        let end = (start + n).min(chars.len());
        chars.splice(start..end, word.chars());
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Study::with_portfolio(bytes).load();
    }

    #[test]
    fn random_text_never_panics(text in "[a-z0-9:\\[\\]{}&*!|>'\"%@`,#?\\- \\n\\t]{0,200}") {
        let _ = Study::with_portfolio(text).load();
    }

    #[test]
    fn random_edits_of_good_files_never_panic(file in 0..FILES.len(), edits in prop::collection::vec(edit(), 1..8)) {
        let study = Study::new();
        let path = study.path(FILES[file]);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, mutated(&text, &edits)).unwrap();
        if let Err(error) = study.load() {
            assert!(!error.diagnostics().is_empty());
            assert!(!error.to_string().contains('\u{1b}'));
        }
    }

    #[test]
    fn every_value_may_be_anything(place in 0..200_usize, word in 0..WORDS.len()) {
        let study = Study::new();
        let path = study.path("portfolio.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        let values: Vec<usize> = text.match_indices(": ").map(|(i, _)| i + 2).collect();
        let start = values[place % values.len()];
        let end = text[start..].find([',', '}', ']', '\n']).map_or(text.len(), |n| start + n);
        std::fs::write(&path, format!("{}{}{}", &text[..start], WORDS[word], &text[end..])).unwrap();
        let _ = load(Sources { portfolio: &path, catalog: Some(&study.path("catalog")), jurisdictions: Some(&study.path("jurisdictions.yaml")) });
    }
}
