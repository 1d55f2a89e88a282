//! The command `compare`.

use std::path::Path;

use crate::cli::answer::loaded;
use crate::cli::args::{Common, CompareArguments, CompareFormat, CompareRows, Resources};
use crate::cli::console::{Console, Rendered};
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
    AlteredFileAnswer, CompareAnswer, ComparedDraws, ComparedSides, DrawsAnswer, RecordedFigureAnswer,
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

/// One of the two, as it was read.
struct ReadSide {
    name: String,
    loaded: Option<Loaded>,
    recorded: Option<RecordedResults>,
}

/// One of the two: its inputs where they are known, and what was recorded of it.
#[derive(Clone, Copy)]
struct ComparedSide<'a> {
    name: &'a str,
    loaded: Option<&'a Loaded>,
    recorded: Option<&'a RecordedResults>,
}

impl ReadSide {
    fn side(&self) -> ComparedSide<'_> {
        ComparedSide { name: &self.name, loaded: self.loaded.as_ref(), recorded: self.recorded.as_ref() }
    }
}

/// How two sides are measured.
#[derive(Clone, Copy)]
struct CompareRequest<'a> {
    /// `None`: those recorded.
    seed: Option<u64>,
    n_trials: Option<u64>,
    fail_on: &'a [FailRule],
    resources: Resources,
}

/// What came out; the words of the answer are those of the language in which it is told.
pub(super) enum ComparedFound {
    Attributed(ComparedSides, Box<PortfolioComparison>, Vec<TestedRule>),
    /// The inputs of a side are not known, for the reason given.
    Figures(ComparedSides, FigurePairs, Vec<TestedRule>, String),
}

impl ComparedFound {
    pub(super) fn answer(&self) -> CompareAnswer {
        match self {
            Self::Attributed(sides, comparison, rules) => CompareAnswer::of(sides.clone(), comparison, rules),
            Self::Figures(sides, pairs, rules, reason) => {
                CompareAnswer::of_figures(sides.clone(), *pairs, rules, Some(reason.clone()))
            }
        }
    }
}

pub(super) fn compare(arguments: &CompareArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    if arguments.table.is_some() && arguments.format != CompareFormat::Csv {
        return Err(Failure::Usage("--table needs --format csv: add it, or leave --table out".to_owned()));
    }
    let read = |path| side(path, common, console);
    let (from, to) = (read(&arguments.from)?, read(&arguments.to)?);
    let asked = CompareRequest {
        seed: arguments.seed,
        n_trials: arguments.trials,
        fail_on: &arguments.fail_on,
        resources: arguments.resources,
    };
    let answer = found(from.side(), to.side(), asked, console)?.answer();
    let rendered: Rendered = match arguments.format {
        CompareFormat::Table => console.tables(&tables::compare::compare(&answer), common.out()).into(),
        CompareFormat::Json => answer::to_text(&answer).into(),
        CompareFormat::Markdown => tables::compare::comment(&answer).into(),
        CompareFormat::Csv => match arguments.table.unwrap_or(CompareRows::Attribution) {
            CompareRows::Attribution => Sheet::of(&attribution(&answer)).into(),
            CompareRows::Inputs => Sheet::of(&inputs(&answer)).into(),
        },
    };
    let is_exceeded = answer.fail_on.iter().any(|rule| rule.exceeded);
    console.deliver_rendered(&rendered, common.out(), if is_exceeded { Exit::Breached } else { Exit::Done })
}

/// The report of an earlier quarter, in its folder, against a portfolio as it is now. `names`: of the two in the answer.
pub(super) fn since(
    earlier: &Path,
    names: [&str; 2],
    (loaded, settings): (&Loaded, SimulateSettings),
    (common, resources): (&Common, Resources),
    console: &Console,
) -> Result<ComparedFound, Failure> {
    let read = ReadSide { name: names[0].to_owned(), ..side(earlier, common, console)? };
    let now = ComparedSide { name: names[1], loaded: Some(loaded), recorded: None };
    // Both on the draws of the new report, so that their difference is no luck of other draws.
    let asked = CompareRequest {
        seed: Some(settings.seed),
        n_trials: Some(settings.n_trials),
        fail_on: &[],
        resources,
    };
    found(read.side(), now, asked, console)
}

fn found(
    from: ComparedSide<'_>,
    to: ComparedSide<'_>,
    asked: CompareRequest<'_>,
    console: &Console,
) -> Result<ComparedFound, Failure> {
    match (from.loaded, to.loaded) {
        (Some(before), Some(after)) => {
            let first = ComparedWorld { loaded: before, settings: settings(from, to, asked) };
            let second = ComparedWorld { loaded: after, settings: settings(to, from, asked) };
            attributed((from, first), (to, second), asked, console)
        }
        _ => figures_only(from, to, asked),
    }
}

