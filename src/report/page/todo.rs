//! The first section: what to do, in a few moves.

use crate::report::answer::changes::{ChangedStandby, ChangedWorkload};
use crate::report::answer::check::LimitAnswer;
use crate::report::answer::moves::StandbyWord;
use crate::report::answer::optimize::OptimizeAnswer;
use crate::report::answer::plans::PlanFigures;
use crate::report::answer::results::ResultsAnswer;
use crate::report::figures::{level, percent};
use crate::report::grid::{code_span, escaped};
use crate::report::money::{CODE, amount, amount_change};
use crate::report::names::some_users;
use crate::report::tables::optimize::{readiness, shared_words};
use crate::report::verdict::{aim, current_breaks, verdict, worse_tail};

/// Workloads that have a line of their own; the rest is counted, and listed at the end of the page.
const WORKLOADS_SHOWN: usize = 8;
/// Moves of one workload that are written out.
const MOVES_SHOWN: usize = 3;

pub(super) fn what_to_do(results: &ResultsAnswer) -> String {
    let mut out = "## What to do\n\n".to_owned();
    let Some(answer) = &results.optimize else {
        let why = results.optimize_error.as_deref().unwrap_or_default();
        out.push_str(&format!("**There is no plan.** {}.\n\n", escaped(why)));
        return out;
    };
    out.push_str(&format!("**{}**", escaped(&verdict(answer))));
    if let Some(broken) = current_breaks(answer) {
        out.push_str(&format!(" {}", escaped(&broken)));
    }
    if let Some(worse) = worse_tail(answer) {
        out.push_str(&format!(" {}", escaped(&worse)));
    }
    out.push_str("\n\n");
    if let Some((chosen, plan)) = results.chosen().and_then(|chosen| Some((chosen, chosen.recommended()?))) {
        out.push_str(&moves(chosen));
        out.push_str(&effects(results, chosen, plan));
    }
    out.push_str(&format!("{}\n\n", escaped(&aim(answer))));
    out
}

fn moves(answer: &OptimizeAnswer) -> String {
    let changes = &answer.changes;
    let mut out: String = changes.iter().take(WORKLOADS_SHOWN).map(bullet).collect();
    let left = changes.len().saturating_sub(WORKLOADS_SHOWN);
    if left > 0 {
        let cost: f64 = changes.iter().skip(WORKLOADS_SHOWN).map(|c| c.monthly_cost_usd).sum();
        out.push_str(&format!(
            "- {left} more workloads change, for {CODE} {} a month; [all changes](#all-changes) are listed at the end.\n",
            amount_change(cost)
        ));
    }
    for shared in &answer.shared_changes {
        let (name, change) = shared_words(shared);
        let (id, cost) = (code_span(&shared.id), amount_change(shared.monthly_cost_usd));
        out.push_str(&format!("- {name}, {id}: {change}. {CODE} {cost} a month.\n"));
    }
    out
}

/// One workload: from, to, share, standbys, cost.
fn bullet(change: &ChangedWorkload) -> String {
    let moves = change.moves.iter().take(MOVES_SHOWN).map(|moved| {
        let (share, users) = (percent(moved.share), some_users(moved.users.as_ref()));
        let (from, to) = (code_span(&moved.from), code_span(&moved.to));
        format!("move {share} from {from} to {to} ({users})")
    });
    let mut steps: Vec<String> = moves.collect();
    if change.moves.len() > MOVES_SHOWN {
        let rest: f64 = change.moves.iter().skip(MOVES_SHOWN).map(|s| s.share).sum();
        steps.push(format!("move {} more as listed at the end", percent(rest)));
    }
    steps.extend(change.standby.iter().map(standby_step));
    format!(
        "- **{}**: {}. {CODE} {} a month.\n",
        escaped(&change.workload),
        steps.join("; "),
        amount_change(change.monthly_cost_usd)
    )
}

fn standby_step(standby: &ChangedStandby) -> String {
    let id = code_span(&standby.offer);
    let (ready, cover) = (readiness(standby.readiness, standby.lead_days), percent(standby.cover));
    match (standby.change, &standby.today) {
        (StandbyWord::New, _) if standby.is_reserve => {
            format!("reserve extra capacity at {id} ({ready}) for {cover} of the demand")
        }
        (StandbyWord::New, _) => format!("prepare {id} as a standby ({ready}) for {cover} of the demand"),
        (StandbyWord::Dropped, _) => format!("drop the standby {id}"),
        (StandbyWord::Changed, None) => {
            format!("change the standby {id} to {ready} for {cover} of the demand")
        }
        (StandbyWord::Changed, Some(today)) => format!(
            "change the standby {id} from {} for {} to {ready} for {cover} of the demand",
            readiness(today.readiness, today.lead_days),
            percent(today.cover)
        ),
    }
}

fn effects(results: &ResultsAnswer, answer: &OptimizeAnswer, after: &PlanFigures) -> String {
    let (before, after) = (answer.current_out_of_sample.unwrap_or(answer.current), after.out_of_sample);
    let change_usd = after.monthly_cost_usd - before.monthly_cost_usd;
    let mut out = format!(
        "- In all: {CODE} {} a month (from {} to {}).\n",
        amount_change(change_usd),
        amount(before.monthly_cost_usd),
        amount(after.monthly_cost_usd)
    );
    out.push_str(&format!(
        "- Average annual loss (AAL): from {CODE} {} to {}.\n- Mean loss of the worst {} of trials (CVaR {}): from {CODE} {} to \
         {}.\n",
        amount(before.aal_usd),
        amount(after.aal_usd),
        percent(1.0 - answer.confidence_level),
        level(answer.confidence_level),
        amount(before.cvar_usd),
        amount(after.cvar_usd)
    ));
    out.push_str(&format!("- Cost of the change, once: {CODE} {}.\n", amount(after.change_usd)));
    if let Some(plan) = &results.plan {
        out.push_str(&limits(&results.check.limits, &plan.limits));
    }
    out.push('\n');
    out
}

/// Limits that the plan mends, and those that it still breaks.
fn limits(today: &[LimitAnswer], then: &[LimitAnswer]) -> String {
    let mut out = String::new();
    let pairs = today.iter().zip(then);
    let mended: Vec<String> = pairs
        .filter(|(today, then)| today.kept == Some(false) && then.kept == Some(true))
        .map(|(today, _)| escaped(&today.limit))
        .collect();
    if !mended.is_empty() {
        out.push_str(&format!("- Limits broken today and kept by the plan: {}.\n", mended.join(", ")));
    }
    let broken: Vec<String> = then.iter().filter(|l| l.breached).map(|l| escaped(&l.limit)).collect();
    if !broken.is_empty() {
        out.push_str(&format!("- Limits that the plan still breaks: {}.\n", broken.join(", ")));
    }
    out
}
