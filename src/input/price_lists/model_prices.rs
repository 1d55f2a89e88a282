//! The snapshot of model-prices (MIT): dated histories of the labs' own prices, USD per million tokens.

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{WrongField, day_of, number, text, token_price};
use crate::model::price_history::{PriceHistory, PriceSeries, PriceStep};
use crate::model::price_list::{ListedPrice, PriceList, PriceListKind, SetAside};

/// The service whose price is the list price.
const SERVICE: &str = "standard";
/// Status of a model that is no longer sold.
const REMOVED: &str = "removed";

/// The snapshot on a day: of each history, the newest price that begins on that day or before.
pub(super) fn list(root: &Map<String, Value>, today: Option<Date>) -> PriceList {
    let dated = root.get("updated_at").and_then(Value::as_str).and_then(|time| day_of(time).ok());
    let day = today.or(dated);
    let (mut entries, mut set_aside) = (Vec::new(), Vec::new());
    for (lab, models) in root.get("prices").and_then(Value::as_object).into_iter().flatten() {
        let Some(models) = models.as_object() else {
            set_aside.push((lab.clone(), SetAside::Unreadable));
            continue;
        };
        for (model, services) in models {
            let key = format!("{lab}/{model}");
            let off_peak = off_peak_factor(root, lab, model, day);
            match listed(&key, lab, services, (day, off_peak.unwrap_or(1.0))) {
                Ok(Some(entry)) => entries.push(ListedPrice {
                    is_removed: status(root, lab, model) == Some(REMOVED),
                    is_off_peak: off_peak.is_some(),
                    ..entry
                }),
                Ok(None) => set_aside.push((key, SetAside::Mode)),
                Err(WrongField) => set_aside.push((key, SetAside::Unreadable)),
            }
        }
    }
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    set_aside.sort();
    PriceList { kind: PriceListKind::ModelPrices, dated, entries, set_aside }
}

/// Factor that makes the list price that off peak; `None` where the price is the same at every hour of the day.
///
/// A schedule states either what hours of peak cost more (the list price is then that off peak), or what the others cost less.
fn off_peak_factor(root: &Map<String, Value>, lab: &str, model: &str, day: Option<Date>) -> Option<f64> {
    let schedules = root.get("schedules")?.get("schedule")?.as_array()?;
    let begun = |schedule: &Value, key: &str| -> Option<bool> {
        let start = day_of(schedule.get(key)?.as_str()?).ok()?;
        Some(day.is_none_or(|day| start <= day))
    };
    let is_in_force = |schedule: &&Value| {
        schedule.get("provider").and_then(Value::as_str) == Some(lab)
            && begun(schedule, "valid_from").unwrap_or(true)
            && !begun(schedule, "valid_until").unwrap_or(false)
    };
    let of_model = |factor: &Value| factor.as_f64().or_else(|| factor.get(model)?.as_f64());
    let factor = |schedule: &Value| {
        let off_peak = schedule.get("off_peak_multiplier").and_then(of_model);
        let peak = schedule.get("peak_multiplier").and_then(of_model);
        off_peak.filter(|factor| (0.0..=1.0).contains(factor)).or_else(|| peak.map(|_| 1.0))
    };
    schedules.iter().filter(is_in_force).find_map(factor)
}

fn status<'a>(root: &'a Map<String, Value>, lab: &str, model: &str) -> Option<&'a str> {
    root.get("status")?.get(lab)?.get(model)?.as_str()
}

/// The price of a model on a day, times a factor; `None` when it has no history of the list price.
fn listed(
    key: &str,
    lab: &str,
    services: &Value,
    (day, factor): (Option<Date>, f64),
) -> Result<Option<ListedPrice>, WrongField> {
    let Some(history) = services.as_object().ok_or(WrongField)?.get(SERVICE) else { return Ok(None) };
    let mut newest: Option<(Option<Date>, &Map<String, Value>)> = None;
    for period in history.as_array().ok_or(WrongField)? {
        let period = period.as_object().ok_or(WrongField)?;
        let start = text(period, "start")?.map(|time| day_of(&time)).transpose()?;
        let has_begun = start.is_none_or(|start| day.is_none_or(|day| start <= day));
        if has_begun && newest.is_none_or(|(before, _)| before <= start) {
            newest = Some((start, period));
        }
    }
    let mut entry = ListedPrice { key: key.to_owned(), provider: lab.to_owned(), ..ListedPrice::default() };
    if let Some(rates) = newest.and_then(|(_, period)| period.get("rates")).and_then(Value::as_object) {
        let input = number(rates, "input")?;
        let output = number(rates, "output")?;
        let price = input.zip(output);
        entry.price =
            price.map(|(input, output)| token_price(input * factor, output * factor)).transpose()?;
        entry.source = text(rates, "source")?;
        entry.valid_from = text(rates, "valid_from")?.map(|time| day_of(&time)).transpose()?;
    }
    Ok(Some(entry))
}

/// The prices of every model over time; `None` where the snapshot states no day.
pub(super) fn history(root: &Map<String, Value>) -> Option<PriceHistory> {
    let dated = root.get("updated_at").and_then(Value::as_str).and_then(|time| day_of(time).ok())?;
    let (mut series, mut n_unreadable) = (Vec::new(), 0);
    for (seller, models) in root.get("prices").and_then(Value::as_object).into_iter().flatten() {
        for (model, services) in models.as_object().into_iter().flatten() {
            match steps(services, dated) {
                Ok(steps) if steps.is_empty() => {}
                Ok(steps) => {
                    series.push(PriceSeries { seller: seller.clone(), model: model.clone(), steps });
                }
                Err(WrongField) => n_unreadable += 1,
            }
        }
    }
    series.sort_by(|a, b| (&a.seller, &a.model).cmp(&(&b.seller, &b.model)));
    Some(PriceHistory { dated, series, n_unreadable })
}

/// The list prices of a model that have begun, in the order of time.
fn steps(services: &Value, dated: Date) -> Result<Vec<PriceStep>, WrongField> {
    let Some(history) = services.as_object().ok_or(WrongField)?.get(SERVICE) else { return Ok(Vec::new()) };
    let mut steps = Vec::new();
    for period in history.as_array().ok_or(WrongField)? {
        let period = period.as_object().ok_or(WrongField)?;
        let start = text(period, "start")?.map(|time| day_of(&time)).transpose()?;
        let rates = period.get("rates").and_then(Value::as_object);
        let mut price = None;
        let mut seen = None;
        if let Some(rates) = rates {
            let usd = number(rates, "input")?.zip(number(rates, "output")?);
            price = usd.map(|(input, output)| token_price(input, output)).transpose()?;
            seen = text(rates, "valid_from")?.map(|time| day_of(&time)).transpose()?;
        }
        let from = start.or(seen);
        if from.is_none_or(|from| from <= dated) {
            steps.push(PriceStep { from, is_change: start.is_some(), price });
        }
    }
    steps.sort_by_key(|step| step.from);
    Ok(steps)
}
