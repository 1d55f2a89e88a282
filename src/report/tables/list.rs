//! `list` as tables.

mod offers;

pub use offers::{models, offers};

use super::check::bounds;
use crate::report::answer::list::ListAnswer;
use crate::report::answer::list::catalog::{ListedHardware, ListedHost, ListedScenario, ListedSupplier};
use crate::report::answer::list::requirements::{ListedLimit, ListedRule};
use crate::report::figures::{ABSENT, counted, days};
use crate::report::grid::Grid;

/// Says how many there are, of how many.
fn counted_note(grid: &mut Grid, n_shown: usize, n_known: usize, what: &str) {
    grid.note(match n_shown {
        n if n == n_known => format!("{}.", counted(n, what)),
        n => format!("{n} of {}.", counted(n_known, what)),
    });
}

/// The date of an entry.
fn dated(as_of: Option<&String>) -> String {
    as_of.cloned().unwrap_or_else(|| ABSENT.to_owned())
}

/// Values side by side.
fn several(values: &[String]) -> String {
    if values.is_empty() { ABSENT.to_owned() } else { values.join(", ") }
}

/// Suppliers that host models. `n_known`: without a filter.
#[must_use]
pub fn hosts(answer: &ListAnswer<ListedHost>, n_known: usize) -> Grid {
    let mut grid =
        Grid::new("Hosts", &["=host", "name", "country", ">models", ">offers", "regions", "=as of"]);
    for host in &answer.entries {
        grid.row([
            host.host.clone(),
            host.name.clone(),
            host.jurisdiction.clone(),
            host.n_models.to_string(),
            host.n_offers.to_string(),
            several(&host.regions),
            dated(host.as_of.as_ref()),
        ]);
    }
    counted_note(&mut grid, answer.entries.len(), n_known, "host");
    grid
}

/// Developers, hosts and makers of hardware. `n_known`: without a filter.
#[must_use]
pub fn suppliers(answer: &ListAnswer<ListedSupplier>, n_known: usize) -> Grid {
    let columns = ["=supplier", "name", "country", "parents", "roles", ">models", ">offers", "=as of"];
    let mut grid = Grid::new("Suppliers", &columns);
    for supplier in &answer.entries {
        grid.row([
            supplier.supplier.clone(),
            supplier.name.clone(),
            supplier.jurisdiction.clone(),
            several(&supplier.parents),
            several(&supplier.roles),
            supplier.n_models.to_string(),
            supplier.n_offers.to_string(),
            dated(supplier.as_of.as_ref()),
        ]);
    }
    counted_note(&mut grid, answer.entries.len(), n_known, "supplier");
    grid.note("Models that it develops; offers that it hosts.");
    grid
}

/// Chips and what they are made from. `n_known`: without a filter.
#[must_use]
pub fn hardware(answer: &ListAnswer<ListedHardware>, n_known: usize) -> Grid {
    let columns = ["=hardware", "name", "vendor", "country", "controlled by", ">offers", "=as of"];
    let mut grid = Grid::new("Hardware", &columns);
    for item in &answer.entries {
        grid.row([
            item.hardware.clone(),
            item.name.clone(),
            item.vendor.clone(),
            item.jurisdiction.clone(),
            several(&item.controlled_by),
            item.n_offers.to_string(),
            dated(item.as_of.as_ref()),
        ]);
    }
    counted_note(&mut grid, answer.entries.len(), n_known, "item");
    grid.note("Offers: those that can run on it; most of what chips are made from is named by no offer.");
    grid
}

/// Scenarios, and how to play one.
#[must_use]
pub fn scenarios(answer: &ListAnswer<ListedScenario>) -> Grid {
    let mut grid = Grid::new("Scenarios", &["=id", "name", ">events", "=horizon", "=as of"]);
    for scenario in &answer.entries {
        grid.row([
            scenario.scenario.clone(),
            scenario.name.clone(),
            scenario.n_events.to_string(),
            scenario.horizon_days.map_or_else(|| ABSENT.to_owned(), days),
            dated(scenario.as_of.as_ref()),
        ]);
    }
    counted_note(&mut grid, answer.entries.len(), answer.entries.len(), "scenario");
    if grid_has_own_horizon(answer) {
        grid.note(format!("Horizon: {ABSENT} is that of the portfolio."));
    }
    grid.note(
        "To play one: multipolar stress PORTFOLIO --scenario ID. All of them: --all. One shock of the library instead: \
         --shock ID.",
    );
    grid
}

fn grid_has_own_horizon(answer: &ListAnswer<ListedScenario>) -> bool {
    answer.entries.iter().any(|scenario| scenario.horizon_days.is_none())
}

/// Limits of a portfolio.
#[must_use]
pub fn limits(answer: &ListAnswer<ListedLimit>) -> Grid {
    let mut grid = Grid::new("Limits", &["limit", "allowed", "where", "accepted", "as written"]);
    for limit in &answer.entries {
        let accepted = limit.accepted_by.as_ref().zip(limit.accepted_until.as_ref());
        grid.row([
            limit.limit.clone(),
            bounds(limit.unit.as_str(), limit.at_least, limit.at_most),
            limit.scope.replace('_', " "),
            accepted.map_or_else(|| ABSENT.to_owned(), |(by, until)| format!("by {by} until {until}")),
            limit.text.clone(),
        ]);
    }
    counted_note(&mut grid, answer.entries.len(), answer.entries.len(), "limit");
    grid.note("Whether they are kept: multipolar check PORTFOLIO");
    grid
}

/// Rules on where data may be processed.
#[must_use]
pub fn rules(answer: &ListAnswer<ListedRule>) -> Grid {
    let columns = ["=rule", "name", "users in", "data", "may be processed in", "=as of"];
    let mut grid = Grid::new("Rules on where data may be processed", &columns);
    for rule in &answer.entries {
        let mut places = several(&rule.hosting_allowed);
        if rule.except_self_hosted {
            places.push_str(", or on the company's own machines");
        }
        grid.row([
            rule.rule.clone(),
            rule.name.clone().unwrap_or_default(),
            several(&rule.users),
            several(&rule.data),
            places,
            dated(rule.as_of.as_ref()),
        ]);
    }
    counted_note(&mut grid, answer.entries.len(), answer.entries.len(), "rule");
    grid
}
