//! Inputs of the catalog and the jurisdictions: offers with prices and retirements, models, suppliers, hardware, rules.

use std::collections::{BTreeMap, BTreeSet};

use super::{Changes, InputChange, InputValue, days, names, number, text};
use crate::ids::OfferId;
use crate::model::catalog::{Hardware, Model, OfferEntry, Price, Supplier};
use crate::model::jurisdictions::{Jurisdiction, Rule};
use crate::study::compare::InputGroup;
use crate::study::compare::parts::{ById, WorldParts};

const CATALOG: Option<InputGroup> = Some(InputGroup::Catalog);
const PER_MTOK: &str = "USD per million tokens";
const TOKENS: &str = "million tokens a month";
/// Regions of an offer that are named; of more, their number is told.
const NAMED_REGIONS: usize = 3;

/// All of them.
pub(super) fn changes(from: &WorldParts<'_>, to: &WorldParts<'_>, out: &mut Changes) {
    let used: BTreeSet<OfferId> = from.used_offers().into_iter().chain(to.used_offers()).collect();
    let is_host = |id: &str| used.iter().any(|offer| offer.host == id);
    let is_model = |id: &str| used.iter().any(|offer| offer.model == id);
    entries("jurisdiction", &from.jurisdictions, &to.jurisdictions, out, jurisdiction, |_| true);
    entries("rule", &from.rules, &to.rules, out, rule, |_| true);
    entries("supplier", &from.suppliers, &to.suppliers, out, supplier, is_host);
    entries("model", &from.models, &to.models, out, model, is_model);
    entries("hardware", &from.hardware, &to.hardware, out, hardware, |_| false);
    offers(from, to, &used, out);
}

/// Entries that only one side has, and with `compare` what differs in those of both.
fn entries<T: PartialEq>(
    kind: &str,
    from: &ById<T>,
    to: &ById<T>,
    out: &mut Changes,
    compare: impl Fn(&str, &T, &T, &mut Changes),
    is_used: impl Fn(&str) -> bool,
) {
    for id in from.keys().chain(to.keys()).collect::<BTreeSet<_>>() {
        let what = format!("{kind} {id}");
        let mut own = Changes::default();
        match (from.get(id), to.get(id)) {
            (Some(from), Some(to)) => compare(&what, from, to, &mut own),
            (before, after) => own.compare(
                CATALOG,
                || what,
                (&before.is_some(), &after.is_some()),
                |is_there| {
                    if *is_there { text("in the catalog") } else { None }
                },
            ),
        }
        let used = is_used(id);
        out.list.extend(own.list.into_iter().map(|change| InputChange { is_used: used, ..change }));
    }
}

fn jurisdiction(what: &str, from: &Jurisdiction, to: &Jurisdiction, out: &mut Changes) {
    out.compare(CATALOG, || format!("{what}: members"), (&from.members, &to.members), |list| names(list));
}

fn rule(what: &str, from: &Rule, to: &Rule, out: &mut Changes) {
    out.compare(CATALOG, || format!("{what}: users"), (&from.users, &to.users), |list| names(list));
    let words = |rule: &Rule| rule.data.iter().map(|data| data.as_str()).collect::<Vec<_>>();
    out.compare(
        CATALOG,
        || format!("{what}: classes of data"),
        (&words(from), &words(to)),
        |list| names(list),
    );
    let hosting = (&from.hosting_allowed, &to.hosting_allowed);
    out.compare(CATALOG, || format!("{what}: hosting allowed in"), hosting, |list| names(list));
    let exempt = (&from.except_self_hosted, &to.except_self_hosted);
    out.compare(CATALOG, || format!("{what}: own machines exempt"), exempt, |x| Some(InputValue::Flag(*x)));
}

fn supplier(what: &str, from: &Supplier, to: &Supplier, out: &mut Changes) {
    let country = (&from.jurisdiction, &to.jurisdiction);
    out.compare(CATALOG, || format!("{what}: headquarters"), country, |id| text(id.as_str()));
    out.compare(
        CATALOG,
        || format!("{what}: parents"),
        (&from.parents, &to.parents),
        |list| {
            if list.is_empty() { None } else { names(list) }
        },
    );
    if from.roles != to.roles {
        out.changed(CATALOG, format!("{what}: roles"));
    }
    out.compare(
        CATALOG,
        || format!("{what}: class"),
        (&from.class, &to.class),
        |class| text((*class)?.as_str()),
    );
}

fn model(what: &str, from: &Model, to: &Model, out: &mut Changes) {
    out.compare(
        CATALOG,
        || format!("{what}: quality"),
        (&from.quality.general, &to.quality.general),
        |x| number((*x)?, "points"),
    );
    for language in from.quality.languages.keys().chain(to.quality.languages.keys()).collect::<BTreeSet<_>>()
    {
        let points = (&from.quality.languages.get(language), &to.quality.languages.get(language));
        out.compare(
            CATALOG,
            || format!("{what}: quality in {language}"),
            points,
            |x| number(*(*x)?, "points"),
        );
    }
    out.compare(
        CATALOG,
        || format!("{what}: developer"),
        (&from.developer, &to.developer),
        |id| text(id.as_str()),
    );
    out.compare(
        CATALOG,
        || format!("{what}: openness"),
        (&from.openness, &to.openness),
        |word| text(word.as_str()),
    );
    out.compare(CATALOG, || format!("{what}: base"), (&from.base, &to.base), |base| text(base.as_deref()?));
    out.compare(
        CATALOG,
        || format!("{what}: context"),
        (&from.context_tokens, &to.context_tokens),
        |x| number((*x)? as f64, "tokens"),
    );
    let license = (&from.may_be_used(), &to.may_be_used());
    out.compare(
        CATALOG,
        || format!("{what}: license allows commercial use"),
        license,
        |known| Some((*known).map_or_else(|| InputValue::Text("unknown".to_owned()), InputValue::Flag)),
    );
}

