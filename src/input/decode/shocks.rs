//! Decoders of shocks and tensions (methodology/shocks.md).

use super::Fields;
use super::effects::effect;
use super::kinds::{kind, know_all_keys, named_kind};
use super::provenance::provenance;
use super::scalars::{Choices, Range, is_rate};
use super::selectors::selector_or_all;
use super::templates;
use crate::input::at::At;
use crate::input::tree::YamlValue;
use crate::model::magnitudes::{EVENTS, PRICE_FACTOR, YEARS};
use crate::model::shock::{
    Action, Collateral, CollateralOf, Crowding, DurationLaw, EarlyWarning, Frequency, Shock, Tension, Trigger,
};
use crate::shocks::kind::KindSpec;

const COLLATERAL_OF: Choices<CollateralOf> =
    &[("model", CollateralOf::Model), ("developer", CollateralOf::Developer)];

/// One entry of `tensions`.
pub(crate) fn tension(at: &At<'_>) -> Tension {
    let f = at.fields();
    let decoded =
        Tension { id: f.id("id"), sigma: f.number("sigma", Range::SIGMA), provenance: provenance(&f) };
    f.close();
    decoded
}

/// One entry of `shocks`.
pub(crate) fn shock(at: &At<'_>) -> Shock {
    shock_with(at, None)
}

/// A shock of a scenario. Without `id` it gets this one, and without `duration` it is permanent.
pub(crate) fn scenario_shock(at: &At<'_>, id: &str) -> Shock {
    shock_with(at, Some(id))
}

fn shock_with(at: &At<'_>, scenario_id: Option<&str>) -> Shock {
    let f = at.fields();
    let id = match scenario_id {
        Some(id) => f.optional("id").and_then(|at| at.id()).unwrap_or_else(|| id.to_owned()),
        None => f.id("id"),
    };
    let spec = named_kind(&f);
    let by = match spec {
        Some(spec) if spec.needs_actor => actor(&f),
        _ => f.opt_text("by"),
    };
    let in_force = f.flag("in_force", false);
    let each = if scenario_id.is_some() { None } else { templates::each(&f) };
    let may_omit_duration = in_force || scenario_id.is_some();
    let decoded = Shock {
        id,
        name: f.opt_text("name"),
        action: action(&f, spec),
        by,
        frequency: f.optional("frequency").and_then(|at| frequency(&at)),
        duration: if may_omit_duration { f.optional("duration") } else { f.required("duration") }
            .map_or(DurationLaw::Permanent, |at| duration(&at)),
        notice_days: f.opt_days("notice").unwrap_or(0.0),
        collateral: f.optional("collateral").map(|at| collateral(&at)),
        tensions: f.optional("tensions").map(|at| sensitivities(&at)).unwrap_or_default(),
        triggers: f.each("triggers", |at| trigger(&at)),
        crowding: f.optional("crowding").map(|at| crowding(&at)),
        watch: watched(f.each("watch", |at| watch(&at))),
        in_force,
        each,
        template: None,
        provenance: provenance(&f),
    };
    f.close();
    decoded
}

/// The acting jurisdiction of a kind that requires one.
fn actor(f: &Fields<'_>) -> Option<String> {
    if f.has("by") {
        return f.required("by").and_then(|at| at.text());
    }
    f.know("by");
    let kind = f.at.key("kind");
    let message = format!("the key 'by' is missing: {} is the act of a jurisdiction", kind.shown());
    kind.error("missing-key", message, Some("name the jurisdiction that acts, such as 'by: US'".into()));
    None
}

fn action(f: &Fields<'_>, spec: Option<&'static KindSpec>) -> Action {
    match (f.has("kind"), f.has("effects")) {
        (false, false) => {
            let help = Some("name a kind, such as 'kind: outage', or list the effects".into());
            f.at.error("missing-key", "the key 'kind' or 'effects' is missing".into(), help);
        }
        (true, true) => {
            let help = Some("keep one of them: a kind stands for its effects".into());
            f.at.key("effects").error_at_key(
                "conflicting-keys",
                "a shock has 'kind' or 'effects', not both".into(),
                help,
            );
        }
        _ => {}
    }
    let effects = f.each("effects", |at| effect(&at));
    match spec {
        Some(spec) => Action::Kind(kind(f, spec)),
        None => {
            if let Some(at) = f.optional("effects") {
                at.refuse_empty_list();
            }
            if f.has("kind") {
                know_all_keys(f);
            }
            Action::Effects(effects)
        }
    }
}

fn frequency(at: &At<'_>) -> Option<Frequency> {
    let f = at.fields();
    let per_year = f.opt_number("per_year", Range::RATE);
    let is_counted = f.has("events") || f.has("years");
    let decoded = if f.has("per_year") {
        f.know("events");
        f.know("years");
        if is_counted {
            at.error(
                "conflicting-keys",
                "a frequency is {per_year} or {events, years}, not both".into(),
                Some("keep 'per_year' for a known rate, the other two for a count".into()),
            );
        }
        per_year.map(Frequency::PerYear)
    } else {
        let events = f.number("events", Range::within(EVENTS));
        let years = f.number("years", Range::within(YEARS));
        if !is_rate(events / years) {
            at.error(
                "out-of-range",
                format!("{events} events in {years} years are out of range: at most 8760 a year"),
                Some("check 'years', the time in which the events were counted".into()),
            );
        }
        Some(Frequency::Counted { events, years })
    };
    f.close();
    decoded
}

