//! What changed since an earlier report, in words that all faces share.

use super::answer::compare::{AttributedAnswer, ChangedFigureAnswer, CompareAnswer};
use super::money::{CODE, amount_change, money};

/// What stands where there is nothing to compare with.
pub const NOTHING_EARLIER: &str = "There is no earlier period to compare with; this report is the first.";

/// What happened to the average annual loss, in a sentence.
#[must_use]
pub fn sentence(compare: &CompareAnswer) -> String {
    let aal = &compare.figures.aal_usd;
    let cause = compare.attribution.as_ref().and_then(|found| largest(&found.aal_usd));
    let cause = cause.map_or_else(String::new, |(name, change)| {
        format!("; the largest part, {CODE} {}, comes from {}", amount_change(change), part_words(name))
    });
    format!(
        "Since {} the average annual loss went from {} to {}{cause}.",
        compare.from,
        money(aal.from),
        money(aal.to)
    )
}

/// Cost, average and worst years: a line for each.
#[must_use]
pub fn lines(compare: &CompareAnswer) -> Vec<String> {
    let figures = &compare.figures;
    let line = |name: &str, changed: &ChangedFigureAnswer, attributed: Option<&AttributedAnswer>| {
        let cause = attributed
            .and_then(largest)
            .map_or_else(String::new, |(name, _)| format!(", most by {}", part_words(name)));
        format!("{name}: {} to {}{cause}.", money(changed.from), money(changed.to))
    };
    let parts = compare.attribution.as_ref();
    vec![
        line("Cost a month", &figures.monthly_cost_usd, parts.map(|p| &p.monthly_cost_usd)),
        line("Average annual loss", &figures.aal_usd, parts.map(|p| &p.aal_usd)),
        line("Worst years", &figures.cvar_usd, parts.map(|p| &p.cvar_usd)),
    ]
}

/// The part that moves a figure most.
fn largest(attributed: &AttributedAnswer) -> Option<(&'static str, f64)> {
    let parts = attributed.parts.list().into_iter().filter(|(_, change)| *change != 0.0);
    parts.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
}

/// A group of inputs in words.
#[must_use]
pub fn part_words(part: &str) -> &str {
    match part {
        "allocation" => "allocation and standbys",
        "catalog" => "the catalog",
        "shocks" => "rates of shocks",
        "method" => "settings",
        "noise" => "sampling noise",
        other => other,
    }
}

/// What a changed input counts as; `None`: it moves no figure.
#[must_use]
pub fn counts_as(group: Option<&str>) -> &str {
    group.map_or("without effect", part_words)
}

/// Files of an earlier report that were changed after it was written; `None` where there are none.
#[must_use]
pub fn altered(compare: &CompareAnswer) -> Option<String> {
    let of = |side: &str, name: &str| {
        let own = compare.altered.iter().filter(|altered| altered.side == side);
        let files = own.map(|altered| {
            let what = if altered.is_missing { " (missing)" } else { "" };
            format!("{}{what}", altered.file)
        });
        let files: Vec<String> = files.collect();
        (!files.is_empty()).then(|| format!("of {name}: {}", files.join(", ")))
    };
    let sides: Vec<String> =
        [of("from", &compare.from), of("to", &compare.to)].into_iter().flatten().collect();
    (!sides.is_empty()).then(|| {
        format!(
            "Files were changed after their report was written, {}; what is compared is what they say now.",
            sides.join("; ")
        )
    })
}

/// How many entries of the catalog changed that are not in use; `None` where there are none.
#[must_use]
pub fn unused(compare: &CompareAnswer) -> Option<String> {
    match compare.inputs.iter().flatten().filter(|input| !input.is_used).count() {
        0 => None,
        1 => Some("1 entry of the catalog changed that the company does not use.".to_owned()),
        n => Some(format!("{n} entries of the catalog changed that the company does not use.")),
    }
}
