//! The command `schema`: JSON Schemas of files and answers.

use serde_json::Value;

use super::Failure;
use crate::cli::args::{SchemaArguments, SchemaFormat};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::messages::escaped;
use crate::ids::nearest;
use crate::input::schema::FILES;
use crate::report::answer::{ANSWERS, to_text};
use crate::report::schema_page::{SchemaKind, page};

/// A schema that can be printed.
struct Named {
    name: &'static str,
    about: String,
    kind: SchemaKind,
    schema: fn() -> Value,
}

/// All schemas: those of files, then those of answers.
fn all() -> Vec<Named> {
    let files = FILES.iter().map(|file| Named {
        name: file.name,
        about: format!("the file {}", file.files),
        kind: SchemaKind::File,
        schema: file.schema,
    });
    let answers = ANSWERS.iter().map(|&(name, schema)| Named {
        name,
        about: about(name),
        kind: SchemaKind::Answer,
        schema,
    });
    files.chain(answers).collect()
}

/// What an answer is.
fn about(name: &str) -> String {
    match name {
        "results" => "everything that `multipolar plan` and `multipolar report` compute".to_owned(),
        _ => format!("the JSON answer of `multipolar {}`", name.replace('-', " ")),
    }
}

pub(super) fn schema(arguments: &SchemaArguments, console: &Console) -> Result<Exit, Failure> {
    let all = all();
    let text = match &arguments.name {
        None => list(&all),
        Some(name) => {
            let found = all.iter().find(|schema| schema.name == name).ok_or_else(|| unknown(name, &all))?;
            match arguments.format {
                SchemaFormat::Json => to_text(&(found.schema)()),
                SchemaFormat::Markdown => page(found.kind, found.name, &(found.schema)()),
            }
        }
    };
    console.deliver(&text, arguments.output.out.as_deref(), Exit::Done)
}

/// One line for each schema.
fn list(all: &[Named]) -> String {
    let width = all.iter().map(|schema| schema.name.len()).max().unwrap_or_default();
    all.iter().map(|schema| format!("{:width$}  {}\n", schema.name, schema.about)).collect()
}

fn unknown(name: &str, all: &[Named]) -> Failure {
    let names: Vec<&str> = all.iter().map(|schema| schema.name).collect();
    let hint = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("choose one of {}", names.join(", ")),
    };
    Failure::Usage(format!("unknown schema '{}'; {hint}", escaped(name)))
}
