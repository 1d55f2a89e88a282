//! The command `init`.

use crate::cli::args::InitArguments;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::exchange::portfolio_yaml::to_yaml;
use crate::input::diagnostic::render_all;
use crate::input::load_library;
use crate::study::generate::{PortfolioSize, generate};

pub(super) fn init(arguments: &InitArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let library = load_library(common.catalog.as_deref(), common.jurisdictions.as_deref())?;
    console.notice(&render_all(&library.warnings));
    let (n_workloads, n_offers) = arguments.size;
    let size = PortfolioSize { n_workloads, n_offers, n_users: arguments.users };
    let portfolio = generate(&library.catalog, &library.jurisdictions, size)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    console.deliver(&to_yaml(&portfolio), common.out(), Exit::Done)
}
