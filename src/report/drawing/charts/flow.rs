//! The supply flow: value from countries through developers and hosts to workloads.

use std::collections::BTreeMap;

use super::super::paper::{Anchor, Paper, Type};
use super::{CHARACTER, shortened};
use crate::report::figures::percent;

const WIDTH: f64 = 960.0;
/// Columns of the flow.
const COLUMNS: usize = 4;
/// Pixels of a column's bar.
const BAR: f64 = 10.0;
/// Pixels for the names to the right of the last column.
const NAMES: f64 = 240.0;
/// Pixels of all value together.
const HEIGHT: f64 = 300.0;
/// Pixels between two bars of a column.
const GAP: f64 = 14.0;
/// Bars of a column; smaller ones are put together.
const MOST: usize = 9;
/// Characters of a name.
const NAME: usize = 24;
/// What the smaller ones are called together.
const OTHERS: &str = "others";
/// Colors by country, the one with most value first; further countries share the last.
const COLORS: [&str; 6] = ["s1", "s2", "s3", "s4", "s5", "muted"];
/// Colors that countries keep wherever they are drawn.
const OWN_COLORS: [(&str, &str); 2] = [("US", "s0"), ("CN", "s1")];

/// A part of the value on its way: country of the developer, developer, host, workload; with its share of all value.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowPath {
    pub steps: [String; COLUMNS],
    pub share: f64,
}

/// A bar of a column: its top, its height.
type Bars = BTreeMap<String, (f64, f64)>;

/// The flow; the same bytes for the same paths.
#[must_use]
pub fn flow(paths: &[FlowPath], id: &str, title: &str) -> String {
    let paths = gathered(paths);
    let mut paper = Paper::new(WIDTH);
    let columns: Vec<Bars> = (0..COLUMNS).map(|column| bars(&paths, column)).collect();
    let x = |column: usize| column as f64 * (WIDTH - NAMES - BAR) / (COLUMNS - 1) as f64;
    for (column, heading) in ["Country of developer", "Developer", "Host", "Workload"].iter().enumerate() {
        paper.text((x(column), 14.0), Type::Small, Anchor::Start, "muted", heading);
    }
    let colors = colors(&paths);
    for column in 0..COLUMNS - 1 {
        ribbons(
            &mut paper,
            &paths,
            column,
            [&columns[column], &columns[column + 1]],
            [x(column) + BAR, x(column + 1)],
            &colors,
        );
    }
    let mut bottom = 0.0_f64;
    for (column, bars) in columns.iter().enumerate() {
        for (name, (top, height)) in bars {
            paper.bar((x(column), *top), (BAR, *height), "ink", true);
            let label = format!("{} {}", shortened(name, NAME), percent(height / HEIGHT));
            let y = top + height / 2.0 + 4.0;
            let width = label.chars().count() as f64 * CHARACTER + 4.0;
            paper.plate((x(column) + BAR + 4.0, y - 11.0), (width, 15.0));
            paper.text((x(column) + BAR + 6.0, y), Type::Body, Anchor::Start, "ink", &label);
            bottom = bottom.max(top + height);
        }
    }
    let description = "Bands from left to right, as wide as the share of the value that depends on them: country of the model's developer, \
                       developer, host, workload. The table of services has the same figures.";
    paper.finish_in_page(bottom + 12.0, id, title, description)
}

/// Paths with the small names of each column put together, each once.
fn gathered(paths: &[FlowPath]) -> Vec<FlowPath> {
    let kept: Vec<Vec<String>> = (0..COLUMNS).map(|column| largest(paths, column)).collect();
    let mut sums: BTreeMap<[String; COLUMNS], f64> = BTreeMap::new();
    for path in paths.iter().filter(|path| path.share > 0.0) {
        let mut steps = path.steps.clone();
        for (step, kept) in steps.iter_mut().zip(&kept) {
            if !kept.contains(step) {
                OTHERS.clone_into(step);
            }
        }
        *sums.entry(steps).or_default() += path.share;
    }
    sums.into_iter().map(|(steps, share)| FlowPath { steps, share }).collect()
}

/// Names of a column by falling share; of two alike, the first by name.
fn largest(paths: &[FlowPath], column: usize) -> Vec<String> {
    let names = by_share(paths, column);
    let most = if names.len() > MOST { MOST - 1 } else { MOST };
    names.into_iter().take(most).map(|(name, _)| name).collect()
}

