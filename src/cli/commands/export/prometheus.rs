//! `export prometheus`.

use crate::cli::answer::loaded;
use crate::cli::args::ExportPrometheusArguments;
use crate::cli::clock;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::memory::guard;
use crate::cli::simulated::simulated;
use crate::report::answer::check::CheckAnswer;
use crate::report::answer::exposure::ExposureAnswer;
use crate::report::answer::simulate::SimulateAnswer;
use crate::report::check::CheckedPortfolio;
use crate::report::money::DisplayCurrency;
use crate::report::prometheus::{Headline, textfile};
use crate::simulation::draws::Rates;
use crate::study::footprint::RunKind;
use crate::study::freshness::catalog_date;
use crate::study::session::Session;
use crate::study::simulate::SimulateSettings;

/// Days within which an end that a host has announced counts as a breach of its own; the limits alone are written.
const NO_NOTICE: f64 = 0.0;

pub(super) fn prometheus(arguments: &ExportPrometheusArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let loaded = loaded(&arguments.portfolio, common, console)?;
    let instance = &loaded.instance;
    guard(RunKind::Simulate, instance, arguments.trials.trials, arguments.resources)?;
    let session = Session::new(instance);
    let settings = SimulateSettings {
        n_trials: arguments.trials.trials,
        seed: arguments.trials.seed,
        rates: Rates::Drawn,
    };
    let run = simulated(&session, &session.current, settings, console)?;
    let today = arguments.today.today.unwrap_or_else(clock::today);
    let checked = session.check(&session.current, Some(&run), Some(today));
    let retiring = session.retiring(&session.current, NO_NOTICE);
    let file = arguments.portfolio.display().to_string();
    let checked = CheckedPortfolio::new(&loaded, &file, checked, &retiring, DisplayCurrency::USD);
    let date = catalog_date(&loaded.catalog).map(|date| date.to_string());
    let text = textfile(&Headline {
        exposure: &ExposureAnswer::of(instance, &session.exposure(&session.current), None),
        simulate: &SimulateAnswer::of(instance, &run),
        limits: &CheckAnswer::of(&[checked]).limits,
        catalog_date: date.as_deref(),
    });
    console.deliver(&text, common.out(), Exit::Done)
}
