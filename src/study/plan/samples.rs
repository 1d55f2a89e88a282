//! Samples of trials that plans are made and measured on.

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

/// Trials compiled at most when every offer is.
pub const MAX_BROAD_TRIALS: u64 = 500;

/// Which offers a plan may be made of.
#[derive(Debug, Clone, Copy)]
pub(super) enum CandidateSet<'a> {
    /// The shortlist, and some offers beside it.
    Shortlist(&'a [OfferIdx]),
    /// Every offer that may be used.
    Everything,
}

impl Session<'_> {
    /// The trials of the settings, compiled for what plans are made of.
    pub(super) fn program(&self, settings: OptimizeSettings) -> CompiledSample {
        self.compiled(&self.setting, settings, CandidateSet::Shortlist(&[]))
    }

    /// The trials compiled for whatever offers there are, on fewer of them: what is proven of these, holds.
    pub(super) fn broad_program(&self, settings: OptimizeSettings) -> CompiledSample {
        let settings = OptimizeSettings { n_trials: settings.n_trials.min(MAX_BROAD_TRIALS), ..settings };
        self.compiled(&self.setting, settings, CandidateSet::Everything)
    }

    /// The same for a setting in which other pairs are eligible.
    pub(super) fn compiled(
        &self,
        setting: &Setting<'_>,
        settings: OptimizeSettings,
        breadth: CandidateSet<'_>,
    ) -> CompiledSample {
        self.compiled_on(
            setting,
            &self.drawn(settings.seed, Purpose::InSample, 0..settings.n_trials),
            breadth,
        )
    }

    /// Trials compiled for what plans are made of.
    pub(super) fn program_of(&self, seed: u64, purpose: Purpose, trials: Range<u64>) -> CompiledSample {
        self.compiled_on(&self.setting, &self.drawn(seed, purpose, trials), CandidateSet::Shortlist(&[]))
    }

    fn compiled_on(
        &self,
        setting: &Setting<'_>,
        trials: &[Vec<Occurrence>],
        breadth: CandidateSet<'_>,
    ) -> CompiledSample {
        let roles = match breadth {
            CandidateSet::Shortlist(also) => shortlist(setting, &self.shocks, trials, also),
            CandidateSet::Everything => Roles::all(setting),
        };
        CompiledSample::new(setting, &self.shocks, &roles, trials)
    }

    /// Trials compiled for some plans and their parts.
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

    /// A plan measured by the simulator, on trials that no plan was made on.
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
