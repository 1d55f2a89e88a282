//! Differences between two plans: moved demand, changed standbys, and their cost.

use std::collections::{BTreeMap, BTreeSet};

use crate::costs::planned::PlannedCost;
use crate::model::instance::{
    Cell, CellIdx, Instance, JurisdictionIdx, OfferIdx, Standby, SupplierIdx, WorkloadIdx,
};
use crate::model::plan::Plan;
use crate::service::setting::Setting;

/// Shares below this are rounding, not a move.
pub const SHARE_TOLERANCE: f64 = 1e-6;

/// A part of a cell's demand that moves from one offer to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    pub cell: CellIdx,
    pub from: OfferIdx,
    pub to: OfferIdx,
    /// Share of the cell's demand.
    pub share: f64,
}

/// The moves of a workload between the same two offers.
#[derive(Debug, Clone, PartialEq)]
pub struct Shift {
    pub from: OfferIdx,
    pub to: OfferIdx,
    /// Share of the workload's demand.
    pub share: f64,
    /// Jurisdictions of the users that are moved.
    pub users: BTreeSet<JurisdictionIdx>,
}

/// Change of one standby.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StandbyChange {
    New(Standby),
    Dropped(Standby),
    Changed { before: Standby, after: Standby },
}

impl StandbyChange {
    /// The standby after the change; a dropped one as it was.
    #[must_use]
    pub fn standby(&self) -> Standby {
        match self {
            Self::New(standby) | Self::Dropped(standby) | Self::Changed { after: standby, .. } => *standby,
        }
    }
}

/// Changes of one workload.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkloadChange {
    pub workload: WorkloadIdx,
    /// The largest first.
    pub shifts: Vec<Shift>,
    pub standby: Vec<StandbyChange>,
    /// Primaries afterwards; a standby on one of them is spare capacity.
    pub primaries: BTreeSet<OfferIdx>,
    /// Change of its tokens and of the fees of its standbys, USD a month.
    pub monthly_cost_usd: f64,
}

/// A cost that workloads share, and that changes. Together with those of the workloads these changes add up.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedChange {
    pub what: SharedItem,
    pub monthly_cost_usd: f64,
}

/// What workloads share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedItem {
    /// Whole replicas of a self-hosted offer.
    Replicas { offer: OfferIdx, before: u64, after: u64 },
    /// Fixed fee and monthly minimum of a host.
    Host(SupplierIdx),
}

/// The moves that turn one plan into another, by cell: from offers that shrink to offers that grow, the largest first.
#[must_use]
pub fn moves(before: &Plan, after: &Plan) -> Vec<Move> {
    (0..before.allocation.len()).flat_map(|cell| cell_moves(cell, before, after)).collect()
}

/// Workloads in which a share differs from today's, or a standby by offer, readiness, cover or lead.
#[must_use]
pub fn touched(instance: &Instance, before: &Plan, after: &Plan) -> Vec<WorkloadIdx> {
    let shifts: BTreeSet<WorkloadIdx> =
        moves(before, after).iter().map(|m| instance.cells[m.cell].workload).collect();
    let differs = |&w: &WorkloadIdx| {
        shifts.contains(&w) || !standby_changes(&before.standby[w], &after.standby[w]).is_empty()
    };
    (0..instance.workloads.len()).filter(differs).collect()
}

/// Turnover ½ Σ (share of demand) · |a − a₀|: the share of all demand that moves; 0 without demand.
#[must_use]
pub fn turnover(instance: &Instance, before: &Plan, after: &Plan) -> f64 {
    let demand: f64 = instance.cells.iter().map(Cell::mtok_per_month).sum();
    let moved: f64 =
        moves(before, after).iter().map(|m| m.share * instance.cells[m.cell].mtok_per_month()).sum();
    if demand > 0.0 { moved / demand } else { 0.0 }
}

