//! Losses of single nodes of a tiny portfolio, derived by hand.

use super::*;
use crate::model::example::{Example, standby};
use crate::model::portfolio::Readiness;
use crate::model::words::Openness;

/// One workload of 1000 USD a day over 100 days: 0.6 is on a closed US model that an unrelated host in DE serves, 0.4
/// on an open French one that its developer hosts in FR and that is also a warm standby for 0.5 within 7 days. No
/// cold offer is available within the horizon, and there is no surge.
fn example() -> Example {
    let mut example = Example::new();
    example
        .supplier("us_lab", "US", &[])
        .supplier("fr_lab", "FR", &[])
        .supplier("de_cloud", "DE", &["us_group"])
        .supplier("us_group", "US", &[])
        .supplier("idle", "CN", &[])
        .supplier("chips", "CN", &[])
        .hardware("chip", "chips", &[])
        .model("closed", "us_lab", Openness::Closed, None)
        .model("open", "fr_lab", Openness::OpenWeights, None);
    example.offer("closed", "de_cloud", "DE", &[]);
    example.offer("open", "fr_lab", "FR", &["chip"]).hardware_buffer_days = 50.0;
    let workload =
        example.workload("w", &[("DE", 1.0)], &[("closed@de_cloud:DE", 0.6), ("open@fr_lab:FR", 0.4)]);
    workload.standby = vec![standby("open@fr_lab:FR", Readiness::Warm, 0.5, 7.0)];
    example
}

