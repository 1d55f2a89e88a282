//! 14: annexes: inventory, changes in full, extracts for registers, sovereignty, sources, glossary.

use super::super::markup::{Markup, note, tag};
use super::super::page::{PageSection, sub_heading};
use super::super::table::{DataTable, TableField};
use super::super::typed::{typed, typed_under};
use super::location::{chain_row, chain_table};
use super::roadmap::action_words;
use crate::report::answer::results::ResultsAnswer;
use crate::report::answer::supply_chain::{PartyAnswer, ServiceChainAnswer};
use crate::report::money::amount;
use crate::report::sections::TypedTable;
use crate::report::sections::register::{assessment_extract, material_third_parties, supply_chain_extract};
use crate::report::sections::whole_plan::whole_plan;

/// Terms of the report.
const GLOSSARY: [(&str, &str); 12] = [
    (
        "Average annual loss (AAL)",
        "Mean loss of the simulated years: outages, dearer tokens and one-off costs, beyond planned cost.",
    ),
    ("Break-even fee", "The monthly fee at which an offer costs as much as the loss that it avoids."),
    (
        "Capability",
        "Points on the scale of a public arena of models; models within 40 points cannot be told apart.",
    ),
    ("CVaR 0.95", "Mean loss of the worst 5 % of the simulated years."),
    ("Effective number", "How many suppliers of equal size would be as concentrated: 1 / HHI."),
    ("HHI", "Herfindahl-Hirschman index: the sum of squared shares, from near 0 (spread) to 1 (all on one)."),
    ("Host", "Who runs the machines; the developer made the model. One company may be both."),
    ("Offer", "One way to buy or run a model: model, host and region, written model@host:REGION."),
    ("Standby", "A prepared substitute. Hot: takes load at once; warm: after its lead."),
    ("Value", "What a complete outage of a workload would cost a day; shares by value are shares of this."),
    ("Workload", "A business need for a model: users, data, quality floor, cost of an outage."),
    ("Worst years", "The share of simulated years in which the loss is largest; see CVaR."),
];

pub(super) fn section(results: &ResultsAnswer) -> PageSection {
    let body = inventory(results)
        .and(changes(results))
        .and(typed(&whole_plan(results)))
        .and(register("C.", &supply_chain_extract(results)))
        .and(register("D.", &assessment_extract(results)))
        .and(register("E.", &material_third_parties(results)))
        .and(sovereignty(results))
        .and(sources(results))
        .and(glossary());
    PageSection { number: 14, title: "Annexes", answer: String::new(), body }
}

/// An extract under its letter.
fn register(letter: &str, extract: &TypedTable) -> Markup {
    typed_under(&format!("{letter} {}", extract.title), extract)
}

fn inventory(results: &ResultsAnswer) -> Markup {
    let mut table = chain_table("inventory").whole();
    for chain in &results.chains {
        table.row(chain_row(results, chain));
    }
    sub_heading("A. Inventory of offers", "Every offer in use today or under the plan, standbys too.")
        .and(table.markup())
}

fn changes(results: &ResultsAnswer) -> Markup {
    let Some(optimize) = results.chosen() else { return Markup::default() };
    let mut table = DataTable::new(
        "steps",
        &["step", "quarter", "=what is done", ">cost after it, ¤ a month", ">average annual loss, ¤"],
    )
    .whole();
    for step in &optimize.steps {
        let lines: Markup =
            step.actions.iter().map(|action| tag("div", action_words(results, action))).collect();
        table.row([
            step.step.to_string().into(),
            format!("Q{}", step.quarter).into(),
            TableField::from(lines),
            amount(step.monthly_cost_usd).into(),
            amount(step.aal_usd).into(),
        ]);
    }
    sub_heading("B. Changes in full", "").and(table.markup())
}

/// Objectives 2 to 5 of the Cloud Sovereignty Framework (European Commission, 2025), with the node that governs each.
fn sovereignty(results: &ResultsAnswer) -> Markup {
    let mut table = DataTable::new(
        "evidence on sovereignty",
        &[
            "offer in use today",
            "SOV-2 legal and jurisdictional",
            "SOV-3 data and AI",
            "SOV-4 operational",
            "SOV-5 supply chain",
        ],
    )
    .whole();
    let mut offers: Vec<&ServiceChainAnswer> =
        results.chains.iter().filter(|chain| chain.today.is_used()).collect();
    offers.sort_by(|a, b| a.offer.cmp(&b.offer));
    offers.dedup_by(|a, b| a.offer == b.offer);
    let governed = |party: &PartyAnswer| format!("{} ({})", party.parent, party.parent_country);
    for chain in offers {
        let own = || "the company".to_owned();
        let mut chips: Vec<String> =
            chain.hardware.iter().map(|h| format!("{} ({})", h.vendor, h.country)).collect();
        chips.sort();
        chips.dedup();
        table.row([
            chain.offer.clone().into(),
            chain.host.as_ref().map_or_else(own, governed).into(),
            TableField::with(
                format!("data in {}", chain.region),
                format!("model by {}", governed(&chain.developer)),
            ),
            chain.host.as_ref().map_or_else(own, |host| format!("{} ({})", host.name, host.country)).into(),
            if chips.is_empty() { "unknown".to_owned() } else { chips.join(" or ") }.into(),
        ]);
    }
    let says = "Each field names who governs the objective for this offer, as the supply graph has it: for SOV-2 the topmost parent of the host, for SOV-3 the \
                place of the data and the parent of the developer, for SOV-4 who operates the machines, for SOV-5 the vendors of the chips. No score is given.";
    sub_heading("F. Evidence for the EU Cloud Sovereignty Framework", "").and(table.markup()).and(note(says))
}

fn sources(results: &ResultsAnswer) -> Markup {
    let mut table = DataTable::new("sources", &["source", "publisher", "as of", "where"]).whole();
    for source in &results.manifest.sources {
        table.row([
            TableField::with(source.title.clone(), source.id.clone()),
            source.publisher.clone().into(),
            source.as_of.clone().unwrap_or_default().into(),
            source.locator.clone().into(),
        ]);
    }
    sub_heading("G. Sources", "").and(table.markup())
}

fn glossary() -> Markup {
    let terms = GLOSSARY.map(|(term, says)| tag("div", tag("dt", term).and(tag("dd", says))));
    sub_heading("H. Glossary", "").and(tag("dl", terms.into_iter().collect::<Markup>()))
}
