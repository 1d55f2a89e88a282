//! Dominance pruning: a cell without the offers that another offer always replaces at least as well.
//!
//! An offer matters as a primary, as a standby, as the cold offer with the shortest onboarding, or as the cheapest
//! replacement of a primary. For the last two, an offer dominates another if no shock hits it that does not hit the other,
//! and if it is no slower, or no more expensive.

use std::sync::Arc;

use super::vulnerability::Vulnerability;
use super::{CellModel, Class, Local, Member, NOT_A_MEMBER};
use crate::graph::outage::Outage;

impl CellModel {
    /// The cell model with only those members that can affect a loss; classes and members are renumbered.
    ///
    /// `outages`: `[n_shocks]`, the outage of each shock by itself, from day 0 without end. Effects that stops and cuts of
    /// several shocks have only in combination are ignored; use the full cell model where they can occur.
    #[must_use]
    pub fn undominated(&self, outages: &[Outage]) -> Self {
        let vulnerabilities = Vulnerability::all(self, outages);
        let cold = self.undominated_cold(&vulnerabilities);
        let primaries = |class: &Class| self.classes[*class].is_primary;
        let members =
            self.active_classes.iter().filter(|c| primaries(c)).flat_map(|&c| &self.classes[c].members);
        let mut replacements: Vec<(Local, Vec<Local>)> = Vec::new();
        let mut best: Vec<Local> = Vec::new();
        for &member in members {
            replacements.push((member, self.undominated_replacements(&vulnerabilities, member)));
            best.extend(self.undominated_best(&vulnerabilities, member));
        }
        let mut keeps = vec![false; self.classes.len()];
        self.active_classes.iter().chain(&cold).for_each(|&class| keeps[class] = true);
        let needed = replacements.iter().flat_map(|(_, own)| own).chain(&best);
        needed.for_each(|&member| keeps[self.members[member].class] = true);
        let mut kept = self.kept(&keeps, &cold, &best);
        for (member, own) in replacements {
            let local = |member: &Local| kept.local(self.members[*member].offer).expect("its class is kept");
            let own = own.iter().map(local).collect();
            let member = local(&member);
            Arc::make_mut(&mut kept.members)[member].replacements = own;
        }
        kept
    }

    fn undominated_cold(&self, vulnerabilities: &[Vulnerability]) -> Vec<Class> {
        let onboarding = |class: Class| self.classes[class].onboarding_days;
        undominated(&self.cold, |own, other| {
            onboarding(own) <= onboarding(other) && vulnerabilities[own].is_open_with(&vulnerabilities[other])
        })
    }

    fn undominated_replacements(&self, vulnerabilities: &[Vulnerability], replaced: Local) -> Vec<Local> {
        let member = |local: Local| &self.members[local];
        undominated(&self.members[replaced].replacements, |own, other| {
            let (own, other) = (member(own), member(other));
            own.price <= other.price
                && vulnerabilities[own.class].is_cheap_with(&vulnerabilities[other.class])
        })
    }

    /// Undominated members of lower quality, which set the price when no member of the same quality is usable.
    fn undominated_best(&self, vulnerabilities: &[Vulnerability], replaced: Local) -> Vec<Local> {
        let member = |local: Local| &self.members[local];
        let quality = member(replaced).quality;
        let worse = self.best_first.iter().copied().filter(|&m| m != replaced && member(m).quality < quality);
        let as_good = &member(replaced).replacements;
        let is_needed = |m: &Local| {
            let own = &vulnerabilities[member(*m).class];
            !as_good.iter().any(|&good| vulnerabilities[member(good).class].serves_with(own))
        };
        let worse: Vec<Local> = worse.filter(is_needed).collect();
        undominated(&worse, |own, other| {
            let (own, other) = (member(own), member(other));
            let (vulnerability, others) = (&vulnerabilities[own.class], &vulnerabilities[other.class]);
            own.quality > other.quality && vulnerability.serves_with(others)
                || own.quality == other.quality
                    && own.price <= other.price
                    && vulnerability.is_cheap_with(others)
        })
    }

    /// The cell model restricted to the kept classes.
    fn kept(&self, keeps: &[bool], cold: &[Class], best: &[Local]) -> Self {
        let classes: Vec<Option<Class>> = numbered(keeps.iter().copied());
        let members: Vec<Option<Local>> = numbered(self.members.iter().map(|m| keeps[m.class]));
        let new_classes = |old: &[Class]| -> Vec<Class> { old.iter().filter_map(|&c| classes[c]).collect() };
        let new_members = |old: &[Local]| -> Vec<Local> { old.iter().filter_map(|&m| members[m]).collect() };
        let mut local = vec![NOT_A_MEMBER; self.local.len()];
        for (member, new) in self.members.iter().zip(&members) {
            if let Some(new) = *new {
                local[member.offer] = u32::try_from(new).expect("no more members than before");
            }
        }
        let kept_members = self
            .members
            .iter()
            .filter_map(|m| Some(Member { class: classes[m.class]?, replacements: Vec::new(), ..m.clone() }));
        let kept_classes = self.classes.iter().zip(keeps).filter(|(_, keeps)| **keeps);
        let shocks: Vec<_> =
            self.shocks.iter().map(|shock| Arc::new(shock.renumbered(new_classes))).collect();
        let is_best = |m: &&Local| best.contains(*m);
        let best_first: Vec<Local> = self.best_first.iter().filter(is_best).copied().collect();
        Self {
            cell: self.cell,
            members: Arc::new(kept_members.collect()),
            classes: Arc::new(
                kept_classes
                    .map(|(class, _)| crate::service::cell_model::MemberClass {
                        members: new_members(&class.members),
                        ..class.clone()
                    })
                    .collect(),
            ),
            active_classes: new_classes(&self.active_classes),
            cold: new_classes(cold),
            best_first: Arc::new(new_members(&best_first)),
            least_price_factor: shocks.iter().map(|shock| shock.least_price_factor()).product(),
            local: Arc::new(local),
            warm_leads: self.warm_leads.clone(),
            onboardings: crate::service::cell_model::distinct(
                cold.iter().map(|&class| self.classes[class].onboarding_days),
            ),
            strikes: super::strikes(&shocks),
            shocks,
            ..*self
        }
    }
}

/// The elements that no other dominates, in their order; of equal elements the first.
fn undominated(all: &[usize], is_as_good: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let is_needed = |(at, own): (usize, &usize)| {
        let rival = |(place, other): (usize, &usize)| {
            place != at && is_as_good(*other, *own) && (place < at || !is_as_good(*own, *other))
        };
        !all.iter().enumerate().any(rival)
    };
    all.iter().enumerate().filter(|(at, own)| is_needed((*at, own))).map(|(_, own)| *own).collect()
}

/// New indices of the kept elements; `None` for the others.
fn numbered(keeps: impl Iterator<Item = bool>) -> Vec<Option<usize>> {
    let mut n = 0;
    let number = |keeps: bool| {
        n += usize::from(keeps);
        keeps.then(|| n - 1)
    };
    keeps.map(number).collect()
}
