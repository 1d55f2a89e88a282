//! The memory that a run needs: said before it begins where it is much, and refused where it is more than it may have
//! (`--max-memory`).

use super::args::Resources;
use super::console::Console;
use super::failure::Failure;
use crate::model::instance::Instance;
use crate::report::figures::{count, counted};
use crate::study::footprint::{Footprint, RunKind};

/// What is much memory, bytes.
const MUCH: u64 = 1_000_000_000;

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

/// Says what a run is estimated to need before it is begun, where that is much.
pub(super) fn announce(kind: RunKind, instance: &Instance, n_trials: u64, console: &Console) {
    if let Some(text) = needs(kind, &Footprint::new(kind, instance, n_trials)) {
        console.notice(&text);
    }
}

/// What a run needs, and for a simulation the number of shards that each need less; `None` where it is not much.
fn needs(kind: RunKind, footprint: &Footprint) -> Option<String> {
    let bytes = footprint.bytes();
    if bytes < MUCH {
        return None;
    }
    let trials =
        footprint.n_trials().map_or_else(String::new, |n_trials| format!("{} trials of ", count(n_trials)));
    let shards = match (kind, footprint.n_trials(), footprint.trials_within(MUCH)) {
        (RunKind::Simulate, Some(n_trials), Some(most)) if most < n_trials => {
            let n_shards = n_trials.div_ceil(most);
            format!(
                "; each of {} shards (--shard 1/{n_shards}) needs less than {}",
                count(n_shards),
                size(MUCH)
            )
        }
        _ => String::new(),
    };
    Some(format!(
        "the run needs about {} of memory, for {trials}{} of a workload and a country of its users{shards}",
        size(bytes),
        counted(footprint.n_cells(), "pair")
    ))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::example::Example;
    use crate::model::words::Openness;

    /// A hundred million trials take 32 bytes each, 3.2 GB, and some for the program: shards of at most 1 GB are four. A plan has
    /// none, and a thousand trials are not much.
    #[test]
    fn what_is_much_is_said_with_the_shards_that_are_not() {
        let mut example = Example::new();
        example.supplier("lab", "US", &[]).model("a", "lab", Openness::OpenWeights, None);
        example.offer("a", "lab", "US", &[]);
        example.workload("w", &[("DE", 1.0)], &[("a@lab:US", 1.0)]);
        let instance = example.instance();
        let said = |kind: RunKind, n_trials: u64| needs(kind, &Footprint::new(kind, &instance, n_trials));
        let text = said(RunKind::Simulate, 100_000_000).unwrap();
        assert_eq!(
            text,
            "the run needs about 3.3GB of memory, for 100,000,000 trials of 1 pair of a workload and a country of its users; \
             each of 4 shards (--shard 1/4) needs less than 1.0GB"
        );
        assert!(Footprint::new(RunKind::Simulate, &instance, 25_000_000).bytes() < MUCH);
        assert!(Footprint::new(RunKind::Simulate, &instance, 100_000_000 / 3).bytes() > MUCH);
        assert_eq!(said(RunKind::Simulate, 1_000), None);
        assert!(said(RunKind::Plan, 100_000_000).unwrap().ends_with("a country of its users"));
    }
}
