//! Offers in use that retire within the notice, as diagnostics.

use super::RETIRES_WITHIN_NOTICE;
use crate::exposure::retirements::{Retirement, RetiringUse};
use crate::input::Loaded;
use crate::input::diagnostic::{Diagnostic, Severity};
use crate::report::figures::percent;
use crate::study::session::Retiring;
use crate::units::format_days;

/// One warning per offer and workload, at the workload's allocation, or at its standbys when it is only one of these.
pub(super) fn within_notice(loaded: &Loaded, retiring: &Retiring) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for retirement in &retiring.offers {
        found.extend(retirement.uses.iter().map(|used| diagnostic(loaded, retiring, retirement, used)));
    }
    found
}

fn diagnostic(
    loaded: &Loaded,
    retiring: &Retiring,
    retirement: &Retirement,
    used: &RetiringUse,
) -> Diagnostic {
    let instance = &loaded.instance;
    let offer = &instance.offers[retirement.offer];
    let workload = &instance.workloads[used.workload].workload.id;
    let at = instance.portfolio.workloads.iter().position(|w| w.id == *workload).unwrap_or_default();
    let does = match (used.share > 0.0, used.standby) {
        (true, _) => format!("carries {} of '{workload}'", percent(used.share)),
        (false, Some(readiness)) => format!("is a {} standby of '{workload}'", readiness.as_str()),
        (false, None) => format!("serves '{workload}'"),
    };
    let notice = format_days(retiring.notice_days);
    let when = if retirement.days < 0.0 {
        format!("its host ended it on {}", retirement.day)
    } else {
        format!("its host ends it on {}, within {notice} of the start", retirement.day)
    };
    let successor = offer.entry.successor.as_ref();
    let successor = successor.map_or_else(String::new, |id| format!("; its host names '{id}' in its place"));
    loaded.positions.diagnostic(
        &["workloads", &at.to_string(), if used.share > 0.0 { "allocation" } else { "standby" }],
        RETIRES_WITHIN_NOTICE,
        Severity::Warning,
        format!("'{}' {does}, but {when}{successor}", offer.id),
        Some("move the demand before that day; --notice sets how early this is said".to_owned()),
    )
}