fn hardware(what: &str, from: &Hardware, to: &Hardware, out: &mut Changes) {
    out.compare(CATALOG, || format!("{what}: vendor"), (&from.vendor, &to.vendor), |id| text(id.as_str()));
    let control = (&from.controlled_by, &to.controlled_by);
    out.compare(
        CATALOG,
        || format!("{what}: export controlled by"),
        control,
        |list| {
            if list.is_empty() { None } else { names(list) }
        },
    );
    if from.needs != to.needs {
        out.changed(CATALOG, format!("{what}: what it needs"));
    }
}

/// What differs in the offers of one model on one host: aspect, before and after.
type OfferChange = (&'static str, Option<InputValue>, Option<InputValue>);

/// Regions where something differs in the same way, and whether an offer in one of them is in use.
struct ChangedRegions {
    change: OfferChange,
    regions: Vec<String>,
    is_used: bool,
}

/// Offers of one model and host whose change is the same are told together.
fn offers(from: &WorldParts<'_>, to: &WorldParts<'_>, used: &BTreeSet<OfferId>, out: &mut Changes) {
    let mut by_entry: BTreeMap<(&str, &str), Vec<ChangedRegions>> = BTreeMap::new();
    for id in from.offers.keys().chain(to.offers.keys()).collect::<BTreeSet<_>>() {
        let found = match (from.offers.get(id), to.offers.get(id)) {
            (Some(from), Some(to)) => offer(from, to),
            (from, _) => {
                let (there, nowhere) = (text("offered"), None);
                vec![if from.is_some() { ("", there, nowhere) } else { ("", nowhere, there) }]
            }
        };
        let list = by_entry.entry((&id.model, &id.host)).or_default();
        for change in found {
            let place = list.iter().position(|own| own.change == change).unwrap_or_else(|| {
                list.push(ChangedRegions { change, regions: Vec::new(), is_used: false });
                list.len() - 1
            });
            list[place].regions.push(id.region.clone());
            list[place].is_used |= used.contains(id);
        }
    }
    for ((model, host), list) in by_entry {
        for ChangedRegions { change: (aspect, from, to), regions, is_used } in list {
            let place = if regions.len() > NAMED_REGIONS {
                format!(" in {} regions", regions.len())
            } else {
                format!(":{}", regions.join(", "))
            };
            let aspect = if aspect.is_empty() { String::new() } else { format!(": {aspect}") };
            let what = format!("offer {model}@{host}{place}{aspect}");
            out.list.push(InputChange { group: CATALOG, what, from, to, is_used });
        }
    }
}

fn offer(from: &OfferEntry, to: &OfferEntry) -> Vec<OfferChange> {
    let mut found: Vec<OfferChange> = Vec::new();
    let mut tell = |aspect, before: Option<InputValue>, after: Option<InputValue>| {
        if before != after {
            found.push((aspect, before, after));
        }
    };
    for (aspect, unit, price) in [
        ("price of input", PER_MTOK, (|p| tokens_price(p).map(|p| p.0)) as fn(Price) -> Option<f64>),
        ("price of output", PER_MTOK, |p| tokens_price(p).map(|p| p.1)),
        ("cost of a machine", "USD a month", |p| replica(p).map(|p| p.0)),
        ("capacity of a machine", TOKENS, |p| replica(p).map(|p| p.1)),
    ] {
        let of = |entry: &OfferEntry| price(entry.price).and_then(|x| number(x, unit));
        tell(aspect, of(from), of(to));
    }
    let day = |entry: &OfferEntry| entry.retires.and_then(|day| text(day.to_string()));
    tell("retires", day(from), day(to));
    let quota = |entry: &OfferEntry| entry.capacity_mtok_per_month.and_then(|x| number(x, TOKENS));
    tell("quota", quota(from), quota(to));
    tell("onboarding", days(from.onboarding_days), days(to.onboarding_days));
    let developer = |entry: &OfferEntry| entry.developer_buffer_days.and_then(days);
    tell("outlives its developer by", developer(from), developer(to));
    tell("hardware", listed(&from.hardware), listed(&to.hardware));
    tell("outlives its hardware by", days(from.hardware_buffer_days), days(to.hardware_buffer_days));
    tell("certifications", listed(&from.certifications), listed(&to.certifications));
    if from.access != to.access {
        tell("access", text(from.access.as_str()), text(to.access.as_str()));
    }
    found
}

fn listed(list: &[String]) -> Option<InputValue> {
    if list.is_empty() { None } else { names(list) }
}

/// Input and output, USD per million tokens.
fn tokens_price(price: Price) -> Option<(f64, f64)> {
    match price {
        Price::Tokens { input_usd_per_mtok, output_usd_per_mtok } => {
            Some((input_usd_per_mtok, output_usd_per_mtok))
        }
        Price::Replica { .. } => None,
    }
}

/// Rent and capacity a month.
fn replica(price: Price) -> Option<(f64, f64)> {
    match price {
        Price::Replica { fixed_usd_per_month, capacity_mtok_per_month } => {
            Some((fixed_usd_per_month, capacity_mtok_per_month))
        }
        Price::Tokens { .. } => None,
    }
}
