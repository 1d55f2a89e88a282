//! Every number of the shipped quickstart, derived by hand from its file and the prices in `catalog/offers.yaml`.
//!
//! `support_chat`: 500 mtok and 90,000 USD a day, users DE 0.6 and FR 0.4; 0.8 on gpt-5.4@openai:EU (2.75 and 16.5 USD per
//! mtok: 400 × 2.75 + 100 × 16.5 = 2,750 a month for all of it), 0.2 on mistral-medium-3.5@scaleway:FR (1.5 and 7.5: 600 + 750 = 1,350).
//! `internal_search`: 200 mtok and 10,000 USD a day, all on gpt-5.4@openai:EU (160 × 2.75 + 40 × 16.5 = 1,100).

use multipolar::exposure::profile::concentration;
use std::path::PathBuf;

use jiff::civil::date;
use multipolar::exposure::node_losses::{NodeFailure, NodeFailureAnalysis, NodeLoss};
use multipolar::exposure::shares::Concentration;
use multipolar::input::{Loaded, Sources, load};
use multipolar::model::limit::{Dimension, NodeKind};
use multipolar::model::shock::{Action, DurationLaw, KindValue, Shock, ShockRef};
use multipolar::service::routing::Alternative;
use multipolar::shocks::kinds;
use multipolar::stress::outcome::StressOutcome;
use multipolar::study::session::Session;

use crate::world::assert_close;

pub fn quickstart() -> Loaded {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("portfolios/quickstart.yaml");
    load(Sources { portfolio: &path, catalog: None, jurisdictions: None })
        .unwrap_or_else(|error| panic!("{error}"))
}

fn lost(kind: NodeKind, id: &str) -> NodeLoss {
    let loaded = quickstart();
    let session = Session::new(&loaded.instance);
    let node = NodeFailure::find(&loaded.instance, kind, id).unwrap();
    NodeFailureAnalysis::new(&session.setting, &session.current).loss(node).unwrap()
}

/// 0.8 × 2,750 + 0.2 × 1,350 + 1,100 = 3,570 USD of tokens, and one warm standby at 1,500: 5,070 a month. No replicas.
#[test]
fn the_month_costs_5070_usd() {
    let loaded = quickstart();
    let session = Session::new(&loaded.instance);
    let cost = session.setting.monthly_cost(&session.current);
    assert_close(cost.tokens_usd, 3_570.0);
    assert_close(cost.readiness_usd, 1_500.0);
    assert_close(cost.replicas_usd, 0.0);
    assert_close(cost.total_usd(), 5_070.0);
    assert_close(loaded.instance.value_usd_per_day(), 100_000.0);
}

/// Part of the larger of two keys, by value, demand and spend.
///
/// Value: (0.8 × 90,000 + 10,000) / 100,000 = 0.82. Demand: (0.8 × 500 + 200) / 700 = 6/7. Spend: (2,200 + 1,100) / 3,570
/// = 110/119.
const LARGER: [f64; 3] = [0.82, 6.0 / 7.0, 110.0 / 119.0];

#[track_caller]
fn assert_two(found: &Concentration, larger: (&str, f64), smaller: &str) {
    assert_eq!(found.shares.len(), 2, "{:?}", found.shares);
    assert_close(found.shares[larger.0], larger.1);
    assert_close(found.shares[smaller], 1.0 - larger.1);
    // HHI: 0.82² + 0.18² = 0.7048 by value, (6² + 1)/7² by demand, (110² + 9²)/119² by spend.
    let hhi = larger.1 * larger.1 + (1.0 - larger.1) * (1.0 - larger.1);
    assert_close(found.hhi.unwrap(), hhi);
    assert_close(found.effective_number().unwrap(), 1.0 / hhi);
}

/// openai and US carry 0.82 of the value, mistral, scaleway and FR 0.18; openai's offers stand in the bloc EU.
#[test]
fn the_shares_are_those_of_two_suppliers() {
    let loaded = quickstart();
    let session = Session::new(&loaded.instance);
    let (dimensions, _) = concentration(&session.setting, &session.current);
    for (dimension, larger, smaller) in [
        (Dimension::Origin, "US", "FR"),
        (Dimension::LineageOrigin, "US", "FR"),
        (Dimension::Developer, "openai", "mistral"),
        (Dimension::Host, "openai", "scaleway"),
        (Dimension::HostOrigin, "US", "FR"),
        (Dimension::Region, "EU", "FR"),
        (Dimension::Openness, "closed", "open_weights"),
        (Dimension::Model, "gpt-5.4", "mistral-medium-3.5"),
    ] {
        let exposure = &dimensions[&dimension];
        let by_weight = [&exposure.value, &exposure.demand, &exposure.spend];
        for (found, share) in by_weight.into_iter().zip(LARGER) {
            assert_two(found.as_ref().unwrap(), (larger, share), smaller);
        }
        assert_close(exposure.coverage.unwrap(), 1.0);
    }
    assert_close(dimensions[&Dimension::Origin].value.as_ref().unwrap().hhi.unwrap(), 0.7048);
}

