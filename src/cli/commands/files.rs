//! Which files each command reads and writes.

use std::path::{Path, PathBuf};

use super::serve;
use crate::cli::args::{
    CatalogQuestion, Command, Common, CompareArguments, ExportQuestion, ImportGiven, ImportQuestion, Output,
    PlanSource, ReportArguments, ShocksQuestion,
};
use crate::cli::targets::RunFiles;
use crate::exchange::recorded::{names_results, results_file};
use crate::exchange::report_folder::{INPUTS, file_names};
use crate::exchange::table_path::TablePath;

/// The files of a command.
pub(super) fn files(command: &Command) -> RunFiles {
    match command {
        // Their folder is known when the catalog has been read.
        Command::Plan(_) | Command::Report(_) => RunFiles::default(),
        Command::Check(a) => study(&a.common, &a.portfolios),
        Command::Exposure(a) => {
            let files = study(&a.common, [&a.portfolio]);
            let files = a
                .graph
                .iter()
                .fold(files, |files, graph| files.writes("--graph", "the drawing of --graph", graph));
            charts(files, a.chart.as_ref())
        }
        Command::Stress(a) => study(&a.common, [&a.portfolio]),
        Command::Compare(a) => compared(a),
        Command::Replay(a) => {
            charts(study(&a.common, [&a.portfolio].into_iter().chain(&a.plan)), a.chart.as_ref())
        }
        Command::Reverse(a) => study(&a.common, [&a.portfolio]),
        Command::Simulate(a) => tables(study(&a.common, [&a.portfolio]), a.trials_out.as_ref()),
        Command::Merge(a) => {
            let shards = a.shards.iter().flat_map(TablePath::files);
            let files = study(&a.common, [&a.portfolio]);
            let files = shards.fold(files, |files, shard| files.reads("a file of the shards", &shard));
            tables(files, a.trials_out.as_ref())
        }
        Command::Optimize(a) => study(&a.common, [&a.portfolio]),
        Command::Diversify(a) => study(&a.common, [&a.portfolio]),
        Command::Init(a) => study(&a.common, []),
        Command::Landscape(a) => charts(study(&a.common, &a.portfolio), a.chart.as_ref()),
        Command::Import(ImportQuestion::Litellm(a)) => {
            imported(study(&a.common, [&a.config].into_iter().chain(&a.spend)), &a.given)
        }
        Command::Import(ImportQuestion::Cyclonedx(a) | ImportQuestion::Inventory(a)) => {
            imported(study(&a.common, [&a.file]), &a.given)
        }
        Command::Import(ImportQuestion::Usage(a)) => {
            let files = study(&a.common, [&a.portfolio]).reads("the records", &a.file);
            a.write.iter().fold(files, |files, file| files.writes("-o", "the portfolio of -o", file))
        }
        Command::Export(ExportQuestion::Litellm(a)) => study(&a.common, [&a.plan]),
        Command::Export(ExportQuestion::Cyclonedx(a)) => exported(&a.common, &a.source),
        Command::Export(ExportQuestion::Openrouter(a) | ExportQuestion::Portkey(a)) => {
            exported(&a.common, &a.source)
        }
        Command::Export(ExportQuestion::Inventory(a)) => study(&a.common, &a.portfolio),
        Command::Export(ExportQuestion::Dora(a)) => {
            let is_file = |path: &&PathBuf| path.extension().is_some();
            let files = study(&a.common, [&a.portfolio]);
            a.write
                .iter()
                .filter(is_file)
                .fold(files, |files, file| files.writes("-o", "the draft of -o", file))
        }
        Command::Export(ExportQuestion::UkRegister(a)) => study(&a.common, [&a.portfolio]),
        Command::Export(ExportQuestion::Prometheus(a)) => study(&a.common, [&a.portfolio]),
        Command::Routes(a) => study(&a.common, [&a.config].into_iter().chain(&a.portfolio)),
        Command::Shocks(ShocksQuestion::List(a)) => study(&a.common, &a.portfolio),
        Command::Shocks(ShocksQuestion::Show(a)) => study(&a.common, &a.portfolio),
        Command::Shocks(ShocksQuestion::Calibrate(a)) => {
            let files = study(&a.common, &a.portfolio);
            let files = a.prices.iter().fold(files, |files, prices| files.reads("the price list", prices));
            a.events.iter().fold(files, |files, events| files.reads("the table of events", events))
        }
        Command::Signals(a) => study(&a.common, &a.portfolio).reads("the file of events", &a.file),
        Command::Catalog(CatalogQuestion::Refresh(a)) => {
            let files = study(&a.common, &a.portfolio).reads("the price list", &a.from);
            a.write.iter().fold(files, |files, file| files.writes("--write", "the overlay of --write", file))
        }
        Command::Catalog(CatalogQuestion::Status(a)) => study(&a.common, &a.portfolio),
        Command::List(a) => study(&a.common, &a.portfolio),
        Command::Explain(a) => answer(&a.output),
        Command::Schema(a) => answer(&a.output),
        Command::Completions(a) => answer(&a.output),
        Command::Serve(a) => {
            let files = a.portfolio.iter().fold(RunFiles::default(), |f, p| f.reads("the portfolio", p));
            let files = a.catalog.iter().fold(files, |files, catalog| files.reads_catalog(catalog));
            let files =
                a.jurisdictions.iter().fold(files, |files, file| files.reads("the jurisdictions", file));
            match &a.snapshot {
                Some(folder) => files.writes_folder("--static", folder, &[serve::SNAPSHOT]),
                None => files,
            }
        }
        // It writes pages with names of their own, and reads nothing.
        Command::Man(_) => RunFiles::default(),
    }
}

