//! Ctrl-C during a simulation: the first ends it early with the trials done so far, the second ends the program.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);
/// Whether a simulation polls `STOP`, so that setting it is enough.
static IS_POLLED: AtomicBool = AtomicBool::new(false);

/// What a shell reports for a program that ended by Ctrl-C.
const ENDED_BY_INTERRUPT: i32 = 130;

/// A guard: while it exists, the first Ctrl-C only sets a flag.
pub(super) struct Interrupt(());

impl Interrupt {
    /// Installs the handler. If that fails, Ctrl-C ends the program as usual.
    pub(super) fn listen() -> Self {
        IS_POLLED.store(true, Ordering::SeqCst);
        let _ = ctrlc::set_handler(|| {
            if IS_POLLED.swap(false, Ordering::SeqCst) {
                STOP.store(true, Ordering::SeqCst);
            } else {
                process::exit(ENDED_BY_INTERRUPT);
            }
        });
        Self(())
    }

    /// The stop flag, set by Ctrl-C or by a writer that has failed.
    pub(super) fn stop(&self) -> &'static AtomicBool {
        &STOP
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        IS_POLLED.store(false, Ordering::SeqCst);
    }
}
