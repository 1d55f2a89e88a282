//! Prices counted by hand, and a portfolio under counted rates.

use std::fs;
use std::path::Path;

use multipolar::input::{Sources, history, load, load_library, read_price_history};
use multipolar::model::shock::Frequency;
use multipolar::report::answer::calibrate::{CalibratedLossAnswer, CalibratedPricesAnswer};
use multipolar::simulation::draws::Rates;
use multipolar::study::calibrate::{CountedLibrary, calibrate, price_moves, with_counted_rates};
use multipolar::study::session::Session;
use multipolar::study::simulate::SimulateSettings;

/// Three models of two sellers, to 2026-01-01:
/// - m1: 1/1 from 2024-01-01, 2/2 from 2025-01-01 (+100 %), 1/1 from 2025-07-01 (−50 %): 731 days, one rise, one cut;
/// - m2: 3/3 seen on 2025-01-01, with a start that is not known, then 3.03/3.03 (+1 %, none) from 2025-07-02: 365 days;
/// - n1: 1/5 from 2025-01-01, nothing from 2025-03-02, 2/6 from 2025-12-02: 60 + 30 days, and no rise, since it was not sold between;
/// - `newest-latest` and `chat` may be other models tomorrow; `broken` cannot be read.
const PRICES: &str = r#"{"schema": 1, "updated_at": "2026-01-01T00:00:00Z", "prices": {
  "openai": {
    "m1": {"standard": [
      {"start": "2024-01-01T00:00:00Z", "rates": {"input": 1, "output": 1, "valid_from": "2024-01-01T00:00:00Z"}},
      {"start": "2025-07-01T00:00:00Z", "rates": {"input": 1, "output": 1}},
      {"start": "2025-01-01T00:00:00Z", "rates": {"input": 2, "output": 2}},
      {"start": "2026-06-01T00:00:00Z", "rates": {"input": 9, "output": 9}}]},
    "m2": {"standard": [
      {"start": null, "rates": {"input": 3, "output": 3, "valid_from": "2025-01-01T00:00:00Z"}},
      {"start": "2025-07-02T00:00:00Z", "rates": {"input": 3.03, "output": 3.03}}]},
    "newest-latest": {"standard": [{"start": "2024-01-01", "rates": {"input": 1, "output": 1}}]},
    "chat": {"standard": [{"start": "2024-01-01", "rates": {"input": 1, "output": 1}}]},
    "broken-1": {"standard": [{"start": "2024-01-01", "rates": {"input": "one", "output": 1}}]},
    "batch-1": {"batch": [{"start": "2024-01-01", "rates": {"input": 1, "output": 1}}]}
  },
  "unheard": {
    "n1": {"standard": [
      {"start": "2025-01-01", "rates": {"input": 1, "output": 5}},
      {"start": "2025-03-02", "rates": null},
      {"start": "2025-12-02", "rates": {"input": 2, "output": 6}}]}
  }
}}"#;

fn prices_of(text: &str) -> Result<CalibratedPricesAnswer, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("snapshot.json");
    fs::write(&file, text).unwrap();
    let history = read_price_history(&file).map_err(|error| error.diagnostics()[0].code.to_owned())?;
    let instance = load_library(None, None).unwrap().instance().unwrap();
    Ok(CalibratedPricesAnswer::of(&price_moves(&instance, &history)))
}

#[test]
fn prices_are_counted_by_hand() {
    let prices = prices_of(PRICES).unwrap();
    let years = (731.0 + 365.0 + 90.0) / 365.25;
    assert_eq!((prices.models, prices.moving_names, prices.unreadable), (3, 2, 1));
    assert_eq!((prices.rises, prices.cuts), (1, 1));
    assert_eq!((prices.rise_median, prices.cut_median), (Some(2.0), Some(0.5)));
    assert!((prices.model_years - years).abs() < 1e-12, "{}", prices.model_years);
    // Gamma(0.5 + 0.5 · 1, 0.5 · years) has the mean 1 / (0.5 · years).
    assert!((prices.rises_per_model_year.mean - 2.0 / years).abs() < 1e-12);
    let [openai, unheard] = prices.sellers.as_slice() else { panic!("{:?}", prices.sellers) };
    assert_eq!((openai.supplier.as_deref(), openai.models, openai.rises), (Some("openai"), 2, 1));
    assert_eq!((unheard.supplier.as_deref(), unheard.rises, unheard.library), (None, 0, None));
    // Gamma(2.5, 14.32) of the library's openai_price_rise.
    assert!((openai.library.unwrap() - 2.5 / 14.32).abs() < 1e-12);
}

#[test]
fn what_holds_no_dated_prices_is_refused() {
    for text in [
        "{}",
        "[]",
        r#"{"prices": {}}"#,
        r#"{"gpt-5": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-6}}"#,
    ] {
        assert_eq!(prices_of(text).unwrap_err(), "unknown-price-list", "{text}");
    }
    assert_eq!(prices_of("{").unwrap_err(), "json-syntax");
}

