//! 8: third countries, where data lies, and who is behind each service.

use std::collections::BTreeMap;

use super::super::markup::{Markup, list};
use super::super::page::{PageSection, sub_heading, wide_figure};
use super::super::table::{DataTable, TableField};
use super::super::words::{capital, country as name_of, workload_name};
use crate::model::limit::Dimension;
use crate::report::answer::concentration::{ConcentrationAnswer, ranked};
use crate::report::answer::results::ResultsAnswer;
use crate::report::answer::supply_chain::{OfferUseAnswer, ServiceChainAnswer};
use crate::report::drawing::charts::flow::{FlowPath, flow};
use crate::report::drawing::tile_map::{TileMap, tile_map_in_page};
use crate::report::figures::percent;

/// Services in sight; the annex has all.
const SERVICES: usize = 6;
/// Countries named in a sentence.
const NAMED: usize = 4;

pub(super) fn section(results: &ResultsAnswer) -> PageSection {
    let body = list(where_data_lies(results)).and(drawing(results)).and(map(results)).and(
        sub_heading(
            "Chain of subcontractors by service",
            "Largest first; what only stands by today is in the annex.",
        )
        .and(services(results)),
    );
    PageSection {
        number: 8,
        title: "Third countries, data location and subcontractors",
        answer: answer(results),
        body,
    }
}

fn answer(results: &ResultsAnswer) -> String {
    let served = |of: &ConcentrationAnswer| of.value_shares(Dimension::Region).map(named);
    let Some(today) = served(&results.exposure.concentration) else {
        return "No workload has a value, so none of it depends on a third country.".to_owned();
    };
    let plan = results.plan.as_ref().and_then(|plan| served(&plan.concentration));
    let then = plan.map_or_else(String::new, |plan| format!("; under the plan from {plan}"));
    format!("Value is served from {today}{then}.")
}

/// The first few countries with their shares.
fn named(shares: &BTreeMap<String, f64>) -> String {
    let list = ranked(shares).into_iter().filter(|(_, share)| *share > 0.0).take(NAMED);
    list.map(|(key, share)| format!("{key} ({})", percent(share))).collect::<Vec<_>>().join(", ")
}

fn where_data_lies(results: &ResultsAnswer) -> Vec<String> {
    let mut sentences = Vec::new();
    for (what, uses) in [
        ("today", uses(results, &|chain| Some(&chain.today))),
        ("under the plan", uses(results, &|chain| chain.plan.as_ref())),
    ] {
        if let Some(regions) = uses {
            sentences.push(format!("Personal and regulated data {what} in: {regions}."));
        }
    }
    sentences
}

/// Regions in which personal and regulated data are served; `None` where there is none.
fn uses<'a>(
    results: &'a ResultsAnswer,
    of: &dyn Fn(&'a ServiceChainAnswer) -> Option<&'a OfferUseAnswer>,
) -> Option<String> {
    let is_protected = |id: &str| {
        results.workloads.iter().any(|w| w.id == id && matches!(w.data.as_str(), "personal" | "regulated"))
    };
    let mut regions: Vec<&str> = results
        .chains
        .iter()
        .filter(|chain| is_protected(&chain.workload) && of(chain).is_some_and(|used| used.share > 0.0))
        .map(|chain| chain.region.as_str())
        .collect();
    regions.sort_unstable();
    regions.dedup();
    (!regions.is_empty()).then(|| regions.join(", "))
}

fn drawing(results: &ResultsAnswer) -> Markup {
    let (use_of, when): (fn(&ServiceChainAnswer) -> f64, &str) = (|chain| chain.today.value_share, "today");
    let path = |chain: &ServiceChainAnswer| FlowPath {
        steps: [
            chain.developer.parent_country.clone(),
            chain.developer.name.clone(),
            chain.host.as_ref().map_or_else(|| "own machines".to_owned(), |host| host.name.clone()),
            workload_name(results, &chain.workload),
        ],
        share: use_of(chain),
    };
    let paths: Vec<FlowPath> = results.chains.iter().map(path).filter(|path| path.share > 0.0).collect();
    if paths.is_empty() {
        return Markup::default();
    }
    let mut hosts: BTreeMap<&str, f64> = BTreeMap::new();
    for path in &paths {
        *hosts.entry(&path.steps[2]).or_default() += path.share;
    }
    let owned: BTreeMap<String, f64> =
        hosts.iter().map(|(name, share)| ((*name).to_owned(), *share)).collect();
    let ranked = ranked(&owned);
    let finding = match ranked.as_slice() {
        [(one, _)] => format!("{one} carries all of value"),
        [(first, a), (second, b), ..] => {
            format!("{first} and {second} carry {} of value", percent((a + b).min(1.0)))
        }
        [] => String::new(),
    };
    let drawn = format!(
        "Value from countries through developers and hosts to workloads, {when}. Source: portfolio and catalog."
    );
    wide_figure(&finding, &drawn, flow(&paths, "flow", &finding))
}

