//! `optimize` as tables.

use std::collections::BTreeSet;

use super::SHOWN;
use super::alternatives::alternatives;
use super::bounds::{binding_limits, conflicts};
use super::frontier::frontier;
use super::moves::{quarters, steps};
use super::stability::stability;
use crate::model::instance::{Instance, Standby};
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;
use crate::planning::outcome::Figures;
use crate::report::figures::{ABSENT, count, days, level, percent, usd, usd_change};
use crate::report::grid::Grid;
use crate::report::names::{offer, users, workload};
use crate::report::verdict::{aim, current_breaks, proof, verdict};
use crate::service::setting::Setting;
use crate::study::plan::analyses::Answers;
use crate::study::plan::changes::{StandbyChange, WorkloadChange, workload_changes};
use crate::study::plan::outcome::{HedgeRole, Optimized, Recommended};
use crate::study::results::recommended;

/// All tables of `optimize`.
#[must_use]
pub fn optimize(setting: &Setting<'_>, current: &Plan, optimized: &Optimized) -> Vec<Grid> {
    let instance = setting.instance;
    let mut grids = vec![summary(optimized)];
    if let Some(plan) = recommended(optimized) {
        grids.push(changes(instance, &workload_changes(setting, current, &plan.plan), usize::MAX));
        grids.push(buys(optimized));
        if !plan.schedule.steps.is_empty() {
            grids.push(quarters(&plan.schedule, &optimized.current, optimized.confidence_level));
        }
        grids.push(steps(instance, plan, optimized.confidence_level));
        grids.push(hedges(plan));
        grids.push(binding_limits(plan));
    } else if optimized.plan.is_none() {
        grids.push(conflicts(optimized));
    }
    grids.retain(|grid| !grid.is_empty() || !grid.notes.is_empty());
    grids
}

/// All tables of `optimize` with what was asked besides.
#[must_use]
pub fn answers(setting: &Setting<'_>, current: &Plan, answers: &Answers) -> Vec<Grid> {
    let optimized = &answers.optimized;
    let mut grids = optimize(setting, current, optimized);
    if let Some(found) = &answers.frontier {
        grids.extend(frontier(found, optimized.confidence_level));
    }
    if let (Some(found), Some(plan)) = (&answers.alternatives, &optimized.plan) {
        grids.extend(alternatives(setting.instance, &plan.plan, found));
    }
    grids.extend(answers.stability.as_ref().map(stability));
    grids
}

/// What to do, in a few lines.
#[must_use]
pub fn summary(optimized: &Optimized) -> Grid {
    let mut grid = Grid::new(verdict(optimized), &[]);
    if let Some(line) = current_breaks(optimized) {
        grid.note(line);
    }
    grid.note(aim(optimized));
    grid.note(proof(optimized));
    grid
}

/// What moves where; at most `n_workloads` of the workloads.
#[must_use]
pub fn changes(instance: &Instance, changes: &[WorkloadChange], n_workloads: usize) -> Grid {
    let mut grid =
        Grid::new("What should change?", &["=workload", "=change", "offer", "for", ">USD a month"]);
    for change in changes.iter().take(n_workloads) {
        let mut cost = usd_change(change.monthly_cost_usd);
        let mut name = workload(instance, change.workload).to_owned();
        for shift in &change.shifts {
            grid.row([
                std::mem::take(&mut name),
                format!("move {}", percent(shift.share)),
                format!("{} → {}", offer(instance, shift.from), offer(instance, shift.to)),
                users(instance, change.workload, &shift.users),
                std::mem::take(&mut cost),
            ]);
        }
        for standby in &change.standby {
            let id = offer(instance, standby.standby().offer);
            grid.row([
                std::mem::take(&mut name),
                standby_word(change, standby).to_owned(),
                id,
                format!("{}, {}", readiness(&standby.standby()), percent(standby.standby().cover)),
                std::mem::take(&mut cost),
            ]);
        }
    }
    if changes.len() > n_workloads {
        grid.note(format!("{n_workloads} of the {} workloads that change, by value moved.", changes.len()));
    }
    grid.note("Shares: of the workload's demand. USD a month: if only this workload changed.");
    grid
}

fn standby_word(workload: &WorkloadChange, change: &StandbyChange) -> &'static str {
    match change {
        StandbyChange::New(new) if workload.primaries.contains(&new.offer) => "spare room",
        StandbyChange::New(_) => "new standby",
        StandbyChange::Dropped(_) => "drop standby",
        StandbyChange::Changed { .. } => "change standby",
    }
}

/// `hot`, or `warm, 7 days`.
#[must_use]
pub fn readiness(standby: &Standby) -> String {
    match standby.readiness {
        Readiness::Hot => "hot".to_owned(),
        Readiness::Warm => format!("warm, {}", days(standby.lead_days)),
    }
}

