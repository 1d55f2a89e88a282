//! A small world with round numbers, written as files: catalog, jurisdictions and a portfolio of one workload.
//!
//! Change costs nothing, and shares may be small. Every offer costs 1 USD per mtok and takes 1000 days to onboard, so that nothing is dearer and nothing is cold unless a
//! test says so. The workload `w` uses 1.2 mtok a day (36.5 a month, months of 365/12 days), all users are in DE, a
//! complete outage costs 1,000 USD a day, its recovery objective is 0 and the horizon is 100 days.

use std::fs;
use std::path::{Path, PathBuf};

use multipolar::input::{InputError, Loaded, Sources, history, load};
use multipolar::model::history::EventHistory;
use multipolar::model::instance::Instance;
use multipolar::model::shock::Scenario;
use multipolar::stress::outcome::StressOutcome;
use multipolar::study::session::Session;
use tempfile::TempDir;

const JURISDICTIONS: &str = "\
format_version: 1
jurisdictions:
  - {id: DE, name: Germany, kind: country, standing: other}
  - {id: FR, name: France, kind: country, standing: other}
  - {id: SE, name: Sweden, kind: country, standing: other}
  - {id: 'NO', name: Norway, kind: country, standing: other}
  - {id: TW, name: Taiwan, kind: country, standing: other}
  - {id: US, name: United States, kind: country, standing: other}
  - {id: EU, name: European Union, kind: bloc, members: [DE, FR, SE], standing: other}
sources:
  - {id: report, title: A report, publisher: A publisher, year: 2024, locator: page 1, license: facts only}
";

/// `child` is under `alpha`; `cloud` and `north` host for others.
const SUPPLIERS: &str = "\
format_version: 1
suppliers:
  - {id: alpha, name: Alpha, jurisdiction: US, roles: [developer, host], source: report}
  - {id: beta, name: Beta, jurisdiction: FR, roles: [developer, host], source: report}
  - {id: gamma, name: Gamma, jurisdiction: SE, roles: [developer, host], source: report}
  - {id: child, name: Child, jurisdiction: DE, parents: [alpha], roles: [developer, host], source: report}
  - {id: cloud, name: Cloud, jurisdiction: US, roles: [host], source: report}
  - {id: north, name: North, jurisdiction: 'NO', roles: [host], source: report}
  - {id: chips, name: Chips, jurisdiction: US, roles: [hardware], source: report}
  - {id: fab, name: Fab, jurisdiction: TW, roles: [hardware], source: report}
  - {id: second_fab, name: Second fab, jurisdiction: FR, roles: [hardware], source: report}
";

/// `a` and `c` are closed, `b` and `d` open, `d` stands on `b`, `weak` is a closed model of lower quality.
const MODELS: &str = "\
format_version: 1
models:
  - {id: a, name: A, developer: alpha, openness: closed, license: own, quality: {general: 1400}, source: report}
  - {id: b, name: B, developer: beta, openness: open_weights, license: own, commercial_use: 'yes', quality: {general: 1400, de: 1395}, source: report}
  - {id: c, name: C, developer: gamma, openness: closed, license: own, quality: {general: 1400}, source: report}
  - {id: d, name: D, developer: gamma, openness: open_weights, license: own, commercial_use: 'yes', base: b, quality: {general: 1400}, source: report}
  - {id: e, name: E, developer: child, openness: closed, license: own, quality: {general: 1400}, source: report}
  - {id: weak, name: Weak, developer: gamma, openness: closed, license: own, quality: {general: 1300}, source: report}
";

const HARDWARE: &str = "\
format_version: 1
hardware:
  - {id: gpu, name: GPU, vendor: chips, needs: [{any_of: [fab, second_fab], buffer: 10d}], source: report}
  - {id: tpu, name: TPU, vendor: chips, source: report}
";

