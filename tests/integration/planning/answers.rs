//! Analyses of the plan: frontier, alternatives, migration schedule, hedges, stability of the decision.

use multipolar::measures::tail::conditional_value_at_risk;
use multipolar::model::plan::Plan;
use multipolar::simulation::draws::{Purpose, Rates, Sampler};
use multipolar::simulation::run::{RunControl, Simulation};
use multipolar::study::plan::alternatives::distance;
use multipolar::study::plan::analyses::Answers;
use multipolar::study::plan::frontier::{Frontier, LEAST_POINTS};
use multipolar::study::plan::outcome::{HedgeRole, MigrationAction, Schedule};
use multipolar::study::plan::questions::{AlternativesRequest, Questions};
use multipolar::study::plan::stability::CandidateName;
use multipolar::study::session::{OptimizeSettings, Session};
use multipolar::units::DAYS_PER_MONTH;

use super::SETTINGS;
use super::brute_force::two_workloads;
use crate::world::{World, assert_close};

fn answers(session: &Session<'_>, questions: Questions) -> Answers {
    session.answers(SETTINGS, &questions, &|_| ()).unwrap_or_else(|error| panic!("{error}"))
}

/// Three offers that differ only in price: `a` 1, `b` 1 + ε, `c` 3 USD per mtok; 1.2 mtok a day for 100 days cost 120
/// USD on `a`.
fn calm(price_of_b: f64) -> World {
    World::new()
        .with(
            "host: beta, regions: [FR], access: api, price: {input_usd_per_mtok: 1,",
            &format!("host: beta, regions: [FR], access: api, price: {{input_usd_per_mtok: {price_of_b},"),
        )
        .with(
            "host: gamma, regions: [SE], access: api, price: {input_usd_per_mtok: 1,",
            "host: gamma, regions: [SE], access: api, price: {input_usd_per_mtok: 3,",
        )
        .allocation("{c@gamma:SE: 1.0}")
}

fn frontier_of(answers: &Answers) -> &Frontier {
    answers.frontier.as_ref().unwrap()
}

/// Along a frontier cost rises and CVaR falls, every plan keeps the limits, and the recommended plan is on it.
#[test]
fn along_a_frontier_cost_rises_and_risk_falls() {
    let world =
        two_workloads().portfolio("limits:\n  - {measure: share, of: developer, is: alpha, at_most: 0.7}\n");
    let instance = world.load();
    let session = Session::new(&instance);
    let answers = answers(&session, Questions { frontier: true, ..Questions::default() });
    let found = frontier_of(&answers);
    assert!(found.points.len() >= 5, "{} points", found.points.len());
    for pair in found.points.windows(2) {
        let [before, after] = [&pair[0], &pair[1]].map(|p| &p.measured.in_sample.figures);
        assert!(before.monthly_cost_usd < after.monthly_cost_usd && before.cvar_usd > after.cvar_usd);
    }
    for point in &found.points {
        let limits = session.check(&point.measured.plan, None, None).limits;
        assert!(limits.iter().all(|limit| limit.kept == Some(true)));
    }
    let plan = &answers.optimized.plan.as_ref().unwrap().plan;
    let on_it: Vec<_> = found.points.iter().filter(|p| p.is_recommended).map(|p| &p.measured.plan).collect();
    assert_eq!(
        on_it.into_iter().chain(found.recommended.iter().map(|r| &r.plan)).collect::<Vec<_>>(),
        [plan]
    );
    // No point has a better objective than the proven bound of the recommended plan.
    let bound = answers.optimized.bound_usd;
    assert!(found.points.iter().all(|p| p.measured.in_sample.figures.objective_usd >= bound * (1.0 - 1e-9)));
    let knee = found.knee.unwrap();
    assert!((1..found.points.len() - 1).contains(&knee));
    assert!(found.points.len() <= LEAST_POINTS + 13);
}

/// Without shocks no plan has any risk, so the cheapest plan is the only point of the frontier.
#[test]
fn without_risk_the_frontier_is_one_plan() {
    let instance = calm(2.0).load();
    let session = Session::new(&instance);
    let answers = answers(&session, Questions { frontier: true, ..Questions::default() });
    let found = frontier_of(&answers);
    assert_eq!((found.points.len(), found.knee), (1, None));
    assert_close(found.points[0].measured.in_sample.figures.objective_usd, 120.0);
    assert_close(found.today.in_sample.figures.objective_usd, 360.0);
}

fn alternatives(n: usize, within: f64) -> Questions {
    Questions { alternatives: Some(AlternativesRequest { n, within }), ..Questions::default() }
}

