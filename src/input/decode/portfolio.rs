//! Decoder of `portfolios/NAME.yaml`.

use super::Fields;
use super::catalog::{format_version, hardware, model, supplier};
use super::contracts::{change, contract, keep_quality, routing};
use super::limits::limit;
use super::offers::offer;
use super::scalars::{MAX_DAYS, Range};
use super::scenarios::{WrittenShocks, scenario};
use super::selectors::selectors;
use super::shocks::{shock, tension};
use super::workloads::workload;
use crate::input::at::At;
use crate::input::diagnostic::quoted;
use crate::input::tree::YamlValue;
use crate::model::catalog::Catalog;
use crate::model::magnitudes::{MTOK_PER_MONTH, POINTS, SURGE, USD, USD_PER_CURRENCY_UNIT};
use crate::model::portfolio::{
    Company, Currency, DEFAULT_HORIZON_DAYS, DEFAULT_SURGE, KnownLeads, Portfolio, ReadinessTerms,
};

/// The whole file. `name`: the file's name without its ending.
pub(crate) fn portfolio(at: &At<'_>, name: &str, library: &WrittenShocks<'_>) -> Portfolio {
    let f = at.fields();
    format_version(&f);
    let decoded = Portfolio {
        name: name.to_owned(),
        company: f.required("company").map_or_else(no_company, |at| company(&at)),
        currency: f.optional("currency").map_or_else(dollar, |at| currency(&at)),
        horizon_days: f.optional("horizon").and_then(|at| at.horizon()).unwrap_or(DEFAULT_HORIZON_DAYS),
        starts: f.optional("starts").and_then(|at| at.date()),
        workloads: f.required("workloads").map(|at| workloads(&at)).unwrap_or_default(),
        surge: f.opt_number("surge", Range::within(SURGE)).unwrap_or(DEFAULT_SURGE),
        quality_drift_per_year: f.opt_number("quality_drift_per_year", Range::within(POINTS)).unwrap_or(0.0),
        readiness: f.optional("readiness").map(|at| readiness(&at)).unwrap_or_default(),
        capacity: f.optional("capacity").map(|at| capacity(&at)).unwrap_or_default(),
        known_leads: f.optional("onboarding").map(|at| known_leads(&at)).unwrap_or_default(),
        approved_hosts: f.optional("hosts").and_then(|at| approved_hosts(&at)),
        require: selectors(&f, "require"),
        forbid: selectors(&f, "forbid"),
        max_turnover_per_quarter: f.opt_number("max_turnover_per_quarter", Range::SHARE),
        contracts: f.each("contracts", |at| contract(&at)),
        change: f.optional("change").map(|at| change(&at)).unwrap_or_default(),
        routing: f.optional("routing").map(|at| routing(&at)).unwrap_or_default(),
        keep_quality: keep_quality(&f),
        limits: {
            let mut place = 0..;
            f.each("limits", |at| limit(&at, place.next().unwrap_or_default()))
        },
        catalog: f.optional("catalog").map(|at| catalog(&at, library)).unwrap_or_default(),
    };
    f.close();
    decoded
}

impl At<'_> {
    /// A duration of more than 0 and at most a hundred years, days.
    pub(crate) fn horizon(&self) -> Option<f64> {
        let days = self.days()?;
        if days > 0.0 && days <= MAX_DAYS {
            return Some(days);
        }
        self.error(
            "out-of-range",
            format!("{} is out of range: a horizon must be more than 0", self.shown()),
            Some("write a duration such as 365d or 3y".into()),
        );
        None
    }
}

fn no_company() -> Company {
    Company { name: String::new(), headquarters: String::new(), sites: Vec::new() }
}

fn company(at: &At<'_>) -> Company {
    let f = at.fields();
    let decoded =
        Company { name: f.text("name"), headquarters: f.text("headquarters"), sites: f.ids("sites") };
    f.close();
    decoded
}

fn dollar() -> Currency {
    Currency { code: "USD".into(), usd: 1.0 }
}

