//! Groups of cells of a workload that differ only in their number of users, so that their losses are proportional.

use std::collections::HashMap;
use std::ops::Range;

use rayon::prelude::*;

use super::cell_model::{CellModel, Roles};
use super::cell_plan::CellPlan;
use super::setting::Setting;
use crate::model::instance::{CellIdx, OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::shocks::resolve::ResolvedShock;

/// Cells with the same workload, eligible offers, prices and primaries, on which every shock has the same effects.
#[derive(Debug, Clone)]
pub struct CellGroup {
    pub workload: WorkloadIdx,
    /// Model of the first cell.
    pub cell_model: CellModel,
    /// The plan as the first cell sees it.
    pub plan: CellPlan,
    /// Users of all cells divided by users of the first cell; multiplies the loss of the first cell, USD.
    pub scale: f64,
    /// Sum over all cells.
    pub value_usd_per_day: f64,
}

/// The key by which cells are grouped: workload, eligible offers with the bits of their price factors, primaries with the
/// bits of their shares. A cell without users forms a group of its own.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Likeness {
    workload: WorkloadIdx,
    offers: Vec<(OfferIdx, u64)>,
    primaries: Vec<(OfferIdx, u64, u64)>,
    /// Effects of the shocks on these offers in the cell, as bits: the words that are not 0, with their places. All
    /// words would be most of the memory of a large study, and almost all of them are 0.
    strikes: Vec<(u32, u64)>,
    without_users: Option<CellIdx>,
}

impl CellGroup {
    /// Groups of all cells under a plan, ordered by their first cell. Without shocks, any node of the supply graph may stop.
    #[must_use]
    pub fn all(setting: &Setting<'_>, plan: &Plan, shocks: &[ResolvedShock]) -> Vec<Self> {
        Self::of_workloads(setting, plan, shocks, 0..setting.instance.workloads.len())
    }

    /// Groups of the cells of some workloads; otherwise like [`Self::all`].
    #[must_use]
    pub fn of_workloads(
        setting: &Setting<'_>,
        plan: &Plan,
        shocks: &[ResolvedShock],
        workloads: Range<WorkloadIdx>,
    ) -> Vec<Self> {
        let mut group_by_likeness: HashMap<Likeness, usize> = HashMap::new();
        let mut cells: Vec<Vec<CellIdx>> = Vec::new();
        // Cells of other workloads are never alike, and those of one stand together.
        for workload in &setting.instance.workloads[workloads] {
            group_by_likeness.clear();
            let own: Vec<CellIdx> = workload.cells.clone().collect();
            let alike: Vec<Likeness> =
                own.par_iter().map(|&cell| likeness(setting, plan, shocks, cell)).collect();
            for (cell, likeness) in own.into_iter().zip(alike) {
                let next = cells.len();
                let group = *group_by_likeness.entry(likeness).or_insert(next);
                if group == next {
                    cells.push(Vec::new());
                }
                cells[group].push(cell);
            }
        }
        let first: Vec<CellIdx> = cells.iter().map(|group| group[0]).collect();
        let cell_models = CellModel::some(setting, &Roles::of_plan(plan), shocks, &first);
        cell_models
            .into_iter()
            .zip(&cells)
            .map(|(cell_model, cells)| Self::new(setting, plan, cell_model, cells))
            .collect()
    }

    /// Twins: sets of groups, as indices into `groups`, that would be one group if there were no shocks.
    #[must_use]
    pub fn twins(setting: &Setting<'_>, plan: &Plan, groups: &[Self]) -> Vec<Vec<usize>> {
        let mut place_by_likeness: HashMap<Likeness, usize> = HashMap::new();
        let mut twins: Vec<Vec<usize>> = Vec::new();
        for (group, own) in groups.iter().enumerate() {
            if group > 0 && groups[group - 1].workload != own.workload {
                place_by_likeness.clear();
            }
            let next = twins.len();
            let at =
                *place_by_likeness.entry(likeness(setting, plan, &[], own.cell_model.cell)).or_insert(next);
            if at == next {
                twins.push(Vec::new());
            }
            twins[at].push(group);
        }
        twins
    }

    /// The group with another cell model of its first cell.
    #[must_use]
    pub fn through(&self, cell_model: CellModel, plan: &Plan) -> Self {
        Self { plan: CellPlan::new(&cell_model, self.workload, plan), cell_model, ..*self }
    }

    /// Users of all cells, as a share of the workload's users.
    #[must_use]
    pub fn users_share(&self) -> f64 {
        self.cell_model.users_share * self.scale
    }

    fn new(setting: &Setting<'_>, plan: &Plan, cell_model: CellModel, cells: &[CellIdx]) -> Self {
        let of = |cell: &CellIdx| &setting.instance.cells[*cell];
        let users: f64 = cells.iter().map(|cell| of(cell).users_share).sum();
        let workload = of(&cell_model.cell).workload;
        let first = of(&cell_model.cell).users_share;
        Self {
            workload,
            plan: CellPlan::new(&cell_model, workload, plan),
            scale: if first > 0.0 { users / first } else { 1.0 },
            value_usd_per_day: cells.iter().map(|cell| of(cell).value_usd_per_day).sum(),
            cell_model,
        }
    }
}

fn likeness(setting: &Setting<'_>, plan: &Plan, shocks: &[ResolvedShock], cell: CellIdx) -> Likeness {
    let c = &setting.instance.cells[cell];
    let factor = |offer: OfferIdx| setting.law.price_factor(cell, offer).to_bits();
    let primaries = plan.allocation[cell].iter().map(|s| s.0);
    let offers: Vec<OfferIdx> = setting.law.eligible.offers(cell).chain(primaries).collect();
    let strikes = shocks.iter().flat_map(|shock| offers.iter().flat_map(|&o| shock.strikes(cell, o)));
    Likeness {
        workload: c.workload,
        offers: setting.law.eligible.offers(cell).map(|offer| (offer, factor(offer))).collect(),
        primaries: plan.allocation[cell].iter().map(|&(o, share)| (o, share.to_bits(), factor(o))).collect(),
        strikes: (0..).zip(strikes).filter(|(_, word)| *word != 0).collect(),
        without_users: (c.users_share <= 0.0).then_some(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::example::Example;
    use crate::model::portfolio::AllocationEntry;
    use crate::model::words::Openness;
    use std::collections::BTreeMap;

    /// DE and FR use the same offers and have 0.3 and 0.6 of the users; US uses another offer.
    #[test]
    fn cells_with_the_same_offers_are_one_group() {
        let mut example = Example::new();
        example.supplier("lab", "FR", &[]).model("open", "lab", Openness::OpenWeights, None);
        example.offer("open", "lab", "FR", &[]);
        example.offer("open", "lab", "DE", &[]);
        let workload = example.workload("w", &[("DE", 0.3), ("FR", 0.6), ("US", 0.1)], &[]);
        let shares = |id: &str| BTreeMap::from([(id.to_owned(), 1.0)]);
        workload.allocation = AllocationEntry::ByCountry {
            by_country: BTreeMap::from([("US".to_owned(), shares("open@lab:DE"))]),
            default: Some(shares("open@lab:FR")),
        };
        let instance = example.instance();
        let setting = Setting::new(&instance);
        let groups = CellGroup::all(&setting, &Plan::current(&instance), &[]);
        assert_eq!(groups.len(), 2);
        assert!((groups[0].scale - 3.0).abs() < 1e-12 && (groups[1].scale - 1.0).abs() < 1e-12);
        assert!((groups[0].value_usd_per_day - 900.0).abs() < 1e-9);
    }
}
