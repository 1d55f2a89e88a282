//! The decision variables: shares, standbys and replicas, without those that are surely dominated.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::linear_program::{Constraint, LinearProgram, VariableIdx};
use super::uses::{UseVariables, add_uses};
use crate::costs::planned::HostTerms;
use crate::costs::{machines_held, readiness_fee};
use crate::graph::dimension::Dimensions;
use crate::limits::sizes::{LEAST_SHARE, smallest_share};
use crate::model::instance::{CellIdx, ModelIdx, OfferIdx, Standby, SupplierIdx, WorkloadIdx};
use crate::model::limit::{Dimension, Measure};
use crate::model::portfolio::Readiness;
use crate::planning::request::{Freedom, Request};
use crate::planning::sample::CompiledSample;
use crate::planning::{USD_PER_UNIT, horizon_months};
use crate::service::cell_model::{Class, Local};
use crate::service::setting::Setting;

/// Share of a cell's demand on a group of offers that differ only in price and quality; the plan uses the cheapest.
#[derive(Debug, Clone)]
pub struct ShareVariable {
    pub cell: CellIdx,
    pub class: Class,
    /// Offers of the group, the cheapest first.
    pub members: Vec<Local>,
    /// The cheapest.
    pub offer: OfferIdx,
    pub variable: VariableIdx,
}

impl ShareVariable {
    /// Smallest value among the members of the variable: a lower bound for each of them.
    ///
    /// `by_member`: `[n_members]` of the cell, USD per unit of share.
    #[must_use]
    pub fn least_usd(&self, by_member: &[f64]) -> f64 {
        self.members.iter().map(|&member| by_member[member]).fold(f64::INFINITY, f64::min)
    }
}

/// A possible standby of a workload.
#[derive(Debug, Clone)]
pub struct StandbyVariables {
    pub workload: WorkloadIdx,
    pub offer: OfferIdx,
    pub readiness: Readiness,
    /// 1 if the standby is kept ready, else 0.
    pub is_ready: VariableIdx,
    /// Share of the workload's demand that it can take, in [0, 1].
    pub cover: VariableIdx,
    /// Cells that it may serve, with its class in each.
    pub cells: Vec<(CellIdx, Class)>,
    /// Whether the company holds machines for it, if the offer is its own.
    pub holds_machines: bool,
}

/// An auxiliary variable that follows from the decisions in a cell: the smallest value that its rows allow. It has the
/// factor 1 in each of its rows.
#[derive(Debug, Clone)]
pub struct DependentVariable {
    pub cell: CellIdx,
    pub variable: VariableIdx,
    pub rows: Range<usize>,
}

impl DependentVariable {
    /// Its value, given the values of the decisions; `values` holds no dependent variables.
    #[must_use]
    pub fn value(&self, lp: &LinearProgram, values: &BTreeMap<VariableIdx, f64>) -> f64 {
        let least = |row: &Constraint| {
            let of = |&(variable, factor): &(VariableIdx, f64)| {
                factor * values.get(&variable).copied().unwrap_or(0.0)
            };
            row.low - row.terms.iter().filter(|t| t.0 != self.variable).map(of).sum::<f64>()
        };
        let rows = lp.constraints[self.rows.clone()].iter().map(least);
        rows.fold(lp.variables[self.variable].low, f64::max)
    }
}

/// All decision variables, with the dependent ones.
#[derive(Debug, Clone)]
pub struct Variables {
    /// Ascending by cell.
    pub primaries: Vec<ShareVariable>,
    /// Ascending by workload.
    pub standbys: Vec<StandbyVariables>,
    /// Number of replicas, by self-hosted offer.
    pub replicas: BTreeMap<OfferIdx, VariableIdx>,
    /// 1 if the workload uses replicas of the offer (by a share or a hot standby), else 0; by workload and self-hosted
    /// offer.
    pub uses: BTreeMap<(WorkloadIdx, OfferIdx), VariableIdx>,
    pub dependents: Vec<DependentVariable>,
    /// What a plan uses, and what that costs.
    pub used: UseVariables,
    /// Whether self-hosted standbys were left out; then only the relaxation gives a valid bound on all plans.
    pub is_pruned: bool,
}

