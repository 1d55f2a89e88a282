//! Data shared by all trials of a plan: the groups of cells, and the outage that each shock causes by itself.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, RwLock};

use rayon::prelude::*;

use super::impact::{GroupImpact, LoneLoss};
use super::impact_memory::ImpactMemory;
use super::prices::Profiles;
use super::response::Recorder;
use super::timeline::{Asked, Buffers, GroupTimeline, ImpactInterval};
use super::twins::Twins;
use crate::graph::outage::{Outage, OutageByTimes};
use crate::graph::supply::{NeedKind, Node};
use crate::model::instance::{OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::service::cell_groups::CellGroup;
use crate::service::cell_model::{AlikeCells, CellModel};
use crate::service::disruption::{Disruption, Occurrence, node_of};
use crate::service::setting::Setting;
use crate::service::trajectory::Collected;
use crate::shocks::resolve::ResolvedShock;

/// A plan made ready for trials.
#[derive(Debug)]
pub(super) struct Engine<'a> {
    pub(super) setting: &'a Setting<'a>,
    pub(super) shocks: &'a [ResolvedShock],
    /// Groups with undominated offers only; enough for losses unless stops combine.
    pub(super) groups: Vec<CellGroup>,
    /// The same groups with all their offers.
    pub(super) full_groups: Vec<CellGroup>,
    pub(super) twins: Twins,
    pub(super) profiles: Profiles,
    /// `[n_shocks]`: outage of each shock by itself, from day 0.
    pub(super) outages: Vec<Outage>,
    /// `[n_shocks]`: the same.
    outages_by_times: Vec<OutageByTimes>,
    /// `[n_shocks]`: offers that depend on the nodes it stops or cuts, if these may have a larger effect with other stops.
    pub(super) combining: Vec<BTreeSet<OfferIdx>>,
    /// Read during a trial; what it holds is only forgotten between trials.
    pub(super) memory: RwLock<ImpactMemory>,
}

/// Places for states whose costs a group remembers, at most, and for those of all groups of a thread together, powers of
/// two; a place takes 33 bytes.
const MAX_KNOWN: usize = 1 << 12;
const MAX_ALL_KNOWN: usize = 1 << 20;
/// Places for states of a group in any case: those of one trial should fit.
const MIN_KNOWN: usize = 1 << 6;

/// The values of an impact with a cost that a trial reads first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Costly {
    pub(super) group: u32,
    pub(super) workload: u32,
    /// Index into [`Variant::impacts`].
    pub(super) place: u32,
    pub(super) makes_primaries_stale: bool,
    pub(super) displaces_after: f64,
    pub(super) one_off_usd: f64,
    pub(super) dearer_usd_per_day: f64,
}

/// Impacts of a shock with given drawn developers on every group.
#[derive(Debug, Default)]
pub(super) struct Variant {
    /// Ascending by group.
    pub(super) impacts: Vec<(usize, Arc<GroupImpact>)>,
    /// One entry per impact with a cost.
    pub(super) costly: Vec<Costly>,
    /// `[n_groups]`: index into `impacts`, or `UNTOUCHED`.
    places: Vec<u32>,
    /// Profiles, each with the product of the shock's factors on its prices.
    pub(super) uplifts: Vec<(usize, f64)>,
    pub(super) may_combine: bool,
}

const UNTOUCHED: u32 = u32::MAX;

impl Variant {
    /// About what it takes; impacts are shared.
    pub(super) fn n_bytes(&self) -> usize {
        size_of::<Self>()
            + self.impacts.capacity() * size_of::<(usize, Arc<GroupImpact>)>()
            + self.costly.capacity() * size_of::<Costly>()
            + self.places.capacity() * size_of::<u32>()
    }

    /// The impact on a group, if any.
    #[inline]
    pub(super) fn impact(&self, group: usize) -> Option<&GroupImpact> {
        let place = self.places[group];
        (place != UNTOUCHED).then(|| self.placed(place))
    }

    /// The impact at an index of `impacts`.
    #[inline]
    pub(super) fn placed(&self, place: u32) -> &GroupImpact {
        &self.impacts[place as usize].1
    }
}

