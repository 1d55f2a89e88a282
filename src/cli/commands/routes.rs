//! The command `routes`.

use std::collections::BTreeSet;

use super::stress::{shock_of, unknown};
use crate::cli::answer::{Choice, loaded_or_library};
use crate::cli::args::{FailOn, RoutesArguments, RoutesFormat, SEVERITIES};
use crate::cli::console::{Console, Rendered};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::exchange::litellm::config::read_gateway_config;
use crate::model::gateway::GatewayConfig;
use crate::model::instance::Instance;
use crate::model::jurisdictions::JurisdictionKind;
use crate::model::shock::Scenario;
use crate::model::words::DataClass;
use crate::report::answer::gateway::routes::RoutesAnswer;
use crate::report::check::github::annotations;
use crate::report::check::routes::route_findings;
use crate::report::check::sarif::sarif_of;
use crate::report::csv::Sheet;
use crate::report::{answer, tables};
use crate::study::gateway::import::group_id;
use crate::study::gateway::offers::{MappedDeployment, OfferReader};
use crate::study::gateway::routes::{AuditRequest, GroupUsers, ScenarioOutages, audit, refused_by_rules};

pub(super) fn routes(arguments: &RoutesArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let choice = loaded_or_library(arguments.portfolio.as_deref(), common, console)?;
    let zone = arguments.zone.as_ref().map(|zone| jurisdiction(&choice, zone, false)).transpose()?;
    let config = read_gateway_config(&arguments.config)?;
    let reader = OfferReader::new(&choice.catalog, &choice.jurisdictions);
    let mapped = reader.mapped(&config);
    let outages = outages(arguments, &choice, (&config, &mapped))?;
    let refused = refused_by_rules(&choice.instance, &config, &mapped);
    let found = audit(&config, &choice.catalog, &reader, &mapped, &AuditRequest { zone, refused, outages });
    let answer = RoutesAnswer::of(&config, &mapped, &found);
    let rendered: Rendered = match arguments.format {
        RoutesFormat::Table => console.tables(&tables::gateway::routes::routes(&answer), common.out()).into(),
        RoutesFormat::Json => answer::to_text(&answer).into(),
        RoutesFormat::Csv => Sheet::of(&answer.findings).into(),
        RoutesFormat::Sarif => answer::to_text(&sarif_of(&route_findings(&answer))).into(),
        RoutesFormat::Github => annotations(&route_findings(&answer)).into(),
    };
    let exit = if fails(&answer, &arguments.fail_on) { Exit::Breached } else { Exit::Done };
    console.deliver_rendered(&rendered, common.out(), exit)
}

/// Whether a finding is among those that `--fail-on` names.
fn fails(answer: &RoutesAnswer, fail_on: &[FailOn]) -> bool {
    let rank = |severity: &str| SEVERITIES.iter().position(|known| *known == severity).unwrap_or_default();
    answer.findings.iter().any(|finding| {
        fail_on.iter().any(|gate| match gate {
            FailOn::Severity(least) => rank(&finding.severity) >= *least,
            FailOn::Code(code) => finding.code == *code,
        })
    })
}

/// A country or bloc that is known.
fn jurisdiction(choice: &Choice, typed: &str, must_be_country: bool) -> Result<String, Failure> {
    let all = &choice.jurisdictions.jurisdictions;
    let known: Vec<&str> = all
        .iter()
        .filter(|j| !must_be_country || j.kind == JurisdictionKind::Country)
        .map(|j| j.id.as_str())
        .collect();
    let id = typed.trim().to_uppercase();
    if known.contains(&id.as_str()) {
        return Ok(id);
    }
    Err(unknown(if must_be_country { "country" } else { "country or bloc" }, typed, &known))
}

fn outages(
    arguments: &RoutesArguments,
    choice: &Choice,
    (config, mapped): (&GatewayConfig, &[MappedDeployment]),
) -> Result<Option<ScenarioOutages>, Failure> {
    let Some(scenario) = scenario(arguments, &choice.instance)? else { return Ok(None) };
    let typed: Vec<String> = arguments
        .users
        .iter()
        .map(|country| jurisdiction(choice, country, true))
        .collect::<Result<_, _>>()?;
    if typed.is_empty() && arguments.portfolio.is_none() {
        let text =
            "who is hit depends on the users: add --users COUNTRIES, such as DE,FR, or --portfolio PORTFOLIO";
        return Err(Failure::Usage(text.to_owned()));
    }
    let users_of = |group: &str| users(&choice.instance, &typed, group);
    let library = (&choice.jurisdictions, &choice.catalog);
    Ok(Some(ScenarioOutages::new(library, (config, mapped), &users_of, &scenario)?))
}

fn scenario(arguments: &RoutesArguments, instance: &Instance) -> Result<Option<Scenario>, Failure> {
    if let Some(shock) = &arguments.under {
        return shock_of(instance, shock, (0.0, None)).map(Some);
    }
    let Some(id) = &arguments.scenario else { return Ok(None) };
    let known: Vec<&str> = instance.scenarios.iter().map(|s| s.id.as_str()).collect();
    let found = instance.scenarios.iter().find(|s| s.id == *id).cloned();
    found.map(Some).ok_or_else(|| unknown("scenario", id, &known))
}

/// Users of a group: those typed, else those of the workload of its name, else all of the portfolio.
fn users(instance: &Instance, typed: &[String], group: &str) -> GroupUsers {
    let id = group_id(group);
    let own = instance.workloads.iter().find(|w| w.workload.id == id || w.workload.name == group);
    let data = own.map_or(DataClass::Personal, |w| w.workload.data);
    let of_portfolio = || {
        let workloads =
            instance.workloads.iter().filter(|w| own.is_none_or(|own| own.workload.id == w.workload.id));
        workloads
            .flat_map(|w| w.workload.users.keys().cloned())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    };
    GroupUsers { countries: if typed.is_empty() { of_portfolio() } else { typed.to_vec() }, data }
}
