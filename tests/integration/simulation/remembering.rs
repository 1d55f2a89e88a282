//! Simulations that take over what earlier ones have found out give the same answers as those that do not.

use std::fs;
use std::path::Path;

use multipolar::input::Bookshelf;
use multipolar::input::edit::{TextChange, edited};
use multipolar::model::instance::Instance;
use multipolar::simulation::draws::Rates;
use multipolar::simulation::memory::TrialMemory;
use multipolar::simulation::run::RunControl;
use multipolar::study::session::Session;
use multipolar::study::simulate::SimulateSettings;
use serde_json::{Value, json};

/// Numbers below a bound, the same in every run (xorshift, Marsaglia 2003).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

/// A change of one workload, of the terms of all, or of a shock.
fn change(instance: &Instance, numbers: &mut Numbers) -> TextChange {
    let workload = &instance.workloads[numbers.below(instance.workloads.len())];
    let id = &workload.workload.id;
    let at = |key: &str| format!("/workloads/{id}/{key}");
    let session = Session::new(instance);
    let eligible: Vec<String> = session
        .setting
        .law
        .eligible
        .offers(workload.cells.start)
        .map(|o| instance.offers[o].id.to_string())
        .collect();
    let used = instance.cells[workload.cells.start].allocation.iter();
    let used: Vec<String> = used.map(|&(offer, _)| instance.offers[offer].id.to_string()).collect();
    let (old, new) = (&used[numbers.below(used.len())], eligible.get(numbers.below(eligible.len().max(1))));
    let share = (1 + numbers.below(9)) as f64 / 10.0;
    let (at, value): (String, Value) = match (numbers.below(8), new) {
        (0..=3, Some(new)) if new != old => (at("allocation"), json!({old: share, new: 1.0 - share})),
        (4 | 5, Some(new)) => {
            (at("standby"), json!([{"offer": new, "readiness": "warm", "cover": share, "lead": "5d"}]))
        }
        (6, _) => (at("recovery_objective"), json!(format!("{}d", numbers.below(5)))),
        _ => ("/readiness/switch_usd".to_owned(), json!(1000 * numbers.below(50))),
    };
    TextChange { at, value }
}

/// Every answer after some random changes, one after the other or from an earlier state on, to the last bit.
fn check(portfolio: &str, n_trials: u64, n_steps: usize) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("portfolios").join(portfolio);
    let bookshelf = Bookshelf::new(None, None);
    let mut texts = vec![fs::read_to_string(&file).unwrap()];
    let (memory, mut numbers) = (TrialMemory::default(), Numbers(7));
    let settings = SimulateSettings { n_trials, seed: 3, rates: Rates::Drawn };
    let mut n_compared = 0;
    for step in 0..n_steps {
        let from = if step % 4 == 3 { numbers.below(texts.len()) } else { texts.len() - 1 };
        let text = texts[from].clone();
        let loaded = bookshelf.load_text(&file, &text).unwrap();
        let session = Session::new(&loaded.instance);
        let plan = &session.current;
        // As the page does: fewer trials first.
        for n_trials in [n_trials / 4, n_trials] {
            let settings = SimulateSettings { n_trials, ..settings };
            let found = session.simulate_remembering(plan, settings, RunControl::SILENT, &memory).unwrap();
            let expected = session.simulate(plan, settings, &|_| ()).unwrap();
            assert!(found == expected, "step {step} from {from}, {n_trials} trials:\n{text}");
            n_compared += 1;
        }
        let changed = edited(&text, &[change(&loaded.instance, &mut numbers)]).unwrap();
        if bookshelf.load_text(&file, &changed).is_ok() {
            texts.push(changed);
        }
    }
    assert!(n_compared == 2 * n_steps && texts.len() > n_steps / 2, "{} of {n_steps} changes", texts.len());
}

#[test]
fn a_small_portfolio_is_followed_alike() {
    check("quickstart.yaml", 60, 8);
}

#[test]
fn a_large_portfolio_is_followed_alike() {
    check("european_bank.yaml", 16, 4);
}

/// Another horizon, other rates and another seed are another world: nothing is taken over.
#[test]
fn what_all_trials_share_is_compared_too() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("portfolios/quickstart.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let (bookshelf, memory) = (Bookshelf::new(None, None), TrialMemory::default());
    let shock = json!([{
        "id": "openai_stops", "effects": [{"stop": {"supplier": "openai"}}], "frequency": {"per_year": 3},
        "duration": {"fixed": "9d"},
    }]);
    for (at, value, seed, rates) in [
        ("/horizon", json!("365d"), 1, Rates::Drawn),
        ("/horizon", json!("730d"), 1, Rates::Drawn),
        ("/catalog/shocks", shock, 1, Rates::Drawn),
        ("/horizon", json!("365d"), 2, Rates::Drawn),
        ("/horizon", json!("365d"), 2, Rates::Mean),
        ("/horizon", json!("365d"), 1, Rates::Drawn),
    ] {
        let changed = edited(&text, &[TextChange { at: at.to_owned(), value }]).unwrap();
        let loaded = bookshelf.load_text(&file, &changed).unwrap();
        let session = Session::new(&loaded.instance);
        let settings = SimulateSettings { n_trials: 100, seed, rates };
        let found =
            session.simulate_remembering(&session.current, settings, RunControl::SILENT, &memory).unwrap();
        assert!(found == session.simulate(&session.current, settings, &|_| ()).unwrap(), "{changed}");
    }
}
