//! Merging the shards of a simulation: each trial once, all with one portfolio and one seed.

use std::fmt::Display;
use std::io::Read;
use std::ops::RangeInclusive;
use std::path::Path;

use super::broken::{Broken, UNREADABLE};
use super::columns::{EVENTS, Field, TRIALS};
use super::fingerprint::{fingerprint, program};
use super::manifest::Manifest;
use super::reader::{opened, read};
use super::table_path::TablePath;
use crate::input::InputError;
use crate::input::diagnostic::{Diagnostic, sort};
use crate::model::instance::Instance;
use crate::report::figures::count;
use crate::simulation::draws::Rates;
use crate::simulation::run::{EventLoss, Run};
use crate::simulation::sums::LossTotals;
use crate::study::simulate::{MAX_TRIALS, MAX_UNASKED_TRIALS, SimulateSettings};

/// Code of a shard of another simulation.
const WRONG: &str = "wrong-shard";
/// Code of trials that no shard contains.
const MISSING: &str = "missing-trials";
/// Code of trials that two shards contain.
const REPEATED: &str = "repeated-trials";

/// Largest size of a manifest, bytes: it has one line per shock and two per workload.
const MAX_MANIFEST_BYTES: u64 = 64 << 20;

/// Losses that are accepted, USD: the range that the exact sums can hold.
const LOSSES: RangeInclusive<f64> = 0.0..=1e21;

/// A simulation merged from its shards.
#[derive(Debug)]
pub struct Merged {
    pub settings: SimulateSettings,
    pub run: Run,
    pub events: MergedEvents,
}

/// The events of a merged simulation, still in their files.
#[derive(Debug)]
pub struct MergedEvents {
    /// Ordered by trial.
    shards: Vec<ShardTable>,
}

#[derive(Debug)]
struct ShardTable {
    path: TablePath,
    manifest: Manifest,
    rates: Rates,
    sums: LossTotals,
}

/// The shards of one simulation, in the order of their trials, whose losses are still in their files.
#[derive(Debug)]
pub struct Shards {
    pub settings: SimulateSettings,
    shards: Vec<ShardTable>,
}

/// Reads shards and merges their trials.
///
/// # Errors
/// As [`shards`].
///
/// # Panics
/// When `paths` is empty.
pub fn merged(paths: &[TablePath], instance: &Instance) -> Result<Merged, InputError> {
    shards(paths, instance)?.merged(instance)
}

/// Reads what shards say of themselves.
///
/// # Errors
/// [`InputError::Unreadable`] when a file cannot be read; [`InputError::Invalid`] when the shards do not belong to
/// one simulation of this portfolio, or do not contain each trial once.
///
/// # Panics
/// When `paths` is empty.
pub fn shards(paths: &[TablePath], instance: &Instance) -> Result<Shards, InputError> {
    let fingerprint = fingerprint(instance);
    let (mut shards, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        match shard(path, instance, &fingerprint) {
            Ok(shard) => shards.push(shard),
            Err(problem) => problems.push(*problem),
        }
    }
    refuse(problems)?;
    refuse(mismatches(&shards))?;
    shards.sort_by_key(|shard| (shard.manifest.first_trial, shard.manifest.trials));
    refuse(gaps(&shards))?;
    let ShardTable { manifest: first, rates, .. } = shards.first().expect("at least one shard");
    let settings = SimulateSettings { n_trials: first.total_trials, seed: first.seed, rates: *rates };
    Ok(Shards { settings, shards })
}

impl Shards {
    /// Merges the trials.
    ///
    /// # Errors
    /// [`InputError::Unreadable`] and [`InputError::Invalid`] when a table cannot be read, or is not what its shard says.
    pub fn merged(self, instance: &Instance) -> Result<Merged, InputError> {
        let Self { settings, shards } = self;
        // More is taken as the trials are read: a manifest may claim what its table does not hold.
        let n = usize::try_from(settings.n_trials.min(MAX_UNASKED_TRIALS)).unwrap_or(0);
        let mut run = Run {
            first_trial: 0,
            horizon_days: instance.portfolio.horizon_days,
            losses: Vec::with_capacity(n),
            occurrence_losses: Vec::with_capacity(n),
            sums: LossTotals::new(instance.shocks.len(), instance.workloads.len()),
        };
        for shard in &shards {
            read_trials(shard, &mut run).map_err(|problem| refused(vec![*problem]))?;
            run.sums.merge(&shard.sums);
        }
        Ok(Merged { settings, run, events: MergedEvents { shards } })
    }
}

fn refuse(problems: Vec<Diagnostic>) -> Result<(), InputError> {
    if problems.is_empty() { Ok(()) } else { Err(refused(problems)) }
}

