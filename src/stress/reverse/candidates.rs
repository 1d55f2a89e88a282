//! The shocks that sets are made of, the cells that each reaches, and bounds of what it can cost there.

use super::{ReverseGoal, ReverseRequest, scenario};
use crate::graph::supply::SupplyGraph;
use crate::model::instance::{Instance, OfferIdx};
use crate::model::plan::Plan;
use crate::service::cell_groups::CellGroup;
use crate::service::cell_model::{CellModel, CellShock};
use crate::service::disruption::{Occurrence, node_of};
use crate::service::setting::Setting;
use crate::shocks::resolve::ResolvedShock;
use crate::stress::scenario::{ScenarioError, Script};

/// Bounds are sums in another order than losses.
const SLACK: f64 = 1e-9;

/// A shock that may be part of a set.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateShock {
    /// Index into the instance's shocks.
    pub shock: usize,
    /// Its occurrence on day 0, and those of what it triggers; shocks are indices into the instance's shocks.
    pub occurrences: Vec<Occurrence>,
}

/// All candidates, by id, and the groups of cells that they reach.
pub(super) struct Candidates {
    pub(super) all: Vec<CandidateShock>,
    pub(super) groups: Vec<ReachedGroup>,
    /// What a set must reach: a loss in USD, or 1 for a broken recovery objective.
    pub(super) threshold: f64,
    /// `[n_candidates]`: most that it adds to what a set reaches.
    bounds: Vec<f64>,
    /// `[max_shocks + 1][n_candidates + 1]`: sum of the n largest bounds from a candidate on.
    largest: Vec<Vec<f64>>,
}

/// Cells that differ in their number of users only.
pub(super) struct ReachedGroup {
    pub(super) group: CellGroup,
    /// `[n_candidates]`: whether it reaches the cells.
    pub(super) reaches: Vec<bool>,
    /// `[n_candidates]`: whether it reaches an offer in use there; otherwise nothing is lost.
    pub(super) reaches_primary: Vec<bool>,
    /// `[n_candidates]`: most that it adds to what a set reaches, in the unit of the threshold.
    pub(super) bounds: Vec<f64>,
}

impl Candidates {
    /// Shocks with a frequency that are not in force and reach some cell.
    pub(super) fn new(
        setting: &Setting<'_>,
        shocks: &[ResolvedShock],
        plan: &Plan,
        request: ReverseRequest,
    ) -> Result<Self, ScenarioError> {
        let instance = setting.instance;
        let touched: Vec<Vec<bool>> = shocks.iter().map(|shock| touched(setting, shock)).collect();
        let groups = CellGroup::all(setting, plan, shocks);
        let of_shock = |shock: usize| {
            let own = &instance.shocks[shock];
            let is_drawn = own.frequency.is_some() && !own.in_force;
            is_drawn.then(|| Ok(CandidateShock { shock, occurrences: occurrences(instance, shock)? }))
        };
        let all: Vec<CandidateShock> =
            (0..shocks.len()).filter_map(of_shock).collect::<Result<_, ScenarioError>>()?;
        let dearest = dearest_factor(&groups, &all, request.max_shocks);
        let groups: Vec<ReachedGroup> = groups
            .into_iter()
            .map(|group| {
                let reach = ShockReach { shocks, touched: &touched, group: &group, dearest };
                let reaches = all.iter().map(|candidate| reach.reaches(candidate)).collect();
                let reaches_primary = all.iter().map(|candidate| reach.reaches_primary(candidate)).collect();
                let bounds =
                    all.iter().map(|c| reach.bound(c, request.goal, setting.horizon_days())).collect();
                ReachedGroup { reaches, reaches_primary, bounds, group }
            })
            .collect();
        Ok(Self::reaching(all, groups, request))
    }

