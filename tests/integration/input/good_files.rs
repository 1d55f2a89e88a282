//! What good files become.

use std::path::Path;

use multipolar::input::{Bookshelf, Sources, load, load_library};
use multipolar::model::portfolio::AllocationEntry;
use multipolar::model::shock::{Action, DurationLaw, Kind, KindValue, ShockRef};
use multipolar::shocks::effect::Effect;
use multipolar::shocks::expand::expand;
use multipolar::shocks::kinds;

use super::Study;

#[test]
fn the_good_portfolio_loads_without_a_word() {
    let loaded = Study::new().load().unwrap();
    assert_eq!(loaded.warnings, []);
    assert_eq!(loaded.instance.portfolio.name, "portfolio");
    assert_eq!(loaded.instance.cells.len(), 4);
    // gamma-1@self:SE is left out: the company has no site in Sweden.
    let offers: Vec<String> = loaded.instance.offers.iter().map(|o| o.id.to_string()).collect();
    assert_eq!(
        offers,
        ["alpha-1@cloud:SE", "alpha-1@cloud:US", "gamma-1@gamma:FR", "gamma-1@self:DE", "gamma-1@self:FR"]
    );
}

/// The embedded catalog and every portfolio beside it need no word of explanation, but for one license that nobody has read.
#[test]
fn the_shipped_catalog_and_portfolios_load_without_a_word() {
    assert_eq!(load_library(None, None).unwrap().warnings, []);
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("portfolios");
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "yaml") {
            let loaded = load(Sources { portfolio: &path, catalog: None, jurisdictions: None }).unwrap();
            let words: Vec<&str> = loaded.warnings.iter().map(|w| w.message.as_str()).collect();
            let expected: &[&str] = match loaded.instance.portfolio.name.as_str() {
                "japanese_manufacturer" => {
                    &["in use, but nobody has read whether the license allows it: minimax-m2.5"]
                }
                _ => &[],
            };
            assert_eq!(words, expected, "{}", path.display());
        }
    }
}

/// Whatever a license allows others, a developer may sell its own model: `gamma-1@gamma:FR` needs no word. On the company's own
/// machines and at the host `cloud` it does, and two such models are one warning.
#[test]
fn a_license_that_nobody_has_read_matters_at_other_hosts() {
    let unread = |id: &str| {
        let (developer, _) = id.split_once('-').unwrap();
        format!(
            "{{id: {id}, name: M, developer: {developer}, openness: open_weights, license: own, context_tokens: 128000, \
             quality: {{general: 1400}}}}"
        )
    };
    let with = |models: &[&str]| {
        let models: Vec<String> = models.iter().map(|id| unread(id)).collect();
        let catalog = format!("catalog: {{models: [{}]}}\nlimits:", models.join(", "));
        Study::with("portfolio.yaml", "limits:", &catalog)
    };
    let warned = |study: Study| -> Vec<String> {
        let warnings = study.load().unwrap().warnings.into_iter();
        warnings.filter(|warning| warning.code == "unknown-license").map(|warning| warning.message).collect()
    };
    let standby = "standby: [{offer: gamma-1@self:DE, readiness: warm, cover: 0.5, lead: 7d}]";
    assert_eq!(warned(with(&["gamma-1"]).and("portfolio.yaml", standby, "standby: []")), [""; 0]);
    let told = "in use, but nobody has read whether the license allows it:";
    assert_eq!(warned(with(&["gamma-1"])), [format!("{told} gamma-1")]);
    assert_eq!(warned(with(&["alpha-1", "gamma-1"])), [format!("{told} alpha-1, gamma-1")]);
}

/// An event of a scenario in the catalog takes the duration of the portfolio's own `outage`, for that portfolio only.
#[test]
fn a_shelf_serves_portfolios_with_and_without_shocks_of_their_own() {
    let plain = Study::new();
    let own = "\ncatalog:\n  shocks:\n  - {id: outage, kind: outage, host: cloud, duration: 3d}\n";
    let text = std::fs::read_to_string(plain.path("portfolio.yaml")).unwrap() + own;
    let changed = Study::with_portfolio(text);
    let shelf = Bookshelf::new(Some(&plain.path("catalog")), Some(&plain.path("jurisdictions.yaml")));
    let scenarios = |study: &Study| {
        let from_shelf = shelf.load(&study.path("portfolio.yaml")).unwrap();
        assert_eq!(from_shelf.warnings, study.load().unwrap().warnings);
        assert_eq!(from_shelf.instance.scenarios, study.load().unwrap().instance.scenarios);
        from_shelf.instance.scenarios
    };
    let before = scenarios(&plain);
    assert_ne!(scenarios(&changed), before);
    assert_eq!(scenarios(&plain), before);
}