fn loss_of(example: &Example, kind: NodeKind, id: &str) -> Option<NodeLoss> {
    let instance = example.instance();
    let setting = Setting::new(&instance);
    let analysis = NodeFailureAnalysis::new(&setting, &Plan::current(&instance));
    analysis.loss(NodeFailure::find(&instance, kind, id).unwrap())
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

/// The closed offer stops at once: 0.6 unserved for 7 days, then 0.1 for 93: 7 × 600 + 93 × 100 = 13 500.
#[test]
fn the_loss_of_a_host_site_is_routed_and_priced() {
    for (kind, id) in [
        (NodeKind::HostSite, "de_cloud:DE"),
        (NodeKind::Host, "de_cloud"),
        (NodeKind::Supplier, "de_cloud"),
        (NodeKind::Territory, "DE"),
        (NodeKind::Jurisdiction, "DE"),
        // Through the host's parent.
        (NodeKind::Jurisdiction, "US"),
    ] {
        let found = loss_of(&example(), kind, id).unwrap();
        assert!(close(found.loss.total_usd(), 13_500.0), "{kind:?} {id}: {:?}", found.loss);
        let [at_0, at_7, at_30, at_90] = found.service().map(Option::unwrap);
        assert!(
            close(at_0, 0.4) && close(at_7, 0.9) && close(at_30, 0.9) && close(at_90, 0.9),
            "{kind:?} {id}"
        );
        assert!(close(found.timeline.service_at_end(), 0.9));
        assert_eq!(found.timeline.time_to_survive_days(), Some(0.0));
        assert_eq!(found.timeline.time_to_recover_days(), None);
    }
}

/// The host keeps the weights for 90 days, which is enough warning for the standby: 0.6 − 0.5 is unserved for 10 days.
#[test]
fn the_loss_of_a_developer_that_does_not_host_comes_after_its_buffer() {
    let found = loss_of(&example(), NodeKind::Supplier, "us_lab").unwrap();
    assert!(close(found.loss.total_usd(), 10.0 * 100.0), "{:?}", found.loss);
    assert_eq!(found.timeline.time_to_survive_days(), Some(90.0));
    let [at_0, .., at_90] = found.service().map(Option::unwrap);
    assert!(close(at_0, 1.0) && close(at_90, 0.9));
}

/// The French offer runs on for 50 days without chips. Its share of 0.4 and its standby are down for the other 50.
#[test]
fn the_loss_of_hardware_comes_after_its_buffer() {
    for (kind, id) in
        [(NodeKind::Hardware, "chip"), (NodeKind::Supplier, "chips"), (NodeKind::Jurisdiction, "CN")]
    {
        let found = loss_of(&example(), kind, id).unwrap();
        assert!(close(found.loss.total_usd(), 50.0 * 400.0), "{kind:?} {id}: {:?}", found.loss);
        assert_eq!(found.timeline.time_to_survive_days(), Some(50.0));
    }
}

/// The bloc stops both hosts: all service is lost for 100 days.
#[test]
fn the_loss_of_a_bloc_takes_all_its_members() {
    let found = loss_of(&example(), NodeKind::Jurisdiction, "EU").unwrap();
    assert!(close(found.loss.total_usd(), 100_000.0), "{:?}", found.loss);
    assert!(close(found.timeline.worst_service_from(7.0), 0.0));
}

#[test]
fn a_node_that_nothing_depends_on_is_skipped() {
    assert_eq!(loss_of(&example(), NodeKind::Supplier, "idle"), None);
    assert_eq!(loss_of(&example(), NodeKind::Territory, "CN"), None);
    // Losing a parent does not stop its subsidiary. An open model survives its developer, but here that is also the
    // host.
    assert_eq!(loss_of(&example(), NodeKind::Supplier, "us_group"), None);
    assert!(loss_of(&example(), NodeKind::Supplier, "fr_lab").is_some());
}

/// Beyond the horizon there is no service to report.
#[test]
fn service_after_the_horizon_is_unknown() {
    let mut example = example();
    example.portfolio.horizon_days = 20.0;
    let found = loss_of(&example, NodeKind::Host, "de_cloud").unwrap();
    assert_eq!(found.service().map(|s| s.is_some()), [true, true, false, false]);
}

/// Without updates, the rising quality floor reaches 1400 points after (1400 − 1390)/100 of a year = 36.5 days.
#[test]
fn a_developer_that_does_not_host_is_missed_when_quality_falls_behind() {
    let mut example = example();
    example.portfolio.quality_drift_per_year = 100.0;
    example.portfolio.workloads[0].min_quality = Some(1390.0);
    example.catalog.models[1].developer = "idle".to_owned();
    let found = loss_of(&example, NodeKind::Supplier, "idle").unwrap();
    assert_eq!(found.timeline.time_to_survive_days(), Some(36.5));
    assert!(close(found.loss.total_usd(), 63.5 * 400.0), "{:?}", found.loss);
}

#[test]
fn all_nodes_are_listed_by_kind_and_id() {
    let instance = example().instance();
    let setting = Setting::new(&instance);
    let analysis = NodeFailureAnalysis::new(&setting, &Plan::current(&instance));
    let kinds = [NodeKind::Supplier, NodeKind::HostSite];
    let listed: Vec<(NodeKind, String)> =
        analysis.every_loss(&kinds).iter().map(|l| (l.node.kind(), l.node.id(&instance))).collect();
    let expected = [
        (NodeKind::Supplier, "chips"),
        (NodeKind::Supplier, "de_cloud"),
        (NodeKind::Supplier, "fr_lab"),
        (NodeKind::Supplier, "us_lab"),
        (NodeKind::HostSite, "de_cloud:DE"),
        (NodeKind::HostSite, "fr_lab:FR"),
    ];
    assert_eq!(listed, expected.map(|(kind, id)| (kind, id.to_owned())));
}

#[test]
fn every_node_is_found_by_its_id() {
    let instance = example().instance();
    for kind in [
        NodeKind::Jurisdiction,
        NodeKind::Territory,
        NodeKind::Supplier,
        NodeKind::Host,
        NodeKind::HostSite,
        NodeKind::Hardware,
    ] {
        for node in NodeFailure::every(&instance, kind) {
            assert_eq!(NodeFailure::find(&instance, kind, &node.id(&instance)), Some(node));
        }
        assert_eq!(NodeFailure::find(&instance, kind, "nobody:XX"), None);
    }
}
