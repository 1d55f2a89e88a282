//! Ctrl-C and SIGTERM: during a simulation the first ends it early with the trials done so far; otherwise they end the
//! program, and its temporary files are removed.

use std::io::{self, IsTerminal};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::console::write_stderr;
use crate::files::remove_temporaries;

/// How far the run is, in words.
static KNOWN: Mutex<Option<String>> = Mutex::new(None);
static STOP: AtomicBool = AtomicBool::new(false);
/// Whether a simulation polls `STOP`, so that setting it is enough.
static IS_POLLED: AtomicBool = AtomicBool::new(false);

/// What a shell reports for a program that ended by Ctrl-C.
const ENDED_BY_INTERRUPT: i32 = 130;

/// Back to the beginning of the line and clear it (ECMA-48), where progress may stand.
const CLEAR_LINE: &str = "\r\u{1b}[2K";

/// Installs the handler. If that fails, signals end the program as usual.
pub(super) fn handle() {
    let _ = ctrlc::set_handler(|| {
        if IS_POLLED.swap(false, Ordering::SeqCst) {
            STOP.store(true, Ordering::SeqCst);
        } else {
            end();
        }
    });
}

/// Ends the program.
fn end() -> ! {
    remove_temporaries();
    let line = if io::stderr().is_terminal() { CLEAR_LINE } else { "" };
    let known = known().map_or_else(String::new, |known| format!("  = known so far: {known}\n"));
    write_stderr(&format!("{line}error: stopped by a signal before there was an answer\n{known}"));
    process::exit(ENDED_BY_INTERRUPT)
}

/// Keeps how far the run is, to be told if a signal ends it; `None` when there is nothing to tell.
pub(super) fn keep(known: Option<String>) {
    *KNOWN.lock().unwrap_or_else(PoisonError::into_inner) = known;
}

/// What was kept last.
pub(super) fn known() -> Option<String> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// A guard: while it exists, the first signal only sets a flag.
pub(super) struct Interrupt(());

impl Interrupt {
    /// Lets the first signal set the flag.
    pub(super) fn listen() -> Self {
        IS_POLLED.store(true, Ordering::SeqCst);
        Self(())
    }

    /// The stop flag, set by a signal or by a writer that has failed.
    pub(super) fn stop(&self) -> &'static AtomicBool {
        &STOP
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        IS_POLLED.store(false, Ordering::SeqCst);
    }
}
