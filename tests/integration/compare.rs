//! What changed between two portfolios: parts derived by hand in the small world (`world.rs`), and what must hold of any two.

use multipolar::input::Loaded;
use multipolar::report::answer::compare::{CompareAnswer, ComparedDraws, ComparedSides, DrawsAnswer};
use multipolar::report::answer::to_text;
use multipolar::simulation::draws::Rates;
use multipolar::study::compare::{ComparedFigure, ComparedWorld, InputGroup, PortfolioComparison, compare};
use multipolar::study::session::Session;
use multipolar::study::simulate::SimulateSettings;
use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::Config;

use crate::planning::random::{numbers, random_world};
use crate::world::World;

const SETTINGS: SimulateSettings = SimulateSettings { n_trials: 2_000, seed: 1, rates: Rates::Drawn };
const FEW: SimulateSettings = SimulateSettings { n_trials: 60, ..SETTINGS };

fn compared(from: &Loaded, to: &Loaded, settings: [SimulateSettings; 2]) -> PortfolioComparison {
    let world = |loaded, settings| ComparedWorld { loaded, settings };
    compare(world(from, settings[0]), world(to, settings[1]), &|_| ()).unwrap()
}

fn told(from: &Loaded, to: &Loaded) -> PortfolioComparison {
    compared(from, to, [SETTINGS; 2])
}

fn part(figure: &ComparedFigure, group: InputGroup) -> i128 {
    figure.parts_cents[group as usize]
}

fn figures(comparison: &PortfolioComparison) -> [&ComparedFigure; 3] {
    [&comparison.monthly_cost, &comparison.aal, &comparison.cvar]
}

/// The answer as text, with its sentences.
fn answer(comparison: &PortfolioComparison) -> CompareAnswer {
    let draws = DrawsAnswer { seed: 1, trials: 1 };
    let sides = ComparedSides {
        from: "a".to_owned(),
        to: "b".to_owned(),
        draws: ComparedDraws { from: draws, to: draws },
        recorded: Vec::new(),
        altered: Vec::new(),
    };
    CompareAnswer::of(sides, comparison, &[])
}

fn sentences(comparison: &PortfolioComparison) -> Vec<String> {
    answer(comparison).inputs.unwrap().into_iter().map(|input| input.sentence).collect()
}

const PRICE: &str = "host: alpha, regions: [DE], access: api, price: {input_usd_per_mtok: 1,";
const STOP: &str = "id: stop, effects: {stop: {supplier: alpha}}, duration: permanent, frequency: ";

/// 36.5 million tokens at 1 USD, all on `alpha`, which stops for good at a rate of 1 a year.
fn before() -> World {
    stopping(1)
}

/// The same at another rate. The second shock never happens.
fn stopping(per_year: u32) -> World {
    World::new()
        .shock(&format!("{STOP}{{per_year: {per_year}}}"))
        .shock("id: undrawn, effects: {stop: {supplier: gamma}}, duration: permanent")
}

/// Twice the tokens at twice the price. The price alone adds 36.5 USD, or 73 after the tokens have doubled, and so do the
/// tokens: half of 36.5 + 73 each.
#[test]
fn price_and_amount_share_what_they_do_together() {
    let after = before()
        .with("input_mtok: 36.5", "input_mtok: 73")
        .with(PRICE, &PRICE.replace("usd_per_mtok: 1", "usd_per_mtok: 2"));
    let found = told(&before().read().0, &after.read().0);
    let cost = &found.monthly_cost;
    assert_eq!((cost.from_cents, cost.to_cents), (3_650, 14_600));
    assert_eq!([InputGroup::Demand, InputGroup::Catalog].map(|group| part(cost, group)), [5_475, 5_475]);
    assert_eq!(found.n_worlds, 4);
    assert_eq!(
        sentences(&found),
        [
            "w: demand 36.5 → 73 million tokens a month",
            "offer a@alpha:DE: price of input 1 → 2 USD per million tokens"
        ]
    );
    // A dearer offer that stops costs no more than its outage.
    assert!(figures(&found)[1..].iter().all(|figure| figure.parts_cents == [0; 7]));
}

