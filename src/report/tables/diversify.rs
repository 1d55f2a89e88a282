//! `diversify` as tables.

use super::SHOWN;
use crate::report::answer::diversify::{DiversifyAnswer, NewSourceAnswer, PowersAnswer};
use crate::report::figures::{ABSENT, count, counted, decimal, number, percent};
use crate::report::grid::Grid;
use crate::report::money::{CODE, amount, amount_change};

/// The answer in a sentence, superpowers against middle powers, the ranking, the reasons, and what qualifies for nothing.
#[must_use]
pub fn diversify(answer: &DiversifyAnswer) -> Vec<Grid> {
    let (useful, useless): (Vec<&NewSourceAnswer>, Vec<&NewSourceAnswer>) =
        answer.sources.iter().partition(|source| source.add.is_some());
    let mut grids = vec![Grid::new(sentence(answer), &[]), powers(answer)];
    if !useful.is_empty() {
        let useful: Vec<&NewSourceAnswer> =
            useful.into_iter().filter(|source| source.same_offers_as.is_none()).collect();
        grids.push(ranking(answer, &useful));
        grids.push(reasons("Why", &useful));
    }
    if !useless.is_empty() {
        grids.push(reasons("What qualifies for nothing", &useless));
    }
    grids
}

fn sentence(answer: &DiversifyAnswer) -> String {
    let n = counted(answer.sources.len(), "origin, developer or host");
    let best = answer.sources.first().filter(|best| best.cvar_change_usd.is_some_and(|change| change < -0.5));
    match best {
        None => format!("None of {} that are not in use takes risk away.", plural(answer.sources.len(), &n)),
        Some(best) => format!(
            "Most risk taken away per {CODE}: {} {}, as {}: {CODE} {} less CVaR, {} over {} days.",
            best.kind,
            best.name,
            way(best.add.as_deref()),
            amount(-best.cvar_change_usd.unwrap_or(0.0)),
            priced(best.cost_usd.unwrap_or(0.0)),
            number(answer.horizon_days)
        ),
    }
}

fn priced(cost_usd: f64) -> String {
    if cost_usd < 0.0 {
        format!("saving {CODE} {}", amount(-cost_usd))
    } else {
        format!("for {CODE} {}", amount(cost_usd))
    }
}

fn plural(n: usize, one: &str) -> String {
    if n == 1 { one.to_owned() } else { format!("{n} origins, developers and hosts") }
}

pub(crate) fn way(add: Option<&str>) -> &'static str {
    match add {
        Some("standby") => "a warm standby",
        Some(_) => "a tenth of demand",
        None => ABSENT,
    }
}

fn powers(answer: &DiversifyAnswer) -> Grid {
    let columns =
        ["=new supply from", ">workloads", ">value", "best addition", ">AAL, ¤", ">CVaR, ¤", ">cost, ¤"];
    let mut grid = Grid::new("US and China only, or middle powers too?", &columns);
    let today = &answer.today;
    grid.row([
        "today".to_owned(),
        ABSENT.to_owned(),
        ABSENT.to_owned(),
        ABSENT.to_owned(),
        amount(today.aal_usd),
        amount(today.cvar_usd),
        ABSENT.to_owned(),
    ]);
    let shown = |x: Option<f64>| x.map_or_else(|| ABSENT.to_owned(), amount);
    for row in &answer.powers {
        grid.row([
            from(row).to_owned(),
            format!("{} of {}", row.workloads, row.of_workloads),
            percent(row.value_share),
            row.addition.clone().unwrap_or_else(|| "nothing qualifies".to_owned()),
            shown(row.aal_usd),
            shown(row.cvar_usd),
            row.cost_usd.map_or_else(|| ABSENT.to_owned(), amount_change),
        ]);
    }
    grid.note(
        "Workloads, value: all of whose users, and the value whose users, may use a model from there, whoever hosts it. Best addition: \
         lowers cost plus half the mean loss plus half the CVaR most; for both, one of each together. AAL, CVaR 0.95: with it, on the \
         same trials. Cost: added over the horizon, with the part of qualifying that it bears.",
    );
    grid.note(verdict(answer));
    for row in &answer.powers {
        grid.note(format!(
            "{}: {} of the value may use a model of theirs on a host of theirs.",
            from(row),
            percent(row.hosted_value_share)
        ));
    }
    grid
}

