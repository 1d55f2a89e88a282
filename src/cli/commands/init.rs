//! The command `init`.

mod questions;

use std::path::{Path, PathBuf};

use super::import::{checked_answers, litellm};
use super::optimize::staged;
use crate::cli::args::{
    Answer, Format, ImportGiven, ImportLitellmArguments, InitArguments, InitUsers, UserShares,
};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::messages::shown;
use crate::exchange::portfolio_yaml::to_yaml;
use crate::exchange::starter::{Starter, StarterAnswers, started};
use crate::files::write_atomically;
use crate::input::diagnostic::render_all;
use crate::input::{Bookshelf, Loaded, load_library};
use crate::report::answer::optimize::OptimizeAnswer;
use crate::report::figures::counted;
use crate::report::grid::{Grid, to_text};
use crate::report::tables;
use crate::report::verdict::verdict;
use crate::study::generate::{PortfolioSize, generate};
use crate::study::plan::questions::Questions;
use crate::study::session::{OptimizeSettings, Session};

/// Countries with users of a generated portfolio.
const N_USERS: usize = 10;
/// Trials of a first plan: enough to see what is worth doing.
const FIRST_TRIALS: u64 = 200;

pub(super) fn init(arguments: &InitArguments, console: &Console) -> Result<Exit, Failure> {
    if let Some(size) = arguments.size {
        return generated(arguments, size, console);
    }
    if let [program, config] = arguments.from.as_slice() {
        return from_gateway(arguments, program, config, console);
    }
    let Some(like) = arguments.like else {
        let asked = questions::asked(arguments)?;
        return begun(asked.starter, asked.answers, Some(&asked.file), arguments, console);
    };
    let users = match &arguments.users {
        Some(InitUsers::Shares(users)) => Some(users.clone()),
        Some(InitUsers::Count(_)) => {
            return Err(Failure::Usage(
                "--users: write countries and shares, such as DE=0.6,FR=0.4".to_owned(),
            ));
        }
        None => None,
    };
    let answers = StarterAnswers {
        name: arguments.name.clone(),
        headquarters: arguments.headquarters.as_ref().map(|country| country.to_uppercase()),
        users,
        demand: arguments.demand,
        outage_cost_usd_per_day: arguments.outage_cost,
        cost_times: None,
    };
    begun(like.into(), answers, None, arguments, console)
}

fn generated(arguments: &InitArguments, size: (usize, usize), console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let library = load_library(common.catalog.as_deref(), common.jurisdictions.as_deref())?;
    console.notice(&render_all(&library.warnings));
    let n_users = match &arguments.users {
        None => N_USERS,
        Some(InitUsers::Count(n)) => *n,
        Some(InitUsers::Shares(_)) => {
            return Err(Failure::Usage("--users: with --size, write a number of countries".to_owned()));
        }
    };
    let size = PortfolioSize { n_workloads: size.0, n_offers: size.1, n_users };
    let portfolio = generate(&library.catalog, &library.jurisdictions, size)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    console.deliver(&to_yaml(&portfolio), common.out(), Exit::Done)
}

/// `init --from litellm CONFIG --out FILE` is `import litellm CONFIG -o FILE`, with its questions.
fn from_gateway(
    arguments: &InitArguments,
    program: &str,
    config: &str,
    console: &Console,
) -> Result<Exit, Failure> {
    if program != "litellm" {
        return Err(Failure::Usage("--from: the program is litellm".to_owned()));
    }
    let users = match &arguments.users {
        Some(InitUsers::Shares(users)) => Some(UserShares(users.clone())),
        _ => None,
    };
    let Some(file) = arguments.common.out() else {
        return Err(Failure::Usage("--from needs --out FILE, the portfolio that is written".to_owned()));
    };
    let import = ImportLitellmArguments {
        config: PathBuf::from(config),
        spend: None,
        given: ImportGiven {
            write: Some(file.to_owned()),
            overwrite: false,
            headquarters: arguments.headquarters.clone(),
            users,
            data: None,
            outage_cost: arguments.outage_cost,
            demand: arguments.demand,
        },
        answer: Answer { format: Format::Table },
        common: arguments.common.without_out(),
    };
    litellm(&import, console)
}

