//! Inputs of the portfolio file: workloads, allocation, contracts, method.

use std::collections::{BTreeMap, BTreeSet};

use super::{Changes, InputValue, days, names, number, share, text};
use crate::model::contract::{Contract, ContractStatus};
use crate::model::portfolio::{Portfolio, StandbyEntry, Workload};
use crate::model::selector::Selector;
use crate::simulation::draws::Rates;
use crate::study::compare::InputGroup;
use crate::study::compare::parts::{WorldParts, share_changes, sorted_texts};

const USD: &str = "USD";
const USD_MONTH: &str = "USD a month";
const USD_YEAR: &str = "USD a year";
const USD_DAY: &str = "USD a day";
const TOKENS: &str = "million tokens a month";
const POINTS: &str = "points";

const DEMAND: Option<InputGroup> = Some(InputGroup::Demand);
const ALLOCATION: Option<InputGroup> = Some(InputGroup::Allocation);
const CONTRACTS: Option<InputGroup> = Some(InputGroup::Contracts);
const METHOD: Option<InputGroup> = Some(InputGroup::Method);
const NOISE: Option<InputGroup> = Some(InputGroup::Noise);

/// All of them.
pub(super) fn changes(from: &WorldParts<'_>, to: &WorldParts<'_>, out: &mut Changes) {
    let ids: BTreeSet<&String> = from.workloads.keys().chain(to.workloads.keys()).collect();
    for id in ids {
        match (from.workloads.get(id), to.workloads.get(id)) {
            (Some(from), Some(to)) => {
                demand(id, from, to, out);
                allocation(id, from, to, out);
                terms(id, from, to, out);
            }
            (from, to) => out.list.push(super::InputChange {
                group: DEMAND,
                what: format!("workload {id}"),
                from: from.and_then(|workload| number(tokens(workload), TOKENS)),
                to: to.and_then(|workload| number(tokens(workload), TOKENS)),
                is_used: true,
            }),
        }
    }
    company(from.portfolio, to.portfolio, out);
    contracts(from.portfolio, to.portfolio, out);
    method(from, to, out);
}

fn tokens(workload: &Workload) -> f64 {
    workload.input_mtok + workload.output_mtok
}

fn demand(id: &str, from: &Workload, to: &Workload, out: &mut Changes) {
    let what = |key: &'static str| move || format!("{id}: {key}");
    out.compare(DEMAND, what("demand"), (&tokens(from), &tokens(to)), |x| number(*x, TOKENS));
    let inputs = |w: &Workload| if tokens(w) > 0.0 { w.input_mtok / tokens(w) } else { 0.0 };
    if (inputs(from) - inputs(to)).abs() > 1e-9 {
        out.compare(DEMAND, what("input as a part of all tokens"), (&inputs(from), &inputs(to)), |x| {
            share(*x)
        });
    }
    out.compare(DEMAND, what("users"), (&from.users, &to.users), |users| {
        Some(InputValue::Shares(users.iter().map(|(country, share)| (country.clone(), *share)).collect()))
    });
    out.compare(DEMAND, what("class of data"), (&from.data, &to.data), |data| text(data.as_str()));
    out.compare(DEMAND, what("languages"), (&from.languages, &to.languages), |list| names(list));
    out.compare(DEMAND, what("least quality"), (&from.min_quality, &to.min_quality), |x| {
        number((*x)?, POINTS)
    });
    out.compare(DEMAND, what("least context"), (&from.min_context, &to.min_context), |x| {
        number((*x)? as f64, "tokens")
    });
    out.compare(
        DEMAND,
        what("accepts models without a rating"),
        (&from.accept_unrated, &to.accept_unrated),
        |x| Some(InputValue::Flag(*x)),
    );
    let outage = (&from.outage_cost_usd_per_day, &to.outage_cost_usd_per_day);
    out.compare(DEMAND, what("cost of an outage"), outage, |x| number(*x, USD_DAY));
    let objective = (&from.recovery_objective_days, &to.recovery_objective_days);
    out.compare(DEMAND, what("recovery objective"), objective, |x| days(*x));
    let after = |w: &Workload| w.fallback.map(|fallback| fallback.after_days);
    out.compare(DEMAND, what("fallback after"), (&after(from), &after(to)), |x| days((*x)?));
    let cost = |w: &Workload| w.fallback.map(|fallback| fallback.usd_per_day);
    out.compare(DEMAND, what("cost of the fallback"), (&cost(from), &cost(to)), |x| number((*x)?, USD_DAY));
    selectors(what("asks for"), &from.require, &to.require, out);
    selectors(what("forbids"), &from.forbid, &to.forbid, out);
}