fn by_share(paths: &[FlowPath], column: usize) -> Vec<(String, f64)> {
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    for path in paths {
        *sums.entry(&path.steps[column]).or_default() += path.share;
    }
    let mut list: Vec<(String, f64)> =
        sums.into_iter().map(|(name, share)| (name.to_owned(), share)).collect();
    list.sort_by(|a, b| (a.0 == OTHERS).cmp(&(b.0 == OTHERS)).then(b.1.total_cmp(&a.1)).then(a.0.cmp(&b.0)));
    list
}

/// Bars of a column from the top down, the largest first.
fn bars(paths: &[FlowPath], column: usize) -> Bars {
    let mut y = 28.0;
    let mut bars = Bars::new();
    for (name, share) in by_share(paths, column) {
        let height = share * HEIGHT;
        bars.insert(name, (y, height));
        y += height.max(4.0) + GAP;
    }
    bars
}

fn ribbons(
    paper: &mut Paper,
    paths: &[FlowPath],
    column: usize,
    ends: [&Bars; 2],
    x: [f64; 2],
    colors: &BTreeMap<String, &'static str>,
) {
    // Bands leave and arrive in the order of the bars at their other end, so that few of them cross.
    let mut order: Vec<&FlowPath> = paths.iter().collect();
    let top = |bars: &Bars, name: &str| bars.get(name).map_or(0.0, |bar| bar.0);
    let key = |path: &FlowPath| (top(ends[0], &path.steps[column]), top(ends[1], &path.steps[column + 1]));
    order.sort_by(|a, b| {
        key(a).0.total_cmp(&key(b).0).then(key(a).1.total_cmp(&key(b).1)).then(a.steps.cmp(&b.steps))
    });
    let mut used: [BTreeMap<&str, f64>; 2] = Default::default();
    for path in order {
        let height = path.share * HEIGHT;
        let place = |end: usize, name: &'_ str| {
            top(ends[end], name) + used[end].get(name).copied().unwrap_or_default()
        };
        let (from, to) = (place(0, &path.steps[column]), place(1, &path.steps[column + 1]));
        for (end, name) in [(0, &path.steps[column]), (1, &path.steps[column + 1])] {
            *used[end].entry(name).or_default() += height;
        }
        let color = colors.get(&path.steps[0]).copied().unwrap_or("muted");
        let says = format!("{}: {}", path.steps.join(" → "), percent(path.share));
        paper.ribbon((x[0], from), (x[1], to), height, color, &says);
    }
}

fn colors(paths: &[FlowPath]) -> BTreeMap<String, &'static str> {
    let own = |country: &str| OWN_COLORS.iter().find(|(id, _)| *id == country).map(|(_, color)| *color);
    let mut free = COLORS.iter().filter(|color| OWN_COLORS.iter().all(|(_, own)| own != *color));
    let mut colors = BTreeMap::new();
    for (country, _) in by_share(paths, 0) {
        let color = own(&country).or_else(|| free.next().copied()).unwrap_or("muted");
        colors.insert(country, color);
    }
    colors
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(steps: [&str; COLUMNS], share: f64) -> FlowPath {
        FlowPath { steps: steps.map(str::to_owned), share }
    }

    /// Every column holds all of the value.
    #[test]
    fn the_bars_of_each_column_add_up() {
        let paths = [
            path(["US", "lab", "cloud", "chat"], 0.5),
            path(["FR", "maker", "cloud", "chat"], 0.3),
            path(["US", "lab", "own", "mail"], 0.2),
        ];
        for column in 0..COLUMNS {
            let sum: f64 = bars(&paths, column).values().map(|bar| bar.1).sum();
            assert!((sum - HEIGHT).abs() < 1e-9, "{column}: {sum}");
        }
        assert_eq!(flow(&paths, "f", "t").matches("<path").count(), 9);
    }

    #[test]
    fn small_names_are_put_together() {
        let paths: Vec<FlowPath> =
            (0..20).map(|n| path(["US", &format!("lab {n:02}"), "cloud", "chat"], 0.05)).collect();
        let kept = gathered(&paths);
        assert_eq!(kept.len(), MOST);
        let others = kept.iter().find(|path| path.steps[1] == OTHERS).unwrap();
        assert!((others.share - 0.6).abs() < 1e-9);
    }
}
