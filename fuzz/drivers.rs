//! What is done with the bytes of each fuzz target. The test suite replays the corpora through the same functions.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use multipolar::exchange::catalog_yaml::overlay;
use multipolar::exchange::fingerprint::{fingerprint, program};
use multipolar::exchange::merge::merged;
use multipolar::exchange::table_path::{TableFormat, TablePath};
use multipolar::input::diagnostic::{Diagnostic, render_all};
use multipolar::input::{
    Bookshelf, InputError, Library, Loaded, history as read_history, load_library, read_price_list,
};
use multipolar::model::instance::Instance;
use multipolar::shocks::likelihood::rate_per_year;
use multipolar::simulation::draws::Rates;
use multipolar::study::refresh::refresh;
use multipolar::study::replay::{ReplayRequest, replay};
use multipolar::study::session::{OptimizeSettings, Session};
use multipolar::study::simulate::SimulateSettings;
use tempfile::TempDir;

/// Trials of a study: enough to draw from every distribution.
const N_TRIALS: u64 = 20;
/// Largest number of pairs of cells and offers, up to which a plan is optimized too.
const MAX_PAIRS: usize = 12;
/// Of the portfolios with the catalog inside the binary, one in so many is studied.
const STUDIED_OF: u8 = 16;
/// Largest number of merged trials that are summed up.
const MAX_MERGED_TRIALS: u64 = 1000;
/// Largest horizon that is simulated, days: a hundred years of daily events are a matter of patience, not of sense.
const MAX_HORIZON_DAYS: f64 = 1100.0;
/// Largest number of horizons through which past events are played together.
const MAX_HORIZONS: f64 = 50.0;
/// Largest number of events a year of all shocks.
const MAX_RATE: f64 = 400.0;

/// What a target does with bytes.
type Target = fn(&[u8]);

/// The targets with their names.
pub const TARGETS: [(&str, Target); 7] = [
    ("portfolio", portfolio),
    ("small", small),
    ("catalog", catalog),
    ("jurisdictions", jurisdictions),
    ("shards", shards),
    ("history", history),
    ("prices", prices),
];

/// The files of the study of the tests, of which a target or a test replaces one.
pub const FILES: [&str; 8] = [
    "portfolio.yaml",
    "jurisdictions.yaml",
    "catalog/suppliers.yaml",
    "catalog/models.yaml",
    "catalog/hardware.yaml",
    "catalog/offers.yaml",
    "catalog/shocks.yaml",
    "catalog/scenarios/ban.yaml",
];

/// A portfolio with the catalog inside the binary, which is read once.
pub fn portfolio(bytes: &[u8]) {
    static SHELF: OnceLock<Bookshelf> = OnceLock::new();
    let shelf = SHELF.get_or_init(|| Bookshelf::new(None, None));
    let result = Folder::with(|folder| shelf.load(&folder.write("only.yaml", bytes)));
    // A study of the whole catalog takes as long as a hundred readings: some are enough, the others are for `small`.
    let is_studied =
        bytes.iter().fold(0_u8, |sum, &b| sum.wrapping_mul(31).wrapping_add(b)) % STUDIED_OF == 0;
    match result {
        Ok(loaded) if !is_studied => well_said(&loaded.warnings),
        result => look_at(result),
    }
}

/// A portfolio with the catalog of the tests: the same code as [`portfolio`], a hundred times faster.
pub fn small(bytes: &[u8]) {
    static SHELF: OnceLock<Bookshelf> = OnceLock::new();
    look_at(Folder::with(|folder| {
        SHELF.get_or_init(|| folder.shelf()).load(&folder.write("only.yaml", bytes))
    }));
}

/// Files of a catalog, whose name is the first line; the others are those of the tests.
pub fn catalog(bytes: &[u8]) {
    let (first, rest) = bytes.split_at(bytes.iter().position(|&b| b == b'\n').unwrap_or(bytes.len()));
    let is_named =
        |file: &&&str| file.strip_prefix("catalog/").is_some_and(|name| first.starts_with(name.as_bytes()));
    if let Some(file) = FILES.iter().find(is_named) {
        replaced(file, rest);
    }
}

