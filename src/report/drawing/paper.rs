//! What charts are drawn with: one look for light, dark and print, by variables of the style sheet.

use std::fmt::Write;

use super::svg::escaped;

/// Colors and type. Series are those of Okabe and Ito (2008), told apart with every kind of color vision.
const STYLE: &str = "\
svg{--ink:#1a1f24;--muted:#5c6670;--rule:#d5dadf;--paper:#ffffff;--accent:#0072b2;--s0:#0072b2;--s1:#d55e00;--s2:#009e73;\
--s3:#e69f00;--s4:#56b4e9;--s5:#cc79a7;--s6:#8a7d00;--s7:#1a1f24;\
font-family:Inter,\"Segoe UI\",system-ui,sans-serif;font-variant-numeric:tabular-nums}\
@media (prefers-color-scheme:dark){svg{--ink:#e8ebee;--muted:#9aa4ad;--rule:#3a424a;--paper:#14181c;--accent:#3a9bdc;--s0:#3a9bdc;--s6:#f0e442;--s7:#e8ebee}}\
@media print{svg{--ink:#000000;--paper:#ffffff}}";

/// Characters of the body per pixel, generously.
const CHARACTERS_PER_PIXEL: f64 = 0.14;

/// Where a text is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The kind of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Title,
    Body,
    /// Small and muted: axes, notes.
    Small,
}

/// How a rectangle is filled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fill {
    /// The accent at this opacity, above 0 and at most 1.
    Shade(f64),
    /// An outline in the accent.
    Hollow,
    /// A faint outline.
    Empty,
}

/// A drawing under way; marks are drawn in the order in which they are added.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Paper {
    width: f64,
    marks: String,
}

impl Paper {
    pub(super) fn new(width: f64) -> Self {
        Self { width, marks: String::new() }
    }

    /// A text whose baseline is at y. `color`: a variable of the style sheet.
    pub(super) fn text(&mut self, (x, y): (f64, f64), kind: Type, anchor: Anchor, color: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let (size, weight) = match kind {
            Type::Title => (16, 600),
            Type::Body => (12, 400),
            Type::Small => (11, 400),
        };
        let _ = writeln!(
            self.marks,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" font-weight=\"{weight}\" text-anchor=\"{anchor}\" \
             fill=\"var(--{color})\">{}</text>",
            escaped(text)
        );
    }

    /// A text in lines no longer than the paper from x on; the y below them.
    pub(super) fn paragraph(&mut self, (x, y): (f64, f64), kind: Type, color: &str, text: &str) -> f64 {
        let (step, scale) = if kind == Type::Title { (22.0, 0.72) } else { (16.0, 1.0) };
        let room = ((self.width - 2.0 * x) * CHARACTERS_PER_PIXEL * scale) as usize;
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            match lines.last_mut() {
                Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        for (n, line) in lines.iter().enumerate() {
            self.text((x, y + step * n as f64), kind, Anchor::Start, color, line);
        }
        y + step * lines.len() as f64
    }

    /// A straight line.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), color: &str, width: f64) {
        let _ = writeln!(
            self.marks,
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"var(--{color})\" stroke-width=\"{width}\"/>",
            from.0, from.1, to.0, to.1
        );
    }

    /// A line that keeps its height until the next point.
    pub(super) fn steps(&mut self, points: &[(f64, f64)], color: &str) {
        let mut path = String::new();
        for (n, (x, y)) in points.iter().enumerate() {
            let _ = if n == 0 { write!(path, "M{x:.1} {y:.1}") } else { write!(path, "H{x:.1}V{y:.1}") };
        }
        let _ = writeln!(
            self.marks,
            "<path d=\"{path}\" fill=\"none\" stroke=\"var(--{color})\" stroke-width=\"1.8\"/>"
        );
    }

    /// A dot, filled or hollow, with what it says when pointed at.
    pub(super) fn dot(&mut self, (x, y): (f64, f64), color: &str, is_filled: bool, says: &str) {
        let fill = if is_filled { color } else { "paper" };
        let _ = writeln!(
            self.marks,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"var(--{fill})\" stroke=\"var(--{color})\" \
             stroke-width=\"1.5\"><title>{}</title></circle>",
            escaped(says)
        );
    }

    /// A rectangle from its upper left corner, with what it says when pointed at.
    pub(super) fn block(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), fill: Fill, says: &str) {
        let (color, opacity, edge) = match fill {
            Fill::Shade(opacity) => ("accent", opacity, ""),
            Fill::Hollow => ("paper", 1.0, " stroke=\"var(--accent)\" stroke-width=\"1.5\""),
            Fill::Empty => ("paper", 1.0, " stroke=\"var(--rule)\""),
        };
        let _ = writeln!(
            self.marks,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"var(--{color})\" \
             fill-opacity=\"{opacity}\"{edge}><title>{}</title></rect>",
            escaped(says)
        );
    }

    /// The whole drawing; the same bytes for the same marks.
    pub(super) fn finish(self, height: f64, title: &str, description: &str) -> String {
        let width = self.width;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height:.0}\" role=\"img\" \
             aria-labelledby=\"title desc\">\n<title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n<style>{STYLE}</style>\n\
             <rect width=\"100%\" height=\"100%\" fill=\"var(--paper)\"/>\n{}</svg>\n",
            escaped(title),
            escaped(description),
            self.marks
        )
    }
}
