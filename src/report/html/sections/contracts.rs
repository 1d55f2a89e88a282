//! 9: contracts, commitments, and what each standby is worth.

use super::super::markup::{Markup, note};
use super::super::page::{PageSection, sub_heading};
use super::super::table::{DataTable, TableField};
use super::super::typed::typed;
use super::super::words::workload_name;
use crate::report::answer::contracts::{ContractWord, HostAnswer};
use crate::report::answer::hedges::{HedgeAnswer, HedgeWord};
use crate::report::answer::optimize::OptimizeAnswer;
use crate::report::answer::results::ResultsAnswer;
use crate::report::figures::{ABSENT, counted, percent};
use crate::report::money::{amount, money};
use crate::report::sections::measures::{CONTRACT_NOTE, runners_up};

/// Break-even fees in sight.
const HEDGES: usize = 6;

pub(super) fn section(results: &ResultsAnswer) -> PageSection {
    let (answer, body) = match results.chosen().or(results.optimize.as_ref()) {
        None => ("Without a plan nothing is known about contracts.".to_owned(), Markup::default()),
        Some(optimize) => (
            answer(optimize),
            contract_table(optimize).and(hedges(results, optimize)).and(typed(&runners_up(results))),
        ),
    };
    PageSection { number: 9, title: "Contracts and what to pay", answer, body }
}

fn answer(optimize: &OptimizeAnswer) -> String {
    let named = |ids: &[String], thing: &str| match ids.len() {
        0 => format!("no {thing}"),
        n => format!("{} ({})", counted(n, thing), ids.join(", ")),
    };
    format!(
        "The plan opens {} and leaves {}.",
        named(&optimize.opened_hosts, "new host"),
        named(&optimize.closed_hosts, "host")
    )
}

fn contract_table(optimize: &OptimizeAnswer) -> Markup {
    let mut table = DataTable::new(
        "contracts by host",
        &[
            "host",
            "contract",
            "ends",
            "used today → plan",
            ">tokens, ¤ a month",
            ">fixed fee, ¤ a year",
            ">below minimum, ¤ a month",
            ">below commitment, ¤",
            ">qualify once, ¤",
            ">exit once, ¤",
        ],
    );
    let mut hosts: Vec<(&String, &HostAnswer)> = optimize.contracts.iter().collect();
    hosts.sort_by(|a, b| b.1.spend_usd_per_month.total_cmp(&a.1.spend_usd_per_month).then(a.0.cmp(b.0)));
    let yes = |is: bool| if is { "yes" } else { "no" };
    let once = |usd: f64| if usd.abs() < 0.5 { ABSENT.to_owned() } else { amount(usd) };
    for (id, host) in hosts {
        let status = match host.status {
            ContractWord::Signed => "signed",
            ContractWord::Offered => "quotation",
            ContractWord::None => "none stated",
        };
        table.row([
            id.clone().into(),
            status.into(),
            host.ends.clone().unwrap_or_else(|| ABSENT.to_owned()).into(),
            format!("{} → {}", yes(host.used_today), yes(host.used)).into(),
            once(host.spend_usd_per_month).into(),
            once(host.fixed_usd_per_year).into(),
            once(host.minimum_usd_per_month).into(),
            once(host.shortfall_usd).into(),
            once(host.qualify_usd).into(),
            once(host.exit_usd).into(),
        ]);
    }
    table.markup().and(note(CONTRACT_NOTE))
}

fn hedges(results: &ResultsAnswer, optimize: &OptimizeAnswer) -> Markup {
    let mut table = DataTable::new(
        "break-even fees",
        &["workload", "offer", "role", ">loss avoided, ¤", ">costs, ¤", ">break-even fee, ¤ a month"],
    )
    .in_sight(HEDGES);
    for hedge in &optimize.hedges {
        let range = |low: Option<f64>, high: Option<f64>| match (low, high) {
            (Some(low), Some(high)) => format!("{} to {}", amount(low), amount(high)),
            _ => String::new(),
        };
        table.row([
            workload_name(results, &hedge.workload).into(),
            hedge.offer.clone().into(),
            role(hedge).into(),
            TableField::with(
                amount(hedge.loss_avoided_usd),
                range(hedge.loss_avoided_low_usd, hedge.loss_avoided_high_usd),
            ),
            amount(hedge.cost_usd).into(),
            TableField::with(
                amount(hedge.break_even_usd_per_month),
                range(hedge.break_even_low_usd_per_month, hedge.break_even_high_usd_per_month),
            ),
        ]);
    }
    if table.is_empty() {
        return Markup::default();
    }
    let best = optimize.hedges.first().map_or_else(String::new, |hedge| {
        format!(
            "Up to {} a month, {} pays for itself in {}.",
            money(hedge.break_even_usd_per_month),
            hedge.offer,
            workload_name(results, &hedge.workload)
        )
    });
    let says = "Loss avoided (risk-weighted) and cost are over the horizon, compared with the plan without this offer. The small figures are 95 % \
                intervals. A fee below the break-even is worth paying.";
    sub_heading("Break-even fees", &best).and(table.markup()).and(note(says))
}

fn role(hedge: &HedgeAnswer) -> String {
    match (hedge.readiness, hedge.share) {
        (HedgeWord::Hot, _) => "hot standby".to_owned(),
        (HedgeWord::Warm, _) => "warm standby".to_owned(),
        (HedgeWord::Primary, share) => format!("carries {}", percent(share.unwrap_or_default())),
    }
}