fn refused(mut problems: Vec<Diagnostic>) -> InputError {
    sort(&mut problems);
    let is_unreadable = problems.iter().any(|problem| problem.code == UNREADABLE);
    if is_unreadable { InputError::Unreadable(problems) } else { InputError::Invalid(problems) }
}

/// Reads the manifest of a shard; refuses one of another portfolio.
fn shard(table: &TablePath, instance: &Instance, fingerprint: &str) -> Result<ShardTable, Box<Diagnostic>> {
    let path = table.manifest();
    let broken = |what: String| Broken::Content(what).diagnostic(&path);
    let mut text = String::new();
    let file = opened(&path).map_err(|broken| broken.diagnostic(&path))?;
    let read = file.take(MAX_MANIFEST_BYTES).read_to_string(&mut text);
    read.map_err(|error| Broken::Unreadable(error).diagnostic(&path))?;
    let manifest = Manifest::from_text(&text).map_err(broken)?;
    if manifest.program != program() {
        return Err(differs(&path, "program", &manifest.program, program()));
    }
    if manifest.portfolio != instance.portfolio.name {
        return Err(differs(&path, "portfolio", &manifest.portfolio, &instance.portfolio.name));
    }
    if manifest.fingerprint != fingerprint {
        let message =
            "the shard was simulated with another version of the portfolio, its catalog or its jurisdictions"
                .to_owned();
        let help = "use the same files as for the shard, also for --catalog and --jurisdictions";
        return Err(wrong(&path, message, help));
    }
    let is_possible = manifest.end().is_some_and(|end| end <= manifest.total_trials)
        && (1..=MAX_TRIALS).contains(&manifest.total_trials)
        && manifest.horizon_days == instance.portfolio.horizon_days;
    let Some(rates) = manifest.rates().filter(|_| is_possible) else {
        return Err(broken("its trials, rates or horizon cannot be those of a simulation".to_owned()));
    };
    let sums = manifest.sums.to_sums(instance).map_err(broken)?;
    Ok(ShardTable { path: table.clone(), manifest, rates, sums })
}

fn differs(path: &Path, what: &str, found: impl Display, expected: impl Display) -> Box<Diagnostic> {
    let message = format!("the {what} of the shard is '{found}', not '{expected}'");
    wrong(path, message, "merge shards of one simulation only")
}

fn wrong(path: &Path, message: String, help: &str) -> Box<Diagnostic> {
    let file = path.display().to_string();
    Box::new(Diagnostic::of_file(WRONG, &file, message, Some(help.to_owned())))
}

/// Shards that do not belong to the same simulation as the first.
fn mismatches(shards: &[ShardTable]) -> Vec<Diagnostic> {
    let Some(first) = shards.first().map(|shard| &shard.manifest) else { return Vec::new() };
    let problem = |shard: &ShardTable| {
        let (own, path) = (&shard.manifest, shard.path.manifest());
        match () {
            () if own.seed != first.seed => Some(*differs(&path, "seed", own.seed, first.seed)),
            () if own.rates != first.rates => Some(*differs(&path, "rates", &own.rates, &first.rates)),
            () if own.total_trials != first.total_trials => {
                let (own, first) = (count(own.total_trials), count(first.total_trials));
                Some(*differs(&path, "total number of trials", own, first))
            }
            () => None,
        }
    };
    shards.iter().filter_map(problem).collect()
}

/// Trials that no shard contains, or more than one. `shards`: ordered by trial.
fn gaps(shards: &[ShardTable]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let Some(total) = shards.first().map(|shard| shard.manifest.total_trials) else { return problems };
    let (mut end, mut last) = (0, None::<&ShardTable>);
    for shard in shards {
        let Manifest { first_trial, trials, .. } = shard.manifest;
        let file = shard.path.trials.display().to_string();
        if first_trial > end {
            problems.push(missing(&file, "before", shards, end, first_trial));
        }
        if let Some(last) = last.filter(|_| first_trial < end && trials > 0) {
            problems.push(Diagnostic::of_file(
                REPEATED,
                &file,
                format!(
                    "'{}' also contains {}",
                    last.path.trials.display(),
                    range(first_trial, end.min(first_trial + trials))
                ),
                Some("name each shard once".to_owned()),
            ));
        }
        if first_trial + trials > end {
            end = first_trial + trials;
            last = Some(shard);
        }
    }
    if let Some(last) = last.or(shards.last()).filter(|_| end < total) {
        problems.push(missing(&last.path.trials.display().to_string(), "after", shards, end, total));
    }
    problems
}

fn range(start: u64, end: u64) -> String {
    if start + 1 == end { trial(start) } else { format!("trials {start} to {}", end - 1) }
}

fn trial(number: u64) -> String {
    format!("trial {number}")
}

