//! `optimize` as tables.

use std::collections::BTreeSet;

use super::SHOWN;
use super::alternatives::alternatives;
use super::bounds::{binding_limits, conflicts};
use super::frontier::frontier;
use super::ladder::ladder;
use super::moves::{quarters, steps};
use super::stability::stability;
use crate::measures::moments::MeanEstimate;
use crate::model::portfolio::Readiness;
use crate::report::answer::changes::{ChangedStandby, ChangedWorkload, SharedCostChange};
use crate::report::answer::contracts::CapabilityAnswer;
use crate::report::answer::hedges::{HedgeAnswer, HedgeWord};
use crate::report::answer::ladder::{RungAnswer, first_step};
use crate::report::answer::moves::StandbyWord;
use crate::report::answer::optimize::OptimizeAnswer;
use crate::report::answer::plans::CostAndRisk;
use crate::report::figures::{ABSENT, counted, days, decimal, level, mean_interval, percent};
use crate::report::grid::{Grid, Screen};
use crate::report::money::{CODE, amount, amount_change};
use crate::report::names::some_users;
use crate::report::verdict::{aim, current_breaks, proof, simulated, verdict, worse_tail};
use crate::units::MONTHS_PER_YEAR;

/// Only sources that are named.
const SOURCES_SHOWN: usize = 3;

/// All tables of `optimize`; its charts are as wide as the screen allows.
#[must_use]
pub fn optimize(answer: &OptimizeAnswer, screen: Screen) -> Vec<Grid> {
    let mut grids = vec![summary(answer)];
    if !answer.ladder.is_empty() {
        grids.extend(ladder(&answer.ladder, answer.confidence_level, screen));
    }
    if answer.recommended().is_some() {
        grids.push(buys(answer));
        grids.extend(first_changes(answer));
        grids.push(changes(answer, usize::MAX));
        if !answer.steps.is_empty() {
            grids.push(quarters(answer));
        }
        grids.push(steps(answer));
        grids.push(hedges(answer));
        grids.push(binding_limits(answer));
    } else if answer.plan.is_none() {
        grids.push(conflicts(answer));
    }
    grids.extend(answer.frontier.iter().flat_map(|found| frontier(found, answer.confidence_level, screen)));
    grids.extend(answer.alternatives.iter().flat_map(|found| alternatives(answer, found)));
    grids.extend(answer.stability.as_ref().map(|found| stability(found, answer.horizon_days)));
    grids.retain(|grid| !grid.is_empty() || !grid.notes.is_empty());
    grids
}

/// What to do, in a few lines.
#[must_use]
pub fn summary(answer: &OptimizeAnswer) -> Grid {
    let mut grid = Grid::new(verdict(answer), &[]);
    if let Some(line) = current_breaks(answer) {
        grid.note(line);
    }
    if let Some(line) = worse_tail(answer) {
        grid.note(line);
    }
    grid.note(proof(answer));
    grid.note(aim(answer));
    grid
}

/// What moves where, and what it adds up to; at most `n_workloads` of the workloads, the others as one line.
#[must_use]
pub fn changes(answer: &OptimizeAnswer, n_workloads: usize) -> Grid {
    let changes = &answer.changes;
    let mut grid = Grid::new("Changes by workload", &["=workload", "=change", "offer", "for", ">¤ a month"]);
    for change in changes.iter().take(n_workloads) {
        add_change(&mut grid, change);
    }
    let left = &changes[changes.len().min(n_workloads)..];
    if !left.is_empty() {
        let usd: f64 = left.iter().map(|change| change.monthly_cost_usd).sum();
        let (name, cost) = (counted(left.len(), "more workload"), amount_change(usd));
        grid.row([name, String::new(), String::new(), String::new(), cost]);
    }
    for shared in &answer.shared_changes {
        let (name, change) = shared_words(shared);
        let cost = amount_change(shared.monthly_cost_usd);
        grid.row([name.to_owned(), change, shared.id.clone(), String::new(), cost]);
    }
    let own: f64 = changes.iter().map(|change| change.monthly_cost_usd).sum();
    let shared: f64 = answer.shared_changes.iter().map(|change| change.monthly_cost_usd).sum();
    if !changes.is_empty() {
        grid.row([
            "in all".to_owned(),
            String::new(),
            String::new(),
            String::new(),
            amount_change(own + shared),
        ]);
    }
    if !left.is_empty() {
        grid.note(format!("In full are the {n_workloads} workloads with the most value moved."));
    }
    if changes.iter().take(n_workloads).flat_map(|change| &change.standby).any(is_new_reserve) {
        grid.note("Extra capacity is reserved at an offer that already carries demand of the workload.");
    }
    grid.note(format!(
        "Shares are of the workload's demand. {CODE} a month: tokens and standby fees of the workload; machines and fees of hosts, which \
         workloads share, have lines of their own."
    ));
    grid
}

