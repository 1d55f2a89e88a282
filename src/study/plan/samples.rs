//! Samples of trials on which plans are made and measured.

use std::ops::Range;

use rayon::prelude::*;

use crate::model::instance::OfferIdx;
use crate::model::plan::Plan;
use crate::planning::sample::CompiledSample;
use crate::planning::sample::evaluate::{Evaluation, Objective, measure};
use crate::planning::sample::shortlist::shortlist;
use crate::service::cell_model::Roles;
use crate::service::disruption::Occurrence;
use crate::service::setting::Setting;
use crate::simulation::draws::{Purpose, Rates, Sampler};
use crate::simulation::run::{RunControl, Simulation};
use crate::study::session::{OptimizeSettings, Session};

/// Largest number of planning trials; the plan is measured on as many fresh trials as requested.
pub const MAX_PLANNING_TRIALS: u64 = 4000;

/// Largest number of trials in a sample that compiles every offer.
pub const MAX_BROAD_TRIALS: u64 = 500;

/// Which offers a plan may be made of.
#[derive(Debug, Clone, Copy)]
pub(super) enum CandidateSet<'a> {
    /// The shortlist and the given further offers.
    Shortlist(&'a [OfferIdx]),
    /// Every eligible offer.
    Everything,
}

/// The settings with at most [`MAX_BROAD_TRIALS`] trials.
pub(super) fn few_trials(settings: OptimizeSettings) -> OptimizeSettings {
    OptimizeSettings { n_trials: settings.n_trials.min(MAX_BROAD_TRIALS), ..settings }
}

impl Session<'_> {
    /// The trials of the settings, compiled for the shortlist.
    pub(super) fn shortlist_sample(&self, settings: OptimizeSettings) -> CompiledSample {
        self.compiled(&self.setting, settings, CandidateSet::Shortlist(&[]))
    }

    /// At most [`MAX_BROAD_TRIALS`] of the trials, compiled for every offer, so that proofs on them hold for all
    /// offers.
    pub(super) fn broad_sample(&self, settings: OptimizeSettings) -> CompiledSample {
        self.compiled(&self.setting, few_trials(settings), CandidateSet::Everything)
    }

    /// A year in which nothing happens, for searches in which no loss counts.
    pub(super) fn quiet_sample(&self, setting: &Setting<'_>, roles: &Roles) -> CompiledSample {
        CompiledSample::new(setting, &self.shocks, roles, &[Vec::new()])
    }

    /// The trials of the settings, compiled for a set of candidates under a setting that may allow other pairs.
    pub(super) fn compiled(
        &self,
        setting: &Setting<'_>,
        settings: OptimizeSettings,
        candidates: CandidateSet<'_>,
    ) -> CompiledSample {
        self.compiled_on(
            setting,
            &self.drawn(settings.seed, Purpose::InSample, 0..settings.n_trials),
            candidates,
        )
    }

    /// The given trials, compiled for the shortlist.
    pub(super) fn shortlist_sample_of(
        &self,
        seed: u64,
        purpose: Purpose,
        trials: Range<u64>,
    ) -> CompiledSample {
        self.compiled_on(&self.setting, &self.drawn(seed, purpose, trials), CandidateSet::Shortlist(&[]))
    }

    fn compiled_on(
        &self,
        setting: &Setting<'_>,
        trials: &[Vec<Occurrence>],
        candidates: CandidateSet<'_>,
    ) -> CompiledSample {
        let roles = match candidates {
            CandidateSet::Shortlist(further) => shortlist(setting, &self.shocks, trials, further),
            CandidateSet::Everything => Roles::all(setting),
        };
        CompiledSample::new(setting, &self.shocks, &roles, trials)
    }

    /// The given trials, compiled for the given plans and their parts.
    pub(super) fn compiled_for(
        &self,
        seed: u64,
        purpose: Purpose,
        trials: Range<u64>,
        plans: &[&Plan],
    ) -> CompiledSample {
        let trials = self.drawn(seed, purpose, trials);
        CompiledSample::new(&self.setting, &self.shocks, &Roles::of_plans(plans), &trials)
    }

    fn drawn(&self, seed: u64, purpose: Purpose, trials: Range<u64>) -> Vec<Vec<Occurrence>> {
        let sampler = Sampler::new(self.instance, &self.shocks, seed, purpose, Rates::Drawn);
        trials.into_par_iter().map(|trial| sampler.trial(trial)).collect()
    }

    /// A plan measured by the simulator on trials that no plan was made on.
    pub(super) fn on_fresh_trials(
        &self,
        settings: OptimizeSettings,
        objective: &Objective,
        plan: &Plan,
    ) -> Evaluation {
        let sampler =
            Sampler::new(self.instance, &self.shocks, settings.seed, Purpose::OutOfSample, Rates::Drawn);
        let simulation = Simulation::new(&self.setting, &self.shocks, sampler, plan);
        measure(
            &self.setting,
            objective,
            plan,
            simulation.runner().run(0..settings.n_trials, RunControl::SILENT, None).losses,
        )
    }
}
