//! Plans under contracts, costs of change and sizes, against every point of a grid.

use multipolar::limits::sizes::broken_sizes;
use multipolar::model::instance::{Instance, Standby};
use multipolar::model::plan::Plan;
use multipolar::model::portfolio::Readiness;
use multipolar::simulation::draws::Rates;
use multipolar::study::plan::outcome::Optimized;
use multipolar::study::session::Session;
use multipolar::study::simulate::SimulateSettings;

use super::brute_force::two_workloads;
use super::{SETTINGS, optimized};

/// Shares by offer, and standbys.
type Choice = (Vec<(usize, f64)>, Vec<Standby>);

/// Shares in quarters on `a`, `b`, `c`, and at most one standby that covers all.
fn choices(instance: &Instance) -> Vec<Choice> {
    let standby = |offer, readiness, lead_days| vec![Standby { offer, readiness, cover: 1.0, lead_days }];
    let mut standbys = vec![Vec::new()];
    for offer in 0..instance.offers.len() {
        standbys.push(standby(offer, Readiness::Hot, 0.0));
        standbys.push(standby(offer, Readiness::Warm, 7.0));
    }
    let mut all = Vec::new();
    for first in 0..=4_u32 {
        for second in 0..=4 - first {
            let parts = [first, second, 4 - first - second];
            let shares: Vec<(usize, f64)> =
                (0..3).map(|o| (o, f64::from(parts[o]) / 4.0)).filter(|s| s.1 > 0.0).collect();
            all.extend(standbys.iter().map(|standby| (shares.clone(), standby.clone())));
        }
    }
    all
}

/// (1 − w)·mean + w·CVaR at w = 0.5 and 0.95, for 60 trials.
fn risk(losses: &[f64]) -> f64 {
    let mut sorted = losses.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    0.5 * losses.iter().sum::<f64>() / 60.0 + 0.5 * sorted[..3].iter().sum::<f64>() / 3.0
}

/// The best objective of all plans of the grid that keep the sizes. Hosts are shared, so costs are those of whole plans.
fn best_of_grid(session: &Session<'_>) -> f64 {
    let instance = session.instance;
    let choices = choices(instance);
    let settings = SimulateSettings { n_trials: SETTINGS.n_trials, seed: SETTINGS.seed, rates: Rates::Drawn };
    let losses = |plan: &Plan| session.simulate(plan, settings, &|_| ()).unwrap().run.losses;
    let with = |mut plan: Plan, workload: usize, choice: &Choice| {
        for cell in instance.workloads[workload].cells.clone() {
            plan.allocation[cell].clone_from(&choice.0);
        }
        plan.standby[workload].clone_from(&choice.1);
        plan
    };
    let today = losses(&session.current);
    let of = |workload: usize| -> Vec<Option<Vec<f64>>> {
        let plan = |choice| with(session.current.clone(), workload, choice);
        let kept = choices
            .iter()
            .map(|choice| Some(plan(choice)).filter(|p| broken_sizes(&session.setting, p).is_empty()));
        kept.map(|plan| plan.as_ref().map(&losses)).collect()
    };
    let (of_w, of_x) = (of(0), of(1));
    let mut best = f64::INFINITY;
    for (w, losses_w) in of_w.iter().enumerate() {
        let Some(losses_w) = losses_w else { continue };
        let half = with(session.current.clone(), 0, &choices[w]);
        for (x, losses_x) in of_x.iter().enumerate() {
            let Some(losses_x) = losses_x else { continue };
            let plan = with(half.clone(), 1, &choices[x]);
            let all: Vec<f64> =
                losses_w.iter().zip(losses_x).zip(&today).map(|((w, x), today)| w + x - today).collect();
            best = best.min(session.setting.planned_cost(&plan).over_horizon_usd() + risk(&all));
        }
    }
    best
}

#[track_caller]
fn assert_unbeaten(session: &Session<'_>, found: &Optimized) {
    let best = best_of_grid(session);
    assert!(
        found.bound_usd <= best * (1.0 + 1e-9),
        "the bound {} is above a grid point of {best}",
        found.bound_usd
    );
    assert!(
        found.objective_usd <= best * (1.0 + 1.1e-3),
        "{} above a grid point of {best}",
        found.objective_usd
    );
    assert!(found.gap <= 1e-3, "gap {}", found.gap);
    let plan = &found.plan.as_ref().unwrap().plan;
    assert_eq!(broken_sizes(&session.setting, plan), []);
    let settings = SimulateSettings { n_trials: SETTINGS.n_trials, seed: SETTINGS.seed, rates: Rates::Drawn };
    let losses = session.simulate(plan, settings, &|_| ()).unwrap().run.losses;
    let own = session.setting.planned_cost(plan).over_horizon_usd() + risk(&losses);
    assert!(
        (own - found.objective_usd).abs() <= 1e-6 * own,
        "{own} is not the plan's {}",
        found.objective_usd
    );
}

/// Contracts, costs of change and sizes of several kinds.
const TERMS: [&str; 5] = [
    "contracts: [{host: gamma, status: offered, fixed_usd_per_year: 9000}, {host: beta, fixed_usd_per_year: 4000, discount: 0.3}]",
    "contracts: [{host: alpha, exit_usd: 4000}, {host: gamma, status: offered, minimum_usd_per_month: 15000, discount: 0.2}]",
    "contracts: [{host: alpha, commitment: {usd: 90000, within: 150d}}, {host: beta, fixed_usd_per_year: 20000, exit_usd: 500}]",
    "contracts: [{host: gamma, status: offered, commitment: {usd: 60000, within: 100d}, discount: 0.4}]",
    "contracts: [{host: gamma, status: offered, fixed_usd_per_year: 3000, minimum_usd_per_month: 8000, discount: 0.25, commitment: {usd: 30000, within: 80d}}, {host: alpha, exit_usd: 2500, fixed_usd_per_year: 6000}]",
];

/// Each of the terms, with new models and hosts that cost something and shares of at least a quarter on at most two pairs.
#[test]
fn no_grid_point_beats_a_plan_under_contracts() {
    for terms in TERMS.into_iter() {
        let world = two_workloads()
            .portfolio(&format!("{terms}\n"))
            .with(
                "qualify_model_usd: 0, qualify_host_usd: 0",
                "qualify_model_usd: 1500, qualify_host_usd: 5000, spread_over: 200d",
            )
            .with("smallest_share: 0, most_offers: none", "smallest_share: 0.25, most_offers: 2");
        let instance = world.load();
        let session = Session::new(&instance);
        let found = optimized(&session);
        assert_unbeaten(&session, &found);
    }
}