impl<'a> Engine<'a> {
    /// The demand of some workloads under a plan.
    pub(super) fn new(
        setting: &'a Setting<'a>,
        shocks: &'a [ResolvedShock],
        plan: &Plan,
        workloads: Range<WorkloadIdx>,
    ) -> Self {
        let outages: Vec<Outage> = (0..shocks.len())
            .into_par_iter()
            .map(|shock| {
                Disruption::new(&setting.graph, shocks, &[Occurrence::endless(shock)], f64::INFINITY).outage
            })
            .collect();
        let combining =
            shocks.iter().zip(&outages).map(|(s, outage)| combining(setting, s, outage)).collect();
        let full_groups = CellGroup::of_workloads(setting, plan, shocks, workloads);
        let twins = Twins::new(setting, plan, shocks, &full_groups);
        let mut alike = AlikeCells::default();
        let mut group =
            |own: &CellGroup| own.through(own.cell_model.undominated(&outages).sharing(&mut alike), plan);
        let groups: Vec<CellGroup> = full_groups.iter().map(&mut group).collect();
        Self {
            profiles: Profiles::new(&groups),
            memory: RwLock::new(ImpactMemory::new(groups.len(), shocks.len())),
            twins,
            groups,
            full_groups,
            setting,
            shocks,
            outages_by_times: outages.iter().map(Outage::by_times).collect(),
            outages,
            combining,
        }
    }

    /// Replaces the bound of the memory, which is emptied.
    pub(super) fn remember(&mut self, max_bytes: usize) {
        self.memory = RwLock::new(ImpactMemory::bounded(self.groups.len(), self.shocks.len(), max_bytes));
    }

    pub(super) fn horizon_days(&self) -> f64 {
        self.setting.horizon_days()
    }

    /// `[n_shocks]`: whether the shock can affect some group, by itself or in combination with others.
    pub(super) fn matters(&self) -> Vec<bool> {
        let touches = |cell_model: &CellModel, shock: usize| {
            let outage = &self.outages[shock];
            let mut offers = outage.down.keys().chain(outage.no_new.keys()).chain(outage.stale.keys());
            cell_model.shocks[shock].strikes_any()
                || offers.any(|&offer| cell_model.class_led_by(offer).is_some())
                || self.may_combine(shock, cell_model)
        };
        (0..self.shocks.len())
            .map(|s| self.full_groups.iter().any(|group| touches(&group.cell_model, s)))
            .collect()
    }

    fn may_combine(&self, shock: usize, cell_model: &CellModel) -> bool {
        self.combining[shock].iter().any(|&offer| cell_model.local(offer).is_some())
    }

    /// A timeline for each group.
    pub(super) fn timelines(&self) -> Vec<GroupTimeline<'_>> {
        let n_places = (MAX_ALL_KNOWN / self.groups.len().max(1)).clamp(MIN_KNOWN, MAX_KNOWN);
        let max_known = filling(n_places);
        self.groups.iter().map(|group| GroupTimeline::new(group, self.horizon_days(), max_known)).collect()
    }

    /// Computes the impacts of an occurrence on every group, beginning with the group `first`: threads that begin
    /// elsewhere share the work.
    pub(super) fn variant(
        &self,
        occurrence: &Occurrence,
        memory: &ImpactMemory,
        first: usize,
        timelines: &mut [GroupTimeline<'_>],
        buffers: &mut Buffers,
    ) -> Variant {
        let mut impacts: Vec<Option<Arc<GroupImpact>>> = vec![None; self.groups.len()];
        let mut choice = Vec::new();
        for group in (first..self.groups.len()).chain(0..first) {
            self.choose(group, occurrence, &mut choice);
            impacts[group] = memory.impact(group, &choice, || {
                self.lone_impact(group, &alone(occurrence), &mut timelines[group], buffers)
            });
        }
        self.joined(impacts)
    }

    /// The variant of the impacts on every group.
    fn joined(&self, impacts: Vec<Option<Arc<GroupImpact>>>) -> Variant {
        let n_impacts = impacts.iter().flatten().count();
        let mut variant = Variant {
            places: vec![UNTOUCHED; impacts.len()],
            impacts: Vec::with_capacity(n_impacts),
            costly: Vec::with_capacity(impacts.iter().flatten().filter(|impact| impact.costs).count()),
            ..Variant::default()
        };
        let mut is_known = vec![false; self.profiles.n];
        for (group, impact) in impacts.into_iter().enumerate() {
            let Some(impact) = impact else { continue };
            for &(place, factor) in &impact.uplifts {
                let (profile, _) = self.profiles.classes(group)[place];
                if !std::mem::replace(&mut is_known[profile], true) {
                    variant.uplifts.push((profile, factor));
                }
            }
            variant.may_combine |= impact.may_combine;
            let place = small(variant.impacts.len());
            variant.places[group] = place;
            if impact.costs {
                variant.costly.push(Costly {
                    group: small(group),
                    workload: small(self.groups[group].workload),
                    place,
                    makes_primaries_stale: impact.makes_primaries_stale,
                    displaces_after: impact.displaces_after,
                    one_off_usd: impact.one_off_usd,
                    dearer_usd_per_day: impact.dearer_usd_per_day,
                });
            }
            variant.impacts.push((group, impact));
        }
        variant
    }

    /// Fills `choice` with a key that is equal for occurrences with the same impact on a group: the drawn developers that
    /// matter there.
    fn choose(&self, group: usize, occurrence: &Occurrence, choice: &mut Vec<usize>) {
        let own = &self.groups[group].cell_model.shocks[occurrence.shock];
        let matters =
            |choices: &[(usize, Vec<usize>)], developer: &usize| choices.iter().any(|c| c.0 == *developer);
        choose(
            occurrence,
            |developer| matters(&own.collateral, developer),
            |developer| matters(&own.withdrawal, developer),
            choice,
        );
    }

    /// The impact of a lone occurrence on a group; `None` if no loss can depend on it.
    fn lone_impact(
        &self,
        group: usize,
        lone: &Occurrence,
        timeline: &mut GroupTimeline<'_>,
        buffers: &mut Buffers,
    ) -> Option<GroupImpact> {
        let mut impact = self.impact(&self.groups[group], lone);
        if impact.is_idle() {
            return None;
        }
        if impact.displaces_after.is_finite() {
            let mut recorder = Recorder::default();
            let impact_interval = ImpactInterval { start: 0.0, end: f64::INFINITY, impact: &impact };
            let asked = timeline.follow_noting(impact_interval, Asked::Displacement, buffers, &mut recorder);
            impact.lone = Some(Box::new(LoneLoss { response: recorder.response(), asked }));
        }
        let uplifts = self.profiles.classes(group).iter().enumerate();
        let uplifts = uplifts.map(|(place, &(_, class))| (place, impact.price_factor(class)));
        impact.uplifts = uplifts.filter(|(_, factor)| *factor != 1.0).collect();
        Some(impact)
    }

    /// Whether an occurrence affects a group, even if no loss can depend on it.
    pub(super) fn affects(&self, group: usize, occurrence: &Occurrence) -> bool {
        !self.impact(&self.full_groups[group], &alone(occurrence)).is_idle()
    }

    fn impact(&self, group: &CellGroup, lone: &Occurrence) -> GroupImpact {
        let CellGroup { cell_model, plan, .. } = group;
        let outage = &self.outages_by_times[lone.shock];
        let collected = Collected::new(cell_model, self.shocks, std::slice::from_ref(lone), outage);
        let may_combine = self.may_combine(lone.shock, cell_model);
        GroupImpact::new(cell_model, plan, &collected, may_combine, self.horizon_days())
    }
}

