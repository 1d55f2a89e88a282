use super::*;
use crate::input::{history, load_library};
use crate::model::Provenance;
use crate::model::history::{EventSide, EventState, HistoricalEffect, HistoricalEvent};
use crate::units::date::parse_day;

fn library() -> (Instance, EventHistory) {
    let library = load_library(None, None).unwrap();
    let (known, _) = history(None, &library.jurisdictions, &library.catalog).unwrap();
    (library.instance().unwrap(), known)
}

fn day(text: &str) -> Date {
    parse_day(text).unwrap()
}

fn signal(id: &str, date: &str, kind: &'static str) -> Signal {
    Signal {
        event: HistoricalEvent {
            id: id.to_owned(),
            name: id.to_owned(),
            date: day(date),
            lasted_days: None,
            state: EventState::Unknown,
            actor: Some("US".to_owned()),
            side: EventSide::State,
            kind,
            scope: Vec::new(),
            is_counted: true,
            notice_days: None,
            effect: HistoricalEffect::None(String::new()),
            provenance: Provenance::default(),
        },
        shocks: Vec::new(),
        suppliers: Vec::new(),
        models: Vec::new(),
        retires: None,
        set_aside: None,
    }
}

fn read<'a>(library: &'a (Instance, EventHistory), signals: &'a [Signal], to: &str) -> SignalReading<'a> {
    let window = SignalWindow { to: Some(day(to)), ..SignalWindow::default() };
    read_signals(&library.0, &library.1, signals, &window)
}

fn of<'r, 'a>(reading: &'r SignalReading<'a>, id: &str) -> &'r RateUpdate<'a> {
    reading.updates.iter().find(|update| update.shock.id == id).unwrap_or_else(|| panic!("{id}"))
}

/// 3 events in 4 years are Gamma(3.5, 4), a mean of 0.875. Two more in one more year, each half: Gamma(4.5, 4.5), a mean of 1,
/// whose 5 % and 95 % points are those of chi-square with 9 degrees of freedom over 9: 3.325113/9 and 16.918978/9.
#[test]
fn a_count_is_added_at_half_weight() {
    let before = Frequency::Counted { events: 3.0, years: 4.0 };
    let after = updated(before, 2.0, 1.0).unwrap();
    assert_eq!(after, Frequency::Counted { events: 4.0, years: 4.5 });
    let rate = rate_per_year(after);
    let (low, high) = rate.interval.unwrap();
    assert!((rate.mean - 1.0).abs() < 1e-12);
    assert!((low - 3.325_113 / 9.0).abs() < 1e-6 && (high - 16.918_978 / 9.0).abs() < 1e-6, "{low} {high}");
    assert_eq!(updated(Frequency::PerYear(0.1), 2.0, 1.0), None);
}

/// The library counts US chip controls as 3.5 and 1 events in 2.25 years: means of 16/9 and 6/9, so that an event that names
/// neither counts for 16/22 and 6/22. From 2026-07-01 to 2027-07-01 are 365/365.25 years.
#[test]
fn an_event_of_several_shocks_is_shared_by_their_rates() {
    let library = library();
    let signals = [signal("a", "2026-11-20", "chip_control")];
    let reading = read(&library, &signals, "2027-07-01");
    let (china, gulf) = (of(&reading, "us_chip_control_china"), of(&reading, "us_chip_control_gulf"));
    assert!((china.n_events - 16.0 / 22.0).abs() < 1e-12 && (gulf.n_events - 6.0 / 22.0).abs() < 1e-12);
    assert!((china.years - 365.0 / 365.25).abs() < 1e-12);
    let (events, years) = (3.5 + 0.5 * 16.0 / 22.0, 2.25 + 0.5 * 365.0 / 365.25);
    assert!((china.after.mean - (events + 0.5) / years).abs() < 1e-12);
    assert!(reading.follow_ups.is_empty(), "it is not known which of the two it is");
}

/// A named shock gets all of its event, and what it sets off is told: China's answer follows 14 days later.
#[test]
fn a_named_shock_gets_its_event_and_its_consequences() {
    let library = library();
    let named = Signal {
        shocks: vec!["us_chip_control_china".to_owned()],
        ..signal("a", "2026-11-20", "chip_control")
    };
    let signals = [named];
    let reading = read(&library, &signals, "2026-12-01");
    assert_eq!(of(&reading, "us_chip_control_china").n_events, 1.0);
    assert_eq!(of(&reading, "us_chip_control_gulf").n_events, 0.0);
    let cause = of(&reading, "us_chip_control_china").shock;
    assert_eq!(reading.follow_ups.len(), cause.triggers.len());
    for (follow_up, trigger) in reading.follow_ups.iter().zip(&cause.triggers) {
        assert_eq!(days_between(day("2026-11-20"), follow_up.day), trigger.after_days);
    }
}

