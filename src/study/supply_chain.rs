//! Who stands behind each workload: the offers that it uses today and under a plan, with what each of them carries.

use std::collections::BTreeMap;

use crate::model::instance::{Instance, OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;

/// An offer in the service of a workload, under one plan.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct OfferUse {
    /// Share of the workload's demand that it carries, in [0, 1].
    pub share: f64,
    /// Share of the portfolio's value that it carries for the workload, in [0, 1].
    pub value_share: f64,
    /// `None` when it is no standby of the workload.
    pub standby: Option<Readiness>,
}

/// An offer of a workload today and under a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChainLink {
    pub workload: WorkloadIdx,
    pub offer: OfferIdx,
    pub today: OfferUse,
    /// `None` without a plan.
    pub plan: Option<OfferUse>,
}

/// Every pair of a workload and an offer that is used today or by the plan, in the order of workloads and offers.
#[must_use]
pub fn supply_chain(instance: &Instance, today: &Plan, plan: Option<&Plan>) -> Vec<ChainLink> {
    let now = uses(instance, today);
    let then = plan.map(|plan| uses(instance, plan));
    let mut links: BTreeMap<(WorkloadIdx, OfferIdx), ChainLink> = BTreeMap::new();
    for (workload, offer) in now.keys().chain(then.iter().flat_map(BTreeMap::keys)).copied() {
        let of = |uses: &BTreeMap<_, OfferUse>| uses.get(&(workload, offer)).copied().unwrap_or_default();
        let link = ChainLink { workload, offer, today: of(&now), plan: then.as_ref().map(of) };
        links.insert((workload, offer), link);
    }
    links.into_values().collect()
}

fn uses(instance: &Instance, plan: &Plan) -> BTreeMap<(WorkloadIdx, OfferIdx), OfferUse> {
    let mut uses: BTreeMap<(WorkloadIdx, OfferIdx), OfferUse> = BTreeMap::new();
    for (cell, list) in plan.allocation.iter().enumerate() {
        let of = &instance.cells[cell];
        for &(offer, share) in list.iter().filter(|(_, share)| *share > 0.0) {
            let entry = uses.entry((of.workload, offer)).or_default();
            entry.share += share * of.users_share;
            entry.value_share += share * instance.value_share(cell);
        }
    }
    for (workload, standbys) in plan.standby.iter().enumerate() {
        for standby in standbys {
            uses.entry((workload, standby.offer)).or_default().standby = Some(standby.readiness);
        }
    }
    uses
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::example::{Example, standby};
    use crate::model::words::Openness;

    /// Two countries of 25 % and 75 %: an offer with half of the first and all of the second carries 87.5 %. A standby alone
    /// carries nothing, and what only the plan uses is listed with nothing for today.
    #[test]
    fn shares_are_weighted_by_users_and_standbys_carry_nothing() {
        let mut example = Example::new();
        example.supplier("lab", "US", &[]).supplier("cloud", "DE", &[]);
        for model in ["a", "b", "c"] {
            example.model(model, "lab", Openness::Closed, None);
            example.offer(model, "cloud", "DE", &[]);
        }
        let chat = example.workload("chat", &[("DE", 0.25), ("FR", 0.75)], &[("a@cloud:DE", 1.0)]);
        chat.standby = vec![standby("b@cloud:DE", Readiness::Hot, 1.0, 0.0)];
        let instance = example.instance();
        let today = Plan::current(&instance);
        let offer = |model: &str| {
            instance.offers.iter().position(|o| o.id.to_string() == format!("{model}@cloud:DE")).unwrap()
        };
        let (a, b, c) = (offer("a"), offer("b"), offer("c"));
        let mut plan = today.clone();
        plan.allocation[0] = vec![(a, 0.5), (c, 0.5)];
        let links = supply_chain(&instance, &today, Some(&plan));
        let told: Vec<_> = links.iter().map(|l| (l.offer, l.today.share, l.plan.unwrap().share)).collect();
        assert_eq!(told, [(a, 1.0, 0.875), (b, 0.0, 0.0), (c, 0.0, 0.125)]);
        assert_eq!(links[1].today.standby, Some(Readiness::Hot));
        assert_eq!(links[0].today.value_share, 1.0);
        assert!(supply_chain(&instance, &today, None).iter().all(|link| link.plan.is_none()));
    }
}
