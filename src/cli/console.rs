//! Output to stdout and stderr.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use ::console::Term;
use clap::error::ErrorKind;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::Exit;
use super::args::{ColorArgument, CurrencyArgument, Manners};
use super::environment;
use super::failure::Failure;
use super::messages::{harmless, shown};
use super::version;
use crate::exchange::answer_rows::write_rows;
use crate::files::write_atomically;
use crate::model::instance::Instance;
use crate::report::csv::Sheet;
use crate::report::figures::count;
use crate::report::grid::{Grid, Screen, to_text};
use crate::report::locale::Locale;
use crate::report::money::DisplayCurrency;

/// How often the time of a progress line is drawn anew.
const TICK: Duration = Duration::from_millis(250);

/// The user's terminal; when quiet, it shows no notices and no progress.
#[derive(Debug, Clone, Copy)]
pub(super) struct Console {
    is_quiet: bool,
    color: ColorArgument,
    asked: CurrencyArgument,
    /// What amounts are shown in.
    currency: DisplayCurrency,
    /// How figures are written.
    locale: Locale,
}

impl Console {
    pub(super) fn new(manners: Manners) -> Self {
        let Manners { quiet, color, currency, locale } = manners;
        Self {
            is_quiet: quiet,
            color,
            asked: currency,
            locale: locale.into(),
            currency: DisplayCurrency::USD,
        }
    }

    /// A console for answers about one portfolio: amounts are in its currency, unless USD are asked for.
    pub(super) fn about(self, instance: &Instance) -> Self {
        let currency = match self.asked {
            CurrencyArgument::Own => DisplayCurrency::own(&instance.portfolio.currency),
            CurrencyArgument::Usd => DisplayCurrency::USD,
        };
        Self { currency, ..self }
    }

    /// What amounts are shown in.
    pub(super) fn currency(&self) -> DisplayCurrency {
        self.currency
    }

    /// Whether USD were asked for.
    pub(super) fn is_in_usd(&self) -> bool {
        self.asked == CurrencyArgument::Usd
    }

    /// How figures are written.
    pub(super) fn locale(&self) -> Locale {
        self.locale
    }

    /// What tables are drawn on: paper for a file; for stdout, a screen of `COLUMNS` or of the terminal's width.
    pub(super) fn screen(&self, out: Option<&Path>) -> Screen {
        let is_terminal = out.is_none() && io::stdout().is_terminal();
        let is_colored = match self.color {
            ColorArgument::Always => true,
            ColorArgument::Never => false,
            ColorArgument::Auto => is_terminal && environment::allows_color(),
        };
        let of_terminal = || Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
        let width = match out {
            Some(_) => None,
            None => environment::columns().or_else(|| is_terminal.then(of_terminal).flatten()),
        };
        let screen = match width {
            Some(width) => Screen::terminal(width, is_colored),
            None => Screen { is_colored, ..Screen::PAPER },
        };
        screen.in_currency(self.currency)
    }

    /// Tables as the text of an answer that goes to `out`.
    pub(super) fn tables(&self, grids: &[Grid], out: Option<&Path>) -> String {
        to_text(grids, self.screen(out))
    }

    /// Prints a notice to stderr, unless quiet.
    pub(super) fn notice(&self, text: &str) {
        if !self.is_quiet && !text.is_empty() {
            write_stderr(&format!("{}\n", harmless(text.trim_end())));
        }
    }

    /// Prints an error to stderr, even when quiet.
    pub(super) fn error(&self, text: &str) {
        write_stderr(&format!("{}\n", harmless(text.trim_end())));
    }

    /// A progress bar of trials on stderr; hidden when quiet or when stderr is not a terminal.
    pub(super) fn bar(&self, length: u64, what: &str) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(Some(length), self.target());
        let template = "{msg} {wide_bar} {percent} % of {human_len}, {rate} a second, {eta} left";
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
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(TICK);
        bar
    }

    /// A path as it is printed on stdout: as it is for the next command, without what could steer a terminal.
    pub(super) fn path(&self, path: &Path) -> String {
        if io::stdout().is_terminal() { shown(path) } else { path.display().to_string() }
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
        match out {
            Some(path) => {
                write_atomically(path, text)?;
                self.wrote(path);
                Ok(exit)
            }
            None => printed(text, exit),
        }
    }

    /// Writes an answer that may consist of rows, as [`Self::deliver`]; rows become what the name of the file says.
    pub(super) fn deliver_rendered(
        &self,
        rendered: &Rendered,
        out: Option<&Path>,
        exit: Exit,
    ) -> Result<Exit, Failure> {
        match (rendered, out) {
            (Rendered::Text(text), _) => self.deliver(text, out, exit),
            (Rendered::Rows(sheet), Some(path)) => {
                write_rows(sheet, path)?;
                self.wrote(path);
                Ok(exit)
            }
            (Rendered::Rows(sheet), None) => printed(&sheet.to_text(), exit),
        }
    }

    /// Says that a file is there.
    pub(super) fn wrote(&self, path: &Path) {
        self.notice(&format!("wrote {}", shown(path)));
    }
}

/// An answer in the requested format.
pub(super) enum Rendered {
    Text(String),
    /// Rows: CSV on stdout, and in a file what its name says.
    Rows(Sheet),
}

impl From<String> for Rendered {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Sheet> for Rendered {
    fn from(sheet: Sheet) -> Self {
        Self::Rows(sheet)
    }
}

/// Prints an answer to stdout.
fn printed(text: &str, exit: Exit) -> Result<Exit, Failure> {
    match print(text) {
        Ok(()) => Ok(exit),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Done),
        Err(error) => Err(Failure::Stdout(error.to_string())),
    }
}

fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
}

/// Writes to stderr. A failure is ignored: there is nowhere left to report it.
pub(super) fn write_stderr(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Shows what clap answers: help and version on stdout, usage errors on stderr.
///
/// `is_harmless`: nothing that was typed could steer the terminal, so what quotes it may be printed in color.
pub(super) fn show(message: &clap::Error, is_harmless: bool) -> Exit {
    if message.use_stderr() {
        if is_harmless {
            // A usage error that cannot be shown is one all the same.
            let _ = message.print();
        } else {
            write_stderr(&harmless(&message.render().to_string()));
        }
        if let Some(hint) = environment::hint(message) {
            write_stderr(&hint);
        }
        return Exit::Usage;
    }
    let printed = match message.kind() {
        ErrorKind::DisplayVersion => print(&version::text()),
        _ => message.print().and_then(|()| io::stdout().flush()),
    };
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let failure = Failure::Stdout(error.to_string());
            write_stderr(&format!("{failure}\n"));
            failure.exit()
        }
        _ => Exit::Done,
    }
}