/// The limits at the end of the file are kept: US carries 0.82 of at most 0.85, the month costs 5,070 of at most 7,000. They
/// are listed by name.
#[test]
fn the_limits_are_kept() {
    let loaded = quickstart();
    let session = Session::new(&loaded.instance);
    let checked = session.check(&session.current, None, Some(date(2026, 12, 31)));
    let values: Vec<f64> = checked.limits.iter().map(|l| l.value.unwrap()).collect();
    assert_close(values[0], 5_070.0);
    assert_close(values[1], 0.82);
    assert!(checked.limits.iter().all(|l| l.kept == Some(true)) && !checked.is_breached());
}

/// Days 0, 7, 30, 90 and just before the horizon.
#[track_caller]
fn assert_service(lost: &NodeLoss, expected: [f64; 5]) {
    let found = lost.service().map(Option::unwrap).into_iter().chain([lost.timeline.service_at_end()]);
    found.zip(expected).for_each(|(found, expected)| assert_close(found, expected));
}

/// openai stops for good, and with it both of its primaries.
///
/// `support_chat`: 0.8 displaced. The other primary has no declared capacity and takes surge 0.5 × 0.2 = 0.1; 0.7 waits. The first
/// day is free. The other primary's model and host are known, so that it takes more after 3 days, before the warm standby of day 7:
/// 2 days × 0.7 × 90,000 = 126,000, and 0.8 × 20,000 = 16,000 to switch. `internal_search`: all displaced; another model at
/// scaleway, a known host, takes 14 days; day 1 to 10 at 10,000 = 90,000, day 10 to 14 at the fallback's 2,000 = 8,000, and
/// 20,000 to switch. No extra cost: gpt-5.4 (1464 points) costs 5.5 USD per
/// mtok of either mix, and minimax-m2.5@aws-bedrock:DE (1474 points, 0.576) is as good and cheaper. In all 126 + 16 + 90 + 8 + 20 = 260 thousand USD.
///
/// Service weighs 0.9 and 0.1: 1 − 0.7 × 0.9 − 0.1 = 0.27 until day 3, then 0.9, from day 14 on 1.
#[test]
fn losing_openai_costs_260_000_usd() {
    // It only develops and hosts what this company uses, so its sites alone cost the same.
    for (kind, id) in [(NodeKind::Supplier, "openai"), (NodeKind::Host, "openai")] {
        let lost = lost(kind, id);
        assert_close(lost.loss.outage_usd, 126_000.0 + 90_000.0 + 8_000.0);
        assert_close(lost.loss.one_off_usd, 16_000.0 + 20_000.0);
        assert_close(lost.loss.extra_cost_usd, 0.0);
        assert_close(lost.loss.total_usd(), 260_000.0);
        assert_service(&lost, [0.27, 0.9, 1.0, 1.0, 1.0]);
        assert_eq!(lost.timeline.time_to_survive_days(), Some(0.0));
        assert_eq!(lost.timeline.time_to_recover_days(), Some(14.0));
        // By id: internal_search, support_chat.
        let recover: Vec<_> = lost
            .workloads
            .iter()
            .map(multipolar::service::timeline::Timeline::time_to_recover_days)
            .collect();
        assert_eq!(recover, [Some(14.0), Some(3.0)]);
    }
}

/// The site in EU alone: `internal_search` moves to the same model at another site of openai after 3 days, 2 × 10,000.
#[test]
fn losing_one_site_of_openai_costs_182_000_usd() {
    let lost = lost(NodeKind::HostSite, "openai:EU");
    assert_close(lost.loss.outage_usd, 126_000.0 + 20_000.0);
    assert_close(lost.loss.total_usd(), 182_000.0);
    assert_service(&lost, [0.27, 1.0, 1.0, 1.0, 1.0]);
}

/// All of US stops: openai as above, and every chip under US law, so that nothing on it may be newly activated. The machines
/// run on (540 days), scaleway's among them; but neither more of it nor the warm standby ever opens, and 0.7 of `support_chat` waits
/// 90 days for an offer at a stranger's whose hardware is not under US: 89 × 0.7 × 90,000 = 5,607,000 in place of 126,000, and
/// `internal_search` as long: 90,000 + 80 × 2,000. In all 5,893,000 USD, service
/// 0.27 until day 90.
#[test]
fn losing_us_costs_5_893_000_usd() {
    let lost = lost(NodeKind::Jurisdiction, "US");
    assert_close(lost.loss.outage_usd, 5_607_000.0 + 90_000.0 + 160_000.0);
    assert_close(lost.loss.one_off_usd, 36_000.0);
    assert_service(&lost, [0.27, 0.27, 0.27, 1.0, 1.0]);
}

