//! The shipped data: every reference and source resolves, the promised counts hold, and every portfolio loads clean.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use multipolar::input::{Library, Loaded, Sources, load, load_library};
use multipolar::model::instance::OfferIdx;
use multipolar::model::jurisdictions::{JurisdictionKind, Standing};
use multipolar::model::shock::Action;
use multipolar::model::words::Access;
use multipolar::model::{Confidence, Provenance};
use multipolar::service::setting::Setting;

fn library() -> Library {
    load_library(None, None).unwrap_or_else(|error| panic!("{error}"))
}

fn portfolios() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("portfolios");
    let mut found: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|e| e == "yaml"));
    found.sort();
    found
}

fn loaded(path: &Path) -> Loaded {
    load(Sources { portfolio: path, catalog: None, jurisdictions: None })
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Every entry of the library with what it is called.
fn provenances(library: &Library) -> Vec<(String, &Provenance)> {
    let catalog = &library.catalog;
    let mut all: Vec<(String, &Provenance)> = Vec::new();
    all.extend(catalog.suppliers.iter().map(|x| (format!("supplier {}", x.id), &x.provenance)));
    all.extend(catalog.models.iter().map(|x| (format!("model {}", x.id), &x.provenance)));
    all.extend(catalog.hardware.iter().map(|x| (format!("hardware {}", x.id), &x.provenance)));
    all.extend(catalog.offers.iter().map(|x| (format!("offer {}@{}", x.model, x.host), &x.provenance)));
    all.extend(catalog.tensions.iter().map(|x| (format!("tension {}", x.id), &x.provenance)));
    all.extend(catalog.shocks.iter().map(|x| (format!("shock {}", x.id), &x.provenance)));
    all.extend(catalog.scenarios.iter().map(|x| (format!("scenario {}", x.id), &x.provenance)));
    all.extend(library.jurisdictions.rules.iter().map(|x| (format!("rule {}", x.id), &x.provenance)));
    all
}

/// References between entries are checked when the library is loaded; it loads without a word.
#[test]
fn the_library_loads_without_warnings() {
    let warnings = library().warnings;
    assert!(warnings.is_empty(), "{warnings:#?}");
}

/// Each entry names at least one source, and each named one is listed.
#[test]
fn every_source_resolves() {
    let library = library();
    let known: BTreeSet<&str> = library.jurisdictions.sources.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(known.len(), library.jurisdictions.sources.len(), "a source is listed twice");
    let mut named = 0;
    for (what, provenance) in provenances(&library) {
        assert!(!provenance.source.is_empty(), "{what} has no source");
        for source in &provenance.source {
            assert!(known.contains(source.as_str()), "{what} names the unknown source '{source}'");
            named += 1;
        }
    }
    for jurisdiction in &library.jurisdictions.jurisdictions {
        for (indicator, value) in &jurisdiction.indicators {
            assert!(!value.source.is_empty(), "{} {indicator} has no source", jurisdiction.id);
            for source in &value.source {
                assert!(known.contains(source.as_str()), "{} {indicator}: '{source}'", jurisdiction.id);
                named += 1;
            }
        }
        for (indicator, entry) in &jurisdiction.unscored {
            assert!(!entry.figure.source.is_empty(), "{} {indicator} has no source", jurisdiction.id);
            let unknown = entry.figure.source.iter().find(|source| !known.contains(source.as_str()));
            assert_eq!(unknown, None, "{} {indicator}", jurisdiction.id);
        }
    }
    assert!(named > 700, "only {named} sources are named: is the library what it was?");
}

/// At least 85 rated models, 250 offers (one per region), 45 shocks that can be drawn, 13 scenarios.
#[test]
fn the_catalog_is_as_large_as_promised() {
    let catalog = library().catalog;
    let rated = catalog.models.iter().filter(|m| m.quality.general.is_some()).count();
    assert!(rated >= 85, "{rated} rated models");
    let offers: usize =
        catalog.offers.iter().filter(|o| o.access == Access::Api).map(|o| o.regions.len()).sum();
    assert!(offers >= 250, "{offers} offers of hosts");
    let drawn = catalog.shocks.iter().filter(|s| s.frequency.is_some() && !s.in_force).count();
    assert!(drawn >= 45, "{drawn} shocks with a frequency");
    let scenarios = catalog.scenarios.len();
    assert!(scenarios >= 13, "{scenarios} scenarios");
}

/// Every kind has a shock that can be drawn, and so have effects written out; the jurisdictions that acted in the event list act here.
#[test]
fn the_shocks_cover_every_kind_and_the_jurisdictions_that_acted() {
    let catalog = library().catalog;
    let drawn = || catalog.shocks.iter().filter(|s| s.frequency.is_some() && !s.in_force);
    let kinds: BTreeSet<&str> = drawn()
        .map(|s| match &s.action {
            Action::Kind(kind) => kind.name,
            Action::Effects(_) => "effects",
        })
        .collect();
    let expected = [
        "capacity_squeeze",
        "chip_control",
        "data_localization",
        "effects",
        "energy_shock",
        "export_ban",
        "license_change",
        "market_ban",
        "outage",
        "price_shock",
        "regulation_shift",
        "research_stall",
        "sanction",
        "supplier_exit",
        "tariff",
    ];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);
    let actors: BTreeSet<&str> = drawn().filter_map(|s| s.by.as_deref()).collect();
    for actor in ["US", "CN", "EU", "IT", "DE", "KR", "IN", "RU", "AE", "SA", "JP", "NL", "BR"] {
        assert!(actors.contains(actor), "{actor} does not act");
    }
}

