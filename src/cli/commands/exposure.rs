//! The command `exposure`.

use std::path::Path;

use super::chart;
use crate::cli::answer::{in_format, loaded};
use crate::cli::args::ExposureArguments;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::memory::guard;
use crate::cli::messages::shown;
use crate::exposure::profile::workload_exposures;
use crate::files::write_atomically;
use crate::graph::portfolio::PortfolioGraph;
use crate::report::answer::exposure::ExposureAnswer;
use crate::report::drawing::{dot::dot, picture, svg::svg, tile_map};
use crate::report::{answer, tables};
use crate::study::footprint::RunKind;
use crate::study::session::Session;

pub(super) fn exposure(arguments: &ExposureArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    chart::refuse_other_formats(arguments.chart.as_deref())?;
    let drawn = match arguments.graph.as_deref() {
        Some(file) => Some((file, ending(file)?)),
        None => None,
    };
    let loaded = loaded(&arguments.portfolio, common, console)?;
    let console = &console.about(&loaded.instance);
    guard(RunKind::Exposure, &loaded.instance, 0, arguments.resources)?;
    let session = Session::new(&loaded.instance);
    let (instance, plan) = (session.instance, &session.current);
    let stage = console.stage();
    stage.set_message("exposure");
    let exposure = session.exposure(plan);
    stage.finish_and_clear();
    if let Some((file, ending)) = drawn {
        let graph = PortfolioGraph::new(instance, &session.setting.graph, plan);
        let text = match ending {
            Ending::Dot => dot(instance, &graph),
            Ending::Svg => svg(&picture(instance, &graph, &exposure.chokepoints)),
        };
        write_atomically(file, &text)?;
        console.wrote(file);
    }
    let workloads = arguments.by_workload.then(|| workload_exposures(&session.setting, plan));
    let answer = ExposureAnswer::of(instance, &exposure, workloads.as_deref());
    chart::write(arguments.chart.as_deref(), console, || tile_map::shares_of_value(&answer.concentration))?;
    let rendered = in_format(
        arguments.format,
        &answer,
        || console.tables(&tables::exposure::exposure(&answer), common.out()),
        || answer::retirements::sheet(&answer.retirements),
    );
    console.deliver_rendered(&rendered, common.out(), Exit::Done)
}

/// Format of the drawing.
#[derive(Debug, Clone, Copy)]
enum Ending {
    Dot,
    Svg,
}

/// The drawing's format by the ending of its file.
fn ending(file: &Path) -> Result<Ending, Failure> {
    match file.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("dot") => Ok(Ending::Dot),
        Some("svg") => Ok(Ending::Svg),
        _ => Err(Failure::Usage(format!(
            "--graph needs a file that ends in .svg or .dot, not '{}'",
            shown(file)
        ))),
    }
}
