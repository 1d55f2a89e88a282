//! `stress P`.

use super::{Failure, loaded, written};
use crate::cli::args::StressArguments;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::ids::nearest;
use crate::model::Provenance;
use crate::model::instance::Instance;
use crate::model::shock::{DurationLaw, Scenario, ScenarioEvent, ShockRef};
use crate::report::{json, tables};
use crate::study::session::Session;

/// The scenario played when none is asked for.
pub(super) const STANDARD_SCENARIO: &str = "june_2026_order";

pub(super) fn stress(arguments: &StressArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let loaded = loaded(&arguments.portfolio, common, console)?;
    let session = Session::new(&loaded.instance);
    let outcomes = scenarios(session.instance, arguments)?
        .iter()
        .map(|scenario| session.stress(scenario, &session.current))
        .collect::<Result<Vec<_>, _>>()?;
    let text = written(
        &arguments.answer,
        || tables::stress::stress(session.instance, &outcomes),
        || json::stress::stress(session.instance, &outcomes),
    );
    console.deliver(&text, common.out.as_deref(), Exit::Done)
}

/// The scenarios asked for, in the order asked.
fn scenarios(instance: &Instance, arguments: &StressArguments) -> Result<Vec<Scenario>, Failure> {
    if let Some(shock) = &arguments.shock {
        return Ok(vec![shock_alone(instance, shock, arguments)?]);
    }
    if arguments.all {
        return Ok(instance.scenarios.clone());
    }
    let standard = [STANDARD_SCENARIO.to_owned()];
    let ids = if arguments.scenario.is_empty() { &standard[..] } else { &arguments.scenario };
    let known: Vec<&str> = instance.scenarios.iter().map(|s| s.id.as_str()).collect();
    let find = |id: &String| {
        let found = instance.scenarios.iter().find(|s| s.id == *id);
        found.cloned().ok_or_else(|| unknown("scenario", id, &known))
    };
    ids.iter().map(find).collect()
}

/// One library shock as a scenario.
fn shock_alone(instance: &Instance, id: &str, arguments: &StressArguments) -> Result<Scenario, Failure> {
    let known: Vec<&str> = instance.shocks.iter().map(|s| s.id.as_str()).collect();
    let shock = instance.shocks.iter().find(|s| s.id == id).ok_or_else(|| unknown("shock", id, &known))?;
    Ok(Scenario {
        id: shock.id.clone(),
        name: shock.name.clone().unwrap_or_else(|| shock.id.clone()),
        horizon_days: None,
        events: vec![ScenarioEvent {
            shock: ShockRef::Id(shock.id.clone()),
            at_days: arguments.at.unwrap_or(0.0),
            duration: arguments.duration.map(|days| DurationLaw::Fixed { days }),
            collateral: None,
            withdraw: None,
            triggers: None,
        }],
        provenance: Provenance::default(),
    })
}

fn unknown(what: &str, id: &str, known: &[&str]) -> Failure {
    let help = match nearest(id, known.iter().copied()) {
        Some(near) => format!("did you mean '{near}'?"),
        None if known.is_empty() => format!("the catalog has no {what}s"),
        None => format!("the catalog has {}", known.join(", ")),
    };
    Failure::Usage(format!("there is no {what} '{id}'\n  = help: {help}"))
}
