//! The first section: what to do, in a few moves.

use crate::model::instance::Instance;
use crate::report::figures::{level, percent, usd, usd_change};
use crate::report::grid::escaped;
use crate::report::names::{offer, users, workload};
use crate::report::tables::optimize::readiness;
use crate::report::verdict::{aim, current_breaks, verdict};
use crate::study::plan::changes::{StandbyChange, WorkloadChange, workload_changes};
use crate::study::plan::outcome::{Optimized, Recommended};
use crate::study::results::StudyResults;

/// Workloads that have a line of their own; the rest is counted, and listed at the end of the page.
const WORKLOADS_SHOWN: usize = 8;
/// Moves of one workload that are written out.
const SHIFTS_SHOWN: usize = 3;

pub(super) fn what_to_do(results: &StudyResults<'_>) -> String {
    let mut out = "## What to do\n\n".to_owned();
    let optimized = match &results.optimized {
        Ok(optimized) => optimized,
        Err(why) => {
            out.push_str(&format!("**There is no plan.** {}.\n\n", escaped(why)));
            return out;
        }
    };
    out.push_str(&format!("**{}**", escaped(&verdict(optimized))));
    if let Some(broken) = current_breaks(optimized) {
        out.push_str(&format!(" {}", escaped(&broken)));
    }
    out.push_str("\n\n");
    if let Some(plan) = results.recommended() {
        out.push_str(&moves(results, plan));
        out.push_str(&effects(results, optimized, plan));
    }
    out.push_str(&format!("{}\n\n", escaped(&aim(optimized))));
    out
}

fn moves(results: &StudyResults<'_>, plan: &Recommended) -> String {
    let session = results.session;
    let changes = workload_changes(&session.setting, &session.current, &plan.plan);
    let mut out: String =
        changes.iter().take(WORKLOADS_SHOWN).map(|change| bullet(session.instance, change)).collect();
    let left = changes.len().saturating_sub(WORKLOADS_SHOWN);
    if left > 0 {
        let cost: f64 = changes.iter().skip(WORKLOADS_SHOWN).map(|c| c.monthly_cost_usd).sum();
        out.push_str(&format!(
            "- {left} more workloads change, for USD {} a month; [all changes](#all-changes) are listed at the end.\n",
            usd_change(cost)
        ));
    }
    for (id, n) in plan.replicas.iter().filter(|(_, n)| **n > 0) {
        let unit = if *n == 1 { "replica" } else { "replicas" };
        out.push_str(&format!("- Run {n} {unit} (whole serving units) of `{id}`.\n"));
    }
    out
}

/// One workload: from, to, share, standbys, cost.
fn bullet(instance: &Instance, change: &WorkloadChange) -> String {
    let mut steps: Vec<String> = change
        .shifts
        .iter()
        .take(SHIFTS_SHOWN)
        .map(|shift| {
            format!(
                "move {} from `{}` to `{}` ({})",
                percent(shift.share),
                offer(instance, shift.from),
                offer(instance, shift.to),
                users(instance, change.workload, &shift.users)
            )
        })
        .collect();
    if change.shifts.len() > SHIFTS_SHOWN {
        let rest: f64 = change.shifts.iter().skip(SHIFTS_SHOWN).map(|s| s.share).sum();
        steps.push(format!("move {} more as listed at the end", percent(rest)));
    }
    steps.extend(change.standby.iter().map(|standby| standby_step(instance, change, standby)));
    format!(
        "- **{}**: {}. USD {} a month.\n",
        escaped(workload(instance, change.workload)),
        steps.join("; "),
        usd_change(change.monthly_cost_usd)
    )
}

fn standby_step(instance: &Instance, workload: &WorkloadChange, change: &StandbyChange) -> String {
    let standby = change.standby();
    let id = offer(instance, standby.offer);
    let (ready, cover) = (readiness(&standby), percent(standby.cover));
    match change {
        StandbyChange::New(_) if workload.primaries.contains(&standby.offer) => {
            format!("keep spare room ({ready}) for {cover} of the demand on `{id}`")
        }
        StandbyChange::New(_) => format!("prepare `{id}` as a standby ({ready}) for {cover} of the demand"),
        StandbyChange::Dropped(_) => format!("drop the standby `{id}`"),
        StandbyChange::Changed { before, .. } => format!(
            "change the standby `{id}` from {} for {} to {ready} for {cover} of the demand",
            readiness(before),
            percent(before.cover)
        ),
    }
}

fn effects(results: &StudyResults<'_>, optimized: &Optimized, plan: &Recommended) -> String {
    let (before, after) = (&optimized.current, &plan.figures);
    let change_usd = after.monthly_cost_usd - before.monthly_cost_usd;
    let currency = &results.session.instance.portfolio.currency;
    let own = if currency.code == "USD" || currency.usd <= 0.0 {
        String::new()
    } else {
        format!(", that is {} {}", escaped(&currency.code), usd_change(change_usd / currency.usd))
    };
    let mut out = format!(
        "- In all: USD {} a month (from {} to {}){own}.\n",
        usd_change(change_usd),
        usd(before.monthly_cost_usd),
        usd(after.monthly_cost_usd)
    );
    let fresh = (&plan.current_out_of_sample, &plan.out_of_sample);
    out.push_str(&format!(
        "- Average loss a year (AAL): from USD {} to {}; on fresh trials from {} to {}.\n",
        usd(before.aal_usd),
        usd(after.aal_usd),
        usd(fresh.0.aal_usd),
        usd(fresh.1.aal_usd)
    ));
    out.push_str(&format!(
        "- Mean loss of the worst {} of trials (CVaR {}): from USD {} to {}; on fresh trials from {} to {}.\n",
        percent(1.0 - optimized.confidence_level),
        level(optimized.confidence_level),
        usd(before.cvar_usd),
        usd(after.cvar_usd),
        usd(fresh.0.cvar_usd),
        usd(fresh.1.cvar_usd)
    ));
    if let Some(outlook) = &results.outlook {
        let pairs = results.checked.limits.iter().zip(&outlook.checked.limits);
        let mended: Vec<String> = pairs
            .filter(|(today, then)| today.kept == Some(false) && then.kept == Some(true))
            .map(|(today, _)| escaped(&today.name))
            .collect();
        if !mended.is_empty() {
            out.push_str(&format!("- Limits broken today that the plan keeps: {}.\n", mended.join(", ")));
        }
        let broken: Vec<String> = outlook.checked.breached().map(|limit| escaped(&limit.name)).collect();
        if !broken.is_empty() {
            out.push_str(&format!("- Limits that the plan still breaks: {}.\n", broken.join(", ")));
        }
    }
    out.push('\n');
    out
}
