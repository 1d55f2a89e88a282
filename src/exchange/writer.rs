//! Writing the tables of trials and events during a simulation, with constant memory and without half-written files.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::columns::{EVENTS, Field, TRIALS, TableColumn};
use super::manifest::Manifest;
#[cfg(feature = "parquet")]
use super::row_groups::RowGroupWriter;
use super::sheet::SheetWriter;
use super::table_path::{TableFormat, TablePath};
use crate::files::{PendingFile, WriteError, take_names};
use crate::model::instance::Instance;
use crate::shocks::actor::acting_jurisdiction;
use crate::simulation::run::EventLoss;
use crate::study::simulate::Simulated;

/// One table in its format.
enum Table {
    Csv(SheetWriter<PendingFile>),
    #[cfg(feature = "parquet")]
    Parquet(RowGroupWriter),
}

impl Table {
    fn create(path: &Path, format: TableFormat, columns: &[TableColumn]) -> Result<Self, WriteError> {
        let file = PendingFile::create(path)?;
        let begun = match format {
            TableFormat::Csv => SheetWriter::new(file, columns).map(Self::Csv),
            #[cfg(feature = "parquet")]
            TableFormat::Parquet => RowGroupWriter::new(file, columns).map(Self::Parquet),
            #[cfg(not(feature = "parquet"))]
            TableFormat::Parquet => Err(io::ErrorKind::Unsupported.into()),
        };
        begun.map_err(|error| WriteError::new(path, &error))
    }

    fn row(&mut self, fields: &[Field<'_>]) -> io::Result<()> {
        match self {
            Self::Csv(table) => table.row(fields),
            #[cfg(feature = "parquet")]
            Self::Parquet(table) => table.row(fields),
        }
    }

    fn finish(self) -> io::Result<PendingFile> {
        match self {
            Self::Csv(table) => table.finish(),
            #[cfg(feature = "parquet")]
            Self::Parquet(table) => table.finish(),
        }
    }
}

/// Writes the tables of one simulation.
pub struct TrialsWriter<'a> {
    instance: &'a Instance,
    /// `[n_shocks]`: acting jurisdiction of each shock.
    actors: Vec<String>,
    trials: Table,
    trials_path: PathBuf,
    events: Table,
    events_path: PathBuf,
    manifest: PendingFile,
    n_events: u64,
    /// The current trial, and the number of its events so far.
    last: (u64, u64),
    failed: Option<WriteError>,
}

impl<'a> TrialsWriter<'a> {
    /// Starts the files; they get their names in [`Self::finish`].
    ///
    /// # Errors
    /// [`WriteError`] when a file cannot be written.
    pub fn create(path: &TablePath, instance: &'a Instance) -> Result<Self, WriteError> {
        let (trials_path, events_path) = (path.trials.clone(), path.events());
        Ok(Self {
            instance,
            actors: instance.shocks.iter().map(|shock| acting_jurisdiction(instance, shock)).collect(),
            trials: Table::create(&trials_path, path.format, &TRIALS)?,
            trials_path,
            events: Table::create(&events_path, path.format, &EVENTS)?,
            events_path,
            manifest: PendingFile::create(&path.manifest())?,
            n_events: 0,
            last: (0, 0),
            failed: None,
        })
    }

    /// Writes losses of events, ordered by trial; false after a failure, which [`Self::finish`] returns.
    pub fn write_events(&mut self, losses: &[EventLoss]) -> bool {
        for loss in losses {
            if self.failed.is_some() {
                return false;
            }
            if let Err(error) = self.event(loss) {
                self.failed = Some(WriteError::new(&self.events_path, &error));
            }
        }
        self.failed.is_none()
    }

    fn event(&mut self, &EventLoss { trial, shock, day, loss }: &EventLoss) -> io::Result<()> {
        let so_far = if self.last.0 == trial { self.last.1 } else { 0 };
        self.last = (trial, so_far + 1);
        self.n_events += 1;
        self.events.row(&[
            Field::Whole(trial),
            Field::Whole(so_far + 1),
            Field::Text(&self.instance.shocks[shock].id),
            Field::Text(&self.actors[shock]),
            Field::Number(day),
            Field::Number(loss),
        ])
    }

    /// Writes the trials and the manifest, then gives all files their names.
    ///
    /// # Errors
    /// [`WriteError`] when something cannot be written; then none of the files exists.
    pub fn finish(mut self, simulated: &Simulated) -> Result<(), WriteError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let run = &simulated.run;
        let of_trials = |error: io::Error| WriteError::new(&self.trials_path, &error);
        for ((trial, &loss), &largest) in (run.first_trial..).zip(&run.losses).zip(&run.occurrence_losses) {
            let row = [Field::Whole(trial), Field::Number(loss), Field::Number(largest)];
            self.trials.row(&row).map_err(of_trials)?;
        }
        let trials = self.trials.finish().map_err(of_trials)?;
        let events = self.events.finish().map_err(|error| WriteError::new(&self.events_path, &error))?;
        let text = Manifest::new(self.instance, simulated, self.n_events).to_text();
        let written = self.manifest.write_all(text.as_bytes());
        written.map_err(|error| WriteError::new(self.manifest.path(), &error))?;
        take_names(vec![events, trials, self.manifest])
    }
}