    /// Leaves out candidates that reach no cell.
    fn reaching(all: Vec<CandidateShock>, mut groups: Vec<ReachedGroup>, request: ReverseRequest) -> Self {
        let keeps: Vec<bool> = (0..all.len()).map(|c| groups.iter().any(|group| group.reaches[c])).collect();
        for group in &mut groups {
            group.reaches = kept(&keeps, &group.reaches);
            group.reaches_primary = kept(&keeps, &group.reaches_primary);
            group.bounds = kept(&keeps, &group.bounds);
        }
        let all = kept(&keeps, &all);
        let bounds: Vec<f64> =
            (0..all.len()).map(|c| groups.iter().map(|group| group.bounds[c]).sum()).collect();
        let threshold = match request.goal {
            ReverseGoal::Loss(usd) => usd,
            ReverseGoal::BreaksRecovery => 1.0,
        };
        let largest = largest(&bounds, request.max_shocks);
        Self { all, groups, threshold, bounds, largest }
    }

    /// Whether a set that holds `set` and `candidate`, and at most `room` later candidates, may reach the goal.
    pub(super) fn may_reach_goal(&self, set: &[u32], candidate: usize, room: usize) -> bool {
        let own: f64 = set.iter().map(|&c| self.bounds[c as usize]).sum();
        let most = own + self.bounds[candidate] + self.largest[room][candidate + 1];
        most >= self.threshold * (1.0 - SLACK)
    }
}

fn kept<T: Clone>(keeps: &[bool], all: &[T]) -> Vec<T> {
    all.iter().zip(keeps).filter(|(_, keeps)| **keeps).map(|(own, _)| own.clone()).collect()
}

/// `[most + 1][n + 1]`: sum of the n largest values from a place on.
fn largest(values: &[f64], most: usize) -> Vec<Vec<f64>> {
    let mut sums = vec![vec![0.0; values.len() + 1]; most + 1];
    let mut best: Vec<f64> = Vec::new();
    for at in (0..values.len()).rev() {
        best.push(values[at]);
        best.sort_by(|a, b| b.total_cmp(a));
        best.truncate(most);
        for (n, sums) in sums.iter_mut().enumerate() {
            sums[at] = best.iter().take(n).sum();
        }
    }
    sums
}

/// What occurs when a shock occurs on day 0, as in a scenario.
fn occurrences(instance: &Instance, shock: usize) -> Result<Vec<Occurrence>, ScenarioError> {
    let script = Script::new(instance, &scenario(instance, &[shock]))?;
    let place = |own: &Occurrence| {
        let id = &script.shocks[own.shock].shock.id;
        // Shocks are sorted by id.
        instance.shocks.binary_search_by(|shock| shock.id.cmp(id)).ok()
    };
    let known = |own: &Occurrence| Some(Occurrence { shock: place(own)?, ..own.clone() });
    Ok(script.occurrences.iter().filter_map(known).collect())
}

/// `[n_offers]`: offers that depend on a node that the shock stops or cuts, through any tier.
fn touched(setting: &Setting<'_>, shock: &ResolvedShock) -> Vec<bool> {
    let mut touched = vec![false; setting.instance.offers.len()];
    let stopped = setting.graph.dependents(shock.stops.iter().map(|&stop| node_of(stop)));
    stopped.into_iter().for_each(|offer| touched[offer] = true);
    for cut in &shock.cuts {
        for (offer, own) in setting.instance.offers.iter().enumerate() {
            touched[offer] |= cut.offers[offer] && own.hardware.iter().any(|h| cut.hardware.contains(h));
        }
    }
    touched
}

/// Most by which the price factors of a set can multiply a price.
fn dearest_factor(groups: &[CellGroup], all: &[CandidateShock], max_shocks: usize) -> f64 {
    let of_shock = |shock: &CellShock| -> f64 {
        let written = shock.prices.iter().map(|factor| factor.factor.max(1.0)).product::<f64>();
        written * shock.withdrawal_price.map_or(1.0, |(_, factor)| factor.max(1.0))
    };
    let of_candidate = |candidate: &CandidateShock| {
        let in_group = |group: &CellGroup| -> f64 {
            candidate.occurrences.iter().map(|o| of_shock(&group.cell_model.shocks[o.shock])).product()
        };
        groups.iter().map(in_group).fold(1.0, f64::max)
    };
    let mut factors: Vec<f64> = all.iter().map(of_candidate).collect();
    factors.sort_by(|a, b| b.total_cmp(a));
    factors.iter().take(max_shocks).product()
}

