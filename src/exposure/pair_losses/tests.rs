//! Losses of pairs in tiny portfolios, derived by hand and compared with the loss of both nodes stopped together.

use super::*;
use crate::model::catalog::Price;
use crate::model::example::{Example, standby};
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;
use crate::model::words::Openness;
use crate::service::cell_model::{CellModel, Roles};
use crate::service::cell_plan::CellPlan;
use crate::service::loss::plan_loss;
use crate::service::setting::Setting;

/// All of 1000 USD a day over 100 days is on `north`, with `south` as hot standby. Chips can come from either of two
/// fabs, without delay.
fn example() -> Example {
    let mut example = Example::new();
    for supplier in ["lab", "north", "south", "fab_a", "fab_b", "maker"] {
        example.supplier(supplier, "US", &[]);
    }
    example.model("open", "lab", Openness::OpenWeights, None).hardware(
        "chip",
        "maker",
        &[(&["fab_a", "fab_b"], 0.0)],
    );
    example.offer("open", "north", "DE", &["chip"]).hardware_buffer_days = 60.0;
    example.offer("open", "south", "FR", &["chip"]).hardware_buffer_days = 60.0;
    example.workload("w", &[("DE", 1.0)], &[("open@north:DE", 1.0)]).standby =
        vec![standby("open@south:FR", Readiness::Hot, 1.0, 0.0)];
    example
}

fn worst(kinds: &[NodeKind], n_pairs: usize) -> Vec<(String, String, f64, f64)> {
    let instance = example().instance();
    let setting = Setting::new(&instance);
    let analysis = NodeFailureAnalysis::new(&setting, &Plan::current(&instance));
    let text = |p: &PairLoss| (p.nodes[0].id(&instance), p.nodes[1].id(&instance), p.loss_usd, p.excess_usd);
    analysis.worst_pairs(kinds, n_pairs).iter().map(text).collect()
}

/// Either host alone costs nothing; both cost 100 000. Either fab alone does nothing; both stop the chip and, after
/// 60 days, the hosts: 40 000. A fab and a host together cost no more than the host.
#[test]
fn a_pair_counts_by_what_it_adds_to_the_worse_of_its_nodes() {
    let found = worst(&[NodeKind::Supplier], 10);
    let expected = [("north", "south", 100_000.0), ("fab_a", "fab_b", 40_000.0)];
    assert_eq!(found.len(), 2, "{found:?}");
    for (found, (a, b, usd)) in found.iter().zip(expected) {
        assert_eq!((found.0.as_str(), found.1.as_str()), (a, b));
        assert!((found.2 - usd).abs() < 1e-6 && (found.3 - usd).abs() < 1e-6, "{found:?}");
    }
    assert_eq!(worst(&[NodeKind::Supplier], 1).len(), 1);
}

/// A host and its own site, a chip and its maker, or a supplier and its country are not pairs.
#[test]
fn no_node_is_paired_with_one_it_is_under() {
    let found =
        worst(&[NodeKind::Jurisdiction, NodeKind::Supplier, NodeKind::HostSite, NodeKind::Hardware], 100);
    assert!(found.iter().all(|p| p.0 != "US"), "{found:?}");
    assert!(!found.iter().any(|p| p.0 == "north" && p.1 == "north:DE"), "{found:?}");
    assert!(found.iter().any(|p| p.0 == "north" && p.1 == "south:FR"), "{found:?}");
}