/// Jurisdictions, with the catalog and the portfolio of the tests.
pub fn jurisdictions(bytes: &[u8]) {
    replaced("jurisdictions.yaml", bytes);
}

/// The study of the tests with one file replaced.
fn replaced(file: &str, bytes: &[u8]) {
    look_at(Folder::with(|folder| {
        folder.write(file, bytes);
        let result = folder.load();
        folder.write(file, &fs::read(fixtures().join(file)).expect("a file of the tests"));
        result
    }));
}

/// Past events, played over the portfolio of the tests.
pub fn history(bytes: &[u8]) {
    static STUDY: OnceLock<Loaded> = OnceLock::new();
    let study = STUDY.get_or_init(|| Folder::with(Folder::load).expect("the good study"));
    let read = Folder::with(|folder| {
        folder.write("catalog/history.yaml", bytes);
        read_history(Some(&folder.path("catalog")), &study.jurisdictions, &study.catalog)
    });
    let (events, warnings) = match read {
        Ok(read) => read,
        Err(error) => return well_said(error.diagnostics()),
    };
    well_said(&warnings);
    // Each horizon of the window is played, so that their number is bounded here.
    let days = (events.to - events.from).get_days();
    let together = f64::from(days) <= MAX_HORIZONS * study.instance.portfolio.horizon_days;
    let session = Session::new(&study.instance);
    let request = ReplayRequest { from: events.from, to: events.to, together };
    // An event may name a shock that the catalog does not have; it may not panic.
    if let Ok(played) = replay(&session, None, &events, request, &|_| ()) {
        let losses =
            played.events.iter().filter_map(|event| event.today.as_ref()).map(|today| today.loss.total_usd());
        let together = played.together.iter().map(|horizon| horizon.loss_usd);
        assert!(losses.chain(together).all(|loss| loss.is_finite() && loss >= 0.0));
    }
}

/// A price list, compared with the catalog inside the binary.
pub fn prices(bytes: &[u8]) {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    let library = LIBRARY.get_or_init(|| load_library(None, None).expect("the catalog inside the binary"));
    match Folder::with(|folder| read_price_list(&folder.write("list.json", bytes), None)) {
        Err(error) => well_said(error.diagnostics()),
        Ok(list) => {
            let found = refresh(&library.catalog, &library.jurisdictions, &list, None);
            let entries = [found.changed.clone(), found.new.clone()].concat();
            let text = overlay(&entries, &["A price list.".to_owned()]);
            assert!(!text.contains('\u{1b}'));
        }
    }
}

/// What separates the manifest, the trials and the events of a shard.
const CUT: &str = "\n----\n";
/// Stand for what this build writes into a manifest.
const PROGRAM: &str = "@PROGRAM@";
const FINGERPRINT: &str = "@FINGERPRINT@";

/// The files of a shard, one after the other.
pub fn shards(bytes: &[u8]) {
    static STUDY: OnceLock<(Loaded, String)> = OnceLock::new();
    let (study, print) = STUDY.get_or_init(|| {
        let study = Folder::with(Folder::load).expect("the good study");
        let print = fingerprint(&study.instance);
        (study, print)
    });
    let instance = &study.instance;
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.splitn(3, CUT);
    let mut part = || parts.next().unwrap_or_default();
    let manifest = part().replace(PROGRAM, &program()).replace(FINGERPRINT, print);
    Folder::with(|folder| {
        let path = TablePath { trials: folder.write("s.csv", part().as_bytes()), format: TableFormat::Csv };
        folder.write("s.csv.json", manifest.as_bytes());
        folder.write("s.events.csv", part().as_bytes());
        let twice = [path.clone(), path];
        merge(&twice[..1], instance);
        merge(&twice, instance);
    });
}

