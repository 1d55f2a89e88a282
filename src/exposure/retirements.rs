//! The retirement calendar: offers in use that their hosts end, and what stands on them.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::model::instance::{Instance, OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;

/// An offer in use that its host ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Retirement {
    pub offer: OfferIdx,
    pub day: Date,
    /// From day 0; negative when the day is past.
    pub days: f64,
    /// In the order of the workloads.
    pub uses: Vec<RetiringUse>,
}

/// What of a workload stands on an offer.
#[derive(Debug, Clone, PartialEq)]
pub struct RetiringUse {
    pub workload: WorkloadIdx,
    /// Share of the workload's demand, 0 to 1; 0 for a standby alone.
    pub share: f64,
    /// How it stands by; `None` when it does not.
    pub standby: Option<Readiness>,
}

/// Every primary and standby of a plan that its host ends on a known day, however far away, the earliest first.
#[must_use]
pub fn retirements(instance: &Instance, plan: &Plan) -> Vec<Retirement> {
    let primaries = plan.allocation.iter().flatten().filter(|s| s.1 > 0.0).map(|s| s.0);
    let used: BTreeSet<OfferIdx> =
        primaries.chain(plan.standby.iter().flatten().map(|standby| standby.offer)).collect();
    let retirement = |offer: OfferIdx| {
        let (day, days) = instance.retirement_day(offer)?;
        Some(Retirement { offer, day, days, uses: uses(instance, plan, offer) })
    };
    let mut found: Vec<Retirement> = used.into_iter().filter_map(retirement).collect();
    // Stable: offers of one day stay in the order of their ids.
    found.sort_by_key(|retirement| retirement.day);
    found
}

fn uses(instance: &Instance, plan: &Plan, offer: OfferIdx) -> Vec<RetiringUse> {
    let of_workload = |workload: WorkloadIdx| {
        let cells = instance.workloads[workload].cells.clone();
        let share = cells.map(|cell| instance.cells[cell].users_share * plan.share(cell, offer)).sum();
        let standby = plan.standby[workload].iter().find(|standby| standby.offer == offer);
        let standby = standby.map(|standby| standby.readiness);
        (share > 0.0 || standby.is_some()).then_some(RetiringUse { workload, share, standby })
    };
    (0..instance.workloads.len()).filter_map(of_workload).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::example::{Example, standby};
    use crate::model::words::Openness;

    /// Day 0 is 2027-01-01. `old` ended 31 days before, `soon` ends after 59 days (31 of January, 28 of February), `late`
    /// after 365, beyond the horizon of 100; `open` has no day, and `unused` is not used.
    fn example() -> Example {
        let mut example = Example::new();
        example.supplier("lab", "US", &[]).supplier("cloud", "DE", &[]);
        for (model, retires) in [
            ("late", Some("2028-01-01")),
            ("old", Some("2026-12-01")),
            ("open", None),
            ("soon", Some("2027-03")),
            ("unused", Some("2027-01-15")),
        ] {
            example.model(model, "lab", Openness::Closed, None);
            example.offer(model, "cloud", "DE", &[]).retires = retires.map(|day| day.parse().unwrap());
        }
        example.portfolio.starts = Some("2027".parse().unwrap());
        let chat = example.workload(
            "chat",
            &[("DE", 0.25), ("FR", 0.75)],
            &[("soon@cloud:DE", 0.4), ("open@cloud:DE", 0.6)],
        );
        chat.standby = vec![
            standby("old@cloud:DE", Readiness::Hot, 1.0, 0.0),
            standby("soon@cloud:DE", Readiness::Warm, 0.5, 7.0),
        ];
        example.workload("mail", &[("DE", 1.0)], &[("late@cloud:DE", 1.0)]);
        example
    }

    #[test]
    fn offers_in_use_come_in_the_order_of_their_days_with_what_stands_on_them() {
        let instance = example().instance();
        let found = retirements(&instance, &Plan::current(&instance));
        let told: Vec<(String, String, f64)> = found
            .iter()
            .map(|r| (instance.offers[r.offer].id.to_string(), r.day.to_string(), r.days))
            .collect();
        let expected = [
            ("old@cloud:DE", "2026-12-01", -31.0),
            ("soon@cloud:DE", "2027-03-01", 59.0),
            ("late@cloud:DE", "2028-01-01", 365.0),
        ];
        assert_eq!(told, expected.map(|(id, day, days)| (id.to_owned(), day.to_owned(), days)));
        let uses = |at: usize| -> Vec<(usize, f64, Option<Readiness>)> {
            found[at].uses.iter().map(|u| (u.workload, u.share, u.standby)).collect()
        };
        assert_eq!(uses(0), [(0, 0.0, Some(Readiness::Hot))]);
        assert_eq!(uses(1), [(0, 0.4, Some(Readiness::Warm))]);
        assert_eq!(uses(2), [(1, 1.0, None)]);
    }

    /// The calendar looks beyond the horizon, eligibility does not.
    #[test]
    fn an_end_beyond_the_horizon_is_in_the_calendar_and_bars_nothing() {
        let instance = example().instance();
        let offer = instance.offer_idx("late@cloud:DE").unwrap();
        assert_eq!(instance.retires(offer), None);
        assert!(instance.retirement_day(offer).is_some());
    }

    #[test]
    fn without_a_day_0_there_is_no_calendar() {
        let mut example = example();
        example.portfolio.starts = None;
        let instance = example.instance();
        assert_eq!(retirements(&instance, &Plan::current(&instance)), []);
    }
}
