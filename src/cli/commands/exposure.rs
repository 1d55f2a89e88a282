//! `exposure P`.

use super::{Failure, loaded, written};
use crate::cli::args::PortfolioArguments;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::report::{json, tables};
use crate::study::session::Session;

pub(super) fn exposure(arguments: &PortfolioArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let loaded = loaded(&arguments.portfolio, common, console)?;
    let session = Session::new(&loaded.instance);
    let exposure = session.exposure(&session.current);
    let text = written(
        common,
        || tables::exposure::exposure(session.instance, &exposure),
        || json::exposure::exposure(session.instance, &exposure),
    );
    console.deliver(&text, common.out.as_deref(), Exit::Done)
}