/// `b` costs 1 % more than `a`, so all demand may move to it within 2 %. `c` costs three times as much: 1 % of demand
/// may move to it, since 0.01 × 240 = 2.4 = 2 % of 120.
#[test]
fn an_offer_that_costs_a_hundredth_more_is_an_alternative() {
    let instance = calm(1.01).load();
    let session = Session::new(&instance);
    let answers = answers(&session, alternatives(3, 0.02));
    let found = answers.alternatives.unwrap();
    let first = &found.list[0];
    assert_close(first.distance_to_plan, 1.0);
    assert!((first.over_plan - 0.01).abs() < 1e-9, "{}", first.over_plan);
    assert_close(first.measured.plan.share(0, instance.offer_idx("b@beta:FR").unwrap()), 1.0);
    for alternative in &found.list {
        assert!(alternative.measured.in_sample.figures.objective_usd <= 1.02 * 120.0 + 1e-9);
        assert!(alternative.measured.plan.share(0, instance.offer_idx("c@gamma:SE").unwrap()) <= 0.01 + 1e-9);
    }
}

/// `b` costs 10 % more: moving all demand exceeds 2 %, a fifth does not, since 0.2 × 12 = 2.4 = 2 % of 120.
#[test]
fn an_alternative_moves_as_much_demand_as_the_band_allows() {
    let instance = calm(1.1).load();
    let session = Session::new(&instance);
    let found = answers(&session, alternatives(1, 0.02)).alternatives.unwrap();
    let share = found.list[0].measured.plan.share(0, instance.offer_idx("b@beta:FR").unwrap());
    assert!((share - 0.2).abs() < 1e-3, "{share}");
    assert_close(found.list[0].distance_to_plan, share);
}

/// `b` costs twice as much: within 0.1 % a thousandth could move, which does not count as another plan.
#[test]
fn without_a_plan_nearly_as_good_there_is_no_alternative() {
    let instance = calm(2.0).load();
    let session = Session::new(&instance);
    assert!(answers(&session, alternatives(2, 0.001)).alternatives.unwrap().list.is_empty());
}

/// Two workloads with risk: every alternative is within the band, keeps the limit, and has the distances that it
/// reports.
#[test]
fn alternatives_stay_within_the_band_and_keep_limits() {
    let world =
        two_workloads().portfolio("limits:\n  - {measure: share, of: developer, is: alpha, at_most: 0.7}\n");
    let instance = world.load();
    let session = Session::new(&instance);
    let answers = answers(&session, alternatives(3, 0.05));
    let (found, plan) = (answers.alternatives.unwrap(), &answers.optimized.plan.as_ref().unwrap().plan);
    assert!(!found.list.is_empty());
    let mut before: Vec<&Plan> = vec![plan];
    for alternative in &found.list {
        let other = &alternative.measured.plan;
        let figures = &alternative.measured.in_sample.figures;
        assert!(figures.objective_usd <= answers.optimized.objective_usd * 1.05 * (1.0 + 1e-9));
        assert!(session.check(other, None, None).limits.iter().all(|limit| limit.kept == Some(true)));
        let nearest = before.iter().map(|b| distance(&instance, b, other)).fold(f64::INFINITY, f64::min);
        assert_close(alternative.least_distance, nearest);
        assert_close(alternative.distance_to_plan, distance(&instance, plan, other));
        before.push(other);
    }
    for shared in &found.shared {
        assert!(shared.n_of == found.list.len() + 1 && 2 * shared.n_plans > shared.n_of);
    }
}

/// The plan after each step, starting from today's plan.
fn plans_along(session: &Session<'_>, schedule: &Schedule) -> Vec<Plan> {
    let mut plan = session.current.clone();
    let mut plans = Vec::new();
    for step in &schedule.steps {
        for action in &step.actions {
            match action {
                MigrationAction::Shift { from, to, parts, .. } => {
                    for &(cell, share) in parts {
                        for (offer, change) in [(*from, -share), (*to, share)] {
                            let shares = &mut plan.allocation[cell];
                            match shares.iter_mut().find(|s| s.0 == offer) {
                                Some(entry) => entry.1 += change,
                                None => shares.push((offer, change)),
                            }
                            shares.retain(|s| s.1 > 1e-7);
                            shares.sort_by_key(|s| s.0);
                        }
                    }
                }
                MigrationAction::SetUp { workload, standby }
                | MigrationAction::Change { workload, standby } => {
                    plan.standby[*workload].retain(|s| s.offer != standby.offer);
                    plan.standby[*workload].push(*standby);
                    plan.standby[*workload].sort_by_key(|s| s.offer);
                }
                MigrationAction::Drop { workload, standby } => {
                    plan.standby[*workload].retain(|s| s.offer != standby.offer);
                }
            }
        }
        plans.push(plan.clone());
    }
    plans
}

