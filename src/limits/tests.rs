//! Limits of a tiny portfolio, with values derived by hand.

use jiff::civil::date;

use super::*;
use crate::model::example::{Example, standby};
use crate::model::limit::{Accepted, Dimension, LossOf, NodeKind, Scope, Weight};
use crate::model::portfolio::Readiness;
use crate::model::words::Openness;

const TODAY: Date = date(2026, 6, 1);

/// `a` (3000 USD a day) is entirely on a US offer. `b` (1000) is half on it and half on a French one, which is also a
/// hot standby for half of `b`. By value, the US offer has (3000 + 500) / 4000 = 0.875.
fn example() -> Example {
    let mut example = Example::new();
    example
        .supplier("us_lab", "US", &[])
        .supplier("fr_lab", "FR", &[])
        .model("closed", "us_lab", Openness::Closed, None)
        .model("open", "fr_lab", Openness::OpenWeights, None);
    example.offer("closed", "us_lab", "US", &[]);
    example.offer("open", "fr_lab", "FR", &[]);
    example.workload("a", &[("DE", 1.0)], &[("closed@us_lab:US", 1.0)]).outage_cost_usd_per_day = 3000.0;
    let b = example.workload(
        "b",
        &[("DE", 0.5), ("FR", 0.5)],
        &[("closed@us_lab:US", 0.5), ("open@fr_lab:FR", 0.5)],
    );
    b.standby = vec![standby("open@fr_lab:FR", Readiness::Hot, 0.5, 0.0)];
    example
}

fn outcome(example: &Example, risk: Option<RiskFigures<'_>>) -> LimitOutcome {
    let instance = example.instance();
    let setting = Setting::new(&instance);
    test_limits(&setting, &Plan::current(&instance), risk, Some(TODAY)).remove(0)
}

fn tested(measure: Measure, scope: Scope) -> LimitOutcome {
    let mut example = example();
    example.limit("limit", measure).scope = scope;
    outcome(&example, None)
}

fn share(is: &str, at_least: Option<f64>, at_most: Option<f64>) -> Measure {
    Measure::Share { of: Dimension::Origin, is: is.to_owned(), bound: Bound { at_least, at_most } }
}

fn close(value: Option<f64>, expected: f64) -> bool {
    value.is_some_and(|value| (value - expected).abs() < 1e-9)
}

#[test]
fn a_share_above_its_bound_names_the_pairs_that_make_it_up() {
    let found = tested(share("US", None, Some(0.8)), Scope::Portfolio);
    assert!(close(found.value, 0.875), "{found:?}");
    assert_eq!((found.kept, found.bound(), found.is_breached()), (Some(false), 0.8, true));
    assert_eq!(
        found.causes,
        [
            "a/DE: closed@us_lab:US adds 0.750",
            "b/DE: closed@us_lab:US adds 0.062",
            "b/FR: closed@us_lab:US adds 0.062",
        ]
    );
}

#[test]
fn a_share_is_bounded_at_both_ends() {
    let found = tested(share("EU", Some(0.2), Some(0.5)), Scope::Portfolio);
    assert!(close(found.value, 0.125));
    assert_eq!((found.kept, found.bound()), (Some(false), 0.2));
    let kept = tested(share("EU", Some(0.125), Some(0.125)), Scope::Portfolio);
    assert_eq!((kept.kept, kept.is_breached(), kept.causes.len()), (Some(true), false, 0));
}

/// By demand, `a` and `b` have equal weight: 0.5 + 0.25.
#[test]
fn a_limit_has_its_own_weight() {
    let mut example = example();
    example.limit("limit", share("US", None, Some(0.8))).weight = Weight::Demand;
    assert!(close(outcome(&example, None).value, 0.75));
}

#[test]
fn each_workload_is_tested_and_the_worst_is_named() {
    let found = tested(Measure::MaxShare { of: Dimension::Developer, at_most: 0.4 }, Scope::EachWorkload);
    assert_eq!((found.value, found.worst.as_deref()), (Some(1.0), Some("a")));
    assert_eq!(found.causes, ["a: 1.000 (us_lab)", "b: 0.500 (fr_lab)"]);
    let found = tested(share("FR", Some(0.4), None), Scope::EachWorkload);
    assert_eq!((found.value, found.worst.as_deref(), found.kept), (Some(0.0), Some("a"), Some(false)));
}

/// 0.875² + 0.125² = 0.78125.
#[test]
fn concentration_names_its_keys() {
    let found = tested(Measure::Hhi { of: Dimension::Origin, at_most: 0.5 }, Scope::Portfolio);
    assert!(close(found.value, 0.78125));
    assert_eq!(found.causes, ["US: 0.875", "FR: 0.125"]);
}

#[test]
fn keys_count_from_their_threshold_on() {
    let distinct = |counting_from| Measure::Distinct { of: Dimension::Host, at_least: 2.0, counting_from };
    assert_eq!(tested(distinct(0.125), Scope::Portfolio).kept, Some(true));
    let found = tested(distinct(0.2), Scope::Portfolio);
    assert_eq!((found.value, found.kept), (Some(1.0), Some(false)));
    assert_eq!(found.causes, ["counted: us_lab", "fr_lab: 0.125 does not count"]);
}

