//! The two methods against each other: the extensive form, and column generation.

use multipolar::exposure::shares::ExposureSetting;
use multipolar::graph::dimension::Dimensions;
use multipolar::measures::probabilities::TrialProbabilities;
use multipolar::planning::extensive_form::ExtensiveForm;
use multipolar::planning::formulation::Formulation;
use multipolar::planning::request::Request;
use multipolar::planning::sample::CompiledSample;
use multipolar::planning::sample::cuts::StateWeights;
use multipolar::planning::sample::evaluate::{Objective, evaluate};
use multipolar::planning::search::{Method, SearchOptions, SearchOutcome, search_with};
use multipolar::planning::solver::{SolveLimits, solve};
use multipolar::service::cell_model::Roles;
use multipolar::simulation::draws::{Purpose, Rates, Sampler};
use multipolar::study::session::Session;

use super::brute_force::two_workloads;

/// Limits and largest turnover of each case.
const CASES: [(&str, Option<f64>); 10] = [
    ("", None),
    ("  - {measure: max_share, of: developer, at_most: 0.55}\n", None),
    ("  - {measure: hhi, of: developer, at_most: 0.42}\n", None),
    ("  - {measure: distinct, of: developer, at_least: 3, counting_from: 0.1}\n", None),
    ("  - {measure: share, of: developer, is: gamma, at_least: 0.3, scope: each_workload}\n", None),
    ("  - {measure: monthly_cost, at_most_usd: 27500}\n", None),
    ("  - {measure: average_annual_loss, at_most_usd: 9000}\n", None),
    ("  - {measure: survives, loss_of: supplier, service_at_least: 0.55, within: 2d}\n", None),
    (
        "  - {measure: survives, loss_of: {supplier: alpha}, service_at_least: 0.9, within: 0d, scope: each_workload}\n",
        None,
    ),
    ("", Some(0.3)),
];

fn found(method: Method, session: &Session<'_>, sample: &CompiledSample, request: &Request) -> SearchOutcome {
    let options = SearchOptions { method: Some(method), warm_start: None };
    let found = search_with(options, &session.setting, sample, request, &|_, _, _| ());
    found.unwrap_or_else(|error| panic!("{method:?}: {error}"))
}

/// With either method, the plan is not below the other method's bound, plans differ by no more than their gaps, every
/// plan keeps its limits, and its figures are those of an evaluation on all trials.
#[test]
fn both_methods_agree() {
    for (limits, max_turnover) in CASES {
        let world = two_workloads();
        let keys = if limits.is_empty() { String::new() } else { format!("limits:\n{limits}") };
        let instance = world.portfolio(&keys).load();
        let session = Session::new(&instance);
        let sampler = Sampler::new(&instance, &session.shocks, 3, Purpose::InSample, Rates::Drawn);
        let trials: Vec<_> = (0..120).map(|trial| sampler.trial(trial)).collect();
        let sample =
            CompiledSample::new(&session.setting, &session.shocks, &Roles::all(&session.setting), &trials);
        let objective = Objective::new(0.5, 0.9);
        let request = Request { max_turnover, ..Request::new(objective) };
        let direct = found(Method::Direct, &session, &sample, &request);
        let decomposed = found(Method::Decomposed, &session, &sample, &request);
        let usd = |search: &SearchOutcome| {
            let (plan, evaluation) =
                search.best.as_ref().unwrap_or_else(|| panic!("no plan under '{limits}'"));
            let again = evaluate(&session.setting, &sample, &objective, plan);
            assert!(again.broken.is_empty(), "{limits}: breaks {:?}", again.broken);
            assert_eq!(again.figures, evaluation.figures);
            evaluation.figures.objective_usd
        };
        let (a, b) = (usd(&direct), usd(&decomposed));
        let slack = 1e-6 * a;
        assert!(direct.bound_usd <= b + slack, "{limits}: direct bound {}, plan {b}", direct.bound_usd);
        assert!(
            decomposed.bound_usd <= a + slack,
            "{limits}: decomposed bound {}, plan {a}",
            decomposed.bound_usd
        );
        assert!((b - a) / a < 0.02, "{limits}: direct {a}, decomposed {b}, bound {}", decomposed.bound_usd);
        assert!(
            (a - decomposed.bound_usd) / a < 0.25,
            "{limits}: plan {a}, decomposed bound {}",
            decomposed.bound_usd
        );
    }
}

/// A proof closes the gap that a search leaves: the objective is that of the extensive form, and the gap is at most the
/// one requested.
#[test]
fn a_proof_closes_the_gap() {
    for limits in ["", CASES[1].0, CASES[4].0, CASES[7].0] {
        let keys = if limits.is_empty() { String::new() } else { format!("limits:\n{limits}") };
        let instance = two_workloads().portfolio(&keys).load();
        let session = Session::new(&instance);
        let sampler = Sampler::new(&instance, &session.shocks, 3, Purpose::InSample, Rates::Drawn);
        let trials: Vec<_> = (0..60).map(|trial| sampler.trial(trial)).collect();
        let sample =
            CompiledSample::new(&session.setting, &session.shocks, &Roles::all(&session.setting), &trials);
        let request = Request::new(Objective::new(0.5, 0.9));
        let direct = found(Method::Direct, &session, &sample, &request);
        let asked = Request { prove_to: Some(1e-5), ..request };
        let proven = found(Method::Decomposed, &session, &sample, &asked);
        let usd = |search: &SearchOutcome| search.best.as_ref().unwrap().1.figures.objective_usd;
        let (a, b) = (usd(&direct), usd(&proven));
        assert!((a - b).abs() <= 1.1e-5 * a, "{limits}: direct {a}, proven {b}");
        assert!(
            proven.bound_usd <= b * (1.0 + 1e-9) && b - proven.bound_usd <= 1e-5 * b,
            "{limits}: {}",
            proven.bound_usd
        );
    }
}

