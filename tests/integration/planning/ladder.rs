//! Each rung of the ladder keeps to its freedom.

use multipolar::report::answer::ladder::{RungAnswer, RungWord, first_step};
use multipolar::report::answer::optimize::OptimizeAnswer;
use multipolar::report::answer::simulate::EstimateAnswer;
use multipolar::report::money::{DisplayCurrency, money};
use multipolar::report::tables::ladder::words;
use multipolar::report::verdict::{hosts_as_everything, reasons, verdict, worse_tail};
use multipolar::study::plan::ladder::{Rung, RungKind};
use multipolar::study::plan::questions::Questions;
use multipolar::study::session::{OptimizeSettings, Session};

use super::SETTINGS;
use super::brute_force::two_workloads;

/// Two workloads on `alpha` and `beta`; `gamma` is dearer and fails least. `standbys` leaves every share, `hosts` never uses
/// `gamma`, one workload is one workload, and no rung that may do more is worse on the planning trials than one that may do less.
#[test]
fn every_rung_keeps_to_its_freedom() {
    let instance = two_workloads()
        .with("qualify_model_usd: 0, qualify_host_usd: 0", "qualify_model_usd: 1500, qualify_host_usd: 5000")
        .load();
    let session = Session::new(&instance);
    let asked = Questions { ladder: true, ..Questions::default() };
    let ladder = session.answers(SETTINGS, &asked, &|_| ()).unwrap().optimized.ladder.unwrap();
    let rung = |kind: RungKind| ladder.rungs.iter().find(|rung| rung.kind == kind).unwrap();
    let today = rung(RungKind::Today);
    assert_eq!(today.measured.plan, session.current);
    assert!(today.workloads.is_empty() && today.cost.change_usd() == 0.0);
    let standbys = rung(RungKind::Standbys);
    assert_eq!(standbys.measured.plan.allocation, session.current.allocation);
    assert_ne!(standbys.measured.plan.standby, session.current.standby, "nothing was prepared");
    let hosts = rung(RungKind::Hosts);
    assert!(hosts.new_hosts.is_empty());
    let touched = rung(RungKind::Touched(1));
    assert_eq!(touched.workloads.len(), 1);
    let usd = |rung: &Rung| rung.measured.in_sample.figures.objective_usd;
    let all = rung(RungKind::All);
    for less in [today, standbys, hosts, touched] {
        assert!(usd(all) <= usd(less) * (1.0 + 1e-3), "{:?}: {} is below {}", less.kind, usd(less), usd(all));
    }
    assert!(usd(touched) < usd(today));
}

/// The answer for two workloads of which one is nearly all of the risk.
fn with_a_first_step() -> OptimizeAnswer {
    let instance =
        two_workloads().with("outage_cost_usd_per_day: 3000", "outage_cost_usd_per_day: 30000").load();
    let session = Session::new(&instance);
    let asked = Questions { ladder: true, ..Questions::default() };
    let answers = session.answers(SETTINGS, &asked, &|_| ()).unwrap();
    OptimizeAnswer::of(&session, &answers, SETTINGS.seed)
}

/// The large workload is nearly all of the risk, so the verdict begins with it alone and says what the other would add. The
/// differences are those of the rungs on new trials.
#[test]
fn the_verdict_begins_with_the_least_that_takes_most_of_the_risk() {
    let answer = with_a_first_step();
    let [today, knee, all] = first_step(&answer.ladder).expect("a first step");
    assert_eq!((knee.workloads.len(), all.workloads.len()), (1, 2));
    assert_eq!(knee.changes.len(), 1);
    let fresh = |rung: &RungAnswer| rung.figures.out_of_sample;
    let shown = |text: &str| DisplayCurrency::USD.shown(text);
    let said = shown(&verdict(&answer));
    let begin = format!("First change {}: this ", knee.workloads[0]);
    let loss =
        shown(&format!("falls from {} to {}", money(fresh(today).aal_usd), money(fresh(knee).aal_usd)));
    let rest = shown(&money((fresh(all).aal_usd - fresh(knee).aal_usd).abs()));
    assert!(said.starts_with(&begin) && said.contains(&loss), "{said}");
    assert!(said.contains("The whole plan changes 2 workloads") && said.contains(&rest), "{said}");
    let recommended: Vec<&RungAnswer> = answer.ladder.iter().filter(|rung| rung.is_recommended).collect();
    assert_eq!(recommended, [knee], "what is marked is what the words begin with");
    for rung in &answer.ladder {
        let over = rung.cvar_over_recommended_usd.as_ref().unwrap();
        let difference = fresh(rung).cvar_usd - fresh(knee).cvar_usd;
        assert!((over.value - difference).abs() <= 1e-6 * fresh(knee).cvar_usd.max(1.0), "{:?}", rung.rung);
    }
}

