//! The command `export`.

use std::collections::BTreeMap;

use crate::cli::answer::{loaded, loaded_or_library};
use crate::cli::args::{ExportLitellmArguments, ExportQuestion};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::messages::escaped;
use crate::exchange::litellm::plan_file::read_plan;
use crate::exchange::litellm::snippet::snippet;
use crate::model::instance::Instance;
use crate::model::plan::Plan;
use crate::report::answer::plans;
use crate::study::gateway::export::{PlannedRouting, exported};

pub(super) fn export(question: &ExportQuestion, console: &Console) -> Result<Exit, Failure> {
    match question {
        ExportQuestion::Litellm(arguments) => litellm(arguments, console),
    }
}

fn litellm(arguments: &ExportLitellmArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let is_json = arguments.plan.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let (plan, instance) = if is_json {
        (read_plan(&arguments.plan)?, loaded_or_library(None, common, console)?.instance)
    } else {
        let instance = loaded(&arguments.plan, common, console)?.instance;
        (today(&instance), instance)
    };
    let groups = exported(&plan).map_err(|offer| {
        Failure::Usage(format!("the plan names '{}', which is no offer", escaped(&offer)))
    })?;
    let name = arguments.plan.file_name().unwrap_or_default().to_string_lossy();
    console.deliver(&snippet(&groups, &origins(&instance), &escaped(&name)), common.out(), Exit::Done)
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
