//! Events of ai-provider-watch (schema `apw.provider_event.v0`) as new events.
//!
//! Its kinds are of services, not of law. What a shock of the library stands for is taken over: incidents, prices that rise, quotas
//! that shrink, retirements. The rest is listed with the reason why it does not count.

use jiff::civil::Date;
use serde_json::Value;

use crate::model::Provenance;
use crate::model::history::{EventScope, EventSide, EventState, HistoricalEffect, HistoricalEvent};
use crate::model::instance::Instance;
use crate::model::signal::Signal;
use crate::units::date::{days_between, parse_day};

/// Names of its providers that differ from the ids of suppliers. Google's models are sold by its cloud.
const OTHER_PROVIDERS: [(&str, &str); 2] =
    [("provider:azure-openai", "azure"), ("provider:google", "google google-vertex")];

/// Severities from which an incident is of the size that the library counts.
const SEVERE: [&str; 2] = ["high", "critical"];

/// An entry as a signal; `Err` says what is missing.
pub(super) fn signal(entry: &Value, instance: &Instance) -> Result<Signal, String> {
    let text = |key: &str| entry.get(key).and_then(Value::as_str);
    let required = |key: &str| text(key).ok_or_else(|| format!("'{key}' is missing or no text"));
    let (id, title, written) = (required("id")?, required("title")?, required("event_kind")?);
    let date = day(Some(required("event_date")?)).ok_or("'event_date' is no day")?;
    let detail = |key: &str| entry.get("detail").and_then(|detail| detail.get(key));
    let (kind, mut set_aside) = kind(written, entry);
    let stands = text("lifecycle_status").unwrap_or("reviewed");
    if matches!(stands, "candidate" | "superseded" | "retracted" | "rejected") {
        set_aside = Some(format!("its publisher marks it as {stands}"));
    }
    let providers: Vec<&str> = refs(entry.get("provider_refs"), "provider:");
    let suppliers = suppliers(&providers, instance);
    if suppliers.is_empty() && set_aside.is_none() {
        set_aside = Some(format!("the catalog has no supplier '{}'", providers.join(", ")));
    }
    let ended = day(detail("resolved_at").and_then(Value::as_str));
    let begun = day(text("effective_at")).unwrap_or(date);
    let announced = day(text("announced_at"));
    let is_retirement = matches!(written, "model_retirement" | "model_deprecation");
    let named = refs(detail("model_refs"), "model:");
    let deadline =
        day(detail("deadline").and_then(Value::as_str)).or_else(|| day(text("migration_deadline")));
    Ok(Signal {
        shocks: Vec::new(),
        models: if is_retirement { models(&named, instance) } else { Vec::new() },
        retires: deadline.or(Some(begun)).filter(|_| is_retirement),
        set_aside,
        event: HistoricalEvent {
            id: id.to_owned(),
            name: title.to_owned(),
            date,
            lasted_days: ended
                .map(|end| days_between(date, end))
                .filter(|days| *days >= 0.0)
                .map(|d| d.max(0.5)),
            state: if is_retirement { EventState::Permanent } else { EventState::Unknown },
            actor: suppliers.first().and_then(|id| country_of(id, instance)),
            side: if kind == "outage" { EventSide::Infrastructure } else { EventSide::Supplier },
            kind,
            scope: if is_retirement { vec![EventScope::Deprecation] } else { Vec::new() },
            is_counted: true,
            notice_days: announced.map(|day| days_between(day, begun)).filter(|days| *days >= 0.0),
            effect: HistoricalEffect::None("a feed of events says nothing on effects".to_owned()),
            provenance: Provenance::default(),
        },
        suppliers,
    })
}

/// The kind of a past event that it is nearest to, and why it does not count in rates.
fn kind(written: &str, entry: &Value) -> (&'static str, Option<String>) {
    let severity = entry.get("severity").and_then(Value::as_str).unwrap_or("info");
    let impacts = || entry.get("impacts").and_then(Value::as_array).into_iter().flatten();
    let rises = impacts().any(|impact| {
        let direction = impact.get("direction").and_then(Value::as_str).unwrap_or_default();
        matches!(direction, "increased" | "up" | "raised")
    });
    let why = |reason: &str| Some(reason.to_owned());
    match written {
        "status_incident" if SEVERE.contains(&severity) => ("outage", None),
        "status_incident" => {
            ("outage", Some(format!("an incident of severity {severity} is below the library's threshold")))
        }
        "pricing_change" if rises => ("price_shock", None),
        "pricing_change" => ("price_shock", why("it does not say that a price rises")),
        "model_retirement" | "model_deprecation" => {
            ("supplier_exit", why("retirements of single models are dates of the catalog, not rates"))
        }
        "regional_availability_change" => ("market_ban", why("it does not say whose decision it was")),
        "terms_policy_change" => ("license_change", why("terms of a service are no license of a model")),
        _ => ("easing", why("the library has no shock for events of its kind")),
    }
}

/// The texts of a list without their prefix; others are left out.
fn refs<'v>(list: Option<&'v Value>, prefix: &str) -> Vec<&'v str> {
    let texts = list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    texts.filter_map(|text| text.strip_prefix(prefix)).collect()
}

/// Ids of suppliers; an unknown provider gives none.
fn suppliers(providers: &[&str], instance: &Instance) -> Vec<String> {
    let is_known = |id: &&str| instance.suppliers.iter().any(|s| s.supplier.id == **id);
    let ids = |provider: &&str| match OTHER_PROVIDERS
        .iter()
        .find(|(name, _)| name.strip_prefix("provider:") == Some(*provider))
    {
        Some((_, ids)) => ids.split(' ').map(str::to_owned).collect::<Vec<String>>(),
        None => vec![(*provider).to_owned()],
    };
    let mut found: Vec<String> = providers.iter().flat_map(ids).collect();
    found.retain(|id| is_known(&id.as_str()));
    found
}

/// Ids of models: as written, or without a date or version at the end.
fn models(named: &[&str], instance: &Instance) -> Vec<String> {
    let known = || instance.models.iter().map(|model| model.model.id.as_str());
    let exact = |name: &&str| {
        let plain = name.rsplit('/').next().unwrap_or(name);
        known().find(|id| *id == plain || plain.strip_prefix(id).is_some_and(is_version))
    };
    named.iter().filter_map(exact).map(str::to_owned).collect()
}

/// What may follow the name of a model: `-001`, `-20250514`, `-2025-05-14`, `-latest`.
fn is_version(rest: &str) -> bool {
    rest == "-latest"
        || rest
            .strip_prefix('-')
            .is_some_and(|digits| digits.len() >= 3 && digits.chars().all(|c| c.is_ascii_digit() || c == '-'))
}

fn country_of(supplier: &str, instance: &Instance) -> Option<String> {
    let found = instance.suppliers.iter().find(|s| s.supplier.id == supplier)?;
    Some(instance.jurisdictions[found.country].id.clone())
}

/// The day of a day or of a time in it.
fn day(text: Option<&str>) -> Option<Date> {
    parse_day(text?.get(..10)?).ok()
}
