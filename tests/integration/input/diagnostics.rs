//! Every diagnostic: provoked by changing one thing of the good files, and explained in the reference.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::Study;

const P: &str = "portfolio.yaml";
const J: &str = "jurisdictions.yaml";
const SUPPLIERS: &str = "catalog/suppliers.yaml";
const MODELS: &str = "catalog/models.yaml";
const HARDWARE: &str = "catalog/hardware.yaml";
const OFFERS: &str = "catalog/offers.yaml";
const SHOCKS: &str = "catalog/shocks.yaml";
const SCENARIO: &str = "catalog/scenarios/ban.yaml";

/// A template of laboratories, before a shock.
const LAB_TEMPLATE: &str =
    "  - {id: dark, kind: outage, host: $each, each: {hosts: {class: lab}}, duration: 5h}\n  - id: blockade";

/// An offer in use of the portfolio's own, which ended before day 0.
const RETIRING: &str = "\
catalog:
  offers:
    - {model: gamma-1, host: gamma, regions: [FR], access: api, price: {input_usd_per_mtok: 1, output_usd_per_mtok: 3}, retires: 2020-01}
limits:";

/// Code, file, what stands there, what to put in its place.
pub(super) const PROVOKED: &[(&str, &str, &str, &str)] = &[
    ("access-mismatch", OFFERS, "regions: [FR], access: api", "regions: [FR], access: self_hosted"),
    (
        "access-mismatch",
        OFFERS,
        "capacity_mtok_per_month: 5000, hardware",
        "fixed_usd_per_month: 9, hardware",
    ),
    ("access-mismatch", OFFERS, "fixed_usd_per_month: 4000", "price: {}, fixed_usd_per_month: 4000"),
    ("alias-limit", P, "surge: &a [*a]", ""),
    ("capacity-on-self", P, "capacity: {", "capacity: {gamma-1@self:DE: 5, "),
    ("conflicting-keys", P, "warm, cover: 0.5, lead: 7d", "hot, cover: 0.5, lead: 7d"),
    (
        "conflicting-keys",
        J,
        "kind: country, standing: other",
        "kind: country, members: [FR], standing: other",
    ),
    ("conflicting-keys", SHOCKS, "{per_year: 2}", "{per_year: 2, events: 1, years: 1}"),
    ("conflicting-keys", SHOCKS, "host: cloud,", "host: cloud, effects: [{stale: {}}],"),
    ("conflicting-keys", SHOCKS, "{price_times: 1.5, ", "{price_times: 1.5, capacity_times: 0.5, "),
    ("conflicting-keys", SHOCKS, "{price_times: 1.5, ", "{no_new: {}, "),
    ("contract-with-self", P, "limits:", "contracts: [{host: self}]\nlimits:"),
    ("control-character", P, "Example", "Exa\u{7}mple"),
    ("duplicate-contract", P, "limits:", "contracts: [{host: cloud}, {host: cloud, discount: 0.1}]\nlimits:"),
    ("duplicate-id", P, "- id: code", "- id: contact_center"),
    ("duplicate-id", P, "{measure: cvar", "{id: two_developers, measure: cvar"),
    ("duplicate-id", J, "{id: FR, name: France", "{id: DE, name: France"),
    ("duplicate-id", SUPPLIERS, "{id: foundry", "{id: chips"),
    ("duplicate-id", MODELS, "{id: gamma-1", "{id: alpha-1"),
    ("duplicate-id", OFFERS, "[SE, US]", "[SE, SE, US]"),
    ("duplicate-id", SHOCKS, "- id: blockade", "- id: us_ban"),
    ("duplicate-key", P, "horizon: 365d", "horizon: 365d\nhorizon: 30d"),
    ("empty-key", P, "users: {DE: 1.0}", "users: {DE: 1.0, \"\": 0.0}"),
    ("empty-key", P, "users: {DE: 1.0}", "users: {DE: 1.0, &FR: 0.0}"),
    ("duplicate-standby", P, "standby: [", "standby: [{offer: gamma-1@self:DE, readiness: hot}, "),
    ("empty-list", P, "developer: [alpha, gamma]", "developer: []"),
    ("empty-list", P, "users: {DE: 1.0}", "users: {}"),
    ("empty-range", P, "at_most: 0.7", "at_most: 0.7, at_least: 0.8"),
    ("empty-range", SHOCKS, "median: 29d", "median: 290d"),
    ("empty-range", SHOCKS, "events: 14", "events: 140"),
    // No developer is Norwegian.
    ("empty-limit", P, "is: US", "is: NO"),
    // No host is a laboratory; a shock without 'each' leaves nobody out; a template names one kind of suppliers.
    ("empty-template", SHOCKS, "  - id: blockade", LAB_TEMPLATE),
    ("missing-key", SHOCKS, "host: cloud,", "host: cloud, unless: {kind: outage},"),
    ("missing-key", SHOCKS, "host: cloud,", "host: cloud, each: {},"),
    ("unknown-supplier", SHOCKS, "supplier: foundry", "supplier: self"),
    ("unknown-shock", SHOCKS, "triggers: [{shock: outage", "triggers: [{shock: outage/$each"),
    // The only FR developer is gamma, whose models are not closed.
    ("empty-selector", SHOCKS, "where: {origin: [FR]}", "where: {origin: [FR], openness: closed}"),
    ("empty-selector", SHOCKS, "what: {openness: closed}", "what: {openness: open_source, model: alpha-1}"),
    ("empty-selector", SHOCKS, "where: {access: api}", "where: {access: self_hosted, host: cloud}"),
    (
        "empty-selector",
        SHOCKS,
        "kind: export_ban\n    by: US\n    on: {except: [US, DE]}",
        "kind: regulation_shift\n    by: US\n    exempt: {}",
    ),
    ("empty-text", P, "name: Example Bank", "name: \" \""),
    ("fallback-before-recovery", P, "after: 30d", "after: 1h"),
    ("fallback-dearer-than-outage", P, "usd_per_day: 40000", "usd_per_day: 400000"),
    ("format-version", P, "format_version: 1", "format_version: 2"),
    ("format-version", OFFERS, "format_version: 1", "format_version: \"1\""),
    ("invalid-country-code", J, "{id: SE", "{id: SWE"),
    ("invalid-currency", P, "code: EUR", "code: euro"),
    ("invalid-date", P, "until: 2027-06-30", "until: 2027-06-31"),
    ("invalid-date", P, "until: 2027-06-30", "until: 2027-06"),
    ("invalid-date", P, "until: 2027-06-30", "until: 2027-02-29"),
    ("invalid-date", P, "until: 2027-06-30", "until: \"\""),
    ("invalid-date", MODELS, "released: 2026-01", "released: soon"),
    ("invalid-date", MODELS, "released: 2026-01", "released: 2026-13"),
    ("invalid-duration", P, "horizon: 365d", "horizon: 365"),
    ("invalid-duration", P, "after: 30d", "after: 101y"),
    ("invalid-duration", SHOCKS, "duration: permanent", "duration: for_ever"),
    ("wrong-type", SHOCKS, "stop: {supplier: foundry, host_site: \"cloud:SE\"}", "stop: foundry"),
    ("invalid-id", MODELS, "{id: gamma-0", "{id: gamma@0"),
    ("invalid-id", SUPPLIERS, "{id: chips", "{id: self"),
    ("invalid-id", J, "{id: EU", "{id: all"),
    ("invalid-offer-id", P, "offer: gamma-1@self:DE", "offer: gamma-1"),
    ("key-not-text", P, "horizon: 365d", "[1]: 2"),
    ("missing-allocation", P, "      DE: {alpha-1@cloud:SE: 1.0}\n      default:", "      FR:"),
    ("missing-key", P, "company: {name: Example Bank, ", "company: {"),
    ("missing-key", P, "data: personal", "data:"),
    ("missing-key", J, "members: [DE, FR, SE], ", ""),
    ("missing-key", SHOCKS, "kind: outage, host: cloud", "kind: outage"),
    ("missing-key", SHOCKS, "kind: outage, host: cloud", "kind: license_change"),
    ("missing-key", SHOCKS, "    by: US\n", ""),
    ("missing-key", SHOCKS, "    duration: permanent\n", ""),
    ("missing-key", SHOCKS, "{supplier: foundry, host_site: \"cloud:SE\"}", "{}"),
    ("missing-key", P, "is: US, at_most: 0.7", "is: US"),
    ("missing-role", OFFERS, "host: cloud", "host: chips"),
    ("missing-role", MODELS, "developer: alpha,", "developer: cloud,"),
    ("missing-role", HARDWARE, "vendor: chips", "vendor: cloud"),
    (
        "nesting-too-deep",
        P,
        "horizon: 365d",
        "horizon: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    ),
    ("not-a-country", P, "headquarters: DE", "headquarters: EU"),
    ("not-a-country", SUPPLIERS, "jurisdiction: FR", "jurisdiction: EU"),
    ("not-finite", P, "at_most_usd: 4000000", "at_most_usd: .inf"),
    ("out-of-range", P, "min_quality: 1300", "min_quality: -1"),
    ("out-of-range", P, "at_most_usd: 4000000", "at_most_usd: 1e13"),
    ("out-of-range", P, "outage_cost_usd_per_day: 1000", "outage_cost_usd_per_day: 1e13"),
    ("out-of-range", P, "input_mtok: 900", "input_mtok: 999999999999999"),
    ("out-of-range", P, "usd_per_day: 40000", "usd_per_day: 1e-3"),
    ("out-of-range", OFFERS, "input_usd_per_mtok: 2", "input_usd_per_mtok: 1e6"),
    (
        "out-of-range",
        OFFERS,
        "self_hosted, fixed_usd_per_month: 4000, capacity_mtok_per_month: 5000",
        "self_hosted, fixed_usd_per_month: 4000, capacity_mtok_per_month: 1e-12",
    ),
    ("out-of-range", OFFERS, "fixed_usd_per_month: 4000", "fixed_usd_per_month: 4e15"),
    ("out-of-range", SHOCKS, "price_times: 1.5", "price_times: 1e15"),
    ("out-of-range", P, "confidence_level: 0.95", "confidence_level: 1"),
    ("out-of-range", P, "horizon: 365d", "horizon: 0d"),
    ("out-of-range", SHOCKS, "per_year: 2", "per_year: 1e9"),
    ("out-of-range", SHOCKS, "events: 2, years: 4.0", "events: 200, years: 0.01"),
    ("out-of-range", SHOCKS, "price_times: 1.5", "price_times: 0"),
    ("out-of-range", SHOCKS, "capacity_times: 0.7", "capacity_times: 1.7"),
    ("out-of-range", SHOCKS, "capacity_times: 0.7", "capacity_times: -0.1"),
    ("out-of-range", SHOCKS, "price_times: 1.2", "price_times: -1"),
    ("out-of-range", SHOCKS, "probability: 0.4", "probability: 1.2"),
    ("out-of-range", SHOCKS, "probability: 0.5", "probability: 1.2"),
    ("out-of-range", SHOCKS, "per_year: 2", "per_year: -2"),
    ("out-of-range", SHOCKS, "events: 2", "events: -2"),
    ("out-of-range", SHOCKS, "sigma: 0.7", "sigma: -0.7"),
    ("out-of-range", SHOCKS, "median: 5h", "median: 0h"),
    ("over-capacity", P, "cloud:SE: 1500", "cloud:SE: 700"),
    ("over-capacity", OFFERS, "capacity_mtok_per_month: 5000", "capacity_mtok_per_month: 50"),
    (
        "reference-cycle",
        SUPPLIERS,
        "{id: holding, name: Holding,",
        "{id: holding, name: Holding, parents: alpha,",
    ),
    ("reference-cycle", MODELS, "license: apache-2.0,", "license: apache-2.0, base: gamma-1,"),
    ("reference-cycle", HARDWARE, "any_of: [foundry]", "any_of: [chip]"),
    ("self-hosted-without-site", P, "offer: gamma-1@self:DE", "offer: gamma-1@self:SE"),
    (
        "self-not-stoppable",
        P,
        "limits:",
        "limits:\n  - {measure: survives, loss_of: {host: self}, service_at_least: 0.9}",
    ),
    (
        "self-not-stoppable",
        P,
        "limits:",
        "limits:\n  - {measure: survives, loss_of: {host_site: 'self:DE'}, service_at_least: 0.9}",
    ),
    ("retiring-offer", P, "limits:", RETIRING),
    (
        "unknown-license",
        P,
        "limits:",
        "catalog: {models: [{id: alpha-1, name: A, developer: alpha, openness: open_weights, license: own, context_tokens: 128000, quality: {general: 1400}}]}\nlimits:",
    ),
    (
        "supplier-without-shocks",
        P,
        "limits:",
        "catalog: {shocks: [{id: collapse, kind: outage, host: cloud, duration: 5h}]}\nlimits:",
    ),
    ("several-documents", P, "limits:", "---\nlimits:"),
    ("shares-sum", P, "FR: 0.3, NO: 0.1", "FR: 0.3"),
    ("shares-sum", P, "gamma-1@gamma:FR: 0.2", "gamma-1@gamma:FR: 0.3"),
    ("trigger-cycle", SHOCKS, "host: cloud,", "host: cloud, triggers: [{shock: outage, probability: 1}],"),
    // 0.4 of `outage` come of `us_ban`, and 1 + 1 + 1 of `us_ban` of that: 1.2 come back.
    (
        "trigger-cycle",
        SHOCKS,
        "host: cloud,",
        "host: cloud, triggers: [{shock: us_ban, probability: 1}, {shock: us_ban, probability: 1}, {shock: us_ban, probability: 1, after: 30d}],",
    ),
    (
        "host-without-offers",
        P,
        "limits:",
        "contracts: [{host: spare}]\ncatalog: {suppliers: [{id: spare, name: Spare, jurisdiction: FR, roles: [host], source: report}]}\nlimits:",
    ),
    ("not-a-host", P, "limits:", "contracts: [{host: foundry}]\nlimits:"),
    ("offered-host-in-use", P, "limits:", "contracts: [{host: cloud, status: offered}]\nlimits:"),
    // 8,000 times a year, over seven years.
    (
        "too-many-occurrences",
        P,
        "horizon: 365d",
        "horizon: 7y\ncatalog: {shocks: [{id: flicker, kind: outage, host: cloud, frequency: {per_year: 8000}, duration: {fixed: 1h}, source: report}]}",
    ),
    // 8,760 a year, each of which sets off five more.
    (
        "too-many-occurrences",
        SHOCKS,
        "host: cloud, frequency: {per_year: 2}",
        "host: cloud, frequency: {per_year: 8760}, triggers: [{shock: blockade, probability: 1}, {shock: blockade, probability: 1}, {shock: blockade, probability: 1}, {shock: blockade, probability: 1}, {shock: blockade, probability: 1}]",
    ),
    ("unknown-hardware", OFFERS, "hardware: chip", "hardware: chipp"),
    ("unknown-hardware", HARDWARE, "any_of: [wafer]", "any_of: [waffle]"),
    ("unknown-host-site", SHOCKS, "\"cloud:SE\"", "\"cloud:FR\""),
    ("unknown-indicator", J, "      funding: {value", "      fundng: {value"),
    ("unknown-jurisdiction", P, "is: US", "is: UK"),
    ("unknown-jurisdiction", P, "host_origin: [US]", "host_origin: [Germany]"),
    ("unknown-jurisdiction", J, "hosting_allowed: [EU, NO]", "hosting_allowed: [EU, BO]"),
    ("unknown-jurisdiction", SHOCKS, "{except: [US, DE]}", "{except: [US, XX]}"),
    ("unknown-key", P, "min_context", "min_contxt"),
    ("unknown-key", P, "{measure: cvar, ", "{measure: cvar, scope: portfolio, "),
    ("unknown-key", MODELS, "std_error: 9", "error: 9"),
    ("unknown-model", MODELS, "base: gamma-0", "base: gamma-9"),
    ("unknown-offer", P, "alpha-1@cloud:SE: 0.8", "alfa-1@cloud:SE: 0.8"),
    ("unknown-offer", P, "alpha-1@cloud:SE: 0.8", "alpha-1@clod:SE: 0.8"),
    ("unknown-offer", P, "alpha-1@cloud:SE: 0.8", "alpha-1@cloud:FR: 0.8"),
    ("unknown-offer", P, "alpha-1@cloud:SE: 0.8", "alpha-1@cloud:SW: 0.8"),
    ("unknown-shock", SHOCKS, "shock: outage", "shock: outrage"),
    ("unknown-shock", SCENARIO, "shock: us_ban", "shock: uk_ban"),
    ("unknown-source", MODELS, "source: report", "source: [report, rumor]"),
    ("unknown-supplier", OFFERS, "host: gamma", "host: gama"),
    ("unknown-tension", SHOCKS, "tensions: {us_china: 1.0}", "tensions: {us_chnia: 1.0}"),
    ("unknown-value", MODELS, "openness: closed", "openness: close"),
    ("unknown-value", MODELS, "commercial_use: yes", "commercial_use: true"),
    ("unknown-value", P, "of: origin, is: US", "of: openness, is: US"),
    ("unknown-value", SHOCKS, "kind: outage", "kind: outtage"),
    ("unknown-workload", P, "require: {", "require: {workload: chat, "),
    ("unsupported-dimension", P, "hhi, of: origin", "hhi, of: reach"),
    (
        "unused-allocation",
        P,
        "DE: {alpha-1@cloud:SE: 1.0}",
        "DE: {alpha-1@cloud:SE: 1.0}\n      SE: {alpha-1@cloud:SE: 1.0}",
    ),
    ("wrong-type", P, "min_context: 32000", "min_context: 3.5"),
    ("wrong-type", P, "accept_unrated: false", "accept_unrated: no"),
    ("wrong-type", P, "{alpha-1@cloud:SE: 0.8, gamma-1@gamma:FR: 0.2}", "{alpha-1@cloud:SE: 1.0, DE: {}}"),
    ("wrong-type", P, "loss_of: {jurisdiction: US}", "loss_of: {}"),
    ("yaml-syntax", P, "users: {DE: 1.0}", "users: {DE: 1.0"),
    ("yaml-tag", P, "code: EUR", "code: !!str EUR"),
];

/// Codes that no change of one text provokes; `bad_files` does, for price lists `cli::catalog`, for tables of events
/// `history::files`, and for feeds of events the tests of `input::signals`.
const PROVOKED_ELSEWHERE: [&str; 9] = [
    "csv-syntax",
    "empty-file",
    "file-too-large",
    "json-syntax",
    "not-utf8",
    "text-too-long",
    "unknown-event-format",
    "unknown-price-list",
    "unreadable-file",
];

#[test]
fn each_change_of_a_good_file_provokes_its_diagnostic() {
    let mut failures = Vec::new();
    for (code, file, from, to) in PROVOKED {
        let study = match (*code, *file) {
            ("alias-limit", _) => Study::with(P, "limits:", &format!("{from}\nlimits:")),
            ("over-capacity", OFFERS) => {
                Study::with(file, from, to).and(P, "capacity: {alpha-1@cloud:SE: 1500}\n", "")
            }
            _ => Study::with(file, from, to),
        };
        let all = study.diagnostics();
        let is_said =
            all.iter().any(|d| d.code == *code && (d.file.ends_with(file) || *code == "over-capacity"));
        if !is_said || !all.iter().all(|d| d.code == *code || is_consequence(code, d.code)) {
            let said: Vec<String> = all.iter().map(ToString::to_string).collect();
            failures.push(format!("== {code}: {from} -> {to}\n{}", said.join("\n")));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What one mistake rightly says besides its own name.
fn is_consequence(code: &str, other: &str) -> bool {
    matches!(
        (code, other),
        // An id that is no longer there, or means another thing now.
        ("duplicate-id" | "invalid-id" | "invalid-country-code", _)
            | ("unknown-supplier" | "unknown-model", "unknown-offer" | "self-hosted-without-site")
            | ("unknown-offer", "shares-sum")
            | ("missing-role", "unknown-offer" | "unknown-host-site")
            | ("missing-allocation", "unused-allocation")
            | ("access-mismatch", "missing-key")
            // The last closed model has become an open one.
            | ("unknown-license", "empty-selector")
    )
}

/// What is only doubtful is said as a warning.
#[test]
fn warnings_do_not_stop_a_run() {
    let study = Study::with(P, "cloud:SE: 1500}", "cloud:SE: 1500, gamma-1@gamma:FR: 200}");
    assert!(study.load().is_ok(), "200 of 200 planned");
    let covers = study.and(P, "gamma-1@self:DE, readiness: warm", "gamma-1@gamma:FR, readiness: warm");
    assert_eq!(covers.load().unwrap().warnings.iter().map(|d| d.code).collect::<Vec<_>>(), ["over-capacity"]);
    assert_eq!(Study::with(MODELS, "source: report", "source: rumor").load().unwrap().warnings.len(), 1);
}

#[test]
fn a_message_says_what_is_wrong_and_how_to_fix_it() {
    let cases = [
        (
            P,
            "until: 2027-06-30",
            "until: 2027-02-31",
            "'2027-02-31' is not in the calendar",
            "the days of that month go from 01 to 28",
        ),
        (P, "until: 2027-06-30", "until: 2027-06", "'2027-06' is not a date", "write YYYY-MM-DD"),
        (
            MODELS,
            "released: 2026-01",
            "released: soon",
            "'soon' is not a date",
            "write YYYY, YYYY-MM or YYYY-MM-DD",
        ),
        (P, "alpha-1@cloud:SE: 0.8", "alfa-1@cloud:SE: 0.8", "no model 'alfa-1'", "did you mean 'alpha-1'?"),
        (P, "alpha-1@cloud:SE: 0.8", "alpha-1@clod:SE: 0.8", "no host 'clod'", "did you mean 'cloud'?"),
        (
            P,
            "alpha-1@cloud:SE: 0.8",
            "alpha-1@cloud:FR: 0.8",
            "'cloud' does not offer it in 'FR'",
            "offered: alpha-1@cloud:SE, alpha-1@cloud:US",
        ),
        (
            P,
            "offer: gamma-1@self:DE",
            "offer: gamma-1@self:SE",
            "no site in 'SE'",
            "add SE to 'company.sites'",
        ),
        (P, "FR: 0.3, NO: 0.1", "FR: 0.3", "sum to 0.9,", ""),
        (P, "origin, is: US,", "origin,", "the key 'is' is missing", "'measure: max_share'"),
        (P, "is: US", "is: UK", "unknown jurisdiction 'UK'", "ISO 3166-1"),
        (P, "is: US", "is: Germany", "unknown jurisdiction 'Germany'", "did you mean 'DE'?"),
        (P, "data: personal", "data: privat", "allowed: public, internal, personal, regulated", ""),
        (P, "min_quality: 1300", "min_quality: \"1300\"", "expected a number, found '1300'", ""),
        (
            P,
            "name: Example Bank",
            "name: 1822",
            "expected text, found '1822'",
            "write it in quotes: \"1822\"",
        ),
        (
            MODELS,
            "license: apache-2.0,",
            "license: apache-2.0, base: gamma-1,",
            "gamma-0 → gamma-1 → gamma-0",
            "remove one link",
        ),
        (
            SHOCKS,
            "host: cloud,",
            "host: cloud, triggers: [{shock: outage, probability: 1}, {shock: us_ban, probability: 0.5}],",
            "sets off 1.2 more of itself on average, so the chain would never end: outage → outage",
            "lower the probabilities",
        ),
        (
            SHOCKS,
            "median: 29d",
            "median: 290d",
            "'p90' is shorter than 'median'",
            "nine in ten events are over by 'p90'",
        ),
        (SHOCKS, "probability: 0.4", "probability: 1.2", "'1.2' is out of range: it must be from 0 to 1", ""),
        (SHOCKS, "per_year: 2", "per_year: -2", "'-2' is out of range: it must be from 0 to 8760 a year", ""),
        (SHOCKS, "shock: outage", "shock: outrage", "unknown shock 'outrage'", "did you mean 'outage'?"),
        (SHOCKS, "us_china: 1.0", "us_chnia: 1.0", "unknown tension 'us_chnia'", "did you mean 'us_china'?"),
    ];
    for (file, from, to, message, help) in cases {
        let all = Study::with(file, from, to).diagnostics();
        let d = &all[0];
        assert!(d.message.contains(message), "{}", d.message);
        assert!(d.help.clone().unwrap_or_default().contains(help), "{:?}", d.help);
    }
}

/// Every code in the room's source is in the reference and is provoked by a test, and the reference has no other.
#[test]
fn every_code_is_explained_and_provoked() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut in_source = codes_in(&fs::read_to_string(root.join("src/input.rs")).unwrap());
    collect(&root.join("src/input"), &mut in_source);
    let reference = fs::read_to_string(root.join("docs/reference/diagnostics.md")).unwrap();
    let explained: BTreeSet<String> = reference
        .lines()
        .filter_map(|l| Some(l.strip_prefix("| `")?.split('`').next()?.to_owned()))
        .collect();
    let missing: Vec<_> = in_source.difference(&explained).collect();
    assert!(missing.is_empty(), "not explained: {missing:?}");
    let provoked: BTreeSet<String> =
        PROVOKED.iter().map(|(code, ..)| *code).chain(PROVOKED_ELSEWHERE).map(str::to_owned).collect();
    assert_eq!(in_source, provoked);
}

fn collect(dir: &Path, codes: &mut BTreeSet<String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, codes);
        } else if !path.ends_with("tests.rs") {
            codes.extend(codes_in(&fs::read_to_string(path).unwrap()));
        }
    }
}

/// String literals outside of tests that read like a code: words joined by hyphens.
fn codes_in(source: &str) -> BTreeSet<String> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let is_code = |text: &&str| {
        text.contains('-')
            && text
                .split('-')
                .all(|w| !w.is_empty() && w.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
    };
    source.split('"').filter(is_code).map(str::to_owned).collect()
}
