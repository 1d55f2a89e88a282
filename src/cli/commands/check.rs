//! The command `check`.

use std::path::Path;

use jiff::civil::Date;

use crate::cli::answer::loaded;
use crate::cli::args::{CheckArguments, CheckFormat};
use crate::cli::clock;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::memory::guard;
use crate::cli::simulated::simulated;
use crate::input::diagnostic::{Severity, render_all};
use crate::input::{InputError, Sources, load};
use crate::report::answer::check::CheckAnswer;
use crate::report::answer::if_signed::IfSignedAnswer;
use crate::report::check::CheckedPortfolio;
use crate::report::check::github::github;
use crate::report::check::junit::junit;
use crate::report::check::sarif::sarif;
use crate::report::decision_record::decision_record;
use crate::report::{answer, tables};
use crate::simulation::draws::Rates;
use crate::study::footprint::RunKind;
use crate::study::if_signed::signed;
use crate::study::session::Session;
use crate::study::simulate::SimulateSettings;

pub(super) fn check(arguments: &CheckArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let today = arguments.today.today.unwrap_or_else(clock::today);
    if let Some(asked) = &arguments.if_signed {
        return if_signed(arguments, asked, today, console);
    }
    let mut portfolios = Vec::new();
    let mut exit = Exit::Done;
    for file in &arguments.portfolios {
        let (checked, one) = checked(file, arguments, today, console)?;
        show_problems(&checked, console);
        portfolios.push(checked);
        exit = worse(exit, one);
    }
    let answer = CheckAnswer::of(&portfolios);
    let text = match arguments.format {
        CheckFormat::Table => console.tables(&tables::check::check(&answer), common.out()),
        CheckFormat::Json => answer::to_text(&answer),
        CheckFormat::Junit => junit(&portfolios),
        CheckFormat::Sarif => answer::to_text(&sarif(&portfolios)),
        CheckFormat::Github => github(&portfolios),
    };
    console.deliver(&text, common.out(), exit)
}

/// `check P --if-signed OFFER[=SHARE]`.
fn if_signed(
    arguments: &CheckArguments,
    (offer, share): &(String, Option<f64>),
    today: Date,
    console: &Console,
) -> Result<Exit, Failure> {
    let [file] = arguments.portfolios.as_slice() else {
        return Err(Failure::Usage("--if-signed needs exactly one portfolio".to_owned()));
    };
    let common = &arguments.common;
    let loaded = loaded(file, common, console)?;
    let console = &console.about(&loaded.instance);
    guard(RunKind::Simulate, &loaded.instance, arguments.trials.trials, arguments.resources)?;
    let session = Session::new(&loaded.instance);
    let offer = session.named_offer(offer).map_err(Failure::unknown_name)?;
    let instance = signed(&loaded.instance, offer);
    let settings = SimulateSettings {
        n_trials: arguments.trials.trials,
        seed: arguments.trials.seed,
        rates: Rates::Drawn,
    };
    let found = session.if_signed(&Session::new(&instance), (offer, *share), settings, Some(today));
    let answer = IfSignedAnswer::of(&loaded.instance, &found.map_err(Failure::Measure)?, settings);
    let text = match arguments.format {
        CheckFormat::Table => console.currency().shown(&decision_record(&answer)),
        CheckFormat::Json => answer::to_text(&answer),
        CheckFormat::Junit | CheckFormat::Sarif | CheckFormat::Github => {
            let text = "--if-signed is a record in Markdown (--format table) or JSON (--format json)";
            return Err(Failure::Usage(text.to_owned()));
        }
    };
    console.deliver(&text, common.out(), Exit::Done)
}

/// Checks one portfolio; returns the result and its exit code.
fn checked(
    file: &Path,
    arguments: &CheckArguments,
    today: Date,
    console: &Console,
) -> Result<(CheckedPortfolio, Exit), Failure> {
    let common = &arguments.common;
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let sources = Sources {
        portfolio: file,
        catalog: common.catalog.as_deref(),
        jurisdictions: common.jurisdictions.as_deref(),
    };
    let shown = file.display().to_string();
    let loaded = match load(sources) {
        Ok(loaded) => loaded,
        Err(error) => {
            let exit =
                if matches!(error, InputError::Unreadable(_)) { Exit::File } else { Exit::InvalidInput };
            return Ok((CheckedPortfolio::refused(&name, &shown, &error), exit));
        }
    };
    let session = Session::new(&loaded.instance);
    let settings = SimulateSettings {
        n_trials: arguments.trials.trials,
        seed: arguments.trials.seed,
        rates: Rates::Drawn,
    };
    let simulated = if session.has_risk_limits() {
        guard(RunKind::Simulate, &loaded.instance, settings.n_trials, arguments.resources)?;
        Some(simulated(&session, &session.current, settings, console)?)
    } else {
        None
    };
    let outcome = session.check(&session.current, simulated.as_ref(), Some(today));
    let retiring = session.retiring(&session.current, arguments.notice);
    let currency = console.about(&loaded.instance).currency();
    let checked = CheckedPortfolio::new(&loaded, &shown, outcome, &retiring, currency);
    let exit = if checked.is_breached { Exit::Breached } else { Exit::Done };
    Ok((checked, exit))
}

/// Prints errors always, and warnings unless `--quiet`.
fn show_problems(checked: &CheckedPortfolio, console: &Console) {
    let (errors, warnings): (Vec<_>, Vec<_>) =
        checked.problems.iter().cloned().partition(|d| d.severity == Severity::Error);
    if errors.is_empty() {
        console.notice(&render_all(&warnings));
    } else {
        console.error(&render_all(&checked.problems));
    }
}

/// The more severe exit: an unreadable file, then invalid input, then a breach.
fn worse(a: Exit, b: Exit) -> Exit {
    let rank = |exit: &Exit| match exit {
        Exit::File => 3,
        Exit::InvalidInput => 2,
        Exit::Breached => 1,
        _ => 0,
    };
    if rank(&b) > rank(&a) { b } else { a }
}
