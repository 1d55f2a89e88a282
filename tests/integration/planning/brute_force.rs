//! The planner against every point of a grid, for small portfolios of two workloads; the simulator measures the points.

use multipolar::model::instance::{Instance, Standby};
use multipolar::model::plan::Plan;
use multipolar::model::portfolio::Readiness;
use multipolar::planning::outcome::Status;
use multipolar::simulation::draws::Rates;
use multipolar::study::plan::outcome::Optimized;
use multipolar::study::session::Session;
use multipolar::study::simulate::SimulateSettings;
use multipolar::units::DAYS_PER_MONTH;

use super::{SETTINGS, optimized};
use crate::world::World;

/// `a` is cheap and fails often, `c` is expensive and reliable, `b` is between them. `x` is smaller than `w` and has
/// users in two countries.
pub(super) fn two_workloads() -> World {
    World::new()
        .with("input_mtok: 36.5", "input_mtok: 20000")
        .with("outage_cost_usd_per_day: 1000", "outage_cost_usd_per_day: 3000")
        .with("recovery_objective: 0d", "recovery_objective: 1d")
        .with("surge: 0", "surge: 0.3")
        .with("hot: {usd_per_month: 100}, warm: {usd_per_month: 10", "hot: {usd_per_month: 900}, warm: {usd_per_month: 250")
        .with("switch_usd: 0", "switch_usd: 2000")
        .with("host: beta, regions: [FR], access: api, price: {input_usd_per_mtok: 1,", "host: beta, regions: [FR], access: api, price: {input_usd_per_mtok: 1.1,")
        .with("host: gamma, regions: [SE], access: api, price: {input_usd_per_mtok: 1,", "host: gamma, regions: [SE], access: api, price: {input_usd_per_mtok: 1.3,")
        .shock("id: alpha_out, effects: {stop: {supplier: alpha}}, frequency: {per_year: 2}, duration: {fixed: 20d}")
        .shock("id: beta_out, effects: {stop: {supplier: beta}}, frequency: {per_year: 1}, duration: {median: 10d, p90: 30d}")
        .shock("id: gamma_out, effects: {stop: {supplier: gamma}}, frequency: {per_year: 0.3}, duration: {fixed: 15d}")
        .portfolio(
            "  - id: x\n    demand: {input_mtok: 5000, output_mtok: 0}\n    users: {DE: 0.5, FR: 0.5}\n    data: internal\n    \
             outage_cost_usd_per_day: 1000\n    recovery_objective: 3d\n    allocation: {b@beta:FR: 1.0}\n",
        )
}

/// Shares by offer, and standbys.
type Choice = (Vec<(usize, f64)>, Vec<Standby>);

/// Choices of one workload: shares on `a`, `b`, `c` in quarters, with no standby, or a hot or warm one that covers half
/// or all.
fn choices(instance: &Instance) -> Vec<Choice> {
    let mut standbys = vec![Vec::new()];
    for offer in 0..3 {
        for (readiness, lead_days) in [(Readiness::Hot, 0.0), (Readiness::Warm, 7.0)] {
            for cover in [0.5, 1.0] {
                standbys.push(vec![Standby { offer, readiness, cover, lead_days }]);
            }
        }
    }
    assert_eq!(instance.offers.len(), 3);
    let quarter = |n: u32| f64::from(n) / 4.0;
    let mut all = Vec::new();
    for first in 0..=4 {
        for second in 0..=4 - first {
            let shares = [first, second, 4 - first - second];
            let shares: Vec<_> = (0..3).map(|o| (o, quarter(shares[o]))).filter(|s| s.1 > 0.0).collect();
            all.extend(standbys.iter().map(|standby| (shares.clone(), standby.clone())));
        }
    }
    all
}

/// Cost over the horizon and losses, `[n_trials]`, of a plan, both computed without the planner.
pub(super) fn measured(session: &Session<'_>, plan: &Plan) -> (f64, Vec<f64>) {
    let months = session.setting.horizon_days() / DAYS_PER_MONTH;
    let settings = SimulateSettings { n_trials: SETTINGS.n_trials, seed: SETTINGS.seed, rates: Rates::Drawn };
    let run = session.simulate(plan, settings, &|_| ()).unwrap().run;
    (session.setting.monthly_cost(plan).total_usd() * months, run.losses)
}

/// Cost + half the mean loss + half the mean of the worst 3 of 60 trials.
fn objective(cost: f64, losses: &[f64]) -> f64 {
    let mut sorted = losses.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let (mean, worst) = (losses.iter().sum::<f64>() / 60.0, sorted[..3].iter().sum::<f64>() / 3.0);
    cost + 0.5 * mean + 0.5 * worst
}