fn missing(file: &str, side: &str, shards: &[ShardTable], start: u64, end: u64) -> Diagnostic {
    let absent = absent(shards);
    let help = match absent.as_slice() {
        [] => "add the shard that contains them, or rerun the one that was stopped".to_owned(),
        [one] => format!("add shard {one}"),
        several => format!("add shards {}", several.join(", ")),
    };
    let message = format!("no shard contains {} ({side} those of this shard)", range(start, end));
    Diagnostic::of_file(MISSING, file, message, Some(help))
}

/// Largest number of shards for which the missing ones are named.
const MAX_SHARDS: u64 = 100_000;

/// The missing shards, such as `2 of 3`; empty unless all shards state the same number of shards.
fn absent(shards: &[ShardTable]) -> Vec<String> {
    let part = |shard: &ShardTable| -> Option<(u64, u64)> {
        let (index, of) = shard.manifest.shard.as_ref()?.split_once(" of ")?;
        Some((index.parse().ok()?, of.parse().ok()?))
    };
    let Some(parts) = shards.iter().map(part).collect::<Option<Vec<_>>>() else { return Vec::new() };
    let Some(of) = parts.first().map(|part| part.1).filter(|of| *of <= MAX_SHARDS) else {
        return Vec::new();
    };
    if parts.iter().any(|part| part.1 != of) {
        return Vec::new();
    }
    let is_absent = |index: &u64| !parts.contains(&(*index, of));
    (1..=of).filter(is_absent).map(|index| format!("{index} of {of}")).collect()
}

/// Adds a shard's trials to the run.
fn read_trials(shard: &ShardTable, run: &mut Run) -> Result<(), Box<Diagnostic>> {
    let TablePath { trials, format } = &shard.path;
    let end = shard.manifest.first_trial + shard.manifest.trials;
    read(trials, *format, &TRIALS, &mut |fields| {
        let &[Field::Whole(number), Field::Number(loss), Field::Number(largest)] = fields else {
            return Err("these are not the columns of a table of trials".to_owned());
        };
        let expected = run.losses.len() as u64;
        if expected >= end {
            return Err(format!("{} is one more than the manifest says", trial(number)));
        }
        if number != expected {
            return Err(format!("{} instead of {}", trial(number), trial(expected)));
        }
        if !LOSSES.contains(&loss) || !LOSSES.contains(&largest) {
            return Err("a loss must be from 0 to 1e21".to_owned());
        }
        run.losses.push(loss);
        run.occurrence_losses.push(largest);
        Ok(())
    })?;
    if run.losses.len() as u64 == end {
        return Ok(());
    }
    let what = format!("it ends before {}", range(run.losses.len() as u64, end));
    Err(Broken::Content(what).diagnostic(trials))
}

impl MergedEvents {
    /// Passes the losses of all events to `sink`, ordered by trial, as a simulation does.
    ///
    /// # Errors
    /// [`InputError::Unreadable`] when a file cannot be read; [`InputError::Invalid`] when the events are not those of the
    /// shard's trials.
    pub fn replay(
        &self,
        instance: &Instance,
        sink: &mut dyn FnMut(&[EventLoss]) -> bool,
    ) -> Result<(), InputError> {
        for shard in &self.shards {
            replay_events(shard, instance, sink).map_err(|problem| refused(vec![*problem]))?;
        }
        Ok(())
    }
}

fn replay_events(
    shard: &ShardTable,
    instance: &Instance,
    sink: &mut dyn FnMut(&[EventLoss]) -> bool,
) -> Result<(), Box<Diagnostic>> {
    let (path, manifest) = (shard.path.events(), &shard.manifest);
    let mut sums = LossTotals::new(instance.shocks.len(), 0);
    let (mut n_events, mut last) = (0, manifest.first_trial);
    read(&path, shard.path.format, &EVENTS, &mut |fields| {
        let &[Field::Whole(number), _, Field::Text(id), _, Field::Number(day), Field::Number(loss)] = fields
        else {
            return Err("these are not the columns of a table of events".to_owned());
        };
        let known = instance.shocks.binary_search_by(|shock| shock.id.as_str().cmp(id));
        let shock = known.map_err(|_| format!("unknown shock '{id}'"))?;
        if !(last..manifest.first_trial + manifest.trials).contains(&number) {
            return Err(format!("{} is out of order or not in this shard", trial(number)));
        }
        if !LOSSES.contains(&loss) {
            return Err("a loss must be from 0 to 1e21".to_owned());
        }
        last = number;
        n_events += 1;
        // The table does not say which events last; only the totals are compared.
        sums.add_family(shock, loss, false);
        // The result is ignored: a file that cannot be written is reported when it is finished.
        sink(&[EventLoss { trial: number, shock, day, loss }]);
        Ok(())
    })?;
    if n_events == manifest.events && sums.loss_by_shock == shard.sums.loss_by_shock {
        return Ok(());
    }
    Err(Broken::Content("its losses do not add up to those of the manifest".to_owned()).diagnostic(&path))
}
