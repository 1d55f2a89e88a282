//! The commands `completions` and `man`: what a shell and `man` know of the program.

use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use crate::cli::args::{Arguments, CompletionsArguments, ManArguments};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::messages::shown;
use crate::cli::version::VERSION;
use crate::files::{make_folder, write_atomically};

/// Name of the program.
const NAME: &str = "multipolar";

pub(super) fn completions(arguments: &CompletionsArguments, console: &Console) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), NAME, &mut script);
    console.deliver(&text(script), arguments.output.out.as_deref(), Exit::Done)
}

pub(super) fn man(arguments: &ManArguments, console: &Console) -> Result<Exit, Failure> {
    make_folder(&arguments.folder)?;
    let mut program = Arguments::command();
    program.build();
    let n_pages = write_pages(&program, NAME, &arguments.folder)?;
    console.notice(&format!("wrote {n_pages} pages to {}", shown(&arguments.folder)));
    Ok(Exit::Done)
}

/// Writes the page of a command and those of its commands; returns their number.
fn write_pages(command: &Command, name: &str, folder: &Path) -> Result<usize, Failure> {
    let mut page = Vec::new();
    let titled = command.clone().display_name(name.to_owned()).disable_help_subcommand(true);
    let man = Man::new(titled).title(name).source(format!("{NAME} {VERSION}")).manual("multipolar");
    man.render(&mut page).expect("memory can be written to");
    write_atomically(&folder.join(format!("{name}.1")), &text(page))?;
    let mut n_pages = 1;
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        n_pages += write_pages(below, &format!("{name}-{}", below.get_name()), folder)?;
    }
    Ok(n_pages)
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("help texts are UTF-8")
}
