//! Takeovers in a scenario: which offer took demand over from which.

use std::collections::BTreeMap;

use super::outcome::{SHARE_TOLERANCE, Takeover};
use super::played::PlayedCell;
use crate::model::instance::{CellIdx, Instance, OfferIdx, WorkloadIdx};
use crate::service::routing::Alternative;

/// Takeovers by workload, offers and kind of alternative, the largest share first.
pub(super) fn takeovers(instance: &Instance, cells: &[PlayedCell]) -> Vec<Takeover> {
    // First day, and largest share at one time, per cell; shares of a workload's cells add up.
    let mut by_cell: BTreeMap<(CellIdx, OfferIdx, OfferIdx, Alternative), (f64, f64)> = BTreeMap::new();
    for PlayedCell { cell_model, outcome, .. } in cells {
        for spell in &outcome.spells {
            for h in &spell.handovers {
                let key =
                    (cell_model.cell, cell_model.members[h.from].offer, cell_model.members[h.to].offer, h.by);
                let entry = by_cell.entry(key).or_insert((spell.start, 0.0));
                entry.1 = entry.1.max(h.share * cell_model.users_share);
            }
        }
    }
    let mut by_workload: BTreeMap<(WorkloadIdx, OfferIdx, OfferIdx, Alternative), (f64, f64)> =
        BTreeMap::new();
    for ((cell, from, to, by), (day, share)) in by_cell {
        let key = (instance.cells[cell].workload, from, to, by);
        let entry = by_workload.entry(key).or_insert((day, 0.0));
        entry.0 = entry.0.min(day);
        entry.1 += share;
    }
    let mut takeovers: Vec<Takeover> = by_workload
        .into_iter()
        .map(|((workload, from, to, by), (first_day, share))| Takeover {
            workload,
            from,
            to,
            by,
            first_day,
            share,
        })
        .filter(|t| t.share >= SHARE_TOLERANCE)
        .collect();
    takeovers.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.workload.cmp(&b.workload)));
    takeovers
}
