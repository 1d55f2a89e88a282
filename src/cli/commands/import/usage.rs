//! `import usage`.

use serde_json::json;

use super::deliver;
use crate::cli::answer::loaded;
use crate::cli::args::ImportUsageArguments;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::messages::escaped;
use crate::cli::targets::refuse_existing;
use crate::exchange::usage::read_usage;
use crate::files::write_atomically;
use crate::input::edit::{TextChange, edited};
use crate::input::text_of_file;
use crate::report::answer::imports::usage::ImportUsageAnswer;
use crate::report::tables;
use crate::study::gateway::offers::OfferReader;
use crate::study::imports::usage::{UsageImport, import};

pub(super) fn usage(arguments: &ImportUsageArguments, console: &Console) -> Result<Exit, Failure> {
    if let Some(file) = arguments.write.as_deref() {
        refuse_existing(file, arguments.overwrite)?;
    }
    let loaded = loaded(&arguments.portfolio, &arguments.common, console)?;
    let (form, usage) = read_usage(&arguments.file, arguments.from.map(Into::into))?;
    let reader = OfferReader::new(&loaded.catalog, &loaded.jurisdictions);
    let found = import(&loaded.instance, &usage, &reader, &arguments.is).map_err(|unknown| {
        Failure::Usage(format!("--is: the portfolio has no workload '{}'", escaped(&unknown)))
    })?;
    if let Some(path) = arguments.write.as_deref() {
        let text = text_of_file(&arguments.portfolio)?;
        let text = edited(&text, &changes(&found)).map_err(|error| Failure::Usage(error.to_string()))?;
        write_atomically(path, &text)?;
        console.wrote(path);
    }
    let written = arguments.write.as_deref().map(|path| path.display().to_string());
    let answer = ImportUsageAnswer::of(&loaded.instance, &usage, &found, (form.as_str(), written));
    deliver(&arguments.answer, &arguments.common, console, || tables::imports::import_usage(&answer), &answer)
}

/// New demand, and users where the records say them; all else in the file stays as it is.
fn changes(found: &UsageImport) -> Vec<TextChange> {
    let place =
        |id: &str, key: &str| format!("/workloads/{}/{key}", id.replace('~', "~0").replace('/', "~1"));
    let of = |(id, new): (&String, &crate::study::imports::usage::WorkloadUsage)| {
        let demand = json!({"input_mtok": new.input_mtok, "output_mtok": new.output_mtok});
        let users =
            (!new.users.is_empty()).then(|| TextChange { at: place(id, "users"), value: json!(new.users) });
        [TextChange { at: place(id, "demand"), value: demand }].into_iter().chain(users).collect::<Vec<_>>()
    };
    found.demand.iter().flat_map(of).collect()
}
