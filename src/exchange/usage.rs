//! Records of use as CSV: tokens by name and month. LiteLLM's spend logs, OpenRouter's activity, Langfuse's observations.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::input::InputError;
use crate::input::diagnostic::Diagnostic;
use crate::input::{file_bytes, file_text};
use crate::model::gateway::{GatewayUsage, GroupUsage};
use crate::units::DAYS_PER_MONTH;
use crate::units::date::{days_between, parse_day};
use jiff::civil::Date;

/// A program that keeps records of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsageForm {
    LiteLlm,
    OpenRouter,
    Langfuse,
}

/// Names of the columns of a form, of each the first that is there.
struct UsageColumns {
    name: &'static [&'static str],
    model: &'static [&'static str],
    input: &'static [&'static str],
    output: &'static [&'static str],
    day: &'static [&'static str],
    /// Requests in a row; a row is one request where there is no such column.
    requests: &'static [&'static str],
}

/// Columns that say in which country the users are, in any form.
const COUNTRY: [&str; 3] = ["country", "user_country", "userCountry"];
/// Longest name that is kept, characters.
const LONGEST: usize = 200;

impl UsageForm {
    /// Every form, in the order in which they are tried.
    pub const ALL: [Self; 3] = [Self::LiteLlm, Self::OpenRouter, Self::Langfuse];

    /// What the records are called.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LiteLlm => "spend logs of LiteLLM",
            Self::OpenRouter => "activity of OpenRouter",
            Self::Langfuse => "observations of Langfuse",
        }
    }

    fn columns(self) -> UsageColumns {
        match self {
            Self::LiteLlm => UsageColumns {
                name: &["model_group", "model_name", "model"],
                model: &["model", "model_name", "model_group"],
                input: &["prompt_tokens", "input_tokens"],
                output: &["completion_tokens", "output_tokens"],
                day: &["startTime", "start_time", "date", "timestamp"],
                requests: &[],
            },
            Self::OpenRouter => UsageColumns {
                name: &["app_name", "model_permaslug", "modelPermaslug", "model"],
                model: &["model_permaslug", "modelPermaslug", "model"],
                input: &["tokens_prompt", "prompt_tokens", "promptTokens"],
                output: &["tokens_completion", "completion_tokens", "completionTokens"],
                day: &["created_at", "date"],
                requests: &["requests"],
            },
            Self::Langfuse => UsageColumns {
                name: &["traceName", "trace_name", "name"],
                model: &["providedModelName", "model", "modelId"],
                input: &["inputUsage", "promptTokens", "inputTokens", "prompt_tokens"],
                output: &["outputUsage", "completionTokens", "outputTokens", "completion_tokens"],
                day: &["startTime", "start_time", "timestamp"],
                requests: &[],
            },
        }
    }
}

const TOKENS_PER_MTOK: f64 = 1e6;

