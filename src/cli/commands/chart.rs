//! What `--chart` writes.

use std::path::Path;

use crate::cli::console::Console;
use crate::cli::failure::Failure;
use crate::cli::messages::shown;
use crate::files::write_atomically;

/// Refuses a drawing in another format than SVG, before anything is computed.
pub(super) fn refuse_other_formats(file: Option<&Path>) -> Result<(), Failure> {
    let is_svg = |file: &Path| file.extension().is_some_and(|e| e.eq_ignore_ascii_case("svg"));
    match file.filter(|file| !is_svg(file)) {
        Some(file) => {
            Err(Failure::Usage(format!("--chart needs a file that ends in .svg, not '{}'", shown(file))))
        }
        None => Ok(()),
    }
}

/// Writes the drawing where one is asked for, and says so.
pub(super) fn write(
    file: Option<&Path>,
    console: &Console,
    drawing: impl FnOnce() -> String,
) -> Result<(), Failure> {
    let Some(file) = file else { return Ok(()) };
    write_atomically(file, &drawing())?;
    console.wrote(file);
    Ok(())
}
