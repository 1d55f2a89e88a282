//! The article's figures (BCG Henderson Institute 2024) that can be computed from the shipped data; each test names the facts.
//! The facts that cannot be computed are listed with the reason in docs/src/guides/article.md.

use multipolar::input::{Library, load_library};
use multipolar::landscape::enablers::{Scale, ScoreTerms, Scores};
use multipolar::model::jurisdictions::{Better, Indicator, Jurisdiction, Jurisdictions, Standing};

use std::collections::BTreeSet;

use super::assert_near;

fn library() -> Library {
    load_library(None, None).unwrap()
}

fn jurisdiction<'a>(file: &'a Jurisdictions, id: &str) -> &'a Jurisdiction {
    file.jurisdictions.iter().find(|j| j.id == id).unwrap()
}

fn indicator<'a>(file: &'a Jurisdictions, id: &str) -> &'a Indicator {
    file.enablers.iter().flat_map(|e| &e.indicators).find(|i| i.id == id).unwrap()
}

/// The figure of the indicator itself: scored, or on record. Proxies are not the article's figures.
fn own(file: &Jurisdictions, id: &str, of: &str) -> Option<f64> {
    let jurisdiction = jurisdiction(file, of);
    let scored = jurisdiction.indicators.get(id).filter(|figure| !figure.is_proxy).map(|f| f.value);
    scored.or_else(|| jurisdiction.unscored.get(id).map(|entry| entry.figure.value))
}

#[track_caller]
fn assert_figures(id: &str, figures: &[(&str, &str, f64)]) {
    let library = library();
    for (fact, of, value) in figures {
        assert_eq!(own(&library.jurisdictions, id, of), Some(*value), "{fact}: {id} of {of}");
    }
}

/// 1 + the number of jurisdictions of the list with a larger own figure.
fn rank(file: &Jurisdictions, id: &str, of: &str, among: impl Fn(&Jurisdiction) -> bool) -> usize {
    let value = own(file, id, of).unwrap();
    let others = file.jurisdictions.iter().filter(|j| among(j));
    1 + others.filter_map(|j| own(file, id, &j.id)).filter(|x| *x > value).count()
}

fn is_country(jurisdiction: &Jurisdiction) -> bool {
    jurisdiction.members.is_empty()
}

#[test]
fn s002_s008_s092_s093_s094_s095_specialists() {
    let figures = [
        ("S002", "IN", 215_000.0),
        ("S008", "US", 500_000.0),
        ("S092", "AE", 7_000.0),
        ("S093", "SA", 5_000.0),
        ("S094", "DE", 55_000.0),
        ("S095", "FR", 50_000.0),
    ];
    assert_figures("ai_specialists", &figures);
}

/// The largest pool is that of the US (S008), the United Kingdom is fourth (S117), Canada seventh (S118).
#[test]
fn s008_s117_s118_ranks_of_specialists() {
    let file = library().jurisdictions;
    let rank = |of: &str| rank(&file, "ai_specialists", of, is_country);
    assert_eq!((rank("US"), rank("GB"), rank("CA")), (1, 4, 7));
}

/// France and Germany together have more than 100,000.
#[test]
fn s053_specialists_of_france_and_germany() {
    let file = library().jurisdictions;
    let of = |id: &str| own(&file, "ai_specialists", id).unwrap();
    assert!(of("FR") + of("DE") > 100_000.0);
}

/// The article prints nearly 70 % for the US; the snapshot counts a model once for each country involved, and gives 57 % of
/// all countries listed here.
#[test]
fn s003_share_of_notable_models() {
    let file = library().jurisdictions;
    let all = file.jurisdictions.iter().filter(|j| is_country(j));
    let total: f64 = all.filter_map(|j| own(&file, "notable_models", &j.id)).sum();
    let share = own(&file, "notable_models", "US").unwrap() / total;
    assert!((0.56..0.59).contains(&share), "{share}");
    assert_eq!(rank(&file, "notable_models", "US", is_country), 1);
}

/// On record; the score uses the proxy, by which the US has 51 %, and Israel is ninth, within the article's 15 (S121).
#[test]
fn s006_s121_top_researchers() {
    assert_figures("top_ai_researchers_share", &[("S006", "US", 60.0)]);
    let file = library().jurisdictions;
    let proxy =
        |id: &str| jurisdiction(&file, id).indicators.get("top_ai_researchers_share").map(|f| f.value);
    assert_eq!(proxy("US"), Some(51.13));
    let israel = proxy("IL").unwrap();
    let countries = file.jurisdictions.iter().filter(|j| is_country(j));
    let rank = 1 + countries.filter_map(|j| proxy(&j.id)).filter(|x| *x > israel).count();
    assert_eq!(rank, 9);
}