/// Objective of every grid point, with the share of `a` by value. Workloads share no capacity, so their losses add up.
fn grid(session: &Session<'_>) -> Vec<(f64, f64)> {
    let instance = session.instance;
    let choices = choices(instance);
    let plan_of = |workload: usize, choice: &Choice| {
        let mut plan = session.current.clone();
        for cell in instance.workloads[workload].cells.clone() {
            plan.allocation[cell].clone_from(&choice.0);
        }
        plan.standby[workload].clone_from(&choice.1);
        plan
    };
    let today = measured(session, &session.current);
    let of = |workload: usize| -> Vec<(f64, Vec<f64>)> {
        choices.iter().map(|choice| measured(session, &plan_of(workload, choice))).collect()
    };
    let share_of_a = |choice: &Choice| choice.0.iter().find(|s| s.0 == 0).map_or(0.0, |s| s.1);
    let (of_w, of_x) = (of(0), of(1));
    let mut points = Vec::new();
    for (w, (cost_w, losses_w)) in of_w.iter().enumerate() {
        for (x, (cost_x, losses_x)) in of_x.iter().enumerate() {
            let losses: Vec<f64> =
                losses_w.iter().zip(losses_x).zip(&today.1).map(|((w, x), today)| w + x - today).collect();
            let share = (3_000.0 * share_of_a(&choices[w]) + 1_000.0 * share_of_a(&choices[x])) / 4_000.0;
            points.push((objective(cost_w + cost_x - today.0, &losses), share));
        }
    }
    points
}

/// Asserts that the simulator confirms the plan's objective, and that no grid point is below the bound, or below the
/// plan by more than the gap. Returns the objectives of the best and the worst grid point.
#[track_caller]
pub(super) fn assert_unbeaten(session: &Session<'_>, found: &Optimized, most_on_a: f64) -> (f64, f64) {
    let plan = &found.plan.as_ref().unwrap().plan;
    let (cost, losses) = measured(session, plan);
    let own = objective(cost, &losses);
    assert!(
        (own - found.objective_usd).abs() <= 1e-6 * own,
        "{own} is not the plan's {}",
        found.objective_usd
    );
    let points = grid(session);
    let best = points.iter().filter(|p| p.1 <= most_on_a + 1e-9).map(|p| p.0).fold(f64::INFINITY, f64::min);
    assert!(found.bound_usd <= found.objective_usd);
    assert!(
        found.bound_usd <= best * (1.0 + 1e-9),
        "the bound {} is above a grid point of {best}",
        found.bound_usd
    );
    assert!(
        matches!(found.status, Status::Optimal | Status::CurrentIsBest) && found.gap <= 1e-3,
        "{:?}, gap {}",
        found.status,
        found.gap
    );
    assert!(
        found.objective_usd <= best * (1.0 + 1.1e-3),
        "{} above a grid point of {best}",
        found.objective_usd
    );
    (best, points.iter().map(|p| p.0).fold(0.0, f64::max))
}

/// As [`assert_unbeaten`], for a world in which plans differ in cost; returns the share of `a` by value.
#[track_caller]
fn assert_best(world: &World, most_on_a: f64) -> f64 {
    let instance = world.load();
    let session = Session::new(&instance);
    let found = optimized(&session);
    let (best, worst) = assert_unbeaten(&session, &found, most_on_a);
    // The best point of a grid of quarters is close to the optimum; a planner with another objective would be far from
    // it.
    assert!(best <= found.objective_usd * 1.1, "grid {best}, plan {}", found.objective_usd);
    // Plans must differ enough in cost that a wrong one would be noticed.
    assert!(worst > 1.2 * best, "all plans cost about the same");
    let plan = &found.plan.as_ref().unwrap().plan;
    let on_a = |cell: usize| plan.share(cell, 0) * instance.cells[cell].value_usd_per_day;
    (0..instance.cells.len()).map(on_a).sum::<f64>() / instance.value_usd_per_day()
}

#[test]
fn no_grid_point_beats_the_plan() {
    assert_best(&two_workloads(), 1.0);
}

/// `a` at a third of the price would carry more than the limit allows, so the limit of 0.4 by value holds with
/// equality.
#[test]
fn no_grid_point_beats_the_plan_under_a_binding_limit() {
    let cheap = two_workloads()
        .with(
            "host: alpha, regions: [DE], access: api, price: {input_usd_per_mtok: 1,",
            "host: alpha, regions: [DE], access: api, price: {input_usd_per_mtok: 0.3,",
        )
        .with("allocation: {a@alpha:DE: 1.0}", "allocation: {c@gamma:SE: 1.0}");
    assert!(assert_best(&cheap, 1.0) > 0.5);
    let limited = cheap.portfolio("limits:\n  - {measure: share, of: developer, is: alpha, at_most: 0.4}\n");
    let share = assert_best(&limited, 0.4);
    // The planner keeps a margin of a millionth to a limit.
    assert!(share <= 0.4 && share > 0.4 - 2e-6, "{share}");
}
