//! Shards of a study put together: every trial once, all of one portfolio and one seed.

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
use crate::study::simulate::{MAX_TRIALS, SimulateSettings};

/// Code of a shard of another study.
const WRONG: &str = "wrong-shard";
/// Code of trials that no shard has.
const MISSING: &str = "missing-trials";
/// Code of trials that two shards have.
const REPEATED: &str = "repeated-trials";

/// Most bytes of a manifest: it has a line per shock and two per workload.
const MAX_MANIFEST_BYTES: u64 = 64 << 20;

/// Losses that are read, USD: all that their exact sums have room for.
const LOSSES: RangeInclusive<f64> = 0.0..=1e21;

/// A study put together from its shards.
#[derive(Debug)]
pub struct Merged {
    pub settings: SimulateSettings,
    pub run: Run,
    pub events: MergedEvents,
}

/// The events of a study put together, still in their files.
#[derive(Debug)]
pub struct MergedEvents {
    /// In order of trials.
    shards: Vec<ShardTable>,
}

#[derive(Debug)]
struct ShardTable {
    place: TablePath,
    manifest: Manifest,
    rates: Rates,
    sums: LossTotals,
}

/// Reads shards and puts their trials together.
///
/// # Errors
/// [`InputError::Unreadable`] when a file cannot be read; [`InputError::Invalid`] when the shards are not those of one
/// study of this portfolio, each trial once.
///
/// # Panics
/// Without places.
pub fn merged(places: &[TablePath], instance: &Instance) -> Result<Merged, InputError> {
    let fingerprint = fingerprint(instance);
    let (mut shards, mut problems) = (Vec::new(), Vec::new());
    for place in places {
        match shard(place, instance, &fingerprint) {
            Ok(shard) => shards.push(shard),
            Err(problem) => problems.push(*problem),
        }
    }
    refuse(problems)?;
    refuse(strangers(&shards))?;
    shards.sort_by_key(|shard| (shard.manifest.first_trial, shard.manifest.trials));
    refuse(gaps(&shards))?;
    let ShardTable { manifest: first, rates, .. } = shards.first().expect("at least one shard");
    let settings = SimulateSettings { n_trials: first.total_trials, seed: first.seed, rates: *rates };
    let n = usize::try_from(first.total_trials).unwrap_or(0);
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

fn refuse(problems: Vec<Diagnostic>) -> Result<(), InputError> {
    if problems.is_empty() { Ok(()) } else { Err(refused(problems)) }
}

fn refused(mut problems: Vec<Diagnostic>) -> InputError {
    sort(&mut problems);
    let is_unreadable = problems.iter().any(|problem| problem.code == UNREADABLE);
    if is_unreadable { InputError::Unreadable(problems) } else { InputError::Invalid(problems) }
}

/// A shard with its manifest, if it is of this portfolio.
fn shard(place: &TablePath, instance: &Instance, fingerprint: &str) -> Result<ShardTable, Box<Diagnostic>> {
    let path = place.manifest();
    let broken = |what: String| Broken::Content(what).told(&path);
    let mut text = String::new();
    let file = opened(&path).map_err(|broken| broken.told(&path))?;
    let read = file.take(MAX_MANIFEST_BYTES).read_to_string(&mut text);
    read.map_err(|error| Broken::Unreadable(error).told(&path))?;
    let manifest = Manifest::from_text(&text).map_err(broken)?;
    if manifest.program != program() {
        return Err(differs(&path, "program", &manifest.program, program()));
    }
    if manifest.portfolio != instance.portfolio.name {
        return Err(differs(&path, "portfolio", &manifest.portfolio, &instance.portfolio.name));
    }
    if manifest.fingerprint != fingerprint {
        let message =
            "the shard is of another state of the portfolio, its catalog or its jurisdictions".to_owned();
        let help = "name the files, with --catalog and --jurisdictions, that the shard was simulated with";
        return Err(wrong(&path, message, help));
    }
    let is_possible = manifest.end().is_some_and(|end| end <= manifest.total_trials)
        && (1..=MAX_TRIALS).contains(&manifest.total_trials)
        && manifest.horizon_days == instance.portfolio.horizon_days;
    let Some(rates) = manifest.rates().filter(|_| is_possible) else {
        return Err(broken("it says what no simulation can be".to_owned()));
    };
    let sums = manifest.sums.to_sums(instance).map_err(broken)?;
    Ok(ShardTable { place: place.clone(), manifest, rates, sums })
}

fn differs(path: &Path, what: &str, found: impl Display, expected: impl Display) -> Box<Diagnostic> {
    let message = format!("the {what} of the shard is '{found}', not '{expected}'");
    wrong(path, message, "merge shards of one study only")
}

fn wrong(path: &Path, message: String, help: &str) -> Box<Diagnostic> {
    let file = path.display().to_string();
    Box::new(Diagnostic::of_file(WRONG, &file, message, Some(help.to_owned())))
}

/// Shards that are of another study than the first.
fn strangers(shards: &[ShardTable]) -> Vec<Diagnostic> {
    let Some(first) = shards.first().map(|shard| &shard.manifest) else { return Vec::new() };
    let problem = |shard: &ShardTable| {
        let (own, path) = (&shard.manifest, shard.place.manifest());
        match () {
            () if own.seed != first.seed => Some(*differs(&path, "seed", own.seed, first.seed)),
            () if own.rates != first.rates => Some(*differs(&path, "rates", &own.rates, &first.rates)),
            () if own.total_trials != first.total_trials => {
                let (own, first) = (count(own.total_trials), count(first.total_trials));
                Some(*differs(&path, "number of trials of the whole study", own, first))
            }
            () => None,
        }
    };
    shards.iter().filter_map(problem).collect()
}

/// Trials that no shard has, or more than one. `shards`: in order of trials.
fn gaps(shards: &[ShardTable]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let Some(total) = shards.first().map(|shard| shard.manifest.total_trials) else { return problems };
    let (mut end, mut last) = (0, None::<&ShardTable>);
    for shard in shards {
        let Manifest { first_trial, trials, .. } = shard.manifest;
        let file = shard.place.trials.display().to_string();
        if first_trial > end {
            problems.push(missing(&file, "before", shards, end, first_trial));
        }
        if let Some(last) = last.filter(|_| first_trial < end && trials > 0) {
            problems.push(Diagnostic::of_file(
                REPEATED,
                &file,
                format!(
                    "{} are in '{}' as well",
                    range(first_trial, end.min(first_trial + trials)),
                    last.place.trials.display()
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
        problems.push(missing(&last.place.trials.display().to_string(), "after", shards, end, total));
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
        [] => "add the shard that has them, or run the one that was stopped again".to_owned(),
        [one] => format!("add shard {one}"),
        several => format!("add shards {}", several.join(", ")),
    };
    let message = format!("{}, {side} those of this shard, are in no shard", range(start, end));
    Diagnostic::of_file(MISSING, file, message, Some(help))
}

/// Most shards of which the absent ones are looked for.
const MAX_SHARDS: u64 = 100_000;

/// `2 of 3` for each shard that is not there, when all say of how many they are.
fn absent(shards: &[ShardTable]) -> Vec<String> {
    let place = |shard: &ShardTable| -> Option<(u64, u64)> {
        let (index, of) = shard.manifest.shard.as_ref()?.split_once(" of ")?;
        Some((index.parse().ok()?, of.parse().ok()?))
    };
    let Some(places) = shards.iter().map(place).collect::<Option<Vec<_>>>() else { return Vec::new() };
    let Some(of) = places.first().map(|place| place.1).filter(|of| *of <= MAX_SHARDS) else {
        return Vec::new();
    };
    if places.iter().any(|place| place.1 != of) {
        return Vec::new();
    }
    let is_absent = |index: &u64| !places.contains(&(*index, of));
    (1..=of).filter(is_absent).map(|index| format!("{index} of {of}")).collect()
}

/// Adds a shard's trials to the run.
fn read_trials(shard: &ShardTable, run: &mut Run) -> Result<(), Box<Diagnostic>> {
    let TablePath { trials, format } = &shard.place;
    let end = shard.manifest.first_trial + shard.manifest.trials;
    read(trials, *format, &TRIALS, &mut |fields| {
        let &[Field::Whole(number), Field::Number(loss), Field::Number(largest)] = fields else {
            return Err("these are not the columns of trials".to_owned());
        };
        let expected = run.losses.len() as u64;
        if expected >= end {
            return Err(format!("{} is one more than the manifest says", trial(number)));
        }
        if number != expected {
            return Err(format!("{} stands where {} should", trial(number), trial(expected)));
        }
        if !LOSSES.contains(&loss) || !LOSSES.contains(&largest) {
            return Err("this cannot be a loss".to_owned());
        }
        run.losses.push(loss);
        run.occurrence_losses.push(largest);
        Ok(())
    })?;
    if run.losses.len() as u64 == end {
        return Ok(());
    }
    let what = format!("{} are missing at its end", range(run.losses.len() as u64, end));
    Err(Broken::Content(what).told(trials))
}

impl MergedEvents {
    /// Tells the losses of events, trial by trial in order, as a simulation does; ends when it is told to.
    ///
    /// # Errors
    /// [`InputError::Unreadable`] when a file cannot be read; [`InputError::Invalid`] when the events are not those of the
    /// shard's trials.
    pub fn tell(
        &self,
        instance: &Instance,
        hear: &mut dyn FnMut(&[EventLoss]) -> bool,
    ) -> Result<(), InputError> {
        for shard in &self.shards {
            tell_events(shard, instance, hear).map_err(|problem| refused(vec![*problem]))?;
        }
        Ok(())
    }
}

fn tell_events(
    shard: &ShardTable,
    instance: &Instance,
    hear: &mut dyn FnMut(&[EventLoss]) -> bool,
) -> Result<(), Box<Diagnostic>> {
    let (path, manifest) = (shard.place.events(), &shard.manifest);
    let mut sums = LossTotals::new(instance.shocks.len(), 0);
    let (mut n_events, mut last) = (0, manifest.first_trial);
    read(&path, shard.place.format, &EVENTS, &mut |fields| {
        let &[Field::Whole(number), _, Field::Text(id), _, Field::Number(day), Field::Number(loss)] = fields
        else {
            return Err("these are not the columns of events".to_owned());
        };
        let known = instance.shocks.binary_search_by(|shock| shock.id.as_str().cmp(id));
        let shock = known.map_err(|_| format!("there is no shock '{id}'"))?;
        if !(last..manifest.first_trial + manifest.trials).contains(&number) {
            return Err(format!("{} does not belong here", trial(number)));
        }
        if !LOSSES.contains(&loss) {
            return Err("this cannot be a loss".to_owned());
        }
        last = number;
        n_events += 1;
        sums.add_family(shock, loss);
        // A file that cannot be written is told when it is finished.
        hear(&[EventLoss { trial: number, shock, day, loss }]);
        Ok(())
    })?;
    if n_events == manifest.events && sums.loss_by_shock == shard.sums.loss_by_shock {
        return Ok(());
    }
    Err(Broken::Content("its losses do not add up to those of the manifest".to_owned()).told(&path))
}
