//! The command `compare`.

use std::path::Path;

use crate::cli::answer::loaded;
use crate::cli::args::{CompareArguments, CompareFormat, CompareRows};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::memory::guard;
use crate::cli::messages::shown;
use crate::cli::progress::ProgressLine;
use crate::exchange::recorded::{RecordedResults, names_results, recorded_results};
use crate::input::diagnostic::render_all;
use crate::input::{Loaded, Sources, load};
use crate::measures::moments::average_annual_loss;
use crate::measures::tail::conditional_value_at_risk;
use crate::report::answer::compare::rows::{attribution, inputs};
use crate::report::answer::compare::{
    CompareAnswer, ComparedDraws, ComparedSides, DrawsAnswer, RecordedFigureAnswer,
};
use crate::report::csv::Sheet;
use crate::report::{answer, tables};
use crate::simulation::draws::Rates;
use crate::simulation::summary::BREAKDOWN_LEVEL;
use crate::study::compare::gate::{FailRule, FigurePairs, TestedRule};
use crate::study::compare::{ComparedWorld, PortfolioComparison, compare as compared};
use crate::study::footprint::RunKind;
use crate::study::session::Session;
use crate::study::simulate::SimulateSettings;

/// Default seed and number of trials.
const DEFAULTS: SimulateSettings = SimulateSettings { n_trials: 10_000, seed: 1, rates: Rates::Drawn };

/// One of the two: its inputs where they are known, and what was recorded of it.
struct ComparedSide {
    name: String,
    loaded: Option<Loaded>,
    recorded: Option<RecordedResults>,
}

pub(super) fn compare(arguments: &CompareArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    if arguments.table.is_some() && arguments.format != CompareFormat::Csv {
        return Err(Failure::Usage("--table needs --format csv: add it, or leave --table out".to_owned()));
    }
    let (from, to) = (side(&arguments.from, arguments, console)?, side(&arguments.to, arguments, console)?);
    let answer = match (&from.loaded, &to.loaded) {
        (Some(before), Some(after)) => {
            let first = ComparedWorld { loaded: before, settings: settings(&from, &to, arguments) };
            let second = ComparedWorld { loaded: after, settings: settings(&to, &from, arguments) };
            attributed((&from, first), (&to, second), arguments, console)?
        }
        _ => figures_only(&from, &to, arguments)?,
    };
    let text = match arguments.format {
        CompareFormat::Table => console.tables(&tables::compare::compare(&answer), common.out()),
        CompareFormat::Json => answer::to_text(&answer),
        CompareFormat::Markdown => tables::compare::comment(&answer),
        CompareFormat::Csv => match arguments.table.unwrap_or(CompareRows::Attribution) {
            CompareRows::Attribution => Sheet::of(&attribution(&answer)).to_text(),
            CompareRows::Inputs => Sheet::of(&inputs(&answer)).to_text(),
        },
    };
    let is_exceeded = answer.fail_on.iter().any(|rule| rule.exceeded);
    console.deliver(&text, common.out(), if is_exceeded { Exit::Breached } else { Exit::Done })
}

/// Reads a portfolio, or results with the copies of their inputs; warnings go to stderr.
fn side(path: &Path, arguments: &CompareArguments, console: &Console) -> Result<ComparedSide, Failure> {
    let name = shown(path);
    if !names_results(path) {
        let loaded = loaded(path, &arguments.common, console)?;
        return Ok(ComparedSide { name, loaded: Some(loaded), recorded: None });
    }
    let recorded = recorded_results(path)?;
    let loaded = recorded.inputs.as_ref().map(|inputs| {
        load(Sources {
            portfolio: &inputs.portfolio,
            catalog: inputs.catalog.as_deref(),
            jurisdictions: inputs.jurisdictions.as_deref(),
        })
    });
    let loaded = loaded.transpose()?;
    console.notice(&render_all(loaded.as_ref().map_or(&[], |loaded| &loaded.warnings)));
    Ok(ComparedSide { name, loaded, recorded: Some(recorded) })
}

/// The draws of a side: those asked for, else those recorded, else those recorded of the other.
fn settings(own: &ComparedSide, other: &ComparedSide, arguments: &CompareArguments) -> SimulateSettings {
    let recorded = own.recorded.as_ref().or(other.recorded.as_ref());
    let recorded = recorded.map_or(DEFAULTS, |recorded| recorded.settings);
    SimulateSettings {
        seed: arguments.seed.unwrap_or(recorded.seed),
        n_trials: arguments.trials.unwrap_or(recorded.n_trials),
        ..recorded
    }
}

fn draws(settings: SimulateSettings) -> DrawsAnswer {
    DrawsAnswer { seed: settings.seed, trials: settings.n_trials }
}

