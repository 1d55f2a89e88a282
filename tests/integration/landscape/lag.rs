//! Lags by hand on a catalog of five models (see `MODELS`).

use jiff::civil::{Date, date};
use multipolar::landscape::lag::Lag;
use multipolar::landscape::trend::Heading;
use multipolar::measures::Estimate;
use multipolar::model::selector::{JurisdictionSet, Selector};
use multipolar::study::landscape::{GroupCourse, Landscape, LandscapeQuestion};

use super::{Small, assert_near};

const NORMAL: f64 = 1.959_963_984_540_054;
const MONTH: f64 = 365.0 / 12.0;

/// Asks the small landscape, and looks at the answer.
fn ask<T>(small: &Small, question: &LandscapeQuestion, look: impl FnOnce(&Landscape<'_>) -> T) -> T {
    let library = small.library();
    let instance = library.instance().unwrap();
    look(&Landscape::new(&instance, &library.jurisdictions, question))
}

fn named<'a>(courses: &'a [GroupCourse], name: &str) -> &'a GroupCourse {
    courses.iter().find(|c| c.name == name).unwrap_or_else(|| panic!("no group {name}"))
}

#[track_caller]
fn assert_interval(found: Estimate, value: f64, low: Option<f64>, high: Option<f64>) {
    assert_near(found.value, value);
    for (found, expected) in [(found.low, low), (found.high, high)] {
        assert_eq!(found.is_some(), expected.is_some(), "{found:?} is not {expected:?}");
        assert_near(found.unwrap_or(0.0), expected.unwrap_or(0.0));
    }
}

/// The day is 2025-11-01, that of b1. CN: g2 has 1400, 50 behind a2, ± 1.96 × 5. a1 had 1400 on 2025-01-01, 304 days before. A
/// rival surely has 1400 with a2 (1450 − 9.8), 123 days ago; perhaps with a1, which is the first of all, so the end is open.
/// EU: b1 has 1300, 150 behind; a1 surely had that, 304 days ago, and nothing is known of the time before.
#[test]
fn a_lag_by_hand() {
    ask(&Small::new(), &LandscapeQuestion::default(), |found| {
        assert_eq!(found.as_of, Some(date(2025, 11, 1)));
        let china = named(&found.groups, "{origin: CN}").lag.unwrap();
        assert_interval(china.points, 50.0, Some(50.0 - 5.0 * NORMAL), Some(50.0 + 5.0 * NORMAL));
        assert_interval(china.months, 304.0 / MONTH, Some(123.0 / MONTH), None);
        assert!(china.is_at_least, "the first rated model of all was as good");
        let europe = named(&found.groups, "{origin: EU}").lag.unwrap();
        assert_interval(europe.points, 150.0, Some(150.0 - 5.0 * NORMAL), Some(150.0 + 5.0 * NORMAL));
        assert_interval(europe.months, 304.0 / MONTH, Some(304.0 / MONTH), None);
        // In front, by 50 points and so beyond doubt.
        let us = named(&found.groups, "{origin: US}").lag.unwrap();
        assert_interval(us.points, 0.0, Some(0.0), Some(0.0));
        assert_interval(us.months, 0.0, Some(0.0), Some(0.0));
        assert_eq!(found.undated.len(), 1);
    });
}

/// Every origin that has a rated model, openness, and both crossed where there is one; nothing else.
#[test]
fn the_usual_groups() {
    ask(&Small::new(), &LandscapeQuestion::default(), |found| {
        let names: Vec<&str> = found.groups.iter().map(|c| c.name.as_str()).collect();
        let expected = [
            "{origin: CN}",
            "{origin: EU}",
            "{origin: US}",
            "{openness: [open_weights, open_source]}",
            "{openness: closed}",
            "{origin: CN, openness: [open_weights, open_source]}",
            "{origin: EU, openness: [open_weights, open_source]}",
            "{origin: US, openness: closed}",
        ];
        assert_eq!(names, expected);
        // The bloc's region holds offers in its members; none is in the US.
        let regions: Vec<&str> = found.regions.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(regions, ["{region: CN}", "{region: EU}"]);
        assert_near(named(&found.regions, "{region: EU}").lag.unwrap().best.points, 1400.0);
    });
}

/// By 2025-03-01: CN has g1 with 1380, 20 behind a1, which is 59 days old. Later releases do not count.
#[test]
fn later_releases_do_not_count() {
    let question = LandscapeQuestion { as_of: Some(date(2025, 3, 1)), ..LandscapeQuestion::default() };
    ask(&Small::new(), &question, |found| {
        let china = named(&found.groups, "{origin: CN}").lag.unwrap();
        assert_interval(china.points, 20.0, Some(20.0 - 5.0 * NORMAL), Some(20.0 + 5.0 * NORMAL));
        assert_interval(china.months, 59.0 / MONTH, Some(59.0 / MONTH), None);
        assert!(found.groups.iter().all(|c| c.name != "{origin: EU}"), "nothing was released there by then");
    });
}

