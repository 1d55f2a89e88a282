//! Shares of jurisdictions as a map of equal tiles: one hue, darker for more.

use std::collections::BTreeMap;

use super::paper::{Anchor, Fill, Paper, Type};
use crate::model::limit::Dimension;
use crate::report::answer::concentration::{ConcentrationAnswer, ranked};
use crate::report::figures::percent;

const WIDTH: f64 = 960.0;
const MARGIN: f64 = 32.0;
/// Pixels from one tile to the next, and between two.
const STEP: f64 = 47.0;
const GAP: f64 = 3.0;
const ROWS: u8 = 11;

/// Upper ends of the classes of shares, with the opacity of their tiles.
const CLASSES: [(f64, f64); 5] = [(0.05, 0.16), (0.15, 0.28), (0.3, 0.42), (0.6, 0.78), (1.0, 1.0)];
/// Opacity from which a text on a tile is written in the color of the paper.
const DARK: f64 = 0.6;

/// Column and row of each tile, roughly as on a map of the world; by code. A bloc is a tile in the sea.
const PLACES: [(&str, u8, u8); 71] = [
    ("AE", 12, 7),
    ("AR", 1, 10),
    ("AT", 8, 3),
    ("AU", 16, 10),
    ("BE", 5, 2),
    ("BG", 10, 4),
    ("BR", 2, 8),
    ("CA", 0, 3),
    ("CH", 6, 4),
    ("CL", 0, 10),
    ("CN", 15, 5),
    ("CO", 1, 7),
    ("CY", 9, 6),
    ("CZ", 8, 2),
    ("DE", 7, 2),
    ("DK", 7, 1),
    ("EE", 10, 0),
    ("EG", 9, 7),
    ("ES", 5, 4),
    ("EU", 4, 3),
    ("FI", 9, 0),
    ("FR", 5, 3),
    ("GB", 5, 1),
    ("GR", 9, 5),
    ("HK", 15, 6),
    ("HR", 9, 4),
    ("HU", 9, 3),
    ("ID", 15, 9),
    ("IE", 4, 1),
    ("IL", 10, 6),
    ("IN", 13, 7),
    ("IS", 4, 0),
    ("IT", 7, 4),
    ("JP", 17, 5),
    ("KE", 10, 9),
    ("KR", 16, 5),
    ("KW", 11, 6),
    ("KZ", 13, 3),
    ("LI", 7, 3),
    ("LT", 9, 1),
    ("LU", 6, 3),
    ("LV", 10, 1),
    ("MA", 5, 6),
    ("MT", 7, 5),
    ("MX", 0, 5),
    ("MY", 14, 8),
    ("NG", 7, 8),
    ("NL", 6, 2),
    ("NO", 7, 0),
    ("NZ", 17, 10),
    ("PE", 0, 8),
    ("PH", 16, 7),
    ("PK", 13, 6),
    ("PL", 8, 1),
    ("PT", 4, 4),
    ("QA", 11, 7),
    ("RO", 10, 3),
    ("RU", 12, 2),
    ("SA", 10, 7),
    ("SE", 8, 0),
    ("SG", 15, 8),
    ("SI", 8, 4),
    ("SK", 9, 2),
    ("TH", 14, 7),
    ("TR", 10, 5),
    ("TW", 16, 6),
    ("UA", 10, 2),
    ("US", 0, 4),
    ("UY", 2, 9),
    ("VN", 15, 7),
    ("ZA", 9, 10),
];

/// Column and row of a jurisdiction's tile, from 0; `None` where it has none.
#[must_use]
pub fn place(code: &str) -> Option<(u8, u8)> {
    PLACES.iter().find(|(own, ..)| *own == code).map(|&(_, column, row)| (column, row))
}

/// One map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TileMap<'a> {
    /// The finding, as a sentence without a full stop.
    pub title: &'a str,
    /// What is drawn, of what, by which weight.
    pub subtitle: &'a str,
    /// Jurisdiction → share, from 0 to 1. They need not add up to 1.
    pub shares: &'a BTreeMap<String, f64>,
}