/// Bare `NO` is Norway as a key of `users` and as a value of `headquarters`; `no` is nothing but a likely mistake.
#[test]
fn norway_is_a_country_without_quotes() {
    let study = Study::with("portfolio.yaml", "headquarters: DE", "headquarters: NO");
    let loaded = study.load().unwrap();
    assert_eq!(loaded.instance.portfolio.company.headquarters, "NO");
    assert_eq!(loaded.instance.portfolio.workloads[0].users["NO"], 0.1);
    let wrong = Study::with("portfolio.yaml", "headquarters: DE", "headquarters: no").only();
    assert_eq!((wrong.code, wrong.help.as_deref()), ("unknown-jurisdiction", Some("did you mean 'NO'?")));
}

#[test]
fn a_limit_without_an_id_is_named_by_its_line_and_limits_are_sorted_by_name() {
    let loaded = Study::new().load().unwrap();
    let limits = &loaded.instance.portfolio.limits;
    let names: Vec<&str> = limits.iter().map(multipolar::model::limit::Limit::name).collect();
    assert_eq!(names[0], "two_developers");
    assert_eq!(names[5], "{measure: share, of: origin, is: US, at_most: 0.7}");
    assert_eq!(
        names[6],
        "{measure: survives, loss_of: {jurisdiction: US}, service_at_least: 0.9, within: 7d}"
    );
    assert_eq!(loaded.positions.limit(limits[0].place), (35, 5));
    assert_eq!(loaded.positions.place(&["workloads", "0", "users", "FR"]), (10, 26));
    assert_eq!(loaded.positions.place(&["workloads", "0", "nothing", "9"]), (7, 5));
}

#[test]
fn what_is_left_out_has_the_documented_defaults() {
    let loaded = Study::new().load().unwrap();
    let p = &loaded.instance.portfolio;
    assert_eq!((p.surge, p.quality_drift_per_year, p.readiness.switch_usd), (0.5, 0.0, 20000.0));
    let code = &p.workloads[1];
    assert_eq!((code.name.as_str(), code.recovery_objective_days, code.min_quality), ("code", 0.0, None));
    let offer = &loaded.catalog.offers[0];
    assert_eq!(
        (offer.onboarding_days, offer.hardware_buffer_days, offer.developer_buffer_days),
        (90.0, 540.0, None)
    );
    let plain = Study::with("portfolio.yaml", "currency: {code: EUR, usd: 1.08}\nhorizon: 365d\n", "")
        .load()
        .unwrap();
    let p = &plain.instance.portfolio;
    assert_eq!((p.currency.code.as_str(), p.currency.usd, p.horizon_days), ("USD", 1.0, 365.0));
}

/// A scalar is a list of one, a country's own allocation wins over `default`.
#[test]
fn short_forms_are_read() {
    let loaded = Study::new().load().unwrap();
    assert_eq!(loaded.catalog.offers[2].hardware, ["chip"]);
    let AllocationEntry::ByCountry { by_country, default } =
        &loaded.instance.portfolio.workloads[1].allocation
    else {
        panic!("by country");
    };
    assert_eq!(by_country["DE"]["alpha-1@cloud:SE"], 1.0);
    assert_eq!(default.as_ref().unwrap()["gamma-1@gamma:FR"], 1.0);
}

/// An event's own keys are laid over the library's shock, which keeps its id; `duration` and truth values belong to
/// the event.
#[test]
fn a_scenario_changes_its_shocks() {
    let loaded = Study::new().load().unwrap();
    let events = &loaded.instance.scenarios[0].events;
    assert_eq!(events[0].shock, ShockRef::Id("us_ban".into()));
    assert_eq!(events[0].duration, Some(DurationLaw::Fixed { days: 60.0 }));
    assert_eq!((events[0].collateral, events[0].triggers), (Some(false), None));
    let ShockRef::Inline(outage) = &events[1].shock else { panic!("changed") };
    assert_eq!(outage.id, "outage");
    let host = KindValue::Id("gamma".into());
    assert_eq!(outage.action, Action::Kind(Kind { name: "outage", values: [("host", host)].into() }));
    assert!(matches!(outage.duration, DurationLaw::Lognormal { .. }));
    let ShockRef::Inline(exit) = &events[2].shock else { panic!("in place") };
    assert_eq!((exit.id.as_str(), exit.duration), ("ban.3", DurationLaw::Permanent));
    let text = "{shock: outage, at: 10d, host: gamma}";
    let maps = Study::with(
        "catalog/scenarios/ban.yaml",
        text,
        "{shock: us_ban, collateral: {probability: 1}, triggers: [], withdraw: true}",
    );
    let loaded = maps.load().unwrap();
    let event = &loaded.instance.scenarios[0].events[1];
    let ShockRef::Inline(ban) = &event.shock else { panic!("changed") };
    assert_eq!(
        (ban.collateral.unwrap().probability, ban.triggers.len(), event.withdraw),
        (1.0, 0, Some(true))
    );
}

