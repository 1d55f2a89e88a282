//! Groups of cells that only some shocks tell apart: in a trial without them, one stands for all.

use std::collections::HashMap;

use crate::model::plan::Plan;
use crate::service::cell_groups::CellGroup;
use crate::service::setting::Setting;
use crate::shocks::resolve::ResolvedShock;

/// What a shock does to each group of a twins, as one number for all that it impacts alike.
#[derive(Debug)]
struct Split {
    twins: usize,
    /// By place in the twins.
    labels: Vec<usize>,
}

/// Groups that would be one if no shock struck.
#[derive(Debug)]
pub(super) struct Twins {
    /// By twins: groups, ascending.
    groups: Vec<Vec<usize>>,
    /// `[n_shocks]`: the twins that it splits.
    splits: Vec<Vec<Split>>,
    /// `[n_groups]`: users of each group.
    users: Vec<f64>,
    /// `[n_groups]`: users of its first cell.
    first_users: Vec<f64>,
    /// `[n_groups]`: weights where nothing is split.
    whole: Vec<f64>,
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
            splits: shocks.iter().map(|shock| splits(shock, groups, &twins)).collect(),
            groups: twins,
            users: groups.iter().map(CellGroup::users_share).collect(),
            first_users: groups.iter().map(|group| group.cell_model.users_share).collect(),
            whole: groups.iter().map(|group| group.scale).collect(),
        };
        let mut whole = own.whole.clone();
        (0..own.groups.len()).for_each(|twins| own.weigh(twins, |_, _| true, &mut whole));
        own.whole = whole;
        own
    }

    /// `[n_groups]`: of how many times the users of its first cell a group stands, where no shock splits any twins; 0: another
    /// stands for it.
    pub(super) fn whole(&self) -> &[f64] {
        &self.whole
    }

    /// Brings `weights`, which are [`Self::whole`] but for the twins in `split`, up to date with the shocks that occur.
    pub(super) fn split(
        &self,
        shocks: impl Iterator<Item = usize> + Clone,
        split: &mut Vec<usize>,
        weights: &mut [f64],
    ) {
        for twins in split.drain(..) {
            self.groups[twins].iter().for_each(|&group| weights[group] = self.whole[group]);
        }
        split.extend(shocks.clone().flat_map(|shock| self.splits[shock].iter().map(|own| own.twins)));
        split.sort_unstable();
        split.dedup();
        for &twins in split.iter() {
            let is_alike = |a: usize, b: usize| {
                let mut own =
                    shocks.clone().flat_map(|shock| &self.splits[shock]).filter(|own| own.twins == twins);
                own.all(|own| own.labels[a] == own.labels[b])
            };
            self.weigh(twins, is_alike, weights);
        }
    }

    /// Gives the weight of each group of a twins to the first that is like it.
    fn weigh(&self, twins: usize, is_alike: impl Fn(usize, usize) -> bool, weights: &mut [f64]) {
        let groups = &self.groups[twins];
        if groups.len() == 1 {
            return;
        }
        groups.iter().for_each(|&group| weights[group] = 0.0);
        for (place, &group) in groups.iter().enumerate() {
            let first = (0..place).find(|&earlier| is_alike(earlier, place)).unwrap_or(place);
            weights[groups[first]] += self.users[group] / self.first_users[groups[first]];
        }
    }
}

fn splits(shock: &ResolvedShock, groups: &[CellGroup], twins: &[Vec<usize>]) -> Vec<Split> {
    let several = twins.iter().enumerate().filter(|(_, members)| members.len() > 1);
    let split = several.map(|(twins, members)| {
        let mut label_by_strikes: HashMap<Vec<u64>, usize> = HashMap::new();
        let label = |&group: &usize| {
            let cell_model = &groups[group].cell_model;
            let offers = cell_model.members.iter().map(|member| member.offer);
            let impacts = offers.flat_map(|offer| shock.strikes(cell_model.cell, offer)).collect();
            let next = label_by_strikes.len();
            *label_by_strikes.entry(impacts).or_insert(next)
        };
        Split { twins, labels: members.iter().map(label).collect() }
    });
    split.filter(|own| own.labels.iter().any(|label| *label > 0)).collect()
}
