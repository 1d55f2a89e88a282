//! Refusing a run that would need more memory than it may have (`--max-memory`).

use super::args::Resources;
use super::failure::Failure;
use crate::model::instance::Instance;
use crate::report::figures::count;
use crate::study::footprint::{Footprint, RunKind};

/// Checks what a run is estimated to need, before it is begun. `n_trials`: 0 where nothing is drawn.
///
/// # Errors
/// [`Failure::TooLarge`] when it would need more than `--max-memory`; it says what would fit.
pub(super) fn guard(
    kind: RunKind,
    instance: &Instance,
    n_trials: u64,
    resources: Resources,
) -> Result<(), Failure> {
    let footprint = Footprint::new(kind, instance, n_trials);
    match resources.max_memory {
        Some(limit) if footprint.bytes() > limit => Err(Failure::TooLarge(refusal(&footprint, limit))),
        _ => Ok(()),
    }
}

fn refusal(footprint: &Footprint, limit: u64) -> String {
    let needed = footprint.bytes();
    let fits = match (footprint.trials_within(limit), footprint.cells_within(limit)) {
        (Some(n_trials), _) => format!("--trials {n_trials} would fit, or "),
        (None, 0) => String::new(),
        (None, n_cells) => format!(
            "{} pairs of a workload and a country of its users would fit, and these are {}, or ",
            count(n_cells as u64),
            count(footprint.n_cells() as u64)
        ),
    };
    let (needed, limit) = (size(needed), size(limit));
    format!(
        "the run needs about {needed}, more than the {limit} that --max-memory allows\n  = help: {fits}allow {needed}"
    )
}

/// In MB, or in GB with a decimal; what is needed is not rounded down.
fn size(bytes: u64) -> String {
    match bytes as f64 {
        large if large >= 1e9 => format!("{:.1}GB", (large / 1e8).ceil() / 10.0),
        small => format!("{}MB", (small / 1e6).ceil()),
    }
}