const OFFERS: &str = "\
format_version: 1
offers:
  - {model: a, host: alpha, regions: [DE], access: api, price: {input_usd_per_mtok: 1, output_usd_per_mtok: 1}, onboarding: 1000d, source: report}
  - {model: b, host: beta, regions: [FR], access: api, price: {input_usd_per_mtok: 1, output_usd_per_mtok: 1}, onboarding: 1000d, source: report}
  - {model: c, host: gamma, regions: [SE], access: api, price: {input_usd_per_mtok: 1, output_usd_per_mtok: 1}, onboarding: 1000d, source: report}
";

const SHOCKS: &str = "format_version: 1\ntensions: []\nshocks:\n";

const PORTFOLIO: &str = "\
format_version: 1
company: {name: Tiny, headquarters: DE, sites: [DE]}
currency: {code: USD, usd: 1}
horizon: 100d
surge: 0
onboarding: {known_host: none, known_model: none}
quality_drift_per_year: 0
change: {qualify_model_usd: 0, qualify_host_usd: 0}
routing: {smallest_share: 0, most_offers: none}
keep_quality: none
readiness: {hot: {usd_per_month: 100}, warm: {usd_per_month: 10, lead: 7d, self_capacity: 0}, switch_usd: 0}
workloads:
  - id: w
    demand: {input_mtok: 36.5, output_mtok: 0}
    users: {DE: 1.0}
    data: internal
    outage_cost_usd_per_day: 1000
    recovery_objective: 0d
    allocation: {a@alpha:DE: 1.0}
";

/// The files of a small world.
#[derive(Debug, Clone)]
pub struct World {
    /// (path within the directory, text)
    files: Vec<(&'static str, String)>,
    events: String,
}

impl World {
    pub fn new() -> Self {
        let files = [
            ("jurisdictions.yaml", JURISDICTIONS),
            ("catalog/suppliers.yaml", SUPPLIERS),
            ("catalog/models.yaml", MODELS),
            ("catalog/hardware.yaml", HARDWARE),
            ("catalog/offers.yaml", OFFERS),
            ("catalog/shocks.yaml", SHOCKS),
            ("portfolio.yaml", PORTFOLIO),
        ];
        Self { files: files.map(|(path, text)| (path, text.to_owned())).to_vec(), events: String::new() }
    }

    fn text(&mut self, path: &str) -> &mut String {
        &mut self.files.iter_mut().find(|f| f.0 == path).expect("a file of the world").1
    }

    /// Replaces a text that stands in exactly one place of all files.
    pub fn with(mut self, from: &str, to: &str) -> Self {
        let n: usize = self.files.iter().map(|f| f.1.matches(from).count()).sum();
        assert_eq!(n, 1, "'{from}' stands in {n} places");
        for (_, text) in &mut self.files {
            *text = text.replacen(from, to, 1);
        }
        self
    }

    pub fn allocation(self, shares: &str) -> Self {
        self.with("allocation: {a@alpha:DE: 1.0}", &format!("allocation: {shares}"))
    }

    /// Adds keys to the workload `w`, one per line.
    pub fn workload_keys(mut self, lines: &str) -> Self {
        let added: String = lines.lines().map(|line| format!("    {}\n", line.trim())).collect();
        self.text("portfolio.yaml").push_str(&added);
        self
    }

    /// Adds lines to the portfolio as they stand.
    pub fn portfolio(mut self, lines: &str) -> Self {
        self.text("portfolio.yaml").push_str(lines);
        self
    }

    pub fn model(mut self, keys: &str) -> Self {
        self.text("catalog/models.yaml").push_str(&format!("  - {{{keys}, source: report}}\n"));
        self
    }

    /// Adds an API offer; `keys` after model, host and region.
    pub fn offer(mut self, model: &str, host: &str, region: &str, usd_per_mtok: f64, keys: &str) -> Self {
        let price = format!("{{input_usd_per_mtok: {usd_per_mtok}, output_usd_per_mtok: {usd_per_mtok}}}");
        let line = format!(
            "  - {{model: {model}, host: {host}, regions: ['{region}'], access: api, price: {price}, {keys}, source: report}}\n"
        );
        self.text("catalog/offers.yaml").push_str(&line);
        self
    }

