//! The command `explain`.

use crate::cli::args::ExplainArguments;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::messages::escaped;
use crate::ids::nearest;
use crate::report::explanations::{Explanation, explanations};

pub(super) fn explain(arguments: &ExplainArguments, console: &Console) -> Result<Exit, Failure> {
    let all = explanations();
    let names = || all.iter().map(|explanation| explanation.name.as_str());
    let Some(typed) = &arguments.name else {
        let text: String = names().map(|name| format!("{name}\n")).collect();
        return console.deliver(&text, arguments.output.out.as_deref(), Exit::Done);
    };
    let found: Vec<String> =
        all.iter().filter(|explanation| explanation.is_named(typed)).map(Explanation::to_text).collect();
    if found.is_empty() {
        let help = match nearest(typed, names()) {
            Some(near) => format!("did you mean '{near}'?"),
            None => "`multipolar explain` lists everything that can be explained".to_owned(),
        };
        return Err(Failure::Usage(format!("nothing is known as '{}'\n  = help: {help}", escaped(typed))));
    }
    console.deliver(&found.join("\n"), arguments.output.out.as_deref(), Exit::Done)
}
