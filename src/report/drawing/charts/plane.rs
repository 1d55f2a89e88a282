//! The plane of cost against the worst years, with dots and labels that step aside.

use super::super::paper::{Anchor, Paper, Type};
use super::scale::{AxisScale, upright};
use super::{CHARACTER, WIDTH};
use crate::report::figures::usd;
use crate::report::money::DisplayCurrency;

const LEFT: f64 = 64.0;
const RIGHT: f64 = WIDTH - 24.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 232.0;
/// Pixels between a dot and its label.
const GAP: f64 = 8.0;

/// A rectangle that is taken: left, top, right, bottom.
type Taken = [f64; 4];

/// A dot on the plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CostDot<'a> {
    pub monthly_cost_usd: f64,
    pub worst_years_usd: f64,
    pub name: &'a str,
    /// A variable of the style sheet.
    pub color: &'a str,
    pub is_filled: bool,
}

/// The plane under way.
pub(super) struct CostPlane<'a> {
    paper: Paper,
    dots: &'a [CostDot<'a>],
    /// Pixels of each dot.
    places: Vec<(f64, f64)>,
    taken: Vec<Taken>,
    currency: DisplayCurrency,
}

impl<'a> CostPlane<'a> {
    /// Axes around these dots.
    pub(super) fn new(dots: &'a [CostDot<'a>], currency: DisplayCurrency) -> Self {
        let own = |amount_usd: f64| amount_usd / currency.usd();
        let cost: Vec<f64> = dots.iter().map(|dot| own(dot.monthly_cost_usd)).collect();
        let (low, high) = cost.iter().fold((f64::INFINITY, 0.0_f64), |(l, h), c| (l.min(*c), h.max(*c)));
        let room = (high - low).max(high * 0.02) * 0.12;
        let worst = dots.iter().map(|dot| own(dot.worst_years_usd)).fold(0.0, f64::max);
        let x = AxisScale::new(((low - room).max(0.0), high + room), (LEFT, RIGHT));
        let y = AxisScale::new((0.0, worst * 1.05), (BOTTOM, TOP));
        let mut paper = Paper::new(WIDTH);
        upright(&mut paper, y, (LEFT, RIGHT), 4, &usd);
        for tick in x.ticks(4) {
            paper.text((x.at(tick), BOTTOM + 18.0), Type::Small, Anchor::Middle, "muted", &usd(tick));
        }
        paper.text(
            (LEFT, 12.0),
            Type::Small,
            Anchor::Start,
            "muted",
            &format!("mean loss of the worst years, {}", currency.code()),
        );
        paper.text(
            (RIGHT, BOTTOM + 36.0),
            Type::Small,
            Anchor::End,
            "muted",
            &format!("planned cost, {} a month", currency.code()),
        );
        let place = |dot: &CostDot<'_>| (x.at(own(dot.monthly_cost_usd)), y.at(own(dot.worst_years_usd)));
        let places: Vec<(f64, f64)> = dots.iter().map(place).collect();
        let taken = places.iter().map(|(x, y)| [x - 5.0, y - 5.0, x + 5.0, y + 5.0]).collect();
        Self { paper, dots, places, taken, currency }
    }

    /// A line through these dots.
    pub(super) fn curve(&mut self, dots: std::ops::Range<usize>) {
        self.paper.curve(&self.places[dots], "muted", 1.0, "");
    }

    /// Names of these dots where there is room for them, those told first with the most; then all dots, the first on top.
    pub(super) fn named_dots(&mut self, named: &[usize], order: &[usize]) {
        for &at in named {
            let label = self.dots[at].name;
            if let Some((x, y, anchor, area)) = free_place(self.places[at], label, &self.taken) {
                self.taken.push(area);
                self.paper.text((x, y), Type::Body, anchor, "ink", label);
            }
        }
        for &at in order.iter().rev() {
            let dot = self.dots[at];
            let own = |amount_usd: f64| usd(amount_usd / self.currency.usd());
            let says = format!(
                "{}: {} a month, worst years {}",
                dot.name,
                own(dot.monthly_cost_usd),
                own(dot.worst_years_usd)
            );
            self.paper.dot(self.places[at], dot.color, dot.is_filled, &says);
        }
    }

    /// The drawing as a part of a page.
    pub(super) fn finish(self, id: &str, title: &str, description: &str) -> String {
        self.paper.finish_in_page(BOTTOM + 44.0, id, title, description)
    }
}

/// Where a label is free of dots and other labels: to the right, to the left, below, above; `None` where it is nowhere.
fn free_place((x, y): (f64, f64), label: &str, taken: &[Taken]) -> Option<(f64, f64, Anchor, Taken)> {
    let width = label.chars().count() as f64 * CHARACTER;
    let middle = (x - width / 2.0).clamp(LEFT, RIGHT - width) + width / 2.0;
    let places = [
        (x + GAP, y + 4.0, Anchor::Start),
        (x - GAP, y + 4.0, Anchor::End),
        (middle, y + 18.0, Anchor::Middle),
        (middle, y - 10.0, Anchor::Middle),
        (middle, y - 24.0, Anchor::Middle),
    ];
    places.into_iter().find_map(|(x, y, anchor)| {
        let left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        let area = [left, y - 10.0, left + width, y + 3.0];
        let is_inside =
            area[0] >= LEFT - 4.0 && area[2] <= WIDTH && area[3] <= BOTTOM + 4.0 && area[1] > 12.0;
        (is_inside && taken.iter().all(|other| !overlap(&area, other))).then_some((x, y, anchor, area))
    })
}

fn overlap(a: &Taken, b: &Taken) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The dot of the neighbor is in the way to the right, so the label goes to the left.
    #[test]
    fn a_label_steps_aside() {
        let own = [195.0, 95.0, 205.0, 105.0];
        let free = free_place((200.0, 100.0), "hosts", &[own]).unwrap();
        assert_eq!(free.2, Anchor::Start);
        let crowded = free_place((200.0, 100.0), "hosts", &[own, [215.0, 95.0, 225.0, 105.0]]).unwrap();
        assert_eq!(crowded.2, Anchor::End);
        assert_eq!(free_place((200.0, 100.0), "hosts", &[[0.0, 0.0, 480.0, 300.0]]), None);
    }
}
