//! What the documents show of the command line is what the program accepts.

use std::collections::BTreeSet;

use clap::error::ErrorKind;
use clap::{Command, CommandFactory};
use multipolar::cli::args::Arguments;

use crate::pages::{Block, blocks, code_spans, pages, prose};

/// Flags of other programs that the documents name by themselves.
const FLAGS_OF_OTHERS: [&str; 3] = ["features", "scheduler", "sshloginfile"];

/// The words of a command line up to where the shell would end it; a variable counts as 1.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\'' | '"' if quote.is_none() => quote = Some(c),
            _ if quote == Some(c) => quote = None,
            '$' => {
                while characters.next_if(|c| c.is_ascii_alphanumeric() || *c == '_').is_some() {}
                words.last_mut().expect("a word").push('1');
            }
            ' ' if quote.is_none() => words.push(String::new()),
            ';' | '|' | '&' | '>' | '#' if quote.is_none() => break,
            _ => words.last_mut().expect("a word").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The lines of a block that call the program, each with the lines that go on with it: those after a backslash, and flags
/// on lines of their own.
fn calls(block: &Block) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in &block.text {
        let (text, goes_on) =
            line.trim().strip_suffix('\\').map_or((line.trim(), false), |text| (text.trim(), true));
        if is_open || (text.starts_with("--") && !found.is_empty()) {
            let call = found.last_mut().expect("a call");
            *call = format!("{call} {text}");
        } else if let Some(call) = call_in(text) {
            found.push(call);
        } else {
            is_open = false;
            continue;
        }
        is_open = goes_on;
    }
    found
}

/// From the program's name on, if what follows is a command or a flag.
fn call_in(text: &str) -> Option<String> {
    let (before, after) = text.split_once("multipolar ")?;
    let is_word = before.is_empty() || before.ends_with([' ', '/']);
    let first = after.split_whitespace().next()?;
    let is_call = first.starts_with('-') || Arguments::command().find_subcommand(first).is_some();
    (is_word && is_call).then(|| format!("multipolar {after}"))
}

/// Why the program refuses a command line; none if it runs, or prints a help or its version.
fn refusal(line: &str) -> Option<String> {
    let error = Arguments::command().try_get_matches_from(words(line)).err()?;
    let is_answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    (!is_answer).then(|| format!("`{line}`: {error}"))
}

/// The long flags of a command and of all below it.
fn flags(command: &Command) -> BTreeSet<String> {
    let own = command.get_arguments().filter_map(|a| a.get_long()).map(str::to_owned);
    own.chain(command.get_subcommands().flat_map(flags)).chain(["help".into(), "version".into()]).collect()
}

/// Flags that a text names and the program does not have: of the command whose name begins the text, if one does.
fn unknown_flags(text: &str) -> Vec<String> {
    let program = Arguments::command();
    let named = text.trim_start_matches("multipolar ").split(' ').next().unwrap_or_default();
    let command = program.find_subcommand(named);
    if command.is_none() && !text.starts_with("--") {
        return Vec::new();
    }
    let known = flags(command.unwrap_or(&program));
    let typed = text.split([' ', '[', '|', '\\']).filter_map(|word| word.strip_prefix("--"));
    let names = typed.map(|flag| flag.split('=').next().unwrap_or_default().trim_end_matches(',').to_owned());
    let is_flag = |name: &String| name.starts_with(|c: char| c.is_ascii_lowercase());
    names
        .filter(|name| is_flag(name) && !known.contains(name) && !FLAGS_OF_OTHERS.contains(&name.as_str()))
        .collect()
}

#[test]
fn every_command_line_shown_is_accepted() {
    let mut n_calls = 0;
    let mut refused = Vec::new();
    for page in pages() {
        let mut lines: Vec<String> = blocks(&page.text).iter().flat_map(calls).collect();
        // In running text capitals stand for what the reader fills in.
        let is_filled_in = |span: &&str| !span.contains(|c: char| c.is_ascii_uppercase());
        let spans = prose(&page.text).into_iter().flat_map(code_spans);
        // A name of a command by itself is no command line.
        let is_line = |call: &String| call.split(' ').count() > 2;
        lines.extend(spans.filter(is_filled_in).filter_map(call_in).filter(is_line));
        n_calls += lines.len();
        refused.extend(
            lines.iter().filter_map(|line| refusal(line)).map(|told| format!("{}: {told}", page.name)),
        );
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(n_calls > 40, "only {n_calls} command lines: are they still read?");
}

#[test]
fn every_flag_named_exists() {
    let mut unknown = Vec::new();
    for page in pages() {
        let named = prose(&page.text).into_iter().flat_map(code_spans).flat_map(unknown_flags);
        unknown.extend(named.map(|flag| format!("{}: --{flag}", page.name)));
    }
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}

#[test]
fn every_flag_is_in_the_reference() {
    let pages = pages();
    let text = &pages.iter().find(|page| page.name == "docs/src/reference/commands.md").unwrap().text;
    let mut missing = flags(&Arguments::command());
    missing.retain(|flag| flag != "help" && flag != "version" && !text.contains(&format!("`--{flag}")));
    assert!(missing.is_empty(), "commands.md does not name {missing:?}");
}

#[test]
fn a_command_line_that_the_program_refuses_is_found() {
    let block = |text: &str| blocks(&format!("```sh\n{text}\n```\n")).remove(0);
    let shown = "cp a b\ntarget/release/multipolar check \\\n  a.yaml > x\n- run: multipolar report 'a b.yaml'\n  --trials $N";
    let found = calls(&block(shown));
    assert_eq!(found, ["multipolar check a.yaml > x", "multipolar report 'a b.yaml' --trials $N"]);
    assert_eq!(words(&found[0]), ["multipolar", "check", "a.yaml"]);
    assert_eq!(words(&found[1]), ["multipolar", "report", "a b.yaml", "--trials", "1"]);
    assert_eq!(found.iter().filter_map(|line| refusal(line)).count(), 0);
    assert!(refusal("multipolar check --no-such-flag a.yaml").is_some());
    assert_eq!(unknown_flags("stress --shock x --convrge=1"), ["convrge"]);
    assert_eq!(unknown_flags("cargo build --release"), Vec::<String>::new());
}