/// Both inputs are known: every change is attributed.
fn attributed(
    from: (&ComparedSide, ComparedWorld<'_>),
    to: (&ComparedSide, ComparedWorld<'_>),
    arguments: &CompareArguments,
    console: &Console,
) -> Result<CompareAnswer, Failure> {
    for (_, world) in [&from, &to] {
        let n_trials = world.settings.n_trials;
        guard(RunKind::Simulate, &world.loaded.instance, n_trials, arguments.resources)?;
    }
    let line = ProgressLine::new(console);
    let comparison = compared(from.1, to.1, &|step| line.show(step))?;
    drop(line);
    let rules = tested(&comparison.figures(), arguments)?;
    let sides = ComparedSides {
        from: from.0.name.clone(),
        to: to.0.name.clone(),
        draws: ComparedDraws { from: draws(from.1.settings), to: draws(to.1.settings) },
        recorded: otherwise(&from, &to, &comparison),
    };
    Ok(CompareAnswer::of(sides, &comparison, &rules))
}

/// Recorded figures that come out otherwise, where the draws are those recorded.
fn otherwise(
    from: &(&ComparedSide, ComparedWorld<'_>),
    to: &(&ComparedSide, ComparedWorld<'_>),
    comparison: &PortfolioComparison,
) -> Vec<RecordedFigureAnswer> {
    let figures = comparison.figures();
    let of = |side: &str, (own, world): &(&ComparedSide, ComparedWorld<'_>), pick: fn((f64, f64)) -> f64| {
        let recorded = own.recorded.as_ref().filter(|recorded| recorded.settings == world.settings);
        let pairs = recorded.into_iter().flat_map(|recorded| {
            [
                ("monthly_cost_usd", recorded.monthly_cost_usd, pick(figures.monthly_cost)),
                ("aal_usd", recorded.aal_usd, pick(figures.aal)),
                ("cvar_usd", recorded.cvar_usd, pick(figures.cvar)),
            ]
        });
        // Figures are compared in whole cents.
        let differing = pairs.filter(|(_, recorded, computed)| (recorded - computed).abs() > 0.011);
        differing
            .map(|(figure, recorded, computed)| RecordedFigureAnswer {
                side: side.to_owned(),
                figure: figure.to_owned(),
                recorded,
                computed,
            })
            .collect::<Vec<_>>()
    };
    [of("from", from, |pair| pair.0), of("to", to, |pair| pair.1)].concat()
}

fn tested(figures: &FigurePairs, arguments: &CompareArguments) -> Result<Vec<TestedRule>, Failure> {
    let test = |rule: &FailRule| {
        rule.test(figures).ok_or_else(|| {
            Failure::Usage(format!(
                "--fail-on {rule} needs the inputs of both sides, and one has none beside its results"
            ))
        })
    };
    arguments.fail_on.iter().map(test).collect()
}

/// The inputs of a side are not known: the figures as recorded, and those of the other side on the same draws.
fn figures_only(
    from: &ComparedSide,
    to: &ComparedSide,
    arguments: &CompareArguments,
) -> Result<CompareAnswer, Failure> {
    let ((before, first), (after, second)) = (figures(from, to, arguments)?, figures(to, from, arguments)?);
    let pairs = FigurePairs {
        monthly_cost: (before[0], after[0]),
        aal: (before[1], after[1]),
        cvar: (before[2], after[2]),
        capability: None,
    };
    let without: Vec<&str> =
        [from, to].iter().filter(|side| side.loaded.is_none()).map(|side| side.name.as_str()).collect();
    let reason = format!(
        "there are no copies of the inputs beside {}, so it cannot be said what causes the change",
        without.join(" and ")
    );
    let sides = ComparedSides {
        from: from.name.clone(),
        to: to.name.clone(),
        draws: ComparedDraws { from: draws(first), to: draws(second) },
        recorded: Vec::new(),
    };
    Ok(CompareAnswer::of_figures(sides, pairs, &tested(&pairs, arguments)?, Some(reason)))
}

/// Monthly cost, average annual loss and CVaR of a side in whole cents, and their draws.
fn figures(
    side: &ComparedSide,
    other: &ComparedSide,
    arguments: &CompareArguments,
) -> Result<([f64; 3], SimulateSettings), Failure> {
    let cents = |usd: f64| (usd * 100.0).round() / 100.0;
    if let (Some(recorded), None) = (&side.recorded, &side.loaded) {
        let figures = [recorded.monthly_cost_usd, recorded.aal_usd, recorded.cvar_usd];
        return Ok((figures.map(cents), recorded.settings));
    }
    let settings = settings(side, other, arguments);
    let Some(loaded) = &side.loaded else {
        return Err(Failure::Usage(format!("{} has no inputs", side.name)));
    };
    guard(RunKind::Simulate, &loaded.instance, settings.n_trials, arguments.resources)?;
    let session = Session::new(&loaded.instance);
    let simulated = session.simulate(&session.current, settings, &|_| ())?;
    let losses = &simulated.run.losses;
    let figures = [
        simulated.monthly_cost.total_usd(),
        average_annual_loss(losses, loaded.instance.portfolio.horizon_days)?.value,
        conditional_value_at_risk(losses, BREAKDOWN_LEVEL)?,
    ];
    Ok((figures.map(cents), settings))
}
