//! Cost of price increases where nothing is displaced, computed once per profile.
//!
//! A served primary costs its spend × (F − 1) more per day. A *profile* is a set of primaries with the same F under every
//! shock. Days × (F − 1) are integrated once per profile, and each group of cells multiplies the result by its spend.

use std::collections::HashMap;
use std::sync::Arc;

use super::impact::{primaries, spend};
use crate::service::cell_groups::CellGroup;
use crate::service::cell_model::{CellShock, Class};

/// The profiles of the primaries of all groups.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    pub(super) n: usize,
    /// Profile and planned spend, USD per day, of each primary, by group.
    spend_by_group: Vec<Vec<(usize, f64)>>,
    /// Profile and class of each primary, by group.
    class_by_group: Vec<Vec<(usize, Class)>>,
}

impl Profiles {
    pub(super) fn new(groups: &[CellGroup]) -> Self {
        let mut profile_by_signature: HashMap<Vec<u64>, usize> = HashMap::new();
        let mut profiles = Self::default();
        for CellGroup { cell_model, plan, .. } in groups {
            let own: Vec<(usize, Class)> = primaries(cell_model, plan)
                .into_iter()
                .map(|class| {
                    let next = profile_by_signature.len();
                    (*profile_by_signature.entry(signature(&cell_model.shocks, class)).or_insert(next), class)
                })
                .collect();
            profiles.spend_by_group.push(
                own.iter().map(|&(profile, class)| (profile, spend(cell_model, plan, class))).collect(),
            );
            profiles.class_by_group.push(own);
        }
        profiles.n = profile_by_signature.len();
        profiles
    }

    /// Profile and class of each primary of a group.
    pub(super) fn classes(&self, group: usize) -> &[(usize, Class)] {
        &self.class_by_group[group]
    }

    /// Profile and planned spend, USD per day, of each primary of a group.
    #[inline]
    pub(super) fn spend(&self, group: usize) -> &[(usize, f64)] {
        &self.spend_by_group[group]
    }
}

/// A key that is equal for two primaries if and only if every shock multiplies their prices by the same factors.
fn signature(shocks: &[Arc<CellShock>], class: Class) -> Vec<u64> {
    let mut words = Vec::new();
    for shock in shocks {
        for factor in shock.prices.iter().filter(|f| f.classes.contains(&class)) {
            words.extend([factor.key as u64, factor.factor.to_bits(), 0]);
        }
        if let Some((key, factor)) = shock.withdrawal_price {
            let hit = shock.withdrawal.iter().filter(|(_, classes)| classes.contains(&class));
            words
                .extend(hit.flat_map(|(developer, _)| [key as u64, factor.to_bits(), *developer as u64 + 1]));
        }
    }
    words
}

/// A factor on the prices of a profile from `start` to `end`, days.
#[derive(Debug, Clone, Copy)]
struct PriceUplift {
    start: f64,
    end: f64,
    factor: f64,
    shock: usize,
}

/// The price uplifts of one trial, by profile.
#[derive(Debug, Default)]
pub(super) struct PriceUplifts {
    /// `[n_profiles]`: uplifts, sorted by start.
    by_profile: Vec<Vec<PriceUplift>>,
    /// `[n_profiles]`: integral of max(0, F − 1), days; NaN until it is needed.
    days: Vec<f64>,
    /// `[n_profiles]`: whether overlapping occurrences of one shock have different factors.
    irregular: Vec<bool>,
    touched: Vec<usize>,
    instants: Vec<f64>,
}