/// Reads the records of any number of days. Columns other than name, model, day, tokens and country are not looked at, so keys,
/// prompts and users are never read. `form`: `None` takes the first whose columns are all there.
///
/// # Errors
/// [`InputError::Unreadable`] when the file cannot be read; [`InputError::Invalid`] when it is no table, a column is missing, or no
/// row has a day.
pub fn read_usage(path: &Path, form: Option<UsageForm>) -> Result<(UsageForm, GatewayUsage), InputError> {
    let file = path.display().to_string();
    let text = file_text(path, file_bytes(path)?)?;
    let refused = |code, message: &str, help: &str| {
        let diagnostic = Diagnostic::of_file(code, &file, message.to_owned(), Some(help.to_owned()));
        InputError::Invalid(vec![diagnostic])
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let headers = reader.headers().cloned();
    let headers =
        headers.map_err(|_| refused("csv-syntax", "the file is no table", "export the records as CSV"))?;
    let forms = form.map_or_else(|| UsageForm::ALL.to_vec(), |form| vec![form]);
    let found = forms.into_iter().find_map(|form| Some((form, FoundColumns::of(form, &headers)?)));
    let Some((form, columns)) = found else {
        let message = "a column is missing: the table needs a name, a day, and tokens in and out";
        return Err(refused(
            "missing-column",
            message,
            "model_group, startTime, prompt_tokens, completion_tokens",
        ));
    };
    let mut usage = GatewayUsage::default();
    let mut sums: BTreeMap<String, UsageSum> = BTreeMap::new();
    let mut extent: Option<(Date, Date)> = None;
    for record in reader.records() {
        let Some(row) = record.ok().and_then(|record| columns.row(&record)) else {
            usage.n_set_aside += 1;
            continue;
        };
        let (first, last) = extent.unwrap_or((row.day, row.day));
        extent = Some((first.min(row.day), last.max(row.day)));
        sums.entry(row.name.clone()).or_default().add(&row);
    }
    let Some((first, last)) = extent else {
        let message = "no row has a name, a day and tokens";
        return Err(refused("empty-file", message, "export at least one day of records"));
    };
    usage.days = days_between(first, last) + 1.0;
    let days = usage.days;
    usage.by_group = sums.into_iter().map(|(name, sum)| (name, sum.usage(days))).collect();
    Ok((form, usage))
}

/// Reads LiteLLM's spend logs.
///
/// # Errors
/// As [`read_usage`].
pub fn read_spend(path: &Path) -> Result<GatewayUsage, InputError> {
    Ok(read_usage(path, Some(UsageForm::LiteLlm))?.1)
}

/// Places of the columns.
struct FoundColumns {
    name: usize,
    model: Option<usize>,
    input: usize,
    output: usize,
    day: usize,
    requests: Option<usize>,
    country: Option<usize>,
}

/// A row that can be counted.
struct UsageRow {
    name: String,
    model: Option<String>,
    day: Date,
    n_requests: u64,
    input: f64,
    output: f64,
    country: Option<String>,
}

impl FoundColumns {
    fn of(form: UsageForm, headers: &csv::StringRecord) -> Option<Self> {
        let at =
            |names: &[&str]| names.iter().find_map(|name| headers.iter().position(|h| h.trim() == *name));
        let columns = form.columns();
        Some(Self {
            name: at(columns.name)?,
            model: at(columns.model),
            input: at(columns.input)?,
            output: at(columns.output)?,
            day: at(columns.day)?,
            requests: at(columns.requests),
            country: at(&COUNTRY),
        })
    }

    fn row(&self, record: &csv::StringRecord) -> Option<UsageRow> {
        let number =
            |at: usize| record.get(at)?.trim().parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
        let kept = |at: usize| {
            let text: String = record.get(at)?.trim().chars().take(LONGEST).collect();
            (!text.is_empty()).then(|| crate::exchange::litellm::secrets::shown(&text))
        };
        let is_code = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic());
        let country = self.country.and_then(|at| record.get(at)).map(str::trim);
        Some(UsageRow {
            name: kept(self.name)?,
            model: self.model.and_then(kept),
            day: parse_day(record.get(self.day)?.get(..10)?).ok()?,
            n_requests: self.requests.and_then(number).map_or(1, |n| n as u64),
            input: number(self.input)?,
            output: number(self.output)?,
            country: country.filter(|text| is_code(text)).map(str::to_uppercase),
        })
    }
}

/// What the rows of a name add up to.
#[derive(Default)]
struct UsageSum {
    n_requests: u64,
    input: f64,
    output: f64,
    models: BTreeSet<String>,
    tokens_by_country: BTreeMap<String, f64>,
    tokens_without_country: f64,
}

impl UsageSum {
    fn add(&mut self, row: &UsageRow) {
        self.n_requests += row.n_requests;
        self.input += row.input;
        self.output += row.output;
        self.models.extend(row.model.clone());
        let tokens = row.input + row.output;
        match &row.country {
            Some(country) => *self.tokens_by_country.entry(country.clone()).or_default() += tokens,
            None => self.tokens_without_country += tokens,
        }
    }

    /// Per month. Countries only where every token has one.
    fn usage(self, days: f64) -> GroupUsage {
        let monthly = |tokens: f64| {
            let mtok = tokens / TOKENS_PER_MTOK / days * DAYS_PER_MONTH;
            // Six digits are more than any record is worth, and read better.
            format!("{mtok:.6}").parse().unwrap_or(mtok)
        };
        let known: f64 = self.tokens_by_country.values().sum();
        let is_complete = known > 0.0 && self.tokens_without_country == 0.0;
        let users = self.tokens_by_country.into_iter().filter(|_| is_complete);
        GroupUsage {
            n_requests: self.n_requests,
            input_mtok: monthly(self.input),
            output_mtok: monthly(self.output),
            models: self.models,
            users: users.map(|(country, tokens)| (country, tokens / known)).collect(),
        }
    }
}
