//! 7: what could replace the offers in use, and what an exit takes.

use super::super::markup::note;
use super::super::page::PageSection;
use super::super::table::{DataTable, TableField};
use super::super::typed::typed;
use super::super::words::{factor, workload_name};
use crate::report::answer::exposure::MinimumCutAnswer;
use crate::report::answer::results::ResultsAnswer;
use crate::report::answer::substitutes::{SubstituteGroupAnswer, SubstitutesAnswer};
use crate::report::figures::{ABSENT, days};
use crate::report::sections::supply::{new_suppliers, powers_in_use, superpowers_or_middle_powers};

/// Suppliers named in one field.
const NAMED: usize = 3;

pub(super) fn section(results: &ResultsAnswer) -> PageSection {
    let says = "Planned exit: the offer of other vendors (no developer, host, parent or site in common with what is used) that starts first, \
                with its price against today's mix. Stressed exit: what stops the workload without notice, and the prepared or new offer that \
                would serve first. Time is onboarding as in the catalog, or the lead of a standby.";
    PageSection {
        number: 7,
        title: "Substitutability and exit",
        answer: answer(&results.exposure.substitutes),
        body: table(results)
            .markup()
            .and(note(says))
            .and(typed(&powers_in_use(results)))
            .and(typed(&superpowers_or_middle_powers(results)))
            .and(typed(&new_suppliers(results))),
    }
}

fn answer(all: &[SubstitutesAnswer]) -> String {
    let prepared = all.iter().filter(|s| s.groups.ready.n_offers > 0).count();
    let other = all.iter().filter(|s| s.groups.independent_of_services.n_offers > 0).count();
    format!(
        "Of {} workloads, {other} have substitutes from other vendors, and {prepared} a prepared standby, today.",
        all.len()
    )
}

fn table(results: &ResultsAnswer) -> DataTable {
    let mut table = DataTable::new(
        "exit by workload",
        &[
            "workload",
            ">substitutes",
            ">from other vendors",
            "planned exit to",
            ">time",
            ">price × today's",
            "stops with",
            "stressed exit to",
            ">time",
        ],
    );
    let value = &results.exposure.value_by_workload;
    let mut all: Vec<&SubstitutesAnswer> = results.exposure.substitutes.iter().collect();
    let worth = |s: &SubstitutesAnswer| value.get(&s.workload).copied().unwrap_or_default();
    all.sort_by(|a, b| worth(b).total_cmp(&worth(a)).then(a.workload.cmp(&b.workload)));
    for found in all {
        let (eligible, other) = (&found.groups.eligible, &found.groups.independent_of_services);
        let (planned, time) = fastest(other);
        let (stressed, stressed_time) =
            fastest(if found.groups.ready.n_offers > 0 { &found.groups.ready } else { eligible });
        let price = other.cheapest.as_ref().and_then(|cheapest| cheapest.price_factor);
        table.row([
            TableField::with(
                workload_name(results, &found.workload),
                format!("independent routes today: {}", found.n_independent_paths),
            ),
            eligible.n_offers.to_string().into(),
            other.n_offers.to_string().into(),
            planned.into(),
            time.into(),
            TableField::with(
                price.map_or_else(|| ABSENT.to_owned(), factor),
                if price.is_some() { "cheapest" } else { "" },
            ),
            stops_with(results, &found.workload).into(),
            stressed.into(),
            stressed_time.into(),
        ]);
    }
    table
}

fn fastest(group: &SubstituteGroupAnswer) -> (String, String) {
    group.fastest.as_ref().map_or_else(
        || (ABSENT.to_owned(), ABSENT.to_owned()),
        |fastest| (fastest.offer.clone(), days(fastest.days)),
    )
}

/// The smallest set of suppliers that stops a workload.
fn stops_with(results: &ResultsAnswer, workload: &str) -> String {
    let is_it = |cut: &&MinimumCutAnswer| cut.workload == workload && cut.kind == "supplier";
    let Some(cut) = results.exposure.minimum_cuts.iter().find(is_it) else { return ABSENT.to_owned() };
    match (cut.size, cut.cuts.as_slice()) {
        (None, _) => "more than 6 suppliers".to_owned(),
        (Some(1), cuts) => {
            let named: Vec<&str> = cuts.iter().flatten().take(NAMED).map(String::as_str).collect();
            let more = cuts.len().saturating_sub(NAMED);
            format!(
                "{}{}",
                named.join(" or "),
                if more > 0 { format!(" or {more} others") } else { String::new() }
            )
        }
        (Some(_), cuts) => cuts.first().map_or_else(|| ABSENT.to_owned(), |first| first.join(" + ")),
    }
}