fn currency(at: &At<'_>) -> Currency {
    let f = at.fields();
    let code = f.required("code");
    if let Some(code) = &code
        && let Some(text) = code.text()
        && !(text.len() == 3 && text.chars().all(|c| c.is_ascii_uppercase()))
    {
        let help = Some("write three capital letters as in ISO 4217, such as EUR".into());
        code.error("invalid-currency", format!("{} is not a currency code", quoted(&text)), help);
    }
    let decoded = Currency {
        code: f.opt_text("code").unwrap_or_default(),
        usd: f.number("usd", Range::within(USD_PER_CURRENCY_UNIT)),
    };
    f.close();
    decoded
}

fn workloads(at: &At<'_>) -> Vec<crate::model::portfolio::Workload> {
    at.refuse_empty_list();
    at.items().iter().map(workload).collect()
}

fn known_leads(at: &At<'_>) -> KnownLeads {
    let f = at.fields();
    let standard = KnownLeads::default();
    let lead = |key, standard| f.optional(key).map_or(standard, |at| days_or_none(&at));
    let decoded = KnownLeads {
        known_host_days: lead("known_host", standard.known_host_days),
        known_model_days: lead("known_model", standard.known_model_days),
    };
    f.close();
    decoded
}

/// A duration, or the word `none`.
fn days_or_none(at: &At<'_>) -> Option<f64> {
    match &at.node.value {
        YamlValue::Text(text) if text == "none" => None,
        _ => at.days(),
    }
}

fn approved_hosts(at: &At<'_>) -> Option<Vec<String>> {
    let f = at.fields();
    let approved = f.optional("approved").map(|at| at.some_texts());
    f.close();
    approved
}

fn readiness(at: &At<'_>) -> ReadinessTerms {
    let f = at.fields();
    let standard = ReadinessTerms::default();
    let fee = |f: &Fields<'_>| f.opt_number("usd_per_month", Range::within(USD));
    let hot_usd_per_month = f.optional("hot").and_then(|at| {
        let hot = at.fields();
        let usd = fee(&hot);
        hot.close();
        usd
    });
    let warm = f.optional("warm").map(|at| {
        let warm = at.fields();
        let terms = (fee(&warm), warm.opt_days("lead"), warm.opt_number("self_capacity", Range::SHARE));
        warm.close();
        terms
    });
    let (warm_usd_per_month, warm_lead_days, warm_self_capacity) = warm.unwrap_or_default();
    let decoded = ReadinessTerms {
        hot_usd_per_month: hot_usd_per_month.unwrap_or(standard.hot_usd_per_month),
        warm_usd_per_month: warm_usd_per_month.unwrap_or(standard.warm_usd_per_month),
        warm_lead_days: warm_lead_days.unwrap_or(standard.warm_lead_days),
        warm_self_capacity: warm_self_capacity.unwrap_or(standard.warm_self_capacity),
        switch_usd: f.opt_number("switch_usd", Range::within(USD)).unwrap_or(standard.switch_usd),
    };
    f.close();
    decoded
}

fn capacity(at: &At<'_>) -> std::collections::BTreeMap<String, f64> {
    at.map_of(|at| at.number(Range::within(MTOK_PER_MONTH)).unwrap_or(f64::INFINITY))
}

/// A portfolio's own entries: the catalog's lists, without a format version.
fn catalog(at: &At<'_>, library: &WrittenShocks<'_>) -> Catalog {
    let f = at.fields();
    let decoded = Catalog {
        suppliers: f.each("suppliers", |at| supplier(&at)),
        quality_metric: f.opt_text("quality_metric"),
        models: f.each("models", |at| model(&at)),
        hardware: f.each("hardware", |at| hardware(&at)),
        offers: f.each("offers", |at| offer(&at)),
        tensions: f.each("tensions", |at| tension(&at)),
        shocks: f.each("shocks", |at| shock(&at)),
        templates: Vec::new(),
        scenarios: f.each("scenarios", |at| scenario(&at, library)),
    };
    f.close();
    decoded
}
