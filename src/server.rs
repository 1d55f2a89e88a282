//! The what-if page and its interface: HTTP on the loopback address, for one portfolio.
//!
//! A request carries its whole change, so any number of tabs ask independently and the server holds no working state: what it
//! keeps are answers it has given, and jobs that are running. Changes are made in the text of the portfolio ([`edit`]), which
//! is then read and computed as the commands do, so the figures are theirs.
//!
//! [`edit`]: crate::input::edit

mod about;
mod api;
mod connections;
mod guard;
mod jobs;
mod lists;
mod openapi;
mod page;
mod refusal;
mod reports;
mod requests;
mod scenario;
mod shared;
pub mod snapshot;
mod studies;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::civil::Date;

use crate::input::InputError;
use shared::ServedPortfolio;

/// What is served.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// The portfolio's file, or the name of [`ServerSettings::text`].
    pub portfolio: PathBuf,
    /// The portfolio's text; `None`: the file's.
    pub text: Option<String>,
    /// `None`: the catalog inside the binary.
    pub catalog: Option<PathBuf>,
    /// `None`: the jurisdictions inside the binary.
    pub jurisdictions: Option<PathBuf>,
    /// 0: any that is free.
    pub port: u16,
    /// Day on which exceptions to limits are judged.
    pub today: Date,
    /// Whether the page shows amounts in USD, and not in the currency of the portfolio.
    pub in_usd: bool,
    /// Folder under which reports are written on request.
    pub reports: PathBuf,
    /// Commit of the program, if it is known.
    pub commit: Option<String>,
    /// The present instant, UTC, which the manifest of a report names.
    pub now: fn() -> String,
    /// Number of trials and seed of what the page simulates.
    pub trials: (u64, u64),
    /// Version of the program.
    pub version: String,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error("the server cannot be started: {0}")]
    Start(String),
}

/// A portfolio that has been read, and a port that is open.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    shared: Arc<ServedPortfolio>,
}

impl Server {
    /// Reads the portfolio and opens the port.
    ///
    /// # Errors
    /// [`ServeError::Input`] when the portfolio cannot be read; [`ServeError::Start`] when the port is taken.
    pub fn bind(settings: ServerSettings) -> Result<Self, ServeError> {
        let start = |error: std::io::Error| ServeError::Start(error.to_string());
        let port = settings.port;
        let shared = ServedPortfolio::new(settings)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(start)?;
        listener.set_nonblocking(true).map_err(start)?;
        let address = listener.local_addr().map_err(start)?;
        Ok(Self { listener, address, shared: Arc::new(shared.at(address.port())) })
    }

    /// Address of the page, with the token that opens it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/?token={}", self.address, self.shared.token)
    }

    /// Answers requests until `stop` is set.
    ///
    /// # Errors
    /// [`ServeError::Start`] when the system gives no thread or no timer.
    pub fn run(self, stop: &'static AtomicBool) -> Result<(), ServeError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| ServeError::Start(error.to_string()))?;
        let ended = runtime.block_on(connections::serve(self.listener, self.shared, stop));
        // What is still computed is of no use to anybody.
        runtime.shutdown_background();
        ended.map_err(|error| ServeError::Start(error.to_string()))
    }
}

/// The shipped portfolio of `--demo`: its name and text.
pub const DEMO: (&str, &str) = ("european_bank.yaml", include_str!("../portfolios/european_bank.yaml"));
