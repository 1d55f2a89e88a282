//! What all requests share: the portfolio as it was read, threads, and answers that were given.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::Semaphore;

use super::jobs::Jobs;
use super::{ServeError, ServerSettings};
use crate::input::{Bookshelf, Loaded, text_of_file};
use crate::model::instance::Instance;
use crate::simulation::memory::TrialMemory;
use crate::study::session::SharedGround;
use crate::study::simulate::Simulated;

/// Bytes of the token.
const TOKEN_BYTES: usize = 24;
/// Quick requests that are computed at a time; others wait.
const MAX_COMPUTING: usize = 4;
/// Portfolios that are kept as they were read.
const N_LOADED: usize = 4;
/// Laws and shocks that are kept as they were derived.
const N_GROUNDS: usize = 4;
/// Simulations that are kept.
const N_SIMULATED: usize = 24;

/// The portfolio's text, its seed and number of trials.
pub(super) type TrialsKey = (String, u64, u64);

/// What all requests share.
pub(super) struct ServedPortfolio {
    pub(super) bookshelf: Bookshelf,
    /// As named on the command line.
    pub(super) file: PathBuf,
    /// The portfolio as it was read.
    pub(super) text: String,
    pub(super) base: Arc<Loaded>,
    pub(super) token: String,
    /// What a request may name as its host.
    pub(super) hosts: Vec<String>,
    pub(super) today: Date,
    pub(super) version: String,
    /// Number of trials and seed of the page.
    pub(super) trials: (u64, u64),
    /// Whether amounts are shown in USD.
    pub(super) in_usd: bool,
    /// Folder of reports.
    pub(super) reports: PathBuf,
    pub(super) commit: Option<String>,
    pub(super) now: fn() -> String,
    /// The catalog and the jurisdictions as named on the command line.
    pub(super) named: (Option<PathBuf>, Option<PathBuf>),
    /// Flags that other commands need to read the same catalog.
    pub(super) flags: String,
    /// Threads of what is answered at once, and of jobs.
    pub(super) quick: ThreadPool,
    pub(super) slow: ThreadPool,
    pub(super) places: Semaphore,
    pub(super) jobs: Jobs,
    /// What simulations leave to each other.
    pub(super) memory: TrialMemory,
    grounds: Mutex<VecDeque<Arc<SharedGround>>>,
    loaded: Mutex<VecDeque<(String, Arc<Loaded>)>>,
    simulated: Mutex<VecDeque<(TrialsKey, Arc<Simulated>)>>,
}

impl ServedPortfolio {
    /// Reads the portfolio.
    pub(super) fn new(settings: ServerSettings) -> Result<Self, ServeError> {
        let bookshelf = Bookshelf::new(settings.catalog.as_deref(), settings.jurisdictions.as_deref());
        let text = match settings.text {
            Some(text) => text,
            None => text_of_file(&settings.portfolio)?,
        };
        let base = bookshelf.load_text(&settings.portfolio, &text)?;
        let start = |error: &dyn std::fmt::Display| ServeError::Start(error.to_string());
        let n_threads = rayon::current_num_threads();
        let pool = || ThreadPoolBuilder::new().num_threads(n_threads).build().map_err(|error| start(&error));
        let mut bytes = [0; TOKEN_BYTES];
        getrandom::fill(&mut bytes).map_err(|error| start(&error))?;
        let flag = |name: &str, path: &Option<PathBuf>| {
            path.as_ref()
                .map_or_else(String::new, |path| format!(" {name} {}", quoted(&path.display().to_string())))
        };
        Ok(Self {
            flags: flag("--catalog", &settings.catalog) + &flag("--jurisdictions", &settings.jurisdictions),
            named: (settings.catalog, settings.jurisdictions),
            in_usd: settings.in_usd,
            reports: settings.reports,
            commit: settings.commit,
            now: settings.now,
            bookshelf,
            file: settings.portfolio,
            text,
            base: Arc::new(base),
            token: bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            hosts: Vec::new(),
            today: settings.today,
            version: settings.version,
            trials: settings.trials,
            quick: pool()?,
            slow: pool()?,
            places: Semaphore::new(MAX_COMPUTING),
            jobs: Jobs::default(),
            memory: TrialMemory::default(),
            grounds: Mutex::default(),
            loaded: Mutex::default(),
            simulated: Mutex::default(),
        })
    }

    /// Served at a port.
    pub(super) fn at(mut self, port: u16) -> Self {
        self.hosts = ["127.0.0.1", "localhost"].iter().map(|host| format!("{host}:{port}")).collect();
        self
    }

    /// A portfolio that has been read.
    pub(super) fn kept(&self, text: &str) -> Option<Arc<Loaded>> {
        if text == self.text {
            return Some(Arc::clone(&self.base));
        }
        let loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.iter().find(|(own, _)| own == text).map(|(_, loaded)| Arc::clone(loaded))
    }

    pub(super) fn keep(&self, text: &str, new: &Arc<Loaded>) {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.push_front((text.to_owned(), Arc::clone(new)));
        loaded.truncate(N_LOADED);
    }

    /// What the sessions of many changes share.
    pub(super) fn ground(&self, instance: &Instance) -> Arc<SharedGround> {
        let kept = |grounds: &mut VecDeque<Arc<SharedGround>>| {
            let place = grounds.iter().position(|ground| ground.is_of(instance))?;
            let ground = grounds.remove(place)?;
            grounds.push_front(Arc::clone(&ground));
            Some(ground)
        };
        let locked = || self.grounds.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept(&mut locked());
        found.unwrap_or_else(|| {
            let ground = Arc::new(SharedGround::new(instance));
            let mut grounds = locked();
            grounds.push_front(Arc::clone(&ground));
            grounds.truncate(N_GROUNDS);
            ground
        })
    }

    /// A simulation that has been run.
    pub(super) fn kept_trials(&self, key: &TrialsKey) -> Option<Arc<Simulated>> {
        let simulated = self.simulated.lock().unwrap_or_else(PoisonError::into_inner);
        simulated.iter().find(|(own, _)| own == key).map(|(_, simulated)| Arc::clone(simulated))
    }

    pub(super) fn keep_trials(&self, key: TrialsKey, new: &Arc<Simulated>) {
        let mut simulated = self.simulated.lock().unwrap_or_else(PoisonError::into_inner);
        simulated.push_front((key, Arc::clone(new)));
        simulated.truncate(N_SIMULATED);
    }
}

/// A word of a shell's command line.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-=:@,+%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
