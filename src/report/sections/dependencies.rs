//! Whom the company depends on, how far that is spread, what could take over, and where data and suppliers are.

use std::collections::BTreeMap;

use super::ColumnKind::{Amount, Count, Days, Number, Share, Text};
use super::supply::{new_suppliers, powers_in_use, superpowers_or_middle_powers};
use super::{ReportSection, TypedTable, TypedValue, count, number, or_absent, text};
use crate::model::limit::Dimension;
use crate::report::answer::exposure::NodeLossAnswer;
use crate::report::answer::results::ResultsAnswer;
use crate::report::answer::substitutes::{SubstituteGroupAnswer, SubstitutesAnswer};
use crate::report::figures::{counted, number as rounded, percent};
use crate::report::html::words::{LEAST_USD, planned_loss};
use crate::report::money::money;
use crate::report::names::dimension_meaning;

pub(super) fn dependencies(results: &ResultsAnswer) -> ReportSection {
    let exposure = &results.exposure;
    let costs = |node: &&NodeLossAnswer| {
        node.loss_usd.max(planned_loss(results, node).unwrap_or_default()) >= LEAST_USD
    };
    let mut by_loss: Vec<&NodeLossAnswer> = exposure.node_losses.iter().filter(costs).collect();
    // Stable: equal losses stay in the order of the answer.
    by_loss.sort_by(|a, b| b.loss_usd.total_cmp(&a.loss_usd));
    let worst = by_loss.first();
    let says = worst.map(|node| format!("Losing {} would cost {}.", node.name, money(node.loss_usd)));
    let nodes = TypedTable::new(
        "Dependencies",
        "Dependencies by what their loss would cost today",
        &[
            ("kind", Text),
            ("id", Text),
            ("name", Text),
            ("loss over the horizon", Amount),
            ("loss with the plan", Amount),
            ("service at once", Share),
            ("after 7 days", Share),
            ("after 30 days", Share),
            ("after 90 days", Share),
            ("at the end", Share),
            ("first interruption, days", Days),
            ("restored after, days", Days),
        ],
    );
    let node = |node: &NodeLossAnswer| {
        let service = &node.service;
        vec![
            text(node.kind.replace('_', " ")),
            text(&node.id),
            text(&node.name),
            number(node.loss_usd),
            number(planned_loss(results, node)),
            number(service.at_once),
            number(service.after_7_days),
            number(service.after_30_days),
            number(service.after_90_days),
            number(service.end),
            number(node.time_to_survive_days),
            number(node.time_to_recover_days),
        ]
    };
    let nodes = nodes
        .rows(by_loss.into_iter().map(node))
        .note("What costs nothing, today or with the plan, is left out.");
    let chokepoints = TypedTable::new(
        "SinglePoints",
        "Single points of failure",
        &[("workload", Text), ("kind", Text), ("name", Text), ("buffer, days", Days)],
    );
    let chokepoints = chokepoints.rows(exposure.chokepoints.iter().map(|point| {
        vec![
            text(&point.workload),
            text(point.kind.replace('_', " ")),
            text(&point.name),
            number(point.buffer_days),
        ]
    }));
    ReportSection {
        number: 4,
        title: "Dependencies",
        says: says.into_iter().collect(),
        tables: vec![nodes, chokepoints],
    }
}

pub(super) fn concentration(results: &ResultsAnswer) -> ReportSection {
    let today = &results.exposure.concentration;
    let plan = results.plan.as_ref().map(|plan| &plan.concentration);
    let largest = today.largest(Dimension::Origin);
    let mut says: Vec<String> = largest
        .map(|(key, share)| format!("{} of value runs on models from {key}.", percent(share)))
        .into_iter()
        .collect();
    let diversity = &results.exposure.diversity;
    if let Some(effective) =
        diversity.binding.as_ref().and_then(|b| Some((b, diversity.effective_number.get(b)?)))
    {
        says.push(format!(
            "{}, in effect {} by {}.",
            counted(diversity.apparent, "host"),
            rounded(*effective.1),
            effective.0.replace('_', " ")
        ));
    }
    let shares = TypedTable::new(
        "Concentration",
        "Share of business value by layer",
        &[
            ("layer", Text),
            ("what it means", Text),
            ("key", Text),
            ("today", Share),
            ("with the plan", Share),
        ],
    );
    let rows = Dimension::ALL.into_iter().flat_map(|dimension| {
        let of = |shares: Option<&BTreeMap<String, f64>>| shares.cloned().unwrap_or_default();
        let before = of(today.value_shares(dimension));
        let after = plan.map(|plan| of(plan.value_shares(dimension)));
        let mut keys: Vec<String> =
            before.keys().chain(after.iter().flat_map(BTreeMap::keys)).cloned().collect();
        keys.sort();
        keys.dedup();
        let share = |of: &BTreeMap<String, f64>, key: &str| of.get(key).copied().unwrap_or(0.0);
        keys.sort_by(|a, b| share(&before, b).total_cmp(&share(&before, a)));
        let row = move |key: String| {
            vec![
                text(dimension.as_str().replace('_', " ")),
                text(dimension_meaning(dimension)),
                number(share(&before, &key)),
                number(after.as_ref().map(|after| share(after, &key))),
                text(key),
            ]
        };
        keys.into_iter().map(row).map(|mut row| {
            // The key comes before the figures.
            let key = row.pop().unwrap_or(TypedValue::Absent);
            row.insert(2, key);
            row
        })
    });
    let shares = shares
        .rows(rows)
        .note("Shares of layers in which one offer has several keys, such as reach, overlap.");
    let numbers = TypedTable::new(
        "Diversity",
        "Effective number of suppliers by layer",
        &[
            ("layer", Text),
            ("today", Number(1)),
            ("with the plan", Number(1)),
            ("HHI today", Number(2)),
            ("HHI with the plan", Number(2)),
        ],
    );
    let rows = Dimension::ALL.into_iter().filter_map(|dimension| {
        let key = dimension.as_str();
        let effective = today.effective_number.get(key)?.value?;
        let after = plan.and_then(|plan| plan.effective_number.get(key)?.value);
        Some(vec![
            text(key.replace('_', " ")),
            number(effective),
            number(after),
            number(today.hhi.get(key).and_then(|hhi| hhi.value)),
            number(plan.and_then(|plan| plan.hhi.get(key)?.value)),
        ])
    });
    let numbers = numbers.whole().rows(rows);
    ReportSection { number: 5, title: "Concentration", says, tables: vec![numbers, shares] }
}