/// v = 1,000 USD a day becomes 2,000, and the rate λ = 1 a year becomes 3. E[loss] = v·(H − (1 − e^(−λH))/λ) with H = 100 days
/// (methodology/simulation.md), here times 3.65 for a year. With L(λ) for v = 1,000 the parts are ½·(L(1) + L(3)) of the value
/// and 1½·(L(3) − L(1)) of the rate.
#[test]
fn value_and_rate_share_a_quarter_derived_by_hand() {
    let dearer = "outage_cost_usd_per_day: 1000";
    let after = stopping(3).with(dearer, "outage_cost_usd_per_day: 2000");
    let (from, to) = (before().read().0, after.read().0);
    let found = told(&from, &to);
    let closed = |per_year: f64| {
        let per_day = per_year / 365.0;
        3.65 * 1000.0 * (100.0 - (1.0 - (-per_day * 100.0).exp()) / per_day)
    };
    let session = Session::new(&to.instance);
    let error = session.simulate(&session.current, SETTINGS, &|_| ()).unwrap().summary.aal.std_error.unwrap();
    for (group, expected) in [
        (InputGroup::Demand, 0.5 * (closed(1.0) + closed(3.0))),
        (InputGroup::Shocks, 1.5 * (closed(3.0) - closed(1.0))),
    ] {
        let usd = part(&found.aal, group) as f64 / 100.0;
        assert!((usd - expected).abs() < 4.0 * error, "{group:?}: {usd}, expected {expected} ± {error}");
    }
    // On the same draws the identity holds to the cent: a loss is proportional to v.
    let rate_alone = told(&from, &stopping(3).read().0);
    for (both, rate) in figures(&found).into_iter().zip(figures(&rate_alone)).skip(1) {
        let (one, three) = (rate.from_cents, rate.to_cents);
        assert!((2 * part(both, InputGroup::Demand) - (one + three)).abs() <= 4);
        assert!((2 * part(both, InputGroup::Shocks) - 3 * (three - one)).abs() <= 4);
    }
    let interval = found.aal.difference.unwrap();
    assert!((interval.value * 100.0 - (found.aal.to_cents - found.aal.from_cents) as f64).abs() < 2.0);
    assert!(interval.low.unwrap() < interval.value && interval.value < interval.high.unwrap());
    let sentences = sentences(&found);
    assert_eq!(sentences, ["w: cost of an outage 1,000 → 2,000 USD a day", "shock stop: rate 1 → 3 a year"]);
}

/// The later quarter has a host that the earlier catalog lacks, serves half from it, has a standby there, a workload more and
/// users elsewhere: every mixture must stand.
fn grown() -> World {
    before()
        .offer("d", "north", "NO", 0.5, "onboarding: 1000d, retires: 2031-01-01")
        .shock("id: exit, effects: {stop: {supplier: $each}}, each: {hosts: {}}, frequency: {per_year: 0.5}, duration: permanent, triggers: [{shock: stop, probability: 0.1, after: 1d}]")
        .allocation("{DE: {a@alpha:DE: 0.5, 'd@north:NO': 0.5}, FR: {'d@north:NO': 1.0}}")
        .with("users: {DE: 1.0}", "users: {DE: 0.75, FR: 0.25}")
        .workload_keys("standby: [{offer: b@beta:FR, readiness: warm, cover: 1.0}]")
        .portfolio("  - id: x\n    demand: {input_mtok: 10, output_mtok: 10}\n    users: {FR: 1.0}\n    data: internal\n    outage_cost_usd_per_day: 500\n    recovery_objective: 0d\n    allocation: {'d@north:NO': 1.0}\ncontracts:\n  - {host: north, fixed_usd_per_year: 1200, discount: 0.1}\nstarts: 2030-06-01\n")
        .with("horizon: 100d", "horizon: 200d")
}

#[test]
fn a_mixture_brings_along_what_it_names() {
    let (from, to) = (before().read().0, grown().read().0);
    let found = told(&from, &to);
    assert_eq!(found.n_worlds, 64, "all groups but the noise differ");
    for figure in figures(&found) {
        assert_eq!(figure.parts_cents.iter().sum::<i128>(), figure.to_cents - figure.from_cents);
    }
    assert_ne!(part(&found.monthly_cost, InputGroup::Allocation), 0);
    assert_eq!(part(&found.monthly_cost, InputGroup::Noise), 0);
    let sentences = sentences(&found);
    for sentence in [
        "workload x: new, 20 million tokens a month",
        "w: users DE 100 % → DE 75 %, FR 25 %",
        "w: share of a@alpha:DE for users in DE 100 % → 50 %",
        "w: standby b@beta:FR: new, warm, cover 100 %",
        "contract with north: new, signed, 1,200 USD a year, discount 10 %",
        "offer d@north:NO: new, offered",
        "shock exit: new, 0.5 a year",
        "horizon 100 days → 200 days",
    ] {
        assert!(sentences.iter().any(|own| own == sentence), "{sentence}\n{sentences:#?}");
    }
}

#[test]
fn back_is_the_opposite_of_there() {
    let (from, to) = (before().read().0, grown().read().0);
    let others = [FEW, SimulateSettings { n_trials: 80, seed: 2, ..FEW }];
    let (there, back) = (compared(&from, &to, others), compared(&to, &from, [others[1], others[0]]));
    for (there, back) in figures(&there).into_iter().zip(figures(&back)) {
        assert_eq!((there.from_cents, there.to_cents), (back.to_cents, back.from_cents));
        assert_eq!(there.parts_cents, back.parts_cents.map(|cents| -cents));
    }
    assert!(there.aal.difference.is_none(), "the draws differ");
    assert_ne!(part(&there.aal, InputGroup::Noise), 0);
    assert_eq!(part(&there.monthly_cost, InputGroup::Noise), 0, "nothing is drawn for the cost");
    assert_eq!(there.inputs.len(), back.inputs.len());
}

