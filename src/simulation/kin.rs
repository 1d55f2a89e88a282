//! Groups of cells that only some shocks tell apart: in a trial without them, one stands for all.

use std::collections::HashMap;

use crate::model::plan::Plan;
use crate::service::cell_groups::CellGroup;
use crate::service::setting::Setting;
use crate::shocks::resolve::ResolvedShock;

/// What a shock does to each group of a kin, as one number for all that it strikes alike.
#[derive(Debug)]
struct Split {
    kin: usize,
    /// By place in the kin.
    labels: Vec<usize>,
}

/// Groups that would be one if no shock struck.
#[derive(Debug)]
pub(super) struct Kin {
    /// By kin: groups, ascending.
    groups: Vec<Vec<usize>>,
    /// `[n_shocks]`: the kin that it splits.
    splits: Vec<Vec<Split>>,
    /// `[n_groups]`: users of each group.
    users: Vec<f64>,
    /// `[n_groups]`: users of its first cell.
    first_users: Vec<f64>,
    /// `[n_groups]`: weights where nothing is split.
    whole: Vec<f64>,
}

impl Kin {
    pub(super) fn new(
        setting: &Setting<'_>,
        plan: &Plan,
        shocks: &[ResolvedShock],
        groups: &[CellGroup],
    ) -> Self {
        let kin = CellGroup::kin(setting, plan, groups);
        let mut own = Self {
            splits: shocks.iter().map(|shock| splits(shock, groups, &kin)).collect(),
            groups: kin,
            users: groups.iter().map(CellGroup::users_share).collect(),
            first_users: groups.iter().map(|group| group.frame.users_share).collect(),
            whole: groups.iter().map(|group| group.scale).collect(),
        };
        let mut whole = own.whole.clone();
        (0..own.groups.len()).for_each(|kin| own.weigh(kin, |_, _| true, &mut whole));
        own.whole = whole;
        own
    }

    /// `[n_groups]`: of how many times the users of its first cell a group stands, where no shock splits any kin; 0: another
    /// stands for it.
    pub(super) fn whole(&self) -> &[f64] {
        &self.whole
    }

    /// Brings `weights`, which are [`Self::whole`] but for the kin in `split`, up to date with the shocks that occur.
    pub(super) fn split(
        &self,
        shocks: impl Iterator<Item = usize> + Clone,
        split: &mut Vec<usize>,
        weights: &mut [f64],
    ) {
        for kin in split.drain(..) {
            self.groups[kin].iter().for_each(|&group| weights[group] = self.whole[group]);
        }
        split.extend(shocks.clone().flat_map(|shock| self.splits[shock].iter().map(|own| own.kin)));
        split.sort_unstable();
        split.dedup();
        for &kin in split.iter() {
            let is_alike = |a: usize, b: usize| {
                let mut own =
                    shocks.clone().flat_map(|shock| &self.splits[shock]).filter(|own| own.kin == kin);
                own.all(|own| own.labels[a] == own.labels[b])
            };
            self.weigh(kin, is_alike, weights);
        }
    }

    /// Gives the weight of each group of a kin to the first that is like it.
    fn weigh(&self, kin: usize, is_alike: impl Fn(usize, usize) -> bool, weights: &mut [f64]) {
        let groups = &self.groups[kin];
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

fn splits(shock: &ResolvedShock, groups: &[CellGroup], kin: &[Vec<usize>]) -> Vec<Split> {
    let several = kin.iter().enumerate().filter(|(_, members)| members.len() > 1);
    let split = several.map(|(kin, members)| {
        let mut label_by_strikes: HashMap<Vec<u64>, usize> = HashMap::new();
        let label = |&group: &usize| {
            let frame = &groups[group].frame;
            let offers = frame.members.iter().map(|member| member.offer);
            let strikes = offers.flat_map(|offer| shock.strikes(frame.cell, offer)).collect();
            let next = label_by_strikes.len();
            *label_by_strikes.entry(strikes).or_insert(next)
        };
        Split { kin, labels: members.iter().map(label).collect() }
    });
    split.filter(|own| own.labels.iter().any(|label| *label > 0)).collect()
}
