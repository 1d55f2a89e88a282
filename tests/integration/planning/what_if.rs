//! What limits do to a plan, and what other plans would cost: conflicts, prices, why not, sovereignty.

use multipolar::model::eligibility::Ineligible;
use multipolar::model::limit::Unit;
use multipolar::planning::outcome::Status;
use multipolar::study::plan::outcome::{Conflict, DemandKind, Optimized};
use multipolar::study::plan::sovereignty::{CaseOutcome, SovereigntyCase};
use multipolar::study::plan::sovereignty_rule::SovereigntyRule;
use multipolar::study::plan::why_not::{Forced, ForcedOutcome};
use multipolar::study::session::{OptimizeSettings, Session};

use super::limits::calm;
use super::{SETTINGS, optimized};
use crate::world::{World, assert_close};

/// The optimization of a world under limits, one per entry.
fn under(world: &World, limits: &[&str]) -> Optimized {
    let lines: String = limits.iter().map(|limit| format!("  - {limit}\n")).collect();
    let world =
        if limits.is_empty() { world.clone() } else { world.clone().portfolio(&format!("limits:\n{lines}")) };
    optimized(&Session::new(&world.load()))
}

fn words(conflicts: &[Conflict]) -> Vec<&str> {
    conflicts.iter().map(|c| c.what.as_str()).collect()
}

/// The limits conflict, each is named once, and without any one of them there is a plan.
#[track_caller]
fn assert_irreducible(world: &World, limits: &[&str], members: &[usize]) -> Vec<Conflict> {
    let found = under(world, limits);
    assert_eq!(found.status, Status::Infeasible);
    assert!(found.conflict_proof.unwrap().is_proven);
    let expected: Vec<&str> = members.iter().map(|&at| limits[at]).collect();
    assert_eq!(words(&found.conflicts), expected);
    let only: Vec<&str> = members.iter().map(|&at| limits[at]).collect();
    assert_eq!(under(world, &only).status, Status::Infeasible, "they are in conflict by themselves");
    for left_out in members {
        let rest: Vec<&str> = members.iter().filter(|at| *at != left_out).map(|&at| limits[at]).collect();
        assert_ne!(under(world, &rest).status, Status::Infeasible, "without {}", limits[*left_out]);
    }
    found.conflicts
}

const BUDGET: &str = "{measure: monthly_cost, at_most_usd: 50}";
const LITTLE_ALPHA: &str = "{measure: share, of: developer, is: alpha, at_most: 0.4}";
const NOT_IN_CONFLICT: &str = "{measure: max_share, of: developer, at_most: 0.9}";

/// `a` costs 1, `b` 2, `c` 3 USD per mtok; 36.5 mtok a month. With x on `a` and the rest on `b` a month costs 36.5 (2 − x):
/// 50 USD need x ≥ 0.6301. At most 0.4 on `a` costs at least 58.4. So either the share gives to 0.631, or the budget to 59.
#[test]
fn of_two_limits_in_conflict_each_is_told_how_far_it_must_give() {
    let limits = [NOT_IN_CONFLICT, LITTLE_ALPHA, BUDGET];
    let conflicts = assert_irreducible(&calm("{c@gamma:SE: 1.0}"), &limits, &[1, 2]);
    let (share, budget) = (&conflicts[0], &conflicts[1]);
    assert_eq!((share.kind, share.unit, share.bound), (DemandKind::Limit, Some(Unit::Share), Some(0.4)));
    assert_eq!((share.relax_to, budget.relax_to), (Some(0.631), Some(59.0)));
    assert_eq!((budget.unit, budget.bound), (Some(Unit::Usd), Some(50.0)));
    // The cheapest plans then: 36.5 × (2 − 0.631), and 36.5 × 1.6, but for the millionth of room that is kept to a limit.
    let cost = |c: &Conflict| c.then.unwrap().monthly_cost_usd;
    assert!((cost(share) - 49.9685).abs() < 1e-3, "{}", cost(share));
    assert!((cost(budget) - 58.4).abs() < 1e-3, "{}", cost(budget));
}