/// The rows of one workload.
fn add_change(grid: &mut Grid, change: &ChangedWorkload) {
    let mut cost = amount_change(change.monthly_cost_usd);
    let mut name = change.workload.clone();
    for moved in &change.moves {
        grid.row([
            std::mem::take(&mut name),
            format!("move {}", percent(moved.share)),
            format!("{} → {}", moved.from, moved.to),
            some_users(moved.users.as_ref()),
            std::mem::take(&mut cost),
        ]);
    }
    for standby in &change.standby {
        grid.row([
            std::mem::take(&mut name),
            standby_word(standby).to_owned(),
            standby.offer.clone(),
            format!("{}, {}", readiness(standby.readiness, standby.lead_days), percent(standby.cover)),
            std::mem::take(&mut cost),
        ]);
    }
}

/// What the first step changes, where it is less than the whole plan.
#[must_use]
pub fn first_changes(answer: &OptimizeAnswer) -> Option<Grid> {
    let [today, first, _] = first_step(&answer.ladder)?;
    let columns = ["=workload", "=change", "offer", "for", ">¤ a month"];
    let mut grid = Grid::new("The first step", &columns);
    for change in &first.changes {
        add_change(&mut grid, change);
    }
    let monthly = |rung: &RungAnswer| rung.figures.out_of_sample.monthly_cost_usd;
    let all = monthly(first) - monthly(today);
    let own: f64 = first.changes.iter().map(|change| change.monthly_cost_usd).sum();
    for (name, cost) in [("machines and contracts", all - own), ("in all", all)] {
        grid.row([name.to_owned(), String::new(), String::new(), String::new(), amount_change(cost)]);
    }
    Some(grid)
}

/// What is shared, and how it changes.
pub(crate) fn shared_words(shared: &SharedCostChange) -> (&'static str, String) {
    match (shared.replicas_today, shared.replicas) {
        (Some(today), Some(then)) => {
            ("own machines", format!("{today} → {}", counted(then as usize, "replica")))
        }
        _ => ("contracts", "fixed fee and minimum".to_owned()),
    }
}

fn is_new_reserve(standby: &ChangedStandby) -> bool {
    standby.is_reserve && standby.change == StandbyWord::New
}

/// What happens to a standby.
pub(crate) fn standby_word(standby: &ChangedStandby) -> &'static str {
    match standby.change {
        StandbyWord::New if standby.is_reserve => "reserved extra capacity",
        StandbyWord::New => "new standby",
        StandbyWord::Dropped => "drop standby",
        StandbyWord::Changed => "change standby",
    }
}

/// `hot`, or `warm, 7 days`.
#[must_use]
pub fn readiness(readiness: Readiness, lead_days: f64) -> String {
    match readiness {
        Readiness::Hot => "hot".to_owned(),
        Readiness::Warm => format!("warm, {}", days(lead_days)),
    }
}

/// Cost and risk before and after.
#[must_use]
pub fn buys(answer: &OptimizeAnswer) -> Grid {
    let mut grid =
        Grid::new("Cost and risk, today and with the plan", &["figure", ">today", ">plan", ">change"]);
    let cvar = format!("CVaR {}", level(answer.confidence_level));
    let mut row = |name: &str, figure: fn(&CostAndRisk) -> f64| {
        let before = answer.current_out_of_sample.as_ref().map(figure);
        let after = answer.plan.as_ref().map(|plan| figure(&plan.out_of_sample));
        let text = |x: Option<f64>| x.map_or_else(|| ABSENT.to_owned(), amount);
        let change = before.zip(after).map_or_else(|| ABSENT.to_owned(), |(b, a)| amount_change(a - b));
        grid.row([name.to_owned(), text(before), text(after), change]);
    };
    row(&format!("planned cost a month, {CODE}"), |f| f.monthly_cost_usd);
    row(&format!("average annual loss (AAL), {CODE}"), |f| f.aal_usd);
    row(&format!("mean loss of the worst years ({cvar}), {CODE}"), |f| f.cvar_usd);
    row(&format!("missing to commitments, once, {CODE}"), |f| f.shortfall_usd);
    row(&format!("cost of the change, once, {CODE}"), |f| f.change_usd);
    add_capability(&mut grid, answer);
    grid.note(format!(
        "Measured on {}, drawn after the plan was made.",
        new_trials(answer.fresh_trials, answer.horizon_days)
    ));
    grid.notes.extend(what_pays(answer));
    grid
}

/// Mean capability today and with the plan, with the error of the ratings.
fn add_capability(grid: &mut Grid, answer: &OptimizeAnswer) {
    let text = |own: CapabilityAnswer| {
        let interval = mean_interval(&MeanEstimate { value: own.points, std_error: Some(own.std_error) });
        match (interval.low, interval.high) {
            (Some(low), Some(high)) => format!("{:.0} ({low:.0} to {high:.0})", own.points),
            _ => format!("{:.0}", own.points),
        }
    };
    if let (Some(today), Some(plan)) = (answer.current_capability, answer.plan_capability) {
        let change = format!("{:+.0}", plan.points - today.points);
        grid.row(["mean capability, points".to_owned(), text(today), text(plan), change]);
    }
}