/// The failure of the US takes 3000 + 500, of which the standby serves `b`'s 500: 1000 of 4000 remains. The failure
/// of the EU takes `b`'s other half and its standby: 3500 of 4000 remains. Germany is the company's own jurisdiction
/// and hosts nothing.
#[test]
fn survival_is_the_service_under_the_worst_failure() {
    let survives = |loss_of| Measure::Survives { loss_of, service_at_least: 0.9, within_days: 7.0 };
    let found = tested(survives(LossOf::Every(NodeKind::Jurisdiction)), Scope::Portfolio);
    assert!(close(found.value, 0.25), "{found:?}");
    assert_eq!(found.worst.as_deref(), Some("jurisdiction US"));
    assert_eq!(found.causes, ["jurisdiction US: 0.250", "jurisdiction EU: 0.875", "jurisdiction FR: 0.875"]);
    let one = tested(survives(LossOf::One(NodeKind::Jurisdiction, "FR".to_owned())), Scope::EachWorkload);
    assert_eq!((one.value, one.worst.as_deref()), (Some(0.5), Some("jurisdiction FR in b")));
    let none = tested(survives(LossOf::One(NodeKind::Hardware, "nothing".to_owned())), Scope::Portfolio);
    assert_eq!((none.value, none.kept, none.worst), (Some(1.0), Some(true), None));
}

/// An outage counts only after the recovery objective of 10 days: within a horizon of 9 days nothing counts.
#[test]
fn survival_does_not_count_outages_within_the_recovery_objective() {
    let mut example = example();
    example.portfolio.workloads.iter_mut().for_each(|w| w.recovery_objective_days = 10.0);
    let loss_of = LossOf::Every(NodeKind::Host);
    example.limit("limit", Measure::Survives { loss_of, service_at_least: 0.9, within_days: 7.0 });
    assert!(close(outcome(&example, None).value, 0.25));
    example.portfolio.horizon_days = 9.0;
    assert_eq!(outcome(&example, None).value, Some(1.0));
}

/// The worst half of 0, 0, 0, 8 has mean 4.
#[test]
fn limits_on_losses_need_a_simulation() {
    let mut example = example();
    example.limit("limit", Measure::Cvar { confidence_level: 0.5, at_most_usd: 3.0 });
    let unknown = outcome(&example, None);
    assert_eq!((unknown.value, unknown.kept, unknown.is_breached()), (None, None, false));
    let risk =
        RiskFigures { average_annual_loss_usd: 2.0, losses: &[0.0, 0.0, 0.0, 8.0], probabilities: None };
    let known = outcome(&example, Some(risk));
    assert_eq!((known.value, known.is_breached()), (Some(4.0), true));
    example.portfolio.limits[0].measure = Measure::AverageAnnualLoss { at_most_usd: 2.0 };
    assert_eq!(outcome(&example, Some(risk)).kept, Some(true));
}

/// 200 mtok at 1 USD cost 200 USD.
#[test]
fn the_bill_is_split_into_its_parts() {
    let found = tested(Measure::MonthlyCost { at_most_usd: 100.0 }, Scope::Portfolio);
    assert!(close(found.value, 200.0));
    assert_eq!(found.causes, ["tokens: 100 % of the bill"]);
}

#[test]
fn an_exception_excuses_a_breach_while_it_is_valid() {
    let mut example = example();
    for (until, is_breached) in [(TODAY, false), (date(2026, 5, 31), true)] {
        example.portfolio.limits.clear();
        let accepted = Accepted { by: "board".to_owned(), until, reason: "until renewal".to_owned() };
        example.limit("limit", share("US", None, Some(0.8))).accepted = Some(accepted);
        let found = outcome(&example, None);
        assert_eq!((found.kept, found.is_breached()), (Some(false), is_breached), "{until}");
    }
}

#[test]
fn weights_that_sum_to_zero_break_no_limit() {
    let mut example = example();
    example.portfolio.workloads.iter_mut().for_each(|w| w.outage_cost_usd_per_day = 0.0);
    example.limit("limit", share("US", None, Some(0.8)));
    let found = outcome(&example, None);
    assert_eq!((found.value, found.kept, found.is_breached()), (None, None, false));
}

/// One cell is half on a US offer and half on a French one. With at most 0.4, both shares are too large; with at
/// least 0.9 on FR, the US half is the cause; each contributes 0.5 × 0.5 to the HHI of 0.5; if three countries are
/// required, both present ones are named.
#[test]
fn the_cells_that_break_a_limit_are_those_that_would_have_to_move() {
    let mut example = Example::new();
    example.supplier("us_lab", "US", &[]).supplier("fr_lab", "FR", &[]);
    example.model("a", "us_lab", Openness::OpenWeights, None).model(
        "b",
        "fr_lab",
        Openness::OpenWeights,
        None,
    );
    example.offer("a", "us_lab", "US", &[]);
    example.offer("b", "fr_lab", "FR", &[]);
    example.workload("w", &[("DE", 1.0)], &[("a@us_lab:US", 0.5), ("b@fr_lab:FR", 0.5)]);
    let of = Dimension::Origin;
    example.limit("max", Measure::MaxShare { of, at_most: 0.4 });
    let bound = Bound { at_least: Some(0.9), at_most: None };
    example.limit("low", Measure::Share { of, is: "FR".to_owned(), bound });
    example.limit("hhi", Measure::Hhi { of, at_most: 0.3 });
    example.limit("distinct", Measure::Distinct { of, at_least: 3.0, counting_from: 0.05 });
    let instance = example.instance();
    let setting = Setting::new(&instance);
    let outcomes = test_limits(&setting, &Plan::current(&instance), None, Some(TODAY));
    let cells = |at: usize| -> Vec<(String, f64)> {
        outcomes[at].cells.iter().map(|c| (c.offer.clone().unwrap(), c.contribution)).collect()
    };
    let both = |x: f64| vec![("a@us_lab:US".to_owned(), x), ("b@fr_lab:FR".to_owned(), x)];
    // By name: distinct, hhi, low, max.
    assert_eq!(cells(0), both(0.5));
    assert_eq!(cells(1), both(0.25));
    assert_eq!(cells(2), both(0.5)[..1]);
    assert_eq!(cells(3), both(0.5));
}