/// Reads a portfolio, or results with the copies of their inputs; warnings go to stderr.
fn side(path: &Path, common: &Common, console: &Console) -> Result<ReadSide, Failure> {
    let name = shown(path);
    if !names_results(path) {
        let loaded = loaded(path, common, console)?;
        return Ok(ReadSide { name, loaded: Some(loaded), recorded: None });
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
    Ok(ReadSide { name, loaded, recorded: Some(recorded) })
}

/// The draws of a side: those asked for, else those recorded, else those recorded of the other.
fn settings(own: ComparedSide<'_>, other: ComparedSide<'_>, asked: CompareRequest<'_>) -> SimulateSettings {
    let recorded = own.recorded.or(other.recorded);
    let recorded = recorded.map_or(DEFAULTS, |recorded| recorded.settings);
    SimulateSettings {
        seed: asked.seed.unwrap_or(recorded.seed),
        n_trials: asked.n_trials.unwrap_or(recorded.n_trials),
        ..recorded
    }
}

fn draws(settings: SimulateSettings) -> DrawsAnswer {
    DrawsAnswer { seed: settings.seed, trials: settings.n_trials }
}

/// Both inputs are known: every change is attributed.
fn attributed(
    from: (ComparedSide<'_>, ComparedWorld<'_>),
    to: (ComparedSide<'_>, ComparedWorld<'_>),
    asked: CompareRequest<'_>,
    console: &Console,
) -> Result<ComparedFound, Failure> {
    for (_, world) in [&from, &to] {
        let n_trials = world.settings.n_trials;
        guard(RunKind::Simulate, &world.loaded.instance, n_trials, asked.resources)?;
    }
    let line = ProgressLine::new(console);
    let comparison = compared(from.1, to.1, &|step| line.show(step))?;
    drop(line);
    let rules = tested(&comparison.figures(), asked)?;
    let sides = ComparedSides {
        from: from.0.name.to_owned(),
        to: to.0.name.to_owned(),
        draws: ComparedDraws { from: draws(from.1.settings), to: draws(to.1.settings) },
        recorded: otherwise(&from, &to, &comparison),
        altered: altered(from.0, to.0),
    };
    Ok(ComparedFound::Attributed(sides, Box::new(comparison), rules))
}

/// Files of both sides that are not as they were written.
fn altered(from: ComparedSide<'_>, to: ComparedSide<'_>) -> Vec<AlteredFileAnswer> {
    let of = |side: &'static str, own: ComparedSide<'_>| -> Vec<AlteredFileAnswer> {
        let files = own.recorded.iter().flat_map(|recorded| &recorded.altered);
        let answer = files.map(|altered| AlteredFileAnswer {
            side: side.to_owned(),
            file: altered.file.clone(),
            is_missing: altered.is_missing,
        });
        answer.collect()
    };
    [of("from", from), of("to", to)].concat()
}

/// Recorded figures that come out otherwise, where the draws are those recorded.
fn otherwise(
    from: &(ComparedSide<'_>, ComparedWorld<'_>),
    to: &(ComparedSide<'_>, ComparedWorld<'_>),
    comparison: &PortfolioComparison,
) -> Vec<RecordedFigureAnswer> {
    let figures = comparison.figures();
    let of =
        |side: &str, (own, world): &(ComparedSide<'_>, ComparedWorld<'_>), pick: fn((f64, f64)) -> f64| {
            let recorded = own.recorded.filter(|recorded| recorded.settings == world.settings);
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

fn tested(figures: &FigurePairs, asked: CompareRequest<'_>) -> Result<Vec<TestedRule>, Failure> {
    let test = |rule: &FailRule| {
        rule.test(figures).ok_or_else(|| {
            Failure::Usage(format!(
                "--fail-on {rule} needs the inputs of both sides, and one has none beside its results"
            ))
        })
    };
    asked.fail_on.iter().map(test).collect()
}

/// The inputs of a side are not known: the figures as recorded, and those of the other side on the same draws.
fn figures_only(
    from: ComparedSide<'_>,
    to: ComparedSide<'_>,
    asked: CompareRequest<'_>,
) -> Result<ComparedFound, Failure> {
    let ((before, first), (after, second)) = (figures(from, to, asked)?, figures(to, from, asked)?);
    let pairs = FigurePairs {
        monthly_cost: (before[0], after[0]),
        aal: (before[1], after[1]),
        cvar: (before[2], after[2]),
        capability: None,
    };
    let without: Vec<&str> =
        [from, to].iter().filter(|side| side.loaded.is_none()).map(|side| side.name).collect();
    let reason = format!(
        "there are no copies of the inputs beside {}, so it cannot be said what causes the change",
        without.join(" and ")
    );
    let sides = ComparedSides {
        from: from.name.to_owned(),
        to: to.name.to_owned(),
        draws: ComparedDraws { from: draws(first), to: draws(second) },
        recorded: Vec::new(),
        altered: altered(from, to),
    };
    Ok(ComparedFound::Figures(sides, pairs, tested(&pairs, asked)?, reason))
}

/// Monthly cost, average annual loss and CVaR of a side in whole cents, and their draws.
fn figures(
    side: ComparedSide<'_>,
    other: ComparedSide<'_>,
    asked: CompareRequest<'_>,
) -> Result<([f64; 3], SimulateSettings), Failure> {
    let cents = |usd: f64| (usd * 100.0).round() / 100.0;
    if let (Some(recorded), None) = (side.recorded, side.loaded) {
        let figures = [recorded.monthly_cost_usd, recorded.aal_usd, recorded.cvar_usd];
        return Ok((figures.map(cents), recorded.settings));
    }
    let settings = settings(side, other, asked);
    let Some(loaded) = side.loaded else {
        return Err(Failure::Usage(format!("{} has no inputs", side.name)));
    };
    guard(RunKind::Simulate, &loaded.instance, settings.n_trials, asked.resources)?;
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
