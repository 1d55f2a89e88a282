//! Spend logs of LiteLLM as CSV: tokens by group and month.

use std::collections::BTreeMap;
use std::path::Path;

use crate::input::InputError;
use crate::input::diagnostic::Diagnostic;
use crate::input::{file_bytes, file_text};
use crate::model::gateway::{GatewayUsage, GroupUsage};
use crate::units::DAYS_PER_MONTH;
use crate::units::date::{days_between, parse_day};
use jiff::civil::Date;

/// Names of the columns, the first that is there.
const GROUP: [&str; 3] = ["model_group", "model_name", "model"];
const INPUT: [&str; 2] = ["prompt_tokens", "input_tokens"];
const OUTPUT: [&str; 2] = ["completion_tokens", "output_tokens"];
const DAY: [&str; 4] = ["startTime", "start_time", "date", "timestamp"];
const TOKENS_PER_MTOK: f64 = 1e6;

/// Reads the logs of any number of days. Columns other than the group, the day and the tokens are not looked at, so keys and
/// users are never read.
///
/// # Errors
/// [`InputError::Unreadable`] when the file cannot be read; [`InputError::Invalid`] when it is no table, a column is missing, or no
/// row has a day.
pub fn read_spend(path: &Path) -> Result<GatewayUsage, InputError> {
    let file = path.display().to_string();
    let text = file_text(path, file_bytes(path)?)?;
    let refused = |code, message: String, help: &str| {
        Err(InputError::Invalid(vec![Diagnostic::of_file(code, &file, message, Some(help.to_owned()))]))
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let headers = match reader.headers() {
        Ok(headers) => headers.clone(),
        Err(_) => {
            return refused("csv-syntax", "the file is no table".into(), "export the spend logs as CSV");
        }
    };
    let column = |names: &[&str]| names.iter().find_map(|name| headers.iter().position(|h| h == *name));
    let (Some(group), Some(input), Some(output), Some(day)) =
        (column(&GROUP), column(&INPUT), column(&OUTPUT), column(&DAY))
    else {
        let message = "a column is missing: the table needs a group, a day, and tokens in and out".to_owned();
        return refused(
            "missing-column",
            message,
            "model_group, startTime, prompt_tokens, completion_tokens",
        );
    };
    let mut usage = GatewayUsage::default();
    let mut sums: BTreeMap<String, (u64, f64, f64)> = BTreeMap::new();
    let mut extent: Option<(Date, Date)> = None;
    for record in reader.records() {
        let row = record.ok().and_then(|record| {
            let tokens =
                |at: usize| record.get(at)?.trim().parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
            let day = parse_day(record.get(day)?.get(..10)?).ok()?;
            let name = record.get(group)?.trim();
            (!name.is_empty()).then_some(())?;
            Some((super::secrets::shown(name), day, tokens(input)?, tokens(output)?))
        });
        let Some((name, day, input, output)) = row else {
            usage.n_set_aside += 1;
            continue;
        };
        let (first, last) = extent.unwrap_or((day, day));
        extent = Some((first.min(day), last.max(day)));
        let sum = sums.entry(name).or_default();
        *sum = (sum.0 + 1, sum.1 + input, sum.2 + output);
    }
    let Some((first, last)) = extent else {
        return refused(
            "empty-file",
            "no row has a group, a day and tokens".into(),
            "export at least one day of logs",
        );
    };
    usage.days = days_between(first, last) + 1.0;
    let monthly = |tokens: f64| {
        let mtok = tokens / TOKENS_PER_MTOK / usage.days * DAYS_PER_MONTH;
        // Six digits are more than any record is worth, and read better.
        format!("{mtok:.6}").parse().unwrap_or(mtok)
    };
    usage.by_group = sums
        .into_iter()
        .map(|(name, (n_requests, input, output))| {
            (name, GroupUsage { n_requests, input_mtok: monthly(input), output_mtok: monthly(output) })
        })
        .collect();
    Ok(usage)
}
