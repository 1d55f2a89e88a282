//! Writing a generated portfolio as a YAML file.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::model::portfolio::{AllocationEntry, Portfolio, StandbyEntry, Workload};
use crate::units::format_days;

/// The portfolio as YAML (reference/portfolio-file.md): company, horizon and workloads. Defaults, limits, selectors
/// and catalog entries are not written.
#[must_use]
pub fn to_yaml(portfolio: &Portfolio) -> String {
    let company = &portfolio.company;
    let mut text = format!(
        "format_version: 1\ncompany: {{name: {}, headquarters: {}, sites: {}}}\nhorizon: {}\n\nworkloads:\n",
        quoted(&company.name),
        quoted(&company.headquarters),
        list(&company.sites),
        format_days(portfolio.horizon_days),
    );
    let workloads: Vec<String> = portfolio.workloads.iter().map(workload).collect();
    text += &workloads.join("\n");
    text
}

fn workload(w: &Workload) -> String {
    let mut text = String::new();
    let mut line = |key: &str, value: &str| {
        let _ = writeln!(text, "    {key}: {value}");
    };
    line("name", &quoted(&w.name));
    line("demand", &format!("{{input_mtok: {}, output_mtok: {}}}", w.input_mtok, w.output_mtok));
    line("users", &map(&w.users));
    line("data", w.data.as_str());
    if let Some(floor) = w.min_quality {
        line("min_quality", &floor.to_string());
    }
    line("outage_cost_usd_per_day", &w.outage_cost_usd_per_day.to_string());
    line("recovery_objective", &format_days(w.recovery_objective_days));
    if let Some(fallback) = w.fallback {
        let after = format_days(fallback.after_days);
        line("fallback", &format!("{{after: {after}, usd_per_day: {}}}", fallback.usd_per_day));
    }
    line("allocation", &allocation(&w.allocation));
    line("standby", &format!("[{}]", w.standby.iter().map(standby).collect::<Vec<_>>().join(", ")));
    format!("  - id: {}\n{text}", quoted(&w.id))
}

fn allocation(allocation: &AllocationEntry) -> String {
    match allocation {
        AllocationEntry::Everywhere(shares) => map(shares),
        AllocationEntry::ByCountry { by_country, default } => {
            let default = default.iter().map(|shares| format!("default: {}", map(shares)));
            let countries = by_country.iter().map(|(id, shares)| format!("{}: {}", quoted(id), map(shares)));
            format!("{{{}}}", countries.chain(default).collect::<Vec<_>>().join(", "))
        }
    }
}

fn standby(s: &StandbyEntry) -> String {
    let lead = s.lead_days.map_or_else(String::new, |days| format!(", lead: {}", format_days(days)));
    let fee = s.usd_per_month.map_or_else(String::new, |usd| format!(", usd_per_month: {usd}"));
    format!(
        "{{offer: {}, readiness: {}, cover: {}{lead}{fee}}}",
        quoted(&s.offer),
        s.readiness.as_str(),
        s.cover
    )
}

fn map(entries: &BTreeMap<String, f64>) -> String {
    let entries: Vec<String> = entries.iter().map(|(key, x)| format!("{}: {x}", quoted(key))).collect();
    format!("{{{}}}", entries.join(", "))
}

/// Texts as a list on one line.
pub(super) fn list(ids: &[String]) -> String {
    format!("[{}]", ids.iter().map(|id| quoted(id)).collect::<Vec<_>>().join(", "))
}

/// Text in double quotes. Every JSON string is a YAML string, and in quotes `NO` stays a country.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
