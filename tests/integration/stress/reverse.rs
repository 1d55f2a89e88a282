//! Reverse stress in the small world (`world.rs`): v = 1,000 USD a day, 100 days, nothing cold in time.

use multipolar::model::instance::Instance;
use multipolar::report::answer::reverse::ReverseAnswer;
use multipolar::report::answer::to_text;
use multipolar::stress::reverse::{ReverseGoal, ReverseRequest, scenario};
use multipolar::study::reverse::{Reversed, SingleMeasureKind, reverse};
use multipolar::study::session::Session;
use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::Config;

use crate::world::{World, assert_close};

fn request(goal: ReverseGoal, max_shocks: usize, n_sets: usize) -> ReverseRequest {
    ReverseRequest { goal, max_shocks, n_sets, most_visited: u64::MAX }
}

fn reversed(instance: &Instance, request: ReverseRequest) -> Reversed {
    reverse(&Session::new(instance), request, &|_| ()).unwrap()
}

fn ids(instance: &Instance, found: &Reversed) -> Vec<Vec<String>> {
    let of_set = |shocks: &Vec<usize>| shocks.iter().map(|&s| instance.shocks[s].id.clone()).collect();
    found.sets.iter().map(|own| of_set(&own.set.shocks)).collect()
}

/// All demand is on `b@cloud:DE`, whose hardware can do without either fab for good, and without both for 10 + 5 days.
fn two_fabs() -> World {
    World::new()
        .offer("b", "cloud", "DE", 0.4, "hardware: [gpu], hardware_buffer: 5d, onboarding: 1000d")
        .allocation("{b@cloud:DE: 1.0}")
        .shock("id: first, effects: {stop: {supplier: fab}}, frequency: {per_year: 0.1}, duration: permanent")
        .shock("id: second, effects: {stop: {supplier: second_fab}}, frequency: {per_year: 0.2}, duration: permanent")
        .shock("id: other, effects: {stop: {supplier: gamma}}, frequency: {per_year: 3}, duration: permanent")
        .shock("id: short, effects: {stop: {supplier: cloud}}, frequency: {per_year: 5}, duration: {fixed: 1d}")
        .shock("id: law, effects: {unavailable: {host: [north]}}, in_force: true, duration: permanent")
        .shock("id: never, effects: {unavailable: {host: [north]}}, frequency: {per_year: 9}, duration: permanent")
        .shock("id: undrawn, effects: {stop: {supplier: alpha}}, duration: permanent")
}

/// Each alone costs nothing; together 85 days, with probability (1 − e^−0.1)(1 − e^−0.2). A day of outage adds too little, a
/// stop of an offer not in use nothing, what no user may reach is no candidate.
#[test]
fn a_pair_of_which_each_is_harmless_is_found() {
    let instance = two_fabs().load();
    for shock in ["first", "second"] {
        let alone = instance.shocks.iter().position(|s| s.id == shock).unwrap();
        let session = Session::new(&instance);
        let loss = session.stress(&scenario(&instance, &[alone]), &session.current).unwrap().loss;
        assert_eq!(loss.total_usd(), 0.0, "{shock}");
    }
    let found = reversed(&instance, request(ReverseGoal::Loss(50_000.0), 3, 50));
    assert_eq!(ids(&instance, &found), [["first", "second"]]);
    let set = &found.sets[0].set;
    assert_close(set.annual_probability, 0.095_162_581_964_040_43 * 0.181_269_246_922_018_15);
    // Displaced demand pays 1 instead of 0.4 USD for 1.2 mtok a day.
    assert_close(set.outcome.loss.total_usd(), 85.0 * (1000.0 + 1.2 * 0.6));
    assert_eq!((found.more, found.n_candidates), (false, 4));
    let broken = reversed(&instance, request(ReverseGoal::BreaksRecovery, 2, 50));
    assert_eq!(ids(&instance, &broken), [vec!["short"], vec!["first", "second"]]);
}

/// A warm standby costs 10 USD a month, half of the demand elsewhere 0.5 × 36.5 × 0.6 = 10.95. The standby is warned 15 days
/// before, so only its price is left: 85 × 1.2 × 0.6 = 61.2. A stock-taking with the standby in the portfolio says the same.
#[test]
fn the_measure_brings_the_loss_under_the_threshold() {
    let instance = two_fabs().load();
    let found = reversed(&instance, request(ReverseGoal::Loss(50_000.0), 2, 50));
    let measure = found.sets[0].measure.clone().expect("a standby is enough");
    assert_eq!(measure.kind, SingleMeasureKind::Standby(multipolar::model::portfolio::Readiness::Warm));
    assert_eq!(instance.offers[measure.offer].id.to_string(), "a@alpha:DE");
    assert_close(measure.usd_per_month, 10.0);
    assert_close(measure.loss_after_usd, 61.2);
    let with = two_fabs().workload_keys("standby: [{offer: a@alpha:DE, readiness: warm, cover: 1.0}]").load();
    let session = Session::new(&with);
    let again = session.stress(&scenario(&with, &found.sets[0].set.shocks), &session.current).unwrap();
    assert_close(again.loss.total_usd(), measure.loss_after_usd);
    // A standby leaves its price, and a further offer gets half at most: nothing keeps the loss under 61 USD.
    let harder = reversed(&instance, request(ReverseGoal::Loss(61.0), 2, 50));
    let pair = harder.sets.iter().find(|own| own.set.shocks.len() == 2).unwrap();
    assert_eq!(pair.measure, None);
}

