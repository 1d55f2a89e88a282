//! Checks across the entries of the files: names resolve, shares sum to 1, bounds make sense, nothing is cyclic.
//!
//! Each check is a function that reports all problems it finds. The decoders have already reported each wrong value and
//! put a harmless default in its place; checks do not report those again.

mod allocation;
mod capacity;
mod catalog;
mod contracts;
mod countries;
mod cycles;
mod duplicates;
mod empty_limits;
mod empty_selectors;
mod history;
mod jurisdictions;
mod limits;
mod names;
mod occurrences;
mod offers;
mod portfolio;
mod retiring;
mod scenarios;
mod selectors;
mod shocks;
mod templates;
mod triggers;
mod unshocked;

use super::at::At;
use super::files::Gaps;
use super::library::CatalogLayer;
use crate::model::catalog::Catalog;
use crate::model::history::HistoricalEvent;
use crate::model::instance::Instance;
use crate::model::jurisdictions::Jurisdictions;
use crate::model::portfolio::Portfolio;
use crate::model::selector::Selector;
use names::Known;

/// Checks jurisdictions and a catalog without a portfolio; returns whether all chains of triggers end.
pub(super) fn library(base: &CatalogLayer<'_>) -> bool {
    let catalog = crate::shocks::templates::expand(base.catalog.clone().into_owned());
    let known = Known::new(base, &catalog, None);
    jurisdictions::check(base, &known);
    catalog::check(base, &known);
    cycles::check(&base.catalog, &[base]);
    templates::check(&catalog, &[base]);
    triggers::check(&catalog, &[base])
}

/// Checks the names of a selector that stands in no file.
pub(super) fn selector(at: &At<'_>, selector: &Selector, jurisdictions: &Jurisdictions, catalog: &Catalog) {
    selectors::check(at, selector, &Known::of(jurisdictions, Gaps::default(), catalog, None));
}

/// Checks the names of past events, decoded from the file at `file`.
pub(super) fn history(
    file: &At<'_>,
    events: &[HistoricalEvent],
    jurisdictions: &Jurisdictions,
    catalog: &Catalog,
) {
    history::check(file, events, &Known::of(jurisdictions, Gaps::default(), catalog, None));
}

/// Checks all files of a study. `merged`: the catalog with the portfolio's own entries.
pub(super) fn all(
    base: &CatalogLayer<'_>,
    own: &CatalogLayer<'_>,
    file: &At<'_>,
    portfolio: &Portfolio,
    merged: &Catalog,
) {
    let mut known = Known::new(base, merged, Some(portfolio));
    let chains_end = if *own.catalog == Catalog::default() {
        base.report_verdict()
    } else {
        jurisdictions::check(base, &known);
        catalog::check(base, &known);
        cycles::check(merged, &[own, base]);
        templates::check(merged, &[own, base]);
        triggers::check(merged, &[own, base])
    };
    known.add_workloads(portfolio);
    catalog::check(own, &known);
    if chains_end {
        occurrences::check(file, portfolio, merged, &[own, base]);
    }
    portfolio::check(file, portfolio, &known);
    contracts::check(file, portfolio, &known, merged);
    limits::check(file, portfolio, &known);
    capacity::check(file, portfolio, &known);
}

/// Runs the checks that need resolved names. `catalog`: what `instance` was resolved from.
pub(super) fn resolved(instance: &Instance, catalog: &Catalog, layers: &[&CatalogLayer<'_>]) {
    empty_selectors::check(instance, catalog, layers);
}

/// Runs the checks of a resolved portfolio. `file`: the portfolio.
pub(super) fn resolved_portfolio(instance: &Instance, file: &At<'_>) {
    empty_limits::check(file, instance);
    unshocked::check(instance, file);
    retiring::check(instance, file);
}