/// Number of self-hosted hot standbys kept in a group that every shock affects equally.
const SELF_HOSTED_KEPT: usize = 40;

impl Variables {
    /// Adds every decision to the program, with its planned cost.
    #[must_use]
    pub fn add(
        setting: &Setting<'_>,
        dimensions: &Dimensions<'_>,
        sample: &CompiledSample,
        request: &Request,
        lp: &mut LinearProgram,
    ) -> Self {
        let primaries = primaries(setting, dimensions, sample, request, lp);
        let mut variables = Self {
            primaries,
            standbys: Vec::new(),
            replicas: BTreeMap::new(),
            uses: BTreeMap::new(),
            dependents: Vec::new(),
            used: UseVariables::default(),
            is_pruned: false,
        };
        for workload in 0..setting.instance.workloads.len() {
            variables.add_standbys(setting, sample, lp, workload);
        }
        let carried = variables.primaries.iter().map(|c| c.offer);
        let stood_by = variables.standbys.iter().filter(|s| s.holds_machines).map(|s| s.offer);
        for offer in carried.chain(stood_by) {
            if let Some((usd, _)) = setting.prices.replica(setting.instance, offer) {
                let cost = usd * horizon_months(setting) / USD_PER_UNIT;
                let most = most_replicas(setting, offer);
                variables.replicas.entry(offer).or_insert_with(|| lp.add_integer(cost, 0.0, most));
            }
        }
        variables.add_replica_uses(setting, lp);
        add_uses(setting, &mut variables, lp);
        variables.restrict(setting, &request.freedom, lp);
        variables
    }

    /// Narrows bounds to what a request leaves free: shares and standbys as today, hosts in use. An offer that the law, a
    /// rule or a requirement keeps a workload from may stay where nothing is touched, and is left everywhere else.
    fn restrict(&self, setting: &Setting<'_>, freedom: &Freedom, lp: &mut LinearProgram) {
        let instance = setting.instance;
        let is_open =
            |offer: OfferIdx| !freedom.keeps_hosts || setting.known.is_in_use(instance.offers[offer].host);
        for primary in &self.primaries {
            let workload = instance.cells[primary.cell].workload;
            let today = instance.cells[primary.cell].allocation.iter().find(|s| s.0 == primary.offer);
            let today = today.map_or(0.0, |share| share.1);
            let variable = &mut lp.variables[primary.variable];
            if freedom.keeps_shares || !freedom.may_touch(workload) {
                (variable.low, variable.high) = (today, today);
            } else if !is_open(primary.offer) || !setting.law.eligible.contains(primary.cell, primary.offer) {
                variable.high = 0.0;
            }
        }
        for standby in &self.standbys {
            let is_same = |s: &&Standby| s.offer == standby.offer && s.readiness == standby.readiness;
            let today = instance.workloads[standby.workload].standby.iter().find(is_same);
            let (ready, cover) = today.map_or((0.0, 0.0), |today| (1.0, today.cover));
            if !freedom.may_touch(standby.workload) {
                (lp.variables[standby.is_ready].low, lp.variables[standby.is_ready].high) = (ready, ready);
                (lp.variables[standby.cover].low, lp.variables[standby.cover].high) = (cover, cover);
            } else if !is_open(standby.offer) {
                (lp.variables[standby.is_ready].high, lp.variables[standby.cover].high) = (0.0, 0.0);
            }
        }
    }

    /// Adds the rows "a workload that uses an offer's replicas needs at least one". They are implied when replicas are
    /// integral, and tighten the relaxation.
    fn add_replica_uses(&mut self, setting: &Setting<'_>, lp: &mut LinearProgram) {
        let workload = |cell: CellIdx| setting.instance.cells[cell].workload;
        let carried = self.primaries.iter();
        let carried = carried.map(|c| (workload(c.cell), c.offer, c.variable));
        let ready = self.standbys.iter().filter(|s| s.holds_machines);
        let users: Vec<(WorkloadIdx, OfferIdx, VariableIdx)> =
            carried.chain(ready.map(|s| (s.workload, s.offer, s.cover))).collect();
        for (workload, offer, variable) in users {
            let Some(&replicas) = self.replicas.get(&offer) else { continue };
            let uses = *self.uses.entry((workload, offer)).or_insert_with(|| {
                let uses = lp.add_integer(0.0, 0.0, 1.0);
                lp.add_at_most("replica_in_use", vec![(uses, 1.0), (replicas, -1.0)], 0.0);
                uses
            });
            lp.add_at_most("use", vec![(variable, 1.0), (uses, -1.0)], 0.0);
        }
    }

