//! The picture as SVG.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::layout::{Frame, GAP, HEIGHT, MARGIN, WIDTHS, layout};
use super::{Arrow, COLUMNS, DrawnBox, Picture};
use crate::input::diagnostic::is_unprintable;

/// Fill of boxes by country, the country with most boxes first; further countries share the last.
const COLORS: [&str; 13] = [
    "#cfe0f5", "#f9d8c4", "#d3ecd0", "#f3d3e3", "#fbeeb5", "#ddd5f0", "#cdeeea", "#ead9c8", "#d9e3a8",
    "#f5c6c6", "#c4d7d1", "#e9c9f0", "#e6e6e6",
];
const WORKLOAD_COLOR: &str = "#ffffff";
/// Pixels of a character of the labels, generously.
const CHARACTER: f64 = 6.7;
/// Most that an arrow within a column bows out, pixels.
const BOW: f64 = 70.0;
/// Widest arrow, pixels, for all of the value.
const WIDEST: f64 = 14.0;

/// The picture; the same bytes for the same picture.
#[must_use]
pub fn svg(picture: &Picture) -> String {
    let (frames, bottom) = layout(picture);
    let countries = by_frequency(picture);
    let width = 2.0 * MARGIN + BOW + WIDTHS.iter().sum::<f64>() + GAP * (COLUMNS.len() - 1) as f64;
    let height = bottom + 2.0 * MARGIN + 20.0;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"Helvetica, Arial, sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    let _ = writeln!(
        text,
        "<text x=\"{MARGIN}\" y=\"34\" font-size=\"18\" font-weight=\"bold\">{}</text>",
        escaped(&picture.title)
    );
    headings(&mut text);
    for arrow in &picture.arrows {
        text += &curve(arrow, &frames);
    }
    for (shape, frame) in picture.shapes.iter().zip(&frames) {
        text += &boxed(shape, frame, &countries);
    }
    text += &legend(&countries, bottom + MARGIN);
    text + "</svg>\n"
}

/// Countries by number of boxes, then by id.
fn by_frequency(picture: &Picture) -> Vec<&str> {
    let mut boxes: BTreeMap<&str, usize> = BTreeMap::new();
    for country in picture.shapes.iter().filter_map(|s| s.country.as_deref()) {
        *boxes.entry(country).or_default() += 1;
    }
    let mut countries: Vec<(&str, usize)> = boxes.into_iter().collect();
    countries.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    countries.into_iter().map(|(country, _)| country).collect()
}

fn headings(text: &mut String) {
    let mut x = MARGIN;
    for (heading, width) in COLUMNS.iter().zip(WIDTHS) {
        let _ =
            writeln!(text, "<text x=\"{x}\" y=\"66\" font-weight=\"bold\" fill=\"#555555\">{heading}</text>");
        x += width + GAP;
    }
}

/// From the right edge of the consumer to the left edge of the provider; within a column, a bow on the right.
fn curve(arrow: &Arrow, frames: &[Frame]) -> String {
    let (from, to) = (&frames[arrow.from], &frames[arrow.to]);
    let (x1, y1, y2) = (from.x + from.width, from.y + HEIGHT / 2.0, to.y + HEIGHT / 2.0);
    let is_same_column = (from.x - to.x).abs() < 1.0;
    let (x2, bend) = if is_same_column {
        (to.x + to.width, x1 + BOW.min(20.0 + (y1 - y2).abs() / 8.0))
    } else {
        (to.x, f64::midpoint(x1, to.x))
    };
    let stroke = 0.8 + WIDEST * arrow.share;
    let dash = if arrow.is_standby { " stroke-dasharray=\"5 4\"" } else { "" };
    format!(
        "<path d=\"M{x1:.1} {y1:.1} C{bend:.1} {y1:.1} {bend:.1} {y2:.1} {x2:.1} {y2:.1}\" fill=\"none\" \
         stroke=\"#6b7785\" stroke-opacity=\"0.45\" stroke-width=\"{stroke:.2}\"{dash}/>\n"
    )
}

fn boxed(shape: &DrawnBox, frame: &Frame, countries: &[&str]) -> String {
    let (stroke, width) = if shape.n_choked > 0 { ("#c62828", 2.0) } else { ("#8a939c", 0.8) };
    let badge = if shape.n_choked > 0 { format!(" ({})", shape.n_choked) } else { String::new() };
    let room = ((frame.width - 12.0) / CHARACTER) as usize - badge.chars().count();
    let hint = match &shape.country {
        Some(country) => format!("{}, controlled from {country}", shape.label),
        None => shape.label.clone(),
    };
    format!(
        "<g><title>{}</title><rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{HEIGHT}\" rx=\"4\" fill=\"{}\" \
         stroke=\"{stroke}\" stroke-width=\"{width}\"/><text x=\"{:.1}\" y=\"{:.1}\">{}{badge}</text></g>\n",
        escaped(&hint),
        frame.x,
        frame.y,
        frame.width,
        color(shape.country.as_deref(), countries),
        frame.x + 6.0,
        frame.y + 14.0,
        escaped(&shortened(&shape.label, room)),
    )
}

