//! The waterfall of a change: from one figure to another, by what causes it.

use super::super::paper::{Anchor, Paper, Type};
use super::scale::AxisScale;
use super::{WIDTH, shortened};
use crate::report::figures::{usd, usd_change};
use crate::report::money::DisplayCurrency;

const LABELS: f64 = 148.0;
const ROOM: f64 = 72.0;
const BAR: f64 = 14.0;
const ROW: f64 = 24.0;
/// Characters of a label.
const LABEL_CHARACTERS: usize = 24;

/// A step of the change.
#[derive(Debug, Clone, PartialEq)]
pub struct WaterfallPart {
    pub name: String,
    /// What it adds, USD; negative when it takes away.
    pub change_usd: f64,
}

/// `from` with its name, the parts one after the other, and what they add up to, with the name of that; USD.
#[must_use]
pub fn waterfall(
    from: (&str, f64),
    parts: &[WaterfallPart],
    to: &str,
    currency: DisplayCurrency,
    id: &str,
    title: &str,
) -> String {
    let own = |amount_usd: f64| amount_usd / currency.usd();
    let levels = levels(from.1, parts);
    let (low, high) = levels.iter().fold((0.0_f64, 0.0_f64), |(low, high), x| (low.min(*x), high.max(*x)));
    let x = AxisScale::new((low, high), (LABELS, WIDTH - ROOM));
    let last = levels.last().copied().unwrap_or(from.1);
    let steps = parts.iter().zip(levels.windows(2));
    let steps =
        steps.map(|(part, ends)| (part.name.as_str(), ends[0], ends[1], usd_change(own(part.change_usd))));
    let total = |name, level| (name, 0.0, level, usd(own(level)));
    let rows: Vec<(&str, f64, f64, String)> =
        std::iter::once(total(from.0, from.1)).chain(steps).chain([total(to, last)]).collect();
    let mut paper = Paper::new(WIDTH);
    for (n, (name, start, end, figure)) in rows.iter().enumerate() {
        let y = 8.0 + ROW * n as f64;
        let is_total = n == 0 || n + 1 == rows.len();
        // Totals in ink; a rise and a fall differ by their fill as well as by their color.
        let (color, is_filled) = match (is_total, end > start) {
            (true, _) => ("ink", true),
            (false, true) => ("s1", true),
            (false, false) => ("s0", false),
        };
        let (left, right) = (x.at(start.min(*end)), x.at(start.max(*end)));
        paper.text(
            (LABELS - 8.0, y + 11.0),
            Type::Body,
            Anchor::End,
            "ink",
            &shortened(name, LABEL_CHARACTERS),
        );
        paper.bar((left, y), (right - left, BAR), color, is_filled);
        paper.text((right + 6.0, y + 11.0), Type::Small, Anchor::Start, "ink", figure);
    }
    let bottom = 8.0 + ROW * rows.len() as f64;
    paper.line((x.at(0.0), 4.0), (x.at(0.0), bottom), "rule", 1.0);
    let description = "Bars from the first figure to the last, one for each cause of the change, each beginning where the one before ends.";
    paper.finish_in_page(bottom + 4.0, id, title, description)
}

/// Where each step begins, and where the last ends.
fn levels(from: f64, parts: &[WaterfallPart]) -> Vec<f64> {
    let mut levels = vec![from];
    for part in parts {
        levels.push(levels.last().copied().unwrap_or(from) + part.change_usd);
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From 100 by +30 and -50 to 80.
    #[test]
    fn the_steps_add_up() {
        let part = |name: &str, change_usd: f64| WaterfallPart { name: name.to_owned(), change_usd };
        let parts = [part("demand", 30.0), part("catalog", -50.0)];
        assert_eq!(levels(100.0, &parts), [100.0, 130.0, 80.0]);
        let drawn = waterfall(("2026Q3", 100.0), &parts, "2026Q4", DisplayCurrency::USD, "w", "t");
        for text in [">2026Q3<", ">+30<", ">-50<", ">80<"] {
            assert!(drawn.contains(text), "{text}: {drawn}");
        }
        assert_eq!(drawn.matches("<rect").count(), 4);
    }
}
