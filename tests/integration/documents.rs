//! Commands that the documents show are accepted, and print what the documents say they print.
//!
//! A block whose language is `console` holds commands (`$ multipolar ...`), each followed by what it prints, to stderr and
//! stdout, and by `? N` first where its exit code N is not 0. `...` on a line of its own stands for lines left out, `[..]`
//! for a part of a line. The blocks of one document run in order, in one copy of `portfolios/`. A `console slow` block is
//! run where `CI` is set. With `UPDATE_DOCS=1` every block is run and written anew.

mod elision;
mod step;
mod typed;

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use snapbox::assert::Action;
use snapbox::{Assert, IntoData};
use step::Step;

use crate::pages::{Block, blocks, pages, root};

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0")
}

/// A folder with what the documents' commands read.
fn working_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let portfolios = folder.path().join("portfolios");
    fs::create_dir(&portfolios).unwrap();
    for entry in fs::read_dir(root().join("portfolios")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), portfolios.join(entry.file_name())).unwrap();
    }
    folder
}

/// What a command line prints, stderr and stdout in the order of writing, and its exit code. The shell finds the program
/// under test as `multipolar`.
fn run(line: &str, folder: &Path) -> (Vec<String>, i32) {
    let program = Path::new(env!("CARGO_BIN_EXE_multipolar")).parent().unwrap().to_path_buf();
    let others = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(program).chain(std::env::split_paths(&others))).unwrap();
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder).env("PATH", path);
    command.stdin(Stdio::null()).stdout(writer.try_clone().unwrap()).stderr(writer);
    let mut child = command.spawn().unwrap();
    // It holds the ends of the pipe that are written to, which would never be closed.
    drop(command);
    let mut printed = String::new();
    std::io::Read::read_to_string(&mut reader, &mut printed).unwrap();
    let lines = printed.lines().map(|line| line.trim_end().to_owned()).collect();
    (lines, child.wait().unwrap().code().unwrap_or(-1))
}

/// Where what a step prints is not what the document shows: the difference, and the step as it should read.
fn difference(step: &Step, folder: &Path) -> Option<(String, Step)> {
    let (printed, code) = run(&step.command(), folder);
    let anew = Step { code, output: elision::rewritten(&step.output, &printed), ..step.clone() };
    let text = |step: &Step| step.lines().join("\n").into_data().raw();
    let told = Assert::new().action(Action::Verify).try_eq(None, text(&anew), text(step)).err()?;
    Some((told.to_string(), anew))
}

/// A document held against what its commands print: the differences, and the text as it should read.
fn compared(text: &str, is_run: impl Fn(&Block) -> bool) -> (Vec<String>, String) {
    let folder = working_folder();
    let mut differences = Vec::new();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut n_lines_added = 0_isize;
    for block in blocks(text).into_iter().filter(|block| block.is_console() && is_run(block)) {
        let mut steps = block.steps();
        for step in &mut steps {
            if let Some((told, anew)) = difference(step, folder.path()) {
                differences.push(format!("line {}: $ {}\n{told}", block.lines.start, step.command()));
                *step = anew;
            }
        }
        let anew: Vec<String> = steps.iter().flat_map(Step::lines).collect();
        let start = block.lines.start.strict_add_signed(n_lines_added);
        n_lines_added += anew.len() as isize - block.lines.len() as isize;
        lines.splice(start..start + block.lines.len(), anew);
    }
    (differences, lines.join("\n") + "\n")
}

/// The claim of every `console` block: these commands, run in this order, print this.
#[test]
fn commands_print_what_the_documents_show() {
    let is_update = is_set("UPDATE_DOCS");
    let is_run = |block: &Block| is_update || is_set("CI") || !block.is_slow();
    let mut told = String::new();
    for page in pages() {
        let (differences, anew) = compared(&page.text, is_run);
        if is_update && !differences.is_empty() {
            fs::write(&page.path, anew).unwrap();
        } else {
            differences.iter().for_each(|difference| writeln!(told, "{}, {difference}", page.name).unwrap());
        }
    }
    assert!(
        told.is_empty(),
        "{told}\nTo write them anew: UPDATE_DOCS=1 cargo test --locked --test integration -- documents::"
    );
}

/// A block without output is held against nothing: it has to be a block of another language.
#[test]
fn the_documents_show_output() {
    let consoles: Vec<Block> =
        pages().iter().flat_map(|page| blocks(&page.text)).filter(Block::is_console).collect();
    assert!(consoles.len() >= 10, "only {} console blocks: are they still read?", consoles.len());
    for block in consoles {
        let steps = block.steps();
        assert!(!steps.is_empty(), "a console block without a command: {:?}", block.text);
        assert!(steps.iter().any(|step| !step.output.is_empty()), "no output is shown by {:?}", block.text);
    }
}

#[test]
fn a_shown_output_that_is_not_printed_is_found_and_written_anew() {
    let page = |version: &str, code: &str| {
        format!(
            "# Title\n\n```console\n$ multipolar --version\n{version}\n$ sh -c 'exit 3'\n{code}```\n\nEnd.\n"
        )
    };
    let printed = Command::new(env!("CARGO_BIN_EXE_multipolar")).arg("--version").output().unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    let version = printed.trim_end();
    let (differences, anew) = compared(&page("multipolar 0.0.0", ""), |_| true);
    assert_eq!(differences.len(), 2, "{differences:?}");
    assert_eq!(anew, page(version, "? 3\n"));
    assert_eq!(compared(&page(version, "? 3\n"), |_| true).0, Vec::<String>::new());
    assert_eq!(compared(&page("multipolar [..]\ncatalog [..]", "? 3\n"), |_| true).0, Vec::<String>::new());
    assert_eq!(compared(&page("...", "? 3\n"), |_| true).0, Vec::<String>::new());
    assert_eq!(compared(&page("multipolar 0.0.0", ""), |_| false).0, Vec::<String>::new());
}
