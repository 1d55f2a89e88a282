//! Strengths of jurisdictions: ranks with their bands, enablers, readings, blocs.

use super::between;
use crate::report::answer::landscape::standings::{EvidenceAnswer, OverallRankAnswer};
use crate::report::answer::landscape::{EnablerScoreAnswer, LandscapeAnswer};
use crate::report::figures::{ABSENT, counted, percent};
use crate::report::grid::Grid;

/// The overall ranks, each with its band.
pub(super) fn ranks(answer: &LandscapeAnswer) -> Grid {
    let columns =
        ["=jurisdiction", "standing", ">strength", ">rank", ">by weights", ">less one indicator", ">both"];
    let mut grid = Grid::new(firm(&answer.ranks), &columns);
    for rank in &answer.ranks {
        let standing = answer.standings.iter().find(|s| s.jurisdiction == rank.jurisdiction);
        let band = |best: u64, worst: u64| between(best, worst, u64::to_string);
        grid.row([
            rank.jurisdiction.clone(),
            standing.map_or_else(String::new, |s| words(&s.standing)),
            two_digits(rank.strength),
            rank.rank.to_string(),
            band(rank.rank_best_by_weights, rank.rank_worst_by_weights),
            band(rank.rank_best_by_indicator, rank.rank_worst_by_indicator),
            band(rank.rank_best, rank.rank_worst),
        ]);
    }
    grid.note(
        "Strength: weighted mean of the enablers. Ranks within a band cannot be told apart: each weight halved, kept or \
         doubled; each indicator left out.",
    );
    let is_equal = answer.weights.values().all(|w| *w == 1.0);
    if !is_equal {
        let named: Vec<String> = answer.weights.iter().map(|(id, w)| format!("{} {w}", words(id))).collect();
        grid.note(format!("Weights: {}.", named.join(", ")));
    }
    grid
}

/// Which ranks hold in every variant.
fn firm(ranks: &[OverallRankAnswer]) -> String {
    let firm: Vec<String> = ranks
        .iter()
        .filter(|r| r.rank_best == r.rank_worst)
        .map(|r| format!("{} (rank {})", r.jurisdiction, r.rank))
        .collect();
    match firm.as_slice() {
        [] => "Overall strength: no rank holds in every variant".to_owned(),
        all if all.len() == ranks.len() => "Overall strength: every rank holds in every variant".to_owned(),
        firm => format!("Overall strength: only {} in every variant; other ranks are bands", hold(firm)),
    }
}

fn hold(names: &[String]) -> String {
    let verb = if names.len() == 1 { "holds" } else { "hold" };
    format!("{} {verb}", names.join(" and "))
}

/// One column per enabler: strength, and the band of the rank.
pub(super) fn enablers(answer: &LandscapeAnswer) -> Grid {
    let ids: Vec<&String> = answer.weights.keys().collect();
    let mut grid = Grid::new(
        "Strength in each enabler",
        &["=enabler", "=jurisdiction", ">strength", ">rank", ">less one indicator", ">coverage", "figures"],
    );
    for id in ids {
        let mut rows: Vec<(&String, &EnablerScoreAnswer)> =
            answer.enablers.iter().filter_map(|(j, enablers)| Some((j, enablers.get(id)?))).collect();
        rows.sort_by_key(|(_, score)| score.rank.unwrap_or(u64::MAX));
        for (n, (jurisdiction, score)) in rows.into_iter().enumerate() {
            let band = score.rank_best.zip(score.rank_worst);
            let absent = || ABSENT.to_owned();
            grid.row([
                if n == 0 { words(id) } else { String::new() },
                jurisdiction.clone(),
                two_digits(score.strength),
                score.rank.map_or_else(absent, |rank| rank.to_string()),
                band.map_or_else(absent, |(best, worst)| between(best, worst, u64::to_string)),
                percent(score.coverage),
                support(score),
            ]);
        }
    }
    grid.note(
        "1 is the highest figure of the set; for energy the lowest price. No band: a single indicator. Energy scored as the \
         article prints it (a higher price scores higher) is 'score' in JSON.",
    );
    for proxy in &answer.proxies {
        grid.note(format!("Proxy: {} ({}), for '{}'.", proxy.name, proxy.period, proxy.instead_of));
    }
    if !answer.unscored.is_empty() {
        grid.note(format!(
            "{} not scored, listed by --format csv --table unscored.",
            counted(answer.unscored.len(), "further figure")
        ));
    }
    grid
}

