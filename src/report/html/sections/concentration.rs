//! 5: concentration by layer, and the four families of the Financial Stability Board.

use super::super::markup::{Markup, tag};
use super::super::page::{PageSection, figure, pair, sub_heading};
use super::super::table::DataTable;
use super::super::words::{capital, country, then, workload_name};
use crate::model::limit::Dimension;
use crate::report::answer::concentration::{ConcentrationAnswer, ranked};
use crate::report::answer::results::ResultsAnswer;
use crate::report::drawing::charts::layers::{PairOfBars, pairs};
use crate::report::figures::{days, number, percent};
use crate::report::money::money;
use crate::report::names::dimension_noun;

/// Layers that are drawn.
const LAYERS: [Dimension; 7] = [
    Dimension::Origin,
    Dimension::Developer,
    Dimension::Model,
    Dimension::Host,
    Dimension::HostOrigin,
    Dimension::Region,
    Dimension::Hardware,
];

pub(super) fn section(results: &ResultsAnswer) -> PageSection {
    PageSection {
        number: 5,
        title: "Concentration by layer",
        answer: answer(results),
        body: chart(results).and(families(results)),
    }
}

fn answer(results: &ResultsAnswer) -> String {
    let (today, n) = (&results.exposure.concentration, results.exposure.diversity.apparent);
    let hosts = if n == 1 { "One host".to_owned() } else { format!("{n} hosts") };
    match today.largest(Dimension::Origin) {
        None => "No workload has a value, so nothing is concentrated.".to_owned(),
        Some((origin, share)) => format!(
            "{hosts} under contract, but {} of value runs on models from {}.",
            percent(share),
            country(results, origin)
        ),
    }
}

fn chart(results: &ResultsAnswer) -> Markup {
    let (today, plan) =
        (&results.exposure.concentration, results.plan.as_ref().map(|plan| &plan.concentration));
    let largest = |of: &ConcentrationAnswer, layer| {
        of.largest(layer)
            .map(|(key, share)| (share, format!("{} {}", percent(share), key.replace('|', " or "))))
    };
    let entries: Vec<PairOfBars> = LAYERS
        .iter()
        .filter_map(|&layer| {
            Some(PairOfBars {
                label: capital(dimension_noun(layer)),
                today: largest(today, layer)?,
                plan: plan.and_then(|plan| largest(plan, layer)),
            })
        })
        .collect();
    if entries.is_empty() {
        return Markup::default();
    }
    let finding = match &results.exposure.diversity.binding {
        Some(layer) => format!("The most concentrated layer today: {}", layer_words(layer)),
        None => "Largest share in each layer".to_owned(),
    };
    let drawn = "Largest share of value in each layer. Source: portfolio and catalog.";
    let description = "For each layer the largest share of the value, today and under the plan. The table has effective numbers.";
    let drawing = figure(&finding, drawn, pairs(&entries, 1.0, "layers", &finding, description));
    pair(drawing, effective(results))
}

/// A layer by its word in the answers.
fn layer_words(layer: &str) -> &str {
    let dimension = Dimension::ALL.iter().find(|dimension| dimension.as_str() == layer);
    dimension.map_or("topmost parent", |dimension| dimension_noun(*dimension))
}

/// Apparent against effective.
fn effective(results: &ResultsAnswer) -> Markup {
    let mut table = DataTable::new(
        "apparent and effective number",
        &["layer", ">in use today", ">effective today", ">effective under the plan"],
    );
    let (today, plan) =
        (&results.exposure.concentration, results.plan.as_ref().map(|plan| &plan.concentration));
    let number_of = |of: &ConcentrationAnswer, layer: Dimension| {
        of.effective_number.get(layer.as_str())?.value.map(number)
    };
    for layer in LAYERS {
        let Some(shares) = today.value_shares(layer) else { continue };
        table.row([
            capital(dimension_noun(layer)).into(),
            ranked(shares).iter().filter(|(_, share)| *share > 0.0).count().to_string().into(),
            then(number_of(today, layer)).into(),
            then(plan.and_then(|plan| number_of(plan, layer))).into(),
        ]);
    }
    let heading = sub_heading(
        "Apparent against effective",
        "Effective: how many of equal size would be as concentrated (1 / HHI).",
    );
    tag("div", heading.and(table.markup()))
}

/// Criticality, concentration, substitutability, systemic relevance (Financial Stability Board 2023, third-party risk toolkit).
fn families(results: &ResultsAnswer) -> Markup {
    let exposure = &results.exposure;
    let mut value: Vec<(&String, &f64)> = exposure.value_by_workload.iter().collect();
    value.sort_by(|a, b| b.1.total_cmp(a.1).then(a.0.cmp(b.0)));
    let criticality = value.first().map_or_else(String::new, |(id, share)| {
        format!(
            "A complete outage costs {} a day; {} of it is {}.",
            money(exposure.value_usd_per_day),
            percent(**share),
            workload_name(results, id)
        )
    });
    let (of, host) = (&exposure.concentration, Dimension::Host);
    let hhi = of.hhi.get(host.as_str()).and_then(|hhi| hhi.value);
    let concentration = of.largest(host).zip(hhi).map_or_else(String::new, |((key, _), hhi)| {
        format!("The HHI of hosts is {hhi:.2}; {key} is the largest.")
    });
    let alone = exposure.substitutes.iter().filter(|s| s.n_independent_paths <= 1).count();
    let slowest = exposure
        .substitutes
        .iter()
        .filter_map(|s| s.groups.independent_of_services.fastest.as_ref())
        .map(|f| f.days)
        .fold(0.0, f64::max);
    let substitutability = format!(
        "{alone} of {} workloads have one independent route; the slowest needs {} to start with other vendors.",
        exposure.substitutes.len(),
        days(slowest)
    );
    let systemic = exposure.pair_losses.first().map_or_else(
        || "No two failures cost more together than apart.".to_owned(),
        |pair| {
            format!(
                "{} and {} together cost {} more than the worse of the two.",
                pair.names[0],
                pair.names[1],
                money(pair.excess_usd)
            )
        },
    );
    let mut table = DataTable::new("families of the FSB toolkit", &["family", "=today"]);
    for (family, says) in [
        ("Criticality", criticality),
        ("Concentration", concentration),
        ("Substitutability", substitutability),
        ("Systemic relevance", systemic),
    ] {
        table.row([family.into(), says.into()]);
    }
    sub_heading("The four families of the Financial Stability Board", "").and(table.markup())
}
