//! Limits on shares: of one key, of the largest, their HHI, and how many keys count.

use std::ops::Range;

use super::{MAX_CAUSES, Measured, Subject, slack};
use crate::costs::exposure::{Concentration, ExposureSetting, PairShare};
use crate::model::instance::{CellIdx, Instance};
use crate::model::limit::{Bound, Dimension, Limit, Scope, Weight};
use crate::model::plan::Plan;

impl Subject<'_> {
    /// Measures the portfolio, or every workload: then the value is that of the workload with the least room, and
    /// every workload that breaks the bound is a cause.
    pub(super) fn worst_scope(
        &self,
        limit: &Limit,
        bound: Bound,
        measure: impl Fn(Range<CellIdx>) -> Measured,
    ) -> Measured {
        if limit.scope == Scope::Portfolio {
            return measure(0..self.instance.cells.len());
        }
        let measured = self.instance.workloads.iter().filter_map(|workload| {
            let measured = measure(workload.cells.clone());
            let value = measured.value?;
            Some((workload.workload.id.as_str(), value, measured))
        });
        let mut by_room: Vec<_> = measured.collect();
        by_room.sort_by(|a, b| slack(bound, a.1).total_cmp(&slack(bound, b.1)));
        let breaking = by_room.iter().filter(|(_, value, _)| slack(bound, *value) < 0.0);
        let causes = breaking.map(|(id, value, measured)| match &measured.worst {
            Some(worst) => format!("{id}: {value:.3} ({worst})"),
            None => format!("{id}: {value:.3}"),
        });
        let causes = causes.collect();
        by_room
            .first()
            .map(|(id, value, _)| Measured { value: Some(*value), worst: Some((*id).to_owned()), causes })
            .unwrap_or_default()
    }
}

/// Share of what is under one key, with the primaries that make it up.
pub(super) fn share(
    exposure: &ExposureSetting<'_>,
    plan: &Plan,
    cells: Range<CellIdx>,
    (dimension, key): (Dimension, &str),
    weight: Weight,
) -> Measured {
    let Some(mut pairs) = exposure.pair_shares(plan, cells, weight) else {
        return Measured::default();
    };
    pairs.retain(|pair| exposure.dimensions.offer_is(dimension, pair.offer, key));
    Measured {
        // The sum of nothing is minus zero.
        value: Some(pairs.iter().map(|pair| pair.share).fold(0.0, |sum, share| sum + share)),
        worst: Some(key.to_owned()),
        causes: largest_pairs(exposure.instance, pairs),
    }
}

/// The largest share of any key.
pub(super) fn max_share(
    exposure: &ExposureSetting<'_>,
    plan: &Plan,
    cells: Range<CellIdx>,
    dimension: Dimension,
    weight: Weight,
) -> Measured {
    let Some(concentration) = exposure.concentration(plan, cells.clone(), dimension, weight) else {
        return Measured::default();
    };
    let Some((key, value)) = concentration.largest() else {
        // Overlapping keys may be none at all.
        return Measured { value: Some(0.0), ..Measured::default() };
    };
    let mut pairs = exposure.pair_shares(plan, cells, weight).unwrap_or_default();
    pairs.retain(|pair| exposure.dimensions.keys(dimension, pair.offer).iter().any(|k| k == key));
    Measured {
        value: Some(value),
        worst: Some(key.to_owned()),
        causes: largest_pairs(exposure.instance, pairs),
    }
}

/// HHI over keys; none for keys that overlap.
pub(super) fn concentration(
    exposure: &ExposureSetting<'_>,
    plan: &Plan,
    cells: Range<CellIdx>,
    dimension: Dimension,
    weight: Weight,
) -> Measured {
    let Some(concentration) = exposure.concentration(plan, cells, dimension, weight) else {
        return Measured::default();
    };
    Measured {
        value: concentration.hhi,
        worst: concentration.largest().map(|(key, _)| key.to_owned()),
        causes: largest_keys(&concentration),
    }
}

/// Number of known keys that count.
pub(super) fn distinct(
    exposure: &ExposureSetting<'_>,
    plan: &Plan,
    cells: Range<CellIdx>,
    (dimension, counting_from): (Dimension, f64),
    weight: Weight,
) -> Measured {
    let Some(concentration) = exposure.concentration(plan, cells, dimension, weight) else {
        return Measured::default();
    };
    let counted: Vec<&str> = concentration.counted(counting_from).collect();
    let missed = concentration.shares.iter().filter(|(key, _)| !counted.contains(&key.as_str()));
    Measured {
        value: Some(counted.len() as f64),
        worst: None,
        causes: std::iter::once(format!("counted: {}", list(&counted)))
            .chain(missed.map(|(key, share)| format!("{key}: {share:.3} does not count")).take(MAX_CAUSES))
            .collect(),
    }
}

fn list(keys: &[&str]) -> String {
    if keys.is_empty() { "none".to_owned() } else { keys.join(", ") }
}

/// `workload/users: offer adds share`, the largest first.
fn largest_pairs(instance: &Instance, mut pairs: Vec<PairShare>) -> Vec<String> {
    pairs.sort_by(|a, b| b.share.total_cmp(&a.share).then((a.cell, a.offer).cmp(&(b.cell, b.offer))));
    let text = |pair: &PairShare| {
        let users = &instance.jurisdictions[instance.cells[pair.cell].users].id;
        let workload = &instance.workload_of(pair.cell).id;
        format!("{workload}/{users}: {} adds {:.3}", instance.offers[pair.offer].id, pair.share)
    };
    pairs.iter().take(MAX_CAUSES).map(text).collect()
}

fn largest_keys(concentration: &Concentration) -> Vec<String> {
    let mut shares: Vec<(&String, &f64)> = concentration.shares.iter().collect();
    shares.sort_by(|a, b| b.1.total_cmp(a.1).then(a.0.cmp(b.0)));
    shares.iter().take(MAX_CAUSES).map(|(key, share)| format!("{key}: {share:.3}")).collect()
}
