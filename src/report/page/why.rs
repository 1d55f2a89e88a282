//! Why: exposure, losses of one and of two, scenarios, the loss distribution.

use super::sub_section;
use crate::report::figures::{percent, usd, usd_mean};
use crate::report::grid::escaped;
use crate::report::names::{jurisdiction, shock};
use crate::report::tables::simulate::ranked;
use crate::report::tables::{exposure, simulate, stress};
use crate::study::results::StudyResults;

pub(super) fn why(results: &StudyResults<'_>) -> String {
    let instance = results.session.instance;
    let mut out = "## Why\n\n".to_owned();
    out.push_str(&short(results));
    for grid in exposure::exposure(instance, &results.exposure) {
        out.push_str(&sub_section(&grid));
    }
    out.push_str(&sub_section(&stress::overview(&results.stress)));
    for outcome in results.stress.iter().filter(|o| o.loss.total_usd() > 0.0).take(1) {
        out.push_str(&sub_section(&stress::workloads(outcome)));
        let takeovers = stress::takeovers(instance, outcome);
        if !takeovers.is_empty() {
            out.push_str(&sub_section(&takeovers));
        }
    }
    for grid in simulate::simulate(instance, &results.simulated) {
        out.push_str(&sub_section(&grid));
    }
    out
}

/// The reasons in a few sentences, before the tables.
fn short(results: &StudyResults<'_>) -> String {
    let instance = results.session.instance;
    let summary = &results.simulated.summary;
    let mut out = format!(
        "Today supply risk costs USD {} a year on average (95 % interval in brackets).",
        usd_mean(&summary.aal)
    );
    if let Some((id, part)) = ranked(&summary.aal_by.shock).first() {
        out.push_str(&format!(
            " Most of it, {}, begins with '{}'.",
            percent(part / summary.aal_by.shock.values().sum::<f64>()),
            escaped(&shock(instance, id))
        ));
    }
    if let Some((id, part)) = ranked(&summary.aal_by.jurisdiction).first() {
        out.push_str(&format!(
            " By acting jurisdiction the largest part, {}, is put down to {}.",
            percent(part / summary.aal_by.jurisdiction.values().sum::<f64>()),
            escaped(&jurisdiction(instance, id))
        ));
    }
    if let Some(group) = exposure::costliest(&results.exposure).first() {
        out.push_str(&format!(
            " The costliest single loss would be that of {}: USD {} over the horizon.",
            escaped(&exposure::named(instance, &group[..1]).concat()),
            usd(group[0].loss.total_usd())
        ));
    }
    out.push_str("\n\n");
    out
}