fn color(country: Option<&str>, countries: &[&str]) -> &'static str {
    let Some(country) = country else { return WORKLOAD_COLOR };
    let at = countries.iter().position(|c| *c == country).unwrap_or(usize::MAX);
    COLORS[at.min(COLORS.len() - 1)]
}

fn legend(countries: &[&str], y: f64) -> String {
    let mut text = String::new();
    let mut x = MARGIN;
    for country in countries {
        let _ = writeln!(
            text,
            "<rect x=\"{x}\" y=\"{y}\" width=\"14\" height=\"12\" fill=\"{}\" stroke=\"#8a939c\"/><text x=\"{}\" y=\"{}\">{}</text>",
            color(Some(country), countries),
            x + 18.0,
            y + 10.0,
            escaped(country)
        );
        x += 48.0;
    }
    let _ = writeln!(
        text,
        "<text x=\"{}\" y=\"{}\">country of ultimate control; red frame: (n) workloads have no ready way without it; \
         dashed: standby; width: share of value; chips of one consumer are alternatives</text>",
        x + 8.0,
        y + 10.0
    );
    text
}

/// At most `room` characters.
fn shortened(label: &str, room: usize) -> String {
    if label.chars().count() <= room {
        return label.to_owned();
    }
    label.chars().take(room.saturating_sub(1)).chain(['…']).collect()
}

/// Text that may stand between tags and in attributes; what XML 1.0 cannot hold (section 2.2), or does not show, is left
/// out.
pub(super) fn escaped(text: &str) -> String {
    let is_shown = |c: &char| !matches!(c, '\u{fffe}' | '\u{ffff}') && !is_unprintable(*c);
    let kept: String = text.chars().filter(is_shown).collect();
    quick_xml::escape::escape(kept.as_str()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(label: &str, column: usize, country: Option<&str>) -> DrawnBox {
        DrawnBox {
            label: label.to_owned(),
            column,
            country: country.map(str::to_owned),
            n_choked: column / 2,
        }
    }

    fn picture() -> Picture {
        let arrow = |from, to, share, is_standby| Arrow { from, to, share, is_standby };
        Picture {
            title: "a & <b>".to_owned(),
            shapes: vec![
                shape("w1", 0, None),
                shape("w2", 0, None),
                shape("m@h:DE", 1, Some("US")),
                shape("n@h:FR", 1, Some("FR")),
                shape("lab", 2, Some("US")),
                shape("h:DE", 2, Some("DE")),
                shape("a-very-long-name-of-a-chip-that-does-not-fit", 3, Some("US")),
            ],
            arrows: vec![
                arrow(0, 2, 0.5, false),
                arrow(1, 3, 0.5, false),
                arrow(0, 3, 0.0, true),
                arrow(2, 4, 0.5, false),
                arrow(2, 5, 0.5, false),
                arrow(5, 6, 0.5, false),
            ],
        }
    }

    #[test]
    fn no_two_boxes_overlap_and_arrows_end_on_their_boxes() {
        let picture = picture();
        let (frames, bottom) = layout(&picture);
        for (i, a) in frames.iter().enumerate() {
            assert!(a.y + HEIGHT <= bottom);
            for b in &frames[i + 1..] {
                let apart = a.x + a.width <= b.x || b.x + b.width <= a.x;
                assert!(apart || a.y + HEIGHT <= b.y || b.y + HEIGHT <= a.y, "{a:?} {b:?}");
            }
        }
        for arrow in &picture.arrows {
            let (from, to) = (&frames[arrow.from], &frames[arrow.to]);
            let path = curve(arrow, &frames);
            let start = format!("M{:.1} {:.1} ", from.x + from.width, from.y + HEIGHT / 2.0);
            assert!(path.contains(&start), "{path}");
            assert!(path.contains(&format!(" {:.1} {:.1}\"", to.x, to.y + HEIGHT / 2.0)), "{path}");
        }
    }

    #[test]
    fn text_is_escaped_and_fits_its_box() {
        let text = svg(&picture());
        assert!(text.contains(">a &amp; &lt;b&gt;</text>"), "{text}");
        assert!(text.contains("a-very-long-name-of-…"), "{text}");
        assert!(
            text.contains("<title>a-very-long-name-of-a-chip-that-does-not-fit, controlled from US</title>")
        );
        assert_eq!(text.matches("stroke-dasharray").count(), 1);
        assert_eq!(text, svg(&picture()));
    }
}
