//! The options: cost against the worst years.

use super::super::paper::{Anchor, Paper, Type};
use super::scale::{AxisScale, upright};
use super::{CHARACTER, WIDTH};
use crate::report::answer::ladder::{RungAnswer, RungWord};
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

/// Each option as a dot, today hollow; labels step aside where dots are near each other. `words`: the name of an option.
#[must_use]
pub fn options(
    rungs: &[RungAnswer],
    currency: DisplayCurrency,
    id: &str,
    title: &str,
    words: &dyn Fn(&RungAnswer) -> String,
) -> String {
    let own = |amount_usd: f64| amount_usd / currency.usd();
    let cost_of = |rung: &RungAnswer| own(rung.figures.out_of_sample.monthly_cost_usd);
    let worst_of = |rung: &RungAnswer| own(rung.figures.out_of_sample.cvar_usd);
    let cost: Vec<f64> = rungs.iter().map(cost_of).collect();
    let (low, high) = cost.iter().fold((f64::INFINITY, 0.0_f64), |(l, h), c| (l.min(*c), h.max(*c)));
    let room = (high - low).max(high * 0.02) * 0.12;
    let worst = rungs.iter().map(worst_of).fold(0.0, f64::max);
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
    let places: Vec<(f64, f64)> =
        rungs.iter().map(|rung| (x.at(cost_of(rung)), y.at(worst_of(rung)))).collect();
    let mut taken: Vec<Taken> = places.iter().map(|(x, y)| [x - 5.0, y - 5.0, x + 5.0, y + 5.0]).collect();
    // What is told first has the most room: what is recommended, then everything, then nothing, then the rest.
    let mut order: Vec<(&RungAnswer, &(f64, f64))> = rungs.iter().zip(&places).collect();
    order.sort_by_key(|(rung, _)| match rung.rung {
        _ if rung.is_recommended => 0,
        RungWord::All => 1,
        RungWord::Today => 2,
        _ => 3,
    });
    for (rung, place) in &order {
        let label = words(rung);
        if let Some((x, y, anchor, area)) = free_place(**place, &label, &taken) {
            taken.push(area);
            paper.text((x, y), Type::Body, anchor, "ink", &label);
        }
    }
    for (rung, place) in order.into_iter().rev() {
        let says =
            format!("{}: {} a month, worst years {}", words(rung), usd(cost_of(rung)), usd(worst_of(rung)));
        let color = if rung.is_recommended { "s1" } else { "accent" };
        paper.dot(*place, color, rung.rung != RungWord::Today, &says);
    }
    let description = "One dot for each option: the farther left, the cheaper; the lower, the less it loses in the worst years. \
                       The table of options has the same figures.";
    paper.finish_in_page(BOTTOM + 44.0, id, title, description)
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