/// Which row lowers cost plus risk most, and from which others the trials do not tell it.
pub(crate) fn verdict(answer: &DiversifyAnswer) -> String {
    let pays = |row: &&PowersAnswer| row.objective_change_usd.is_some_and(|change| change < -0.5);
    let best = answer.powers.iter().find(|row| row.behind_best_usd == Some(0.0)).filter(pays);
    let Some(best) = best else {
        return "No such addition pays: cost plus risk is lowest as it is today.".to_owned();
    };
    let said = format!(
        "Cost plus risk falls most with new supply from {}: by {CODE} {} over {} days.",
        from(best),
        amount(-best.objective_change_usd.unwrap_or(0.0)),
        number(answer.horizon_days)
    );
    let is_near = |row: &&PowersAnswer| {
        row.powers != best.powers
            && row.behind_best_usd.is_some()
            && row.behind_best_low_usd.is_none_or(|low| low <= 0.0)
    };
    let near: Vec<&str> = answer.powers.iter().filter(is_near).map(from).collect();
    match near.is_empty() {
        true => said,
        false => format!("{said} These trials do not tell it from: {}.", near.join(", ")),
    }
}

pub(crate) fn from(row: &PowersAnswer) -> &'static str {
    match row.powers.as_str() {
        "superpowers" => "superpowers only",
        "middle_powers" => "middle powers only",
        _ => "both together",
    }
}

fn ranking(answer: &DiversifyAnswer, useful: &[&NewSourceAnswer]) -> Grid {
    let columns = [
        "source",
        "=in",
        ">strength",
        ">workloads",
        ">value",
        ">correlation",
        "add",
        ">CVaR, ¤",
        ">cost, ¤",
        ">CVaR per ¤",
    ];
    let mut grid = Grid::new(format!("Where to diversify: risk taken away per {CODE}"), &columns);
    let figure = |x: Option<f64>| x.map_or_else(|| ABSENT.to_owned(), |x| decimal(x, 2));
    for source in useful.iter().take(SHOWN) {
        grid.row([
            names(answer, source),
            source.jurisdiction.clone(),
            figure(source.strength),
            format!("{} of {}", source.workloads, source.of_workloads),
            percent(source.value_share),
            figure(source.correlation),
            way(source.add.as_deref()).to_owned(),
            amount_change(source.cvar_change_usd.unwrap_or(0.0)),
            amount_change(source.cost_usd.unwrap_or(0.0)),
            source.cvar_per_usd.map_or_else(|| "saves".to_owned(), |x| decimal(x, 1)),
        ]);
    }
    if useful.len() > SHOWN {
        grid.note(format!("The first {SHOWN} of {}; --format csv has all.", useful.len()));
    }
    grid.note(format!(
        "Each is added wherever it qualifies, as a tenth of the demand or as a warm standby, whichever takes away more CVaR 0.95 per {CODE}; \
         sources with the same offers share a row. Strength: of the country or its bloc, of all enablers. \
         Correlation: of the time its offers are down with the time that today's primaries are down, over {} simulated years.",
        count(answer.trials)
    ));
    grid
}

/// A source and those with the same offers.
fn names(answer: &DiversifyAnswer, first: &NewSourceAnswer) -> String {
    let own = format!("{} {}", first.kind, first.id);
    let same = answer.sources.iter().filter(|source| source.same_offers_as.as_ref() == Some(&own));
    let same: Vec<String> = same.map(|source| format!("{} {}", source.kind, source.id)).collect();
    std::iter::once(own.clone()).chain(same).collect::<Vec<String>>().join(", ")
}

fn reasons(heading: &str, sources: &[&NewSourceAnswer]) -> Grid {
    let mut grid = Grid::new(heading, &[]);
    for source in sources.iter().take(SHOWN) {
        grid.note(format!("{} {} ({}): {}.", source.kind, source.name, source.jurisdiction, source.reason));
    }
    if sources.len() > SHOWN {
        grid.note(format!("{} more; --format csv has all.", sources.len() - SHOWN));
    }
    grid
}
