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
    look(&searcher, n_subsample_trials(sample))
}

/// Looks at the searcher's sample, at its first `n_first` trials before the others.
fn look(searcher: &Searcher<'_>, n_first: usize) -> Option<Pilot> {
    let sample = searcher.sample;
    let formulation = &searcher.formulation;
    let formulation = formulation.without_survival().unwrap_or_else(|| formulation.clone());
    let (columns, plan) = if n_first == sample.n_trials {
        let (mut columns, relaxed) = searcher.start_on(sample, &formulation).ok()?;
        rough_rounds(&mut columns).ok()?;
        (columns, formulation.plan(searcher.setting, sample, searcher.every_cell(), &relaxed.values))
    } else {
        let mut columns = searcher.start_from_subsample(&formulation, n_first).ok()?;
        let blends = rough_rounds(&mut columns).ok()?;
        let plan = searcher.plan_of(&columns, &formulation, &blends);
        (columns, plan)
    };
    let mut warm_start = WarmStart::new(&columns, &formulation);
    warm_start.reference = Some(plan.clone());
    Some(Pilot { plan, warm_start })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::example::Example;
    use crate::model::words::Openness;
    use crate::planning::sample::evaluate::{Objective, evaluate};
    use crate::planning::search::cut_relaxation::tests::shock;
    use crate::service::cell_model::Roles;
    use crate::service::disruption::Occurrence;
    use crate::shocks::resolve::ResolvedShock;

    /// Offer `a` is dark in every second of 20 trials, `b` never is and costs as much: either look moves all users to `b`, also
    /// one that begins with few trials.
    #[test]
    fn a_look_finds_what_is_best_whether_at_once_or_at_few_trials_first() {
        let mut example = Example::new();
        example.supplier("lab", "US", &[]);
        for id in ["a", "b"] {
            example.model(id, "lab", Openness::OpenWeights, None);
            example.offer(id, "lab", "US", &[]);
        }
        example.workload("w", &[("DE", 1.0)], &[("a@lab:US", 1.0)]).outage_cost_usd_per_day = 1000.0;
        let instance = example.instance();
        let setting = Setting::new(&instance);
        let mut dark = ResolvedShock::new(&instance, &shock());
        dark.unavailable.insert(0, 0);
        let trials: Vec<Vec<Occurrence>> =
            (0..20).map(|at| if at % 2 == 0 { vec![Occurrence::endless(0)] } else { Vec::new() }).collect();
        let sample = CompiledSample::new(&setting, &[dark], &Roles::all(&setting), &trials);
        let request = Request::new(Objective::new(0.5, 0.95));
        let dimensions = Dimensions::new(&instance, &setting.graph);
        let exposure =
            ExposureSetting { instance: &instance, prices: &setting.prices, dimensions: &dimensions };
        let searcher = Searcher::new(&setting, &exposure, &sample, &request, &|_, _, _| ());
        for n_first in [20, 8] {
            let pilot = look(&searcher, n_first).unwrap();
            let found = evaluate(&setting, &sample, &request.objective, &pilot.plan);
            assert!(searcher.today.figures.cvar_usd > 1000.0);
            assert!(
                found.broken.is_empty() && found.figures.cvar_usd < 1e-6,
                "{n_first}: {:?}",
                found.figures
            );
            assert!(!pilot.warm_start.plans().is_empty());
        }
    }
}