/// The rates of an actor's kind add up to what was counted, in the proportions of the library, with the counted interval's shape;
/// what was not counted, and members of templates, keep theirs.
#[test]
fn counted_rates_are_split_in_the_proportions_of_the_library() {
    let library = load_library(None, None).unwrap();
    let instance = library.instance().unwrap();
    let (known, _) = history(None, &library.jurisdictions, &library.catalog).unwrap();
    let counted = calibrate(&instance, &known, &known.events, known.from, known.to);
    let CountedLibrary { instance: after, kinds, moved } =
        with_counted_rates(&instance, &known, &counted.rates, None);
    assert!(moved.len() > 20, "{} moved", moved.len());
    let rate = |frequency: Option<Frequency>| frequency.map(Frequency::mean_per_year);
    for (n, (before, after)) in instance.shocks.iter().zip(&after.shocks).enumerate() {
        let is_moved = moved.iter().any(|moved| moved.shock == n);
        assert_eq!(is_moved, before.frequency != after.frequency, "{}", before.id);
        assert!(!is_moved || (before.template.is_none() && !before.in_force), "{}", before.id);
        assert_eq!(before.action, after.action, "{}", before.id);
    }
    for figures in counted.rates.iter().filter(|figures| figures.actor != "all") {
        let own = moved.iter().filter(|moved| moved.actor == figures.actor && moved.kind == figures.kind);
        let own: Vec<_> = own.collect();
        assert_eq!(own.is_empty(), figures.library_per_year.is_none(), "{} {}", figures.actor, figures.kind);
        let sum: f64 = own.iter().map(|moved| rate(after.shocks[moved.shock].frequency).unwrap()).sum();
        if let Some(library) = figures.library_per_year {
            assert!((sum - figures.per_year.mean).abs() < 1e-9 * sum, "{} {}", figures.actor, figures.kind);
            for moved in own {
                assert_eq!(kinds[moved.shock], Some(figures.kind));
                let ratio = moved.counted_per_year / moved.library_per_year;
                assert!((ratio - figures.per_year.mean / library).abs() < 1e-9 * ratio);
                let Some(Frequency::Counted { events, .. }) = after.shocks[moved.shock].frequency else {
                    panic!("a counted rate is known");
                };
                assert_eq!(events, 0.5 * figures.n_events as f64);
            }
        }
    }
}

/// On the same trials both ways: the parts by kind add up, a library that is counted by its own rates changes nothing, and with
/// prices the suppliers' own rises get the counted rate and the median factor.
#[test]
fn a_portfolio_under_counted_rates() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("portfolios/quickstart.yaml");
    let instance = load(Sources { portfolio: &file, catalog: None, jurisdictions: None }).unwrap().instance;
    let library = load_library(None, None).unwrap();
    let (known, _) = history(None, &library.jurisdictions, &library.catalog).unwrap();
    let counted = calibrate(&instance, &known, &known.events, known.from, known.to);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("snapshot.json");
    fs::write(&file, PRICES).unwrap();
    let prices = price_moves(&instance, &read_price_history(&file).unwrap());
    let moved = with_counted_rates(&instance, &known, &counted.rates, Some(&prices));
    let settings = SimulateSettings { n_trials: 300, seed: 1, rates: Rates::Drawn };
    let run = |instance| {
        let session = Session::new(instance);
        session.simulate(&session.current, settings, &|_| ()).unwrap()
    };
    let (before, after) = (run(&instance), run(&moved.instance));
    let answer = CalibratedLossAnswer::of(&instance, &moved, [&before, &after]).unwrap();
    let sum = |part: fn(&_) -> f64| answer.by_kind.iter().map(part).sum::<f64>();
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * b.abs().max(1.0);
    assert!(near(sum(|kind| kind.library_usd), answer.library.aal_usd.value));
    assert!(near(sum(|kind| kind.counted_usd), answer.counted.aal_usd.value));
    assert!(near(
        answer.difference.aal_usd.value,
        answer.counted.aal_usd.value - answer.library.aal_usd.value
    ));
    let rise = answer.moved.iter().find(|shock| shock.shock == "openai_price_rise").unwrap();
    assert_eq!((rise.library_price_times, rise.counted_price_times), (Some(1.2), Some(2.0)));
    assert!(near(rise.counted, prices.per_model_year.mean));
    let same = CountedLibrary { instance: instance.clone(), kinds: moved.kinds.clone(), moved: Vec::new() };
    let none = CalibratedLossAnswer::of(&instance, &same, [&before, &before]).unwrap();
    assert_eq!((none.difference.aal_usd.value, none.difference.cvar_usd.value), (0.0, 0.0));
}