fn selectors(what: impl FnOnce() -> String, from: &[Selector], to: &[Selector], out: &mut Changes) {
    if sorted_texts(from) != sorted_texts(to) {
        let told = |list: &[Selector]| (!list.is_empty()).then(|| InputValue::Selectors(list.to_vec()));
        out.compare(DEMAND, what, (from, to), told);
    }
}

fn allocation(id: &str, from: &Workload, to: &Workload, out: &mut Changes) {
    for change in share_changes(from, to) {
        let of = |x: f64| if x > 0.0 { share(x) } else { None };
        let users = if change.users.is_empty() {
            String::new()
        } else {
            format!(" for users in {}", change.users.join(", "))
        };
        out.compare(
            ALLOCATION,
            || format!("{id}: share of {}{users}", change.offer),
            (&change.from, &change.to),
            |x| of(*x),
        );
    }
    let standbys = |workload: &Workload| -> BTreeMap<String, StandbyEntry> {
        workload.standby.iter().map(|standby| (standby.offer.clone(), standby.clone())).collect()
    };
    let (before, after) = (standbys(from), standbys(to));
    for offer in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        out.compare(
            ALLOCATION,
            || format!("{id}: standby {offer}"),
            (&before.get(offer), &after.get(offer)),
            |standby| standby.and_then(ready),
        );
    }
}

/// Readiness, cover, and what differs from the defaults of the portfolio.
fn ready(standby: &StandbyEntry) -> Option<InputValue> {
    let usd_per_month = standby.usd_per_month.and_then(|usd| number(usd, USD_MONTH));
    joined([
        text(standby.readiness.as_str()),
        named("cover", share(standby.cover)),
        named("lead", standby.lead_days.and_then(days)),
        usd_per_month,
    ])
}

fn named(name: &'static str, value: Option<InputValue>) -> Option<InputValue> {
    value.map(|value| InputValue::Named(name, Box::new(value)))
}

fn joined<const N: usize>(values: [Option<InputValue>; N]) -> Option<InputValue> {
    Some(InputValue::Joined(values.into_iter().flatten().collect()))
}

fn terms(id: &str, from: &Workload, to: &Workload, out: &mut Changes) {
    let (from, to) = (from.terms, to.terms);
    let what = |key: &'static str| move || format!("{id}: {key}");
    let qualify = (&from.qualify_model_usd, &to.qualify_model_usd);
    out.compare(None, what("cost of qualifying a model"), qualify, |x| number((*x)?, USD));
    out.compare(None, what("smallest share"), (&from.smallest_share, &to.smallest_share), |x| share((*x)?));
    out.compare(None, what("most offers"), (&from.most_offers, &to.most_offers), |n| {
        n.flatten().and_then(|n| number(n as f64, "offers"))
    });
    out.compare(None, what("quality to keep within"), (&from.keep_quality, &to.keep_quality), |x| {
        x.flatten().and_then(|x| number(x, POINTS))
    });
    let worth = (&from.quality_usd_per_point_per_month, &to.quality_usd_per_point_per_month);
    out.compare(None, what("worth of a point of quality"), worth, |x| number(*x, USD_MONTH));
}

/// What concerns the whole company and is no contract.
fn company(from: &Portfolio, to: &Portfolio, out: &mut Changes) {
    let what = |key: &'static str| move || format!("company: {key}");
    let catalog = Some(InputGroup::Catalog);
    let (before, after) = (&from.company, &to.company);
    out.compare(None, what("name"), (&before.name, &after.name), |name| text(name.as_str()));
    out.compare(catalog, what("headquarters"), (&before.headquarters, &after.headquarters), |id| {
        text(id.as_str())
    });
    out.compare(catalog, what("sites"), (&before.sites, &after.sites), |sites| names(sites));
    out.compare(None, what("currency"), (&from.currency.code, &to.currency.code), |code| text(code.as_str()));
    let rate = (&from.currency.usd, &to.currency.usd);
    out.compare(None, what("worth of a unit of its currency"), rate, |x| number(*x, USD));
    selectors(what("asks for"), &from.require, &to.require, out);
    selectors(what("forbids"), &from.forbid, &to.forbid, out);
    let turnover = (&from.max_turnover_per_quarter, &to.max_turnover_per_quarter);
    out.compare(None, what("most turnover a quarter"), turnover, |x| share((*x)?));
    let limits = |portfolio: &Portfolio| -> BTreeMap<String, String> {
        portfolio.limits.iter().map(|limit| (limit.name().to_owned(), limit.text.clone())).collect()
    };
    let (before, after) = (limits(from), limits(to));
    for name in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        out.compare(
            None,
            || format!("limit {name}"),
            (&before.get(name), &after.get(name)),
            |limit| limit.and_then(|limit| text(limit.as_str())),
        );
    }
}

