//! The command `export`.

mod prometheus;
mod registers;

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::answer::{Choice, loaded, loaded_or_library};
use crate::cli::args::{
    Common, ExportCyclonedxArguments, ExportInventoryArguments, ExportLitellmArguments, ExportQuestion,
    ExportRouterArguments,
};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::messages::escaped;
use crate::exchange::cyclonedx::bom::{BomSettings, bom};
use crate::exchange::inventory::template;
use crate::exchange::litellm::plan_file::read_plan;
use crate::exchange::litellm::snippet::snippet;
use crate::exchange::routers::openrouter::requests;
use crate::exchange::routers::portkey::configs;
use crate::files::{WriteError, write_bytes_atomically};
use crate::model::instance::Instance;
use crate::model::plan::Plan;
use crate::model::words::DataClass;
use crate::report::answer::plans;
use crate::study::gateway::export::{PlannedRouting, exported};

pub(super) fn export(question: &ExportQuestion, console: &Console) -> Result<Exit, Failure> {
    match question {
        ExportQuestion::Litellm(arguments) => litellm(arguments, console),
        ExportQuestion::Openrouter(arguments) => openrouter(arguments, console),
        ExportQuestion::Portkey(arguments) => portkey(arguments, console),
        ExportQuestion::Cyclonedx(arguments) => cyclonedx(arguments, console),
        ExportQuestion::Inventory(arguments) => inventory(arguments, console),
        ExportQuestion::Dora(arguments) => registers::dora(arguments, console),
        ExportQuestion::Prometheus(arguments) => prometheus::prometheus(arguments, console),
        ExportQuestion::UkRegister(arguments) => registers::uk_register(arguments, console),
    }
}

fn litellm(arguments: &ExportLitellmArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let (plan, choice) = planned(&arguments.plan, None, common, console)?;
    let groups = exported(&plan).map_err(no_offer)?;
    let name = name_of(&arguments.plan);
    console.deliver(&snippet(&groups, &origins(&choice.instance), &name), common.out(), Exit::Done)
}

fn openrouter(arguments: &ExportRouterArguments, console: &Console) -> Result<Exit, Failure> {
    let (source, common) = (&arguments.source, &arguments.common);
    let (plan, choice) = planned(&source.plan, source.portfolio.as_deref(), common, console)?;
    let groups = exported(&plan).map_err(no_offer)?;
    let instance = &choice.instance;
    let developer = |developer: usize| instance.suppliers[developer].supplier.id.clone();
    let developers = instance.models.iter().map(|m| (m.model.id.clone(), developer(m.developer))).collect();
    // Without the portfolio nothing says that the data is public.
    let is_public = |id: &str| {
        instance.workloads.iter().any(|w| w.workload.id == id && w.workload.data == DataClass::Public)
    };
    console.deliver(&requests(&groups, &developers, &is_public), common.out(), Exit::Done)
}

fn portkey(arguments: &ExportRouterArguments, console: &Console) -> Result<Exit, Failure> {
    let (source, common) = (&arguments.source, &arguments.common);
    let (plan, _) = planned(&source.plan, source.portfolio.as_deref(), common, console)?;
    let groups = exported(&plan).map_err(no_offer)?;
    console.deliver(&configs(&groups), common.out(), Exit::Done)
}

fn cyclonedx(arguments: &ExportCyclonedxArguments, console: &Console) -> Result<Exit, Failure> {
    let (source, common) = (&arguments.source, &arguments.common);
    let (plan, choice) = planned(&source.plan, source.portfolio.as_deref(), common, console)?;
    let name = name_of(&source.plan);
    let settings = BomSettings {
        spec: arguments.spec.into(),
        date: arguments.date,
        name: &name,
        sources: &choice.jurisdictions.sources,
    };
    let text = bom(&choice.instance, &plan, settings).map_err(no_offer)?;
    console.deliver(&text, common.out(), Exit::Done)
}

fn inventory(arguments: &ExportInventoryArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let rows = match arguments.portfolio.as_deref() {
        Some(portfolio) => template::rows(&loaded(portfolio, common, console)?.instance.portfolio),
        None => Vec::new(),
    };
    let is_workbook =
        |path: &&Path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
    let Some(path) = common.out().filter(is_workbook) else {
        return console.deliver(&template::csv(&rows), common.out(), Exit::Done);
    };
    let failed = |reason| WriteError { path: path.to_owned(), reason };
    write_bytes_atomically(path, &template::workbook(&rows).map_err(failed)?)?;
    console.wrote(path);
    Ok(Exit::Done)
}

/// The plan of a file with what its offers are; of a portfolio, its use today.
fn planned(
    plan: &Path,
    portfolio: Option<&Path>,
    common: &Common,
    console: &Console,
) -> Result<(PlannedRouting, Choice), Failure> {
    if is_json(plan) {
        return Ok((read_plan(plan)?, loaded_or_library(portfolio, common, console)?));
    }
    if portfolio.is_some() {
        let text = "--portfolio is the portfolio of a plan in JSON, and the plan is a portfolio itself";
        return Err(Failure::Usage(text.to_owned()));
    }
    let choice = loaded_or_library(Some(plan), common, console)?;
    Ok((today(&choice.instance), choice))
}

fn is_json(plan: &Path) -> bool {
    plan.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}

fn name_of(plan: &Path) -> String {
    escaped(&plan.file_name().unwrap_or_default().to_string_lossy())
}

fn no_offer(offer: String) -> Failure {
    Failure::Usage(format!("the plan names '{}', which is no offer", escaped(&offer)))
}

/// Today's shares and standbys of a portfolio.
fn today(instance: &Instance) -> PlannedRouting {
    let plan = Plan::current(instance);
    let standby = plans::standby(instance, &plan);
    PlannedRouting {
        allocation: plans::allocation(instance, &plan),
        standby: standby.into_iter().map(|s| (s.workload, s.offer, s.readiness)).collect(),
    }
}

/// Country of the developer by model.
fn origins(instance: &Instance) -> BTreeMap<String, String> {
    let country = |developer: usize| instance.jurisdictions[instance.suppliers[developer].country].id.clone();
    instance.models.iter().map(|m| (m.model.id.clone(), country(m.developer))).collect()
}
