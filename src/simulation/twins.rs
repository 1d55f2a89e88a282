//! Twin groups of cells, which only some shocks affect differently: in a trial without these, one group represents all.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::model::plan::Plan;
use crate::service::cell_groups::CellGroup;
use crate::service::setting::Setting;
use crate::shocks::resolve::ResolvedShock;

/// The split of a set of twins by a shock: twins with the same label are affected in the same way.
#[derive(Debug)]
struct Split {
    /// Index into [`Twins::groups`].
    set: usize,
    /// Label of each group of the set.
    labels: Vec<usize>,
}

/// Sets of twins: groups that would be one group if there were no shocks.
#[derive(Debug)]
pub(super) struct Twins {
    /// Groups of each set, ascending.
    groups: Vec<Vec<usize>>,
    /// `[n_shocks]`: the sets that the shock splits.
    splits: Vec<Vec<Split>>,
    /// `[n_groups]`: users of each group.
    users: Vec<f64>,
    /// `[n_groups]`: users of the first cell of each group.
    first_users: Vec<f64>,
    /// `[n_groups]`: weights if no set is split.
    unsplit: Vec<f64>,
}

impl Twins {
    pub(super) fn new(
        setting: &Setting<'_>,
        plan: &Plan,
        shocks: &[ResolvedShock],
        groups: &[CellGroup],
    ) -> Self {
        let twins = CellGroup::twins(setting, plan, groups);
        let mut own = Self {
            splits: shocks.par_iter().map(|shock| splits(shock, groups, &twins)).collect(),
            groups: twins,
            users: groups.iter().map(CellGroup::users_share).collect(),
            first_users: groups.iter().map(|group| group.cell_model.users_share).collect(),
            unsplit: groups.iter().map(|group| group.scale).collect(),
        };
        let mut unsplit = own.unsplit.clone();
        (0..own.groups.len()).for_each(|set| own.weigh(set, |_, _| true, &mut unsplit));
        own.unsplit = unsplit;
        own
    }

    /// `[n_groups]`: weight of each group, in multiples of its first cell's users, if no shock splits a set; 0 if a twin
    /// represents it.
    pub(super) fn unsplit_weights(&self) -> &[f64] {
        &self.unsplit
    }

    /// Updates `weights` for the shocks that occur. On entry they equal [`Self::unsplit_weights`] except for the sets in
    /// `split`; on return `split` holds the sets that are split now.
    pub(super) fn split(
        &self,
        shocks: impl Iterator<Item = usize> + Clone,
        split: &mut Vec<usize>,
        weights: &mut [f64],
    ) {
        for set in split.drain(..) {
            self.groups[set].iter().for_each(|&group| weights[group] = self.unsplit[group]);
        }
        split.extend(shocks.clone().flat_map(|shock| self.splits[shock].iter().map(|own| own.set)));
        split.sort_unstable();
        split.dedup();
        for &set in split.iter() {
            let are_equal = |a: usize, b: usize| {
                let mut own =
                    shocks.clone().flat_map(|shock| &self.splits[shock]).filter(|own| own.set == set);
                own.all(|own| own.labels[a] == own.labels[b])
            };
            self.weigh(set, are_equal, weights);
        }
    }

    /// Adds the weight of each group of a set to the first group that is equal to it.
    fn weigh(&self, set: usize, are_equal: impl Fn(usize, usize) -> bool, weights: &mut [f64]) {
        let groups = &self.groups[set];
        if groups.len() == 1 {
            return;
        }
        groups.iter().for_each(|&group| weights[group] = 0.0);
        for (place, &group) in groups.iter().enumerate() {
            let first = (0..place).find(|&earlier| are_equal(earlier, place)).unwrap_or(place);
            weights[groups[first]] += self.users[group] / self.first_users[groups[first]];
        }
    }
}

/// The sets that a shock splits.
fn splits(shock: &ResolvedShock, groups: &[CellGroup], twins: &[Vec<usize>]) -> Vec<Split> {
    let several = twins.iter().enumerate().filter(|(_, members)| members.len() > 1);
    let split = several.map(|(set, members)| {
        let mut label_by_strikes: HashMap<Vec<u64>, usize> = HashMap::new();
        let label = |&group: &usize| {
            let cell_model = &groups[group].cell_model;
            let offers = cell_model.members.iter().map(|member| member.offer);
            let strikes = offers.flat_map(|offer| shock.strikes(cell_model.cell, offer)).collect();
            let next = label_by_strikes.len();
            *label_by_strikes.entry(strikes).or_insert(next)
        };
        Split { set, labels: members.iter().map(label).collect() }
    });
    split.filter(|own| own.labels.iter().any(|label| *label > 0)).collect()
}
