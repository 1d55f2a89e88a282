//! Charts of `landscape`: strengths with their bands, and the lag over time.

use super::paper::{Anchor, Paper, Type};
use crate::report::answer::landscape::LandscapeAnswer;
use crate::report::answer::landscape::lags::{LagAnswer, LagMonthAnswer};
use crate::report::figures::number;
use crate::report::tables::landscape::{firm, words};

const WIDTH: f64 = 960.0;
const MARGIN: f64 = 32.0;
/// Pixels of a row of the dot plot.
const ROW: f64 = 24.0;
/// Pixels to the left of the first column of dots.
const LABELS: f64 = 112.0;
/// Pixels between columns of dots.
const GAP: f64 = 24.0;
/// Pixels of the lag's plane.
const PLANE: f64 = 280.0;
/// Pixels to the right of the plane, for names and intervals.
const NAMES: f64 = 260.0;
/// Lines in the chart of the lag.
const LINES: usize = 6;
/// Steps of the lag's axis, points.
const STEPS: [f64; 7] = [5.0, 10.0, 20.0, 25.0, 50.0, 100.0, 200.0];

/// Colors that jurisdictions keep wherever they are drawn; the others take what is left, in their order.
const OWN_COLORS: [(&str, &str); 3] =
    [("{origin: US}", "s0"), ("{origin: CN}", "s1"), ("{origin: EU}", "s2")];
const OTHER_COLORS: [&str; 5] = ["s3", "s4", "s5", "s6", "s7"];

/// The drawing.
#[must_use]
pub fn chart(answer: &LandscapeAnswer) -> String {
    let mut paper = Paper::new(WIDTH);
    let title = firm(&answer.ranks);
    let below = strengths(&mut paper, answer, &title);
    let bottom = lags(&mut paper, answer, below + 2.0 * ROW);
    let description = "Two charts: strength of each jurisdiction in each enabler, and capability points that groups of models \
                       lie behind the best model, month by month. The figures: multipolar landscape --format csv --table \
                       enablers, and --table history.";
    paper.finish(bottom + MARGIN, &title, description)
}

/// One row per jurisdiction, one column of dots per enabler; the y below.
fn strengths(paper: &mut Paper, answer: &LandscapeAnswer, title: &str) -> f64 {
    let mut y = paper.paragraph((MARGIN, 40.0), Type::Title, "ink", title);
    let subtitle = "Strength in each enabler: 1 is the highest figure of the set, for energy the lowest price. Bars: one indicator \
                    left out. Hollow: a single indicator, so no bar. In parentheses the band of the overall rank.";
    y = paper.paragraph((MARGIN, y), Type::Body, "muted", subtitle) + ROW;
    let ids: Vec<&String> = answer.weights.keys().collect();
    let room = WIDTH - 2.0 * MARGIN - LABELS;
    let column = room / ids.len().max(1) as f64 - GAP;
    let x = |n: usize, strength: f64| {
        MARGIN + LABELS + n as f64 * (column + GAP) + column * strength.clamp(0.0, 1.0)
    };
    let last = y + ROW * answer.ranks.len() as f64;
    for (n, id) in ids.iter().enumerate() {
        paper.text((x(n, 0.0), y - 6.0), Type::Body, Anchor::Start, "ink", &words(id));
        for (end, label) in [(0.0, "0"), (0.5, ""), (1.0, "1")] {
            paper.line((x(n, end), y), (x(n, end), last), "rule", 1.0);
            paper.text((x(n, end), last + 16.0), Type::Small, Anchor::Middle, "muted", label);
        }
    }
    for (row, rank) in answer.ranks.iter().enumerate() {
        let middle = y + ROW * (row as f64 + 0.5);
        let band = match (rank.rank_best, rank.rank_worst) {
            (best, worst) if best == worst => format!("({best})"),
            (best, worst) => format!("({best} to {worst})"),
        };
        let label = format!("{} {band}", rank.jurisdiction);
        paper.text((MARGIN, middle + 4.0), Type::Body, Anchor::Start, "ink", &label);
        let color = color_of(&format!("{{origin: {}}}", rank.jurisdiction)).unwrap_or("muted");
        for (n, id) in ids.iter().enumerate() {
            let Some(score) = answer.enablers[&rank.jurisdiction].get(*id) else { continue };
            let Some(strength) = score.strength else { continue };
            let band = score.strength_low.zip(score.strength_high);
            if let Some((low, high)) = band {
                paper.line((x(n, low), middle), (x(n, high), middle), color, 3.0);
            }
            let says = format!("{}, {}: {strength:.2}", rank.jurisdiction, words(id));
            paper.dot((x(n, strength), middle), color, band.is_some(), &says);
        }
    }
    last + ROW
}

