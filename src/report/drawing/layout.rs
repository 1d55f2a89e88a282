//! Where boxes stand: in their column, ordered so that few arrows cross.

use super::{COLUMNS, Picture};

/// Boxes are so many pixels wide, by column.
pub const WIDTHS: [f64; COLUMNS.len()] = [210.0, 300.0, 200.0, 180.0, 200.0];
/// Pixels between columns.
pub const GAP: f64 = 130.0;
/// Pixels of a box, top to bottom.
pub const HEIGHT: f64 = 20.0;
/// Pixels from one box to the next.
const PITCH: f64 = 27.0;
/// Pixels around the picture, and above the boxes.
pub const MARGIN: f64 = 24.0;
pub const TOP: f64 = 84.0;
/// Rounds of ordering, there and back.
const N_SWEEPS: usize = 12;

/// A box in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    pub x: f64,
    pub y: f64,
    pub width: f64,
}

/// `[n_shapes]` frames, and the lower edge of the lowest.
pub fn layout(picture: &Picture) -> (Vec<Frame>, f64) {
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); COLUMNS.len()];
    for (idx, shape) in picture.shapes.iter().enumerate() {
        columns[shape.column].push(idx);
    }
    let tallest = columns.iter().map(Vec::len).max().unwrap_or(0);
    let mut at = vec![0.0; picture.shapes.len()];
    columns.iter().for_each(|column| spread(column, tallest, &mut at));
    for sweep in 0..N_SWEEPS {
        let mut order: Vec<usize> = (0..columns.len()).collect();
        if sweep % 2 == 1 {
            order.reverse();
        }
        for c in order {
            let mut keyed: Vec<(f64, usize)> =
                columns[c].iter().map(|&idx| (barycenter(picture, idx, &at), idx)).collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            columns[c] = keyed.into_iter().map(|(_, idx)| idx).collect();
            spread(&columns[c], tallest, &mut at);
        }
    }
    let frame = |(idx, shape): (usize, &crate::report::drawing::DrawnBox)| Frame {
        x: MARGIN + WIDTHS[..shape.column].iter().map(|w| w + GAP).sum::<f64>(),
        y: TOP + at[idx] * PITCH,
        width: WIDTHS[shape.column],
    };
    let frames = picture.shapes.iter().enumerate().map(frame).collect();
    (frames, TOP + tallest.max(1) as f64 * PITCH)
}

/// Rows of a column's boxes, in the middle of the tallest column.
fn spread(column: &[usize], tallest: usize, at: &mut [f64]) {
    let first = (tallest - column.len()) as f64 / 2.0;
    column.iter().enumerate().for_each(|(row, &idx)| at[idx] = first + row as f64);
}

/// Mean row of what a box is tied to; its own row without ties.
fn barycenter(picture: &Picture, idx: usize, at: &[f64]) -> f64 {
    let ties = picture.arrows.iter().filter_map(|arrow| match (arrow.from == idx, arrow.to == idx) {
        (true, _) => Some(at[arrow.to]),
        (_, true) => Some(at[arrow.from]),
        _ => None,
    });
    let (mut sum, mut n) = (0.0, 0.0);
    for row in ties {
        sum += row;
        n += 1.0;
    }
    if n > 0.0 { sum / n } else { at[idx] }
}
