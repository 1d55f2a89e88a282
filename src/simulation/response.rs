//! Cost of a lone occurrence to a group of cells as a function of its duration, linear between instants.
//!
//! An occurrence from s to e acts until min(e, horizon), and its effect depends only on the days since s.

use super::impact::list_bytes;
use super::sink::{Sink, Total};
use crate::service::trajectory::SLACK_DAYS;

/// Loss and unserved time of a lone occurrence as a function of its days within the horizon.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Response {
    pieces: Box<[ResponsePiece]>,
}

/// A linear piece from `start` (exclusive) to the next piece's start (inclusive).
#[derive(Debug, Clone, Copy, PartialEq)]
struct ResponsePiece {
    start: f64,
    /// Loss just after `start`, USD.
    usd: f64,
    usd_per_day: f64,
    unserved_days: f64,
    unserved: f64,
}

impl Response {
    /// What it takes beyond itself, about, bytes.
    pub(super) fn n_bytes(&self) -> usize {
        list_bytes(&self.pieces)
    }

    /// Loss, USD, and unserved share × days of an occurrence that lasts for `days` > 0 within the horizon.
    #[inline]
    pub(super) fn at(&self, days: f64) -> Total {
        let mut at = 0;
        while at + 1 < self.pieces.len() && self.pieces[at + 1].start + SLACK_DAYS < days {
            at += 1;
        }
        let Some(piece) = self.pieces.get(at) else { return Total::default() };
        let since = days - piece.start;
        Total {
            usd: piece.usd + piece.usd_per_day * since,
            unserved_days: piece.unserved_days + piece.unserved * since,
        }
    }
}

/// Records the costs of a lone occurrence without end.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    /// Start, end, USD per day, unserved share.
    pieces: Vec<(f64, f64, f64, f64)>,
    once: Vec<(f64, f64)>,
}

impl Sink for Recorder {
    fn piece(&mut self, start: f64, end: f64, usd_per_day: f64, unserved: f64) {
        self.pieces.push((start, end, usd_per_day, unserved));
    }

    fn once(&mut self, at: f64, usd: f64) {
        self.once.push((at, usd));
    }
}

impl Recorder {
    /// The recorded function.
    pub(super) fn response(self) -> Response {
        let mut starts: Vec<f64> = self.pieces.iter().flat_map(|p| [p.0, p.1]).collect();
        starts.extend(self.once.iter().map(|o| o.0));
        starts.push(0.0);
        starts.sort_by(f64::total_cmp);
        starts.dedup();
        let mut pieces: Vec<ResponsePiece> = Vec::with_capacity(starts.len());
        for start in starts {
            let (mut usd, unserved_days) = pieces.last().map_or((0.0, 0.0), |last| {
                let since = start - last.start;
                (last.usd + last.usd_per_day * since, last.unserved_days + last.unserved * since)
            });
            usd += self.once.iter().filter(|o| o.0 == start).map(|o| o.1).sum::<f64>();
            let covering = self.pieces.iter().filter(|p| p.0 <= start && start < p.1);
            let (usd_per_day, unserved) = covering.fold((0.0, 0.0), |sum, p| (sum.0 + p.2, sum.1 + p.3));
            pieces.push(ResponsePiece { start, usd, usd_per_day, unserved_days, unserved });
        }
        Response { pieces: pieces.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 3 USD a day from day 0, 10 USD a day more from day 2 to day 5 with half unserved, and 100 USD once on day 4.
    #[test]
    fn a_response_is_linear_between_instants() {
        let mut recorder = Recorder::default();
        recorder.piece(0.0, 365.0, 3.0, 0.0);
        recorder.piece(2.0, 5.0, 10.0, 0.5);
        recorder.once(4.0, 100.0);
        let response = recorder.response();
        for (days, usd, unserved_days) in [
            (1.0, 3.0, 0.0),
            (2.0, 6.0, 0.0),
            (3.0, 19.0, 0.5),
            (4.0, 32.0, 1.0),
            // The same duration with a rounding error.
            (4.0 + 1e-12, 32.0, 1.0),
            (4.5, 138.5, 1.25),
            (100.0, 430.0, 1.5),
        ] {
            let found = response.at(days);
            assert!((found.usd - usd).abs() < 1e-9, "{days}: {found:?}");
            assert!((found.unserved_days - unserved_days).abs() < 1e-9, "{days}: {found:?}");
        }
        assert_eq!(Response::default().at(3.0), Total::default());
    }
}
