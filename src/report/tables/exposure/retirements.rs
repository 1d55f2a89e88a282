//! The retirement calendar as a table.

use crate::report::answer::exposure::ExposureAnswer;
use crate::report::answer::retirements::RetiringUseAnswer;
use crate::report::figures::{ABSENT, number, percent};
use crate::report::grid::Grid;

/// One row per offer in use that its host ends, the earliest first.
pub(super) fn retirements(answer: &ExposureAnswer) -> Grid {
    let columns = ["=offer", "=retires", ">days from start", "what stands on it", "=successor"];
    let mut grid = Grid::new("Retirement calendar: offers in use that their hosts end", &columns);
    for entry in &answer.retirements {
        grid.row([
            entry.offer.clone(),
            entry.retires.clone(),
            number(entry.days),
            entry.workloads.iter().map(used).collect::<Vec<_>>().join(", "),
            entry.successor.clone().unwrap_or_else(|| ABSENT.to_owned()),
        ]);
    }
    grid.note(if answer.retirements.is_empty() {
        "No host has announced the end of an offer in use."
    } else {
        "An offer that ends within the horizon is not eligible any more: the demand on it must move before that day. The \
         successor is what the host names, not a recommendation."
    });
    grid
}

/// `claims 40 %`, `claims warm standby`, `claims 40 % and warm standby`.
fn used(used: &RetiringUseAnswer) -> String {
    let share = (used.share > 0.0).then(|| percent(used.share));
    let standby = used.standby.as_ref().map(|readiness| format!("{readiness} standby"));
    let parts: Vec<String> = share.into_iter().chain(standby).collect();
    format!("{} {}", used.workload, parts.join(" and "))
}
