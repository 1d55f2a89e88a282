//! Pairs of bars: today hollow, the plan filled, always in this order.

use super::super::paper::{Anchor, Paper, Type};
use super::scale::AxisScale;
use super::{WIDTH, shortened};

/// Pixels to the left of the bars.
const LABELS: f64 = 148.0;
/// Pixels to the right of the longest bar, for its label.
const ROOM: f64 = 118.0;
const BAR: f64 = 10.0;
const ROW: f64 = 34.0;
/// Characters of a label to the left, and of one to the right.
const LABEL_CHARACTERS: usize = 24;
const END_CHARACTERS: usize = 22;

/// One thing today and under the plan.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PairOfBars {
    pub label: String,
    /// What is drawn, ≥ 0, with what is written at the end of the bar.
    pub today: (f64, String),
    /// `None` without a plan.
    pub plan: Option<(f64, String)>,
}

/// A pair of bars for each entry, from zero; `longest`: the value of the longest bar that could be.
#[must_use]
pub fn pairs(entries: &[PairOfBars], longest: f64, id: &str, title: &str, description: &str) -> String {
    let mut paper = Paper::new(WIDTH);
    let scale = AxisScale::new((0.0, longest.max(f64::MIN_POSITIVE)), (LABELS, WIDTH - ROOM));
    let has_plan = entries.iter().any(|entry| entry.plan.is_some());
    let mut y = 8.0;
    paper.bar((LABELS, y - 7.0), (14.0, 8.0), "accent", false);
    paper.text((LABELS + 20.0, y + 1.0), Type::Small, Anchor::Start, "muted", "today");
    if has_plan {
        paper.bar((LABELS + 68.0, y - 7.0), (14.0, 8.0), "accent", true);
        paper.text((LABELS + 88.0, y + 1.0), Type::Small, Anchor::Start, "muted", "plan");
    }
    y += 14.0;
    let height = if has_plan { ROW } else { ROW - BAR };
    paper.line((LABELS, y), (LABELS, y + height * entries.len() as f64), "rule", 1.0);
    for entry in entries {
        let label = shortened(&entry.label, LABEL_CHARACTERS);
        let middle = if has_plan { y + BAR + 5.0 } else { y + BAR };
        paper.text((LABELS - 8.0, middle), Type::Body, Anchor::End, "ink", &label);
        let bars = std::iter::once((&entry.today, false)).chain(entry.plan.iter().map(|plan| (plan, true)));
        for (n, ((value, end), is_filled)) in bars.enumerate() {
            let top = y + 1.0 + n as f64 * (BAR + 3.0);
            paper.bar((LABELS, top), (scale.at(*value) - LABELS, BAR), "accent", is_filled);
            let end = shortened(end, END_CHARACTERS);
            paper.text((scale.at(*value) + 6.0, top + 9.0), Type::Small, Anchor::Start, "ink", &end);
        }
        y += height;
    }
    paper.finish_in_page(y + 4.0, id, title, description)
}
