//! `catalog refresh` and `catalog status` as tables.

use crate::model::price_list::SetAside;
use crate::report::answer::catalog::{
    CatalogRefreshAnswer, CatalogStatusAnswer, DifferenceAnswer, ListStatusAnswer,
};
use crate::report::figures::{ABSENT, counted, days, number};
use crate::report::grid::Grid;

/// Rows of a kind of difference that are shown; JSON and CSV have all.
const ROWS_SHOWN: usize = 100;

/// The sentence and all tables of `catalog refresh`.
#[must_use]
pub fn refresh(answer: &CatalogRefreshAnswer) -> Vec<Grid> {
    let mut grids = vec![Grid::new(sentence(answer), &[])];
    let of = |kinds: &[&str]| -> Vec<&DifferenceAnswer> {
        answer.differences.iter().filter(|d| kinds.contains(&d.kind.as_str())).collect()
    };
    let tables = [
        (prices as fn(&[&DifferenceAnswer]) -> Grid, of(&["price"])),
        (ends, of(&["retires", "not_before", "removed"])),
        (successors, of(&["successor"])),
        (new_offers, of(&["new_offer"])),
    ];
    for (table, rows) in tables.into_iter().filter(|(_, rows)| !rows.is_empty()) {
        let mut grid = table(&rows[..rows.len().min(ROWS_SHOWN)]);
        if rows.len() > ROWS_SHOWN {
            grid.note(format!("The first {ROWS_SHOWN} of {}; --format csv has all.", rows.len()));
        }
        grids.push(grid);
    }
    grids.push(unmatched(answer));
    grids
}

/// What the list says otherwise, in a sentence.
fn sentence(answer: &CatalogRefreshAnswer) -> String {
    let n = |kind: &str| answer.n_by_kind.get(kind).copied().unwrap_or_default();
    let day = answer.day.as_ref().map_or_else(String::new, |day| format!(" of {day}"));
    format!(
        "The list {}{day} has the price of {} of {} offers; {} differ. Ends: {} differ or are new, {} more may mean \"not \
         before\", {} are no longer sold. {} that the catalog lacks.",
        answer.list,
        answer.n_prices,
        answer.n_offers,
        n("price"),
        n("retires"),
        n("not_before"),
        n("removed"),
        counted(n("new_offer"), "offer"),
    )
}

fn or_absent(text: Option<&String>) -> String {
    text.cloned().unwrap_or_else(|| ABSENT.to_owned())
}

/// Both prices, `0.5 / 2`.
fn both(input: Option<f64>, output: Option<f64>) -> String {
    input.zip(output).map_or_else(|| ABSENT.to_owned(), |(input, output)| format!("{input} / {output}"))
}

/// Age of the catalog's entry.
fn age(difference: &DifferenceAnswer) -> String {
    difference.age_days.map_or_else(|| ABSENT.to_owned(), number)
}

fn prices(rows: &[&DifferenceAnswer]) -> Grid {
    let columns = ["=offer", "=catalog", "=list", ">change", "=as of", ">age, days", "=key"];
    let mut grid = Grid::new("Prices that differ, USD per million tokens of input / output", &columns);
    for row in rows {
        let off_peak = if row.off_peak { " off peak" } else { "" };
        grid.row([
            row.offer.clone(),
            both(row.input_usd_per_mtok_from, row.output_usd_per_mtok_from),
            both(row.input_usd_per_mtok_to, row.output_usd_per_mtok_to) + off_peak,
            row.price_change.map_or_else(|| ABSENT.to_owned(), |change| format!("{:+.0} %", change * 100.0)),
            or_absent(row.as_of.as_ref()),
            age(row),
            row.key.clone(),
        ]);
    }
    grid.note("Change: of the sum of both prices. As of and age: of the catalog's entry.");
    grid
}

fn ends(rows: &[&DifferenceAnswer]) -> Grid {
    let columns = ["=offer", "=catalog", "=list", "=reading", "=as of", ">age, days", "source"];
    let mut grid = Grid::new("Ends that differ or are new", &columns);
    for row in rows {
        grid.row([
            row.offer.clone(),
            or_absent(row.retires_from.as_ref()),
            or_absent(row.retires_to.as_ref()),
            match row.kind.as_str() {
                "retires" => "counts",
                "removed" => "no longer sold",
                _ => "perhaps not before",
            }
            .to_owned(),
            or_absent(row.as_of.as_ref()),
            age(row),
            or_absent(row.source.as_ref()),
        ]);
    }
    grid.note("An end counts if the list cites a page for it, or if it is past. Another may mean \"not before that day\".");
    grid
}