impl PriceUplifts {
    pub(super) fn new(n_profiles: usize) -> Self {
        Self {
            by_profile: vec![Vec::new(); n_profiles],
            days: vec![f64::NAN; n_profiles],
            irregular: vec![false; n_profiles],
            touched: Vec::new(),
            instants: Vec::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        for profile in self.touched.drain(..) {
            self.by_profile[profile].clear();
            self.days[profile] = f64::NAN;
            self.irregular[profile] = false;
        }
    }

    /// Adds an uplift; calls come by ascending `start`. Uplifts of one shock that overlap or touch are joined.
    pub(super) fn add(&mut self, profile: usize, (start, end): (f64, f64), factor: f64, shock: usize) {
        let uplifts = &mut self.by_profile[profile];
        if uplifts.is_empty() {
            self.touched.push(profile);
        }
        match uplifts.iter_mut().rev().find(|own| own.shock == shock && own.end >= start) {
            Some(own) => {
                self.irregular[profile] |= own.factor != factor;
                own.end = own.end.max(end);
            }
            None => uplifts.push(PriceUplift { start, end, factor, shock }),
        }
    }

    /// Whether [`Self::uplift_days`] is not valid for the profile, because joined uplifts have different factors.
    #[inline]
    pub(super) fn is_irregular(&self, profile: usize) -> bool {
        self.irregular[profile]
    }

    /// Integral of max(0, F − 1) up to the horizon, days. F is the product of the active factors.
    #[inline]
    pub(super) fn uplift_days(&mut self, profile: usize, horizon_days: f64) -> f64 {
        if self.by_profile[profile].is_empty() {
            return 0.0;
        }
        if self.days[profile].is_nan() {
            self.days[profile] = self.integrate(profile, horizon_days);
        }
        self.days[profile]
    }

    fn integrate(&mut self, profile: usize, horizon_days: f64) -> f64 {
        let uplifts = &self.by_profile[profile];
        if let [only] = uplifts[..] {
            return (only.end.min(horizon_days) - only.start) * (only.factor - 1.0).max(0.0);
        }
        self.instants.clear();
        self.instants.extend(uplifts.iter().flat_map(|own| [own.start, own.end.min(horizon_days)]));
        self.instants.sort_unstable_by(f64::total_cmp);
        let mut days = 0.0;
        for pair in self.instants.windows(2) {
            let on = uplifts.iter().filter(|own| own.start <= pair[0] && pair[0] < own.end);
            let factor: f64 = on.map(|own| own.factor).product();
            days += (pair[1] - pair[0]) * (factor - 1.0).max(0.0);
        }
        days
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Factor 1.5 on days 0 to 10 and 1.2 on days 4 to 100, horizon 20: 4 × 0.5 + 6 × 0.8 + 10 × 0.2 = 8.8. A second
    /// uplift of the first shock from day 8 to 12 prolongs it by two days of 1.8 instead of 1.2: 1.2 more.
    #[test]
    fn factors_multiply_where_they_overlap() {
        let mut uplifts = PriceUplifts::new(2);
        uplifts.add(1, (0.0, 10.0), 1.5, 7);
        uplifts.add(1, (4.0, 100.0), 1.2, 8);
        assert!((uplifts.uplift_days(1, 20.0) - 8.8).abs() < 1e-12);
        assert_eq!(uplifts.uplift_days(0, 20.0), 0.0);
        uplifts.clear();
        uplifts.add(0, (0.0, 10.0), 1.5, 7);
        assert_eq!(uplifts.uplift_days(0, 20.0), 5.0);
        uplifts.add(1, (0.0, 10.0), 1.5, 7);
        uplifts.add(1, (4.0, 100.0), 1.2, 8);
        uplifts.add(1, (8.0, 12.0), 1.5, 7);
        assert!((uplifts.uplift_days(1, 20.0) - 10.0).abs() < 1e-12 && !uplifts.is_irregular(1));
        uplifts.add(1, (9.0, 12.0), 1.4, 7);
        assert!(uplifts.is_irregular(1));
    }

    /// Factor 0.5 on days 0 to 10 and 1.5 on days 5 to 12: 0.75 costs nothing, so only days 10 to 12 count.
    #[test]
    fn a_price_below_the_planned_one_is_no_gain() {
        let mut uplifts = PriceUplifts::new(1);
        uplifts.add(0, (0.0, 10.0), 0.5, 1);
        uplifts.add(0, (5.0, 12.0), 1.5, 2);
        assert!((uplifts.uplift_days(0, 20.0) - 2.0 * 0.5).abs() < 1e-12);
    }
}
