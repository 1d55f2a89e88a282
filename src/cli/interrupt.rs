//! Ctrl-C while trials run: the first asks for what is done, the next ends the program as usual.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);
/// Whether somebody looks at `STOP`, so that it is enough to set it.
static IS_HEARD: AtomicBool = AtomicBool::new(false);

/// What a shell reports for a program that ended by Ctrl-C.
const ENDED_BY_INTERRUPT: i32 = 130;

/// While it lives, the first Ctrl-C only sets a flag.
pub(super) struct Interrupt(());

impl Interrupt {
    /// Begins to listen. Where that cannot be, Ctrl-C ends the program as ever.
    pub(super) fn listen() -> Self {
        IS_HEARD.store(true, Ordering::SeqCst);
        let _ = ctrlc::set_handler(|| {
            if IS_HEARD.swap(false, Ordering::SeqCst) {
                STOP.store(true, Ordering::SeqCst);
            } else {
                process::exit(ENDED_BY_INTERRUPT);
            }
        });
        Self(())
    }

    /// Set by Ctrl-C, or by whoever finds that going on is of no use.
    pub(super) fn stop(&self) -> &'static AtomicBool {
        &STOP
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        IS_HEARD.store(false, Ordering::SeqCst);
    }
}