/// Every site in EU stops, all primaries and the standby among them; but openai has sites outside, with the models that both use:
/// they serve after 3 days. `support_chat` is out for 2 paid days, 180,000 USD, `internal_search` for 2, 20,000; both switch whole:
/// 40,000. In all 240,000 USD.
#[test]
fn losing_the_territory_of_eu_costs_240_000_usd() {
    let lost = lost(NodeKind::Territory, "EU");
    assert_close(lost.loss.outage_usd, 180_000.0 + 20_000.0);
    assert_close(lost.loss.one_off_usd, 40_000.0);
    assert_service(&lost, [0.0, 1.0, 1.0, 1.0, 1.0]);
}

/// scaleway carries 0.2, and openai's surge of 0.5 × 0.8 = 0.4 takes it at once: only the switch is paid, 0.2 × 20,000 = 4,000 USD.
/// (gpt-5.6-luna@openai:EU, 1497 points, is as good as mistral-medium-3.5 and cheaper than its 2.7 USD per mtok.) The developer of
/// the open model may stop: nothing is lost without drift, and its standby is not needed.
#[test]
fn losing_the_smaller_primary_costs_its_switch() {
    let lost_host = lost(NodeKind::Supplier, "scaleway");
    assert_close(lost_host.loss.total_usd(), 4_000.0);
    assert_eq!(lost_host.timeline.time_to_survive_days(), None);
    assert_eq!(lost_host.timeline.time_to_recover_days(), Some(0.0));
    assert_close(lost(NodeKind::Supplier, "mistral").loss.total_usd(), 0.0);
}

fn played(id: &str) -> StressOutcome {
    let loaded = quickstart();
    let session = Session::new(&loaded.instance);
    let scenario = loaded.instance.scenarios.iter().find(|s| s.id == id).unwrap();
    session.stress(scenario, &session.current).unwrap()
}

/// The order of June 2026 names Claude models; this company uses none, neither as primary nor as standby: nothing happens.
#[test]
fn the_order_of_june_2026_hits_nothing_here() {
    let outcome = played("june_2026_order");
    assert_close(outcome.loss.total_usd(), 0.0);
    assert_eq!(outcome.horizon_days, 365.0);
    assert_eq!(outcome.timeline.len(), 1);
    assert_eq!((outcome.timeline[0].day, outcome.timeline[0].service), (0.0, 1.0));
    for workload in &outcome.workloads {
        assert_eq!(
            (workload.unserved_share, workload.first_unserved_day, workload.recovered_day),
            (0.0, None, None)
        );
    }
}

/// openai's exit written as a scenario costs what the loss of the node costs, and tells who takes over: 0.1 by surge at once,
/// 0.7 cold from day 3 and warm from day 7, all of `internal_search` cold from day 14. Unserved: 0.7 × 3 and 14 of 365 days.
#[test]
fn the_exit_of_openai_as_a_scenario_tells_the_same() {
    let loaded = quickstart();
    let session = Session::new(&loaded.instance);
    let mut scenario = loaded.instance.scenarios.iter().find(|s| s.id == "june_2026_order").unwrap().clone();
    let supplier = KindValue::Id("openai".to_owned());
    scenario.events[0].shock = ShockRef::Inline(Box::new(Shock {
        action: Action::Kind(kinds::spec("supplier_exit").unwrap().with_values([("supplier", supplier)])),
        notice_days: 0.0,
        collateral: None,
        triggers: Vec::new(),
        crowding: None,
        ..loaded.instance.shocks[0].clone()
    }));
    scenario.events[0].duration = Some(DurationLaw::Permanent);
    let outcome = session.stress(&scenario, &session.current).unwrap();
    assert_close(outcome.loss.total_usd(), 260_000.0);
    let days: Vec<_> = outcome.timeline.iter().map(|i| i.day).collect();
    assert_eq!(days, [0.0, 3.0, 14.0]);
    for (instant, service) in outcome.timeline.iter().zip([0.27, 0.9, 1.0]) {
        assert_close(instant.service, service);
    }
    let [search, support] = &outcome.workloads[..] else { panic!("two workloads") };
    assert_close(search.unserved_share, 14.0 / 365.0);
    assert_close(support.unserved_share, 0.7 * 3.0 / 365.0);
    assert_close(support.loss.total_usd(), 142_000.0);
    assert_eq!((search.recovered_day, support.recovered_day), (Some(14.0), Some(3.0)));
    let mut by: Vec<_> = outcome.takeovers.iter().map(|t| (t.by, t.first_day, t.share)).collect();
    by.sort_by_key(|x| x.0);
    let total = |wanted: Alternative| by.iter().filter(|t| t.0 == wanted).map(|t| t.2).sum::<f64>();
    assert_close(total(Alternative::Surge), 0.1);
    assert_close(total(Alternative::Warm), 0.7);
    assert!(by.iter().filter(|t| t.0 == Alternative::Warm).all(|t| t.1 == 7.0));
}
