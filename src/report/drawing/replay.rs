//! The chart of `replay`: losses by the year of the event, today hollow, the plan filled.

use super::paper::{Anchor, Fill, Paper, Type};
use crate::report::answer::replay::ReplayAnswer;
use crate::report::figures::{counted, usd};

const WIDTH: f64 = 960.0;
const MARGIN: f64 = 32.0;
/// Pixels from one year to the next, without and with a plan.
const ROW: f64 = 32.0;
const PAIR: f64 = 52.0;
/// Pixels of a bar.
const BAR: f64 = 18.0;
/// Pixels to the left of the bars, and to the right for their figures.
const LABELS: f64 = 56.0;
const FIGURES: f64 = 90.0;

/// The drawing: bars from zero, each with its figure; a year without a loss has a line and no bar.
#[must_use]
pub fn by_year(answer: &ReplayAnswer) -> String {
    let mut paper = Paper::new(WIDTH);
    let title = finding(answer);
    let mut y = paper.paragraph((MARGIN, 40.0), Type::Title, "ink", &title);
    let subtitle = match answer.plan {
        Some(_) => {
            "Sum of what each past event alone would cost, USD, by year of the event. Hollow: today. Filled: the plan."
        }
        None => "Sum of what each past event alone would cost today, USD, by year of the event",
    };
    y = paper.paragraph((MARGIN, y), Type::Body, "muted", subtitle) + 12.0;
    let plan = answer.plan_by_year.as_ref();
    let row = if plan.is_some() { PAIR } else { ROW };
    let losses = || answer.by_year.values().chain(plan.into_iter().flat_map(|plan| plan.values()));
    let most = losses().copied().fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let left = MARGIN + LABELS;
    let width = |loss: f64| (WIDTH - MARGIN - FIGURES - left) * loss / most;
    let bottom = y + row * answer.by_year.len() as f64;
    paper.line((left, y), (left, bottom), "muted", 1.0);
    for (n, (year, loss)) in answer.by_year.iter().enumerate() {
        let top = y + row * n as f64 + 6.0;
        paper.text((MARGIN, top + BAR - 5.0), Type::Body, Anchor::Start, "ink", year);
        let other = plan.and_then(|plan| plan.get(year));
        let bars = [Some((loss, Fill::Hollow, "today")), other.map(|loss| (loss, Fill::Shade(1.0), "plan"))];
        for (below, (loss, fill, whose)) in bars.into_iter().flatten().enumerate() {
            let top = top + (BAR + 3.0) * below as f64;
            if *loss > 0.0 {
                let says = format!("{year}, {whose}: USD {}", usd(*loss));
                paper.block((left, top), (width(*loss).max(1.0), BAR), fill, &says);
            }
            let figure = (left + width(*loss) + 8.0, top + BAR - 5.0);
            paper.text(figure, Type::Body, Anchor::Start, "ink", &usd(*loss));
        }
    }
    let n_without = answer.events.iter().filter(|event| event.no_effect.is_some()).count();
    let note = format!(
        "{} from {} to {}, of which {n_without} have no effect on supply. Events overlap: the sum of a year is not its loss.",
        counted(answer.events.len(), "event"),
        answer.from,
        answer.to
    );
    let y = paper.paragraph((MARGIN, bottom + 24.0), Type::Small, "muted", &note);
    let description = "Bars by year: what the events of the year would cost today's portfolio and, where there is one, the plan. The \
                       figures: multipolar replay, by_year and plan_by_year of --format json.";
    paper.finish(y + 8.0, &title, description)
}

/// The finding: what the events cost in all and in the worst year.
fn finding(answer: &ReplayAnswer) -> String {
    let total = |years: &std::collections::BTreeMap<String, f64>| years.values().sum::<f64>();
    let today = total(&answer.by_year);
    if today <= 0.0 {
        return "No past event would cost the portfolio of today anything".to_owned();
    }
    if let Some(plan) = &answer.plan_by_year {
        return format!(
            "Past events would cost USD {} today and USD {} with the plan",
            usd(today),
            usd(total(plan))
        );
    }
    // Of years that cost alike, the first.
    let worst = answer.by_year.iter().rev().max_by(|a, b| a.1.total_cmp(b.1));
    worst.map_or_else(String::new, |(year, loss)| {
        format!("Past events would cost USD {} today, those of {year} alone USD {}", usd(today), usd(*loss))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn answer(plan: Option<&[(&str, f64)]>) -> ReplayAnswer {
        let years = |list: &[(&str, f64)]| -> BTreeMap<String, f64> {
            list.iter().map(|(year, usd)| ((*year).to_owned(), *usd)).collect()
        };
        ReplayAnswer {
            format_version: 1,
            portfolio: "bank".to_owned(),
            plan: plan.map(|_| "bank, plan".to_owned()),
            from: "2024-01-01".to_owned(),
            to: "2026-01-01".to_owned(),
            horizon_days: 365.0,
            events: Vec::new(),
            by_year: years(&[("2024", 0.0), ("2025", 4000.0)]),
            plan_by_year: plan.map(years),
            together: None,
        }
    }

    /// The longest bar takes the room of 960 - 88 - 90 - 32 = 750 pixels; zero has no bar.
    #[test]
    fn bars_start_at_zero_and_are_in_proportion() {
        let text = by_year(&answer(Some(&[("2024", 0.0), ("2025", 1000.0)])));
        assert!(
            text.contains("Past events would cost USD 4,000 today and USD 1,000 with the plan"),
            "{text}"
        );
        assert!(text.contains("width=\"750.0\" height=\"18.0\" fill=\"var(--paper)\""), "{text}");
        assert!(text.contains("width=\"187.5\" height=\"18.0\" fill=\"var(--accent)\""), "{text}");
        assert_eq!(text.matches("<title>2024").count(), 0);
    }

    #[test]
    fn without_a_plan_the_title_names_the_worst_year() {
        let text = by_year(&answer(None));
        assert!(text.contains("USD 4,000 today, those of 2025 alone USD 4,000"), "{text}");
        assert!(!text.contains("Filled"), "{text}");
        assert!(
            by_year(&ReplayAnswer { by_year: BTreeMap::new(), ..answer(None) }).contains("No past event")
        );
    }
}