/// Writes a portfolio with the answers in it, checks it, and says what to do next.
fn begun(
    starter: Starter,
    answers: StarterAnswers,
    asked_file: Option<&Path>,
    arguments: &InitArguments,
    console: &Console,
) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let shelf = Bookshelf::new(common.catalog.as_deref(), common.jurisdictions.as_deref());
    let (file, text) = starter.file();
    let shipped = shelf.load_text(file.as_ref(), text)?;
    checked_answers(answers.headquarters.as_ref(), answers.users.as_ref(), &shipped.jurisdictions)?;
    let started = |answers: &StarterAnswers| {
        let text = started(starter, &shipped.instance.portfolio, answers);
        text.map_err(|error| Failure::Usage(error.to_string()))
    };
    let out = asked_file.or(common.out());
    let file = out.unwrap_or(Path::new("portfolio.yaml"));
    let mut text = started(&answers)?;
    if answers.demand.is_some() || answers.users.is_some() {
        // Limits follow what today costs, which only a portfolio with these answers can tell.
        let own = shelf.load_text(file, &text)?;
        let cost_times = Some(monthly_cost_usd(&own) / monthly_cost_usd(&shipped));
        text = started(&StarterAnswers { cost_times, ..answers })?;
    }
    let loaded = shelf.load_text(file, &text)?;
    console.notice(&render_all(&loaded.warnings));
    match out {
        Some(path) => {
            write_atomically(path, &text)?;
            console.wrote(path);
        }
        None => {
            console.deliver(&text, None, Exit::Done)?;
        }
    }
    let session = Session::new(&loaded.instance);
    let checked = session.check(&session.current, None, None);
    let n_broken = checked.limits.iter().filter(|limit| limit.is_breached()).count();
    let limits = match n_broken {
        0 => "today it keeps every limit".to_owned(),
        n => format!("today it breaks {n} of its {}", counted(checked.limits.len(), "limit")),
    };
    let shares = match checked.ineligible.len() {
        0 => "every offer in use may serve its users".to_owned(),
        n => format!("{} may not serve the users that it has", counted(n, "share")),
    };
    let workloads = counted(loaded.instance.workloads.len(), "workload");
    console.notice(&format!("The file is valid: {workloads}; {limits}, and {shares}."));
    if out.is_some() && !arguments.no_plan {
        first_plan(&session, &console.about(&loaded.instance))?;
    }
    let name = shown(file);
    console.notice(&format!(
        "next: multipolar check {name}\n      multipolar exposure {name}\n      multipolar plan {name}   (with more simulated years and a report)"
    ));
    Ok(Exit::Done)
}

/// Says what a plan on a few simulated years would do.
fn first_plan(session: &Session<'_>, console: &Console) -> Result<(), Failure> {
    let settings = OptimizeSettings { n_trials: FIRST_TRIALS, ..OptimizeSettings::USUAL };
    let questions = Questions { ladder: true, ..Questions::default() };
    let answers = staged(console, |progress| session.answers(settings, &questions, progress))?;
    let answer = OptimizeAnswer::of(session, &answers, settings.seed);
    let screen = console.screen(None);
    let mut head = Grid::new(format!("A first plan, from {FIRST_TRIALS} simulated years"), &[]);
    head.note(verdict(&answer));
    console.notice(&to_text(&[head, tables::ladder::options(&answer.ladder)], screen));
    Ok(())
}

/// What today costs a month, as planned, USD.
fn monthly_cost_usd(loaded: &Loaded) -> f64 {
    let session = Session::new(&loaded.instance);
    session.setting.planned_cost(&session.current).monthly.total_usd()
}