/// At most 0.3 moves per quarter, so `c` to `a` takes 0.3 + 0.3 + 0.3 + 0.1. Each step saves 2 × 36.5 × its share of
/// the monthly cost of 109.5.
#[test]
fn moves_are_spread_over_quarters() {
    let instance = calm(2.0).portfolio("max_turnover_per_quarter: 0.3\n").load();
    let session = Session::new(&instance);
    let schedule = super::optimized(&session).plan.unwrap().schedule;
    let found: Vec<(u64, f64)> = schedule.steps.iter().map(|s| (s.quarter, s.turnover)).collect();
    assert_eq!(found.iter().map(|s| s.0).collect::<Vec<_>>(), [1, 2, 3, 4]);
    for ((_, turnover), expected) in found.iter().zip([0.3, 0.3, 0.3, 0.1]) {
        assert!((turnover - expected).abs() < 1e-9, "{turnover}");
    }
    for (step, done) in schedule.steps.iter().zip([0.3, 0.6, 0.9, 1.0]) {
        assert!((step.figures.monthly_cost_usd - (109.5 - 73.0 * done)).abs() < 1e-6);
    }
}

/// Two workloads with limits and a turnover limit per quarter: every limit that holds continues to hold, the final
/// state is the plan, and the figures of a step are those of the plan after it.
#[test]
fn every_step_keeps_the_limits_that_held_and_the_last_reaches_the_plan() {
    let world = two_workloads().portfolio(
        "max_turnover_per_quarter: 0.2\nlimits:\n  - {id: alpha, measure: share, of: developer, is: alpha, at_most: 0.4}\n  \
         - {id: most, measure: max_share, of: developer, at_most: 0.75}\n  \
         - {id: each, measure: max_share, of: developer, at_most: 1.0, scope: each_workload}\n",
    );
    let instance = world.load();
    let session = Session::new(&instance);
    let plan = super::optimized(&session).plan.unwrap();
    let schedule = &plan.schedule;
    assert!(schedule.n_quarters() >= 2, "{:?}", schedule.n_quarters());
    let kept = |plan: &Plan| -> Vec<bool> {
        session.check(plan, None, None).limits.iter().map(|l| l.kept == Some(true)).collect()
    };
    let mut before = kept(&session.current);
    assert!(before.contains(&false) && before.contains(&true));
    let plans = plans_along(&session, schedule);
    for (step, plan) in schedule.steps.iter().zip(&plans) {
        let after = kept(plan);
        for (limit, (before, after)) in before.iter().zip(&after).enumerate() {
            assert!(
                !before || *after || !step.breaks.is_empty(),
                "limit {limit} in quarter {}",
                step.quarter
            );
        }
        assert!(step.breaks.is_empty(), "{:?}", step.breaks);
        let cost = session.setting.monthly_cost(plan).total_usd();
        assert!((cost - step.figures.monthly_cost_usd).abs() <= 1e-4 * cost, "{cost}");
        before = after;
    }
    for quarter in schedule.steps.chunk_by(|a, b| a.quarter == b.quarter) {
        assert!(quarter.iter().map(|s| s.turnover).sum::<f64>() <= 0.2 + 1e-9);
    }
    let last = schedule.steps.last().unwrap();
    assert_eq!(last.figures.cvar_usd, plan.figures.cvar_usd);
    assert_eq!(last.figures.monthly_cost_usd, plan.figures.monthly_cost_usd);
    let end = plans.last().unwrap();
    for cell in 0..instance.cells.len() {
        for offer in 0..instance.offers.len() {
            assert!((end.share(cell, offer) - plan.plan.share(cell, offer)).abs() < 1e-5);
        }
    }
    assert_eq!(end.standby, plan.plan.standby);
}

/// A turnover limit of 0 gives an empty schedule.
#[test]
fn without_turnover_the_schedule_is_empty() {
    let instance = calm(2.0).portfolio("max_turnover_per_quarter: 0\n").load();
    let session = Session::new(&instance);
    assert!(super::optimized(&session).plan.unwrap().schedule.steps.is_empty());
}

/// (1 − w)·mean + w·CVaR of a plan on fresh trials, by the simulator, and its monthly cost.
fn fresh(session: &Session<'_>, settings: OptimizeSettings, plan: &Plan) -> (f64, f64) {
    let sampler =
        Sampler::new(session.instance, &session.shocks, settings.seed, Purpose::OutOfSample, Rates::Drawn);
    let simulation = Simulation::new(&session.setting, &session.shocks, sampler, plan);
    let losses = simulation.runner().run(0..settings.n_trials, RunControl::SILENT, None).losses;
    let mean = losses.iter().sum::<f64>() / losses.len() as f64;
    let cvar = conditional_value_at_risk(&losses, settings.confidence_level).unwrap();
    let risk = (1.0 - settings.cvar_weight) * mean + settings.cvar_weight * cvar;
    (risk, session.setting.monthly_cost(plan).total_usd())
}

