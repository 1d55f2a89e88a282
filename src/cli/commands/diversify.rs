//! The command `diversify`.

use crate::cli::answer::{in_format, loaded};
use crate::cli::args::{DiversifyArguments, DiversifyRows, TabularFormat};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::memory::guard;
use crate::cli::progress::ProgressLine;
use crate::report::answer::diversify::DiversifyAnswer;
use crate::report::csv::Sheet;
use crate::report::tables;
use crate::simulation::draws::Rates;
use crate::study::diversify::diversify as diversified;
use crate::study::footprint::RunKind;
use crate::study::session::Session;
use crate::study::simulate::SimulateSettings;

pub(super) fn diversify(arguments: &DiversifyArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    if arguments.table.is_some() && arguments.format != TabularFormat::Csv {
        return Err(Failure::Usage("--table needs --format csv: add it, or leave --table out".to_owned()));
    }
    let loaded = loaded(&arguments.portfolio, common, console)?;
    let console = &console.about(&loaded.instance);
    let trials = arguments.trials;
    guard(RunKind::Diversify, &loaded.instance, trials.trials, arguments.resources)?;
    let session = Session::new(&loaded.instance);
    let settings = SimulateSettings { n_trials: trials.trials, seed: trials.seed, rates: Rates::Drawn };
    let line = ProgressLine::new(console);
    let found = diversified(&session, &loaded.jurisdictions, settings, &|step| line.show(step))?;
    drop(line);
    let answer = DiversifyAnswer::of(&loaded.instance, &found);
    let rendered = in_format(
        arguments.format,
        &answer,
        || console.tables(&tables::diversify::diversify(&answer), common.out()),
        || match arguments.table.unwrap_or(DiversifyRows::Sources) {
            DiversifyRows::Sources => Sheet::of(&answer.sources),
            DiversifyRows::Additions => Sheet::of(&answer.additions),
            DiversifyRows::Services => Sheet::of(&answer.services),
            DiversifyRows::Powers => Sheet::of(&answer.powers),
        },
    );
    console.deliver_rendered(&rendered, common.out(), Exit::Done)
}
