//! Shares by dimension.

use crate::graph::dimension::ALTERNATIVE_SEPARATOR;
use crate::model::limit::Dimension;
use crate::report::answer::concentration::ranked;
use crate::report::answer::exposure::ExposureAnswer;
use crate::report::figures::{ABSENT, counted, number, percent};
use crate::report::grid::Grid;
use crate::report::money::{CODE, amount};
use crate::report::names::dimension_meaning;

/// Keys shown per dimension, and where shares overlap.
const KEYS_SHOWN: usize = 3;
const OVERLAPPING_SHOWN: usize = 8;

/// Largest shares and effective number of each dimension; the most concentrated is marked.
pub(super) fn shares(answer: &ExposureAnswer) -> Grid {
    let mut grid = Grid::new(
        "Shares of suppliers and countries",
        &["dimension", "meaning", "largest shares by value", ">by spend", ">effective number", ""],
    );
    let binding = answer.diversity.binding.as_deref();
    for dimension in Dimension::ALL {
        let word = dimension.as_str();
        let Some(numbers) = answer.concentration.effective_number.get(word) else { continue };
        grid.row([
            word.to_owned(),
            dimension_meaning(dimension).to_owned(),
            largest(answer, dimension),
            spend_on_largest(answer, dimension),
            numbers.value.map_or_else(|| ABSENT.to_owned(), number),
            if binding == Some(word) { "most concentrated" } else { "" }.to_owned(),
        ]);
    }
    grid.note(format!(
        "Value: what an outage would cost, {CODE} {} a day in all. Monthly cost: {CODE} {}.",
        amount(answer.value_usd_per_day),
        amount(answer.monthly_cost_usd)
    ));
    grid.note(
        "Effective number: how many suppliers of equal size would be as concentrated; 1 means all on one.",
    );
    diversity(answer).into_iter().for_each(|note| grid.note(note));
    coverage(answer).into_iter().for_each(|note| grid.note(note));
    grid
}

fn largest(answer: &ExposureAnswer, dimension: Dimension) -> String {
    let Some(shares) = answer.concentration.value_shares(dimension) else { return ABSENT.to_owned() };
    // Where shares overlap, many keys have all of it.
    let n_shown = if dimension == Dimension::Reach { OVERLAPPING_SHOWN } else { KEYS_SHOWN };
    let text = |(key, share): &(&str, f64)| {
        format!("{} {}", key.replace(ALTERNATIVE_SEPARATOR, " or "), percent(*share))
    };
    let shown: Vec<String> = ranked(shares).iter().take(n_shown).map(text).collect();
    let more = shares.len().saturating_sub(n_shown);
    let rest = if more > 0 { format!(", {more} more") } else { String::new() };
    shown.join(", ") + &rest
}

/// Share by spend of the key that is largest by value.
fn spend_on_largest(answer: &ExposureAnswer, dimension: Dimension) -> String {
    let spend = answer.concentration.shares.get(dimension.as_str()).and_then(|s| s.spend.as_ref());
    match (answer.concentration.largest(dimension), spend) {
        (Some((key, _)), Some(spend)) => percent(spend.get(key).copied().unwrap_or(0.0)),
        _ => ABSENT.to_owned(),
    }
}

/// Hosts under contract against the most concentrated layer.
fn diversity(answer: &ExposureAnswer) -> Option<String> {
    let layer = answer.diversity.binding.as_deref()?;
    let hosts = counted(answer.diversity.apparent, "host");
    let dimension = Dimension::ALL.into_iter().find(|dimension| dimension.as_str() == layer);
    let largest = dimension.and_then(|dimension| answer.concentration.largest(dimension));
    let words = layer.replace('_', " ");
    Some(match largest {
        Some((key, share)) => {
            format!(
                "{hosts} under contract, but {} of the value depends on one {words}: {key}.",
                percent(share)
            )
        }
        None => {
            let n = answer.diversity.effective_number.get(layer).copied().unwrap_or(f64::NAN);
            format!("{hosts} under contract, but an effective number of {} by {words}.", number(n))
        }
    })
}

/// Dimensions whose keys are not known for all of the value.
fn coverage(answer: &ExposureAnswer) -> Option<String> {
    let gap = |dimension: Dimension| {
        let known = answer.concentration.coverage.get(dimension.as_str()).copied().flatten()?;
        (known < 1.0).then(|| format!("{} {}", dimension.as_str(), percent(known)))
    };
    let gaps: Vec<String> = Dimension::ALL.into_iter().filter_map(gap).collect();
    (!gaps.is_empty()).then(|| format!("Share of the value whose key is known: {}.", gaps.join(", ")))
}