fn merge(paths: &[TablePath], instance: &Instance) {
    let merged = match merged(paths, instance) {
        Ok(merged) => merged,
        Err(error) => return well_said(error.diagnostics()),
    };
    if let Err(error) = merged.events.replay(instance, &mut |_| true) {
        well_said(error.diagnostics());
    }
    // The worst years are simulated again, so that their number is bounded here.
    if merged.settings.n_trials <= MAX_MERGED_TRIALS {
        let session = Session::new(instance);
        let again = session.simulated_elsewhere(&session.current, merged.settings, merged.run);
        assert!(again.is_ok(), "a merged study has no figures");
    }
}

/// What is refused is explained; what is not can be studied.
pub fn look_at(result: Result<Loaded, InputError>) {
    match result {
        Err(error) => well_said(error.diagnostics()),
        Ok(loaded) => {
            well_said(&loaded.warnings);
            studied(&loaded);
        }
    }
}

fn well_said(diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        assert!(!diagnostic.code.is_empty(), "{diagnostic}");
        assert!(diagnostic.help.as_ref().is_some_and(|help| !help.is_empty()), "no help: {diagnostic}");
    }
    assert!(!render_all(diagnostics).contains('\u{1b}'));
}

/// Check, exposure, scenarios, a simulation and, if it is tiny, an optimization.
fn studied(loaded: &Loaded) {
    let instance = &loaded.instance;
    let rate: f64 =
        instance.shocks.iter().filter_map(|shock| shock.frequency).map(|f| rate_per_year(f).mean).sum();
    if instance.portfolio.horizon_days > MAX_HORIZON_DAYS || rate > MAX_RATE {
        return;
    }
    let session = Session::new(instance);
    let plan = &session.current;
    let exposure = session.exposure(plan);
    for scenario in instance.scenarios.iter().take(2) {
        let outcome = session.stress(scenario, plan);
        assert!(outcome.is_ok(), "a scenario that was checked names an unknown shock");
    }
    let settings = SimulateSettings { n_trials: N_TRIALS, seed: 1, rates: Rates::Drawn };
    let simulated = session.simulate(plan, settings, &|_| ()).expect("losses are finite");
    assert!(simulated.run.losses.iter().all(|loss| loss.is_finite() && *loss >= 0.0));
    let checked = session.check(plan, Some(&simulated), None);
    let _ = (exposure, checked.is_breached());
    if instance.cells.len() * instance.offers.len() <= MAX_PAIRS {
        let settings = OptimizeSettings {
            cvar_weight: 0.5,
            confidence_level: 0.9,
            max_turnover: None,
            prove_to: None,
            n_trials: N_TRIALS,
            seed: 1,
        };
        // A solver may give up; it may not panic.
        let _ = session.optimize(settings, &|_| ());
    }
}

fn fixtures() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = if root.ends_with("fuzz") { root.parent().unwrap_or(root) } else { root };
    root.join("tests/fixtures/input")
}

/// A copy of the study of the tests, one for each thread.
struct Folder {
    dir: TempDir,
}

impl Folder {
    fn with<T>(look: impl FnOnce(&Self) -> T) -> T {
        thread_local! {
            static FOLDER: Folder = Folder::new();
        }
        FOLDER.with(look)
    }

    fn new() -> Self {
        let dir = TempDir::new().expect("a folder that can be written");
        for file in FILES {
            let to = dir.path().join(file);
            fs::create_dir_all(to.parent().expect("a folder")).expect("a folder that can be written");
            fs::copy(fixtures().join(file), to).expect("a file of the tests");
        }
        Self { dir }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join(file)
    }

    fn write(&self, file: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(file);
        fs::write(&path, bytes).expect("a file that can be written");
        path
    }

    fn load(&self) -> Result<Loaded, InputError> {
        self.shelf().load(&self.path("portfolio.yaml"))
    }

    fn shelf(&self) -> Bookshelf {
        Bookshelf::new(Some(&self.path("catalog")), Some(&self.path("jurisdictions.yaml")))
    }
}
