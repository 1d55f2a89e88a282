//! `exposure P`.

use super::{Failure, loaded, written};
use crate::cli::args::ExposureArguments;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::report::{json, tables};
use crate::study::session::Session;

/// Place of the workloads among the tables: after the portfolio's own shares and diversity.
const AFTER_DIVERSITY: usize = 2;

pub(super) fn exposure(arguments: &ExposureArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let loaded = loaded(&arguments.portfolio, common, console)?;
    let session = Session::new(&loaded.instance);
    let (instance, plan) = (session.instance, &session.current);
    let exposure = session.exposure(plan);
    let workloads = arguments.by_workload.then(|| session.workload_exposures(plan));
    let text = written(
        &arguments.answer,
        || {
            let mut grids = tables::exposure::exposure(instance, &exposure);
            if let Some(workloads) = &workloads {
                grids.insert(AFTER_DIVERSITY, tables::diversity::by_workload(instance, workloads));
            }
            grids
        },
        || {
            let mut value = json::exposure::exposure(instance, &exposure);
            if let Some(workloads) = &workloads {
                value["workloads"] = json::exposure::by_workload(instance, workloads);
            }
            value
        },
    );
    console.deliver(&text, common.out.as_deref(), Exit::Done)
}
