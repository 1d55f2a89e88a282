//! The ladder as a table: what is the least that takes most of the risk away?

use super::cost_and_risk::chart;
use crate::report::answer::ladder::{RungAnswer, RungWord};
use crate::report::figures::{count, counted, payback, percent};
use crate::report::grid::{Grid, Screen};
use crate::report::money::{CODE, amount};
use crate::report::scatter::PlotMark;
use crate::report::verdict::reasons;

/// Table and chart of the rungs.
#[must_use]
pub fn ladder(rungs: &[RungAnswer], confidence_level: f64, screen: Screen) -> Vec<Grid> {
    vec![options(rungs), drawn(rungs, confidence_level, screen)]
}

/// The rungs on new trials, from today to everything; the knee is drawn over the others.
fn drawn(rungs: &[RungAnswer], confidence_level: f64, screen: Screen) -> Grid {
    let mark = |rung: &RungAnswer| {
        let fresh = &rung.figures.out_of_sample;
        PlotMark { x: fresh.monthly_cost_usd, y: fresh.cvar_usd, sign: sign(rung) }
    };
    let (knee, others): (Vec<&RungAnswer>, Vec<&RungAnswer>) = rungs.iter().partition(|rung| rung.is_knee);
    let marks: Vec<PlotMark> = others.into_iter().chain(knee).map(mark).collect();
    let mut grid = chart("Cost against risk of these options", &marks, confidence_level, screen);
    grid.notes.insert(
        0,
        "T: today; S: standbys only; H: only hosts in use; a digit: so many workloads; o: more than nine; A: everything; K: most of it."
            .to_owned(),
    );
    grid
}

fn sign(rung: &RungAnswer) -> char {
    let digit = |k: usize| u32::try_from(k).ok().and_then(|k| char::from_digit(k, 10));
    match (rung.rung, rung.touched) {
        _ if rung.is_knee => 'K',
        (RungWord::Today, _) => 'T',
        (RungWord::Standbys, _) => 'S',
        (RungWord::Hosts, _) => 'H',
        (RungWord::All, _) => 'A',
        (RungWord::Touched, k) => k.and_then(digit).unwrap_or('o'),
    }
}

/// The rungs, with the knee in the first sentence.
#[must_use]
pub fn options(rungs: &[RungAnswer]) -> Grid {
    let mut grid = Grid::new(
        "How much change for how much less risk",
        &[
            "=what may change",
            ">workloads",
            ">¤ a month",
            ">average annual loss",
            ">bad year (CVaR)",
            ">capability",
            ">new hosts",
            ">cash once",
            ">payback, months",
            ">limits broken",
        ],
    );
    for sentence in sentence(rungs).into_iter().chain(reasons(rungs, words)) {
        grid.note(sentence);
    }
    for rung in rungs {
        let fresh = &rung.figures.out_of_sample;
        let mark = if rung.mark().is_empty() { String::new() } else { format!(" ({})", rung.mark()) };
        grid.row([
            format!("{}{mark}", words(rung)),
            count(rung.workloads.len() as u64),
            amount(fresh.monthly_cost_usd),
            amount(fresh.aal_usd),
            amount(fresh.cvar_usd),
            format!("{:.0}", rung.capability.points),
            count(rung.new_hosts.len() as u64),
            amount(rung.cash_usd),
            payback(rung.payback_months),
            count(rung.limits_broken.len() as u64),
        ]);
    }
    grid.note(
        "Each row is the best plan within its freedom, measured on new trials. Capability is the mean of all demand, in points; models \
         within 40 points cannot be told apart. Cash is paid once, for tests, procurement and exits; payback counts lower cost and lower \
         average loss.",
    );
    grid
}

/// What a rung leaves free.
#[must_use]
pub fn words(rung: &RungAnswer) -> String {
    match (rung.rung, rung.touched) {
        (RungWord::Today, _) => "nothing: today".to_owned(),
        (RungWord::Standbys, _) => "standbys only".to_owned(),
        (RungWord::Hosts, _) => "only hosts in use".to_owned(),
        (RungWord::Touched, Some(1)) => "one workload".to_owned(),
        (RungWord::Touched, most) => format!("{} workloads", most.unwrap_or_default()),
        (RungWord::All, _) => "everything".to_owned(),
    }
}

/// What the knee takes away, against the whole plan; `None` where it is not less than the whole plan.
fn sentence(rungs: &[RungAnswer]) -> Option<String> {
    let (today, all) = (rungs.first()?, rungs.last()?);
    let knee = rungs.iter().find(|rung| rung.is_knee && rung.workloads.len() < all.workloads.len())?;
    let loss = |rung: &RungAnswer| rung.figures.out_of_sample.aal_usd;
    let (relief, whole) = (loss(today) - loss(knee), loss(today) - loss(all));
    let change = knee.figures.out_of_sample.monthly_cost_usd - today.figures.out_of_sample.monthly_cost_usd;
    let cost = if change < 0.0 { "saves" } else { "costs" };
    Some(format!(
        "The least that takes most of the risk away changes {}, of {} in the whole plan. It takes {} of the average loss away, the whole plan \
         {}. It {cost} {CODE} {} a month.",
        counted(knee.workloads.len(), "workload"),
        all.workloads.len(),
        percent(relief / loss(today).max(f64::MIN_POSITIVE)),
        percent(whole / loss(today).max(f64::MIN_POSITIVE)),
        amount(change.abs()),
    ))
}
