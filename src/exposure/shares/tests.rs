//! Shares of two workloads on three offers, derived by hand.

use super::*;
use crate::exposure::diversity::{Diversity, Layer};
use crate::graph::supply::SupplyGraph;
use crate::model::catalog::Price;
use crate::model::example::Example;
use crate::model::words::Openness;
use crate::shocks::law::Law;

/// An outage of `big` costs 3000 USD a day and of `small` 1000; they need 100 and 300 mtok a month.
///
/// `big` is half on `closed@us_cloud:US` (2 USD per mtok), half on `open@de_cloud:DE` (1 USD); `small` is all on
/// `open@self:DE` (100 USD for 100 mtok, so 1 USD per mtok). The open model is French, made from a Chinese one.
fn example() -> Example {
    let mut example = Example::new();
    example
        .supplier("us_lab", "US", &[])
        .supplier("fr_lab", "FR", &[])
        .supplier("cn_lab", "CN", &[])
        .supplier("us_cloud", "US", &[])
        .supplier("de_cloud", "DE", &[])
        .supplier("chips", "US", &[])
        .hardware("chip", "chips", &[])
        .model("closed", "us_lab", Openness::Closed, None)
        .model("root", "cn_lab", Openness::OpenWeights, None)
        .model("open", "fr_lab", Openness::OpenWeights, Some("root"));
    example.offer("closed", "us_cloud", "US", &["chip"]).price =
        Price::Tokens { input_usd_per_mtok: 2.0, output_usd_per_mtok: 2.0 };
    example.offer("open", "de_cloud", "DE", &[]);
    example.offer("open", "self", "DE", &["chip"]);
    let big = example.workload(
        "big",
        &[("DE", 0.5), ("FR", 0.5)],
        &[("closed@us_cloud:US", 0.5), ("open@de_cloud:DE", 0.5)],
    );
    big.outage_cost_usd_per_day = 3000.0;
    let small = example.workload("small", &[("DE", 1.0)], &[("open@self:DE", 1.0)]);
    (small.input_mtok, small.output_mtok) = (200.0, 100.0);
    example
}