/// The lag of a few groups over time, with today's intervals; the y below.
fn lags(paper: &mut Paper, answer: &LandscapeAnswer, top: f64) -> f64 {
    let shown = shown(answer);
    let days: Vec<&str> = days(answer);
    if shown.is_empty() || days.is_empty() {
        return top;
    }
    let mut y = paper.paragraph((MARGIN, top), Type::Title, "ink", &nearest(answer));
    let subtitle = "Capability points behind the best model of all, on the first of each month. Right: today, with the 95 % interval \
                    that the errors of the ratings leave.";
    y = paper.paragraph((MARGIN, y), Type::Body, "muted", subtitle) + 8.0;
    let of = |lag: &LagAnswer| -> Vec<&LagMonthAnswer> {
        answer.history.iter().filter(|month| month.group == lag.group).collect()
    };
    let highest = shown
        .iter()
        .flat_map(|lag| of(lag).into_iter().map(|m| m.points).chain(lag.points_high))
        .fold(1.0, f64::max);
    let step = STEPS.into_iter().find(|step| highest / step <= 6.0).unwrap_or(highest / 4.0);
    let most = (highest / step).ceil() * step;
    let (left, right) = (MARGIN + 32.0, WIDTH - MARGIN - NAMES);
    let at = |points: f64| y + PLANE * (1.0 - points / most);
    let x = |day: &str| {
        let place = days.iter().position(|d| *d == day).unwrap_or(0);
        left + (right - left) * place as f64 / (days.len() - 1).max(1) as f64
    };
    for n in 0..=(most / step).round() as usize {
        let points = step * n as f64;
        paper.line((left, at(points)), (right, at(points)), "rule", 1.0);
        paper.text((left - 8.0, at(points) + 4.0), Type::Small, Anchor::End, "muted", &number(points));
    }
    for day in days.iter().filter(|day| day.get(5..7).is_some_and(|month| month == "01" || month == "07")) {
        let label = day.get(..7).unwrap_or(day);
        paper.text((x(day), y + PLANE + 18.0), Type::Small, Anchor::Middle, "muted", label);
    }
    let colors = colors(&shown);
    let mut names: Vec<(f64, String, &str)> = Vec::new();
    for (n, (lag, color)) in shown.iter().zip(colors).enumerate() {
        let points: Vec<(f64, f64)> = of(lag).iter().map(|m| (x(&m.as_of), at(m.points))).collect();
        paper.steps(&points, color);
        let Some(today) = lag.points else { continue };
        let beside = right + 12.0 + 10.0 * n as f64;
        if let Some((low, high)) = lag.points_low.zip(lag.points_high) {
            paper.line((beside, at(low)), (beside, at(high)), color, 2.0);
        }
        paper.dot((beside, at(today)), color, true, &format!("{}: {}", label(&lag.group), number(today)));
        names.push((at(today), format!("{} {}", label(&lag.group), number(today.round())), color));
    }
    // Names keep a line's distance from each other, from the bottom up.
    names.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut free = y + PLANE + 4.0;
    for (height, name, color) in names {
        let height = (height + 4.0).min(free);
        let beside = right + 24.0 + 10.0 * shown.len() as f64;
        paper.text((beside, height), Type::Body, Anchor::Start, color, &name);
        free = height - 16.0;
    }
    let source = "Capability in points of the text arena, fitted over public benchmarks; strengths from jurisdictions.yaml, where each \
                  figure has its source.";
    paper.paragraph((MARGIN, y + PLANE + 48.0), Type::Small, "muted", source)
}