/// 36 USD do not pay for 36.5 mtok at 1 USD: the budget is in conflict by itself, whatever else is demanded.
#[test]
fn a_limit_that_cannot_be_kept_at_all_stands_alone() {
    let limits = [LITTLE_ALPHA, "{measure: monthly_cost, at_most_usd: 36}"];
    let found = under(&calm("{c@gamma:SE: 1.0}"), &limits);
    assert_eq!(words(&found.conflicts), [limits[1]]);
    // Beside it the share of alpha stands, so the whole needs 58.4, not 36.5.
    assert_eq!(found.conflicts[0].relax_to, Some(59.0));
    assert!(!found.conflict_proof.unwrap().has_others);
}

/// Three developers; four are asked for, and of alpha and beta at least 0.6 each: two conflicts, told apart.
#[test]
fn a_second_conflict_is_mentioned() {
    let limits = [
        "{measure: distinct, of: developer, at_least: 4, counting_from: 0.05}",
        "{measure: share, of: developer, is: alpha, at_least: 0.6}",
        "{measure: share, of: developer, is: beta, at_least: 0.6}",
    ];
    let found = under(&calm("{c@gamma:SE: 1.0}"), &limits);
    assert_eq!(words(&found.conflicts), [limits[0]]);
    assert!(found.conflict_proof.unwrap().has_others);
    assert_eq!((found.conflicts[0].relax_to, found.conflicts[0].unit), (Some(3.0), Some(Unit::Count)));
}

/// `a` alone is good enough for 1400 points once `b` and `c` have 1390 and 1380; at most 0.4 may be on it. Either 1.0 of it is
/// allowed, or the floor falls to `b`'s 1390.
#[test]
fn what_a_workload_demands_can_be_a_part_of_a_conflict() {
    let world = calm("{a@alpha:DE: 1.0}")
        .with("quality: {general: 1400, de: 1395}", "quality: {general: 1390}")
        .with(
            "{id: c, name: C, developer: gamma, openness: closed, license: own, quality: {general: 1400}",
            "{id: c, name: C, developer: gamma, openness: closed, license: own, quality: {general: 1380}",
        )
        .workload_keys("min_quality: 1400\nmin_context: 0");
    let found = under(&world, &[LITTLE_ALPHA]);
    assert_eq!(found.status, Status::Infeasible);
    assert_eq!(words(&found.conflicts), ["workload 'w': min_quality: 1400", LITTLE_ALPHA]);
    let (floor, share) = (&found.conflicts[0], &found.conflicts[1]);
    assert_eq!((floor.kind, floor.unit), (DemandKind::Eligibility, Some(Unit::Points)));
    assert_eq!((floor.bound, floor.relax_to), (Some(1400.0), Some(1390.0)));
    assert_eq!(share.relax_to, Some(1.0));
    let lower = world.with("min_quality: 1400", "min_quality: 1390");
    assert_ne!(under(&lower, &[LITTLE_ALPHA]).status, Status::Infeasible);
}

/// `forbid` is no number: it would have to be waived.
#[test]
fn a_rule_without_a_number_is_waived_or_not() {
    let world = calm("{a@alpha:DE: 1.0}").workload_keys("forbid: {model: [b, c]}");
    let found = under(&world, &[LITTLE_ALPHA]);
    assert_eq!(words(&found.conflicts), ["workload 'w': forbid", LITTLE_ALPHA]);
    let forbid = &found.conflicts[0];
    assert_eq!((forbid.bound, forbid.relax_to, forbid.is_enough), (None, None, true));
    // Then 0.6 on `b`: 36.5 × 1.6.
    assert!((forbid.then.unwrap().monthly_cost_usd - 58.4).abs() < 1e-3);
}

