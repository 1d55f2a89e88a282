//! What dearer prices cost where nothing is displaced: primaries that every shock makes dearer alike are reckoned as one.
//!
//! A primary that is served costs its spend × (F − 1) more a day. F is the same for all primaries of one *profile*, so
//! the days are integrated once per profile, and each group of cells multiplies them with its spend.

use std::collections::HashMap;

use super::impact::{primaries, spend};
use crate::service::cell_groups::CellGroup;
use crate::service::cell_model::{CellShock, Class};

/// The primaries of all groups by what makes them dearer.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    pub(super) n: usize,
    /// By group: profile and planned spend, USD per day, of each primary.
    spend_by_group: Vec<Vec<(usize, f64)>>,
    /// By group: profile and class of each primary.
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

/// Words that are equal for two primaries exactly when every shock makes both dearer alike.
fn signature(shocks: &[CellShock], class: Class) -> Vec<u64> {
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

/// A factor on a profile's prices, from `start` to `end`, days.
#[derive(Debug, Clone, Copy)]
struct PriceUplift {
    start: f64,
    end: f64,
    factor: f64,
    shock: usize,
}

/// The uplifts of one trial by profile.
#[derive(Debug, Default)]
pub(super) struct PriceUplifts {
    /// `[n_profiles]`, each by start.
    by_profile: Vec<Vec<PriceUplift>>,
    /// `[n_profiles]`: days × (F − 1), not below 0; NaN until asked for.
    days: Vec<f64>,
    /// `[n_profiles]`: occurrences of one shock overlap that put different factors on it.
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

    /// Adds a rise; those of one shock that overlap or touch are one. By rising `start`.
    pub(super) fn add(&mut self, profile: usize, (start, end): (f64, f64), factor: f64, shock: usize) {
        let uplifts = &mut self.by_profile[profile];
        if uplifts.is_empty() {
            self.touched.push(profile);
        }
        match uplifts.iter_mut().rev().find(|rise| rise.shock == shock && rise.end >= start) {
            Some(rise) => {
                self.irregular[profile] |= rise.factor != factor;
                rise.end = rise.end.max(end);
            }
            None => uplifts.push(PriceUplift { start, end, factor, shock }),
        }
    }

    /// Whether [`Self::days_dearer`] does not tell what the profile's uplifts do together.
    #[inline]
    pub(super) fn is_irregular(&self, profile: usize) -> bool {
        self.irregular[profile]
    }

    /// Days × (F − 1) up to the horizon, where F > 1; F is the product of the factors that are on.
    #[inline]
    pub(super) fn days_dearer(&mut self, profile: usize, horizon_days: f64) -> f64 {
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
        self.instants.extend(uplifts.iter().flat_map(|rise| [rise.start, rise.end.min(horizon_days)]));
        self.instants.sort_unstable_by(f64::total_cmp);
        let mut days = 0.0;
        for pair in self.instants.windows(2) {
            let on = uplifts.iter().filter(|rise| rise.start <= pair[0] && pair[0] < rise.end);
            let factor: f64 = on.map(|rise| rise.factor).product();
            days += (pair[1] - pair[0]) * (factor - 1.0).max(0.0);
        }
        days
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Factor 1.5 on days 0 to 10 and 1.2 on days 4 to 100, horizon 20: 4 × 0.5 + 6 × 0.8 + 10 × 0.2 = 8.8. A second rise of the
    /// first shock from day 8 to 12 lengthens it by two days of 1.8 instead of 1.2: 1.2 more.
    #[test]
    fn factors_multiply_where_they_overlap() {
        let mut uplifts = PriceUplifts::new(2);
        uplifts.add(1, (0.0, 10.0), 1.5, 7);
        uplifts.add(1, (4.0, 100.0), 1.2, 8);
        assert!((uplifts.days_dearer(1, 20.0) - 8.8).abs() < 1e-12);
        assert_eq!(uplifts.days_dearer(0, 20.0), 0.0);
        uplifts.clear();
        uplifts.add(0, (0.0, 10.0), 1.5, 7);
        assert_eq!(uplifts.days_dearer(0, 20.0), 5.0);
        uplifts.add(1, (0.0, 10.0), 1.5, 7);
        uplifts.add(1, (4.0, 100.0), 1.2, 8);
        uplifts.add(1, (8.0, 12.0), 1.5, 7);
        assert!((uplifts.days_dearer(1, 20.0) - 10.0).abs() < 1e-12 && !uplifts.is_irregular(1));
        uplifts.add(1, (9.0, 12.0), 1.4, 7);
        assert!(uplifts.is_irregular(1));
    }

    /// 0.5 for ten days, 1.5 over it for five: 0.75 is not dearer.
    #[test]
    fn cheaper_is_no_gain() {
        let mut uplifts = PriceUplifts::new(1);
        uplifts.add(0, (0.0, 10.0), 0.5, 1);
        uplifts.add(0, (5.0, 12.0), 1.5, 2);
        assert!((uplifts.days_dearer(0, 20.0) - 2.0 * 0.5).abs() < 1e-12);
    }
}