    /// The share variables of a cell.
    #[must_use]
    pub fn primaries_of(&self, cell: CellIdx) -> &[ShareVariable] {
        let start = self.primaries.partition_point(|c| c.cell < cell);
        &self.primaries[start..self.primaries.partition_point(|c| c.cell <= cell)]
    }

    /// The standby variables of a workload.
    #[must_use]
    pub fn standbys_of(&self, workload: WorkloadIdx) -> &[StandbyVariables] {
        let start = self.standbys.partition_point(|s| s.workload < workload);
        &self.standbys[start..self.standbys.partition_point(|s| s.workload <= workload)]
    }

    /// The standby variables of a workload, offer and readiness.
    #[must_use]
    pub fn standby_of(
        &self,
        workload: WorkloadIdx,
        offer: OfferIdx,
        readiness: Readiness,
    ) -> Option<&StandbyVariables> {
        self.standbys_of(workload).iter().find(|s| (s.offer, s.readiness) == (offer, readiness))
    }

    /// Integer decisions: readiness, replicas, and what is used.
    #[must_use]
    pub fn integers(&self) -> Vec<VariableIdx> {
        let ready = self.standbys.iter().map(|s| s.is_ready);
        ready.chain(self.replicas.values().copied()).chain(self.used.integers()).collect()
    }

    fn add_standbys(
        &mut self,
        setting: &Setting<'_>,
        sample: &CompiledSample,
        lp: &mut LinearProgram,
        w: WorkloadIdx,
    ) {
        for group in undominated(sample, standby_groups(setting, sample, w)) {
            let hot: Vec<OfferIdx> = if group.is_self_hosted {
                self.is_pruned |= group.offers.len() > SELF_HOSTED_KEPT;
                group.offers.iter().copied().take(SELF_HOSTED_KEPT).collect()
            } else {
                vec![group.offers[0]]
            };
            let warm = if group.is_self_hosted && machines_held(setting.instance, Readiness::Warm) > 0.0 {
                // Each needs replicas of its own, of another price and size.
                hot.clone()
            } else {
                // A second offer of the group, if there is one, allows a hot and a warm standby together.
                vec![*group.offers.get(hot.len()).or(group.offers.last()).expect("no group is empty")]
            };
            let choices = hot.into_iter().map(|o| (o, Readiness::Hot));
            let mut ready: Vec<(OfferIdx, VariableIdx)> = Vec::new();
            for (offer, readiness) in choices.chain(warm.into_iter().map(|o| (o, Readiness::Warm))) {
                let cost = readiness_cost(setting, w, offer, readiness);
                let is_ready = lp.add_integer(cost, 0.0, 1.0);
                let cover = lp.add_continuous(0.0, 0.0, 1.0);
                lp.add_at_most("cover", vec![(cover, 1.0), (is_ready, -1.0)], 0.0);
                if let Some((_, other)) = ready.iter().find(|(known, _)| *known == offer) {
                    lp.add_at_most("one_readiness", vec![(*other, 1.0), (is_ready, 1.0)], 1.0);
                }
                ready.push((offer, is_ready));
                self.standbys.push(StandbyVariables {
                    workload: w,
                    offer,
                    readiness,
                    is_ready,
                    cover,
                    cells: group.cells.clone(),
                    holds_machines: machines_held(setting.instance, readiness) > 0.0,
                });
            }
        }
    }
}

/// Cost of keeping an offer ready over the horizon, in units of money.
pub(in crate::planning) fn readiness_cost(
    setting: &Setting<'_>,
    workload: WorkloadIdx,
    offer: OfferIdx,
    readiness: Readiness,
) -> f64 {
    readiness_fee(setting.instance, workload, offer, readiness) * horizon_months(setting) / USD_PER_UNIT
}

