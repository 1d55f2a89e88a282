//! Limits on shares: the share of one key, the largest share, the HHI, and the number of keys that count.

use std::ops::Range;

use super::{CauseCell, MAX_CAUSES, MeasuredLimit, Subject, slack};
use crate::exposure::shares::{Concentration, ExposureSetting, PairShare};
use crate::model::instance::{CellIdx, Instance};
use crate::model::limit::{Bound, Dimension, Limit, Scope, Weight};
use crate::model::plan::Plan;

impl Subject<'_> {
    /// Measures the portfolio or each workload, by the limit's scope.
    ///
    /// With `each_workload`, the value is that of the workload with the least slack, and every workload that breaks
    /// the bound is a cause.
    pub(super) fn worst_scope(
        &self,
        limit: &Limit,
        bound: Bound,
        measure: impl Fn(Range<CellIdx>) -> MeasuredLimit,
    ) -> MeasuredLimit {
        if limit.scope == Scope::Portfolio {
            return measure(0..self.instance.cells.len());
        }
        let measured = self.instance.workloads.iter().filter_map(|workload| {
            let measured = measure(workload.cells.clone());
            let value = measured.value?;
            Some((workload.workload.id.as_str(), value, measured))
        });
        let mut by_slack: Vec<_> = measured.collect();
        by_slack.sort_by(|a, b| slack(bound, a.1).total_cmp(&slack(bound, b.1)));
        let breaking = by_slack.iter().filter(|(_, value, _)| slack(bound, *value) < 0.0);
        let causes = breaking.map(|(id, value, measured)| match &measured.worst {
            Some(worst) => format!("{id}: {value:.3} ({worst})"),
            None => format!("{id}: {value:.3}"),
        });
        let causes = causes.collect();
        let is_breaking = |value: f64| slack(bound, value) < 0.0;
        let cells = by_slack.iter().filter(|w| is_breaking(w.1)).flat_map(|w| w.2.cells.clone()).collect();
        by_slack
            .first()
            .map(|(id, value, _)| MeasuredLimit {
                value: Some(*value),
                worst: Some((*id).to_owned()),
                causes,
                cells,
            })
            .unwrap_or_default()
    }
}

/// Share of one key, with the primaries that make it up.
pub(super) fn share(
    exposure: &ExposureSetting<'_>,
    plan: &Plan,
    cells: Range<CellIdx>,
    (dimension, key, bound): (Dimension, &str, Bound),
    weight: Weight,
) -> MeasuredLimit {
    let Some(mut pairs) = exposure.pair_shares(plan, cells, weight) else {
        return MeasuredLimit::default();
    };
    let all = pairs.clone();
    pairs.retain(|pair| exposure.dimensions.offer_is(dimension, pair.offer, key));
    // `sum` of an empty iterator is −0.0.
    let value = pairs.iter().map(|pair| pair.share).fold(0.0, |sum, share| sum + share);
    if bound.at_least.is_some_and(|end| slack(Bound { at_least: Some(end), at_most: None }, value) < 0.0) {
        // The share is too small, so the primaries outside the key are the cause.
        pairs = all;
        pairs.retain(|pair| !exposure.dimensions.offer_is(dimension, pair.offer, key));
    }
    MeasuredLimit {
        value: Some(value),
        worst: Some(key.to_owned()),
        causes: largest_pairs(exposure.instance, &pairs),
        cells: cause_cells(exposure.instance, pairs),
    }
}

/// The largest share of any key.
pub(super) fn max_share(
    exposure: &ExposureSetting<'_>,
    plan: &Plan,
    cells: Range<CellIdx>,
    (dimension, at_most): (Dimension, f64),
    weight: Weight,
) -> MeasuredLimit {
    let Some(concentration) = exposure.concentration(plan, cells.clone(), dimension, weight) else {
        return MeasuredLimit::default();
    };
    let Some((key, value)) = concentration.largest() else {
        // An offer may have no key in a dimension with overlapping keys.
        return MeasuredLimit { value: Some(0.0), ..MeasuredLimit::default() };
    };
    let mut pairs = exposure.pair_shares(plan, cells, weight).unwrap_or_default();
    let is_above = |key: &String| concentration.shares.get(key).is_some_and(|share| *share > at_most);
    pairs.retain(|pair| exposure.dimensions.keys(dimension, pair.offer).iter().any(is_above));
    MeasuredLimit {
        value: Some(value),
        worst: Some(key.to_owned()),
        causes: largest_pairs(exposure.instance, &pairs),
        cells: cause_cells(exposure.instance, pairs),
    }
}