/// A quota of 10 of 36.5 mtok on `b`, the only one beside `a`: at least 0.6 of 36.5 = 21.9 have to fit there.
#[test]
fn a_quota_can_be_a_part_of_a_conflict() {
    let world = calm("{a@alpha:DE: 1.0}")
        .workload_keys("forbid: {model: c}")
        .portfolio("capacity: {b@beta:FR: 10}\n");
    let found = under(&world, &[LITTLE_ALPHA]);
    assert_eq!(
        words(&found.conflicts),
        ["workload 'w': forbid", "capacity of b@beta:FR: 10 mtok a month", LITTLE_ALPHA]
    );
    assert_eq!(found.conflicts[1].relax_to, Some(22.0));
    // 10 of 36.5 on `b` leave 0.726 for `a`.
    assert_eq!(found.conflicts[2].relax_to, Some(0.727));
}

/// All is on `a`; at most 0.4 may be, so 0.6 has to move, and 0.1 may. A millionth of room is kept to the share, so that
/// neither 0.6 nor 0.9 is quite enough.
#[test]
fn turnover_can_be_a_part_of_a_conflict() {
    let world = calm("{a@alpha:DE: 1.0}").portfolio(&format!("limits:\n  - {LITTLE_ALPHA}\n"));
    let instance = world.load();
    let settings = OptimizeSettings { max_turnover: Some(0.1), ..SETTINGS };
    let found = Session::new(&instance).optimize(settings, &|_| ()).unwrap();
    assert_eq!(words(&found.conflicts), ["at most 10 % of the demand moves", LITTLE_ALPHA]);
    assert_eq!((found.conflicts[0].relax_to, found.conflicts[1].relax_to), (Some(0.601), Some(0.901)));
}

/// Alpha is out for 60 days in some years, and the others are forbidden: the tail cannot be within 5,000 USD unless they are
/// allowed, or a standby that is one of them.
#[test]
fn a_limit_on_losses_can_be_a_part_of_a_conflict() {
    let world = calm("{a@alpha:DE: 1.0}")
        .shock("id: alpha_out, effects: {stop: {supplier: alpha}}, frequency: {per_year: 1}, duration: {fixed: 60d}")
        .workload_keys("forbid: {model: [b, c]}");
    let tail = "{measure: cvar, confidence_level: 0.95, at_most_usd: 5000}";
    let found = under(&world, &[tail]);
    assert_eq!(found.status, Status::Infeasible);
    assert_eq!(words(&found.conflicts), ["workload 'w': forbid", tail]);
    // Nothing can be done about the loss of `a` alone: the tail would have to be what it is today.
    let today = found.current.cvar_usd;
    assert!(today > 5_000.0);
    assert_eq!(found.conflicts[1].relax_to, Some(today.ceil()));
}

/// Nothing that may be used survives the loss of the US at once, as `survives` demands: none was found, which proves nothing.
#[test]
fn a_limit_that_is_only_tested_is_named_without_proof() {
    let world = calm("{a@alpha:DE: 1.0}").workload_keys("forbid: {model: [b, c]}");
    let limit = "{measure: survives, loss_of: {jurisdiction: US}, service_at_least: 0.5, within: 0d}";
    let found = under(&world, &[limit]);
    assert_eq!(found.status, Status::Infeasible);
    assert_eq!(words(&found.conflicts), ["workload 'w': forbid", limit]);
    assert_eq!(found.conflicts[1].relax_to, Some(0.0));
}

/// Without shocks 0.4 on `a` at 1 USD and 0.6 on `b` at 2 USD: one more point on `a` saves 0.01 × 1.2 mtok × 100 days × 1 USD.
#[test]
fn a_point_of_a_binding_limit_has_its_price() {
    let found = under(&calm("{c@gamma:SE: 1.0}"), &[LITTLE_ALPHA]);
    let binding = &found.plan.unwrap().binding_limits;
    assert_eq!(binding.len(), 1);
    let price = &binding[0];
    assert_eq!((price.limit.as_str(), price.step, price.unit), (LITTLE_ALPHA, 0.01, Unit::Share));
    let (usd, most) = (price.price_usd.unwrap(), price.price_at_most_usd.unwrap());
    assert!((usd - 1.2).abs() < 1e-3, "{usd}");
    assert!(most >= usd - 1e-9 && most <= usd + 1e-3 * found.objective_usd, "{usd} to {most}");
}