/// Upper bound on an offer's replicas: enough for all demand as primary and again as standby.
fn most_replicas(setting: &Setting<'_>, offer: OfferIdx) -> f64 {
    let instance = setting.instance;
    let Some((_, capacity)) = setting.prices.replica(instance, offer) else { return 0.0 };
    let mtok: f64 = instance.cells.iter().map(crate::model::instance::Cell::mtok_per_month).sum();
    (2.0 * mtok / capacity).ceil().max(1.0)
}

/// Dimensions that a limit uses to tell offers apart.
fn limited_dimensions(setting: &Setting<'_>) -> Vec<Dimension> {
    let limits = setting.instance.portfolio.limits.iter();
    let mut dimensions: Vec<Dimension> = limits
        .filter_map(|limit| match limit.measure {
            Measure::Share { of, .. }
            | Measure::MaxShare { of, .. }
            | Measure::Hhi { of, .. }
            | Measure::Distinct { of, .. } => Some(of),
            _ => None,
        })
        .collect();
    dimensions.sort_unstable();
    dimensions.dedup();
    dimensions
}

/// `[n_offers]`: the offer's keys in all dimensions that limits use, joined.
pub(in crate::planning) fn limited_keys(setting: &Setting<'_>, dimensions: &Dimensions<'_>) -> Vec<String> {
    let limited = limited_dimensions(setting);
    let of = |offer: OfferIdx| {
        let keys = limited.iter().flat_map(|&d| dimensions.keys(d, offer));
        keys.collect::<Vec<_>>().join("\u{0}")
    };
    (0..setting.instance.offers.len()).map(of).collect()
}

/// Whether a limit tells any two offers apart even if shocks do not: a survival limit does, because offers depend on
/// different nodes.
fn has_survival_limit(setting: &Setting<'_>) -> bool {
    let mut limits = setting.instance.portfolio.limits.iter();
    limits.any(|limit| matches!(limit.measure, Measure::Survives { .. }))
}

/// Offers that share a variable: equal for shocks, limits and contracts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ShareGroup<'a> {
    class: Class,
    /// An offer that has a variable of its own.
    alone: Option<OfferIdx>,
    keys: &'a str,
    model: ModelIdx,
    host: Option<SupplierIdx>,
}

/// Adds the share variables of all cells.
fn primaries(
    setting: &Setting<'_>,
    dimensions: &Dimensions<'_>,
    sample: &CompiledSample,
    request: &Request,
    lp: &mut LinearProgram,
) -> Vec<ShareVariable> {
    let keys = limited_keys(setting, dimensions);
    let mut primaries = Vec::new();
    for cell in &sample.cells {
        let today: Vec<OfferIdx> =
            setting.instance.cells[cell.cell_model.cell].allocation.iter().map(|s| s.0).collect();
        let mut groups: BTreeMap<ShareGroup<'_>, Vec<Local>> = BTreeMap::new();
        for (local, member) in cell.cell_model.members.iter().enumerate() {
            if !cell.cell_model.classes[member.class].is_primary {
                continue;
            }
            let offer = &setting.instance.offers[member.offer];
            // An offer gets its own variable if it has its own capacity or replicas, or if turnover or the request
            // refers to it.
            let is_alone = has_survival_limit(setting)
                || offer.has_declared_capacity()
                || today.contains(&member.offer)
                || request.names(cell.cell_model.cell, member.offer);
            let alone = is_alone.then_some(member.offer);
            let group = ShareGroup {
                class: member.class,
                alone,
                keys: keys[member.offer].as_str(),
                model: offer.model,
                host: offer.host,
            };
            groups.entry(group).or_default().push(local);
        }
        for (ShareGroup { class, .. }, mut members) in groups {
            let member = |local: Local| &cell.cell_model.members[local];
            members.sort_by(|&a, &b| member(a).price.total_cmp(&member(b).price).then(a.cmp(&b)));
            let first = member(members[0]);
            let mtok = cell.cell_model.mtok_per_day * setting.horizon_days();
            let is_self_hosted = setting.instance.offers[first.offer].is_self_hosted();
            let cost = if is_self_hosted { 0.0 } else { mtok * first.price / USD_PER_UNIT };
            let cell = cell.cell_model.cell;
            let smallest = smallest_share(setting.instance, cell, first.offer);
            let variable = if smallest > LEAST_SHARE {
                lp.add_semicontinuous(cost, smallest)
            } else {
                lp.add_continuous(cost, 0.0, 1.0)
            };
            primaries.push(ShareVariable { cell, class, offer: first.offer, members, variable });
        }
    }
    primaries
}