#[test]
fn s012_s017_s055_s085_s086_s108_s109_s110_data_centers() {
    let figures = [
        ("S012", "US", 45.0),
        ("S017", "CN", 20.0),
        ("S055", "EU", 8.0),
        ("S085", "AE", 0.4),
        ("S086", "SA", 0.4),
        ("S108", "JP", 1.9),
        ("S109", "DE", 1.9),
        ("S110", "KR", 0.9),
    ];
    assert_figures("data_center_capacity", &figures);
}

/// The US has most (S012), the European Union third most (S056).
#[test]
fn s012_s056_ranks_of_data_centers() {
    let file = library().jurisdictions;
    let rank = |of: &str| rank(&file, "data_center_capacity", of, |j| j.standing != Standing::Other);
    assert_eq!((rank("US"), rank("CN"), rank("EU")), (1, 2, 3));
}

/// China filed more than 76,000 patents, about four times as many as the US; Korea is first and Japan third among middle
/// powers. All on record, not scored.
#[test]
fn s015_s016_s103_s104_patents_by_office() {
    let file = library().jurisdictions;
    let of = |id: &str| own(&file, "ai_patents", id).unwrap();
    assert_near(of("CN"), 76_000.0);
    assert_near(of("CN") / of("US"), 4.0);
    let rank = |of: &str| rank(&file, "ai_patents", of, |j| j.standing == Standing::MiddlePower);
    assert_eq!((rank("KR"), rank("JP")), (1, 3));
}

/// In families filed at two of the five large offices, which leave out filings at one office, neither holds: the US is before
/// China, and Japan before Korea.
#[test]
fn s016_s103_s104_patent_families_say_otherwise() {
    let file = library().jurisdictions;
    let scores = Scores::new(&file, &ScoreTerms::default());
    let patents = scores.indicator("ai_patents").unwrap();
    assert!(patents.is_proxy);
    let of = |id: &str| patents.figures[scores.position(id).unwrap()].as_ref().unwrap().value;
    assert!(of("US") > of("CN") && of("JP") > of("KR") && of("KR") > of("EU"));
}

/// Numbers of indicators: talent 3, intellectual property 4, data 2, energy 1, computing 3, capital 3, in all 16.
#[test]
fn s029_s032_s033_s034_s035_s036_s037_numbers_of_indicators() {
    let file = library().jurisdictions;
    let n = |id: &str| file.enablers.iter().find(|e| e.id == id).unwrap().indicators.len();
    assert_eq!((n("talent"), n("intellectual_property"), n("data")), (3, 4, 2));
    assert_eq!((n("energy"), n("computing"), n("capital")), (1, 3, 3));
    assert_eq!(file.enablers.iter().map(|e| e.indicators.len()).sum::<usize>(), 16);
}

/// Samples of 2,000 researchers (S027), 300 institutions (S028) and 20 companies (S045) are part of the indicators' names.
#[test]
fn s027_s028_s045_samples() {
    let file = library().jurisdictions;
    for (id, sample) in [
        ("top_ai_researchers_share", "2,000"),
        ("top_ai_institutions_share", "300"),
        ("top20_tech_rd_spend", "20"),
    ] {
        assert!(indicator(&file, id).name.contains(sample), "{id}");
    }
}

/// Publications, citations and patents of five years (S031), venture capital of six (S044). Notable models are counted from 1950
/// here, as the article's text says; its methodology says 1959 (S030).
#[test]
fn s030_s031_s044_periods() {
    let file = library().jurisdictions;
    let period = |id: &str| -> (i64, i64) {
        let (first, last) = indicator(&file, id).period.split_once('-').unwrap();
        (first.parse().unwrap(), last.parse().unwrap())
    };
    let years = |id: &str| period(id).1 - period(id).0 + 1;
    for id in ["ai_publications", "ai_citations_share", "ai_patents"] {
        assert_eq!(years(id), 5, "{id}");
    }
    assert_eq!(years("ai_venture_capital"), 6);
    assert_eq!(period("notable_models").0, 1950);
}

/// 1 is the highest value (S038), 0 is zero (S039), and for energy 0 is the lowest price (S040), where the strength is 1.
#[test]
fn s038_s039_s040_anchors_of_the_scores() {
    let higher = Scale { low: 2.0, high: 8.0, better: Better::Higher };
    assert_eq!((higher.score(8.0), higher.score(0.0), higher.score(2.0)), (1.0, 0.0, 0.25));
    let lower = Scale { low: 2.0, high: 8.0, better: Better::Lower };
    assert_eq!((lower.score(8.0), lower.score(2.0), lower.strength(2.0)), (1.0, 0.0, 1.0));
    let file = library().jurisdictions;
    let scores = Scores::new(&file, &ScoreTerms::default());
    for scored in scores.enablers.iter().flat_map(|e| &e.indicators).filter(|i| i.scale.is_some()) {
        let found: Vec<f64> =
            (0..scores.jurisdictions.len()).filter_map(|j| scored.score(j)).map(|s| s.score).collect();
        assert_eq!(found.iter().copied().fold(0.0, f64::max), 1.0, "{}", scored.indicator.id);
    }
}