/// The files of `plan` and `report`, with the folder of the report.
pub(super) fn of_report(a: &ReportArguments, folder: &Path) -> RunFiles {
    let names = file_names();
    study(&a.common, [&a.portfolio])
        .writes_folder("--reports", folder, &names)
        .writes_tree("--reports", &folder.join(INPUTS))
}

/// Portfolios, with their catalog, their jurisdictions and the answer.
fn study<'a>(common: &Common, portfolios: impl IntoIterator<Item = &'a PathBuf>) -> RunFiles {
    let files = answer(&common.output);
    let files = common.catalog.iter().fold(files, |files, catalog| files.reads_catalog(catalog));
    let files = common.jurisdictions.iter().fold(files, |files, file| files.reads("the jurisdictions", file));
    portfolios.into_iter().fold(files, |files, portfolio| files.reads("the portfolio", portfolio))
}

/// The portfolio that an import writes.
fn imported(files: RunFiles, given: &ImportGiven) -> RunFiles {
    given.write.iter().fold(files, |files, file| files.writes("-o", "the portfolio of -o", file))
}

/// The plan that an export reads.
fn exported(common: &Common, source: &PlanSource) -> RunFiles {
    study(common, [&source.plan].into_iter().chain(&source.portfolio))
}

/// The drawing of `--chart`.
fn charts(files: RunFiles, chart: Option<&PathBuf>) -> RunFiles {
    chart.into_iter().fold(files, |files, chart| files.writes("--chart", "the drawing of --chart", chart))
}

/// Portfolios, or results with the copies of their inputs.
fn compared(arguments: &CompareArguments) -> RunFiles {
    let sides = [&arguments.from, &arguments.to];
    let (results, portfolios): (Vec<&PathBuf>, Vec<&PathBuf>) =
        sides.into_iter().partition(|path| names_results(path));
    let files = study(&arguments.common, portfolios);
    results.into_iter().fold(files, |files, path| files.reads("the results", &results_file(path)))
}

fn answer(output: &Output) -> RunFiles {
    output.out.iter().fold(RunFiles::default(), |files, out| files.writes("--out", "the answer", out))
}

/// The tables of `--trials-out`.
fn tables(files: RunFiles, path: Option<&TablePath>) -> RunFiles {
    let tables = path.into_iter().flat_map(TablePath::files);
    tables.fold(files, |files, table| files.writes("--trials-out", "a file of --trials-out", &table))
}