/// Cells that a standby may serve, with its class in each.
type StandbyPlaces = Vec<(CellIdx, Class)>;

/// What has to be paid for before a workload may use an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct UseCost {
    /// A model that the workload would have to qualify.
    model: Option<ModelIdx>,
    /// A host whose use costs something.
    host: Option<SupplierIdx>,
}

impl UseCost {
    fn of(setting: &Setting<'_>, workload: WorkloadIdx, offer: OfferIdx) -> Self {
        let (instance, o) = (setting.instance, &setting.instance.offers[offer]);
        let is_known = setting.known.models.contains(&(workload, o.model))
            || instance.qualify_model_usd(workload) == 0.0;
        let is_costly = |host: &SupplierIdx| !HostTerms::of(instance, &setting.known, *host).is_free();
        Self { model: (!is_known).then_some(o.model), host: o.host.filter(is_costly) }
    }

    /// Whether it is paid for wherever `other` is.
    fn is_within(self, other: Self) -> bool {
        (self.model.is_none() || self.model == other.model)
            && (self.host.is_none() || self.host == other.host)
    }
}

/// Offers that are equal as standbys of a workload, except for their price.
struct StandbyGroup {
    use_cost: UseCost,
    /// The cheapest first; never empty.
    offers: Vec<OfferIdx>,
    cells: StandbyPlaces,
    is_self_hosted: bool,
    has_quota: bool,
    /// Whether it is a standby of today, which is never left out.
    is_today: bool,
    /// A fee of its own was quoted for one of its readinesses.
    is_quoted: bool,
}

/// Possible standbys of a workload, grouped; the cheapest first in each group.
fn standby_groups(
    setting: &Setting<'_>,
    sample: &CompiledSample,
    workload: WorkloadIdx,
) -> Vec<StandbyGroup> {
    let instance = setting.instance;
    let cells = instance.workloads[workload].cells.clone();
    let today: Vec<OfferIdx> = instance.workloads[workload].standby.iter().map(|s| s.offer).collect();
    let mut index: HashMap<(StandbyPlaces, Option<OfferIdx>, UseCost), usize> = HashMap::new();
    let mut groups: Vec<StandbyGroup> = Vec::new();
    for offer in 0..instance.offers.len() {
        let places: StandbyPlaces = cells
            .clone()
            .filter_map(|cell| {
                let cell_model = &sample.cells[cell].cell_model;
                let class = cell_model.members[cell_model.local(offer)?].class;
                cell_model.classes[class].warm_lead.map(|_| (cell, class))
            })
            .collect();
        if places.is_empty() {
            continue;
        }
        let is_self_hosted = instance.offers[offer].is_self_hosted();
        let has_quota = instance.offers[offer].capacity_mtok_per_month.is_some();
        let is_today = today.contains(&offer);
        let is_quoted = has_quotation(setting, workload, offer);
        let quota = (has_quota || is_today || is_quoted || has_survival_limit(setting)).then_some(offer);
        let use_cost = UseCost::of(setting, workload, offer);
        let group = *index.entry((places.clone(), quota, use_cost)).or_insert_with(|| {
            groups.push(StandbyGroup {
                use_cost,
                offers: Vec::new(),
                cells: places,
                is_self_hosted,
                has_quota: quota.is_some(),
                is_today,
                is_quoted,
            });
            groups.len() - 1
        });
        groups[group].offers.push(offer);
    }
    for group in &mut groups {
        let cell = group.cells[0].0;
        let price = |offer: OfferIdx| setting.prices.usd_per_mtok(cell, offer);
        group.offers.sort_by(|&a, &b| price(a).total_cmp(&price(b)).then(a.cmp(&b)));
    }
    groups
}