/// What is saved by cheaper supply and what by lower risk, and what the change costs.
fn what_pays(answer: &OptimizeAnswer) -> Vec<String> {
    let (Some(today), Some(plan)) = (answer.current_out_of_sample, answer.plan) else { return Vec::new() };
    let plan = plan.out_of_sample;
    let cost = (today.monthly_cost_usd - plan.monthly_cost_usd) * MONTHS_PER_YEAR;
    let loss = today.aal_usd - plan.aal_usd;
    let word = |usd: f64| if usd < 0.0 { "more" } else { "less" };
    let mut notes = vec![format!(
        "A year costs {CODE} {} {} to supply and {CODE} {} {} in average loss.",
        amount(cost.abs()),
        word(cost),
        amount(loss.abs()),
        word(loss)
    )];
    let list = |ids: &[String]| if ids.is_empty() { "none".to_owned() } else { ids.join(", ") };
    notes.push(format!(
        "New hosts: {}. Hosts left: {}. Models to qualify: {}.",
        list(&answer.opened_hosts),
        list(&answer.closed_hosts),
        answer.qualify.len()
    ));
    let saved = (cost + loss) / MONTHS_PER_YEAR;
    if plan.change_usd > 0.0 && saved > 0.0 {
        let months = plan.change_usd / saved;
        notes.push(format!(
            "The change costs {CODE} {} once, and pays for itself in {} months.",
            amount(plan.change_usd),
            decimal(months, 1)
        ));
    }
    notes
}

/// `10,000 new simulated years`.
fn new_trials(n_trials: u64, horizon_days: f64) -> String {
    simulated(n_trials, horizon_days).replacen(" simulated", " new simulated", 1)
}

/// What each standby, and each of several offers, is worth.
#[must_use]
pub fn hedges(answer: &OptimizeAnswer) -> Grid {
    let mut grid = Grid::new(
        "Value of each standby and each second source",
        &[
            "workload",
            "=offer",
            "role",
            ">loss avoided, ¤",
            ">cost, ¤",
            ">break-even fee, ¤ a month",
            ">at least",
            ">at most",
        ],
    );
    let shown: Vec<&HedgeAnswer> = answer.hedges.iter().take(SHOWN).collect();
    for hedge in &shown {
        let needed = if hedge.needed_for.is_empty() { "" } else { " *" };
        grid.row([
            hedge.workload.clone(),
            hedge.offer.clone(),
            format!("{}{needed}", role(hedge)),
            amount(hedge.loss_avoided_usd),
            amount(hedge.cost_usd),
            amount(hedge.break_even_usd_per_month),
            fee_end(hedge.break_even_low_usd_per_month),
            fee_end(hedge.break_even_high_usd_per_month),
        ]);
    }
    if !grid.is_empty() {
        let n = answer.hedges.len();
        let which =
            if n > SHOWN { format!(" The {SHOWN} most valuable of {n} are shown.") } else { String::new() };
        grid.note(format!(
            "Each value compares the plan without this offer with the plan, over the horizon and on the same {}; without a \
             primary offer, the others take over its share in proportion. Break-even fee: the monthly fee at which the \
             offer no longer pays, with its 95 % interval; for a primary, on top of its tokens. A negative cost is a \
             saving.{which}",
            new_trials(answer.hedge_trials.unwrap_or_default(), answer.horizon_days)
        ));
    }
    if shown.iter().any(|hedge| hedge.break_even_low_usd_per_month.is_none_or(|low| low <= 0.0)) {
        grid.note("Where \"at least\" is negative, the trials do not show that it pays.");
    }
    let needed: BTreeSet<&str> =
        shown.iter().flat_map(|hedge| hedge.needed_for.iter().map(String::as_str)).collect();
    if !needed.is_empty() {
        let needed: Vec<&str> = needed.into_iter().collect();
        grid.note(format!("*: without it the plan breaks a limit ({}).", needed.join(", ")));
    }
    if !answer.only_sources.is_empty() {
        grid.note(format!(
            "Not measured, because some users have no other source: {}.",
            only_sources(answer)
        ));
    }
    grid
}

fn role(hedge: &HedgeAnswer) -> String {
    match hedge.readiness {
        HedgeWord::Hot => "hot".to_owned(),
        HedgeWord::Warm => "warm".to_owned(),
        HedgeWord::Primary => format!("carries {}", percent(hedge.share.unwrap_or_default())),
    }
}

fn only_sources(answer: &OptimizeAnswer) -> String {
    let named = answer.only_sources.iter().take(SOURCES_SHOWN);
    let named: Vec<String> = named.map(|s| format!("{} for {}", s.offer, s.workload)).collect();
    let more = answer.only_sources.len().saturating_sub(SOURCES_SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", named.join(", "))
}

fn fee_end(usd_per_month: Option<f64>) -> String {
    usd_per_month.map_or_else(|| ABSENT.to_owned(), amount)
}
