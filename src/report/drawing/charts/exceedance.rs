//! The exceedance curve: which loss a year exceeds once in so many years.

use super::super::paper::{Anchor, Paper, Type};
use super::WIDTH;
use super::scale::{AxisScale, upright};
use crate::report::answer::simulate::ReturnPeriodAnswer;
use crate::report::figures::{count, usd};
use crate::report::money::DisplayCurrency;

const LEFT: f64 = 64.0;
const RIGHT: f64 = WIDTH - 56.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 232.0;

/// Losses by return period today (dashed) and under the plan (solid); `appetite_usd`: the most that the company bears, USD.
#[must_use]
pub fn exceedance(
    today: &[ReturnPeriodAnswer],
    plan: Option<&[ReturnPeriodAnswer]>,
    appetite_usd: Option<f64>,
    currency: DisplayCurrency,
    id: &str,
    title: &str,
) -> String {
    let mut paper = Paper::new(WIDTH);
    let own = |amount_usd: f64| amount_usd / currency.usd();
    let appetite = appetite_usd.map(own);
    let all = || today.iter().chain(plan.into_iter().flatten());
    let highest = all().map(|point| own(point.loss_usd)).chain(appetite).fold(0.0, f64::max);
    let years = all().map(|point| point.return_period_years).fold(2.0, f64::max);
    let y = AxisScale::new((0.0, highest * 1.05), (BOTTOM, TOP));
    let x = AxisScale::new((2_f64.ln(), years.ln()), (LEFT, RIGHT));
    upright(&mut paper, y, (LEFT, RIGHT), 4, &usd);
    paper.text(
        (LEFT, 12.0),
        Type::Small,
        Anchor::Start,
        "muted",
        &format!("loss in a year, {}", currency.code()),
    );
    paper.text((RIGHT, BOTTOM + 36.0), Type::Small, Anchor::End, "muted", "exceeded once in so many years");
    for period in today.iter().map(|point| point.return_period_years) {
        let label = count(period.round() as u64);
        paper.text((x.at(period.ln()), BOTTOM + 18.0), Type::Small, Anchor::Middle, "muted", &label);
    }
    if let Some(limit) = appetite {
        paper.curve(&[(LEFT, y.at(limit)), (RIGHT, y.at(limit))], "bad", 1.5, "2 3");
        paper.text((LEFT + 4.0, y.at(limit) - 5.0), Type::Small, Anchor::Start, "bad", "appetite");
    }
    let mut last: Option<f64> = None;
    for (points, color, dash, name) in
        [(today, "s1", "6 4", "today"), (plan.unwrap_or_default(), "s0", "", "plan")]
    {
        let places: Vec<(f64, f64)> = points
            .iter()
            .map(|point| (x.at(point.return_period_years.ln()), y.at(own(point.loss_usd))))
            .collect();
        let Some(&(right, end)) = places.last() else { continue };
        paper.curve(&places, color, 2.0, dash);
        for (place, point) in places.iter().zip(points) {
            let says = format!(
                "{name}: once in {} years, {}",
                count(point.return_period_years.round() as u64),
                usd(own(point.loss_usd))
            );
            paper.dot(*place, color, name == "plan", &says);
        }
        // Two lines that end at one height have their names one above the other.
        let label = match last {
            Some(other) if (other - end).abs() < 14.0 => other + 14.0,
            _ => end,
        };
        last = Some(label);
        paper.text((right + 8.0, label + 4.0), Type::Body, Anchor::Start, "ink", name);
    }
    let description = "Two curves: the higher, the more a bad year loses. The table of return periods has the same figures.";
    paper.finish_in_page(BOTTOM + 44.0, id, title, description)
}
