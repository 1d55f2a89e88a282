//! Service over time in scenarios: one small plane for each, all on one scale.

use super::super::paper::{Anchor, Paper, Type};
use super::scale::AxisScale;
use super::{WIDTH, shortened};
use crate::report::answer::stress::{InstantAnswer, ScenarioAnswer};
use crate::report::figures::{number, percent};

const COLUMNS: usize = 2;
const GAP: f64 = 40.0;
const LEFT: f64 = 36.0;
const PLANE: f64 = 56.0;
const ROW: f64 = 116.0;
/// Characters of a line of a name above a plane.
const NAME: usize = 31;

/// Scenarios today (dashed) and under the plan (solid), in the order given.
#[must_use]
pub fn service(scenarios: &[(&ScenarioAnswer, Option<&ScenarioAnswer>)], id: &str, title: &str) -> String {
    let mut paper = Paper::new(WIDTH);
    let width = (WIDTH - LEFT - GAP) / COLUMNS as f64 - 4.0;
    for (n, (today, plan)) in scenarios.iter().enumerate() {
        let left = LEFT + (n % COLUMNS) as f64 * (width + GAP);
        let top = 34.0 + (n / COLUMNS) as f64 * ROW;
        let x = AxisScale::new((0.0, today.horizon_days), (left, left + width));
        let y = AxisScale::new((0.0, 1.0), (top + PLANE, top));
        for (line, text) in two_lines(&today.name).iter().enumerate() {
            paper.text((left, top - 22.0 + 14.0 * line as f64), Type::Body, Anchor::Start, "ink", text);
        }
        for share in [0.0, 0.5, 1.0] {
            paper.line((left, y.at(share)), (left + width, y.at(share)), "rule", 1.0);
            if n % COLUMNS == 0 {
                paper.text(
                    (left - 4.0, y.at(share) + 4.0),
                    Type::Small,
                    Anchor::End,
                    "muted",
                    &percent(share),
                );
            }
        }
        for (day, anchor) in [(0.0, Anchor::Start), (today.horizon_days, Anchor::End)] {
            let label = format!("day {}", number(day));
            paper.text((x.at(day), top + PLANE + 14.0), Type::Small, anchor, "muted", &label);
        }
        for (scenario, color, dash) in [(Some(*today), "s1", "4 3"), (*plan, "s0", "")] {
            if let Some(scenario) = scenario {
                paper.curve(&steps(&scenario.timeline, scenario.horizon_days, x, y), color, 1.8, dash);
            }
        }
    }
    let rows = scenarios.len().div_ceil(COLUMNS) as f64;
    let description = "Served share of the value, day by day. The table of scenarios has the lowest service and when it is restored.";
    let bottom = 34.0 + rows * ROW;
    paper.curve(&[(LEFT, bottom - 8.0), (LEFT + 24.0, bottom - 8.0)], "s1", 1.8, "4 3");
    paper.text((LEFT + 30.0, bottom - 4.0), Type::Small, Anchor::Start, "muted", "today");
    paper.curve(&[(LEFT + 80.0, bottom - 8.0), (LEFT + 104.0, bottom - 8.0)], "s0", 1.8, "");
    paper.text(
        (LEFT + 110.0, bottom - 4.0),
        Type::Small,
        Anchor::Start,
        "muted",
        "plan; share of value served",
    );
    paper.finish_in_page(bottom, id, title, description)
}

/// A name in one or two lines, the lower one filled first.
fn two_lines(name: &str) -> [String; 2] {
    if name.chars().count() <= NAME {
        return [String::new(), name.to_owned()];
    }
    let mut first = String::new();
    for word in name.split_whitespace() {
        if first.chars().count() + 1 + word.chars().count() > NAME {
            break;
        }
        first.push_str(if first.is_empty() { "" } else { " " });
        first.push_str(word);
    }
    let rest = name.get(first.len()..).unwrap_or_default().trim_start();
    if first.is_empty() { [String::new(), shortened(name, NAME)] } else { [first, shortened(rest, NAME)] }
}

/// A value holds until the next instant.
fn steps(timeline: &[InstantAnswer], horizon_days: f64, x: AxisScale, y: AxisScale) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for instant in timeline {
        if let Some(&(_, before)) = points.last() {
            points.push((x.at(instant.day), before));
        }
        points.push((x.at(instant.day), y.at(instant.service)));
    }
    if let Some(&(_, before)) = points.last() {
        points.push((x.at(horizon_days), before));
    }
    points
}
