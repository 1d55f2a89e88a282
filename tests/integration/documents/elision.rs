//! Output written anew where a document leaves parts of it out.

use std::collections::BTreeSet;

use snapbox::IntoData;
use snapbox::filter::NormalizeToExpected;

/// What stands for lines left out.
const LEFT_OUT: &str = "...";

/// `printed`, without what `shown` leaves out. Where words have changed, each shown line is paired with the printed line
/// that has most words in common, in order, so that `...` keeps its place between its neighbors.
pub fn rewritten(shown: &[String], printed: &[String]) -> Vec<String> {
    let costs = costs(shown, printed);
    let mut anew: Vec<String> = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < shown.len() || j < printed.len() {
        let (_, turn) = cheapest(&costs, shown, printed, (i, j));
        match turn {
            Turn::Pair => anew.push(with_gaps(&shown[i], &printed[j])),
            Turn::New => anew.push(printed[j].clone()),
            Turn::Gone if shown[i] == LEFT_OUT => anew.push(LEFT_OUT.to_owned()),
            Turn::Gone | Turn::LeftOut => {}
        }
        i += usize::from(matches!(turn, Turn::Pair | Turn::Gone));
        j += usize::from(!matches!(turn, Turn::Gone));
    }
    anew
}

/// What lines cost that differ in their spaces only.
const SPACES: f64 = 1e-6;

/// One step on the way from the shown lines to the printed ones.
#[derive(Clone, Copy)]
enum Turn {
    /// The shown line is the printed one, reworded or not.
    Pair,
    /// A printed line that `...` stands for.
    LeftOut,
    /// The shown line is printed no more, or `...` ends.
    Gone,
    /// A printed line that was not shown.
    New,
}

/// `[shown + 1][printed + 1]`: the least cost of the way from here to the ends of both.
fn costs(shown: &[String], printed: &[String]) -> Vec<Vec<f64>> {
    let mut costs = vec![vec![0.0; printed.len() + 1]; shown.len() + 1];
    for i in (0..=shown.len()).rev() {
        for j in (0..=printed.len()).rev() {
            if i < shown.len() || j < printed.len() {
                costs[i][j] = cheapest(&costs, shown, printed, (i, j)).0;
            }
        }
    }
    costs
}

/// The next step and the cost of the whole way: a line gone or new costs 1, a changed one the part of its words that
/// changed, and what `...` stands for nothing.
fn cheapest(costs: &[Vec<f64>], shown: &[String], printed: &[String], (i, j): (usize, usize)) -> (f64, Turn) {
    let is_gap = shown.get(i).is_some_and(|line| line == LEFT_OUT);
    let mut ways: Vec<(f64, Turn)> = Vec::new();
    if i < shown.len() && j < printed.len() && !is_gap {
        ways.push((costs[i + 1][j + 1] + unlike(&shown[i], &printed[j]), Turn::Pair));
    }
    if i < shown.len() {
        ways.push((costs[i + 1][j] + if is_gap { 0.0 } else { 1.0 }, Turn::Gone));
    }
    if j < printed.len() {
        ways.push(if is_gap { (costs[i][j + 1], Turn::LeftOut) } else { (costs[i][j + 1] + 1.0, Turn::New) });
    }
    ways.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).expect("a line is left")
}

/// The shown line if its gaps make it the printed one, else the printed one.
fn with_gaps(shown: &str, printed: &str) -> String {
    if shown.contains("[..]") {
        let line = NormalizeToExpected::new().redact().normalize(printed.into_data(), &shown.into_data());
        return line.to_string();
    }
    printed.to_owned()
}

/// The part of the words of two lines that only one of them has, 0 to 1.
fn unlike(shown: &str, printed: &str) -> f64 {
    if shown == printed || with_gaps(shown, printed) == shown {
        return 0.0;
    }
    let words = |line: &str| -> BTreeSet<String> { line.split_whitespace().map(one_of_a_run).collect() };
    let (a, b) = (words(shown), words(printed));
    let part = 1.0 - 2.0 * a.intersection(&b).count() as f64 / ((a.len() + b.len()) as f64).max(1.0);
    part.max(SPACES)
}

/// A rule of any length is one word.
fn one_of_a_run(word: &str) -> String {
    if word.chars().all(|c| c == '─') { "─".to_owned() } else { word.to_owned() }
}

#[test]
fn lines_left_out_stay_left_out_when_their_neighbors_are_reworded() {
    let lines = |text: &str| text.split('|').map(str::to_owned).collect::<Vec<_>>();
    let shown = lines("Change the portfolio: move 10 %||...|What does it buy?||  cost 5|  [..] breach");
    let printed =
        lines("Move 10 % of the portfolio||a|b||c|What does the plan buy?||  cost 6|  saved 1|  us breach");
    let anew =
        lines("Move 10 % of the portfolio||...|What does the plan buy?||  cost 6|  saved 1|  [..] breach");
    assert_eq!(rewritten(&shown, &printed), anew);
    // Nothing left out: what is printed.
    assert_eq!(rewritten(&lines("a|b"), &lines("b|c")), lines("b|c"));
    // Left out at both ends.
    assert_eq!(rewritten(&lines("...|a b|..."), &lines("x|a c|y|z")), lines("...|a c|..."));
}