fn contracts(from: &Portfolio, to: &Portfolio, out: &mut Changes) {
    let by_host = |portfolio: &Portfolio| -> BTreeMap<String, Contract> {
        portfolio.contracts.iter().map(|contract| (contract.host.clone(), contract.clone())).collect()
    };
    let (before, after) = (by_host(from), by_host(to));
    for host in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        match (before.get(host), after.get(host)) {
            (Some(from), Some(to)) => contract(host, from, to, out),
            (from, to) => out.compare(
                CONTRACTS,
                || format!("contract with {host}"),
                (&from, &to),
                |contract| contract.and_then(bound),
            ),
        }
    }
    let (r, s) = (&from.readiness, &to.readiness);
    let what = |key: &'static str| move || format!("readiness: {key}");
    out.compare(CONTRACTS, what("fee of a hot standby"), (&r.hot_usd_per_month, &s.hot_usd_per_month), |x| {
        number(*x, USD_MONTH)
    });
    out.compare(
        CONTRACTS,
        what("fee of a warm standby"),
        (&r.warm_usd_per_month, &s.warm_usd_per_month),
        |x| number(*x, USD_MONTH),
    );
    out.compare(CONTRACTS, what("lead of a warm standby"), (&r.warm_lead_days, &s.warm_lead_days), |x| {
        days(*x)
    });
    let machines = (&r.warm_self_capacity, &s.warm_self_capacity);
    out.compare(CONTRACTS, what("machines held for a warm standby"), machines, |x| share(*x));
    out.compare(CONTRACTS, what("cost of a switch in a crisis"), (&r.switch_usd, &s.switch_usd), |x| {
        number(*x, USD)
    });
    for offer in from.capacity.keys().chain(to.capacity.keys()).collect::<BTreeSet<_>>() {
        let quotas = (&from.capacity.get(offer), &to.capacity.get(offer));
        out.compare(CONTRACTS, || format!("quota of {offer}"), quotas, |x| number(*(*x)?, TOKENS));
    }
    let (k, l) = (from.known_leads, to.known_leads);
    let what = |key: &'static str| move || format!("onboarding: {key}");
    out.compare(CONTRACTS, what("known host"), (&k.known_host_days, &l.known_host_days), |x| days((*x)?));
    out.compare(CONTRACTS, what("known model"), (&k.known_model_days, &l.known_model_days), |x| days((*x)?));
    let sorted =
        |hosts: &Option<Vec<String>>| hosts.clone().map(|hosts| hosts.into_iter().collect::<BTreeSet<_>>());
    let approved = (&sorted(&from.approved_hosts), &sorted(&to.approved_hosts));
    out.compare(
        CONTRACTS,
        || "approved hosts".to_owned(),
        approved,
        |hosts| names(&hosts.as_ref()?.iter().collect::<Vec<_>>()),
    );
    change_and_routing(from, to, out);
}

/// Status, fees and promises of a contract.
fn bound(contract: &Contract) -> Option<InputValue> {
    let positive = |amount: f64, unit| if amount > 0.0 { number(amount, unit) } else { None };
    let commitment = contract.commitment;
    joined([
        text(status(contract.status)),
        positive(contract.fixed_usd_per_year, USD_YEAR),
        named("discount", Some(contract.discount).filter(|part| *part > 0.0).and_then(share)),
        named("commitment", commitment.and_then(|commitment| positive(commitment.usd, USD))),
        named("due within", commitment.and_then(|commitment| days(commitment.within_days))),
        named("at least", positive(contract.minimum_usd_per_month, USD_MONTH)),
    ])
}

