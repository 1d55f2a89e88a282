//! Charts of `landscape`.

use crate::report::answer::landscape::LandscapeAnswer;

/// The drawing.
#[must_use]
pub fn chart(answer: &LandscapeAnswer) -> String {
    answer.set.join(" ")
}
