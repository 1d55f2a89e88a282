//! Sets of shocks by falling probability, a band of probabilities at a time, so that memory is bounded.

use super::candidates::Candidates;
use super::joint::JointProbability;
use super::{MOST_SHOCKS, ReverseRequest};
use crate::model::instance::Instance;
use crate::model::shock::Shock;

/// Most sets in memory at one time; only sets of equal probability may be more.
const MOST_AT_ONCE: usize = 1 << 20;
/// Ratio of the ends of the first band.
const FIRST_RATIO: f64 = 1.0 / 16.0;
/// Ends that are closer than this are not brought closer.
const NARROWEST: f64 = 1.0 - 1e-12;
/// A set is at most as probable as a part of it, but for rounding.
const SLACK: f64 = 1e-9;

/// A set of candidates with its probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ShockSet {
    pub(super) probability: f64,
    n: usize,
    /// The first `n` are the candidates, ascending.
    candidates: [u32; MOST_SHOCKS],
}

impl ShockSet {
    /// The candidates, ascending.
    pub(super) fn members(&self) -> &[u32] {
        &self.candidates[..self.n]
    }

    /// Whether every candidate of this set belongs to the other.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.members().iter().all(|own| other.members().contains(own))
    }

    fn with(&self, candidate: usize, probability: f64) -> Self {
        let mut candidates = self.candidates;
        candidates[self.n] = u32::try_from(candidate).unwrap_or(u32::MAX);
        Self { probability, n: self.n + 1, candidates }
    }
}

/// The sets in their order.
pub(super) struct Order<'a> {
    candidates: &'a Candidates,
    joint: JointProbability,
    request: ReverseRequest,
    /// Upper end of the next band.
    high: f64,
    ratio: f64,
    is_done: bool,
}

impl<'a> Order<'a> {
    pub(super) fn new(instance: &Instance, candidates: &'a Candidates, request: ReverseRequest) -> Self {
        let shocks: Vec<&Shock> = candidates.all.iter().map(|c| &instance.shocks[c.shock]).collect();
        let joint = JointProbability::new(&shocks, &instance.tensions);
        Self { candidates, joint, request, high: f64::INFINITY, ratio: FIRST_RATIO, is_done: false }
    }

    /// The next sets by falling probability, ties by ids; `None` after the last. Sets that contain a listed one are left out,
    /// and so are those that cannot reach the goal by the bound. Sets of probability 0 never happen.
    pub(super) fn next_band(&mut self, listed: &[ShockSet]) -> Option<Vec<ShockSet>> {
        while !self.is_done {
            let from = if self.high.is_finite() { self.high } else { 1.0 };
            let low = Some(from * self.ratio).filter(|low| *low > f64::MIN_POSITIVE).unwrap_or(0.0);
            let most = if self.ratio < NARROWEST { MOST_AT_ONCE } else { usize::MAX };
            let mut search = BandSearch { low, high: self.high, most, listed, found: Vec::new() };
            let none = ShockSet { probability: 1.0, n: 0, candidates: [0; MOST_SHOCKS] };
            if !self.extend(&none, 0, &mut search) {
                self.ratio = self.ratio.sqrt();
                continue;
            }
            self.is_done = low == 0.0;
            self.high = low;
            let mut band = search.found;
            if band.len() < MOST_AT_ONCE / 16 {
                self.ratio *= self.ratio;
            }
            if band.is_empty() {
                continue;
            }
            band.sort_by(|a, b| {
                b.probability.total_cmp(&a.probability).then_with(|| a.members().cmp(b.members()))
            });
            return Some(band);
        }
        None
    }

    /// Adds the sets of the band that begin with `set` and go on with candidates from `from` on; `false` when they are too
    /// many.
    fn extend(&mut self, set: &ShockSet, from: usize, search: &mut BandSearch<'_>) -> bool {
        let room = self.request.max_shocks - set.n;
        for candidate in from..self.candidates.all.len() {
            if !self.candidates.may_reach_goal(set.members(), candidate, room - 1) {
                continue;
            }
            let members: Vec<usize> = set.members().iter().map(|&c| c as usize).chain([candidate]).collect();
            let probability = self.joint.of(&members);
            if probability <= search.low * (1.0 - SLACK) || probability <= 0.0 {
                continue;
            }
            let longer = set.with(candidate, probability);
            if search.listed.iter().any(|own| own.is_within(&longer)) {
                continue;
            }
            if probability > search.low && probability <= search.high {
                if search.found.len() >= search.most {
                    return false;
                }
                search.found.push(longer);
            }
            if room > 1 && !self.extend(&longer, candidate + 1, search) {
                return false;
            }
        }
        true
    }
}

/// The sets of a band: probabilities above `low` and at most `high`.
struct BandSearch<'a> {
    low: f64,
    high: f64,
    most: usize,
    listed: &'a [ShockSet],
    found: Vec<ShockSet>,
}