fn successors(rows: &[&DifferenceAnswer]) -> Grid {
    let mut grid = Grid::new("Successors that differ or are new", &["=offer", "=catalog", "=list", "=key"]);
    for row in rows {
        grid.row([
            row.offer.clone(),
            or_absent(row.successor_from.as_ref()),
            or_absent(row.successor_to.as_ref()),
            row.key.clone(),
        ]);
    }
    grid
}

fn new_offers(rows: &[&DifferenceAnswer]) -> Grid {
    let columns = ["=offer", "=input / output", "=key", "source"];
    let mut grid = Grid::new("Offers that the catalog lacks, USD per million tokens", &columns);
    for row in rows {
        grid.row([
            row.offer.clone(),
            both(row.input_usd_per_mtok_to, row.output_usd_per_mtok_to),
            row.key.clone(),
            or_absent(row.source.as_ref()),
        ]);
    }
    grid.note(
        "The catalog has their hosts and models. Their hardware, certificates and onboarding are not known.",
    );
    grid
}

fn unmatched(answer: &CatalogRefreshAnswer) -> Grid {
    let mut grid = Grid::new("Keys of the list that stand for no offer", &["reason", ">keys"]);
    for reason in SetAside::ALL {
        if let Some(n) = answer.n_unmatched.get(reason.as_str()) {
            grid.row([reason.words().to_owned(), n.to_string()]);
        }
    }
    grid.note("Nothing is guessed. All keys: --format csv --table unmatched.");
    grid
}

/// The sentence and all tables of `catalog status`.
#[must_use]
pub fn status(answer: &CatalogStatusAnswer) -> Vec<Grid> {
    vec![Grid::new(status_sentence(answer), &[]), lists(answer), ending(answer)]
}

fn status_sentence(answer: &CatalogStatusAnswer) -> String {
    let Some(day) = &answer.day else { return "No offer has a date.".to_owned() };
    format!(
        "The newest offer is of {day}. From that day, {} within 90 days and {} within a year are ended by their hosts; {} \
         already have been.",
        counted(answer.n_ending_within_90_days, "offer"),
        answer.n_ending_within_365_days,
        answer.n_ended,
    )
}

fn lists(answer: &CatalogStatusAnswer) -> Grid {
    let columns = [
        "list",
        ">entries",
        ">undated",
        "=oldest",
        "=median",
        "=newest",
        ">older",
        ">seed",
        ">public",
        ">estimate",
        ">own",
    ];
    let mut grid = Grid::new("Age and confidence of the lists", &columns);
    for list in &answer.lists {
        grid.row(row(list));
    }
    grid.note(format!(
        "Older: more than {} before the newest of the list. Each region of an offer counts.",
        days(answer.older_than_days)
    ));
    grid
}

fn row(list: &ListStatusAnswer) -> [String; 11] {
    [
        list.list.clone(),
        list.n_entries.to_string(),
        list.n_undated.to_string(),
        or_absent(list.oldest.as_ref()),
        or_absent(list.median.as_ref()),
        or_absent(list.newest.as_ref()),
        list.n_older.to_string(),
        list.n_seed.to_string(),
        list.n_public.to_string(),
        list.n_estimate.to_string(),
        list.n_own.to_string(),
    ]
}

fn ending(answer: &CatalogStatusAnswer) -> Grid {
    let mut grid = Grid::new("Offers that end within a year", &["=offer", "=retires", ">days", "=successor"]);
    let to_come: Vec<_> = answer.ending.iter().filter(|e| e.days >= 0).collect();
    for offer in to_come.iter().take(ROWS_SHOWN) {
        grid.row([
            offer.offer.clone(),
            offer.retires.clone(),
            number(f64::from(offer.days)),
            or_absent(offer.successor.as_ref()),
        ]);
    }
    if to_come.len() > ROWS_SHOWN {
        grid.note(format!(
            "The first {ROWS_SHOWN} of {}; --format csv --table ending has all.",
            to_come.len()
        ));
    }
    if to_come.is_empty() {
        grid.note("No host has announced the end of an offer.");
    }
    grid
}
