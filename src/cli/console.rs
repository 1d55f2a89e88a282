//! What goes to stdout and what to stderr.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::Exit;
use super::failure::Failure;
use crate::files::write_whole;
use crate::report::figures::count;

/// The user's terminal, as far as it wants to hear from us.
#[derive(Debug, Clone, Copy)]
pub(super) struct Console {
    is_quiet: bool,
}

impl Console {
    pub(super) fn new(is_quiet: bool) -> Self {
        Self { is_quiet }
    }

    /// A notice on stderr; none when quiet.
    pub(super) fn notice(&self, text: &str) {
        if !self.is_quiet && !text.is_empty() {
            write_stderr(&format!("{}\n", text.trim_end()));
        }
    }

    /// An error on stderr, also when quiet.
    pub(super) fn error(&self, text: &str) {
        write_stderr(&format!("{}\n", text.trim_end()));
    }

    /// A bar of trials on stderr; none when quiet, or where stderr is no terminal.
    pub(super) fn bar(&self, length: u64, what: &str) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(Some(length), self.target());
        let template = "{msg} {wide_bar} {human_pos} of {human_len}, {rate} a second, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            let rate = |state: &ProgressState, out: &mut dyn fmt::Write| {
                // A bar that cannot be drawn is no reason to stop.
                let _ = write!(out, "{}", count(state.per_sec().round() as u64));
            };
            bar.set_style(style.with_key("rate", rate));
        }
        bar.with_message(what.to_owned())
    }

    /// A line on stderr that says what is being done; none when quiet, or where stderr is no terminal.
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

    /// Writes an answer to `out`, else to stdout. A reader who has gone away (`| head`) ends the run well.
    pub(super) fn deliver(&self, text: &str, out: Option<&Path>, exit: Exit) -> Result<Exit, Failure> {
        if let Some(path) = out {
            write_whole(path, text)?;
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

/// Writes to stderr; where nobody listens, nothing is lost that could be told elsewhere.
pub(super) fn write_stderr(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Prints what clap has to tell: help and version on stdout, usage errors on stderr.
pub(super) fn tell(told: &clap::Error) -> Exit {
    // A reader who has gone away has read enough.
    let _ = told.print();
    if told.use_stderr() { Exit::Usage } else { Exit::Done }
}
