//! Scores by hand and by an independent computation, bands by brute force, blocs by hand.

use std::collections::BTreeMap;

use multipolar::input::load_library;
use multipolar::landscape::bands::{Band, enabler_ranks, overall_ranks};
use multipolar::landscape::blocs::bloc_gains;
use multipolar::landscape::enablers::{ScoreTerms, Scores};
use multipolar::landscape::paths::path_evidence;
use multipolar::model::jurisdictions::{Better, Jurisdictions, Standing};

use super::{Small, assert_near};

fn terms() -> ScoreTerms {
    ScoreTerms::default()
}

/// The set is CN, EU, US. Funds: EU 20 + 5 = 25, so 0.5, 0.25, 1. Price: EU is FR's 2; the article's scores are 1, 0.5, 0 and
/// the strengths 0, 0.5, 1. Index: only the proxy has figures, 4, DE's 6, 8. Money: CN (0.5 + 0.5)/2, EU (0.25 + 0.75)/2.
#[test]
fn scores_by_hand() {
    let library = Small::new().library();
    let scores = Scores::new(&library.jurisdictions, &terms());
    let ids: Vec<&str> = scores.jurisdictions.iter().map(|j| j.id.as_str()).collect();
    assert_eq!(ids, ["CN", "EU", "US"]);
    let [money, power] = &scores.enablers[..] else { panic!("two enablers") };
    for (place, (strength, score, price)) in
        [(0.5, 0.0, 1.0), (0.5, 0.5, 0.5), (1.0, 1.0, 0.0)].iter().enumerate()
    {
        let found = money.score(place, None).unwrap();
        assert_near(found.strength, *strength);
        let found = power.score(place, None).unwrap();
        assert_near(found.strength, *score);
        assert_near(found.score, *price);
    }
    let index = scores.indicator("index").unwrap();
    assert!(index.is_proxy);
    assert_eq!(index.figures[1].as_ref().unwrap().members, ["DE"]);
    let funds = &scores.indicator("funds").unwrap().figures[1];
    assert_eq!(funds.as_ref().unwrap().members, ["DE", "FR"]);
    assert_eq!(funds.as_ref().unwrap().confidence.as_str(), "estimate", "the weakest of the members'");
}

/// Without proxies the index has no figure; with those on record it is FR's 9 alone, for the bloc.
#[test]
fn proxies_can_be_left_out_and_figures_on_record_let_in() {
    let library = Small::new().library();
    let without = ScoreTerms { uses_proxies: false, ..terms() };
    let scores = Scores::new(&library.jurisdictions, &without);
    assert_eq!(scores.indicator("index").unwrap().scale, None);
    assert_near(scores.enablers[0].coverage(0), 0.5);
    let with = ScoreTerms { uses_proxies: false, uses_unscored: true, ..terms() };
    let scores = Scores::new(&library.jurisdictions, &with);
    let index = scores.indicator("index").unwrap();
    assert!(!index.is_proxy && index.figures[0].is_none() && index.figures[2].is_none());
    assert_near(index.figures[1].as_ref().unwrap().value, 9.0);
}

/// Members can be scored when they are named; then the bloc need not be.
#[test]
fn a_set_can_be_named() {
    let library = Small::new().library();
    let set = ScoreTerms { set: Some(vec!["FR".to_owned(), "DE".to_owned()]), ..terms() };
    let scores = Scores::new(&library.jurisdictions, &set);
    let ids: Vec<&str> = scores.jurisdictions.iter().map(|j| j.id.as_str()).collect();
    assert_eq!(ids, ["DE", "FR"]);
    let funds = scores.indicator("funds").unwrap();
    assert_near(funds.score(0).unwrap().score, 0.25);
    // A single price is both lowest and highest: the article's score is 0.
    let price = scores.indicator("price").unwrap();
    assert_eq!((price.score(0), price.score(1).unwrap().score), (None, 0.0));
}