fn support(score: &EnablerScoreAnswer) -> String {
    let parts = [
        (score.n_seed, "article"),
        (score.n_public, "public"),
        (score.n_estimate, "estimated"),
        (score.n_proxy, "of these proxies"),
    ];
    let named: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    if named.is_empty() { ABSENT.to_owned() } else { named.join(", ") }
}

/// The reading of each jurisdiction with the figures for and against.
pub(super) fn readings(answer: &LandscapeAnswer) -> Grid {
    let mut grid =
        Grid::new("What speaks for each reading, and what against", &["=jurisdiction", "reading", "for", "against"]);
    for standing in &answer.standings {
        let of = |speaks: &str| {
            let evidence = answer.evidence.iter();
            let named: Vec<String> = evidence
                .filter(|e| e.jurisdiction == standing.jurisdiction && e.speaks == speaks)
                .map(figure)
                .collect();
            if named.is_empty() { ABSENT.to_owned() } else { named.join(", ") }
        };
        let reading = standing.path.as_ref().unwrap_or(&standing.standing);
        grid.row([standing.jurisdiction.clone(), words(reading), of("for"), of("against")]);
    }
    grid.note(
        "Rank among peers: a superpower's are the whole set, a middle power's the middle powers, a hub's both. For: in the \
         better half, for a superpower among the first two. *: on record only, not scored.",
    );
    grid
}

fn figure(evidence: &EvidenceAnswer) -> String {
    let mark = if evidence.is_scored { "" } else { "*" };
    format!("{}{mark} {}/{}", words(&evidence.what), evidence.rank, evidence.n_peers)
}

/// A bloc beside its best member; nothing without a bloc.
pub(super) fn blocs(answer: &LandscapeAnswer) -> Option<Grid> {
    let columns =
        ["=bloc", "enabler", ">strength", "=best member", ">strength alone", ">gain", "carried by"];
    let mut grid = Grid::new("What a bloc gains by standing together", &columns);
    for gain in &answer.blocs {
        let carried = answer.carried.iter().filter(|c| c.bloc == gain.bloc && c.enabler == gain.enabler);
        let named: Vec<String> = carried
            .filter_map(|c| {
                let share = c.share.map(|share| format!(" {}", percent(share))).unwrap_or_default();
                Some(format!("{}: {}{share}", words(&c.indicator), c.member.as_ref()?))
            })
            .collect();
        let is_partly = gain.best_member_coverage.is_some_and(|c| c < 1.0);
        grid.row([
            gain.bloc.clone(),
            words(&gain.enabler),
            two_digits(Some(gain.bloc_strength)),
            gain.best_member.clone().unwrap_or_else(|| ABSENT.to_owned()),
            two_digits(gain.best_member_strength),
            format!("{}{}", if is_partly { "≤ " } else { "" }, two_digits(gain.gain)),
            named.join(", "),
        ]);
    }
    grid.note("The member on the scale of the set. ≤: the member lacks a figure that the bloc has. Shares where figures add up.");
    (!answer.blocs.is_empty()).then_some(grid)
}

/// An id as words.
fn words(id: &str) -> String {
    id.replace('_', " ")
}

fn two_digits(x: Option<f64>) -> String {
    x.map_or_else(|| ABSENT.to_owned(), |x| format!("{:.2}", x + 0.0))
}