/// At least 20 jurisdictions are described by five indicators or more; superpowers, middle powers and hubs are among them.
#[test]
fn the_core_jurisdictions_are_described() {
    let jurisdictions = library().jurisdictions;
    let described =
        |n: usize| jurisdictions.jurisdictions.iter().filter(move |j| j.indicators.len() >= n).count();
    assert!(described(5) >= 20, "{} jurisdictions with five indicators", described(5));
    for jurisdiction in jurisdictions.jurisdictions.iter().filter(|j| j.standing != Standing::Other) {
        assert!(
            jurisdiction.indicators.len() >= 5,
            "{} has {}",
            jurisdiction.id,
            jurisdiction.indicators.len()
        );
    }
}

/// The members of the European Union since 2020.
const EU: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
    "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

#[test]
fn the_eu_has_its_27_members() {
    let jurisdictions = library().jurisdictions;
    let eu = jurisdictions.jurisdictions.iter().find(|j| j.id == "EU").unwrap();
    assert_eq!(eu.kind, JurisdictionKind::Bloc);
    let mut members: Vec<&str> = eu.members.iter().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, EU);
}

/// The article's six enablers with sixteen indicators in all; every figure belongs to one of them.
#[test]
fn the_six_enablers_have_sixteen_indicators() {
    let jurisdictions = library().jurisdictions;
    let ids: Vec<&str> = jurisdictions.enablers.iter().map(|e| e.id.as_str()).collect();
    assert_eq!(ids, ["capital", "talent", "intellectual_property", "data", "energy", "computing"]);
    let indicators: BTreeSet<&str> =
        jurisdictions.enablers.iter().flat_map(|e| &e.indicators).map(|i| i.id.as_str()).collect();
    assert_eq!(indicators.len(), 16);
    for jurisdiction in &jurisdictions.jurisdictions {
        for indicator in jurisdiction.indicators.keys() {
            assert!(indicators.contains(indicator.as_str()), "{} has '{indicator}'", jurisdiction.id);
        }
    }
}

/// The article's reading of the middle powers (reference/catalog-files.md).
#[test]
fn the_middle_powers_have_their_paths() {
    let jurisdictions = library().jurisdictions;
    for (path, ids) in [
        ("bloc_complementarity", &["EU"][..]),
        ("capital_led", &["AE", "SA"]),
        ("scaling_tech_legacy", &["JP", "KR"]),
        ("research_breakthrough", &["CA", "GB", "IL"]),
    ] {
        for id in ids {
            let jurisdiction = jurisdictions.jurisdictions.iter().find(|j| j.id == *id).unwrap();
            assert_eq!(jurisdiction.path.as_deref(), Some(path), "{id}");
            assert_eq!(jurisdiction.standing, Standing::MiddlePower, "{id}");
        }
    }
}

/// What is estimated is marked as such, and says in a note how; there are both kinds.
#[test]
fn estimates_are_marked_and_explained() {
    let library = library();
    let mut n: BTreeMap<bool, usize> = BTreeMap::new();
    for offer in &library.catalog.offers {
        let is_estimate = offer.provenance.confidence == Confidence::Estimate;
        *n.entry(is_estimate).or_default() += 1;
        let name = format!("{}@{}", offer.model, offer.host);
        assert!(!is_estimate || offer.provenance.note.is_some(), "{name} is estimated, but does not say how");
        // Rents and capacities of own machines are always computed, never quoted.
        assert!(offer.access == Access::Api || is_estimate, "{name} is no quoted price");
    }
    assert!(n[&true] > 50 && n[&false] > 50, "{n:?}");
    for hardware in &library.catalog.hardware {
        assert!(
            hardware.needs.is_empty() || hardware.provenance.confidence == Confidence::Estimate,
            "the buffers of {} are judgments",
            hardware.id
        );
    }
}

/// Nobody is advised to run a model whose license forbids it, or is not known to allow it.
#[test]
fn own_machines_run_only_what_the_license_allows() {
    let catalog = library().catalog;
    let may: BTreeMap<&str, Option<&str>> =
        catalog.models.iter().map(|m| (m.id.as_str(), m.commercial_use.as_deref())).collect();
    let own: Vec<&str> =
        catalog.offers.iter().filter(|o| o.access == Access::SelfHosted).map(|o| o.model.as_str()).collect();
    assert!(own.len() > 20);
    for model in own {
        assert!(matches!(may[model], Some("yes" | "conditional")), "{model}: {:?}", may[model]);
    }
}

