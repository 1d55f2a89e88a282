//! The command `merge`.

use crate::cli::answer::loaded;
use crate::cli::args::MergeArguments;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::memory::guard;
use crate::cli::simulated::{finish_tables, rendered};
use crate::exchange::merge::{Merged, shards};
use crate::exchange::writer::TrialsWriter;
use crate::study::footprint::RunKind;
use crate::study::session::Session;

pub(super) fn merge(arguments: &MergeArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let loaded = loaded(&arguments.portfolio, common, console)?;
    let console = &console.about(&loaded.instance);
    let session = Session::new(&loaded.instance);
    let shards = shards(&arguments.shards, session.instance)?;
    guard(RunKind::Simulate, session.instance, shards.settings.n_trials, arguments.resources)?;
    let Merged { settings, run, events } = shards.merged(session.instance)?;
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
    let rendered = rendered(arguments.format, session.instance, &simulated, console, out);
    console.deliver_rendered(&rendered, out, Exit::Done)
}