/// Wrong keys of an event are found in the scenario's own file.
#[test]
fn a_scenario_reports_its_own_mistakes() {
    let study = Study::with("catalog/scenarios/ban.yaml", "host: gamma", "hots: gamma");
    let d = study.only();
    assert_eq!((d.code, d.line, d.column), ("unknown-key", Some(7), Some(30)));
    assert!(d.file.ends_with("ban.yaml"));
    let study = Study::with("catalog/scenarios/ban.yaml", "host: gamma", "host: gama");
    assert_eq!(study.said(), [("unknown-supplier", 7, 36)]);
}

const OWN: &str = "catalog:
  models: [{id: alpha-1, name: Alpha, developer: alpha, openness: closed, license: p, quality: {general: 1500}}]
  offers:
    - {model: alpha-1, host: cloud, regions: [SE], access: api, price: {input_usd_per_mtok: 9, output_usd_per_mtok: 9},
       source: own invoice}
    - {model: gamma-0, host: self, access: self_hosted, fixed_usd_per_month: 1, capacity_mtok_per_month: 1}
  shocks: [{id: outage, kind: outage, host: gamma, duration: 1d}]
capacity:";

/// The portfolio's own entries replace by id, offers by region, and reach the library's scenarios; its sources are its
/// own affair. A self-hosted offer without regions stands at every site.
#[test]
fn own_entries_are_laid_over_the_catalog() {
    let loaded = Study::with("portfolio.yaml", "capacity:", OWN).load().unwrap();
    // The outage of `cloud` is now one of `gamma`.
    assert_eq!(loaded.warnings.iter().map(|w| w.code).collect::<Vec<_>>(), ["supplier-without-shocks"]);
    let offer = |id: &str| &loaded.instance.offers[loaded.instance.offer_idx(id).unwrap()];
    assert_eq!(offer("alpha-1@cloud:SE").entry.certifications, [""; 0]);
    assert_eq!(offer("alpha-1@cloud:US").entry.certifications, ["iso27001"]);
    assert!(offer("gamma-0@self:DE").is_self_hosted() && offer("gamma-0@self:FR").is_self_hosted());
    assert_eq!(loaded.catalog.models.len(), 3);
    assert_eq!(loaded.catalog.models[0].quality.general, Some(1500.0));
    let ShockRef::Inline(outage) = &loaded.instance.scenarios[0].events[1].shock else { panic!("changed") };
    assert_eq!(outage.duration, DurationLaw::Fixed { days: 1.0 });
}

#[test]
fn anchors_aliases_merge_keys_a_bom_and_windows_line_ends_are_read() {
    let text = std::fs::read_to_string(Study::new().path("portfolio.yaml")).unwrap();
    let windows = Study::with_portfolio(format!("\u{feff}{}", text.replace('\n', "\r\n")));
    assert_eq!(windows.load().unwrap().positions.limit(1), (35, 5));
    let study = Study::with(
        "portfolio.yaml",
        "demand: {input_mtok: 900, output_mtok: 100}",
        "demand: &d {input_mtok: 900, output_mtok: 100}",
    )
    .and(
        "portfolio.yaml",
        "demand: {input_mtok: 10, output_mtok: 5}",
        "demand: {<<: *d, output_mtok: 7, input_mtok: 90}",
    );
    let code = &study.load().unwrap().instance.portfolio.workloads[1];
    assert_eq!((code.input_mtok, code.output_mtok), (90.0, 7.0));
}

/// Sources may be a list with ids or a map by id.
#[test]
fn sources_may_be_a_map() {
    let study = Study::with("jurisdictions.yaml", "- {id: report, title", "report: {title");
    assert_eq!(study.load().unwrap().jurisdictions.sources[0].id, "report");
}

