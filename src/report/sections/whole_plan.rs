//! What the whole plan would change, where less than it is recommended.

use super::ColumnKind::{Amount, Share, Text};
use super::{TypedTable, TypedValue, number, text};
use crate::report::answer::changes::{ChangedStandby, ChangedWorkload, SharedCostChange, WorkloadMove};
use crate::report::answer::results::ResultsAnswer;
use crate::report::names::some_users;
use crate::report::tables::optimize::{readiness, shared_words, standby_word};

/// The changes by workload, with what they cost; without rows where the whole plan is recommended, or no change is.
#[must_use]
pub fn whole_plan(results: &ResultsAnswer) -> TypedTable {
    let table = TypedTable::new(
        "WholePlan",
        "What the whole plan would change",
        &[
            ("workload", Text),
            ("change", Text),
            ("offer", Text),
            ("for", Text),
            ("share of its demand", Share),
            ("cost a month, more or less", Amount),
        ],
    );
    let rows: Vec<Vec<TypedValue>> = results.whole_plan().map_or_else(Vec::new, |answer| {
        let shared = answer.shared_changes.iter().map(shared);
        answer.changes.iter().flat_map(workload).chain(shared).collect()
    });
    table.whole().rows(rows).note(
        "For comparison: its cost and risk are the last of the options. The cost of a workload stands at its first change; machines and \
         contracts, which workloads share, have rows of their own.",
    )
}

/// The changes of a workload. It costs more or less as a whole: the amount stands at its first change.
fn workload(own: &ChangedWorkload) -> Vec<Vec<TypedValue>> {
    let steps = own.moves.iter().map(moved).chain(own.standby.iter().map(standby));
    let costs = std::iter::once(number(own.monthly_cost_usd)).chain(std::iter::repeat(TypedValue::Absent));
    let row = |([change, offer, users, share], cost): ([TypedValue; 4], TypedValue)| {
        vec![text(&own.workload), change, offer, users, share, cost]
    };
    steps.zip(costs).map(row).collect()
}

/// Machines and contracts that workloads share.
fn shared(own: &SharedCostChange) -> Vec<TypedValue> {
    let (name, change) = shared_words(own);
    let cost = number(own.monthly_cost_usd);
    vec![text(name), text(change), text(&own.id), TypedValue::Absent, TypedValue::Absent, cost]
}

fn moved(own: &WorkloadMove) -> [TypedValue; 4] {
    let users = some_users(own.users.as_ref());
    [text("move"), text(format!("{} → {}", own.from, own.to)), text(users), number(own.share)]
}

fn standby(own: &ChangedStandby) -> [TypedValue; 4] {
    let ready = readiness(own.readiness, own.lead_days);
    [text(standby_word(own)), text(&own.offer), text(ready), number(own.cover)]
}
