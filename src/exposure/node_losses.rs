//! Loss of a plan when one supply node stops on day 0, without notice and for good (methodology/exposure.md).

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::graph::outage::Outage;
use crate::graph::supply::Node;
use crate::model::instance::{HardwareIdx, Instance, JurisdictionIdx, OfferIdx, SupplierIdx};
use crate::model::limit::NodeKind;
use crate::model::plan::Plan;
use crate::service::cell_groups::CellGroup;
use crate::service::cell_model::CellModel;
use crate::service::disruption::Disruption;
use crate::service::loss::{CellOutcome, Loss, cell_outcome};
use crate::service::setting::Setting;
use crate::service::timeline::Timeline;
use crate::service::trajectory::simulate_cell;

/// Days after which service is reported, in addition to the horizon (methodology/exposure.md).
pub const SERVICE_DAYS: [f64; 4] = [0.0, 7.0, 30.0, 90.0];

/// Failure scenario of one node or group of nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeFailure {
    /// All suppliers and hardware under a jurisdiction, and all host sites in it.
    Jurisdiction(JurisdictionIdx),
    /// All host sites in a jurisdiction.
    Territory(JurisdictionIdx),
    /// A supplier in all its roles, without its subsidiaries.
    Supplier(SupplierIdx),
    /// All sites of a host, but not its other roles.
    Host(SupplierIdx),
    HostSite(SupplierIdx, JurisdictionIdx),
    Hardware(HardwareIdx),
}

impl NodeFailure {
    /// The kind as used in files and reports.
    #[must_use]
    pub fn kind(self) -> NodeKind {
        match self {
            Self::Jurisdiction(_) => NodeKind::Jurisdiction,
            Self::Territory(_) => NodeKind::Territory,
            Self::Supplier(_) => NodeKind::Supplier,
            Self::Host(_) => NodeKind::Host,
            Self::HostSite(..) => NodeKind::HostSite,
            Self::Hardware(_) => NodeKind::Hardware,
        }
    }

    /// The id as used in files and reports; `host:REGION` for a host site.
    #[must_use]
    pub fn id(self, instance: &Instance) -> String {
        let supplier = |s: SupplierIdx| instance.suppliers[s].supplier.id.clone();
        match self {
            Self::Jurisdiction(j) | Self::Territory(j) => instance.jurisdictions[j].id.clone(),
            Self::Supplier(s) | Self::Host(s) => supplier(s),
            Self::HostSite(s, j) => format!("{}:{}", supplier(s), instance.jurisdictions[j].id),
            Self::Hardware(h) => instance.hardware[h].hardware.id.clone(),
        }
    }

    /// Every node of a kind, sorted by id.
    #[must_use]
    pub fn every(instance: &Instance, kind: NodeKind) -> Vec<Self> {
        match kind {
            NodeKind::Jurisdiction => (0..instance.jurisdictions.len()).map(Self::Jurisdiction).collect(),
            NodeKind::Territory => (0..instance.jurisdictions.len()).map(Self::Territory).collect(),
            NodeKind::Supplier => (0..instance.suppliers.len()).map(Self::Supplier).collect(),
            NodeKind::Host => {
                let mut hosts: Vec<SupplierIdx> =
                    instance.host_sites().into_iter().map(|site| site.0).collect();
                hosts.dedup();
                hosts.into_iter().map(Self::Host).collect()
            }
            NodeKind::HostSite => {
                instance.host_sites().into_iter().map(|(s, j)| Self::HostSite(s, j)).collect()
            }
            NodeKind::Hardware => (0..instance.hardware.len()).map(Self::Hardware).collect(),
        }
    }

    /// The node of a kind with this id; `None` when there is none.
    #[must_use]
    pub fn find(instance: &Instance, kind: NodeKind, id: &str) -> Option<Self> {
        match kind {
            NodeKind::Jurisdiction => instance.jurisdiction_idx(id).map(Self::Jurisdiction),
            NodeKind::Territory => instance.jurisdiction_idx(id).map(Self::Territory),
            NodeKind::Supplier => instance.supplier_idx(id).map(Self::Supplier),
            NodeKind::Host => instance.supplier_idx(id).map(Self::Host),
            NodeKind::HostSite => {
                let (host, region) = id.rsplit_once(':')?;
                Some(Self::HostSite(instance.supplier_idx(host)?, instance.jurisdiction_idx(region)?))
            }
            NodeKind::Hardware => instance.hardware_idx(id).map(Self::Hardware),
        }
    }

