//! Suppliers under contract and suppliers in effect, of the portfolio and of each workload.

use crate::exposure::profile::ExposureProfile;
use crate::exposure::profile::WorkloadExposure;
use crate::exposure::shares::{Concentration, DimensionExposure};
use crate::model::instance::Instance;
use crate::model::limit::Dimension;
use crate::report::figures::{ABSENT, counted, number, percent};
use crate::report::grid::Grid;
use crate::report::names::{layer_meaning, workload};

/// Apparent against effective number, by layer.
#[must_use]
pub fn diversity(exposure: &ExposureProfile) -> Grid {
    let diversity = &exposure.diversity;
    let mut grid = Grid::new(
        "How many suppliers do we really have?",
        &["layer", "which is the", ">under contract", ">in effect", ""],
    );
    for &(layer, n) in &diversity.effective_number {
        let is_binding = diversity.binding.is_some_and(|(binding, _)| binding == layer);
        grid.row([
            layer.as_str().to_owned(),
            layer_meaning(layer).to_owned(),
            diversity.n_contracts.to_string(),
            number(n),
            if is_binding { "binds".to_owned() } else { String::new() },
        ]);
    }
    grid.note("Under contract: hosts of offers in use, the company itself included. In effect: effective number by value.");
    grid.note(match diversity.binding {
        Some((layer, n)) => format!(
            "{} under contract, in effect {} by {}: {}.",
            counted(diversity.n_contracts, "host"),
            number(n),
            layer.as_str(),
            layer_meaning(layer)
        ),
        None => "No workload has a value to weigh by.".to_owned(),
    });
    grid
}

/// Dimensions of which a workload's largest key is shown; JSON has all.
const MAIN: [Dimension; 4] = [Dimension::Developer, Dimension::Origin, Dimension::Host, Dimension::Region];

/// One row per workload: the largest key of the main layers, and the layer that binds.
#[must_use]
pub fn by_workload(instance: &Instance, workloads: &[WorkloadExposure]) -> Grid {
    let mut grid = Grid::new(
        "On whom does each workload depend?",
        &["=workload", "developer", "origin", "host", "region", ">in effect", "=by"],
    );
    for w in workloads {
        let [developer, origin, host, region] = MAIN.map(|dimension| largest(w.dimensions.get(&dimension)));
        let binding = w.diversity.binding;
        grid.row([
            workload(instance, w.workload).to_owned(),
            developer,
            origin,
            host,
            region,
            binding.map_or_else(|| ABSENT.to_owned(), |(_, n)| number(n)),
            binding.map_or_else(|| ABSENT.to_owned(), |(layer, _)| layer.as_str().to_owned()),
        ]);
    }
    grid.note("Largest key of each layer with its share by value; in effect: the smallest effective number of any layer, and which.");
    grid
}

fn largest(exposure: Option<&DimensionExposure>) -> String {
    let largest = exposure.and_then(|e| e.value.as_ref()).and_then(Concentration::largest);
    let text = |(key, share): (&str, f64)| format!("{key} {}", percent(share));
    largest.map_or_else(|| ABSENT.to_owned(), text)
}