/// The value of a hedge is the difference between the simulated plan with and without it, on the same fresh trials.
#[test]
fn a_hedge_is_the_plan_measured_without_it() {
    let instance = two_workloads().load();
    let session = Session::new(&instance);
    let found = super::optimized(&session).plan.unwrap();
    let months = session.setting.horizon_days() / DAYS_PER_MONTH;
    let (with, cost_with) = fresh(&session, SETTINGS, &found.plan);
    let mut roles = [0, 0];
    assert!(!found.hedges.list.is_empty());
    for hedge in &found.hedges.list {
        let workload = instance.workloads.iter().position(|w| w.workload.id == hedge.workload).unwrap();
        let offer = instance.offers.iter().position(|o| o.id == hedge.offer).unwrap();
        let mut plan = found.plan.clone();
        let fee = match hedge.role {
            HedgeRole::Standby(readiness) => {
                roles[0] += 1;
                plan.standby[workload].retain(|s| s.offer != offer);
                multipolar::costs::readiness_fee(&instance, workload, offer, readiness)
            }
            HedgeRole::Primary { .. } => {
                roles[1] += 1;
                for cell in instance.workloads[workload].cells.clone() {
                    let rest = 1.0 - plan.share(cell, offer);
                    if rest > 1e-6 {
                        plan.allocation[cell].retain(|s| s.0 != offer);
                        plan.allocation[cell].iter_mut().for_each(|s| s.1 /= rest);
                    }
                }
                0.0
            }
        };
        let (without, cost_without) = fresh(&session, SETTINGS, &plan);
        let slack = 1e-6 * without.max(1.0);
        assert!((hedge.loss_avoided_usd.value - (without - with)).abs() <= slack, "{hedge:?}");
        assert!((hedge.cost_usd - (cost_with - cost_without) * months).abs() <= 1e-6 * cost_with * months);
        let fee_up_to = (without - with) / months - (cost_with - cost_without - fee);
        assert!((hedge.break_even_usd_per_month.value - fee_up_to).abs() <= slack);
        let (low, high) = (hedge.loss_avoided_usd.low.unwrap(), hedge.loss_avoided_usd.high.unwrap());
        assert!(low <= hedge.loss_avoided_usd.value && hedge.loss_avoided_usd.value <= high);
    }
    assert!(roles[1] > 0, "no second source");
}

/// One offer carries all demand, so it is reported as the only source, not as a hedge.
#[test]
fn an_only_source_is_reported_instead_of_measured() {
    let instance = calm(2.0).load();
    let session = Session::new(&instance);
    let hedges = super::optimized(&session).plan.unwrap().hedges;
    assert!(hedges.list.is_empty());
    let (workload, offer) = &hedges.only_sources[0];
    assert_eq!((workload.as_str(), offer.to_string().as_str()), ("w", "a@alpha:DE"));
}

/// Without shocks `a` at 120 USD is better than `c` at 360 in every resample, and the plan is the best one on every
/// sample.
#[test]
fn a_decision_without_risk_is_certain() {
    let instance = calm(2.0).load();
    let session = Session::new(&instance);
    let answers = answers(&session, Questions { replications: Some(3), ..Questions::default() });
    let stability = answers.stability.unwrap();
    let names: Vec<_> = stability.candidates.iter().map(|c| c.name).collect();
    assert_eq!(names, [CandidateName::Plan, CandidateName::Today]);
    let [plan, today] = [0, 1].map(|at| &stability.candidates[at]);
    assert_eq!((plan.probability_close, plan.probability_best, today.probability_close), (1.0, 1.0, 0.0));
    let difference = today.difference_usd.unwrap();
    assert!((difference.value - 240.0).abs() < 1e-6 && !today.is_too_close_to_tell());
    let gap = stability.replicated.unwrap();
    assert_eq!((gap.n_replications, gap.n_failed), (3, 0));
    assert!(gap.gap_usd.unwrap().high.unwrap() < 0.2, "{:?}", gap.gap_usd);
}

/// With risk and few trials the gap of the plan on other trials is positive, and probabilities are in [0, 1].
#[test]
fn a_decision_under_risk_has_probabilities_and_a_gap() {
    let instance = two_workloads().load();
    let session = Session::new(&instance);
    let questions = Questions { frontier: true, replications: Some(3), ..Questions::default() };
    let stability = answers(&session, questions).stability.unwrap();
    assert!(stability.candidates.len() >= 5);
    let best: f64 = stability.candidates.iter().map(|c| c.probability_best).sum();
    assert!(best >= 1.0 - 1e-12, "{best}");
    for candidate in &stability.candidates {
        assert!(candidate.probability_best <= candidate.probability_close);
        assert!((0.0..=1.0).contains(&candidate.probability_close));
    }
    let gap = stability.replicated.unwrap().gap_usd.unwrap();
    assert!(gap.value > 0.0 && gap.low.unwrap() <= gap.value && gap.value <= gap.high.unwrap());
}