/// What the shocks do to one group of cells.
struct ShockReach<'a> {
    shocks: &'a [ResolvedShock],
    /// `[n_shocks][n_offers]`
    touched: &'a [Vec<bool>],
    group: &'a CellGroup,
    dearest: f64,
}

impl ShockReach<'_> {
    fn cell_model(&self) -> &CellModel {
        &self.group.cell_model
    }

    fn hits(&self, shock: usize, offer: OfferIdx) -> bool {
        self.touched[shock][offer] || self.shocks[shock].matches_pair(self.cell_model().cell, offer)
    }

    fn reaches(&self, candidate: &CandidateShock) -> bool {
        let offers = || self.cell_model().members.iter().map(|member| member.offer);
        candidate.occurrences.iter().any(|own| offers().any(|offer| self.hits(own.shock, offer)))
    }

    /// Offers in use: (offer, share, planned price).
    fn primaries(&self) -> impl Iterator<Item = (OfferIdx, f64, f64)> + '_ {
        let members = self.cell_model().members.iter().zip(&self.group.plan.share);
        members.filter(|(_, share)| **share > 0.0).map(|(member, share)| (member.offer, *share, member.price))
    }

    fn reaches_primary(&self, candidate: &CandidateShock) -> bool {
        let hit = |own: &Occurrence| self.primaries().any(|(offer, ..)| self.hits(own.shock, offer));
        candidate.occurrences.iter().any(hit)
    }

    /// Most that a candidate adds to what a set reaches: everything it touches is displaced until its last occurrence has
    /// ended, nothing takes over, and the dearest offer is paid.
    fn bound(&self, candidate: &CandidateShock, goal: ReverseGoal, horizon_days: f64) -> f64 {
        let cell_model = self.cell_model();
        let hits = |offer: OfferIdx| {
            candidate
                .occurrences
                .iter()
                .filter(move |own| own.start < horizon_days && self.hits(own.shock, offer))
        };
        let until = |offer: OfferIdx| hits(offer).map(|own| own.end.min(horizon_days)).fold(0.0, f64::max);
        if goal == ReverseGoal::BreaksRecovery {
            let objective = cell_model.recovery_objective_days;
            let is_long =
                cell_model.users_share > 0.0 && self.primaries().any(|(o, ..)| until(o) > objective);
            return f64::from(u8::from(is_long));
        }
        let prices = cell_model.members.iter().map(|member| member.price);
        let dearest = self.dearest * prices.fold(0.0, f64::max);
        let per_day = cell_model.value_usd_per_day.max(cell_model.fallback_usd_per_day.unwrap_or(0.0));
        let of_primary = |(offer, share, price): (OfferIdx, f64, f64)| {
            let extra = cell_model.mtok_per_day * (dearest - price).max(0.0);
            let switches = cell_model.switch_usd * hits(offer).count() as f64;
            share * (until(offer) * (per_day + extra) + switches + self.one_offs(candidate, offer))
        };
        self.group.scale * self.primaries().map(of_primary).sum::<f64>()
    }

    /// One-off costs of a candidate on an offer, USD per unit of share.
    fn one_offs(&self, candidate: &CandidateShock, offer: OfferIdx) -> f64 {
        let cell = self.cell_model().cell;
        let of_occurrence = |own: &Occurrence| {
            let shock = &self.shocks[own.shock];
            let written = shock.one_offs.iter().filter(|one| one.pairs.contains(cell, offer));
            let written: f64 = written.map(|one| one.factor.max(0.0)).sum();
            written + shock.withdrawal.as_ref().map_or(0.0, |w| w.one_off_usd_per_workload.max(0.0))
        };
        let all: f64 = candidate.occurrences.iter().map(of_occurrence).sum();
        all * self.cell_model().users_share
    }
}

/// The graph of the offers that stand for all others of their class in some group.
pub(super) fn graph_of(instance: &Instance, groups: &[ReachedGroup]) -> SupplyGraph {
    let first = groups.iter().flat_map(|own| {
        let cell_model = &own.group.cell_model;
        cell_model.classes.iter().map(|class| cell_model.members[class.members[0]].offer)
    });
    let mut offers: Vec<OfferIdx> = first.collect();
    offers.sort_unstable();
    offers.dedup();
    SupplyGraph::of_offers(instance, offers)
}
