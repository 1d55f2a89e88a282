//! Charts of the report page.
//!
//! They stand on `paper`, a few hundred lines of our own, and not on a plotting crate. `kuva` 0.6 was looked at: it
//! draws bars, lines, flows and waterfalls, and takes our variables as colors. But a chart of ours needs a view box, a role,
//! title and description, ids that are unique on the page, direct labels that step aside, today hollow beside the plan
//! filled, and a form for narrow screens; all of this would be rewritten into its output, for 95,000 lines more to build.
//!
//! Every chart is 480 wide, so that two stand side by side on a screen and one is legible on a phone; the flow is 960.

pub mod exceedance;
pub mod flow;
pub mod frontier;
pub mod layers;
pub mod months;
pub mod options;
mod plane;
mod scale;
pub mod service;
pub mod waterfall;

/// Pixels of a chart from left to right.
pub(super) const WIDTH: f64 = 480.0;
/// Pixels of a character of the body type, about.
pub(super) const CHARACTER: f64 = 6.3;

/// At most so many characters, with an ellipsis where some are left out.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}