/// A tail that grows during the search gives the same optimum as a tail that contains every trial from the start; at a
/// gap of a millionth, the plan's objective equals the program's.
#[test]
fn a_growing_tail_is_exact() {
    let instance = two_workloads().portfolio("").load();
    let session = Session::new(&instance);
    let sampler = Sampler::new(&instance, &session.shocks, 5, Purpose::InSample, Rates::Drawn);
    let trials: Vec<_> = (0..60).map(|trial| sampler.trial(trial)).collect();
    let sample =
        CompiledSample::new(&session.setting, &session.shocks, &Roles::all(&session.setting), &trials);
    for weight in [0.0, 0.5, 1.0] {
        let request = Request::new(Objective::new(weight, 0.8));
        let dimensions = Dimensions::new(&instance, &session.setting.graph);
        let exposure =
            ExposureSetting { instance: &instance, prices: &session.setting.prices, dimensions: &dimensions };
        let formulation = Formulation::new(&session.setting, &exposure, &sample, &request);
        let every: Vec<(usize, f64)> = (0..60).map(|trial| (trial, 1.0 / 60.0)).collect();
        let mut extensive =
            ExtensiveForm::new(&sample, &formulation, &StateWeights::of_sample(&sample, &every), 0.8);
        // With a constant loss every trial is at least as bad as the value at risk.
        assert!(extensive.grow_tail(&[1.0; 60]));
        assert!(!extensive.grow_tail(&[1.0; 60]), "a trial is in the tail once");
        let limits = SolveLimits {
            is_relaxed: false,
            mip_gap: 1e-7,
            max_nodes: 100_000,
            may_restart: true,
            start: &[],
        };
        let solved = solve(&extensive.lp, std::iter::empty(), &limits).unwrap();
        let at_once = extensive.lp.cost(&solved.values) * multipolar::planning::USD_PER_UNIT;
        let grown = found(Method::Direct, &session, &sample, &request);
        let usd = grown.best.unwrap().1.figures.objective_usd;
        assert!((usd - at_once).abs() <= 1e-6 * usd, "weight {weight}: grown {usd}, at once {at_once}");
        assert!(grown.bound_usd <= usd * (1.0 + 1e-9) && grown.bound_usd >= usd * (1.0 - 2e-6));
    }
}

/// Trials with unequal probabilities give the plan, the bound and the figures of a sample in which each trial occurs as often
/// as its probability says, with either method.
#[test]
fn probabilities_are_as_good_as_repeated_trials() {
    for limits in ["", CASES[1].0, CASES[6].0] {
        let keys = if limits.is_empty() { String::new() } else { format!("limits:\n{limits}") };
        let instance = two_workloads().portfolio(&keys).load();
        let session = Session::new(&instance);
        let sampler = Sampler::new(&instance, &session.shocks, 3, Purpose::InSample, Rates::Drawn);
        let times = |trial: u64| 1 + (trial % 4) as usize;
        let compiled = |trials: &[_]| {
            CompiledSample::new(&session.setting, &session.shocks, &Roles::all(&session.setting), trials)
        };
        let n: usize = (0..40).map(times).sum();
        let once: Vec<_> = (0..40).map(|trial| sampler.trial(trial)).collect();
        let repeated: Vec<_> =
            (0..40).flat_map(|trial| std::iter::repeat_n(sampler.trial(trial), times(trial))).collect();
        let probabilities = (0..40).map(|trial| times(trial) as f64 / n as f64).collect();
        let weighted = compiled(&once).stratified(TrialProbabilities::unequal(probabilities), 0, n);
        let repeated = compiled(&repeated);
        let request = Request::new(Objective::new(0.5, 0.9));
        for method in [Method::Direct, Method::Decomposed] {
            let [a, b] = [&weighted, &repeated].map(|sample| found(method, &session, sample, &request));
            let (plan, own) = a.best.as_ref().unwrap();
            let again = evaluate(&session.setting, &repeated, &request.objective, plan);
            let close = |x: f64, y: f64| (x - y).abs() <= 1e-6 * y.abs();
            assert!(close(own.figures.objective_usd, again.figures.objective_usd), "{method:?} {limits}");
            assert!(close(own.figures.cvar_usd, again.figures.cvar_usd) && again.broken.is_empty());
            assert!(close(own.figures.aal_usd, again.figures.aal_usd));
            let other = b.best.as_ref().unwrap().1.figures.objective_usd;
            assert!(
                a.bound_usd <= other * (1.0 + 1e-6)
                    && b.bound_usd <= own.figures.objective_usd * (1.0 + 1e-6)
            );
            let tolerance = if method == Method::Direct { 1e-5 } else { 1e-2 };
            assert!((own.figures.objective_usd / other - 1.0).abs() <= tolerance, "{method:?} {limits}");
        }
    }
}