    /// The nodes of the supply graph that stop.
    #[must_use]
    pub fn stopped(self, instance: &Instance) -> Vec<Node> {
        let sites = |is_hit: &dyn Fn(SupplierIdx, JurisdictionIdx) -> bool| -> Vec<Node> {
            let sites = instance.host_sites().into_iter().filter(|&(s, j)| is_hit(s, j));
            sites.map(|(s, j)| Node::HostSite(s, j)).collect()
        };
        match self {
            Self::Jurisdiction(j) => {
                let suppliers = (0..instance.suppliers.len()).filter(|&s| instance.suppliers[s].under[j]);
                let hardware = (0..instance.hardware.len()).filter(|&h| instance.hardware[h].under[j]);
                let mut nodes: Vec<Node> =
                    suppliers.map(Node::Supplier).chain(hardware.map(Node::Hardware)).collect();
                nodes.extend(sites(&|_, region| instance.is_within(region, j)));
                nodes
            }
            Self::Territory(j) => sites(&|_, region| instance.is_within(region, j)),
            Self::Supplier(s) => vec![Node::Supplier(s)],
            Self::Host(s) => sites(&|host, _| host == s),
            Self::HostSite(s, j) => vec![Node::HostSite(s, j)],
            Self::Hardware(h) => vec![Node::Hardware(h)],
        }
    }
}

/// Result of a node failure.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeLoss {
    pub node: NodeFailure,
    pub loss: Loss,
    /// Service of the portfolio.
    pub timeline: Timeline,
    /// Service of each workload, `[n_workloads]`.
    pub workloads: Vec<Timeline>,
}

impl NodeLoss {
    /// Served share just after each of [`SERVICE_DAYS`]; `None` beyond the horizon.
    #[must_use]
    pub fn service(&self) -> [Option<f64>; SERVICE_DAYS.len()] {
        SERVICE_DAYS.map(|day| self.timeline.service_after(day))
    }
}

/// N-1 analysis of a plan: stops nodes one at a time.
#[derive(Debug, Clone)]
pub struct NodeFailureAnalysis<'a> {
    setting: &'a Setting<'a>,
    /// Sorted by workload.
    groups: Vec<CellGroup>,
    /// `[n_workloads]`: value, USD per day.
    values: Vec<f64>,
    /// `[n_offers]`: days of use without updates, the shortest over the cells that use or may use the offer; `None`
    /// without such a cell.
    stale_buffer_days: Vec<Option<f64>>,
}

impl<'a> NodeFailureAnalysis<'a> {
    /// Prepares the analysis of a plan.
    #[must_use]
    pub fn new(setting: &'a Setting<'a>, plan: &Plan) -> Self {
        let groups = CellGroup::all(setting, plan, &[]);
        let mut stale_buffer_days: Vec<Option<f64>> = vec![None; setting.instance.offers.len()];
        let mut values = vec![0.0; setting.instance.workloads.len()];
        for group in &groups {
            values[group.workload] += group.value_usd_per_day;
            for member in group.cell_model.members.iter() {
                let buffer = group.cell_model.classes[member.class].stale_buffer_days;
                let shortest = &mut stale_buffer_days[member.offer];
                *shortest = Some(shortest.map_or(buffer, |days| days.min(buffer)));
            }
        }
        Self { setting, groups, values, stale_buffer_days }
    }

    /// Losses of every node on which a primary, standby or eligible offer depends, sorted by kind and id.
    #[must_use]
    pub fn every_loss(&self, kinds: &[NodeKind]) -> Vec<NodeLoss> {
        let instance = self.setting.instance;
        let nodes: Vec<NodeFailure> =
            kinds.iter().flat_map(|&kind| NodeFailure::every(instance, kind)).collect();
        nodes.par_iter().filter_map(|&node| self.loss(node)).collect()
    }