/// Groups that are drawn: origins and openness that are nearest to the front, in their order.
fn shown(answer: &LandscapeAnswer) -> Vec<&LagAnswer> {
    let is_crossed = |lag: &&LagAnswer| lag.group.matches(": ").count() > 1;
    let is_usual = answer.lag.iter().any(|lag| lag.group.starts_with("{openness: "));
    let mut shown: Vec<&LagAnswer> =
        answer.lag.iter().filter(|lag| lag.points.is_some() && !(is_usual && is_crossed(lag))).collect();
    shown.sort_by(|a, b| a.points.unwrap_or_default().total_cmp(&b.points.unwrap_or_default()));
    shown.truncate(LINES);
    shown
}

/// Days of the history, ascending.
fn days(answer: &LandscapeAnswer) -> Vec<&str> {
    let mut days: Vec<&str> = answer.history.iter().map(|month| month.as_of.as_str()).collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// The finding: who is in front, who is next.
fn nearest(answer: &LandscapeAnswer) -> String {
    let groups = shown(answer);
    let front: Vec<&str> = groups.iter().filter(|l| l.points == Some(0.0)).map(|l| label(&l.group)).collect();
    let next = groups.iter().find_map(|l| Some((l, l.points.filter(|points| *points > 0.0)?)));
    let front = if front.is_empty() { String::new() } else { format!("In front: {}", front.join(", ")) };
    match next {
        Some((lag, points)) if front.is_empty() => {
            format!("{} lies {} points behind", label(&lag.group), number(points.round()))
        }
        Some((lag, points)) => {
            format!("{front}; next: {}, {} points behind", label(&lag.group), number(points.round()))
        }
        None => front,
    }
}

/// The name of a group for readers: a jurisdiction, a kind of openness, else its selector.
fn label(group: &str) -> &str {
    let origin = group.strip_prefix("{origin: ").and_then(|rest| rest.strip_suffix('}'));
    match group {
        "{openness: closed}" => "closed models",
        "{openness: [open_weights, open_source]}" => "open models",
        _ => origin.filter(|id| !id.contains([',', '['])).unwrap_or(group),
    }
}

fn color_of(group: &str) -> Option<&'static str> {
    OWN_COLORS.iter().find(|(name, _)| *name == group).map(|(_, color)| *color)
}

fn colors(shown: &[&LagAnswer]) -> Vec<&'static str> {
    let mut others = OTHER_COLORS.iter().cycle();
    let color = |lag: &&LagAnswer| color_of(&lag.group).or_else(|| others.next().copied()).unwrap_or("ink");
    shown.iter().map(color).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lag(group: &str, points: f64) -> LagAnswer {
        LagAnswer {
            group: group.to_owned(),
            points: Some(points),
            points_low: Some(0.0),
            points_high: Some(points + 50.0),
            ..LagAnswer::default()
        }
    }

    #[test]
    fn groups_are_named_for_readers() {
        for (group, name) in [
            ("{origin: CN}", "CN"),
            ("{openness: closed}", "closed models"),
            ("{origin: [CN, US]}", "{origin: [CN, US]}"),
            ("{origin: CN, openness: closed}", "{origin: CN, openness: closed}"),
        ] {
            assert_eq!(label(group), name);
        }
    }

    /// The three that are always drawn in one color keep it; two others never share one.
    #[test]
    fn jurisdictions_keep_their_colors() {
        let (us, fr, cn, jp) = (
            lag("{origin: US}", 0.0),
            lag("{origin: FR}", 1.0),
            lag("{origin: CN}", 2.0),
            lag("{origin: JP}", 3.0),
        );
        assert_eq!(colors(&[&us, &fr, &cn, &jp]), ["s0", "s3", "s1", "s4"]);
    }
}