    /// Adds a shock to the library.
    pub fn shock(mut self, keys: &str) -> Self {
        self.text("catalog/shocks.yaml").push_str(&format!("  - {{{keys}, source: report}}\n"));
        self
    }

    pub fn tension(self, keys: &str) -> Self {
        self.with("tensions: []", &format!("tensions:\n  - {{{keys}, source: report}}"))
    }

    /// Adds a past event to the history of 2024 and 2025.
    pub fn past(mut self, keys: &str) -> Self {
        const PATH: &str = "catalog/history.yaml";
        if self.files.iter().all(|file| file.0 != PATH) {
            let head = "format_version: 1\nwindow: {from: 2024-01-01, to: 2026-01-01}\nevents:\n";
            self.files.push((PATH, head.to_owned()));
        }
        self.text(PATH).push_str(&format!("  - {{{keys}, source: report}}\n"));
        self
    }

    /// The files as read, and the history of the catalog or what is wrong with it.
    pub fn read(&self) -> (Loaded, Result<EventHistory, InputError>) {
        let dir = self.written();
        let files = loaded(dir.path());
        let found = history(Some(&dir.path().join("catalog")), &files.jurisdictions, &files.catalog);
        (files, found.map(|(history, _)| history))
    }

    /// Adds an event to the scenario `s`.
    pub fn event(mut self, keys: &str) -> Self {
        self.events.push_str(&format!("  - {{{keys}}}\n"));
        self
    }

    /// Each list of the library's files the other way round: entries stand on one line each.
    pub fn reversed(mut self) -> Self {
        for (path, text) in &mut self.files {
            if path.starts_with("catalog/") || *path == "jurisdictions.yaml" {
                let is_entry = |line: &&str| line.starts_with("  - ");
                let mut out = String::new();
                let lines: Vec<&str> = text.lines().collect();
                for group in lines.chunk_by(|x, y| is_entry(x) == is_entry(y)) {
                    let mut group = group.to_vec();
                    if is_entry(&group[0]) {
                        group.reverse();
                    }
                    group.iter().for_each(|line| out.push_str(&format!("{line}\n")));
                }
                assert_ne!(out, *text, "{path} has no list");
                *text = out;
            }
        }
        self
    }

    /// Writes the files; returns the directory.
    pub fn written(&self) -> TempDir {
        let dir = TempDir::new().unwrap();
        fs::create_dir_all(dir.path().join("catalog/scenarios")).unwrap();
        for (path, text) in &self.files {
            fs::write(dir.path().join(path), text).unwrap();
        }
        if !self.events.is_empty() {
            let text = format!("format_version: 1\nid: s\nname: S\nevents:\n{}source: report\n", self.events);
            fs::write(dir.path().join("catalog/scenarios/s.yaml"), text).unwrap();
        }
        dir
    }

    pub fn load(&self) -> Instance {
        loaded(self.written().path()).instance
    }

    /// Plays the scenario `s` against the current allocation.
    pub fn play(&self) -> StressOutcome {
        let instance = self.load();
        let session = Session::new(&instance);
        session.stress(&scenario(&instance), &session.current).unwrap()
    }
}

pub fn scenario(instance: &Instance) -> Scenario {
    instance.scenarios.iter().find(|s| s.id == "s").expect("events").clone()
}

fn loaded(dir: &Path) -> Loaded {
    let [portfolio, catalog, jurisdictions]: [PathBuf; 3] =
        ["portfolio.yaml", "catalog", "jurisdictions.yaml"].map(|name| dir.join(name));
    load(Sources { portfolio: &portfolio, catalog: Some(&catalog), jurisdictions: Some(&jurisdictions) })
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Equal up to rounding.
#[track_caller]
pub fn assert_close(actual: f64, expected: f64) {
    let slack = 1e-9 * expected.abs().max(1.0);
    assert!((actual - expected).abs() <= slack, "expected {expected}, got {actual}");
}