/// Every score of the shipped data, computed here from the data once more: the value of a jurisdiction by its own figure or
/// its members', the largest and smallest of the set, the mean per enabler.
#[test]
fn the_shipped_scores_equal_an_independent_computation() {
    let library = load_library(None, None).unwrap();
    let file = &library.jurisdictions;
    let scores = Scores::new(file, &terms());
    let set = expected_set(file);
    assert_eq!(scores.jurisdictions.iter().map(|j| j.id.clone()).collect::<Vec<_>>(), set);
    let mut n_checked = 0;
    for enabler in &scores.enablers {
        let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for scored in &enabler.indicators {
            let id = &scored.indicator.id;
            let of = |j: &String| {
                let own = file.jurisdictions.iter().find(|x| x.id == *j).unwrap();
                own.indicators.get(id).map(|figure| figure.value)
            };
            let values: Vec<Option<f64>> = set.iter().map(of).collect();
            let known = || values.iter().flatten().copied();
            let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(0.0, f64::max));
            for (place, value) in values.iter().enumerate() {
                let found = scored.score(place);
                assert_eq!(found.is_some(), value.is_some(), "{id} of {}", set[place]);
                let Some(value) = value else { continue };
                let (score, strength) = match scored.indicator.better {
                    Better::Higher => (value / high, value / high),
                    Better::Lower => ((value - low) / (high - low), 1.0 - (value - low) / (high - low)),
                };
                assert_near(found.unwrap().score, score);
                assert_near(found.unwrap().strength, strength);
                let entry = sums.entry(&set[place]).or_default();
                *entry = (entry.0 + strength, entry.1 + 1.0);
                n_checked += 1;
            }
        }
        for (place, id) in set.iter().enumerate() {
            let expected = sums.get(id.as_str()).map(|(sum, n)| sum / n);
            let found = enabler.score(place, None).map(|s| s.strength);
            assert_eq!(found.is_some(), expected.is_some());
            if let (Some(found), Some(expected)) = (found, expected) {
                assert_near(found, expected);
            }
        }
    }
    assert!(n_checked > 160, "only {n_checked} scores");
}

/// Superpowers, middle powers and hubs, without members of the European Union.
fn expected_set(file: &Jurisdictions) -> Vec<String> {
    let eu = &file.jurisdictions.iter().find(|j| j.id == "EU").unwrap().members;
    let stands = file.jurisdictions.iter().filter(|j| j.standing != Standing::Other && !eu.contains(&j.id));
    let mut set: Vec<String> = stands.map(|j| j.id.clone()).collect();
    set.sort();
    set
}

/// A score of 1 belongs to the highest figure of the set and to nothing else; none is outside 0 to 1.
#[test]
fn only_the_highest_figure_scores_1() {
    let library = load_library(None, None).unwrap();
    for terms in [terms(), ScoreTerms { uses_proxies: false, uses_unscored: true, ..terms() }] {
        let scores = Scores::new(&library.jurisdictions, &terms);
        for scored in scores.enablers.iter().flat_map(|e| &e.indicators) {
            let Some(scale) = scored.scale else { continue };
            for (place, figure) in scored.figures.iter().enumerate() {
                let Some(figure) = figure else { continue };
                let score = scored.score(place).unwrap().score;
                assert!((0.0..=1.0).contains(&score), "{}", scored.indicator.id);
                assert_eq!(score == 1.0, figure.value == scale.high, "{}", scored.indicator.id);
            }
        }
    }
}

/// Figures of a proxy and of the indicator itself are never scored together, and an indicator with a proxy has all or none.
#[test]
fn one_series_per_indicator() {
    let library = load_library(None, None).unwrap();
    let n_figures = |uses_proxies: bool, id: &str| {
        let scores = Scores::new(&library.jurisdictions, &ScoreTerms { uses_proxies, ..terms() });
        let scored = scores.indicator(id).unwrap();
        (scored.is_proxy, scored.figures.iter().flatten().count())
    };
    for id in ["ai_patents", "ai_citations_share", "top_ai_researchers_share"] {
        assert_eq!((n_figures(true, id), n_figures(false, id)), ((true, 14), (false, 0)), "{id}");
    }
}

/// Strengths of the small landscape: money CN 0.5, EU 0.5, US 1; power 0, 0.5, 1. All weightings by halves and doubles, and each
/// of the three indicators left out, are tried one by one here.
#[test]
fn bands_by_brute_force() {
    let library = Small::new().library();
    let scores = Scores::new(&library.jurisdictions, &terms());
    // [indicator][jurisdiction]: funds, index, price.
    let strengths = [[0.5, 0.25, 1.0], [0.5, 0.75, 1.0], [0.0, 0.5, 1.0]];
    let overall = |without: Option<usize>, weights: [f64; 2]| -> Vec<f64> {
        (0..3)
            .map(|j| {
                let mean = |of: &[usize]| {
                    let kept: Vec<f64> =
                        of.iter().filter(|i| Some(**i) != without).map(|i| strengths[*i][j]).collect();
                    (!kept.is_empty()).then(|| kept.iter().sum::<f64>() / kept.len() as f64)
                };
                let parts = [(mean(&[0, 1]), weights[0]), (mean(&[2]), weights[1])];
                let known: Vec<(f64, f64)> = parts.iter().filter_map(|(s, w)| Some(((*s)?, *w))).collect();
                known.iter().map(|(s, w)| s * w).sum::<f64>() / known.iter().map(|(_, w)| w).sum::<f64>()
            })
            .collect()
    };
    let ranks = |values: &[f64]| -> Vec<usize> {
        values.iter().map(|own| 1 + values.iter().filter(|x| **x > own + 1e-12).count()).collect()
    };
    let mut by_weights: Vec<Vec<usize>> = Vec::new();
    for first in [0.5, 1.0, 2.0] {
        for second in [0.5, 1.0, 2.0] {
            by_weights.push(ranks(&overall(None, [first, second])));
        }
    }
    let mut by_indicator = vec![ranks(&overall(None, [1.0, 1.0]))];
    by_indicator.extend((0..3).map(|i| ranks(&overall(Some(i), [1.0, 1.0]))));
    let band = |variants: &[Vec<usize>], j: usize| Band {
        best: variants.iter().map(|v| v[j]).min().unwrap(),
        worst: variants.iter().map(|v| v[j]).max().unwrap(),
    };
    let found = overall_ranks(&scores);
    for (j, found) in found.iter().enumerate() {
        assert_eq!((found.by_weights, found.by_indicator), (band(&by_weights, j), band(&by_indicator, j)));
        assert_near(found.strength.unwrap(), overall(None, [1.0, 1.0])[j]);
    }
    // Without the price, CN and the bloc are level at 0.5.
    assert_eq!(found[0].by_indicator, Band { best: 2, worst: 3 });
    assert_eq!(found[2].overall, Band { best: 1, worst: 1 });
}