/// A budget of 50 USD: x = 0.6301 on `a`. One percent more, 50.5 USD, is no saving: the plan is as cheap as it may be.
#[test]
fn a_limit_that_binds_without_need_costs_nothing() {
    let limits = ["{measure: share, of: developer, is: alpha, at_least: 1}"];
    let found = under(&calm("{a@alpha:DE: 1.0}"), &limits);
    let binding = found.plan.unwrap().binding_limits;
    assert_eq!(binding.len(), 1);
    assert_close(binding[0].price_usd.unwrap(), 0.0);
}

#[track_caller]
fn forced(world: &World, offer: &str) -> Forced {
    let instance = world.load();
    let session = Session::new(&instance);
    let question = session.why_question(offer, Some("w")).unwrap();
    session.why(question, SETTINGS, &|_| ()).unwrap().forced.unwrap()
}

/// 0.1 of 36.5 mtok at 3 instead of 1 USD: 7.3 USD a month more, 0.1 × 120 mtok × 2 USD = 24 over the horizon, and a
/// millionth of room kept to the share.
#[test]
fn an_eligible_offer_is_told_what_a_tenth_of_it_would_cost() {
    let found = forced(&calm("{a@alpha:DE: 1.0}"), "c@gamma:SE");
    assert_close(found.share, 0.1);
    let ForcedOutcome::Plan { figures, in_the_way, .. } = found.outcome else {
        panic!("{:?}", found.outcome)
    };
    assert!((figures.monthly_cost_usd - found.best.monthly_cost_usd - 7.3).abs() < 1e-3);
    assert!((figures.objective_usd - found.best.objective_usd - 24.0).abs() < 1e-3);
    assert!(in_the_way.is_empty());
}

#[test]
fn an_offer_that_is_in_the_plan_needs_no_forcing() {
    let found = forced(&calm("{c@gamma:SE: 1.0}"), "a@alpha:DE");
    assert_close(found.share_planned, 1.0);
    assert_eq!(found.outcome, ForcedOutcome::Planned);
}

/// A budget of 37 USD leaves no room for 0.1 × 36.5 × 2 USD more: the two conflict, and the budget would have to be 44.
#[test]
fn an_offer_that_a_limit_keeps_out_is_told_which() {
    let budget = "{measure: monthly_cost, at_most_usd: 37}";
    let world = calm("{a@alpha:DE: 1.0}").portfolio(&format!("limits:\n  - {budget}\n"));
    let found = forced(&world, "c@gamma:SE");
    let ForcedOutcome::Conflict { members, proof } = found.outcome else { panic!("{:?}", found.outcome) };
    assert!(proof.is_proven);
    assert_eq!(words(&members), [budget, "at least 10 % of workload 'w' on c@gamma:SE"]);
    assert_eq!(members[0].relax_to, Some(44.0));
    // 0.5 USD of room pay for 0.5 / 73 of the demand.
    assert_eq!(members[1].relax_to, Some(0.006));
}

/// Every reason is told, not only the first.
#[test]
fn an_excluded_offer_is_told_every_reason() {
    let world = calm("{a@alpha:DE: 1.0}")
        .workload_keys("min_quality: 1401\nmin_context: 32000\nforbid: {model: b}\nrequire: {region: [DE]}");
    let instance = world.load();
    let session = Session::new(&instance);
    let question = session.why_question("b@beta:FR", None).unwrap();
    let why = session.why(question, SETTINGS, &|_| ()).unwrap();
    assert!(why.forced.is_none());
    assert_eq!(
        why.cells[0].reasons,
        [
            Ineligible::Quality { field: "general".to_owned(), points: 1400.0, floor: 1401.0 },
            Ineligible::Context { tokens: None, floor: 32000 },
            Ineligible::Required,
            Ineligible::Forbidden,
        ]
    );
}

