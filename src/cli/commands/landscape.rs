//! The command `landscape`.

use std::collections::BTreeSet;

use super::{chart, optimize};
use crate::cli::answer::{Choice, in_format, loaded_or_library};
use crate::cli::args::{LandscapeArguments, LandscapeRows, TabularFormat};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::messages::escaped;
use crate::ids::nearest;
use crate::input::named_selector;
use crate::landscape::enablers::ScoreTerms;
use crate::model::instance::Instance;
use crate::model::jurisdictions::Jurisdictions;
use crate::model::selector::Selector;
use crate::report::answer::landscape::LandscapeAnswer;
use crate::report::answer::landscape::rows::{enabler_rows, indicator_rows};
use crate::report::answer::landscape::without::WithoutCostAnswer;
use crate::report::csv::Sheet;
use crate::report::{drawing, tables};
use crate::study::landscape::{Landscape, LandscapeQuestion};
use crate::study::session::{OptimizeSettings, Session};

pub(super) fn landscape(arguments: &LandscapeArguments, console: &Console) -> Result<Exit, Failure> {
    refuse_idle_flags(arguments)?;
    let library = loaded_or_library(arguments.portfolio.as_deref(), &arguments.common, console)?;
    let question = question(arguments, &library)?;
    let (instance, file) = (&library.instance, &library.jurisdictions);
    let landscape = Landscape::new(instance, file, &question);
    let portfolio = arguments.portfolio.as_ref().map(|_| instance.portfolio.name.as_str());
    let mut answer = LandscapeAnswer::of(instance, &landscape, portfolio);
    answer.without_cost = without_cost(arguments, &question, instance, console)?;
    chart::write(arguments.chart.as_deref(), console, || drawing::landscape::chart(&answer))?;
    let out = arguments.common.out();
    let rendered = in_format(
        arguments.format,
        &answer,
        || console.tables(&tables::landscape::landscape(&answer), out),
        || sheet(&answer, arguments.table.unwrap_or(LandscapeRows::Ranks)),
    );
    console.deliver_rendered(&rendered, out, Exit::Done)
}

/// What doing without models costs the portfolio; `None` without one, or when nothing is to be done without.
fn without_cost(
    arguments: &LandscapeArguments,
    question: &LandscapeQuestion,
    instance: &Instance,
    console: &Console,
) -> Result<Option<WithoutCostAnswer>, Failure> {
    if arguments.portfolio.is_none() || question.without.is_empty() {
        return Ok(None);
    }
    let settings =
        OptimizeSettings { n_trials: arguments.trials, seed: arguments.seed, ..OptimizeSettings::USUAL };
    let selectors: Vec<&Selector> = question.without.iter().map(|(_, selector)| selector).collect();
    let session = Session::new(instance);
    let plans = optimize::staged(console, |progress| session.without(&selectors, settings, progress))?;
    let names = question.without.iter().map(|(name, _)| name.as_str());
    Ok(Some(WithoutCostAnswer::of(&plans, names, arguments.seed)))
}

/// The rows of a list.
fn sheet(answer: &LandscapeAnswer, rows: LandscapeRows) -> Sheet {
    match rows {
        LandscapeRows::Ranks => Sheet::of(&answer.ranks),
        LandscapeRows::Enablers => enabler_rows(answer),
        LandscapeRows::Indicators => indicator_rows(answer),
        LandscapeRows::Evidence => Sheet::of(&answer.evidence),
        LandscapeRows::Blocs => Sheet::of(&answer.blocs),
        LandscapeRows::Carried => Sheet::of(&answer.carried),
        LandscapeRows::Unscored => Sheet::of(&answer.unscored),
        LandscapeRows::Lag => Sheet::of(&answer.lag),
        LandscapeRows::LagByRegion => Sheet::of(&answer.lag_by_region),
        LandscapeRows::Without => Sheet::of(&answer.without),
        LandscapeRows::WithoutCost => {
            Sheet::of(answer.without_cost.as_ref().map_or(&[][..], |cost| &cost.cases))
        }
        LandscapeRows::History => Sheet::of(&answer.history),
        LandscapeRows::Workloads => Sheet::of(&answer.workloads),
    }
}

