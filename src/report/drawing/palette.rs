//! The colors of all drawings and pages, as variables of a style sheet: one drawing for light, dark and print.
//!
//! Series are those of Okabe and Ito (2008), told apart with every kind of color vision. Words are written in `ink`,
//! `muted`, `good`, `warn` and `bad`, which contrast with `paper` and `panel` by at least 4.5 to 1.

/// On a light screen.
pub const LIGHT: &str = "--ink:#1a1f24;--muted:#5c6670;--rule:#d5dadf;--paper:#ffffff;--panel:#f4f6f8;--accent:#0072b2;\
--good:#00694f;--warn:#8a5300;--bad:#b3261e;--s0:#0072b2;--s1:#d55e00;--s2:#009e73;--s3:#e69f00;--s4:#56b4e9;--s5:#cc79a7;\
--s6:#8a7d00;--s7:#1a1f24";

/// What differs on a dark screen.
pub const DARK: &str = "--ink:#e8ebee;--muted:#9aa4ad;--rule:#3a424a;--paper:#14181c;--panel:#1d2329;--accent:#56b4e9;\
--good:#4cc9a0;--warn:#f0b040;--bad:#ff8f85;--s0:#3a9bdc;--s6:#f0e442;--s7:#e8ebee";

/// Where models come from, on a light screen: US, CN, the EU, machines of one's own, elsewhere; and words on these colors.
pub const ORIGINS: &str = "--us:#0072b2;--cn:#b84e00;--eu:#00775a;--own:#6f6500;--other:#7d6b91;--on:#ffffff";

/// The same on a dark screen.
pub const ORIGINS_DARK: &str =
    "--us:#3a9bdc;--cn:#e8834a;--eu:#35b58e;--own:#d8cc3a;--other:#b7a3cc;--on:#14181c";

/// What differs on paper from a light screen.
pub const PRINT: &str = "--ink:#000000;--panel:#ffffff";

/// The typeface, with figures of equal width.
pub const TYPE: &str =
    "font-family:Inter,\"Segoe UI\",system-ui,sans-serif;font-variant-numeric:tabular-nums";

/// A drawing of a page as a file of its own for print, with colors in the place of variables: for readers without style sheets.
#[must_use]
pub fn on_paper(svg: &str) -> String {
    let mut drawing = svg.replacen("<svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"", 1);
    // What differs on paper comes first, so that it is what is taken.
    for (name, color) in PRINT.split(';').chain(LIGHT.split(';')).filter_map(|pair| pair.split_once(':')) {
        drawing = drawing.replace(&format!("var({name})"), color);
    }
    drawing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_on_paper_has_the_colors_of_print() {
        let svg = "<svg viewBox=\"0 0 1 1\"><path stroke=\"var(--ink)\" fill=\"var(--s1)\"/></svg>";
        let expected = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"><path stroke=\"#000000\" fill=\"#d55e00\"/></svg>";
        assert_eq!(on_paper(svg), expected);
    }
}
