//! Files that are to be written, checked before anything is read or computed: none is a file that the run reads, no two are
//! the same, and each can be written.

use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use clap::ArgMatches;

use super::failure::Failure;
use super::messages::shown;
use crate::exchange::table_path::TableFormat;
use crate::files::{WriteError, is_inside, is_same_file, try_writing};
use crate::input::catalog_files;

/// Longest name of a file, bytes: what file systems allow less what the temporary name beside it adds.
const LONGEST_NAME_BYTES: usize = 255 - ".".len() - ".4294967295.tmp".len();

/// A file that is read.
struct ReadFile {
    what: &'static str,
    file: PathBuf,
}

/// A file that is to be written.
struct WrittenFile {
    flag: &'static str,
    what: &'static str,
    file: PathBuf,
}

/// The files that a run reads and writes.
#[derive(Default)]
pub(super) struct RunFiles {
    read: Vec<ReadFile>,
    written: Vec<WrittenFile>,
    /// A folder that the run makes.
    new_folder: Option<PathBuf>,
    /// A folder that the run replaces with all that is in it, and the flag that says so.
    replaced: Option<(&'static str, PathBuf)>,
}

impl RunFiles {
    /// Adds a file that is read.
    pub(super) fn reads(mut self, what: &'static str, file: &Path) -> Self {
        self.read.push(ReadFile { what, file: file.to_owned() });
        self
    }

    /// Adds the files of a catalog.
    pub(super) fn reads_catalog(self, folder: &Path) -> Self {
        catalog_files(folder).iter().fold(self, |files, file| files.reads("a file of the catalog", file))
    }

    /// Adds a file that is written on behalf of a flag. The first that is added is written last.
    pub(super) fn writes(mut self, flag: &'static str, what: &'static str, file: &Path) -> Self {
        self.written.push(WrittenFile { flag, what, file: file.to_owned() });
        self
    }

    /// Adds the files of a report in a folder that the run makes; another answer may go there as well.
    pub(super) fn writes_folder(mut self, flag: &'static str, folder: &Path, names: &[&str]) -> Self {
        self = names.iter().fold(self, |files, name| files.writes(flag, "the report", &folder.join(name)));
        self.new_folder = Some(folder.to_owned());
        self
    }

    /// Adds a folder of which nothing that is there stays.
    pub(super) fn writes_tree(mut self, flag: &'static str, folder: &Path) -> Self {
        self.replaced = Some((flag, folder.to_owned()));
        self
    }

    /// Refuses to write over a file of the run, and what could not be written at its end.
    pub(super) fn guard(&self) -> Result<(), Failure> {
        for (nth, target) in self.written.iter().enumerate() {
            self.read.iter().try_for_each(|source| target.refuse_over(source.what, &source.file))?;
            let before = &self.written[nth + 1..];
            before.iter().try_for_each(|other| target.refuse_over(other.what, &other.file))?;
        }
        self.read.iter().try_for_each(|source| self.refuse_replaced(source.what, &source.file))?;
        self.written.iter().try_for_each(|target| self.refuse_replaced(target.what, &target.file))?;
        self.written.iter().try_for_each(|target| target.refuse_unwritable(self.is_in_new_folder(target)))
    }

    /// Refuses a file of the run in the folder that is replaced.
    fn refuse_replaced(&self, what: &str, file: &Path) -> Result<(), Failure> {
        match self.replaced.as_ref().filter(|(_, folder)| is_inside(file, folder)) {
            None => Ok(()),
            Some((flag, _)) => {
                let file = shown(file);
                Err(Failure::Usage(format!("{flag} would overwrite {what} '{file}'; name another folder")))
            }
        }
    }

    /// Whether a file goes into the folder that the run makes, and which is not there yet.
    fn is_in_new_folder(&self, target: &WrittenFile) -> bool {
        let is_new =
            |(folder, of_target): (&PathBuf, &Path)| !folder.exists() && is_same_file(of_target, folder);
        self.new_folder.as_ref().zip(target.file.parent()).is_some_and(is_new)
    }
}

impl WrittenFile {
    fn refuse_over(&self, what: &str, other: &Path) -> Result<(), Failure> {
        if !is_same_file(&self.file, other) {
            return Ok(());
        }
        let (flag, file) = (self.flag, shown(&self.file));
        Err(Failure::Usage(format!("{flag} would overwrite {what} '{file}'; name another file")))
    }

    /// Refuses a path that names a folder, a name that is too long, and a place where no file can be made.
    fn refuse_unwritable(&self, is_in_new_folder: bool) -> Result<(), Failure> {
        let file = &self.file;
        let refused = |reason: String| Err(Failure::Write(WriteError { path: file.to_owned(), reason }));
        if file.is_dir() || file.file_name().is_none() {
            return refused("it is a directory".to_owned());
        }
        if file.as_os_str().to_string_lossy().ends_with(['/', MAIN_SEPARATOR]) {
            return refused("it ends like a folder: name a file".to_owned());
        }
        let n_bytes = file.file_name().map_or(0, std::ffi::OsStr::len);
        if n_bytes > LONGEST_NAME_BYTES {
            return refused(format!(
                "its name has {n_bytes} bytes, and at most {LONGEST_NAME_BYTES} are allowed"
            ));
        }
        if is_in_new_folder { Ok(()) } else { Ok(try_writing(file)?) }
    }
}

/// Refuses `--out FILE.parquet` for an answer that is not rows, and in a build without Parquet.
pub(super) fn refuse_parquet_without_rows(matches: &ArgMatches) -> Result<(), Failure> {
    let mut command = matches;
    while let Some((_, within)) = command.subcommand() {
        command = within;
    }
    // Not every command has these flags.
    let typed = |flag: &str| command.try_get_raw(flag).ok().flatten().and_then(|mut words| words.next());
    let Some(out) = typed("out").map(Path::new) else { return Ok(()) };
    let format = TableFormat::of(out).map_err(|why| Failure::Usage(format!("--out: {why}")))?;
    if format == Some(TableFormat::Parquet) && typed("format").is_none_or(|word| word != "csv") {
        return Err(Failure::Usage(format!(
            "--out: '{}' would be Parquet, which is for rows\n  = help: add --format csv where the command has it, or \
             name a file with another ending",
            shown(out)
        )));
    }
    Ok(())
}

/// Never writes over a file without being told.
pub(super) fn refuse_existing(file: &Path, may_overwrite: bool) -> Result<(), Failure> {
    if may_overwrite || file.symlink_metadata().is_err() {
        return Ok(());
    }
    let file = shown(file);
    Err(Failure::Usage(format!(
        "-o: '{file}' is there already\n  = help: name another file, or add --overwrite"
    )))
}
