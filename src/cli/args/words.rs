//! Words that flags take: formats, lists, treatments.

use clap::ValueEnum;

/// Format of the answer of `check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// Tables for people
    Table,
    /// JSON with exact numbers
    Json,
    /// Test results in JUnit XML, for CI servers
    Junit,
    /// Static analysis results in SARIF, for code scanning
    Sarif,
    /// Annotations for a GitHub workflow run
    Github,
}

/// The list that `stress` writes as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StressRows {
    /// One row per scenario and workload
    Summary,
    /// Service after each change, per workload and, weighted by value, for the portfolio
    Timeline,
    /// Loss of each workload by event
    Causes,
    /// Limits that the scenario breaks
    BrokenLimits,
    /// Offers that take over demand from others
    Takeovers,
}

/// The list that `diversify` writes as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiversifyRows {
    /// One row per origin, developer and host that is not in use
    Sources,
    /// One row per source and way to add it
    Additions,
    /// One row per source and workload
    Services,
    /// Superpowers only, middle powers only, both
    Powers,
}

/// Format of the answer of `compare`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    /// Tables for people
    Table,
    /// JSON with exact numbers
    Json,
    /// One list as CSV with exact numbers, for spreadsheets; with --out FILE.parquet, as Parquet
    Csv,
    /// A comment for a pull request
    Markdown,
}

/// The list that `compare` writes as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CompareRows {
    /// One row per figure, with the parts of its change
    Attribution,
    /// One row per input that differs
    Inputs,
}

/// The list that `replay` writes as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReplayRows {
    /// One row per event
    Events,
    /// One row per horizon
    Together,
}

/// The list that `shocks calibrate` writes as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CalibrateRows {
    /// Rates by actor and kind
    Rates,
    /// Durations by group of events
    Durations,
    /// Moves of list prices by seller
    Prices,
    /// Average annual loss by kind of shock, under either set of rates
    Kinds,
    /// Shocks whose rate was replaced
    Shocks,
}

/// The list that `signals` writes as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SignalRows {
    /// Rates before and after
    Rates,
    /// Events that move no rate, with the reason
    SetAside,
    /// Shocks that may follow
    FollowUps,
    /// Offers that end
    Retirements,
    /// Rungs of the ladder before and after
    Rungs,
}

/// Format of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables for people
    Table,
    /// JSON with exact numbers
    Json,
}

/// Format of an answer that consists of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TabularFormat {
    /// Tables for people
    Table,
    /// JSON with exact numbers
    Json,
    /// One list as CSV with exact numbers, for spreadsheets; with --out FILE.parquet, as Parquet
    Csv,
}

/// Format of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaFormat {
    /// JSON Schema 2020-12
    Json,
    /// Tables for people
    Markdown,
}

/// Treatment of uncertain rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RatesArgument {
    /// Draw uncertain rates anew in each trial
    Drawn,
    /// Use their means
    Mean,
}