fn with_setting<T>(instance: &Instance, measure: impl Fn(ExposureSetting<'_>) -> T) -> T {
    let prices = Prices::new(instance, &Law::new(instance));
    let dimensions = Dimensions::new(instance, &SupplyGraph::new(instance));
    measure(ExposureSetting { instance, prices: &prices, dimensions: &dimensions })
}

fn shares(pairs: &[(&str, f64)]) -> BTreeMap<String, f64> {
    pairs.iter().map(|&(key, share)| (key.to_owned(), share)).collect()
}

/// By value the US model has 1500 of 4000, by demand 50 of 400, by spend 100 of 450.
#[test]
fn each_weight_has_its_own_shares() {
    let instance = example().instance();
    let exposure = with_setting(&instance, |s| s.exposure(&Plan::current(&instance), 0..3));
    let origin = &exposure[&Dimension::Origin];
    for (concentration, us) in
        [(&origin.value, 0.375), (&origin.demand, 0.125), (&origin.spend, 100.0 / 450.0)]
    {
        let c = concentration.as_ref().unwrap();
        assert!((c.shares["US"] - us).abs() < 1e-12 && (c.shares["FR"] - (1.0 - us)).abs() < 1e-12, "{c:?}");
        let hhi = us * us + (1.0 - us) * (1.0 - us);
        assert!((c.hhi.unwrap() - hhi).abs() < 1e-12);
        assert!((c.effective_number().unwrap() - 1.0 / hhi).abs() < 1e-12);
    }
    assert_eq!(origin.coverage, Some(1.0));
}

/// By value, 1500 is on the US cloud, 1500 on the German one and 1000 self-hosted; the German cloud's hardware is
/// unknown.
#[test]
fn keys_follow_the_dimension() {
    let instance = example().instance();
    let exposure = with_setting(&instance, |s| s.exposure(&Plan::current(&instance), 0..3));
    let value = |d: Dimension| exposure[&d].value.as_ref().unwrap().shares.clone();
    assert_eq!(value(Dimension::Host), shares(&[("de_cloud", 0.375), ("self", 0.25), ("us_cloud", 0.375)]));
    assert_eq!(value(Dimension::HostOrigin), shares(&[("DE", 0.625), ("US", 0.375)]));
    assert_eq!(value(Dimension::LineageOrigin), shares(&[("CN", 0.625), ("US", 0.375)]));
    assert_eq!(value(Dimension::Hardware), shares(&[("chip", 0.625), ("unknown", 0.375)]));
    assert_eq!(exposure[&Dimension::Hardware].coverage, Some(0.625));
    // The self-hosted replica needs US chips, so the US reaches 0.375 + 0.25.
    assert_eq!(value(Dimension::Reach), shares(&[("DE", 0.375), ("US", 0.625), ("unknown", 0.375)]));
    assert_eq!(exposure[&Dimension::Reach].value.as_ref().unwrap().hhi, None);
    assert_eq!(exposure[&Dimension::Reach].coverage, Some(0.625));
}

#[test]
fn one_workload_is_measured_by_itself() {
    let instance = example().instance();
    let cells = instance.workloads[1].cells.clone();
    let exposure = with_setting(&instance, |s| s.exposure(&Plan::current(&instance), cells.clone()));
    let developer = exposure[&Dimension::Developer].value.as_ref().unwrap();
    assert_eq!(developer.shares, shares(&[("fr_lab", 1.0)]));
    assert_eq!(developer.hhi, Some(1.0));
}

#[test]
fn weights_that_sum_to_zero_have_no_shares() {
    let mut example = example();
    example.portfolio.workloads.iter_mut().for_each(|w| w.outage_cost_usd_per_day = 0.0);
    let instance = example.instance();
    let exposure = with_setting(&instance, |s| s.exposure(&Plan::current(&instance), 0..3));
    assert_eq!((&exposure[&Dimension::Origin].value, exposure[&Dimension::Origin].coverage), (&None, None));
    assert!(exposure[&Dimension::Origin].demand.is_some());
    let diversity = with_setting(&instance, |s| s.diversity(&Plan::current(&instance), 0..3, Weight::Value));
    assert_eq!(diversity, Diversity { n_contracts: 3, ..Diversity::default() });
}

/// Three hosts are under contract. Effective numbers by value: hosts 1/(2 × 0.375² + 0.25²) = 2.909; layers split
/// 0.375 : 0.625 have the smallest, 1/(0.375² + 0.625²) = 1.882, and `developer` is the first of these.
#[test]
fn the_layer_with_the_fewest_effective_suppliers_binds() {
    let instance = example().instance();
    let diversity = with_setting(&instance, |s| s.diversity(&Plan::current(&instance), 0..3, Weight::Value));
    assert_eq!(diversity.n_contracts, 3);
    assert!((diversity.of(Layer::Dimension(Dimension::Host)).unwrap() - 1.0 / 0.343_75).abs() < 1e-9);
    let (layer, number) = diversity.binding.unwrap();
    assert_eq!(layer, Layer::Dimension(Dimension::Developer));
    assert!((number - 1.0 / 0.531_25).abs() < 1e-9);
}

/// Three clouds in two countries each carry a third of the value, with models of one laboratory: 3 contracts and
/// effectively 3 hosts, 1/((2/3)² + (1/3)²) = 1.8 countries of hosts, and 1 developer.
#[test]
fn three_clouds_with_models_of_one_developer_are_one_developer() {
    let mut example = Example::new();
    example.supplier("lab", "US", &[]).model("large", "lab", Openness::Closed, None);
    example.model("small", "lab", Openness::Closed, None);
    for (cloud, country, model) in [("a", "US", "large"), ("b", "US", "small"), ("c", "FR", "large")] {
        example.supplier(cloud, country, &[]).offer(model, cloud, "EU", &[]);
    }
    let third = 1.0 / 3.0;
    example.workload(
        "w",
        &[("DE", 1.0)],
        &[("large@a:EU", third), ("small@b:EU", third), ("large@c:EU", third)],
    );
    let instance = example.instance();
    let diversity = with_setting(&instance, |s| s.diversity(&Plan::current(&instance), 0..1, Weight::Value));
    let of = |dimension| diversity.of(Layer::Dimension(dimension)).unwrap();
    assert_eq!(diversity.n_contracts, 3);
    assert!((of(Dimension::Host) - 3.0).abs() < 1e-9 && (of(Dimension::HostOrigin) - 1.8).abs() < 1e-9);
    let (layer, number) = diversity.binding.unwrap();
    assert_eq!(layer, Layer::Dimension(Dimension::Developer));
    assert!((number - 1.0).abs() < 1e-9);
}

/// Two laboratories in two countries each carry half of the value. One holding owns both, one of them through a
/// subsidiary: 2 developers, 2 countries, 1 ultimate parent.
#[test]
fn laboratories_of_one_holding_have_one_ultimate_parent() {
    let mut example = Example::new();
    example
        .supplier("holding", "US", &[])
        .supplier("middle", "DE", &["holding"])
        .supplier("one", "FR", &["middle"])
        .supplier("two", "CN", &["holding"])
        .model("m1", "one", Openness::Closed, None)
        .model("m2", "two", Openness::Closed, None);
    example.offer("m1", "one", "FR", &[]);
    example.offer("m2", "two", "DE", &[]);
    example.workload("w", &[("DE", 1.0)], &[("m1@one:FR", 0.5), ("m2@two:DE", 0.5)]);
    let instance = example.instance();
    let diversity = with_setting(&instance, |s| s.diversity(&Plan::current(&instance), 0..1, Weight::Value));
    for dimension in [Dimension::Developer, Dimension::Origin] {
        assert_eq!(diversity.of(Layer::Dimension(dimension)), Some(2.0));
    }
    assert_eq!(diversity.of(Layer::UltimateParent), Some(1.0));
    assert_eq!(diversity.binding, Some((Layer::UltimateParent, 1.0)));
}

#[test]
fn only_known_keys_from_the_threshold_on_count() {
    let c = Concentration { shares: shares(&[("a", 0.05), ("b", 0.04), ("unknown", 0.91)]), hhi: None };
    assert_eq!(c.counted(0.05).collect::<Vec<_>>(), ["a"]);
    assert_eq!(c.largest(), Some(("unknown", 0.91)));
    assert_eq!(Concentration::default().largest(), None);
}
