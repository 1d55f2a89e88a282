//! The pilot: a first look on few trials, from which a stratified sample is chosen and the search on it starts.

use super::Searcher;
use super::decomposed::{n_subsample_trials, rough_rounds};
use crate::exposure::shares::ExposureSetting;
use crate::graph::dimension::Dimensions;
use crate::model::plan::Plan;
use crate::planning::column_generation::warm_start::WarmStart;
use crate::planning::request::Request;
use crate::planning::sample::CompiledSample;
use crate::service::setting::Setting;

/// What a pilot has found.
pub struct Pilot {
    /// A plan near the best: of the relaxed program, with parts of standbys; where that is too large, of column generation.
    pub plan: Plan,
    pub warm_start: WarmStart,
}

/// A first look on a sample of few trials; `None` if the whole sample is better searched at once: where it is small, or the
/// relaxed program has no solution.
#[must_use]
pub fn pilot(setting: &Setting<'_>, sample: &CompiledSample, request: &Request) -> Option<Pilot> {
    let dimensions = Dimensions::new(setting.instance, &setting.graph);
    let exposure =
        ExposureSetting { instance: setting.instance, prices: &setting.prices, dimensions: &dimensions };
    let searcher = Searcher::new(setting, &exposure, sample, request, &|_, _, _| ());
    if searcher.is_small() {
        return None;
    }
    let formulation = &searcher.formulation;
    let formulation = formulation.without_survival().unwrap_or_else(|| formulation.clone());
    let (columns, plan) = if n_subsample_trials(sample) == sample.n_trials {
        let (mut columns, relaxed) = searcher.start_on(sample, &formulation).ok()?;
        rough_rounds(&mut columns).ok()?;
        (columns, formulation.plan(setting, sample, searcher.every_cell(), &relaxed.values))
    } else {
        let mut columns = searcher.start_from_subsample(&formulation).ok()?;
        let blends = rough_rounds(&mut columns).ok()?;
        let plan = searcher.plan_of(&columns, &formulation, &blends);
        (columns, plan)
    };
    let mut warm_start = WarmStart::new(&columns, &formulation);
    warm_start.reference = Some(plan.clone());
    Some(Pilot { plan, warm_start })
}