/// Announced a month before, the warm standby is ready at once; unannounced it takes its 7 days.
#[test]
fn nothing_is_announced() {
    let instance = World::new()
        .workload_keys("standby: [{offer: b@beta:FR, readiness: warm, cover: 1.0}]")
        .shock("id: told, effects: {stop: {supplier: alpha}}, frequency: {per_year: 1}, notice: 30d, duration: permanent")
        .load();
    let session = Session::new(&instance);
    let announced = session.stress(&scenario(&instance, &[0]), &session.current).unwrap();
    assert_eq!(announced.loss.total_usd(), 0.0);
    let found = reversed(&instance, request(ReverseGoal::Loss(7_000.0), 1, 50));
    assert_eq!(found.sets.len(), 1);
    assert_close(found.sets[0].set.outcome.loss.total_usd(), 7_000.0);
}

#[test]
fn the_order_of_files_does_not_matter_and_the_list_is_cut() {
    let world = mixed(&Numbers::some());
    let instance = world.load();
    let with = |usd: f64, n: usize| reversed(&instance, request(ReverseGoal::Loss(usd), 3, n));
    let usd =
        [15e3, 20e3, 25e3, 30e3, 35e3, 40e3, 50e3].into_iter().find(|usd| with(*usd, 50).sets.len() > 2);
    let usd = usd.expect("a threshold that several sets reach");
    let text = |world: &World| {
        let instance = world.load();
        let found = reversed(&instance, request(ReverseGoal::Loss(usd), 3, 50));
        to_text(&ReverseAnswer::of(&instance, &found))
    };
    assert_eq!(text(&world.clone().reversed()), text(&world));
    let all = with(usd, 50);
    assert!(!all.more);
    let first = with(usd, 2);
    assert!(first.more);
    assert_eq!(ids(&instance, &first), ids(&instance, &all)[..2]);
    assert!(!with(usd, all.sets.len()).more);
}

/// Random numbers of a world with shocks of many kinds.
#[derive(Debug, Clone)]
struct Numbers {
    /// Arrivals a year and days of each shock.
    shocks: [(f64, u32); 7],
    objective: u32,
    surge: f64,
    cover: f64,
    threshold: f64,
    max_shocks: usize,
    has_standby: bool,
}

impl Numbers {
    fn some() -> Self {
        let days = [20, 35, 50, 12, 70, 90, 40];
        let shock = |n: usize| (0.1 + 0.13 * n as f64, days[n]);
        Self {
            shocks: [0, 1, 2, 3, 4, 5, 6].map(shock),
            objective: 1,
            surge: 0.2,
            cover: 0.5,
            threshold: 9_000.0,
            max_shocks: 3,
            has_standby: true,
        }
    }
}

fn numbers() -> impl Strategy<Value = Numbers> {
    let shocks = prop::array::uniform7((0.02..2.0, 1_u32..120));
    let plan = (0_u32..9, 0.0..1.0, 0.1..1.0, any::<bool>());
    (shocks, plan, 100.0..60_000.0, 1_usize..=3).prop_map(
        |(shocks, (objective, surge, cover, has_standby), threshold, max_shocks)| Numbers {
            shocks,
            objective,
            surge,
            cover,
            threshold,
            max_shocks,
            has_standby,
        },
    )
}