/// A drawing of maps one below the other. `description`: for those who do not see it, with where the figures are.
///
/// Keys that have no tile are named below their map, with their shares.
#[must_use]
pub fn tile_maps(maps: &[TileMap<'_>], description: &str) -> String {
    let mut paper = Paper::new(WIDTH);
    let mut y = 0.0;
    for map in maps {
        y = one(&mut paper, map, y) + 16.0;
    }
    let title = maps.first().map_or("", |map| map.title);
    paper.finish(y, title, description)
}

/// One map as a part of a page, where the finding stands above it; `id`: of no other drawing of the page.
#[must_use]
pub fn tile_map_in_page(map: &TileMap<'_>, id: &str, description: &str) -> String {
    let mut paper = Paper::new(WIDTH);
    let bottom = tiles(&mut paper, map.shares, 8.0);
    paper.finish_in_page(bottom + 8.0, id, map.title, description)
}

/// Where models come from, and where they are served, by value; empty without value.
#[must_use]
pub fn shares_of_value(concentration: &ConcentrationAnswer) -> String {
    let none = BTreeMap::new();
    let of = |dimension| concentration.value_shares(dimension).unwrap_or(&none);
    let (origins, regions) = (of(Dimension::Origin), of(Dimension::Region));
    let finding =
        |shares: &BTreeMap<String, f64>, words: &dyn Fn(&str) -> String| match ranked(shares).first() {
            Some((key, share)) => format!("{} of value {}", percent(*share), words(key)),
            None => "No outage costs anything, so there are no shares of value".to_owned(),
        };
    let titles = [
        finding(origins, &|key| format!("runs on {key} models")),
        finding(regions, &|key| format!("is served in {key}")),
    ];
    let maps = [
        TileMap {
            title: &titles[0],
            subtitle: "Country of the developer, share of what an outage would cost",
            shares: origins,
        },
        TileMap {
            title: &titles[1],
            subtitle: "Region in which the offer runs, share of what an outage would cost",
            shares: regions,
        },
    ];
    tile_maps(
        &maps,
        "Two maps of equal tiles, one per country, darker for a larger share. The figures: multipolar exposure --format json, \
         shares.origin and shares.region.",
    )
}

/// Draws a map with its finding from y on; the y below.
fn one(paper: &mut Paper, map: &TileMap<'_>, top: f64) -> f64 {
    let mut y = paper.paragraph((MARGIN, top + 40.0), Type::Title, "ink", map.title);
    y = paper.paragraph((MARGIN, y), Type::Body, "muted", map.subtitle) + 8.0;
    tiles(paper, map.shares, y)
}

/// The tiles with their legend from y on; the y below.
fn tiles(paper: &mut Paper, shares: &BTreeMap<String, f64>, mut y: f64) -> f64 {
    for (code, column, row) in PLACES {
        let share = shares.get(code).copied().filter(|share| *share > 0.0);
        if share.is_none() && is_bloc(code) {
            continue;
        }
        let corner = (MARGIN + STEP * f64::from(column), y + STEP * f64::from(row));
        tile(paper, corner, code, share);
    }
    y += STEP * f64::from(ROWS);
    let elsewhere = elsewhere(shares);
    if !elsewhere.is_empty() {
        y = paper.paragraph((MARGIN, y + 20.0), Type::Body, "ink", &format!("Not on the map: {elsewhere}"));
    }
    legend(paper, y + 12.0)
}

/// A tile with its code, and its share where it has one.
fn tile(paper: &mut Paper, (x, y): (f64, f64), code: &str, share: Option<f64>) {
    let side = STEP - GAP;
    let middle = x + side / 2.0;
    let Some(share) = share else {
        paper.block((x, y), (side, side), Fill::Empty, &format!("{code}: none"));
        return paper.text((middle, y + side / 2.0 + 4.0), Type::Small, Anchor::Middle, "muted", code);
    };
    let opacity = opacity(share);
    let color = if opacity >= DARK { "paper" } else { "ink" };
    paper.block((x, y), (side, side), Fill::Shade(opacity), &format!("{code}: {}", percent(share)));
    paper.text((middle, y + 19.0), Type::Body, Anchor::Middle, color, code);
    paper.text((middle, y + 35.0), Type::Small, Anchor::Middle, color, &percent(share));
}

/// The classes in one line; the y below.
fn legend(paper: &mut Paper, y: f64) -> f64 {
    let mut low = 0.0;
    for (n, (high, opacity)) in CLASSES.into_iter().enumerate() {
        let x = MARGIN + 120.0 * n as f64;
        let text = match n {
            0 => format!("up to {}", percent(high)),
            _ => format!("{} to {}", number_of(low), percent(high)),
        };
        paper.block((x, y), (16.0, 16.0), Fill::Shade(opacity), &text);
        paper.text((x + 22.0, y + 12.0), Type::Small, Anchor::Start, "muted", &text);
        low = high;
    }
    y + 24.0
}

fn number_of(share: f64) -> String {
    percent(share).trim_end_matches(" %").to_owned()
}

fn opacity(share: f64) -> f64 {
    let class = CLASSES.iter().find(|(high, _)| share <= *high);
    class.map_or(1.0, |(_, opacity)| *opacity)
}

/// Shares of keys that have no tile, the largest first.
fn elsewhere(shares: &BTreeMap<String, f64>) -> String {
    let is_placed = |key: &str| PLACES.iter().any(|(code, ..)| *code == key);
    let others = ranked(shares).into_iter().filter(|(key, share)| *share > 0.0 && !is_placed(key));
    others.map(|(key, share)| format!("{key} {}", percent(share))).collect::<Vec<_>>().join(", ")
}

fn is_bloc(code: &str) -> bool {
    code == "EU"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::load_library;

    /// Every jurisdiction of the embedded file has a tile, no two share one, and none lies outside.
    #[test]
    fn jurisdictions_have_places_of_their_own() {
        let library = load_library(None, None).unwrap();
        for jurisdiction in &library.jurisdictions.jurisdictions {
            assert!(PLACES.iter().any(|(code, ..)| *code == jurisdiction.id), "{}", jurisdiction.id);
        }
        let mut places: Vec<(u8, u8)> = PLACES.iter().map(|(_, column, row)| (*column, *row)).collect();
        assert!(
            places
                .iter()
                .all(|(column, row)| *row < ROWS && MARGIN + STEP * f64::from(column + 1) <= WIDTH - MARGIN)
        );
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), PLACES.len());
    }

    /// 0.3 is the upper end of the third class; 0.301 lies in the fourth.
    #[test]
    fn a_larger_share_is_darker() {
        assert_eq!([0.001, 0.05, 0.3, 0.301, 1.0].map(opacity), [0.16, 0.16, 0.42, 0.78, 1.0]);
        assert_eq!(opacity(1.0 + 1e-12), 1.0);
    }

    /// A share is written on its tile; a key without a tile is named below, a key of share 0 nowhere.
    #[test]
    fn every_share_is_written() {
        let shares = BTreeMap::from(
            [("US", 0.62), ("EU", 0.08), ("XK", 0.25), ("unknown", 0.05), ("AQ", 0.0)]
                .map(|(k, x)| (k.to_owned(), x)),
        );
        let map = TileMap { title: "62 % runs on US models", subtitle: "origin", shares: &shares };
        let text = tile_maps(&[map], "a map");
        assert!(
            text.contains("<title>US: 62 %</title>") && text.contains("<title>EU: 8 %</title>"),
            "{text}"
        );
        assert!(text.contains("Not on the map: XK 25 %, unknown 5 %<"), "{text}");
        assert!(text.contains("<title>FR: none</title>") && !text.contains("AQ"), "{text}");
    }
}
