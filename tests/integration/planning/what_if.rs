//! What-if analyses: conflicts of limits, shadow prices, why an offer is not in the plan, sovereignty rules.

use multipolar::model::eligibility::Ineligible;
use multipolar::model::limit::Unit;
use multipolar::model::selector::{JurisdictionSet, Selector};
use multipolar::planning::outcome::Status;
use multipolar::study::plan::outcome::{Conflict, DemandKind, Optimized};
use multipolar::study::plan::sovereignty::{CaseOutcome, SovereigntyCase};
use multipolar::study::plan::sovereignty_rule::SovereigntyRule;
use multipolar::study::plan::why_not::{Forced, ForcedOutcome};
use multipolar::study::session::{OptimizeSettings, Session};
use multipolar::units::DAYS_PER_YEAR;

use super::limits::calm;
use super::{SETTINGS, optimized};
use crate::world::{World, assert_close};

/// The optimum of a world under `limits`, one entry per limit.
fn under(world: &World, limits: &[&str]) -> Optimized {
    let lines: String = limits.iter().map(|limit| format!("  - {limit}\n")).collect();
    let world =
        if limits.is_empty() { world.clone() } else { world.clone().portfolio(&format!("limits:\n{lines}")) };
    optimized(&Session::new(&world.load()))
}

fn words(conflicts: &[Conflict]) -> Vec<&str> {
    conflicts.iter().map(|c| c.what.as_str()).collect()
}

/// Asserts that the limits conflict, that exactly `members` are named, and that dropping any one of these gives a plan.
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

/// `a` costs 1, `b` 2, `c` 3 USD per mtok; 36.5 mtok a month. With x on `a` and the rest on `b` a month costs 36.5 (2 −
/// x): 50 USD need x ≥ 0.6301. At most 0.4 on `a` costs at least 58.4. So either the share has to be relaxed to 0.631,
/// or the budget to 59.
#[test]
fn two_conflicting_limits_each_report_how_far_to_relax() {
    let limits = [NOT_IN_CONFLICT, LITTLE_ALPHA, BUDGET];
    let conflicts = assert_irreducible(&calm("{c@gamma:SE: 1.0}"), &limits, &[2, 1]);
    let (budget, share) = (&conflicts[0], &conflicts[1]);
    assert_eq!((share.kind, share.unit, share.bound), (DemandKind::Limit, Some(Unit::Share), Some(0.4)));
    assert_eq!((share.relax_to, budget.relax_to), (Some(0.631), Some(59.0)));
    assert_eq!((budget.unit, budget.bound), (Some(Unit::Usd), Some(50.0)));
    // The cheapest plans then cost 36.5 × (2 − 0.631) and 36.5 × 1.6, apart from the margin of a millionth to a limit.
    let cost = |c: &Conflict| c.then.unwrap().monthly_cost_usd;
    assert!((cost(share) - 49.9685).abs() < 1e-3, "{}", cost(share));
    assert!((cost(budget) - 58.4).abs() < 1e-3, "{}", cost(budget));
}

/// 36 USD do not pay for 36.5 mtok at 1 USD, so the budget alone is infeasible.
#[test]
fn a_limit_that_is_infeasible_alone_is_the_whole_conflict() {
    let limits = [LITTLE_ALPHA, "{measure: monthly_cost, at_most_usd: 36}"];
    let found = under(&calm("{c@gamma:SE: 1.0}"), &limits);
    assert_eq!(words(&found.conflicts), [limits[1]]);
    // With the limit on alpha's share a plan needs 58.4, not 36.5.
    assert_eq!(found.conflicts[0].relax_to, Some(59.0));
    assert!(!found.conflict_proof.unwrap().has_others);
}

