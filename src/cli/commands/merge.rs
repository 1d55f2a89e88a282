//! The command `merge`.

use crate::cli::answer::loaded;
use crate::cli::args::MergeArguments;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::simulated::{finish_tables, guard_tables, text};
use crate::cli::targets::guard_output;
use crate::exchange::merge::{Merged, merged};
use crate::exchange::table_path::TablePath;
use crate::exchange::writer::TrialsWriter;
use crate::study::session::Session;

pub(super) fn merge(arguments: &MergeArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    guard_tables(arguments.trials_out.as_ref(), &arguments.portfolio, common)?;
    guard_shards(arguments)?;
    let loaded = loaded(&arguments.portfolio, common, console)?;
    let session = Session::new(&loaded.instance);
    let Merged { settings, run, events } = merged(&arguments.shards, session.instance)?;
    let path = arguments.trials_out.as_ref();
    let mut writer = path.map(|path| TrialsWriter::create(path, session.instance)).transpose()?;
    if let Some(writer) = &mut writer {
        events.replay(session.instance, &mut |losses| writer.write_events(losses))?;
    }
    let stage = console.stage();
    stage.set_message("simulating the worst years again");
    let simulated = session.simulated_elsewhere(&session.current, settings, run)?;
    stage.finish_and_clear();
    if let (Some(writer), Some(path)) = (writer, path) {
        finish_tables(writer, path, &simulated, console)?;
    }
    let out = common.out();
    let text = text(arguments.format, session.instance, &simulated, console, out);
    console.deliver(&text, out, Exit::Done)
}

/// Refuses to write over a shard.
fn guard_shards(arguments: &MergeArguments) -> Result<(), Failure> {
    let tables = arguments.trials_out.iter().flat_map(TablePath::files).map(|file| ("--trials-out", file));
    let outputs: Vec<_> = tables.chain(arguments.common.out().map(|out| ("--out", out.to_owned()))).collect();
    for shard in arguments.shards.iter().flat_map(TablePath::files) {
        for (flag, file) in &outputs {
            guard_output(flag, file, &shard, "a file of the shards")?;
        }
    }
    Ok(())
}