/// Where the whole plan loses more in the worst years than the first step, the reason is told; elsewhere nothing is.
#[test]
fn a_whole_plan_that_is_worse_in_the_tail_is_explained() {
    let mut answer = with_a_first_step();
    let mut over = |value: f64, low: f64, high: f64| {
        let all = answer.ladder.last_mut().unwrap();
        all.cvar_over_recommended_usd = Some(EstimateAnswer { value, low: Some(low), high: Some(high) });
        worse_tail(&answer).map(|said| DisplayCurrency::USD.shown(&said))
    };
    assert_eq!(over(-5.0, -9.0, -1.0), None);
    let doubtful = over(700_000.0, -100_000.0, 1_500_000.0).unwrap();
    assert!(
        doubtful.contains("loses USD 700,000 more") && doubtful.contains("alone can explain it"),
        "{doubtful}"
    );
    let sure = over(700_000.0, 100_000.0, 1_300_000.0).unwrap();
    assert!(sure.contains("+100,000 to +1.30 M: more than sampling error"), "{sure}");
}

/// The first step costs 1,200 once and saves 100 a month. Going on costs 1,200 once and saves 50 a month and 600 of loss a year: 100
/// a month as well. Without more cash nothing is told of it. Where it does not pay back, a milder bad year is told.
#[test]
fn the_verdict_says_when_going_on_is_paid_back() {
    let mut answer = with_a_first_step();
    let at = answer.ladder.iter().position(|rung| rung.is_recommended).unwrap();
    answer.ladder[at].payback_months = Some(12.0);
    answer.ladder[at].cash_usd = 1200.0;
    let mut going_on = |cash: f64, monthly: f64, loss: f64, part: f64| {
        let [_, first, _] = first_step(&answer.ladder).expect("a first step");
        let (first_cash, from) = (first.cash_usd, first.figures.out_of_sample);
        let all = answer.ladder.last_mut().unwrap();
        all.cash_usd = first_cash + cash;
        all.figures.out_of_sample.monthly_cost_usd = from.monthly_cost_usd + monthly;
        all.figures.out_of_sample.aal_usd = from.aal_usd + loss;
        all.figures.out_of_sample.cvar_usd = from.cvar_usd * part;
        verdict(&answer)
    };
    let said = going_on(1200.0, -50.0, -600.0, 1.0);
    assert!(said.contains("once, paid back in 12.0 months by lower cost and loss. The whole plan"), "{said}");
    assert!(said.ends_with("once more, paid back in 12.0 months by lower cost and loss."), "{said}");
    let said = going_on(1190.0, -50.0, -600.0, 1.0);
    assert!(said.ends_with("paid back in 11.9 months by lower cost and loss. That is sooner than the first step, so schedule both now."));
    let said = going_on(12_100.0, -50.0, -600.0, 1.0);
    assert!(said.ends_with("once more, which lower cost and loss do not pay back in 10 years."), "{said}");
    let said = going_on(1200.0, 50.0, -600.0, 1.0);
    assert!(said.ends_with("once more, which lower cost and loss never pay back."), "{said}");
    let said = DisplayCurrency::USD.shown(&going_on(1200.0, 50.0, -600.0, 0.5));
    let worst =
        "never pay back. What no payback counts: in the worst 5 % of years the mean loss would be USD ";
    assert!(said.contains(worst) && said.ends_with('.'), "{said}");
    let paid = going_on(1200.0, -50.0, -600.0, 0.5);
    assert!(!paid.contains("counts"), "where going on pays back, nothing more is told: {paid}");
    for silent in [going_on(0.0, -50.0, -600.0, 1.0), going_on(-10.0, 50.0, 0.0, 1.0)] {
        assert_eq!(silent.matches("back").count(), 1, "{silent}");
    }
}