/// With 1450 China is level with a2: 0 points and 0 months behind. a2 may lead by 1.96 × 5, and then was ahead for 123 days.
#[test]
fn level_groups_are_0_behind_with_an_interval() {
    let small = Small::with(&[("general: 1400, std_error: 4", "general: 1450, std_error: 4")]);
    ask(&small, &LandscapeQuestion::default(), |found| {
        let china = named(&found.groups, "{origin: CN}").lag.unwrap();
        assert_interval(china.points, 0.0, Some(0.0), Some(5.0 * NORMAL));
        assert_interval(china.months, 0.0, Some(0.0), Some(123.0 / MONTH));
        assert!(!china.is_at_least);
    });
}

/// Without the error of one rating there is no interval.
#[test]
fn without_an_error_there_is_no_interval() {
    let small = Small::with(&[("general: 1450, std_error: 3", "general: 1450")]);
    ask(&small, &LandscapeQuestion::default(), |found| {
        let china = named(&found.groups, "{origin: CN}").lag.unwrap();
        assert_interval(china.points, 50.0, None, None);
        assert_interval(china.months, 304.0 / MONTH, None, None);
    });
}

/// Of equals the earliest, then the first by id.
#[test]
fn ties_go_to_the_earliest_then_to_the_first_by_id() {
    let small = Small::with(&[(
        "released: 2025-07-01, quality: {general: 1450, std_error: 3}",
        "released: 2025-01-01, quality: {general: 1400, std_error: 3}",
    )]);
    let library = small.library();
    let instance = library.instance().unwrap();
    let found = Landscape::new(&instance, &library.jurisdictions, &LandscapeQuestion::default());
    let us = named(&found.groups, "{origin: US}").lag.unwrap();
    assert_eq!(instance.models[us.best.model].model.id, "a1");
}

/// Without the US, the best is g2 with 1400: the same 50 points as China's. A group without models has no lag.
#[test]
fn doing_without_a_country_by_hand() {
    let us = Selector { origin: Some(JurisdictionSet::Listed(vec!["US".to_owned()])), ..Selector::default() };
    let question = LandscapeQuestion {
        without: vec![("{origin: US}".to_owned(), us), ("{}".to_owned(), Selector::default())],
        ..LandscapeQuestion::default()
    };
    ask(&Small::new(), &question, |found| {
        let without = named(&found.without, "{origin: US}").lag.unwrap();
        assert_near(without.points.value, 50.0);
        assert_near(without.months.value, 304.0 / MONTH);
        assert_eq!(named(&found.without, "{}").lag, None);
    });
}

/// The history has the first of each month from the group's first model on, and the day, once.
#[test]
fn the_history_begins_with_the_first_model() {
    ask(&Small::new(), &LandscapeQuestion::default(), |found| {
        let days = |name: &str| -> Vec<Date> {
            named(&found.groups, name).history.iter().map(|lag: &Lag| lag.as_of).collect()
        };
        let china: Vec<Date> = (3..=11).map(|month| date(2025, month, 1)).collect();
        assert_eq!((days("{origin: CN}"), days("{origin: EU}")), (china, vec![date(2025, 11, 1)]));
        let months = named(&found.groups, "{origin: CN}").history.iter().map(|lag| lag.months.value);
        let mean = months.sum::<f64>() / 9.0;
        assert_near(named(&found.groups, "{origin: CN}").mean_months.unwrap(), mean);
        assert_eq!(named(&found.groups, "{origin: CN}").trend, None, "two records say nothing of a trend");
    });
}

/// Two groups on straight lines: US 1000, 1010, 1020, 1030 and China 900, 930, 960, 990, half a year apart and known
/// exactly. The gap shrinks by 40 points a year of 365 days, give or take the leap of half-years.
#[test]
fn a_trend_that_closes() {
    let small = Small::new();
    let mut models = "format_version: 1\nmodels:\n".to_owned();
    for (n, day) in ["2024-01-01", "2024-07-01", "2025-01-01", "2025-07-01"].iter().enumerate() {
        for (id, developer, points) in [("a", "alpha", 1000 + 10 * n), ("g", "gamma", 900 + 30 * n)] {
            models.push_str(&format!(
                "  - {{id: {id}{n}, name: X, developer: {developer}, openness: closed, license: own, released: {day}, quality: {{general: {points}, std_error: 0}}, source: report}}\n"
            ));
        }
    }
    std::fs::write(small.path("catalog/models.yaml"), models).unwrap();
    std::fs::write(small.path("catalog/offers.yaml"), "format_version: 1\noffers: []\n").unwrap();
    ask(&small, &LandscapeQuestion::default(), |found| {
        let trend = named(&found.groups, "{origin: CN}").trend.unwrap();
        assert!((trend.points_per_year.value + 40.0).abs() < 0.5, "{trend:?}");
        assert_eq!((trend.heading(), trend.n_own, trend.n_others), (Heading::Closing, 4, 4));
        let us = named(&found.groups, "{origin: US}").trend.unwrap();
        assert_eq!(us.heading(), Heading::Widening);
        // 60 points a year from 990 on 2025-07-01: 1020 after half a year.
        let own = named(&found.groups, "{origin: CN}").lag.unwrap().best;
        let forecast = trend.reaches(&own, 1020.0, date(2025, 7, 1));
        let days = (forecast.date.unwrap() - date(2025, 7, 1)).get_days();
        assert!((180..=185).contains(&days), "{days}");
        assert_eq!(trend.reaches(&own, 9000.0, date(2025, 7, 1)).date, None, "beyond ten years");
    });
}