/// Money without funds: 0.5, 0.75, 1; without the index: 0.5, 0.25, 1. Power has one indicator, and so no band.
#[test]
fn bands_of_an_enabler_leave_out_its_indicators() {
    let library = Small::new().library();
    let scores = Scores::new(&library.jurisdictions, &terms());
    let money = enabler_ranks(&scores, 0);
    let bloc = money[1].unwrap();
    assert_eq!((bloc.rank, bloc.band), (2, Some(Band { best: 2, worst: 3 })));
    assert_eq!(bloc.strengths, Some((0.25, 0.75)));
    let power = enabler_ranks(&scores, 1);
    assert_eq!((power[0].unwrap().rank, power[0].unwrap().band), (3, None));
}

/// Weights: only power counts, so the bloc (0.5) is before CN (0).
#[test]
fn weights_move_ranks() {
    let library = Small::new().library();
    let weights = [("money".to_owned(), 0.0)].into();
    let scores = Scores::new(&library.jurisdictions, &ScoreTerms { weights, ..terms() });
    let found = overall_ranks(&scores);
    assert_eq!(found.iter().map(|f| f.rank).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(found.iter().map(|f| f.strength.unwrap()).collect::<Vec<_>>(), [0.0, 0.5, 1.0]);
}

/// In money the bloc has 0.5; DE alone (5/100 + 6/8)/2 = 0.4, FR (20/100 + 0)/2 = 0.1, which lacks the index. FR carries 20 of
/// 25 funds. In power FR has all the bloc has.
#[test]
fn a_bloc_beside_its_best_member_by_hand() {
    let library = Small::new().library();
    let scores = Scores::new(&library.jurisdictions, &terms());
    let gains = bloc_gains(&library.jurisdictions, &scores, false);
    let [money, power] = &gains[..] else { panic!("two enablers") };
    let best = money.best.unwrap();
    assert_eq!((best.id, best.coverage), ("DE", 1.0));
    assert_near(best.strength, 0.4);
    assert_near(money.bloc_strength, 0.5);
    let funds = &money.carried[0];
    assert_eq!((funds.indicator, funds.member, funds.share), ("funds", Some(("FR", 20.0)), Some(0.8)));
    assert_eq!(money.carried[1].share, None, "a mean has no parts");
    assert_near(power.best.unwrap().strength, power.bloc_strength);
}

/// Money CN 0.5, EU 0.5, US 1; power 0, 0.5, 1. A superpower has to be among the first two: CN is second in money, level with
/// the bloc, and third in power. The bloc is the only middle power, so nothing is said of it.
#[test]
fn figures_for_and_against_a_reading_by_hand() {
    let library = Small::new().library();
    let scores = Scores::new(&library.jurisdictions, &terms());
    let evidence = path_evidence(&scores);
    let found: Vec<(&str, &str, usize, usize, bool)> =
        evidence.iter().map(|e| (e.jurisdiction, e.what, e.rank, e.n_peers, e.speaks_for)).collect();
    let expected = [
        ("CN", "money", 2, 3, true),
        ("CN", "power", 3, 3, false),
        ("US", "money", 1, 3, true),
        ("US", "power", 1, 3, true),
    ];
    assert_eq!(found, expected);
}

/// Public funds are on record only; among the six middle powers with a figure the Emirates have most, Saudi Arabia least.
#[test]
fn figures_on_record_are_marked_where_none_is_scored() {
    let library = load_library(None, None).unwrap();
    let scores = Scores::new(&library.jurisdictions, &terms());
    let evidence = path_evidence(&scores);
    let funds =
        |id: &str| evidence.iter().find(|e| e.jurisdiction == id && e.what == "public_funds").unwrap();
    for (id, rank, speaks_for) in [("AE", 1, true), ("SA", 6, false)] {
        let found = funds(id);
        assert_eq!(
            (found.rank, found.n_peers, found.is_scored, found.speaks_for),
            (rank, 6, false, speaks_for)
        );
    }
}
