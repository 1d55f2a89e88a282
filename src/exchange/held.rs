//! Panics of the libraries that read files: they are faults of a file, not bugs, so that nothing is printed about them.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether a panic on this thread is held.
    static IS_HELD: Cell<bool> = const { Cell::new(false) };
}

/// The result of `body`, or `None` if it panicked. The panic is not reported by the panic hook.
pub(super) fn held<T>(body: impl FnOnce() -> T) -> Option<T> {
    silence();
    let before = IS_HELD.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(body));
    IS_HELD.set(before);
    result.ok()
}

/// Puts a hook before the one that is in place, once, which passes on all panics but those that are held.
fn silence() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let next = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_HELD.get() {
                next(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_panic_ends_only_what_panicked() {
        assert_eq!(held(|| 3), Some(3));
        let inner = held(|| {
            assert_eq!(held(|| -> u8 { panic!("inner") }), None);
            IS_HELD.get()
        });
        assert_eq!(inner, Some(true));
        assert_eq!(held(|| -> u8 { panic!("outer") }), None);
        assert!(!IS_HELD.get());
    }
}
