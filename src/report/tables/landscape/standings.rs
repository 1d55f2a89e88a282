//! Strengths of jurisdictions: ranks with their bands, enablers, readings, blocs.

use super::between;
use crate::report::answer::landscape::standings::{OverallRankAnswer, PathEvidenceAnswer};
use crate::report::answer::landscape::{EnablerScoreAnswer, LandscapeAnswer};
use crate::report::figures::{ABSENT, counted, decimal, percent};
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
#[must_use]
pub fn firm(ranks: &[OverallRankAnswer]) -> String {
    let firm: Vec<String> = ranks
        .iter()
        .filter(|r| r.rank_best == r.rank_worst)
        .map(|r| format!("{} (rank {})", r.jurisdiction, r.rank))
        .collect();
    if ranks.iter().all(|r| r.strength.is_none()) {
        return "Overall strength: no jurisdiction has a figure".to_owned();
    }
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

/// One row per jurisdiction, the strongest first: strength in each enabler with the band of its rank.
pub(super) fn enablers(answer: &LandscapeAnswer) -> Grid {
    let ids: Vec<&str> = answer.weights.keys().map(String::as_str).collect();
    let columns: Vec<String> = ids.iter().map(|id| format!(">{}", words(id))).collect();
    let columns: Vec<&str> =
        std::iter::once("=jurisdiction").chain(columns.iter().map(String::as_str)).collect();
    let mut grid = Grid::new("Strength in each enabler, and band of the rank", &columns);
    for rank in &answer.ranks {
        let scores = &answer.enablers[&rank.jurisdiction];
        let cells = ids.iter().map(|id| scores.get(*id).map_or_else(|| ABSENT.to_owned(), enabler));
        grid.cells(std::iter::once(rank.jurisdiction.clone()).chain(cells).collect());
    }
    grid.note(
        "1 is the highest figure of the set, for energy the lowest price ('score' in JSON is as the article prints it: there a \
         higher price scores higher). In parentheses the band of the rank with each indicator left out; –: a single indicator, so the rank means little.",
    );
    grid.note(format!("Indicators that count: {}.", coverage(answer, &ids)));
    for proxy in &answer.proxies {
        grid.note(format!("Proxy: {} ({}), for '{}'.", proxy.name, proxy.period, proxy.instead_of));
    }
    if !answer.unscored.is_empty() {
        grid.note(format!(
            "{} not scored; '--format csv --table unscored' lists them.",
            counted(answer.unscored.len(), "further figure")
        ));
    }
    grid
}

/// `0.73 (1 to 3)`, `0.15 (–)`: a rank without a band is not shown.
fn enabler(score: &EnablerScoreAnswer) -> String {
    if score.strength.is_none() {
        return ABSENT.to_owned();
    }
    let band = score.rank_best.zip(score.rank_worst);
    let band = band.map_or_else(|| ABSENT.to_owned(), |(best, worst)| between(best, worst, u64::to_string));
    format!("{} ({band})", two_digits(score.strength))
}

/// Coverage of each enabler: the usual one, and who has another.
fn coverage(answer: &LandscapeAnswer, ids: &[&str]) -> String {
    let of = |id: &str| {
        let known =
            || answer.enablers.iter().filter_map(|(j, enablers)| Some((j, enablers.get(id)?.coverage)));
        let most = known().map(|(_, coverage)| coverage).fold(0.0, f64::max);
        let others: Vec<String> = known()
            .filter(|(_, coverage)| *coverage < most)
            .map(|(j, coverage)| format!("{j} {}", percent(coverage)))
            .collect();
        let others = if others.is_empty() { String::new() } else { format!(" ({})", others.join(", ")) };
        format!("{} {}{others}", words(id), percent(most))
    };
    ids.iter().map(|id| of(id)).collect::<Vec<_>>().join(", ")
}

/// The reading of each jurisdiction with the figures for and against.
pub(super) fn readings(answer: &LandscapeAnswer) -> Grid {
    let mut grid = Grid::new(
        "What speaks for each reading, and what against",
        &["=jurisdiction", "reading", "for", "against"],
    );
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

fn figure(evidence: &PathEvidenceAnswer) -> String {
    let mark = if evidence.is_scored { "" } else { "*" };
    format!("{}{mark} {}/{}", words(&evidence.what), evidence.rank, evidence.n_peers)
}

/// A bloc beside its best member; nothing without a bloc.
pub(super) fn blocs(answer: &LandscapeAnswer) -> Option<Grid> {
    let columns = ["=bloc", "enabler", ">strength", "=best member", ">strength alone", ">gain", "carried by"];
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
#[must_use]
pub fn words(id: &str) -> String {
    id.replace('_', " ")
}

fn two_digits(x: Option<f64>) -> String {
    x.map_or_else(|| ABSENT.to_owned(), |x| decimal(x + 0.0, 2))
}