/// What the flags ask.
fn question(arguments: &LandscapeArguments, library: &Choice) -> Result<LandscapeQuestion, Failure> {
    let scored = &arguments.scored;
    let file = &library.jurisdictions;
    known_set(&scored.set, file)?;
    known_weights(&scored.weights, file)?;
    let selectors = |flag: &str, texts: &[String]| -> Result<Vec<(String, Selector)>, Failure> {
        texts.iter().map(|text| selector(flag, text, library)).collect()
    };
    Ok(LandscapeQuestion {
        terms: ScoreTerms {
            set: (!scored.set.is_empty()).then(|| scored.set.clone()),
            weights: scored.weights.iter().cloned().collect(),
            uses_proxies: !scored.no_proxies,
            uses_unscored: scored.with_unscored,
        },
        groups: selectors("--group", &arguments.compared.group)?,
        without: selectors("--without", &arguments.compared.without)?,
        as_of: arguments.compared.as_of,
    })
}

/// Refuses jurisdictions that the file does not hold.
fn known_set(set: &[String], file: &Jurisdictions) -> Result<(), Failure> {
    let ids = || file.jurisdictions.iter().map(|j| j.id.as_str());
    match set.iter().find(|id| !ids().any(|known| known == *id)) {
        Some(id) => Err(unknown("--set: there is no jurisdiction", id, ids())),
        None => Ok(()),
    }
}

/// Refuses unknown enablers, an enabler named twice, and weights that leave nothing.
fn known_weights(weights: &[(String, f64)], file: &Jurisdictions) -> Result<(), Failure> {
    let ids = || file.enablers.iter().map(|e| e.id.as_str());
    let mut named = BTreeSet::new();
    for (id, _) in weights {
        if !ids().any(|known| known == id) {
            return Err(unknown("--weights: there is no enabler", id, ids()));
        }
        if !named.insert(id) {
            return Err(Failure::Usage(format!("--weights: the enabler '{}' is named twice", escaped(id))));
        }
    }
    let is_nothing = named.len() == file.enablers.len() && weights.iter().all(|(_, weight)| *weight <= 0.0);
    match is_nothing && !weights.is_empty() {
        true => Err(Failure::Usage("--weights: at least one weight must be above 0".to_owned())),
        false => Ok(()),
    }
}

fn unknown<'k>(what: &str, id: &str, known: impl Iterator<Item = &'k str> + Clone) -> Failure {
    let help = match nearest(id, known.clone()) {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("choose from {}", known.collect::<Vec<_>>().join(", ")),
    };
    Failure::Usage(format!("{what} '{}'\n  = help: {help}", escaped(id)))
}

/// Reads a selector of models.
fn selector(flag: &str, text: &str, library: &Choice) -> Result<(String, Selector), Failure> {
    let (name, selector) =
        named_selector(flag, text, &library.jurisdictions, &library.catalog).map_err(Failure::Typed)?;
    match selector.key_of_demand() {
        Some(key) => Err(Failure::Usage(format!(
            "{flag}: '{key}' says who uses a model, and groups are of models\n  = help: use keys such as origin, openness, \
             developer, host, region"
        ))),
        None => Ok((name, selector)),
    }
}

/// Refuses flags that would do nothing, and a drawing in another format.
fn refuse_idle_flags(arguments: &LandscapeArguments) -> Result<(), Failure> {
    let refused = |text: String| Err(Failure::Usage(text));
    if arguments.table.is_some() && arguments.format != TabularFormat::Csv {
        return refused("--table needs --format csv".to_owned());
    }
    if arguments.table == Some(LandscapeRows::Workloads) && arguments.portfolio.is_none() {
        return refused("--table workloads needs the portfolio: --portfolio FILE".to_owned());
    }
    let is_priced = arguments.portfolio.is_some() && !arguments.compared.without.is_empty();
    if arguments.table == Some(LandscapeRows::WithoutCost) && !is_priced {
        return refused("--table without-cost needs --without and --portfolio FILE".to_owned());
    }
    if arguments.table == Some(LandscapeRows::Without) && arguments.compared.without.is_empty() {
        return refused("--table without needs --without".to_owned());
    }
    chart::refuse_other_formats(arguments.chart.as_deref())
}
