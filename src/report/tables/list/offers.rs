//! Offers and models as tables.

use super::{counted_note, dated};
use crate::report::answer::list::ListAnswer;
use crate::report::answer::list::offers::{ListedModel, ListedOffer};
use crate::report::figures::{ABSENT, count, decimal, number, usd};
use crate::report::grid::Grid;

/// Offers; with what a workload may use when one was asked about. `n_known`: without a filter.
#[must_use]
pub fn offers(answer: &ListAnswer<ListedOffer>, workload: Option<&str>, n_known: usize) -> Grid {
    let entries = &answer.entries;
    let mut grid = match workload {
        Some(workload) => for_workload(entries, workload),
        None => by_itself(entries),
    };
    counted_note(&mut grid, entries.len(), n_known, "offer");
    grid.note("Points: general quality of the model. Price: USD per million tokens, input / output.");
    if entries.iter().any(|offer| offer.replica_usd_per_month.is_some()) {
        grid.note("A self-hosted offer is priced by the month, for each serving unit.");
    } else if answer.portfolio.is_none() {
        grid.note("Self-hosted offers are listed with a portfolio, which names the company's sites.");
    }
    grid
}

fn by_itself(offers: &[ListedOffer]) -> Grid {
    let columns = ["=offer", ">points", "license", "=openness", ">price", "=region", "=as of"];
    let mut grid = Grid::new("Offers", &columns);
    for offer in offers {
        grid.row([
            offer.offer.clone(),
            points(offer.points),
            offer.license.clone(),
            openness(&offer.openness),
            price(offer),
            region(offer),
            dated(offer.as_of.as_ref()),
        ]);
    }
    grid
}

fn for_workload(offers: &[ListedOffer], workload: &str) -> Grid {
    let heading = format!("Offers that {workload} may use, and why it may not use the others");
    let mut grid = Grid::new(heading, &["=offer", ">points", ">price", "=as of", "eligible", "why not"]);
    for offer in offers {
        let eligible = match offer.eligible.as_deref() {
            Some("some") => format!("users in {}", offer.eligible_users.join(", ")),
            word => word.unwrap_or(ABSENT).to_owned(),
        };
        grid.row([
            offer.offer.clone(),
            points(offer.points),
            price(offer),
            dated(offer.as_of.as_ref()),
            eligible,
            offer.reasons.join("; "),
        ]);
    }
    let of = |word: &str| offers.iter().filter(|offer| offer.eligible.as_deref() == Some(word)).count();
    let (all, some, none) = (of("yes"), of("some"), of("no"));
    let some = if some == 0 { String::new() } else { format!(", {some} for some of its users") };
    grid.note(format!("{all} may be used{some}, {none} may not. An offer in use stays in use."));
    grid
}

/// Models. `n_known`: without a filter.
#[must_use]
pub fn models(answer: &ListAnswer<ListedModel>, n_known: usize) -> Grid {
    let columns = [
        "=model",
        ">points",
        "license",
        "=openness",
        "developer",
        "country",
        ">context",
        ">offers",
        "=as of",
    ];
    let mut grid = Grid::new("Models", &columns);
    for model in &answer.entries {
        grid.row([
            model.model.clone(),
            points(model.points),
            model.license.clone(),
            openness(&model.openness),
            model.developer.clone(),
            model.origin.clone(),
            model.context_tokens.map_or_else(|| ABSENT.to_owned(), count),
            model.n_offers.to_string(),
            dated(model.as_of.as_ref()),
        ]);
    }
    counted_note(&mut grid, answer.entries.len(), n_known, "model");
    grid.note(format!("Points: general quality; {ABSENT} is unrated. Context: tokens."));
    grid
}

fn points(points: Option<f64>) -> String {
    points.map_or_else(|| ABSENT.to_owned(), number)
}

fn openness(word: &str) -> String {
    word.replace('_', " ")
}

fn region(offer: &ListedOffer) -> String {
    format!("{}{}", offer.region, if offer.region_assumed { " (assumed)" } else { "" })
}

/// `2.2 / 11`, or `12,000 a month`.
fn price(offer: &ListedOffer) -> String {
    match (offer.input_usd_per_mtok, offer.output_usd_per_mtok, offer.replica_usd_per_month) {
        (Some(input), Some(output), _) => format!("{} / {}", unit_price(input), unit_price(output)),
        (_, _, Some(replica)) => format!("{} a month", usd(replica)),
        _ => ABSENT.to_owned(),
    }
}

/// A price per million tokens with two decimals, more where these are all that it has.
fn unit_price(price: f64) -> String {
    if price > 0.0 && price < 0.095 { decimal(price, 4) } else { decimal(price, 2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_keeps_the_digits_that_matter() {
        for (price, text) in [(0.0, "0.00"), (0.011, "0.0110"), (0.55, "0.55"), (11.0, "11.00")] {
            assert_eq!(unit_price(price), text);
        }
    }
}