#[test]
fn names_that_do_not_exist_are_refused_with_the_nearest_one() {
    let instance = calm("{a@alpha:DE: 1.0}").load();
    let session = Session::new(&instance);
    let offer = session.why_question("b@beta:FI", None).unwrap_err();
    assert_eq!((offer.what, offer.help.as_str()), ("offer", "did you mean 'b@beta:FR'?"));
    let workload = session.why_question("b@beta:FR", Some("chat")).unwrap_err();
    assert_eq!(workload.to_string(), "there is no workload 'chat'\n  = help: there are w");
}

#[track_caller]
fn cases(world: &World) -> Vec<SovereigntyCase> {
    let instance = world.load();
    let answer = Session::new(&instance).sovereignty(SETTINGS, &|_| ()).unwrap();
    assert_eq!(answer.cases.iter().map(|c| c.rule).collect::<Vec<_>>(), SovereigntyRule::ALL);
    answer.cases
}

/// Today all is on `a` (US, closed, in DE). Free: `a`, 36.5 USD a month. Without US: `b`, 73. Without CN, of which nothing is:
/// `a`. Open only: `b`. In the EU: `a`, which is hosted in DE.
#[test]
fn each_rule_has_the_plan_that_is_left() {
    let found = cases(&calm("{a@alpha:DE: 1.0}"));
    let usd = |case: &SovereigntyCase| case.outcome.figures().unwrap().monthly_cost_usd;
    for (case, (monthly, excluded)) in
        found.iter().zip([(36.5, 0.0), (73.0, 1.0), (36.5, 0.0), (73.0, 1.0), (36.5, 0.0)])
    {
        assert!((usd(case) - monthly).abs() < 1e-6, "{:?}: {}", case.rule, usd(case));
        assert_close(case.excluded_today, excluded);
        let CaseOutcome::Plan { turnover, .. } = case.outcome else { panic!("{:?}", case.outcome) };
        assert_close(turnover, excluded);
    }
}

/// With `a` only, nothing is left without US and with open models; the limit that wants 0.5 of alpha conflicts with the rule.
#[test]
fn a_rule_under_which_there_is_no_plan_says_why() {
    let only_a = cases(&calm("{a@alpha:DE: 1.0}").workload_keys("require: {model: a}"));
    for at in [1, 3] {
        assert_eq!(only_a[at].outcome, CaseOutcome::NothingLeft(vec![(0, vec![0])]), "{:?}", only_a[at].rule);
    }
    let limit = "{measure: share, of: developer, is: alpha, at_least: 0.5}";
    let wanted = cases(&calm("{a@alpha:DE: 1.0}").portfolio(&format!("limits:\n  - {limit}\n")));
    let CaseOutcome::Conflict(members) = &wanted[1].outcome else { panic!("{:?}", wanted[1].outcome) };
    assert_eq!(words(members), [limit]);
    assert_eq!(members[0].relax_to, Some(0.0));
}

/// A primary of today that the workload's own demands exclude may stay; one that a rule excludes may not. `e` is developed and
/// hosted by a German child of alpha, which is US: it is under the US.
#[test]
fn a_child_of_a_parent_under_the_rule_leaves_too() {
    let world = calm("{e@child:DE: 1.0}").offer("e", "child", "DE", 0.5, "onboarding: 1000d");
    let found = cases(&world);
    let usd = |at: usize| found[at].outcome.figures().unwrap().monthly_cost_usd;
    assert!((usd(0) - 18.25).abs() < 1e-6 && (usd(1) - 73.0).abs() < 1e-6, "{} {}", usd(0), usd(1));
}
