//! Where less than the whole plan is recommended, a report is about that option.

use multipolar::report::answer::ladder::RungWord;
use multipolar::report::answer::optimize::OptimizeAnswer;
use multipolar::report::answer::results::{ResultsAnswer, RunProvenance};
use multipolar::report::money::DisplayCurrency;
use multipolar::report::page::page;
use multipolar::report::sections::{TypedTable, sections};
use multipolar::study::results::{StudyResults, StudySettings};
use multipolar::study::session::Session;
use serde_json::json;

use super::Folder;

/// `quickstart` on so many trials that one of its two workloads takes most of the risk away.
const TRIALS: u64 = 40;

fn results() -> ResultsAnswer {
    let loaded = crate::quickstart::quickstart();
    let session = Session::new(&loaded.instance);
    let settings = StudySettings::new(TRIALS, 1);
    let results = StudyResults::compute(&loaded, &session, None, settings, &|_| ()).unwrap();
    ResultsAnswer::of(&results, &RunProvenance { period: "2026Q4".to_owned(), ..RunProvenance::default() })
}

fn rows<'a>(tables: &'a [TypedTable], name: &str) -> &'a [Vec<multipolar::report::sections::TypedValue>] {
    &tables.iter().find(|table| table.name == name).unwrap_or_else(|| panic!("no table {name}")).rows
}

/// Both sides in USD a month: what the changes add up to, and the change of planned cost.
fn sums(answer: &OptimizeAnswer) -> [f64; 2] {
    let own: f64 = answer.changes.iter().map(|change| change.monthly_cost_usd).sum();
    let shared: f64 = answer.shared_changes.iter().map(|change| change.monthly_cost_usd).sum();
    let [today, then] = [answer.current_out_of_sample.unwrap(), answer.plan.unwrap().out_of_sample];
    [own + shared, then.monthly_cost_usd - today.monthly_cost_usd]
}

#[test]
fn a_report_is_about_the_option_that_is_recommended() {
    let results = results();
    let whole = results.optimize.as_ref().unwrap();
    let rung = whole.ladder.iter().find(|rung| rung.is_recommended).unwrap();
    assert_ne!(rung.rung, RungWord::All, "the example has to recommend less than the whole plan");
    let option = results.option.as_ref().unwrap();

    // One figure per measure: the row of the ladder, the option, and what is compared with today.
    assert_eq!(option.plan.unwrap().out_of_sample, rung.figures.out_of_sample);
    assert_eq!(option.workloads_touched, rung.workloads);
    assert_eq!(option.changes, rung.changes);
    assert_eq!(option.turnover.unwrap(), rung.turnover);
    for answer in [option, whole] {
        let [added, change] = sums(answer);
        assert!((added - change).abs() < 1e-6 * change.abs().max(1.0), "{added} and {change}");
    }

    // What each offer serves under the plan is the option's allocation, not that of the whole plan.
    assert_ne!(option.allocation, whole.allocation);
    for (workload, users) in option.allocation.as_ref().unwrap() {
        let used = results.chains.iter().filter(|chain| chain.workload == *workload);
        for chain in used.filter(|chain| chain.plan.as_ref().is_some_and(|plan| plan.share > 0.0)) {
            assert!(users.values().any(|offers| offers.contains_key(&chain.offer)), "{}", chain.offer);
        }
    }

    // Hedges are valued for the option; the proof stays with the whole plan.
    assert!(!option.hedges.is_empty() && whole.hedges.is_empty());
    assert!(whole.gap.is_some() && option.gap.is_none() && option.bound_usd.is_none());

    // Every sheet tells of the option, and one of the whole plan.
    let sections = sections(&results);
    let tables: Vec<TypedTable> = sections.into_iter().flat_map(|section| section.tables).collect();
    assert_eq!(rows(&tables, "Hedges").len(), option.hedges.len());
    assert_eq!(rows(&tables, "Moves").len(), option.moves.len());
    let of_whole: usize = whole.changes.iter().map(|own| own.moves.len() + own.standby.len()).sum();
    assert_eq!(rows(&tables, "WholePlan").len(), of_whole + whole.shared_changes.len());
    let page =
        page(&results, DisplayCurrency::own(&crate::quickstart::quickstart().instance.portfolio.currency));
    for heading in ["## All changes", "### What the whole plan would change"] {
        assert!(page.contains(heading), "no {heading}");
    }
    assert!(page.contains("This is about the whole plan, the last option."));
}

/// A gateway gets what is recommended: of the whole results the option, then the plan.
#[test]
fn a_gateway_gets_the_option() {
    let plan = |offer: &str| json!({"allocation": {"chat": {"DE": {offer: 1.0}}}, "standby": []});
    let folder = Folder::new();
    let of = |results: serde_json::Value| {
        folder.write("results.json", &results.to_string());
        let read = multipolar::exchange::litellm::plan_file::read_plan(&folder.path("results.json")).unwrap();
        read.allocation["chat"]["DE"].keys().next().unwrap().clone()
    };
    assert_eq!(of(json!({"option": plan("m@less:DE"), "optimize": plan("m@all:DE")})), "m@less:DE");
    assert_eq!(of(json!({"option": null, "optimize": plan("m@all:DE")})), "m@all:DE");
}
