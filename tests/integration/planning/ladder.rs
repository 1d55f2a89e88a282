//! Each rung of the ladder keeps to its freedom.

use multipolar::report::answer::ladder::{RungAnswer, first_step};
use multipolar::report::answer::optimize::OptimizeAnswer;
use multipolar::report::money::{DisplayCurrency, money};
use multipolar::report::verdict::verdict;
use multipolar::study::plan::ladder::{Rung, RungKind};
use multipolar::study::plan::questions::Questions;
use multipolar::study::session::Session;

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

/// The large workload is nearly all of the risk, so the verdict begins with it alone and says what the other would add. The
/// differences are those of the rungs on new trials.
#[test]
fn the_verdict_begins_with_the_least_that_takes_most_of_the_risk() {
    let instance =
        two_workloads().with("outage_cost_usd_per_day: 3000", "outage_cost_usd_per_day: 30000").load();
    let session = Session::new(&instance);
    let asked = Questions { ladder: true, ..Questions::default() };
    let answers = session.answers(SETTINGS, &asked, &|_| ()).unwrap();
    let answer = OptimizeAnswer::of(&session, &answers, SETTINGS.seed);
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