/// Whether the portfolio has a quotation for the offer as a standby of the workload.
fn has_quotation(setting: &Setting<'_>, workload: WorkloadIdx, offer: OfferIdx) -> bool {
    let id = setting.instance.offers[offer].id.to_string();
    let mut standbys = setting.instance.workloads[workload].workload.standby.iter();
    standbys.any(|standby| standby.usd_per_month.is_some() && standby.offer == id)
}

/// Groups that no other group dominates, that is, matches in every state of every cell.
///
/// All standbys of a workload without a quotation cost the same to keep ready, so dominated groups can be dropped. A group with
/// a quota or with its own replicas dominates no other.
fn undominated(sample: &CompiledSample, groups: Vec<StandbyGroup>) -> Vec<StandbyGroup> {
    let losses: Vec<Vec<LostCover>> = groups
        .iter()
        .map(|g| g.cells.iter().map(|&(cell, class)| lost_cover(sample, cell, class)).collect())
        .collect();
    let is_dominated = |a: usize| {
        !(groups[a].is_today || groups[a].is_quoted)
            && (0..groups.len()).any(|b| {
                let (own, other) = (&groups[a], &groups[b]);
                let is_no_dearer = other.use_cost.is_within(own.use_cost);
                let may_replace = a != b && !other.is_self_hosted && !other.has_quota && is_no_dearer;
                may_replace && {
                    let at_least_as_good = own.cells.iter().zip(&losses[a]).all(|((cell, _), lost)| {
                        let at = other.cells.iter().position(|(c, _)| c == cell);
                        at.is_some_and(|at| losses[b][at].is_at_most(lost))
                    });
                    let is_equal = || own.cells.len() == other.cells.len() && losses[a] == losses[b];
                    let may_replace_back =
                        !own.is_self_hosted && !own.has_quota && own.use_cost.is_within(other.use_cost);
                    at_least_as_good && (b < a || !(is_equal() && may_replace_back))
                }
            })
    };
    let dominated: Vec<bool> = (0..groups.len()).map(is_dominated).collect();
    groups.into_iter().zip(dominated).filter(|(_, dominated)| !dominated).map(|(group, _)| group).collect()
}

/// Part of a class's cover that is lost in each row of a cell, by (row set, row); rows without a loss are left out.
#[derive(Debug, Clone, PartialEq)]
struct LostCover {
    warm_lead: usize,
    hot: BTreeMap<(usize, usize), f64>,
    warm: BTreeMap<(usize, usize), f64>,
}

impl LostCover {
    /// Whether no row loses more than in `other`, and the warm lead is no later.
    fn is_at_most(&self, other: &Self) -> bool {
        let is_within = |own: &BTreeMap<(usize, usize), f64>, other: &BTreeMap<(usize, usize), f64>| {
            own.len() <= other.len()
                && own.iter().all(|(row, lost)| other.get(row).is_some_and(|o| lost <= o))
        };
        self.warm_lead <= other.warm_lead
            && is_within(&self.hot, &other.hot)
            && is_within(&self.warm, &other.warm)
    }
}

fn lost_cover(sample: &CompiledSample, cell: CellIdx, class: Class) -> LostCover {
    let lost = |terms: &[(Class, f64)]| terms.iter().find(|t| t.0 == class).map(|t| t.1);
    let cell = &sample.cells[cell];
    let mut cover = LostCover {
        warm_lead: cell.cell_model.classes[class].warm_lead.unwrap_or(usize::MAX),
        hot: BTreeMap::new(),
        warm: BTreeMap::new(),
    };
    for (set, row_set) in cell.row_sets.iter().enumerate() {
        for (at, row) in row_set.rows.iter().enumerate() {
            lost(&row.lost_hot).map(|part| cover.hot.insert((set, at), part));
            lost(&row.lost_warm).map(|part| cover.warm.insert((set, at), part));
        }
    }
    cover
}