/// Every scored jurisdiction has second-tier chips (S041); cutting-edge ones score 1 without a formal barrier (S042), and China
/// has 0 (S043). The easing for the United Arab Emirates (S098) is on record beside the 0 of the formal rule.
#[test]
fn s041_s042_s043_s098_chips() {
    let file = library().jurisdictions;
    let scores = Scores::new(&file, &ScoreTerms::default());
    let value = |id: &str, place: usize| scores.indicator(id).unwrap().figures[place].as_ref().unwrap().value;
    for (place, jurisdiction) in scores.jurisdictions.iter().enumerate() {
        assert_eq!(value("tier2_chip_access", place), 1.0, "{}", jurisdiction.id);
        let is_restricted = ["CN", "AE", "SA"].contains(&jurisdiction.id.as_str());
        let expected = if is_restricted { 0.0 } else { 1.0 };
        assert_eq!(value("cutting_edge_chip_access", place), expected, "{}", jurisdiction.id);
    }
    let eased = &jurisdiction(&file, "AE").unscored["cutting_edge_chip_access"];
    assert_eq!(eased.figure.value, 1.0);
}

/// Industrial electricity costs 20 % less in France than in Germany (S057), close to 60 % less in Sweden and Finland (S058,
/// S059), and 30 to 50 % less in the Gulf than in the US (S087 to S090).
#[test]
fn s057_s058_s059_s087_s088_s089_s090_electricity() {
    let file = library().jurisdictions;
    let price = |id: &str| own(&file, "industrial_electricity_price", id).unwrap();
    let less = |id: &str, than: &str| 1.0 - price(id) / price(than);
    assert!((less("FR", "DE") - 0.2).abs() < 0.01);
    assert!((less("SE", "DE") - 0.6).abs() < 0.01 && (less("FI", "DE") - 0.6).abs() < 0.01);
    for gulf in ["AE", "SA"] {
        assert!((0.3..=0.5).contains(&less(gulf, "US")), "{gulf}");
    }
}

/// On record, not scored.
#[test]
fn s067_s068_s099_s100_s101_s102_research_spending() {
    let figures = [
        ("S067", "EU", 40.0),
        ("S068", "US", 200.0),
        ("S099", "KR", 28.0),
        ("S100", "JP", 26.0),
        ("S101", "DE", 14.0),
        ("S102", "FR", 4.0),
    ];
    assert_figures("top20_tech_rd_spend", &figures);
}

/// On record, not scored.
#[test]
fn s079_s080_sovereign_funds() {
    assert_figures("public_funds", &[("S079", "AE", 2000.0), ("S080", "SA", 920.0)]);
}

/// One maker of lithography stands behind every wafer that a chip of the catalog needs.
#[test]
fn s062_sole_maker_of_lithography() {
    let library = library();
    let makers = library.catalog.hardware.iter().filter(|h| h.id.contains("euv"));
    assert_eq!(makers.map(|h| h.vendor.as_str()).collect::<Vec<_>>(), ["asml"]);
    let maker = library.catalog.suppliers.iter().find(|s| s.id == "asml").unwrap();
    assert_eq!(maker.jurisdiction, "NL");
}

/// The article is of 9 December 2024.
#[test]
fn s125_date_of_the_article() {
    let file = library().jurisdictions;
    let article = file.sources.iter().find(|s| s.id == "bcg-2024-12").unwrap();
    assert!(article.locator.contains("2024-12-09"));
}

/// Facts are numbered 1 to 125. Each is named by a test above, or by the page's list of those that are not computed, and none by both.
#[test]
fn every_fact_is_tested_or_listed_with_the_reason() {
    let root = env!("CARGO_MANIFEST_DIR");
    let read = |path: &str| std::fs::read_to_string(format!("{root}/{path}")).unwrap();
    let source = read("tests/integration/landscape/article.rs");
    let page = read("docs/src/guides/article.md");
    let (_, listed) = page.split_once("## Facts that are not computed").unwrap();
    let tested: BTreeSet<u32> = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("fn s"))
        .flat_map(|name| {
            name.split('_').map_while(|part| part.trim_start_matches('s').parse().ok()).collect::<Vec<_>>()
        })
        .collect();
    let mut left_out = BTreeSet::new();
    for cell in
        listed.lines().filter(|line| line.starts_with("| S")).filter_map(|line| line.split('|').nth(1))
    {
        for part in cell.split(',') {
            let number = |text: &str| text.trim().trim_start_matches('S').parse::<u32>().unwrap();
            match part.split_once(" to ") {
                Some((first, last)) => left_out.extend(number(first)..=number(last)),
                None => {
                    left_out.insert(number(part));
                }
            }
        }
    }
    let both: Vec<&u32> = tested.intersection(&left_out).collect();
    assert!(both.is_empty(), "tested and listed: {both:?}");
    let missing: Vec<u32> = (1..=125).filter(|n| !tested.contains(n) && !left_out.contains(n)).collect();
    assert!(missing.is_empty(), "neither tested nor listed: {missing:?}");
}
