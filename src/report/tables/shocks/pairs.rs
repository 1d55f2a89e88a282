//! Which pairs of a portfolio a shock would hit: those in use one by one, the others counted.

use std::collections::BTreeSet;

use crate::model::instance::{CellIdx, Instance, JurisdictionIdx, OfferIdx, WorkloadIdx};
use crate::report::figures::{ABSENT, counted, days, percent, usd};
use crate::report::grid::Grid;
use crate::report::names::{offer, users, workload};
use crate::study::shocks::{PairEffect, PairHit, ShockView, Usage};

/// Primaries and standbys, users alike in one row.
pub(super) fn in_use(instance: &Instance, view: &ShockView<'_>) -> Grid {
    let mut grid = Grid::new(
        "Which pairs in use would it hit?",
        &["=workload", "users", "=offer", "used as", "what happens"],
    );
    let mut rows: Vec<Row> = Vec::new();
    let mut n_pairs = 0;
    let used: Vec<PairHit> = view.hits.iter().filter(|hit| hit.usage.is_used()).copied().collect();
    for hits in used.chunk_by(|a, b| (a.cell, a.offer) == (b.cell, b.offer)) {
        n_pairs += 1;
        let cell = &instance.cells[hits[0].cell];
        let row = Row {
            workload: cell.workload,
            offer: hits[0].offer,
            usage: usage(hits[0].usage),
            told: hits.iter().map(told).collect::<Vec<_>>().join("; "),
            users: vec![cell.users],
        };
        match rows.iter_mut().find(|known| known.is_like(&row)) {
            Some(known) => known.users.push(cell.users),
            None => rows.push(row),
        }
    }
    for row in rows {
        grid.row([
            workload(instance, row.workload).to_owned(),
            users(instance, row.workload, &row.users),
            offer(instance, row.offer),
            row.usage,
            row.told,
        ]);
    }
    let all = n_in_use(instance);
    grid.note(match n_pairs {
        0 => format!("None of {}.", counted(all, "pair")),
        n => format!("{n} of {} in use.", counted(all, "pair")),
    });
    grid.note("A pair: the users of a workload in one country, and an offer. Share: of their demand.");
    grid
}

struct Row {
    workload: WorkloadIdx,
    offer: OfferIdx,
    usage: String,
    told: String,
    users: Vec<JurisdictionIdx>,
}

impl Row {
    fn is_like(&self, other: &Self) -> bool {
        (self.workload, self.offer) == (other.workload, other.offer)
            && self.usage == other.usage
            && self.told == other.told
    }
}

/// Pairs that are primary or standby.
fn n_in_use(instance: &Instance) -> usize {
    let of_cell = |cell: &crate::model::instance::Cell| {
        let standby = instance.workloads[cell.workload].standby.iter().map(|s| s.offer);
        cell.allocation.iter().map(|s| s.0).chain(standby).collect::<BTreeSet<_>>().len()
    };
    instance.cells.iter().map(of_cell).sum()
}

fn usage(usage: Usage) -> String {
    let share = (usage.share > 0.0).then(|| format!("primary, {}", percent(usage.share)));
    let standby = usage.standby.map(|readiness| format!("{} standby", readiness.as_str()));
    share.into_iter().chain(standby).collect::<Vec<_>>().join("; ")
}

fn told(hit: &PairHit) -> String {
    let after = |what: &str, after_days: f64| {
        if after_days > 0.0 {
            format!("{what} after {}", days(after_days))
        } else {
            format!("{what} at once")
        }
    };
    let what = match hit.effect {
        PairEffect::Unavailable => "unavailable".to_owned(),
        PairEffect::Stop { after_days } => after("stops", after_days),
        PairEffect::Cut { after_days } => after("loses its hardware, stops", after_days),
        PairEffect::NoNew => "no new use".to_owned(),
        PairEffect::Stale => "no updates".to_owned(),
        PairEffect::CapacityTimes(k) => format!("capacity × {k}"),
        PairEffect::PriceTimes(k) => format!("price × {k}"),
        PairEffect::OneOffUsdPerWorkload(x) => format!("one-off of {} USD per workload", usd(x)),
    };
    if hit.probability < 1.0 {
        format!("{what}, with probability {}", percent(hit.probability))
    } else {
        what
    }
}

/// Pairs that a workload may newly use and does not use, per workload.
pub(super) fn not_in_use(instance: &Instance, view: &ShockView<'_>) -> Grid {
    let mut grid = Grid::new(
        "Offers that could be used instead and would be hit too",
        &[
            "=workload",
            ">pairs hit",
            ">stop serving",
            ">no new use",
            ">no updates",
            ">capacity",
            ">price, one-off",
        ],
    );
    let others: Vec<&PairHit> =
        view.hits.iter().filter(|hit| !hit.usage.is_used() && hit.usage.is_eligible).collect();
    for w in 0..instance.workloads.len() {
        let of_workload: Vec<&PairHit> =
            others.iter().filter(|hit| instance.cells[hit.cell].workload == w).copied().collect();
        let count = |is: &dyn Fn(PairEffect) -> bool| {
            let pairs: BTreeSet<(CellIdx, OfferIdx)> =
                of_workload.iter().filter(|hit| is(hit.effect)).map(|hit| (hit.cell, hit.offer)).collect();
            pairs.len()
        };
        let shown =
            |n: usize| if n == 0 { ABSENT.to_owned() } else { crate::report::figures::count(n as u64) };
        if of_workload.is_empty() {
            continue;
        }
        grid.row([
            workload(instance, w).to_owned(),
            shown(count(&|_| true)),
            shown(count(&|s| {
                matches!(s, PairEffect::Unavailable | PairEffect::Stop { .. } | PairEffect::Cut { .. })
            })),
            shown(count(&|s| s == PairEffect::NoNew)),
            shown(count(&|s| s == PairEffect::Stale)),
            shown(count(&|s| matches!(s, PairEffect::CapacityTimes(_)))),
            shown(count(&|s| matches!(s, PairEffect::PriceTimes(_) | PairEffect::OneOffUsdPerWorkload(_)))),
        ]);
    }
    grid.note(
        "Pairs that the workload may newly use and does not use today. Stop serving: unavailable, for certain or with some \
         probability, or stopped at once or after buffers. --format json lists every pair, also those that may not be \
         used.",
    );
    grid
}
