//! Reporting a panic as a bug in multipolar, in three lines.

use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Arc, Mutex, PoisonError};

use super::Exit;
use super::console::write_stderr;

/// Runs `body`; a panic on any thread becomes [`Exit::Bug`] with a message that asks to report it.
pub(super) fn caught(body: impl FnOnce() -> Exit) -> Exit {
    let first: Arc<Mutex<Option<String>>> = Arc::default();
    let recorded = Arc::clone(&first);
    panic::set_hook(Box::new(move |info| {
        recorded.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| described(info));
    }));
    let ended = panic::catch_unwind(AssertUnwindSafe(body));
    let _ = panic::take_hook();
    ended.unwrap_or_else(|_| {
        let what = first.lock().unwrap_or_else(PoisonError::into_inner).take();
        write_stderr(&message(&what.unwrap_or_else(|| "no message".to_owned())));
        Exit::Bug
    })
}

fn message(what: &str) -> String {
    format!(
        "error: this is a bug in multipolar {}, not in your files: {what}\n\
         There is no answer. Please report this line, with the command and, if you may share it, the portfolio,\n\
         to the makers of multipolar.\n",
        env!("CARGO_PKG_VERSION")
    )
}

fn described(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let text = payload
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned());
    match info.location() {
        // A relative path is one of our files; an absolute path would only show where a dependency was built.
        Some(place) if place.file().starts_with("src") => {
            format!("{text} ({}:{})", place.file(), place.line())
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_asks_to_report_the_bug() {
        let text = message("index 3 of 2");
        assert!(
            text.starts_with("error: this is a bug in multipolar") && text.contains("index 3 of 2"),
            "{text}"
        );
        assert!(text.contains("Please report"));
    }
}
