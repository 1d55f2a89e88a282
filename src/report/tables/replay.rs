//! `replay` as tables.

use super::SHOWN;
use super::stress::{count_or_none, restored, short_time};
use crate::report::answer::replay::{ReplayAnswer, ReplayedEventAnswer};
use crate::report::figures::{ABSENT, counted, percent};
use crate::report::grid::Grid;
use crate::report::money::{CODE, amount};

/// The answer in a sentence, the worst events, what each does, and totals by year.
#[must_use]
pub fn replay(answer: &ReplayAnswer) -> Vec<Grid> {
    let mut costly: Vec<&ReplayedEventAnswer> =
        answer.events.iter().filter(|event| event.loss_usd > 0.0 || plan_loss(event) > 0.0).collect();
    // The sort is stable: events with equal losses stay in the order of their dates.
    costly.sort_by(|a, b| b.loss_usd.total_cmp(&a.loss_usd));
    let mut grids = vec![Grid::new(sentence(answer, &costly), &[])];
    if !costly.is_empty() {
        grids.push(worst(answer, &costly));
        grids.push(in_words(&costly));
    }
    grids.push(by_year(answer));
    grids.extend(together(answer));
    grids
}

fn plan_loss(event: &ReplayedEventAnswer) -> f64 {
    event.plan_loss_usd.unwrap_or(0.0)
}

fn sentence(answer: &ReplayAnswer, costly: &[&ReplayedEventAnswer]) -> String {
    let n = answer.events.len();
    let hurt = costly.iter().filter(|event| event.loss_usd > 0.0).count();
    let Some(first) = costly.first().filter(|event| event.loss_usd > 0.0) else {
        return format!(
            "None of {} from {} to {} would cost this portfolio anything.",
            counted(n, "event"),
            answer.from,
            answer.to
        );
    };
    let mut said = format!(
        "{hurt} of {} would cost this portfolio something today; the worst, '{}' ({}), {CODE} {}.",
        counted(n, "past event"),
        first.name,
        first.date,
        amount(first.loss_usd)
    );
    if answer.plan.is_some() {
        let n_less = costly.iter().filter(|event| plan_loss(event) < event.loss_usd).count();
        let n_more = costly.iter().filter(|event| plan_loss(event) > event.loss_usd).count();
        said += &format!(" The plan would lose less in {n_less} of them and more in {n_more}.");
    }
    said
}

fn worst(answer: &ReplayAnswer, costly: &[&ReplayedEventAnswer]) -> Grid {
    let heading = "What would past events cost today, each alone?";
    let with_plan = answer.plan.is_some();
    let mut grid = if with_plan {
        Grid::new(heading, &["=date", "event", "=by", ">played", ">loss, ¤", ">plan, ¤", ">lowest"])
    } else {
        Grid::new(heading, &["=date", "event", "=by", ">played", ">loss, ¤", ">lowest"])
    };
    for event in costly.iter().take(SHOWN) {
        let played = event.played_days.map_or_else(|| "to the end".to_owned(), short_time);
        let lowest = percent(event.least_service);
        let (date, name, by) = (event.date.clone(), event.name.clone(), event.actor.clone());
        if with_plan {
            grid.row([date, name, by, played, amount(event.loss_usd), amount(plan_loss(event)), lowest]);
        } else {
            grid.row([date, name, by, played, amount(event.loss_usd), lowest]);
        }
    }
    if costly.len() > SHOWN {
        grid.note(format!(
            "The worst {SHOWN} of {}; --format csv has all, with those that have no effect.",
            costly.len()
        ));
    }
    grid.note(
        "Each event is played from day 0 over the portfolio of today, on the models and suppliers that come closest, for as long as it \
         lasted and at most to the end of the horizon. Lowest: the smallest share of the value that is served.",
    );
    grid
}

/// The worst events, one sentence each.
fn in_words(costly: &[&ReplayedEventAnswer]) -> Grid {
    let mut grid = Grid::new("What each does", &[]);
    for event in costly.iter().take(SHOWN) {
        grid.note(event_words(event));
    }
    grid
}

fn event_words(event: &ReplayedEventAnswer) -> String {
    let hit = match (&event.worst_workload, event.workloads_hit) {
        (Some(worst), 1) => format!("hits {worst}"),
        (Some(worst), n) => format!("hits {}, {worst} most", counted(n, "workload")),
        (None, 0) => "hits nothing".to_owned(),
        (None, n) => format!("interrupts {} at no cost", counted(n, "workload")),
    };
    let service = match event.first_unserved_day {
        None => "nothing stops".to_owned(),
        Some(day) => {
            let back = restored(Some(day), event.recovered_day, short_time);
            let back =
                if back == "never" { "not restored".to_owned() } else { format!("restored after {back}") };
            format!(
                "first interruption {}, {back}",
                if day <= 0.0 { "at once".to_owned() } else { short_time(day) }
            )
        }
    };
    let parts = [
        ("outage", event.outage_usd),
        ("dearer substitutes and prices", event.extra_cost_usd),
        ("one-off cost", event.one_off_usd),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|part| part.1 >= 0.5)
        .map(|(what, x)| format!("{what} {CODE} {}", amount(*x)))
        .collect();
    let cost = if parts.is_empty() { String::new() } else { format!("; {}", parts.join(", ")) };
    format!("{} {}: {hit}; {service}{cost}.", event.date, event.name)
}

fn by_year(answer: &ReplayAnswer) -> Grid {
    let with_plan = answer.plan_by_year.as_ref();
    let heading = "By year, each event alone";
    let mut grid = match with_plan {
        Some(_) => Grid::new(heading, &["=year", ">events", ">costly", ">loss, ¤", ">plan, ¤"]),
        None => Grid::new(heading, &["=year", ">events", ">costly", ">loss, ¤"]),
    };
    for (year, loss) in &answer.by_year {
        let own = || answer.events.iter().filter(|event| event.date.starts_with(year.as_str()));
        let costly = own().filter(|event| event.loss_usd > 0.0).count();
        let cells = [year.clone(), own().count().to_string(), count_or_none(costly), amount(*loss)];
        match with_plan {
            Some(plan) => {
                let [year, events, costly, loss] = cells;
                let plan = plan.get(&year).map_or_else(|| ABSENT.to_owned(), |x| amount(*x));
                grid.row([year, events, costly, loss, plan]);
            }
            None => grid.row(cells),
        }
    }
    let n_without = answer.events.iter().filter(|event| event.no_effect.is_some()).count();
    grid.note(format!(
        "{} of {} have no effect on supply, each for a reason that --format csv tells.",
        n_without,
        counted(answer.events.len(), "event")
    ));
    grid.note("Events overlap, and history is no forecast: the sum of a year is not its loss.");
    grid
}

fn together(answer: &ReplayAnswer) -> Option<Grid> {
    let horizons = answer.together.as_ref()?;
    let heading = "All events at their dates, one horizon after the other";
    let mut grid = match answer.plan {
        Some(_) => Grid::new(heading, &["=from", "=to", ">events", ">loss, ¤", ">plan, ¤"]),
        None => Grid::new(heading, &["=from", "=to", ">events", ">loss, ¤"]),
    };
    for horizon in horizons {
        let cells =
            [horizon.from.clone(), horizon.to.clone(), horizon.events.to_string(), amount(horizon.loss_usd)];
        match horizon.plan_loss_usd {
            Some(plan) => {
                let [from, to, events, loss] = cells;
                grid.row([from, to, events, loss, amount(plan)]);
            }
            None => grid.row(cells),
        }
    }
    grid.note("Each horizon begins with the allocation of today and plays the events that began within it.");
    Some(grid)
}