/// Cost and risk before and after.
#[must_use]
pub fn buys(optimized: &Optimized) -> Grid {
    let mut grid = Grid::new("What does it buy?", &["figure", ">today", ">plan", ">change"]);
    let cvar = format!("CVaR {}", level(optimized.confidence_level));
    let plan = optimized.plan.as_ref();
    let mut row = |name: &str, before: Option<f64>, after: Option<f64>| {
        let text = |x: Option<f64>| x.map_or_else(|| ABSENT.to_owned(), usd);
        let change = before.zip(after).map_or_else(|| ABSENT.to_owned(), |(b, a)| usd_change(a - b));
        grid.row([name.to_owned(), text(before), text(after), change]);
    };
    let of =
        |figure: fn(&Figures) -> f64| (Some(figure(&optimized.current)), plan.map(|p| figure(&p.figures)));
    let fresh = |figure: fn(&Figures) -> f64| {
        (plan.map(|p| figure(&p.current_out_of_sample)), plan.map(|p| figure(&p.out_of_sample)))
    };
    let (before, after) = of(|f| f.monthly_cost_usd);
    row("planned cost a month, USD", before, after);
    let (before, after) = of(|f| f.aal_usd);
    row("AAL, average loss a year, USD", before, after);
    let (before, after) = fresh(|f| f.aal_usd);
    row("AAL on fresh trials, USD", before, after);
    let (before, after) = of(|f| f.cvar_usd);
    row(&format!("{cvar}, mean loss of the worst years, USD"), before, after);
    let (before, after) = fresh(|f| f.cvar_usd);
    row(&format!("{cvar} on fresh trials, USD"), before, after);
    grid.note(format!(
        "Fresh trials: {}, drawn after the plan was made, so that it cannot have been fitted to them.",
        count(optimized.n_fresh_trials)
    ));
    grid
}

/// What each standby, and each of several offers, is worth.
#[must_use]
pub fn hedges(plan: &Recommended) -> Grid {
    let mut grid = Grid::new(
        "What is each standby and each second source worth?",
        &[
            "workload",
            "=offer",
            "role",
            ">loss avoided, USD",
            ">cost, USD",
            ">pays up to, USD a month",
            ">at least",
            ">at most",
        ],
    );
    let hedges = &plan.hedges;
    for hedge in hedges.list.iter().take(SHOWN) {
        let role = match hedge.role {
            HedgeRole::Standby(readiness) => readiness.as_str().to_owned(),
            HedgeRole::Primary { share } => format!("{} beside others", percent(share)),
        };
        let needed = if hedge.needed_for.is_empty() { "" } else { " *" };
        grid.row([
            hedge.workload.clone(),
            hedge.offer.to_string(),
            format!("{role}{needed}"),
            usd(hedge.loss_avoided_usd.value),
            usd(hedge.cost_usd),
            usd(hedge.break_even_usd_per_month.value),
            fee_end(hedge.break_even_usd_per_month.low),
            fee_end(hedge.break_even_usd_per_month.high),
        ]);
    }
    if !grid.is_empty() {
        let n = hedges.list.len();
        let which = if n > SHOWN { format!(" The {SHOWN} of {n} worth most.") } else { String::new() };
        grid.note(format!(
            "Over the horizon, the plan without it against the plan, on the same {} fresh trials: loss weighted as in \
             the plan. Without a carrier, its share goes to the others of its users in proportion. Pays up to: the \
             monthly fee at which it would no longer pay, with its 95 % interval; for a carrier on top of its tokens. \
             Cost below 0: it saves.{which}",
            count(hedges.n_trials)
        ));
    }
    if hedges
        .list
        .iter()
        .take(SHOWN)
        .any(|hedge| hedge.break_even_usd_per_month.low.is_none_or(|low| low <= 0.0))
    {
        grid.note("Where at least is below 0, these trials cannot tell whether it is worth anything.");
    }
    let needed: BTreeSet<&str> = hedges
        .list
        .iter()
        .take(SHOWN)
        .flat_map(|hedge| hedge.needed_for.iter().map(String::as_str))
        .collect();
    if !needed.is_empty() {
        let needed: Vec<&str> = needed.into_iter().collect();
        grid.note(format!("*: without it the plan would break a limit ({}).", needed.join(", ")));
    }
    if !hedges.only_sources.is_empty() {
        let n = hedges.only_sources.len();
        let named = hedges.only_sources.iter().take(3).map(|(w, o)| format!("{o} for {w}"));
        let more = if n > 3 { format!(" and {} more", n - 3) } else { String::new() };
        grid.note(format!(
            "Not measured where they are the only source of their users: {}{more}.",
            named.collect::<Vec<_>>().join(", ")
        ));
    }
    grid
}

fn fee_end(usd_per_month: Option<f64>) -> String {
    usd_per_month.map_or_else(|| ABSENT.to_owned(), usd)
}
