//! `reverse` as tables.

use super::SHOWN;
use crate::report::answer::reverse::story::measure_words;
use crate::report::answer::reverse::{ReverseAnswer, ReverseSetAnswer};
use crate::report::figures::{ABSENT, count, counted, number, percent};
use crate::report::grid::Grid;
use crate::report::money::{CODE, amount};

/// The answer in a sentence, the most probable sets, and the story of each.
#[must_use]
pub fn reverse(answer: &ReverseAnswer) -> Vec<Grid> {
    let mut grids = vec![Grid::new(sentence(answer), &[])];
    if answer.sets.is_empty() {
        return grids;
    }
    grids.push(sets(answer));
    grids.push(stories(answer));
    grids
}

fn sentence(answer: &ReverseAnswer) -> String {
    let of = counted(answer.max_shocks as usize, "shock");
    let what = match answer.threshold_usd {
        Some(threshold) => format!("costs this portfolio {CODE} {} or more", amount(threshold)),
        None => "leaves a workload unserved beyond its recovery objective".to_owned(),
    };
    let Some(first) = answer.sets.first() else {
        return format!(
            "No set of at most {of} {what}: {} sets of {} shocks were tested, and a bound rules out all others.",
            count(answer.tested),
            count(answer.candidates)
        );
    };
    let years = number((1.0 / first.annual_probability).round());
    format!(
        "The most probable set of at most {of} that {what} has a probability of {} a year, about once in {years} years: {}.",
        percent(first.annual_probability),
        first.shocks.join(" + ")
    )
}

fn sets(answer: &ReverseAnswer) -> Grid {
    let heading = "Which shocks together are too much?";
    let columns = ["shocks", ">a year", ">loss, ¤", "measure", ">¤ a month"];
    let mut grid = Grid::new(heading, &columns);
    for set in answer.sets.iter().take(SHOWN) {
        grid.row(row(set));
    }
    let n = answer.sets.len();
    if n > SHOWN {
        grid.note(format!("The {SHOWN} most probable of {n}; --format csv has all."));
    }
    if answer.more {
        grid.note(format!("There are more than {n}: --sets lists more of them."));
    }
    grid.note(
        "All shocks of a set begin on day 0 without notice and last as in a scenario; a set that contains a listed one is left out. \
         Probabilities are those of mean rates, tensions included. The measure is the cheapest single one that is enough.",
    );
    grid
}

fn row(set: &ReverseSetAnswer) -> [String; 5] {
    let measure = set.measure.as_ref();
    [
        set.shocks.join(" + "),
        percent(set.annual_probability),
        amount(set.loss_usd),
        measure.map_or_else(|| "none is enough".to_owned(), measure_words),
        measure.map_or_else(|| ABSENT.to_owned(), |own| amount(own.usd_per_month)),
    ]
}

fn stories(answer: &ReverseAnswer) -> Grid {
    let mut grid = Grid::new("What happens in each", &[]);
    for (at, set) in answer.sets.iter().take(SHOWN).enumerate() {
        let story = &set.story;
        grid.note(format!("{}. Scenario: {}", at + 1, story.scenario));
        grid.note(format!("   Channel: {}", story.channel));
        grid.note(format!("   Impact: {}", story.impact));
        grid.note(format!("   Mitigation: {}", story.mitigation));
    }
    grid
}