/// A portfolio whose whole plan opens no host has one plan twice, which is said once and shown once on the page for the board.
#[test]
fn two_rungs_of_one_plan_are_told_as_one() {
    let answer = with_a_first_step();
    let is_one = |rungs: &[RungAnswer]| {
        reasons(rungs, words).iter().filter(|reason| reason.contains("are one plan")).count()
    };
    let hosts = answer.ladder.iter().position(|rung| rung.rung == RungWord::Hosts).unwrap();
    let mut rungs = answer.ladder.clone();
    rungs[hosts] = RungAnswer { rung: RungWord::Hosts, ..rungs.last().unwrap().clone() };
    assert_eq!(hosts_as_everything(&rungs), Some(&rungs[hosts]));
    assert_eq!(is_one(&rungs), 1);
    rungs[hosts].figures.out_of_sample.aal_usd += 1.0;
    assert_eq!(hosts_as_everything(&rungs), None);
    assert_eq!(is_one(&rungs), 0);
}

/// No share may move, so `w` gets a standby, and the offer that neither serves nor stands by is its runner-up. Nothing but fees is
/// paid for standbys here, so the break-even fee is the loss avoided a month, and the fee at which the runner-up is as good as the
/// standby is the standby's own fee plus what the runner-up avoids more, a month.
#[test]
fn runners_up_are_measured_in_the_place_of_their_standby() {
    let instance =
        two_workloads().with("outage_cost_usd_per_day: 3000", "outage_cost_usd_per_day: 30000").load();
    let session = Session::new(&instance);
    let asked = Questions { runners_up: true, ..Questions::default() };
    let settings = OptimizeSettings { max_turnover: Some(0.0), ..SETTINGS };
    let answers = session.answers(settings, &asked, &|_| ()).unwrap();
    let plan = answers.optimized.plan.as_ref().unwrap();
    let with: Vec<_> = plan.hedges.list.iter().filter(|hedge| !hedge.runners_up.is_empty()).collect();
    assert!(!with.is_empty(), "no standby has a runner-up: {:?}", plan.hedges.list);
    let months = instance.portfolio.horizon_days / (365.0 / 12.0);
    for hedge in with {
        let other = &hedge.runners_up[0];
        assert_eq!(hedge.runners_up.len(), 1);
        assert_ne!(other.offer, hedge.offer);
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * b.abs().max(1.0);
        let fee = other.break_even_usd_per_month;
        assert!(near(fee.value, other.loss_avoided_usd.value / months), "{other:?}");
        assert!(fee.low.unwrap() <= fee.value && fee.value <= fee.high.unwrap());
        let own_fee = hedge.cost_usd / months;
        assert!(near(own_fee, other.fee_usd_per_month), "the same readiness costs the same: {hedge:?}");
        let as_good = own_fee + (other.loss_avoided_usd.value - hedge.loss_avoided_usd.value) / months;
        assert!(near(other.as_good_at_usd_per_month, as_good), "{as_good}: {hedge:?}");
    }
}

/// A limit that today breaks, and that no standby mends, does not keep standbys from being prepared.
#[test]
fn a_limit_that_today_breaks_does_not_forbid_standbys() {
    let limit = "limits: [{measure: share, of: host, is: alpha, at_most: 0.1}]\n";
    let instance = two_workloads().portfolio(limit).load();
    let session = Session::new(&instance);
    let asked = Questions { ladder: true, ..Questions::default() };
    let ladder = session.answers(SETTINGS, &asked, &|_| ()).unwrap().optimized.ladder.unwrap();
    let standbys = ladder.rungs.iter().find(|rung| rung.kind == RungKind::Standbys).unwrap();
    assert_eq!(standbys.measured.plan.allocation, session.current.allocation);
    assert_ne!(standbys.measured.plan.standby, session.current.standby, "nothing was prepared");
}
