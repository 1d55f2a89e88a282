//! 12: how well the figures are known.

use super::super::markup::{Markup, list};
use super::super::page::{PageSection, sub_heading};
use super::super::table::DataTable;
use crate::report::answer::results::ResultsAnswer;
use crate::report::answer::supply_chain::{OfferUseAnswer, ServiceChainAnswer};
use crate::report::figures::{count, percent};
use crate::report::money::amount;

/// Rates that are listed.
const RATES: usize = 6;

pub(super) fn section(results: &ResultsAnswer) -> PageSection {
    let body = list(estimates(results)).and(rates(results));
    PageSection { number: 12, title: "Data behind the figures", answer: answer(results), body }
}

/// Share of the average loss that rests on estimates.
fn estimated_loss(results: &ResultsAnswer) -> f64 {
    results
        .shock_evidence
        .iter()
        .filter(|shock| shock.is_estimate)
        .map(|shock| shock.share_of_aal)
        .fold(0.0, |a, b| a + b)
}

fn answer(results: &ResultsAnswer) -> String {
    format!(
        "{} of the average annual loss rests on rates that are estimates; the catalog's newest figures are of {}.",
        percent(estimated_loss(results).min(1.0)),
        results.report.catalog_date.clone().unwrap_or_else(|| "an unknown day".to_owned())
    )
}

fn estimates(results: &ResultsAnswer) -> Vec<String> {
    let share = |is_it: &dyn Fn(&ServiceChainAnswer) -> bool,
                 of: &dyn Fn(&ServiceChainAnswer) -> Option<OfferUseAnswer>| {
        let chains = results.chains.iter().filter(|chain| is_it(chain));
        chains.filter_map(of).map(|used| used.value_share).fold(0.0, |a, b| a + b).min(1.0)
    };
    let told = |what: &str, is_it: &dyn Fn(&ServiceChainAnswer) -> bool| {
        let today = share(is_it, &|chain| Some(chain.today.clone()));
        let plan = results.plan.as_ref().map(|_| share(is_it, &|chain| chain.plan.clone()));
        if today <= 0.0 && plan.unwrap_or_default() <= 0.0 {
            return None;
        }
        let then = plan.map_or_else(String::new, |plan| format!("; under the plan {}", percent(plan)));
        Some(format!("Share of value {what}: {}{then}.", percent(today)))
    };
    let sources = &results.manifest.sources;
    let oldest = sources.iter().filter_map(|source| source.as_of.as_deref()).min();
    let told = [
        told("on offers whose price or region is an estimate", &|chain| chain.is_estimate),
        told("on world-wide endpoints, counted in their host's country", &|chain| chain.is_region_assumed),
        told("on unknown chips", &|chain| chain.hardware.is_empty()),
    ];
    let cited = format!(
        "{} sources are cited{}; the annex lists them.",
        count(sources.len() as u64),
        oldest.map_or_else(String::new, |day| format!(", the oldest of {day}"))
    );
    told.into_iter().flatten().chain([cited]).collect()
}

fn rates(results: &ResultsAnswer) -> Markup {
    let aal = &results.simulate.aal_usd;
    let mut table = DataTable::new(
        "rates worth knowing",
        &[
            "if this rate were known",
            ">average annual loss, low end, ¤",
            ">high end, ¤",
            ">doubt that is left",
        ],
    );
    let width = aal.doubt_high - aal.doubt_low;
    for known in results.simulate.worth_knowing.iter().take(RATES) {
        let left = if width > 0.0 {
            percent(((known.high - known.low) / width).clamp(0.0, 1.0))
        } else {
            "–".to_owned()
        };
        table.row([
            known.name.clone().into(),
            amount(known.low).into(),
            amount(known.high).into(),
            left.into(),
        ]);
    }
    if table.is_empty() {
        return Markup::default();
    }
    sub_heading(
        "Which rate is worth knowing",
        "Better data on the first of these would narrow the average annual loss most.",
    )
    .and(table.markup())
}