    /// The loss when a node fails; `None` when no offer that a cell uses or may use goes down within the horizon.
    #[must_use]
    pub fn loss(&self, node: NodeFailure) -> Option<NodeLoss> {
        let instance = self.setting.instance;
        let horizon_days = self.setting.horizon_days();
        let outage = self.outage(&node.stopped(instance).into_iter().collect());
        if !self.reaches_a_member(&outage, horizon_days) {
            return None;
        }
        let disruption = Disruption::of_outage(outage, horizon_days);
        let hit_groups =
            self.groups.iter().filter(|group| hits_a_primary(&group.cell_model, &disruption.outage));
        let outcomes: Vec<(&CellGroup, CellOutcome)> = hit_groups
            .map(|g| (g, cell_outcome(&g.cell_model, &g.plan, &simulate_cell(&g.cell_model, &disruption))))
            .collect();
        let mut loss = Loss::default();
        outcomes.iter().for_each(|(group, outcome)| loss.add(&outcome.loss.times(group.scale)));
        let portfolio_timeline = timeline(self.values.iter().sum(), &outcomes, horizon_days);
        let mut workloads = vec![timeline_of_full_service(horizon_days); self.values.len()];
        for own in outcomes.chunk_by(|a, b| a.0.workload == b.0.workload) {
            let workload = own[0].0.workload;
            workloads[workload] = timeline(self.values[workload], own, horizon_days);
        }
        Some(NodeLoss { node, loss, timeline: portfolio_timeline, workloads })
    }

    /// Outage of offers when the nodes stop.
    pub(crate) fn outage(&self, stopped: &BTreeSet<Node>) -> Outage {
        let nodes: Vec<Node> = stopped.iter().copied().collect();
        Disruption::of_nodes(&self.setting.graph, &nodes, self.setting.horizon_days()).outage
    }

    pub(crate) fn groups(&self) -> &[CellGroup] {
        &self.groups
    }

    pub(crate) fn setting(&self) -> &Setting<'a> {
        self.setting
    }

    /// Whether a cell uses or may use the offer.
    pub(crate) fn is_member(&self, offer: OfferIdx) -> bool {
        self.stale_buffer_days[offer].is_some()
    }

    pub(crate) fn member_offers(&self) -> impl Iterator<Item = OfferIdx> + '_ {
        (0..self.stale_buffer_days.len()).filter(|&offer| self.is_member(offer))
    }

    /// Whether an offer that a cell uses or may use goes down before the horizon.
    fn reaches_a_member(&self, outage: &Outage, horizon_days: f64) -> bool {
        let is_down = outage
            .down
            .iter()
            .any(|(&offer, down)| self.is_member(offer) && down.iter().any(|d| d.start < horizon_days));
        is_down
            || outage.stale.iter().any(|(&offer, stale)| {
                self.stale_buffer_days[offer]
                    .is_some_and(|buffer| stale.iter().any(|d| d.start + buffer < horizon_days))
            })
    }
}

fn timeline(value: f64, outcomes: &[(&CellGroup, CellOutcome)], horizon_days: f64) -> Timeline {
    let weighted = outcomes.iter().map(|(group, outcome)| (group.value_usd_per_day, outcome));
    Timeline::weighted(value, weighted, horizon_days)
}

fn timeline_of_full_service(horizon_days: f64) -> Timeline {
    Timeline::weighted(0.0, [], horizon_days)
}

/// Whether the outage takes down or makes stale a primary of the cell; otherwise nothing is displaced and nothing lost.
fn hits_a_primary(cell_model: &CellModel, outage: &Outage) -> bool {
    cell_model.members.iter().any(|member| {
        let class = &cell_model.classes[member.class];
        class.is_primary
            && (outage.down.contains_key(&member.offer)
                || (class.stale_buffer_days.is_finite() && outage.stale.contains_key(&member.offer)))
    })
}

#[cfg(test)]
mod tests;
