//! Random portfolios of two workloads: no grid point beats the plan, and planner and simulator agree on every trial.

use multipolar::model::instance::Standby;
use multipolar::model::portfolio::Readiness;
use multipolar::planning::sample::CompiledSample;
use multipolar::planning::sample::evaluate::{Objective, evaluate};
use multipolar::service::cell_model::Roles;
use multipolar::simulation::draws::{Purpose, Rates, Sampler};
use multipolar::study::session::Session;
use proptest::prelude::{Strategy, any, prop, prop_assert, proptest};
use proptest::test_runner::Config;

use super::brute_force::{assert_unbeaten, measured};
use super::{SETTINGS, optimized};
use crate::world::World;

/// Random numbers that [`random_world`] puts into a portfolio.
#[derive(Debug, Clone)]
pub struct Numbers {
    /// Prices of `a`, `b`, `c`, USD per mtok.
    prices: [f64; 3],
    /// Outage costs of `w` and `x`, USD a day.
    outage_costs: [u32; 2],
    /// Recovery objectives of `w` and `x`, days.
    objectives: [u32; 2],
    /// Failures of `alpha`, `beta`, `gamma`: number a year, and duration in days.
    stops: [(f64, u32); 3],
    surge: f64,
    hot_usd: u32,
    warm_usd: u32,
    switch_usd: u32,
    /// Demand of `w` and `x`, mtok a month.
    demands: [u32; 2],
}

pub fn numbers() -> impl Strategy<Value = Numbers> {
    let stops = prop::array::uniform3((0.05..3.0, 1_u32..60));
    let costs = (0_u32..2_000, 0_u32..600, 0_u32..20_000);
    let workloads = (
        prop::array::uniform2(0_u32..8_000),
        prop::array::uniform2(0_u32..20),
        prop::array::uniform2(10_u32..30_000),
    );
    (prop::array::uniform3(0.2..2.0), stops, 0.0..1.0, costs, workloads).prop_map(
        |(prices, stops, surge, (hot_usd, warm_usd, switch_usd), (outage_costs, objectives, demands))| {
            Numbers { prices, outage_costs, objectives, stops, surge, hot_usd, warm_usd, switch_usd, demands }
        },
    )
}

/// The two workloads of [`two_workloads`] with other numbers.
pub fn random_world(n: &Numbers) -> World {
    let mut world = World::new()
        .with("input_mtok: 36.5", &format!("input_mtok: {}", n.demands[0]))
        .with("outage_cost_usd_per_day: 1000", &format!("outage_cost_usd_per_day: {}", n.outage_costs[0]))
        .with("recovery_objective: 0d", &format!("recovery_objective: {}d", n.objectives[0]))
        .with("surge: 0", &format!("surge: {}", n.surge))
        .with(
            "hot: {usd_per_month: 100}, warm: {usd_per_month: 10",
            &format!("hot: {{usd_per_month: {}}}, warm: {{usd_per_month: {}", n.hot_usd, n.warm_usd),
        )
        .with("switch_usd: 0", &format!("switch_usd: {}", n.switch_usd));
    let hosts = [("alpha", "DE"), ("beta", "FR"), ("gamma", "SE")];
    for ((host, region), (price, (per_year, days))) in hosts.iter().zip(n.prices.iter().zip(&n.stops)) {
        let offer = |price: &str| {
            format!("host: {host}, regions: [{region}], access: api, price: {{input_usd_per_mtok: {price},")
        };
        world = world.with(&offer("1"), &offer(&price.to_string())).shock(&format!(
            "id: {host}_out, effects: {{stop: {{supplier: {host}}}}}, frequency: {{per_year: {per_year}}}, duration: {{fixed: {days}d}}"
        ));
    }
    world.portfolio(&format!(
        "  - id: x\n    demand: {{input_mtok: {}, output_mtok: 0}}\n    users: {{DE: 0.5, FR: 0.5}}\n    data: internal\n    \
         outage_cost_usd_per_day: {}\n    recovery_objective: {}d\n    allocation: {{b@beta:FR: 1.0}}\n",
        n.demands[1], n.outage_costs[1], n.objectives[1],
    ))
}

proptest! {
    #![proptest_config(Config { cases: 12, failure_persistence: None, ..Config::default() })]

    /// For any prices, failures, fees and recovery objectives.
    #[test]
    fn no_grid_point_beats_the_plan_of_a_random_portfolio(numbers in numbers()) {
        let instance = random_world(&numbers).load();
        let session = Session::new(&instance);
        assert_unbeaten(&session, &optimized(&session), 1.0);
    }
}

proptest! {
    #![proptest_config(Config { cases: 100, failure_persistence: None, ..Config::default() })]

    /// For every trial, including outages that last exactly as long as the recovery objective.
    #[test]
    fn planner_and_simulator_agree_on_a_random_portfolio(
        numbers in numbers(),
        (readiness, cover, share) in (any::<bool>(), 0.1..1.0, 0.0..1.0),
    ) {
        let instance = random_world(&numbers).load();
        let session = Session::new(&instance);
        let mut plan = session.current.clone();
        plan.allocation[0] = vec![(0, share), (2, 1.0 - share)];
        let (readiness, lead_days) = if readiness { (Readiness::Hot, 0.0) } else { (Readiness::Warm, 7.0) };
        plan.standby[1] = vec![Standby { offer: 2, readiness, cover, lead_days }];
        let (_, simulated) = measured(&session, &plan);
        let sampler = Sampler::new(&instance, &session.shocks, SETTINGS.seed, Purpose::InSample, Rates::Drawn);
        let trials: Vec<_> = (0..SETTINGS.n_trials).map(|trial| sampler.trial(trial)).collect();
        let sample = CompiledSample::new(&session.setting, &session.shocks, &Roles::all(&session.setting), &trials);
        let planned = evaluate(&session.setting, &sample, &Objective::new(0.5, 0.95), &plan).losses;
        for (trial, (a, b)) in planned.iter().zip(&simulated).enumerate() {
            prop_assert!((a - b).abs() <= 1e-9 * b.max(1.0), "trial {trial}: planner {a}, simulator {b}");
        }
    }
}
