//! The command `serve`.

use std::process::{Command, Stdio};

use crate::cli::args::ServeArguments;
use crate::cli::clock;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::interrupt::Interrupt;
use crate::cli::progress::ProgressLine;
use crate::cli::version::COMMIT;
use crate::files::{PendingFolder, write_atomically};
use crate::server::snapshot::snapshot;
use crate::server::{DEMO, Server, ServerSettings};

/// Name of the file of `--static`.
pub(super) const SNAPSHOT: &str = "index.html";

/// The program that opens an address.
const OPENER: &str = if cfg!(target_os = "macos") {
    "open"
} else if cfg!(windows) {
    "explorer"
} else {
    "xdg-open"
};

pub(super) fn serve(arguments: &ServeArguments, console: &Console) -> Result<Exit, Failure> {
    let (name, text) = DEMO;
    let settings = ServerSettings {
        portfolio: arguments.portfolio.clone().unwrap_or_else(|| name.into()),
        text: arguments.portfolio.is_none().then(|| text.to_owned()),
        catalog: arguments.catalog.clone(),
        jurisdictions: arguments.jurisdictions.clone(),
        port: arguments.port,
        today: arguments.today.unwrap_or_else(clock::today),
        in_usd: console.is_in_usd(),
        reports: arguments.reports.clone(),
        commit: COMMIT.map(str::to_owned),
        now: clock::now,
        trials: (arguments.trials, arguments.seed),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    if let Some(folder) = &arguments.snapshot {
        let line = ProgressLine::new(console);
        let page = snapshot(settings, !arguments.no_plan, &|step| line.show(step))?;
        drop(line);
        let _folder = PendingFolder::create(folder)?;
        let file = folder.join(SNAPSHOT);
        write_atomically(&file, &page)?;
        return console.deliver(&format!("{}\n", console.path(&file)), None, Exit::Done);
    }
    let server = Server::bind(settings)?;
    let interrupt = Interrupt::listen();
    let url = server.url();
    console.deliver(&format!("{url}\n"), None, Exit::Done)?;
    console.notice("Ctrl-C ends the server");
    if arguments.open && !is_opened(&url) {
        console.notice("no browser could be started: open the address above");
    }
    server.run(interrupt.stop())?;
    Ok(Exit::Done)
}

/// Opens an address in the browser, without waiting for it.
fn is_opened(url: &str) -> bool {
    let mut command = Command::new(OPENER);
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().is_ok()
}
