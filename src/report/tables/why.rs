//! `optimize --why` as tables.

use std::collections::BTreeMap;

use super::bounds::conflict_table;
use crate::model::eligibility::Ineligible;
use crate::model::instance::{CellIdx, Instance, JurisdictionIdx, OfferIdx, WorkloadIdx};
use crate::model::selector::Selector;
use crate::planning::outcome::Figures;
use crate::report::figures::{count, percent, usd, usd_change};
use crate::report::grid::Grid;
use crate::report::names::{offer, shock, users, workload};
use crate::report::selectors::selector_words;
use crate::study::plan::why_not::{Forced, ForcedOutcome, Why};

/// All tables of `optimize --why`.
#[must_use]
pub fn why(instance: &Instance, answer: &Why) -> Vec<Grid> {
    let mut grids = vec![may_it(instance, answer)];
    if let Some(forced) = &answer.forced {
        grids.extend(would_cost(instance, answer, forced));
    }
    grids
}

/// One reason in full: which selector, which rule.
#[must_use]
pub fn reason(instance: &Instance, cell: CellIdx, offer: OfferIdx, reason: &Ineligible) -> String {
    let workload = instance.workload_of(cell);
    let matches = |s: &&Selector| instance.pair_matches(s, cell, offer);
    let words = |s: &Selector| selector_words(s);
    match reason {
        Ineligible::Required => {
            let failing = workload.require.iter().filter(|s| !matches(s)).map(words);
            format!("require: it does not match {}", failing.collect::<Vec<_>>().join("; "))
        }
        Ineligible::Forbidden => {
            let hits = workload.forbid.iter().filter(matches).map(words);
            format!("forbid: it matches {}", hits.collect::<Vec<_>>().join("; "))
        }
        Ineligible::InForce { shock: id } => format!("in force: {}", shock(instance, id)),
        other => other.to_string(),
    }
}

fn may_it(instance: &Instance, answer: &Why) -> Grid {
    let id = offer(instance, answer.question.offer);
    let n_open = answer.cells.iter().filter(|c| c.reasons.is_empty()).count();
    let heading = match n_open {
        0 => format!("Why not {id}? No workload that was asked about may newly use it."),
        n if n == answer.cells.len() => format!("Why not {id}? Nothing excludes it."),
        _ => format!("Why not {id}? Some users may use it, others not."),
    };
    let mut grid = Grid::new(heading, &["workload", "for", "may it be used?", ">today", ">in the best plan"]);
    let mut rows: BTreeMap<(WorkloadIdx, Vec<String>), Vec<usize>> = BTreeMap::new();
    for (at, c) in answer.cells.iter().enumerate() {
        let reasons = c.reasons.iter().map(|r| reason(instance, c.cell, answer.question.offer, r));
        rows.entry((instance.cells[c.cell].workload, reasons.collect())).or_default().push(at);
    }
    for ((w, reasons), cells) in rows {
        let countries: Vec<&JurisdictionIdx> =
            cells.iter().map(|&at| &instance.cells[answer.cells[at].cell].users).collect();
        let verdict =
            if reasons.is_empty() { "yes".to_owned() } else { format!("no: {}", reasons.join("; ")) };
        let demand = |at: usize| instance.cells[answer.cells[at].cell].mtok_per_month();
        let total: f64 = cells.iter().map(|&at| demand(at)).sum();
        let mean = |share: &dyn Fn(usize) -> f64| {
            cells.iter().map(|&at| demand(at) * share(at)).sum::<f64>() / total.max(f64::MIN_POSITIVE)
        };
        let planned = answer.cells[cells[0]].share_planned;
        grid.row([
            workload(instance, w).to_owned(),
            users(instance, w, countries),
            verdict,
            percent(mean(&|at| answer.cells[at].share_today)),
            planned.map_or_else(
                || "not planned".to_owned(),
                |_| percent(mean(&|at| answer.cells[at].share_planned.unwrap_or_default())),
            ),
        ]);
    }
    grid.note("Shares: of the demand of these users. What is in use today may stay even where it may not be newly used.");
    grid
}

fn would_cost(instance: &Instance, answer: &Why, forced: &Forced) -> Vec<Grid> {
    let id = offer(instance, answer.question.offer);
    let whose = match answer.question.workload {
        Some(w) => format!("the demand of {}", workload(instance, w)),
        None => "all demand".to_owned(),
    };
    let share = percent(forced.share);
    match &forced.outcome {
        ForcedOutcome::Planned => {
            let planned = percent(forced.share_planned);
            vec![Grid::new(format!("The best plan gives it {planned} of {whose} already."), &[])]
        }
        ForcedOutcome::Plan { figures, tolerance_usd, in_the_way } => {
            let heading = format!("What would it cost to give {share} of {whose} to {id}?");
            let mut grid = Grid::new(heading, &["figure", ">best plan", ">with it", ">change"]);
            let mut row = |name: &str, of: fn(&Figures) -> f64| {
                let (before, after) = (of(&forced.best), of(figures));
                grid.row([name.to_owned(), usd(before), usd(after), usd_change(after - before)]);
            };
            row("planned cost a month, USD", |f| f.monthly_cost_usd);
            row("AAL, average loss a year, USD", |f| f.aal_usd);
            row("CVaR, mean loss of the worst years, USD", |f| f.cvar_usd);
            row("objective: cost over the horizon plus weighted loss, USD", |f| f.objective_usd);
            grid.note(verdict(figures.objective_usd - forced.best.objective_usd, *tolerance_usd));
            if forced.share_planned > 0.0 {
                grid.note(format!("The best plan gives it {} already.", percent(forced.share_planned)));
            }
            grid.note(if in_the_way.is_empty() {
                "No limit gets in the way that does not hold the best plan back as well.".to_owned()
            } else {
                format!("Limits that get in the way: {}.", in_the_way.join(", "))
            });
            grid.note(format!("Both plans on the same {} trials, all else free.", count(answer.n_trials)));
            vec![grid]
        }
        ForcedOutcome::Conflict { members, proof } => {
            let sure = if proof.is_proven { "can give" } else { "was found that gives" };
            let mut grid = conflict_table(
                &format!("No plan {sure} {share} of {whose} to {id}. What stands against it?"),
                members,
            );
            if members.is_empty() {
                grid.note("Which demands stand against it was not found.");
            }
            vec![grid]
        }
    }
}

fn verdict(change_usd: f64, tolerance_usd: f64) -> String {
    if change_usd > tolerance_usd {
        let dearer = usd(change_usd);
        return format!("It is not in the plan because it would make it USD {dearer} dearer, loss included.");
    }
    let (size, word) = (usd(change_usd.abs()), if change_usd < 0.0 { "cheaper" } else { "dearer" });
    format!(
        "As found, it would make the plan USD {size} {word}, loss included. That is less than the best plan is known to \
         (USD {}), so it may be worth as much as what is in the plan.",
        usd(tolerance_usd)
    )
}
