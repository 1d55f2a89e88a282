//! The suppliers that each workload depends on.

use std::collections::BTreeMap;

use crate::model::limit::Dimension;
use crate::report::answer::concentration::ConcentrationAnswer;
use crate::report::answer::exposure::WorkloadExposureAnswer;
use crate::report::figures::{ABSENT, number, percent};
use crate::report::grid::Grid;

/// Dimensions of which a workload's largest key is shown; JSON has all.
const MAIN: [Dimension; 4] = [Dimension::Developer, Dimension::Origin, Dimension::Host, Dimension::Region];

/// One row per workload: the largest key of the main layers, and the most concentrated layer.
#[must_use]
pub fn by_workload(workloads: &BTreeMap<String, WorkloadExposureAnswer>) -> Grid {
    let mut grid = Grid::new(
        "Suppliers of each workload",
        &["=workload", "developer", "origin", "host", "region", ">effective", "=by"],
    );
    for (id, w) in workloads {
        let [developer, origin, host, region] = MAIN.map(|dimension| largest(&w.concentration, dimension));
        let layer = w.diversity.binding.as_deref();
        let effective = layer.and_then(|layer| w.diversity.effective_number.get(layer).copied());
        grid.row([
            id.clone(),
            developer,
            origin,
            host,
            region,
            effective.map_or_else(|| ABSENT.to_owned(), number),
            layer.unwrap_or(ABSENT).to_owned(),
        ]);
    }
    grid.note(
        "Largest share by value of each layer. Effective: the smallest effective number of any layer, and which layer \
         that is.",
    );
    grid
}

fn largest(concentration: &ConcentrationAnswer, dimension: Dimension) -> String {
    let text = |(key, share): (&str, f64)| format!("{key} {}", percent(share));
    concentration.largest(dimension).map_or_else(|| ABSENT.to_owned(), text)
}
