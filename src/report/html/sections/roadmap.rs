//! 10: the roadmap by quarter.

use super::super::markup::{Markup, list, tag};
use super::super::page::PageSection;
use super::super::table::{DataTable, TableField};
use super::super::words::workload_name;
use crate::report::answer::moves::{ActionWord, PlanAction};
use crate::report::answer::optimize::OptimizeAnswer;
use crate::report::answer::results::ResultsAnswer;
use crate::report::figures::{counted, percent};
use crate::report::money::amount;

/// Actions of a quarter that are written out.
const ACTIONS: usize = 4;

pub(super) fn section(results: &ResultsAnswer) -> PageSection {
    let (answer, body) = match results.chosen() {
        None => ("No change is recommended, so there is nothing to carry out.".to_owned(), Markup::default()),
        Some(optimize) => (answer(optimize), quarters(results, optimize).and(list(broken(optimize)))),
    };
    PageSection { number: 10, title: "Roadmap by quarter", answer, body }
}

fn answer(optimize: &OptimizeAnswer) -> String {
    let turnover = percent(optimize.turnover.unwrap_or_default());
    format!(
        "{} in {} move {turnover} of demand and prepare {}.",
        counted(optimize.steps.len(), "step"),
        counted(optimize.quarters.len(), "quarter"),
        counted(optimize.standby_moves.len(), "standby")
    )
}

fn quarters(results: &ResultsAnswer, optimize: &OptimizeAnswer) -> Markup {
    let mut table = DataTable::new(
        "quarters",
        &[
            "quarter",
            "=what is done",
            ">demand moved",
            ">cost at its end, ¤ a month",
            ">average annual loss, ¤",
            ">worst years, ¤",
        ],
    );
    for quarter in &optimize.quarters {
        let actions: Vec<&PlanAction> = optimize
            .steps
            .iter()
            .filter(|step| step.quarter == quarter.quarter)
            .flat_map(|step| &step.actions)
            .collect();
        let more = actions.len().saturating_sub(ACTIONS);
        let lines = actions.iter().take(ACTIONS).map(|action| tag("div", action_words(results, action)));
        let mut lines: Markup = lines.collect();
        if more > 0 {
            lines = lines.and(tag("div", format!("and {more} more, in the annex")));
        }
        table.row([
            format!("Q{}", quarter.quarter).into(),
            TableField::from(lines),
            percent(quarter.turnover).into(),
            amount(quarter.monthly_cost_usd).into(),
            amount(quarter.aal_usd).into(),
            amount(quarter.cvar_usd).into(),
        ]);
    }
    table.markup()
}

/// One action in words.
pub(super) fn action_words(results: &ResultsAnswer, action: &PlanAction) -> String {
    let workload = workload_name(results, &action.workload);
    let ready = action.readiness.map_or_else(String::new, |readiness| format!("{} ", readiness.as_str()));
    let (offer, share) = (&action.offer, percent(action.share));
    match action.action {
        ActionWord::Move => {
            let from = action.from.as_deref().unwrap_or_default();
            let users = action
                .users
                .as_ref()
                .map_or_else(String::new, |users| format!(" (users in {})", users.join(", ")));
            format!("{workload}: move {share} from {from} to {offer}{users}")
        }
        ActionWord::SetUp => format!("{workload}: prepare {offer} as a {ready}standby for {share}"),
        ActionWord::Change => format!("{workload}: change the standby {offer} to {ready}for {share}"),
        ActionWord::Drop => format!("{workload}: give up the standby {offer}"),
    }
}

fn broken(optimize: &OptimizeAnswer) -> Vec<String> {
    let says = |broken: &crate::report::answer::moves::BrokenOnTheWay| {
        format!(
            "No order of the steps keeps {} after step {} (quarter {}).",
            broken.limit, broken.step, broken.quarter
        )
    };
    optimize.broken_on_the_way.iter().map(says).collect()
}