fn cell_moves(cell: CellIdx, before: &Plan, after: &Plan) -> Vec<Move> {
    let offers: BTreeSet<OfferIdx> =
        before.allocation[cell].iter().chain(&after.allocation[cell]).map(|s| s.0).collect();
    let change = |offer: OfferIdx| after.share(cell, offer) - before.share(cell, offer);
    let largest_first = |sign: f64| -> Vec<(OfferIdx, f64)> {
        let mut list: Vec<(OfferIdx, f64)> =
            offers.iter().map(|&o| (o, sign * change(o))).filter(|c| c.1 > SHARE_TOLERANCE).collect();
        list.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        list
    };
    let (mut givers, mut takers) = (largest_first(-1.0), largest_first(1.0));
    let mut moves = Vec::new();
    let (mut giver, mut taker) = (0, 0);
    while giver < givers.len() && taker < takers.len() {
        let share = givers[giver].1.min(takers[taker].1);
        moves.push(Move { cell, from: givers[giver].0, to: takers[taker].0, share });
        givers[giver].1 -= share;
        takers[taker].1 -= share;
        giver += usize::from(givers[giver].1 <= SHARE_TOLERANCE);
        taker += usize::from(takers[taker].1 <= SHARE_TOLERANCE);
    }
    moves
}

/// Changes of each workload that changes, the largest value moved first.
#[must_use]
pub fn workload_changes(setting: &Setting<'_>, before: &Plan, after: &Plan) -> Vec<WorkloadChange> {
    let instance = setting.instance;
    let moves = moves(before, after);
    let mut changes: Vec<WorkloadChange> = (0..instance.workloads.len())
        .map(|workload| WorkloadChange {
            workload,
            shifts: shifts(instance, workload, &moves),
            primaries: instance.workloads[workload]
                .cells
                .clone()
                .flat_map(|cell| after.allocation[cell].iter().map(|share| share.0))
                .collect(),
            standby: standby_changes(&before.standby[workload], &after.standby[workload]),
            monthly_cost_usd: own_cost(setting, workload, after) - own_cost(setting, workload, before),
        })
        .filter(|change| !change.shifts.is_empty() || !change.standby.is_empty())
        .collect();
    let value_moved = |change: &WorkloadChange| {
        let share: f64 = change.shifts.iter().map(|s| s.share).sum();
        share * instance.workloads[change.workload].workload.outage_cost_usd_per_day
    };
    changes.sort_by(|a, b| value_moved(b).total_cmp(&value_moved(a)).then(a.workload.cmp(&b.workload)));
    changes
}

fn shifts(instance: &Instance, workload: WorkloadIdx, moves: &[Move]) -> Vec<Shift> {
    let mut by_pair: BTreeMap<(OfferIdx, OfferIdx), Shift> = BTreeMap::new();
    for m in moves.iter().filter(|m| instance.cells[m.cell].workload == workload) {
        let cell = &instance.cells[m.cell];
        let shift = by_pair.entry((m.from, m.to)).or_insert_with(|| Shift {
            from: m.from,
            to: m.to,
            share: 0.0,
            users: BTreeSet::new(),
        });
        shift.share += m.share * cell.users_share;
        shift.users.insert(cell.users);
    }
    let mut shifts: Vec<Shift> = by_pair.into_values().collect();
    shifts.sort_by(|a, b| b.share.total_cmp(&a.share).then((a.from, a.to).cmp(&(b.from, b.to))));
    shifts
}

pub(super) fn standby_changes(before: &[Standby], after: &[Standby]) -> Vec<StandbyChange> {
    let same_offer =
        |list: &[Standby], standby: &Standby| list.iter().find(|s| s.offer == standby.offer).copied();
    let is_same = |a: &Standby, b: &Standby| {
        a.readiness == b.readiness
            && (a.cover - b.cover).abs() < SHARE_TOLERANCE
            && a.lead_days == b.lead_days
    };
    let dropped =
        before.iter().filter(|s| same_offer(after, s).is_none()).map(|s| StandbyChange::Dropped(*s));
    let kept = after.iter().filter_map(|s| match same_offer(before, s) {
        None => Some(StandbyChange::New(*s)),
        Some(old) if is_same(&old, s) => None,
        Some(old) => Some(StandbyChange::Changed { before: old, after: *s }),
    });
    kept.chain(dropped).collect()
}