/// HHI over the keys; no value for overlapping keys.
pub(super) fn concentration(
    exposure: &ExposureSetting<'_>,
    plan: &Plan,
    cells: Range<CellIdx>,
    dimension: Dimension,
    weight: Weight,
) -> MeasuredLimit {
    let Some(concentration) = exposure.concentration(plan, cells.clone(), dimension, weight) else {
        return MeasuredLimit::default();
    };
    // Each pair contributes its share times that of its key; the contributions sum to the HHI.
    let mut pairs = exposure.pair_shares(plan, cells, weight).unwrap_or_default();
    for pair in &mut pairs {
        let keys = exposure.dimensions.keys(dimension, pair.offer);
        pair.share *= keys.iter().filter_map(|key| concentration.shares.get(key)).sum::<f64>();
    }
    MeasuredLimit {
        value: concentration.hhi,
        worst: concentration.largest().map(|(key, _)| key.to_owned()),
        causes: largest_keys(&concentration),
        cells: cause_cells(exposure.instance, pairs),
    }
}

/// Number of known keys that count.
pub(super) fn distinct(
    exposure: &ExposureSetting<'_>,
    plan: &Plan,
    cells: Range<CellIdx>,
    (dimension, counting_from): (Dimension, f64),
    weight: Weight,
) -> MeasuredLimit {
    let Some(concentration) = exposure.concentration(plan, cells.clone(), dimension, weight) else {
        return MeasuredLimit::default();
    };
    let counted: Vec<&str> = concentration.counted(counting_from).collect();
    let missed = concentration.shares.iter().filter(|(key, _)| !counted.contains(&key.as_str()));
    MeasuredLimit {
        value: Some(counted.len() as f64),
        worst: None,
        causes: std::iter::once(format!("counted: {}", list(&counted)))
            .chain(missed.map(|(key, share)| format!("{key}: {share:.3} does not count")).take(MAX_CAUSES))
            .collect(),
        cells: cause_cells_with_key(exposure, plan, cells, (dimension, weight), |key| {
            // If all keys count, there are too few keys, and every pair contributes to that.
            !counted.contains(&key) || counted.len() == concentration.shares.len()
        }),
    }
}

fn list(keys: &[&str]) -> String {
    if keys.is_empty() { "none".to_owned() } else { keys.join(", ") }
}

/// Texts `workload/users: offer adds share`, the largest first.
fn largest_pairs(instance: &Instance, pairs: &[PairShare]) -> Vec<String> {
    let text = |cell: &CauseCell| {
        let offer = cell.offer.as_deref().unwrap_or_default();
        let users = cell.users.as_deref().unwrap_or_default();
        format!("{}/{users}: {offer} adds {:.3}", cell.workload, cell.contribution)
    };
    cause_cells(instance, pairs.to_vec()).iter().take(MAX_CAUSES).map(text).collect()
}

/// Pairs as causes, the largest share first.
pub(super) fn cause_cells(instance: &Instance, mut pairs: Vec<PairShare>) -> Vec<CauseCell> {
    pairs.sort_by(|a, b| b.share.total_cmp(&a.share).then((a.cell, a.offer).cmp(&(b.cell, b.offer))));
    let cell = |pair: &PairShare| CauseCell {
        workload: instance.workload_of(pair.cell).id.clone(),
        users: Some(instance.jurisdictions[instance.cells[pair.cell].users].id.clone()),
        offer: Some(instance.offers[pair.offer].id.to_string()),
        contribution: pair.share,
    };
    pairs.iter().map(cell).collect()
}

/// Pairs with a key for which `matches` holds, as causes.
fn cause_cells_with_key(
    exposure: &ExposureSetting<'_>,
    plan: &Plan,
    cells: Range<CellIdx>,
    (dimension, weight): (Dimension, Weight),
    matches: impl Fn(&str) -> bool,
) -> Vec<CauseCell> {
    let mut pairs = exposure.pair_shares(plan, cells, weight).unwrap_or_default();
    pairs.retain(|pair| exposure.dimensions.keys(dimension, pair.offer).iter().any(|key| matches(key)));
    cause_cells(exposure.instance, pairs)
}

fn largest_keys(concentration: &Concentration) -> Vec<String> {
    let mut shares: Vec<(&String, &f64)> = concentration.shares.iter().collect();
    shares.sort_by(|a, b| b.1.total_cmp(a.1).then(a.0.cmp(b.0)));
    shares.iter().take(MAX_CAUSES).map(|(key, share)| format!("{key}: {share:.3}")).collect()
}