/// Two workloads with closed and open models, cold offers with different onboarding times, standbys, buffers and
/// chips with two sources.
fn complex_example() -> Example {
    let mut example = Example::new();
    for (id, country) in [
        ("lab", "US"),
        ("rival", "FR"),
        ("north", "US"),
        ("south", "FR"),
        ("maker", "US"),
        ("other_maker", "CN"),
        ("fab", "CN"),
    ] {
        example.supplier(id, country, &[]);
    }
    example
        .model("closed", "lab", Openness::Closed, None)
        .model("open", "rival", Openness::OpenWeights, None)
        .model("tuned", "lab", Openness::OpenWeights, Some("open"))
        .hardware("chip", "maker", &[(&["fab"], 20.0)])
        .hardware("other_chip", "other_maker", &[(&["fab", "maker"], 10.0)]);
    for (model, host, region, hardware, onboarding, price) in [
        ("closed", "lab", "US", &["chip"][..], 40.0, 3.0),
        ("closed", "north", "DE", &["chip", "other_chip"], 15.0, 4.0),
        ("open", "south", "FR", &["other_chip"], 15.0, 1.0),
        ("open", "north", "DE", &["chip"], 30.0, 2.0),
        ("tuned", "south", "FR", &["chip", "other_chip"], 60.0, 5.0),
    ] {
        let offer = example.offer(model, host, region, hardware);
        offer.onboarding_days = onboarding;
        offer.hardware_buffer_days = 25.0;
        offer.developer_buffer_days = Some(12.0);
        offer.price = Price::Tokens { input_usd_per_mtok: price, output_usd_per_mtok: price };
    }
    example.portfolio.surge = 0.5;
    example.portfolio.quality_drift_per_year = 2000.0;
    let users = [("DE", 0.5), ("FR", 0.3), ("US", 0.2)];
    let first = example.workload("first", &users, &[("closed@lab:US", 0.7), ("open@south:FR", 0.3)]);
    first.min_quality = Some(1300.0);
    first.standby = vec![standby("closed@north:DE", Readiness::Warm, 0.5, 5.0)];
    let second = example.workload("second", &users[..2], &[("closed@north:DE", 1.0)]);
    second.users = [("DE".to_owned(), 0.6), ("FR".to_owned(), 0.4)].into();
    second.standby = vec![standby("open@north:DE", Readiness::Hot, 0.4, 0.0)];
    example
}

/// The shortcuts change nothing: every pair's loss equals the loss with both nodes stopped, evaluated in all cells.
#[test]
fn every_pair_loss_equals_the_loss_of_both_nodes_stopped_together() {
    let instance = complex_example().instance();
    let setting = Setting::new(&instance);
    let plan = Plan::current(&instance);
    let analysis = NodeFailureAnalysis::new(&setting, &plan);
    let cell_models = CellModel::all(&setting, &Roles::of_plan(&plan), &[]);
    let workload = |cell_model: &CellModel| instance.cells[cell_model.cell].workload;
    let plans: Vec<CellPlan> = cell_models.iter().map(|c| CellPlan::new(c, workload(c), &plan)).collect();
    let loss = |nodes: &[NodeFailure]| {
        let stopped: BTreeSet<Node> = nodes.iter().flat_map(|n| n.stopped(&instance)).collect();
        let stopped: Vec<Node> = stopped.into_iter().collect();
        let disruption = Disruption::of_nodes(&setting.graph, &stopped, setting.horizon_days());
        plan_loss(&cell_models, &plans, &disruption).total_usd()
    };
    let kinds =
        [NodeKind::Jurisdiction, NodeKind::Supplier, NodeKind::Host, NodeKind::HostSite, NodeKind::Hardware];
    let found = analysis.worst_pairs(&kinds, usize::MAX);
    let excess = |a: NodeFailure, b: NodeFailure| loss(&[a, b]) - loss(&[a]).max(loss(&[b]));
    assert!(found.len() > 40, "{}", found.len());
    for pair in &found {
        let [a, b] = pair.nodes;
        assert!((pair.loss_usd - loss(&[a, b])).abs() < 1e-6, "{a:?} {b:?}");
        assert!((pair.excess_usd - excess(a, b)).abs() < 1e-6, "{a:?} {b:?}");
    }
    let all: Vec<NodeFailure> = kinds.iter().flat_map(|&kind| NodeFailure::every(&instance, kind)).collect();
    let is_found = |a: NodeFailure, b: NodeFailure| {
        found.iter().any(|pair| pair.nodes == [a, b] || pair.nodes == [b, a])
    };
    let stopped = |node: NodeFailure| node.stopped(&instance).into_iter().collect::<BTreeSet<Node>>();
    for (at, &a) in all.iter().enumerate() {
        for &b in &all[at + 1..] {
            let is_nested = is_under(&instance, &stopped(a), &stopped(b))
                || is_under(&instance, &stopped(b), &stopped(a));
            assert_eq!(is_found(a, b), !is_nested && excess(a, b) > MIN_EXCESS_USD, "{a:?} {b:?}");
        }
    }
}