/// Which countries can stop how much, through any tier.
fn map(results: &ResultsAnswer) -> Markup {
    let Some(shares) = results.exposure.concentration.value_shares(Dimension::Reach) else {
        return Markup::default();
    };
    let ranked = ranked(shares);
    let all: Vec<&str> = ranked.iter().filter(|(_, share)| *share > 0.995).map(|(key, _)| *key).collect();
    let finding = match (all.as_slice(), ranked.first()) {
        ([], None) => return Markup::default(),
        ([], Some((key, share))) => {
            capital(&format!("{} can stop {} of value", name_of(results, key), percent(*share)))
        }
        ([one], _) => capital(&format!("{} can stop all of value", name_of(results, one))),
        (several, _) => format!("Each of {} can stop all of value", several.join(", ")),
    };
    let drawn = "Share of value that runs through each country at some tier: developer, host, location, chips and what they are made with; shares \
                 overlap. Today. Source: supply graph.";
    let map = TileMap { title: &finding, subtitle: drawn, shares };
    let description =
        "A map of equal tiles, one for each country, darker for a larger share; each tile has its share.";
    wide_figure(&finding, drawn, tile_map_in_page(&map, "map", description))
}

fn services(results: &ResultsAnswer) -> Markup {
    let mut chains: Vec<&ServiceChainAnswer> = results
        .chains
        .iter()
        .filter(|chain| chain.today.share > 0.0 || chain.plan.as_ref().is_some_and(|plan| plan.share > 0.0))
        .collect();
    let weight = |chain: &ServiceChainAnswer| {
        chain.plan.as_ref().map_or(0.0, |plan| plan.value_share).max(chain.today.value_share)
    };
    chains.sort_by(|a, b| {
        weight(b).total_cmp(&weight(a)).then(a.workload.cmp(&b.workload)).then(a.offer.cmp(&b.offer))
    });
    let mut table = chain_table("services and their subcontractors").in_sight(SERVICES);
    for chain in chains {
        table.row(chain_row(results, chain));
    }
    table.markup()
}

/// The columns of a table of chains.
pub(super) fn chain_table(caption: &str) -> DataTable {
    DataTable::new(
        caption,
        &["workload", "offer", ">today", ">plan", "developer", "host", "data in", "chips"],
    )
}

/// One offer of one workload.
pub(super) fn chain_row(results: &ResultsAnswer, chain: &ServiceChainAnswer) -> [TableField; 8] {
    let used = |used: Option<&OfferUseAnswer>| match used {
        None => TableField::from("–"),
        Some(used) => TableField::with(
            percent(used.share),
            used.standby.as_ref().map_or_else(String::new, |word| format!("{word} standby")),
        ),
    };
    let data = results
        .workloads
        .iter()
        .find(|w| w.id == chain.workload)
        .map_or_else(String::new, |w| format!("{} data", w.data));
    let controlled = |name: &str, parent: &str, country: &str, own: &str| match name == parent {
        true => own.to_owned(),
        false => format!("{own}; controlled by {parent} ({country})"),
    };
    let developer = &chain.developer;
    let host = chain.host.as_ref().map_or_else(
        || TableField::from("own machines"),
        |host| {
            TableField::with(
                host.name.clone(),
                controlled(&host.name, &host.parent, &host.parent_country, &host.country),
            )
        },
    );
    let mut vendors: Vec<String> =
        chain.hardware.iter().map(|h| format!("{} ({})", h.vendor, h.country)).collect();
    vendors.sort();
    vendors.dedup();
    [
        TableField::with(workload_name(results, &chain.workload), data),
        chain.offer.clone().into(),
        used(Some(&chain.today)),
        used(chain.plan.as_ref()),
        TableField::with(
            developer.name.clone(),
            controlled(&developer.name, &developer.parent, &developer.parent_country, &developer.country),
        ),
        host,
        TableField::with(chain.region.clone(), if chain.is_region_assumed { "assumed" } else { "" }),
        if vendors.is_empty() { "unknown".to_owned() } else { vendors.join(" or ") }.into(),
    ]
}