#[test]
fn nothing_changes_between_equals_however_they_are_written() {
    for world in [before(), grown()] {
        let (plain, turned) = (world.read().0, world.reversed().read().0);
        let found = told(&plain, &turned);
        assert_eq!((found.inputs.len(), found.n_worlds), (0, 1), "{:?}", found.inputs);
        for figure in figures(&found) {
            assert_eq!((figure.to_cents - figure.from_cents, figure.parts_cents), (0, [0; 7]));
        }
        let zero = found.cvar.difference.unwrap();
        assert_eq!((zero.value, zero.low, zero.high), (0.0, Some(0.0), Some(0.0)));
    }
    let one = answer(&told(&before().read().0, &grown().read().0));
    let other = answer(&told(&before().reversed().read().0, &grown().reversed().read().0));
    assert_eq!(to_text(&one), to_text(&other));
}

/// Another day 0 changes nothing as long as no offer retires in between.
#[test]
fn a_later_day_0_counts_only_where_an_offer_retires() {
    let dated = |day: &str, retires: &str| {
        before()
            .offer("d", "north", "NO", 0.5, &format!("onboarding: 0d{retires}"))
            .portfolio(&format!("starts: {day}\n"))
            .read()
            .0
    };
    let still = told(&dated("2030-01-01", ""), &dated("2030-04-01", ""));
    assert_eq!((still.n_worlds, still.inputs[0].group), (1, None));
    assert_eq!(sentences(&still), ["day 0 2030-01-01 → 2030-04-01"]);
    let ends = ", retires: 2030-05-01";
    let found = told(&dated("2030-01-01", ends), &dated("2030-04-01", ends));
    assert_eq!((found.n_worlds, found.inputs[0].group), (2, Some(InputGroup::Method)));
    assert!(part(&found.aal, InputGroup::Method) > 0, "the offer that takes over at once is gone");
}

/// What has no effect on the figures is told, and nothing is attributed to it.
#[test]
fn limits_names_and_costs_of_change_have_no_effect() {
    let after = before()
        .with("name: Tiny", "name: Big")
        .with("qualify_model_usd: 0", "qualify_model_usd: 5")
        .portfolio("limits:\n  - {id: cost, measure: monthly_cost, at_most_usd: 10}\n");
    let found = told(&before().read().0, &after.read().0);
    assert_eq!(found.n_worlds, 1);
    assert!(found.inputs.iter().all(|input| input.group.is_none()));
    assert_eq!(
        sentences(&found),
        [
            "change: cost of qualifying a model 0 → 5 USD",
            "company: name Tiny → Big",
            "limit cost: new, {measure: monthly_cost, at_most_usd: 10, id: cost}"
        ]
    );
}

proptest! {
    #![proptest_config(Config { cases: 6, failure_persistence: None, ..Config::default() })]

    /// For any two random portfolios, of which the second may have grown.
    #[test]
    fn parts_add_up_to_the_cent(numbers in prop::array::uniform2(numbers()), grows: bool, seed in 1_u64..3) {
        let mut after = random_world(&numbers[1]);
        if grows {
            after = after
                .offer("d", "north", "NO", 0.7, "onboarding: 20d")
                .allocation("{'d@north:NO': 0.6, a@alpha:DE: 0.4}");
        }
        let (from, to) = (random_world(&numbers[0]).read().0, after.read().0);
        let settings = [FEW, SimulateSettings { seed, ..FEW }];
        let found = compared(&from, &to, settings);
        let back = compared(&to, &from, [settings[1], settings[0]]);
        for (figure, back) in figures(&found).into_iter().zip(figures(&back)) {
            prop_assert_eq!(figure.parts_cents.iter().sum::<i128>(), figure.to_cents - figure.from_cents);
            prop_assert_eq!(figure.parts_cents, back.parts_cents.map(|cents| -cents));
        }
        // What is written adds up as well.
        let attribution = answer(&found).attribution.unwrap();
        for figure in [attribution.monthly_cost_usd, attribution.aal_usd, attribution.cvar_usd] {
            let sum: f64 = figure.parts.list().iter().map(|part| part.1).sum();
            prop_assert!((sum - (figure.to - figure.from)).abs() < 0.005, "{figure:?}");
        }
        let of_noise = figures(&found).map(|figure| part(figure, InputGroup::Noise));
        prop_assert!(seed != 1 || of_noise == [0; 3], "{of_noise:?}");
    }
}