pub(super) fn exit(results: &ResultsAnswer) -> ReportSection {
    let found = &results.exposure.substitutes;
    let stuck: Vec<&str> = found
        .iter()
        .filter(|own| own.groups.independent_of_services.n_offers == 0)
        .map(|own| own.workload.as_str())
        .collect();
    let says = match stuck.len() {
        _ if found.is_empty() => None,
        0 => Some("Every workload has a substitute at another vendor.".to_owned()),
        n => Some(format!(
            "{} no substitute at another vendor: {}.",
            if n == 1 { "1 workload has".to_owned() } else { format!("{n} workloads have") },
            stuck.join(", ")
        )),
    };
    let table = TypedTable::new(
        "Substitutes",
        "What could take over, by workload",
        &[
            ("workload", Text),
            ("which", Text),
            ("offers", Count),
            ("fastest", Text),
            ("ready in days", Days),
            ("cheapest", Text),
            ("price, times today's", Number(2)),
            ("cost a month", Amount),
            ("best", Text),
            ("points", Number(0)),
            ("independent routes today", Count),
        ],
    );
    let rows = found.iter().flat_map(|own| {
        let groups = &own.groups;
        [
            ("all eligible", &groups.eligible),
            ("ready now", &groups.ready),
            ("other vendors", &groups.independent_of_services),
            ("other vendors and chips", &groups.independent),
        ]
        .map(|(which, group)| substitutes(own, which, group))
    });
    let table = table.rows(rows);
    ReportSection {
        number: 7,
        title: "Substitutability and exit",
        says: says.into_iter().collect(),
        tables: vec![
            table,
            powers_in_use(results),
            superpowers_or_middle_powers(results),
            new_suppliers(results),
        ],
    }
}

fn substitutes(own: &SubstitutesAnswer, which: &str, group: &SubstituteGroupAnswer) -> Vec<TypedValue> {
    let (fastest, cheapest, best) = (group.fastest.as_ref(), group.cheapest.as_ref(), group.best.as_ref());
    vec![
        text(&own.workload),
        text(which),
        count(group.n_offers),
        or_absent(fastest.map(|offer| offer.offer.as_str())),
        number(fastest.map(|offer| offer.days)),
        or_absent(cheapest.map(|offer| offer.offer.as_str())),
        number(cheapest.and_then(|offer| offer.price_factor)),
        number(cheapest.map(|offer| offer.usd_per_month)),
        or_absent(best.map(|offer| offer.offer.as_str())),
        number(best.and_then(|offer| offer.points)),
        count(own.n_independent_paths),
    ]
}

/// Where the machines and those who control them are, and which origins could serve.
pub(super) fn location(results: &ResultsAnswer) -> ReportSection {
    let today = &results.exposure.concentration;
    let plan = results.plan.as_ref().map(|plan| &plan.concentration);
    let region = today.largest(Dimension::Region);
    let says = region.map(|(key, share)| format!("{} of value is processed in {key}.", percent(share)));
    let table = TypedTable::new(
        "Location",
        "Countries of machines, hosts and developers, by share of business value",
        &[
            ("country or bloc", Text),
            ("machines today", Share),
            ("machines, plan", Share),
            ("host's country today", Share),
            ("host's country, plan", Share),
            ("developer's country today", Share),
            ("developer's country, plan", Share),
        ],
    );
    let layers = [Dimension::Region, Dimension::HostOrigin, Dimension::Origin];
    let mut countries: Vec<&String> = layers
        .iter()
        .flat_map(|&layer| {
            let of_plan = plan.and_then(|plan| plan.value_shares(layer));
            today.value_shares(layer).into_iter().chain(of_plan).flat_map(BTreeMap::keys)
        })
        .collect();
    countries.sort();
    countries.dedup();
    let rows = countries.into_iter().map(|country| {
        let share = |shares: Option<&BTreeMap<String, f64>>| {
            number(shares.map(|shares| shares.get(country).copied().unwrap_or(0.0)))
        };
        let shares = layers.iter().flat_map(|&layer| {
            [share(today.value_shares(layer)), share(plan.and_then(|plan| plan.value_shares(layer)))]
        });
        std::iter::once(text(country)).chain(shares).collect()
    });
    ReportSection {
        number: 8,
        title: "Third countries and data location",
        says: says.into_iter().collect(),
        tables: vec![table.whole().rows(rows)],
    }
}
