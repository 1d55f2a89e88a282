//! A cell of a plan in a scenario: its loss, and its shares and prices at each instant.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::scenario::Script;
use crate::model::instance::OfferIdx;
use crate::model::plan::Plan;
use crate::service::cell_model::{CellModel, Roles};
use crate::service::cell_plan::CellPlan;
use crate::service::disruption::{Disruption, Occurrence};
use crate::service::loss::{CellOutcome, ServiceSpell, cell_loss, cell_outcome};
use crate::service::routing::Alternative;
use crate::service::setting::Setting;
use crate::service::state::ClassStates;
use crate::service::trajectory::{CellTrajectory, Interval, Slice, simulate_cell};

/// A cell of a plan after a scenario was played.
#[derive(Debug, Clone)]
pub(super) struct PlayedCell {
    pub cell_model: CellModel,
    pub outcome: CellOutcome,
    /// `[n_families]`: loss that each event family would cause alone, USD.
    pub alone_usd: Vec<f64>,
    plan: CellPlan,
    trajectory: CellTrajectory,
}

/// Plays a script in every cell, `[n_cells]`.
///
/// `families`: the script's occurrences by event family.
pub(super) fn play_cells(
    setting: &Setting<'_>,
    script: &Script,
    families: &[Vec<Occurrence>],
    plan: &Plan,
) -> Vec<PlayedCell> {
    let cell_models = CellModel::all(setting, &Roles::of_plan(plan), &script.shocks);
    let disruption = |own| Disruption::new(&setting.graph, &script.shocks, own, script.horizon_days);
    let all = disruption(&script.occurrences);
    // A single family is the entire scenario.
    let alone: Vec<Disruption<'_>> =
        if families.len() > 1 { families.iter().map(|own| disruption(own)).collect() } else { Vec::new() };
    cell_models
        .into_par_iter()
        .map(|cell_model| {
            let plan = CellPlan::new(&cell_model, setting.instance.cells[cell_model.cell].workload, plan);
            let trajectory = simulate_cell(&cell_model, &all);
            let outcome = cell_outcome(&cell_model, &plan, &trajectory);
            let alone_usd = match families.len() {
                0 | 1 => vec![outcome.loss.total_usd(); families.len()],
                _ => alone
                    .iter()
                    .map(|family| {
                        cell_loss(&cell_model, &plan, &simulate_cell(&cell_model, family)).total_usd()
                    })
                    .collect(),
            };
            PlayedCell { cell_model, outcome, alone_usd, plan, trajectory }
        })
        .collect()
}

impl PlayedCell {
    /// Days on which something may change in the cell, unsorted.
    pub(super) fn instants(&self) -> impl Iterator<Item = f64> + '_ {
        let spells = self.outcome.spells.iter().flat_map(|s| [s.start, s.end]);
        spells.chain(self.trajectory.intervals.iter().map(|i| i.start))
    }

    fn spell_at(&self, day: f64) -> Option<&ServiceSpell> {
        let after = self.outcome.spells.partition_point(|s| s.end <= day);
        self.outcome.spells.get(after).filter(|s| s.start <= day)
    }

    fn interval_at(&self, day: f64) -> Option<&Interval> {
        let after = self.trajectory.intervals.partition_point(|i| i.end <= day);
        self.trajectory.intervals.get(after).filter(|i| i.start <= day)
    }

    /// Share of the cell's demand that is unserved from `day` on.
    pub(super) fn unserved_at(&self, day: f64) -> f64 {
        self.spell_at(day).map_or(0.0, |s| s.unserved)
    }

    /// Share of the cell's demand that is unserved past the recovery objective from `day` on.
    pub(super) fn unserved_past_objective_at(&self, day: f64) -> f64 {
        self.spell_at(day).map_or(0.0, |s| s.unserved_past_objective)
    }

    /// Shares served from `day` on, ascending by offer: what the primaries keep, and what other offers took over.
    pub(super) fn served_at(&self, day: f64) -> Vec<(OfferIdx, f64)> {
        self.shares_at(day, |_| true, |_| true)
    }

    /// Shares paid for from `day` on, ascending by offer.
    ///
    /// These are the served shares, with two exceptions: self-hosted primaries are still paid when idle, and the
    /// capacity of a self-hosted hot standby is already paid.
    pub(super) fn paid_at(
        &self,
        day: f64,
        is_self_hosted: impl Fn(OfferIdx) -> bool,
    ) -> Vec<(OfferIdx, f64)> {
        let is_own = |local: usize| is_self_hosted(self.cell_model.members[local].offer);
        self.shares_at(
            day,
            |local| !is_own(local),
            |handover: (usize, Alternative)| !(handover.1 == Alternative::Hot && is_own(handover.0)),
        )
    }

    /// Shares from `day` on. Primaries for which `can_lose` holds lose what is displaced; handovers for which
    /// `counts` holds are added.
    fn shares_at(
        &self,
        day: f64,
        can_lose: impl Fn(usize) -> bool,
        counts: impl Fn((usize, Alternative)) -> bool,
    ) -> Vec<(OfferIdx, f64)> {
        let mut shares: BTreeMap<OfferIdx, f64> = BTreeMap::new();
        let interval = self.interval_at(day);
        let displaced = |class: usize| -> f64 {
            let slices = interval.iter().flat_map(|i| &i.slices).filter(|s| s.class == class);
            slices.map(Slice::amount).sum()
        };
        for (local, &share) in self.plan.share.iter().enumerate().filter(|(_, share)| **share > 0.0) {
            let member = &self.cell_model.members[local];
            let lost = if can_lose(local) { displaced(member.class) } else { 0.0 };
            *shares.entry(member.offer).or_default() += share * (1.0 - lost).max(0.0);
        }
        let handovers = self.spell_at(day).into_iter().flat_map(|s| &s.handovers);
        for handover in handovers.filter(|h| counts((h.to, h.by))) {
            *shares.entry(self.cell_model.members[handover.to].offer).or_default() += handover.share;
        }
        shares.into_iter().filter(|(_, share)| *share > 0.0).collect()
    }

    /// Factor on an offer's planned price from `day` on; at least 1, because price falls are not counted.
    pub(super) fn price_factor_at(&self, day: f64, offer: OfferIdx) -> f64 {
        match (self.interval_at(day), self.cell_model.local(offer)) {
            (Some(interval), Some(local)) => {
                interval.state(self.cell_model.members[local].class).price_factor.max(1.0)
            }
            _ => 1.0,
        }
    }
}