const KINDS: &str = "
  - {id: a, kind: market_ban, by: EU, what: {host_origin: US, data: [personal]}, lineage: true, duration: permanent, notice: 3w}
  - {id: b, kind: regulation_shift, by: EU, what: {origin: [US]}, exempt: {openness: open_source}, withdrawal_probability: 0.1,
     price_times: 1.1, one_off_usd_per_workload: 5, duration: {fixed: 30d}}
  - {id: c, kind: data_localization, by: EU, data: [personal], duration: 1y, in_force: true}
  - {id: d, kind: chip_control, by: US, on: {except: [US]}, duration: permanent}
  - {id: e, kind: sanction, by: US, suppliers: gamma, allies: [SE], duration: permanent}
  - {id: f, kind: tariff, by: EU, on: US, price_times: 1.2, duration: permanent}
  - {id: g, kind: license_change, supplier: gamma, revoke: true, duration: permanent}
  - {id: h, kind: supplier_exit, supplier: gamma, duration: permanent}
  - {id: i, kind: outage, region: all, duration: 4h}
  - {id: j, kind: energy_shock, region: [EU], price_times: 2, duration: 30d}
  - {id: k, kind: price_shock, supplier: alpha, price_times: 2, duration: 30d}
  - {id: l, kind: capacity_squeeze, where: {access: api}, capacity_times: 0, duration: 30d}
  - {id: m, kind: research_stall, by: US, duration: 30d}
  - id: n
    duration: 30d
    effects:
      - unavailable: {users: [EU], region: {except: EU}, company: DE, lineage_origin: US, model: alpha-1, hardware: chip}
      - no_new: {host: [self, cloud], certifications: iso27001}
      - stop: {host: gamma, hardware: wafer}
      - cut: {hardware: chip, region: [SE]}
      - stale: {developer: alpha}
      - {capacity_times: 0.5, where: {openness: [closed]}}
      - {one_off_usd_per_workload: 100}
";

/// Each kind and effect (methodology/shocks.md#kinds), with its short forms and defaults.
#[test]
fn every_kind_and_effect_is_read() {
    use multipolar::model::selector::JurisdictionSet::{All, Listed};
    use multipolar::model::shock::EffectEntry;
    use multipolar::model::words::Reach;
    let study = Study::with("catalog/shocks.yaml", "\nshocks:", &format!("\nshocks:{}", KINDS.trim_end()));
    let loaded = study.load().unwrap();
    assert_eq!(loaded.warnings, []);
    let shock = |id: &str| loaded.catalog.shocks.iter().find(|s| s.id == id).unwrap();
    let kind = |id: &str| match &shock(id).action {
        Action::Kind(kind) => kind.clone(),
        Action::Effects(_) => panic!("a kind"),
    };
    let value = |id: &str, key: &str| kind(id).values.get(key).cloned();
    let Some(KindValue::Selector(what)) = value("a", "what") else { panic!("a selector") };
    assert_eq!(what.host_origin, Some(Listed(vec!["US".into()])));
    assert_eq!(value("a", "reach"), Some(KindValue::Reach(vec![Reach::Users])));
    assert_eq!(value("a", "lineage"), Some(KindValue::Flag(true)));
    assert_eq!(shock("a").notice_days, 21.0);
    assert_eq!(value("b", "reach"), Some(KindValue::Reach(vec![Reach::Users, Reach::Region])));
    assert_eq!(value("b", "withdrawal_probability"), Some(KindValue::Number(0.1)));
    assert_eq!(shock("b").duration, DurationLaw::Fixed { days: 30.0 });
    let Effect::Unavailable(localized) = &expand(&loaded.instance, shock("c"))[0] else { panic!("a ban") };
    let hosting_allowed = &localized.0[0].none_of[0].region;
    assert_eq!((hosting_allowed, shock("c").in_force), (&Some(Listed(vec!["EU".into()])), true));
    assert_eq!(value("d", "price_times"), Some(KindValue::Number(1.0)));
    assert_eq!(value("e", "suppliers"), Some(KindValue::Ids(vec!["gamma".into()])));
    assert_eq!(kind("i").values, [("region", KindValue::Jurisdictions(All))].into());
    let read: Vec<&str> = ('a'..='m').map(|id| kind(&id.to_string()).name).chain(["export_ban"]).collect();
    assert!(kinds::KINDS.iter().all(|kind| read.contains(&kind.name)), "{read:?}");
    let Action::Effects(effects) = &shock("n").action else { panic!("effects") };
    assert_eq!(effects.len(), 7);
    let stop = EffectEntry::Stop {
        suppliers: vec![],
        hosts: vec!["gamma".into()],
        host_sites: vec![],
        hardware: vec!["wafer".into()],
    };
    assert_eq!(effects[2], stop);
}