/// The help for a wrong `duration`.
const DURATIONS: &str =
    "write permanent, 30d, {median: 5h, p90: 11h}, or {reversed: {events: 1, of: 2}, median: 5h, p90: 11h}";

/// `permanent`, a bare duration, `{fixed}`, `{median, p90}`, or `{reversed: {events, of}, median, p90}`.
pub(crate) fn duration(at: &At<'_>) -> DurationLaw {
    match &at.node.value {
        YamlValue::Text(text) if text == "permanent" => return DurationLaw::Permanent,
        YamlValue::Text(text) if text.starts_with(char::is_alphabetic) => {
            at.error("invalid-duration", format!("{} is not a duration", at.shown()), Some(DURATIONS.into()));
            return DurationLaw::Permanent;
        }
        YamlValue::Text(_) | YamlValue::Number { .. } => {
            return at.days().map_or(DurationLaw::Permanent, |days| DurationLaw::Fixed { days });
        }
        _ => {}
    }
    let f = at.fields();
    let decoded = if let Some(fixed) = f.optional("fixed") {
        fixed.days().map_or(DurationLaw::Permanent, |days| DurationLaw::Fixed { days })
    } else {
        let median = f.required("median").and_then(|at| positive_days(&at));
        let p90 = f.required("p90").and_then(|at| positive_days(&at));
        if p90.is_some_and(|p90| median.is_some_and(|median| p90 < median)) {
            let help = Some("nine in ten events are over by 'p90', one in two by 'median'".into());
            at.key("p90").error("empty-range", "'p90' is shorter than 'median'".into(), help);
        }
        let (median_days, p90_days) = (median.unwrap_or(1.0), p90.unwrap_or(1.0));
        match f.optional("reversed") {
            Some(reversed) => mixture(&reversed, median_days, p90_days),
            None => DurationLaw::Lognormal { median_days, p90_days },
        }
    };
    f.close();
    decoded
}

pub(crate) fn positive_days(at: &At<'_>) -> Option<f64> {
    let days = at.days()?;
    if days > 0.0 {
        return Some(days);
    }
    let message = format!("{} is out of range: it must be more than 0", at.shown());
    at.error("out-of-range", message, Some("write a duration such as 4h or 30d".into()));
    None
}

fn mixture(at: &At<'_>, median_days: f64, p90_days: f64) -> DurationLaw {
    let f = at.fields();
    let events = f.number("events", Range::within(EVENTS));
    let of = f.required("of").and_then(|at| at.number(Range::within(EVENTS))).unwrap_or(events);
    if events > of {
        let message = format!("'events' ({events}) is more than 'of' ({of})");
        at.key("events").error(
            "empty-range",
            message,
            Some("'events' is the number of those among 'of' that were reversed".into()),
        );
    }
    f.close();
    DurationLaw::Mixture { events, of, median_days, p90_days }
}

fn collateral(at: &At<'_>) -> Collateral {
    let f = at.fields();
    let decoded = Collateral {
        probability: f.number("probability", Range::SHARE),
        of: f.opt_choice("of", COLLATERAL_OF).unwrap_or(CollateralOf::Model),
    };
    f.close();
    decoded
}

fn sensitivities(at: &At<'_>) -> std::collections::BTreeMap<String, f64> {
    at.map_of(|at| at.number(Range::SENSITIVITY).unwrap_or_default())
}

fn trigger(at: &At<'_>) -> Trigger {
    let f = at.fields();
    let decoded = Trigger {
        shock: f.text("shock"),
        probability: f.number("probability", Range::SHARE),
        after_days: f.opt_days("after").unwrap_or(0.0),
    };
    f.close();
    decoded
}

/// The earliest warning first, whatever the order in the file.
fn watched(mut list: Vec<EarlyWarning>) -> Vec<EarlyWarning> {
    let lead = |warning: &EarlyWarning| warning.lead_days.unwrap_or(0.0);
    list.sort_by(|a, b| {
        lead(b).total_cmp(&lead(a)).then_with(|| (&a.what, &a.place).cmp(&(&b.what, &b.place)))
    });
    list
}

fn watch(at: &At<'_>) -> EarlyWarning {
    let f = at.fields();
    let decoded =
        EarlyWarning { what: f.text("what"), place: f.opt_text("where"), lead_days: f.opt_days("lead") };
    f.close();
    decoded
}

fn crowding(at: &At<'_>) -> Crowding {
    let f = at.fields();
    let decoded = Crowding {
        capacity_times: f.opt_number("capacity_times", Range::SHARE).unwrap_or(1.0),
        price_times: f.opt_number("price_times", Range::within(PRICE_FACTOR)).unwrap_or(1.0),
        selector: selector_or_all(&f, "where"),
    };
    f.close();
    decoded
}