/// Kinds in which nothing was found fall only when they were looked for, and what the library has counted is not new.
#[test]
fn silence_counts_where_it_was_listened_for() {
    let library = library();
    let signals = [signal("a", "2026-11-20", "chip_control"), signal("b", "2026-05-01", "chip_control")];
    let reading = read(&library, &signals, "2027-07-01");
    assert!(reading.updates.iter().all(|update| update.kind == "chip_control"));
    assert!(of(&reading, "nl_lithography_control").times() < 1.0);
    assert_eq!(reading.set_aside.len(), 1);
    assert!(reading.set_aside[0].1.contains("up to a later day"));
    let window = SignalWindow {
        to: Some(day("2027-07-01")),
        looked_for: vec!["export_ban".to_owned()],
        ..SignalWindow::default()
    };
    let reading = read_signals(&library.0, &library.1, &[], &window);
    assert!(!reading.updates.is_empty() && reading.updates.iter().all(|update| update.times() < 1.0));
    assert!(reading.updates.iter().all(|update| update.kind == "export_ban"));
}

/// An outage of a named supplier is its own shock's, a member of a template too; nobody's outage moves templates.
#[test]
fn suppliers_lead_to_their_shocks() {
    let library = library();
    let outage = |id: &str, supplier: &str| Signal {
        suppliers: vec![supplier.to_owned()],
        ..signal(id, "2026-11-20", "outage")
    };
    let signals = [outage("a", "openai"), outage("b", "deepinfra")];
    let reading = read(&library, &signals, "2026-12-01");
    assert!(of(&reading, "openai_outage").n_events > 0.0);
    let members: Vec<_> = reading.updates.iter().filter(|u| u.shock.template.is_some()).collect();
    assert!(!members.is_empty() && members.iter().all(|u| u.shock.id.ends_with("/deepinfra")), "{members:?}");
    let sum: f64 = reading.updates.iter().map(|update| update.n_events).sum();
    assert!((sum - 2.0).abs() < 1e-9, "each event counts once: {sum}");
}

#[test]
fn what_no_count_moves_is_told() {
    let library = library();
    let named = |id: &str, shock: &str| Signal {
        shocks: vec![shock.to_owned()],
        ..signal(id, "2026-11-20", "sanction")
    };
    let signals = [
        named("assumed", "us_sanction_alibaba"),
        signal("none", "2026-11-20", "acquisition"),
        signal("easing", "2026-11-20", "easing"),
        Signal { set_aside: Some("too small".to_owned()), ..signal("small", "2026-11-20", "outage") },
        signal("late", "2027-01-01", "chip_control"),
    ];
    let reading = read(&library, &signals, "2026-12-01");
    let reasons: Vec<&str> = reading.set_aside.iter().map(|(_, reason)| reason.as_str()).collect();
    for (reason, part) in
        reasons.iter().zip(["assumed", "no shock", "takes nothing away", "too small", "after the window"])
    {
        assert!(reason.contains(part), "{reason}");
    }
    assert!(reading.updates.is_empty());
}

/// An offer ends where the host is named, and only if the catalog does not say an earlier day.
#[test]
fn retirements_reach_the_offers_of_the_host() {
    let (instance, known) = library();
    let ends = |date: &str| Signal {
        models: vec!["claude-haiku-4.5".to_owned()],
        suppliers: vec!["anthropic".to_owned()],
        retires: Some(day(date)),
        ..signal("a", "2026-11-20", "supplier_exit")
    };
    let offers = |date: &str| {
        let signals = [ends(date)];
        let reading = read_signals(&instance, &known, &signals, &SignalWindow::default());
        let after = after_signals(&instance, &reading);
        let moved = |r: &NewRetirement<'_>| after.offers[r.offer].entry.retires == Some(day(date).into());
        assert!(reading.retirements.iter().all(moved));
        reading.retirements.iter().map(|r| instance.offers[r.offer].entry.host.clone()).collect::<Vec<_>>()
    };
    let hosts = offers("2026-12-01");
    assert!(!hosts.is_empty() && hosts.iter().all(|host| host == "anthropic"), "{hosts:?}");
    assert!(offers("2099-01-01").len() <= hosts.len());
}
