//! Samples of trials on which plans are made and measured.

use std::ops::Range;

use rayon::prelude::*;

use crate::measures::probabilities::TrialProbabilities;
use crate::model::instance::{OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::planning::column_generation::warm_start::WarmStart;
use crate::planning::request::Request;
use crate::planning::sample::evaluate::{Evaluation, Objective, measure};
use crate::planning::sample::shortlist::shortlist;
use crate::planning::sample::strata::stratified_trials;
use crate::planning::sample::{CompiledSample, SampleCompiler};
use crate::planning::search::pilot::{Pilot, pilot};
use crate::service::cell_model::Roles;
use crate::service::disruption::Occurrence;
use crate::service::setting::Setting;
use crate::simulation::draws::{Purpose, Rates, Sampler};
use crate::simulation::philox::philox4x32;
use crate::simulation::run::{RunControl, Simulation};
use crate::study::session::{OptimizeSettings, Session};

/// Largest number of planning trials; the plan is measured on as many fresh trials as requested.
pub const MAX_PLANNING_TRIALS: u64 = 4000;

/// Largest number of trials in a sample that compiles every offer.
pub const MAX_BROAD_TRIALS: u64 = 500;

/// Trials of a stratified sample, about; it is chosen from twice as many or more, after a pilot search on half as many.
const STRATIFIED_TRIALS: usize = 1_000;
/// Of a portfolio with many shortlisted pairs of cells and offers, fewer trials stand for all: as many as give so many pairs in
/// all trials, but not fewer than the least.
const MAX_STRATIFIED_PAIRS: usize = 2_500_000;
const LEAST_STRATIFIED_TRIALS: usize = 250;
/// Sets the choice of trials apart from other uses of the seed.
const STRATA_KEY: u64 = 0x7374_7261_7461_2e31;

/// The trials on which a plan is made.
pub(super) struct PlanningSample {
    pub(super) sample: CompiledSample,
    /// Start of the search on it, where a pilot search chose its trials.
    pub(super) warm_start: Option<WarmStart>,
}

/// Which offers a plan may be made of.
#[derive(Debug, Clone, Copy)]
pub(super) enum CandidateSet<'a> {
    /// The shortlist and the given further offers.
    Shortlist(&'a [OfferIdx]),
    /// Every eligible offer.
    Everything,
}

/// Trials of a stratified sample, about.
fn n_stratified(roles: &Roles) -> usize {
    let n_pairs: usize = roles.primaries.iter().map(Vec::len).sum();
    (MAX_STRATIFIED_PAIRS / n_pairs.max(1)).clamp(LEAST_STRATIFIED_TRIALS, STRATIFIED_TRIALS)
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

    /// The trials of the settings, compiled for a set of candidates: of many trials a stratified sample, chosen by a pilot
    /// search on the first.
    pub(super) fn planning_sample(
        &self,
        settings: OptimizeSettings,
        request: &Request,
        candidates: CandidateSet<'_>,
    ) -> PlanningSample {
        let setting = &self.setting;
        let trials = self.drawn(settings.seed, Purpose::InSample, 0..settings.n_trials);
        let roles = self.roles(setting, &trials, candidates);
        let mut compiler = SampleCompiler::new(setting, &self.shocks, &roles);
        let n_stratified = n_stratified(&roles);
        let n_pilot = if trials.len() >= 2 * n_stratified { n_stratified / 2 } else { 0 };
        compiler.add(&(0..n_pilot).map(|trial| trials[trial].as_slice()).collect::<Vec<_>>());
        let pilot = (n_pilot > 0).then(|| pilot(setting, &compiler.sample(), request)).flatten();
        let Some(Pilot { plan, warm_start }) = pilot else {
            compiler.add(&trials[n_pilot..].iter().map(Vec::as_slice).collect::<Vec<_>>());
            return PlanningSample { sample: compiler.finish(), warm_start: None };
        };
        let sampler =
            Sampler::new(self.instance, &self.shocks, settings.seed, Purpose::InSample, Rates::Drawn);
        let simulation = Simulation::new(setting, &self.shocks, sampler, &plan);
        let losses = simulation.runner().run(0..settings.n_trials, RunControl::SILENT, None).losses;
        let key = settings.seed ^ STRATA_KEY;
        let random = |trial: usize| {
            let [high, low, ..] = philox4x32([trial as u32, 0, 0, 0], [key as u32, (key >> 32) as u32]);
            u64::from(high) << 32 | u64::from(low)
        };
        let level = request.objective.confidence_level;
        let chosen = stratified_trials(&losses, (n_pilot, n_stratified), level, random);
        let further = chosen.trials[n_pilot..].iter().map(|&trial| trials[trial].as_slice());
        compiler.add(&further.collect::<Vec<_>>());
        let sample = compiler.finish().stratified(chosen.probabilities, n_pilot, trials.len());
        PlanningSample { sample, warm_start: Some(warm_start) }
    }

    /// At most [`MAX_BROAD_TRIALS`] of the trials, compiled for every offer, so that proofs on them hold for all
    /// offers.
    pub(super) fn broad_sample(&self, settings: OptimizeSettings) -> CompiledSample {
        self.compiled(&self.setting, few_trials(settings), CandidateSet::Everything)
    }

    /// A year in which nothing happens, for searches in which no loss counts.
    pub(super) fn quiet_sample(&self, setting: &Setting<'_>, roles: &Roles) -> CompiledSample {
        CompiledSample::new(setting, &[], roles, &[Vec::new()])
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
        let roles = self.roles(setting, trials, candidates);
        CompiledSample::new(setting, &self.shocks, &roles, trials)
    }

    fn roles(
        &self,
        setting: &Setting<'_>,
        trials: &[Vec<Occurrence>],
        candidates: CandidateSet<'_>,
    ) -> Roles {
        match candidates {
            CandidateSet::Shortlist(further) => shortlist(setting, &self.shocks, trials, further),
            CandidateSet::Everything => Roles::all(setting),
        }
    }

    fn drawn(&self, seed: u64, purpose: Purpose, trials: Range<u64>) -> Vec<Vec<Occurrence>> {
        let sampler = Sampler::new(self.instance, &self.shocks, seed, purpose, Rates::Drawn);
        trials.into_par_iter().map(|trial| sampler.trial(trial)).collect()
    }

    /// `[n_trials]`: losses of some workloads under a plan, by the simulator, USD.
    pub(super) fn losses_of(
        &self,
        workloads: Range<WorkloadIdx>,
        (seed, purpose): (u64, Purpose),
        trials: Range<u64>,
        plan: &Plan,
    ) -> Vec<f64> {
        let sampler = Sampler::new(self.instance, &self.shocks, seed, purpose, Rates::Drawn);
        let simulation = Simulation::of_workloads(&self.setting, &self.shocks, sampler, plan, workloads);
        simulation.runner().run(trials, RunControl::SILENT, None).losses
    }

    /// A plan measured by the simulator on trials of a purpose.
    pub(super) fn measured_on(
        &self,
        draws: (u64, Purpose),
        trials: Range<u64>,
        objective: &Objective,
        plan: &Plan,
    ) -> Evaluation {
        let losses = self.losses_of(0..self.instance.workloads.len(), draws, trials, plan);
        let probabilities = TrialProbabilities::equal(losses.len());
        measure(&self.setting, objective, plan, (losses, &probabilities))
    }

    /// A plan measured by the simulator on trials that no plan was made on.
    pub(super) fn on_fresh_trials(
        &self,
        settings: OptimizeSettings,
        objective: &Objective,
        plan: &Plan,
    ) -> Evaluation {
        self.measured_on((settings.seed, Purpose::OutOfSample), 0..settings.n_trials, objective, plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2,500 pairs make 2.5 million in 1,000 trials, 5,000 pairs in 500; a million pairs would make as many in two or three.
    #[test]
    fn a_large_portfolio_is_planned_on_fewer_trials() {
        for (n_pairs, n_trials) in [(1, 1000), (2500, 1000), (5000, 500), (1_000_000, 250)] {
            let roles = Roles { primaries: vec![vec![0; n_pairs]], standbys: Vec::new() };
            assert_eq!(n_stratified(&roles), n_trials, "{n_pairs} pairs");
        }
    }
}