/// There are three developers, but four are required; and alpha and beta need at least 0.6 each. These are two separate
/// conflicts.
#[test]
fn a_second_conflict_is_reported() {
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

/// Only `a` reaches 1400 points; `b` has 1390 and `c` 1380. At most 0.4 may be on `a`. So either 1.0 on `a` is allowed,
/// or the quality floor falls to 1390.
#[test]
fn a_workload_requirement_can_be_part_of_a_conflict() {
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

/// Three workloads of equal value may use `a` only. At most 0.4 of all may be on `a`: two of them are enough for a conflict, and
/// they are named. With at most 0.7 all three are needed, which are too many to name, so what they require is given.
#[test]
fn requirements_of_many_workloads_are_given_in_a_conflict() {
    let own = |id: &str| {
        format!(
            "  - id: {id}\n    demand: {{input_mtok: 36.5, output_mtok: 0}}\n    users: {{DE: 1.0}}\n    data: internal\n    \
             outage_cost_usd_per_day: 1000\n    recovery_objective: 0d\n    allocation: {{a@alpha:DE: 1.0}}\n    require: {{model: a}}\n"
        )
    };
    let world =
        calm("{a@alpha:DE: 1.0}").workload_keys("require: {model: a}").portfolio(&(own("v") + &own("u")));
    let few = under(&world, &[LITTLE_ALPHA]);
    assert_eq!(words(&few.conflicts).len(), 3, "{:?}", words(&few.conflicts));
    assert!(!few.conflict_proof.unwrap().is_eligibility_given);
    let limit = "{measure: share, of: developer, is: alpha, at_most: 0.7}";
    let many = under(&world, &[limit]);
    assert_eq!(words(&many.conflicts), [limit]);
    let proof = many.conflict_proof.unwrap();
    assert!(proof.is_eligibility_given && proof.is_proven && !proof.has_others);
    assert_eq!((many.conflicts[0].relax_to, many.conflicts[0].is_enough), (Some(1.0), true));
}

/// No model has more than 1400 points, and `forbid` leaves only `a` and `c`, which are as good. The answer takes no search:
/// one did not end here when a limit on the share of a country stood beside it.
#[test]
fn a_workload_without_an_offer_is_named_with_what_excludes_all_offers() {
    let second = "  - id: v\n    demand: {input_mtok: 10, output_mtok: 0}\n    users: {DE: 0.5, FR: 0.5}\n    data: internal\n    \
                  outage_cost_usd_per_day: 100\n    recovery_objective: 0d\n    allocation: {a@alpha:DE: 1.0}\n    \
                  min_quality: 1450\n    forbid: {model: b}\n";
    let world = calm("{c@gamma:SE: 1.0}").portfolio(second);
    let found = under(&world, &["{measure: share, of: origin, is: US, at_most: 0.2}"]);
    assert_eq!(found.status, Status::Infeasible);
    assert_eq!(words(&found.conflicts), ["workload 'v': min_quality: 1450"]);
    let floor = &found.conflicts[0];
    assert_eq!(
        (floor.kind, floor.unit, floor.bound),
        (DemandKind::Eligibility, Some(Unit::Points), Some(1450.0))
    );
    assert_eq!((floor.relax_to, floor.is_enough), (Some(1400.0), true));
    let proof = found.conflict_proof.unwrap();
    assert!(proof.is_proven && !proof.has_others);
}

/// Neither rule alone excludes all offers: `b` would do without `forbid`, `a` and `c` without `require`.
#[test]
fn demands_that_exclude_all_offers_together_are_named_together() {
    let keys = "forbid: {model: b}\nrequire: {region: [FR]}";
    let found = under(&calm("{c@gamma:SE: 1.0}").workload_keys(keys), &[]);
    assert_eq!(words(&found.conflicts), ["workload 'w': require", "workload 'w': forbid"]);
    assert!(found.conflicts.iter().all(|member| member.is_enough && member.relax_to.is_none()));
}

/// `forbid` is not a number, so it can only be waived.
#[test]
fn a_requirement_without_a_number_is_waived() {
    let world = calm("{a@alpha:DE: 1.0}").workload_keys("forbid: {model: [b, c]}");
    let found = under(&world, &[LITTLE_ALPHA]);
    assert_eq!(words(&found.conflicts), ["workload 'w': forbid", LITTLE_ALPHA]);
    let forbid = &found.conflicts[0];
    assert_eq!((forbid.bound, forbid.relax_to, forbid.is_enough), (None, None, true));
    // Then 0.6 is on `b`: 36.5 × 1.6.
    assert!((forbid.then.unwrap().monthly_cost_usd - 58.4).abs() < 1e-3);
}

/// `b`, the only alternative to `a`, has a quota of 10 of 36.5 mtok, but has to carry at least 0.6 × 36.5 = 21.9 mtok.
#[test]
fn a_quota_can_be_part_of_a_conflict() {
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

/// All demand is on `a`. At most 0.4 may stay there, so 0.6 has to move, but only 0.1 may. Because of the margin of a
/// millionth to the share, neither 0.6 nor 0.9 is quite enough.
#[test]
fn turnover_can_be_part_of_a_conflict() {
    let world = calm("{a@alpha:DE: 1.0}").portfolio(&format!("limits:\n  - {LITTLE_ALPHA}\n"));
    let instance = world.load();
    let settings = OptimizeSettings { max_turnover: Some(0.1), ..SETTINGS };
    let found = Session::new(&instance).optimize(settings, &|_| ()).unwrap();
    assert_eq!(words(&found.conflicts), ["at most 10 % of the demand moves", LITTLE_ALPHA]);
    assert_eq!((found.conflicts[0].relax_to, found.conflicts[1].relax_to), (Some(0.601), Some(0.901)));
}

/// Alpha fails for 60 days in some years, and the other offers are forbidden: the CVaR cannot be within 5,000 USD
/// unless one of them is allowed.
#[test]
fn a_loss_limit_can_be_part_of_a_conflict() {
    let world = calm("{a@alpha:DE: 1.0}")
        .shock("id: alpha_out, effects: {stop: {supplier: alpha}}, frequency: {per_year: 1}, duration: {fixed: 60d}")
        .workload_keys("forbid: {model: [b, c]}");
    let tail = "{measure: cvar, confidence_level: 0.95, at_most_usd: 5000}";
    let found = under(&world, &[tail]);
    assert_eq!(found.status, Status::Infeasible);
    assert_eq!(words(&found.conflicts), ["workload 'w': forbid", tail]);
    // With `a` alone the loss cannot be reduced, so the limit would have to allow today's CVaR.
    let today = found.current.cvar_usd;
    assert!(today > 5_000.0);
    assert_eq!(found.conflicts[1].relax_to, Some(today.ceil()));
    // Nothing else is left than today's plan, by the same objective.
    let then = found.conflicts[1].then.unwrap();
    assert_close(then.cvar_usd, today);
    assert_close(then.monthly_cost_usd, found.current.monthly_cost_usd);
    let mean = then.aal_usd * world.load().portfolio.horizon_days / DAYS_PER_YEAR;
    let weight = SETTINGS.cvar_weight;
    assert_close(then.objective_usd, then.planned_usd + (1.0 - weight) * mean + weight * today);
}

/// No allowed offer survives the loss of the US, so the survival limit conflicts with `forbid`.
#[test]
fn a_survival_limit_can_be_part_of_a_conflict() {
    let world = calm("{a@alpha:DE: 1.0}").workload_keys("forbid: {model: [b, c]}");
    let limit = "{measure: survives, loss_of: {jurisdiction: US}, service_at_least: 0.5, within: 0d}";
    let found = under(&world, &[limit]);
    assert_eq!(found.status, Status::Infeasible);
    assert_eq!(words(&found.conflicts), ["workload 'w': forbid", limit]);
    assert_eq!(found.conflicts[1].relax_to, Some(0.0));
    assert_eq!(found.conflicts[1].breaks_at.as_deref(), Some("jurisdiction US"));
}

/// Every set of the limits is optimized. The conflict that is reported is one of the smallest sets without a plan, in the
/// sense that each part of it has one; and other limits are in conflict too only if they have no plan either.
#[test]
fn the_conflict_is_one_of_those_that_trying_every_set_finds() {
    let world = calm("{c@gamma:SE: 1.0}").shock(
        "id: alpha_out, effects: {stop: {supplier: alpha}}, frequency: {per_year: 1}, duration: {fixed: 60d}",
    );
    let much_alpha = "{measure: share, of: developer, is: alpha, at_least: 0.7}";
    let no_loss = "{measure: cvar, confidence_level: 0.95, at_most_usd: 5000}";
    let little_loss = "{measure: average_annual_loss, at_most_usd: 10}";
    let spread = "{measure: distinct, of: developer, at_least: 3, counting_from: 0.25}";
    for limits in [
        [BUDGET, LITTLE_ALPHA, NOT_IN_CONFLICT, no_loss],
        [BUDGET, no_loss, spread, NOT_IN_CONFLICT],
        [much_alpha, little_loss, LITTLE_ALPHA, BUDGET],
        [much_alpha, no_loss, NOT_IN_CONFLICT, spread],
    ] {
        let of = |set: usize| -> Vec<&str> {
            (0..limits.len()).filter(|at| set >> at & 1 == 1).map(|at| limits[at]).collect()
        };
        let n_sets = 1 << limits.len();
        let has_none: Vec<bool> =
            (0..n_sets).map(|set| under(&world, &of(set)).status == Status::Infeasible).collect();
        let is_smallest = |set: usize| {
            has_none[set] && (0..limits.len()).all(|at| set >> at & 1 == 0 || !has_none[set ^ (1 << at)])
        };
        let all = n_sets - 1;
        assert!(has_none[all], "{limits:?}");
        let found = under(&world, &limits);
        let members = words(&found.conflicts);
        let set = (0..n_sets).find(|&set| {
            let own = of(set);
            own.len() == members.len() && own.iter().all(|limit| members.contains(limit))
        });
        let set = set.unwrap_or_else(|| panic!("{members:?}"));
        assert!(is_smallest(set), "{members:?} of {limits:?}");
        assert_eq!(
            found.conflict_proof.unwrap().has_others,
            has_none[all ^ set],
            "{members:?} of {limits:?}"
        );
    }
}

/// Without shocks 0.4 is on `a` at 1 USD and 0.6 on `b` at 2 USD. One more point on `a` saves 0.01 × 1.2 mtok × 100
/// days × 1 USD.
#[test]
fn a_binding_limit_has_a_shadow_price() {
    let found = under(&calm("{c@gamma:SE: 1.0}"), &[LITTLE_ALPHA]);
    let binding = &found.plan.unwrap().binding_limits;
    assert_eq!(binding.len(), 1);
    let price = &binding[0];
    assert_eq!((price.limit.as_str(), price.step, price.unit), (LITTLE_ALPHA, 0.01, Unit::Share));
    let (usd, most) = (price.price_usd.unwrap(), price.price_at_most_usd.unwrap());
    assert!((usd - 1.2).abs() < 1e-3, "{usd}");
    assert!(most >= usd - 1e-9 && most <= usd + 1e-3 * found.objective_usd, "{usd} to {most}");
}

/// All of the cheapest offer, `a`, is required: the limit binds, but relaxing it saves nothing.
#[test]
fn a_binding_limit_that_costs_nothing_has_price_zero() {
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

/// 0.1 of 36.5 mtok at 3 instead of 1 USD costs 7.3 USD a month more, 0.1 × 120 mtok × 2 USD = 24 USD over the horizon,
/// apart from the margin of a millionth to the share.
#[test]
fn an_eligible_offer_reports_the_cost_of_a_tenth_of_demand() {
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
fn an_offer_in_the_plan_is_not_forced() {
    let found = forced(&calm("{c@gamma:SE: 1.0}"), "a@alpha:DE");
    assert_close(found.share_planned, 1.0);
    assert_eq!(found.outcome, ForcedOutcome::Planned);
}

/// A budget of 37 USD does not allow another 0.1 × 36.5 × 2 USD: the two conflict, and the budget would have to be 44.
#[test]
fn an_offer_excluded_by_a_limit_reports_the_conflict() {
    let budget = "{measure: monthly_cost, at_most_usd: 37}";
    let world = calm("{a@alpha:DE: 1.0}").portfolio(&format!("limits:\n  - {budget}\n"));
    let found = forced(&world, "c@gamma:SE");
    let ForcedOutcome::Conflict { members, proof } = found.outcome else { panic!("{:?}", found.outcome) };
    assert!(proof.is_proven);
    assert_eq!(words(&members), [budget, "at least 10 % of workload 'w' on c@gamma:SE"]);
    assert_eq!(members[0].relax_to, Some(44.0));
    // The 0.5 USD left in the budget pay for 0.5 / 73 of demand.
    assert_eq!(members[1].relax_to, Some(0.006));
}

/// Every reason is reported, not only the first.
#[test]
fn an_ineligible_offer_reports_every_reason() {
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
fn an_unknown_name_is_rejected_with_the_nearest_one() {
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

/// Over 100 days, without shocks, all demand costs 120 USD on `a` and 240 on `b`, so that doing without `a` costs
/// 120 USD, and what the change costs; without both nothing is left, and without what nobody uses nothing is lost.
#[test]
fn doing_without_models_has_a_price() {
    let instance = calm("{a@alpha:DE: 1.0}").load();
    let selector = |key: &str, value: &str| {
        let origin = || Some(JurisdictionSet::Listed(vec![value.to_owned()]));
        match key {
            "origin" => Selector { origin: origin(), ..Selector::default() },
            _ => Selector::default(),
        }
    };
    let (us, cn, all) = (selector("origin", "US"), selector("origin", "CN"), selector("", ""));
    let found = Session::new(&instance).without(&[&us, &cn, &all], SETTINGS, &|_| ()).unwrap();
    let usd = |outcome: &CaseOutcome| outcome.figures().map(|figures| figures.objective_usd);
    let free = usd(&found.free).unwrap();
    let extra: Vec<Option<f64>> = found.cases.iter().map(|c| usd(&c.outcome).map(|usd| usd - free)).collect();
    // Of the change, spread over three years of 365 days, 100 days are planned.
    let change = found.cases[0].outcome.figures().unwrap().change_usd * 100.0 / (3.0 * 365.0);
    assert_close(extra[0].unwrap(), 120.0 + change);
    assert!(extra[1].unwrap().abs() < 1e-6);
    assert!(matches!(found.cases[2].outcome, CaseOutcome::NothingLeft(_)));
    assert_eq!(found.cases.iter().map(|c| c.excluded_today).collect::<Vec<_>>(), [1.0, 0.0, 1.0]);
}

/// Today all demand is on `a` (US, closed, hosted in DE). Free: `a`, 36.5 USD a month. Without US: `b`, 73 USD. Without
/// CN, which no offer is under: `a`. Open models only: `b`. EU sites only: `a`.
#[test]
fn each_rule_has_the_best_plan_of_the_allowed_offers() {
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

/// If only `a` is eligible, nothing is left without US or with open models only. A limit that requires 0.5 of alpha
/// conflicts with the rule without US.
#[test]
fn a_rule_without_a_plan_reports_the_reason() {
    let only_a = cases(&calm("{a@alpha:DE: 1.0}").workload_keys("require: {model: a}"));
    for at in [1, 3] {
        assert_eq!(only_a[at].outcome, CaseOutcome::NothingLeft(vec![(0, vec![0])]), "{:?}", only_a[at].rule);
    }
    let limit = "{measure: share, of: developer, is: alpha, at_least: 0.5}";
    let wanted = cases(&calm("{a@alpha:DE: 1.0}").portfolio(&format!("limits:\n  - {limit}\n")));
    let CaseOutcome::Conflict { members, proof } = &wanted[1].outcome else {
        panic!("{:?}", wanted[1].outcome)
    };
    assert!(proof.is_proven && proof.is_eligibility_given && !proof.has_others);
    assert_eq!(words(members), [limit]);
    assert_eq!(members[0].relax_to, Some(0.0));
}

/// An offer in use today may stay although the workload's requirements exclude it, but not if a rule does. `e` is
/// developed and hosted by a German child of alpha, a US company, so it is under the US.
#[test]
fn a_rule_also_excludes_children_of_a_parent() {
    let world = calm("{e@child:DE: 1.0}").offer("e", "child", "DE", 0.5, "onboarding: 1000d");
    let found = cases(&world);
    let usd = |at: usize| found[at].outcome.figures().unwrap().monthly_cost_usd;
    assert!((usd(0) - 18.25).abs() < 1e-6 && (usd(1) - 73.0).abs() < 1e-6, "{} {}", usd(0), usd(1));
}
