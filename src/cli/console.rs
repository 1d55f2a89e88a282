//! Output to stdout and stderr.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::Exit;
use super::failure::Failure;
use crate::files::write_atomically;
use crate::report::figures::count;

/// The user's terminal; when quiet, it shows no notices and no progress.
#[derive(Debug, Clone, Copy)]
pub(super) struct Console {
    is_quiet: bool,
}

impl Console {
    pub(super) fn new(is_quiet: bool) -> Self {
        Self { is_quiet }
    }

    /// Prints a notice to stderr, unless quiet.
    pub(super) fn notice(&self, text: &str) {
        if !self.is_quiet && !text.is_empty() {
            write_stderr(&format!("{}\n", text.trim_end()));
        }
    }

    /// Prints an error to stderr, even when quiet.
    pub(super) fn error(&self, text: &str) {
        write_stderr(&format!("{}\n", text.trim_end()));
    }

    /// A progress bar of trials on stderr; hidden when quiet or when stderr is not a terminal.
    pub(super) fn bar(&self, length: u64, what: &str) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(Some(length), self.target());
        let template = "{msg} {wide_bar} {human_pos} of {human_len}, {rate} a second, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            let rate = |state: &ProgressState, out: &mut dyn fmt::Write| {
                // A bar that cannot be drawn does not stop the run.
                let _ = write!(out, "{}", count(state.per_sec().round() as u64));
            };
            bar.set_style(style.with_key("rate", rate));
        }
        bar.with_message(what.to_owned())
    }

    /// A progress line on stderr; hidden when quiet or when stderr is not a terminal.
    pub(super) fn stage(&self) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(None, self.target());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar
    }

    fn target(&self) -> ProgressDrawTarget {
        if self.is_quiet || !io::stderr().is_terminal() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        }
    }

    /// Writes the answer to `out`, or to stdout without one. A closed pipe (`| head`) counts as success.
    pub(super) fn deliver(&self, text: &str, out: Option<&Path>, exit: Exit) -> Result<Exit, Failure> {
        if let Some(path) = out {
            write_atomically(path, text)?;
            self.notice(&format!("wrote {}", path.display()));
            return Ok(exit);
        }
        let mut stdout = io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Ok(()) => Ok(exit),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Done),
            Err(error) => Err(Failure::Stdout(error.to_string())),
        }
    }
}

/// Writes to stderr. A failure is ignored: there is nowhere left to report it.
pub(super) fn write_stderr(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Prints a message of clap: help and version to stdout, usage errors to stderr.
pub(super) fn show(message: &clap::Error) -> Exit {
    // A closed pipe is not an error.
    let _ = message.print();
    if message.use_stderr() { Exit::Usage } else { Exit::Done }
}