/// API offers that may serve personal data of users in a country with 1,350 points and no exception: their developers.
fn lawful_developers(country: &str) -> BTreeSet<String> {
    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().join("portfolio.yaml");
    let text = format!(
        "format_version: 1\ncompany: {{name: Test, headquarters: '{country}', sites: []}}\ncurrency: {{code: USD, usd: 1}}\n\
         workloads:\n  - id: w\n    demand: {{input_mtok: 10, output_mtok: 1}}\n    users: {{'{country}': 1.0}}\n    data: personal\n    \
         min_quality: 1350\n    outage_cost_usd_per_day: 1000\n    recovery_objective: 0d\n    \
         allocation: {{gpt-5.4@openai:US: 1.0}}\n"
    );
    fs::write(&path, text).unwrap();
    let loaded = loaded(&path);
    let setting = Setting::new(&loaded.instance);
    let name = |offer: OfferIdx| {
        let developer = loaded.instance.developer_of(offer);
        loaded.instance.suppliers[developer].supplier.id.clone()
    };
    let is_api = |offer: &OfferIdx| !loaded.instance.offers[*offer].is_self_hosted();
    setting.law.eligible.offers(0).filter(is_api).map(name).collect()
}

/// A planner has something to choose from outside the large markets too.
#[test]
fn personal_data_has_three_lawful_developers_in_every_market() {
    for country in ["CH", "CA", "GB", "AE", "SA", "ZA", "MX"] {
        let developers = lawful_developers(country);
        assert!(developers.len() >= 3, "{country}: {developers:?}");
    }
}

/// What nobody has read of a license is said of the model, not of the portfolio.
#[test]
fn every_shipped_portfolio_loads_without_warnings() {
    let portfolios = portfolios();
    assert!(portfolios.len() >= 5, "{portfolios:?}");
    for path in portfolios {
        let mut warnings = loaded(&path).warnings;
        warnings.retain(|warning| warning.code != "unknown-license");
        assert!(warnings.is_empty(), "{}: {warnings:#?}", path.display());
    }
}

/// The reference portfolio has 20 workloads in 55 to 70 cells, and its cells may choose among 40 offers or more.
#[test]
fn the_reference_portfolio_is_as_large_as_promised() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("portfolios/european_bank.yaml");
    let loaded = loaded(&path);
    let instance = &loaded.instance;
    assert_eq!(instance.workloads.len(), 20);
    assert!((55..=70).contains(&instance.cells.len()), "{} cells", instance.cells.len());
    let setting = Setting::new(instance);
    let eligible: BTreeSet<OfferIdx> =
        (0..instance.cells.len()).flat_map(|cell| setting.law.eligible.offers(cell)).collect();
    assert!(eligible.len() >= 40, "{} eligible offers", eligible.len());
    for cell in 0..instance.cells.len() {
        assert!(setting.law.eligible.offers(cell).count() >= 2, "cell {cell} has no alternative");
    }
}

/// A first portfolio is short enough to be read in one go.
#[test]
fn the_quickstart_is_shorter_than_forty_lines() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("portfolios/quickstart.yaml");
    let n = fs::read_to_string(path).unwrap().lines().count();
    assert!(n < 40, "{n} lines");
}

/// Sources that are hosts' own pages on what they end; price lists that only repeat a day are not among them.
const PAGES_ON_ENDS: [&str; 9] = [
    "aws-bedrock-lifecycle-2026",
    "azure-model-lifecycle-2026",
    "azure-openai-retirements-2026",
    "azure-retired-models-2026",
    "fireworks-models-2026",
    "gemini-deprecations-2026",
    "openai-deprecations-2026",
    "together-deprecations-2026",
    "vertex-model-versions-2026",
];

/// The rule at the head of `offers.yaml`: an end that decides something has the host's page, or had passed on 2026-11-28. What the
/// host names in its place is a model or an offer of the catalog.
#[test]
fn ends_are_stated_by_their_hosts_or_past_and_successors_exist() {
    let library = library();
    let read = "2026-11-28".parse().unwrap();
    let models: BTreeSet<&str> = library.catalog.models.iter().map(|m| m.id.as_str()).collect();
    let offers: BTreeSet<String> = library
        .catalog
        .offers
        .iter()
        .flat_map(|o| o.regions.iter().map(|region| format!("{}@{}:{region}", o.model, o.host)))
        .collect();
    let mut n_ends = 0;
    for offer in &library.catalog.offers {
        let name = format!("{}@{} in {:?}", offer.model, offer.host, offer.regions);
        if let Some(day) = offer.retires {
            n_ends += 1;
            let has_page = offer.provenance.source.iter().any(|id| PAGES_ON_ENDS.contains(&id.as_str()));
            assert!(has_page || day <= read, "{name}: {day}");
        }
        if let Some(successor) = &offer.successor {
            assert!(offer.retires.is_some(), "{name} has a successor and no end");
            assert!(models.contains(successor.as_str()) || offers.contains(successor), "{name}: {successor}");
        }
    }
    assert!(n_ends >= 79, "{n_ends}");
}