fn status(status: ContractStatus) -> &'static str {
    match status {
        ContractStatus::Signed => "signed",
        ContractStatus::Offered => "offered",
    }
}

fn contract(host: &str, from: &Contract, to: &Contract, out: &mut Changes) {
    let what = |key: &'static str| move || format!("contract with {host}: {key}");
    out.compare(CONTRACTS, what("status"), (&from.status, &to.status), |own| text(status(*own)));
    let fee = (&from.fixed_usd_per_year, &to.fixed_usd_per_year);
    out.compare(CONTRACTS, what("fixed fee"), fee, |x| number(*x, USD_YEAR));
    out.compare(CONTRACTS, what("discount"), (&from.discount, &to.discount), |x| share(*x));
    let committed = |contract: &Contract| contract.commitment.map(|commitment| commitment.usd);
    out.compare(CONTRACTS, what("commitment"), (&committed(from), &committed(to)), |x| number((*x)?, USD));
    let within = |contract: &Contract| contract.commitment.map(|commitment| commitment.within_days);
    out.compare(CONTRACTS, what("commitment due within"), (&within(from), &within(to)), |x| days((*x)?));
    let least = (&from.minimum_usd_per_month, &to.minimum_usd_per_month);
    out.compare(CONTRACTS, what("least spend"), least, |x| number(*x, USD_MONTH));
    out.compare(CONTRACTS, what("fee to leave"), (&from.exit_usd, &to.exit_usd), |x| number(*x, USD));
}

/// Of these only the fixed cost of a host without a contract has an effect today.
fn change_and_routing(from: &Portfolio, to: &Portfolio, out: &mut Changes) {
    let (c, d) = (from.change, to.change);
    let what = |key: &'static str| move || format!("change: {key}");
    out.compare(
        None,
        what("cost of qualifying a model"),
        (&c.qualify_model_usd, &d.qualify_model_usd),
        |x| number(*x, USD),
    );
    out.compare(None, what("cost of qualifying a host"), (&c.qualify_host_usd, &d.qualify_host_usd), |x| {
        number(*x, USD)
    });
    let fixed = (&c.host_fixed_usd_per_year, &d.host_fixed_usd_per_year);
    out.compare(CONTRACTS, what("fixed cost of a host without a contract"), fixed, |x| number(*x, USD_YEAR));
    out.compare(None, what("spread over"), (&c.spread_over_days, &d.spread_over_days), |x| days(*x));
    let what = |key: &'static str| move || format!("routing: {key}");
    let (r, s) = (from.routing, to.routing);
    out.compare(None, what("smallest share"), (&r.smallest_share, &s.smallest_share), |x| share(*x));
    out.compare(None, what("most offers"), (&r.most_offers, &s.most_offers), |n| {
        number((*n)? as f64, "offers")
    });
    out.compare(
        None,
        || "quality to keep within".to_owned(),
        (&from.keep_quality, &to.keep_quality),
        |x| number((*x)?, POINTS),
    );
}

fn method(from: &WorldParts<'_>, to: &WorldParts<'_>, out: &mut Changes) {
    let (p, q) = (from.portfolio, to.portfolio);
    let word = |key: &'static str| move || key.to_owned();
    out.compare(METHOD, word("horizon"), (&p.horizon_days, &q.horizon_days), |x| days(*x));
    // A day 0 that moves without an offer that retires meanwhile has no effect.
    let group = METHOD.filter(|group| from.differs(to, *group));
    out.compare(group, word("day 0"), (&from.starts(), &to.starts()), |day| text((*day)?.to_string()));
    out.compare(METHOD, word("surge"), (&p.surge, &q.surge), |x| share(*x));
    let drift = (&p.quality_drift_per_year, &q.quality_drift_per_year);
    out.compare(METHOD, word("drift of quality"), drift, |x| number(*x, "points a year"));
    let (s, t) = (from.world.settings, to.world.settings);
    out.compare(METHOD, word("treatment of rates"), (&s.rates, &t.rates), |rates| {
        text(if *rates == Rates::Drawn { "drawn" } else { "means" })
    });
    out.compare(NOISE, word("seed"), (&s.seed, &t.seed), |seed| text(seed.to_string()));
    out.compare(NOISE, word("number of trials"), (&s.n_trials, &t.n_trials), |n| number(*n as f64, "trials"));
}