/// Two workloads on three suppliers; stops, a squeeze, prices, fabs that stand in for each other, and a wave.
fn mixed(n: &Numbers) -> World {
    let effects = [
        "id: alpha_out, effects: {stop: {supplier: alpha}}, tensions: {calm: 1}, triggers: [{shock: beta_out, probability: 0.6, after: 5d}]",
        "id: beta_out, effects: {stop: {supplier: beta}}, tensions: {calm: 0.5}",
        "id: dear, effects: [{price_times: 3, where: {developer: [alpha, gamma]}}]",
        "id: fab_out, effects: {stop: {supplier: fab}}, tensions: {calm: -0.7}",
        "id: fab_too, effects: {stop: {supplier: second_fab}}",
        "id: no_new, effects: [{no_new: {developer: [gamma]}}, {unavailable: {host: [cloud]}}]",
        "id: squeeze, effects: [{capacity_times: 0.4, where: {developer: [beta]}}]",
    ];
    let mut world = World::new()
        .tension("id: calm, sigma: 0.6")
        .with("surge: 0", &format!("surge: {}", n.surge))
        .with("switch_usd: 0", "switch_usd: 300")
        .with("recovery_objective: 0d", &format!("recovery_objective: {}d", n.objective))
        .offer("d", "cloud", "DE", 1.5, "hardware: [gpu], hardware_buffer: 3d, onboarding: 20d")
        .allocation("{a@alpha:DE: 0.5, b@beta:FR: 0.2, d@cloud:DE: 0.3}");
    for ((per_year, days), effect) in n.shocks.iter().zip(effects) {
        world = world
            .shock(&format!("{effect}, frequency: {{per_year: {per_year}}}, duration: {{fixed: {days}d}}"));
    }
    if n.has_standby {
        let line = format!("standby: [{{offer: c@gamma:SE, readiness: warm, cover: {}}}]", n.cover);
        world = world.workload_keys(&line);
    }
    world.portfolio(
        "  - id: x\n    demand: {input_mtok: 20, output_mtok: 5}\n    users: {DE: 0.5, FR: 0.5}\n    data: internal\n    \
         outage_cost_usd_per_day: 400\n    recovery_objective: 3d\n    allocation: {b@beta:FR: 1.0}\n",
    )
}

/// The mean over the tension by the midpoint rule from −8 to 8, 4,000 steps.
fn joint(instance: &Instance, set: &[usize]) -> f64 {
    let step = 16.0 / 4_000.0;
    let at = |z: f64| -> f64 {
        let each = set.iter().map(|&shock| {
            let own = &instance.shocks[shock];
            let s = 0.6 * own.tensions.get("calm").copied().unwrap_or(0.0);
            1.0 - (-own.frequency.unwrap().mean_per_year() * (s * z - 0.5 * s * s).exp()).exp()
        });
        each.product::<f64>() * (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt()
    };
    (0..4_000).map(|n| step * at(-8.0 + (f64::from(n) + 0.5) * step)).sum()
}

/// Every set of at most `k` shocks.
fn sets(n: usize, k: usize) -> Vec<Vec<usize>> {
    let members = |bits: u32| (0..n).filter(|place| bits >> place & 1 == 1).collect::<Vec<_>>();
    (1..1_u32 << n).map(members).filter(|set| set.len() <= k).collect()
}

/// The list by trying every set as a scenario: (set, probability, loss).
fn by_brute_force(instance: &Instance, goal: ReverseGoal, k: usize) -> Vec<(Vec<usize>, f64, f64)> {
    let session = Session::new(instance);
    let tried = sets(instance.shocks.len(), k).into_iter().filter_map(|set| {
        let outcome = session.stress(&scenario(instance, &set), &session.current).unwrap();
        let loss = outcome.loss.total_usd();
        let reaches = match goal {
            ReverseGoal::Loss(usd) => loss >= usd,
            ReverseGoal::BreaksRecovery => outcome.first_outage_cost_day().is_some(),
        };
        reaches.then(|| (joint(instance, &set), set, loss))
    });
    let mut tried: Vec<(f64, Vec<usize>, f64)> = tried.collect();
    tried.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut listed: Vec<(Vec<usize>, f64, f64)> = Vec::new();
    for (probability, set, loss) in tried {
        if !listed.iter().any(|(own, ..)| own.iter().all(|shock| set.contains(shock))) {
            listed.push((set, probability, loss));
        }
    }
    listed
}

proptest! {
    #![proptest_config(Config { cases: 40, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_list_is_that_of_brute_force(n in numbers(), breaks in any::<bool>()) {
        let instance = mixed(&n).load();
        let goal = if breaks { ReverseGoal::BreaksRecovery } else { ReverseGoal::Loss(n.threshold) };
        let expected = by_brute_force(&instance, goal, n.max_shocks);
        let found = reversed(&instance, request(goal, n.max_shocks, 200));
        let sets: Vec<&Vec<usize>> = found.sets.iter().map(|own| &own.set.shocks).collect();
        prop_assert_eq!(sets, expected.iter().map(|own| &own.0).collect::<Vec<_>>());
        for (own, (_, probability, loss)) in found.sets.iter().zip(&expected) {
            prop_assert!((own.set.annual_probability / probability - 1.0).abs() < 1e-6);
            prop_assert!((own.set.outcome.loss.total_usd() - loss).abs() < 1e-6);
            if let (Some(measure), ReverseGoal::Loss(usd)) = (&own.measure, goal) {
                prop_assert!(measure.loss_after_usd < usd);
            }
        }
    }
}
