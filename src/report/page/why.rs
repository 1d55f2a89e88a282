//! Why: exposure, losses of one and of two, scenarios, the loss distribution.

use std::collections::BTreeMap;

use super::sub_section;
use crate::report::answer::results::ResultsAnswer;
use crate::report::figures::percent;
use crate::report::grid::escaped;
use crate::report::money::{CODE, amount, amount_estimate};
use crate::report::tables::simulate::ranked;
use crate::report::tables::{exposure, simulate, stress};

pub(super) fn why(results: &ResultsAnswer) -> String {
    let mut out = "## Why\n\n".to_owned();
    out.push_str(&short(results));
    for grid in exposure::tables(&results.exposure) {
        out.push_str(&sub_section(&grid));
    }
    out.push_str(&sub_section(&stress::overview(&results.stress.scenarios)));
    for scenario in results.stress.scenarios.iter().filter(|s| s.loss_usd > 0.0).take(1) {
        out.push_str(&sub_section(&stress::workloads(scenario)));
        let takeovers = stress::takeovers(scenario);
        if !takeovers.is_empty() {
            out.push_str(&sub_section(&takeovers));
        }
    }
    for grid in simulate::tables(&results.simulate) {
        out.push_str(&sub_section(&grid));
    }
    out
}

/// The reasons in a few sentences, before the tables.
fn short(results: &ResultsAnswer) -> String {
    let simulated = &results.simulate;
    let mut out = format!(
        "Today supply risk costs {CODE} {} a year on average (95 % interval in brackets).",
        amount_estimate(&simulated.aal_usd.interval())
    );
    let name = |names: &BTreeMap<String, String>, id: &str| escaped(names.get(id).map_or(id, String::as_str));
    let by = &simulated.aal_by;
    if let Some((id, part)) = ranked(&by.shock).first() {
        out.push_str(&format!(
            " The largest part, {}, begins with '{}'.",
            percent(part / by.shock.values().sum::<f64>()),
            name(&simulated.shock_names, id)
        ));
    }
    if let Some((id, part)) = ranked(&by.actor).first() {
        out.push_str(&format!(
            " By who acts, the largest part, {}, is that of {}.",
            percent(part / by.actor.values().sum::<f64>()),
            name(&simulated.actor_names, id)
        ));
    }
    if let Some(group) = exposure::costliest(&results.exposure).first() {
        out.push_str(&format!(
            " The costliest single failure would be that of {}: {CODE} {} over the horizon.",
            escaped(&exposure::named(&group[..1]).concat()),
            amount(group[0].loss_usd)
        ));
    }
    out.push_str("\n\n");
    out
}
