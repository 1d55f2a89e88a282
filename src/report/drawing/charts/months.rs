//! A calendar: when offers in use end.

use super::super::paper::{Anchor, Paper, Type};
use super::scale::AxisScale;
use super::{WIDTH, shortened};
use crate::report::figures::number;

const LEFT: f64 = 24.0;
const RIGHT: f64 = WIDTH - 24.0;
const ROW: f64 = 22.0;
/// Characters of a name.
const NAME: usize = 44;

/// Something that happens on a day, counted from the start; negative when it is past.
#[derive(Debug, Clone, PartialEq)]
pub struct DayMark {
    pub name: String,
    pub day: f64,
    pub date: String,
}

/// Marks on a line of time from the start to the last of them, or to the horizon where that is later.
#[must_use]
pub fn calendar(marks: &[DayMark], horizon_days: f64, id: &str, title: &str) -> String {
    let mut paper = Paper::new(WIDTH);
    let last = marks.iter().map(|mark| mark.day).fold(horizon_days, f64::max);
    let first = marks.iter().map(|mark| mark.day).fold(0.0, f64::min);
    let x = AxisScale::new((first, last), (LEFT, RIGHT));
    let bottom = 30.0 + ROW * marks.len() as f64;
    for (day, label) in [(0.0, "start".to_owned()), (horizon_days, format!("day {}", number(horizon_days)))] {
        paper.line((x.at(day), 20.0), (x.at(day), bottom), "rule", 1.0);
        let anchor = if x.at(day) > WIDTH / 2.0 { Anchor::End } else { Anchor::Start };
        paper.text((x.at(day), 12.0), Type::Small, anchor, "muted", &label);
    }
    for (n, mark) in marks.iter().enumerate() {
        let y = 36.0 + ROW * n as f64;
        let says = format!("{}: {}", mark.name, mark.date);
        paper.dot((x.at(mark.day), y), "bad", true, &says);
        let label = format!("{} {}", mark.date, shortened(&mark.name, NAME));
        let is_right = x.at(mark.day) > WIDTH / 2.0;
        let (gap, anchor) = if is_right { (-10.0, Anchor::End) } else { (10.0, Anchor::Start) };
        paper.text((x.at(mark.day) + gap, y + 4.0), Type::Body, anchor, "ink", &label);
    }
    let description =
        "One dot for each offer in use that ends, on its day. The table below has the same dates.";
    paper.finish_in_page(bottom + 8.0, id, title, description)
}