/// Tokens of a workload and fees of its standbys, USD a month.
fn own_cost(setting: &Setting<'_>, workload: WorkloadIdx, plan: &Plan) -> f64 {
    let mut own = Plan {
        allocation: vec![Vec::new(); plan.allocation.len()],
        standby: vec![Vec::new(); plan.standby.len()],
    };
    for cell in setting.instance.workloads[workload].cells.clone() {
        own.allocation[cell].clone_from(&plan.allocation[cell]);
    }
    own.standby[workload].clone_from(&plan.standby[workload]);
    let cost = setting.monthly_cost(&own);
    cost.tokens_usd + cost.readiness_usd
}

/// Machines and contracts whose cost changes: machines first, then hosts, each by index.
#[must_use]
pub fn shared_changes(setting: &Setting<'_>, before: &Plan, after: &Plan) -> Vec<SharedChange> {
    let instance = setting.instance;
    let (old, new) = (setting.planned_cost(before), setting.planned_cost(after));
    let n_replicas = |cost: &PlannedCost, offer: OfferIdx| {
        cost.monthly.replicas.get(&instance.offers[offer].id).copied().unwrap_or(0)
    };
    let machines = (0..instance.offers.len()).filter_map(|offer| {
        let (rent_usd, _) = setting.prices.replica(instance, offer)?;
        let (n_before, n_after) = (n_replicas(&old, offer), n_replicas(&new, offer));
        let what = SharedItem::Replicas { offer, before: n_before, after: n_after };
        let monthly_cost_usd = (n_after as f64 - n_before as f64) * rent_usd;
        (n_before != n_after).then_some(SharedChange { what, monthly_cost_usd })
    });
    let mut fees: BTreeMap<SupplierIdx, f64> = BTreeMap::new();
    for (sign, cost) in [(-1.0, &old), (1.0, &new)] {
        for host in &cost.hosts {
            let usd = host.fixed_usd_per_month + host.minimum_usd_per_month;
            *fees.entry(host.host).or_default() += sign * usd;
        }
    }
    let hosts = fees.into_iter().filter(|(_, usd)| *usd != 0.0);
    let hosts = hosts.map(|(host, usd)| SharedChange { what: SharedItem::Host(host), monthly_cost_usd: usd });
    machines.chain(hosts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::portfolio::Readiness;

    fn plan(shares: &[(OfferIdx, f64)]) -> Plan {
        Plan { allocation: vec![shares.to_vec()], standby: vec![Vec::new()] }
    }

    /// 0.8 + 0.2 becomes 0.3 + 0.2 + 0.5: half of the demand moves from offer 0 to offer 2.
    #[test]
    fn demand_moves_from_offers_that_shrink_to_offers_that_grow() {
        let found = moves(&plan(&[(0, 0.8), (1, 0.2)]), &plan(&[(0, 0.3), (1, 0.2), (2, 0.5)]));
        assert_eq!(found, [Move { cell: 0, from: 0, to: 2, share: 0.5 }]);
        let found = moves(&plan(&[(0, 0.7), (1, 0.3)]), &plan(&[(2, 0.6), (3, 0.4)]));
        let pairs: Vec<_> = found.iter().map(|m| (m.from, m.to)).collect();
        assert_eq!(pairs, [(0, 2), (0, 3), (1, 3)]);
        assert!((found.iter().map(|m| m.share).sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn equal_plans_have_no_moves() {
        let same = plan(&[(0, 0.5), (1, 0.5)]);
        assert!(moves(&same, &same).is_empty());
    }

    #[test]
    fn a_standby_is_new_dropped_or_changed() {
        let warm = |offer, cover| Standby { offer, readiness: Readiness::Warm, cover, lead_days: 7.0 };
        let changes = standby_changes(
            &[warm(1, 0.5), warm(2, 0.5), warm(3, 1.0)],
            &[warm(0, 1.0), warm(2, 0.7), warm(3, 1.0)],
        );
        assert_eq!(
            changes,
            [
                StandbyChange::New(warm(0, 1.0)),
                StandbyChange::Changed { before: warm(2, 0.5), after: warm(2, 0.7) },
                StandbyChange::Dropped(warm(1, 0.5)),
            ]
        );
    }
}