/// Fills `choice` with the shock and those of its drawn developers that matter ([`super::impact_memory::ImpactKey`]).
pub(super) fn choose(
    occurrence: &Occurrence,
    is_collateral: impl Fn(&usize) -> bool,
    is_withdrawn: impl Fn(&usize) -> bool,
    choice: &mut Vec<usize>,
) {
    choice.clear();
    choice.extend([occurrence.shock, 0]);
    choice.extend(occurrence.collateral.iter().filter(|developer| is_collateral(developer)));
    choice[1] = choice.len();
    choice.extend(occurrence.withdrawn.iter().filter(|developer| is_withdrawn(developer)));
}

/// The most entries of a hash table of at most `n_places`: one entry more would double its places.
fn filling(n_places: usize) -> usize {
    (1 << n_places.ilog2()) / 8 * 7
}

fn small(number: usize) -> u32 {
    u32::try_from(number).expect("fewer than 2^32 groups and workloads")
}

/// The same occurrence from day 0, without end.
fn alone(occurrence: &Occurrence) -> Occurrence {
    Occurrence {
        collateral: occurrence.collateral.clone(),
        withdrawn: occurrence.withdrawn.clone(),
        ..Occurrence::endless(occurrence.shock)
    }
}

/// Offers that depend on a shock's stops and cuts through an alternative or a buffer.
fn combining(setting: &Setting<'_>, shock: &ResolvedShock, outage: &Outage) -> BTreeSet<OfferIdx> {
    let graph = &setting.graph;
    let is_delayed =
        outage.down.values().chain(outage.no_new.values()).flatten().any(|down| down.start > 0.0);
    let mut offers = BTreeSet::new();
    if is_delayed || !outage.weakened.is_empty() {
        offers.extend(graph.dependents(shock.stops.iter().map(|&stop| node_of(stop))));
    }
    for cut in &shock.cuts {
        let uses_cut_hardware = |offer: &OfferIdx| {
            let needs = graph.find(Node::Offer(*offer)).map_or(&[][..], |node| graph.needs(node));
            let hardware = needs.iter().filter(|need| need.kind == NeedKind::Hardware);
            let mut items = hardware.flat_map(|need| &need.providers).map(|&node| graph.graph[node]);
            items.any(|node| matches!(node, Node::Hardware(h) if cut.hardware.contains(&h)))
        };
        offers.extend((0..cut.offers.len()).filter(|offer| cut.offers[*offer] && uses_cut_hardware(offer)));
    }
    offers
}
