//! Substitutes of tiny workloads, derived by hand.

use super::*;
use crate::model::catalog::Price;
use crate::model::example::{Example, standby};
use crate::model::instance::Instance;
use crate::model::portfolio::Readiness;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::words::Openness;

fn price(usd: f64) -> Price {
    Price::Tokens { input_usd_per_mtok: usd, output_usd_per_mtok: usd }
}

/// `used@one:US` at 1 USD runs on `red`. Of four other offers, all eligible:
///
/// - `used@two:DE` (2 USD, onboarded in 30 days, hardware unknown) has the same developer;
/// - `sibling@two:FR` (3 USD, warm after 7 days, blue) has a developer with the same parent as `lab`;
/// - `other@two:FR` (4 USD, 60 days, blue, 1300 points) shares no service, but red and blue both need `fab`;
/// - `other@self:DE` (0.5 USD, 90 days, hardware unknown) shares nothing known.
///
/// The workload needs 100 mtok a month, which cost 100 USD today.
fn example() -> Example {
    let mut example = Example::new();
    example
        .supplier("holding", "US", &[])
        .supplier("lab", "US", &["holding"])
        .supplier("sister", "FR", &["holding"])
        .supplier("stranger", "FR", &[]);
    for supplier in ["one", "two", "fab", "red_maker", "blue_maker"] {
        example.supplier(supplier, "US", &[]);
    }
    example
        .model("used", "lab", Openness::Closed, None)
        .model("sibling", "sister", Openness::Closed, None)
        .model("other", "stranger", Openness::OpenWeights, None)
        .hardware("red", "red_maker", &[(&["fab"], 30.0)])
        .hardware("blue", "blue_maker", &[(&["fab"], 30.0)]);
    example.catalog.models[2].quality.general = Some(1300.0);
    example.offer("used", "one", "US", &["red"]);
    for (model, region, hardware, usd, days) in [
        ("used", "DE", &[][..], 2.0, 30.0),
        ("sibling", "FR", &["blue"], 3.0, 100.0),
        ("other", "FR", &["blue"], 4.0, 60.0),
    ] {
        let offer = example.offer(model, "two", region, hardware);
        (offer.price, offer.onboarding_days) = (price(usd), days);
    }
    let own = example.offer("other", "self", "DE", &[]);
    own.price = Price::Replica { fixed_usd_per_month: 50.0, capacity_mtok_per_month: 100.0 };
    own.onboarding_days = 90.0;
    example.workload("w", &[("DE", 0.5), ("FR", 0.5)], &[("used@one:US", 1.0)]).standby =
        vec![standby("sibling@two:FR", Readiness::Warm, 1.0, 7.0)];
    example
}

fn found(instance: &Instance) -> Substitutes {
    substitutes(&Setting::new(instance), &Plan::current(instance)).remove(0)
}

fn numbers(found: &Substitutes) -> [usize; 5] {
    let groups = [&found.eligible, &found.ready, &found.independent_of_services, &found.independent];
    let [eligible, ready, services, independent] = groups.map(|group| group.n_offers);
    [eligible, ready, services, independent, found.n_unknown_hardware]
}

#[test]
fn every_group_has_the_right_size() {
    let instance = example().instance();
    assert_eq!(numbers(&found(&instance)), [4, 1, 2, 0, 1]);
}

/// All substitutes: the standby is fastest with 7 days; the self-hosted offer is cheapest at 0.5 USD, 50 − 100 USD a
/// month; `sibling` and `used` are best with 1400 points, as today, and the first id wins. Independent of services:
/// 60 days, the self-hosted offer, 100 points less.
#[test]
fn each_group_names_its_fastest_cheapest_and_best() {
    let instance = example().instance();
    let idx = |id| instance.offer_idx(id).unwrap();
    let found = found(&instance);
    let cheapest = Cheapest { offer: idx("other@self:DE"), price_factor: Some(0.5), usd_per_month: -50.0 };
    let all = Group {
        n_offers: 4,
        fastest: Some(Fastest { offer: idx("sibling@two:FR"), days: 7.0 }),
        cheapest: Some(cheapest),
        best: Some(Best { offer: idx("sibling@two:FR"), points: Some(0.0) }),
    };
    assert_eq!(found.eligible, all);
    let services = Group {
        n_offers: 2,
        fastest: Some(Fastest { offer: idx("other@two:FR"), days: 60.0 }),
        cheapest: Some(cheapest),
        best: Some(Best { offer: idx("other@self:DE"), points: Some(-100.0) }),
    };
    assert_eq!(found.independent_of_services, services);
    assert_eq!(found.independent, Group::default());
}

/// With another fab as a source for blue, no single node stops both red and blue.
#[test]
fn a_second_source_makes_chips_independent() {
    let mut example = example();
    example.supplier("second_fab", "FR", &[]);
    example.catalog.hardware[1].needs[0].any_of.push("second_fab".to_owned());
    assert_eq!(numbers(&found(&example.instance())), [4, 1, 2, 1, 1]);
}

/// If the primary's hardware is unknown, no substitute is known to be independent; both with other services are
/// unknown.
#[test]
fn nothing_is_known_to_be_independent_of_unknown_hardware() {
    let mut example = example();
    example.catalog.offers[0].hardware.clear();
    assert_eq!(numbers(&found(&example.instance())), [4, 1, 2, 0, 2]);
}

/// Users in France may not be served by `two`: of four substitutes only the self-hosted one remains, and no standby.
#[test]
fn an_offer_that_some_users_may_not_use_is_no_substitute() {
    let mut example = example();
    let users = Some(JurisdictionSet::Listed(vec!["FR".to_owned()]));
    let host = Some(vec!["two".to_owned()]);
    example.portfolio.workloads[0].forbid = vec![Selector { users, host, ..Selector::default() }];
    assert_eq!(numbers(&found(&example.instance())), [1, 0, 1, 0, 1]);
}

/// The primary and its standby share a parent: one path. With `other@two:FR` as the standby there are two.
#[test]
fn paths_that_share_a_parent_are_one() {
    let mut example = example();
    assert_eq!(found(&example.instance()).independent_paths.size, 1);
    example.portfolio.workloads[0].standby = vec![standby("other@two:FR", Readiness::Hot, 1.0, 0.0)];
    let instance = example.instance();
    let found = found(&instance);
    assert_eq!(found.independent_paths, IndependentSet { size: 2, is_exact: true });
    assert_eq!(found.ready.fastest.unwrap().days, 0.0);
}

/// Without demand there is no cost to compare with; without a rated primary there are no points to compare with.
#[test]
fn without_a_base_there_is_no_ratio() {
    let mut example = example();
    let workload = &mut example.portfolio.workloads[0];
    (workload.input_mtok, workload.output_mtok) = (0.0, 0.0);
    example.catalog.models[0].quality.general = None;
    let group = found(&example.instance()).eligible;
    assert_eq!((group.cheapest.unwrap().price_factor, group.best.unwrap().points), (None, None));
}
