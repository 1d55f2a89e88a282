//! Shocks that occur so often that a trial could not hold them all.

use std::collections::BTreeMap;

use crate::input::at::At;
use crate::input::decode::scalars::MAX_RATE_PER_YEAR;
use crate::input::library::{CatalogLayer, List};
use crate::model::catalog::Catalog;
use crate::model::portfolio::Portfolio;
use crate::model::shock::Shock;
use crate::units::DAYS_PER_YEAR;

/// Largest expected number of occurrences in a trial, triggered ones included: half of what a trial can hold, so that
/// only a year twice as bad as expected is cut short (methodology/simulation.md).
const MAX_EXPECTED_OCCURRENCES: f64 = 50_000.0;
/// Generations of triggers that are followed; a chain that is still going has been reported as endless or is negligible.
const MAX_GENERATIONS: usize = 10_000;
/// Expected occurrences of a generation below which the rest of the chain is left out.
const NEGLIGIBLE: f64 = 1e-9;

/// Reports catalogs whose shocks are expected to occur more than [`MAX_EXPECTED_OCCURRENCES`] times in a trial, at the
/// shock that occurs most.
pub(super) fn check(file: &At<'_>, portfolio: &Portfolio, catalog: &Catalog, layers: &[&CatalogLayer<'_>]) {
    let expected = expected(catalog, portfolio.horizon_days / DAYS_PER_YEAR);
    let total: f64 = expected.iter().sum();
    if total <= MAX_EXPECTED_OCCURRENCES {
        return;
    }
    let Some(most) = (0..expected.len()).max_by(|&a, &b| expected[a].total_cmp(&expected[b])) else { return };
    let id = catalog.shocks[most].id.as_str();
    let place = layers.iter().find_map(|layer| {
        let at = layer.catalog.shocks.iter().position(|s| s.id == id)?;
        layer.entry(List::Shocks, at)
    });
    let message = format!(
        "shocks are expected to occur {total:.0} times within the horizon, more than the {MAX_EXPECTED_OCCURRENCES:.0} that \
         a trial can hold; '{id}' makes {:.0} of them",
        expected[most]
    );
    let help = "lower its frequency or what triggers it, or shorten the horizon";
    match place {
        Some(at) => at.key("frequency").error("too-many-occurrences", message, Some(help.into())),
        None => file.key("horizon").error("too-many-occurrences", message, Some(help.into())),
    }
}

/// `[n_shocks]`: expected number of occurrences in a horizon, as if none were cut off at its end.
fn expected(catalog: &Catalog, horizon_years: f64) -> Vec<f64> {
    let shocks = &catalog.shocks;
    let index: BTreeMap<&str, usize> =
        shocks.iter().enumerate().map(|(s, shock)| (shock.id.as_str(), s)).collect();
    let arrivals = |shock: &Shock| {
        let drawn =
            shock.frequency.filter(|_| !shock.in_force).map(crate::model::shock::Frequency::mean_per_year);
        // A rate that is too large has been reported.
        drawn.filter(|rate| *rate <= MAX_RATE_PER_YEAR).map_or(0.0, |rate| rate * horizon_years)
    };
    let mut generation: Vec<f64> = shocks.iter().map(arrivals).collect();
    let mut total = generation.clone();
    for _ in 0..MAX_GENERATIONS {
        let mut next = vec![0.0; shocks.len()];
        for (parent, &n) in generation.iter().enumerate().filter(|(_, n)| **n > 0.0) {
            for trigger in &shocks[parent].triggers {
                if let Some(&child) =
                    index.get(trigger.shock.as_str()).filter(|&&child| !shocks[child].in_force)
                {
                    next[child] += n * trigger.probability;
                }
            }
        }
        let size: f64 = next.iter().sum();
        total.iter_mut().zip(&next).for_each(|(total, n)| *total += n);
        generation = next;
        if size < NEGLIGIBLE || total.iter().sum::<f64>() > MAX_EXPECTED_OCCURRENCES {
            break;
        }
    }
    total
}
