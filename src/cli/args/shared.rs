//! Flags that several commands share, and the variables of the environment that set their defaults.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, ColorChoice, ValueEnum};

use super::Format;
use super::values::{bytes, threads};
use crate::report::locale::Locale;
use crate::study::simulate::MAX_TRIALS;

/// How the program speaks; every command takes these.
#[derive(Debug, Clone, Copy, Args)]
pub struct Manners {
    /// Print no progress, warnings or notices
    #[arg(long, short, global = true, env = "MULTIPOLAR_QUIET", display_order = 900)]
    #[arg(action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub quiet: bool,
    /// Color of tables and help: by itself only on a terminal, and never while NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", value_enum, env = COLOR_VARIABLE)]
    #[arg(default_value_t = ColorArgument::Auto, display_order = 901)]
    pub color: ColorArgument,
    /// Currency of the amounts in tables and reports: the portfolio's own, or USD; JSON and CSV are in USD
    #[arg(long, global = true, value_name = "CURRENCY", value_enum, env = "MULTIPOLAR_CURRENCY")]
    #[arg(default_value_t = CurrencyArgument::Own, display_order = 902)]
    pub currency: CurrencyArgument,
    /// Language of the figures in tables, sentences and reports: decimal mark and thousands; JSON and CSV have exact numbers
    #[arg(long, global = true, value_name = "LANGUAGE", value_enum, env = "MULTIPOLAR_LOCALE")]
    #[arg(default_value_t = LocaleArgument::En, display_order = 903)]
    pub locale: LocaleArgument,
}

/// In which language figures are written for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LocaleArgument {
    /// 1,234.5
    En,
    /// 1.234,5
    De,
    /// 1 234,5
    Fr,
}

impl From<LocaleArgument> for Locale {
    fn from(argument: LocaleArgument) -> Self {
        match argument {
            LocaleArgument::En => Self::English,
            LocaleArgument::De => Self::German,
            LocaleArgument::Fr => Self::French,
        }
    }
}

/// In which currency amounts are shown to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CurrencyArgument {
    /// The portfolio's currency, at the rate it gives; USD without one
    Own,
    /// USD, in which everything is computed
    Usd,
}

/// Whether tables and help are colored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorArgument {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The variable that sets the default of `--color`.
const COLOR_VARIABLE: &str = "MULTIPOLAR_COLOR";

impl ColorArgument {
    /// What the arguments and the environment say, before they are parsed: help and usage errors come before anything is
    /// parsed, or instead. A word that is not allowed is `Auto` here, and is refused by the parser.
    #[must_use]
    pub fn of_raw(arguments: &[OsString]) -> Self {
        let texts =
            || arguments.iter().map(|typed| typed.to_string_lossy()).take_while(|typed| typed != "--");
        let apart = texts().zip(texts().skip(1)).filter(|(flag, _)| flag == "--color").map(|(_, word)| word);
        let joined =
            texts().filter_map(|typed| typed.strip_prefix("--color=").map(|word| word.to_owned().into()));
        let word = apart.chain(joined).last().map(Cow::into_owned);
        let word = word.or_else(|| std::env::var(COLOR_VARIABLE).ok());
        word.and_then(|word| Self::from_str(&word, false).ok()).unwrap_or(Self::Auto)
    }

    /// When help and usage errors are colored. Clap itself looks at the terminal and at `NO_COLOR`.
    #[must_use]
    pub fn of_help(self) -> ColorChoice {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
    }
}

/// Where a command that reads the catalog finds it, and where it writes its answer.
#[derive(Debug, Args)]
pub struct Common {
    /// Catalog to use instead of the built-in one
    #[arg(long, value_name = "DIR", env = "MULTIPOLAR_CATALOG")]
    pub catalog: Option<PathBuf>,
    /// Jurisdictions to use instead of the built-in ones
    #[arg(long, value_name = "FILE", env = "MULTIPOLAR_JURISDICTIONS")]
    pub jurisdictions: Option<PathBuf>,
    #[command(flatten)]
    pub output: Output,
}

impl Common {
    /// The same places of the catalog, with the answer on stdout.
    #[must_use]
    pub fn without_out(&self) -> Self {
        Self {
            catalog: self.catalog.clone(),
            jurisdictions: self.jurisdictions.clone(),
            output: Output { out: None },
        }
    }

    /// The file that the answer goes to; `None` for stdout.
    #[must_use]
    pub fn out(&self) -> Option<&Path> {
        self.output.out.as_deref()
    }
}

/// Where the answer goes.
#[derive(Debug, Args)]
pub struct Output {
    /// Write the answer to this file instead of stdout; the file is written atomically
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// How many years are drawn, and which.
#[derive(Debug, Clone, Copy, Args)]
pub struct Trials {
    /// Random seed: the same seed gives the same answer
    #[arg(long, value_name = "N", default_value_t = 1, env = "MULTIPOLAR_SEED")]
    pub seed: u64,
    /// Number of trials (simulated years)
    #[arg(long, value_name = "N", default_value_t = 10_000, env = "MULTIPOLAR_TRIALS")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=MAX_TRIALS))]
    pub trials: u64,
}

/// How many processors are used, and how much memory may be.
#[derive(Debug, Clone, Copy, Args)]
pub struct Resources {
    /// Number of threads [default: one per core]; does not change the answer
    #[arg(long, value_name = "N", value_parser = threads, env = "MULTIPOLAR_THREADS")]
    pub threads: Option<usize>,
    /// Refuse a run that would need more memory, such as 2GB or 500MiB; the need is estimated before it begins
    #[arg(long, value_name = "SIZE", value_parser = bytes, env = "MULTIPOLAR_MAX_MEMORY")]
    pub max_memory: Option<u64>,
}

/// The format of a command's answer.
#[derive(Debug, Args)]
pub struct Answer {
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = Format::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: Format,
}
